"""What it does: looks whether what follows Basic can be base64 at all: a readable SID:secret, a bare SID, or a
byte outside every base64 alphabet cannot.

Why it fails: the server decodes the text as base64 and gets garbage, or nothing.

Cannot see: what was meant when nothing readable stands there.

Fix: encode username:password in base64 once; or let the HTTP client do it.

Source: RFC 7617 2, RFC 4648 4; https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20)
"""

import re

from analyzers.base64_text import is_text
from analyzers.building import GOOD, SID, TOKEN, refused
from analyzers.case import Case
from analyzers.credential import Basic, Broken, Fault, Flaw
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, is_control, let_client_build, spot, unseen, weighed
from analyzers.placeholders import is_placeholder, is_printed
from analyzers.rules import Rule
from analyzers.twilio import API_KEY_SECRET

_LETTERS = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_SCHEME = re.compile(rb"[ \t]*basic[ \t]+", re.IGNORECASE)
_PYTHON_BYTES = re.compile(rb"b(?:'[A-Za-z0-9+/=]+'|\"[A-Za-z0-9+/=]+\")")
_FIX = "Encode username:password as base64, once, and put the result after Basic"


def check(case: Case) -> Outcome:
    """Confirmed for clear text and for foreign bytes; likely where the letters decode to no text."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.CLEAR_TEXT, Flaw.NOT_BASE64)
    if fault is not None:
        found = Stands(
            Verdict.LIKELY if _only_letters(case, fault) else Verdict.CONFIRMED,
            _sentence(case, fault),
            (spot(fault),),
            (_fix(case), let_client_build(case)),
            RULE.settle if _only_letters(case, fault) else None,
        )
        return weighed(case, found, RULE.settle, in_the_way=is_control(case, fault))
    if (letters := _letters_by_chance(case)) is not None:
        return weighed(case, letters, RULE.settle)
    return RuledOut("what follows Basic is base64" if first_fault(case, Flaw.SCHEME_MISSING) is None else "no scheme")


def _only_letters(case: Case, fault: Fault) -> bool:
    """Whether nothing but base64 letters stand there, so that only what they decode to speaks against base64."""
    text = first_value(case)[fault.start : fault.end]
    letters = len(text) > 1 and _LETTERS.fullmatch(text) is not None
    return fault.flaw is Flaw.NOT_BASE64 and case.pair is None and letters


def _sentence(case: Case, fault: Fault) -> str:
    if fault.flaw is Flaw.CLEAR_TEXT:
        return f"What follows Basic is not base64: {fault.detail}"
    credentials = first_value(case)[_after_scheme(case) :]
    if is_printed(credentials):
        return "What follows Basic is what a language prints for an object, not its text"
    if is_placeholder(credentials):
        return "What follows Basic is a placeholder or a template mark that was never replaced"
    if _PYTHON_BYTES.fullmatch(credentials):
        return "What follows Basic is the way Python prints bytes, b'...', not the base64 inside"
    text = first_value(case)[fault.start : fault.end]
    if len(text) > 1 or _LETTERS.fullmatch(text):
        return f"What follows Basic is not base64: {fault.detail}"
    return f"What follows Basic is not base64: it holds {fault.detail} at byte {fault.start}"


def _after_scheme(case: Case) -> int:
    """Offset of what follows the scheme word."""
    scheme = _SCHEME.match(first_value(case))
    return scheme.end() if scheme else 0


def _fix(case: Case) -> str:
    credentials = first_value(case)[_after_scheme(case) :]
    if is_printed(credentials):
        return "Take the text out of the object before the header is built: await the promise, read its field"
    if _PYTHON_BYTES.fullmatch(credentials):
        return "Decode what b64encode returns: base64.b64encode(pair).decode()"
    return _FIX


def _letters_by_chance(case: Case) -> Stands | None:
    """Letters that are base64 by chance, so that what decodes is no text: a secret or a word, not encoded."""
    credential = case.credential
    fault = first_fault(case, Flaw.COLON_MISSING)
    if isinstance(credential, Broken) and fault is not None:
        start, end, decoded = fault.start, fault.end, credential.decoded
    elif isinstance(credential, Basic) and API_KEY_SECRET.fullmatch(
        first_value(case)[credential.start : credential.end]
    ):
        start, end = credential.start, credential.end
        decoded = credential.pair.username + credential.pair.password
    else:
        return None
    if is_text(decoded) or first_fault(case, Flaw.WIDE_CHARACTERS):
        return None
    secret = API_KEY_SECRET.fullmatch(first_value(case)[start:end])
    what = "a secret alone" if secret else "a word"
    return Stands(
        Verdict.LIKELY,
        f"What follows Basic looks like {what}, not like base64: it decodes to no text",
        (Evidence(AUTHORIZATION, f"{end - start} characters that decode to no text", start=start, end=end),),
        (_FIX, let_client_build(case)),
        RULE.settle,
    )


RULE = Rule(
    slug="not-base64",
    title="The credentials were not base64-encoded",
    check=check,
    page=__doc__ or "",
    settle="look at the raw bytes of the Authorization value",
    explains=frozenset(),
    hit=lambda: (refused(b"Basic " + SID + b":" + TOKEN),),
    miss=lambda: (refused(GOOD),),
)
