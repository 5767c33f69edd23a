"""Expected credentials as pairs: which belong together, which entry of netrc is meant, what may be shown of them."""

import pytest

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN
from analyzers.expected import Expected, Role
from analyzers.expected_pairs import SECRET_OF, holds, name_of, netrc_of, pairs_of, told, usable
from analyzers.flaws import Pair


def one(role: Role, value: bytes, source: str = "environment", host: str = "") -> Expected:
    return Expected(role, f"TWILIO_{role.name}", source, value, host)


def test_secrets_go_with_their_own_kind_and_those_of_one_source_first() -> None:
    expected = (
        one(Role.ACCOUNT_SID, SID),
        one(Role.AUTH_TOKEN, b"1" * 32, ".env line 2"),
        one(Role.AUTH_TOKEN, TOKEN),
        one(Role.KEY_SID, KEY),
        one(Role.KEY_SECRET, KEY_SECRET),
        one(Role.TEST_ACCOUNT_SID, OTHER_SID),
    )
    assert [(pair.sid.value, pair.secret.value) for pair in pairs_of(expected, *SECRET_OF)] == [
        (SID, TOKEN),
        (KEY, KEY_SECRET),
        (SID, b"1" * 32),
    ]


@pytest.mark.parametrize(
    ("hosts", "host", "found"),
    [
        (("api.twilio.com", "verify.twilio.com"), "api.twilio.com", ["api.twilio.com"]),
        (("API.twilio.com",), "api.twilio.com", ["API.twilio.com"]),
        (("", "verify.twilio.com"), "api.twilio.com", [""]),
        (("", "api.twilio.com"), "api.twilio.com", ["api.twilio.com"]),
        (("api.twilio.com", "api.twilio.com"), "api.twilio.com", ["api.twilio.com"] * 2),
        (("verify.twilio.com",), "api.twilio.com", []),
    ],
    ids=["named", "letter-case", "default", "named-before-default", "named-twice", "none"],
)
def test_entries_of_netrc(hosts: tuple[str, ...], host: str, found: list[str]) -> None:
    expected = [
        each
        for place in hosts
        for each in (
            one(Role.NETRC_LOGIN, SID, "~/.netrc", place),
            one(Role.NETRC_PASSWORD, TOKEN, "~/.netrc", place),
        )
    ]
    assert [pair.sid.host for pair in netrc_of(expected, host)] == found


def test_an_entry_of_netrc_without_a_password_is_no_pair() -> None:
    login = one(Role.NETRC_LOGIN, SID, "~/.netrc", "api.twilio.com")
    password = one(Role.NETRC_PASSWORD, TOKEN, "~/.netrc", "api.twilio.com")
    assert [(pair.sid, pair.secret) for pair in netrc_of((login, password), "api.twilio.com")] == [(login, password)]
    assert netrc_of((login,), "api.twilio.com") == ()
    assert netrc_of((password,), "api.twilio.com") == ()
    assert netrc_of((login, one(Role.NETRC_PASSWORD, TOKEN, "~/other", "api.twilio.com")), "api.twilio.com") == ()


def test_a_value_counts_with_and_without_the_marks_around_it() -> None:
    quoted = one(Role.AUTH_TOKEN, b'"' + TOKEN + b'"\n')
    assert holds(TOKEN, quoted)
    assert holds(quoted.value, quoted)
    assert not holds(TOKEN[:-1], quoted)
    assert not holds(b"\xff", quoted)


def test_a_pair_is_carried_only_with_both_halves() -> None:
    pair = next(pairs_of((one(Role.ACCOUNT_SID, SID), one(Role.AUTH_TOKEN, TOKEN)), Role.ACCOUNT_SID))
    assert pair.carried_by(Pair(SID, TOKEN))
    assert not pair.carried_by(Pair(SID, TOKEN[::-1]))
    assert not pair.carried_by(Pair(OTHER_SID, TOKEN))


def test_what_holds_no_value_is_left_out() -> None:
    values = (b"", b" ", b"None", b"your_auth_token", b"${TWILIO_AUTH_TOKEN}", TOKEN)
    assert [each.value for each in usable([one(Role.AUTH_TOKEN, value) for value in values])] == [TOKEN]


def test_names_are_shown_without_secrets_and_control_characters() -> None:
    odd = Expected(Role.AUTH_TOKEN, f"\x1b[31m{TOKEN.decode()}", TOKEN.decode(), TOKEN)
    assert TOKEN.decode() not in told(odd)
    assert "\x1b" not in name_of(odd)
    plain = Expected(Role.NETRC_PASSWORD, "password correct horse", "file of correct horse", b"correct horse")
    assert "horse" not in told(plain)
    assert len(name_of(Expected(Role.AUTH_TOKEN, "N" * 500, "", TOKEN))) <= 40
