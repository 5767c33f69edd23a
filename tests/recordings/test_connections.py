import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.connections import address_in, tls_version_in


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("54.172.60.0", "54.172.60.0", id="ipv4"),
        pytest.param(" 54.172.60.0:443 ", "54.172.60.0", id="port"),
        pytest.param("2600:1F18::1", "2600:1f18::1", id="ipv6"),
        pytest.param("[2600:1f18::1]", "2600:1f18::1", id="brackets"),
        pytest.param("[2600:1f18::1]:443", "2600:1f18::1", id="brackets-and-port"),
        pytest.param("::ffff:54.172.60.0", "54.172.60.0", id="ipv4-in-ipv6"),
        pytest.param("fe80::1%eth0", "fe80::1%eth0", id="scope"),
        pytest.param("10.0.0.1", "10.0.0.1", id="private"),
        pytest.param("0.0.0.0", None, id="none-yet"),
        pytest.param("::", None, id="none-yet-ipv6"),
        pytest.param("54.172.60.0:port", None, id="no-port"),
        pytest.param("54.172.60.256", None, id="no-address"),
        pytest.param("54.172.60.0, 10.0.0.1", None, id="two"),
        pytest.param("api.twilio.com", None, id="name"),
        pytest.param("1" * 1000, None, id="long"),
        pytest.param("[]", None, id="brackets-alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param("TLSv1.3", "TLSv1.3", id="openssl"),
        pytest.param("TLSv1", "TLSv1", id="openssl-1.0"),
        pytest.param("TLSv1.0", "TLSv1", id="bearssl-1.0"),
        pytest.param("TLS1.2", "TLSv1.2", id="gnutls"),
        pytest.param("TLS 1.3", "TLSv1.3", id="browsers"),
        pytest.param("tls 1.1", "TLSv1.1", id="small-letters"),
        pytest.param("SSL 3.0", "SSLv3", id="apple"),
        pytest.param("SSLv3", "SSLv3", id="openssl-ssl"),
        pytest.param("TLSv2", None, id="of-the-future"),
        pytest.param("TLSv1.30", None, id="two-digits"),
        pytest.param("TLS", None, id="no-version"),
        pytest.param("1.3", None, id="no-name"),
        pytest.param("QUIC", None, id="quic"),
        pytest.param("TLSv1.3 / TLS_AES_128_GCM_SHA256", None, id="more"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_versions_of_tls(text: str, version: str | None) -> None:
    assert tls_version_in(text) == version


@given(st.text(max_size=200) | st.sampled_from(["[", "]:", "%", "1.2.3.4%5", "TLSv1." * 50]))
def test_any_text_gives_an_answer_that_gives_itself(text: str) -> None:
    for read in (address_in, tls_version_in):
        found = read(text)
        assert found is None or read(found) == found
