"""What it does: looks for bytes that no SID and no secret contains in what decodes: UTF-16 with its NUL bytes, a
byte order mark, typographic quotes, no-break and zero-width blanks, or a letter of another alphabet that looks like
a Latin one.

Why it fails: Twilio compares bytes. SIDs and secrets are plain ASCII, so any other byte makes them different.

Cannot see: a character that a client replaced by "?", unless that client is known to do so.

Fix: encode the string as ASCII or UTF-8 before base64, and copy the values from the Console instead of a document.

Source: https://github.com/kedacore/keda/issues/5112 (UTF-16); docs/facts.md 2.1 (formats) and 9.2 (twilio-java writes
"?", read 2026-11-20); docs/clients.md 9a (what clients make of such characters, measured 2026-11-20)
"""

import re

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.credential import Flaw
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import first_fault, spot, unseen, weighed
from analyzers.lookalikes import name_of
from analyzers.rules import Rule

_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
# Fewer letters and digits than this in a half that has other bytes too, and it need not be a Twilio value at all.
_ENOUGH = 20
# They write ? for what they cannot encode: docs/facts.md 9.2, docs/clients.md 9a (measured 2026-11-20)
_QUESTIONING = frozenset({"twilio-java", "Apache HttpClient", "Java HttpURLConnection", "java.net.http", "OkHttp"})
_COPY = "Copy the value from the Console as plain text; documents and chats replace quotes, blanks and dashes"
_Halves = tuple[tuple[str, bytes], ...]


def check(case: Case) -> Outcome:
    """Confirmed by UTF-16, or by such a byte in a half that is otherwise what Twilio issues."""
    if (nothing := unseen(case)) is not None:
        return nothing
    wide = first_fault(case, Flaw.WIDE_CHARACTERS)
    if wide is not None:
        says = "The pair was encoded as UTF-16: every character takes two bytes"
        fix = ("Encode the string as ASCII or UTF-8 before base64: [Text.Encoding]::ASCII, not Unicode",)
        return weighed(case, Stands(Verdict.CONFIRMED, says, (spot(wide),), fix), RULE.settle)
    if (pair := case.pair) is None:
        return Unknown()
    halves: _Halves = ((USERNAME, pair.username), (PASSWORD, pair.password))
    found = _outside_ascii(halves) or _question_mark(case.client.name, halves)
    if found is None:
        return RuledOut("username and password are ASCII")
    return weighed(case, found, RULE.settle)


def _outside_ascii(halves: _Halves) -> Stands | None:
    evidence: list[Evidence] = []
    sure = False
    for where, half in halves:
        if (found := _NOT_ASCII.search(half)) is None:
            continue
        says = f"{name_of(found.group())} at byte {found.start()} of the {where.rpartition('.')[2]}"
        evidence.append(Evidence(where, says, start=found.start(), end=found.end()))
        rest = _NOT_ASCII.sub(b"", half).strip()
        sure = sure or (len(rest) >= _ENOUGH and rest.isalnum())
    if not evidence:
        return None
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The credentials hold what is not ASCII: {evidence[0].says}",
        tuple(evidence),
        (_COPY,),
        None if sure else RULE.settle,
    )


def _question_mark(client: str, halves: _Halves) -> Stands | None:
    if client not in _QUESTIONING:
        return None
    for where, half in halves:
        rest = half.replace(b"?", b"")
        if b"?" in half and len(rest) >= _ENOUGH and rest.isalnum():
            at, name = half.index(b"?"), where.rpartition(".")[2]
            says = f"A ? stands in the {name}: {client} writes it for a character it cannot encode"
            return Stands(Verdict.LIKELY, says, (Evidence(where, "?", start=at, end=at + 1),), (_COPY,), RULE.settle)
    return None


RULE = Rule(
    slug="charset-not-ascii",
    title="The pair was encoded in another character set",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look for bytes above 0x7E",
    explains=frozenset({"stray-characters"}),
    hit=lambda: (refused(basic(SID, b"\xe2\x80\x9c" + TOKEN + b"\xe2\x80\x9d")),),
    miss=lambda: (refused(basic(SID, b'"' + TOKEN + b'"')),),
)
