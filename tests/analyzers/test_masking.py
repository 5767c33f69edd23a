"""Shape, not value: no run of five characters of a secret is ever shown."""

import base64
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.masking import (
    describe,
    is_secret,
    mask_sid,
    mask_target,
    scrub,
    scrub_told,
    secrets_in,
    shape_of,
    show_half,
)
from analyzers.twilio import SID as SID_FORM

ALPHABETS = (string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_letters + string.digits + "+-_~")
SECRETS = st.builds(
    lambda seed, alphabet, length: "".join(random.Random(seed).choices(alphabet, k=length)),
    st.integers(0, 2**32),
    st.sampled_from(ALPHABETS),
    st.integers(20, 70),
)
AROUND = st.sampled_from(
    ["", "/", "AC", "SK", "/2010-04-01/Accounts/", "token=", "<", "{{", "${", "'", "%20", "Bearer ", ".json"]
)


def runs(secret: str, length: int = 5) -> set[str]:
    return {secret[i : i + length] for i in range(len(secret) - length + 1)}


def assert_hidden(secret: str, shown: str) -> None:
    assert not [run for run in runs(secret) if run in shown]


@given(SECRETS, AROUND, AROUND)
def test_target_hides_secrets(secret: str, before: str, behind: str) -> None:
    for target in (
        f"/2010-04-01/Accounts/{before}{secret}{behind}/Messages.json",
        f"/{secret}.json",
        f"/v1/x?{before}{secret}{behind}",
        f"/v1/x?Token={secret}&{secret}=1&Page={secret}",
    ):
        known = mask_target(target.encode(), (secret.encode(),))
        assert_hidden(secret, known)
        assert known.isascii()
        assert known.isprintable()
        # Shorter than Twilio issues any, letters alone read like a parameter's name; behind AC it reads like a SID.
        if len(secret) >= 32 and not SID_FORM.search(target.encode()):
            assert_hidden(secret, mask_target(target.encode()))


@given(SECRETS, AROUND, AROUND)
def test_scrub_hides_secrets(secret: str, before: str, behind: str) -> None:
    for text in (f"The key {before}{secret}{behind} is wrong", f"{secret}", f"https://x.example/{secret}?a={secret}"):
        assert_hidden(secret, scrub(text, (secret.encode(),)))


@given(st.integers(0, 2**32), st.sampled_from(ALPHABETS[:2]))
def test_scrub_hides_secrets_that_it_was_not_told(seed: int, alphabet: str) -> None:
    secret = "".join(random.Random(seed).choices(alphabet, k=32))
    encoded = base64.b64encode(f"{SID.decode()}:{secret}".encode()).decode()
    assert_hidden(secret, scrub(f"The key '{secret}' is wrong"))
    assert_hidden(encoded, scrub(f"Authorization: Basic {encoded}"))


@given(SECRETS, AROUND, AROUND)
def test_half_hides_secrets(secret: str, before: str, behind: str) -> None:
    half = f"{before}{secret}{behind}".encode()
    assert_hidden(secret, show_half(half))
    if not SID_FORM.fullmatch(half):  # 30 hex digits between two prefixes cannot be told from a SID
        assert is_secret(half)


@pytest.mark.parametrize("mark", ["<%s>", "[%s]", "{{%s}}", "${%s}", "$%s", "%%%s%%", "__%s__", '"%s"', "%s\n"])
@pytest.mark.parametrize("secret", [TOKEN.decode(), KEY_SECRET.decode(), "Tr0ub4dorAnd3", "horsebattery"])
def test_template_mark_around_a_secret_does_not_show_it(mark: str, secret: str) -> None:
    half = (mark % secret).encode()
    assert_hidden(secret, show_half(half))
    assert is_secret(half)
    assert secrets_in(half, b"") == (half,)
    assert_hidden(secret, mask_target(b"/2010-04-01/Accounts/" + half.strip() + b"/Calls", (half.strip(),)))


@pytest.mark.parametrize(
    ("half", "shown"),
    [
        (b"", ""),
        (SID, "AC0011…eeff"),
        (KEY, "SK0f1e…e1f0"),
        (b"MG" + SID[2:], "MG0011…eeff"),
        (SID + b"\n", "AC0011…eeff with 1 stray byte(s)"),
        (b"None", "None"),
        (b"your_auth_token", "your_auth_token"),
        (b"${TWILIO_AUTH_TOKEN}", "${TWILIO_AUTH_TOKEN}"),
        (TOKEN, "<32 lower-case hex digits>"),
        (KEY_SECRET, "<32 letters and digits>"),
        (b"a b\n", "<4 characters with blanks>"),
        (b"\xff\x00", "<2 bytes, some not printable>"),
    ],
)
def test_halves(half: bytes, shown: str) -> None:
    assert show_half(half) == shown


@pytest.mark.parametrize("half", [b"", SID, KEY, b"MG" + SID[2:], b"None", b"your_auth_token", b"AC" + b"X" * 32])
def test_these_are_no_secrets(half: bytes) -> None:
    assert not is_secret(half)
    assert secrets_in(half, half) == ()


@pytest.mark.parametrize("half", [TOKEN, KEY_SECRET, SID + b"\n", SID[:-1], b"billing", b"{{ hunter2 }}", b"\x00"])
def test_these_are_kept_hidden(half: bytes) -> None:
    assert is_secret(half)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (b"/2010-04-01/Accounts/%s/Messages.json" % SID, f"/2010-04-01/Accounts/{SID.decode()}/Messages.json"),
        (b"/2010-04-01/Accounts/None/Calls", "/2010-04-01/Accounts/None/Calls"),
        (b"/2010-04-01/Accounts//Calls", "/2010-04-01/Accounts//Calls"),
        (b"/2010-04-01/Accounts/{AccountSid}/Calls", "/2010-04-01/Accounts/{AccountSid}/Calls"),
        (b"/v1/Services?PageSize=20&Page=0&Name=Jane", "/v1/Services?PageSize=20&Page=0&Name=<4>"),
        (b"/v1/Lookup/+15005550006", "/v1/Lookup/<12 printable characters>"),
        (b"/" + TOKEN, "/<32 lower-case hex digits>"),
        (b"/caf\xc3\xa9", "/<5 bytes, some not printable>"),
        (b"/\x1b[31m", "/<5 bytes, some not printable>"),
        (b"", ""),
        (b"?", "?<nothing>"),
    ],
)
def test_targets(target: bytes, shown: str) -> None:
    assert mask_target(target) == shown


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (b"/v1/horsebattery/x", "/v1/<12 letters and digits>/x"),
        (b"/v1/battery/x", "/v1/<7 letters and digits>/x"),
        (b"/v1/x?horsebattery=1", "/v1/x?<12 letters and digits>=<1>"),
        (b"/Accounts/AC" + TOKEN, "/Accounts/<34 hex digits>"),
        (b"/Accounts/" + SID, "/Accounts/" + SID.decode()),
    ],
)
def test_known_secrets_are_hidden_even_where_they_read_like_words_or_sids(target: bytes, shown: str) -> None:
    assert mask_target(target, (b"horsebattery", TOKEN, SID + b":" + TOKEN)) == shown


def test_long_queries_are_cut() -> None:
    assert mask_target(b"/x?" + b"a=1&" * 10000).count("&") < 50
    names = [f"{first}{second}" for first in string.ascii_lowercase for second in "abcd"]
    shown = mask_target(b"/x?" + "&".join(f"{name}=1" for name in names).encode())
    assert shown == "/x?" + "&".join(f"{name}=<1>" for name in names[:50])


@pytest.mark.parametrize(
    ("segments", "shown"),
    [
        pytest.param(50, "/a" * 50, id="all"),
        pytest.param(51, "/a" * 49 + "/<2 segments>", id="one-too-many"),
        pytest.param(60, "/a" * 49 + "/<11 segments>", id="many"),
    ],
)
def test_long_paths_are_cut(segments: int, shown: str) -> None:
    assert mask_target(b"/a" * segments) == shown


@pytest.mark.parametrize(
    ("segment", "shown"),
    [
        pytest.param(b"abcdefghijklmnopqrs", "abcdefghijklmnopqrs", id="19-letters"),
        pytest.param(b"abcdefghijklmnopqrst", "<20 letters and digits>", id="20-letters"),
        pytest.param(b"a0000000", "a0000000", id="7-digits"),
        pytest.param(b"a00000000", "<9 lower-case hex digits>", id="8-digits"),
        pytest.param(b"a99999999", "<9 lower-case hex digits>", id="8-digits-of-another-kind"),
        pytest.param(b"2026-11-20", "2026-11-20", id="a-date"),
        pytest.param(b"2026-11-200", "<11 printable characters>", id="nearly-a-date"),
        pytest.param(SID + b".json", SID.decode() + ".json", id="sid-and-extension"),
        pytest.param(TOKEN + b".csv", "<32 lower-case hex digits>.csv", id="secret-and-extension"),
        pytest.param(TOKEN + b".v1.json", "<35 printable characters>.json", id="two-dots"),
        pytest.param(TOKEN + b".exe", "<36 printable characters>", id="no-extension-of-twilio"),
    ],
)
def test_segments(segment: bytes, shown: str) -> None:
    assert mask_target(b"/v1/%s/x" % segment) == f"/v1/{shown}/x"


@pytest.mark.parametrize(
    ("segment", "secret", "is_shown"),
    [
        pytest.param(b"abcd", b"abcd", True, id="a-secret-of-4"),
        pytest.param(b"abcde", b"abcde", False, id="a-secret-of-5"),
        pytest.param(b"xabcdx", b"abcd", True, id="4-inside"),
        pytest.param(b"xabcdex", b"abcde", False, id="5-inside"),
        pytest.param(b"attery", b"battery-horse", False, id="a-part-of-6"),
        pytest.param(b"atter", b"battery-horse", False, id="a-part-of-5"),
        pytest.param(b"atte", b"battery-horse", True, id="a-part-of-4"),
        pytest.param(SID, SID[:5], False, id="inside-a-sid"),
        pytest.param(SID, SID[:4], True, id="4-inside-a-sid"),
    ],
)
def test_up_to_4_characters_give_nothing_away(segment: bytes, secret: bytes, is_shown: bool) -> None:
    assert (segment.decode() in mask_target(b"/v1/" + segment, (secret,))) is is_shown
    assert (segment.decode() in mask_target(b"/v1?%s=1" % segment, (secret,))) is (is_shown and segment.isalpha())
    if segment == secret:
        assert (segment.decode() in scrub(f"a word {segment.decode()}", (secret,))) is is_shown


def test_of_a_parameter_only_the_name_is_shown() -> None:
    assert mask_target(b"/x?a=b=c&d&=e&Page=123456&Page=1234567&Page=x") == (
        "/x?a=<3>&d&<nothing>=<1>&Page=123456&Page=<7>&Page=<1>"
    )


@pytest.mark.parametrize(
    "secrets", [(b"horse", b"battery-horse"), (b"battery-horse", b"horse"), (b"zebra", b"a-zebra")]
)
def test_a_secret_inside_another_leaves_nothing_of_it(secrets: tuple[bytes, ...]) -> None:
    longest = max(secrets, key=len)
    shown = scrub(f"The key {longest.decode()} is wrong", secrets)
    assert shown == f"The key <{len(longest)} characters> is wrong"


@pytest.mark.parametrize(
    ("secret", "shape", "words"),
    [
        (b"", "empty", "nothing"),
        (b"0a9f", "lower-hex", "4 lower-case hex digits"),
        (b"0A9f", "hex", "4 hex digits"),
        (b"0g", "alphanumeric", "2 letters and digits"),
        (b"0g~!", "printable", "4 printable characters"),
        (b"a b", "with-blanks", "3 characters with blanks"),
        (b"a\tb\r\n", "with-blanks", "5 characters with blanks"),
        (b"a\0", "binary", "2 bytes, some not printable"),
        (b"a \x7f", "binary", "3 bytes, some not printable"),
    ],
)
def test_shapes(secret: bytes, shape: str, words: str) -> None:
    assert shape_of(secret) == shape
    assert describe(secret) == words


@pytest.mark.parametrize(
    ("half", "is_shown"),
    [
        pytest.param(b"enter_your_twilio_account_auth_token_her", False, id="40-with-half-a-word"),
        pytest.param(b"enter_your_real_twilio_account_sid_here_", True, id="40-of-words"),
        pytest.param(b"enter_your_real_twilio_account_sid_here__", False, id="41-of-words"),
    ],
)
def test_a_placeholder_is_shown_up_to_a_length(half: bytes, is_shown: bool) -> None:
    assert len(half) in {40, 41}
    assert (show_half(half) == half.decode()) is is_shown
    assert is_secret(half) is not is_shown


@pytest.mark.parametrize(
    "text",
    [
        "Authenticate",
        "Authentication Error - invalid username",
        "The requested resource /2010-04-01/Accounts//AvailablePhoneNumbers/US/Local.json was not found",
        "The requested resource /2010-04-01/Accounts/None/IncomingPhoneNumbers was not found",
        "See https://www.twilio.com/docs/errors/20003",
        f"AccountSid {KEY.decode()} is invalid",
        "Primary compliance profile is not approved. Please refer to documentation",
    ],
)
def test_texts_of_twilio_stay_as_they_are(text: str) -> None:
    assert scrub(text) == text


def test_controls_leave_the_text() -> None:
    assert scrub("a\x1b[31mb\x00\x9b\u202ec") == "a�[31mb���c"


def test_sid_beside_a_secret_stays() -> None:
    assert scrub(f"{SID.decode()}:{TOKEN.decode()}") == f"{SID.decode()}:<32 characters>"


@given(st.text(max_size=80), st.binary(max_size=80))
def test_never_raises(text: str, data: bytes) -> None:
    scrub(text, (data,))
    assert mask_target(data, (data,)).isascii()
    show_half(data)
    assert shape_of(data)
    assert describe(data)


def test_masked_sid_shows_its_ends() -> None:
    assert mask_sid(SID) == "AC0011…eeff"
    assert mask_sid(b"AC" + b"\xff" * 32).startswith("AC")  # never raises, though its caller should know better


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The number +12125558437 is not yours", "The number <12 characters> is not yours"),
        ("Call 12125558437, or +1 (212) 555-8437.", "Call <11 characters>, or <17 characters>."),
        ("No user w.oxenfjord@quux.example here", "No user <24 characters> here"),
        ("x" * 19 + "@" + "y" * 600, "<620 characters>"),
    ],
)
def test_whom_a_server_speaks_of_is_not_told(text: str, shown: str) -> None:
    assert scrub_told(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Authenticate",
        f"Account {SID.decode()} not found",
        "The requested resource /2010-04-01/Accounts.json was not found since 2026-11-03",
        "Error 20003, 401; 99 of 100 @ Twilio",
    ],
)
def test_what_else_a_server_says_stays(text: str) -> None:
    assert scrub_told(text) == text


def test_no_more_than_500_characters_of_it_are_told() -> None:
    assert scrub_told("no " * 1000) == ("no " * 1000)[:500]
