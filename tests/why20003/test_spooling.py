import os
import tempfile
import tracemalloc
from array import array
from collections.abc import Iterable
from errno import ENOSPC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003 import spooling
from why20003.packing import packed, unpacked
from why20003.sharing import shared
from why20003.spooling import Spool


def filled(pieces: Iterable[bytes]) -> Spool:
    spool = Spool()
    for number, piece in enumerate(pieces):
        assert len(spool) == number
        spool.put(piece)
    return spool


def contents(spool: Spool) -> list[bytes]:
    return [spool.get(number) for number in range(len(spool))]


@given(st.lists(st.binary(max_size=40)), st.integers(0, 100), st.integers(1, 100))
def test_what_was_put_comes_back(pieces: list[bytes], in_memory: int, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spooling, "_IN_MEMORY", in_memory)
        patch.setattr(spooling, "_BLOCK", block)
        spool = filled(pieces)
        assert contents(spool) == pieces
        spool.take(spool.plain())
        assert contents(spool) == pieces


@pytest.mark.parametrize("in_memory", [0, 4, 1000])
def test_another_process_can_put_them(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "_IN_MEMORY", in_memory)
    pieces = [b"one", b"", b"three", b"four"]
    spool = Spool()

    def told() -> bytes:
        for piece in pieces:
            spool.put(piece)
        return packed([spool.plain()])

    for result in shared([told], 2):
        assert len(spool) == 0, "it was done here"
        (plain,) = unpacked(result)
        spool.take(plain)
    assert contents(spool) == pieces


def test_few_pieces_never_reach_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.pwrite", None)
    pieces = [b"x" * 1000] * 1000
    spool = filled(pieces)
    assert spool.plain() == (tuple(pieces), b"")


def test_of_many_little_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "_IN_MEMORY", 10_000)
    monkeypatch.setattr(spooling, "_BLOCK", 10_000)
    spool = Spool()
    tracemalloc.start()
    try:
        for number in range(2000):
            spool.put(b"%01000d" % number)
        assert tracemalloc.get_traced_memory()[0] < 60_000
    finally:
        tracemalloc.stop()
    assert contents(spool) == [b"%01000d" % number for number in range(2000)]


def test_it_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    spool = filled([b"piece"])
    assert spool.plain() == ((), array("Q", [5]).tobytes())
    assert not [*tmp_path.iterdir()]


def test_without_a_folder_for_it_all_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    assert filled([b"piece"]).plain() == ((b"piece",), b"")


def test_a_piece_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    spool = filled([b"piece"])
    spool.plain()
    monkeypatch.setattr("os.pread", lambda _file, length, _at: b"x" * (length - 1))
    with pytest.raises(OSError, match="shorter than it was"):
        spool.get(0)


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
    pieces = [b"%07d" % number for number in range(9)]
    spool = filled(pieces)
    assert contents(spool) == pieces
    spool.take(spool.plain())
    assert contents(spool) == pieces
