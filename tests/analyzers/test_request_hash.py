"""The hash of a signed request, held to the one that twilio-python signs."""

import base64
import hashlib
import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.http.validation_client import ValidationPayload
from twilio.jwt.validation import ClientValidationJwt

from analyzers.building import KEY, KEY_SECRET, SID, basic, refused
from analyzers.building_tokens import validation_token
from analyzers.exchange import Fidelity, Request
from analyzers.request_hash import Fit, fit_of

NAMES = "authorization;host"
FITS, MISSES, UNDECIDED = Fit(decided=True, fits=True), Fit(decided=True), Fit(decided=False)
PATH = "/2010-04-01/Accounts/AC00112233445566778899aabbccddeeff/Messages.json"


def signed(prepared: requests.PreparedRequest, signed_headers: tuple[str, ...] = ("authorization", "host")) -> str:
    """The rqh that twilio-python's ValidationClient makes for a request."""
    target = urlsplit(str(prepared.url))
    payload = ValidationPayload(
        method=prepared.method,
        path=target.path,
        query_string=target.query or "",
        all_headers={**prepared.headers, "Host": target.netloc},
        signed_headers=list(signed_headers),
        body=prepared.body or "",
    )
    made = ClientValidationJwt(SID.decode(), KEY.decode(), "CR" + "0" * 32, "private", payload)._generate_payload()
    assert made["hrh"] == ";".join(sorted(signed_headers))
    return str(made["rqh"])


def prepared(
    url: str = f"https://api.twilio.com{PATH}",
    method: str = "POST",
    params: dict[str, str] | list[tuple[str, str]] | None = None,
    data: dict[str, str] | bytes | None = None,
) -> requests.PreparedRequest:
    return requests.Request(
        method,
        url,
        params=params,
        data=data,
        auth=(KEY.decode(), KEY_SECRET.decode()),
    ).prepare()


def recorded(sent: requests.PreparedRequest, **changes: object) -> Request:
    """The same request as a proxy records it."""
    target = urlsplit(str(sent.url))
    body = sent.body if isinstance(sent.body, bytes) else str(sent.body or "").encode()
    headers = (("Host", target.netloc), *sent.headers.items())
    request = Request(
        method=sent.method or "",
        scheme=target.scheme,
        host=target.hostname or "",
        port=target.port or 443,
        target=(target.path + (f"?{target.query}" if target.query else "")).encode(),
        headers=tuple((str(name).encode(), text_of(value)) for name, value in headers),
        body=body,
    )
    return replace(request, **changes)  # type: ignore[arg-type] # fields of Request


def text_of(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def fit(request: Request, rqh: str, names: str = NAMES) -> Fit:
    return fit_of(request, Fidelity.FULL, names, rqh)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(prepared(data={"To": "+15005550006", "Body": "a b & c"}), id="form"),
        pytest.param(prepared(method="GET"), id="no-body"),
        pytest.param(prepared(method="GET", params={"PageSize": "5", "To": "+1 5", "a": "~*!'()"}), id="query"),
        pytest.param(prepared(method="GET", params=[("b", "2"), ("a", "1"), ("a", "0")]), id="unsorted-query"),
        pytest.param(prepared(f"https://api.twilio.com{PATH}/%20a%2Fb~*", "GET"), id="encoded-path"),
        pytest.param(prepared("https://api.twilio.com:8443" + PATH), id="port"),
        pytest.param(prepared(data="é".encode()), id="bytes"),
        pytest.param(prepared("https://api.twilio.com", "GET"), id="root"),
        pytest.param(prepared(method="DELETE"), id="delete"),
    ],
)
def test_what_twilio_python_signs_fits(sent: requests.PreparedRequest) -> None:
    assert fit(recorded(sent), signed(sent)) == FITS


SENT = prepared(data={"Body": "hello"}, params={"x": "1"})
RQH = signed(SENT)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"method": "PUT"}, id="method"),
        pytest.param({"target": PATH.encode() + b"?x=2"}, id="query"),
        pytest.param({"target": PATH.replace("json", "xml").encode() + b"?x=1"}, id="path"),
        pytest.param({"body": b"Body=hellO"}, id="body"),
        pytest.param(
            {"headers": ((b"Host", b"api.twilio.com"), (b"Authorization", basic(KEY, b"x")))}, id="authorization"
        ),
        pytest.param({"headers": ((b"Host", b"api.twilio.com"),)}, id="no-authorization"),
        pytest.param(
            {"host": "proxy.example", "headers": ((b"Host", b"proxy.example"), *recorded(SENT).headers[1:])}, id="host"
        ),
    ],
)
def test_whatever_is_hashed_and_changed_misses(changes: dict[str, object]) -> None:
    assert fit(recorded(SENT), RQH) == FITS
    assert fit(recorded(SENT, **changes), RQH) == MISSES


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"headers": (*recorded(SENT).headers, (b"X-Forwarded-For", b"192.0.2.1"))}, id="another-header"),
        pytest.param(
            {"headers": tuple((name.lower(), value) for name, value in recorded(SENT).headers)}, id="lower-case"
        ),
        pytest.param({"version": "HTTP/2"}, id="version"),
        pytest.param({"method": "post"}, id="method-in-lower-case"),
        pytest.param({"headers": recorded(SENT).headers[1:]}, id="host-in-the-url-only"),
    ],
)
def test_what_is_not_hashed_may_change(changes: dict[str, object]) -> None:
    assert fit(recorded(SENT, **changes), RQH) == FITS


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (prepared(method="POST", data={"Body": "hello"}), "query"),
        (prepared(params={"x": "1"}), "body"),
    ],
)
def test_a_part_that_was_added_later_is_named(sent: requests.PreparedRequest, part: str) -> None:
    assert fit(recorded(SENT), signed(sent)) == Fit(decided=True, without=part)


def test_an_authorization_that_was_added_later_is_named() -> None:
    bare = prepared(data={"Body": "hello"}, params={"x": "1"})
    del bare.headers["Authorization"]
    assert fit(recorded(SENT), signed(bare)) == Fit(decided=True, without="Authorization header")


def test_java_and_node_encode_again() -> None:
    """Their canonical forms of a path and a query that python leaves as they are."""
    request = recorded(prepared(method="GET"), target=b"/v1//a%7Eb/c!d?q=x+y*z&a=%7E")
    text = b"GET\n/v1/a~b/c%%21d\na=~&q=x%%20y%%2Az\nauthorization:%s\nhost:api.twilio.com\n\nauthorization;host\n"
    assert fit(request, digest(text % basic(KEY, KEY_SECRET))) == FITS
    assert fit(request, digest(text.replace(b"%%21", b"!") % basic(KEY, KEY_SECRET))) == FITS
    assert fit(request, digest(text.replace(b"a~b", b"a~B") % basic(KEY, KEY_SECRET))) == MISSES


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def canonical(path: bytes = b"/x", query: bytes = b"", host: bytes = b"h.example") -> str:
    """The hash of a GET of which only the host is signed, written as a library would."""
    return digest(b"\n".join((b"GET", path, query, b"host:" + host, b"", b"host", b"")))


def get(target: bytes, host: bytes | None = b"h.example", url_host: str = "h.example", port: int = 443) -> Request:
    headers = () if host is None else ((b"Host", host),)
    return Request(method="GET", scheme="https", host=url_host, port=port, target=target, headers=headers)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        # twilio-python: as it stands, sorted
        pytest.param(b"b=x+y%7e&a=*", b"a=*&b=x+y%7e", id="python"),
        # twilio-java: three characters written anew, the others as they stand
        pytest.param(b"b=%21+*%7E$&a=", b"a=&b=%21%20%2A~$", id="java"),
        # twilio-node: decoded, sorted, encoded
        pytest.param(b"b=%21+*%7E$&a=", b"a=&b=!%20%2A~%24", id="node"),
        pytest.param(b"b=2=3&a=1", b"a=1&b=2%3D3", id="node-equals-in-a-value"),
        pytest.param(b"b=%26=c&a", b"a&b=%26%3Dc", id="node-a-name-alone"),
        pytest.param(b"b=%20x&a=/", b"a=%2F&b=%20x", id="node-slash"),
    ],
)
def test_a_query_as_each_library_writes_it(query: bytes, form: bytes) -> None:
    assert fit(get(b"/x?" + query), canonical(query=form), "host") == FITS
    changed = form.replace(b"a", b"A", 1)
    assert fit(get(b"/x?" + query), canonical(query=changed), "host") == MISSES


@pytest.mark.parametrize(
    ("target", "path"),
    [
        pytest.param(b"", b"/", id="empty"),
        pytest.param(b"//a//b", b"/a/b", id="slashes"),
        pytest.param(b"//a//b", b"//a//b", id="slashes-as-they-stand"),
        pytest.param(b"/%61%2Fb", b"/a/b", id="escapes"),
        pytest.param(b"/a'b", b"/a%27b", id="java"),
        pytest.param(b"/a%27b", b"/a'b", id="node"),
    ],
)
def test_a_path_as_each_library_writes_it(target: bytes, path: bytes) -> None:
    assert fit(get(target), canonical(path), "host") == FITS
    assert fit(get(target), canonical(path + b"/"), "host") == MISSES


@pytest.mark.parametrize(
    ("header", "url_host", "port", "signed_host"),
    [
        pytest.param(b"api.twilio.com", "gateway.example", 443, b"api.twilio.com", id="header-first"),
        pytest.param(b"api.twilio.com:443", "gateway.example", 443, b"api.twilio.com", id="default-port-left-out"),
        pytest.param(b"api.twilio.com:443", "gateway.example", 443, b"api.twilio.com:443", id="default-port-kept"),
        pytest.param(b"api.twilio.com", "gateway.example", 443, b"gateway.example", id="url"),
        pytest.param(None, "api.twilio.com", 8443, b"api.twilio.com:8443", id="url-with-its-port"),
        pytest.param(None, "api.twilio.com", 443, b"api.twilio.com", id="url-without-a-header"),
    ],
)
def test_a_host_as_each_library_writes_it(header: bytes | None, url_host: str, port: int, signed_host: bytes) -> None:
    request = get(b"/x", header, url_host, port)
    assert fit(request, canonical(host=signed_host), "host") == FITS
    assert fit(request, canonical(host=signed_host + b":1"), "host") == MISSES


def test_a_header_of_several_lines_is_one_line() -> None:
    text = b"GET\n/x\n\nx-a:1,2,3\n\nX-A\n"
    headers = ((b"x-a", b" 3"), (b"X-A", b"1 "), (b"X-a", b"2"))
    assert fit(replace(get(b"/x"), headers=headers), digest(text), "X-A") == FITS
    assert fit(replace(get(b"/x"), headers=headers[:2]), digest(text), "X-A") == MISSES


def test_a_query_with_a_question_mark_was_added_as_a_whole() -> None:
    assert fit(get(b"/x?a=1?b"), canonical(), "host") == Fit(decided=True, without="query")


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        pytest.param({}, "host;\ud800", id="names"),
        pytest.param({"method": "GET\ud800"}, "host", id="method"),
        pytest.param({"host": "h\ud800", "headers": ()}, "host", id="host"),
    ],
)
def test_half_a_surrogate_pair_misses(changes: dict[str, object], names: str) -> None:
    assert fit(replace(get(b"/x"), **changes), canonical(), names) == MISSES  # type: ignore[arg-type] # fields of Request


def test_java_leaves_the_default_port_out() -> None:
    sent = prepared(data={"Body": "hello"}, params={"x": "1"})
    with_port = ((b"Host", b"api.twilio.com:443"), *recorded(sent).headers[1:])
    assert fit(recorded(sent, headers=with_port), RQH) == FITS


def test_the_builder_of_samples_signs_alike() -> None:
    header = basic(KEY, KEY_SECRET)
    for body in (b"", b"Body=hello"):
        claims = validation_token(header, body).split(b".")[1]
        rqh = json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))["rqh"]
        assert fit(refused(header, body=body).request, rqh) == FITS
        assert fit(refused(header, body=body).request, rqh.upper()) == FITS


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(recorded(SENT, headers=(*recorded(SENT).headers, (b"Content-Encoding", b"gzip"))), id="encoded"),
        pytest.param(recorded(SENT, body=b"Body=hel"), id="length-differs"),
        pytest.param(replace(recorded(SENT), headers=(), body=b"x" * 65536), id="body-may-be-cut"),
        pytest.param(recorded(SENT, target=b"/" + b"x" * 9000), id="long-target"),
    ],
)
def test_what_was_not_recorded_whole_decides_nothing(request_: Request) -> None:
    assert fit(request_, RQH) == UNDECIDED


def test_what_is_just_short_enough_is_decided() -> None:
    long = recorded(SENT, target=b"/" + b"x" * 8191)
    assert fit(long, RQH) == MISSES
    assert fit(recorded(SENT, target=long.target + b"x"), RQH) == UNDECIDED
    assert fit(recorded(SENT), RQH, "host;" * 100) == MISSES
    assert fit(recorded(SENT), RQH, "host;" * 100 + "h") == UNDECIDED


@pytest.mark.parametrize("fidelity", [Fidelity.DOUBTFUL, Fidelity.SANITIZED])
def test_an_export_that_leaves_things_out_decides_nothing(fidelity: Fidelity) -> None:
    assert fit_of(recorded(SENT), fidelity, NAMES, RQH) == UNDECIDED


@settings(max_examples=200)
@given(st.text(max_size=40), st.text(max_size=70), st.binary(max_size=60), st.binary(max_size=20))
def test_any_claims_and_any_request_are_taken(names: str, rqh: str, target: bytes, body: bytes) -> None:
    assert not fit(refused(None, path=target, body=body, method="\u20ac").request, rqh, names).fits
