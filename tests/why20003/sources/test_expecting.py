"""Expected credentials from the environment, .env files and netrc files; never a value in a message."""

from pathlib import Path

import pytest

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.expected import Expected, Role
from why20003.sources import ROLES, UnreadableSource, expected_from

DOTENV = f"""# Twilio
TWILIO_ACCOUNT_SID={SID.decode()}

export TWILIO_AUTH_TOKEN="{TOKEN.decode()}"  # the main one
DATABASE_URL=postgres://x
TWILIO_API_KEY={KEY.decode()}
TWILIO_API_SECRET='{KEY_SECRET.decode()}'
TWILIO_AUTH_TOKEN="{TOKEN[::-1].decode()}"
"""
NETRC = f"machine API.twilio.com login {SID.decode()} password {TOKEN.decode()}\ndefault login me password {'x' * 9}\n"


@pytest.fixture(autouse=True)
def without_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ROLES:
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def parts(found: tuple[Expected, ...]) -> list[tuple[Role, str, str]]:
    return [(one.role, one.name, one.source) for one in found]


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN.decode())
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "")
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+1")
    found = expected_from(["env"])
    assert parts(found) == [
        (Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", "environment"),
        (Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment"),
    ]
    assert [one.value == secret for one, secret in zip(found, (b"", TOKEN), strict=True)] == [True, True]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_dotenv_file_with_lines_and_the_last_binding_counting(tmp_path: Path, ends: str, mark: str) -> None:
    found = expected_from([written(tmp_path, ".env", mark + DOTENV.replace("\n", ends))])
    assert parts(found) == [
        (Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", ".env line 2"),
        (Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", ".env line 8"),
        (Role.KEY_SID, "TWILIO_API_KEY", ".env line 6"),
        (Role.KEY_SECRET, "TWILIO_API_SECRET", ".env line 7"),
    ]
    assert found[1].value == TOKEN[::-1]
    assert found[3].value == KEY_SECRET


def test_a_netrc_file(tmp_path: Path) -> None:
    found = expected_from([written(tmp_path, ".netrc", NETRC)])
    assert [(one.role, one.host) for one in found] == [
        (Role.NETRC_LOGIN, "api.twilio.com"),
        (Role.NETRC_PASSWORD, "api.twilio.com"),
        (Role.NETRC_LOGIN, ""),
        (Role.NETRC_PASSWORD, ""),
    ]
    assert found[0].name == "login of machine API.twilio.com"
    assert found[2].name == "login of the default entry"


def test_several_sources_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN.decode())
    found = expected_from([written(tmp_path, "a.env", "TWILIO_AUTH_TOKEN=x\n"), "env"])
    assert [one.source for one in found] == ["a.env line 1", "environment"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param(".netrc", f"machine\nlogin {TOKEN.decode()} nonsense", "no netrc file", id="netrc"),
        pytest.param(".env", b"\xff\xfe" + TOKEN, "no text in UTF-8", id="no-utf-8"),
        pytest.param(".env", "x" * (1 << 20) + TOKEN.decode(), "larger than 1 MB", id="large"),
    ],
)
def test_what_cannot_be_read_is_told_without_its_content(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    with pytest.raises(UnreadableSource, match=says) as raised:
        expected_from([written(tmp_path, name, content)])
    assert TOKEN.decode() not in str(raised.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="No such file"):
        expected_from([str(tmp_path / "none.env")])


def test_no_value_is_in_a_repr(tmp_path: Path) -> None:
    assert TOKEN[::-1].decode() not in repr(expected_from([written(tmp_path, ".env", DOTENV)]))
