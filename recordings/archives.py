"""What is packed: .zip, .gz and .zst, told by what stands in them. Unpacked as a stream, and never without bounds."""

import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from analyzers.frozen import dataclass
from recordings.reading import Cut, EntryError, Item, Passed, Skipped, UnreadableRecording

if TYPE_CHECKING:
    import zipfile  # takes its time, and most files are none

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP: Final = b"\x1f\x8b\x08"
# RFC 1950 2.2, without the level whose mark is text. A .zhar of mitmproxy's addons/savehar.py (read 2026-11-21) is so.
_ZLIB: Final = (b"\x78\x9c", b"\x78\xda", b"\x78\x01")
# RFC 8878 3.1.1 and, for frames to be skipped, 3.1.2
_ZSTD: Final = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
_ZSTD_WINDOW: Final = 1 << 27
_ZSTD_PIECE: Final = 1 << 10
_BLOCK: Final = 1 << 16
_ENCRYPTED: Final = 0x1
"""APPNOTE.TXT 4.4.4, bit 0 of the general purpose flag (read 2026-11-20)."""

TOTAL_LIMIT: Final = 1 << 34
"""Bytes that all members of a file may unpack to."""
FREE_LIMIT: Final = 1 << 26
"""Bytes up to which nobody asks how small they were packed."""
RATIO_LIMIT: Final = 400
"""How much larger than its packed form a member may be beyond that: captures reach 100, a bomb 1,000 and more."""
MEMORY_LIMIT: Final = 1 << 28
"""Bytes of a .zip that are held where its end cannot be looked at first: from a pipe, or inside another archive."""
MOST_MEMBERS: Final = 10_000
_LONGEST_NAME: Final = 200


class Budget:
    """How much may still be unpacked, for one file with all that is in it."""

    def __init__(self, total: int = TOTAL_LIMIT, free: int = FREE_LIMIT, ratio: int = RATIO_LIMIT) -> None:
        self._left = total
        self._total = total
        self._free = free
        self._ratio = ratio

    def refuses(self, more: int, out: int, taken: int) -> str:
        """Why `more` bytes, which make `out` of a member of which `taken` packed bytes were read, are too many."""
        self._left -= more
        if self._left < 0:
            return f"it unpacks to more than {self._total >> 20} MB; unpack it yourself and give the files"
        if out > self._free and out > self._ratio * max(taken, 1):
            return f"it unpacks to more than {self._ratio} times its size; unpack it yourself and give the files"
        return ""


class _Unpacking(Protocol):
    taken: int
    """Packed bytes that were read so far."""

    def read(self, size: int) -> bytes:
        """At most `size` bytes more; empty at the end. May raise whatever the format's library raises."""

    def close(self) -> None: ...


class Unpacked(io.RawIOBase):
    """The unpacked bytes of one member. Damage ends them like the end of a file; `problem` says then what it was."""

    def __init__(self, inner: _Unpacking, budget: Budget) -> None:
        self.problem = ""
        self._inner = inner
        self._budget = budget
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override] # what io hands over
        """As io.RawIOBase has it; 0 at the end, be it good or bad."""
        data = b"" if self.problem else self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()

    def _read(self, size: int) -> bytes:
        try:
            data = self._inner.read(size)
        except UnreadableRecording as error:
            self.problem = str(error)
            return b""
        except Exception as error:  # noqa: BLE001 - zipfile, zlib, lzma, bz2 and zstandard have errors of their own
            self.problem = _damage(error)
            return b""
        self._out += len(data)
        self.problem = self._budget.refuses(len(data), self._out, self._inner.taken)
        return b"" if self.problem else data


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes with a name, which can be read from their beginning."""

    name: str
    """For the user: nothing in it controls a terminal. Empty for the only thing in a .gz or .zst."""
    open: Callable[[], BinaryIO] = field(repr=False)
    problem: str = ""
    """Why they cannot be read; empty where they can."""


def packing_of(start: bytes) -> str:
    """How a file that begins with `start` is packed: ``zip``, ``gzip``, ``zlib`` or ``zstd``; empty where it is not."""
    if start.startswith(_ZIP):
        return "zip"
    if start.startswith(_GZIP):
        return "gzip"
    if start.startswith(_ZLIB):
        return "zlib"
    return "zstd" if _ZSTD.match(start) else ""


def unpacked(packing: str, packed: Content, budget: Budget) -> Content:
    """What is in a .gz, .zst or .zhar; it has the name of that."""

    def opened() -> BinaryIO:
        inner = _Zstd(packed.open()) if packing == "zstd" else _Gzip(packed.open())
        return io.BufferedReader(Unpacked(inner, budget), _BLOCK)

    return Content(packed.name, opened)


def open_zip(file: BinaryIO) -> "zipfile.ZipFile":
    """The .zip in `file`; where that cannot be sought in, it is held in memory. Raises UnreadableRecording."""
    if not file.seekable():
        held = file.read(MEMORY_LIMIT + 1)
        if len(held) > MEMORY_LIMIT:
            raise UnreadableRecording(
                f"is a .zip of more than {MEMORY_LIMIT >> 20} MB inside something else; unpack it and give the files"
            )
        if problem := problem_of(file):
            raise UnreadableRecording(f"is a .zip, but {problem}")
        file = io.BytesIO(held)
    import zipfile  # noqa: PLC0415 - see above

    try:
        return zipfile.ZipFile(file)
    except Exception:  # noqa: BLE001 - a directory that is damaged gives struct.error, KeyError and more
        raise UnreadableRecording("is a .zip, but it is cut off or damaged: its list of files is not there") from None


def members_of(archive: "zipfile.ZipFile", budget: Budget) -> Iterator[Content]:
    """The files in a .zip, in its order; one that cannot be read says why."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    for info in files[:MOST_MEMBERS]:
        yield member_of(archive, info, budget)
    if len(files) > MOST_MEMBERS:
        problem = f"holds {len(files)} files; only the first {MOST_MEMBERS} are read"
        yield Content("", _nothing, problem)


def member_of(archive: "zipfile.ZipFile", info: "zipfile.ZipInfo", budget: Budget) -> Content:
    """One file of a .zip."""
    name = shown_name(info.filename)
    if info.flag_bits & _ENCRYPTED:
        return Content(name, _nothing, "is encrypted; unpack the archive with its password and give the files")

    def opened() -> BinaryIO:
        return io.BufferedReader(Unpacked(_ZipMember(archive, info), budget), _BLOCK)

    return Content(name, opened)


def shown_name(name: str) -> str:
    """A file's name as it may be shown: what does not print is written out, what is too long is cut."""
    cut = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut)


def problem_of(file: BinaryIO) -> str:
    """Why the unpacking of `file` ended before its end; empty where it did not, or nothing was unpacked."""
    raw = file.raw if isinstance(file, io.BufferedReader) else file
    return raw.problem if isinstance(raw, Unpacked) else ""


def told(items: Callable[[BinaryIO], Iterable[Item]], opened: Callable[[], BinaryIO]) -> Iterator[Item]:
    """The items of what `opened` gives; where its unpacking ends early, that is said once those before it have come."""
    with opened() as file:
        entries, cut = 0, None
        try:
            for item in items(file):
                if isinstance(item, Cut):
                    cut = item
                    continue
                entries += item.count if isinstance(item, Passed | Skipped) else 1
                yield item
        except UnreadableRecording:
            if problem := problem_of(file):
                raise UnreadableRecording(problem) from None
            raise
        except OSError as error:
            raise UnreadableRecording(f"{error.strerror or 'it cannot be read'}; nothing after that was read") from None
        if problem := problem_of(file):
            yield EntryError(entries, f"{problem}; nothing after this is read")
        if cut is not None:
            yield cut


class _ZipMember:
    def __init__(self, archive: "zipfile.ZipFile", info: "zipfile.ZipInfo") -> None:
        self._archive = archive
        self._info = info
        self._file: zipfile.ZipExtFile | None = None
        self.taken = info.compress_size

    def read(self, size: int) -> bytes:
        if self._file is None:
            self._file = self._archive.open(self._info)  # type: ignore[assignment] # typeshed says IO[bytes]
        return self._file.read(size) if self._file else b""

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


_EITHER: Final = 32 + zlib.MAX_WBITS
"""zlib looks itself whether gzip's head stands there or its own."""


class _Gzip:
    """One member of a .gz after the other: RFC 1952 2.2; or zlib's form. What comes before a damage is given first."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflate = zlib.decompressobj(_EITHER)
        self._packed = b""
        self.taken = 0

    def read(self, size: int) -> bytes:
        while True:
            if self._inflate.eof:
                self._packed = (self._inflate.unused_data or self._more()).lstrip(b"\0")  # padding
                if not self._packed:
                    return b""
                self._inflate = zlib.decompressobj(_EITHER)
            packed = self._packed or self._more()
            data = self._inflate.decompress(packed, size)
            self._packed = self._inflate.unconsumed_tail
            if data:
                return data
            if not packed:
                raise EOFError

    def close(self) -> None:
        self._file.close()

    def _more(self) -> bytes:
        packed = self._file.read(_BLOCK)
        self.taken += len(packed)
        return packed


class _Zstd:
    """One frame of a .zst after the other: RFC 8878 3."""

    def __init__(self, file: BinaryIO) -> None:
        import zstandard  # noqa: PLC0415 - most files are not packed so

        self._file = file
        self._unpacking = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._unpacking.decompressobj()
        self._packed = self._data = b""
        self._begun = False
        self.taken = 0

    def read(self, size: int) -> bytes:
        while not self._data:
            if not self._packed:
                self._packed = self._file.read(_BLOCK)
                self.taken += len(self._packed)
            if not self._packed:
                if self._begun and not self._frame.eof:
                    raise EOFError
                return b""
            if self._frame.eof:
                self._frame = self._unpacking.decompressobj()
            # In small pieces, because what comes of one is not bounded otherwise.
            piece, self._packed = self._packed[:_ZSTD_PIECE], self._packed[_ZSTD_PIECE:]
            self._begun = True
            self._data = self._frame.decompress(piece)
            self._packed = self._frame.unused_data + self._packed
        found, self._data = self._data[:size], self._data[size:]
        return found

    def close(self) -> None:
        self._file.close()


def _nothing() -> BinaryIO:
    return io.BytesIO()


def _damage(error: Exception) -> str:
    """What is wrong, in our words: those of the libraries may quote what they read."""
    match error:
        case EOFError():
            return "the archive ends in the middle"
        case NotImplementedError():
            return "it is packed in a way that is not known here; pack it again as a plain .zip"
        case MemoryError():
            return "it needs more memory to unpack than there is"
        case OSError() if error.strerror:
            return error.strerror
    return "the archive is damaged"
