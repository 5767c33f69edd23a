"""What the engine costs an exchange, and that its memory stays flat however long a capture runs.

    python bench/engine.py [--exchanges N]

Times are CPU times per exchange, of `Capture.add` alone, in one process; of each exchange the median of several rounds,
so that what else the machine does shows less. Wanted: p99 at most 1 ms for a refused exchange and 50 microseconds for
any other; the same memory after a million exchanges with 100,000 credentials as after a tenth of them.
"""

import argparse
import gc
import random
import resource
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from addon.collector import calm
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TIME, TOKEN, accepted, basic, refused
from analyzers.capture import Capture
from analyzers.exchange import Exchange
from analyzers.registry import RULES

CREDENTIALS = 100_000
ROUNDS = 5
HOSTS = ("api.twilio.com", "verify.twilio.com", "messaging.twilio.com", "api.dublin.ie1.twilio.com")


def timed(exchanges: list[Exchange], before: list[Exchange]) -> list[float]:
    """Microseconds for each of `exchanges`, after `before`: the median of ROUNDS captures, each with all of them."""
    rounds = [_once(exchanges, before) for _ in range(ROUNDS)]
    return [statistics.median(each) for each in zip(*rounds, strict=True)]


def _once(exchanges: list[Exchange], before: list[Exchange]) -> list[float]:
    capture = Capture(b"k" * 32)
    for exchange in before:
        capture.add(exchange)
    gc.collect()
    calm()  # as the addon does when the proxy runs
    found = []
    for exchange in exchanges:
        began = time.thread_time_ns()
        capture.add(exchange)
        found.append((time.thread_time_ns() - began) / 1000)
    return found


def told(name: str, times: list[float], limit: float) -> None:
    cuts = statistics.quantiles(times, n=100)
    verdict = "" if cuts[98] <= limit else "  OVER THE LIMIT"
    print(f"{name:44} n={len(times):6}  p50 {cuts[49]:7.1f}  p99 {cuts[98]:7.1f}  (limit {limit:.0f}) us{verdict}")


def refusals(count: int) -> Iterator[Exchange]:
    """Refusals of every cause, each with a secret of its own."""
    hits = [
        exchange for rule in RULES for exchange in rule.hit() if exchange.response and exchange.response.status >= 400
    ]
    for number in range(count):
        if number % 2:
            yield refused(basic(SID, b"%032x" % number), at=number, path=MESSAGES % (b"AC%032x" % number))
        else:
            yield anew(hits[number // 2 % len(hits)], number)


def anew(exchange: Exchange, number: int) -> Exchange:
    """The same at another time, with a request id of its own, as Twilio gives every answer."""
    response = exchange.response
    if response is not None:
        headers = tuple(line for line in response.headers if line[0].lower() != b"twilio-request-id")
        response = replace(response, headers=(*headers, (b"Twilio-Request-Id", b"RQ%032x" % number)))
    return replace(exchange, response=response, started_at=TIME + number, finished_at=TIME + number + 0.1)


def successes(count: int) -> Iterator[Exchange]:
    """Accepted calls: half of them by credentials not seen before, on several hosts and accounts."""
    for number in range(count):
        fresh = basic(b"AC%032x" % (number // 2), b"%032x" % number) if number % 2 else GOOD
        yield accepted(fresh, host=HOSTS[number % 4], path=MESSAGES % (SID, OTHER_SID)[number % 3 == 0], at=number)


def stream(count: int) -> Iterator[Exchange]:
    """A long capture: CREDENTIALS different credentials, a tenth refused."""
    chance = random.Random(20003)  # noqa: S311 - a fixed mixture, nothing secret
    for number in range(count):
        one = chance.randrange(CREDENTIALS)
        username, secret = (b"AC%032x" % one, b"%032x" % (one * 7)) if one % 2 else (b"SK%032x" % one, b"%032x" % one)
        build = refused if number % 10 == 0 else accepted
        yield build(basic(username, secret), path=MESSAGES % (b"AC%032x" % one), host=HOSTS[one % 4], at=number * 0.01)  # type: ignore[operator] # both builders take these


def resident() -> float:
    """Resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exchanges", type=int, default=1_000_000, help="length of the capture for the memory figure")
    options = parser.parse_args()
    before = [accepted(GOOD), accepted(basic(KEY, KEY_SECRET)), refused(basic(SID, TOKEN[::-1]))]
    told("refused, each with another secret or cause", timed([*refusals(4000)], before), 1000)
    told("refused, the same again and again", timed([refused(GOOD, at=i) for i in range(4000)], before), 1000)
    told("accepted, half of the credentials new", timed([*successes(4000)], before), 50)
    told("accepted, the same again and again", timed([accepted(GOOD, at=i) for i in range(4000)], before), 50)
    foreign = [accepted(None, host="example.com", path=b"/x/%d" % i, at=i) for i in range(4000)]
    told("another host", timed(foreign, before), 50)
    if not options.exchanges:
        return
    capture = Capture(b"k" * 32)
    began, early = time.perf_counter(), 0.0
    for number, exchange in enumerate(stream(options.exchanges)):
        capture.add(exchange)
        if number == options.exchanges // 10:
            early = resident()
    late = resident()
    print(
        f"memory over {options.exchanges:,} exchanges, {CREDENTIALS:,} credentials: {early:.0f} MB after a tenth, "
        f"{late:.0f} MB at the end ({late - early:+.1f} MB), {time.perf_counter() - began:.0f} s with their making"
    )


if __name__ == "__main__":
    main()
