"""credentials-elsewhere: a SID with its secret in any other place, and the many parameters that only look like one."""

import json
from dataclasses import replace

import pytest
from judging import checked, judge, standing, texts, word

from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic, refused, twilio_answer
from analyzers.case import case_of
from analyzers.causes.credentials_elsewhere import RULE
from analyzers.exchange import Exchange, Fidelity, Headers, Response
from analyzers.findings import Stands

FORM: Headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
PRODUCT = b"/v1/Services"
FOREIGN = Response(status=401, headers=((b"Server", b"nginx"),), body=b"<html></html>")


def query(text: bytes, path: bytes = PRODUCT) -> Exchange:
    return refused(None, path=path + b"?" + text, host="messaging.twilio.com")


def form(text: bytes) -> Exchange:
    return refused(None, extra=FORM, body=text)


def document(value: object) -> Exchange:
    return refused(None, extra=((b"Content-Type", b"application/json"),), body=json.dumps(value).encode())


def headers(*items: tuple[bytes, bytes]) -> Exchange:
    return refused(None, extra=items)


def userinfo(text: bytes) -> Exchange:
    exchange = refused(None)
    return replace(exchange, request=replace(exchange.request, userinfo=text))


def text(value: bytes) -> str:
    return value.decode("ascii")


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="AccountSid"\r\n\r\n%s\r\n'
    b'--x\r\nContent-Disposition: form-data; name="AuthToken"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--x--\r\n'
) % (SID, TOKEN)


@pytest.mark.parametrize(
    ("exchange", "place"),
    [
        pytest.param(query(b"AccountSid=%s&AuthToken=%s" % (SID, TOKEN)), "the query", id="query"),
        pytest.param(query(b"sid=%s&token=%s" % (SID, TOKEN)), "the query", id="query-short-names"),
        pytest.param(query(b"auth_token=%s&account_sid=%s" % (TOKEN, SID)), "the query", id="query-other-order"),
        pytest.param(query(b"username=%s&password=%s" % (KEY, KEY_SECRET)), "the query", id="query-key"),
        pytest.param(query(b"user=%s%%3A%s" % (SID, TOKEN)), "the query", id="query-one-value"),
        pytest.param(form(b"To=1&AccountSid=%s&AuthToken=%s" % (SID, TOKEN)), "the form", id="form"),
        pytest.param(form(b"api_key=%s&api_secret=%s" % (KEY, KEY_SECRET)), "the form", id="form-key"),
        pytest.param(form(b"u=%s:%s" % (SID, TOKEN)), "the form", id="form-one-value"),
        pytest.param(refused(None, body=b"sid=%s&token=%s" % (SID, TOKEN)), "the form", id="form-without-a-type"),
        pytest.param(form(b"%%53id=%s&to%%6Ben=%%20%s" % (SID, TOKEN)), "the form", id="form-percent-encoded"),
        pytest.param(form(b"sid=+%s&token=%s+" % (SID, TOKEN)), "the form", id="form-blanks"),
        pytest.param(
            refused(None, extra=((b"Content-Type", b"multipart/form-data; boundary=x"),), body=MULTIPART),
            "the form",
            id="multipart",
        ),
        pytest.param(document({"accountSid": text(SID), "authToken": text(TOKEN)}), "the JSON", id="json"),
        pytest.param(
            document({"data": 1, "auth": {"username": text(SID), "password": text(TOKEN)}}), "the JSON", id="json-axios"
        ),
        pytest.param(document({"auth": [text(SID), text(TOKEN)]}), "the JSON", id="json-list"),
        pytest.param(
            document({"headers": {"Authorization": text(GOOD)}}), "the JSON", id="json-headers-sent-as-the-body"
        ),
        pytest.param(headers((b"Cookie", b"a=b; sid=%s; token=%s" % (SID, TOKEN))), "a cookie", id="cookie"),
        pytest.param(
            headers((b"X-Twilio-Account-Sid", SID), (b"X-Twilio-Auth-Token", TOKEN)), "other headers", id="two-headers"
        ),
        pytest.param(headers((b"Username", SID), (b"Password", TOKEN)), "other headers", id="headers-username"),
        pytest.param(headers((b"Api-Key", SID + b":" + TOKEN)), "other headers", id="one-header"),
        pytest.param(headers((b"X-Twilio-Credentials", GOOD)), "other headers", id="one-header-basic"),
        pytest.param(headers((b"X-Api-Key", GOOD[6:])), "other headers", id="one-header-base64"),
        pytest.param(userinfo(SID + b":" + TOKEN), "the URL", id="userinfo"),
    ],
)
def test_confirmed_in_every_place(exchange: Exchange, place: str) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert word(found) == "confirmed"
    assert found.says.startswith(f"The credentials stand in {place}")


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(form(b"AccountSid=%s&AuthToken=%s" % (SID, TOKEN[:-1])), id="secret-one-short"),
        pytest.param(
            refused(None, path=b"/2010-04-01/Accounts/%s/Messages.json?AuthToken=%s" % (SID, TOKEN)), id="sid-in-path"
        ),
        pytest.param(
            refused(
                None, extra=FORM, body=b"sid=%s&token=%s" % (SID, TOKEN), answer=twilio_answer(404, 20404, "Not found")
            ),
            id="not-found",
        ),
        pytest.param(
            replace(form(b"sid=%s&token=%s" % (SID, TOKEN)), fidelity=Fidelity.DOUBTFUL), id="doubtful-export"
        ),
        pytest.param(
            refused(None, extra=FORM, host="gateway.example", body=b"sid=%s&token=%s" % (SID, TOKEN)), id="to-a-gateway"
        ),
    ],
)
def test_likely_where_less_is_proven(exchange: Exchange) -> None:
    assert word(checked(RULE, case_of(exchange))) == "likely"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"To=%2B1&AccountSid=" + SID, id="account-sid-alone"),
        pytest.param(b"From=%s&To=%s" % (SID, OTHER_SID), id="two-sids"),
        pytest.param(b"MessagingServiceSid=MG%s&Body=hello" % TOKEN, id="messaging-service"),
        pytest.param(b"AccountSid=%s&MessagingServiceSid=MG%s" % (SID, TOKEN), id="account-and-service"),
        pytest.param(
            b"AccountSid=%s&StatusCallback=https%%3A%%2F%%2Fa.example%%2F%%3Ftoken%%3D%s" % (SID, TOKEN), id="callback"
        ),
        pytest.param(b"AccountSid=%s&MediaUrl=https://a.example/%s.jpg" % (SID, TOKEN), id="media-url"),
        pytest.param(b"AccountSid=%s&ValidityPeriod=14400&ProvideFeedback=true" % SID, id="validity"),
        pytest.param(b"AccountSid=%s&PageToken=%s&Page=2" % (SID, TOKEN), id="page-token"),
        pytest.param(b"AccountSid=%s&IdempotencyKey=%s" % (SID, TOKEN), id="idempotency-key"),
        pytest.param(b"AccountSid=%s&UniqueName=%s&Identity=%s" % (SID, TOKEN, KEY_SECRET), id="names"),
        pytest.param(b"AccountSid=%s&Attributes=%s" % (SID, TOKEN), id="attributes"),
        pytest.param(b"Username=alice&Password=" + KEY_SECRET, id="sip-credential"),
        pytest.param(b"Type=fcm&Secret=" + KEY_SECRET, id="push-credential"),
        pytest.param(b"Type=apn&FriendlyName=x&ApiKey=" + KEY_SECRET, id="push-api-key"),
        pytest.param(b"Key=AUTH_TOKEN&Value=" + TOKEN, id="environment-variable-of-a-service"),
        pytest.param(b"AccountSid=%s&AuthToken=your_auth_token_goes_here_12345678" % SID, id="placeholder"),
        pytest.param(b"AccountSid=%s&AuthToken=%s" % (SID, OTHER_SID), id="sid-as-token"),
        pytest.param(b"AccountSid=%s&AuthToken=" % SID, id="empty-token"),
        pytest.param(b"Credentials=AKIAABCDEFGHIJKLMNOP:%s&AccountSid=%s" % (KEY_SECRET, SID), id="aws-credential"),
    ],
)
def test_parameters_that_look_like_one(body: bytes) -> None:
    assert word(judge(RULE, form(body))) == "ruled-out"
    assert word(judge(RULE, query(body))) == "ruled-out"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(headers((b"X-Request-Id", TOKEN), (b"X-Account", SID)), id="request-id"),
        pytest.param(headers((b"Cookie", b"XSRF-TOKEN=%s; account=%s" % (TOKEN, SID))), id="xsrf-cookie"),
        pytest.param(headers((b"I-Twilio-Idempotency-Token", TOKEN), (b"X-Account", SID)), id="idempotency-header"),
        pytest.param(headers((b"X-Api-Key", TOKEN)), id="a-gateway-key-alone"),
        pytest.param(document({"accountSid": text(SID), "items": [{"sid": f"MG{text(TOKEN)}"}]}), id="json-sids"),
        pytest.param(document({"a": {"b": {"c": {"d": {"e": {"f": {"g": text(GOOD)}}}}}}}), id="json-too-deep"),
        pytest.param(refused(None, body=b"{" + b"[" * 60000), id="json-nonsense"),
        pytest.param(refused(None, body=bytes(range(256)) * 200), id="binary"),
        pytest.param(userinfo(SID), id="userinfo-without-secret"),
        pytest.param(userinfo(b"alice:" + TOKEN), id="userinfo-of-a-proxy"),
        pytest.param(refused(None), id="nothing"),
    ],
)
def test_near_misses_in_other_places(exchange: Exchange) -> None:
    assert word(judge(RULE, exchange)) == "ruled-out"


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(GOOD, extra=FORM, body=b"sid=%s&token=%s" % (SID, TOKEN)), "ruled-out", id="sent-as-well"),
        pytest.param(
            refused(
                None,
                host="oauth.twilio.com",
                path=b"/v2/token",
                extra=FORM,
                body=b"grant_type=client_credentials&client_id=%s&client_secret=%s" % (KEY, KEY_SECRET),
            ),
            "ruled-out",
            id="token-endpoint",
        ),
        pytest.param(
            replace(form(b"sid=%s&token=%s" % (SID, TOKEN)), fidelity=Fidelity.SANITIZED), "unknown", id="sanitized"
        ),
        pytest.param(
            refused(None, body=b"sid=%s&token=%s" % (SID, TOKEN), answer=FOREIGN), "unknown", id="another-answered"
        ),
        pytest.param(
            replace(refused(None, body=b"sid=%s&token=%s" % (SID, TOKEN)), response=None), "unknown", id="no-answer"
        ),
    ],
)
def test_where_nothing_is_to_be_explained(exchange: Exchange, expected: str) -> None:
    assert word(checked(RULE, case_of(exchange))) == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [(b"Wget/1.21.4", "likely"), (b"Apache-HttpClient/4.5.14 (Java/17)", "likely"), (b"okhttp/4.12.0", "confirmed")],
)
def test_userinfo_of_a_client_that_waits_for_a_challenge_may_still_be_sent(agent: bytes, expected: str) -> None:
    exchange = refused(None, agent=agent)
    exchange = replace(exchange, request=replace(exchange.request, userinfo=SID + b":" + TOKEN))
    assert word(judge(RULE, exchange)) == expected


def test_userinfo_of_an_export_proves_little() -> None:
    exchange = replace(userinfo(SID + b":" + TOKEN), fidelity=Fidelity.DOUBTFUL)
    assert word(judge(RULE, exchange)) == "possible"


@pytest.mark.parametrize("name", [b"Authorisation", b"X-Authorization", b"Authentication", b"Autorization", b"Auth"])
def test_a_misspelt_header_is_left_to_its_own_cause(name: bytes) -> None:
    found = standing(headers((name, GOOD)))
    assert next(iter(found)) == "header-name-misspelt"
    assert "credentials-elsewhere" not in found


def test_proxy_authorization_is_left_to_its_own_cause() -> None:
    found = standing(headers((b"Proxy-Authorization", GOOD)))
    assert next(iter(found)) == "sent-as-proxy-authorization"
    assert "credentials-elsewhere" not in found


def test_it_leads_and_explains_the_missing_header() -> None:
    found = standing(form(b"AccountSid=%s&AuthToken=%s" % (SID, TOKEN)))
    assert found == {
        "credentials-elsewhere": ("confirmed", None),
        "no-authorization": ("confirmed", "credentials-elsewhere"),
    }


def test_a_media_url_with_credentials_in_its_query_is_only_that() -> None:
    path = b"/2010-04-01/Accounts/%s/Recordings/RE%s.mp3" % (SID, b"5" * 32)
    found = standing(refused(None, method="GET", path=path + b"?sid=%s&token=%s" % (SID, TOKEN)))
    assert set(found) == {"credentials-elsewhere", "no-authorization"}


def test_place_and_names_are_told_but_no_value() -> None:
    told = texts(judge(RULE, form(b"Account_SID=%s&auth-token=%s" % (SID, TOKEN))))
    assert "(Account_SID, auth-token)" in told
    assert text(TOKEN) not in told
    assert text(SID) not in told


@pytest.mark.parametrize("name", [KEY_SECRET, b"qwertyuiopasdfghjklzxcvbnm"], ids=["digits", "letters-only"])
def test_a_secret_in_the_place_of_a_name_is_not_told(name: bytes) -> None:
    told = texts(judge(RULE, form(b"%s=%s&token=%s" % (name, SID, TOKEN))))
    assert "(token)" in told
    assert text(name) not in told


def test_the_fix_is_that_of_the_client_and_of_the_credential() -> None:
    of_key = judge(
        RULE, refused(None, body=b"key=%s&secret=%s" % (KEY, KEY_SECRET), agent=b"twilio-node/6.0.2 (linux)")
    )
    assert isinstance(of_key, Stands)
    assert "twilio(apiKeySid, apiKeySecret, { accountSid })" in of_key.fix[0]
    of_pair = judge(RULE, refused(None, body=b"sid=%s&token=%s" % (SID, TOKEN), agent=b"axios/1.21.1"))
    assert isinstance(of_pair, Stands)
    assert "auth: { username: accountSid" in of_pair.fix[0]


def test_a_swapped_pair_in_one_value_counts_too() -> None:
    assert word(judge(RULE, headers((b"X-Api-Key", basic(TOKEN, SID))))) == "confirmed"


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_large_requests_are_bounded(size: int) -> None:
    body = b"a=" + b"x" * size + b"&sid=%s&token=%s" % (SID, TOKEN)
    found = judge(RULE, refused(None, extra=(*FORM, (b"Cookie", b"c" * size)), body=body))
    assert word(found) == ("confirmed" if size < 60_000 else "ruled-out")


@pytest.mark.parametrize(
    ("exchange", "where", "says"),
    [
        pytest.param(
            form(b"AccountSid=%s&AuthToken=%s" % (SID, TOKEN)),
            "request.body",
            "the form body: an Account SID and a secret (AccountSid, AuthToken)",
            id="form",
        ),
        pytest.param(
            form(b"AccountSid=%s&AuthToken=%s" % (SID, TOKEN[:-1])),
            "request.body",
            "the form body: an Account SID and what is named as its secret (AccountSid, AuthToken)",
            id="short-secret",
        ),
        pytest.param(
            query(b"api_key=%s&api_secret=%s" % (KEY, KEY_SECRET)),
            "request.target",
            "the query of the URL: an API key SID and a secret (api_key, api_secret)",
            id="key-in-the-query",
        ),
        pytest.param(
            userinfo(SID + b":" + TOKEN),
            "request.target",
            "the URL, before the host: an Account SID and a secret",
            id="userinfo-without-names",
        ),
        pytest.param(
            headers((b"Cookie", b"sid=%s; token=%s" % (SID, TOKEN))),
            "request.headers",
            "a cookie: an Account SID and a secret (sid, token)",
            id="cookie",
        ),
        pytest.param(
            document({"auth": [text(KEY), text(KEY_SECRET)]}),
            "request.body",
            "the JSON body: an API key SID and a secret (auth)",
            id="json",
        ),
        pytest.param(
            refused(None, path=b"/2010-04-01/Accounts/%s/Messages.json?AuthToken=%s" % (SID, TOKEN)),
            "request.target",
            "the query of the URL: what is named as the secret (AuthToken); the Account SID stands in the path",
            id="sid-in-path",
        ),
    ],
)
def test_the_evidence_names_place_kind_and_parameters(exchange: Exchange, where: str, says: str) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert [(each.where, each.says) for each in found.evidence] == [
        (where, says),
        ("request.headers", "no Authorization header"),
    ]
