"""What it does: looks whether the base64 breaks off: a length that base64 cannot have, or a last character of which an
encoder would not have set all bits, without padding, and what decodes is the beginning of a pair.

Why it fails: the end of the secret is missing.

Cannot see: a cut at a multiple of four characters. That decodes cleanly, to a secret that is too short. One in four to
sixteen other cuts leaves bits that an encoder would leave too; then a missing padding looks the same.

Fix: find what cuts the value: a column that is too narrow, a fixed-size buffer, a copied line that was wrapped on
screen.

Source: RFC 4648 4 and 3.5 (the bits behind the last byte are zero); lengths: docs/facts.md 2.2 (a Twilio pair gives 92
characters; read 2026-11-20)
"""

import string

from analyzers.base64_text import pair_begins
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Broken, Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import SID_LENGTH

_WHOLE = SID_LENGTH + 1 + 32
_ENOUGH = 8
# Each letter stands for six bits, its place: RFC 4648, table 1
_ALPHABET = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()


def check(case: Case) -> Outcome:
    """Confirmed when the length is impossible and a pair begins there."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.TRUNCATED)
    credential = case.credential
    if fault is None or not isinstance(credential, Broken):
        return RuledOut("the base64 does not break off")
    begun = _is_cut(credential.decoded, first_value(case)[fault.end - 1 : fault.end])
    found = Stands(
        Verdict.CONFIRMED if begun else Verdict.LIKELY,
        f"The base64 breaks off: {len(credential.decoded)} of the {_WHOLE} characters of a pair can be read",
        (spot(fault, fault.detail if len(credential.decoded) % 3 == 0 else "it ends in the middle of a byte"),),
        (
            "Find what cuts the value: a narrow column, a buffer of fixed size, a line half copied",
            let_client_build(case),
        ),
        None if begun else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _is_cut(decoded: bytes, last: bytes) -> bool:
    """Whether no other reading is left: an encoder that omits padding, given a short secret, writes a like text."""
    if len(decoded) < _ENOUGH or not pair_begins(decoded):
        return False
    return _breaks_off(decoded, last) or len(decoded) < SID_LENGTH


def _breaks_off(decoded: bytes, last: bytes) -> bool:
    """Whether no encoder ends so: a single letter is left over, or its last one has bits behind the last byte."""
    left = len(decoded) % 3
    return not left or bool(_ALPHABET.find(last) % (16 if left == 1 else 4))


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
