"""The commands as a user of mitmproxy types them: what they show, what they write, what they say when they cannot."""

import asyncio
import io
import json
import logging
import stat
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from canary import spotted
from flows import flow_of
from mitmproxy import command, ctx, exceptions, http
from mitmproxy.addons.view import View
from mitmproxy.log import ALERT
from mitmproxy.test import taddons, tflow

from addon import redacting
from addon.commands import Commands
from addon.plugin import Why20003
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings.flows import exchange_of
from recordings.opening import open_recording
from why20003.cli import main

SWAPPED = basic(TOKEN, SID)
STRAY = basic(SID, TOKEN + b"\n")
BODY = b"To=%2B4915112345678&Body=Meet+Zdenka+at+the+harbour"
PLANTED = (TOKEN, KEY_SECRET, b"4915112345678", b"Zdenka")


@dataclass
class Mitmproxy:
    """A mitmproxy with the addon and its commands, and a list of flows."""

    plugin: Why20003
    commands: Commands
    view: View
    alerts: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run(self, typed: str) -> list[str]:
        """What a command shows."""
        return cast("list[str]", ctx.master.commands.execute(typed))

    def pass_through(self, *exchanges: Exchange, judged: bool = True) -> list[http.HTTPFlow]:
        """Let exchanges come as traffic."""
        flows = [flow_of(exchange) for exchange in exchanges]
        for flow in flows:
            if judged:
                self.plugin.response(flow)
            self.view.add([flow])
        return flows

    async def done(self) -> None:
        """Until what goes on behind a command has ended."""
        await asyncio.gather(*self.commands._tasks)


@pytest.fixture
async def mitmproxy() -> AsyncIterator[Mitmproxy]:
    plugin, view = Why20003(io.StringIO()), View()
    commands = Commands(plugin)
    with taddons.context(plugin, commands, view):
        found = Mitmproxy(plugin, commands, view)
        logged = Logged(found)
        logging.getLogger().addHandler(logged)
        logging.getLogger("addon").setLevel(logging.INFO)
        yield found
        logging.getLogger().removeHandler(logged)
        plugin.done()


class Logged(logging.Handler):
    def __init__(self, found: Mitmproxy) -> None:
        super().__init__()
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        for level, lines in ((ALERT, self._found.alerts), (logging.ERROR, self._found.errors)):
            if record.levelno == level:
                lines.append(record.getMessage())


def all_commands() -> list[command.Command]:
    return [each for name, each in ctx.master.commands.commands.items() if name.startswith("why20003.")]


async def test_every_command_says_what_it_does_and_takes(mitmproxy: Mitmproxy) -> None:
    assert sorted(each.signature_help() for each in all_commands()) == [
        "why20003.diagnose flows -> str[]",
        "why20003.escalate flows path",
        "why20003.explain flow -> str[]",
        "why20003.redact flows path",
        "why20003.summary  -> str[]",
    ]
    assert all(each.help for each in all_commands())


async def test_what_a_command_shows_is_what_the_data_viewer_takes(mitmproxy: Mitmproxy) -> None:
    mitmproxy.pass_through(refused(SWAPPED))
    for typed in ("why20003.explain @focus", "why20003.diagnose @shown", "why20003.summary"):
        rows = mitmproxy.run(typed)
        assert type(rows) is list
        assert rows
        assert all(isinstance(row, str) and row and "\n" not in row for row in rows)
        json.dumps(rows)  # as mitmweb does


# --- explain ----------------------------------------------------------------------------------------------------------


async def test_explain_shows_the_page_of_the_cause(mitmproxy: Mitmproxy, capsys: pytest.CaptureFixture[str]) -> None:
    mitmproxy.pass_through(refused(SWAPPED))
    rows = mitmproxy.run("why20003.explain @focus")
    assert main(["explain", "halves-swapped"]) == 0
    assert [row.rstrip() for row in rows] == capsys.readouterr().out.splitlines()


async def test_explain_fits_the_screen(mitmproxy: Mitmproxy, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen:
        def get_cols_rows(self) -> tuple[int, int]:
            return 80, 24

    monkeypatch.setattr(ctx.master, "ui", Screen(), raising=False)
    mitmproxy.pass_through(refused(SWAPPED))
    rows = mitmproxy.run("why20003.explain @focus")
    prose = rows[: rows.index("Looks like:")]  # code may be longer
    assert 50 < max(map(len, prose)) <= 60


@pytest.mark.parametrize(
    ("exchange", "says"),
    [
        pytest.param(accepted(GOOD), "this flow is no refusal, so there is nothing to explain", id="success"),
        pytest.param(None, "this is no HTTP flow", id="tcp"),
    ],
)
async def test_explain_where_there_is_nothing(mitmproxy: Mitmproxy, exchange: Exchange | None, says: str) -> None:
    if exchange is None:
        mitmproxy.view.add([tflow.ttcpflow()])
    else:
        mitmproxy.pass_through(exchange)
    with pytest.raises(exceptions.CommandError, match=says):
        mitmproxy.run("why20003.explain @focus")


async def test_explain_without_a_flow(mitmproxy: Mitmproxy) -> None:
    with pytest.raises(exceptions.CommandError, match="requires one flow"):
        mitmproxy.run("why20003.explain @focus")


async def test_explain_of_what_nobody_can_explain(mitmproxy: Mitmproxy) -> None:
    (flow,) = mitmproxy.pass_through(refused(SWAPPED), judged=False)
    flow.metadata["why20003"] = {"cause": None, "verdict": "unknown", "says": "Nothing in this capture shows why"}
    with pytest.raises(exceptions.CommandError, match="Nothing in this capture shows why"):
        mitmproxy.run("why20003.explain @focus")


# --- diagnose ---------------------------------------------------------------------------------------------------------


async def test_diagnose_marks_flows_that_nobody_judged(mitmproxy: Mitmproxy) -> None:
    flows = mitmproxy.pass_through(refused(SWAPPED), accepted(GOOD, at=1), refused(SWAPPED, at=2), judged=False)
    assert mitmproxy.run("why20003.diagnose @all") == [
        "3 flows judged, 2 refusals",
        "Refusals by cause",
        "  2  halves-swapped",
    ]
    assert [flow.marked for flow in flows] == [":red_circle:", "", ":red_circle:"]
    assert flows[0].comment.startswith("halves-swapped (confirmed): ")


async def test_diagnose_leaves_messages_as_they_are(mitmproxy: Mitmproxy) -> None:
    (flow,) = mitmproxy.pass_through(refused(SWAPPED), judged=False)
    before = exchange_of(flow), flow.response and flow.response.get_state()
    mitmproxy.run("why20003.diagnose @all")
    assert (exchange_of(flow), flow.response and flow.response.get_state()) == before


@pytest.mark.parametrize("reverse", [False, True])
async def test_diagnose_judges_in_the_order_of_time_with_all_that_the_flows_show(
    mitmproxy: Mitmproxy, *, reverse: bool
) -> None:
    story = [accepted(GOOD), refused(GOOD, at=1), refused(STRAY, at=2), refused(None, at=3), accepted(GOOD, at=4)]
    flows = mitmproxy.pass_through(*(story[::-1] if reverse else story), judged=False)
    mitmproxy.run("why20003.diagnose @all")
    told = [each.metadata.get("why20003", {}).get("cause") for each in (flows[::-1] if reverse else flows)]
    results = diagnose_all(story, b"key")
    assert told == [each.diagnosis.top.cause if each.diagnosis and each.diagnosis.top else None for each in results]
    assert "worked-then-refused" in told


async def test_diagnose_corrects_what_was_said_live(mitmproxy: Mitmproxy) -> None:
    (flow,) = mitmproxy.pass_through(refused(GOOD, at=1))
    before = flow.comment
    mitmproxy.pass_through(accepted(GOOD, at=0), judged=False)
    mitmproxy.run("why20003.diagnose @all")
    assert flow.comment.startswith("worked-then-refused")
    assert flow.comment != before


async def test_diagnose_keeps_what_the_user_wrote(mitmproxy: Mitmproxy) -> None:
    (flow,) = mitmproxy.pass_through(refused(SWAPPED))
    flow.comment = "mine"
    mitmproxy.run("why20003.diagnose @all")
    assert flow.comment == "mine"


async def test_diagnose_names_secrets_as_the_traffic_does(mitmproxy: Mitmproxy) -> None:
    (live,) = mitmproxy.pass_through(refused(basic(KEY, KEY_SECRET), at=5))
    first, again = mitmproxy.pass_through(refused(STRAY), refused(basic(KEY, KEY_SECRET), at=6), judged=False)
    mitmproxy.run("why20003.diagnose @all")
    known = [mitmproxy.plugin.marked.known(each) for each in (live, first, again)]
    assert [each and each.credential and each.credential.fingerprint for each in known] == ["sec#1", "sec#2", "sec#1"]


async def test_diagnose_passes_over_what_is_no_finished_http(mitmproxy: Mitmproxy) -> None:
    mitmproxy.view.add([tflow.ttcpflow(), tflow.tdnsflow(), tflow.tflow()])
    assert mitmproxy.run("why20003.diagnose @all") == ["0 flows judged, 0 refusals"]


# --- summary ----------------------------------------------------------------------------------------------------------


async def test_summary_counts_what_the_list_holds(mitmproxy: Mitmproxy) -> None:
    mitmproxy.pass_through(*(refused(SWAPPED, at=at) for at in range(3)), refused(STRAY, at=4), accepted(GOOD, at=5))
    mitmproxy.view.add([tflow.tflow(resp=True), tflow.ttcpflow()])
    assert mitmproxy.run("why20003.summary") == [
        "5 Twilio exchanges among 6 flows, 4 refused",
        "Refusals by cause",
        "  3  halves-swapped",
        "  1  stray-characters",
    ]


async def test_summary_of_nothing(mitmproxy: Mitmproxy) -> None:
    assert mitmproxy.run("why20003.summary") == ["0 Twilio exchanges among 0 flows, none refused"]


async def test_summary_without_a_list() -> None:
    plugin = Why20003(io.StringIO())
    with taddons.context(plugin, Commands(plugin)):
        with pytest.raises(exceptions.CommandError, match="no list of flows here"):
            ctx.master.commands.execute("why20003.summary")
        plugin.done()


# --- redact -----------------------------------------------------------------------------------------------------------

STORY = (
    accepted(basic(KEY, KEY_SECRET), at=1, body=BODY),
    refused(STRAY, at=2, body=BODY),
    refused(SWAPPED, at=3, extra=((b"Cookie", b"session=" + TOKEN),)),
)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.rglob("*"))


def causes(exchanges: Sequence[Exchange]) -> list[str | None]:
    results = diagnose_all(exchanges, b"key")
    return [each.diagnosis.top.cause if each.diagnosis and each.diagnosis.top else None for each in results]


async def test_redact_writes_the_flows_without_their_secrets(mitmproxy: Mitmproxy, tmp_path: Path) -> None:
    mitmproxy.pass_through(*STORY)
    path = tmp_path / "with blank.mitm"
    assert mitmproxy.run(f"why20003.redact @all '{path}'") is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert spotted(path.read_bytes(), PLANTED) == []
    assert causes(open_recording(path).exchanges) == causes(STORY)
    assert names(tmp_path) == [path.name]
    assert mitmproxy.alerts == ["why20003: saved 3 flows without secrets"]


async def test_redact_takes_the_marked_ones(mitmproxy: Mitmproxy, tmp_path: Path) -> None:
    mitmproxy.pass_through(*STORY)
    mitmproxy.run(f"why20003.redact @marked {tmp_path / 'x.mitm'}")
    assert causes(open_recording(tmp_path / "x.mitm").exchanges) == causes(STORY)[1:]


async def test_redact_replaces_a_file_and_makes_it_private(mitmproxy: Mitmproxy, tmp_path: Path) -> None:
    path = tmp_path / "x.mitm"
    path.write_text("older")
    path.chmod(0o644)
    mitmproxy.pass_through(*STORY)
    mitmproxy.run(f"why20003.redact @all {path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(open_recording(path).exchanges) == 3


@pytest.mark.parametrize("name", ["redact", "escalate"])
@pytest.mark.parametrize(
    ("flows", "path", "says"),
    [
        pytest.param("@hidden", "x.mitm", "no HTTP flow matches; @marked are the refusals", id="no-flows"),
        pytest.param("@all", "nowhere/x.mitm", "there is no folder", id="no-folder"),
        pytest.param("@all", ".", "is a folder", id="folder"),
        pytest.param("~zzz", "x.mitm", "zzz", id="no-filter"),
    ],
)
async def test_what_cannot_be_written_is_said(
    mitmproxy: Mitmproxy, tmp_path: Path, *, name: str, flows: str, path: str, says: str
) -> None:
    mitmproxy.pass_through(*STORY)
    with pytest.raises(exceptions.CommandError, match=says):
        mitmproxy.run(f"why20003.{name} {flows} {tmp_path / path}")
    assert names(tmp_path) == []


async def test_redact_writes_no_har(mitmproxy: Mitmproxy, tmp_path: Path) -> None:
    mitmproxy.pass_through(*STORY)
    with pytest.raises(exceptions.CommandError, match=r"name it \.mitm"):
        mitmproxy.run(f"why20003.redact @all {tmp_path / 'x.har'}")


async def test_a_disk_that_takes_nothing_is_said_and_leaves_the_older_file(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "x.mitm"
    path.write_text("older")
    mitmproxy.pass_through(*STORY)
    monkeypatch.setattr("addon.redacting.os.fdopen", full)
    with pytest.raises(exceptions.CommandError, match="No space left on device"):
        mitmproxy.run(f"why20003.redact @all {path}")
    assert path.read_text() == "older"
    assert names(tmp_path) == [path.name]


async def test_nothing_is_written_with_a_part_of_a_secret_in_it(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.redacting.Redactor.redact", lambda _, exchange: exchange)
    mitmproxy.pass_through(*STORY)
    with pytest.raises(exceptions.CommandError, match="a part of a secret would still be there"):
        mitmproxy.run(f"why20003.redact @all {tmp_path / 'x.mitm'}")
    assert names(tmp_path) == []


# --- escalate ---------------------------------------------------------------------------------------------------------


async def test_escalate_makes_a_bundle_without_secrets_and_leaves_nothing_else(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("addon.redacting.tempfile.tempdir", str(temporary))
    mitmproxy.pass_through(*STORY)
    path = tmp_path / "case.zip"
    assert mitmproxy.run(f"why20003.escalate @all {path}") is None
    await mitmproxy.done()
    assert mitmproxy.errors == []
    assert mitmproxy.alerts[-1] == f"why20003: wrote {path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        data = b"\n".join(archive.read(name) for name in archive.namelist())
    assert spotted(data, PLANTED[:2]) == []
    assert b"halves-swapped" in data
    assert names(tmp_path) == ["case.zip", "temporary"]


async def test_a_bundle_can_be_opened(mitmproxy: Mitmproxy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mitmproxy.pass_through(*STORY)
    mitmproxy.run(f"why20003.escalate @all {tmp_path / 'case.zip'}")
    await mitmproxy.done()
    assert main(["open", str(tmp_path / "case.zip")]) == 0
    told = capsys.readouterr().out
    assert "every member is what the manifest says" in told
    assert "redacted beforehand" in told


async def test_no_secret_reaches_the_disk_on_the_way(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "why20003"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{seen}\ncat "$2" >>{seen}\ncp "$2" "$4"\n')
    program.chmod(0o700)
    monkeypatch.setattr(redacting, "_program", lambda: str(program))
    mitmproxy.pass_through(*STORY)
    mitmproxy.run(f"why20003.escalate @all {tmp_path / 'case.zip'}")
    await mitmproxy.done()
    assert len(seen.read_bytes()) > 3000
    assert spotted(seen.read_bytes() + (tmp_path / "case.zip").read_bytes(), PLANTED) == []


async def test_escalate_of_nothing_refused_says_so(mitmproxy: Mitmproxy, tmp_path: Path) -> None:
    mitmproxy.pass_through(accepted(GOOD))
    mitmproxy.run(f"why20003.escalate @all {tmp_path / 'case.zip'}")
    await mitmproxy.done()
    assert mitmproxy.errors == ["why20003.escalate: none of these flows is a refusal, so nothing was written"]
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param(
            "echo 'why20003: out of paper' >&2; exit 3", "why20003.escalate: out of paper", id="its-own-words"
        ),
        pytest.param("exit 7", "why20003.escalate: ended with 7", id="no-words"),
        pytest.param("exit 0", "why20003.escalate: cannot write ", id="no-file"),
        pytest.param("sleep 60", "why20003.escalate: given up after 0.2 seconds", id="never-ends"),
    ],
)
async def test_a_command_that_fails_is_said_in_one_line(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    program = tmp_path / "why20003"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr(redacting, "_program", lambda: str(program))
    monkeypatch.setattr(redacting, "_SECONDS", 0.2 if "sleep" in script else 60)
    mitmproxy.pass_through(*STORY)
    mitmproxy.run(f"why20003.escalate @all {tmp_path / 'case.zip'}")
    await mitmproxy.done()
    assert [error[: len(says)] for error in mitmproxy.errors] == [says]
    assert not (tmp_path / "case.zip").exists()


async def test_escalate_where_the_command_is_missing_says_what_to_do(
    mitmproxy: Mitmproxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.redacting.sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    mitmproxy.pass_through(*STORY)
    with pytest.raises(exceptions.CommandError, match=r"save the flows with why20003\.redact"):
        mitmproxy.run(f"why20003.escalate @all {tmp_path / 'case.zip'}")
