"""Wrong hosts: websites, file servers and slips of a finger; never a name that somebody may have meant."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.hosts import PRODUCTS, Place, place_of, registrable, right_host

MISSPELT = [
    "twillio.com",
    "api.twillio.com",
    "api.twilo.com",
    "api.twlio.com",
    "api.wilio.com",
    "api.twili.com",
    "api.twiilo.com",
    "api.tiwlio.com",
    "api.twiloi.com",
    "api.twillo.com",
    "api.twilip.com",
    "api.tw1lio.com",
    "api.twili0.com",
    "api.twilioo.com",
    "api.twilios.com",
    "api.ttwilio.com",
    "API.Twillio.COM.",
    "api.dublin.ie1.twillio.com",
    "api.twilio.co",
    "twilio.co",
    "api.twilio.con",
    "api.twilio.cm",
    "api.twilio.om",
    "api.twilio.comm",
    "api.twilio.cpm",
    "api.twiliocom",
    "api.twilio.org",
    "twilio.net",
]
GLUED = [
    "api-twilio.com",
    "apitwilio.com",
    "api_twilio.com",
    "verify-twilio.com",
    "www-twilio.com",
    "www.apitwilio.com",
]
WEBSITES = [
    "twilio.com",
    "www.twilio.com",
    "WWW.TWILIO.COM.",
    "console.twilio.com",
    "help.twilio.com",
    "sdk.twilio.com",
]
FILES = ["twiliocdn.com", "mms.twiliocdn.com", "media.twiliocdn.com", "MMS.twiliocdn.com."]
RIGHT_OR_MEANT = [
    *(f"{product}.twilio.com" for product in PRODUCTS),
    "api.dublin.ie1.twilio.com",
    "api.ie1.twilio.com",
    "www.us1.twilio.com",
    "something-new.twilio.com",
    "localhost",
    "127.0.0.1",
    "10.0.0.5",
    "[::1]",
    "twilio",
    "api.twilio",
    "twilio.test",
    "twilio.local",
    "twilio.localhost",
    "twilio.dev",
    "twilio.io",
    "twilio.internal",
    "twilio.internal.example",
    "twilio.example.com",
    "api.twilio.com.example.org",
    "twilio-mock.com",
    "twilio-gateway.com",
    "mytwilio.com",
    "mock-twilio.com",
    "twilio2.com",
    "twilio1.com",
    "twillio.example.com",
    "twillio.org",
    "twilio.example.org",
    "api.twilio.internal.net",
    "twillio",
    "twilight.com",
    "trillion.com",
    "twxyio.com",
    "tiwabc.com",
    "a.com",
    "tw.com",
    "eviltwilio.com",
    "notwiliocdn.com",
    "sendgrid.com",
    "example.com",
    "",
    ".",
    "..",
    ".com",
    "com",
    "a" * 300 + ".twillio.com",
]


@pytest.mark.parametrize(
    ("host", "place"),
    [
        *((host, Place.MISSPELT) for host in MISSPELT),
        *((host, Place.GLUED) for host in GLUED),
        *((host, Place.WEBSITE) for host in WEBSITES),
        *((host, Place.FILES) for host in FILES),
    ],
)
def test_wrong_places(host: str, place: Place) -> None:
    assert place_of(host) is place


@pytest.mark.parametrize("host", RIGHT_OR_MEANT, ids=lambda host: host[:40] or "empty")
def test_right_hosts_and_names_that_somebody_may_have_meant(host: str) -> None:
    assert place_of(host) is None


@given(st.text(string.ascii_lowercase + string.digits + "-._\u00e9 ", max_size=300))
def test_every_host_is_decided(host: str) -> None:
    place_of(host)
    assert len(registrable(host)) <= 60
    right_host(host, classic=False)


@given(st.text(string.ascii_lowercase, max_size=9))
def test_two_slips_are_another_name(label: str) -> None:
    """Distance by the textbook, against the one-slip rule."""
    slipped = place_of(f"{label}.com") is Place.MISSPELT
    assert slipped == (_distance(label, "twilio") == 1)


def _distance(one: str, other: str) -> int:
    """Damerau and Levenshtein, with adjacent letters exchanged as one step."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@pytest.mark.parametrize("at", range(6))
def test_every_single_slip_is_found(at: int) -> None:
    word = "twilio"
    slips = {word[:at] + word[at + 1 :], word[:at] + "x" + word[at:], word[:at] + "x" + word[at + 1 :]}
    slips |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :]} if at < 5 else {word + "x"}
    for slip in slips:
        assert place_of(f"api.{slip}.com") is Place.MISSPELT, slip


@pytest.mark.parametrize(
    ("length", "end", "place"),
    [
        (253, "", Place.MISSPELT),
        (253, ".", Place.MISSPELT),
        (254, "", None),
        (254, ".", None),
        (100_000, "", None),
    ],
)
def test_what_is_too_long_for_a_name_is_none(length: int, end: str, place: Place | None) -> None:
    assert place_of(("a." * length + "twillio.com")[-length:].replace(".", "b", 1) + end) is place


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_a_product_alone_is_somebody_elses_name(product: str) -> None:
    assert place_of(f"{product}.com") is None
    assert place_of(f"www.{product}.com") is None
    assert place_of(f"{product}-twilio.com") is Place.GLUED


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("api.twillio.com", "twillio.com"),
        ("x.y.Twilio.co.", "twilio.co"),
        ("secret.twiliocom", "twiliocom"),
        ("mms.twiliocdn.com", "twiliocdn.com"),
        ("secret.api.twiliocom", "twiliocom"),
        ("x" * 100 + ".com", "x" * 60),
    ],
)
def test_only_the_registered_part_is_shown(host: str, shown: str) -> None:
    assert registrable(host) == shown


@pytest.mark.parametrize(
    ("host", "classic", "right"),
    [
        ("api.twillio.com", True, "api.twilio.com"),
        ("www.twilio.com", True, "api.twilio.com"),
        ("verify.twillio.com", False, "verify.twilio.com"),
        ("verify-twilio.com", False, "verify.twilio.com"),
        ("www.twilio.com", False, ""),
        ("twillio.com", False, ""),
        ("secret.twillio.com", False, ""),
        ("verify-twilio.com.", False, "verify.twilio.com"),
        ("VERIFY.Twillio.com.", False, "verify.twilio.com"),
        ("x.verify.com", False, ""),
        ("verify", False, "verify.twilio.com"),
        ("localhost", False, ""),
    ],
)
def test_the_right_host(host: str, right: str, *, classic: bool) -> None:
    assert right_host(host, classic=classic) == right
