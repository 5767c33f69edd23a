"""The option why20003_expect: read once, the descriptor closed, and the diagnosis knows of it."""

import logging
import os
import threading
from pathlib import Path

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons, tflow, tutils

from addon import expecting
from addon.plugin import Why20003
from analyzers.building import OTHER_SID, SID, TOKEN, basic
from analyzers.expected import Expected, Role
from analyzers.expected_json import expected_json

GIVEN = (
    Expected(Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", "environment", SID),
    Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", ".env line 4", TOKEN),
)
BODY = b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'


def piped(data: bytes) -> int:
    """The end to read from of a pipe that somebody writes to and closes."""
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)

    threading.Thread(target=write, daemon=True).start()
    return reading


def is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


@pytest.mark.parametrize("form", ["/dev/fd/{}", "/proc/self/fd/{}"])
@pytest.mark.parametrize("size", [0, 100_000])
def test_a_descriptor_is_read_once_and_closed(form: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "_taken", set())
    handle = piped(expected_json(GIVEN) + b" " * size)
    assert expecting.expected_in(form.format(handle)) == GIVEN
    assert not is_open(handle)
    with pytest.raises(ValueError, match="why20003_expect: this descriptor cannot be read a second time"):
        expecting.expected_in(form.format(handle))


def test_a_descriptor_is_closed_when_it_holds_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "_taken", set())
    handle = piped(TOKEN)
    with pytest.raises(ValueError, match="why20003_expect: it is no JSON") as raised:
        expecting.expected_in(f"/dev/fd/{handle}")
    assert not is_open(handle)
    assert TOKEN.decode() not in str(raised.value)


def test_a_writer_that_never_closes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "_taken", set())
    monkeypatch.setattr(expecting, "_SECONDS", 0.05)
    reading, writing = os.pipe()
    os.write(writing, b"{")
    with pytest.raises(ValueError, match="nothing more came"):
        expecting.expected_in(f"/dev/fd/{reading}")
    assert not is_open(reading)
    os.close(writing)


def test_what_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "_taken", set())
    monkeypatch.setattr(expecting, "LARGEST", 1000)
    handle = piped(b" " * 60_000)
    with pytest.raises(ValueError, match="larger"):
        expecting.expected_in(f"/dev/fd/{handle}")
    assert not is_open(handle)


@pytest.mark.parametrize("place", ["/dev/fd/0", "/dev/fd/2", "/dev/fd/99999"])
def test_the_terminal_is_not_read(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "_taken", set())
    with pytest.raises(ValueError, match="why20003_expect: "):
        expecting.expected_in(place)
    assert is_open(2)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    path.write_bytes(expected_json(GIVEN))
    assert expecting.expected_in(str(path)) == GIVEN
    assert expecting.expected_in("") == ()
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(ValueError, match="no such file"):
            expecting.expected_in(str(place))


def refusal(value: bytes) -> "tflow.http.HTTPFlow":
    flow = tflow.tflow(
        req=tutils.treq(
            host="api.twilio.com",
            path=b"/2010-04-01/Accounts/%s/Messages.json" % SID,
            headers=((b"Host", b"api.twilio.com"), (b"Authorization", value)),
        ),
        resp=tutils.tresp(
            status_code=401,
            headers=((b"Content-Type", b"application/json"), (b"Twilio-Request-Id", b"RQ" + b"1" * 32)),
            content=BODY,
        ),
    )
    assert flow.response is not None
    return flow


async def test_the_diagnosis_knows_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    path.write_bytes(expected_json(GIVEN))
    addon = Why20003()
    with taddons.context(addon) as context:
        context.configure(addon, why20003_expect=str(path))
        flow = refusal(basic(OTHER_SID, TOKEN))
        addon.response(flow)
        assert flow.response is not None
        told = flow.response.get_text() or ""
        assert "The username on the wire is not TWILIO_ACCOUNT_SID" in told
        assert "TWILIO_AUTH_TOKEN (.env line 4)" in told
        assert TOKEN.decode()[:5] not in told
        assert TOKEN.decode() not in addon.scrubber.clean(f"broken header {TOKEN.decode()}")
        addon.done()


async def test_nonsense_is_one_line_and_ends_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "expected.json"
    path.write_bytes(TOKEN)
    addon = Why20003()
    with taddons.context(addon) as context, caplog.at_level(logging.ERROR):
        context.configure(addon, why20003_expect=str(path))
        addon.done()
    assert [record.getMessage() for record in caplog.records] == ["why20003_expect: it is no JSON"]


async def test_it_cannot_be_changed_later(tmp_path: Path) -> None:
    addon = Why20003()
    with taddons.context(addon) as context:
        addon.running()
        with pytest.raises(exceptions.OptionsError, match="read once, at the start"):
            context.configure(addon, why20003_expect=str(tmp_path))
        addon.done()
