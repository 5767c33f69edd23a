"""The content view in the mitmproxy that is installed, through mitmproxy's own way of asking for views."""

import io
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from canary import spotted
from flows import flow_of
from mitmproxy import contentviews, ctx, http, tcp
from mitmproxy.addonmanager import AddonManager
from mitmproxy.flow import Flow
from mitmproxy.hooks import UpdateHook
from mitmproxy.test import taddons, tflow, tutils

from addon import contentview, judged
from addon.contentview import NAME, Views, Why20003View
from addon.plugin import Why20003
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused, twilio_answer
from analyzers.card import Style
from analyzers.exchange import Exchange

NEW: Any = contentviews if hasattr(contentviews, "registry") else None
"""The module as it is in mitmproxy 12; None for 11."""
IS_OLD = NEW is None
SWAPPED = basic(TOKEN, SID)
BODY = b"To=%2B15005550006&Body=hi"


@dataclass
class Native:
    """A mitmproxy with the addon and its view."""

    plugin: Why20003
    views: Views
    addons: AddonManager


@pytest.fixture
async def native() -> AsyncIterator[Native]:
    plugin = Why20003(io.StringIO())
    views = Views(plugin)
    with taddons.context(plugin, views) as found:
        found.options.add_option("protobuf_definitions", str | None, None, "asked for by mitmproxy 12")
        yield Native(plugin, views, found.master.addons)
        views.done()
        plugin.done()


def marked(native: Native, authorization: bytes | None = SWAPPED) -> http.HTTPFlow:
    flow = flow_of(refused(authorization, body=BODY))
    native.plugin.response(flow)
    return flow


def said(message: http.Message | tcp.TCPMessage | None, flow: Flow, mode: str = "auto") -> tuple[str, str]:
    """The name of the view that mitmproxy has chosen, and its text."""
    assert message is not None
    if IS_OLD:
        name, lines, error = contentviews.get_message_content_view(mode, message, flow)
        return name if not error else "failed", "\n".join("".join(text for _, text in line) for line in lines)
    found = NEW.prettify_message(message, flow, mode)
    return found.view_name, found.text


def views() -> list[str]:
    return [view.name for view in contentviews.views] if IS_OLD else [*NEW.registry]


# --- what is the default ----------------------------------------------------------------------------------------------


def test_of_a_refused_answer_it_is_the_default(native: Native) -> None:
    flow = marked(native)
    name, text = said(flow.response, flow)
    assert name.strip() == NAME
    assert text.startswith("✗ halves-swapped (confirmed)  The halves are swapped")
    assert "\n  1. Exchange the two" in text
    assert "\n  ruled out: base64-truncated  " in text


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(SWAPPED), True, id="20003"),
        pytest.param(refused(SWAPPED, status=403), True, id="20003-with-403"),
        pytest.param(refused(SWAPPED, code=20004, status=403), False, id="another-code"),
        pytest.param(refused(SWAPPED, code=None), False, id="401-without-code"),
        pytest.param(accepted(GOOD), False, id="200"),
        pytest.param(
            replace(refused(), response=replace(twilio_answer(200, None, ""), body=b'{"code":20003}')),
            False,
            id="200-that-says-20003",
        ),
        pytest.param(
            refused(code=20404, status=404, message="20003 was not found"), False, id="another-code-that-says-20003"
        ),
    ],
)
def test_of_answers_that_nobody_marked_only_a_20003_has_it_as_the_default(
    native: Native, exchange: Exchange, *, expected: bool
) -> None:
    flow = flow_of(exchange)
    assert (said(flow.response, flow)[0].strip() == NAME) is expected


@pytest.mark.parametrize("body", [b"", BODY, b'{"code":20003}'], ids=["empty", "form", "json"])
def test_of_a_request_it_never_is(native: Native, body: bytes) -> None:
    flow = flow_of(refused(SWAPPED, body=body))
    native.plugin.response(flow)
    assert NAME not in said(flow.request, flow)[0]


def test_of_an_answer_in_mitmdump_it_is_not(native: Native, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = marked(native)
    monkeypatch.setattr(contentview, "DumpMaster", type(ctx.master))
    assert NAME not in said(flow.response, flow)[0]


def test_everything_else_is_shown_as_without_it(native: Native) -> None:
    flow = tflow.tflow(resp=tutils.tresp(content=b'{"a": 1}', headers=((b"content-type", b"application/json"),)))
    with_it = said(flow.response, flow)
    native.views.done()
    assert said(flow.response, flow) == with_it
    assert with_it[0].strip() == "JSON"


def test_what_is_no_http_is_left_to_others(native: Native) -> None:
    flow = tflow.ttcpflow()
    assert NAME not in said(flow.messages[0], flow)[0]
    assert "looks at HTTP flows only" in said(flow.messages[0], flow, NAME)[1] or IS_OLD


# --- when it is chosen ------------------------------------------------------------------------------------------------


def test_the_request_shows_the_same_as_the_answer(native: Native) -> None:
    flow = marked(native)
    assert said(flow.request, flow, NAME)[1] == said(flow.response, flow)[1]


def test_a_success_shows_its_credential(native: Native) -> None:
    flow = flow_of(accepted(GOOD, body=BODY))
    native.plugin.response(flow)
    text = said(flow.request, flow, NAME)[1]
    assert text.startswith("Not a refusal that why20003 explains\n \nAuthorization as shape\n  scheme    Basic\n")


def test_a_request_without_an_answer_is_shown(native: Native) -> None:
    flow = flow_of(refused(GOOD, body=BODY))
    flow.response = None
    assert "Authorization decoded: AC0011…eeff : •••(32)•••" in said(flow.request, flow, NAME)[1]


def test_a_message_that_cannot_be_shown_is_one_line_without_its_text(
    native: Native, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def judged_wrong(*_: object) -> None:
        raise RuntimeError(f"on {TOKEN.decode()}")

    flow = marked(native)
    monkeypatch.setattr(judged, "judged", judged_wrong)
    caplog.set_level(logging.DEBUG)
    text = said(flow.response, flow, NAME)[1]
    assert IS_OLD or "why20003 cannot show this flow (RuntimeError)" in text
    assert spotted((text + caplog.text).encode(), [TOKEN]) == []


def test_lines_have_the_width_of_a_usual_terminal(native: Native) -> None:
    flow = marked(native)
    lines = said(flow.response, flow)[1].splitlines()
    assert [line for line in lines if len(line) > 80 and "https://" not in line] == []


@pytest.mark.parametrize("value", [SWAPPED, basic(SID, TOKEN + b"\n"), GOOD, TOKEN, b"Bearer " + TOKEN])
def test_no_secret_is_shown(native: Native, value: bytes) -> None:
    flow = marked(native, value)
    shown = "".join(said(message, flow, NAME)[1] for message in (flow.request, flow.response) if message)
    assert "Ladder" in shown
    assert spotted(shown.encode(), [TOKEN]) == []


def test_both_versions_get_the_same_text(native: Native) -> None:
    flow, view = marked(native), Why20003View(native.plugin)
    styled = ["".join(text for _, text in line) for line in view(b"", flow=flow)[1]]
    assert [line.rstrip() or " " for line in styled] == view.prettify(b"", SimpleNamespace(flow=flow)).split("\n")


def test_every_style_has_one_of_mitmproxys() -> None:
    assert contentview._STYLES.keys() == set(get_args(Style))


# --- coming and going -------------------------------------------------------------------------------------------------


def test_it_is_there_while_the_script_is(native: Native) -> None:
    assert views().count(NAME) == 1
    native.views.done()
    assert NAME not in views()
    native.views.done()


def test_a_script_that_is_loaded_again_brings_one(native: Native) -> None:
    other = Views(Why20003(io.StringIO()))
    other.load(None)  # type: ignore[arg-type] # is not looked at
    assert views().count(NAME) == 1
    other.done()


def test_it_is_what_mitmproxy_takes_for_a_view(native: Native) -> None:
    kind = contentviews.View if IS_OLD else NEW.Contentview
    assert isinstance(native.views._view, kind)
    assert IS_OLD or not isinstance(native.views._view, NEW.InteractiveContentview)


def test_it_can_be_sorted_among_the_others(native: Native) -> None:
    found = [*contentviews.views] if IS_OLD else [*NEW.registry.values()]
    assert native.views._view in sorted(found)


def test_the_console_is_told_when_flows_have_changed(native: Native) -> None:
    asked: list[object] = []

    def changed(view: object) -> None:
        asked.append(view)

    signal = contentviews.on_add if IS_OLD else NEW.registry.on_change
    signal.connect(changed)
    native.addons.trigger(UpdateHook([]))
    assert asked == []
    native.addons.trigger(UpdateHook([marked(native)]))
    assert asked == [native.views._view]


def test_a_correction_tells_the_lists_of_flows(native: Native) -> None:
    told: list[object] = []

    class Listens:
        def update(self, flows: list[http.HTTPFlow]) -> None:
            told.extend(flow.comment for flow in flows)

    native.addons.add(Listens())
    flow = marked(native, GOOD)
    native.plugin.response(flow_of(accepted(GOOD, body=BODY, at=1)))
    assert told == [flow.comment]
