"""JSON as bytes, quickly: a capture may hold tens of thousands of refusals of 12 kB each."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import msgspec

from analyzers.contract import Json, diagnosis_json
from analyzers.diagnosis import Diagnosis
from recordings.reading import EntryError

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
    rest = replace(diagnosis, ruled_out=(), unknown=())
    return {
        **diagnosis_json(rest, recording=recording, indexes=indexes),
        "ruled_out": _pairs(diagnosis.ruled_out, "because"),
        "unknown": _pairs(diagnosis.unknown, "settle"),
    }


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
def _pairs(pairs: tuple[tuple[str, str], ...], told: str) -> msgspec.Raw:
    return msgspec.Raw(encoded([{"cause": slug, told: says} for slug, says in pairs]))


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
