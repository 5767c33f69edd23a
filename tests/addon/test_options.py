"""The options as a user of mitmproxy sets them, before and after it has started."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flows import flow_of
from mitmproxy import ctx, exceptions
from mitmproxy.test import taddons

from addon import script
from addon.plugin import Why20003
from analyzers.building import SID, TOKEN, basic, refused
from analyzers.exchange import Exchange
from recordings.opening import open_recording

SWAPPED = basic(TOKEN, SID)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mitmproxy.md"


@dataclass
class Running:
    """A mitmproxy that has started."""

    plugin: Why20003
    printed: io.StringIO
    options: Any

    def answered(self, exchange: Exchange) -> str | None:
        """The cause in the header of what the client gets."""
        flow = flow_of(exchange)
        self.plugin.response(flow)
        return flow.response.headers.get("Why20003-Cause") if flow.response else None


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    printed = io.StringIO()
    plugin = Why20003(printed)
    with taddons.context() as context:
        for name, value in (("flow_detail", 1), ("termlog_verbosity", "info")):
            if name not in context.options:
                context.options.add_option(name, type(value), value, "of mitmdump's")
        context.master.addons.add(plugin)
        monkeypatch.setattr("addon.plugin.DumpMaster", type(context.master))
        monkeypatch.setattr("addon.plugin.calm", lambda: None)
        plugin.configure({name for name in context.options.keys() if name.startswith("why20003_")})  # noqa: SIM118 - no dict
        plugin.running()
        yield Running(plugin, printed, context.options)
        plugin.done()


async def test_all_that_the_script_adds_is_named_and_explained() -> None:
    with taddons.context() as context:
        before = set(context.options.keys())
        context.master.addons.add(*script.addons)
        added = {name: option for name, option in context.options.items() if name not in before}
        for each in script.addons:
            getattr(each, "done", lambda: None)()
    assert {"why20003_annotate", "why20003_scope", "why20003_display", "why20003_record"} <= added.keys()
    assert [name for name in added if not name.startswith("why20003_")] == []
    assert [name for name, option in added.items() if len(option.help) < 30 or option.help.strip()[-1] != "."] == []
    assert {name for name, option in added.items() if option.choices and option.default not in option.choices} == set()
    assert [*added["why20003_annotate"].choices] == ["off", "headers", "body", "message"]
    assert [*added["why20003_display"].choices] == ["auto", "full", "short", "off"]


async def test_all_of_them_stand_in_the_documents() -> None:
    with taddons.context() as context:
        before = set(context.options.keys())
        context.master.addons.add(*script.addons)
        added = {name: option for name, option in context.options.items() if name not in before}
        commands = {name for name in context.master.commands.commands if name.startswith("why20003.")}
        for each in script.addons:
            getattr(each, "done", lambda: None)()
    page = DOCUMENT.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.]+)[^|]*` \|([^|]*)\|", page, re.MULTILINE))
    assert rows.keys() >= {*added, *commands}
    assert {name: rows[name].strip(" `") for name in added} == {
        name: str(option.default or ("0" if option.typespec is int else "")) for name, option in added.items()
    }


async def test_annotate_holds_for_the_next_flow(running: Running) -> None:
    assert running.answered(refused(SWAPPED)) == "halves-swapped"
    running.options.set("why20003_annotate=off")
    assert running.answered(refused(SWAPPED, at=1)) is None
    running.options.set("why20003_annotate=headers")
    assert running.answered(refused(SWAPPED, at=2)) == "halves-swapped"


async def test_scope_holds_for_the_next_connection(running: Running) -> None:
    assert not running.plugin.settings.covers("media.example.com")
    running.options.set("why20003_scope=twilio,*.example.com")
    assert running.plugin.settings.covers("media.example.com")


async def test_display_holds_for_the_next_flow(running: Running) -> None:
    def printed(exchange: Exchange) -> int:
        before = len(running.printed.getvalue().splitlines())
        running.answered(exchange)
        return len(running.printed.getvalue().splitlines()) - before

    assert printed(refused(SWAPPED)) > 3
    running.options.set("why20003_display=short")
    assert printed(refused(basic(SID, TOKEN + b"\n"), at=1)) == 3
    running.options.set("why20003_display=off")
    assert printed(refused(None, at=2)) == 0
    running.options.set("why20003_display=full")
    assert printed(refused(SWAPPED, at=3)) == 0  # was shown before


async def test_record_begins_and_ends_at_once(running: Running, tmp_path: Path) -> None:
    path = tmp_path / "x.mitm"
    running.answered(refused(SWAPPED))
    running.options.set(f"why20003_record={path}")
    running.answered(refused(SWAPPED, at=1))
    running.options.set("why20003_record=")
    running.answered(refused(SWAPPED, at=2))
    assert len(open_recording(path).exchanges) == 1


@pytest.mark.parametrize(
    ("option", "good", "bad", "says"),
    [
        pytest.param("annotate", "body", "loud", "'loud' is not one of off, headers, body, message", id="annotate"),
        pytest.param("display", "short", "tall", "'tall' is not one of auto, full, short, off", id="display"),
        pytest.param("scope", "all", "", "use twilio, all, or host globs", id="scope-empty"),
        pytest.param("scope", "twilio,*.example.com", "https://x", "is no host glob", id="scope-url"),
        pytest.param("record", "{}/x.mitm", "{}/nowhere/x.mitm", "cannot write", id="record"),
    ],
)
async def test_a_bad_value_is_refused_and_the_old_one_stays(
    running: Running, tmp_path: Path, *, option: str, good: str, bad: str, says: str
) -> None:
    good, bad = good.format(tmp_path), bad.format(tmp_path)
    running.options.set(f"why20003_{option}={good}")
    settings, is_recording = running.plugin.settings, running.plugin._recorder is not None
    with pytest.raises(exceptions.OptionsError, match=says):
        running.options.set(f"why20003_{option}={bad}")
    assert getattr(ctx.options, f"why20003_{option}") == good
    assert running.plugin.settings == settings
    assert (running.plugin._recorder is not None) is is_recording


async def test_a_recording_goes_on_after_a_bad_value(running: Running, tmp_path: Path) -> None:
    path = tmp_path / "x.mitm"
    running.options.set(f"why20003_record={path}")
    running.answered(refused(SWAPPED))
    with pytest.raises(exceptions.OptionsError, match="cannot write"):
        running.options.set(f"why20003_record={tmp_path}")
    running.answered(refused(SWAPPED, at=1))
    running.options.set("why20003_record=")
    assert len(open_recording(path).exchanges) == 2
