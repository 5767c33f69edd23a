"""The commands why20003.* of mitmproxy's console, mitmweb and other scripts.

What a command finds is returned as lines, which the console shows in its data viewer and mitmweb below the command;
what it has done goes to the event log as an alert, which the console shows in its status bar.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

import mitmproxy.types
from mitmproxy import command, ctx, exceptions, flow, hooks, http
from mitmproxy.log import ALERT

from addon.marking import told_of

if TYPE_CHECKING:
    from mitmproxy import addonmanager

    from addon.plugin import Why20003
    from analyzers.card import Line
    from analyzers.exchange import Exchange

logger = logging.getLogger(__name__)

_Method = TypeVar("_Method", bound=Callable[..., object])
_WEB: Final = "why"
_WIDEST: Final = 104
_NARROWEST: Final = 40


def _command(name: str) -> Callable[[_Method], _Method]:
    """Of mitmproxy's decorator, what it does to the type: nothing."""
    return cast("Callable[[_Method], _Method]", command.command(name))


class Commands:
    """The addon that has them."""

    name = "why20003.commands"

    def __init__(self, plugin: "Why20003") -> None:
        """`plugin` knows the diagnoses."""
        self._plugin = plugin
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, loader: "addonmanager.Loader") -> None:  # noqa: ARG002 - what mitmproxy calls
        """Give the commands names without digits in mitmweb, whose addresses of commands know letters only."""
        if type(ctx.master).__name__ == "WebMaster":
            for each in (self.explain, self.diagnose, self.summary, self.redact, self.escalate):
                ctx.master.commands.add(f"{_WEB}.{each.__name__}", each)

    @_command("why20003.explain")
    def explain(self, flow: flow.Flow) -> Sequence[str]:
        """Show the page of the cause for which a flow was refused: what it is, why it fails, the fix, the source."""
        from addon.judged import judged  # noqa: PLC0415 - loaded when asked for, not at start-up
        from analyzers.page import page_of  # noqa: PLC0415 - as above
        from analyzers.page_text import page_lines  # noqa: PLC0415 - as above
        from analyzers.registry import RULES  # noqa: PLC0415 - as above

        if not isinstance(flow, http.HTTPFlow):
            raise exceptions.CommandError("why20003.explain: this is no HTTP flow")
        diagnosis = judged(flow, self._plugin.marked, self._plugin.capture).diagnosis
        if diagnosis is None:
            raise exceptions.CommandError("why20003.explain: this flow is no refusal, so there is nothing to explain")
        slug = diagnosis.top.cause if diagnosis.top else ""
        rule = next((rule for rule in RULES if rule.slug == slug), None)
        if rule is None:
            raise exceptions.CommandError(f"why20003.explain: {diagnosis.says}")
        return _texts(page_lines(page_of(rule), _columns()))

    @_command("why20003.diagnose")
    def diagnose(self, flows: Sequence[flow.Flow]) -> Sequence[str]:
        """Judge flows anew, each with all that the others show, and mark them. Their messages stay as they are."""
        from analyzers.capture import Capture, Options  # noqa: PLC0415 - loaded when asked for, not at start-up
        from analyzers.card import summary_lines  # noqa: PLC0415 - as above
        from recordings.flows import exchange_of  # noqa: PLC0415 - as above

        chosen = _in_order(flows)
        exchanges = [exchange_of(each) for each in chosen]
        capture = Capture(os.urandom(32), options=Options(fingerprint=self._plugin.capture.naming))
        for exchange in exchanges:
            capture.learn(exchange)
        diagnoses = [result.diagnosis for result in capture.judge_each(enumerate(exchanges))]
        for each, diagnosis in zip(chosen, diagnoses, strict=True):
            if diagnosis is not None:
                self._plugin.marked.put_anew(each, diagnosis)
        ctx.master.addons.trigger(hooks.UpdateHook(chosen))
        refused = [diagnosis for diagnosis in diagnoses if diagnosis is not None]
        return [
            f"{_counted(len(chosen), 'flow')} judged, {_counted(len(refused), 'refusal')}",
            *_texts(summary_lines([(diagnosis, 1) for diagnosis in refused])),
        ]

    @_command("why20003.summary")
    def summary(self) -> Sequence[str]:
        """Count the refusals among all flows, by cause."""
        from analyzers.card import named, tally_lines  # noqa: PLC0415 - loaded when asked for, not at start-up
        from analyzers.twilio import is_twilio_host  # noqa: PLC0415 - as above

        if ctx.master.addons.get("view") is None:
            raise exceptions.CommandError("why20003.summary: there is no list of flows here; mitmdump tells at its end")
        flows = [each for each in ctx.master.commands.call("view.flows.resolve", "@all") if _is_http(each)]
        counts: dict[str, int] = {}
        for each in flows:
            known, told = self._plugin.marked.known(each), told_of(each)
            if told is not None:
                name = named(str(told.get("cause") or "unexplained"), benign=known is not None and known.benign)
                counts[name] = counts.get(name, 0) + 1
        seen = sum(is_twilio_host(each.request.pretty_host) for each in flows)
        refused = sum(counts.values())
        says = f"{_counted(seen, 'Twilio exchange')} among {_counted(len(flows), 'flow')}, {refused or 'none'} refused"
        return [says, *_texts(tally_lines(counts))]

    @_command("why20003.redact")
    def redact(self, flows: Sequence[flow.Flow], path: mitmproxy.types.Path) -> None:
        """Save flows without their secrets, readable by you alone. An existing file is replaced."""
        from addon.redacting import written  # noqa: PLC0415 - loaded when asked for, not at start-up

        target = Path(path)
        if target.suffix.lower() == ".har":
            raise exceptions.CommandError("why20003.redact writes captures of mitmproxy; name it .mitm")
        exchanges = _exchanges("why20003.redact", flows)
        written("why20003.redact", exchanges, target)
        logger.log(ALERT, "why20003: saved %s without secrets", _counted(len(exchanges), "flow"))

    @_command("why20003.escalate")
    def escalate(self, flows: Sequence[flow.Flow], path: mitmproxy.types.Path) -> None:
        """Put what a specialist needs of flows into one file without secrets: report, recording and checklist.

        Give it all flows: a refusal is often explained by others.
        """
        from addon.redacting import Escalation  # noqa: PLC0415 - loaded when asked for, not at start-up

        escalation = Escalation(_exchanges("why20003.escalate", flows), Path(path))
        task = asyncio.get_running_loop().create_task(escalation.make())
        self._tasks.add(task)  # a task that nobody holds may vanish
        task.add_done_callback(self._tasks.discard)
        logger.log(ALERT, "why20003: making the escalation capture ...")


def _exchanges(name: str, flows: Iterable[flow.Flow]) -> "list[Exchange]":
    from recordings.flows import exchange_of  # noqa: PLC0415 - loaded when asked for, not at start-up

    found = [exchange_of(each) for each in _in_order(flows)]
    if not found:
        raise exceptions.CommandError(f"{name}: no HTTP flow matches; @marked are the refusals, @all is everything")
    return found


def _in_order(flows: Iterable[flow.Flow]) -> list[http.HTTPFlow]:
    """The finished HTTP flows as they were sent; a list may be sorted otherwise."""
    found = [each for each in flows if isinstance(each, http.HTTPFlow) and (each.response or each.error)]
    return sorted(found, key=lambda each: each.request.timestamp_start or 0.0)


def _is_http(each: flow.Flow) -> bool:
    return isinstance(each, http.HTTPFlow)


def _texts(lines: "Iterable[Line]") -> list[str]:
    # A blank keeps a row of the data viewer from vanishing.
    return ["".join(span.text for span in line).rstrip() or " " for line in lines]


def _columns() -> int:
    """The columns of the console's data viewer, which has four fifths of the screen; elsewhere what reads well."""
    screen = getattr(ctx.master, "ui", None)
    if screen is None:
        return _WIDEST
    columns: int = screen.get_cols_rows()[0]
    return max(_NARROWEST, min(_WIDEST, columns * 4 // 5 - 4))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


__all__ = ["Commands"]
