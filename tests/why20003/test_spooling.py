import os
import tempfile
from errno import ENOSPC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003 import spooling
from why20003.spooling import Spool


@given(st.lists(st.binary(max_size=40)), st.integers(0, 100), st.integers(1, 100))
def test_what_was_put_comes_back(pieces: list[bytes], in_memory: int, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spooling, "_IN_MEMORY", in_memory)
        patch.setattr(spooling, "_BLOCK", block)
        spool = Spool()
        kept = [spool.put(piece) for piece in pieces]
        assert [spool.get(one) for one in kept] == pieces
        spool.flush()
        assert [spool.get(one) for one in kept] == pieces


def test_another_process_can_put_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    spool = Spool()
    child = os.fork()
    if not child:
        try:
            assert [spool.put(b"one"), spool.put(b"three")] == [(0, 3), (3, 5)]
            spool.flush()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert spool.get((3, 5)) == b"three"
    assert spool.get((0, 3)) == b"one"


def test_few_pieces_never_reach_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.pwrite", None)
    spool = Spool()
    assert [spool.put(b"x" * 1000) for _ in range(1000)] == [b"x" * 1000] * 1000
    spool.flush()


def test_it_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    spool = Spool()
    assert not isinstance(spool.put(b"piece"), bytes)
    spool.flush()
    assert not [*tmp_path.iterdir()]


def test_without_a_folder_for_it_all_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    assert Spool().put(b"piece") == b"piece"


def test_a_full_disk_leaves_the_rest_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    write, room = os.pwrite, [10]

    def filling(file: int, data: bytes, at: int) -> int:
        if not room[0]:
            raise OSError(ENOSPC, "No space left on device")
        written = write(file, data[: room[0]], at)
        room[0] -= written
        return written

    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    monkeypatch.setattr(spooling, "_BLOCK", 1)
    monkeypatch.setattr("os.pwrite", filling)
    spool = Spool()
    pieces = [b"%07d" % number for number in range(9)]
    kept = [spool.put(piece) for piece in pieces]
    spool.flush()
    assert [spool.get(one) for one in kept] == pieces
