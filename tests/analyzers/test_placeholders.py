"""Placeholders that never match a real value, words for a missing one, and what exports write over credentials."""

import random
import string
from collections.abc import Callable

import pytest
from growth import seconds
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY_SECRET, TOKEN
from analyzers.placeholders import is_overwritten, is_placeholder, is_printed, is_reference, is_unset, is_words
from analyzers.twilio import Kind, kind_of

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
    "REPLACE_WITH_STAGING_TWILIO_AUTH_TOKEN",
    "replace-with-parent-auth-token",
    "AC_REPLACE_WITH_STAGING_TWILIO_ACCOUNT_SID",
    "AC_CHANGE_ME",
    "ACREPLACE",
    "REPLACE",
    "ACtest",
    "SK_FAKE",
    "testtoken",
    "TWILIO_SID",
    "twilio_token",
    "your_production_token",
    "change_me_locally",
    "CHANGE_ME_BEFORE_USE",
    "fill_me_in",
    "set-me",
    "xxxxx-xxxxx",
    "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    "@TWILIO_AUTH_TOKEN@",
    "#{AuthToken}#",
    "secrets.TWILIO_AUTH_TOKEN",
    "%s",
    "%v",
    "%(auth_token)s",
    "{}",
    "{0}",
    "$1",
    "%!s(MISSING)",
    "%!v(<nil>)",
    'System.getenv("X")',
    'ENV.fetch("X")',
    'Deno.env.get("X")',
    "config('services.twilio.sid')",
    "$_ENV['TWILIO_AUTH_TOKEN']",
    "%env(TWILIO_AUTH_TOKEN)%",
]
SPACED = [
    "{{ auth_token }}",
    "{{ .Values.twilio.token }}",
    "<your auth token>",
    "your auth token",
    "${{ secrets.X }}",
    " xxx ",
]
PRINTED = [
    "[object Object]",
    "[object Promise]",
    "**********",
    "SecretStr('**********')",
    "<__main__.Secret object at 0x7f8e2c0b3d90>",
    "<function token at 0x7f8e2c0b3d90>",
    "<bound method Settings.token of Settings>",
    "System.Security.SecureString",
]
REFERENCES = [
    "op://Development/social-dashboard/TWILIO_AUTH_TOKEN",
    "op://Team/twilio credentials/password",
    "pass://Work/Twilio/password",
    "ref+vault://secret/twilio#/token",
    "vault:secret/data/twilio#token",
    "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/twilio/ec96f02080254f109c51a1f14cdb1931)",
    "@Microsoft.KeyVault(VaultName=v;SecretName=twilio)",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:twilio-AbCdEf",
    "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/twilio",
    "/run/secrets/twilio_auth_token",
    "projects/123/secrets/twilio-token/versions/latest",
    "!secret twilio_auth_token",
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
    "actest",
    "AC",
    "ACME",
    "my_production_key",
    "production-token",
    "with production",
    "locally",
    "%",
    "%d0",
    "$",
    "s",
    "changed_locally",
    "replaced",
    "xx-xx",
    "xxxxx-yyyyy",
    "correct-horse-battery-staple",
    "https://example.com/token",
    "fetch",
    "/run/token",
    "arn:aws:iam::123456789012:user/twilio",
]


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *SPACED])
def test_placeholders(text: str) -> None:
    assert is_placeholder(text.encode())
    assert kind_of(text.encode()) is Kind.PLACEHOLDER


@pytest.mark.parametrize("text", REFERENCES)
def test_references_to_a_store_of_secrets(text: str) -> None:
    assert is_placeholder(text.encode())
    assert is_reference(f'"{text}"'.encode())
    assert not is_words(text.encode())


@pytest.mark.parametrize("text", PRINTED)
def test_what_a_language_prints_for_an_object(text: str) -> None:
    assert is_placeholder(text.encode())
    assert is_printed(f" {text}\n".encode())


@pytest.mark.parametrize(
    "text", ["object", "[Object]", "*********", "<token>", "System.", "Systems.Manager", TOKEN.decode(), "[AuthToken]"]
)
def test_what_nothing_prints_for_an_object(text: str) -> None:
    assert not is_printed(text.encode())


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *SPACED, *NO_PLACEHOLDERS, TOKEN.decode(), "op://" + "x" * 300])
def test_anything_else_is_no_reference(text: str) -> None:
    assert not is_reference(text.encode())


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
        *(
            b"changeme" * 7 + b"!",
            b"with_prod" * 7 + b"~",
            b"xxx-" * 49 + b"y",
            b"-" * 199 + b"x",
            b"setme" * 12 + b"!",
        ),
        *(b"$(" * 100, b"<" * 200, b"{{" * 100, b"A" * 200, b"token" * 12 + b"!", b"an" * 31 + b"!"),
    ],
)
def test_no_text_takes_long(text: bytes) -> None:
    """These texts are short: what grows in line needs microseconds, what tries every division needs years."""
    assert seconds(is_placeholder, text) < 1


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


@pytest.mark.parametrize("text", [b"None", b"null", b"NIL", b"<nil>", b"(null)", b"false", b"undefined"])
def test_words_for_a_missing_value(text: bytes) -> None:
    assert is_unset(text)


@pytest.mark.parametrize("text", [b"0", b"Nonesuch", b"null0", b"undefined" * 2, TOKEN])
def test_other_words_are_values(text: bytes) -> None:
    assert not is_unset(text)


@pytest.mark.parametrize(
    "text", [b"REDACTED", b"[Filtered]", b"***", b"xxxxxxxx", b"<removed by proxy>", b"masked-token"]
)
def test_values_that_were_written_over(text: bytes) -> None:
    assert is_overwritten(text)


@pytest.mark.parametrize("text", [b"", TOKEN, KEY_SECRET, TOKEN[:-1], b"x", b"billing", b"your_auth_token", b"*" * 200])
def test_values_that_were_not(text: bytes) -> None:
    assert not is_overwritten(text)


QUOTED = (b'"%s"', b"'%s'", b"`%s`", b' "%s"\r\n', b"\t%s ")


@pytest.mark.parametrize("quotes", QUOTED)
def test_quotes_and_blanks_around_it_change_nothing(quotes: bytes) -> None:
    for text in (b"${TWILIO_AUTH_TOKEN}", b"ACxxxxxxxx", b"op://vault/twilio/token", b"[object Object]"):
        assert is_placeholder(quotes % text)
    assert is_words(quotes % b"your_auth_token")
    assert is_reference(quotes % b"op://vault/twilio/token")
    assert is_printed(quotes % b"[object Object]")
    for check in (is_placeholder, is_words, is_reference, is_printed):
        assert not check(quotes % TOKEN)


def test_letters_at_the_edges_are_no_marks() -> None:
    assert is_words(b"<<your_auth_token>>")
    assert not is_words(b"Xyour_auth_tokenX")


@pytest.mark.parametrize(
    ("check", "longest", "begin", "middle", "end"),
    [
        pytest.param(is_placeholder, 200, b"<your", b"_", b">", id="placeholder"),
        pytest.param(is_words, 64, b"your", b"-", b"key", id="words"),
        pytest.param(is_reference, 200, b"op://", b"a", b"", id="reference"),
        pytest.param(is_printed, 200, b"System.T", b"e", b"", id="printed"),
        pytest.param(is_overwritten, 100, b"", b"*", b"", id="overwritten"),
    ],
)
def test_a_longer_text_is_not_looked_at(
    check: Callable[[bytes], bool], longest: int, begin: bytes, middle: bytes, end: bytes
) -> None:
    room = longest - len(begin) - len(end)
    assert check(begin + middle * room + end)
    assert not check(begin + middle * (room + 1) + end)
