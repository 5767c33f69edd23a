"""Which recorded requests are sent again, and why the others are not."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import field

from analyzers.capture import Result
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.frozen import dataclass

# RFC 9110 9.2.1: safe methods ask for nothing but an answer.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A recorded exchange that may be sent again."""

    recording: str
    place: int
    """Its place in the file, from 0."""
    exchange: Exchange = field(repr=False)
    before: Diagnosis | None
    """What was wrong with it then; None when it was not refused."""
    objection: str = ""
    """Why it cannot be sent; empty when it can."""


def chosen(
    recording: str,
    exchanges: Sequence[tuple[int, Exchange]],
    results: Sequence[Result],
    *,
    wanted: Collection[int],
    everything: bool,
) -> Iterator[Chosen]:
    """Of a recording, with the result of each of its exchanges, what is to be sent.

    That is the exchange of each place in `wanted`; without any the refused ones, equal ones once; with `everything` all
    that were with Twilio.
    """
    done: set[object] = set()
    for (place, exchange), result in zip(exchanges, results, strict=True):
        if wanted:
            take = place in wanted
        else:
            take = result.twilio and (everything or result.diagnosis is not None)
            same = _sameness(exchange)
            take = take and (everything or same not in done)
            done.add(same)
        if take:
            yield Chosen(recording, place, exchange, result.diagnosis, objection(exchange))


def objection(exchange: Exchange) -> str:
    """Why `exchange` cannot be sent again; empty when it can."""
    request = exchange.request
    if request.method == "CONNECT":
        return "it asked a proxy for a tunnel"
    length = request.first(b"content-length")
    if length is not None and length.strip().isdigit() and int(length[:20]) > len(request.body):
        coded = request.first(b"content-encoding")
        if not coded:
            return "the recording has only a part of its body"
    return ""


def changes_something(exchange: Exchange) -> bool:
    """Whether the request may change something at Twilio."""
    return exchange.request.method.upper() not in _SAFE


def _sameness(exchange: Exchange) -> object:
    request = exchange.request
    return request.method, request.host, request.port, request.target, request.headers, request.body
