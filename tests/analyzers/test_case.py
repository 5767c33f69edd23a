"""What is diagnosed and what never is, and what a case knows of its credentials."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.bearing import Bearing, Hop
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
)
from analyzers.case import Case, account_faulty, astray, case_of, is_refusal, once, with_bearing
from analyzers.exchange import Exchange, Fidelity, Request, Response
from analyzers.expected import Expected, Role
from analyzers.findings import Verdict
from analyzers.hosts import Place
from analyzers.redirect_rules import Step
from analyzers.twilio import GATE_TEXTS

FAILED = replace(refused(GOOD), response=None, error="connection failed")


def is_diagnosed(exchange: Exchange) -> bool:
    return is_refusal(case_of(exchange))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize("authorization", [GOOD, None, b"Bearer x", basic(SID, b"")])
def test_code_20003_always_is(status: int, authorization: bytes | None) -> None:
    assert is_diagnosed(refused(authorization, status=status))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("code", [None, 401, 403, 20003, 20403, 70051, 60203, 20107])
def test_401_and_403_of_any_code_are(status: int, code: int | None) -> None:
    assert is_diagnosed(refused(GOOD, status=status, code=code))


@pytest.mark.parametrize(
    "code",
    [
        *(57019, 57020, 57021, 70004, 70051, 70052, 70053, 70153, 70154, 70155, 70156),
        *(20005, 20008, 20101, 20107, 20151, 20160, 20403, 10001, 90010, 21472),
    ],
)
@pytest.mark.parametrize("status", [400, 404])
def test_codes_of_the_catalogue_are(code: int, status: int) -> None:
    assert is_diagnosed(refused(GOOD, status=status, code=code, message="x"))


@pytest.mark.parametrize(("status", "code"), [(400, 21470), (400, 90002), (404, 20404)])
@pytest.mark.parametrize(
    ("authorization", "path"),
    [
        pytest.param(GOOD, MESSAGES % b"None", id="void-account"),
        pytest.param(GOOD, MESSAGES % KEY, id="key-as-account"),
        pytest.param(basic(KEY, KEY_SECRET), MESSAGES % b"", id="no-account"),
        pytest.param(basic(b"billing", TOKEN), MESSAGES % SID, id="faulty-username"),
        pytest.param(basic(SID, b""), MESSAGES % SID, id="no-password"),
        pytest.param(basic(SID, b"your_auth_token"), MESSAGES % SID, id="placeholder"),
        pytest.param(b"Basic !!!", MESSAGES % SID, id="broken-header"),
    ],
)
def test_codes_of_the_path_are_when_path_or_pair_is_faulty(
    status: int, code: int, authorization: bytes, path: bytes
) -> None:
    assert is_diagnosed(refused(authorization, path=path, status=status, code=code, message="x"))


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD, status=404, code=20404, message="x"), id="missing-resource"),
        pytest.param(refused(basic(KEY, KEY_SECRET), status=404, code=20404, message="x"), id="missing-with-a-key"),
        pytest.param(
            refused(basic(SID, TOKEN * 2), status=404, code=20404, message="x"), id="missing-with-a-long-token"
        ),
        pytest.param(refused(basic(b"OQ" + KEY_SECRET, TOKEN), status=404, code=20404, message="x"), id="oauth-client"),
        pytest.param(
            refused(basic(SID[:2] + SID[2:].upper(), TOKEN), status=404, code=20404, message="x"), id="upper-case-hex"
        ),
        pytest.param(refused(b"Bearer a.b.c", status=404, code=20404, message="x"), id="missing-with-a-token"),
        pytest.param(refused(GOOD, path=b"/2010-04-01/Accounts.json", status=404, code=20404, message="x"), id="list"),
        pytest.param(refused(GOOD, status=400, code=21211, message="x"), id="invalid-number"),
        pytest.param(refused(basic(b"billing", TOKEN), status=400, code=20422, message="x"), id="invalid-parameter"),
        pytest.param(refused(GOOD, path=MESSAGES % b"x", status=400, code=20423, message="x"), id="invalid-sid"),
        pytest.param(
            refused(GOOD, path=MESSAGES % b"x", status=429, code=20404, message="x"), id="code-of-another-status"
        ),
        pytest.param(refused(GOOD, status=429, code=20429, message="x"), id="too-many"),
        pytest.param(refused(GOOD, status=500, code=20500, message="x"), id="server-error"),
        pytest.param(refused(GOOD, status=400, code=None), id="400-of-a-sound-head"),
        pytest.param(refused(GOOD, status=404, code=None), id="404-without-a-code"),
        pytest.param(accepted(GOOD), id="200"),
        pytest.param(accepted(None), id="200-without-credentials"),
        pytest.param(redirected(GOOD, b"/x"), id="302"),
        pytest.param(
            replace(refused(GOOD), response=Response(status=200, headers=(), body=b'{"code":20003}')), id="200-20003"
        ),
        pytest.param(
            replace(refused(GOOD), response=Response(status=304, headers=((b"X-Twilio-Error-Code", b"20003"),))),
            id="304",
        ),
        pytest.param(
            refused(GOOD, host="api.github.com", answer=Response(status=401, headers=())), id="another-service"
        ),
        pytest.param(
            refused(GOOD, host="twilio.com.example.org", answer=Response(status=403, headers=())), id="look-alike"
        ),
        pytest.param(FAILED, id="failed-connection"),
        pytest.param(replace(refused(GOOD, host="api.us1.twilio.com"), response=None), id="failed-us1"),
        pytest.param(replace(refused(GOOD, host="api.dublin.ie1.twilio.com"), response=None), id="failed-with-an-edge"),
        pytest.param(replace(refused(GOOD, host="api.ie1.example.com"), response=None), id="failed-elsewhere"),
    ],
)
def test_what_is_never_diagnosed(exchange: Exchange) -> None:
    assert not is_diagnosed(exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD, answer=Response(status=407, headers=())), id="407"),
        pytest.param(refused(GOOD, answer=Response(status=401, headers=())), id="401-of-a-stranger"),
        pytest.param(refused(GOOD, host="localhost"), id="twilio-behind-another-name"),
        pytest.param(replace(refused(GOOD, host="api.ie1.twilio.com"), response=None), id="dead-host"),
        pytest.param(replace(refused(GOOD, host="studio.br1.twilio.com"), response=None), id="dead-legacy-host"),
        pytest.param(
            refused(GOOD, answer=Response(status=401, headers=((b"X-Twilio-Error-Code", b"20003"),))), id="no-body"
        ),
        pytest.param(refused(b"Basic QUM\nw", answer=Response(status=400, headers=())), id="line-break-in-the-head"),
    ],
)
def test_look_alikes_are(exchange: Exchange) -> None:
    assert is_diagnosed(exchange)


def heads(value: bytes, *, name: bytes = b"Authorization", status: int = 400) -> Exchange:
    return refused(None, extra=((name, value),), answer=Response(status=status, headers=()))


@pytest.mark.parametrize(
    ("exchange", "faulty"),
    [
        *(pytest.param(heads(b"Basic QUM\x0bw", status=s), True, id=f"control-{s}") for s in (400, 413, 431, 494)),
        *(pytest.param(heads(b"Basic QUM\x0bw", status=s), False, id=f"control-{s}") for s in (404, 429, 500, 502)),
        pytest.param(heads(GOOD + b"\x7f"), True, id="delete"),
        pytest.param(heads(GOOD + b"\x1f"), True, id="last-control"),
        pytest.param(heads(b"Basic QUM\nw"), True, id="line-feed"),
        pytest.param(heads(GOOD + b"\t"), False, id="tab"),
        pytest.param(heads(GOOD + b" "), False, id="blank"),
        pytest.param(heads(GOOD + b"\x80", name=b"X-Other"), False, id="another-header"),
        pytest.param(heads(b"\x00" * 9000, name=b"X-Other"), False, id="another-faulty-header"),
        pytest.param(heads(GOOD, name=b"Authorization "), True, id="blank-behind-the-name"),
        pytest.param(heads(GOOD, name=b" authorization"), True, id="blank-before-the-name"),
        pytest.param(heads(GOOD, name=b"AUTHORIZATION"), False, id="name-in-capitals"),
        pytest.param(heads(GOOD + b"\x00", name=b"AUTHORIZATION"), True, id="name-in-capitals-and-a-control"),
        pytest.param(heads(b"Bearer " + b"x" * 7993), False, id="large"),
        pytest.param(heads(b"Bearer " + b"x" * 7994), True, id="too-large"),
        pytest.param(heads(b"Basic QU!w"), True, id="no-base64"),
        pytest.param(heads(b"Basic QUM QUM"), True, id="blank-inside"),
        pytest.param(heads(GOOD.rstrip(b"=")), False, id="flaw-that-no-server-minds"),
        pytest.param(heads(GOOD), False, id="sound"),
        pytest.param(heads(b"Bearer x"), False, id="token"),
        pytest.param(refused(b"Basic QU!w", status=400, code=21211, message="x"), False, id="twilios-own-code"),
        pytest.param(replace(heads(b"Basic QU!w"), response=None), True, id="no-answer"),
        pytest.param(replace(heads(GOOD), response=None), False, id="no-answer-to-a-sound-head"),
    ],
)
def test_a_head_that_was_refused_for_its_authorization(exchange: Exchange, *, faulty: bool) -> None:
    assert is_diagnosed(exchange) is faulty


OTHERS = b"/2010-04-01/Accounts/%s/Calls.json" % OTHER_SID
NOT_FOUND = "The requested resource %s was not found"


def not_found(authorization: bytes | None, path: bytes, text: str = NOT_FOUND) -> Exchange:
    """As Twilio answers: with the path that it did not find."""
    shown = path.partition(b"?")[0].decode()
    message = text % shown if "%s" in text else text
    return refused(authorization, path=path, status=404, code=20404, message=message, method="GET")


@pytest.mark.parametrize(
    ("exchange", "faulty"),
    [
        pytest.param(not_found(GOOD, OTHERS), True, id="somebody-elses-list"),
        pytest.param(not_found(GOOD, OTHERS + b"?PageSize=1"), True, id="with-a-query"),
        pytest.param(not_found(GOOD, b"/2010-04-01/Accounts/%s/Calls.json" % SID), False, id="own-list"),
        pytest.param(not_found(GOOD, OTHERS[:-5] + b"/CA%s.json" % SID[2:]), False, id="somebody-elses-call"),
        pytest.param(not_found(GOOD, b"/2010-04-01/Accounts/%s/Nothing.json" % OTHER_SID), False, id="no-such-list"),
        pytest.param(not_found(basic(KEY, KEY_SECRET), OTHERS), False, id="key-of-unknown-account"),
        pytest.param(not_found(b"Bearer x", OTHERS), False, id="token"),
        pytest.param(not_found(None, OTHERS), False, id="nothing-sent"),
        pytest.param(not_found(GOOD, OTHERS, "Something else"), False, id="another-text"),
        pytest.param(not_found(GOOD, b"/2010-04-01/Accounts.json"), False, id="no-account"),
    ],
)
def test_a_list_that_every_account_has_is_not_found_for_another(exchange: Exchange, *, faulty: bool) -> None:
    assert is_diagnosed(exchange) is faulty


def hop(method: str) -> Hop:
    return Hop(
        method=method,
        url="https://gw.example.com/",
        scheme="https",
        host="gw.example.com",
        status=302,
        had_authorization=True,
        step=Step.OTHER_HOST,
        gap=0.1,
        same_client=True,
        same_connection=None,
        method_changed=method != "GET",
        index=0,
    )


@pytest.mark.parametrize(
    ("status", "code"), [(405, None), (405, 20004), (400, 20004), (404, 20404)], ids=["405", "20004", "400", "404"]
)
@pytest.mark.parametrize(
    ("method", "hops", "became"),
    [
        pytest.param("GET", (hop("POST"),), True, id="post-became-get"),
        pytest.param("GET", (hop("GET"), hop("POST")), True, id="on-the-way"),
        pytest.param("GET", (hop("GET"),), False, id="always-get"),
        pytest.param("POST", (hop("POST"),), False, id="stayed-post"),
        pytest.param("GET", (), False, id="no-redirect"),
    ],
)
def test_what_is_not_there_for_a_post_that_became_get(
    status: int, code: int | None, method: str, hops: tuple[Hop, ...], *, became: bool
) -> None:
    exchange = refused(GOOD, method=method, status=status, code=code, message="x")
    assert is_refusal(case_of(exchange, Bearing(hops=hops))) is became


@given(
    st.integers(0, 999),
    st.none() | st.integers(0, 99999),
    st.binary(max_size=40),
    st.text(max_size=30),
    st.none() | st.binary(max_size=60),
)
def test_any_exchange_is_decided(status: int, code: int | None, path: bytes, host: str, value: bytes | None) -> None:
    exchange = refused(value, status=status, code=code, path=path, host=host, message="x")
    case = case_of(exchange)
    assert is_refusal(case) in {True, False}
    if 200 <= status < 400:
        assert not is_refusal(case)
    assert case.legible is None or case.legible == case.pair


@pytest.mark.parametrize(
    ("account", "faulty"),
    [(SID, False), (b"AC" + SID[2:].upper(), False), (b"None", True), (b"", True), (KEY, True), (SID[:-1], True)],
)
def test_faulty_accounts(account: bytes, *, faulty: bool) -> None:
    assert account_faulty(case_of(refused(path=MESSAGES % account))) is faulty
    assert not account_faulty(case_of(refused(path=b"/2010-04-01/Accounts.json")))


@pytest.mark.parametrize(
    ("fidelity", "verdict"),
    [
        (Fidelity.FULL, Verdict.CONFIRMED),
        (Fidelity.DOUBTFUL, Verdict.LIKELY),
        (Fidelity.SANITIZED, Verdict.UNKNOWN),
    ],
)
def test_what_absence_proves(fidelity: Fidelity, verdict: Verdict) -> None:
    assert case_of(refused(None, fidelity=fidelity)).absence is verdict


def test_empty_case() -> None:
    request = Request(method="GET", scheme="https", host="", port=443, target=b"", headers=())
    case = case_of(Exchange(request=request))
    assert (case.credential, case.pair, case.legible, case.text, case.status, case.answer) == (
        None,
        None,
        None,
        "",
        0,
        None,
    )
    assert not is_refusal(case)


@pytest.mark.parametrize(
    ("pair", "legible"),
    [
        pytest.param((SID, TOKEN), True, id="text"),
        pytest.param((b"", b""), True, id="empty"),
        pytest.param((b"\xef\xbb\xbf" + SID, TOKEN + b"\xe2\x80\x8b"), True, id="strays-of-utf-8"),
        pytest.param((bytes(range(160, 180)), TOKEN[:4]), False, id="bytes"),
        pytest.param((bytes(range(160, 180)), b""), False, id="bytes-before-the-colon"),
        pytest.param((b"abcd", b"\xff" + b"efgh\t"), True, id="one-in-ten"),
        pytest.param((b"abcd", b"\xff\xfe" + b"efgh"), True, id="one-in-five"),
        pytest.param((b"abcd", b"\xff\xfe" + b"efg"), False, id="more-than-one-in-five"),
        pytest.param((b"abcd", b"\x00\x7f" + b"efg"), False, id="controls"),
        pytest.param((b"a b\t", b"\r\n~ 1"), True, id="blanks-and-line-ends"),
    ],
)
def test_pairs_that_are_text(pair: tuple[bytes, bytes], *, legible: bool) -> None:
    case = case_of(refused(basic(*pair)))
    assert case.pair is not None
    assert (case.legible is not None) is legible


@pytest.mark.parametrize("text", ["Policy evaluation failed", "Please upgrade your account to gain access."])
def test_pair_behind_a_gate_is_vouched_for(text: str) -> None:
    assert any(pattern.search(text) for pattern, _, _ in GATE_TEXTS)
    assert case_of(refused(GOOD, message=text)).vouched
    assert not case_of(refused(None, message=text)).vouched
    assert not case_of(refused(GOOD, message=text, code=20404)).vouched


def test_accepted_pair_is_vouched_for() -> None:
    assert case_of(refused(GOOD), Bearing(pair_accepted=0)).vouched
    assert not case_of(refused(GOOD)).vouched


def test_repr_shows_no_secret() -> None:
    case = case_of(refused(basic(TOKEN, KEY_SECRET), path=MESSAGES % KEY_SECRET, message=TOKEN.decode()))
    for shown in (repr(case), str(case), repr(case.exchange), repr(case.endpoint), repr(case.credentials)):
        assert TOKEN.decode() not in shown
        assert KEY_SECRET.decode() not in shown


@pytest.mark.parametrize(
    ("authorization", "secret", "kept"),
    [
        pytest.param(basic(SID, b"12345"), b"12345", True, id="five"),
        pytest.param(basic(SID, b"1234"), b"1234", False, id="four-give-nothing-away"),
        pytest.param(basic(b"hunter", b"x"), b"hunter", True, id="username"),
        pytest.param(basic(SID, b"None"), b"None", False, id="literal"),
        pytest.param(GOOD.rstrip(b"="), SID + b":" + TOKEN, True, id="decoded-though-broken"),
        pytest.param(b"Bearer hunter", b"Bearer hunter", True, id="the-value"),
    ],
)
def test_which_secrets_are_known(authorization: bytes, secret: bytes, *, kept: bool) -> None:
    assert (secret in case_of(refused(authorization)).secrets) is kept


@pytest.mark.parametrize(
    ("account", "kept"),
    [(TOKEN, True), (KEY_SECRET, True), (b"hunter", True), (b"1234", False), (SID, False), (b"None", False)],
)
def test_a_secret_in_place_of_the_account_is_known(account: bytes, *, kept: bool) -> None:
    assert (account in case_of(refused(None, path=MESSAGES % account)).secrets) is kept


def test_what_a_case_tells_of_its_exchange() -> None:
    given = (Expected(Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", "environment", SID),)
    case = case_of(refused(GOOD, agent=b"curl/8.5.0", status=403), expected=given)
    assert (case.status, case.text, case.client.name, case.expected) == (403, "Authenticate", "curl", given)
    assert case.credential is case.credentials[0]
    assert case.pair == case.legible
    assert case_of(refused(None)).tokens == ()


def test_another_bearing_leaves_the_exchange_as_it_is() -> None:
    case = case_of(refused(basic(SID, b"hunter")), expected=())
    known = (case.credential, case.pair, case.client, case.legible, case.tokens, case.secrets)
    assert not case.vouched
    moved = with_bearing(case, Bearing(pair_accepted=3))
    assert moved == replace(case, bearing=Bearing(pair_accepted=3))
    assert moved.vouched
    assert not case.vouched
    again = (moved.credential, moved.pair, moved.client, moved.legible, moved.tokens, moved.secrets)
    assert all(one is other for one, other in zip(known, again, strict=True))
    assert with_bearing(case_of(refused(None)), Bearing()).secrets == ()


def test_an_answer_is_worked_out_once_for_each_case() -> None:
    asked: list[Case] = []

    def told(case: Case) -> str | None:
        asked.append(case)
        return case.text or None

    answer = once(told)
    one, other = case_of(refused(GOOD)), case_of(refused(GOOD, message=""))
    assert [answer(case) for case in (one, other, one, other)] == ["Authenticate", None, "Authenticate", None]
    assert len(asked) == 2
    assert answer(with_bearing(one, Bearing(pair_accepted=1))) == "Authenticate"
    assert len(asked) == 3


def test_two_answers_of_one_case_are_not_mixed_up() -> None:
    case = case_of(refused(GOOD))
    answers = (once(account_faulty), once(is_refusal))
    assert [answer(case) for answer in answers] == [False, True]
    assert [answer(case) for answer in answers[::-1]] == [True, False]


def test_secrets_of_a_case() -> None:
    case = case_of(refused(basic(TOKEN, SID), path=MESSAGES % KEY_SECRET))
    assert {TOKEN, KEY_SECRET, basic(TOKEN, SID)} <= set(case.secrets)
    assert SID not in case.secrets


# --- requests of the REST API that went to a wrong host ---

PRODUCT = b"/v2/Services"


def by(status: int, host: str, path: bytes | None = None) -> Exchange:
    """The request, answered by somebody who is not Twilio."""
    return refused(GOOD, host=host, path=path, answer=Response(status=status, headers=()))


@pytest.mark.parametrize(
    ("host", "path", "authorization", "place"),
    [
        pytest.param("api.twillio.com", None, GOOD, Place.MISSPELT, id="misspelt"),
        pytest.param("api.twillio.com", None, None, Place.MISSPELT, id="the-path-has-the-sid"),
        pytest.param("api.twillio.com", MESSAGES % SID[:-1], None, Place.MISSPELT, id="a-sid-with-a-fault"),
        pytest.param("api.twillio.com", MESSAGES % KEY, None, Place.MISSPELT, id="the-path-has-a-key"),
        pytest.param("api.twillio.com", MESSAGES % SID.lower(), None, Place.MISSPELT, id="a-sid-in-lower-case"),
        pytest.param("api.twillio.com", MESSAGES % SID[2:], None, None, id="hex-digits-of-anything"),
        pytest.param("api.twillio.com", MESSAGES % b"acme", None, None, id="a-name"),
        pytest.param("api.twillio.com", b"/v1/Accounts/%s/x" % SID, None, None, id="no-path-that-names-accounts"),
        pytest.param("api.twilio.co", b"/2010-04-01/Accounts.json", GOOD, Place.MISSPELT, id="the-pair-has-the-sid"),
        pytest.param("verify.twilo.com", PRODUCT, basic(KEY, KEY_SECRET), Place.MISSPELT, id="product"),
        pytest.param("verify.twilo.com", PRODUCT, basic(TOKEN, SID), Place.MISSPELT, id="swapped-halves"),
        pytest.param("api-twilio.com", None, GOOD, Place.GLUED, id="glued"),
        pytest.param("www.twilio.com", None, GOOD, Place.WEBSITE, id="website"),
        pytest.param("mms.twiliocdn.com", None, GOOD, Place.FILES, id="file-server"),
        pytest.param("api.twilio.com", None, GOOD, None, id="right"),
        pytest.param("twilio.internal.example", None, GOOD, None, id="gateway"),
        pytest.param("localhost", None, GOOD, None, id="mock"),
        pytest.param("api.twillio.com", b"/2010-04-01/Accounts.json", None, None, id="nothing-of-twilio-in-it"),
        pytest.param("api.twillio.com", PRODUCT, basic(b"jane", b"pw"), None, id="another-login"),
        pytest.param("api.twillio.com", PRODUCT, b"Bearer abc", None, id="a-token"),
        pytest.param("api.twillio.com", b"/index.html", GOOD, None, id="a-page"),
        pytest.param("www.twilio.com", b"/docs/v1/x", GOOD, None, id="documentation"),
        pytest.param("www.twilio.com", b"/v2/token", GOOD, None, id="oauth-endpoint"),
        pytest.param("mms.twiliocdn.com", b"/" + SID + b"/0f0f?Expires=1", None, None, id="signed-media-url"),
    ],
)
def test_requests_gone_astray(host: str, path: bytes | None, authorization: bytes | None, place: Place | None) -> None:
    assert astray(case_of(refused(authorization, host=host, path=path))) is place


@pytest.mark.parametrize(
    "exchange",
    [
        *(pytest.param(by(s, host="api.twillio.com"), id=f"misspelt-{s}") for s in (400, 401, 403, 404, 405, 500, 503)),
        *(pytest.param(by(s, host="apitwilio.com"), id=f"glued-{s}") for s in (401, 403, 404, 405)),
        *(pytest.param(by(s, host="www.twilio.com"), id=f"website-{s}") for s in (401, 403, 404, 405, 407)),
        *(pytest.param(by(s, host="mms.twiliocdn.com"), id=f"files-{s}") for s in (401, 403, 404)),
        pytest.param(refused(GOOD, host="www.twilio.com", status=404, code=20404, message="x"), id="website-20404"),
        pytest.param(replace(refused(GOOD, host="api.twillio.com"), response=None), id="misspelt-unreachable"),
        pytest.param(replace(refused(GOOD, host="api-twilio.com"), response=None), id="glued-unreachable"),
    ],
)
def test_requests_gone_astray_are_diagnosed(exchange: Exchange) -> None:
    assert is_diagnosed(exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        *(
            pytest.param(by(status, host=host), id=f"{host}-{status}")
            for host in ("api.twillio.com", "api-twilio.com", "www.twilio.com", "mms.twiliocdn.com")
            for status in (200, 204, 301, 302)
        ),
        *(
            pytest.param(by(status, host=host), id=f"{host}-{status}")
            for host in ("twilio.internal.example", "localhost", "api.twilio", "twilio.test", "twilio-mock.com")
            for status in (401, 403, 404)
        ),
        pytest.param(by(500, host="api-twilio.com"), id="glued-500"),
        pytest.param(by(500, host="www.twilio.com"), id="website-500"),
        pytest.param(by(400, host="mms.twiliocdn.com"), id="files-400"),
        pytest.param(by(404, host="www.twilio.com", path=b"/docs/nothing"), id="page-not-found"),
        pytest.param(by(403, host="api.twillio.com", path=b"/wp-login.php"), id="another-page"),
        pytest.param(
            refused(GOOD, host="api-twilio.com", status=404, code=20404, message="x"), id="gateway-to-twilio-404"
        ),
        pytest.param(refused(GOOD, host="twilio.co", status=400, code=21211, message="x"), id="gateway-to-twilio-400"),
        pytest.param(replace(refused(GOOD, host="www.twilio.com"), response=None), id="website-unreachable"),
        pytest.param(replace(refused(GOOD, host="localhost"), response=None), id="mock-unreachable"),
        pytest.param(replace(refused(GOOD, host="twilio.internal.example"), response=None), id="gateway-unreachable"),
    ],
)
def test_what_a_company_or_a_website_does_is_not_diagnosed(exchange: Exchange) -> None:
    assert not is_diagnosed(exchange)
