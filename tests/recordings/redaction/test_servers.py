from dataclasses import replace

import pytest

from analyzers.building import GOOD, basic, refused
from analyzers.exchange import Exchange
from recordings.redact import Redactor, leaks, redacted, repr_of
from recordings.redaction.leaking import Secrets

TWILIO, OTHER = "api.twilio.com", "intranet.example"


def of(address: str | None, version: str | None = None, **changed: object) -> Exchange:
    made = refused(GOOD, **changed)  # type: ignore[arg-type] # of a table
    [new] = redacted([replace(made, server_address=address, tls_version=version)], b"k" * 32)
    return new


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param("54.172.60.0", "54.172.60.0", id="public"),
        pytest.param("2600:1f18::1", "2600:1f18::1", id="public-ipv6"),
        pytest.param("2600:1f18::1%ens-finance", "2600:1f18::1", id="scope"),
        pytest.param("::ffff:54.172.60.0", "54.172.60.0", id="ipv4-in-ipv6"),
        pytest.param("10.20.81.7", "10.0.0.0", id="10"),
        pytest.param("172.31.9.9", "172.16.0.0", id="172"),
        pytest.param("172.32.9.9", "172.32.9.9", id="beside-172"),
        pytest.param("192.168.7.1", "192.168.0.0", id="192"),
        pytest.param("::ffff:192.168.7.1", "192.168.0.0", id="private-ipv4-in-ipv6"),
        pytest.param("100.70.1.2", "100.64.0.0", id="carrier"),
        pytest.param("169.254.3.4", "169.254.0.0", id="link-local"),
        pytest.param("198.18.0.77", "198.18.0.0", id="benchmark"),
        pytest.param("fd12:3456:789a::1", "fc00::", id="private-ipv6"),
        pytest.param("fe80::abcd:1%eth0", "fe80::", id="link-local-ipv6"),
        pytest.param("127.0.0.1", "127.0.0.1", id="loopback"),
        pytest.param("127.53.1.9", "127.0.0.1", id="other-loopback"),
        pytest.param("::1", "::1", id="loopback-ipv6"),
        pytest.param("240.1.2.3", None, id="of-no-range"),
        pytest.param("proxy.acme.example", None, id="a-name"),
        pytest.param("", None, id="empty"),
    ],
)
def test_of_twilio_the_address_stays_and_of_a_private_one_the_range(address: str | None, shown: str | None) -> None:
    assert of(address).server_address == shown


@pytest.mark.parametrize(
    ("address", "start"),
    [
        pytest.param("8.8.4.4", "100.", id="public"),
        pytest.param("2600:1f18::1", "2001:db8:", id="public-ipv6"),
        pytest.param("10.20.81.7", "10.0.0.0", id="private"),
    ],
)
def test_of_another_host_no_public_address_stays(address: str, start: str) -> None:
    shown = of(address, host=OTHER).server_address
    assert shown is not None
    assert shown != address
    assert shown.startswith(start)
    assert of(address, host=OTHER).server_address == shown
    assert of(address, host="twilio.com.example").server_address == shown


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        *[(each, each) for each in ("SSLv3", "TLSv1", "TLSv1.3", "DTLSv1.2", "QUICv1")],
        *[(each, None) for each in (None, "", "TLS", "TLSv1.3 ", "hunter2", "TLSv1.3.4", "xTLSv1.3")],
    ],
)
def test_a_version_of_tls_stays_and_nothing_else(version: str | None, shown: str | None) -> None:
    assert of("54.172.60.0", version).tls_version == shown


@pytest.mark.parametrize(
    "header",
    [
        pytest.param((b"X-Forwarded-For", b"54.172.60.7"), id="nearly-the-same"),
        pytest.param((b"X-Real-Server", b"54.172.60.0"), id="the-same"),
    ],
)
def test_an_address_that_has_a_part_of_what_is_replaced_is_replaced_as_well(header: tuple[bytes, bytes]) -> None:
    shown = of("54.172.60.0", extra=(header,)).server_address
    assert shown is not None
    assert shown.startswith("100.")
    assert of("54.172.60.0", extra=((b"X-Forwarded-For", b"203.0.113.5"),)).server_address == "54.172.60.0"


def test_a_password_that_is_a_version_of_tls_is_found_nowhere() -> None:
    made = replace(refused(basic(b"AC" + b"5" * 32, b"TLSv1q3")), tls_version="TLSv1.3")
    [new] = redacted([made], b"k" * 32)
    assert new.tls_version is None


def test_both_are_searched() -> None:
    secret = "zq81.kkz9"
    made = replace(refused(GOOD), server_address=secret)
    assert leaks(repr_of([made]), Secrets([secret.encode()])) != []
    assert leaks(repr_of([replace(made, server_address=None, tls_version=secret)]), Secrets([secret.encode()])) != []


def test_nothing_is_learnt_from_them_and_once_more_changes_nothing() -> None:
    made = replace(refused(GOOD), server_address="54.172.60.0", tls_version="TLSv1.3")
    known = []
    for exchange in (made, refused(GOOD)):
        redactor = Redactor(b"k" * 32)
        redactor.learn(exchange)
        known.append(len(redactor.secrets()))
    assert known[0] == known[1]
    again = redacted(redacted([made], b"k" * 32), b"l" * 32)
    assert (again[0].server_address, again[0].tls_version) == ("54.172.60.0", "TLSv1.3")
