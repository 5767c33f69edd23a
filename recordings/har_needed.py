"""What of a HAR's exchanges has to be kept until the last entry is read: no diagnosis can rest on the rest.

Entries stand in any order and are judged in that of their time, so a reader has to hold them all. Most of what a
browser records are exchanges with other hosts. Of those, analyzers/history.py looks at redirects, at whoever follows
one, and at an answer to a challenge of Twilio's; and analyzers/case.py judges what Twilio answered by way of a gateway,
and requests that went to a misspelt host.
"""

from dataclasses import dataclass, field, replace

from analyzers.accounts import is_account_resource
from analyzers.answer import answer_of
from analyzers.endpoint import endpoint_of
from analyzers.exchange import REDIRECTS, Exchange, Headers, Request, Response
from analyzers.hosts import place_of
from analyzers.twilio import TWILIO_HEADERS, is_twilio_host
from analyzers.urls import resolve, url_key

_START_OF_PAGE = 256
"""Bytes of a body that show whether it is a web page."""
_ASKED = frozenset({b"authorization", b"user-agent", b"host", b"x-twilio-client"})
_TOLD = frozenset({b"location", b"content-type", b"content-encoding", *TWILIO_HEADERS})
_SUCCESS, _REFUSED, _UNAUTHORIZED = 300, 400, 401


@dataclass(slots=True)
class Needed:
    """Tells what is needed of each exchange, and at the end which of the doubtful ones are needed at all."""

    _hosts: dict[str, bool] = field(default_factory=dict)
    _targets: set[tuple[str, str, int, bytes]] = field(default_factory=set, repr=False)
    """Where redirects lead: a request there may be the next of a chain."""
    _challengers: set[str] = field(default_factory=set)
    """Hosts that refused a request without credentials: the next one, with them, may answer the challenge."""

    def wants_bodies(self, host: str, status: int) -> bool:
        """Whether the bodies of an exchange have to be looked at."""
        return status >= _REFUSED or self._is_related(host)

    def of(self, exchange: Exchange) -> tuple[Exchange, bool]:
        """What is needed of `exchange`, and whether it is needed for sure; `is_wanted` tells of the others later."""
        request, response = exchange.request, exchange.response
        status = response.status if response is not None else 0
        if response is not None and status in REDIRECTS:
            self._note_target(exchange)
            return _slim(exchange, request, response), True
        related = self._is_related(request.host)
        if response is not None and status >= _REFUSED and (related or answer_of(response).by_twilio):
            if status == _UNAUTHORIZED and request.first(b"authorization") is None:
                self._challengers.add(request.host)
            return exchange, True
        if related and (response is None or status >= _REFUSED):
            return exchange, True
        if response is None:
            return _slim(exchange, request, None), False
        by_twilio = any(name.lower() in TWILIO_HEADERS for name, _ in response.headers)
        if status < _SUCCESS and is_twilio_host(request.host) and is_account_resource(endpoint_of(request)):
            return _slim(exchange, request, response, body=len(response.body)), True
        kept = related or by_twilio
        return _slim(exchange, request, response, body=_START_OF_PAGE if kept else 0), kept

    def is_wanted(self, exchange: Exchange) -> bool:
        """Whether a diagnosis may rest on an exchange that was not needed for sure, now that all are known."""
        response = exchange.response
        if response is not None and response.status < _SUCCESS and exchange.request.host in self._challengers:
            return exchange.request.first(b"authorization") is not None
        return bool(self._targets) and url_key(exchange) in self._targets

    def _is_related(self, host: str) -> bool:
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = is_twilio_host(host) or place_of(host) is not None
        return known

    def _note_target(self, exchange: Exchange) -> None:
        location = exchange.response.first(b"location") if exchange.response is not None else None
        target = resolve(exchange, location) if location else None
        if target is not None:
            self._targets.add(target)


def _slim(exchange: Exchange, request: Request, response: Response | None, body: int = 0) -> Exchange:
    """`exchange` with the header lines that the history reads, and that much of the answer's body."""
    told = None
    if response is not None:
        told = replace(response, headers=_only(response.headers, _TOLD), body=response.body[:body], reason="")
    return replace(exchange, request=replace(request, headers=_only(request.headers, _ASKED), body=b""), response=told)


def _only(headers: Headers, names: frozenset[bytes]) -> Headers:
    return tuple([line for line in headers if line[0].lower() in names])


__all__ = ["Needed"]
