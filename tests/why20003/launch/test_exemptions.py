"""NO_PROXY for the child, held against what real clients make of it."""

from urllib import request

import httpx
import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from why20003.launch.exemptions import LOOPBACK, edited, entries, exempts

bypassed = vars(request)["proxy_bypass_environment"]  # typeshed lacks it

HOSTS = ("api.twilio.com", "verify.twilio.com", "api.dublin.ie1.twilio.com")
OURS = ",".join(LOOPBACK)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("", OURS, id="nothing"),
        pytest.param("*", OURS, id="everything"),
        pytest.param("twilio.com", OURS, id="domain"),
        pytest.param(".twilio.com", OURS, id="domain-with-dot"),
        pytest.param("*.twilio.com", OURS, id="domain-with-star"),
        pytest.param("TWILIO.COM.", OURS, id="case-and-final-dot"),
        pytest.param("api.twilio.com", OURS, id="host"),
        pytest.param("api.twilio.com:443", OURS, id="host-with-port"),
        pytest.param("api.twilio.com:8080", OURS, id="another-port-which-some-ignore"),
        pytest.param("*:443", OURS, id="everything-on-a-port"),
        pytest.param(".com", OURS, id="top-level"),
        pytest.param("com", OURS, id="top-level-without-dot"),
        pytest.param("o.com", OURS, id="mere-end-of-the-name"),
        pytest.param("api.*.com", OURS, id="star-inside"),
        pytest.param("*twilio*", OURS, id="stars-around"),
        pytest.param("api.twilio.co?", OURS, id="question-mark"),
        pytest.param("0.0.0.0/0,::/0", OURS, id="every-address"),
        pytest.param("a.example, twilio.com ,b.example", f"{OURS},a.example,b.example", id="order-kept"),
        pytest.param("a.example b.example", f"{OURS},a.example,b.example", id="blanks-between"),
        pytest.param(".example.com,10.0.0.0/8", f"{OURS},.example.com,10.0.0.0/8", id="others-stay"),
        pytest.param("nottwilio.com", f"{OURS},nottwilio.com", id="other-domain-with-the-same-end"),
        pytest.param("twilio.com.example.org", f"{OURS},twilio.com.example.org", id="twilio-in-front"),
        pytest.param("127.0.0.1,x.example,LocalHost", "127.0.0.1,x.example,LocalHost", id="loopback-is-there"),
        pytest.param("localhost,x.example", "127.0.0.1,localhost,x.example", id="half-of-loopback-is-there"),
        pytest.param("[::1],::1", f"{OURS},[::1],::1", id="loopback-of-version-6"),
        pytest.param("10.0.0.0/0x", f"{OURS},10.0.0.0/0x", id="no-network"),
    ],
)
def test_edited(value: str, expected: str) -> None:
    assert edited(value) == expected


@pytest.mark.parametrize(
    ("value", "names", "expected"),
    [
        pytest.param("mock.example,x.example", ["mock.example"], f"{OURS},x.example", id="a-domain"),
        pytest.param("example,twilio.com", ["mock.example"], f"{OURS},twilio.com", id="only-these-names-count"),
        pytest.param("localhost,127.0.0.1", ["localhost"], "127.0.0.1", id="a-stand-in-on-this-machine"),
        pytest.param("x.example,com", ["twilio.com", ""], f"{OURS},x.example", id="every-host-frees-no-other"),
    ],
)
def test_names_of_a_wider_scope(value: str, names: list[str], expected: str) -> None:
    assert edited(value, names) == expected


ENTRY = st.one_of(
    st.sampled_from(["*", ".twilio.com", "twilio.com", "api.twilio.com:443", "com", "*.com", "lio.com", "*twilio.com"]),
    st.sampled_from(
        ["example.com", ".internal", "10.0.0.0/8", "192.168.1.7", "::1", "[fe80::1]", "db", "localhost:80"]
    ),
    st.text("abcmilotw.*-:0", max_size=16),
)
VALUE = st.lists(ENTRY, max_size=8).flatmap(
    lambda parts: st.sampled_from([",", ", ", " "]).map(lambda by: by.join(parts))
)


@given(VALUE)
@example("*")
def test_no_client_takes_twilio_for_exempt(value: str) -> None:
    result = edited(value)

    for host in HOSTS:
        proxies = {"no": result, "https": "http://127.0.0.1:1"}
        assert not bypassed(host, proxies)
        assert not requests.utils.should_bypass_proxies(f"https://{host}/", result)
        assert not _by_end(host, result)


@given(VALUE)
def test_what_is_not_twilios_stays_in_its_order_and_loopback_is_direct(value: str) -> None:
    result = edited(value)

    kept = [entry for entry in entries(value) if not exempts(entry)]
    assert [entry for entry in entries(result) if entry not in LOOPBACK or entry in kept] == kept
    for host in LOOPBACK:
        assert requests.utils.should_bypass_proxies(f"http://{host}:3000/", result)
        assert bypassed(host, {"no": result})


@given(VALUE)
def test_a_second_time_changes_nothing(value: str) -> None:
    assert edited(edited(value)) == edited(value)


@given(st.text())
def test_any_text_gives_a_result(value: str) -> None:
    assert "*" not in entries(edited(value))


def test_httpx_accepts_the_names_that_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", edited(""))
    monkeypatch.setenv("no_proxy", edited(""))

    with httpx.Client() as client:
        mounts = {str(pattern.pattern) for pattern, transport in client._mounts.items() if transport is None}

    assert mounts == {"all://localhost", "all://127.0.0.1"}


def _by_end(host: str, value: str) -> bool:
    """As clients do that compare ends of names: the strictest reading."""
    return any(host.endswith(entry.lstrip("*").lower()) for entry in value.split(","))
