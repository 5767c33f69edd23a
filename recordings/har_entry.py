"""One entry of a HAR as an Exchange: tolerant, because every producer misses or bends something (docs/har-variants.md).

Raises BadEntryError, which never quotes the entry, only where not even a request can be made out.
"""

import base64
import binascii
import ipaddress
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from analyzers.exchange import REDIRECTS, Exchange, Fidelity, Headers, Request, Response
from recordings.annotation import OWN_HEADERS, unannotated
from recordings.connections import address_in, tls_version_in
from recordings.decoding import BODY_LIMIT, plain_body
from recordings.har_needed import Needed
from recordings.har_text import kind_of
from recordings.har_time import Clock
from recordings.har_writing import WIRE_MEMBER
from recordings.origins import default_port, named_origin, split_authority
from recordings.sanitised import CREDENTIAL_HEADERS, is_filler, is_overwritten

Object: TypeAlias = Mapping[str, object]

_URL = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)", re.DOTALL)
_OTHER_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_VERSIONS = {"h2": "HTTP/2.0", "http/2": "HTTP/2.0", "http/2.0": "HTTP/2.0", "h3": "HTTP/3", "http/3": "HTTP/3"}
_JUST_ASCII = re.compile(r"[\x21-\x7e]*")
# What Google's sanitiser writes into a URL: ``https://user:[password redacted]@host``, ``?token=[token redacted]``.
_CUT_OUT = re.compile(r"(?:\[|%5B)[\w -]{0,40}(?: |%20)redacted(?:\]|%5D)", re.IGNORECASE)
_LONGEST_VALUE = 400_000
"""Characters of one URL or header value that are kept; the reader cuts texts of very long entries there as well."""
# Fields in which a recorder names the client: Kong's API log format and mockbin.
_CLIENTS = ("clientIPAddress", "_clientIPAddress", "_clientAddress", "_clientIp")
# Chrome, Safari; Playwright; mitmproxy writes null where there is none.
_FAILURES = ("_error", "_failureText", "error")
_REFUSED_HEAD: Final = "mitmproxy refused the malformed request head"
"""What our own proxy notes of a request that never reached the host."""
_REFUSALS = (_REFUSED_HEAD, "from client, refusing to prevent request smuggling")
"""The same, and what mitmproxy itself notes of a header name such as ``Authorization :``."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,400}={0,2}")
_TELLING = (b'{"', b"{\r", b"{\n", b"{ ", b'[{"', b"<?xml", b"<Twilio", b"\x1f\x8b")
"""How an answer of Twilio's begins; by chance no text in base64's alphabet decodes to it."""


class BadEntryError(ValueError):
    """What was expected in an entry and what stands there; never quotes it."""


@dataclass(slots=True)
class Traces:
    """What the entries of one log show of credentials; it decides what an absent header proves."""

    overwritten: bool = False
    """Whether a value was replaced by a word or a filler."""
    authorized: bool = False
    """Whether a request carries an Authorization header with a value of its own."""
    cookies: bool = False
    """Whether there is a cookie."""
    connection_ids: bool = False
    """Whether entries have Chrome's ``_connectionId``, which came with the export that leaves credentials out."""


# What is special about a header line; plain numbers, since there are very many lines.
_OVERWRITTEN, _AUTHORIZED, _COOKIE = 1, 2, 4
_PSEUDO = 8
"""``:authority`` and the like, which are no header lines."""
_OURS = 16
"""Written by the proxy's annotation."""
_Line: TypeAlias = tuple[tuple[bytes, bytes] | None, int]
"""A header line, or None where it is not to be kept, and its marks."""


@dataclass(slots=True)
class EntryReader:
    """Reads the entries of one log. Header lines repeat from entry to entry, so each is made once."""

    needed: Needed | None
    """Tells whose bodies are needed; None where all are."""
    traces: Traces = field(default_factory=Traces)
    _clock: Clock = field(default_factory=Clock)
    _lines: dict[tuple[str, str], _Line] = field(default_factory=dict, repr=False)

    def read(self, entry: object) -> Exchange | None:
        """The exchange of one entry; None where it is none. Raises BadEntryError."""
        if not isinstance(entry, dict):
            raise BadEntryError(f"expected an object, found {kind_of(entry)}")
        if "request" not in entry and "Request" in entry:
            entry = _uncapitalised(entry)
        asked = entry.get("request")
        if not isinstance(asked, dict):
            raise BadEntryError(f"request: expected an object, found {kind_of(asked)}")
        told = _object(entry.get("response"))
        status = _whole(told.get("status"))
        wire = _object(entry.get(WIRE_MEMBER))
        request = self._request(asked, status, exact=bool(wire))
        if request is None:
            return None
        response = self._response(told, status, request.host, exact=bool(wire))
        failed = next(
            (text for part in (entry, asked, told) for name in _FAILURES if (text := _text(part.get(name)))), ""
        )
        refused = response is None and any(words in failed for words in _REFUSALS)
        if response is None and status and not refused:
            refused, failed = True, _REFUSED_HEAD
        elif response is None and told and not failed:
            failed = "status 0"
        started = self._clock.seconds(entry.get("startedDateTime"))
        exchange = Exchange(
            request=request,
            response=response,
            error=failed or None,
            refused_by_proxy=refused,
            started_at=started,
            finished_at=_finished(started, entry),
            client_address=_client(entry),
            connection=self._connection(entry, request.port),
            server_address=address_in(_text(entry.get("serverIPAddress"))),
            tls_version=_tls_version(entry) if request.scheme == "https" else None,
        )
        return _as_exported(exchange, wire, entry) if wire else exchange

    def _wants_bodies(self, host: str, status: int) -> bool:
        return self.needed is None or self.needed.wants_bodies(host, status)

    def _request(self, raw: Object, status: int, *, exact: bool) -> Request | None:
        """The request; None where its URL is of another kind (data:, blob:, an extension's)."""
        url = raw.get("url")
        if not isinstance(url, str):
            raise BadEntryError(f"request.url: expected text, found {kind_of(url)}")
        match = _URL.match(url[:_LONGEST_VALUE])
        scheme = _SCHEMES.get(match.group(1).lower()) if match else None
        if match is None or scheme is None:
            if _OTHER_SCHEME.match(url):
                return None
            raise BadEntryError("request.url: expected https://host/path, found no scheme")
        before, at, name = match.group(2).rpartition("@")
        headers, marks, pseudo = (_exact(raw), 0, {}) if exact else self._headers(raw)
        self._note(marks, asked=True)
        named = pseudo.get(":authority") or _host(headers)
        authority = split_authority(name) or (split_authority(named) if not name else None)
        if authority is None:
            raise BadEntryError("request.url: expected a host name, found something else")
        host, port = authority[0], authority[1] or default_port(scheme)
        if not exact:
            host, port = named_origin(host, port, scheme, authority=named)
        target = url[match.start(3) :] if exact else match.group(3).strip() or pseudo.get(":path") or "/"
        if not exact and self._is_cut_out(url, before):
            self.traces.overwritten, at = True, ""
        return Request(
            method=sys.intern(_text(raw.get("method")) or "GET"),
            scheme=scheme,
            host=sys.intern(host),
            port=port,
            target=_bytes(target if target.startswith("/") else "/" + target),
            headers=headers,
            body=_post_data(raw.get("postData")) if self._wants_bodies(host, status) else b"",
            version=_version(raw.get("httpVersion")),
            userinfo=_bytes(before) if at else None,
        )

    def _response(self, raw: Object, status: int, host: str, *, exact: bool) -> Response | None:
        headers, marks, _ = (_exact(raw), 0, None) if exact else self._headers(raw)
        self._note(marks, asked=False)
        if not status:
            return None
        moved = _text(raw.get("redirectURL"))
        if moved and status in REDIRECTS and all(name.lower() != b"location" for name, _ in headers):
            headers = (*headers, (b"Location", _bytes(moved[:_LONGEST_VALUE])))
        body = _content(raw.get("content"), headers, exact=exact) if self._wants_bodies(host, status) else b""
        response = Response(status=status, headers=headers, body=body, reason=_text(raw.get("statusText")))
        return unannotated(response) if marks & _OURS or (not exact and b"hy20003" in body) else response

    def _headers(self, raw: Object) -> tuple[Headers, int, dict[str, str]]:
        """The header lines, their marks, and the pseudo headers of HTTP/2.

        An Authorization header that was overwritten is left out: what stands in its place was never sent, and would
        only be judged as if it had been.
        """
        found: list[tuple[bytes, bytes]] = []
        pseudo: dict[str, str] = {}
        marks = 0
        known, lines = self._lines, raw.get("headers")
        listed: list[Any] = lines if isinstance(lines, list) else [lines]
        for item in listed:
            try:
                line, mark = known[item["name"], item["value"]]
            except (KeyError, TypeError):
                for name, value in pairs([item] if isinstance(lines, list) else item):
                    line, mark = self._line(name, value)
                    marks |= mark
                    if mark & _PSEUDO:
                        pseudo.setdefault(name[:20].lower(), value or "")
                    elif line is not None:
                        found.append(line)
                continue
            marks |= mark
            if line is not None:
                found.append(line)
            elif mark & _PSEUDO:
                pseudo.setdefault(item["name"][:20].lower(), item["value"])
        for _, value in pairs(raw.get("cookies")):
            marks |= _COOKIE | (_OVERWRITTEN if is_filler(value or "") else 0)
        return tuple(found), marks, pseudo

    def _line(self, name: str, value: str | None) -> _Line:
        made = _made_line(name, value)
        if value is not None and len(value) <= _SHORT and len(self._lines) < _LINES_KEPT:
            self._lines[name, value] = made
        return made

    def _note(self, marks: int, *, asked: bool) -> None:
        self.traces.overwritten |= bool(marks & _OVERWRITTEN)
        self.traces.authorized |= asked and bool(marks & _AUTHORIZED)
        self.traces.cookies |= bool(marks & _COOKIE)

    def _is_cut_out(self, url: str, userinfo: str) -> bool:
        """Whether a sanitiser was at work in the URL; then what stands before the @ was never sent."""
        if userinfo and any(is_filler(half) for half in userinfo.split(":", 1)):
            return True
        return "redacted" in url and _CUT_OUT.search(url) is not None

    def _connection(self, entry: Object, port: int) -> str | None:
        own = _text(entry.get("_connectionId"))
        if own and own != "0":
            self.traces.connection_ids = True
            return own
        found = _text(entry.get("connection"))
        # Firefox and newer Chromes write the server's port there, which is the same for all connections.
        if found in {"", "0", "-1", "443", "80", str(port)} or "_securityState" in entry:
            return None
        return found


_SHORT = 300
_LINES_KEPT = 20_000


def _made_line(name: str, value: str | None) -> _Line:
    if name.startswith(":"):
        return None, _PSEUDO
    line = _bytes(name), _bytes((value or "")[:_LONGEST_VALUE])
    key = line[0].strip().lower()
    overwritten = _OVERWRITTEN if is_overwritten(key, value) else 0
    if key == b"authorization":
        return (None, overwritten) if overwritten else (line, _AUTHORIZED if line[1].strip() else 0)
    if key in OWN_HEADERS:
        return line, _OURS
    return line, overwritten | (_COOKIE if key in CREDENTIAL_HEADERS and line[1].strip() else 0)


def exported_fidelity(entry: object) -> Fidelity | None:
    """How much an absent header proves, where our own export says so."""
    wire = _object(entry).get(WIRE_MEMBER)
    said = _object(wire).get("fidelity")
    return next((fidelity for fidelity in Fidelity if fidelity.value == said), None)


def _as_exported(exchange: Exchange, wire: Object, entry: Object) -> Exchange:
    """`exchange` with what our own export noted beside it."""
    options = wire.get("proxy_options")
    version = wire.get("version")
    return replace(
        exchange,
        request=replace(exchange.request, version=version) if isinstance(version, str) else exchange.request,
        error=_text(entry.get("_error")) or None,
        refused_by_proxy=wire.get("refused_by_proxy") is True,
        started_at=_number(wire.get("started")),
        finished_at=_number(wire.get("finished")),
        client_address=_text(entry.get("_clientIPAddress")) or None,
        connection=_text(entry.get("connection")) or None,
        tls_issuer=_text(wire.get("tls_issuer")) or None,
        server_address=_text(entry.get("serverIPAddress")) or None,
        tls_version=_text(wire.get("tls_version")) or None,
        proxy_options=tuple(_text(option) for option in options[:20]) if isinstance(options, list) else (),
    )


def _exact(raw: Object) -> Headers:
    """The header lines of our own export, which are what was on the wire, whatever they look like."""
    lines = raw.get("headers")
    found = [(_text(line.get("name")), _text(line.get("value"))) for line in _dicts(lines)]
    return tuple((_bytes(name), _bytes(value)) for name, value in found)


def _dicts(raw: object) -> Iterator[Object]:
    yield from (item for item in raw if isinstance(item, dict)) if isinstance(raw, list) else ()


def pairs(raw: object) -> Iterator[tuple[str, str | None]]:
    """Name and value from a list of objects, of pairs or of lines, or from one object; null values are None."""
    if isinstance(raw, dict):
        for name, value in raw.items():
            for one in value if isinstance(value, list) else [value]:
                yield name, _value(one)
    for item in raw if isinstance(raw, list) else []:
        if isinstance(item, dict):
            name = item.get("name", item.get("Name", item.get("key")))
            if isinstance(name, str) and name:
                yield name, _value(item.get("value", item.get("Value")))
        elif isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):  # a pair
            yield item[0], _value(item[1])
        elif isinstance(item, str) and ":" in item[1:]:
            name, _, value = item[1:].partition(":")
            yield item[0] + name, value.strip(" \t")


def _value(raw: object) -> str | None:
    return None if raw is None else _text(raw)


def _host(headers: Headers) -> str:
    return next((value for key, value in headers if key.lower() == b"host"), b"").decode("latin-1")


def _finished(started: float | None, entry: Object) -> float | None:
    """When the answer ended; where an entry does not say how long it took, its phases do."""
    lasted = _number(entry.get("time"))
    if lasted is None or lasted < 0:
        phases = [_number(value) for value in _object(entry.get("timings")).values()]
        known = [phase for phase in phases if phase is not None and phase >= 0]
        lasted = sum(known) if known else lasted
    return None if started is None or lasted is None else started + max(0.0, lasted) / 1000


def _client(entry: Object) -> str | None:
    """The client's address, where a recorder names it."""
    for name in _CLIENTS:
        text = _text(entry.get(name))
        if text:
            try:
                return str(ipaddress.ip_address(text.strip("[]")))
            except ValueError:
                continue
    return None


def _tls_version(entry: Object) -> str | None:
    """The version of TLS, where a recorder names it: Playwright and WebPageTest do, browsers themselves do not."""
    told = _text(_object(entry.get("_securityDetails")).get("protocol"))
    return tls_version_in(told) or tls_version_in(_text(entry.get("_tls_version")))


def _content(raw: object, headers: Headers, *, exact: bool) -> bytes:
    content = _object(raw)
    text = raw if isinstance(raw, str) else content.get("text")
    if not isinstance(text, str) or not text:
        return b""
    encoding = content.get("encoding")
    if exact:
        return _decoded(text, encoding)
    if not isinstance(encoding, str) or encoding.lower() != "base64":
        return _unmarked(text) or _decoded(text, encoding)
    body = _decoded(text, encoding)
    coding = next((value for name, value in headers if name.lower() == b"content-encoding"), b"")
    return plain_body(body, coding) if coding and body[:1] not in {b"{", b"[", b"<"} else body


def _unmarked(text: str) -> bytes:
    """A body in base64 that is not marked as such, as ProxyPin and k6 Studio write it; empty for any other."""
    start = _BASE64.match(text)
    if start is None or start.end() < min(len(text), 400):
        return b""
    body = _decoded(text, "base64")
    return body if body.startswith(_TELLING) else b""


def _post_data(raw: object) -> bytes:
    data = _object(raw)
    text = raw if isinstance(raw, str) else data.get("text")
    if isinstance(text, str) and text:
        return _decoded(text, data.get("encoding"))
    params = [(name, value or "") for name, value in pairs(data.get("params"))]
    return urlencode(params, errors="surrogatepass").encode()[:BODY_LIMIT] if params else b""


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
    """UTF-8, with the stray bytes that came through decoding; half a surrogate pair is kept as it is."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _version(raw: object) -> str:
    text = _text(raw)
    if not text or len(text) > 10 or not _JUST_ASCII.fullmatch(text):  # HTTP/1.1 has 8
        return "HTTP/1.1"
    return _VERSIONS.get(text.lower(), text.upper())


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        return float(raw) if abs(raw) < 1e12 else None  # 30 years in milliseconds; NaN fails too
    except OverflowError:
        return None


def _whole(raw: object) -> int:
    """An HTTP status, also one in quotes; 0 where there is none, as for Playwright's -1."""
    if isinstance(raw, str) and raw.strip().isdecimal() and len(raw.strip()) == 3:  # digits of a status
        return int(raw)
    number = _number(raw)
    return int(number) if number is not None and 100 <= number <= 999 else 0  # RFC 9110 15


def _text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool) or raw is None:
        return ""
    return str(raw) if isinstance(raw, int | float) and abs(raw) < 1e15 else ""  # ids, not astronomy


def _object(raw: object) -> Object:
    return raw if isinstance(raw, dict) else {}


def _uncapitalised(raw: object, depth: int = 4) -> dict[str, object]:
    """An entry that was written with .NET's names: ``Request``, ``StartedDateTime``."""
    found: dict[str, object] = {}
    for name, value in raw.items() if isinstance(raw, dict) else ():
        inner: object = value
        if depth and isinstance(value, dict):
            inner = _uncapitalised(value, depth - 1)
        elif depth and isinstance(value, list):
            inner = [_uncapitalised(item, depth - 1) if isinstance(item, dict) else item for item in value]
        key = "url" if name == "URL" else "redirectURL" if name == "RedirectUrl" else name[:1].lower() + name[1:]
        found.setdefault(key, inner)
    return found


__all__ = ["BadEntryError", "EntryReader", "Traces", "exported_fidelity"]
