"""The tables of the gate. docs/facts.md 0, row by row, and the near misses beside them."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.sandbox import (
    DELETED_KEY,
    KYC,
    LIVE,
    LIVE_AU1,
    LIVE_IE1,
    MAIN_KEY,
    OAUTH_APP,
    POLICY,
    RESTRICTED_KEY,
    ROTATED_TOKEN,
    STANDARD_KEY,
    STANDARD_KEY_IE1,
    SUBACCOUNT,
    SUBACCOUNT_KEY,
    SUSPENDED,
    TEST,
    TRIAL,
    VERIFY_SERVICE,
    VERIFY_SERVICE_IE1,
    WORLD,
    Account,
    Answer,
    ApiKey,
    KeyType,
    Request,
    issue_token,
    respond,
    sandbox_sid,
)
from why20003.sandbox.messages import Fault, Maker
from why20003.sandbox.reception import decision_on

ACCOUNTS = "/2010-04-01/Accounts"
HERE = f"{ACCOUNTS}/{LIVE.sid}"
MESSAGES = f"{HERE}/Messages.json"
SENT = "To=%2B14155550100&From=%2B15005550006&Body=hi"
AUTHENTICATE = (401, 20003, "Authenticate")
INVALID = (401, 20003, "Authentication Error - invalid username")
NONE_GIVEN = (401, 20003, "Authentication Error - No credentials provided")
UNKNOWN_AC = "AC" + "9" * 32
TRIAL_TEXT = "This feature is not available on a Trial account. Please upgrade your account to gain access."
KYC_TEXT = (
    "Primary compliance profile is not approved. Please refer to documentation and complete the KYC process "
    "in Trust Hub to gain access."
)


def outcome(answer: Answer) -> tuple[int, int, str]:
    assert isinstance(answer.payload, Fault), answer
    return answer.status, answer.payload.code, answer.payload.message


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param(LIVE.sid, LIVE.auth_token, id="account-pair"),
        pytest.param(STANDARD_KEY.sid, STANDARD_KEY.secret, id="standard-key"),
        pytest.param(MAIN_KEY.sid, MAIN_KEY.secret, id="main-key"),
        pytest.param(RESTRICTED_KEY.sid, RESTRICTED_KEY.secret, id="restricted-key-with-the-permission"),
    ],
)
@pytest.mark.parametrize(("method", "form", "status"), [("GET", None, 200), ("POST", SENT, 201)])
def test_good_pairs_pass(  # noqa: PLR0917 - a column each
    ask: Callable[..., Any], user: str | None, password: str | None, method: str, form: str | None, status: int
) -> None:
    assert ask(MESSAGES, user, password, method=method, form=form).status == status


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, NONE_GIVEN, id="missing"),
        pytest.param(b"", NONE_GIVEN, id="empty"),
        pytest.param(b"Digest realm=x", NONE_GIVEN, id="digest"),
        pytest.param(b"Basic not base64", NONE_GIVEN, id="not-base64"),
        pytest.param(b"Basic " + b64encode(LIVE.sid.encode()), NONE_GIVEN, id="only-the-sid"),
        pytest.param(b"Bearer " + LIVE.auth_token.encode(), NONE_GIVEN, id="bearer-with-the-token"),
        pytest.param(b"Basic Og==", INVALID, id="both-halves-empty"),
        pytest.param(b"Basic Tm9uZTpOb25l", INVALID, id="None-None"),
        pytest.param(b"Basic " + b64encode(f"{LIVE.sid}:{LIVE.auth_token}".encode("utf-16")), INVALID, id="utf-16"),
    ],
)
def test_what_authorization_has_to_hold(ask: Callable[..., Any], value: bytes | None, expected: object) -> None:
    assert outcome(ask(MESSAGES, None, authorization=value)) == expected


@pytest.mark.parametrize(
    ("user", "password", "expected", "why"),
    [
        pytest.param(LIVE.auth_token, LIVE.sid, INVALID, "no SID but 32 characters", id="swapped"),
        pytest.param(f" {LIVE.sid}", None, INVALID, "no SID", id="leading-blank"),
        pytest.param(f"{LIVE.sid}\n", None, INVALID, "no SID", id="newline-after-the-sid"),
        pytest.param(LIVE.sid[:-1], None, INVALID, "33 characters beginning AC", id="33-characters"),
        pytest.param(LIVE.sid.upper(), None, INVALID, "no SID", id="upper-case"),
        pytest.param(sandbox_sid("MG", "x"), None, INVALID, "no account and no API key", id="messaging-service"),
        pytest.param(UNKNOWN_AC, None, INVALID, "there is no account", id="unknown-account"),
        pytest.param("billing", None, INVALID, "7 characters, letters", id="a-name"),
        pytest.param(LIVE.sid, "", AUTHENTICATE, "is empty", id="empty-password"),
        pytest.param(LIVE.sid, LIVE.sid, AUTHENTICATE, "user name once more", id="the-sid-twice"),
        pytest.param(LIVE.sid, ROTATED_TOKEN, AUTHENTICATE, "wrong (32 characters, lower-case hex)", id="rotated"),
        pytest.param(LIVE.sid, LIVE.auth_token + "\n", AUTHENTICATE, "something around it", id="newline-after"),
        pytest.param(LIVE.sid, f'"{LIVE.auth_token}"', AUTHENTICATE, "something around it", id="quoted"),
        pytest.param(LIVE.sid, LIVE.auth_token.upper(), AUTHENTICATE, "wrong", id="upper-case-token"),
        pytest.param(LIVE.sid, STANDARD_KEY.secret, AUTHENTICATE, "secret of API key SK", id="key-secret"),
        pytest.param(LIVE.sid, TEST.auth_token, AUTHENTICATE, "test pair of live", id="test-token"),
        pytest.param(TEST.sid, LIVE.auth_token, AUTHENTICATE, "(live, us1)", id="live-token-with-the-test-sid"),
        pytest.param(LIVE.sid, LIVE_IE1.auth_token, AUTHENTICATE, "live in ie1", id="token-of-ie1"),
        pytest.param(STANDARD_KEY.sid, LIVE.auth_token, AUTHENTICATE, "the Auth Token of", id="key-with-the-token"),
        pytest.param(STANDARD_KEY.sid, MAIN_KEY.secret, AUTHENTICATE, "secret of API key", id="other-key-s-secret"),
        pytest.param(DELETED_KEY.sid, DELETED_KEY.secret, AUTHENTICATE, "was deleted", id="deleted-key"),
        pytest.param("SK" + "9" * 32, "x" * 32, AUTHENTICATE, "does not exist", id="unknown-key"),
        pytest.param(STANDARD_KEY_IE1.sid, STANDARD_KEY_IE1.secret, AUTHENTICATE, "made in ie1", id="key-of-ie1"),
    ],
)
def test_refused_pairs(  # noqa: PLR0917 - a column each
    ask: Callable[..., Any],
    leaks: Callable[[str], list[str]],
    user: str | None,
    password: str | None,
    expected: object,
    why: str,
) -> None:
    answer = ask(MESSAGES, user, password)
    assert outcome(answer) == expected
    assert why in answer.why
    assert leaks(answer.why) == []


@pytest.mark.parametrize(
    ("host", "path"),
    [
        pytest.param("preview-iam.twilio.com", f"/Organizations/OR{'0' * 32}/Accounts", id="organization"),
        pytest.param("iam.twilio.com", f"/v2/Organizations/OR{'0' * 32}/Accounts", id="organization-v2"),
        pytest.param("iam.twilio.com", f"/scim/v2/OR{'0' * 32}/Users", id="scim"),
    ],
)
def test_an_organization_s_api_takes_tokens_only(ask: Callable[..., Any], now: float, host: str, path: str) -> None:
    refused = ask(path, host=host)
    assert outcome(refused) == AUTHENTICATE
    assert "OAuth access tokens only" in refused.why
    token = issue_token(OAUTH_APP, WORLD, now=now)
    assert ask(path, None, host=host, authorization=b"Bearer " + token.encode()).status != 401


def test_an_account_s_oauth_apps_take_basic(ask: Callable[..., Any]) -> None:
    assert ask("/v1/Account/OAuthApps", host="iam.twilio.com").status == 200


REGIONS = [("api.dublin.ie1.twilio.com", LIVE_IE1), ("api.sydney.au1.twilio.com", LIVE_AU1)]


@pytest.mark.parametrize(
    ("host", "pair"), [*REGIONS, ("api.us1.twilio.com", LIVE), ("api.ashburn.us1.twilio.com", LIVE)]
)
def test_a_token_is_good_in_its_region(ask: Callable[..., Any], host: str, pair: Account) -> None:
    assert ask(f"{HERE}/Calls.json", LIVE.sid, pair.auth_token, host=host).status == 200


@pytest.mark.parametrize(("host", "pair"), REGIONS)
def test_a_token_is_refused_in_other_regions(ask: Callable[..., Any], host: str, pair: Account) -> None:
    assert outcome(ask(f"{HERE}/Calls.json", host=host)) == AUTHENTICATE
    assert outcome(ask(f"{HERE}/Calls.json", LIVE.sid, pair.auth_token)) == AUTHENTICATE


@pytest.mark.parametrize(
    ("host", "method", "path", "pair", "realm"),
    [
        ("api.dublin.ie1.twilio.com", "GET", f"{HERE}/Balance.json", LIVE_IE1, "ie1"),
        ("api.dublin.ie1.twilio.com", "GET", f"{HERE}/Usage/Records.json", LIVE_IE1, "ie1"),
        ("api.dublin.ie1.twilio.com", "POST", f"{ACCOUNTS}.json", LIVE_IE1, "ie1"),
        ("api.sydney.au1.twilio.com", "GET", MESSAGES, LIVE_AU1, "au1"),
    ],
)
def test_an_endpoint_that_a_realm_lacks(  # noqa: PLR0917 - a column each
    ask: Callable[..., Any], host: str, method: str, path: str, pair: Account, realm: str
) -> None:
    answer = ask(path, LIVE.sid, pair.auth_token, host=host, method=method)
    assert outcome(answer) == (404, 20404, f"Endpoint is not supported in realm '{realm}'")


@pytest.mark.parametrize("path", [f"{HERE}/Messages.json", f"{HERE}/Calls.json"])
def test_endpoints_that_ie1_has(ask: Callable[..., Any], path: str) -> None:
    assert ask(path, LIVE.sid, LIVE_IE1.auth_token, host="api.dublin.ie1.twilio.com").status == 200


BARRED = [f"{ACCOUNTS}.json", f"{HERE}.json", HERE, f"{HERE}/Keys.json", f"{HERE}/Keys/{MAIN_KEY.sid}.json"]


@pytest.mark.parametrize("path", BARRED)
@pytest.mark.parametrize("key", [STANDARD_KEY, RESTRICTED_KEY], ids=lambda k: k.type.value)
def test_standard_and_restricted_keys_may_not_call_accounts_and_keys(
    ask: Callable[..., Any], key: ApiKey, path: str
) -> None:
    assert outcome(ask(path, key.sid, key.secret)) == INVALID
    assert outcome(ask(path, key.sid, "x" * 32)) == INVALID


@pytest.mark.parametrize("path", BARRED)
def test_a_main_key_may(ask: Callable[..., Any], path: str) -> None:
    assert ask(path, MAIN_KEY.sid, MAIN_KEY.secret).status == 200


@pytest.mark.parametrize(("key", "status"), [(STANDARD_KEY, 401), (MAIN_KEY, 200)], ids=["standard", "main"])
def test_keys_on_iam(ask: Callable[..., Any], key: ApiKey, status: int) -> None:
    assert ask("/v1/Keys", key.sid, key.secret, host="iam.twilio.com").status == status


@pytest.mark.parametrize(
    ("user", "password", "account", "expected"),
    [
        pytest.param(LIVE.sid, LIVE.auth_token, SUBACCOUNT.sid, 200, id="parent-pair-on-its-subaccount"),
        pytest.param(SUBACCOUNT.sid, SUBACCOUNT.auth_token, SUBACCOUNT.sid, 200, id="own-pair"),
        pytest.param(SUBACCOUNT_KEY.sid, SUBACCOUNT_KEY.secret, SUBACCOUNT.sid, 200, id="own-key"),
        pytest.param(MAIN_KEY.sid, MAIN_KEY.secret, SUBACCOUNT.sid, AUTHENTICATE, id="main-key-on-the-subaccount"),
        pytest.param(STANDARD_KEY.sid, STANDARD_KEY.secret, SUBACCOUNT.sid, AUTHENTICATE, id="standard-key-on-it"),
        pytest.param(SUBACCOUNT.sid, SUBACCOUNT.auth_token, LIVE.sid, AUTHENTICATE, id="subaccount-upwards"),
        pytest.param(TRIAL.sid, TRIAL.auth_token, SUBACCOUNT.sid, AUTHENTICATE, id="foreign-pair"),
        pytest.param(LIVE.sid, LIVE.auth_token, TRIAL.sid, AUTHENTICATE, id="foreign-path"),
        pytest.param(LIVE.sid, LIVE.auth_token, UNKNOWN_AC, AUTHENTICATE, id="unknown-path"),
        pytest.param(TEST.sid, TEST.auth_token, LIVE.sid, AUTHENTICATE, id="test-pair-on-the-live-path"),
    ],
)
def test_which_account_a_pair_reaches(
    ask: Callable[..., Any], user: str | None, password: str | None, account: str, expected: object
) -> None:
    answer = ask(f"{ACCOUNTS}/{account}/Calls.json", user, password)
    assert (answer.status if expected == 200 else outcome(answer)) == expected


@pytest.mark.parametrize(
    ("account", "user", "expected"),
    [
        pytest.param("", None, (404, 20404), id="empty-without-credentials"),
        pytest.param("", LIVE.sid, (404, 20404), id="empty-with-a-good-pair"),
        pytest.param("None", None, (401, 20003), id="None-without-credentials"),
        pytest.param("None", LIVE.sid, (404, 20404), id="None-with-a-good-pair"),
        pytest.param("null", LIVE.sid, (404, 20404), id="null-with-a-good-pair"),
        pytest.param(LIVE.sid[:-1], LIVE.sid, (404, 20404), id="truncated-with-a-good-pair"),
    ],
)
def test_a_faulty_account_in_the_path(
    ask: Callable[..., Any], account: str, user: str | None, expected: object
) -> None:
    answer = ask(f"{ACCOUNTS}/{account}/Messages.json", user)
    assert outcome(answer)[:2] == expected
    if expected == (404, 20404):
        path = f"/2010-04-01/Accounts/{account}/Messages.json"
        assert outcome(answer)[2] == f"The requested resource {path} was not found"


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        pytest.param(STANDARD_KEY.secret, (400, 21470, f"AccountSid {STANDARD_KEY.sid} is invalid"), id="good-key"),
        pytest.param("x" * 32, AUTHENTICATE, id="refused-key"),
    ],
)
def test_a_key_as_the_path_s_account(ask: Callable[..., Any], secret: str, expected: object) -> None:
    path = f"{ACCOUNTS}/{STANDARD_KEY.sid}/Messages.json"
    assert outcome(ask(path, STANDARD_KEY.sid, secret, method="POST", form=SENT)) == expected


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        pytest.param("POST", "Messages.json", "api.twilio.com", 201, id="messages"),
        pytest.param("POST", "IncomingPhoneNumbers.json", "api.twilio.com", 201, id="numbers"),
        pytest.param("GET", "/v2/PhoneNumbers/+14155550100", "lookups.twilio.com", 200, id="lookup"),
        pytest.param("GET", "Messages.json", "api.twilio.com", 403, id="list-messages"),
        pytest.param("GET", "Fax.json", "api.twilio.com", 403, id="anything-else"),
        pytest.param("GET", "/v1/Services", "messaging.twilio.com", 403, id="product"),
    ],
)
def test_the_test_pair(ask: Callable[..., Any], method: str, path: str, host: str, status: int) -> None:
    path = path if path.startswith("/") else f"{ACCOUNTS}/{TEST.sid}/{path}"
    form = SENT if method == "POST" else None
    answer = ask(path, TEST.sid, TEST.auth_token, method=method, form=form, host=host)
    assert answer.status == status
    if status == 403:
        assert outcome(answer) == (403, 20008, "Resource not accessible with Test Account Credentials")


@pytest.mark.parametrize("path", [".json", "/Messages.json", "/Calls.json"])
def test_a_suspended_account(ask: Callable[..., Any], path: str) -> None:
    answer = ask(f"{ACCOUNTS}/{SUSPENDED.sid}{path}", SUSPENDED.sid, SUSPENDED.auth_token)
    assert outcome(answer) == (401, 20005, "Account not active")


def test_a_suspended_subaccount(ask: Callable[..., Any]) -> None:
    asleep = replace(SUBACCOUNT, active=False)
    world = replace(WORLD, accounts=(LIVE, asleep))
    assert outcome(ask(f"{ACCOUNTS}/{asleep.sid}/Calls.json", world=world))[:2] == (401, 20005)


@pytest.mark.parametrize("path", ["Balance.json", "Usage/Records.json", "Keys.json", "Applications.json"])
def test_what_a_trial_account_may_not(ask: Callable[..., Any], path: str) -> None:
    answer = ask(f"{ACCOUNTS}/{TRIAL.sid}/{path}", TRIAL.sid, TRIAL.auth_token)
    assert outcome(answer) == (401, 20003, TRIAL_TEXT)


def test_a_trial_account_may_not_fetch_media_or_content(ask: Callable[..., Any]) -> None:
    media = f"{ACCOUNTS}/{TRIAL.sid}/Messages/{sandbox_sid('MM', '')}/Media/{sandbox_sid('ME', '')}"
    for path, host in ((media, "api.twilio.com"), ("/v1/Content", "content.twilio.com")):
        assert outcome(ask(path, TRIAL.sid, TRIAL.auth_token, host=host)) == (401, 20003, TRIAL_TEXT)


@pytest.mark.parametrize("path", [".json", "/Messages.json", "/Calls.json", "/IncomingPhoneNumbers.json"])
def test_what_a_trial_account_may(ask: Callable[..., Any], path: str) -> None:
    assert ask(f"{ACCOUNTS}/{TRIAL.sid}{path}", TRIAL.sid, TRIAL.auth_token).status == 200


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("POST", f"{ACCOUNTS}/{KYC.sid}/Messages.json", "api.twilio.com", 401),
        ("POST", f"{ACCOUNTS}/{KYC.sid}/Calls.json", "api.twilio.com", 401),
        ("POST", f"{ACCOUNTS}/{KYC.sid}/IncomingPhoneNumbers.json", "api.twilio.com", 401),
        ("POST", f"/v2/Services/{VERIFY_SERVICE.sid}/Verifications", "verify.twilio.com", 401),
        ("GET", f"{ACCOUNTS}/{KYC.sid}/Messages.json", "api.twilio.com", 200),
        ("GET", f"{ACCOUNTS}/{KYC.sid}/Balance.json", "api.twilio.com", 200),
        ("GET", "/v1/Services", "messaging.twilio.com", 200),
    ],
)
def test_an_account_without_compliance_profile_reads_but_does_not_send(
    ask: Callable[..., Any], method: str, path: str, host: str, status: int
) -> None:
    answer = ask(path, KYC.sid, KYC.auth_token, method=method, host=host, form=SENT if method == "POST" else None)
    assert answer.status == status
    if status == 401:
        assert outcome(answer) == (401, 20003, KYC_TEXT)


def test_an_account_held_by_policy(ask: Callable[..., Any]) -> None:
    def call(path: str) -> Answer:
        answer: Answer = ask(f"{ACCOUNTS}/{POLICY.sid}{path}", POLICY.sid, POLICY.auth_token)
        return answer

    assert outcome(call("/Messages.json")) == (401, 20003, "Policy evaluation failed")
    assert call(".json").status == 200


@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("GET", f"{HERE}/Calls.json", "api.twilio.com"),
        ("DELETE", f"{HERE}/Messages/{sandbox_sid('SM', '')}.json", "api.twilio.com"),
        ("GET", "/v1/Services", "messaging.twilio.com"),
    ],
)
def test_a_restricted_key_without_the_permission(ask: Callable[..., Any], method: str, path: str, host: str) -> None:
    answer = ask(path, RESTRICTED_KEY.sid, RESTRICTED_KEY.secret, method=method, host=host)
    assert outcome(answer) == (401, 70051, "Authorization Failed")


def test_a_get_with_a_body_is_stopped_at_the_edge(ask: Callable[..., Any]) -> None:
    for user in (LIVE.sid, None):
        answer = ask(MESSAGES, user, form="x=1")
        assert (answer.status, answer.maker) == (403, Maker.EDGE)


@pytest.mark.parametrize(
    ("host", "sid", "token", "status"),
    [
        pytest.param("verify.twilio.com", VERIFY_SERVICE.sid, LIVE.auth_token, 200, id="own-realm"),
        pytest.param("verify.twilio.com", VERIFY_SERVICE_IE1.sid, LIVE.auth_token, 404, id="sid-of-ie1-on-us1"),
        pytest.param("verify.dublin.ie1.twilio.com", VERIFY_SERVICE_IE1.sid, LIVE_IE1.auth_token, 200, id="ie1"),
        pytest.param("verify.dublin.ie1.twilio.com", VERIFY_SERVICE.sid, LIVE_IE1.auth_token, 404, id="us1-on-ie1"),
    ],
)
def test_a_service_of_another_realm(ask: Callable[..., Any], host: str, sid: str, token: str, status: int) -> None:
    answer = ask(f"/v2/Services/{sid}", LIVE.sid, token, host=host)
    assert answer.status == status
    if status == 404:
        assert outcome(answer)[1] == 20404


@pytest.mark.parametrize(
    ("age", "host", "status"),
    [
        pytest.param(0, "api.twilio.com", 200, id="fresh"),
        pytest.param(OAUTH_APP.lifetime - 1, "api.twilio.com", 200, id="its-last-second"),
        pytest.param(OAUTH_APP.lifetime, "api.twilio.com", 401, id="expired"),
        pytest.param(0, "api.dublin.ie1.twilio.com", 401, id="us1-only"),
    ],
)
def test_bearer(ask: Callable[..., Any], now: float, age: int, host: str, status: int) -> None:
    token = issue_token(OAUTH_APP, WORLD, now=now - age)
    answer = ask(MESSAGES, None, authorization=f"Bearer {token}".encode(), host=host)
    assert answer.status == status
    if status == 401:
        assert outcome(answer) == AUTHENTICATE


def test_an_oauth_app_does_not_reach_subaccounts(ask: Callable[..., Any], now: float) -> None:
    bearer = f"Bearer {issue_token(OAUTH_APP, WORLD, now=now)}".encode()
    path = f"{ACCOUNTS}/{SUBACCOUNT.sid}/Calls.json"
    assert outcome(ask(path, None, authorization=bearer)) == AUTHENTICATE


def test_a_rotation(ask: Callable[..., Any]) -> None:
    rotated = replace(WORLD, accounts=(replace(LIVE, auth_token=ROTATED_TOKEN),))
    assert outcome(ask(MESSAGES, world=rotated)) == AUTHENTICATE
    assert ask(MESSAGES, LIVE.sid, ROTATED_TOKEN, world=rotated).status == 200


def test_a_key_whose_account_is_gone(ask: Callable[..., Any]) -> None:
    assert outcome(ask(MESSAGES, MAIN_KEY.sid, MAIN_KEY.secret, world=replace(WORLD, accounts=()))) == AUTHENTICATE


def test_every_type_of_key_is_in_the_world() -> None:
    assert {k.type for k in WORLD.keys} == set(KeyType)


HALVES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([a.sid.encode() for a in WORLD.accounts] + [a.auth_token.encode() for a in WORLD.accounts]),
    st.sampled_from([k.sid.encode() for k in WORLD.keys] + [k.secret.encode() for k in WORLD.keys]),
)
VALUES = st.one_of(
    st.binary(max_size=120),
    st.builds(lambda user, password: b"Basic " + b64encode(user + b":" + password), HALVES, HALVES),
    st.builds(lambda parts: b"Bearer " + b".".join(parts), st.lists(st.binary(max_size=20), min_size=3, max_size=3)),
    st.builds(
        lambda head, claims: b"Bearer " + b64encode(head) + b"." + b64encode(claims) + b".x",
        st.sampled_from([b"{}", b"[]", b"{", b"[" * 9999]),
        st.sampled_from([b"{}", json.dumps({"sub": [1], "exp": "x"}).encode()]),
    ),
)
SEGMENTS = st.sampled_from(
    [
        "2010-04-01",
        "Accounts",
        "Messages.json",
        "",
        "..",
        "%0a",
        "v1",
        "Keys",
        LIVE.auth_token,
        LIVE.sid,
        STANDARD_KEY.sid,
    ]
)


@given(value=VALUES, segments=st.lists(SEGMENTS, max_size=6), method=st.sampled_from(["GET", "POST", "PUT", "X"]))
def test_the_gate_never_raises_and_no_secret_reaches_the_log(
    leaks: Callable[[str], list[str]], value: bytes, segments: list[str], method: str
) -> None:
    request = Request(method, "https", "api.twilio.com", "/" + "/".join(segments), ((b"authorization", value),))
    decision = decision_on(request, respond(request, now=0))
    assert leaks(f"{decision}{decision!r}{request!r}") == []
