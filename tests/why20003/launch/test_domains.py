"""Host globs of the scope as domains."""

import pytest

from why20003.launch.domains import EVERYTHING, addresses, domains


@pytest.mark.parametrize(
    ("glob", "domain"),
    [
        pytest.param("*.Twiliocdn.com", "twiliocdn.com", id="below"),
        pytest.param("media.twiliocdn.com", "media.twiliocdn.com", id="a-host"),
        pytest.param("x.example.", "x.example", id="final-dot"),
        pytest.param("api.*.example.com", "example.com", id="star-inside"),
        pytest.param("api-*.example.com", "example.com", id="star-ends-a-label"),
        pytest.param("*-api.example.com", "example.com", id="star-begins-a-label"),
        pytest.param("[ab].example.com", "example.com", id="set"),
        pytest.param("a?.example.com", "example.com", id="question-mark"),
        pytest.param("mock", "mock", id="one-label"),
        pytest.param("127.0.0.1", "127.0.0.1", id="address"),
        pytest.param("[::1]", "::1", id="address-of-version-6"),
        pytest.param("all", EVERYTHING, id="all"),
        pytest.param("", EVERYTHING, id="empty"),
        pytest.param("*", EVERYTHING, id="star"),
        pytest.param("*.com", EVERYTHING, id="a-whole-top-level-domain"),
        pytest.param("*example.com", EVERYTHING, id="every-domain-that-ends-so"),
        pytest.param("a..b", EVERYTHING, id="no-name"),
        pytest.param("x" * 300, EVERYTHING, id="too-long-for-a-name"),
    ],
)
def test_domain(glob: str, domain: str) -> None:
    assert domains([glob]) == ("twilio.com", domain)


def test_twilio_is_always_there_and_once() -> None:
    assert domains([]) == domains(["twilio", "TWILIO", "twilio.com"]) == ("twilio.com",)


def test_addresses_are_told_from_names() -> None:
    assert [str(one) for one in addresses(["twilio.com", "10.0.0.1", "::1", ""])] == ["10.0.0.1", "::1"]
