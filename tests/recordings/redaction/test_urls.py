import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import MESSAGES, SID, TOKEN
from analyzers.hosts import place_of


@pytest.mark.parametrize(
    "target",
    [
        MESSAGES % SID,
        b"/v1/Services/MG00112233445566778899aabbccddeeff?PageSize=20&Status=active",
        b"/2010-04-01/Accounts.json",
        b"/docs/errors/20003",
        b"/v2/PhoneNumbers/US/Local.json",
        b"/",
        b"",
        b"*",
    ],
)
def test_targets_of_the_api_stay(tools: Tools, target: bytes) -> None:
    assert tools.urls.target(target) == target


@pytest.mark.parametrize(
    ("target", "gone"),
    [
        (b"/2010-04-01/Accounts/" + TOKEN, TOKEN),
        (b"/v1/PhoneNumbers/%2B12125558437", b"12125558437"),
        (b"/customers/quellmann/orders", b"quellmann"),
        (b"/x?AuthToken=" + TOKEN, TOKEN),
        (b"/x?" + TOKEN, TOKEN),
        (b"/x#" + TOKEN, TOKEN),
        (b"/v1/" + b"".join(b"%%%02x" % byte for byte in TOKEN), TOKEN),
        (b"//" + TOKEN + b"//", TOKEN),
    ],
)
def test_what_is_of_the_caller_goes(tools: Tools, target: bytes, gone: bytes) -> None:
    out = tools.urls.target(target)
    assert len(out) == len(target)
    assert spotted(out, [gone]) == []


@pytest.mark.parametrize(
    "host", ["api.twilio.com", "api.dublin.ie1.twilio.com", "localhost", "127.0.0.1", "10.1.2.3", "api.twiilo.com"]
)
def test_hosts_that_stay(tools: Tools, host: str) -> None:
    assert tools.urls.host(host) == host


@pytest.mark.parametrize(
    "host", ["shop.quellmann.example", "quellmann.com", "8.8.4.4", "2001:4860:4860::8844", "xn--mnchen-3ya.de"]
)
def test_hosts_of_others_become_others(tools: Tools, host: str) -> None:
    out = tools.urls.host(host)
    assert out != host
    assert place_of(out) == place_of(host)
    assert spotted(out.encode(), [b"quellmann", b"mnchen"]) == []


def test_a_url_keeps_its_shape(tools: Tools) -> None:
    out = tools.urls.url(b"https://jane:" + TOKEN + b"@hooks.quellmann.example:8443/sms?x=" + TOKEN + b"#top")
    assert out.startswith(b"https://")
    assert b"@" in out
    assert b":8443/sms?x=" in out
    assert spotted(out, [TOKEN, b"quellmann"]) == []


def test_a_sentence_keeps_its_words_and_the_links_of_twilio(tools: Tools) -> None:
    text = b"The resource /2010-04-01/Accounts/%s was not found, see https://www.twilio.com/docs/errors/20404." % SID
    assert tools.urls.message(text) == text
    assert spotted(tools.urls.message(b"Unknown user Quellmann (+12125558437)"), [b"Quellmann", b"12125558437"]) == []
