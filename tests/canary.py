"""The search for planted values in whatever the tool gives out: every run of five characters, in every writing.

It shares no code with the product's own search (recordings/redaction/leaking.py), and says only where something stands.
"""

import binascii
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

RUN: Final = 5
DIGITS: Final = 7
"""Digits alone have to be more: dates, sizes and times are made of them."""
BACKWARD: Final = 8
_HEX: Final = re.compile(rb"[0-9a-f]{32}")
_PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_BLOB: Final = re.compile(rb"[A-Za-z0-9+/_-]{7,}")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def runs(value: bytes, hex_run: int = RUN) -> Iterator[bytes]:
    """The runs of `value` that must not appear anywhere; a shorter value is one itself."""
    size = DIGITS if value.lstrip(b"+").isdigit() else hex_run if _HEX.fullmatch(value) else RUN
    found = [value[at : at + size] for at in range(max(1, len(value) - size + 1))]
    return (run for run in found if not run.isdigit() or len(run) >= DIGITS)


def writings(run: bytes) -> Iterator[tuple[str, bytes]]:
    """The run in every writing but base64, which is read instead, and what that is called; not as it is."""
    for case in (bytes.lower, bytes.upper):
        digits = case(run.hex().encode())
        pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        yield "hex", digits
        yield "percent-encoding", b"".join(b"%" + pair for pair in pairs)
        yield "JSON escapes", b"".join(rb"\u00" + pair for pair in pairs)
        yield "quoted-printable", b"".join(b"=" + pair for pair in pairs)
    wide = run.decode("latin-1")
    yield "UTF-16", wide.encode("utf-16-le")
    yield "UTF-16, big end first", wide.encode("utf-16-be")


def spotted(data: bytes, values: Sequence[bytes], *, hex_run: int = RUN) -> list[str]:
    """Where `data` holds a run of a value: the number of the value, and the writing. Never the value.

    Of an Auth Token's 32 hex digits a run that stands as it is, or in base64, has `hex_run`: more where `data` has hex
    digits that are drawn at random.
    """
    wanted = {run: (number, "plain") for number, value in enumerate(values) for run in runs(value, hex_run)}
    wanted |= {
        written: (number, name)
        for number, value in enumerate(values)
        for run in runs(value)
        for name, written in writings(run)
    }
    wanted |= {
        value[at : at + BACKWARD][::-1]: (number, "reversed")
        for number, value in enumerate(values)
        for at in range(len(value) - BACKWARD + 1)
    }
    sizes = sorted({len(written) for written in wanted})
    found: dict[str, None] = {}
    for layer, text in layers(data):
        for size in sizes:
            for at in range(len(text) - size + 1):
                if (hit := wanted.get(text[at : at + size])) is not None:
                    found[f"value {hit[0]}: {layer}{hit[1]}"] = None
    return list(found)


def layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    """`data`, what is compressed in it, and what its base64 says, twice over; of compressed parts the same."""
    yield "", data
    for plain in _unpacked(data):
        yield from ((f"compressed {name}", text) for name, text in layers(plain))
    said = b"\0\0".join(_said(data))
    yield "base64 of ", said
    yield "base64 of base64 of ", b"\0\0".join(_said(said))
    for inner in _unpacked(said):
        yield "base64 of compressed ", inner


def _said(data: bytes) -> Iterator[bytes]:
    """Every run of letters of base64, in either alphabet, read from each of the places where a group may begin."""
    for blob in sorted(set(_BLOB.findall(data))):
        for shift in range(4):
            letters = blob[shift:].translate(_STANDARD)
            letters = letters[:-1] if len(letters) % 4 == 1 else letters
            yield binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _unpacked(data: bytes) -> Iterator[bytes]:
    for start in _PACKED.finditer(data):
        try:
            yield zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data[start.start() :], 1_000_000)
        except zlib.error:
            continue
