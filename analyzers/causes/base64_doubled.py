"""What it does: decodes the value twice. When the first decoding gives base64 and the second a pair, it was
encoded twice.

Why it fails: the server decodes once and finds no colon, or takes the inner base64 for the username.

Cannot see: a single half that was encoded by itself, unless it decodes to what a secret looks like.

Fix: encode in one place. A secret store often returns base64 already, and a client's own auth option encodes what
it gets.

Source: RFC 7617 2; https://github.com/ForgeRock/secret-agent/issues/13 (the mechanism, read 2026-11-20)
"""

import base64
import binascii

from analyzers.base64_text import encoded_pair, twilio_shaped
from analyzers.building import GOOD, SID, TOKEN, refused
from analyzers.case import Case
from analyzers.credential import Basic, Flaw
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import Kind, kind_of

_SECRETS = {Kind.HEX_32, Kind.ALNUM_32}
_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID}
_PACKED_LENGTHS = {44, 48}  # the base64 of a secret's 32 characters, and of those with a line end
_STEP = "Encode once: hand the raw SID and secret to the client, or the finished header, not both"


def check(case: Case) -> Outcome:
    """Confirmed when the second decoding gives a Twilio pair; likely when a half alone is base64."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.DOUBLED)
    if fault is not None:
        shaped = twilio_shaped(case.pair)
        found = Stands(
            Verdict.CONFIRMED if shaped else Verdict.LIKELY,
            "The pair was base64-encoded twice: what decodes is base64 once more",
            (spot(fault),),
            (_STEP, let_client_build(case)),
            None if shaped else RULE.settle,
        )
        return weighed(case, found, RULE.settle)
    if (half := _encoded_half(case)) is not None:
        return weighed(case, half, RULE.settle)
    return RuledOut("what decodes is not base64 once more")


def _encoded_half(case: Case) -> Stands | None:
    pair = case.pair if isinstance(case.credential, Basic) else None
    if pair is None:
        return None
    if twilio_shaped(encoded_pair(pair.username)):
        says = "The username is the base64 of a whole pair, so the pair was base64-encoded twice"
        evidence = Evidence(USERNAME, "base64 of a pair", start=0, end=len(pair.username))
        return Stands(Verdict.CONFIRMED, says, (evidence,), (_STEP, let_client_build(case)))
    if kind_of(pair.username) in _SIDS and _is_encoded_secret(pair.password):
        says = "The password is itself base64 of what looks like a secret"
        evidence = Evidence(PASSWORD, "base64 of 32 letters and digits", start=0, end=len(pair.password))
        step = "Decode the secret where your program reads it: some stores keep values as base64"
        return Stands(Verdict.LIKELY, says, (evidence,), (step,), "decode the password and compare its length with 32")
    return None


def _is_encoded_secret(password: bytes) -> bool:
    """Whether `password` is 44 characters that decode to 32 letters and digits, a line end allowed."""
    packed = password.strip()
    if len(packed) not in _PACKED_LENGTHS:
        return False
    try:
        inner = base64.b64decode(packed, validate=True)
    except binascii.Error:
        return False
    return kind_of(inner.strip()) in _SECRETS


RULE = Rule(
    slug="base64-doubled",
    title="The pair was base64-encoded twice",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value twice",
    explains=frozenset({"colon-missing", "token-misshapen"}),
    hit=lambda: (refused(b"Basic " + base64.b64encode(base64.b64encode(SID + b":" + TOKEN))),),
    miss=lambda: (refused(GOOD),),
)
