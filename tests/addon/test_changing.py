import asyncio
import io
import logging
from collections.abc import AsyncIterator, Sequence

import pytest
from flows import flow_of
from mitmproxy import ctx, exceptions
from mitmproxy.addons import (
    anticache,
    anticomp,
    blocklist,
    maplocal,
    mapremote,
    modifybody,
    modifyheaders,
    proxyauth,
    serverplayback,
    stickyauth,
    stickycookie,
    upstream_auth,
)
from mitmproxy.test import taddons

from addon.changing import OPTIONS
from addon.plugin import Why20003
from analyzers.building import GOOD, refused
from recordings.flows import OPTIONS as NOTED


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    """The addon among mitmproxy's own, not running yet."""
    found = Why20003(io.StringIO())
    others = (anticache.AntiCache(), anticomp.AntiComp(), blocklist.BlockList(), maplocal.MapLocal(),
              mapremote.MapRemote(), modifybody.ModifyBody(), modifyheaders.ModifyHeaders(), proxyauth.ProxyAuth(),
              serverplayback.ServerPlayback(), stickyauth.StickyAuth(), stickycookie.StickyCookie(),
              upstream_auth.UpstreamAuth())  # fmt: skip
    with taddons.context(found, *others):
        yield found
        found.done()


async def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was warned of since the last time."""
    await asyncio.sleep(0)
    found = [record.getMessage() for record in caplog.records if "changes what Twilio sees" in record.getMessage()]
    caplog.clear()
    return found


SETTINGS = [
    ("stickyauth", "~d twilio.com", "a request without Authorization gets the one that was last seen for its host"),
    ("stickycookie", "~d twilio.com", "requests get the cookies of earlier answers"),
    ("modify_headers", ["/~q/Authorization/Basic x"], "it replaces or removes Authorization where its filter matches"),
    ("modify_headers", [":authorization:", "|user-agent|x"], "it replaces or removes Authorization and User-Agent"),
    ("modify_headers", ["/host/a", "/x-a/b", "/x-b/c"], "it replaces or removes Host and 2 other headers"),
    ("modify_headers", ["/X-S3cret/b"], "it replaces or removes 1 header where"),
    ("modify_body", ["/~q/a/b"], "it replaces text in bodies where its filter matches; Twilio then refuses a request"),
    ("map_remote", ["|a.example|b.example"], "requests that match go to another URL; Twilio then refuses"),
    ("map_local", ["|a.example|/"], "are answered from a local file and never reach Twilio"),
    ("anticache", True, "it removes If-None-Match and If-Modified-Since; Twilio then refuses"),
    ("anticomp", True, "it sets Accept-Encoding to identity"),
    ("block_list", ["/~d x.example/404"], "are answered here and never reach Twilio"),
    ("proxyauth", "user:s3cret", "requests that do not log in to this proxy are answered here, 407 or 401"),
]


@pytest.mark.parametrize(("option", "value", "says"), SETTINGS)
async def test_each_option_is_warned_of_at_the_start(
    option: str, value: str | bool | Sequence[str], says: str, addon: Why20003, caplog: pytest.LogCaptureFixture
) -> None:
    ctx.options.update(**{option: value})
    assert await warned(caplog) == []
    addon.running()
    [told] = await warned(caplog)
    assert told.startswith(f"why20003: mitmproxy's option {option} changes what Twilio sees: ")
    assert says in told
    assert "s3cret" not in told.lower()


@pytest.mark.parametrize(("option", "value", "says"), SETTINGS)
async def test_each_option_is_warned_of_when_it_changes_and_once(
    option: str, value: str | bool | Sequence[str], says: str, addon: Why20003, caplog: pytest.LogCaptureFixture
) -> None:
    addon.running()
    assert await warned(caplog) == []
    default = ctx.options.default(option)
    ctx.options.update(**{option: value})
    assert len(await warned(caplog)) == 1
    ctx.options.update(**{option: value, "ssl_insecure": True})
    assert await warned(caplog) == []
    ctx.options.update(**{option: default})
    assert await warned(caplog) == []
    ctx.options.update(**{option: value})
    assert len(await warned(caplog)) == 1


def test_every_option_is_warned_of() -> None:
    assert {option for option, _, _ in SETTINGS} | {"upstream_auth", "server_replay", "mode"} == OPTIONS


async def test_the_options_are_all_known_to_mitmproxy(addon: Why20003) -> None:
    assert {name for name in OPTIONS if name not in ctx.options} == set()


async def test_nothing_on_is_nothing_said(addon: Why20003, caplog: pytest.LogCaptureFixture) -> None:
    addon.running()
    assert await warned(caplog) == []


async def test_a_value_that_mitmproxy_refuses_is_not_warned_of(
    addon: Why20003, caplog: pytest.LogCaptureFixture
) -> None:
    addon.running()
    with pytest.raises(exceptions.OptionsError, match="filter"):
        ctx.options.update(stickyauth="~~~")
    assert await warned(caplog) == []
    assert addon._changes.noted == []


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (["regular"], None),
        (["upstream:http://10.0.0.1:3128"], None),
        (["reverse:https://api.twilio.com"], "it puts its own Authorization in the place of the client's"),
        (["regular", "reverse:https://api.twilio.com@9000"], "it puts its own Authorization in the place"),
    ],
)
async def test_upstream_auth_reaches_twilio_in_reverse_mode_only(
    mode: list[str], says: str | None, addon: Why20003, caplog: pytest.LogCaptureFixture
) -> None:
    ctx.options.update(mode=mode, upstream_auth="user:s3cret")
    addon.running()
    told = await warned(caplog)
    assert (says is None and told == []) or (says is not None and says in told[0])
    assert addon._changes.noted == ([] if says is None else ["upstream_auth"])


async def test_proxyauth_takes_authorization_where_the_proxy_is_not_known_to_be_one(
    addon: Why20003, caplog: pytest.LogCaptureFixture
) -> None:
    ctx.options.update(proxyauth="any")
    addon.running()
    assert "takes the client's Authorization" not in (await warned(caplog))[0]
    ctx.options.update(mode=["reverse:https://api.twilio.com"])
    assert "it takes the client's Authorization for a login to this proxy and removes it" in (await warned(caplog))[0]


async def test_a_mode_that_is_none_does_no_harm(addon: Why20003, caplog: pytest.LogCaptureFixture) -> None:
    ctx.options.update(upstream_auth="user:x")
    addon.running()
    ctx.options.update(mode=["nonsense"])
    assert addon._changes.noted == []
    assert caplog.messages == []


@pytest.mark.parametrize(("option", "value"), [("anticache", True), ("block_list", ["/~d x.example/404"])])
async def test_what_cannot_be_the_reason_is_not_noted_on_a_refusal(
    option: str, value: bool | list[str], addon: Why20003
) -> None:
    ctx.options.update(**{option: value})
    flow = flow_of(refused(GOOD))
    flow.live = True
    addon.response(flow)
    assert NOTED not in flow.metadata


async def test_what_may_be_is(addon: Why20003, caplog: pytest.LogCaptureFixture) -> None:
    ctx.options.update(modify_headers=["/Authorization/x"], anticache=True)
    flow = flow_of(refused(GOOD))
    flow.live = True
    with caplog.at_level(logging.WARNING):
        addon.response(flow)
    assert flow.metadata[NOTED] == ["modify_headers"]
