"""HAR 1.2, as browsers, proxies and sanitisers write it: http://www.softwareishard.com/blog/har-12-spec/

Tolerant, because nine of nineteen real exports miss or bend something. One bad entry never loses the rest.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import BinaryIO, TypeAlias
from urllib.parse import urlencode

from analyzers.exchange import Exchange, Fidelity, Headers, Request, Response
from recordings.reading import (
    BODY_LIMIT,
    EntryError,
    Reading,
    UnreadableRecording,
    default_port,
    named_origin,
    split_authority,
)

Object: TypeAlias = Mapping[str, object]

_EXPECTED = "expected a HAR file: a JSON object with log.entries"
_URL = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)", re.DOTALL)
_OTHER_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_VERSIONS = {"h2": "HTTP/2.0", "http/2": "HTTP/2.0", "http/2.0": "HTTP/2.0", "h3": "HTTP/3", "http/3": "HTTP/3"}

# Words and fillers that exporters and sanitisers write over a value: Chrome and mitmproxy scripts "REDACTED",
# Cloudflare's HAR sanitiser "[Authorization redacted]", Sentry and Rails "[Filtered]", many "***" (read 2026-11-20).
_SCHEME_WORD = r"(?:(?:basic|bearer|token|digest)\s+)?"
_WORDS = r"(?:redacted|sanitized|sanitised|filtered|removed|hidden|scrubbed|masked|obfuscated|omitted)"
_OVERWRITTEN = re.compile(
    rf"{_SCHEME_WORD}(?:redacted|sanitized|sanitised|[<\[({{]+(?:[\w'-]+ ){{0,3}}{_WORDS}(?: [\w'-]+){{0,3}}[>\])}}]+"
    r"|[*_ ]*\*{3}[*_ ]*|•{3,}|█{2,}|\*+redacted\*+)",
    re.IGNORECASE,
)
# For headers that carry credentials only, since these could stand in an ordinary value: a bare word, a filler, a
# value of which a part is starred out or cut off with dots, cookies with a name and no value.
_BLACKED_OUT = re.compile(
    rf"{_SCHEME_WORD}(?:{_WORDS}|[xX]{{4,}}|\.{{3,}}|-{{3,}})"
    r"|.*(?:\*{3}|•{2}|█{2}|…).*|.*\.{3}|.*=\s*[<\[]?(?:redacted|filtered)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_CREDENTIAL_HEADERS = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})
_SAYS_SANITIZED = re.compile(r"(?<!not )(?<!non-)(?<!non )\b(?:sanitized|sanitised|redacted)\b", re.IGNORECASE)
_NOTES = ("comment", "_comment", "sanitized", "_sanitized", "redacted", "_redacted")
_JUST_ASCII = re.compile(r"[\x21-\x7e]*")


def read(file: BinaryIO) -> Reading:
    """Read a whole HAR file. Raises UnreadableRecording when it is no JSON or has no list log.entries."""
    log = _log(file.read())
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise UnreadableRecording(f"{_EXPECTED}, found log.entries as {_kind(entries)}")
    read_entries: list[_Entry] = []
    errors: list[EntryError] = []
    skipped = 0
    for place, entry in enumerate(entries):
        try:
            found = _entry(place, entry)
        except _BadEntry as error:
            errors.append(EntryError(place, str(error)))
            continue
        if found is None:
            skipped += 1
        else:
            read_entries.append(found)
    read_entries = _in_time(read_entries)
    fidelity = _fidelity(log, read_entries)
    return Reading(
        "har",
        tuple(replace(entry.exchange, fidelity=fidelity) for entry in read_entries),
        skipped,
        tuple(errors),
        truncated=False,
        places=tuple(entry.place for entry in read_entries),
    )


class _BadEntry(ValueError):
    """What was expected in an entry and what stands there; never quotes it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    place: int
    exchange: Exchange = field(repr=False)
    overwritten: bool
    """Whether a value of the entry was replaced by a word or a filler."""
    authorized: bool
    """Whether it carries an Authorization header with a value of its own."""


def _log(data: bytes) -> Object:
    try:
        # The byte order mark goes with it; stray bytes survive, since header values may hold any.
        name = json.detect_encoding(data)
        text = data.decode(name, "surrogateescape" if name.startswith("utf-8") else "replace")
        document = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise UnreadableRecording(f"{_EXPECTED}, but the JSON breaks off or is wrong at {where}") from None
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableRecording(f"{_EXPECTED}, but its JSON cannot be read") from None
    log = document.get("log") if isinstance(document, dict) else None
    if not isinstance(log, dict):
        raise UnreadableRecording(f"{_EXPECTED}, found no object log")
    return log


def _entry(place: int, entry: object) -> _Entry | None:
    """One entry; None where it is no HTTP exchange. Raises _BadEntry."""
    if not isinstance(entry, dict):
        raise _BadEntry(f"expected an object, found {_kind(entry)}")
    raw_request = entry.get("request")
    if not isinstance(raw_request, dict):
        raise _BadEntry(f"request: expected an object, found {_kind(raw_request)}")
    headers, overwritten = _headers(raw_request)
    request = _request(raw_request, headers)
    if request is None:
        return None
    raw_response = _object(entry.get("response"))
    response_headers, answer_overwritten = _headers(raw_response)
    failed = _text(entry.get("_error")) or _text(raw_request.get("_error")) or _text(raw_response.get("_error"))
    status = _whole(raw_response.get("status"))
    response = None
    if status:
        response = Response(
            status=status,
            headers=response_headers,
            body=_content(raw_response.get("content")),
            reason=_text(raw_response.get("statusText")),
        )
    elif not failed and raw_response:
        failed = "status 0"
    started = _time(entry.get("startedDateTime"))
    lasted = _number(entry.get("time"))
    connection = _text(entry.get("_connectionId")) or _text(entry.get("connection"))
    exchange = Exchange(
        request=request,
        response=response,
        error=failed or None,
        started_at=started,
        finished_at=None if started is None or lasted is None else started + max(0.0, lasted) / 1000,
        connection=connection if connection not in {"", "0"} else None,
    )
    # A request from which only our own filter took the header had one, but not one that tells anything.
    authorized = any(value.strip() for value in request.values(b"authorization"))
    return _Entry(place, exchange, overwritten or answer_overwritten, authorized)


def _request(raw: Object, headers: Headers) -> Request | None:
    """The request; None where its URL is of another kind (data:, blob:, an extension's)."""
    url = raw.get("url")
    if not isinstance(url, str):
        raise _BadEntry(f"request.url: expected text, found {_kind(url)}")
    match = _URL.match(url)
    scheme = _SCHEMES.get(match.group(1).lower()) if match else None
    if match is None or scheme is None:
        if _OTHER_SCHEME.match(url):
            return None
        raise _BadEntry("request.url: expected https://host/path, found no scheme")
    before, at, name = match.group(2).rpartition("@")
    pseudo = next((value for key, value in _pairs(raw.get("headers")) if key.lower() == ":authority"), None)
    host_header = next((value for key, value in headers if key.lower() == b"host"), b"").decode("latin-1")
    authority = split_authority(name) or (split_authority(pseudo or host_header) if not name else None)
    if authority is None:
        raise _BadEntry("request.url: expected a host name, found something else")
    host, port = named_origin(
        authority[0], authority[1] or default_port(scheme), scheme, authority=pseudo or host_header
    )
    target = match.group(3).strip() or "/"
    return Request(
        method=_text(raw.get("method")) or "GET",
        scheme=scheme,
        host=host,
        port=port,
        target=_bytes(target if target.startswith("/") else "/" + target),
        headers=headers,
        body=_post_data(raw.get("postData")),
        version=_version(raw.get("httpVersion")),
        userinfo=_bytes(before) if at else None,
    )


def _headers(raw: Object) -> tuple[Headers, bool]:
    """The header lines without pseudo headers, and whether one was overwritten.

    An Authorization header that was overwritten is left out: what stands in its place was never sent, and would only
    be judged as if it had been.
    """
    found: list[tuple[bytes, bytes]] = []
    overwritten = any(_OVERWRITTEN.fullmatch((value or "").strip()) for _, value in _pairs(raw.get("cookies")))
    for name, value in _pairs(raw.get("headers")):
        if name.startswith(":"):
            continue
        key = _bytes(name)
        if _is_overwritten(key.strip().lower(), value):
            overwritten = True
            if key.strip().lower() == b"authorization":
                continue
        found.append((key, _bytes(value or "")))
    return tuple(found), overwritten


def _is_overwritten(name: bytes, value: str | None) -> bool:
    if value is None:
        return name in _CREDENTIAL_HEADERS
    plain = value.strip()
    return bool(_OVERWRITTEN.fullmatch(plain) or (name in _CREDENTIAL_HEADERS and _BLACKED_OUT.fullmatch(plain)))


def _pairs(raw: object) -> Iterator[tuple[str, str | None]]:
    """Name and value from a list of objects, of pairs or of lines, or from one object; null values are None."""
    if isinstance(raw, dict):
        for name, value in raw.items():
            for one in value if isinstance(value, list) else [value]:
                yield name, _value(one)
    for item in raw if isinstance(raw, list) else []:
        if isinstance(item, dict):
            name = item.get("name", item.get("Name"))
            if isinstance(name, str) and name:
                yield name, _value(item.get("value", item.get("Value")))
        elif isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):  # a pair
            yield item[0], _value(item[1])
        elif isinstance(item, str) and ":" in item[1:]:
            name, _, value = item[1:].partition(":")
            yield item[0] + name, value.strip(" \t")


def _value(raw: object) -> str | None:
    return None if raw is None else _text(raw)


def _fidelity(log: Object, entries: list[_Entry]) -> Fidelity:
    creators = (_object(log.get("creator")), _object(log.get("browser")))
    notes = (part.get(name) for part in (log, *creators) for name in _NOTES)
    says_so = any(note is True or (isinstance(note, str) and _SAYS_SANITIZED.search(note)) for note in notes)
    if says_so or any(entry.overwritten for entry in entries):
        return Fidelity.SANITIZED
    return Fidelity.FULL if any(entry.authorized for entry in entries) else Fidelity.DOUBTFUL


def _in_time(entries: list[_Entry]) -> list[_Entry]:
    """By start; an entry without a time stays behind the one before it."""
    keys: dict[int, float] = {}
    last = float("-inf")
    for entry in entries:
        started = entry.exchange.started_at
        last = last if started is None else started
        keys[entry.place] = last
    return sorted(entries, key=lambda entry: (keys[entry.place], entry.place))


def _content(raw: object) -> bytes:
    content = _object(raw)
    text = raw if isinstance(raw, str) else content.get("text")
    return _decoded(text, content.get("encoding"))


def _post_data(raw: object) -> bytes:
    data = _object(raw)
    text = raw if isinstance(raw, str) else data.get("text")
    if isinstance(text, str) and text:
        return _decoded(text, data.get("encoding"))
    params = [(name, value or "") for name, value in _pairs(data.get("params"))]
    return urlencode(params, errors="surrogatepass").encode()[:BODY_LIMIT]


def _decoded(text: object, encoding: object) -> bytes:
    if not isinstance(text, str):
        return b""
    if isinstance(encoding, str) and encoding.lower() == "base64":
        packed = "".join(text[: 2 * BODY_LIMIT].split())
        try:
            return base64.b64decode(packed[: len(packed) // 4 * 4], validate=True)[:BODY_LIMIT]
        except (binascii.Error, ValueError):
            pass  # the text stands there as it is, whatever the entry says
    return _bytes(text[:BODY_LIMIT])[:BODY_LIMIT]


def _bytes(text: str) -> bytes:
    """UTF-8, with the bytes that `_log` smuggled through; half a surrogate pair is kept as it is."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _version(raw: object) -> str:
    text = _text(raw)
    if not text or len(text) > 10 or not _JUST_ASCII.fullmatch(text):  # HTTP/1.1 has 8
        return "HTTP/1.1"
    return _VERSIONS.get(text.lower(), text.upper())


def _time(raw: object) -> float | None:
    """Seconds since the epoch; a time without a zone is taken as UTC."""
    if not isinstance(raw, str):
        return None
    try:
        time = datetime.fromisoformat(raw.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        return float(raw) if abs(raw) < 1e12 else None  # 30 years in milliseconds; NaN fails too
    except OverflowError:
        return None


def _whole(raw: object) -> int:
    """An HTTP status, also one in quotes; 0 where there is none."""
    if isinstance(raw, str) and raw.strip().isdecimal() and len(raw.strip()) == 3:  # digits of a status
        return int(raw)
    number = _number(raw)
    return int(number) if number is not None and 100 <= number <= 999 else 0  # RFC 9110 15


def _text(raw: object) -> str:
    if isinstance(raw, bool) or raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    return str(raw) if isinstance(raw, int | float) and abs(raw) < 1e15 else ""  # ids, not astronomy


def _object(raw: object) -> Object:
    return raw if isinstance(raw, dict) else {}


def _kind(raw: object) -> str:
    match raw:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
    return "an object"
