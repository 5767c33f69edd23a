"""The facts as data: shapes, placeholders that never match a real value, strays, gate texts, hosts."""

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.twilio import (
    CREDENTIAL_TEXTS,
    GATE_TEXTS,
    Kind,
    core_of,
    gate_of,
    is_placeholder,
    is_twilio_host,
    is_unset,
    is_void,
    is_words,
    kind_of,
    near_secret,
    near_sid,
    sid_kind,
    speaks_of_credentials,
)

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
SECRETS = st.text(LETTERS, min_size=32, max_size=32)
TOKENS = st.text(HEX, min_size=32, max_size=32)

PLACEHOLDERS = [
    "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "ACXXXXXXXX...",
    "ACxxxxxxxx",
    "AC...",
    "AC***",
    "SKXXXX",
    "SKXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "your_auth_token",
    "YOUR_AUTH_TOKEN",
    "YOUR_TWILIO_AUTH_TOKEN_HERE",
    "your_account_sid",
    "yourAuthToken",
    "YourAuthToken",
    "your-twilio-account-sid",
    "your_auth_token_1",
    "my_auth_token",
    "test_auth_token",
    "insert-token-here",
    "replace_with_your_token",
    "enter_your_api_key_here",
    "[AuthToken]",
    "{{auth_token}}",
    "<auth_token>",
    "<ACCOUNT_SID>",
    "{AccountSid}",
    "${TWILIO_AUTH_TOKEN}",
    "$TWILIO_AUTH_TOKEN",
    "%TWILIO_AUTH_TOKEN%",
    "$env:TWILIO_AUTH_TOKEN",
    "process.env.X",
    "process.env.TWILIO_AUTH_TOKEN",
    "process.env['X']",
    "import.meta.env.VITE_TOKEN",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY",
    "TWILIO_API_KEY_SECRET",
    "accountSid",
    "AuthToken",
    "changeme",
    "CHANGE_ME",
    "change-me",
    "xxx",
    "XXXX",
    "********",
    "AC<your_sid>",
    "ACyour_account_sid",
    "token",
    "secret",
    "password",
    "TODO",
    "dummy",
    "ENV['TWILIO_AUTH_TOKEN']",
    "os.environ['TWILIO_AUTH_TOKEN']",
    'getenv("X")',
    "__AUTH_TOKEN__",
    '"your_auth_token"',
    "#{ENV['X']}",
]
SPACED = [
    "{{ auth_token }}",
    "{{ .Values.twilio.token }}",
    "<your auth token>",
    "your auth token",
    "${{ secrets.X }}",
    " xxx ",
]
NO_PLACEHOLDERS = [
    "billing",
    "account-api",
    "my-key",
    "auth",
    "sms-service",
    "twilio",
    "verify-prod",
    "user",
    "admin@example.com",
    "REDACTED",
    "[FILTERED]",
    "<redacted>",
    "test",
    "0000",
    "12345678",
    "account",
    "accounts",
    "auth-api",
    "support+twilio@example.com",
    "+15005550006",
    "key",
    "id",
    "me",
]


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *SPACED])
def test_placeholders(text: str) -> None:
    assert is_placeholder(text.encode())
    assert kind_of(text.encode()) is Kind.PLACEHOLDER


@pytest.mark.parametrize("text", NO_PLACEHOLDERS)
def test_names_and_overwritten_values_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text.encode())


MARKS = [
    "{}",
    "<{}>",
    "[{}]",
    "{{{}}}",
    "{{{{{}}}}}",
    "${{{}}}",
    "${}",
    "%{}%",
    "__{}__",
    '"{}"',
    " {}\n",
    "process.env['{}']",
]


@given(SECRETS | TOKENS, st.sampled_from(MARKS))
def test_real_secrets_are_never_placeholders_whatever_stands_around(secret: str, mark: str) -> None:
    if len(set(secret)) < 4:  # hypothesis likes one repeated letter, and x thirty-two times is a filler
        return
    assert not is_placeholder(mark.format(secret).encode())


@given(st.sampled_from([b"AC", b"SK"]), st.text(HEX + "ABCDEF", min_size=32, max_size=32))
def test_real_sids_are_never_placeholders(prefix: bytes, digits: str) -> None:
    assert not is_placeholder(prefix + digits.encode())
    assert kind_of(prefix + digits.encode()) in {Kind.ACCOUNT_SID, Kind.KEY_SID}


def test_secrets_that_begin_like_placeholders_are_none() -> None:
    dice = random.Random(20003)
    starts = ("my", "your", "the", "test", "add", "put", "token", "secret", "AC", "SK", "use", "set", "xxx", "changeme")
    for count in range(20000):
        start = starts[count % len(starts)]
        secret = start + "".join(dice.choices(LETTERS, k=32 - len(start)))
        assert not is_placeholder(secret.encode())


@pytest.mark.parametrize(
    "text",
    [
        *(b"keys" * 15 + b"!a", b"ids" * 20 + b"q", b"a" * 63 + b"1z", b"your_" * 12 + b"z", b"___" * 20 + b"1z"),
        *(b"$(" * 100, b"<" * 200, b"{{" * 100, b"A" * 200, b"token" * 12 + b"!", b"an" * 31 + b"!"),
    ],
)
def test_no_text_takes_long(text: bytes) -> None:
    start = time.perf_counter()
    is_placeholder(text)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "text", [b"${TWILIO_AUTH_TOKEN}", b"your_auth_token", b"[AuthToken]", b"xxxx", b"AC" + b"X" * 32]
)
def test_documentation_words_may_be_shown(text: bytes) -> None:
    assert is_words(text)


@pytest.mark.parametrize(
    "text", [b"${PRODUCTION_PW}", b"{{ hunter2 }}", b"<Tr0ub4dor>", b"ACxxxxAB12", TOKEN, KEY_SECRET]
)
def test_other_text_is_not_shown_even_in_a_template_mark(text: bytes) -> None:
    assert not is_words(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"", Kind.EMPTY),
        (SID, Kind.ACCOUNT_SID),
        (SID[:2] + SID[2:].upper(), Kind.ACCOUNT_SID),
        (KEY, Kind.KEY_SID),
        (b"MG" + SID[2:], Kind.OTHER_SID),
        (b"OQ" + KEY_SECRET, Kind.OTHER_SID),
        (TOKEN, Kind.HEX_32),
        (TOKEN.upper(), Kind.ALNUM_32),
        (KEY_SECRET, Kind.ALNUM_32),
        (b"None", Kind.UNSET),
        (b"UNDEFINED", Kind.UNSET),
        (b"your_auth_token", Kind.PLACEHOLDER),
        (SID.lower(), Kind.TEXT),
        (SID[:-1], Kind.TEXT),
        (SID + b"\n", Kind.TEXT),
        (TOKEN * 2, Kind.TEXT),
        (b"Nonesuch", Kind.TEXT),
    ],
)
def test_kinds(text: bytes, kind: Kind) -> None:
    assert kind_of(text) is kind


@given(st.binary(max_size=80))
def test_every_text_has_a_kind_and_a_core(text: bytes) -> None:
    assert isinstance(kind_of(text), Kind)
    start, end = core_of(text)
    assert 0 <= start <= end <= len(text)
    near_sid(text)
    near_secret(text)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        (TOKEN, TOKEN),
        (TOKEN + b"\n", TOKEN),
        (b"\r\n " + TOKEN + b'" ', TOKEN),
        (b"'" + TOKEN + b"',", TOKEN),
        (b"\xef\xbb\xbf" + TOKEN, TOKEN),
        (TOKEN + b"\xc2\xa0\xe2\x80\x8b", TOKEN),
        (b"SID=" + SID, SID),
        (b"TWILIO_AUTH_TOKEN=" + TOKEN, TOKEN),
        (b'auth_token: "' + TOKEN + b'"', TOKEN),
        (b"Bearer " + TOKEN, TOKEN),
        (b" " * 300 + TOKEN + b" " * 300, TOKEN),
        (b" \n ", b""),
        (b"", b""),
        (TOKEN[:9] + b" " + TOKEN[9:], TOKEN[:9] + b" " + TOKEN[9:]),
    ],
)
def test_core_without_strays(text: bytes, core: bytes) -> None:
    start, end = core_of(text)
    assert text[start:end] == core


@pytest.mark.parametrize("text", [b"None", b"null", b"NIL", b"<nil>", b"(null)", b"false", b"undefined"])
def test_words_for_a_missing_value(text: bytes) -> None:
    assert is_unset(text)
    assert is_void(b" " + text + b"\n")


@pytest.mark.parametrize("text", [b"0", b"Nonesuch", b"null0", b"undefined" * 2, TOKEN])
def test_other_words_are_values(text: bytes) -> None:
    assert not is_unset(text)
    assert not is_void(text)


@pytest.mark.parametrize(
    "text", [SID[:-1], SID + b"0", SID.lower(), SID[:9] + b"l" + SID[10:], SID[2:], b"AC12", SID * 2]
)
def test_near_a_sid(text: bytes) -> None:
    assert near_sid(text)


@pytest.mark.parametrize(
    "text", [b"", b"AC", b"acme", b"account", b"skynet", b"ac12", KEY_SECRET, b"MG" + SID[2:], b"AC" * 200]
)
def test_not_near_a_sid(text: bytes) -> None:
    assert not near_sid(text)


@pytest.mark.parametrize("text", [TOKEN, KEY_SECRET, TOKEN[:-3], TOKEN * 2])
def test_near_a_secret(text: bytes) -> None:
    assert near_secret(text)


@pytest.mark.parametrize(
    "text", [SID, SID[:-1], b"x" * 32, b"a" * 20, b"billing", TOKEN[:19], TOKEN * 3, b"MG" + SID[2:]]
)
def test_not_near_a_secret(text: bytes) -> None:
    assert not near_secret(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This feature is not available on a Trial account. Please upgrade your account to gain access.", "trial"),
        ("Primary compliance profile is not approved. Please complete the KYC process", "compliance profile"),
        ("Policy evaluation failed", "policy"),
    ],
)
def test_gates(text: str, name: str) -> None:
    found = gate_of(text)
    assert found is not None
    assert found[0] == name
    assert not speaks_of_credentials(text)


@pytest.mark.parametrize("text", sorted(CREDENTIAL_TEXTS))
def test_credential_texts_are_no_gates(text: str) -> None:
    assert gate_of(text) is None
    assert speaks_of_credentials(text)
    assert speaks_of_credentials(text.lower() + ".")


def test_gate_names_differ() -> None:
    assert len({name for _, name, _ in GATE_TEXTS}) == len(GATE_TEXTS)


def test_kinds_of_sids() -> None:
    assert sid_kind(b"MG" + SID[2:]) == "Messaging Service"
    assert sid_kind(b"QQ" + SID[2:]) == "resource of kind QQ"


@pytest.mark.parametrize("host", ["twilio.com", "api.twilio.com", "API.Twilio.COM.", "a.b.c.twilio.com"])
def test_twilio_hosts(host: str) -> None:
    assert is_twilio_host(host)


@pytest.mark.parametrize("host", ["", "eviltwilio.com", "twilio.com.example.org", "api.twilio.co", "twiliocdn.com"])
def test_other_hosts(host: str) -> None:
    assert not is_twilio_host(host)
