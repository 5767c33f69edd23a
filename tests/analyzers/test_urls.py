"""URLs: where a Location leads, and what of a URL is shown."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, OTHER_SID, SID, TOKEN, refused
from analyzers.exchange import Exchange
from analyzers.urls import resolve, shown_url, url_key

BASE = refused(GOOD, host="start.example", path=b"/a/b?c=d")


def at_port(port: int, scheme: str = "https") -> Exchange:
    exchange = refused(path=b"/x", scheme=scheme)
    return replace(exchange, request=replace(exchange.request, port=port))


@pytest.mark.parametrize(
    ("location", "key"),
    [
        pytest.param(b"https://h.example/x", ("https", "h.example", 443, b"/x"), id="https"),
        pytest.param(b"http://h.example/x", ("http", "h.example", 80, b"/x"), id="http"),
        pytest.param(b"http://h.example:443/x", ("http", "h.example", 443, b"/x"), id="http-on-another-port"),
        pytest.param(b"HTTPS://H.Example/X", ("https", "h.example", 443, b"/X"), id="capitals"),
        pytest.param(b" https://h.example/x\t", ("https", "h.example", 443, b"/x"), id="blanks"),
        pytest.param(b"https://h.example", ("https", "h.example", 443, b"/"), id="no-path"),
        pytest.param(b"https://h.example/%7e?%41=%20#f", ("https", "h.example", 443, b"/~?A= "), id="escapes"),
        pytest.param(b"https://h.example/caf\xe9", ("https", "h.example", 443, b"/caf\xe9"), id="a-byte-of-latin-1"),
        pytest.param(b"//h.example/x", ("https", "h.example", 443, b"/x"), id="same-scheme"),
        pytest.param(b"x", ("https", "start.example", 443, b"/a/x"), id="beside-it"),
        pytest.param(b"/x", ("https", "start.example", 443, b"/x"), id="same-host"),
        pytest.param(b"?e", ("https", "start.example", 443, b"/a/b?e"), id="another-query"),
        pytest.param(b"ftp://h.example/x", None, id="ftp"),
        pytest.param(b"wss://h.example/x", None, id="web-socket"),
        pytest.param(b"http:///x", None, id="no-host"),
        pytest.param(b"mailto:x@h.example", None, id="mail"),
        pytest.param(b"http://h.example:port/", None, id="port-is-a-word"),
    ],
)
def test_where_a_location_leads(location: bytes, key: tuple[str, str, int, bytes] | None) -> None:
    assert resolve(BASE, location) == key


@pytest.mark.parametrize(("length", "leads"), [(8192, True), (8193, False)])
def test_a_location_longer_than_any_server_takes_leads_nowhere(length: int, leads: bool) -> None:
    assert (resolve(BASE, b"/".ljust(length, b"x")) is not None) is leads


def test_a_location_leads_to_the_request_that_follows_it() -> None:
    assert resolve(BASE, b"http://h.example/%41?b") == url_key(
        refused(host="H.example", scheme="http", path=b"/A?b")  # the host as somebody typed it
    )


@pytest.mark.parametrize(
    ("exchange", "shown"),
    [
        pytest.param(refused(path=b"/x", host="h.example"), "https://h.example/x", id="https"),
        pytest.param(refused(path=b"/x", host="h.example", scheme="http"), "http://h.example/x", id="http"),
        pytest.param(at_port(8443), "https://api.twilio.com:8443/x", id="port"),
        pytest.param(at_port(80), "https://api.twilio.com:80/x", id="port-of-the-other-scheme"),
        pytest.param(at_port(443, "http"), "http://api.twilio.com:443/x", id="and-vice-versa"),
        pytest.param(refused(path=b"/x", host="h" * 253), f"https://{'h' * 253}/x", id="longest-host"),
        pytest.param(refused(path=b"/x", host="h" * 254), f"https://{'h' * 253}…/x", id="longer-host"),
        pytest.param(refused(path=b"/" + TOKEN), "https://api.twilio.com/<32 lower-case hex digits>", id="secret"),
    ],
)
def test_what_is_shown(exchange: Exchange, shown: str) -> None:
    assert shown_url(exchange, ()) == shown


@pytest.mark.parametrize("secret", [SID[2:10], b"horsebattery", SID])
def test_a_known_secret_is_not_shown(secret: bytes) -> None:
    exchange = refused(path=b"/v1/%s/%s" % (secret, OTHER_SID))
    assert secret.decode() not in shown_url(exchange, (secret,))
    assert OTHER_SID.decode() in shown_url(exchange, (secret,))
