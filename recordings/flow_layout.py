"""How a saved flow is laid out: mitmproxy writes the keys of a flow always in one order.

Each pattern below stands for a stretch of that order; what lies between two of them is as long as a length before it
says, and is stepped over. A flow that is laid out in another way, has what few flows have (metadata, a web socket, an
error ...), or is damaged, does not match, and is left to flow_state.py, which reads every flow. A dictionary's last
key comes first: flow.py, http.py and connection.py of mitmproxy 11.0.2 to 12.3.1 (read 2026-11-20).
"""

import re
from typing import Final, NamedTuple, TypeAlias

from analyzers.frozen import dataclass
from analyzers.twilio import is_twilio_host
from recordings.origins import is_address
from recordings.tnetstrings import loads, members

Match: TypeAlias = re.Match[bytes]

_PARTS: Final = {
    b"time": rb"[0-9]{1,2}+:[^^]{1,24}+\^",
    b"told": rb"[0-9]{1,2}+:([^^]{1,24}+)\^",
    b"maybe": rb"(?:0:~|[0-9]{1,2}+:[^^]{1,24}+\^)",
    b"content": rb"8:trailers;0:~7:content;([0-9]{1,12}+):",
    b"text": rb"(0:~|[0-9]{1,3}+:[^;]{0,300}+;)",
    b"bytes": rb"(0:~|[0-9]{1,2}+:[^,]{0,99}+,)",
    b"word": rb"(?:0:~|[0-9]{1,2}+:[A-Za-z0-9._-]{1,60}+;)",
    b"told_word": rb"(0:~|[0-9]{1,2}+:[A-Za-z0-9._-]{1,60}+;)",
    b"list": rb"(0:~|0:\]|[0-9]{1,3}+:[^\]]{0,900}+\])",
    b"proxy": rb"(0:~|[0-9]{1,3}+:[^#]{1,300}+#\]\])",
}
"""Values that stand in many places. What is not certain to have no such end inside is a group, to be confirmed."""


def _pattern(*stretch: bytes) -> re.Pattern[bytes]:
    return re.compile(b"".join(stretch) % _PARTS)


HEAD: Final = _pattern(
    rb"([0-9]{1,12}+):9:websocket;0:~8:response;([0-9]{1,12}+):6:reason;([0-9]{1,3}+:[^,]*+),",
    rb"11:status_code;3:([0-9]{3})#13:timestamp_end;%(told)b15:timestamp_start;%(time)b%(content)b",
)
"""From the beginning of a flow to the body of its answer: the flow's length, the answer's, reason, status, time of its
end, length of its body."""
PATH: Final = _pattern(rb"\}7:request;([0-9]{1,12}+):4:path;([0-9]{1,9}+):")
"""Behind the answer: the request's length and its path's."""
ORIGIN: Final = _pattern(rb",9:authority;[^#]{1,600}+#4:host;[^;]{1,400}+;")
"""Behind the path: authority, scheme, method, port and host, for `origin_in`."""
SENT: Final = _pattern(rb"13:timestamp_end;%(maybe)b15:timestamp_start;%(told)b%(content)b")
"""Behind the host: when the request began, the length of its body."""
LINES: Final = _pattern(rb"[,~]7:headers;([0-9]{1,9}+):")
"""Behind a body: the length of the header lines."""
LINES_END: Final = b"]12:http_version;"
SERVER: Final = _pattern(
    rb"\]12:http_version;([0-9]{1,2}+:[^,]*+),\}6:backup;0:~17:timestamp_created;%(maybe)b7:comment;0:;8:metadata;0:\}",
    rb"6:marked;0:;9:is_replay;0:~11:intercepted;(?:4:true|5:false)!11:server_conn;([0-9]{1,9}+):",
)
"""Behind the request's header lines: its version, the length of the server connection."""
CERTIFICATES: Final = _pattern(
    rb"3:via;%(proxy)b19:timestamp_tcp_setup;%(maybe)b7:address;%(list)b19:timestamp_tls_setup;%(maybe)b",
    rb"13:timestamp_end;%(maybe)b15:timestamp_start;%(maybe)b3:sni;%(text)b11:tls_version;%(told_word)b",
    rb"11:cipher_list;%(list)b6:cipher;%(word)b11:alpn_offers;%(list)b4:alpn;%(bytes)b",
    rb"16:certificate_list;([0-9]{1,9}+):(?:([0-9]{1,6}+):)?",
)
"""In the server connection: what has to be confirmed, the version of TLS in fourth place, the length of the
certificates, the length of the first."""
REACHED: Final = _pattern(
    rb"\]3:tls;(?:4:true|5:false)!5:error;0:~18:transport_protocol;3:(?:tcp|udp);2:id;36:[^;]{36};",
    rb"8:sockname;(?:0:~|[0-9]{1,3}+:[^\]]{1,200}+\])",
    rb"8:peername;(?:0:~|[0-9]{1,3}+:([0-9]{1,3}+:[^;]{0,99}+;)[^;\]]{1,40}+\])\Z",
)
"""Behind the certificates, to the end of the server connection: the server's address."""
CLIENT: Final = _pattern(rb"\}11:client_conn;([0-9]{1,9}+):")
"""Behind the server connection: the length of the client's."""
CLIENT_ID: Final = b"2:id;36:"
END: Final = _pattern(
    rb"2:id;36:([^;]{36});8:sockname;(?:0:~|[0-9]{1,3}+:[^\]]{1,200}+\])8:peername;[0-9]{1,3}+:([0-9]{1,3}+:[^;]{0,99}+;)",
    rb"[^;\]]{1,40}+\]\}5:error;0:~2:id;[0-9]{1,2}+:[^;]{1,99}+;4:type;4:http;7:version;2:21#\}",
)
"""From the id of the client connection to the end of the flow: that id, the client's address."""
TAIL: Final = b"4:type;4:http;7:version;2:21#}"
"""How every HTTP flow of this format ends."""


class Unusual(ValueError):
    """The flow is laid out in another way."""


class Laid(NamedTuple):
    """A flow that is laid out as expected, as far as was looked."""

    head: Match
    path: Match
    origin: Match
    end: int
    """Where the tag of the flow stands."""


def laid_out(data: bytes, at: int) -> Laid | None:
    """The flow at `at`, if it is laid out as expected."""
    head = HEAD.match(data, at)
    path = PATH.match(data, head.end(2) + 1 + int(head[2])) if head else None
    origin = ORIGIN.match(data, path.end() + int(path[2])) if path else None
    return Laid(head, path, origin, head.end(1) + 1 + int(head[1])) if head and path and origin else None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom a request addresses, as its first line and its connection record it."""

    authority: bytes
    method: str
    scheme: str
    host: str
    port: int
    named: bool
    """Whether the host is what the client meant. An address may stand for a Twilio host: then TLS or Host name it."""


def origin_in(text: bytes) -> Origin:
    """What `ORIGIN` matched, read. Raises ValueError."""
    state = {key: loads(text[start:end]) for key, start, end in members(text, 1, len(text))}
    match state:
        case {
            "authority": bytes(authority),
            "scheme": bytes(scheme),
            "method": bytes(method),
            "port": int(port),
            "host": str(host),
        } if len(state) == 5:
            host = host.lower()
            return Origin(
                authority,
                method.decode("latin-1"),
                "http" if scheme.lower() == b"http" else "https",
                host,
                port,
                is_twilio_host(host) or not is_address(host),
            )
    raise Unusual
