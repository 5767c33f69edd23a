"""What it does: looks for %XX sequences in the decoded username and password.

Why it fails: some clients take the credentials of a URL (https://user:pass@host) as they stand and do not undo the
percent-encoding; or the values were URL-encoded in a place where nothing decodes them. Twilio compares the bytes.

Cannot see: a + that once was a blank.

Fix: give username and password to the client's own auth option, raw; or decode them first.

Source: https://www.rfc-editor.org/rfc/rfc3986#section-2.1; docs/clients.md 9c (clients that do not decode,
measured 2026-11-20)
"""

import re
from urllib.parse import unquote_to_bytes

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.credential import Broken, Flaw, Pair
from analyzers.findings import AUTHORIZATION, PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import first_fault, let_client_build, unseen, weighed
from analyzers.placeholders import is_placeholder
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of

_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_SHAPES = {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID, Kind.HEX_32, Kind.ALNUM_32}


def check(case: Case) -> Outcome:
    """Confirmed when undoing it gives what Twilio issues; likely when the rest is unknown text."""
    if (nothing := unseen(case)) is not None:
        return nothing
    pair = case.pair
    if (colon := _encoded_colon(case)) is not None:
        return weighed(case, colon, RULE.settle)
    if pair is None:
        return Unknown()
    evidence = tuple(_evidence(pair))
    if not evidence:
        return RuledOut("no %XX stands in the username and the password")
    sure = any(_decodes_well(half) for half in (pair.username, pair.password))
    return weighed(case, _found(case, evidence, sure=sure), RULE.settle)


def _found(case: Case, evidence: tuple[Evidence, ...], *, sure: bool) -> Stands:
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The credentials are percent-encoded: {evidence[0].says}",
        evidence,
        ("Undo the percent-encoding before the values are used as username and password", let_client_build(case)),
        None if sure else RULE.settle,
    )


def _evidence(pair: Pair) -> list[Evidence]:
    found: list[Evidence] = []
    for where, half in ((USERNAME, pair.username), (PASSWORD, pair.password)):
        first = _PERCENT.search(half)
        if first is None or is_placeholder(half):
            continue
        count = sum(1 for _ in _PERCENT.finditer(half))
        name = where.rpartition(".")[2]
        says = f"{count} sequence{'s' * (count > 1)} with % in the {name}, first at byte {first.start()}"
        found.append(Evidence(where, says, start=first.start(), end=first.end()))
    return found


def _decodes_well(half: bytes) -> bool:
    if not _PERCENT.search(half) or is_placeholder(half):
        return False
    clear = unquote_to_bytes(half)
    start, end = core_of(clear)
    return kind_of(clear[start:end]) in _SHAPES


def _encoded_colon(case: Case) -> Stands | None:
    """A pair whose colon was encoded too, so that what decodes has none."""
    fault = first_fault(case, Flaw.COLON_MISSING)
    credential = case.credential
    if fault is None or not isinstance(credential, Broken) or not _PERCENT.search(credential.decoded):
        return None
    username, colon, password = unquote_to_bytes(credential.decoded).partition(b":")
    if not colon:
        return None
    sure = credential.whole and any(kind_of(half) in _SHAPES for half in (username, password))
    evidence = Evidence(AUTHORIZATION, "the colon itself is percent-encoded", start=fault.start, end=fault.end)
    return _found(case, (evidence,), sure=sure)


RULE = Rule(
    slug="percent-encoded-credentials",
    title="The credentials are percent-encoded",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look for %",
    explains=frozenset(),
    hit=lambda: (refused(basic(SID, TOKEN + b"%0A")),),
    miss=lambda: (refused(basic(SID, b"%TWILIO_AUTH_TOKEN%")),),
)
