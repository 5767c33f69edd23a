"""The validation token of a request: what is wrong with it, how its hash fits, and how both are told."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TIME, basic, refused
from analyzers.building_tokens import make_jwt, validation_token
from analyzers.case import Case, case_of
from analyzers.findings import REQUEST_HEADERS
from analyzers.request_hash import Fit
from analyzers.validation_token import Validation, evidence_of, validation_of

PAIR = basic(KEY, KEY_SECRET)
NOW = int(TIME)
UNDECIDED = Fit(decided=False)


def case(token: bytes | None, authorization: bytes | None = PAIR, **options: object) -> Case:
    extra = () if token is None else ((b"Twilio-Client-Validation", token),)
    return case_of(refused(authorization, extra=extra, **options))  # type: ignore[arg-type] # options of `refused`


def test_a_token_is_kept_with_its_place() -> None:
    token = validation_token(PAIR)
    found = validation_of(case(token))
    assert found.present
    assert found.token is not None
    assert (found.token.name, found.token.where) == ("Twilio-Client-Validation", REQUEST_HEADERS)
    assert found.token.raw == token
    assert (found.faults, found.fit) == ((), Fit(decided=True, fits=True))


def test_without_the_header_nothing_is_wrong() -> None:
    assert validation_of(case(None)) == Validation(present=False, token=None, faults=(), fit=UNDECIDED)


def test_a_value_that_is_no_token_says_why() -> None:
    found = validation_of(case(b"a.b"))
    assert (found.present, found.token, found.fit) == (True, None, UNDECIDED)
    [says] = found.faults
    assert says.endswith("2 dot-separated parts, a JWT has 3")


@pytest.mark.parametrize(
    ("claims", "fit"),
    [
        pytest.param({}, Fit(decided=True, fits=True), id="good"),
        pytest.param({"rqh": "f" * 64}, Fit(decided=True), id="another-hash"),
        pytest.param({"hrh": None}, UNDECIDED, id="no-names"),
        pytest.param({"rqh": None}, UNDECIDED, id="no-hash"),
        pytest.param({"rqh": "f" * 63}, UNDECIDED, id="short-hash"),
        pytest.param({"rqh": "g" * 64}, UNDECIDED, id="no-hex"),
    ],
)
def test_a_hash_is_tried_where_there_is_one(claims: dict[str, object], fit: Fit) -> None:
    assert validation_of(case(validation_token(PAIR, b"", **claims))).fit == fit


@pytest.mark.parametrize(
    ("claims", "authorization", "faults"),
    [
        pytest.param({"iss": "SK" + "0" * 32}, PAIR, ["iss is another API key"], id="key-of-another-pair"),
        pytest.param({}, basic(SID, b"x"), ["iss is another API key"], id="account-sid-as-the-username"),
        pytest.param({}, basic(b"billing", b"x"), [], id="a-username-that-is-no-sid"),
        pytest.param({}, b"Bearer abc", [], id="no-pair"),
        pytest.param({"iss": "SK\ud800"}, PAIR, ["iss is no SID"], id="iss-half-a-surrogate-pair"),
        pytest.param({"sub": "\ud800"}, PAIR, ["sub is no SID"], id="sub-half-a-surrogate-pair"),
        pytest.param({"hrh": " Host ; AUTHORIZATION "}, PAIR, [], id="names-in-any-case"),
        pytest.param({"hrh": "hosts;authorization"}, PAIR, ["hrh does not name host"], id="another-name"),
        pytest.param({"hrh": "x;" * 250 + "host"}, PAIR, ["hrh does not name authorization and host"], id="names-far"),
        pytest.param({}, None, ["hrh names authorization, which"], id="no-authorization"),
        pytest.param({"exp": NOW - 1}, PAIR, ["exp lies 1 second before"], id="expired"),
        pytest.param({"exp": NOW + 86401}, PAIR, ["exp lies more than 24 hours after"], id="a-second-too-long"),
        pytest.param({"exp": "x"}, PAIR, ["exp is missing or no number"], id="exp-no-number"),
    ],
)
def test_what_is_wrong(claims: dict[str, object], authorization: bytes | None, faults: list[str]) -> None:
    found = validation_of(case(validation_token(PAIR, b"", **claims), authorization)).faults
    assert len(found) == len(faults)
    assert all(fault.startswith(words) for fault, words in zip(found, faults, strict=True))


def test_everything_can_be_wrong_at_once() -> None:
    token = make_jwt({"typ": "JWT"}, {"nbf": NOW + 90})
    names = [fault.split()[0] for fault in validation_of(case(token)).faults]
    assert names == ["cty", "alg", "kid", "iss", "sub", "exp", "nbf", "hrh", "rqh"]


def test_over_http_2_the_host_is_there_without_its_header() -> None:
    exchange = refused(PAIR, extra=((b"Twilio-Client-Validation", validation_token(PAIR)),))
    request = replace(exchange.request, headers=exchange.request.headers[1:])
    found = validation_of(case_of(replace(exchange, request=request)))
    assert (found.faults, found.fit.fits) == ((), True)


def seen(**facts: object) -> Validation:
    usual: dict[str, object] = {"present": True, "token": None, "faults": (), "fit": UNDECIDED}
    return Validation(**(usual | facts))  # type: ignore[arg-type] # the fields of Validation


@pytest.mark.parametrize(
    ("validation", "words"),
    [
        pytest.param(seen(present=False), ["no Twilio-Client-Validation header"], id="no-header"),
        pytest.param(seen(), ["no fault of it can be seen"], id="nothing-to-say"),
        pytest.param(seen(faults=("a", "b")), ["Twilio-Client-Validation: a", "Twilio-Client-Validation: b"], id="two"),
        pytest.param(seen(fit=Fit(decided=True, fits=True)), ["fits the request as recorded"], id="fits"),
        pytest.param(seen(fit=Fit(decided=True)), ["that of another request"], id="misses"),
        pytest.param(seen(fit=Fit(decided=True, without="body")), ["fits only without the body"], id="body-added"),
        pytest.param(
            seen(faults=("a",), fit=Fit(decided=True)),
            ["Twilio-Client-Validation: a", "that of another request"],
            id="fault-and-hash",
        ),
    ],
)
def test_what_was_seen_is_evidence_in_the_headers(validation: Validation, words: list[str]) -> None:
    found = evidence_of(validation)
    assert [each.where for each in found] == [REQUEST_HEADERS] * len(words)
    assert all(each.says.endswith(end) for each, end in zip(found, words, strict=True))


def test_a_good_pair_beside_a_token_for_another_is_told_by_its_hash() -> None:
    assert validation_of(case(validation_token(PAIR), GOOD)).fit == Fit(decided=True)
