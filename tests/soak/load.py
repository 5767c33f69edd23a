"""One run: origin, proxy, clients, and what is measured of them."""

import asyncio
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from soak import recorded
from soak.client import Clients, Proxy
from soak.ledger import Ledger
from soak.origin import running
from soak.plan import MANY
from soak.sessions import Fault, Session, sessions
from soak.watching import descriptors, resident, settled
from why20003.mitmdump import Mitmdump

_LARGE_AT_ONCE: Final = 2
_SESSION_SECONDS, _LARGE_SECONDS = 120, 900
"""A large body over HTTP/2 takes some three hundred turns, in each of which all other clients have theirs as well."""
_SETTLE_SECONDS: Final = 20.0
_KNOWN: Final = "NotImplementedError: HTTP trailers are not implemented yet."
"""What mitmproxy raises for trailers over HTTP/1, with or without the addon."""


@dataclass(frozen=True)
class Order:
    """What is to be done."""

    exchanges: int
    clients: int = 64
    seed: int = 1
    large: int = 4
    """Exchanges with a body of 10 MB."""
    with_addon: bool = True
    warm: float = 0.25
    """The part of the exchanges after which memory is taken for settled."""
    seconds: float = 3600.0
    rest: float = 0.0
    """Seconds without traffic, after the warm-up and at the end, until memory is looked at: what is under way counts
    otherwise, and the addon's collector takes up to 15."""
    more: tuple[str, ...] = ()
    """Further arguments of mitmdump."""


@dataclass
class Outcome:
    """What was found."""

    ledger: Ledger
    seconds: float = 0.0
    memory: list[tuple[int, float]] = field(default_factory=list)
    """Exchanges begun, and MB resident."""
    warm: float = 0.0
    """MB in the last tenth of the warm-up, the median; large bodies come and go."""
    end: float = 0.0
    """MB in the last tenth of all, the median."""
    rested: float = 0.0
    """MB after the warm-up, with no traffic."""
    idle: float = 0.0
    """MB once everything is over."""
    descriptors: tuple[int, int] = (0, 0)
    new_descriptors: list[str] = field(default_factory=list)
    recordings: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """By name: exchanges in it, completed ones missing from it, and others than the origin sent."""
    tracebacks: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    """Lines of warnings, without numbers."""

    @property
    def growth(self) -> float:
        """MB more at the end than after the warm-up, without traffic or in the middle of it, whichever is more."""
        return max(self.idle - self.rested, self.end - self.warm)


def run(order: Order, folder: Path) -> Outcome:
    """All of it; `folder` gets the recordings."""
    raw, redacted = folder / "raw.mitm", folder / "redacted.mitm"
    with running(folder) as origin:
        arguments = ["--mode", f"upstream:http://127.0.0.1:{origin.port}", "-w", str(raw)]
        arguments += ["--set", f"ssl_verify_upstream_trusted_ca={origin.trusted}"]
        arguments += ["--set", "flow_detail=0", "--set", "connection_strategy=lazy"]
        if order.with_addon:
            arguments += ["-s", "addon", "--set", f"why20003_record={redacted}", "--set", "why20003_display=short"]
        with Mitmdump(folder, [*arguments, *order.more]) as proxy:
            outcome = asyncio.run(
                _load(
                    order, proxy, Proxy(proxy.port, proxy.certificate, origin.trusted, opens_all=not order.with_addon)
                )
            )
            told = proxy.stop()
    _read_log(outcome, told)
    for path in (raw, redacted) if order.with_addon else (raw,):
        count, lost, changed = recorded.missing(path, outcome.ledger.kept, redacted=path is redacted)
        outcome.recordings[path.name] = (count, len(lost), len(changed))
        for number in lost[:5]:
            outcome.ledger.problem(f"not in {path.name}: {outcome.ledger.kept[number]}")
        for number in changed[:5]:
            outcome.ledger.problem(f"not as sent in {path.name}: {outcome.ledger.kept[number]}")
    return outcome


async def _load(order: Order, proxy: Mitmdump, where: Proxy) -> Outcome:
    outcome, clients = Outcome(Ledger()), Clients(where)
    before = descriptors(proxy.pid)
    todo = [*sessions(order.seed, order.exchanges, order.large)]
    warming = sum(session.plans[0].number < order.exchanges * order.warm for session in todo)
    few = asyncio.Semaphore(_LARGE_AT_ONCE)
    began = time.monotonic()
    try:
        async with asyncio.timeout(order.seconds):
            for part in (iter(todo[:warming]), iter(todo[warming:])):
                await asyncio.gather(*(_work(part, clients, few, outcome, proxy.pid) for _ in range(order.clients)))
                await asyncio.sleep(order.rest)
                outcome.rested = outcome.rested or resident(proxy.pid)
    except TimeoutError:
        outcome.ledger.problem(f"not done after {order.seconds:.0f} s")
    outcome.seconds = time.monotonic() - began
    after = await settled(lambda: len(descriptors(proxy.pid)), len(before), _SETTLE_SECONDS)
    outcome.descriptors = (len(before), after)
    outcome.new_descriptors = list((Counter(descriptors(proxy.pid)) - Counter(before)).elements())
    outcome.idle = resident(proxy.pid)
    outcome.warm = _median(outcome, order.exchanges * (order.warm - 0.1), order.exchanges * order.warm)
    outcome.end = _median(outcome, order.exchanges * 0.9, order.exchanges)
    return outcome


def _median(outcome: Outcome, start: float, end: float) -> float:
    return statistics.median([taken for at, taken in outcome.memory if start <= at <= end] or [outcome.idle])


async def _work(todo: Iterator[Session], clients: Clients, few: asyncio.Semaphore, outcome: Outcome, pid: int) -> None:
    """One client: session after session, until there are no more."""
    for session in todo:
        number = session.plans[0].number
        if not outcome.memory or number >= outcome.memory[-1][0] + 100:
            outcome.memory.append((number, resident(pid)))
        try:
            is_large = session.plans[0].size >= MANY
            async with asyncio.timeout(_LARGE_SECONDS if is_large else _SESSION_SECONDS):
                if is_large:
                    async with few:
                        told = await clients.play(session)
                else:
                    told = await clients.play(session)
        except TimeoutError:
            outcome.ledger.stuck(session, "stuck")
        except (OSError, EOFError, ValueError) as error:
            if session.fault is Fault.NONE:
                outcome.ledger.stuck(session, type(error).__name__)
            else:
                outcome.ledger.note(session, [])
        else:
            outcome.ledger.note(session, told)


def _read_log(outcome: Outcome, told: str) -> None:
    """Tracebacks by their last line, and every kind of line."""
    lines = told.splitlines()
    for at, line in enumerate(lines):
        if "Traceback (most recent call last)" in line:
            rest = (
                one for one in lines[at + 1 :] if re.match(r"[A-Za-z_][\w.]*(Error|Exception|Time|Interrupt)\b", one)
            )
            last = next(rest, "?")
            outcome.tracebacks[last] += 1
            if last != _KNOWN:
                outcome.ledger.problem(f"unhandled: {last}")
        elif "why20003: " in line or "crashed" in line:
            outcome.said[re.sub(r"\d+", "N", line.partition("] ")[2] or line)[:160]] += 1
