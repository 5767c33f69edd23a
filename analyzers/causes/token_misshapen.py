"""What it does: compares the password that comes with an Account or API key SID with the form that Auth Tokens and API
key secrets have: 32 letters and digits. It says how many characters there are and where the first odd one stands.

Why it fails: a secret that was cut, doubled or mistyped is another secret.

Cannot see: whether Twilio has begun to issue secrets of another form. It promises none, so the form alone makes this
likely and never certain; nor can a wrong letter or digit be seen among right ones.

Fix: copy the secret once more, whole. Look at what shortens or splits values on the way: a database column, a form, a
shell that expands $ and !, an .env file that cuts at #.

Source: https://github.com/trufflesecurity/trufflehog (detectors twilio and twilioapikey); docs/facts.md 2.1 and 2.2
(read 2026-11-20)
"""

import re
from urllib.parse import unquote_to_bytes

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.credential import decode_jwt
from analyzers.exchange import Fidelity
from analyzers.findings import PASSWORD, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import is_readable
from analyzers.masking import describe
from analyzers.placeholders import is_overwritten
from analyzers.rules import Rule
from analyzers.twilio import (
    API_KEY_SECRET,
    CODE_REFUSED,
    OAUTH_CLIENT_ID,
    Kind,
    core_of,
    kind_of,
    near_sid,
)
from analyzers.vendors import foreign

_LENGTH = 32
_LONGEST = 4096
_ODD = re.compile(rb"[^0-9A-Za-z]")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
# Kinds that have causes of their own.
_BEYOND_ASCII = bytes(range(128, 256))
_OTHERS = {
    Kind.EMPTY: "the password is empty",
    Kind.UNSET: "the password is the word for a missing value",
    Kind.PLACEHOLDER: "the password is a placeholder",
    Kind.ACCOUNT_SID: "the password is a SID",
    Kind.KEY_SID: "the password is a SID",
    Kind.OTHER_SID: "the password is a SID",
}


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Likely when the password of a SID is not 32 letters and digits and nothing more special; never confirmed."""
    pair = case.legible
    if pair is None or not is_readable(case):
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    username = _plain(pair.username)
    if OAUTH_CLIENT_ID.fullmatch(username):
        return Unknown("see the OAuth app in the Console: the form of its client secret is not documented")
    if not near_sid(username) or foreign(username):
        return RuledOut("the username is neither an Account SID nor an API key SID")
    if case.exchange.fidelity is Fidelity.SANITIZED or is_overwritten(pair.password):
        return Unknown("capture live: the secret may have been written over in this recording")
    start, end = core_of(pair.password)
    core = pair.password[start:end]
    if because := _special(core):
        return RuledOut(because)
    return _found(case, core, start, key=username[:2].upper() == b"SK")


def _special(core: bytes) -> str:
    """Why a password needs no form: it has the right one, or a cause of its own; empty otherwise."""
    plain = _plain(core)
    kind = kind_of(plain)
    if API_KEY_SECRET.fullmatch(plain) and kind is not Kind.PLACEHOLDER:
        return "the password has 32 letters and digits" + (" once it is decoded or trimmed" if plain != core else "")
    if kind in _OTHERS:
        return _OTHERS[kind]
    if _PERCENT.search(core[:_LONGEST]):
        return "the password is percent-encoded"
    if foreign(plain):
        return "the password has the form of another service's credential"
    if decode_jwt(plain[:_LONGEST])[0] is not None:
        return "the password is a JSON Web Token"
    return ""


def _plain(half: bytes) -> bytes:
    """A half without strays, percent-encoding and bytes beyond ASCII, which have causes of their own."""
    start, end = core_of(half)
    if len(half) > _LONGEST:
        return half[start:end]
    plain = unquote_to_bytes(half[start:end]).translate(None, _BEYOND_ASCII)
    first, last = core_of(plain)
    return plain[first:last]


def _found(case: Case, core: bytes, start: int, *, key: bool) -> Stands:
    faults = _faults(core)
    around = len(case.legible.password) - len(core) if case.legible else 0
    shape = (
        f"{describe(core)}{f', and {around} stray around them' if around else ''}; Twilio issues 32 letters and digits"
    )
    odd = _ODD.search(core, 0, _LONGEST)
    place = (start + odd.start(), start + odd.end()) if odd else (start, start + len(core))
    answer = case.answer
    refused_here = (
        answer is not None and answer.by_twilio and answer.status == 401 and answer.code in {CODE_REFUSED, 401, None}
    )
    return Stands(
        Verdict.LIKELY if refused_here else Verdict.POSSIBLE,
        f"The password is not formed like {'an API key secret' if key else 'an Auth Token'}: {', '.join(faults)}",
        (Evidence(PASSWORD, shape, start=place[0], end=place[1]),),
        (
            f"Copy the secret once more, whole: {key_call(case.client.name) if key else pair_call(case.client.name)}",
            "Look at what may shorten or split it on the way: a column, a form, a shell, an .env file with # in it",
        ),
        RULE.settle,
    )


def _faults(core: bytes) -> list[str]:
    faults: list[str] = []
    length = len(core)
    if near_sid(core) and core[:2].upper() in {b"AC", b"SK"}:
        faults.append("it is shaped like a SID with a fault")
    elif core[:_LENGTH] == core[_LENGTH:]:
        faults.append("the same 32 characters stand twice")
    elif length != _LENGTH:
        by = abs(length - _LENGTH)
        few, many = "is missing" if by == 1 else "are missing", "too many"
        faults.append(f"{length} characters, {'one' if by == 1 else by} {few if length < _LENGTH else many}")
    odd = [match.start() + 1 for match in _ODD.finditer(core[:_LONGEST])]
    if len(odd) == 1:
        faults.append(f"a character that is no letter or digit at position {odd[0]}")
    elif odd:
        faults.append(f"{len(odd)} that are no letters or digits, first at position {odd[0]}")
    return faults


RULE = Rule(
    slug="token-misshapen",
    title="The secret cannot be an Auth Token or API key secret",
    check=check,
    page=__doc__ or "",
    settle="count the characters of the secret: Twilio issues 32 letters and digits",
    hit=lambda: (refused(basic(SID, TOKEN[:-1])),),
    miss=lambda: (refused(basic(KEY, KEY_SECRET + b"\n")),),
)
