"""What it takes to redact: exchanges a second on one core, beside reading them, and memory that does not grow.

    python bench/redaction.py [--exchanges N] [--rounds N]

Exchanges are made one by one, as a reader gives them: messages sent, answered 201 with the resource, each with another
number, text and SID; and refusals, each with another credential. Times are of the processor; of each figure the best of
the rounds. Exit code 1 when a wanted figure is missed.
"""

import argparse
import hashlib
import io
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote, quote_plus

from analyzers.building import GOOD, MESSAGES, SID, accepted, basic, refused
from analyzers.exchange import Exchange, Headers, Response
from recordings import har
from recordings.har_writing import HarEntry
from recordings.har_writing import har as written
from recordings.reading import Entry
from recordings.redact import Redactor, leaks, repr_of

WANTED = 3000
"""Exchanges a second, of the usual ones."""
GROWTH = 1.1
"""How much more memory twice as many may take."""
_HEADERS: Headers = (
    (b"Content-Type", b"application/json"),
    (b"Connection", b"keep-alive"),
    (b"Twilio-Concurrent-Requests", b"1"),
    (b"X-Home-Region", b"us1"),
    (b"X-API-Domain", b"api.twilio.com"),
    (b"Strict-Transport-Security", b"max-age=31536000"),
    (b"X-Cache", b"Miss from cloudfront"),
    (b"X-Powered-By", b"AT-5000"),
    (b"X-Shenanigans", b"none"),
    (b"Vary", b"Origin"),
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Date", b"Tue, 03 Nov 2026 11:14:08 GMT"),
)


def sent(number: int) -> Exchange:
    """A message sent, and the resource that Twilio answers with."""
    chance = random.Random(number)  # noqa: S311 - the same in every run
    made = f"SM{chance.getrandbits(128):032x}"
    account, to = SID.decode(), f"+1212{chance.randrange(10_000_000):07d}"
    text = f"Your order {number} is ready, thank you {''.join(chance.choices('abcdefghij', k=7))}"
    resource_ = {
        "sid": made,
        "date_created": "Wed, 20 Nov 2026 12:00:00 +0000",
        "account_sid": account,
        "to": to,
        "from": "+15005550006",
        "body": text,
        "status": "queued",
        "num_segments": "1",
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{made}.json",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{made}/Media.json"},
    }
    form = f"To={quote(to)}&From=%2B15005550006&Body={quote_plus(text)}".encode()
    exchange = accepted(
        GOOD, body=form, extra=((b"Content-Type", b"application/x-www-form-urlencoded"),), at=number / 10
    )
    body = json.dumps(resource_).encode()
    headers = (*_HEADERS, (b"Content-Length", b"%d" % len(body)), (b"Twilio-Request-Id", b"RQ%032x" % number))
    return replace(exchange, response=Response(status=201, headers=headers, body=body))


def refusal(number: int) -> Exchange:
    """A refusal of a credential of its own."""
    sid, token = (hashlib.blake2s(b"%d %d" % (number, each), digest_size=16).hexdigest().encode() for each in (0, 1))
    return refused(basic(b"AC" + sid, token), path=MESSAGES % (b"AC" + sid), at=number / 10)


def redact(exchanges: Callable[[], Iterable[Exchange]]) -> tuple[float, float, Redactor]:
    """Seconds of both passes."""
    redactor = Redactor(b"k" * 32)
    start = time.process_time()
    for exchange in exchanges():
        redactor.learn(exchange)
    middle = time.process_time()
    for exchange in exchanges():
        redactor.redact(exchange)
    return middle - start, time.process_time() - middle, redactor


def kept(make: Callable[[int], Exchange], count: int) -> list[Exchange]:
    return [make(number) for number in range(count)]


def speed(name: str, make: Callable[[int], Exchange], count: int, rounds: int) -> float:
    """Print the figures of one kind; exchanges redacted a second."""
    exchanges = kept(make, count)
    laps = [redact(lambda: exchanges) for _ in range(rounds)]
    learn, second = min(lap[0] for lap in laps), min(lap[1] for lap in laps)
    file = b"".join(written((HarEntry(each) for each in exchanges), version="1"))
    reading = min(_read(file, count) for _ in range(rounds))
    redactor = laps[0][2]
    made = repr_of(map(redactor.redact, exchanges))
    start = time.process_time()
    finds = leaks(made, redactor.secrets())
    search = time.process_time() - start
    print(
        f"{name}: redact {count / second:,.0f}/s, learn {count / learn:,.0f}/s, both {count / (learn + second):,.0f}; "
        f"reading the HAR {count / reading:,.0f}/s, both passes {(learn + second) / reading:.2f} of that time; "
        f"search for leaks {len(made) / 1e6 / search:.1f} MB/s, {len(finds)} found"
    )
    return count / second


def _read(file: bytes, count: int) -> float:
    start = time.process_time()
    found = sum(isinstance(item, Entry) for item in har.items(io.BytesIO(file)))
    if found != count:
        raise SystemExit(f"the HAR has {found} entries, {count} were written")
    return time.process_time() - start


def memory(count: int) -> float:
    """Peak megabytes of a process that redacts so many exchanges; every second one is a refusal."""
    done = subprocess.run([sys.executable, __file__, "--peak", str(count)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def peak(count: int) -> float:
    """The same of this process."""
    redact(lambda: stream(count))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stream(count: int) -> Iterator[Exchange]:
    for number in range(count):
        yield refusal(number) if number % 2 else sent(number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exchanges", type=int, default=100_000, help="of the memory measurement (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print(peak(options.peak))
        return 0
    small, large = memory(options.exchanges // 2), memory(options.exchanges)
    print(
        f"memory: {small:.0f} MB after {options.exchanges // 2:,} exchanges, {large:.0f} MB after {options.exchanges:,}"
    )
    usual = speed("usual (201, JSON)", sent, 6000, options.rounds)
    speed("refusals, each another credential", refusal, 3000, options.rounds)
    missed = [f"memory grew by {large / small:.2f}"] * (large > small * GROWTH)
    missed += [f"{usual:,.0f} usual exchanges a second, wanted {WANTED:,}"] * (usual < WANTED)
    for line in missed:
        print("missed:", line)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
