"""A fix in the words of each client: the same hit, sent by every client that we know, and what changes in the steps."""

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzers.capture import Capture
from analyzers.client import UNKNOWN_CLIENT
from analyzers.constructors import CLIENTS, encode_call, key_call, pair_call, stop_redirects
from analyzers.example import short
from analyzers.exchange import Exchange, Headers
from analyzers.findings import Finding
from analyzers.frozen import dataclass
from analyzers.rules import Rule

# A User-Agent of each client that most people use, in the form and, where redirects were measured, of the version that
# docs/facts.md 9.1 and docs/clients.md 1 and 7 give (read 2026-11-20). More would bury the page under one table.
AGENTS: dict[str, bytes] = {
    "twilio-python": b"twilio-python/9.11.0 (Linux x86_64) Python/3.13.1",
    "twilio-node": b"twilio-node/6.0.2 (linux x64) node/v22.23.3",
    "twilio-java": b"twilio-java/12.0.0 (Linux amd64) java/17.0.15",
    "twilio-csharp": b"twilio-csharp/7.14.3 (Unix x64) .NET/8.0.1",
    "twilio-ruby": b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.3.0",
    "twilio-php": b"twilio-php/8.12.0 (Linux x86_64) PHP/8.3.1",
    "twilio-go": b"twilio-go/1.30.9 (linux amd64) go/go1.22.1",
    "twilio-cli": b"@twilio/cli-core/8.3.4 (linux x64) twilio-node/6.0.2 node/v22.23.3",
    "curl": b"curl/7.88.1",
    "PowerShell": b"Mozilla/5.0 (Linux; en-US) PowerShell/7.5.0",
    "python-requests": b"python-requests/2.34.2",
    "httpx": b"python-httpx/0.28.1",
    "aiohttp": b"Python/3.13 aiohttp/3.14.5",
    "fetch (Node)": b"node",
    "axios": b"axios/1.21.1",
    "java.net.http": b"Java-http-client/17.0.15",
    "OkHttp": b"okhttp/3.13.1",
    "Go net/http": b"Go-http-client/1.1",
    "Ruby Net::HTTP": b"Ruby",
    "Guzzle": b"GuzzleHttp/7",
    "Postman": b"PostmanRuntime/7.43.0",
}
SILENT = ("PHP curl", ".NET HttpClient")
"""Clients that send no User-Agent, so no diagnosis can speak their language; a page can. docs/clients.md 7"""
_NOBODY = b"-"
_UNNAMED = UNKNOWN_CLIENT.name
_KEY = b"page"


@dataclass(frozen=True, slots=True)
class StepByClient:
    """One step of a fix, and how each client is told to take it."""

    lead: str
    """What all of them are told first, without its colon: ``Exchange the two``; empty where they have nothing in
    common."""
    ways: tuple[tuple[tuple[str, ...], str], ...]
    """Clients, and what they are told."""


def client_fixes(rule: Rule) -> tuple[tuple[str, ...], tuple[StepByClient, ...]]:
    """The steps for a client that nobody knows, and those that read differently for one that we know.

    A cause that stands with certain clients only has the steps of its own sample.
    """
    hit = rule.hit()
    plain = _fix(rule, hit, _NOBODY) or _fix(rule, hit, None)
    generic = {*plain, *(_split(step)[1] for step in plain)}
    ways: dict[str, dict[str, list[tuple[str, str, str]]]] = {}
    for client in sorted((*AGENTS, *SILENT), key=CLIENTS.index):
        for step in _fix(rule, hit, AGENTS[client]) if client in AGENTS else _told(plain, client):
            lead, text = _split(step)
            if step not in generic and text not in generic:
                alike = ways.setdefault(_unnamed(lead, client), {}).setdefault(_unnamed(text, client), [])
                alike.append((client, lead, text))
    steps = tuple(step.replace(_UNNAMED, "your client") for step in plain)
    return steps, tuple(_merged(lead, alike) for lead, alike in ways.items())


def _told(plain: tuple[str, ...], client: str) -> Iterator[str]:
    """The steps for a client that nobody knows, with the words of `client` in the place of the general ones."""
    for step in plain:
        for words in (pair_call, key_call, stop_redirects, encode_call):
            step = step.replace(words(""), words(client))  # noqa: PLW2901 - one after the other
        yield step


def _unnamed(text: str, client: str) -> str:
    """`text` as it reads for any client, so that equal ones can be told once."""
    return re.sub(rf"\b(?:{re.escape(client)}|{_UNNAMED}|your HTTP client)(?!\w)", "the client", text)


def _merged(lead: str, ways: dict[str, list[tuple[str, str, str]]]) -> StepByClient:
    """Leads and texts that name the client stay as they are where there is nobody else to share them with."""
    told = [each for alike in ways.values() for each in alike]
    shared = lead if len({own for _, own, _ in told}) > 1 else told[0][1]
    rows = ((tuple(client for client, _, _ in alike), text, alike[0][2]) for text, alike in ways.items())
    return StepByClient(
        shared[:1].upper() + shared[1:],
        tuple((clients, text if len(clients) > 1 else own) for clients, text, own in rows),
    )


def _fix(rule: Rule, hit: tuple[Exchange, ...], agent: bytes | None) -> tuple[str, ...]:
    """What the rule advises when `agent` sends its hit, None for as it stands; empty when it does not stand then."""
    sent = hit if agent is None else tuple(_sent_by(exchange, agent) for exchange in hit)
    finding = strongest(rule, sent)
    return tuple(map(short, finding.fix)) if finding else ()


def _sent_by(exchange: Exchange, agent: bytes) -> Exchange:
    kept: Headers = tuple(
        item for item in exchange.request.headers if item[0].lower() not in {b"user-agent", b"x-twilio-client"}
    )
    return replace(exchange, request=replace(exchange.request, headers=(*kept, (b"User-Agent", agent))))


def strongest(rule: Rule, exchanges: tuple[Exchange, ...]) -> Finding | None:
    """The surest thing that this rule alone says of a recording."""
    capture = Capture(_KEY, (rule,), rule.expected)
    for exchange in exchanges:
        capture.learn(exchange)
    results = [capture.judge(exchange, index) for index, exchange in enumerate(exchanges)]
    found = [finding for result in results if result.diagnosis for finding in result.diagnosis.findings]
    return min(found, key=lambda finding: finding.verdict.rank, default=None)


def _split(step: str) -> tuple[str, str]:
    lead, colon, text = step.partition(": ")
    return (lead, text) if colon else ("", step)
