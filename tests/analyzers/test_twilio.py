"""The facts as data: shapes, placeholders that never match a real value, strays, gate texts, hosts."""

from collections.abc import Callable

import pytest
from growth import assert_in_line
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.twilio import (
    AUTH_CODES,
    CODE_FORBIDDEN,
    CODE_TEST_CREDENTIALS,
    CREDENTIAL_TEXTS,
    GATE_TEXTS,
    INACTIVE_CODES,
    MAGIC_NUMBER,
    NOT_API_HOSTS,
    PERMISSION_CODES,
    READ_CODES,
    Kind,
    core_of,
    gate_of,
    is_twilio_host,
    is_void,
    kind_of,
    near_secret,
    near_sid,
    says_inactive,
    sid_kind,
    speaks_of_credentials,
)


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
        (b" \n TWILIO_AUTH_TOKEN=" + TOKEN, TOKEN),
        (b"\"SID= '" + SID + b"'\"", SID),
        (b" " * 300 + TOKEN + b" " * 300, TOKEN),
        (b" \n ", b""),
        (b"", b""),
        (TOKEN[:9] + b" " + TOKEN[9:], TOKEN[:9] + b" " + TOKEN[9:]),
        (b"[" + TOKEN + b"]", TOKEN),
        (b"{" + SID + b"}", SID),
        (b'{"token":"' + TOKEN + b'"}', TOKEN),
        (b"b'" + SID + b"'", SID),
        (TOKEN + b" # main", TOKEN),
        (TOKEN + b"\\r\\n", TOKEN),
        (b"export TWILIO_AUTH_TOKEN=" + TOKEN, TOKEN),
        (b"[billing]", b"[billing]"),
        (b"bob's", b"bob's"),
        (b'Optional("' + SID + b'")', SID),
        (b"Some(" + TOKEN + b")", TOKEN),
        (b"Optional[" + TOKEN + b"]", TOKEN),
        (b"Optional(billing)", b"Optional(billing)"),
        (b"sk-" + TOKEN, b"sk-" + TOKEN),
        (TOKEN + b"0", TOKEN + b"0"),
        (TOKEN + b"+" + TOKEN, TOKEN + b"+" + TOKEN),
    ],
)
def test_core_without_strays(text: bytes, core: bytes) -> None:
    start, end = core_of(text)
    assert text[start:end] == core


@pytest.mark.parametrize(
    ("half", "void"),
    [
        (b"", True),
        (b" None\n", True),
        (b'"null"', True),
        (b" \n ", True),
        (b"Nonesuch", False),
        (b"0", False),
        (TOKEN, False),
    ],
)
def test_void_halves(half: bytes, *, void: bool) -> None:
    assert is_void(half) is void


@pytest.mark.parametrize(
    "text", [SID[:-1], SID + b"0", SID.lower(), SID[:9] + b"l" + SID[10:], SID[2:], b"AC12", SID * 2]
)
def test_near_a_sid(text: bytes) -> None:
    assert near_sid(text)


@pytest.mark.parametrize(
    "text", [b"", b"AC", b"acme", b"account", b"skynet", b"ac12", KEY_SECRET, b"MG" + SID[2:], b"AC" * 200, b"ACx12"]
)
def test_not_near_a_sid(text: bytes) -> None:
    assert not near_sid(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        pytest.param(b"ac" + b"0" * 21, False, id="too-short"),
        pytest.param(b"ac" + b"0" * 22, True, id="long-enough"),
        pytest.param(b"ac" + b"0" * 70, True, id="twice-as-long"),
        pytest.param(b"ac" + b"0" * 71, False, id="too-long"),
        pytest.param(b"AC" + b"0" * 198, True, id="hex-alone-may-be-longer"),
        pytest.param(b"AC" + b"0" * 199, False, id="hex-alone-too-long"),
        pytest.param(b"SK" + b"A1B2" * 7, True, id="upper-case-hex"),
        pytest.param(b"sk" + b"ABCDEF" * 5, True, id="upper-case-letters"),
        pytest.param(b"AC" + b"0" * 24 + b"z" * 8, True, id="three-of-four-are-hex"),
        pytest.param(b"AC" + b"0" * 23 + b"z" * 9, False, id="fewer-are-hex"),
        pytest.param(b"AC" + b"X" * 32, False, id="place-holder"),
    ],
)
def test_how_near_a_sid(text: bytes, *, near: bool) -> None:
    assert near_sid(text) is near


@pytest.mark.parametrize("text", [TOKEN, KEY_SECRET, TOKEN[:-3], TOKEN * 2, KEY_SECRET * 2, KEY_SECRET[:20]])
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


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("Authentication failed for this request", True),
        ("AUTHENTICATE!", True),
        (" authenticated users only", True),
        ("Please authenticate", False),
        ("Permission Denied for this region", False),
        ("", False),
    ],
)
def test_variants_of_credential_texts(text: str, *, blamed: bool) -> None:
    assert speaks_of_credentials(text) is blamed


def test_gate_names_differ() -> None:
    assert len({name for _, name, _ in GATE_TEXTS}) == len(GATE_TEXTS)


def test_kinds_of_sids() -> None:
    assert sid_kind(b"MG" + SID[2:]) == "Messaging Service"
    assert sid_kind(b"QQ" + SID[2:]) == "resource of kind QQ"
    assert sid_kind(b"\xff\xfe" + SID[2:]).startswith("resource of kind")


@pytest.mark.parametrize("host", ["twilio.com", "api.twilio.com", "API.Twilio.COM.", "a.b.c.twilio.com"])
def test_twilio_hosts(host: str) -> None:
    assert is_twilio_host(host)


@pytest.mark.parametrize("host", ["", "eviltwilio.com", "twilio.com.example.org", "api.twilio.co", "twiliocdn.com"])
def test_other_hosts(host: str) -> None:
    assert not is_twilio_host(host)


@pytest.mark.parametrize(
    "text",
    [
        "Account is not active",
        "Account not active",
        "Account suspended",
        "Account AC00112233445566778899aabbccddeeff is suspended",
        "Your account has been suspended. Please contact support.",
        "This account is currently\nsuspended",
        "The subaccount was closed",
        "Cannot do this with a suspended account",
        "ACCOUNT IS CLOSED",
    ],
)
def test_texts_of_an_inactive_account(text: str) -> None:
    assert says_inactive(text)
    assert gate_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *CREDENTIAL_TEXTS,
        "This feature is not available on a Trial account. Please upgrade your account to gain access.",
        "Policy evaluation failed",
        "Account not active for WhatsApp",
        "The account is closed to new senders",
        "The account is suspended in this country",
        "account is not suspended",
        "Account not suspended",
        "account is not authorized",
        "The campaign is suspended",
        "The conference of this account has been closed",
        "The accounting period is closed",
        "closed captions account",
        "",
        "account " * 5000,
        "account " + "is " * 5000,
    ],
    ids=lambda text: text[:30] or "empty",
)
def test_other_texts_say_nothing_of_the_account(text: str) -> None:
    assert not says_inactive(text)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: "account " * (size // 8), id="accounts"),
        pytest.param(lambda size: "account " + "is " * (size // 3), id="verbs"),
        pytest.param(lambda size: "account" + " " * size + "x", id="blanks"),
    ],
)
def test_a_long_text_takes_no_more_than_its_share_of_time(build: Callable[[int], str]) -> None:
    def asked(text: str) -> None:
        says_inactive.cache_clear()
        says_inactive(text)

    assert_in_line(asked, build, 40_000)


@pytest.mark.parametrize("number", [b"+15005550006", b"15005550001", b"+15005550000", b"+15005550009"])
def test_magic_numbers(number: bytes) -> None:
    assert MAGIC_NUMBER.fullmatch(number)


@pytest.mark.parametrize(
    "number", [b"+15005550005", b"+15005551234", b"+150055500060", b"+115005550006", b"+1500555000", b"+15005550016"]
)
def test_numbers_that_only_look_like_magic(number: bytes) -> None:
    assert not MAGIC_NUMBER.fullmatch(number)


def test_codes_of_accounts_and_rights_are_refusals() -> None:
    assert INACTIVE_CODES | PERMISSION_CODES | {CODE_TEST_CREDENTIALS, CODE_FORBIDDEN} <= AUTH_CODES
    assert INACTIVE_CODES | {CODE_TEST_CREDENTIALS} <= READ_CODES
    assert not PERMISSION_CODES & READ_CODES


def test_no_product_is_a_website() -> None:
    assert not NOT_API_HOSTS & {"api", "verify", "messaging", "iam", "oauth", "flex-api"}
