import pytest

from addon.settings import Annotate, Display, Settings, parse


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(("message", "twilio", "auto"), Settings(), id="defaults"),
        pytest.param(("off", "all", "off"), Settings(Annotate.OFF, Display.OFF, everything=True), id="all"),
        pytest.param(
            ("headers", "twilio, *.TwilioCDN.com ", "short"),
            Settings(Annotate.HEADERS, Display.SHORT, globs=("*.twiliocdn.com",)),
            id="globs",
        ),
    ],
)
def test_parse(values: tuple[str, str, str], expected: Settings) -> None:
    assert parse(*values) == expected


@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param(("loud", "twilio", "auto"), "why20003_annotate: 'loud' is not one of off, headers", id="annotate"),
        pytest.param(("off", "twilio", "big"), "why20003_display: 'big' is not one of auto, full", id="display"),
        pytest.param(("off", " , ", "auto"), "why20003_scope is empty: use twilio, all", id="empty-scope"),
        pytest.param(
            ("off", "https://x.example/", "auto"), "why20003_scope: 'https://x.example/' is no host", id="url"
        ),
    ],
)
def test_nonsense_is_named(values: tuple[str, str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("*", r"\*")):
        parse(*values)


@pytest.mark.parametrize(
    ("scope", "host", "covered"),
    [
        ("twilio", "api.twilio.com", True),
        ("twilio", "API.Twilio.COM.", True),
        ("twilio", "api.dublin.ie1.twilio.com", True),
        ("twilio", "twilio.com", True),
        ("twilio", "eviltwilio.com", False),
        ("twilio", "twilio.com.evil.example", False),
        ("twilio", "mms.twiliocdn.com", False),
        ("twilio,*.twiliocdn.com", "mms.twiliocdn.com", True),
        ("*.twiliocdn.com", "api.twilio.com", True),
        ("all", "bank.example", True),
    ],
)
def test_scope(scope: str, host: str, covered: bool) -> None:
    assert parse("off", scope, "auto").covers(host) is covered
