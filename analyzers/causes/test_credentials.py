"""What it does: reads code 20008, which Twilio gives to a valid test pair that asks for something test credentials may
not have. In a refused request it looks for a magic number (+15005550000 to 9) as To, From or PhoneNumber, which only
test credentials understand, and compares the pair with the test credentials that were given to this program.

Why it fails: an account has two pairs, a live and a test one, each with its own Account SID and Auth Token. They do not
mix, and the test pair reaches four resources only.

Cannot see: which of the two a SID or a token belongs to. Both pairs have the same form.

Fix: take both halves from the same pair. The test pair may POST to IncomingPhoneNumbers, Messages and Calls of the test
account, and GET PhoneNumbers of Lookup v2; everything else needs the live pair.

Source: https://www.twilio.com/docs/iam/test-credentials; https://github.com/twilio/twilio-php/issues/251 (an answer);
docs/facts.md 1.3 and 4.4 (read 2026-11-20)
"""

import json
from urllib.parse import unquote_to_bytes

from analyzers.building import GOOD, SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.credential import Basic
from analyzers.exchange import Request
from analyzers.expected import Expected, Role
from analyzers.findings import (
    PASSWORD,
    REQUEST_BODY,
    RESPONSE_STATUS,
    USERNAME,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.rules import Rule
from analyzers.twilio import (
    CODE_REFUSED,
    CODE_TEST_CREDENTIALS,
    MAGIC_NUMBER,
    TEXT_NO_CREDENTIALS,
    Kind,
    core_of,
    kind_of,
    speaks_of_credentials,
)

_MAY = "Test credentials may POST to IncomingPhoneNumbers, Messages and Calls of the test account, and GET Lookup v2"
_NUMBER_FIELDS = frozenset({b"to", b"from", b"phonenumber"})
_MOST_FIELDS = 100
_LONGEST_BODY = 65536


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way to tell
    """Confirmed by 20008; likely for a refused pair with a magic number, or with a half of the known test pair."""
    answer, pair = case.answer, case.legible
    if answer is None:
        return Unknown()
    if answer.code == CODE_TEST_CREDENTIALS:
        return _named(case, sure=answer.by_twilio)
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    username, password = (half[slice(*core_of(half))] for half in (pair.username, pair.password))
    if kind_of(username) is Kind.KEY_SID:
        return RuledOut("test credentials are an Account SID and its Auth Token, and this is an API key")
    if answer.status not in {401, 403} or answer.message == TEXT_NO_CREDENTIALS:
        return Unknown()
    known = _known(case, username, password)
    if known is not None:
        return known
    formed = kind_of(pair.username) is Kind.ACCOUNT_SID and kind_of(pair.password) is Kind.HEX_32
    if (
        not formed
        or not isinstance(case.credential, Basic)
        or answer.code != CODE_REFUSED
        or not speaks_of_credentials(answer.message)
    ):
        return Unknown()
    if field := _magic_field(case.exchange.request):
        return _with_magic_number(case, field)
    return Unknown()


def _named(case: Case, *, sure: bool) -> Stands:
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        "The pair is a valid test pair, and this resource does not take test credentials",
        (Evidence(RESPONSE_STATUS, f"Twilio's code is {CODE_TEST_CREDENTIALS}, Test Credentials"),),
        (f"Use the live Account SID and Auth Token for this resource: {pair_call(case.client.name)}", _MAY),
        None if sure else RULE.settle,
    )


def _with_magic_number(case: Case, field: str) -> Stands:
    return Stands(
        Verdict.LIKELY,
        f"The call is a test ({field} is a magic number), and its pair seems to mix live and test credentials",
        (
            Evidence(REQUEST_BODY, f"{field} is one of the numbers that only test credentials understand"),
            Evidence(USERNAME, "an Account SID; the test SID differs from the live one"),
        ),
        (
            f"Take both halves from the test credentials of the Console: {pair_call(case.client.name)}",
            "The path names the test Account SID too",
            _MAY,
        ),
        RULE.settle,
    )


def _known(case: Case, username: bytes, password: bytes) -> Stands | None:
    """What the known credentials say of a pair; None where none of them is a test value, or one is both."""
    if not case.expected:
        return None
    sid = _given(case, username, Role.TEST_ACCOUNT_SID, Role.ACCOUNT_SID)
    token = _given(case, password, Role.TEST_AUTH_TOKEN, Role.AUTH_TOKEN)
    if sid is None and token is None:
        return None
    evidence = [
        Evidence(where, f"the same as {one.name[:60]} ({one.source[:60]})")
        for where, one in ((USERNAME, sid), (PASSWORD, token))
        if one is not None
    ]
    if sid is not None and token is not None:
        says = "The whole test pair was used for a resource that refuses it"
    elif sid is not None:
        says = "The test Account SID comes with another secret than the test Auth Token"
    else:
        says = "The test Auth Token comes with another username than the test Account SID"
    steps = (f"Take both halves from the live pair, or both from the test pair: {pair_call(case.client.name)}", _MAY)
    return Stands(Verdict.LIKELY, says, tuple(evidence), steps, RULE.settle)


def _given(case: Case, value: bytes, test: Role, live: Role) -> Expected | None:
    """The known test value that `value` is, unless the same value is given as the live one too."""
    same = [one for one in case.expected if value and one.value == value]
    if any(one.role is live for one in same):
        return None
    return next((one for one in same if one.role is test), None)


def _magic_field(request: Request) -> str:
    """The field of the body that holds a magic number; empty where none does."""
    body = request.body[:_LONGEST_BODY].strip()
    found = _members(body) if body[:1] == b"{" else _form(body)
    for name, value in found:
        if name.replace(b"_", b"").lower() in _NUMBER_FIELDS and MAGIC_NUMBER.fullmatch(value.strip()):
            return "PhoneNumber" if name[:1] in b"pP" else name.decode("ascii").capitalize()
    return ""


def _form(body: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of a form; a bare + in a value means a blank there, and is taken off with it."""
    parts = (part.partition(b"=") for part in body.split(b"&", _MOST_FIELDS)[:_MOST_FIELDS])
    return [(name, unquote_to_bytes(value.replace(b"+", b" "))) for name, _, value in parts]


def _members(body: bytes) -> list[tuple[bytes, bytes]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    texts = ((name, value) for name, value in found.items() if isinstance(value, str))
    return [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in texts]


RULE = Rule(
    slug="test-credentials",
    title="Test credentials were mixed with live resources",
    check=check,
    page=__doc__ or "",
    settle="see in the Console whether this pair is the test pair",
    hit=lambda: (
        refused(GOOD, status=403, code=20008, message="Resource not accessible with Test Account Credentials"),
    ),
    miss=lambda: (refused(basic(SID, TOKEN), body=b"To=%2B15005551234&Body=call+%2B15005550006"),),
)
