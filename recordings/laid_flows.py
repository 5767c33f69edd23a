"""Exchanges of flows that are laid out as expected, read without parsing the rest of them."""

from functools import partial
from typing import Final, TypeAlias

from analyzers.exchange import Exchange, Headers, Request, Response
from recordings.decoding import BODY_LIMIT
from recordings.flow_layout import (
    CERTIFICATES,
    CLIENT,
    CLIENT_ID,
    END,
    LINES,
    LINES_END,
    REACHED,
    SENT,
    SERVER,
    Laid,
    Match,
    Origin,
    Unusual,
    origin_in,
)
from recordings.flow_state import headers_in, known_issuer
from recordings.flow_values import RAW_LIMIT, body_of, meant_origin
from recordings.later import Rest, later
from recordings.origins import origin_form
from recordings.recurring import KEPT, HeaderLines, Known
from recordings.tnetstrings import loads, members

_SUCCESS: Final = b"2"[0]
_BYTES: Final = b","
_HEADS_KEPT: Final = 512
_TLS_VERSION: Final = 3
"""Which of the groups of CERTIFICATES it is, counted from 0."""
_CERTIFICATES_SIZE: Final = 8
"""Which group, counted from 1."""
_Reached: TypeAlias = tuple[str | None, str | None, str | None]


class LaidFlows:
    """Reads flows by their layout, and remembers what flows have in common."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.words = Known(b",", "latin-1")
        """Reasons and protocol versions met so far."""
        self._texts = Known(b"", "utf-8")
        self._lines = HeaderLines()
        self._heads: dict[bytes, tuple[Headers, bool]] = {}
        self._origins: dict[bytes, Origin] = {}
        self._server = b""
        self._reached: _Reached = None, None, None

    def origin(self, text: bytes) -> Origin:
        """What `ORIGIN` matched, read. Raises ValueError."""
        origin = self._origins.get(text)
        if origin is None:
            if len(self._origins) >= KEPT:
                self._origins.clear()
            origin = self._origins[text] = origin_in(text)
        return origin

    def exchange(self, data: bytes, laid: Laid) -> Exchange:
        """The exchange of a flow in `data`. Raises ValueError where it is laid out in another way."""
        head, path, named, end = laid
        sent = SENT.match(data, named.end())
        lines = LINES.match(data, sent.end() + int(sent[2])) if sent else None
        server = SERVER.match(data, lines.end() + int(lines[1])) if lines else None
        client = CLIENT.match(data, server.end() + int(server[2])) if server else None
        at = data.rfind(CLIENT_ID, client.end(), client.end() + int(client[1])) if client else -1
        last = END.match(data, at) if at >= 0 else None
        if not (sent and lines and server and client and last and last.end() == end + 1):
            raise Unusual
        if server.end(1) - path.end(1) != int(path[1]):
            raise Unusual
        origin = self.origin(named[0])
        headers, coded = self._request_headers(data[lines.end() : server.start()])
        body = data[sent.end() : sent.end() + min(int(sent[2]), RAW_LIMIT)]
        host, port = origin.host, origin.port
        if not origin.named:
            sni = _sni(data, client.end(), client.end() + int(client[1])) or _sni(
                data, server.end(), server.end() + int(server[2])
            )
            host, port = meant_origin(host, port, origin.scheme, origin.authority, headers, sni)
        request = Request(
            method=origin.method,
            scheme=origin.scheme,
            host=host,
            port=port,
            target=origin_form(data[path.end() : named.start()]),
            headers=headers,
            body=body_of(body, headers) if coded else body[:BODY_LIMIT],
            version=self.words[server[1]],
        )
        issuer, address, tls_version = self._reached_server(data[server.end() : client.start()])
        return Exchange(
            request=request,
            response=self._response(data, head),
            started_at=float(sent[1]) or None,
            finished_at=float(head[5]) or None,
            client_address=self._texts[last[2]] or None,
            connection=last[1].decode(),
            tls_issuer=issuer,
            server_address=address,
            tls_version=tls_version,
        )

    def _response(self, data: bytes, head: Match) -> Response:
        _, _, reason, status, _, length = head.groups()
        start, size = head.end(), int(length)
        lines = LINES.match(data, start + size)
        if lines is None or not data.startswith(LINES_END, lines.end() + int(lines[1])):
            raise Unusual
        text = data[lines.end() : lines.end() + int(lines[1])]
        body = data[start : start + min(size, RAW_LIMIT)]
        if status[0] == _SUCCESS:
            return later(int(status), partial(self._answer, text, body, self.words[reason]))
        headers, coded = self._headers(text)
        return Response(
            status=int(status),
            headers=headers,
            body=body_of(body, headers) if coded else body[:BODY_LIMIT],
            reason=self.words[reason],
        )

    def _answer(self, text: bytes, body: bytes, reason: str) -> Rest:
        """What a LaterResponse asks for."""
        try:
            headers, coded = self._headers(text)
        except ValueError:
            headers, coded = _all_headers(text), True
        return headers, body_of(body, headers) if coded else body[:BODY_LIMIT], reason

    def _request_headers(self, text: bytes) -> tuple[Headers, bool]:
        """As `_headers`: a client sends many requests with one and the same head."""
        found = self._heads.get(text)
        if found is None:
            if len(self._heads) >= _HEADS_KEPT:
                self._heads.clear()
            found = self._heads[text] = self._headers(text)
        return found

    def _headers(self, text: bytes) -> tuple[Headers, bool]:
        """Header lines, and whether one of them names a content coding."""
        lines = text.split(b",]")
        if lines.pop():
            raise Unusual
        known = self._lines
        known.coded = False
        return tuple(map(known.__getitem__, lines)), known.coded

    def _reached_server(self, server: bytes) -> _Reached:
        """Of the server connection `server`: who issued the certificate, the address, the version of TLS.

        It often is that of the flow before.
        """
        if server == self._server:
            return self._reached
        found = CERTIFICATES.match(server)
        if found is None:
            raise Unusual
        *parts, size, first = found.groups()
        self._texts.confirm(parts)
        start = found.end(_CERTIFICATES_SIZE) + 1
        behind = REACHED.match(server, start + int(size))
        if behind is None:
            raise Unusual
        issuer = None
        if first is not None:
            last = found.end() + int(first)
            if last >= start + int(size) or server[last : last + 1] != _BYTES:
                raise Unusual
            issuer = known_issuer(server[found.end() : last])
        address = self._texts[behind[1]] if behind[1] else ""
        self._server = server
        self._reached = issuer, address or None, self._texts[parts[_TLS_VERSION]] or None
        return self._reached


def _all_headers(text: bytes) -> Headers:
    """Header lines one of which holds ``,]`` itself; none where they are damaged."""
    try:
        return headers_in(loads(b"%d:%b]" % (len(text), text)))
    except ValueError:
        return ()


def _sni(data: bytes, start: int, end: int) -> str:
    """The server name of the connection in ``data[start:end]``; empty where it has none."""
    found = next((loads(data[at:behind]) for name, at, behind in members(data, start, end) if name == "sni"), None)
    return found if isinstance(found, str) else ""
