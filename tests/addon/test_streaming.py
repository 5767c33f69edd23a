import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from flows import flow_of
from mitmproxy import ctx, http
from mitmproxy.addons import modifybody, save, savehar
from mitmproxy.io import FlowReader
from mitmproxy.test import taddons
from mitmproxy.tools.dump import DumpMaster

from addon import streaming
from addon.plugin import Why20003
from addon.streaming import Kept
from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from recordings.flows import RAW_LIMIT
from recordings.opening import open_recording

LARGE = b"0123456789abcdef" * 16_384
PIECES = [LARGE[at : at + 10_000] for at in range(0, len(LARGE), 10_000)]


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    """The addon; asynchronous, because mitmproxy's test context takes the running event loop."""
    found = Why20003(io.StringIO())
    with taddons.context(found, modifybody.ModifyBody(), save.Save(), savehar.SaveHar()):
        yield found
        found.done()


@pytest.fixture
def dumping() -> Iterator[None]:
    """As under mitmdump, where nobody looks at bodies."""
    with patch.object(streaming, "DumpMaster", object):
        yield


def head_of(*headers: tuple[bytes, bytes], status: int = 200, host: str = "api.twilio.com") -> http.HTTPFlow:
    """A flow of which the head of the answer has come."""
    flow = flow_of(accepted(GOOD, host=host) if host else accepted(GOOD))
    assert flow.response is not None
    flow.response.status_code = status
    flow.response.headers = http.Headers(headers)
    flow.response.data.content = None
    return flow


def begun(addon: Why20003, flow: http.HTTPFlow) -> Kept | None:
    addon.responseheaders(flow)
    assert flow.response is not None
    stream = flow.response.stream
    assert isinstance(stream, Kept) or stream is False
    return stream or None


def passed(flow: http.HTTPFlow, pieces: list[bytes]) -> bytes:
    """What the client gets of these pieces."""
    stream = flow.response.stream if flow.response else None
    assert isinstance(stream, Kept)
    return b"".join(stream(piece) for piece in (*pieces, b""))


def length(size: int) -> tuple[bytes, bytes]:
    return b"Content-Length", b"%d" % size


@pytest.mark.parametrize(
    ("headers", "streams"),
    [
        ((length(RAW_LIMIT),), False),
        ((length(RAW_LIMIT + 1),), True),
        ((length(10**30),), True),
        ((length(0),), False),
        (((b"content-length", b"9999999"),), True),
        (((b"CONTENT-LENGTH", b"12"),), False),
        (((b"Transfer-Encoding", b"chunked"),), True),
        ((), True),
    ],
)
def test_large_and_unknown_lengths_pass(
    headers: tuple[tuple[bytes, bytes], ...], streams: bool, addon: Why20003, dumping: None
) -> None:
    assert (begun(addon, head_of(*headers)) is not None) is streams


@pytest.mark.parametrize(
    ("status", "streams"),
    [
        *((status, True) for status in (200, 206, 299)),
        *((status, False) for status in (100, 101, 301, 307, 400, 401, 403, 404, 500)),
    ],
)
def test_only_what_cannot_be_a_refusal_passes(status: int, streams: bool, addon: Why20003, dumping: None) -> None:
    assert (begun(addon, head_of(length(10**8), status=status)) is not None) is streams


@pytest.mark.parametrize(
    ("scope", "host", "streams"),
    [
        ("twilio", "api.twilio.com", True),
        ("twilio", "media.twiliocdn.com", False),
        ("twilio,*.twiliocdn.com", "media.twiliocdn.com", True),
        ("all", "example.com", True),
    ],
)
def test_only_hosts_in_scope_are_ours_to_stream(
    scope: str, host: str, streams: bool, addon: Why20003, dumping: None
) -> None:
    addon.running()
    ctx.options.update(why20003_scope=scope)
    assert (begun(addon, head_of(length(10**8), host=host)) is not None) is streams


def test_an_answer_that_the_proxy_made_is_left_alone(addon: Why20003, dumping: None) -> None:
    flow = flow_of(accepted(GOOD))
    assert flow.response is not None
    flow.response.content = LARGE
    assert flow.response.headers["content-length"] == str(len(LARGE))
    assert begun(addon, flow) is None
    addon.response(flow)
    assert flow.response.data.content == LARGE


def test_what_another_addon_does_with_the_stream_stays(addon: Why20003, dumping: None) -> None:
    flow = head_of(length(10**8))
    assert flow.response is not None
    flow.response.stream = theirs = bytes.upper
    addon.responseheaders(flow)
    assert flow.response.stream is theirs


def test_under_mitmdump_only_the_beginning_is_kept_and_the_flow_has_no_body(addon: Why20003, dumping: None) -> None:
    flow = head_of(length(len(LARGE)))
    kept = begun(addon, flow)
    assert kept is not None
    assert passed(flow, PIECES) == LARGE
    assert kept.body == LARGE[:RAW_LIMIT]
    with patch.object(addon, "_judge") as judging:
        judging.side_effect = lambda each: judged.append(each.response.data.content)
        judged: list[bytes] = []
        addon.response(flow)
    assert judged == [LARGE[:RAW_LIMIT]]
    assert flow.response is not None
    assert flow.response.data.content is None
    assert not isinstance(flow.response.stream, Kept)
    assert flow.metadata == {}


def test_a_short_body_of_unknown_length_is_there_in_the_end(addon: Why20003, dumping: None) -> None:
    flow = head_of((b"Transfer-Encoding", b"chunked"))
    begun(addon, flow)
    assert passed(flow, [b"{", b'"a":1', b"}"]) == b'{"a":1}'
    addon.response(flow)
    assert flow.response is not None
    assert flow.response.text == '{"a":1}'


def test_without_mitmdump_all_of_it_is_kept_for_those_who_look(addon: Why20003) -> None:
    assert not isinstance(ctx.master, DumpMaster)
    flow = head_of(length(len(LARGE)))
    begun(addon, flow)
    assert passed(flow, PIECES) == LARGE
    addon.response(flow)
    assert flow.response is not None
    assert flow.response.content == LARGE


@pytest.mark.parametrize("option", ["save_stream_file", "hardump"])
def test_what_is_saved_is_saved_whole(option: str, addon: Why20003, dumping: None, tmp_path: Path) -> None:
    ctx.options.update(**{option: str(tmp_path / "saved.mitm")})
    flow = head_of(length(len(LARGE)))
    begun(addon, flow)
    passed(flow, PIECES)
    addon.response(flow)
    assert flow.response is not None
    assert flow.response.content == LARGE
    if option == "save_stream_file":
        saver = ctx.master.addons.get("save")
        saver.request(flow)
        saver.response(flow)
        saver.done()
        with (tmp_path / "saved.mitm").open("rb") as file:
            [saved] = FlowReader(file).stream()
        assert isinstance(saved, http.HTTPFlow)
        assert saved.response is not None
        assert saved.response.content == LARGE


@pytest.mark.parametrize(("detail", "whole"), [(1, False), (2, False), (3, True), (4, True)])
def test_what_is_printed_is_kept_whole(detail: int, whole: bool, addon: Why20003, dumping: None) -> None:
    ctx.options.add_option("flow_detail", int, 1, "as the dumper's own")
    ctx.options.update(flow_detail=detail)
    flow = head_of(length(len(LARGE)))
    begun(addon, flow)
    passed(flow, PIECES)
    addon.response(flow)
    assert flow.response is not None
    assert (flow.response.data.content == LARGE) is whole


def test_where_bodies_are_modified_nothing_passes_early(addon: Why20003, dumping: None) -> None:
    ctx.options.update(modify_body=["/~s/a/b"])
    assert begun(addon, head_of(length(10**8))) is None


class Loader:
    """The loader of scripts, with these."""

    name = "scriptloader"

    def __init__(self, *addons: object) -> None:
        self.addons = addons


class Rewriting:
    def response(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        flow.response.content = b"mine"


class Counting:
    def request(self, flow: http.HTTPFlow) -> None: ...


@pytest.mark.parametrize(("script", "streams"), [(Rewriting(), False), (Counting(), True), (Why20003(), True)])
def test_a_script_that_deals_with_answers_gets_them_whole(
    script: object, streams: bool, addon: Why20003, dumping: None
) -> None:
    inner = type("Script", (), {"addons": [script]})()
    with patch.dict(ctx.master.addons.lookup, {"scriptloader": Loader(inner)}):
        assert (begun(addon, head_of(length(10**8))) is not None) is streams


def test_where_mitmproxy_streams_by_itself_the_beginning_is_kept(addon: Why20003) -> None:
    flow = head_of(length(len(LARGE)))
    assert flow.response is not None
    flow.response.stream = True
    kept = begun(addon, flow)
    assert kept is not None
    assert kept.room == RAW_LIMIT


def account(owner: bytes) -> bytes:
    return b'{"sid": "%s", "owner_account_sid": "%s", "status": "active", "padding": "%s"}' % (SID, owner, b"x" * 100)


def test_accounts_are_learnt_from_a_body_that_passed(addon: Why20003, dumping: None) -> None:
    """As test_a_short_body...: what the history reads of 2xx bodies does not depend on how they came."""
    exchange = accepted(GOOD, path=b"/2010-04-01/Accounts/" + SID + b".json")
    body = account(b"AC" + b"9" * 32)
    learnt = []
    for streamed in (False, True):
        flow = flow_of(exchange)
        assert flow.response is not None
        flow.response.headers = http.Headers([(b"Content-Type", b"application/json")])
        flow.response.data.content = None if streamed else body
        with patch.object(addon.capture, "add") as adding:
            if streamed:
                begun(addon, flow)
                passed(flow, [body[:50], body[50:]])
            addon.response(flow)
        [(arguments, _)] = adding.call_args_list
        learnt.append(arguments[0].response.body)
    assert learnt == [body, body]


def test_the_recording_is_the_same_as_without(addon: Why20003, dumping: None, tmp_path: Path) -> None:
    found = []
    for streamed in (False, True):
        path = tmp_path / f"{streamed}.mitm"
        addon.running()
        ctx.options.update(why20003_record=str(path))
        flow = head_of(length(len(LARGE)), (b"Content-Type", b"audio/x-wav"))
        assert flow.response is not None
        if streamed:
            begun(addon, flow)
            passed(flow, PIECES)
        else:
            flow.response.data.content = LARGE
        addon.response(flow)
        ctx.options.update(why20003_record="")
        [exchange] = open_recording(path).exchanges
        assert exchange.response is not None
        found.append((exchange.response.headers, len(exchange.response.body)))
    assert found[0] == found[1]
    assert found[0][1] > 0


def test_a_refusal_of_unknown_length_is_annotated(addon: Why20003, dumping: None) -> None:
    flow = flow_of(refused(basic(KEY, TOKEN)))
    assert flow.response is not None
    body = flow.response.data.content
    flow.response.data.content = None
    flow.response.headers.pop("content-length", None)
    assert begun(addon, flow) is None
    flow.response.data.content = body
    addon.response(flow)
    assert b"[why20003: " in (flow.response.content or b"")


def test_what_is_kept_is_bounded() -> None:
    kept = Kept(10)
    assert b"".join(kept(piece) for piece in (b"abc", b"defghij", b"klm", b"nop")) == b"abcdefghijklmnop"
    assert (kept.body, kept.is_whole, kept.room) == (b"abcdefghij", False, 0)
    assert len(kept._pieces) == 2
    exact = Kept(3)
    exact(b"abc")
    exact(b"")
    assert (exact.body, exact.is_whole) == (b"abc", True)


def test_a_body_that_mitmproxy_did_not_keep_is_told_once(
    addon: Why20003, dumping: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    addon.running()
    ctx.options.update(why20003_record=str(tmp_path / "r.mitm"))
    addon.response(flow_of(accepted(GOOD)))
    assert caplog.messages == []
    for number in range(3):
        flow = flow_of(accepted(GOOD, at=float(number)))
        assert flow.response is not None
        flow.request.data.content = None if number else b""
        flow.response.data.content = b"" if number else None
        flow.response.stream = True
        addon.response(flow)
    assert [text.partition(":")[0] for text in caplog.messages] == ["why20003"]
    assert "(stream_large_bodies), so the recording has that exchange without it" in caplog.messages[0]
    assert len(open_recording(tmp_path / "r.mitm").exchanges) == 4
