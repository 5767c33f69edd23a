import io
from collections.abc import AsyncIterator
from unittest.mock import Mock

import pytest
from flows import flow_of
from mitmproxy import contentviews, exceptions
from mitmproxy.addons import dumper
from mitmproxy.flow import Error
from mitmproxy.test import taddons

from addon import script
from addon.contentview import NAME
from addon.native import Native
from analyzers.building import GOOD, accepted, refused


def views() -> list[str]:
    registry = getattr(contentviews, "registry", None)
    return [each.name.lower() for each in (contentviews.views if registry is None else registry.values())]


@pytest.fixture
async def context() -> AsyncIterator[taddons.context]:
    addon = Native(io.StringIO())
    with taddons.context(addon, dumper.Dumper(io.StringIO())) as made:
        made.options.add_option("server", bool, default=False, help="")
        yield made
        addon.done()


def test_mitmproxy_asks_one_object_for_each_event() -> None:
    assert [type(each) for each in script.addons] == [Native]


async def test_it_brings_its_commands(context: taddons.context) -> None:
    known = set(context.master.commands.commands)
    assert {f"why20003.{name}" for name in ("explain", "diagnose", "redact", "escalate", "summary")} <= known
    with pytest.raises(exceptions.CommandError, match="nothing to explain"):
        context.master.commands.call("why20003.explain", flow_of(accepted(GOOD)))


async def test_it_brings_its_view_and_takes_it_away() -> None:
    addon = Native(io.StringIO())
    with taddons.context(addon):
        assert NAME.lower() in views()
        addon.done()
    assert NAME.lower() not in views()


@pytest.mark.parametrize("is_mitmdump", [True, False])
async def test_mitmdump_need_not_tell_of_updates(
    context: taddons.context, monkeypatch: pytest.MonkeyPatch, *, is_mitmdump: bool
) -> None:
    addon, forget = context.master.addons.get("why20003"), Mock()
    if is_mitmdump:
        monkeypatch.setattr("addon.plugin.DumpMaster", type(context.master))
    monkeypatch.setattr(addon.marked, "forget", forget)
    addon.running()
    again = flow_of(refused(b"Basic x"))
    again.is_replay, again.response = "request", None
    if addon.update is not None:
        addon.update([again])
    assert forget.called is not is_mitmdump


async def test_mitmdump_notes_that_a_request_was_sent_again_when_its_answer_begins(context: taddons.context) -> None:
    addon, flow = context.master.addons.get("why20003"), flow_of(refused(b"Basic x"))
    addon.response(flow)
    assert flow.comment
    addon.responseheaders(flow)  # as of a flow that is read from a file: its body is there
    assert addon.marked.known(flow)
    answer = flow_of(accepted(GOOD)).response
    assert answer
    flow.is_replay, flow.response = "request", answer
    content, answer.content = answer.content, None
    addon.responseheaders(flow)
    answer.content = content
    addon.response(flow)
    assert (flow.comment, flow.marked, flow.metadata) == ("", "", {})


async def test_a_request_that_is_sent_again_in_vain_is_judged_anew(context: taddons.context) -> None:
    addon, flow = context.master.addons.get("why20003"), flow_of(refused(b"Basic x"))
    addon.response(flow)
    flow.is_replay, flow.response, flow.error = "request", None, Error("no connection")
    flow.live = False
    addon.error(flow)
    assert addon.marked.known(flow).index == 1
