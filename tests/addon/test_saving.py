import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy.addons import save
from mitmproxy.test import taddons, tflow

from addon import saving
from addon.plugin import Why20003


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def finished() -> tflow.http.HTTPFlow:
    return tflow.tflow(resp=True)


async def test_what_w_writes_is_private_before_it_holds_a_flow_and_whole_after_each(tmp_path: Path) -> None:
    """The file is open by the time a script is loaded."""
    path, saver = tmp_path / "a.mitm", save.Save()
    with taddons.context(saver) as context:
        context.configure(saver, save_stream_file=str(path))
        assert mode(path) == 0o644
        addon = Why20003()
        context.master.addons.add(addon)
        context.configure(addon, save_stream_file=str(path))
        assert mode(path) == 0o600
        sizes = [path.stat().st_size]
        for _ in range(3):
            flow = finished()
            saver.request(flow)
            saver.response(flow)
            sizes.append(path.stat().st_size)
        assert sizes[0] == 0
        assert sizes == sorted(set(sizes))
        addon.done()
        saver.done()


async def test_each_file_of_a_rotation_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = save.Save()
    with taddons.context(saver) as context:
        context.configure(saver, save_stream_file=str(tmp_path / "a.mitm"))
        saving.guard()
        context.configure(saver, save_stream_file=str(tmp_path / "b.mitm"))
        saver.response(finished())
        saver.done()
    assert mode(tmp_path / "b.mitm") == 0o600


async def test_without_these_options_nothing_is_changed() -> None:
    saver = save.Save()
    with taddons.context(saver):
        saving.guard()
    assert os.umask(0o022) == 0o022
    assert "save_flow" not in vars(saver)


async def test_it_is_done_once(tmp_path: Path) -> None:
    saver = save.Save()
    with taddons.context(saver) as context:
        context.configure(saver, save_stream_file=str(tmp_path / "a.mitm"))
        saving.guard()
        once = saver.save_flow
        saving.guard()
        assert saver.save_flow is once
        saver.done()


async def test_what_is_no_file_keeps_its_mode(tmp_path: Path) -> None:
    path, saver = tmp_path / "pipe", save.Save()
    os.mkfifo(path, 0o644)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with taddons.context(saver) as context:
        context.configure(saver, save_stream_file=str(path))
        saving.guard()
        saver.done()
    os.close(reading)
    assert mode(path) == 0o644
