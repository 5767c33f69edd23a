"""What is found in settings: how bad, under which slug; what is right is not accused; no value is in a text."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN
from analyzers.expected import Role, Standing
from analyzers.preflight import Examination, Severity, examine
from analyzers.setting import Reader, Setting
from analyzers.variable_names import ROLES

OTHER_TOKEN = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"
OTHER_SECRET = b"Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp"
SENDGRID = b"SG." + b"a1B2c3D4e5F6g7H8i9J0k1" + b"." + b"l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6A7b8C9d0E1f2G"


def one(
    name: str,
    value: bytes,
    origin: str = "environment",
    line: int = 0,
    *,
    written: bytes = b"",
    reader: Reader | None = None,
    standing: Standing = Standing.FOUND,
    exported: bool = False,
) -> Setting:
    role = ROLES.get(name, Role.OTHER if "TWILIO" in name and name not in {"TWILIO_REGION", "TWILIO_EDGE"} else None)
    kind = reader or (Reader.ENVIRONMENT if origin == "environment" else Reader.DOTENV)
    return Setting(name, value, origin, kind, line, written, role, standing, exported=exported)


def env(**values: bytes) -> tuple[Setting, ...]:
    return tuple(one(f"TWILIO_{name}", value) for name, value in values.items())


PAIR = env(ACCOUNT_SID=SID, AUTH_TOKEN=TOKEN)
KEYS = env(ACCOUNT_SID=SID, API_KEY=KEY, API_SECRET=KEY_SECRET)
ELSEWHERE = Standing.ELSEWHERE


def told(found: Examination, *, notes: bool = False) -> list[tuple[str, str]]:
    shown = {Severity.PROBLEM, Severity.DOUBT, *((Severity.NOTE,) if notes else ())}
    return [(each.severity.value, each.slug) for each in found.remarks if each.severity in shown]


@pytest.mark.parametrize(
    "given_",
    [
        pytest.param(PAIR, id="pair"),
        pytest.param(KEYS, id="key"),
        pytest.param((*PAIR, *KEYS[1:]), id="both"),
        pytest.param(env(ACCOUNT_SID=SID, API_KEY_SID=KEY, API_KEY_SECRET=KEY_SECRET), id="other-names"),
        pytest.param((*PAIR, *env(TEST_ACCOUNT_SID=OTHER_SID, TEST_AUTH_TOKEN=OTHER_TOKEN)), id="test-pair"),
        pytest.param((*PAIR, one("TWILIO_AUTH_TOKEN", TOKEN, ".env", 2)), id="the-same-in-two-places"),
        pytest.param((*PAIR, *env(REGION=b"us1")), id="us1"),
        pytest.param((*PAIR, *env(REGION=b"ie1", EDGE=b"dublin")), id="ie1"),
        pytest.param((*PAIR, *env(EDGE=b"acme-ix")), id="private-edge"),
        pytest.param((*PAIR, *env(REGION=b"", EDGE=b"")), id="no-region"),
        pytest.param(
            (*PAIR, *env(PHONE_NUMBER=b"+15005550006", VERIFY_SERVICE_SID=b"VA" + SID[2:])), id="other-values"
        ),
        pytest.param(
            (
                one("TWILIO_ACCOUNT_SID", SID, ".env", 1, written=b'"%s"' % SID),
                one("TWILIO_AUTH_TOKEN", TOKEN, ".env", 2),
            ),
            id="quotes-that-a-library-takes-off",
        ),
        pytest.param(
            (*PAIR, one("TWILIO_AUTH_TOKEN", OTHER_TOKEN, "b.env", 2, standing=ELSEWHERE)), id="place-of-others"
        ),
    ],
)
def test_what_is_right_is_not_accused(given_: tuple[Setting, ...]) -> None:
    assert told(examine(given_)) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("ACCOUNT_SID", SID + b"\n", ("problem", "stray-characters"), id="line-feed"),
        pytest.param("ACCOUNT_SID", b" " + SID, ("problem", "stray-characters"), id="blank-in-front"),
        pytest.param("ACCOUNT_SID", b"\xef\xbb\xbf" + SID, ("problem", "stray-characters"), id="byte-order-mark"),
        pytest.param("AUTH_TOKEN", b'"%s"' % TOKEN, ("problem", "stray-characters"), id="quotes"),
        pytest.param("AUTH_TOKEN", TOKEN + b"\r", ("problem", "stray-characters"), id="carriage-return"),
        pytest.param("AUTH_TOKEN", TOKEN + b" # main", ("problem", "stray-characters"), id="comment"),
        pytest.param("AUTH_TOKEN", b"token=" + TOKEN, ("problem", "stray-characters"), id="label"),
        pytest.param(
            "AUTH_TOKEN", TOKEN[:9] + b"\xe2\x80\x8b" + TOKEN[9:], ("problem", "stray-characters"), id="zero-width"
        ),
        pytest.param("AUTH_TOKEN", TOKEN[:9] + b" " + TOKEN[9:], ("problem", "stray-characters"), id="blank-inside"),
        pytest.param("AUTH_TOKEN", b'" "', ("problem", "half-empty"), id="nothing-but-marks"),
        pytest.param("AUTH_TOKEN", b"None", ("problem", "unset-credentials"), id="none"),
        pytest.param("AUTH_TOKEN", b"undefined", ("problem", "unset-credentials"), id="undefined"),
        pytest.param("AUTH_TOKEN", b"your_auth_token", ("problem", "placeholder-value"), id="placeholder"),
        pytest.param(
            "ACCOUNT_SID", b"ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ("problem", "placeholder-value"), id="acxxx"
        ),
        pytest.param("AUTH_TOKEN", b"${TWILIO_AUTH_TOKEN}", ("problem", "placeholder-value"), id="not-filled-in"),
        pytest.param("AUTH_TOKEN", b"op://vault/twilio/token", ("problem", "placeholder-value"), id="reference"),
        pytest.param("AUTH_TOKEN", b"[REDACTED]", ("problem", "placeholder-value"), id="redacted"),
        pytest.param("ACCOUNT_SID", KEY, ("problem", "wrong-kind-of-sid"), id="key-as-account"),
        pytest.param("ACCOUNT_SID", b"MG" + SID[2:], ("problem", "wrong-kind-of-sid"), id="service-as-account"),
        pytest.param("ACCOUNT_SID", SID[:-1], ("problem", "sid-misshapen"), id="sid-cut"),
        pytest.param("ACCOUNT_SID", SID[2:], ("problem", "sid-misshapen"), id="sid-without-prefix"),
        pytest.param("ACCOUNT_SID", b"ac" + SID[2:], ("problem", "sid-misshapen"), id="prefix-in-lower-case"),
        pytest.param("ACCOUNT_SID", b"my-account", ("problem", "sid-misshapen"), id="no-sid"),
        pytest.param("ACCOUNT_SID", b"ab\xff\xfecd", ("problem", "sid-misshapen"), id="bytes"),
        pytest.param("AUTH_TOKEN", OTHER_SID, ("problem", "sid-as-password"), id="sid-as-token"),
        pytest.param("AUTH_TOKEN", SENDGRID, ("problem", "foreign-secret"), id="sendgrid"),
        pytest.param("AUTH_TOKEN", KEY_SECRET, ("doubt", "secret-with-account-sid"), id="secret-of-a-key"),
        pytest.param("AUTH_TOKEN", TOKEN.upper(), ("doubt", "token-misshapen"), id="capitals"),
        pytest.param("AUTH_TOKEN", TOKEN[:-1], ("doubt", "token-misshapen"), id="token-cut"),
        pytest.param("AUTH_TOKEN", TOKEN * 2, ("doubt", "token-misshapen"), id="token-twice"),
        pytest.param("AUTH_TOKEN", b"", ("problem", "half-empty"), id="empty"),
    ],
)
def test_the_form_of_a_value(name: str, value: bytes, expected: tuple[str, str]) -> None:
    given_ = [*PAIR]
    place = 0 if name == "ACCOUNT_SID" else 1
    given_[place] = replace(given_[place], value=value)
    assert told(examine(given_)) == [expected]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("API_KEY", SID, ("doubt", "wrong-kind-of-sid"), id="account-as-key"),
        pytest.param("API_KEY", b"PN" + SID[2:], ("problem", "wrong-kind-of-sid"), id="number-as-key"),
        pytest.param("API_KEY", OTHER_SECRET, ("doubt", "sid-misshapen"), id="a-secret-as-key"),
        pytest.param("API_KEY", KEY[:-1], ("problem", "sid-misshapen"), id="key-cut"),
        pytest.param("API_SECRET", OTHER_TOKEN, ("doubt", "token-with-key-sid"), id="token-as-secret"),
        pytest.param("API_SECRET", KEY, ("problem", "sid-as-password"), id="sid-as-secret"),
        pytest.param("API_SECRET", KEY_SECRET[:-1], ("doubt", "token-misshapen"), id="secret-cut"),
        pytest.param("API_SECRET", KEY_SECRET + b"\n", ("problem", "stray-characters"), id="line-feed"),
    ],
)
def test_the_form_of_a_key(name: str, value: bytes, expected: tuple[str, str]) -> None:
    given_ = [replace(each, value=value) if each.name == f"TWILIO_{name}" else each for each in KEYS]
    assert told(examine(given_)) == [expected]


def test_a_place_that_no_program_may_read_gives_doubts_only() -> None:
    there = one("TWILIO_AUTH_TOKEN", TOKEN + b"\n", "prod.env", 2, standing=ELSEWHERE)
    assert told(examine((*PAIR, there))) == [("doubt", "stray-characters")]


def test_a_reference_in_a_file_may_be_filled_in() -> None:
    given_ = (PAIR[0], one("TWILIO_AUTH_TOKEN", b"${SECRET}", ".env", 2))
    assert told(examine(given_)) == [("doubt", "placeholder-value")]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param(env(ACCOUNT_SID=TOKEN, AUTH_TOKEN=SID), [("problem", "halves-swapped")], id="swapped"),
        pytest.param(
            env(ACCOUNT_SID=SID, API_KEY=KEY_SECRET, API_SECRET=KEY), [("problem", "halves-swapped")], id="key-swapped"
        ),
        pytest.param(env(ACCOUNT_SID=SID), [("problem", "secret-missing")], id="no-token"),
        pytest.param(
            env(ACCOUNT_SID=SID, TOKEN=TOKEN), [("doubt", "secret-missing"), ("doubt", "not-read")], id="token-misnamed"
        ),
        pytest.param(env(AUTH_TOKEN=TOKEN), [("doubt", "account-missing")], id="no-sid"),
        pytest.param(env(ACCOUNT_SID=SID, API_KEY=KEY), [("problem", "secret-missing")] * 2, id="no-secret-of-the-key"),
        pytest.param((*PAIR, *env(API_KEY=KEY)), [("doubt", "secret-missing")], id="no-secret-beside-a-pair"),
        pytest.param((*PAIR, *env(API_SECRET=KEY_SECRET)), [("doubt", "key-missing")], id="no-key-of-the-secret"),
        pytest.param(KEYS[1:], [("doubt", "key-sid-as-account")], id="key-without-account"),
        pytest.param(
            (*KEYS, *env(AUTH_TOKEN=KEY_SECRET)),
            [("problem", "same-secret"), ("doubt", "secret-with-account-sid")],
            id="one-value-twice",
        ),
        pytest.param(
            env(ACCOUNT_SID=KEY, AUTH_TOKEN=KEY_SECRET),
            [("problem", "wrong-kind-of-sid"), ("doubt", "secret-with-account-sid")],
            id="a-key-in-the-names-of-the-pair",
        ),
        pytest.param(
            (
                PAIR[0],
                one("TWILIO_ACCOUNT_SID", OTHER_SID, ".env", 1),
                one("TWILIO_AUTH_TOKEN", OTHER_TOKEN, ".env", 2),
            ),
            [("problem", "differs-from-environment"), ("doubt", "shadowed")],
            id="halves-of-two-places",
        ),
        pytest.param(
            (PAIR[0], one("TWILIO_ACCOUNT_SID", SID, ".env", 1), one("TWILIO_AUTH_TOKEN", OTHER_TOKEN, ".env", 2)),
            [],
            id="halves-of-two-places-that-agree",
        ),
        pytest.param(
            (*PAIR, one("TWILIO_AUTH_TOKEN", OTHER_TOKEN, ".env", 2)), [("doubt", "shadowed")], id="another-in-the-file"
        ),
        pytest.param(
            (*env(ACCOUNT_SID=SID, AUTH_TOKEN=b""), one("TWILIO_AUTH_TOKEN", TOKEN, ".env", 2)),
            [("problem", "half-empty"), ("problem", "shadowed")],
            id="nothing-wins",
        ),
        pytest.param(
            (
                *PAIR,
                one("TWILIO_API_KEY", KEY, ".env", 1, standing=ELSEWHERE),
                one("TWILIO_API_KEY", b"SK" + SID[2:], ".env", 5),
                one("TWILIO_API_SECRET", KEY_SECRET, ".env", 6),
            ),
            [("doubt", "set-twice")],
            id="two-lines",
        ),
    ],
)
def test_values_that_go_together(given_: tuple[Setting, ...], expected: list[tuple[str, str]]) -> None:
    assert told(examine(given_)) == expected


@pytest.mark.parametrize(
    ("region", "edge", "expected"),
    [
        (b"ie1", None, ("problem", "dead-regional-host")),
        (b"IE1", None, ("problem", "dead-regional-host")),
        (b"au1", b"", ("problem", "dead-regional-host")),
        (b"de1", None, ("problem", "dead-regional-host")),
        (b"de1", b"frankfurt", ("doubt", "dead-regional-host")),
        (b"gll", None, ("doubt", "dead-regional-host")),
        (b"dublin", None, ("problem", "dead-regional-host")),
        (b"xx9", b"dublin", ("doubt", "dead-regional-host")),
        (b"ie1\n", b"dublin", ("problem", "dead-regional-host")),
        (b'"ie1"', b"dublin", ("problem", "dead-regional-host")),
        (b"${REGION}", b"dublin", ("problem", "dead-regional-host")),
        (b"ie1.twilio.com", b"dublin", ("problem", "dead-regional-host")),
        (None, b"ie1", ("problem", "dead-regional-host")),
        (None, b"atlantis", ("doubt", "dead-regional-host")),
    ],
)
def test_region_and_edge(region: bytes | None, edge: bytes | None, expected: tuple[str, str]) -> None:
    values = {"REGION": region, "EDGE": edge}
    given_ = (*PAIR, *env(**{name: value for name, value in values.items() if value is not None}))
    assert told(examine(given_)) == [expected]


def test_a_profile_with_a_dead_host_is_a_doubt() -> None:
    profile = [
        Setting(name, value, "twilio-cli profile a", Reader.CLI, standing=ELSEWHERE)
        for name, value in (("region", b"ie1"),)
    ]
    assert told(examine((*PAIR, *profile))) == [("doubt", "dead-regional-host")]


@pytest.mark.parametrize(
    ("region", "edge", "host"),
    [
        (None, None, "api.twilio.com"),
        (b"ie1", b"dublin", "api.dublin.ie1.twilio.com"),
        (b"ie1", None, "api.ie1.twilio.com"),
        (None, b"sydney", "api.sydney.us1.twilio.com"),
        (b"", b"", "api.twilio.com"),
        (b"evil.example/", None, ""),
        (TOKEN, None, ""),
        (None, TOKEN[:20], ""),
    ],
)
def test_the_host_that_libraries_build(region: bytes | None, edge: bytes | None, host: str) -> None:
    values = {"REGION": region, "EDGE": edge}
    login = examine((*PAIR, *env(**{name: value for name, value in values.items() if value is not None}))).login
    assert login is not None
    assert login.host == host


@pytest.mark.parametrize(
    ("given_", "path"),
    [
        pytest.param(PAIR, f"/2010-04-01/Accounts/{SID.decode()}.json", id="pair"),
        pytest.param((*PAIR, *KEYS[1:]), f"/2010-04-01/Accounts/{SID.decode()}.json", id="both"),
        pytest.param(KEYS, f"/2010-04-01/Accounts/{SID.decode()}/Messages.json?PageSize=1", id="key"),
        pytest.param(
            (*KEYS, *env(REGION=b"au1")), f"/2010-04-01/Accounts/{SID.decode()}/Calls.json?PageSize=1", id="key-in-au1"
        ),
        pytest.param(KEYS[1:], "", id="key-without-account"),
        pytest.param(env(ACCOUNT_SID=KEY, AUTH_TOKEN=KEY_SECRET), "", id="key-in-the-name-of-the-account"),
        pytest.param(env(ACCOUNT_SID=TOKEN, AUTH_TOKEN=SID), "/2010-04-01/Accounts.json?PageSize=1", id="swapped"),
        pytest.param(
            env(ACCOUNT_SID=SID + b"\n", AUTH_TOKEN=TOKEN), "/2010-04-01/Accounts.json?PageSize=1", id="stray"
        ),
        pytest.param(
            env(ACCOUNT_SID=SID + b"/../x", AUTH_TOKEN=TOKEN), "/2010-04-01/Accounts.json?PageSize=1", id="no-sid"
        ),
    ],
)
def test_the_path_that_such_a_login_may_read(given_: tuple[Setting, ...], path: str) -> None:
    login = examine(given_).login
    assert login is not None
    assert login.path == path


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param(env(SID=SID, TOKEN=TOKEN), [("doubt", "not-read")] * 2, id="misspelt"),
        pytest.param((*PAIR, *env(SID=SID)), [("note", "not-read")], id="misspelt-beside-the-right-one"),
        pytest.param((*PAIR, one("twilio_auth_token", TOKEN)), [("note", "not-read")], id="lower-case"),
        pytest.param(env(ACCOUNTSID=SID, AUTHTOKEN=TOKEN), [("doubt", "not-read")] * 2, id="without-underscore"),
        pytest.param((one("TWILLIO_ACCOUNT_SID", SID), *PAIR), [("note", "not-read")], id="two-l"),
        pytest.param((*PAIR, *env(AUTH_TOKEN_FILE=TOKEN)), [("problem", "not-a-file")], id="value-in-place-of-a-file"),
        pytest.param((*PAIR, *env(AUTH_TOKEN_FILE=b"/run/secrets/x")), [], id="a-file"),
        pytest.param((*PAIR, *env(MESSAGING_SERVICE_SID=b"MG" + SID[2:])), [], id="another-name"),
        pytest.param((*PAIR, *env(SID=b"")), [], id="misspelt-and-empty"),
    ],
)
def test_names(given_: tuple[Setting, ...], expected: list[tuple[str, str]]) -> None:
    assert told(examine(given_), notes=True) == expected


def test_names_of_keys_are_no_fault() -> None:
    (note,) = [each for each in examine(KEYS).remarks if each.slug == "not-read"]
    assert note.severity is Severity.NOTE
    assert "TWILIO_API_KEY and TWILIO_API_SECRET" in note.says


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param({"HTTPS_PROXY": b"http://p:1"}, ["note"], id="proxy"),
        pytest.param(
            {"HTTPS_PROXY": b"http://u:s3cret@p:1", "NO_PROXY": b"localhost,.twilio.com"}, ["note"], id="past"
        ),
        pytest.param({"HTTPS_PROXY": b"http://p:1", "https_proxy": b"http://q:1"}, ["doubt", "note"], id="differ"),
        pytest.param({"HTTPS_PROXY": b"http://p:notaport"}, ["doubt", "note"], id="no-address"),
        pytest.param({"HTTP_PROXY": b"http://p:1"}, ["note"], id="plain-only"),
        pytest.param({"NO_PROXY": b"*"}, [], id="no-proxy-at-all"),
        pytest.param({"HTTPS_PROXY": b""}, [], id="empty"),
    ],
)
def test_proxies(given_: dict[str, bytes], expected: list[str]) -> None:
    found = examine((*PAIR, *(one(name, value) for name, value in given_.items())))
    assert [each.severity.value for each in found.remarks if each.slug == "proxy"] == expected
    assert not any("s3cret" in each.says for each in found.remarks)


@pytest.mark.parametrize(
    ("value", "past"),
    [(b"twilio.com", True), (b"*.twilio.com", True), (b"api.twilio.com:443", True), (b"*", True), (b"lio.com", False)],
)
def test_what_no_proxy_exempts(value: bytes, *, past: bool) -> None:
    found = examine((*PAIR, one("HTTPS_PROXY", b"http://p:1"), one("NO_PROXY", value)))
    (says,) = [each.says for each in found.remarks if each.slug == "proxy"]
    assert ("past the proxy" in says) is past


@pytest.mark.parametrize(
    ("written", "reader", "expected"),
    [
        pytest.param(b'"%s"' % TOKEN, Reader.ENV_FILE, "env-file", id="quotes"),
        pytest.param(b"%s # main" % TOKEN, Reader.ENV_FILE, "env-file", id="comment"),
        pytest.param(b"%s  " % TOKEN, Reader.ENV_FILE, "env-file", id="blanks"),
        pytest.param(b"%s\r" % TOKEN, Reader.ENV_FILE, "env-file", id="carriage-return"),
        pytest.param(b"%s\r" % TOKEN, Reader.DOTENV, "env-file", id="carriage-return-in-a-dotenv"),
        pytest.param(b"%s\n" % TOKEN, Reader.SECRET_FILE, "stray-characters", id="line-feed-of-a-secret"),
        pytest.param(b'"%s"' % TOKEN, Reader.DOTENV, "", id="quotes-in-a-dotenv"),
        pytest.param(b"%s # main" % TOKEN, Reader.DOTENV, "", id="comment-in-a-dotenv"),
    ],
)
def test_how_a_file_is_written(written: bytes, reader: Reader, expected: str) -> None:
    there = one("TWILIO_AUTH_TOKEN", TOKEN, "f", 2, written=written, reader=reader)
    found = examine((*PAIR, there))
    assert [each.slug for each in found.remarks] == ([expected] if expected else [])


def test_export_is_nothing_for_docker() -> None:
    there = one("TWILIO_AUTH_TOKEN", TOKEN, "f", 2, written=b"'x'", reader=Reader.ENV_FILE, exported=True)
    (found,) = examine((*PAIR, there)).remarks
    assert "refuses such a file" in found.says


def netrc(login: bytes, password: bytes, host: str = "api.twilio.com") -> tuple[Setting, ...]:
    where = Setting("login of machine", login, "~/.netrc", Reader.NETRC, 3, b"", Role.NETRC_LOGIN, ELSEWHERE, host)
    return where, replace(where, value=password, role=Role.NETRC_PASSWORD)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param((*PAIR, *netrc(SID, OTHER_TOKEN)), ["authorization-overridden"], id="another-pair"),
        pytest.param((*PAIR, *netrc(SID, OTHER_TOKEN, "")), ["authorization-overridden"], id="default-entry"),
        pytest.param((*PAIR, *netrc(SID, TOKEN)), [], id="the-same-pair"),
    ],
)
def test_a_netrc(given_: tuple[Setting, ...], expected: list[str]) -> None:
    assert [each.slug for each in examine(given_).remarks] == expected


def test_a_profile_of_another_account_is_worth_a_note() -> None:
    profile = Setting(
        "accountSid", OTHER_SID, "twilio-cli profile a", Reader.CLI, role=Role.ACCOUNT_SID, standing=ELSEWHERE
    )
    assert told(examine((*PAIR, profile)), notes=True) == [("note", "profile-shadowed")]
    assert examine((*PAIR, replace(profile, value=SID))).remarks == ()


def test_a_stray_is_placed_and_named() -> None:
    found = examine(env(ACCOUNT_SID=SID, AUTH_TOKEN=TOKEN[:9] + b"\xe2\x80\x8b" + TOKEN[9:] + b"\n"))
    assert [(each.says, each.spots[0].where) for each in found.remarks] == [
        ("TWILIO_AUTH_TOKEN has line feed (0x0A) behind the value", "behind the value"),
        ("TWILIO_AUTH_TOKEN has a zero-width blank after 9 characters", "after 9 characters"),
    ]


SLUG_NAMES = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TWILIO_REGION",
    "TWILIO_EDGE",
)
VALUES = st.one_of(
    st.sampled_from((SID, OTHER_SID, TOKEN, KEY, KEY_SECRET, b"", b"None", b"ie1", b"dublin", SENDGRID, b"http://p")),
    st.binary(max_size=60),
    st.tuples(st.binary(max_size=3), st.sampled_from((SID, TOKEN, KEY_SECRET)), st.binary(max_size=3)).map(b"".join),
    st.tuples(st.sampled_from((TOKEN[:9], KEY_SECRET[:5])), st.binary(max_size=2), st.just(TOKEN[9:])).map(b"".join),
)


@settings(max_examples=400)
@given(
    st.lists(
        st.builds(
            one,
            st.sampled_from(
                (*SLUG_NAMES, "TWILIO_TOKEN", "TWILIO_AUTH_TOKEN_FILE", "HTTPS_PROXY", "NO_PROXY", "region")
            ),
            VALUES,
            st.sampled_from(("environment", ".env", "~/.netrc")),
            st.integers(0, 3),
            written=VALUES,
            reader=st.sampled_from(Reader),
            standing=st.sampled_from(Standing),
            exported=st.booleans(),
        ),
        max_size=8,
    )
)
def test_nothing_raises_and_no_secret_is_told(given_: list[Setting]) -> None:
    found = examine(given_)
    if found.login is not None:
        assert found.login.host == "" or found.login.host.endswith(".twilio.com")
    told_ = "\n".join(
        " ".join((each.says, *each.fix, *(f"{spot.name} {spot.source} {spot.where}" for spot in each.spots)))
        for each in found.remarks
    ).encode()
    told_ += (
        (found.login.host + found.login.path.replace(SID.decode(), "").replace(OTHER_SID.decode(), "")).encode()
        if found.login
        else b""
    )
    for secret in (TOKEN, KEY_SECRET, SENDGRID):
        assert not [at for at in range(len(secret) - 4) if secret[at : at + 5] in told_]
    assert all(each.says and not each.says.endswith(".") for each in found.remarks)
