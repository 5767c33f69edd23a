"""The forms of other services' credentials: each one known, and none that Twilio could have issued."""

import re
import string
from collections.abc import Callable

import pytest
from growth import assert_in_line
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.vendors import VENDORS, foreign, is_mail_address

LETTERS = string.ascii_letters + string.digits
WHOLE = [
    ("SendGrid", "SG." + "a1" * 11 + "." + "b-" * 21 + "c"),
    ("Stripe", "sk_live_" + "a1" * 12),
    ("Stripe", "rk_test_" + "a1" * 50),
    ("Stripe", "pk_live_" + "A" * 10),
    ("Anthropic", "sk-ant-api03-" + "a1" * 46 + "bAA"),
    ("OpenRouter", "sk-or-v1-" + "0f" * 32),
    ("OpenAI", "sk-proj-" + "a_" * 37 + "T3BlbkFJ" + "b1" * 37),
    ("OpenAI", "sk-" + "a1" * 10 + "T3BlbkFJ" + "b1" * 10),
    ("GitHub", "ghp_" + "a1" * 18),
    ("GitHub", "gho_" + "a1" * 18),
    ("GitHub", "github_pat_" + "a1" * 11 + "_" + "b" * 59),
    ("Google Cloud", "AIza" + "a-1_b" * 7),
    ("Google OAuth", "ya29." + "a1" * 40),
    ("Slack", "xoxb-" + "1" * 12 + "-" + "2" * 12 + "-" + "aB" * 12),
    ("Slack", "xoxp-" + "1" * 12 + "-" + "2" * 12 + "-" + "3" * 12 + "-" + "aB" * 16),
    ("AWS", "AKIA" + "ABCD2345" * 2),
    ("AWS", "ASIA" + "ABCD2345" * 2),
    ("Mailgun", "key-" + "0f" * 16),
    ("DigitalOcean", "dop_v1_" + "0f" * 32),
    ("GitLab", "glpat-" + "a1-_" * 5),
    ("Hugging Face", "hf_" + "aB" * 17),
    ("npm", "npm_" + "a1" * 18),
    ("Shopify", "shpat_" + "0f" * 16),
    ("Meta", "EAA" + "a1" * 60),
]
ALONE = [
    ("SendGrid", "SG.a1b2c3d4e5f6a1b2c3d4e5f6"),
    ("Stripe", "sk_test_a1b2c3d4-e5f6a1b2c3"),
    ("OpenAI or a service like it", "sk-" + "0123456789abcdef" * 2),
    ("OpenAI", "sk-proj-a1b2c3d4e5f6a1b2c3d4"),
    ("GitHub", "ghp_a1b2c3d4e5f6a1b2c3d4"),
    ("Slack", "xoxb-1234567890-abcdef"),
    ("GitLab", "glpat-a1b2c3d4e5f6a1b2c"),
]
TWILIO_OR_NOBODY = [
    SID.decode(),
    KEY.decode(),
    TOKEN.decode(),
    KEY_SECRET.decode(),
    "sk" + SID.decode()[2:],
    "Sk" + SID.decode()[2:],
    "EAA" + KEY_SECRET.decode()[3:],
    "AIza" + KEY_SECRET.decode()[4:],
    "AKIA" + KEY_SECRET.decode()[4:],
    "AKIA" + KEY_SECRET.decode()[4:20],
    "EAA" + "a1" * 20,
    "AIza" + "a1" * 10,
    "key-production-2024-a1b2",
    "key-1",
    "sk-production",
    "sk_test_key",
    "hf_token",
    "npm_token",
    "SG.xxxx",
    "sk-",
    "SG.",
    "",
    "your_auth_token",
    "${SENDGRID_API_KEY}",
    "billing",
    "x" * 600,
    "sk_live_" + "a1" * 300,
]


@pytest.mark.parametrize(("vendor", "text"), WHOLE, ids=[f"{v}-{t[:9]}" for v, t in WHOLE])
def test_a_whole_credential_is_known(vendor: str, text: str) -> None:
    found = foreign(text.encode())
    assert found is not None
    assert (found.vendor, found.whole) == (vendor, True)


@pytest.mark.parametrize(("vendor", "text"), ALONE, ids=[t[:12] for _, t in ALONE])
def test_a_prefix_alone_says_less(vendor: str, text: str) -> None:
    found = foreign(text.encode())
    assert found is not None
    assert (found.vendor, found.whole) == (vendor, False)


@pytest.mark.parametrize("text", TWILIO_OR_NOBODY, ids=lambda text: text[:12] or "empty")
def test_what_twilio_may_have_issued_or_nobody_has_is_not_foreign(text: str) -> None:
    assert foreign(text.encode()) is None


def test_every_row_has_a_whole_example() -> None:
    covered = {
        v.prefix for v in VENDORS if any(re.fullmatch(re.escape(v.prefix) + v.rest, t.encode()) for _, t in WHOLE)
    }
    never = {vendor.prefix for vendor in VENDORS if vendor.rest == b"(?!)"}
    kin = (b"sk_", b"rk_", b"pk_", b"gh", b"sk-", b"xox")  # one of a family stands for the others
    missing = {v.prefix for v in VENDORS} - covered - never
    assert all(prefix.startswith(kin) for prefix in missing)


def test_a_longer_prefix_stands_before_a_shorter_one() -> None:
    prefixes = [vendor.prefix for vendor in VENDORS]
    for at, prefix in enumerate(prefixes):
        hidden = [later for later in prefixes[at + 1 :] if later.startswith(prefix) and later != prefix]
        assert not hidden


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        pytest.param("ya29." + "a1" * 253 + "b", True, id="as-long-as-a-value-may-be"),
        pytest.param("ya29." + "a1" * 254, None, id="longer"),
        pytest.param("SG." + "a1" * 8, False, id="as-much-behind-the-prefix-as-a-key-has"),
        pytest.param("SG." + "a1" * 7 + "b", None, id="less"),
        pytest.param("dop_v1_" + "ab" * 10, None, id="a-digit-in-the-prefix-alone"),
        pytest.param("dop_v1_" + "ab" * 10 + "1", False, id="a-digit-behind-it"),
    ],
)
def test_how_much_there_has_to_be(text: str, whole: bool | None) -> None:
    found = foreign(text.encode())
    assert (found and found.whole) == whole


@given(st.text(LETTERS, min_size=32, max_size=32))
def test_no_secret_of_twilio_is_foreign(secret: str) -> None:
    assert foreign(secret.encode()) is None


@given(st.sampled_from([b"AC", b"SK", b"sk", b"ac", b""]), st.text("0123456789abcdefABCDEF", min_size=30, max_size=36))
def test_no_sid_and_nothing_near_one_is_foreign(prefix: bytes, digits: str) -> None:
    assert foreign(prefix + digits.encode()) is None


@given(st.binary(max_size=700))
def test_every_text_is_decided(text: bytes) -> None:
    foreign(text)
    is_mail_address(text)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: b"sk-" + b"a" * size, id="stripe"),
        pytest.param(lambda size: b"SG." + b"." * size, id="sendgrid"),
        pytest.param(lambda size: b"a@" * (size // 2), id="mail"),
        pytest.param(lambda size: b"@" * size, id="at-signs"),
        pytest.param(lambda size: b"a." * (size // 2), id="dots"),
    ],
)
@pytest.mark.parametrize("size", [500, 500_000])
def test_no_text_takes_more_than_its_share_of_time(build: Callable[[int], bytes], size: int) -> None:
    assert_in_line(foreign, build, size)
    assert_in_line(is_mail_address, build, size)


@pytest.mark.parametrize(
    "text", [b"jane@example.com", b"jane.doe+twilio@mail.example.co.uk", b"a@b.c", b"j\xc3\xbcrgen@example.com"]
)
def test_mail_addresses(text: bytes) -> None:
    assert is_mail_address(text)


def test_a_mail_address_has_254_bytes_at_most() -> None:
    assert is_mail_address(b"jane@" + b"x" * 245 + b".com")
    assert not is_mail_address(b"jane@" + b"x" * 246 + b".com")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"@example.com",
        b"jane@localhost",
        b"jane@example.",
        b"jane doe@example.com",
        b"a@b@example.com",
        b"https://jane@example.com",
        SID + b"@api.twilio.com",
        SID[:-1] + b"@api.twilio.com",
        b"x" * 300 + b"@example.com",
        SID,
    ],
)
def test_no_mail_addresses(text: bytes) -> None:
    assert not is_mail_address(text)
