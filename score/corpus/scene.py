"""The making of one case: requests are sent, answered and given their truth in the order in which they happened."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from analyzers.exchange import Exchange, Fidelity, Headers, Request, Response
from score.corpus import answers
from score.corpus.clients import Client, any_client
from score.corpus.resources import Resource, body_of, resource
from score.corpus.values import Draw, basic
from score.truth import Case, Given, Kind, Truth, benign, positive, undecided

_EPOCH = 1789000000.0
"""2026-09-10: after the regional hosts of old ended, docs/facts.md 3.3."""
_SPAN = 60 * 86400
_ACCOUNT = re.compile(rb"AC[0-9a-fA-F]{32}")
_KEY = re.compile(rb"SK[0-9a-fA-F]{32}")

SEED = "why20003"


class Ask(TypedDict, total=False):
    """How a request differs from the ordinary one of its scene."""

    resource: Resource
    account: bytes
    client: Client
    host: str
    scheme: str
    method: str
    target: bytes
    headers: Headers
    body: bytes
    address: str | None
    connection: str | None
    userinfo: bytes
    fidelity: Fidelity
    gap: float
    took: float
    options: tuple[str, ...]


class Refusal(TypedDict, total=False):
    """How an error differs from a 401 with 20003."""

    status: int
    code: int
    text: str
    readable: answers.Readable


@dataclass(slots=True)
class _Entry:
    exchange: Exchange
    truth: Truth | None


class Scene:
    """A case in the making. Everything random comes from its name."""

    def __init__(self, name: str) -> None:
        self.draw = Draw(f"{SEED}/{name}")
        draw = self.draw
        self.now = _EPOCH + draw.uniform(0, _SPAN)
        self.client: Client = any_client(draw)
        self.resource: Resource = resource(draw)
        self.account, self.token = draw.sid("AC"), draw.hex(32)
        self.key, self.secret = draw.sid("SK"), draw.alnum(32)
        self.har = draw.chance(0.2)
        self.fidelity = Fidelity.FULL
        self.regional = ""
        self.keeps_order = False
        self.given: tuple[Given, ...] = ()
        self._entries: list[_Entry] = []
        self._connections = 0

    # --- what is sent -------------------------------------------------------------------------------------------------
    def pair(self) -> tuple[bytes, bytes]:
        """The account's pair or a key's."""
        return (self.account, self.token) if self.draw.chance(0.6) else (self.key, self.secret)

    def good(self) -> bytes:
        """A Basic value as it should be."""
        return basic(*self.pair())

    def request(self, authorization: bytes | Iterable[bytes] | None, **ask: Unpack[Ask]) -> Request:
        """The request that the scene's client sends."""
        what, client = ask.get("resource", self.resource), ask.get("client", self.client)
        host = ask.get("host") or self.host_of(what)
        body = ask["body"] if "body" in ask else body_of(self.draw, what.body)
        values = (
            () if authorization is None else (authorization,) if isinstance(authorization, bytes) else authorization
        )
        target = ask.get("target")
        if target is None:
            path = self.draw.filled(what.path)
            target = path.replace(b"{account}", ask.get("account", self.account))
        scheme = ask.get("scheme", "https")
        return Request(
            method=ask.get("method", what.method),
            scheme=scheme,
            host=host,
            port=443 if scheme == "https" else 80,
            target=target,
            headers=self._headers(client, host, tuple(values), ask.get("headers", ()), body),
            body=body,
            version=client.version,
            userinfo=ask.get("userinfo"),
        )

    def host_of(self, what: Resource) -> str:
        """The host of an operation; with edge and region where the scene has some."""
        return f"{what.product}.{self.regional}twilio.com"

    def _headers(self, client: Client, host: str, values: tuple[bytes, ...], extra: Headers, body: bytes) -> Headers:
        name = host.encode()
        if self.draw.chance(0.06):
            name = self.draw.choice((name.upper(), name.capitalize(), name + b":443"))
        agent: Headers = ((b"User-Agent", client.agent),) if client.agent is not None else ()
        middle: list[tuple[bytes, bytes]] = [*agent, *client.headers]
        if body:
            middle += [
                (b"Content-Type", b"application/x-www-form-urlencoded"),
                (b"Content-Length", b"%d" % len(body)),
            ]
        credentials = [(b"Authorization", value) for value in values]
        at = self.draw.randint(0, len(middle))
        lines = [*middle[:at], *credentials, *middle[at:], *extra]
        lines.insert(len(lines) if client.host_last else 0, (b"Host", name))
        return tuple((key.lower(), value) for key, value in lines) if client.lower else tuple(lines)

    # --- what comes back ----------------------------------------------------------------------------------------------
    def refuse(
        self,
        authorization: bytes | Iterable[bytes] | None,
        truth: Truth | None = None,
        refusal: Refusal | None = None,
        **ask: Unpack[Ask],
    ) -> Exchange:
        """Sent and refused by Twilio. Without a text of its own the answer says what the gate would say."""
        self.wait(ask.get("gap"))
        request = self.request(authorization, **ask)
        error = refusal or Refusal()
        text = error.get("text") or self.gate(request)
        answer = answers.error(
            self.draw,
            ask.get("resource", self.resource),
            self.now,
            status=error.get("status", 401),
            code=error.get("code", 20003),
            text=text,
            host=request.host,
            readable=error.get("readable", "perhaps" if truth is not None and truth.kind is Kind.POSITIVE else "yes"),
        )
        return self.add(request, answer, truth, **ask)

    def accept(self, authorization: bytes | Iterable[bytes] | None, **ask: Unpack[Ask]) -> Exchange:
        """Sent and accepted."""
        self.wait(ask.get("gap"))
        request = self.request(authorization, **ask)
        what = ask.get("resource", self.resource)
        account = ask.get("account", self.account)
        answer = answers.success(self.draw, what, self.now, host=request.host, account=account)
        return self.add(request, answer, None, **ask)

    def add(
        self,
        request: Request,
        response: Response | None,
        truth: Truth | None = None,
        *,
        error: str | None = None,
        refused_by_proxy: bool = False,
        **ask: Unpack[Ask],
    ) -> Exchange:
        """Record an exchange that begins now, and let the clock run on to its end."""
        took = ask.get("took", self.draw.uniform(0.02, 0.4))
        exchange = Exchange(
            request=request,
            response=response,
            error=error,
            refused_by_proxy=refused_by_proxy,
            started_at=round(self.now, 3),
            finished_at=round(self.now + took, 3),
            client_address=ask.get("address", None if self.har else "127.0.0.1"),
            connection=ask.get("connection", self.connection()),
            fidelity=ask.get("fidelity", self.fidelity),
            proxy_options=ask.get("options", ()),
        )
        self._entries.append(_Entry(exchange, truth))
        self.now += took
        return exchange

    def wait(self, seconds: float | None = None) -> None:
        """Let time pass before the next request."""
        self.now += self.draw.uniform(0.05, 2.0) if seconds is None else seconds

    def connection(self) -> str:
        """A new connection's name."""
        self._connections += 1
        return str(12500 + self._connections) if self.har else f"c{self._connections}"

    def gate(self, request: Request) -> str:
        """Twilio's words for a refused request: docs/facts.md 0. For what no server can read either text is seen."""
        values = [value for name, value in request.headers if name.lower() == b"authorization"]
        if not values:
            return answers.NO_CREDENTIALS
        scheme, _, rest = values[0].partition(b" ")
        username = _username(rest) if scheme.lower() == b"basic" else None
        if username is None:
            return self.draw.choice((answers.NO_CREDENTIALS, answers.NO_CREDENTIALS, answers.REFUSED))
        if _ACCOUNT.fullmatch(username) or _KEY.fullmatch(username):
            return answers.REFUSED
        return self.draw.choice((answers.INVALID_USERNAME, answers.INVALID_USERNAME, answers.REFUSED))

    # --- the whole ----------------------------------------------------------------------------------------------------
    def finished(self, name: str, group: str) -> Case:
        """The case, with foreign traffic around it in every fourth."""
        if not self.keeps_order and self.draw.chance(0.25):
            self._surround()
        truths = {place: entry.truth for place, entry in enumerate(self._entries) if entry.truth is not None}
        return Case(name, tuple(entry.exchange for entry in self._entries), truths, group, self.given)

    def reorder(self, order: Iterable[int]) -> None:
        """Record the exchanges in another order than that of their times: a long answer is recorded late."""
        self.keeps_order = True
        self._entries = [self._entries[place] for place in order]

    def amend(self, exchange: Exchange, changed: Exchange) -> None:
        """Replace an exchange."""
        for entry in self._entries:
            if entry.exchange is exchange:
                entry.exchange = changed

    def _surround(self) -> None:
        """Traffic of somebody else, with credentials of its own, at any place and time of the case."""
        for _ in range(self.draw.randint(1, 4)):
            place = self.draw.randint(0, len(self._entries))
            near = self._entries[min(place, len(self._entries) - 1)].exchange
            other = Scene(f"noise/{self.draw.hex(12).decode()}")
            other.now = (near.started_at or 0.0) + self.draw.uniform(-0.3, 0.3)
            moved = replace(
                _bystander(other),
                client_address=None if self.har else "10.20.81.7",
                connection=f"n{place}-{self.draw.randrange(10**6)}",
            )
            self._entries.insert(place, _Entry(moved, None))


def _bystander(scene: Scene) -> Exchange:
    if scene.draw.chance(0.75):
        return scene.accept(scene.good())
    request = scene.request(b"Bearer " + scene.draw.alnum(40), host="api.shop.example", target=b"/v1/orders")
    body = b'{"error":"invalid_token"}'
    return scene.add(request, answers.foreign(scene.now, 401, ((b"Content-Type", b"application/json"),), body))


def _username(encoded: bytes) -> bytes | None:
    """What stands before the first colon of readable base64; None where a server can read no pair."""
    try:
        text = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    name, colon, _ = text.partition(b":")
    return name if colon else None


__all__ = ["Ask", "Refusal", "Scene", "benign", "positive", "undecided"]
