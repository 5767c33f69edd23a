import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import SID, TOKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"Status", b"active"),
        (b"PageSize", b"50"),
        (b"AccountSid", SID),
        (b"DateCreated", b"2026-11-20T12:00:00Z"),
        (b"date_sent", b"Wed, 20 Nov 2026 12:00:00 +0000"),
        (b"From", b"+15005550006"),
        (b"AuthToken", b"undefined"),
        (b"grant_type", b"client_credentials"),
        (b"uri", b"/2010-04-01/Accounts/%s/Messages.json" % SID),
        (b"x", b""),
    ],
)
def test_values_that_stay(tools: Tools, name: bytes, value: bytes) -> None:
    assert tools.fields.value(name, value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"To", b"+12125558437"),
        (b"Body", b"active Quellmann"),
        (b"FriendlyName", b"Quellmann"),
        (b"Email", b"jane@quellmann.example"),
        (b"AuthToken", TOKEN),
        (b"whatever", TOKEN),
        (b"Status", b"Quellmann"),
        (b"PageSize", b"1234567890"),
        (b"DateCreated", b"Quellmann 2026"),
        (b"StatusCallback", b"https://hooks.quellmann.example/x?k=" + TOKEN),
    ],
)
def test_values_that_go(tools: Tools, name: bytes, value: bytes) -> None:
    out = tools.fields.value(name, value)
    assert len(out) == len(value)
    assert spotted(out, [b"12125558437", b"quellmann", b"Quellmann", TOKEN, b"1234567890"]) == []


def test_free_text_keeps_not_even_public_words(tools: Tools) -> None:
    assert tools.fields.value(b"Body", b"active") != b"active"
    assert tools.fields.value(b"Status", b"active") == b"active"


def test_what_twilio_says_keeps_its_words(tools: Tools) -> None:
    says = b"The requested resource was not found"
    assert tools.fields.told(b"message", says) == says
    assert tools.fields.value(b"message", says) != says


def test_a_form_keeps_its_shape_and_its_names(tools: Tools) -> None:
    out = tools.fields.form(b"To=%2B12125558437&Body=Hi+Quellmann&PageSize=5&Quellmann=1&&x")
    assert out.startswith(b"To=%2B")
    assert b"&PageSize=5&" in out
    assert spotted(out, [b"Quellmann", b"12125558437"]) == []
    assert out.count(b"&") == 5


def test_cookies(tools: Tools) -> None:
    out = tools.fields.form(b"session=" + TOKEN + b"; lang=en", b";")
    assert spotted(out, [TOKEN]) == []
    assert out.count(b";") == 1


def test_a_short_value_under_the_name_of_a_secret_is_the_same_secret(tools: Tools) -> None:
    assert tools.fields.value(b"password", b"hunter22") == tools.credentials.half(b"hunter22")
    assert tools.fields.value(b"note", b"hunter22") != tools.credentials.half(b"hunter22")
