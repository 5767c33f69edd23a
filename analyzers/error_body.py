"""The body of an error answer: every shape a to k of docs/facts.md 1.5, by the names of its members.

An XML declaration or a content type is not believed. A body that was cut off gives what it still shows whole, never a
part of a number or of a text. No entity is expanded; work and depth are bounded.
"""

import codecs
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field
from typing import TypeAlias
from xml.parsers import expat

from analyzers.frozen import dataclass

_TOO_LARGE_CODE = 10_000_000
_DIGITS = re.compile(r"[0-9]{1,7}")
_ANNOTATION = re.compile(r" ?\[why20003: .*\Z", re.DOTALL)

Fields: TypeAlias = dict[str, object]
"""Members of an error by name; case and underscores do not count: ``more_info`` and ``moreInfo`` are ``moreinfo``."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The objects of a body that may tell of an error, as Twilio sent them: without an annotation of ours."""

    own: tuple[Fields, ...] = field(default=(), repr=False)
    """The outermost object, and those of its ``errors``."""
    wrapped: tuple[Fields, ...] = field(default=(), repr=False)
    """Its ``error``: there somebody else passes on what Twilio, perhaps, told them."""


# Byte order mark, blanks, and the length of the first chunk where a recorder left the chunks in.
_LEAD = re.compile(r"\A[\ufeff\s]*(?:[0-9a-fA-F]{1,8}\r\n\s*)?")


def read_error(body: bytes) -> ErrorBody:
    """Read a body whose content encoding is undone; never raises."""
    text = _LEAD.sub("", _characters(body))
    match text[:1]:
        case "<":
            return _from_xml(text)
        case "{" | "[":
            return _from_json(text)
        case _:
            return ErrorBody()


def _characters(body: bytes) -> str:
    """The body as text: UTF-16 and UTF-32 by their mark or their NULs, else UTF-8, else Latin-1."""
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        return body.decode(encoding, "replace")
    try:
        return codecs.utf_8_decode(body)[0]  # not final: a cut character is left out
    except UnicodeDecodeError:
        return body.decode("latin-1")


# --- JSON ---------------------------------------------------------------------------------------------------------
_MOST_DOCUMENTS = 8
_MOST_ERRORS = 20
_DEEPEST = 3
"""Levels of a broken document that are looked at: object, ``errors``, object."""


def _short_int(digits: str) -> int:
    return int(digits) if len(digits) <= 20 else 0


_DECODER = json.JSONDecoder(strict=False, parse_int=_short_int)
_BLANKS = re.compile(r"\s*")
_NEXT = re.compile(r"[\s,]*(?=[{\[])")
_COMMA = re.compile(r"\s*,\s*")
_NAME = re.compile(r'"([^"\\]*)"\s*:\s*')


def _from_json(text: str) -> ErrorBody:
    """The first document of `text` that has a code, else the first of all."""
    start, first = 0, None
    for _ in range(_MOST_DOCUMENTS):
        try:
            document, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            document, end = _torn(text, start, _DEEPEST), len(text)
        body = _errors_of(document)
        if any(code_of(error) is not None for error in (*body.own, *body.wrapped)):
            return body
        first = first or body
        behind = _NEXT.match(text, end)
        if behind is None:
            break
        start = behind.end()
    return first or ErrorBody()


def _errors_of(document: object) -> ErrorBody:
    if isinstance(document, list):
        document = next((item for item in document[:_MOST_ERRORS] if isinstance(item, dict)), None)
    if not isinstance(document, dict):
        return ErrorBody()
    outer = _folded(document)
    listed, wrapped = outer.get("errors"), outer.get("error")
    inner = listed[:_MOST_ERRORS] if isinstance(listed, list) else [listed]
    return ErrorBody(
        (outer, *(_folded(item) for item in inner if isinstance(item, dict))),
        (_folded(wrapped),) if isinstance(wrapped, dict) else (),
    )


def _folded(document: dict[str, object]) -> Fields:
    fields: Fields = {}
    for name, value in document.items():
        fields.setdefault(name.replace("_", "").lower(), value)
    return _unannotated(fields)


def _torn(text: str, at: int, depth: int) -> object:
    """The members, or items, that stand whole in front of the place where a document is cut off or broken."""
    opening = text[at : at + 1]
    if not depth or opening not in {"{", "["}:
        return None
    members: dict[str, object] = {}
    items: list[object] = []
    comma = _BLANKS.match(text, at + 1)
    while comma is not None:
        at = comma.end()
        name = _NAME.match(text, at) if opening == "{" else None
        if opening == "{" and name is None:
            break
        at = name.end() if name else at
        value, end = _value(text, at, depth)
        if value is not None and name:
            members[name.group(1)] = value
        elif value is not None:
            items.append(value)
        comma = _COMMA.match(text, end) if end is not None else None
    return members if opening == "{" else items


def _value(text: str, at: int, depth: int) -> tuple[object, int | None]:
    """The value at `at` and where it ends; None for the end where nothing behind it can be read."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return _torn(text, at, depth - 1), None
    if isinstance(value, int | float) and not text.startswith((",", "}", " ", "\t", "\r", "\n"), end):
        return None, None  # perhaps the beginning of a longer number
    return value, end


# --- XML ----------------------------------------------------------------------------------------------------------
_EXCEPTION = "restexception"


def _from_xml(text: str) -> ErrorBody:
    """The elements below RestException by name, in any order and case, as far as they are closed."""
    if "<!DOCTYPE" in text:  # an HTML page, or entities that somebody wants expanded; Twilio sends none
        return ErrorBody()
    fields: Fields = {}
    stack: list[str] = []
    pieces: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if stack[-1:] == [_EXCEPTION]:
            pieces.clear()
        stack.append(name.lower())

    def data(piece: str) -> None:
        if stack[-2:-1] == [_EXCEPTION]:
            pieces.append(piece)

    def end(_: str) -> None:
        name = stack.pop()
        if stack[-1:] == [_EXCEPTION]:
            fields.setdefault(name, "".join(pieces))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = data
    parser.EndElementHandler = end
    with suppress(expat.ExpatError):  # what was read before a fault still counts
        parser.Parse(text, True)  # noqa: FBT003 - expat's own signature
    return ErrorBody((_unannotated(fields),))


# --- members ------------------------------------------------------------------------------------------------------
def _unannotated(fields: Fields) -> Fields:
    """`fields` without what an annotation of ours put in: at the end of texts, and as a message where none was."""
    texts = {name: value for name, value in fields.items() if isinstance(value, str) and "[why20003: " in value}
    if not texts:
        return fields
    plain = {**fields, **{name: _ANNOTATION.sub("", value) for name, value in texts.items()}}
    beside = [name for name in ("detail", "errordescription") if name in texts]
    if "message" in texts and beside and plain["message"] == plain[beside[0]]:
        del plain["message"]
    return plain


def code_of(error: Fields) -> int | None:
    return whole(error.get("code"))


def whole(value: object) -> int | None:
    """A code from a number or from its digits; None for anything else."""
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value := value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 < value < _TOO_LARGE_CODE and value == int(value) else None


def text_of(errors: Sequence[Fields], names: tuple[str, ...]) -> str:
    """The first text that is not empty, of the errors in their order, by one of the names in theirs."""
    values = (error.get(name) for error in errors for name in names)
    return next((text for value in values if isinstance(value, str) and (text := value.strip())), "")
