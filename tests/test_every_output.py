"""Nothing of the secrets of a recording comes out of the tool, wherever that may be: printed, written or named."""

import json
import stat
from base64 import b64encode
from binascii import hexlify
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Final

import pyrage
import pytest
from canary import spotted
from every_output import Place, Told, program
from every_output_capture import AUTH_TOKEN, CLEAR_TOKEN, GATEWAY_KEY, KEY_SECRET, OLD_TOKEN, PERSONAL, VALUES, files
from every_output_damage import damaged, foreign
from every_output_inside import JOBS as INSIDE
from every_output_proxy import JOBS as PROXY

from analyzers.building import KEY, SID
from why20003.sandbox.accounts import every_secret

Job = Callable[[Place], Told]
FORMATS: Final = ("json", "ndjson", "sarif", "junit", "markdown", "html")
ONE: Final = "theirs.mitm"
FEW: Final = "few.har"
LOGIN: Final = {"TWILIO_ACCOUNT_SID": SID.decode(), "TWILIO_AUTH_TOKEN": AUTH_TOKEN.decode()}
PASTED: Final = AUTH_TOKEN.decode()
SLOW: Final = frozenset(
    f"{how}-{name}" for how in ("cut", "changed") for name in files() if name not in {"few.har", ONE}
)
"""Files of which the commands that take one at a time are spared the larger ones."""


# --- diagnose ---------------------------------------------------------------------------------------------------------
def _diagnosed(*options: str) -> Job:
    return lambda place: place.run("diagnose", place.given / ONE, *options)


def _all_files(place: Place) -> Told:
    return place.run("diagnose", *(place.given / name for name in files()))


def _to_a_file(place: Place) -> Told:
    told = Told()
    for form in ("text", "html"):
        told += place.run("diagnose", place.given / ONE, "--format", form, "-o", place.work / form)
        assert stat.S_IMODE((place.work / form).stat().st_mode) == 0o600
    return told


def _from_standard_input(place: Place) -> Told:
    return place.run("diagnose", "-", "--style", "short", said=files()["ours.har"])


def _with_expectations(form: str) -> Job:
    def run(place: Place) -> Told:
        netrc = f"machine api.twilio.com login {SID.decode()} password {OLD_TOKEN.decode()}\n"
        (place.given / ".netrc").write_text(netrc)
        key = f"TWILIO_API_KEY={KEY.decode()}\nTWILIO_API_SECRET='{KEY_SECRET.decode()}'\n{PASTED}\nA{PASTED}=\n"
        (place.given / ".env").write_text(key)
        expected = ("--expect", "env", "--expect", str(place.given / ".env"), "--expect", str(place.given / ".netrc"))
        return place.run("diagnose", place.given / ONE, *expected, "--format", form, env=LOGIN)

    return run


def _checked(*options: str) -> Job:
    """With every kind of place that holds a credential, and with a secret where a name or a number should be."""

    def run(place: Place) -> Told:
        env = place.environment({"TWILIO_REGION": PASTED, "TWILIO_AUTH_TOKEN_FILE": KEY_SECRET.decode(), **LOGIN})
        home = Path(env["HOME"])
        (home / ".twilio-cli").mkdir()
        profile = {"accountSid": PASTED, "apiKey": KEY.decode(), "apiSecret": KEY_SECRET.decode(), "region": PASTED}
        (home / ".twilio-cli" / "config.json").write_text(json.dumps({"profiles": {PASTED: profile}}))
        (home / ".netrc").write_text(f"default login {SID.decode()} password {OLD_TOKEN.decode()}\n")
        lines = f'TWILIO_AUTH_TOKEN="{OLD_TOKEN.decode()}"\nTWILIO_{PASTED}={PASTED}\nTWILIO_TOKEN={PASTED}\n{PASTED}\n'
        (place.work / ".env").write_text(lines)
        (place.work / f"{PASTED}.env").write_text(lines)
        told = place.run("check", *options, env=env)
        env.pop("TWILIO_REGION")
        told += place.run("check", *options, env={**env, "TWILIO_AUTH_TOKEN": f"{PASTED} "})
        assert set(told.codes) == {1}
        return told

    return run


def _expecting_nonsense(place: Place) -> Told:
    told = Told()
    for name, data in (
        (".netrc", f"machine api.twilio.com {PASTED} {PASTED}"),
        (".env", f"\0{PASTED}\n'{PASTED}"),
        ("key.env", f'TWILIO_AUTH_TOKEN="{PASTED}\n{PASTED}'),
    ):
        (place.given / name).write_text(data)
        told += place.run("diagnose", place.given / "raw.txt", "--style", "ids", "--expect", place.given / name)
    return told


def _on_a_terminal(place: Place) -> Told:
    (place.given / "long.mitm").write_bytes(files()[ONE] * 20)
    body = "from why20003 import feeding, meter\nmeter._PATIENCE = meter._PAUSE = 1e-6\nfeeding._TOLD_EVERY = 100"
    told = place.on_terminal(*program(body, ["diagnose", place.given / "long.mitm"]))
    assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}" in told.text  # the bar
    assert "\x1b[1" in told.text
    return told


def _unreadable(command: str, *options: str) -> Job:
    """What the command says of files that are damaged, or no recordings at all; one by one if it takes one only."""

    def run(place: Place) -> Told:
        names = [place.given / name for name in (*damaged(), *foreign())]
        if command == "diagnose":
            return place.run(
                command, *(name for name in names if "json" not in options or name.name not in SLOW), *options
            )
        return place.start(*_each([[command, name, *options] for name in names if name.name not in SLOW]))

    return run


def _each(calls: list[list[str | Path]]) -> list[str]:
    """A program that runs all these commands; what one does not catch itself it shows as Python would."""
    texts = [[str(part) for part in call] for call in calls]
    body = f"""
import io, traceback
from why20003.cli import main
for call in {texts!r}:
    sys.stdin = io.TextIOWrapper(io.BytesIO({AUTH_TOKEN!r}))
    try:
        main(call)
    except BaseException:
        traceback.print_exc()
"""
    return program(body, ["version"])


def _misused(place: Place) -> Told:
    """A secret in the place of an option, or in the wrong option."""
    one = place.given / ONE
    calls: list[list[str | Path]] = [
        [PASTED],
        ["diagnose", one, "--format", PASTED],
        ["diagnose", one, f"--{PASTED}"],
        ["diagnose", one, "--style", GATEWAY_KEY.decode()],
        ["explain", PASTED],
        ["explain", KEY_SECRET.decode()],
        ["replay", one, "--to", f"https://{SID.decode()}:{PASTED}@api.twilio.com"],
        ["replay", one, "--to", PASTED],
        ["replay", one, "--index", PASTED],
        ["compare", one, "--env", PASTED],
        ["compare", one, "--sid", PASTED],
        ["escalate", one, "-o", place.work / "x.zip", "--encrypt-to", PASTED],
        ["escalate", one, "-o", place.work / "x.zip", "--only", PASTED],
        ["proxy", "--port", PASTED],
        ["check", PASTED],
        ["check", "--env-file", PASTED],
        ["check", "--to", PASTED],
    ]
    told = place.start(*_each(calls))
    assert "Traceback" not in told.text
    return told


# --- the other commands -----------------------------------------------------------------------------------------------
def _replayed(*options: str) -> Job:
    return lambda place: place.run("replay", place.given / FEW, *options, env=LOGIN)


class _Echo(BaseHTTPRequestHandler):
    """Refuses, and repeats all that it was sent."""

    def do_GET(self) -> None:
        sent = self.requestline + repr(self.headers.items())
        body = json.dumps({"code": 20003, "message": sent, "status": 401, "more_info": sent}).encode()
        self.send_response(401, "No " + sent.partition("\n")[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("WWW-Authenticate", f'Basic realm="{self.headers.get("Authorization")}"'.replace("\n", " "))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    do_PUT = do_POST  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
        """Tests are quiet."""


class _Broken(StreamRequestHandler):
    """Answers with what no client can read, made of what it was sent."""

    def handle(self) -> None:
        self.request.settimeout(5)
        sent = self.request.recv(65536)
        self.wfile.write(b"HTTP/1.1 401 No\r\n" + sent.replace(b"\r\n", b" ") + b"\r\n \x00bad\r\n\r\n")


def _replayed_to(handler: type[BaseHTTPRequestHandler | StreamRequestHandler]) -> Job:
    def run(place: Place) -> Told:
        kind = ThreadingHTTPServer if issubclass(handler, BaseHTTPRequestHandler) else ThreadingTCPServer
        with kind(("127.0.0.1", 0), handler) as server:
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            url = f"http://127.0.0.1:{server.server_address[1]}"
            told = Told()
            for form in ("text", "json"):
                told += place.run("replay", place.given / FEW, "--to", url, "--allow-writes", "--format", form)
            server.shutdown()
        assert told.codes in ([0, 0], [3, 3]), told.codes
        return told

    return run


def _exported(place: Place) -> Told:
    """An export is as raw as the recording; it says so, and is for its owner alone."""
    target = place.work / "out.har"
    told = place.run("export", place.given / ONE, "-o", target)
    told += place.run("export", "--help")
    assert "same credentials as the recording" in " ".join(told.text.split())
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    return Told({name: data for name, data in told.outputs.items() if not name.endswith("out.har")}, told.codes)


def _compared(place: Place) -> Told:
    told = Told()
    for value in (AUTH_TOKEN, AUTH_TOKEN[:-1], KEY_SECRET, CLEAR_TOKEN[::-1] + b"\n"):
        told += place.run("compare", place.given / ONE, said=value)
    told += place.run("compare", place.given / ONE, "--env", "TWILIO_AUTH_TOKEN", "--format", "json", env=LOGIN)
    told += place.run("compare", place.given / ONE, "--sid", KEY.decode(), said=KEY_SECRET)
    assert set(told.codes) == {0, 1}
    return told


def _redacted(source: str, target: str, *options: str) -> Job:
    def run(place: Place) -> Told:
        told = place.run("redact", place.given / source, "-o", place.work / target, *options, env=LOGIN)
        if "--hide-sids" in options and told.codes == [3]:  # better nothing than a SID that was to be hidden
            assert [name for name in told.outputs if name.startswith("work/")] == []
            return told
        assert told.codes == [0], told.text
        assert stat.S_IMODE((place.work / target).stat().st_mode) == 0o600
        return told

    return run


def _misnamed(place: Place) -> Told:
    """Names of headers stay; where one is a secret that is known, nothing is written."""
    told = place.run("redact", place.given / "misnamed.mitm", "-o", place.work / "x.mitm")
    told += place.run("escalate", place.given / "misnamed.mitm", "-o", place.work / "x.zip")
    return told


def _not_redacted(place: Place) -> Told:
    """Where the result cannot be written."""
    told = place.run("redact", place.given / FEW, "-o", place.work / "none" / "x.mitm")
    told += place.start(*program(_FULL_DISK, ["redact", place.given / FEW, "-o", place.work / "x.har"]))
    told += place.start(*program(_FULL_DISK, ["escalate", place.given / FEW, "-o", place.work / "x.zip"]))
    assert told.codes == [3, 3, 3]
    return told


_FULL_DISK: Final = (
    "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
)


def _escalated(recording: str, *options: str) -> Job:
    """The bundle, what is said, and what `open` makes of it whole, altered and cut off."""

    def run(place: Place) -> Told:
        note = f"since Monday {PASTED} of {KEY_SECRET.decode()} does not work"
        target = place.work / "case.zip"
        told = place.run("escalate", place.given / recording, "-o", target, "--note", note, *options, env=LOGIN)
        assert told.codes == [0], told.text
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        told += place.run("open", target)
        data = target.read_bytes()
        for damage in (data[: len(data) // 2], data.replace(b"report", b"rep0rt"), data[:900] + b"?" + data[901:]):
            target.write_bytes(damage)
            told += place.run("open", target)
        assert told.codes == [0, 0, 3, 3, 3]
        return told

    return run


def _escalated_to_somebody(place: Place) -> Told:
    identity = pyrage.x25519.Identity.generate()
    (place.given / "age.key").write_text(str(identity))
    target = place.work / "case.zip.age"
    told = place.run("escalate", place.given / FEW, "-o", target, "--encrypt-to", str(identity.to_public()))
    told += place.run("open", target, "--identity", place.given / "age.key")
    told += place.run("open", target, "--identity", place.given / ".env-key")
    assert told.codes == [0, 0, 2], told.text
    return told


# --- faults -----------------------------------------------------------------------------------------------------------
FAULTS: Final = {
    "cause": """
from analyzers.registry import RULES
def check(case):
    raise ValueError(repr((case.exchange.request.headers, case.secrets, case.exchange.request.body)))
for rule in RULES[::3]:
    object.__setattr__(rule, "check", check)
""",
    "engine": """
from analyzers.exchange import Message
def first(self, name):
    raise ValueError(f"{self.headers} {self.body}")
Message.first = first
""",
    "reader": """
from analyzers.exchange import Request
def init(self, **parts):
    raise LookupError(f"{parts}")
Request.__init__ = init
""",
    "output": """
from analyzers.diagnosis import Diagnosis
def top(self):
    raise RuntimeError(SECRETS)
Diagnosis.top = property(top)
""",
    "writer": """
import json, os
def dumps(value, **options):
    raise TypeError(f"{value} {SECRETS}")
json.dumps = dumps
def replace(*paths, **options):
    raise OSError(28, "No space left on device", SECRETS)
os.replace = os.rename = replace
""",
}


def _faulty(fault: str) -> Job:
    """Every command, with something broken in the tool whose error quotes what it was working on."""

    def run(place: Place) -> Told:
        one, out = place.given / FEW, place.work
        calls: list[list[str | Path]] = [
            *(["diagnose", one, "--format", form] for form in ("text", *FORMATS)),
            ["diagnose", one, "-o", out / "x.txt"],
            ["check", "--format", "json"],
            ["replay", one, "--to", "http://127.0.0.1:1"],
            ["export", one, "-o", out / "x.har"],
            ["compare", one],
            ["compare", one, "--format", "json"],
            ["redact", one, "-o", out / "x.mitm"],
            ["escalate", one, "-o", out / "x.zip"],
        ]
        interpreter, option, body = _each(calls)
        variables = {"PYTHONFAULTHANDLER": "1", "PYTHONDEVMODE": "1"}
        told = place.start(
            interpreter, option, f"SECRETS = {'/'.join(_SPOKEN)!r}\n{FAULTS[fault]}{body}", env=variables
        )
        assert "Traceback" not in told.text
        assert "stopped by a fault of why20003 itself" in told.text or fault in {"cause", "writer"}
        return Told({name: data for name, data in told.outputs.items() if not name.endswith("x.har")}, told.codes)

    return run


_SPOKEN: Final = [value.decode() for value in VALUES.values()]


# --- all of them ------------------------------------------------------------------------------------------------------
JOBS: Final[dict[str, Job]] = {
    "diagnose every format of recording": _all_files,
    **{f"diagnose --format {form}": _diagnosed("--format", form) for form in FORMATS},
    **{f"diagnose --style {style}": _diagnosed("--style", style) for style in ("short", "ids")},
    "diagnose to a file": _to_a_file,
    "diagnose on a terminal": _on_a_terminal,
    "diagnose -": _from_standard_input,
    **{f"diagnose --expect --format {form}": _with_expectations(form) for form in ("text", "json")},
    "diagnose --expect what cannot be read": _expecting_nonsense,
    **{f"diagnose what is damaged, {form}": _unreadable("diagnose", "--format", form) for form in ("text", "json")},
    **{f"check --format {form}": _checked("--format", form) for form in ("text", "json")},
    "check --live": _checked("--live", "--to", "sandbox"),
    "export what is damaged": _unreadable("export", "-o", "/dev/null"),
    "compare what is damaged": _unreadable("compare"),
    "replay what is damaged": _unreadable("replay", "--to", "http://127.0.0.1:1"),
    "redact what is damaged": _unreadable("redact", "-o", "x.har"),
    "escalate what is damaged": _unreadable("escalate", "-o", "x.zip"),
    "open what is damaged": _unreadable("open"),
    "a secret on the command line": _misused,
    "replay to the sandbox": _replayed("--all"),
    "replay --format json": _replayed("--format", "json", "--credentials", "env"),
    "replay to nobody": _replayed("--to", "http://127.0.0.1:1"),
    "replay without consent": _replayed("--to", "https://192.0.2.1"),
    "replay to a server that repeats it": _replayed_to(_Echo),
    "replay to a server that answers nonsense": _replayed_to(_Broken),
    "export": _exported,
    "compare": _compared,
    "redact to .mitm": _redacted(ONE, "out.mitm"),
    "redact to .har": _redacted("ours.har", "out.har", "--hide-sids"),
    "redact and escalate a secret as the name of a header": _misnamed,
    "redact a text": _redacted("raw.txt", "out.har", "--expect", "env"),
    "redact where nothing can be written": _not_redacted,
    "escalate": _escalated(ONE),
    "escalate --hide-sids": _escalated(FEW, "--hide-sids", "--expect", "env"),
    "escalate --encrypt-to": _escalated_to_somebody,
    "version": lambda place: place.run("version", env=LOGIN),
    **{f"a fault in the {name}": _faulty(name) for name in FAULTS},
    **INSIDE,
    **PROXY,
}


SETTLED: Final = ("diagnose", "export", "compare", "open", "a secret")
"""How the jobs begin whose output is the same every time."""


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Told]]]:
    """The jobs of the chosen tests, several at once."""
    wanted = {item.callspec.params.get("job") for item in request.session.items if hasattr(item, "callspec")}
    base = tmp_path_factory.mktemp("outputs")
    with ThreadPoolExecutor(3) as pool:
        yield {name: pool.submit(_ran, base / f"{n}", name) for n, name in enumerate(JOBS) if name in wanted}
        pool.shutdown(cancel_futures=True)


def _ran(base: Path, name: str) -> Told:
    root, given = base / "job", base / "given"
    for folder in (root / "tmp", given):
        folder.mkdir(parents=True)
    for file, data in _recordings().items():
        (given / file).write_bytes(data)
    told = JOBS[name](Place(root, given))
    told.is_drawn = not name.startswith(SETTLED)
    assert [*(root / "tmp").iterdir()] == [], "temporary files were left"
    return told


@cache
def _recordings() -> dict[str, bytes]:
    return {**files(), **damaged(), **foreign()}


@pytest.fixture
def told(request: pytest.FixtureRequest, job: str, running: dict[str, Future[Told]], tmp_path: Path) -> Told:
    """What came out of a job; of one that failed before, of a run of its own."""
    return _ran(tmp_path, job) if getattr(request.node, "execution_count", 1) > 1 else running[job].result()


# mitmproxy itself prints what passes where it is asked to: from -v on all headers, at flow_detail 3 and 4 all bodies.
# Of that the addon hides what stands in Authorization, in URLs, and in headers whose names tell of a credential.
_HEADERS: Final = frozenset(
    {
        *("password in Host", "token in User-Agent", "name", "e-mail address", "Auth Token in a query"),
    }
)
_BODIES: Final = PERSONAL | {
    *("password in a JSON body", "password in an XML body", "password in a multipart body", "client_secret in a form"),
    "auth_token of an Account resource",
}
# Of a recording that is read, mitmdump prints the recorder's words and the reason phrase.
_READ: Final = frozenset({"secret in the reason phrase", "secret in the recorder's words"})
MAY: Final = {
    "mitmdump -s addon -v": _HEADERS,
    "mitmdump -s addon, flow_detail 4": _HEADERS | _BODIES,
    "mitmdump -s addon, a fault in reading": frozenset({"Auth Token in the place of the Account SID"}),
    "mitmdump -nr": _READ,
    "mitmdump -nr, flow_detail 4": _READ | _HEADERS | _BODIES,
}
"""What mitmdump may print, by job: the values' names."""


@pytest.mark.parametrize("job", JOBS)
def test_no_output_holds_a_secret(job: str, told: Told) -> None:
    assert told.leaks(but=MAY.get(job, frozenset())) == []


def test_the_search_finds_every_value_in_the_capture_itself() -> None:
    """Else nothing of the above would mean anything. What only signs a token stands nowhere."""
    told = Told(dict(files()))
    found = {one.split(": ")[1] for one in told.leaks()}
    assert {name for name in VALUES if not name.startswith("secret that signs")} <= found


@pytest.mark.parametrize(
    ("written", "digits", "is_drawn", "is_found"),
    [
        *[(how, 4, False, False) for how in (bytes, b64encode, hexlify)],
        *[(how, 5, False, True) for how in (bytes, b64encode, hexlify)],
        *[(how, 6, True, False) for how in (bytes, b64encode)],
        *[(how, 7, True, True) for how in (bytes, b64encode)],
        (hexlify, 5, True, True),
    ],
)
def test_few_digits_of_a_token_are_chance_only_where_digits_are_drawn(
    written: Callable[[bytes], bytes], digits: int, is_drawn: bool, is_found: bool
) -> None:
    told = Told({"stdout": b"a " + written(b":" + AUTH_TOKEN[3 : 3 + digits] + b":")}, is_drawn=is_drawn)
    assert bool(told.leaks()) == is_found


def test_the_demo_shows_none_of_the_secrets_of_the_sandbox(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    told = place.run("demo", "--keep", place.work / "kept.mitm")
    assert told.codes == [0]
    assert b"" not in (secrets := [one.encode() for one in every_secret()])
    assert spotted(b"".join(data for name, data in told.outputs.items() if name != "work/kept.mitm"), secrets) == []
