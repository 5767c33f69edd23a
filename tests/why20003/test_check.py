"""``why20003 check`` as a user runs it: exit codes, both formats, the one request of --live; no value in any output."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from canary import spotted
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN
from why20003.demo.play import sandbox
from why20003.sandbox.accounts import DELETED_KEY, LIVE, LIVE_IE1, RESTRICTED_KEY, STANDARD_KEY, TRIAL, every_secret

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = [json.loads((ROOT / "why20003" / "schema" / f"why20003-{name}1.json").read_text()) for name in ("", "check-")]
REGISTRY: Registry[Any] = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in SCHEMAS)
VALIDATOR = Draft202012Validator(SCHEMAS[1], registry=REGISTRY)
PROXY_SECRET = "pr0xyPassw0rd"
SECRETS = [TOKEN, KEY_SECRET, PROXY_SECRET.encode(), *(one.encode() for one in every_secret())]


@dataclass
class Told:
    """What came out of a run."""

    code: int
    out: str
    err: str
    document: dict[str, Any] = field(default_factory=dict)

    def findings(self, *severities: str) -> list[str]:
        return [each["slug"] for each in self.document["findings"] if each["severity"] in (severities or ("problem",))]


@dataclass(frozen=True)
class Place:
    """A folder to run in, and a home."""

    root: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *options: str, env: Mapping[str, str] | None = None) -> Told:
        """Run the command; every output is searched for secrets."""
        for name in ("work", "home"):
            (self.root / name).mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "why20003.cli", "check", *options],
            cwd=self.root / "work",
            env={**kept, "HOME": str(self.root / "home"), "PYTHONPATH": str(ROOT), **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=90,
            check=False,
        )
        found = spotted(done.stdout + done.stderr, SECRETS)
        assert found == []
        told = Told(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in told.err
        if "json" in options and told.out:
            told.document = json.loads(told.out)
            assert [error.message for error in VALIDATOR.iter_errors(told.document)] == []
        return told


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


PAIR = {"TWILIO_ACCOUNT_SID": SID.decode(), "TWILIO_AUTH_TOKEN": TOKEN.decode()}
GOOD = {"TWILIO_ACCOUNT_SID": LIVE.sid, "TWILIO_AUTH_TOKEN": LIVE.auth_token}


def key(sid: str, secret: str, account: str = LIVE.sid) -> dict[str, str]:
    return {"TWILIO_ACCOUNT_SID": account, "TWILIO_API_KEY": sid, "TWILIO_API_SECRET": secret}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMAS[1])


@pytest.mark.parametrize(
    ("env", "code", "slugs"),
    [
        pytest.param(PAIR, 0, [], id="good"),
        pytest.param(
            {"TWILIO_ACCOUNT_SID": TOKEN.decode(), "TWILIO_AUTH_TOKEN": SID.decode()},
            1,
            ["halves-swapped"],
            id="swapped",
        ),
        pytest.param({**PAIR, "TWILIO_AUTH_TOKEN": TOKEN.decode() + "\n"}, 1, ["stray-characters"], id="line-feed"),
        pytest.param({**PAIR, "TWILIO_REGION": "ie1"}, 1, ["dead-regional-host"], id="dead-host"),
        pytest.param({**PAIR, "TWILIO_AUTH_TOKEN": KEY_SECRET.decode()}, 0, [], id="doubts-only"),
        pytest.param({}, 3, [], id="nothing-to-look-at"),
        pytest.param({"TWILIO_REGION": "us1"}, 3, [], id="no-credentials"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_exit_codes(place: Place, form: str, env: dict[str, str], code: int, slugs: list[str]) -> None:
    told = place.run("--format", form, env=env)
    assert told.code == code
    assert told.err == ""
    if form == "json":
        assert told.findings() == slugs
        assert told.document["live"] is None
    else:
        assert all(f"✗ {slug}" in told.out for slug in slugs)


def test_everything_at_once(place: Place) -> None:
    place.write(".env", f'TWILIO_AUTH_TOKEN="{TOKEN[::-1].decode()}" # old\r\nTWILIO_{TOKEN.decode()}=x\r\n')
    place.write("prod.env", f'export TWILIO_API_SECRET="{KEY_SECRET.decode()}"\n')
    place.write("../home/.netrc", f"machine api.twilio.com login {SID.decode()} password {KEY_SECRET.decode()}\n")
    place.write("../home/.twilio-cli/config.json", "{" + TOKEN.decode())
    proxy = f"http://user:{PROXY_SECRET}@127.0.0.1:1"
    env = {**PAIR, "HTTPS_PROXY": proxy, "TWILIO_TOKEN": TOKEN.decode(), "TWILIO_API_KEY_FILE": KEY_SECRET.decode()}
    told = place.run("--format", "json", env=env)
    assert {*told.findings("problem", "doubt", "note")} >= {
        "shadowed",
        "env-file",
        "authorization-overridden",
        "unreadable",
        "proxy",
        "not-read",
    }
    assert told.document["login"]["username"] == "AC0011…eeff"
    place.run(env=env)


def test_a_file_that_is_given(place: Place) -> None:
    place.write(".env", "TWILIO_AUTH_TOKEN=your_auth_token\n")
    given = place.write("prod.env", f"TWILIO_ACCOUNT_SID={SID.decode()}\nTWILIO_AUTH_TOKEN={TOKEN.decode()}\n")
    told = place.run("--env-file", str(given), "--format", "json")
    assert (told.code, told.findings()) == (0, [])
    assert told.document["login"]["sid"] == {"name": "TWILIO_ACCOUNT_SID", "place": "prod.env line 1"}
    assert place.run("--format", "json").findings() == ["placeholder-value"]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        pytest.param(("--env-file", "none.env"), 3, "--env-file none.env: No such file", id="no-file"),
        pytest.param(("--env-file", "."), 3, "--env-file .: ", id="folder"),
        pytest.param(("--format", "xml"), 2, "", id="format"),
        pytest.param(("--to", "https://api.twilio.com"), 2, "", id="target"),
        pytest.param((TOKEN.decode(),), 2, "", id="argument"),
    ],
)
def test_wrong_usage(place: Place, options: tuple[str, ...], code: int, says: str) -> None:
    told = place.run(*options)
    assert (told.code, told.out) == (code, "")
    assert says in told.err
    assert told.err.count("\n") == 1


# --- live -------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The sandbox as the proxy that the environment names, and its authority as the one that it trusts."""
    with sandbox(tmp_path_factory.mktemp("sandbox")) as (port, trusted):
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(trusted)}


@pytest.mark.parametrize(
    ("env", "path", "cause"),
    [
        pytest.param(GOOD, f"/Accounts/{LIVE.sid}.json", None, id="good-pair"),
        pytest.param(
            {"TWILIO_ACCOUNT_SID": LIVE.auth_token, "TWILIO_AUTH_TOKEN": LIVE.sid},
            "/Accounts.json?PageSize=1",
            "halves-swapped",
            id="swapped-pair",
        ),
        pytest.param(
            key(STANDARD_KEY.sid, STANDARD_KEY.secret),
            f"/Accounts/{LIVE.sid}/Messages.json?PageSize=1",
            None,
            id="standard-key",
        ),
        pytest.param(
            key(RESTRICTED_KEY.sid, RESTRICTED_KEY.secret),
            f"/Accounts/{LIVE.sid}/Messages.json?PageSize=1",
            None,
            id="restricted-key",
        ),
        pytest.param(
            key(DELETED_KEY.sid, DELETED_KEY.secret),
            f"/Accounts/{LIVE.sid}/Messages.json?PageSize=1",
            "pair-refused",
            id="deleted-key",
        ),
        pytest.param(
            key(STANDARD_KEY.sid, LIVE.auth_token),
            f"/Accounts/{LIVE.sid}/Messages.json?PageSize=1",
            "token-with-key-sid",
            id="auth-token-with-the-key",
        ),
        pytest.param(
            {**GOOD, "TWILIO_AUTH_TOKEN": f"{LIVE.auth_token}\n"},
            f"/Accounts/{LIVE.sid}.json",
            "stray-characters",
            id="line-feed",
        ),
        pytest.param(
            {"TWILIO_ACCOUNT_SID": TRIAL.sid, "TWILIO_AUTH_TOKEN": TRIAL.auth_token},
            f"/Accounts/{TRIAL.sid}.json",
            None,
            id="trial",
        ),
        pytest.param(
            {**GOOD, "TWILIO_AUTH_TOKEN": LIVE_IE1.auth_token, "TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"},
            f"https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/{LIVE.sid}.json",
            None,
            id="another-region",
        ),
    ],
)
def test_live(place: Place, twilio: dict[str, str], env: dict[str, str], path: str, cause: str | None) -> None:
    told = place.run("--live", "--format", "json", env={**env, **twilio})
    live = told.document["live"]
    assert told.code == (0 if cause is None else 1), told.document
    assert live["request"]["method"] == "GET"
    assert live["request"]["url"].endswith(path)
    assert told.err.startswith(f"why20003: GET {live['request']['url']} with ")
    assert told.err.count("\n") == 1
    assert live["accepted"] is (cause is None)
    assert (live["diagnosis"] or {}).get("cause") == cause
    assert (live["diagnosis"] or {"advice": [{"kind": "credential-source"}]})["advice"][-1][
        "kind"
    ] == "credential-source"


@pytest.mark.parametrize("env", [GOOD, {**GOOD, "TWILIO_AUTH_TOKEN": STANDARD_KEY.secret}], ids=["accepted", "refused"])
def test_live_as_text(place: Place, env: dict[str, str]) -> None:
    told = place.run("--live", "--to", "sandbox", env=env)
    if told.code == 0:
        assert "✓ Twilio accepted the credentials (200)" in told.out
    else:
        assert "✗ secret-with-account-sid" in told.out
        assert "On the wire the username equals TWILIO_ACCOUNT_SID (environment)" in told.out


@pytest.mark.parametrize(
    ("env", "says"),
    [
        pytest.param({}, "nothing to log in with", id="nothing"),
        pytest.param(
            {"TWILIO_API_KEY": KEY.decode(), "TWILIO_API_SECRET": KEY_SECRET.decode()},
            "set TWILIO_ACCOUNT_SID as well",
            id="key-without-account",
        ),
        pytest.param({**PAIR, "TWILIO_REGION": "evil.example/"}, "does not document", id="no-region"),
        pytest.param({**PAIR, "TWILIO_EDGE": TOKEN.decode()}, "does not document", id="a-secret-as-the-edge"),
        pytest.param(
            {**PAIR, "HTTPS_PROXY": f"socks5://u:{PROXY_SECRET}@127.0.0.1:1"},
            "the proxy that the environment names",
            id="socks",
        ),
        pytest.param(
            {**PAIR, "HTTPS_PROXY": f"http://u:{PROXY_SECRET}@h:x"},
            "the proxy that the environment names",
            id="no-port",
        ),
    ],
)
def test_what_cannot_be_tried(place: Place, env: dict[str, str], says: str) -> None:
    told = place.run("--live", "--format", "json", env=env)
    assert told.code in {1, 3}
    assert says in told.document["live"]["error"]
    assert told.document["live"]["request"] is None
    assert says in told.err


class Deaf:
    """A proxy that answers each connection with these bytes, and keeps what it heard."""

    def __init__(self, answer: bytes) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536))
                connection.sendall(self._answer)

    def close(self) -> None:
        self._server.close()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(
            b"HTTP/1.1 407 " + TOKEN + b"\r\nContent-Length: 0\r\n\r\n", "the proxy refused the tunnel (407)", id="407"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + TOKEN, "TLS failed", id="no-tls"),
        pytest.param(TOKEN + b"\r\n\r\n", "", id="no-http"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_a_proxy_that_fails(place: Place, answer: bytes, says: str) -> None:
    proxy = Deaf(answer)
    told = place.run(
        "--live", "--format", "json", env={**PAIR, "HTTPS_PROXY": f"http://u:{PROXY_SECRET}@127.0.0.1:{proxy.port}"}
    )
    proxy.close()
    assert told.code == 3
    assert says in told.document["live"]["error"]
    assert told.document["live"]["accepted"] is None
    assert len(proxy.heard) == 1
    assert proxy.heard[0].startswith(b"CONNECT api.twilio.com:443 ")
    assert b"Proxy-Authorization: Basic " in proxy.heard[0]


def test_a_proxy_that_is_not_there(place: Place) -> None:
    told = place.run("--live", env={**PAIR, "HTTPS_PROXY": "http://127.0.0.1:9"})
    assert told.code == 3
    assert "? No answer came: no connection: Connection refused" in told.out


def test_an_authority_that_is_not_trusted(place: Place, twilio: dict[str, str]) -> None:
    told = place.run("--live", "--format", "json", env={**GOOD, "HTTPS_PROXY": twilio["HTTPS_PROXY"]})
    assert (told.code, told.document["live"]["error"]) == (3, "TLS failed: CERTIFICATE_VERIFY_FAILED")
    trusted = {"HTTPS_PROXY": twilio["HTTPS_PROXY"], "REQUESTS_CA_BUNDLE": twilio["SSL_CERT_FILE"]}
    assert place.run("--live", env={**GOOD, **trusted}).code == 0


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"TWILIO_AUTH_TOKEN=" + TOKEN + b"\0\x1b[31m", b"\n" * 3000 + TOKEN]
)
def test_odd_files(place: Place, content: bytes) -> None:
    place.write(".env", content)
    place.write("../home/.netrc", b"machine " + content)
    place.write("../home/.twilio-cli/config.json", content)
    for form in ("text", "json"):
        told = place.run("--format", form, env={"TWILIO_ACCOUNT_SID": OTHER_SID.decode()})
        assert told.code in {0, 1, 3}
        assert "\x1b" not in told.out
