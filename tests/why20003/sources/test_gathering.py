"""What is found near an application: places, lines, what wins; nothing raises, and no value is in a text."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN
from analyzers.expected import Expected, Role, Standing
from analyzers.expected_json import expected_of
from analyzers.setting import Reader, Setting
from why20003.sources import Gathered, UnreadableSource, gather, gather_files

PLAIN = {"TWILIO_ACCOUNT_SID": SID.decode(), "TWILIO_AUTH_TOKEN": TOKEN.decode()}


@dataclass(frozen=True)
class Machine:
    """A home, a folder in it, and a folder of mounted secrets."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def folder(self) -> Path:
        return self.home / "team" / "app"

    @property
    def mounted(self) -> Path:
        return self.root / "secrets"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def gather(self, environment: Mapping[str, str] | None = None) -> Gathered:
        return gather(environment or {}, self.folder, self.home, mounted=self.mounted)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.folder.mkdir(parents=True)
    made.mounted.mkdir()
    return made


def told(gathered: Gathered) -> list[tuple[str, str, str]]:
    return [(one.name, one.source, one.standing.value) for one in gathered.settings]


def values(gathered: Gathered) -> dict[str, bytes]:
    return {f"{one.name} {one.source}": one.value for one in gathered.settings}


def test_the_environment(machine: Machine) -> None:
    found = machine.gather(
        {**PLAIN, "HOME": "x", "TWILIO_REGION": "ie1", "TWILIO_TOKEN": "t", "https_proxy": "http://p"}
    )
    assert [(one.name, one.role, one.standing) for one in found.settings] == [
        ("TWILIO_ACCOUNT_SID", Role.ACCOUNT_SID, Standing.FOUND),
        ("TWILIO_AUTH_TOKEN", Role.AUTH_TOKEN, Standing.FOUND),
        ("TWILIO_REGION", None, Standing.FOUND),
        ("TWILIO_TOKEN", Role.OTHER, Standing.ELSEWHERE),
        ("https_proxy", None, Standing.FOUND),
    ]
    assert [one.name for one in found.expected] == ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_TOKEN"]


def test_which_file_wins(machine: Machine) -> None:
    for name in (".env", ".env.local", ".env.test", ".env.test.local", ".env.production", "../.env", "../.env.local"):
        machine.write(name, f"\n{'TWILIO_AUTH_TOKEN'}={name}\n")
    for name in (".env.example", ".env.sample", ".env.vault", ".env.bak", "../.env.dist"):
        machine.write(name, "TWILIO_AUTH_TOKEN=x\n")
    found = machine.gather({"NODE_ENV": "test", "TWILIO_AUTH_TOKEN": "shell"})
    assert told(found) == [
        ("TWILIO_AUTH_TOKEN", "environment", "found"),
        ("TWILIO_AUTH_TOKEN", ".env.test.local line 2", "found"),
        ("TWILIO_AUTH_TOKEN", ".env.local line 2", "found"),
        ("TWILIO_AUTH_TOKEN", ".env.test line 2", "found"),
        ("TWILIO_AUTH_TOKEN", ".env line 2", "found"),
        ("TWILIO_AUTH_TOKEN", ".env.production line 2", "elsewhere"),
        ("TWILIO_AUTH_TOKEN", "../.env.local line 2", "elsewhere"),
        ("TWILIO_AUTH_TOKEN", "../.env line 2", "elsewhere"),
    ]


def test_the_nearest_dotenv_above_counts(machine: Machine) -> None:
    machine.write("../.env", "TWILIO_AUTH_TOKEN=a\n")
    machine.write("../../.env", "TWILIO_AUTH_TOKEN=b\n")
    assert told(machine.gather()) == [
        ("TWILIO_AUTH_TOKEN", "../.env line 1", "found"),
        ("TWILIO_AUTH_TOKEN", "../../.env line 1", "elsewhere"),
    ]


@pytest.mark.parametrize(
    ("line", "value", "written"),
    [
        pytest.param("A=x", b"x", b"", id="plain"),
        pytest.param('A="x y"', b"x y", b'"x y"', id="double-quotes"),
        pytest.param("A='x'", b"x", b"'x'", id="single-quotes"),
        pytest.param("A=x  ", b"x", b"x  ", id="blanks-behind"),
        pytest.param("A= x", b"x", b" x", id="blank-in-front"),
        pytest.param("A=x # the main one", b"x", b"x # the main one", id="comment"),
        pytest.param("A=x#y", b"x#y", b"", id="no-comment"),
        pytest.param("A=x\r", b"x", b"x\r", id="carriage-return"),
        pytest.param('A="x"\r', b"x", b'"x"\r', id="quotes-and-carriage-return"),
        pytest.param("export A='x'", b"x", b"'x'", id="export"),
        pytest.param("A=", b"", b"", id="nothing"),
        pytest.param("A=é", "é".encode(), b"", id="utf-8"),
    ],
)
def test_how_a_line_is_written(machine: Machine, line: str, value: bytes, written: bytes) -> None:
    machine.write(".env", f"# x\n{line.replace('A=', 'TWILIO_AUTH_TOKEN=')}\nB=1\n")
    (one,) = machine.gather().settings
    assert (one.value, one.written, one.line) == (value, written, 2)
    assert one.exported is line.startswith("export")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_that_are_no_text_survive(machine: Machine, mark: bytes) -> None:
    machine.write(".env", mark + b"TWILIO_AUTH_TOKEN=\xff\xfe\n")
    assert values(machine.gather()) == {"TWILIO_AUTH_TOKEN .env line 1": b"\xff\xfe"}


def test_of_two_lines_the_last_counts(machine: Machine) -> None:
    machine.write(".env", "TWILIO_AUTH_TOKEN=a\nTWILIO_AUTH_TOKEN=b\n")
    assert told(machine.gather()) == [
        ("TWILIO_AUTH_TOKEN", ".env line 1", "elsewhere"),
        ("TWILIO_AUTH_TOKEN", ".env line 2", "found"),
    ]


def test_files_for_docker(machine: Machine) -> None:
    machine.write("docker.env", 'TWILIO_AUTH_TOKEN="x"\n')
    machine.write("deploy/twilio.vars", "TWILIO_AUTH_TOKEN=y\n")
    machine.write("plain.conf", "TWILIO_AUTH_TOKEN=z\n")
    machine.write("sample.env.example", "TWILIO_AUTH_TOKEN=z\n")
    machine.write("other.env", "TWILIO_AUTH_TOKEN=o\n")
    machine.write(
        "compose.yaml",
        "services:\n  web:\n    env_file: ./deploy/twilio.vars\n  job:\n    env_file:\n      - other.env\n"
        "      - path: deploy/none.env\n        required: false\n    image: x\n",
    )
    found = machine.gather()
    assert told(found) == [
        ("TWILIO_AUTH_TOKEN", "docker.env line 1", "elsewhere"),
        ("TWILIO_AUTH_TOKEN", "other.env line 1", "elsewhere"),
        ("TWILIO_AUTH_TOKEN", "deploy/twilio.vars line 1", "elsewhere"),
    ]
    assert {one.reader for one in found.settings} == {Reader.ENV_FILE}
    assert [place.fault for place in found.places if place.origin == "deploy/none.env"] == ["No such file or directory"]


def test_secret_files(machine: Machine) -> None:
    machine.write("token.txt", TOKEN + b"\n")
    (machine.mounted / "twilio-auth-token").write_bytes(TOKEN + b"\r\n")
    (machine.mounted / "twilio_api_secret").write_bytes(KEY_SECRET)
    (machine.mounted / "twilio_hook").write_bytes(b"hook\n")
    (machine.mounted / "database").write_bytes(b"x")
    found = machine.gather({"TWILIO_AUTH_TOKEN_FILE": "token.txt"})
    named, *mounted = [one for one in found.settings if one.reader is Reader.SECRET_FILE]
    assert (named.name, named.source, named.role) == (
        "TWILIO_AUTH_TOKEN",
        "file of TWILIO_AUTH_TOKEN_FILE",
        Role.AUTH_TOKEN,
    )
    assert [named.value == TOKEN, named.written == TOKEN + b"\n", named.standing] == [True, True, Standing.FOUND]
    assert [(one.name, one.role, one.standing) for one in mounted] == [
        ("TWILIO_AUTH_TOKEN", Role.AUTH_TOKEN, Standing.ELSEWHERE),
        ("TWILIO_API_SECRET", Role.KEY_SECRET, Standing.ELSEWHERE),
        ("twilio_hook", Role.OTHER, Standing.ELSEWHERE),
    ]
    assert [one.value in {TOKEN, KEY_SECRET, b"hook"} for one in mounted] == [True] * 3


def test_a_credential_in_the_place_of_a_path_is_not_told(machine: Machine) -> None:
    found = machine.gather({"TWILIO_AUTH_TOKEN_FILE": TOKEN.decode()})
    (fault,) = [place for place in found.places if place.fault]
    assert (fault.origin, fault.fault) == ("file of TWILIO_AUTH_TOKEN_FILE", "No such file or directory")


CONFIG = {
    "email": {},
    "projects": [{"id": "old", "accountSid": OTHER_SID.decode(), "region": "us1"}],
    "profiles": {
        "dev": {"accountSid": SID.decode(), "apiKey": KEY.decode(), "apiSecret": KEY_SECRET.decode(), "region": "ie1"},
        "prod": {"accountSid": OTHER_SID.decode(), "apiKey": KEY.decode(), "apiSecret": "x", "edge": "dublin"},
    },
    "activeProject": "prod",
}


def profiles(machine: Machine, config: object) -> list[str]:
    machine.write("../../.twilio-cli/config.json", json.dumps(config))
    return list(dict.fromkeys(one.origin for one in machine.gather().settings))


@pytest.mark.parametrize(
    ("active", "order"),
    [
        ("prod", ["prod", "dev", "old"]),
        ("dev", ["dev", "prod", "old"]),
        ("old", ["old", "dev", "prod"]),
        (None, ["old", "dev", "prod"]),
        ("gone", ["old", "dev", "prod"]),
        (7, ["old", "dev", "prod"]),
    ],
)
def test_the_active_profile_comes_first(machine: Machine, active: object, order: list[str]) -> None:
    found = profiles(machine, {**CONFIG, "activeProject": active})
    assert found == [f"twilio-cli profile {name}" for name in order]


def test_what_a_profile_holds(machine: Machine) -> None:
    profiles(machine, CONFIG)
    found = [one for one in machine.gather().settings if one.origin == "twilio-cli profile dev"]
    assert [(one.name, one.role) for one in found] == [
        ("accountSid", Role.ACCOUNT_SID),
        ("apiKey", Role.KEY_SID),
        ("apiSecret", Role.KEY_SECRET),
        ("region", None),
    ]
    assert {one.standing for one in found} == {Standing.ELSEWHERE}


@pytest.mark.parametrize(
    "config",
    [
        [],
        7,
        {},
        {"profiles": [], "projects": {}},
        {"profiles": {"a": 7}, "projects": [7, {"id": {}}]},
        {"projects": None},
    ],
)
def test_odd_configurations(machine: Machine, config: object) -> None:
    assert profiles(machine, config) == []


def test_a_profile_with_an_odd_name_is_called_by_its_number(machine: Machine) -> None:
    assert profiles(machine, {"profiles": {f"my {TOKEN.decode()}": {"apiSecret": "x"}}}) == [
        "twilio-cli profile number 1"
    ]


NETRC = f"""machine github.com login me password {"g" * 20}
machine api.twilio.com
  login {SID.decode()}
  password {TOKEN.decode()}
default login you password {"d" * 9}
"""


@pytest.mark.parametrize("name", [".netrc", "_netrc"])
def test_the_netrc(machine: Machine, name: str) -> None:
    machine.write(f"../../{name}", NETRC)
    found = machine.gather()
    assert [(one.name, one.source, one.host) for one in found.settings] == [
        ("login of machine api.twilio.com", f"~/{name} line 2", "api.twilio.com"),
        ("password of machine api.twilio.com", f"~/{name} line 2", "api.twilio.com"),
        ("login of the default entry", f"~/{name} line 5", ""),
        ("password of the default entry", f"~/{name} line 5", ""),
    ]


def test_the_netrc_that_the_environment_names(machine: Machine) -> None:
    machine.write("../../.netrc", NETRC)
    other = machine.write("n.txt", f"machine api.twilio.com login a password {KEY_SECRET.decode()}\n")
    found = machine.gather({"NETRC": str(other)})
    assert {one.origin for one in found.settings} == {"file of NETRC"}
    assert machine.gather({"NETRC": os.devnull}).settings == ()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param(".env", b"\xff\xfeT\0W\0", "UTF-16", id="utf-16"),
        pytest.param(".env", b"#" * (1 << 19), "larger than 256 kB", id="large"),
        pytest.param("../../.netrc", f"machine\nlogin {TOKEN.decode()} nonsense", "no netrc file", id="netrc"),
        pytest.param("../../.netrc", b"machine \xff login a password b", "no netrc file", id="netrc-no-text"),
        pytest.param("../../.twilio-cli/config.json", "{" + TOKEN.decode(), "no JSON", id="cli"),
        pytest.param("../../.twilio-cli/config.json", "[" * 100_000, "no JSON", id="cli-deep"),
    ],
)
def test_what_cannot_be_read_is_told_and_skipped(machine: Machine, name: str, content: str | bytes, says: str) -> None:
    machine.write(name, content)
    found = machine.gather(PLAIN)
    (fault,) = [place.fault for place in found.places if place.fault]
    assert says in fault
    assert TOKEN.decode()[:5] not in fault
    assert [one.source for one in found.settings] == ["environment", "environment"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(machine: Machine) -> None:
    for name in (".env", "../../.netrc"):
        os.mkfifo(machine.folder / name)
    os.mkfifo(machine.mounted / "twilio_auth_token")
    found = machine.gather({"TWILIO_API_KEY_FILE": "/dev/zero"})
    assert {place.fault for place in found.places if place.fault} == {"it is no regular file"} or os.name == "nt"


def test_folders_and_links_in_the_place_of_files(machine: Machine) -> None:
    (machine.folder / ".env").mkdir()
    (machine.folder / ".env.local").symlink_to(machine.folder / "none")
    (machine.home / ".netrc").symlink_to(machine.home / ".netrc")
    assert machine.gather().settings == ()


def test_no_value_is_in_a_repr_and_the_payload_is_whole(machine: Machine) -> None:
    machine.write(".env", f"TWILIO_API_SECRET='{KEY_SECRET.decode()}'\n")
    machine.write("../../.netrc", NETRC)
    found = machine.gather(PLAIN)
    shown = repr(found) + repr(found.settings) + repr(found.expected) + str(found.places)
    for secret in (TOKEN, KEY_SECRET):
        assert secret.decode()[:5] not in shown
    assert expected_of(found.payload()) == found.expected
    assert any(one.written for one in found.expected)


def test_the_payload_is_bounded(machine: Machine) -> None:
    machine.write(".env", "".join(f"TWILIO_X{n}={'é' * 400}\n" for n in range(2000)))
    machine.write(".env.local", f"TWILIO_AUTH_TOKEN={'a' * 5000}\n")
    found = machine.gather({f"TWILIO_Y{n}": "y" for n in range(1000)} | PLAIN)
    assert len(found.expected) <= 201
    assert len(found.payload()) < 1 << 20
    assert [one.name for one in found.expected[:2]] == [*PLAIN]
    assert len(expected_of(found.payload())) == 100


def test_files_that_are_given_stand_in_for_those_that_are_found(machine: Machine) -> None:
    machine.write(".env", "TWILIO_AUTH_TOKEN=found\n")
    given_ = machine.write("prod.env", "TWILIO_AUTH_TOKEN=given\n")
    found = gather_files({}, [given_], machine.folder, machine.home)
    assert told(found)[:1] == [("TWILIO_AUTH_TOKEN", "prod.env line 1", "given")]
    assert not any(one.origin == ".env" for one in found.settings)


def test_a_file_that_is_given_has_to_be_there(machine: Machine) -> None:
    with pytest.raises(UnreadableSource, match=r"none\.env: No such file"):
        gather_files({}, [machine.folder / "none.env"], machine.folder, machine.home)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    found = gather(PLAIN, tmp_path / "none", tmp_path / "nobody", mounted=tmp_path / "no")
    assert [one.name for one in found.settings] == [*PLAIN]


NAMES = st.sampled_from(
    (".env", ".env.local", "a.env", "compose.yaml", "../.env", "../../.netrc", "../../.twilio-cli/config.json", "t.txt")
)
PIECES = st.sampled_from(
    (
        *(
            b"TWILIO_AUTH_TOKEN=",
            b"export ",
            b'"',
            b"'",
            b"\n",
            b"\r\n",
            b" ",
            b"#",
            b"=",
            b"\\",
            b"\0",
            b"\xff",
            b"${",
        ),
        *(b"machine api.twilio.com ", b"login ", b"password ", b"default ", b"macdef x\n", b"env_file: ", b"- t.txt\n"),
        *(b'{"profiles":{"a":{"apiSecret":"', b'"}}}', b"\xef\xbb\xbf", b"\xe2\x80\x8b", TOKEN, SID, KEY_SECRET),
    )
) | st.binary(max_size=6)


@settings(max_examples=150)
@given(
    st.dictionaries(NAMES, st.lists(PIECES, max_size=12).map(b"".join), max_size=5),
    st.dictionaries(
        st.sampled_from(
            ("TWILIO_AUTH_TOKEN", "TWILIO_TOKEN", "NETRC", "NODE_ENV", "TWILIO_AUTH_TOKEN_FILE", "NO_PROXY")
        ),
        st.text(max_size=12) | st.just(TOKEN.decode()) | st.just("t.txt"),
        max_size=4,
    ),
)
def test_any_bytes_in_any_file(files: dict[str, bytes], environment: dict[str, str]) -> None:
    with TemporaryDirectory() as root:
        machine = Machine(Path(root))
        machine.folder.mkdir(parents=True)
        for name, content in files.items():
            machine.write(name, content)
        found = machine.gather(environment)
        names = " ".join((one.name + one.source) for one in found.settings)
        shown = (repr(found) + repr(found.settings) + names).encode("utf-8", "replace")
        for secret in (TOKEN, KEY_SECRET):
            assert not [at for at in range(len(secret) - 4) if secret[at : at + 5] in shown]
        assert expected_of(found.payload()) == found.expected[:100]


def test_settings_become_what_the_engine_expects() -> None:
    one = Setting("N", b"v", ".env", Reader.DOTENV, 4, b'"v"', Role.AUTH_TOKEN, Standing.FOUND)
    assert one.expected() == Expected(Role.AUTH_TOKEN, "N", ".env line 4", b"v", "", b'"v"', Standing.FOUND)
    assert Setting("TWILIO_REGION", b"ie1", "environment").expected() is None
