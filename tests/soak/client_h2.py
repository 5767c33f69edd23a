"""A client of HTTP/2: several exchanges at once on one connection, some of which it gives up."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from soak.framing import without_framing
from soak.plan import Answer, Fields, Plan

_AT_ONCE: Final = 8


@dataclass
class Stream:
    """What came back on one stream so far."""

    plan: Plan
    status: int = 0
    fields: Fields = ()
    trailers: Fields = ()
    body: bytearray = field(default_factory=bytearray)
    is_over: bool = False
    failed: bool = False

    @property
    def answer(self) -> Answer | None:
        """The answer, if it is complete."""
        if not self.is_over or self.failed:
            return None
        return Answer(self.status, self.fields, bytes(self.body), self.trailers)


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: bytes) -> None:
        self._reader, self._writer, self._host = reader, writer, host
        self._state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
        self._streams: dict[int, Stream] = {}
        self._unsent: dict[int, bytes] = {}

    async def run(self, plans: list[Plan], given_up: frozenset[int]) -> list[tuple[Plan, Answer | None]]:
        """Every plan with its answer; those whose number is in `given_up` are reset in the middle."""
        waiting = list(reversed(plans))
        done: list[Stream] = []
        try:
            self._state.initiate_connection()
            while waiting or self._streams:
                while waiting and len(self._streams) < _AT_ONCE:
                    self._begin(waiting.pop(), given_up)
                self._flush()
                await self._writer.drain()
                data = await self._reader.read(65536)
                if not data:
                    break
                for event in self._state.receive_data(data):
                    self._handle(event)
                over = [number for number, stream in self._streams.items() if stream.is_over]
                done += [self._streams.pop(number) for number in over]
        except (h2.exceptions.ProtocolError, OSError):
            pass
        return [(one.plan, one.answer) for one in done]

    def _begin(self, plan: Plan, given_up: frozenset[int]) -> None:
        number = self._state.get_next_available_stream_id()
        fields = [(b":method", plan.method), (b":scheme", b"https"), (b":authority", self._host), (b":path", plan.path)]
        body = plan.asked
        if plan.method == b"POST":
            fields.append((b"content-length", b"%d" % len(body)))
        self._state.send_headers(number, [*fields, *plan.fields], end_stream=not body)
        self._streams[number] = Stream(plan)
        if body:
            self._unsent[number] = body
            self._pump(number)
        if plan.number in given_up:
            self._unsent.pop(number, None)
            self._state.reset_stream(number, h2.errors.ErrorCodes.CANCEL)
            stream = self._streams[number]
            stream.is_over = stream.failed = True
            # Its end is noted with the next thing that comes; something has to come.
            self._state.ping(b"soaksoak")

    def _handle(self, event: h2.events.Event) -> None:
        if isinstance(event, (h2.events.WindowUpdated, h2.events.RemoteSettingsChanged)):
            for number in list(self._unsent):
                self._pump(number)
            return
        if isinstance(event, h2.events.ConnectionTerminated):
            for each in self._streams.values():
                each.is_over = each.failed = True
            return
        if isinstance(event, h2.events.DataReceived):
            self._state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        stream = self._streams.get(getattr(event, "stream_id", 0) or 0)
        if stream is not None and not stream.failed:
            _note(stream, event)

    def _pump(self, number: int) -> None:
        """Send of a body what the windows allow."""
        while data := self._unsent.get(number, b""):
            room = min(self._state.local_flow_control_window(number), self._state.max_outbound_frame_size)
            if room <= 0:
                return
            self._state.send_data(number, data[:room], end_stream=len(data) <= room)
            self._unsent[number] = data[room:]
        self._unsent.pop(number, None)

    def _flush(self) -> None:
        if data := self._state.data_to_send():
            self._writer.write(data)


def _note(stream: Stream, event: h2.events.Event) -> None:
    """What came for one stream."""
    if isinstance(event, h2.events.ResponseReceived):
        fields = tuple((bytes(name), bytes(value)) for name, value in event.headers)
        stream.status, stream.fields = int(dict(fields)[b":status"]), without_framing(fields)
    elif isinstance(event, h2.events.DataReceived):
        stream.body += event.data
    elif isinstance(event, h2.events.TrailersReceived):
        stream.trailers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
    elif isinstance(event, h2.events.StreamEnded):
        stream.is_over = True
    elif isinstance(event, h2.events.StreamReset):
        stream.is_over = stream.failed = True
