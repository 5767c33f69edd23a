"""Each event reaches the same addons as without us, in the same order, and what goes wrong is told in the same way."""

import asyncio
import logging
import types
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flows import flow_of
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import addonmanager, exceptions, http, options
from mitmproxy.addonmanager import AddonManager
from mitmproxy.master import Master
from mitmproxy.proxy.layers.http import HttpRequestHook, HttpResponseHook
from mitmproxy.test import taddons

from addon.asking import Asking
from addon.plugin import Why20003
from analyzers.building import GOOD, accepted

Seen = list[str]
Made = Callable[[int, Seen], Any]


class Kind:
    """An addon without a handler for requests."""

    def __init__(self, number: int, seen: Seen) -> None:
        self.name = f"{type(self).__name__} {number}"
        self.seen = seen

    def response(self, flow: http.HTTPFlow) -> None:
        raise AssertionError(flow)

    def tell(self) -> None:
        self.seen.append(self.name)


class Plain(Kind):
    def request(self, _flow: http.HTTPFlow) -> None:
        self.tell()


class Waiting(Kind):
    async def request(self, _flow: http.HTTPFlow) -> None:
        await asyncio.sleep(0)
        self.tell()


class Lacking(Kind):
    """Not even an attribute."""


class Off(Kind):
    request = None


class Falsy(Kind):
    request = ()


class Named(Kind):
    """`from mitmproxy import request`, as it were."""

    request = types


class NoFunction(Kind):
    request = "no function"


class Property(Kind):
    @property
    def request(self) -> None:
        raise ValueError("of the property")


class Failing(Kind):
    def request(self, _flow: http.HTTPFlow) -> None:
        self.tell()
        raise ValueError("of the handler")


class Halting(Kind):
    def request(self, _flow: http.HTTPFlow) -> None:
        self.tell()
        raise exceptions.AddonHalt


class Late(Kind):
    """Takes its handler only when another is asked."""

    def __getattr__(self, name: str) -> Callable[[http.HTTPFlow], None]:
        if name == "request" and self.seen:
            return lambda _flow: self.tell()
        raise AttributeError(name)


class Parent(Kind):
    """With addons of its own, and with no handler."""

    def __init__(self, number: int, seen: Seen) -> None:
        super().__init__(number, seen)
        self.addons = [kind(number, seen) for kind in (Lacking, Plain, Waiting)]


class Grandparent(Kind):
    def __init__(self, number: int, seen: Seen) -> None:
        super().__init__(number, seen)
        self.addons = [Parent(number, seen), Plain(-number, seen)]

    def request(self, _flow: http.HTTPFlow) -> None:
        self.tell()


class Unlisted(Kind):
    """Says that it has addons, and fails to say which."""

    @property
    def addons(self) -> list[object]:
        raise ValueError("of the list")


KINDS: list[Made] = [
    *(Plain, Waiting, Lacking, Off, Falsy, Named, NoFunction, Property, Failing, Halting, Late),
    *(Parent, Grandparent, Unlisted),
]


@pytest.fixture
async def master() -> AsyncIterator[Master]:
    """Asynchronous, because it takes the running event loop."""
    with taddons.context() as context:
        yield context.master


def manager_of(made: list[Made], seen: Seen) -> AddonManager:
    manager = AddonManager(SimpleNamespace(options=options.Options()))
    manager.chain = [kind(number, seen) for number, kind in enumerate(made)]
    return manager


async def passed(asking: Asking, made: list[Made], caplog: pytest.LogCaptureFixture) -> tuple[Seen, Seen]:
    """Which handlers ran, and what was logged."""
    manager = manager_of(made, seen := Seen())
    asking.install(manager)
    caplog.clear()
    await manager.trigger_event(HttpRequestHook(flow_of(accepted(GOOD))))
    asking.remove()
    assert "trigger_event" not in vars(manager)
    return seen, [record.getMessage().partition(" (<")[0] for record in caplog.records]


class Nothing(Asking):
    """Leaves it to mitmproxy."""

    def install(self, manager: AddonManager) -> None:
        assert manager.trigger_event.__func__ is AddonManager.trigger_event  # type: ignore[attr-defined] # a method


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_addon(kind: Made, caplog: pytest.LogCaptureFixture) -> None:
    made = [Plain, kind, Plain]
    usual = await passed(Nothing(), made, caplog)
    assert await passed(Asking(), made, caplog) == usual
    assert usual[0][0] == "Plain 0"
    assert ("Plain 2" in usual[0]) == (kind is not Halting)


@given(st.lists(st.sampled_from(KINDS), max_size=12))
def test_any_addons_in_any_order(made: list[Made]) -> None:
    said: list[Seen] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said[-1].append(record.getMessage().partition(" (<")[0])

    async def both() -> list[Seen]:
        found = []
        for asking in (Nothing(), Asking()):
            said.append([])
            manager = manager_of(made, seen := Seen())
            asking.install(manager)
            await manager.trigger_event(HttpRequestHook(flow_of(accepted(GOOD))))
            found.append(seen)
        return found

    listening = Listening()
    addonmanager.logger.addHandler(listening)
    try:
        usual, ours = asyncio.run(both())
    finally:
        addonmanager.logger.removeHandler(listening)
    assert ours == usual
    assert said[0] == said[1]


@pytest.mark.parametrize("asking", [Nothing, Asking])
async def test_an_addon_that_is_added_or_removed_meanwhile(asking: type[Asking], master: Master) -> None:
    class Adding(Plain):
        def request(self, flow: http.HTTPFlow) -> None:
            super().request(flow)
            if second in master.addons.chain:
                master.addons.add(Plain(7, self.seen))
                master.addons.remove(second)

    seen = Seen()
    second = Plain(1, seen)
    master.addons.add(Adding(0, seen), second)
    asking().install(master.addons)
    hook = HttpRequestHook(flow_of(accepted(GOOD)))
    await master.addons.trigger_event(hook)
    assert seen == ["Adding 0", "Plain 1", "Plain 7"]  # what is removed is asked for this event still
    await master.addons.trigger_event(hook)
    assert seen[3:] == ["Adding 0", "Plain 7"]


async def test_nobody_is_asked_for_what_they_do_not_handle(master: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Seen()
    invoke = AddonManager.invoke_addon

    async def told(self: AddonManager, addon: Kind, event: HttpRequestHook) -> None:
        asked.append(addon.name)
        await invoke(self, addon, event)

    master.addons.add(*(kind(number, []) for number, kind in enumerate([Lacking, Plain, Off, Falsy, Parent])))
    Asking().install(master.addons)
    monkeypatch.setattr(AddonManager, "invoke_addon", told)
    await master.addons.handle_lifecycle(HttpRequestHook(flow_of(accepted(GOOD))))
    assert asked == ["Plain 1", "Parent 4", "Parent 4"]  # for the request, and for the update that follows it


@pytest.mark.parametrize("name", ["trigger_event", "invoke_addon", "_iter_hooks"])
@pytest.mark.parametrize("where", ["class", "manager"])
async def test_another_way_of_passing_events_on_is_left_alone(
    name: str, where: str, master: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def other(self: AddonManager, *_arguments: object) -> None:
        """As another version of mitmproxy might."""
        self.master.log()

    target = AddonManager if where == "class" else master.addons
    monkeypatch.setattr(target, name, other)
    before = dict(vars(master.addons))
    asking = Asking()
    asking.install(master.addons)
    assert vars(master.addons) == before
    asking.remove()
    assert vars(master.addons) == before


async def test_another_way_of_finding_addons_is_left_alone(master: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addonmanager, "traverse", reversed)
    Asking().install(master.addons)
    assert "trigger_event" not in vars(master.addons)


async def test_who_came_later_keeps_their_own_way(master: Master) -> None:
    asking, seen = Asking(), Seen()
    master.addons.add(Plain(0, seen))
    asking.install(master.addons)
    ours = master.addons.trigger_event

    async def around(event: HttpRequestHook) -> None:
        seen.append("before")
        await ours(event)

    vars(master.addons)["trigger_event"] = around
    asking.remove()
    await master.addons.trigger_event(HttpRequestHook(flow_of(accepted(GOOD))))
    assert seen == ["before", "Plain 0"]


async def test_the_addon_stands_in_on_this_mitmproxy_from_load_to_done() -> None:
    addon = Why20003()
    with taddons.context(addon) as context:
        assert "trigger_event" in vars(context.master.addons)
        addon.done()
        assert "trigger_event" not in vars(context.master.addons)


async def test_an_error_is_told_with_the_lines_of_whose_it_is(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.addons.add(Failing(0, []))
    Asking().install(master.addons)
    await master.addons.trigger_event(HttpRequestHook(flow_of(accepted(GOOD))))
    assert "of the handler" in caplog.text
    assert "line" in caplog.text
    assert "/addon/asking.py" not in caplog.text


async def test_a_response_is_another_event(master: Master, caplog: pytest.LogCaptureFixture) -> None:
    master.addons.add(Lacking(0, []))
    Asking().install(master.addons)
    await master.addons.trigger_event(HttpResponseHook(flow_of(accepted(GOOD))))
    assert "Addon error" in caplog.text
