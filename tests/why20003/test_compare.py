import io
import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from live import leaked

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.exchange import Exchange, Fidelity
from analyzers.twilio import SID as SID_LIKE
from recordings.har_writing import HarEntry, har
from recordings.mitm_writing import mitm
from recordings.opening import open_recording
from why20003.cli import main
from why20003.comparison import credentials_in
from why20003.feeding import Diagnosed, diagnosed_files
from why20003.sandbox.accounts import LIVE, every_secret

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "recordings" / "samples"
SCHEMA = json.loads((ROOT / "why20003" / "schema" / "why20003-compare-1.json").read_text("utf-8"))
SECRETS = (TOKEN.decode(), KEY_SECRET.decode(), *every_secret())
MIXED = (
    refused(basic(SID, TOKEN + b"\n"), at=0),
    accepted(basic(KEY, KEY_SECRET), at=1),
    refused(basic(SID, TOKEN[::-1]), at=2),
    refused(basic(SID, TOKEN + b"\n"), at=3),
    accepted(basic(SID, TOKEN), at=4),
    refused(basic(TOKEN, SID), at=5),
    accepted(basic(b"other", b"of another service"), at=6, host="example.com", path=b"/"),
    accepted(basic(SID, TOKEN), at=7, host="example.com", path=b"/"),
    refused(TOKEN, at=8),
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command with a value in the environment, and sees to it that no output shows a secret."""

    def go(*arguments: str, value: bytes | None = TOKEN) -> tuple[int, str, str]:
        if value is not None:
            monkeypatch.setenv("CONSOLE_VALUE", os.fsdecode(value))
            arguments = (*arguments, "--env", "CONSOLE_VALUE")
        code = main(["compare", *arguments])
        told = capsys.readouterr()
        secret = [] if value is None or SID_LIKE.fullmatch(value) else [os.fsdecode(value)]  # a SID is shown shortened
        assert leaked(told.out + told.err, *SECRETS, *secret) == []
        return code, told.out, told.err

    return go


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm(MIXED)))
    return path


def document(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out)
    Draft202012Validator(SCHEMA).validate(found)
    assert list(found) == SCHEMA["required"]
    return found


def told(found: dict[str, Any]) -> list[tuple[str | None, list[int], str]]:
    return [(one["name"], one["indexes"], one["relation"]) for one in found["credentials"]]


def test_the_schema_is_a_schema_of_closed_objects() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, SCHEMA["properties"]["given"], *SCHEMA["$defs"].values()]
    for each in objects:
        if each.get("type") == "object":
            assert each["additionalProperties"] is False
            assert sorted(each["required"]) == sorted(each["properties"])


def test_each_credential_has_its_number_its_places_and_a_verdict(run: Run, mixed: Path) -> None:
    code, out, err = run(str(mixed), "--format", "json")
    found = document(out)

    assert (code, err) == (0, "")
    assert found["equal"] is True
    assert told(found) == [
        ("sec#1", [0, 3], "stray-characters"),
        ("sec#2", [2], "reversed"),
        ("sec#3", [5], "equal"),
        ("sec#4", [1], "other"),
        ("sec#5", [4], "equal"),
        ("sec#5", [7], "equal"),
        (None, [8], "equal"),
    ]
    assert [one["equal"] for one in found["credentials"]] == [False, False, False, False, True, True, True]
    assert [one["misplaced"] for one in found["credentials"]] == [False, False, True, False, False, False, False]
    assert [one["host"] for one in found["credentials"]] == [None] * 5 + ["example.com", None]
    assert [one["refused"] for one in found["credentials"]] == [2, 1, 1, 0, 0, 0, 1]
    assert [one["part"] for one in found["credentials"]] == [*["password"] * 2, "username", *["password"] * 3, "value"]


def test_the_same_as_text(run: Run, mixed: Path) -> None:
    code, out, _ = run(str(mixed))

    assert code == 0
    assert (
        "sec#1  stray-characters\n"
        "  The password is the value given, with line feed (0x0A) behind it.\n"
        "  33 characters, the value given has 32; the first difference is after 32.\n"
        "  Sent with AC0011…eeff in entries 0, 3, refused.\n"
    ) in out
    assert (
        "sec#3  equal, misplaced\n"
        "  The username is equal to the value given, which belongs in the password.\n"
        "  Sent with <32 lower-case hex digits> in entry 5, refused.\n"
    ) in out
    assert "  Sent to example.com, which is not Twilio, with AC0011…eeff in entry 7.\n" in out
    assert "no number  equal\n  What was sent is equal to the value given.\n  Sent in entry 8, refused.\n" in out
    assert out.endswith("\nThe value given was sent: 3 of 7 match.\n")
    assert out.startswith("The value given: 32 lower-case hex digits\n\n")


@pytest.mark.parametrize(
    ("exchanges", "value", "code", "last"),
    [
        ([accepted()], TOKEN, 0, "The value given was sent: 1 of 1 matches."),
        ([accepted()], TOKEN[:-1], 1, "The value given was not sent as it is."),
        ([refused(basic(TOKEN, SID))], TOKEN, 1, "The value given was sent, but in another place than its own."),
        ([accepted()], SID, 0, "The value given was sent: 1 of 1 matches."),
        ([accepted()], OTHER_SID, 1, "The value given was not sent as it is."),
    ],
)
def test_the_exit_code_and_the_last_line(  # noqa: PLR0917 - the columns of the table and fixtures
    run: Run, tmp_path: Path, exchanges: list[Exchange], value: bytes, code: int, last: str
) -> None:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm(exchanges)))
    found, out, _ = run(str(path), value=value)
    assert (found, out.splitlines()[-1]) == (code, last)


def test_a_value_with_a_stray_of_its_own_is_said_to_have_it(run: Run, mixed: Path) -> None:
    code, out, _ = run(str(mixed), value=TOKEN + b"\n")
    assert code == 0
    assert "note: the value given itself has line feed (0x0A) behind it\n" in out
    _, out, _ = run(str(mixed), "--format", "json", value=TOKEN + b"\n")
    assert [one["kind"] for one in document(out)["given"]["strays"]] == ["line feed (0x0A)"]


@pytest.mark.parametrize(
    ("sid", "names"),
    [(SID, {"sec#1", "sec#2", "sec#3", "sec#5"}), (KEY, {"sec#4"}), (KEY.lower(), {"sec#4"})],
    ids=["account", "key", "letter-case"],
)
def test_the_credentials_of_one_sid(run: Run, mixed: Path, sid: bytes, names: set[str]) -> None:
    value = KEY_SECRET if sid != SID else TOKEN
    _, out, _ = run(str(mixed), "--sid", sid.decode(), "--format", "json", value=value)
    assert {one["name"] for one in document(out)["credentials"]} == names


@pytest.mark.parametrize("sid", [OTHER_SID.decode(), KEY_SECRET.decode()], ids=["another", "a-secret-by-mistake"])
def test_where_none_is_of_that_sid_nobody_is_asked(run: Run, tmp_path: Path, sid: str) -> None:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm([accepted()])))
    code, out, err = run(str(path), "--sid", sid, value=None)
    assert (code, out) == (1, "")
    assert err == "why20003: no credential was sent with this SID in the recording\n"


def test_an_export_without_credentials_proves_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    exchange = replace(refused(None), fidelity=Fidelity.SANITIZED)
    path.write_bytes(b"".join(har([HarEntry(exchange)], version="1")))
    code, _, err = run(str(path))
    assert code == 1
    assert err == "why20003: no credential was sent in the recording; the export may have left it out\n"


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.mitm")), ids=lambda path: path.stem)
def test_the_numbers_are_those_of_diagnose(sample: Path) -> None:
    (result,) = diagnosed_files([str(sample)], (), progress=None)
    assert isinstance(result, Diagnosed)
    rows = credentials_in(sample).rows
    named = {(row.name, place) for row in rows if row.refused for place in row.indexes}
    for diagnosis, places in result.diagnoses:
        if diagnosis.credential and diagnosis.credential.fingerprint:
            assert {(diagnosis.credential.fingerprint, place) for place in places} <= named
    numbers = [row.name for row in rows if row.name]
    assert sorted({*numbers}, key=lambda name: int(name[4:])) == list(dict.fromkeys(numbers))


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.mitm")), ids=lambda path: path.stem)
def test_no_sample_gives_a_secret_away(run: Run, sample: Path) -> None:
    for value in (LIVE.auth_token.encode(), LIVE.auth_token.upper().encode()[:-3], LIVE.sid.encode()):
        for form in ("text", "json"):
            code, out, _ = run(str(sample), "--format", form, value=value)
            assert code in {0, 1}
            if form == "json" and out:
                document(out)


def test_an_archive_has_its_numbers_in_common(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.mitm", b"".join(mitm([refused(basic(SID, KEY_SECRET)), refused(basic(SID, b"x" * 32))])))
        archive.writestr("b.mitm", b"".join(mitm([refused(), refused(basic(SID, KEY_SECRET))])))
    code, out, _ = run(str(path), "--format", "json")
    found = document(out)
    assert code == 0
    assert [(one["name"], one["recording"], one["indexes"]) for one in found["credentials"]] == [
        ("sec#1", 0, [0]),
        ("sec#1", 1, [1]),
        ("sec#2", 0, [1]),
        ("sec#3", 1, [0]),
    ]
    _, out, _ = run(str(path))
    assert f"in entry 0 of {path}/b.mitm, refused." in out


def test_only_what_diagnose_would_number_takes_a_number(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm([refused(b"Token " + KEY_SECRET), accepted(basic(SID, TOKEN), at=1)])))
    _, out, _ = run(str(path), "--format", "json")
    assert told(document(out)) == [("sec#1", [1], "equal"), (None, [0], "other")]


def test_twilio_behind_another_name_is_twilio(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm([refused(basic(SID, KEY_SECRET), host="gateway.example")])))
    _, out, _ = run(str(path), "--format", "json")
    assert [(one["host"], one["relation"]) for one in document(out)["credentials"]] == [(None, "other")]


def test_many_places_are_counted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    path.write_bytes(b"".join(mitm([refused(at=n) if n < 2 else accepted(at=n) for n in range(12)])))
    _, out, _ = run(str(path))
    assert "in entries 0, 1, 2, 3, 4, 5, 6, 7 and 4 more, 2 of 12 refused." in out
    _, out, _ = run(str(path), "--format", "json")
    assert document(out)["credentials"][0]["indexes"] == [*range(12)]


def test_too_many_credentials_are_cut_off_and_that_is_said(
    run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("why20003.comparison._MOST", 2)
    _, out, err = run(str(mixed), "--format", "json")
    assert len(document(out)["credentials"]) == 2
    assert "more different credentials than can be compared" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["no-such.mitm"], 3, "no-such.mitm: No such file or directory", id="no-file"),
        pytest.param(["empty.mitm"], 3, "the file is empty", id="empty"),
        pytest.param(["cut.mitm"], 3, "the file is cut off", id="nothing-but-a-cut"),
        pytest.param(["-"], 2, "standard input is where the value comes from", id="standard-input"),
        pytest.param(["a.mitm", "--env", "NOT_SET"], 2, "--env: there is no such variable", id="no-variable"),
        pytest.param(["a.mitm", "--env", TOKEN.decode()], 2, "give its name, not its value", id="the-value-as-name"),
        pytest.param(["a.mitm", TOKEN.decode()], 2, "unexpected extra argument", id="the-value-as-argument"),
        pytest.param(["a.mitm", "--format", TOKEN.decode()], 2, "Invalid value for '--format'", id="format"),
    ],
)
def test_what_cannot_be_done_is_said(  # noqa: PLR0917 - the columns of the table and fixtures
    run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(mixed.parent)
    Path("empty.mitm").touch()
    Path("cut.mitm").write_bytes(mixed.read_bytes()[:200])
    found, out, err = run(*arguments, value=None)
    assert (found, out) == (code, "")
    assert says in err
    assert err.count("\n") == 1


def test_what_could_be_read_of_a_damaged_file_is_compared(run: Run, mixed: Path) -> None:
    mixed.write_bytes(mixed.read_bytes()[:-20])
    code, out, err = run(str(mixed))
    assert code == 0
    assert "sec#1" in out
    assert "the file is cut off; 8 exchanges before the cut could be read" in err


def test_a_fault_of_ours_does_not_show_its_text(run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(TOKEN.decode())

    monkeypatch.setattr("why20003.comparison.weighed", fail)
    code, out, err = run(str(mixed))
    assert (code, out) == (3, "")
    assert "stopped by a fault of why20003 itself (ValueError)" in err


@pytest.mark.parametrize(
    ("piped", "code", "says"),
    [
        pytest.param(TOKEN + b"\n", 0, "", id="one-line"),
        pytest.param(TOKEN + b"\r\n", 0, "", id="line-end-of-windows"),
        pytest.param(TOKEN, 0, "", id="without-a-line-end"),
        pytest.param(TOKEN + b"\nanother line\n", 0, "", id="the-first-line-counts"),
        pytest.param(b" " + TOKEN + b"\n", 1, "", id="its-blanks-are-its-own"),
        pytest.param(KEY[:20] + b"\n", 1, "", id="another"),
        pytest.param(b"", 2, "no value was given", id="nothing"),
        pytest.param(b"\n" + TOKEN, 2, "no value was given", id="an-empty-line"),
    ],
)
def test_a_pipe_is_read_as_one_line(  # noqa: PLR0917 - the columns of the table and fixtures
    run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch, piped: bytes, code: int, says: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))
    found, out, err = run(str(mixed), value=None)
    assert found == code
    assert says in err
    assert bool(out) is (code < 2)


def test_without_any_standard_input_nobody_is_asked(run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = run(str(mixed), value=None)
    assert code == 2
    assert "no value was given" in err


def on_a_terminal(typed: bytes, *arguments: str, before: str = "") -> tuple[int, str]:
    """The exit code and all that stands on the terminal when `typed` answers the prompt."""
    pid, terminal = pty.fork()
    if pid == 0:
        program = f"import sys; from why20003.cli import main; {before}\nsys.exit(main())"
        os.execv(sys.executable, [sys.executable, "-c", program, "compare", *arguments])  # noqa: S606 - the child of a fork
    shown = b""
    answered = False
    try:
        while data := os.read(terminal, 4096):
            shown += data
            if b"(not shown): " in shown and not answered:
                os.write(terminal, typed)
                answered = True
    except OSError:  # the other end is closed
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        pytest.param(TOKEN + b"\n", 0, "The value given was sent", id="equal"),
        pytest.param(b"  " + TOKEN + b" \n", 0, "The value given was sent", id="pasted-with-blanks"),
        pytest.param(KEY_SECRET[::-1] + b"\n", 1, "not sent as it is", id="none"),
        pytest.param(b"\n", 2, "no value was given", id="nothing"),
        pytest.param(b"\x04", 2, "no value was given", id="end-of-file"),
        pytest.param(b"\x03", 130, "", id="ctrl-c"),
    ],
)
def test_what_is_typed_is_not_shown(mixed: Path, typed: bytes, code: int, says: str) -> None:
    found, shown = on_a_terminal(typed, str(mixed))
    assert found == code
    assert "The value from the Console (not shown): " in shown
    assert says in shown
    assert "Traceback" not in shown
    assert leaked(shown, *SECRETS, typed.decode().strip()) == []


def test_a_terminal_that_would_show_it_is_refused(mixed: Path) -> None:
    deaf = "import termios; termios.tcgetattr = lambda *_: (_ for _ in ()).throw(termios.error())"
    code, shown = on_a_terminal(b"", str(mixed), before=deaf)
    assert code == 2
    assert "this terminal would show what you type" in shown


def test_nobody_sees_the_value_in_the_list_of_processes(mixed: Path) -> None:
    """Neither as an argument nor in the environment of this process or of those that it starts."""
    program = (
        "import sys, os\nfrom why20003 import comparison\nfrom why20003.cli import main\n"
        "real = comparison.answers\n"
        "def spy(rows, given):\n"
        "    for name in ('cmdline', 'environ'):\n"
        "        with open(f'/proc/self/{name}', 'rb') as file:\n"
        "            assert given not in file.read()\n"
        "    assert os.fsdecode(given) not in str(os.environ)\n"
        "    return real(rows, given)\n"
        "comparison.answers = spy\nsys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "compare", str(mixed)],
        input=TOKEN,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


DOCS = ROOT / "docs" / "compare.md"


def test_the_documentation_shows_a_real_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    text = DOCS.read_text("utf-8")
    runs = re.findall(r"```console\n\$ why20003 compare ([^\n]+)\n(.*?)```", text, re.DOTALL)
    assert runs
    monkeypatch.chdir(tmp_path)
    for arguments, shown in runs:
        file, *options = shlex.split(arguments)
        shutil.copy(SAMPLES / file, file)
        assert options == []
        _, out, _ = run(file, value=LIVE.auth_token.encode())
        prompt, _, rest = shown.partition("\n")
        assert prompt == "The value from the Console (not shown): "
        assert rest == out


def test_the_documentation_names_every_relation_and_member() -> None:
    text = DOCS.read_text("utf-8")
    credential = SCHEMA["$defs"]["credential"]["properties"]
    assert [name for name in credential["relation"]["enum"] if f"| `{name}` |" not in text] == []
    assert [name for name in credential if f"`{name}`" not in text] == []


def test_reading_for_comparison_is_reading_all() -> None:
    path = SAMPLES / "worked-then-refused.mitm"
    places = {place for row in credentials_in(path).rows for place in row.indexes}
    assert places == {*range(len(open_recording(path).exchanges))}
