"""JSON as bytes, quickly: a capture may hold tens of thousands of refusals of 12 kB each."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import msgspec

from analyzers.contract import Json, diagnosis_json, told_json
from analyzers.diagnosis import Diagnosis, changed
from recordings.reading import EntryError
from why20003.encoded import Encoded

_PRINTABLE = bytes(range(0x20, 0x7F))
# DEL, C1, the marks that change the direction of writing, line and paragraph separators, the byte order mark, in UTF-8:
# JSON allows them bare, a terminal may obey them. C0 is never bare in JSON.
_OBEYED = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Counts(Protocol):
    """What is said of a whole recording."""

    @property
    def path(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def exchanges(self) -> int: ...
    @property
    def twilio(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def errors(self) -> Sequence[EntryError]: ...
    @property
    def truncated(self) -> bool: ...


def encoded(value: object) -> bytes:
    """`value` as compact JSON in UTF-8 without a character that a terminal obeys; a lone surrogate becomes U+FFFD."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_mended(value))
    rare = data.translate(None, _PRINTABLE)
    return _OBEYED.sub(_written_out, data) if _OBEYED.search(rare) else data


def diagnosis_layout(diagnosis: Diagnosis, recording: int, indexes: Sequence[int]) -> dict[str, object]:
    """As `diagnosis_json`, for `encoded`, at a fraction of its cost.

    The causes that do not stand are most of a diagnosis, and hundreds of diagnoses share them: they are encoded once.
    """
    rest = changed(diagnosis, ruled_out=(), unknown=())
    return {
        **diagnosis_json(rest, recording=recording, indexes=indexes),
        "ruled_out": msgspec.Raw(_pairs(diagnosis.ruled_out, "because")),
        "unknown": msgspec.Raw(_pairs(diagnosis.unknown, "settle")),
    }


def members(diagnosis: Diagnosis) -> tuple[bytes, ...]:
    """The members of `diagnosis` that do not hang on where it stands and how often: as `why20003.encoded.Encode`."""
    told = encoded(told_json(diagnosis))[1:-1]
    ruled_out, unknown = _pairs(diagnosis.ruled_out, "because"), _pairs(diagnosis.unknown, "settle")
    return told, b',"ruled_out":', ruled_out, b',"unknown":', unknown


def whole(one: Encoded, recording: int) -> bytes:
    """The diagnosis, in number `recording`, of which `members` gave a part."""
    indexes = one.indexes
    told = encoded([{"kind": each.kind, "says": each.says} for each in one.advice]) if one.advice else b"[]"
    shown = b",".join([b"%d" % index for index in indexes])
    place = b'{"recording":%d,"index":%d,"count":%d,"indexes":[%s],' % (recording, indexes[0], len(indexes), shown)
    return b"".join((place, *one.shown(), b',"advice":', told, b"}"))


def recording_json(counts: Counts) -> dict[str, Json]:
    """One entry of ``recordings``."""
    errors: list[Json] = [{"entry": error.entry, "says": error.says} for error in counts.errors]
    return {
        "path": counts.path,
        "format": counts.format,
        "exchanges": counts.exchanges,
        "twilio": counts.twilio,
        "refused": counts.refused,
        "errors": errors,
        "truncated": counts.truncated,
    }


@lru_cache(maxsize=256)
def _pairs(pairs: tuple[tuple[str, str], ...], told: str) -> bytes:
    return encoded([{"cause": slug, told: says} for slug, says in pairs])


def _mended(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_mended(key): _mended(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(each) for each in value]
    return value


def _written_out(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found.group().decode())
