"""Credentials outside Authorization; the table of places stands with the cause credentials-elsewhere."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, refused
from analyzers.exchange import Request
from analyzers.misplaced import Place, carries_credentials, misplaced
from analyzers.twilio import Kind

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


def test_a_whole_find_goes_before_a_doubtful_one() -> None:
    exchange = refused(
        None,
        path=b"/v1/x?sid=%s&token=%s" % (SID, TOKEN[:-1]),
        extra=FORM,
        body=b"key=%s&secret=%s" % (KEY, KEY_SECRET),
    )
    found = misplaced(exchange.request)
    assert found is not None
    assert (found.place, found.kind, found.whole) == (Place.FORM, Kind.KEY_SID, True)


def test_a_secret_under_its_own_name_counts_beside_a_sid_in_the_path() -> None:
    request = refused(None, extra=((b"X-Twilio-Auth-Token", TOKEN),)).request
    found = misplaced(request, SID)
    assert found is not None
    assert (found.place, found.sid_in_path, found.whole) == (Place.HEADER, True, False)
    assert (found.kind, found.names) == (Kind.ACCOUNT_SID, ("X-Twilio-Auth-Token",))
    assert carries_credentials(request, SID)
    assert not carries_credentials(request)
    assert misplaced(request, None) is None
    assert misplaced(request, b"None") is None
    assert misplaced(refused(None, extra=((b"X-Token", TOKEN),)).request, SID) is None


def test_headers_like_authorization_count_as_carried_and_not_as_misplaced() -> None:
    for name in (b"Proxy-Authorization", b"X-Forwarded-Authorization", b"Authorisation", b"Autorization"):
        request = refused(None, extra=((name, GOOD),)).request
        assert misplaced(request) is None
        assert carries_credentials(request)
    assert not carries_credentials(refused(None).request)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.binary(max_size=80), st.sampled_from((b"", b"application/json", b"multipart/x")))
def test_any_bytes_are_read(body: bytes, query: bytes, kind: bytes) -> None:
    extra = ((b"Content-Type", kind), (b"Cookie", body), (query[:20], body))
    found = misplaced(refused(None, path=b"/?" + query, extra=extra, body=body).request, SID)
    assert found is None or found.place in Place


JSON, TEXT = ((b"Content-Type", b"application/json"),), ((b"Content-Type", b"text/plain; charset=utf-8"),)
BOTH = b"sid=%s&token=%s" % (SID, TOKEN)
MEMBERS = {"sid": SID.decode(), "token": TOKEN.decode()}
ENCODED = GOOD.removeprefix(b"Basic ")


def sent(path: bytes = b"/v1/x", body: bytes = b"", extra: tuple[tuple[bytes, bytes], ...] = FORM) -> Request:
    return refused(None, path=path, extra=extra, body=body).request


def posted(document: object, lead: bytes = b"") -> Request:
    return sent(body=lead + json.dumps(document).encode(), extra=JSON)


def told(request: Request, path_account: bytes | None = None) -> tuple[Place, Kind, tuple[str, ...], bool] | None:
    found = misplaced(request, path_account)
    return None if found is None else (found.place, found.kind, found.names, found.whole)


def inside(document: object, depth: int, name: str = "") -> object:
    """`document` under so many objects, or lists where there is no name."""
    for _ in range(depth):
        document = {name: document} if name else [document]
    return document


@pytest.mark.parametrize(
    ("path", "names"),
    [
        pytest.param(b"/v1/x?" + BOTH, ("sid", "token"), id="sid-and-token"),
        pytest.param(b"/v1/x?" + BOTH + b"&next=/y?z=1", ("sid", "token"), id="another-question-mark-behind"),
        pytest.param(b"/v1/x?auth=Basic%20" + ENCODED, ("auth",), id="a-whole-header-value"),
        pytest.param(b"/v1/x?auth=Basic+" + ENCODED, ("auth",), id="plus-for-the-blank"),
        pytest.param(b"/v1/x?account+sid=%s&auth+token=%s" % (SID, TOKEN), (), id="names-with-blanks-are-not-shown"),
        pytest.param(b"/v1/x?%s=1&auth=%s:%s" % (TOKEN, SID, TOKEN), ("auth",), id="a-pair-in-clear-text"),
        pytest.param(b"/v1/x?" + BOTH + b"&x=1" * 300, ("sid", "token"), id="in-front-of-many-others"),
        pytest.param(b"/v1/x?" + b"x=1&" * 300 + BOTH, None, id="behind-too-many-others"),
        pytest.param(b"/v1/x?" + BOTH + b"+" * 368, ("sid", "token"), id="as-long-as-a-value-may-be"),
        pytest.param(b"/v1/x?" + BOTH + b"+" * 369, None, id="longer-than-any-credential"),
        pytest.param(b"/v1/x?sid=" + SID, None, id="sid-alone"),
        pytest.param(b"/v1/x?sid=%s&note=%s" % (SID, TOKEN), None, id="not-named-as-a-secret"),
    ],
)
def test_the_query(path: bytes, names: tuple[str, ...] | None) -> None:
    assert told(sent(path)) == (None if names is None else (Place.QUERY, Kind.ACCOUNT_SID, names, True))


@pytest.mark.parametrize(
    ("cookie", "names"),
    [
        pytest.param(b"sid=%s; token=%s" % (SID, TOKEN), ("sid", "token"), id="two-cookies"),
        pytest.param(b"sid=%s;token=%s" % (SID, TOKEN), ("sid", "token"), id="without-a-blank"),
        pytest.param(b"sid=%s" % SID, None, id="sid-alone"),
    ],
)
def test_cookies(cookie: bytes, names: tuple[str, ...] | None) -> None:
    expected = None if names is None else (Place.COOKIE, Kind.ACCOUNT_SID, names, True)
    assert told(sent(extra=((b"Cookie", cookie),))) == expected


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (b"application/x-www-form-urlencoded", True),
        (b"text/plain; charset=utf-8", True),
        (b"TEXT/PLAIN", True),
        (b"", True),
        (b"application/octet-stream", False),
        (b"application/json", False),
        (b"image/png", False),
    ],
)
def test_what_kind_of_body_is_read_as_a_form(kind: bytes, read: bool) -> None:
    form = sent(body=BOTH, extra=((b"Content-Type", kind),))
    assert told(form) == ((Place.FORM, Kind.ACCOUNT_SID, ("sid", "token"), True) if read else None)


@pytest.mark.parametrize(
    ("document", "names"),
    [
        pytest.param(MEMBERS, ("sid", "token"), id="two-members"),
        pytest.param([MEMBERS], ("sid", "token"), id="in-a-list"),
        pytest.param({"auth": [GOOD.decode()]}, ("auth",), id="an-element-has-the-name-of-its-list"),
        pytest.param({**MEMBERS, "more": {"a": "b"}}, ("token", "sid"), id="beside-an-object"),
        pytest.param({**MEMBERS, "tags": ["a"]}, ("token", "sid"), id="beside-a-list"),
        pytest.param({**MEMBERS, "\ud800": "\ud800"}, ("token", "sid"), id="half-a-character"),
        pytest.param({**MEMBERS, **{f"x{at}": "1" for at in range(600)}}, ("token", "sid"), id="before-many-members"),
        pytest.param({"sid": SID.decode(), "token": TOKEN.decode() + " " * 368}, ("sid", "token"), id="long"),
        pytest.param({"sid": SID.decode(), "token": TOKEN.decode() + " " * 369}, None, id="too-long"),
        pytest.param(inside(MEMBERS, 5, "in"), ("sid", "token"), id="deep"),
        pytest.param(inside(MEMBERS, 6, "in"), None, id="too-deep"),
        pytest.param(inside(MEMBERS, 5), ("sid", "token"), id="deep-in-lists"),
        pytest.param(inside(MEMBERS, 6), None, id="too-deep-in-lists"),
        pytest.param({"auth": inside(GOOD.decode(), 5)}, ("auth",), id="deep-in-lists-as-one-value"),
        pytest.param({"auth": inside(GOOD.decode(), 6)}, None, id="too-deep-in-lists-as-one-value"),
        pytest.param({"sid": [SID.decode()], "sids": {"token": 1}}, None, id="no-secret"),
    ],
)
def test_json(document: object, names: tuple[str, ...] | None) -> None:
    found = told(posted(document))
    if names is None:
        assert found is None
    else:
        assert found is not None
        assert (*found[:2], set(found[2]), found[3]) == (Place.JSON, Kind.ACCOUNT_SID, set(names), True)
        assert told(posted(document, lead=b" \r\n")) == found


def test_json_that_is_not_utf_8_is_read_all_the_same() -> None:
    body = b'{"note": "\xff", ' + json.dumps(MEMBERS).encode()[1:]
    assert told(sent(body=body, extra=JSON)) is not None
    assert told(sent(body=body[:-9], extra=JSON)) is None


@pytest.mark.parametrize(
    ("name", "misplaced_there"),
    [
        pytest.param(b"X-Api-Key", True, id="another-header"),
        pytest.param(b"Auth-Info", True, id="a-name-of-its-own"),
        pytest.param(b"Autorisation", False, id="misspelt"),
        pytest.param(b"Autorizatiqq", False, id="ten-letters-in-common"),
        pytest.param(b"Autorizatiqq:", False, id="with-a-colon"),
        pytest.param(b"Autorizatqqq", True, id="nine-letters-in-common"),
        pytest.param(b"X-Auth", False, id="short-for-it"),
    ],
)
def test_what_is_taken_for_a_misspelt_authorization(name: bytes, misplaced_there: bool) -> None:
    request = sent(extra=((name, GOOD),))
    assert (misplaced(request) is not None) is misplaced_there
    assert carries_credentials(request)


@pytest.mark.parametrize("name", [b"User-Agent", b"Accept", b"content-type", b"Host"])
def test_headers_of_every_request_are_not_looked_at(name: bytes) -> None:
    request = sent(extra=((name, SID + b":" + TOKEN),))
    assert misplaced(request) is None
    assert not carries_credentials(request)
