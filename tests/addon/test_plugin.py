import asyncio
import gc
import io
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from flows import flow_of
from mitmproxy import ctx, exceptions, hooks, tls
from mitmproxy.addons import eventstore
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import context as proxy_context
from mitmproxy.test import taddons

from addon.plugin import Why20003
from addon.settings import Annotate
from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from analyzers.card import card
from analyzers.case import Case
from analyzers.findings import Outcome
from analyzers.registry import RULES
from recordings.flows import OPTIONS, exchange_of

STRAY = basic(SID, TOKEN + b"\n")


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    """The loaded addon; asynchronous, because mitmproxy's test context takes the running event loop."""
    found = Why20003(io.StringIO())
    with taddons.context(found):
        yield found
        found.done()


def test_every_hook_is_one_of_mitmproxys() -> None:
    methods = {name for name, value in vars(Why20003).items() if callable(value) and not name.startswith("_")}
    assert methods - set(hooks.all_hooks) == set()
    assert {"response", "error", "tls_clienthello", "configure"} <= methods


def test_a_refusal_gets_comment_marker_metadata_and_annotation(addon: Why20003) -> None:
    flow = flow_of(refused(STRAY))
    addon.response(flow)
    assert flow.comment.startswith("stray-characters (confirmed): The password has extra characters")
    assert flow.marked == ":red_circle:"
    assert flow.metadata["why20003"]["cause"] == "stray-characters"
    assert flow.response is not None
    assert b"[why20003: " in (flow.response.content or b"")
    assert flow.response.headers["content-length"] == str(len(flow.response.content or b""))


def test_a_success_is_left_alone(addon: Why20003) -> None:
    flow = flow_of(accepted(STRAY))
    before = flow.get_state()
    addon.response(flow)
    assert flow.get_state() == before


def test_revert_restores_the_answer_for_every_flow_of_a_connection(addon: Why20003) -> None:
    flows = [flow_of(refused(STRAY, at=float(i))) for i in range(3)]
    for flow in flows[1:]:
        flow.client_conn, flow.server_conn = flows[0].client_conn, flows[0].server_conn
    originals = [flow.response.get_state() for flow in flows if flow.response]
    for flow in flows:
        addon.response(flow)
    for flow, original in zip(flows, originals, strict=True):
        assert flow.modified()
        flow.revert()
        assert flow.response is not None
        assert flow.response.get_state() == original


def test_judging_a_flow_again_changes_nothing(addon: Why20003) -> None:
    flow = flow_of(refused(STRAY))
    addon.response(flow)
    once = flow.response.get_state() if flow.response else None
    comment = flow.comment
    addon.response(flow)
    assert flow.response is not None
    assert flow.response.get_state() == once
    assert flow.comment == comment


def test_a_head_answer_gets_headers_only(addon: Why20003) -> None:
    flow = flow_of(refused(STRAY, method="HEAD"))
    assert flow.response is not None
    flow.response.raw_content = b""
    flow.response.headers["content-length"] = "107"
    addon.response(flow)
    assert flow.response.headers["why20003-cause"] == "stray-characters"
    assert flow.response.headers["content-length"] == "107"
    assert flow.response.raw_content == b""


def test_a_body_that_lies_about_its_encoding_stays(addon: Why20003) -> None:
    flow = flow_of(refused(STRAY))
    assert flow.response is not None
    flow.response.headers["content-encoding"] = "gzip"
    raw = flow.response.raw_content
    addon.response(flow)
    assert flow.response.raw_content == raw
    assert flow.response.headers["why20003-verdict"] == "confirmed"


def test_a_comment_or_marker_of_the_users_own_is_kept(addon: Why20003) -> None:
    flow = flow_of(refused(STRAY))
    flow.comment, flow.marked = "look here", ":cat:"
    addon.response(flow)
    assert (flow.comment, flow.marked) == ("look here", ":cat:")


async def test_the_levels_can_be_changed_while_it_runs() -> None:
    addon = Why20003(io.StringIO())
    with taddons.context(addon) as context:
        context.configure(addon, why20003_annotate="off")
        flow = flow_of(refused(STRAY))
        addon.response(flow)
        assert flow.response is not None
        assert "why20003-cause" not in flow.response.headers
        assert flow.comment
        context.configure(addon, why20003_annotate="headers")
        assert addon.settings.annotate is Annotate.HEADERS
        addon.done()


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [("why20003_scope", "http://x", "is no host glob"), ("why20003_annotate", "x", "annotate")],
)
async def test_nonsense_in_an_option_is_refused(option: str, value: str, says: str) -> None:
    addon = Why20003(io.StringIO())
    with taddons.context(addon) as context:
        addon.running()
        with pytest.raises(exceptions.OptionsError, match=says):
            context.configure(addon, **{option: value})
    addon.done()


def test_a_later_success_corrects_a_challenge(addon: Why20003) -> None:
    challenge = flow_of(refused(None, agent=b"Wget/1.21.3"))
    addon.response(challenge)
    assert challenge.comment.startswith("no-authorization (confirmed)")
    addon.response(flow_of(accepted(GOOD, agent=b"Wget/1.21.3", at=0.2)))
    assert challenge.comment.startswith("challenge-first-client (confirmed): No fault")
    assert challenge.marked == ""


def test_a_correction_reaches_every_repetition(addon: Why20003) -> None:
    flows = [flow_of(refused(basic(KEY, TOKEN), at=float(i))) for i in range(4)]
    for flow in flows:
        addon.response(flow)
    assert {flow.comment.partition(":")[0] for flow in flows} == {"token-with-key-sid (likely)"}
    addon.response(flow_of(accepted(GOOD, at=9.0)))
    assert {flow.comment.partition(":")[0] for flow in flows} == {"token-with-key-sid (confirmed)"}
    assert {flow.marked for flow in flows} == {":red_circle:"}


def test_active_options_that_change_requests_are_noted(addon: Why20003) -> None:
    ctx.options.add_option("stickyauth", str | None, None, "as mitmproxy's own")
    flow = flow_of(refused(GOOD))
    flow.live = True
    addon.response(flow)
    assert OPTIONS not in flow.metadata
    ctx.options.update(stickyauth="~d twilio.com")
    flow = flow_of(refused(GOOD, at=1.0))
    flow.live = True
    addon.response(flow)
    assert flow.metadata[OPTIONS] == ["stickyauth"]
    assert exchange_of(flow).proxy_options == ("stickyauth",)
    judged = addon.capture.add(exchange_of(flow)).diagnosis
    assert judged is not None
    assert "proxy-changed-request" in [one.kind for one in judged.advice]


def test_a_correction_keeps_what_the_user_wrote(addon: Why20003) -> None:
    challenge = flow_of(refused(None, agent=b"Wget/1.21.3"))
    addon.response(challenge)
    challenge.comment, challenge.marked = "ask ops", ":cat:"
    addon.response(flow_of(accepted(GOOD, agent=b"Wget/1.21.3", at=0.2)))
    assert (challenge.comment, challenge.marked) == ("ask ops", ":cat:")
    assert challenge.metadata["why20003"]["cause"] == "challenge-first-client"


def raising(_: Case) -> Outcome:
    raise RuntimeError(TOKEN.decode())


def test_a_check_that_raises_costs_one_line_and_nothing_else(addon: Why20003, caplog: pytest.LogCaptureFixture) -> None:
    broken = tuple(replace(rule, check=raising) if rule.slug == "sid-misshapen" else rule for rule in RULES)
    addon.capture._rules = broken
    flow = flow_of(refused(STRAY))
    addon.response(flow)
    assert flow.metadata["why20003"]["cause"] == "stray-characters"
    assert caplog.messages == []
    diagnosis = addon.capture.add(refused(STRAY, at=1)).diagnosis
    assert diagnosis is not None
    told = ["".join(span.text for span in line) for line in card(diagnosis)]
    assert [line.split() for line in told if "sid-misshapen" in line] == [
        line.split() for line in told if "RuntimeError" in line
    ]
    assert sum("RuntimeError" in line for line in told) == 1
    assert TOKEN.decode() not in "\n".join(told)


@pytest.mark.parametrize("where", ["addon.plugin.exchange_of", "addon.plugin.annotate.headers"])
def test_a_crash_of_ours_is_one_line_without_values(
    addon: Why20003, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    flow = flow_of(refused(STRAY))
    with patch(where, side_effect=KeyError(TOKEN.decode())), caplog.at_level(logging.WARNING):
        addon.response(flow)
    assert caplog.messages == ["why20003: one exchange could not be diagnosed (KeyError)"]
    assert flow.response is not None
    assert flow.response.status_code == 401
    assert TOKEN.decode() not in caplog.text


def hello(sni: str | None, server: str | None) -> tls.ClientHelloData:
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), state=ConnectionState.OPEN)
    data = tls.ClientHelloData(proxy_context.Context(client, Options()), None)  # type: ignore[arg-type] # set below
    data.context.server = Server(address=(server, 443) if server else None)
    data.client_hello = type("Hello", (), {"sni": sni})()
    return data


@pytest.mark.parametrize(
    ("sni", "server", "scope", "opened"),
    [
        pytest.param("api.twilio.com", "api.twilio.com", "twilio", True, id="twilio"),
        pytest.param("api.twilio.com", "192.0.2.1", "twilio", True, id="transparent"),
        pytest.param(None, "verify.twilio.com", "twilio", True, id="no-sni"),
        pytest.param("localhost", "api.twilio.com", "twilio", True, id="reverse-mode"),
        pytest.param("bank.example", "bank.example", "twilio", False, id="other"),
        pytest.param("bank.example", "bank.example", "all", True, id="all"),
        pytest.param("mms.twiliocdn.com", "mms.twiliocdn.com", "twilio,*.twiliocdn.com", True, id="glob"),
        pytest.param(None, None, "twilio", True, id="nothing-known"),
    ],
)
async def test_tls_of_other_hosts_is_passed_through(
    sni: str | None, server: str | None, scope: str, opened: bool
) -> None:
    addon = Why20003(io.StringIO())
    with taddons.context(addon) as context:
        context.configure(addon, why20003_scope=scope)
        data = hello(sni, server)
        addon.tls_clienthello(data)
        addon.done()
    assert data.ignore_connection is not opened


async def test_the_event_log_shows_no_secret(addon: Why20003) -> None:
    store = eventstore.EventStore()
    logging.getLogger("mitmproxy.proxy.server").warning("Invalid header line: %r", TOKEN)
    logging.getLogger("mitmproxy.proxy.server").error("Authorization: %s", GOOD.decode())
    await asyncio.sleep(0)  # the store takes records in the next turn of the loop
    told = " ".join(entry.msg for entry in store.data)
    store.done()
    assert "hidden by why20003" in told
    assert not any(TOKEN.decode()[i : i + 5] in told for i in range(28))


def test_memory_of_the_plugin_is_bounded(addon: Why20003) -> None:
    for i in range(700):
        addon.response(flow_of(refused(basic(SID, b"%032x" % i))))
    gc.collect()
    assert len(addon._diagnosed) == 0
    assert len(addon.scrubber._secrets) <= 200


@pytest.mark.parametrize("status", [100, 101, 102, 103])
def test_an_informational_answer_proves_nothing(addon: Why20003, status: int) -> None:
    """Over HTTP/1 mitmproxy takes a 103 for the answer; it comes before anybody has looked at credentials."""
    for at in range(3):
        early = accepted(GOOD, at=at)
        assert early.response is not None
        addon.response(flow_of(replace(early, response=replace(early.response, status=status))))
    flow = flow_of(refused(GOOD, at=9))
    addon.response(flow)
    assert flow.metadata["why20003"]["cause"] not in {"worked-then-refused", None}
    addon.response(flow_of(accepted(GOOD, at=10)))
    later = flow_of(refused(GOOD, at=11))
    addon.response(later)
    assert later.metadata["why20003"]["cause"] == "worked-then-refused"
