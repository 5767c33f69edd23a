"""Which exchanges of a recording go into an escalation capture: those that have to do with Twilio, and not too many."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from analyzers.exchange import REDIRECTS, Exchange
from analyzers.hosts import place_of
from analyzers.twilio import TWILIO_HEADERS, is_twilio_host
from analyzers.urls import resolve

MOST: Final = 2000
"""Exchanges up to which all that have to do with Twilio are kept."""
MOST_BYTES: Final = 1 << 25
NEAR: Final = 20
"""How far from a refusal, counted in entries of the file, an exchange is kept beyond that."""
_TWILIO: Final = "twilio"
_HOSTS_KEPT: Final = 4096


class Related:
    """Tells, in the order of the recording, what has to do with Twilio: its hosts, its answers, and what leads there.

    A redirect belongs to Twilio when one of its two ends does; what follows one to another host belongs to it too.
    """

    def __init__(self) -> None:
        self._expecting: set[str] = set()

    def is_related(self, exchange: Exchange) -> bool:
        """Whether `exchange` has to do with Twilio."""
        host = exchange.request.host.lower()
        target = _leads_to(exchange)
        related = _is_of_twilio(host) or host in self._expecting or _names_twilio(exchange)
        if target is not None and related and len(self._expecting) < _HOSTS_KEPT:
            self._expecting.add(target)
        return related or (target is not None and _is_of_twilio(target))


class Selection:
    """The exchanges that are kept, by their places."""

    def __init__(self, wanted: Iterable[int], *, only: bool) -> None:
        """`wanted` are the places of refusals and of what they rest on; with `only` nothing else is kept."""
        self.kept: dict[int, Exchange] = {}
        self._wanted = array("Q", sorted(set(wanted)))
        self._only = only
        self._related = Related()
        self._bytes = 0
        self._sparse = only

    def take(self, place: int, exchange: Exchange) -> None:
        """Keep one more, if it is to be kept."""
        related = self._related.is_related(exchange)
        wanted = self._distance(place) == 0
        if not (wanted or (related and not self._only)):
            return
        if not self._only and not self._has_room(wanted=wanted):
            return
        if self._sparse and not self._is_near(place):  # it was the one with which it was too many
            return
        self.kept[place] = exchange
        self._bytes += _size(exchange)

    def _has_room(self, *, wanted: bool) -> bool:
        """Whether one more may be kept; of very many only refusals and what is near them, and refusals for longer."""
        if not self._sparse and (len(self.kept) >= MOST or self._bytes >= MOST_BYTES):
            self._sparse = True
            self.kept = {place: exchange for place, exchange in self.kept.items() if self._is_near(place)}
            self._bytes = sum(map(_size, self.kept.values()))
        share = 1 if wanted or not self._sparse else 2
        return len(self.kept) * share < MOST and self._bytes * share < MOST_BYTES

    def _is_near(self, place: int) -> bool:
        return self._distance(place) <= (0 if self._only else NEAR)

    def _distance(self, place: int) -> int:
        """To the nearest place that is wanted."""
        at = bisect_left(self._wanted, place)
        around = self._wanted[max(0, at - 1) : at + 1]
        return min((abs(place - other) for other in around), default=MOST + NEAR)


def _is_of_twilio(host: str) -> bool:
    return is_twilio_host(host) or _TWILIO in host or place_of(host) is not None


def _names_twilio(exchange: Exchange) -> bool:
    """Whether the answer has a header that only Twilio sends, or one that names it; or the request is for its API."""
    request, response = exchange.request, exchange.response
    if response is not None and any(
        name.lower() in TWILIO_HEADERS or _TWILIO.encode() in name.lower() or _TWILIO.encode() in value[:500].lower()
        for name, value in response.headers
    ):
        return True
    named = request.first(b"host") or b""
    return _TWILIO.encode() in named[:300].lower() or _is_api_path(request.target)


def _is_api_path(target: bytes) -> bool:
    """Whether a path is of Twilio's dated API, as a gateway in front of it is asked: ``/2010-04-01/Accounts/...``."""
    return b"/2010-04-01/" in target[:200]


def _leads_to(exchange: Exchange) -> str | None:
    response = exchange.response
    if response is None or response.status not in REDIRECTS or not (location := response.first(b"location")):
        return None
    target = resolve(exchange, location)
    return target[1] if target else None


def _size(exchange: Exchange) -> int:
    request, response = exchange.request, exchange.response
    messages = (request,) if response is None else (request, response)
    return sum(
        len(message.body) + sum(len(name) + len(value) for name, value in message.headers) for message in messages
    ) + len(request.target)


__all__ = ["MOST", "NEAR", "Related", "Selection"]
