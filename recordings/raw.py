"""Raw HTTP/1.x text: bytes saved from a proxy or a stream, and what people paste into a ticket.

One or many exchanges, requests alone, line ends of either kind; quoted, indented, in a code fence, with words around
it. Header lines keep their wire form, since a fault in it may be what is asked about.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from analyzers.frozen import dataclass
from recordings.raw_messages import START, Message, messages
from recordings.reading import Cut, Entry, EntryError, Item, Skipped, UnreadableRecording
from recordings.source import Source
from recordings.wire import Known, exchange_from

FORMAT: Final = "raw"

_EXPECTED: Final = "expected raw HTTP text: a request line such as GET /path HTTP/1.1, header lines, and the answer"
_ALONE: Final = (
    "expected a request before this answer, found none; paste its lines too (curl -v prints them, curl -i does not)"
)
_UNREADABLE: Final = "expected a request line such as GET /path HTTP/1.1, found one that cannot be read"
_RUN: Final = 256
"""How many requests may wait for their answers."""
_SWITCHING: Final = 101


def sniff(start: bytes) -> bool:
    """Whether a request line or a status line stands in the beginning of a file."""
    source = Source(io.BytesIO(start), written=True)
    return START.search(source.peek(len(start) * 2)) is not None


def items(file: BinaryIO) -> Iterator[Item]:
    """What stands in the text. Raises UnreadableRecording when no message does."""
    place, short = -1, False
    for place, pair in enumerate(_pairs(messages(Source(file, written=True)))):
        short = pair.short
        yield pair.item(place)
    if place < 0:
        raise UnreadableRecording(f"{_EXPECTED}; found neither request line nor status line")
    if short:
        yield Cut()


@dataclass(frozen=True, slots=True)
class _Pair:
    request: Message | None
    answer: Message | None

    @property
    def short(self) -> bool:
        return any(one is not None and one.short for one in (self.request, self.answer))

    def item(self, place: int) -> Item:
        if self.request is None:
            return EntryError(place, _ALONE)
        if self.request.method == "CONNECT":
            return Skipped()
        answer = self.answer
        known = Known(whole=self.request.whole, pasted=self.request.pasted)
        exchange = exchange_from(
            self.request.head, self.request.body, answer.head if answer else None, answer.body if answer else b"", known
        )
        return Entry(place, exchange) if exchange else EntryError(place, _UNREADABLE)


def _pairs(messages: Iterator[Message]) -> Iterator[_Pair]:
    """Requests with their answers: a run of requests is answered by the run of answers behind it."""
    requests: list[Message] = []
    answers: list[Message] = []
    for message in messages:
        if 100 <= message.status < 200 and message.status != _SWITCHING:
            continue
        if message.status:
            answers.append(message)
        elif answers:
            yield from _matched(requests, answers)
            requests, answers = [message], []
        else:
            requests.append(message)
        if len(requests) > _RUN:
            yield _Pair(requests.pop(0), None)
        if len(answers) > _RUN:
            yield from _matched(requests, answers)
            requests, answers = [], []
    yield from _matched(requests, answers)


def _matched(requests: list[Message], answers: list[Message]) -> Iterator[_Pair]:
    """In order; of too few answers, the last requests got them. A tunnel's goes where its CONNECT is not there."""
    while len(answers) > len(requests) and (tunnel := next((one for one in answers if one.is_tunnel), None)):
        answers.remove(tunnel)
    unanswered = max(0, len(requests) - len(answers))
    for request in requests[:unanswered]:
        yield _Pair(request, None)
    for request, answer in zip(requests[unanswered:], answers, strict=False):
        yield _Pair(request, answer)
    for answer in answers[len(requests) :]:
        yield _Pair(None, answer)
