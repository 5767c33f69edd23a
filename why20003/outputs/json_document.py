"""``--format json``: the contract ``why20003/1``, written while it grows."""

from collections.abc import Iterable, Iterator

import msgspec

from analyzers.contract import SCHEMA, Json
from why20003 import versions
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.encoding import diagnosis_layout, encoded, recording_json, whole
from why20003.outputs.tally import Tally


def pieces(recordings: Iterable[Diagnosed | Unreadable], *, indented: bool) -> Iterator[bytes]:
    """The document, one diagnosis on a line; with `indented` as a person would like it. Nothing when nothing was read.

    The diagnoses stand before the recordings, whose list is known at the end only.
    """
    tally = Tally()
    read: list[Json] = []
    shared = False
    for recording in recordings:
        if isinstance(recording, Unreadable):
            continue
        if not read:
            yield _member("schema", SCHEMA, indented=indented, mark=b"{")
            yield _member("tool", tool(), indented=indented)
            yield b',\n  "diagnoses": [' if indented else b',\n"diagnoses":['
        for value in _diagnoses(recording, len(read), tally):
            yield (b",\n" if shared else b"\n") + _laid_out(value, 4, indented=indented)
            shared = True
        read.append(recording_json(recording))
    if read:
        yield b"\n  ]" if indented and shared else b"\n]" if shared else b"]"
        yield _member("recordings", read, indented=indented)
        yield _member("summary", tally.json(), indented=indented)
        yield b"\n}\n"


def _diagnoses(recording: Diagnosed, number: int, tally: Tally) -> Iterator[bytes]:
    for one in recording.encoded:
        tally.add_encoded(one)
        yield whole(one, number)
    for diagnosis, indexes in recording.diagnoses:
        tally.add(diagnosis, len(indexes))
        yield encoded(diagnosis_layout(diagnosis, number, indexes))


def tool() -> dict[str, Json]:
    """``tool`` of the contract."""
    return {"version": versions.of("why20003"), "mitmproxy": versions.of("mitmproxy")}


def _member(name: str, value: object, *, indented: bool, mark: bytes = b",") -> bytes:
    if indented:
        return mark + b'\n  "%s": %s' % (name.encode(), _laid_out(encoded(value), 2, indented=True).lstrip())
    return mark + (b"" if mark == b"{" else b"\n") + b'"%s":%s' % (name.encode(), encoded(value))


def _laid_out(data: bytes, column: int, *, indented: bool) -> bytes:
    if not indented:
        return data
    margin = b" " * column
    return margin + msgspec.json.format(data, indent=2).replace(b"\n", b"\n" + margin)
