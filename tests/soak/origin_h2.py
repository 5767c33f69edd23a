"""The origin's side of HTTP/2."""

import asyncio
import contextlib
from typing import Final

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from soak.framing import without_framing
from soak.plan import Fields, Kind, Plan, plan_of

_SLOW_STEPS: Final = 6
_PAUSE: Final = 0.02


class Conversation:
    """One connection: requests are taken apart here, and each is answered by a task of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        config = h2.config.H2Configuration(client_side=False, header_encoding=None)
        self._state = h2.connection.H2Connection(config)
        self._asked: dict[int, tuple[Fields, bytearray]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        """Set whenever a window may have grown."""

    async def run(self) -> None:
        self._state.initiate_connection()
        self._flush()
        try:
            while data := await self._reader.read(65536):
                for event in self._state.receive_data(data):
                    self._handle(event)
                self._flush()
        except h2.exceptions.ProtocolError:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _handle(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self._asked[event.stream_id] = (tuple((bytes(n), bytes(v)) for n, v in event.headers), bytearray())
        elif isinstance(event, h2.events.DataReceived):
            self._asked[event.stream_id][1].extend(event.data)
            with contextlib.suppress(h2.exceptions.ProtocolError):  # a stream that is closed by now
                self._state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            fields, body = self._asked.pop(event.stream_id)
            task = asyncio.create_task(self._answer(event.stream_id, fields, bytes(body)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif isinstance(event, (h2.events.WindowUpdated, h2.events.RemoteSettingsChanged)):
            self._room.set()
        elif isinstance(event, h2.events.StreamReset):
            self._asked.pop(event.stream_id, None)
            self._room.set()

    async def _answer(self, stream: int, fields: Fields, body: bytes) -> None:
        with contextlib.suppress(h2.exceptions.ProtocolError, OSError):
            plan = plan_of(dict(fields)[b":path"])
            if plan is None or body != plan.asked or without_framing(fields) != plan.fields:
                self._state.send_headers(stream, [(b":status", b"599")], end_stream=True)
            elif plan.kind in {Kind.CUT_OFF, Kind.SILENT, Kind.NONSENSE}:
                self._fail(plan, stream)
            else:
                await self._send(plan, stream)
            self._flush()

    async def _send(self, plan: Plan, stream: int) -> None:
        if plan.kind is Kind.EARLY:
            self._state.send_headers(stream, [(b":status", b"103"), (b"link", b"</style.css>; rel=preload")])
        answer, body = plan.answer, plan.answer.body if plan.method != b"HEAD" else b""
        fields = [(b":status", b"%d" % answer.status), *answer.fields]
        if plan.kind not in {Kind.CHUNKED, Kind.TRAILERS, Kind.REFUSED_CHUNKED, Kind.UNTIL_CLOSE}:
            fields.append((b"content-length", b"%d" % len(answer.body)))
        self._state.send_headers(stream, fields, end_stream=not body and not answer.trailers)
        step = 1 + len(body) // _SLOW_STEPS if plan.kind is Kind.SLOW else len(body)
        for at in range(0, len(body), step or 1):
            await self._pass(stream, body[at : at + step], last=at + step >= len(body) and not answer.trailers)
            if plan.kind is Kind.SLOW:
                await asyncio.sleep(_PAUSE)
        if answer.trailers:
            self._state.send_headers(stream, answer.trailers, end_stream=True)

    async def _pass(self, stream: int, data: bytes, *, last: bool) -> None:
        """Send as the windows allow."""
        while data:
            room = min(self._state.local_flow_control_window(stream), self._state.max_outbound_frame_size)
            if room <= 0:
                self._room.clear()
                self._flush()
                await self._room.wait()
                continue
            piece, data = data[:room], data[room:]
            self._state.send_data(stream, piece, end_stream=last and not data)
            self._flush()
            await self._writer.drain()

    def _fail(self, plan: Plan, stream: int) -> None:
        if plan.kind is Kind.CUT_OFF:
            self._state.send_headers(stream, [(b":status", b"200"), *plan.answer.fields])
            self._state.send_data(stream, plan.answer.body[: plan.size // 2][:1000])
            self._state.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        elif plan.kind is Kind.SILENT and plan.seed % 2:
            self._state.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
        elif plan.kind is Kind.SILENT:
            self._state.close_connection()
            self._flush()
            self._writer.close()
        else:
            self._writer.write(b"\0\0\x05\x01\x04\0\0\0\0nonsense" * 3)
            self._writer.close()

    def _flush(self) -> None:
        if (data := self._state.data_to_send()) and not self._writer.is_closing():
            self._writer.write(data)


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection to its end."""
    await Conversation(reader, writer).run()
