"""What it does: looks whether the base64 breaks off: a length that base64 cannot have, without padding, and what
decodes is the beginning of a pair.

Why it fails: the end of the secret is missing.

Cannot see: a cut at a multiple of four characters. That decodes cleanly, to a secret that is too short.

Fix: find what cuts the value: a column that is too narrow, a fixed-size buffer, a copied line that was wrapped on
screen.

Source: RFC 4648 4; lengths: docs/facts.md 2.2 (a Twilio pair gives 92 characters; read 2026-11-20)
"""

from analyzers.base64_text import pair_begins
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Broken, Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import SID_LENGTH

_WHOLE = SID_LENGTH + 1 + 32
_ENOUGH = 8


def check(case: Case) -> Outcome:
    """Confirmed when the length is impossible and a pair begins there."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.TRUNCATED)
    credential = case.credential
    if fault is None or not isinstance(credential, Broken):
        return RuledOut("the base64 does not break off")
    begun = _is_cut(credential.decoded)
    found = Stands(
        Verdict.CONFIRMED if begun else Verdict.LIKELY,
        f"The base64 breaks off: {len(credential.decoded)} of the {_WHOLE} characters of a pair can be read",
        (spot(fault),),
        (
            "Find what cuts the value: a narrow column, a buffer of fixed size, a line half copied",
            let_client_build(case),
        ),
        None if begun else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _is_cut(decoded: bytes) -> bool:
    """Whether no other reading is left: an encoder that omits padding and a very short secret give a like text."""
    if len(decoded) < _ENOUGH or not pair_begins(decoded):
        return False
    impossible = len(decoded) % 3 == 0  # one letter was left over
    password = decoded[SID_LENGTH + 1 :]
    return impossible or len(decoded) < SID_LENGTH or len(password) >= _ENOUGH


RULE = Rule(
    slug="base64-truncated",
    title="The base64 is cut off or badly padded",
    check=check,
    page=__doc__ or "",
    settle="compare the length of the Authorization value with the one your program built",
    explains=frozenset(),
    hit=lambda: (refused(GOOD[:-7]),),
    miss=lambda: (refused(GOOD[:-4]),),
)
