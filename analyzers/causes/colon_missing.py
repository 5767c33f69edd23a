"""What it does: decodes the value and looks for the colon between username and password. Without one it names what
stands in its place, or says that only a SID or only a secret was encoded.

Why it fails: Basic is the base64 of username, colon, password. Without the colon there is no password.

Cannot see: whether a text cut off before the colon had one; that is judged as cut off.

Fix: join the Account SID and the secret with one colon before encoding; or let the HTTP client do it.

Source: RFC 7617 2 (user-pass); https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20)
"""

import base64
import re

from analyzers.base64_text import is_printable
from analyzers.building import GOOD, SID, TOKEN, refused
from analyzers.case import Case
from analyzers.credential import Broken, Flaw, name_byte
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.masking import describe
from analyzers.placeholders import is_unset
from analyzers.rules import Rule
from analyzers.twilio import SID as ANY_SID
from analyzers.twilio import SID_LENGTH, Kind, kind_of

_KINDS = {
    Kind.ACCOUNT_SID: "only an Account SID was encoded",
    Kind.KEY_SID: "only an API key SID was encoded",
    Kind.OTHER_SID: "only a SID was encoded",
    Kind.HEX_32: "only 32 hex digits were encoded, the shape of an Auth Token",
    Kind.ALNUM_32: "only 32 letters and digits were encoded, the shape of an API key secret",
}
_SEPARATOR = re.compile(rb"[^0-9A-Za-z]")
_SID_BEGINS = re.compile(rb"(?:AC|SK)[0-9a-fA-F]{6,31}")
_PERCENT_COLON = re.compile(rb"%3[aA]")


def check(case: Case) -> Outcome:
    """Confirmed when the value decodes to a text without a colon."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.COLON_MISSING)
    credential = case.credential
    if fault is None or not isinstance(credential, Broken):
        return RuledOut("what decodes has a colon, or nothing decodes")
    decoded = credential.decoded.replace(b"\0", b"")
    cut = first_fault(case, Flaw.TRUNCATED) is not None
    if cut and not ANY_SID.fullmatch(decoded):
        return RuledOut("the base64 breaks off before a colon could come")
    if _PERCENT_COLON.search(decoded):
        return RuledOut("the colon is there, percent-encoded")
    text = is_printable(decoded)
    verdict = (Verdict.LIKELY if cut else Verdict.CONFIRMED) if text else Verdict.POSSIBLE
    found = Stands(
        verdict,
        f"What decodes has no colon: {_what(decoded) if text else 'it is no text at all'}",
        (spot(fault),),
        ("Encode username, one colon, password: the Account SID and the Auth Token", let_client_build(case)),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _what(decoded: bytes) -> str:
    """What stands there instead of a pair, never quoting it."""
    core = decoded.strip()
    if what := _KINDS.get(kind_of(core)):
        return what
    if is_unset(core):
        return f"it is the word {core.decode('ascii')}"
    if _SID_BEGINS.fullmatch(core):
        return f"only the first {len(core)} characters of a SID were encoded"
    return _instead(core)


def _instead(core: bytes) -> str:
    """What stands where a colon should."""
    if ANY_SID.match(core):
        between = _SEPARATOR.match(core, SID_LENGTH)
        name = name_byte(between.group()[0]) if between else "nothing"
        return f"{name} stands between SID and secret"
    if separator := _SEPARATOR.search(core):
        return f"{name_byte(separator.group()[0])} stands after {separator.start()} characters"
    return f"it is {describe(core)}"


RULE = Rule(
    slug="colon-missing",
    title="The decoded value has no colon",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look for a colon",
    explains=frozenset(),
    hit=lambda: (refused(b"Basic " + base64.b64encode(SID + b";" + TOKEN)),),
    miss=lambda: (refused(GOOD),),
)
