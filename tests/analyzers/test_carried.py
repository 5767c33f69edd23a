import base64

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.carried import Carried, Part, Weighed, carried_by, numbered_in, weighed
from analyzers.comparing import compare
from analyzers.exchange import Headers, Request
from analyzers.kinship import Relation
from analyzers.registry import RULES
from analyzers.rules import Rule

SIGNED = jwt.encode({"iss": "x"}, TOKEN.decode(), algorithm="HS256").encode()


def request(*values: bytes, extra: Headers = ()) -> Request:
    headers = (*((b"Authorization", value) for value in values), *extra)
    return Request(method="GET", scheme="https", host="api.twilio.com", port=443, target=b"/", headers=headers)


PASSWORD, PART, WHOLE = Part.PASSWORD, Part.TOKEN, True


@pytest.mark.parametrize(
    ("values", "carried"),
    [
        pytest.param([], [], id="none"),
        pytest.param([b""], [], id="empty"),
        pytest.param([basic(b"", b"")], [], id="empty-halves"),
        pytest.param([GOOD], [Carried(Part.PASSWORD, TOKEN, SID)], id="pair"),
        pytest.param([basic(TOKEN, b"")], [Carried(Part.PASSWORD, b"", TOKEN)], id="username-alone"),
        pytest.param([GOOD[:6] + b" " + GOOD[6:]], [Carried(Part.PASSWORD, TOKEN, SID)], id="broken-but-whole"),
        pytest.param([b"Bearer " + TOKEN], [Carried(Part.TOKEN, TOKEN)], id="bearer"),
        pytest.param([b"Bearer " + SIGNED], [Carried(Part.TOKEN, SIGNED)], id="jwt"),
        pytest.param([b'"Bearer %b"' % TOKEN], [Carried(Part.TOKEN, TOKEN, whole=False)], id="quoted-bearer"),
        pytest.param([TOKEN], [Carried(Part.VALUE, TOKEN, whole=False)], id="bare"),
        pytest.param([b"Token " + KEY_SECRET], [Carried(Part.VALUE, KEY_SECRET, whole=False)], id="known-scheme"),
        pytest.param([b"Secret a b"], [Carried(Part.VALUE, b"Secret a b", whole=False)], id="unknown-word"),
        pytest.param(
            [b"Basic " + base64.b64encode(SID + TOKEN)],
            [Carried(Part.VALUE, SID + TOKEN, whole=False)],
            id="no-colon",
        ),
        pytest.param([GOOD[:71]], [Carried(Part.PASSWORD, TOKEN[:13], SID, whole=False)], id="cut"),
        pytest.param(
            [GOOD + b", Bearer " + KEY_SECRET],
            [Carried(Part.PASSWORD, TOKEN, SID), Carried(Part.TOKEN, KEY_SECRET)],
            id="joined",
        ),
        pytest.param(
            [b"Basic !!!, Bearer " + KEY_SECRET], [Carried(Part.TOKEN, KEY_SECRET)], id="joined-with-an-unreadable-one"
        ),
        pytest.param(
            [GOOD, basic(KEY, KEY_SECRET)],
            [Carried(Part.PASSWORD, TOKEN, SID), Carried(Part.PASSWORD, KEY_SECRET, KEY)],
            id="two-headers",
        ),
    ],
)
def test_what_a_request_carries(values: list[bytes], carried: list[Carried]) -> None:
    assert [*carried_by(request(*values))] == carried


def test_the_token_of_client_sdks_is_carried_too() -> None:
    assert [*carried_by(request(extra=((b"X-Twilio-Token", SIGNED),)))] == [Carried(Part.TOKEN, SIGNED, whole=False)]


def test_of_thousands_of_headers_some_are_read() -> None:
    assert len([*carried_by(request(*[GOOD] * 5000))]) == 16


def test_nothing_of_it_is_in_a_repr() -> None:
    shown = repr([*carried_by(request(GOOD, b"Bearer " + KEY_SECRET))])
    assert TOKEN.decode() not in shown
    assert SID.decode() not in shown


@pytest.mark.parametrize(
    ("carried", "given", "says", "is_right"),
    [
        pytest.param(
            Carried(PASSWORD, TOKEN, SID), TOKEN, "The password is equal to the value given", True, id="equal"
        ),
        pytest.param(Carried(PASSWORD, KEY_SECRET, SID), TOKEN, "The password is another value", False, id="other"),
        pytest.param(
            Carried(PASSWORD, SID, TOKEN),
            TOKEN,
            "The username is equal to the value given, which belongs in the password",
            False,
            id="swapped",
        ),
        pytest.param(
            Carried(PASSWORD, SID, TOKEN + b"\n"),
            TOKEN,
            "The username is the value given, with line feed (0x0A) behind it, which belongs in the password",
            False,
            id="swapped-with-a-stray",
        ),
        pytest.param(
            Carried(PASSWORD, TOKEN, TOKEN), TOKEN, "The password is equal to the value given", True, id="both-halves"
        ),
        pytest.param(Carried(PASSWORD, TOKEN, SID), SID, "The username is equal to the value given", True, id="sid"),
        pytest.param(
            Carried(PASSWORD, SID, TOKEN),
            SID,
            "The password is equal to the value given, which belongs in the username",
            False,
            id="sid-swapped",
        ),
        pytest.param(Carried(PASSWORD, TOKEN, SID), OTHER_SID, "The username is another value", False, id="other-sid"),
        pytest.param(Carried(PASSWORD, b"", SID), TOKEN, "The password is empty", False, id="no-password"),
        pytest.param(Carried(Part.TOKEN, TOKEN), TOKEN, "The token is equal to the value given", True, id="bearer"),
        pytest.param(Carried(Part.TOKEN, SIGNED), TOKEN, "The token is signed with the value given", True, id="signed"),
        pytest.param(
            Carried(Part.TOKEN, SIGNED), KEY_SECRET, "The token is another value", False, id="signed-otherwise"
        ),
        pytest.param(Carried(Part.TOKEN, SIGNED[:-2]), TOKEN, "The token is another value", False, id="signature-cut"),
        pytest.param(
            Carried(Part.VALUE, TOKEN), TOKEN, "What was sent is equal to the value given", True, id="bare-secret"
        ),
        pytest.param(
            Carried(Part.VALUE, SID + TOKEN),
            TOKEN,
            "What was sent is the value given and 34 characters in front of it",
            False,
            id="no-colon",
        ),
    ],
)
def test_what_a_value_says_of_it(carried: Carried, given: bytes, says: str, *, is_right: bool) -> None:
    found = weighed(carried, given)
    assert found.says == says
    assert found.is_right is is_right


@pytest.mark.parametrize(
    ("carried", "given", "part", "misplaced"),
    [
        pytest.param(Carried(PASSWORD, TOKEN, SID), TOKEN, Part.PASSWORD, False, id="secret-in-its-place"),
        pytest.param(Carried(PASSWORD, SID, TOKEN), TOKEN, Part.USERNAME, True, id="secret-as-the-username"),
        pytest.param(Carried(PASSWORD, TOKEN, SID), SID, Part.USERNAME, False, id="sid-in-its-place"),
        pytest.param(Carried(PASSWORD, SID, TOKEN), SID, Part.PASSWORD, True, id="sid-as-the-password"),
        pytest.param(Carried(PASSWORD, KEY_SECRET, SID), TOKEN, Part.PASSWORD, False, id="another-secret"),
        pytest.param(Carried(PASSWORD, TOKEN, KEY), SID, Part.USERNAME, False, id="another-sid"),
        pytest.param(Carried(Part.VALUE, TOKEN), TOKEN, Part.VALUE, False, id="no-pair"),
    ],
)
def test_which_part_is_weighed(carried: Carried, given: bytes, part: Part, *, misplaced: bool) -> None:
    secret = carried.username if part is Part.USERNAME else carried.secret
    assert weighed(carried, given) == Weighed(part, compare(secret or b"", given), misplaced=misplaced)


def test_the_lengths_of_a_token_and_of_what_signed_it() -> None:
    found = weighed(Carried(Part.TOKEN, SIGNED), TOKEN).comparison
    assert (found.relation, found.length, found.expected_length) == (Relation.SIGNED, len(SIGNED), 32)
    assert found.first_difference is None


@pytest.mark.parametrize(
    ("carried", "is_of"),
    [
        (Carried(PASSWORD, TOKEN, SID), True),
        (Carried(PASSWORD, SID, TOKEN), True),
        (Carried(PASSWORD, TOKEN, b' "%b"\n' % SID.lower()), True),
        (Carried(PASSWORD, TOKEN, OTHER_SID), False),
        (Carried(Part.TOKEN, TOKEN), False),
        (Carried(Part.VALUE, SID + TOKEN), False),
    ],
)
def test_whose_it_is(carried: Carried, *, is_of: bool) -> None:
    assert carried.is_of(SID) is is_of


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_what_is_numbered_is_what_a_diagnosis_numbers(rule: Rule) -> None:
    exchanges = (*rule.hit(), *rule.miss())
    numbers: dict[bytes, str] = {}
    for exchange, result in zip(exchanges, diagnose_all(exchanges, b"key"), strict=True):
        if result.diagnosis is None:
            continue
        seen, secret = result.diagnosis.credential, numbered_in(exchange.request)
        assert bool(secret) is bool(seen and seen.fingerprint)
        if seen and secret:
            assert numbers.setdefault(secret, seen.fingerprint) == seen.fingerprint
            assert secret in {one.secret for one in carried_by(exchange.request) if one.whole}


@given(st.lists(st.binary(max_size=80) | st.sampled_from([GOOD, b"Bearer x", b"Basic "]), max_size=3), st.binary())
def test_any_header_and_any_value(values: list[bytes], value: bytes) -> None:
    asked = refused(None, extra=tuple((b"Authorization", each) for each in values)).request
    for one in carried_by(asked):
        found = weighed(one, value)
        assert found.says
        if found.is_right:
            assert value in {one.secret, one.username}
    numbered_in(asked)
