"""The sandbox on a loopback port: a web server, a forward proxy and a TLS server at once; it connects
nowhere.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from .accounts import WORLD, World
from .behaviour import HEADER, Behaviour
from .certificates import Authority
from .channels import Channel, SocketChannel, TlsChannel
from .http1 import Tunnel, converse
from .masking import masked_request
from .messages import Answer, Content, Decision, Maker, Request
from .reception import decision_on, respond, unreachable
from .refusals import request_blocked
from .sites import site_of
from .wire import Reply, Stamp, render

__all__ = ["Sandbox"]

_TLS_HANDSHAKE: Final = 0x16
# CONNECT and TLS inside each other; clients need two, a client behind mitmproxy three.
_DEEPEST: Final = 6
# How clients break off that do not know the CA: with an alert, or just so.
_LIKE_DISTRUST: Final = re.compile("UNKNOWN_CA|CERTIFICATE|UNEXPECTED_EOF")


class Sandbox:
    """``async with Sandbox() as sandbox:`` listens on ``sandbox.port`` until the block ends.

    ``world``, ``behaviour`` may be set while it runs: a token is rotated between two requests.
    ``on_decision`` is called in the event loop, before the answer leaves.
    """

    def __init__(  # noqa: PLR0913 - keyword only, all but one
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        world: World = WORLD,
        behaviour: Behaviour | None = None,
        on_decision: Callable[[Decision], None] | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 60.0,
    ) -> None:
        """``patience``: seconds that a silent client is kept. ``port`` 0: any free one."""
        self.world = world
        self.behaviour = behaviour or Behaviour()
        self.host = host
        self._wanted_port = port
        self._on_decision = on_decision
        self._clock = clock
        self._patience = patience
        self._authority = Authority()
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError when it does not."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running; use it with 'async with'")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``: the proxy to use, and a base address that stands for api.twilio.com."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def ca_pem(self) -> bytes:
        """The certificate that clients have to trust."""
        return self._authority.ca_pem

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self.host, self._wanted_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for client in self._clients:
                client.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def answer(self, request: Request) -> Reply:
        """Part of the Desk protocol: ask the gate, log, write."""
        now = self._clock()
        behaviour = self.behaviour
        try:
            for wish in request.values(HEADER):
                behaviour = behaviour.adjusted(wish.decode("latin-1"))
        except ValueError as error:  # its text names what is allowed, not what came
            answer = Answer(400, Content("text/plain", f"{error}\n".encode()), str(error), maker=Maker.SANDBOX)
        else:
            answer = respond(request, self.world, now=now, behaviour=behaviour)
            self.world = answer.world or self.world
        self._say(decision_on(request, answer))
        await asyncio.sleep(behaviour.delay)
        return render(answer, behaviour, Stamp.fresh(now))

    def refuse_tunnel(self, authority: str) -> Reply | None:
        """Part of the Desk protocol: hosts that do not resolve are refused, all others are played here."""
        site = site_of(authority.rpartition(":")[0])
        if site.resolves:
            return None
        answer = unreachable(site)
        request = masked_request("CONNECT", "", authority, "")
        self._say(Decision(answer.status, None, "", answer.why, request))
        return render(answer, Behaviour(), Stamp.fresh(self._clock()))

    def refuse_malformed(self) -> Reply:
        """Part of the Desk protocol: what the CDN says to something that is no HTTP."""
        answer = request_blocked(400, "what came is no well-formed HTTP request; the gate never saw it")
        self._say(Decision(answer.status, None, "", answer.why, "malformed request"))
        return render(answer, Behaviour(), Stamp.fresh(self._clock()))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.create_task(self._attend(SocketChannel(reader, writer, self._patience)))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _attend(self, channel: SocketChannel) -> None:
        """One client from its first byte to its last; nothing that it does ends the server."""
        try:
            await self._serve(channel, "http", self.host, b"", depth=0)
        except ssl.SSLError as error:
            self._say(Decision(0, None, "", _why_no_tls(error), "TLS"))
        except (OSError, TimeoutError):
            pass  # the client went away
        except asyncio.CancelledError:
            channel.abort()
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours costs one connection and one line
            self._say(Decision(0, None, "", f"the sandbox failed with {type(error).__name__}", "unknown"))
        finally:
            await channel.close()

    async def _serve(self, channel: Channel, scheme: str, host: str, first: bytes, *, depth: int) -> None:
        """Serve what the first byte says it is: TLS, or HTTP and the tunnels in it."""
        first = first or await channel.read()
        if not first or depth > _DEEPEST:
            return
        if first[0] == _TLS_HANDSHAKE:
            secure = TlsChannel(channel, self._authority.context(host), first)
            await secure.handshake()
            try:
                await self._serve(secure, "https", host, b"", depth=depth + 1)
            finally:
                await secure.shut()
            return
        tunnel = await converse(channel, first, scheme, self)
        if isinstance(tunnel, Tunnel):
            await self._serve(channel, "http", tunnel.host, tunnel.leftover, depth=depth + 1)

    def _say(self, decision: Decision) -> None:
        if self._on_decision is not None:
            self._on_decision(decision)


def _why_no_tls(error: ssl.SSLError) -> str:
    """OpenSSL's name of the reason; never its text."""
    reason = error.reason or "no reason given"
    hint = "; does the client trust the sandbox's CA?" if _LIKE_DISTRUST.search(reason) else ""
    return f"TLS failed: {reason}{hint}"
