"""Which flows of a capture are passed unread, since no diagnosis of it can rest on them.

An exchange matters to a diagnosis when it is with Twilio, is refused, is part of a redirect chain, answers a challenge,
or shows by a header that Twilio answered (analyzers/case.py, history.py, redirect_chains.py). So a flow is passed when

- its answer is a 2xx, or a 304, which refuses nothing and leads nowhere;
- its answer's head names neither Twilio nor another of the headers that only Twilio sends;
- its host is another's, no misspelt Twilio's, and nothing in the capture so far has sent a client there: no redirect,
  and no challenge (a 401) that the host itself gave. A redirect or a challenge is always written before what follows
  it, since mitmproxy writes a flow when its answer is complete;
- or its host is an address and no Twilio host is named anywhere in the flow;
- nothing was noted about it, by us or a user, that may have changed the answer (a backup).

Everything else is decoded, so is everything that is not laid out as expected.
"""

import contextlib
import re
from typing import Final

from analyzers.exchange import REDIRECTS, Exchange
from analyzers.hosts import place_of
from analyzers.twilio import TWILIO_HEADERS, is_twilio_host
from analyzers.urls import resolve
from recordings.flow_layout import HEAD, ORIGIN, PATH, TAIL, Laid, Match
from recordings.laid_flows import LaidFlows

_HARMLESS: Final = frozenset({*(b"%d" % status for status in range(200, 300)), b"304"})
_NO_BACKUP: Final = b"}6:backup;0:~"
_TWILIO: Final = b"twilio"
# The same as `in`, but faster, since the letters that these patterns begin with are rare.
_names_twilio: Final = re.compile(_TWILIO[1:]).search
_names_other: Final = re.compile(b"|".join(name for name in TWILIO_HEADERS if _TWILIO not in name)).search
_TO_ANSWER: Final = len(":9:websocket;0:~8:response;") + 1
"""Bytes between the length of a flow and its answer, but for the length of that."""
_KEPT: Final = 8192
"""Origins that are remembered. With as many hosts at which something is expected, nothing more is passed."""
_CHALLENGED: Final = 401
_ASKING: Final = frozenset(b"%d" % status for status in {_CHALLENGED, *REDIRECTS})


class Passing:
    """Decides, flow by flow in the order of the file, and learns from those that are decoded."""

    def __init__(self, flows: LaidFlows, *, active: bool) -> None:
        """When not `active`, nothing is passed."""
        self._flows = flows
        self._active = active
        self._foreign: dict[bytes, bool] = {}
        """Whether the flows of an origin are passed, as far as that hangs on the origin."""
        self._addresses: set[bytes] = set()
        """Those whose host is an address, so that the whole flow has to be looked at."""
        self._expecting: set[str] = set()
        """Hosts at which a redirect or a challenge is answered."""

    def run(self, data: bytes, at: int) -> tuple[int, int, Laid | None]:
        """How many flows from `at` on are passed, where the next begins, and how it is laid out if as expected."""
        count, size, foreign, known = 0, len(data), self._foreign, self._flows.words
        match_head, match_path, match_origin = HEAD.match, PATH.match, ORIGIN.match
        while head := match_head(data, at):
            length, answer, reason, status, _, body = head.groups()
            start = at + len(length)
            end = start + 1 + int(length)
            answered = start + _TO_ANSWER + len(answer) + int(answer)
            path = match_path(data, answered)
            origin = match_origin(data, path.end() + int(path[2])) if path else None
            if path is None or origin is None or end >= size:
                return count, at, None
            origin_text = origin[0]
            if not (
                (foreign[origin_text] if origin_text in foreign else self._is_foreign(origin_text))
                and status in _HARMLESS
                and reason in known
                and not _names_twilio(told := data[head.end() + int(body) : answered].lower())
                and not _names_other(told)
                and data.startswith(_NO_BACKUP, path.end(1) + 1 + int(path[1]))
                and data.endswith(TAIL, at, end + 1)
                and (origin_text not in self._addresses or not _names_twilio(data[answered:end].lower()))
            ):
                return count, at, Laid(head, path, origin, end)
            count += 1
            at = end + 1
        return count, at, None

    def asks(self, data: bytes, laid: Laid) -> bool:
        """Whether `learn` has to hear of a flow. Takes note of its reason, as decoding does."""
        with contextlib.suppress(ValueError):
            self._flows.words[laid.head[3]]
        return laid.head[4] in _ASKING or not _is_as_it_came(data, laid.path)

    def learn(self, exchange: Exchange) -> None:
        """Take note of a flow that was decoded."""
        response = exchange.response
        if response is None:
            return
        host = None
        if response.status == _CHALLENGED:
            host = exchange.request.host.lower()
        elif response.status in REDIRECTS and (location := response.first(b"location")):
            target = resolve(exchange, location)
            host = target[1] if target else None
        if host is not None and host not in self._expecting:
            self._expecting.add(host)
            self._active = self._active and len(self._expecting) < _KEPT
            self._foreign.clear()

    def _is_foreign(self, text: bytes) -> bool:
        if len(self._foreign) >= _KEPT:
            self._foreign.clear()
            self._addresses.clear()
        found = self._foreign[text] = self._active and self._looks_foreign(text)
        return found

    def _looks_foreign(self, text: bytes) -> bool:
        try:
            origin = self._flows.origin(text)
        except ValueError:
            return False
        if not origin.named:
            self._addresses.add(text)
        related = is_twilio_host(origin.host) or _TWILIO.decode() in origin.host or place_of(origin.host) is not None
        return not related and origin.host not in self._expecting


def _is_as_it_came(data: bytes, path: Match) -> bool:
    """Whether nobody has changed the flow, so that what it was before is not kept behind its request."""
    return data.startswith(_NO_BACKUP, path.end(1) + 1 + int(path[1]))
