"""When each remark is made and when not; no secret in any; the order; and a page for each kind."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.advice import ADVICE, FUTILE_AFTER, Advice, AdviceKind, advise, futile_retry, in_order
from analyzers.bearing import Bearing, Hop
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TOKEN,
    basic,
    redirected,
    refused,
)
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.exchange import Exchange
from analyzers.redirect_rules import Step
from analyzers.registry import RULES

NOTHING = Bearing()
SLUGS = (
    "credential-over-http",
    "credential-to-foreign-host",
    "credential-in-url",
    "futile-retry",
    "probe-needs-main-key",
    "auth-token-in-use",
    "proxy-changed-request",
    "credential-source",
)
HTTP, FOREIGN, URL, FUTILE, PROBE, AUTH_TOKEN, PROXY, SOURCE = SLUGS
KEY_PAIR = basic(KEY, KEY_SECRET)
KEY_CALL = refused(KEY_PAIR)
"""Nothing to remark on."""
HOP = Hop(
    method="GET",
    url="https://x.example/",
    scheme="https",
    host="x.example",
    status=302,
    had_authorization=True,
    step=Step.OTHER_HOST,
    gap=0.1,
    same_client=True,
    same_connection=True,
    method_changed=False,
    index=0,
    had_twilio_pair=True,
)
HEADINGS = ("What it does:", "Why it fails:", "Cannot see:", "Fix:", "Source:")


def kinds(exchange: Exchange, bearing: Bearing = NOTHING) -> list[str]:
    return [advice.kind for advice in advise(case_of(exchange, bearing))]


def says(exchange: Exchange, kind: str, bearing: Bearing = NOTHING) -> str:
    (found,) = [advice.says for advice in advise(case_of(exchange, bearing)) if advice.kind == kind]
    return found


def with_url(exchange: Exchange, *, userinfo: bytes | None = None, query: bytes = b"") -> Exchange:
    request = exchange.request
    return replace(exchange, request=replace(request, userinfo=userinfo, target=request.target + query))


def test_a_key_over_https_is_worth_no_remark() -> None:
    assert kinds(KEY_CALL) == []


# --- credential-over-http -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "made"),
    [
        pytest.param(KEY_PAIR, True, id="pair"),
        pytest.param(KEY_PAIR[:-1], True, id="broken-pair"),
        pytest.param(b"Basic \xff\xfe!", True, id="unreadable"),
        pytest.param(TOKEN, True, id="bare-token"),
        pytest.param(basic(TOKEN, SID), True, id="swapped"),
        pytest.param(b"Bearer abc", True, id="bearer"),
        pytest.param(b"Digest username=x", True, id="digest"),
        pytest.param(None, False, id="no-header"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"Basic", False, id="scheme-alone"),
        pytest.param(b"Basic Og==", False, id="both-halves-empty"),
        pytest.param(basic(b"None", b"None"), False, id="unset"),
        pytest.param(basic(SID, b""), False, id="only-the-sid"),
        pytest.param(basic(b"ACxxxxxxxx", b"your_auth_token"), False, id="placeholders"),
    ],
)
def test_over_http(value: bytes | None, *, made: bool) -> None:
    assert (HTTP in kinds(refused(value, scheme="http"))) is made
    assert HTTP not in kinds(refused(value))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "api.localhost"])
def test_this_machine_is_no_stranger(host: str) -> None:
    bearing = Bearing(hops=(replace(HOP, scheme="http", host=host),))
    assert kinds(refused(KEY_PAIR, scheme="http", host=host)) == []
    assert kinds(KEY_CALL, bearing) == []


@pytest.mark.parametrize("host", ["127.example.com", "localhost.example.com", "10.0.0.1", "notlocalhost"])
def test_another_machine_is_one(host: str) -> None:
    assert kinds(refused(KEY_PAIR, scheme="http", host=host)) == [HTTP, FOREIGN]


def test_over_http_in_the_query() -> None:
    query = b"?AccountSid=%s&AuthToken=%s" % (SID, TOKEN)
    assert kinds(with_url(refused(None, scheme="http"), query=query)) == [HTTP, URL]


@pytest.mark.parametrize(
    ("hop", "made"),
    [
        pytest.param(replace(HOP, scheme="http", host="api.twilio.com"), True, id="http-with-it"),
        pytest.param(replace(HOP, host="api.twilio.com"), False, id="https"),
        pytest.param(
            replace(HOP, scheme="http", had_authorization=False, had_twilio_pair=False), False, id="http-without-it"
        ),
    ],
)
def test_over_http_on_the_way(hop: Hop, *, made: bool) -> None:
    assert (HTTP in kinds(refused(None), Bearing(hops=(hop,)))) is made


def test_the_first_host_is_named() -> None:
    hops = (replace(HOP, scheme="http", host="a.example"), replace(HOP, scheme="http", host="b.example"))
    assert "http://a.example:" in says(refused(KEY_PAIR, scheme="http"), HTTP, Bearing(hops=hops))
    assert "http://api.twilio.com:" in says(refused(KEY_PAIR, scheme="http"), HTTP)


def test_over_http_end_to_end() -> None:
    target = b"https://api.twilio.com" + MESSAGES % SID
    results = diagnose_all((redirected(KEY_PAIR, target, 301, scheme="http"), refused(None, at=0.3)), b"key")
    assert results[1].diagnosis is not None
    assert [one.kind for one in results[1].diagnosis.advice] == [HTTP]


# --- credential-to-foreign-host -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("host", "made"),
    [
        ("x.example", True),
        ("twilio.com.example", True),
        ("nottwilio.com", True),
        ("api.twillio.com", True),
        ("s3-external-1.amazonaws.com", True),
        ("api.twilio.com", False),
        ("API.TWILIO.COM.", False),
        ("twilio.com", False),
        ("mms.twiliocdn.com", False),
        ("nottwiliocdn.com", True),
    ],
)
def test_to_foreign_host(host: str, *, made: bool) -> None:
    expected = [FOREIGN] if made else []
    assert kinds(refused(KEY_PAIR, host=host)) == expected
    assert kinds(KEY_CALL, Bearing(hops=(replace(HOP, host=host),))) == expected
    if made:
        assert host in says(refused(KEY_PAIR, host=host), FOREIGN)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        pytest.param(KEY_PAIR, True, id="key"),
        pytest.param(basic(SID, KEY_SECRET), True, id="account"),
        pytest.param(basic(KEY_SECRET, KEY), True, id="swapped"),
        pytest.param(basic(SID, b""), False, id="no-secret"),
        pytest.param(basic(SID, SID), False, id="sid-twice"),
        pytest.param(basic(b"ops@example.com", b"hunter2"), False, id="login-of-that-host"),
        pytest.param(b"Bearer abc", False, id="bearer"),
        pytest.param(None, False, id="none"),
    ],
)
def test_only_a_twilio_pair_counts(value: bytes | None, *, made: bool) -> None:
    assert (FOREIGN in kinds(refused(value, host="x.example"))) is made


def test_a_hop_without_a_twilio_pair_does_not_count() -> None:
    assert kinds(KEY_CALL, Bearing(hops=(replace(HOP, had_twilio_pair=False),))) == []


def test_proxy_authorization_does_not_count() -> None:
    assert kinds(refused(None, host="x.example", extra=((b"Proxy-Authorization", GOOD),))) == []


def test_to_foreign_host_end_to_end() -> None:
    target = b"https://api.twilio.com" + MESSAGES % SID
    exchanges = (redirected(KEY_PAIR, target, 307, host="gateway.example"), refused(None, at=0.3))
    diagnosis = diagnose_all(exchanges, b"key")[1].diagnosis
    assert diagnosis is not None
    assert [one.kind for one in diagnosis.advice] == [FOREIGN]


# --- credential-in-url --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("exchange", "made"),
    [
        pytest.param(with_url(KEY_CALL, userinfo=KEY + b":" + KEY_SECRET), True, id="userinfo"),
        pytest.param(with_url(KEY_CALL, userinfo=b"someone"), True, id="userinfo-without-a-secret"),
        pytest.param(with_url(KEY_CALL, userinfo=b""), False, id="userinfo-empty"),
        pytest.param(with_url(KEY_CALL, query=b"?sid=%s&token=%s" % (SID, TOKEN)), True, id="sid-and-token"),
        pytest.param(with_url(KEY_CALL, query=b"?api_key=%s&api_secret=%s" % (KEY, KEY_SECRET)), True, id="key"),
        pytest.param(with_url(KEY_CALL, query=b"?a=1&AuthToken=" + TOKEN), True, id="twilios-own-name"),
        pytest.param(with_url(KEY_CALL, query=b"?AuthToken="), False, id="no-value"),
        pytest.param(with_url(KEY_CALL, query=b"?PageSize=50&Page=1&PageToken=PASM" + b"0a" * 16), False, id="paging"),
        pytest.param(with_url(KEY_CALL, query=b"?MessagingServiceSid=MG" + b"0a" * 16), False, id="a-sid"),
        pytest.param(refused(basic(TOKEN, SID), path=MESSAGES % TOKEN), True, id="secret-in-the-path"),
        pytest.param(refused(KEY_PAIR, path=MESSAGES % KEY), False, id="sid-in-the-path"),
        pytest.param(refused(basic(SID, b"Messages"), path=MESSAGES % SID), False, id="word-in-the-path"),
        pytest.param(refused(KEY_PAIR, body=b"AuthToken=" + TOKEN), False, id="body"),
        pytest.param(refused(KEY_PAIR, extra=((b"Cookie", b"AuthToken=" + TOKEN),)), False, id="cookie"),
    ],
)
def test_in_url(exchange: Exchange, *, made: bool) -> None:
    assert (URL in kinds(exchange)) is made


# --- futile-retry -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("repeats", "made"), [(0, False), (1, False), (2, True), (3, True), (10**6, True)])
def test_futile_retry(repeats: int, *, made: bool) -> None:
    found = advise(case_of(KEY_CALL, Bearing(repeats=repeats)))
    assert found == futile_retry(repeats)
    assert bool(found) is made
    assert not made or f" {repeats + 1} times" in found[0].says
    assert FUTILE_AFTER == 3


# --- probe-needs-main-key -----------------------------------------------------------------------------------------
ACCOUNTS = b"/2010-04-01/Accounts"


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (ACCOUNTS, True),
        (ACCOUNTS + b".json", True),
        (ACCOUNTS + b".json?PageSize=1", True),
        (ACCOUNTS + b"/" + SID, True),
        (ACCOUNTS + b"/" + SID + b".json", True),
        (ACCOUNTS + b"/" + SID + b"/Keys.json", False),
        (ACCOUNTS + b"/" + SID + b"/Balance.json", False),
        (MESSAGES % SID, False),
        (b"/2010-04-01", False),
        (b"/", False),
    ],
)
def test_probe(path: bytes, *, made: bool) -> None:
    assert (PROBE in kinds(refused(KEY_PAIR, path=path, method="GET"))) is made
    assert (PROBE in kinds(refused(KEY_PAIR, path=path, method="HEAD"))) is made
    assert PROBE not in kinds(refused(KEY_PAIR, path=path, method="POST"))
    assert PROBE not in kinds(refused(GOOD, path=path, method="GET"))
    assert PROBE not in kinds(refused(None, path=path, method="GET"))


def test_keys_of_another_product_are_no_probe() -> None:
    assert PROBE not in kinds(refused(KEY_PAIR, host="iam.twilio.com", path=b"/v1/Keys", method="GET"))
    assert PROBE not in kinds(refused(KEY_PAIR, host="messaging.twilio.com", path=ACCOUNTS, method="GET"))


# --- auth-token-in-use --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "made"),
    [
        pytest.param(GOOD, True, id="account-and-token"),
        pytest.param(basic(SID, KEY_SECRET), False, id="key-secret"),
        pytest.param(basic(KEY, TOKEN), False, id="key"),
        pytest.param(basic(SID, TOKEN.upper()), False, id="upper-case"),
        pytest.param(basic(SID, TOKEN[:-1]), False, id="cut"),
        pytest.param(basic(SID, b""), False, id="empty"),
        pytest.param(basic(TOKEN, SID), False, id="swapped"),
        pytest.param(b"Bearer " + TOKEN, False, id="bearer"),
        pytest.param(None, False, id="none"),
    ],
)
def test_auth_token(value: bytes | None, *, made: bool) -> None:
    assert (AUTH_TOKEN in kinds(refused(value))) is made


def test_the_token_of_test_credentials_is_no_auth_token() -> None:
    assert kinds(refused(GOOD, status=403, code=20008)) == []


# --- proxy-changed-request ----------------------------------------------------------------------------------------
SIGNED = refused(KEY_PAIR, extra=((b"Twilio-Client-Validation", b"x.y.z"),))


@pytest.mark.parametrize(
    ("exchange", "options", "named"),
    [
        pytest.param(KEY_CALL, ("stickyauth",), "stickyauth", id="stickyauth"),
        pytest.param(KEY_CALL, ("upstream_auth",), "upstream_auth", id="upstream_auth"),
        pytest.param(KEY_CALL, ("proxyauth",), "proxyauth", id="proxyauth"),
        pytest.param(KEY_CALL, ("modify_headers",), "modify_headers", id="modify_headers"),
        pytest.param(
            KEY_CALL, ("modify_headers", "x", "stickyauth") * 99, "stickyauth, modify_headers", id="in-one-order"
        ),
        pytest.param(KEY_CALL, ("map_remote", "modify_body", "anticache"), None, id="hashed-but-not-signed"),
        pytest.param(SIGNED, ("modify_body", "map_remote"), "map_remote, modify_body", id="hashed"),
        pytest.param(SIGNED, ("modify_body", "stickyauth"), "stickyauth", id="authorization-first"),
        pytest.param(SIGNED, ("anticache", "stickycookie"), None, id="others"),
        pytest.param(SIGNED, (TOKEN.decode(),), None, id="unknown-name"),
        pytest.param(SIGNED, (), None, id="none"),
    ],
)
def test_proxy_options(exchange: Exchange, options: tuple[str, ...], named: str | None) -> None:
    changed = replace(exchange, proxy_options=options)
    if named is None:
        assert kinds(changed) == []
    else:
        assert f": {named};" in says(changed, PROXY)


# --- all of them --------------------------------------------------------------------------------------------------
def everything(scheme: str = "http") -> Exchange:
    exchange = refused(GOOD, scheme=scheme, host="gateway.example", method="GET", path=MESSAGES % SID)
    return replace(with_url(exchange, userinfo=SID + b":" + TOKEN), proxy_options=("stickyauth",))


def test_order_is_that_of_the_catalogue() -> None:
    assert kinds(everything(), Bearing(repeats=5)) == [HTTP, FOREIGN, URL, FUTILE, AUTH_TOKEN, PROXY]
    assert tuple(kind.slug for kind in ADVICE) == SLUGS


def test_remarks_from_several_places_are_put_in_order() -> None:
    mixed = [Advice(slug, "x") for slug in (PROXY, "of-a-later-version", FUTILE, HTTP)]
    assert [one.kind for one in in_order(mixed)] == [HTTP, FUTILE, PROXY, "of-a-later-version"]


def test_a_repetition_gets_its_remark_in_order() -> None:
    results = diagnose_all([replace(everything(), started_at=float(i)) for i in range(4)], b"key")
    diagnoses = [result.diagnosis for result in results if result.diagnosis is not None]
    assert [one.kind for one in diagnoses[0].advice] == [HTTP, FOREIGN, URL, AUTH_TOKEN, PROXY]
    assert [one.kind for one in diagnoses[3].advice] == [HTTP, FOREIGN, URL, FUTILE, AUTH_TOKEN, PROXY]


def pieces(secret: bytes) -> Iterable[str]:
    return (secret[i : i + 5].decode() for i in range(len(secret) - 4))


LEAKY_HOST = f"{SID.decode()}-{TOKEN.decode()}.example".lower()


@pytest.mark.parametrize(
    ("exchange", "bearing"),
    [
        pytest.param(everything(), Bearing(repeats=9), id="everything"),
        pytest.param(refused(GOOD, host=LEAKY_HOST, scheme="http"), NOTHING, id="in-the-host"),
        pytest.param(
            refused(basic(SID, KEY_SECRET), host=f"{KEY_SECRET.decode().lower()}.example"), NOTHING, id="lower-case"
        ),
        pytest.param(refused(GOOD), Bearing(hops=(replace(HOP, host=LEAKY_HOST),)), id="in-a-hop"),
        pytest.param(replace(refused(GOOD), proxy_options=(TOKEN.decode(), "stickyauth")), NOTHING, id="option"),
    ],
)
def test_no_secret_is_told(exchange: Exchange, bearing: Bearing) -> None:
    told = " ".join(advice.says for advice in advise(case_of(exchange, bearing)))
    assert told
    for secret in (TOKEN, KEY_SECRET, KEY_SECRET.lower()):
        assert not [place for place, piece in enumerate(pieces(secret)) if piece in told]


@pytest.mark.parametrize("host", ["a" * 10_000, "a." * 5000 + "example"])
def test_sentences_are_short(host: str) -> None:
    hops = tuple(replace(HOP, scheme="http", host=host) for _ in range(50))
    exchange = replace(everything(), request=replace(everything().request, host=host))
    found = advise(case_of(exchange, Bearing(hops=hops, repeats=10**9)))
    assert [one.kind for one in found] == [HTTP, FOREIGN, URL, FUTILE, AUTH_TOKEN, PROXY]
    assert all(len(one.says) < 150 and not one.says.endswith(".") for one in found)
    assert "another host" in found[0].says


@given(
    st.binary(max_size=60),
    st.sampled_from(["", "http", "https"]),
    st.text(max_size=20),
    st.binary(max_size=40),
    st.none() | st.binary(max_size=40),
)
def test_any_request_has_its_remarks(
    value: bytes, scheme: str, host: str, target: bytes, userinfo: bytes | None
) -> None:
    exchange = refused(value, scheme=scheme, host=host, path=target)
    exchange = replace(exchange, request=replace(exchange.request, userinfo=userinfo))
    for one in (exchange, replace(exchange, response=None)):
        found = advise(case_of(one, Bearing(hops=(replace(HOP, host=host, scheme=scheme),))))
        assert [advice.kind for advice in found] == [slug for slug in SLUGS if slug in {a.kind for a in found}]


def test_what_went_to_an_own_gateway_names_it() -> None:
    assert says(refused(basic(OTHER_SID, KEY_SECRET), host="gw.example"), FOREIGN) == (
        "Twilio credentials went to gw.example, which is not Twilio: unless you trust it, replace the secret"
    )


# --- pages --------------------------------------------------------------------------------------------------------
each_kind = pytest.mark.parametrize("kind", ADVICE, ids=SLUGS)


@each_kind
def test_its_page_has_every_heading_with_a_text(kind: AdviceKind) -> None:
    places = [kind.page.find(heading) for heading in HEADINGS]
    assert places[0] == 0
    assert places == sorted(places)
    ends = [*places[1:], len(kind.page)]
    for heading, start, end in zip(HEADINGS, places, ends, strict=True):
        assert kind.page.count(heading) == 1
        assert len(kind.page[start + len(heading) : end].strip()) > 20, heading
    source = kind.page[places[-1] :]
    assert "https://" in source
    assert re.search(r"\((?:[^()]*, )?(?:read|measured) 2026-11-2[01]\)", source)


@each_kind
def test_its_name_is_unlike_any_cause(kind: AdviceKind) -> None:
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.slug not in {rule.slug for rule in RULES}
    assert kind.title not in {rule.title for rule in RULES}
