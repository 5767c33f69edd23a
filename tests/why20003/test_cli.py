import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mitmproxy import connection, http  # noqa: TID251 - writes a capture to diagnose
from mitmproxy.io import FlowWriter  # noqa: TID251 - the same

from analyzers.building import GOOD, MESSAGES, SID, TIME, TOKEN, basic
from analyzers.registry import RULES
from why20003.cli import main

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "why20003" / "schema" / "why20003-1.json").read_text("utf-8"))
STRAY = basic(SID, TOKEN + b"\n")
REFUSAL = {
    "code": 20003,
    "message": "Authenticate",
    "more_info": "https://www.twilio.com/docs/errors/20003",
    "status": 401,
}
UNREADABLE_ENTRY = {"request": {"url": f"/{TOKEN.decode()}"}}


def entry(authorization: bytes | None = STRAY, status: int = 401, second: int = 8, **request: object) -> dict[str, Any]:
    sent = [{"name": "Authorization", "value": authorization.decode()}] if authorization is not None else []
    return {
        "startedDateTime": f"2026-11-03T11:14:{second:02}Z",
        "time": 100,
        "request": {
            "method": "POST",
            "url": f"https://api.twilio.com{(MESSAGES % SID).decode()}",
            "headers": [{"name": "User-Agent", "value": "twilio-python/9.13.0"}, *sent],
            **request,
        },
        "response": {
            "status": status,
            "headers": [{"name": "Twilio-Request-Id", "value": "RQ" + "0123456789abcdef" * 2}],
            "content": {"text": json.dumps(REFUSAL if status == 401 else {})},
        },
    }


@pytest.fixture
def har(tmp_path: Path) -> Callable[..., str]:
    """Writes a HAR file of entries and gives its name."""

    def write(*entries: object, name: str = "a.har") -> str:
        (tmp_path / name).write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), "utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def mitm(tmp_path: Path) -> str:
    """The name of a capture with one refused flow."""
    flow = http.HTTPFlow(
        connection.Client(peername=("192.0.2.7", 5), sockname=("192.0.2.1", 8080), timestamp_start=TIME),
        connection.Server(address=("api.twilio.com", 443)),
    )
    url = f"https://api.twilio.com{(MESSAGES % SID).decode()}"
    flow.request = http.Request.make("POST", url, b"", [(b"Authorization", STRAY)])
    flow.response = http.Response.make(401, json.dumps(REFUSAL), [(b"Content-Type", b"application/json")])
    file = io.BytesIO()
    FlowWriter(file).add(flow)
    (tmp_path / "a.mitm").write_bytes(file.getvalue())
    return str(tmp_path / "a.mitm")


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
    return found


def test_a_refusal_is_shown_and_gives_1(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", har(entry())]) == 1

    out, err = capsys.readouterr()
    assert "a.har: 1 exchange, 1 with Twilio, 1 refused" in out
    assert "stray-characters (confirmed)" in out
    assert err == ""


@pytest.mark.parametrize(
    ("entries", "heading"),
    [
        ((entry(status=200), entry(status=200)), "2 exchanges, 2 with Twilio, none refused"),
        ((entry(url="https://example.com/"),), "1 exchange, 0 with Twilio, none refused"),
        ((), "no HTTP exchange in it"),
    ],
)
def test_nothing_refused_gives_0(
    har: Callable[..., str], capsys: pytest.CaptureFixture[str], entries: tuple[dict[str, Any], ...], heading: str
) -> None:
    changed = [
        {**made, "response": {"status": 200}} if "example.com" in str(made) else made  # another host's 401 is none
        for made in entries
    ]

    assert main(["diagnose", har(*changed)]) == 0
    assert heading in capsys.readouterr().out


def test_short_leaves_out_the_details(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", har(entry()), "--style", "short"]) == 1

    out = capsys.readouterr().out
    assert "stray-characters (confirmed)" in out
    assert "more:" not in out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file or directory"),
        (b"", "the file is empty"),
        (TOKEN, "unknown format"),
        (b"{" + TOKEN, "unknown format"),
        (b"12:" + TOKEN, "expected a mitmproxy capture"),
    ],
)
@pytest.mark.parametrize("shape", ["text", "json"])
def test_an_unreadable_file_gives_3_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, says: str, shape: str
) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)

    assert main(["diagnose", str(file), "--format", shape]) == 3

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"why20003: {file}: ")
    assert says in err
    assert err.count("\n") == 1
    assert TOKEN.decode() not in err


def test_an_unreadable_file_does_not_hide_the_others(
    har: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", "missing.har", har(entry()), "--format", "json"]) == 3

    found = document(capsys)
    assert [recording["refused"] for recording in found["recordings"]] == [1]


def test_entries_that_fail_are_named_on_stderr(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    bad = [UNREADABLE_ENTRY] * 7

    assert main(["diagnose", har(entry(), *bad)]) == 1

    err = capsys.readouterr().err
    assert "entry 1: request.url: expected https://host/path, found no scheme" in err
    assert err.endswith("2 more entries could not be read\n")
    assert TOKEN.decode() not in err


def test_a_file_of_which_nothing_can_be_read_gives_3(
    har: Callable[..., str], mitm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = Path(mitm).with_name("cut.mitm")
    cut.write_bytes(Path(mitm).read_bytes()[:200])

    assert main(["diagnose", har(UNREADABLE_ENTRY)]) == 3
    assert main(["diagnose", str(cut)]) == 3
    assert "cut.mitm: the file is cut off; 0 exchanges before the cut could be read" in capsys.readouterr().err


def test_json_follows_the_schema(har: Callable[..., str], mitm: str, capsys: pytest.CaptureFixture[str]) -> None:
    entries = (entry(), entry(basic(SID, TOKEN), status=200), entry(second=9), entry(None, second=10), UNREADABLE_ENTRY)

    assert main(["diagnose", har(*entries), mitm, "--format", "json"]) == 1

    found = document(capsys)
    assert [(r["format"], r["exchanges"], r["twilio"], r["refused"]) for r in found["recordings"]] == [
        ("har", 4, 4, 3),
        ("mitm", 1, 1, 1),
    ]
    assert found["recordings"][0]["errors"][0]["entry"] == 4
    assert [(d["recording"], d["index"], d["indexes"]) for d in found["diagnoses"]] == [
        (0, 0, [0, 2]),
        (0, 3, [3]),
        (1, 0, [0]),
    ]
    assert found["tool"]["mitmproxy"]


def test_indexes_are_places_in_the_file(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    data_url = {"request": {"url": "data:,x"}}

    main(["diagnose", har(data_url, entry(second=9, status=200), data_url, entry(second=8)), "--format", "json"])

    assert [diagnosis["index"] for diagnosis in document(capsys)["diagnoses"]] == [3]


def test_a_secret_has_one_number_in_all_recordings(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    other = basic(SID, b"e" * 32 + b"\n")
    names = [har(entry(), name="a.har"), har(entry(other), entry(), name="b.har")]

    main(["diagnose", *names, "--format", "json"])

    found = document(capsys)
    assert [d["credential"]["secret"]["fingerprint"] for d in found["diagnoses"]] == ["sec#1", "sec#2", "sec#1"]
    assert [row["refused"] for row in found["summary"]["by_credential"]] == [2, 1]


def test_advice_of_a_repetition_is_not_lost(har: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", har(*(entry(second=second) for second in range(4))), "--format", "json"])

    [diagnosis] = document(capsys)["diagnoses"]
    assert diagnosis["count"] == 4
    assert [advice["kind"] for advice in diagnosis["advice"]] == ["futile-retry"]
    assert "4 times" in diagnosis["advice"][0]["says"]


def test_a_glob_that_the_shell_left_alone_is_expanded(
    har: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    har(entry(), name="a.har")
    har(entry(), name="b.har")
    har(entry(), name="[c].har")

    main(["diagnose", str(tmp_path / "?.har"), str(tmp_path / "a.har"), str(tmp_path / "[c].har"), "--format", "json"])

    assert [Path(r["path"]).name for r in document(capsys)["recordings"]] == ["a.har", "b.har", "[c].har"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["diagnose"],
        ["diagnose", "x", "--format", "yaml"],
        ["diagnose", "--no-such-option"],
        ["no-such-command"],
        ["diagnose", "x", "--style", TOKEN.decode()],
        [TOKEN.decode()],
        ["explain", "a", "b"],
    ],
)
def test_wrong_usage_gives_2_and_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("why20003: ")
    assert err.count("\n") == 1
    assert TOKEN.decode() not in err


def test_no_command_shows_the_help_and_gives_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "diagnose" in capsys.readouterr().out


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    named = {line.split()[0] for line in capsys.readouterr().out.split("Commands:")[1].splitlines() if line.strip()}
    assert named == {path.stem for path in (ROOT / "why20003" / "commands").glob("[!_]*.py")}


@pytest.mark.parametrize("command", [[], ["diagnose"], ["explain"], ["version"]])
def test_every_help_has_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0

    assert f"Example: why20003 {' '.join(command)}" in capsys.readouterr().out


def test_a_page_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Stray_Characters"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("stray-characters: ")
    for heading in ("What it does", "Why it fails", "Cannot see", "Fix", "Source"):
        assert f"{heading}:" in out


def test_the_list_names_every_cause(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0

    out = capsys.readouterr().out.splitlines()
    named = {line.split()[0] for line in out if line}
    assert {rule.slug for rule in RULES} <= named


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("halfes-swaped", "did you mean halves-swapped"),
        ("swaped-halves", "halves-swapped"),
        (TOKEN.decode(), "no such cause ("),
    ],
)
def test_an_unknown_cause_gives_2_and_the_nearest(typed: str, nearest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", typed]) == 2

    err = capsys.readouterr().err
    assert nearest in err
    assert TOKEN.decode() not in err


def test_the_version_names_all_three(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    out = capsys.readouterr().out
    assert "mitmproxy 1" in out
    assert "Python 3." in out


@pytest.mark.parametrize(
    "authorization",
    [
        basic(SID, TOKEN),
        basic(TOKEN, SID),
        STRAY,
        TOKEN,
        b"Bearer " + TOKEN,
        b"Basic " + TOKEN + b":x",
        TOKEN + b": x",
        GOOD[6:],
        GOOD + b"\r\n x",
    ],
)
@pytest.mark.parametrize("shape", ["text", "json"])
def test_no_secret_comes_out(
    har: Callable[..., str], capsys: pytest.CaptureFixture[str], authorization: bytes, shape: str
) -> None:
    url = f"https://AC1:{TOKEN.decode()}@api.twilio.com/2010-04-01/Accounts/{TOKEN.decode()}/x.json?t={TOKEN.decode()}"

    main(["diagnose", har(entry(authorization), entry(authorization, url=url)), "--format", shape])

    out, err = capsys.readouterr()
    token, packed = TOKEN.decode(), GOOD[6:].decode()
    assert not [token[i : i + 5] for i in range(len(token) - 4) if token[i : i + 5] in out + err]
    assert not [packed[i : i + 8] for i in range(len(packed) - 7) if packed[i : i + 8] in out + err]


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - what subprocess takes
    return subprocess.run(
        [sys.executable, "-c", "import sys; from why20003.cli import main; sys.exit(main())", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        **more,
    )


def test_standard_input(har: Callable[..., str]) -> None:
    done = run("diagnose", "-", input=Path(har(entry())).read_text("utf-8"))

    assert done.returncode == 1
    assert "standard input: 1 exchange" in done.stdout


def test_a_console_without_these_characters_gets_question_marks(har: Callable[..., str]) -> None:
    done = run("diagnose", har(entry()), env={**os.environ, "PYTHONIOENCODING": "ascii"})

    assert done.returncode == 1
    assert done.stdout.splitlines()[2].startswith("? stray-characters")
    assert done.stderr == ""


def test_a_piped_har_loads_neither_mitmproxy_nor_rich(har: Callable[..., str]) -> None:
    program = (
        "import sys; from why20003.cli import main; main(sys.argv[1:]); "
        "print([name for name in ('mitmproxy', 'rich') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "diagnose", har(entry())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stderr == "[]\n"


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="needs bash")
def test_a_reader_that_goes_away_is_no_error(har: Callable[..., str]) -> None:
    name = har(*(entry(basic(SID, b"%032x\n" % number)) for number in range(500)))
    program = f"'{sys.executable}' -m why20003.cli diagnose '{name}' --format json | head -c 1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["/bin/bash", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, "{", "")
