"""What it takes to diagnose captures: ``mitmdump -nr FILE -q`` against ``why20003 diagnose --format json FILE``.

    python bench/reading.py [--flows N] [--rounds N] [--memory] [--large] [--reading]

Whole processes, interleaved in one run on the same files; of each the median over the rounds. The captures are made in
a temporary folder by mitmproxy's own writer and are the same in every run. Times are by the clock; those of the
processor stand behind them, since on a busy machine they say more. Exit code 1 when a wanted figure is missed.
"""

import argparse
import base64
import hashlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mitmproxy import certs, connection, http
from mitmproxy.io import FlowReader, FlowWriter, tnetstring

from analyzers.building import MESSAGES, SID, TIME, basic, twilio_answer
from recordings.mitm import MitmFile
from recordings.reading import Entry, Passed
from why20003.mitmdump import program

FLOW = 5000
"""Bytes of one flow."""
CALLERS = 20
"""Different credentials in use, good and bad ones, where not every flow is a refusal of its own."""
_OURS = 3
"""Runs of ours to one of mitmdump's."""
_ROOT = Path(__file__).resolve().parent.parent
_CERTIFIED = _ROOT / "recordings/samples/ok.mitm"
_AGENT = b"twilio-python/9.13.0 (Linux x86_64) Python/3.13.1"


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    processor: float
    peak: float
    """MB"""


class Kind(NamedTuple):
    """A mixture of flows, and how many times as fast as mitmdump its diagnosis shall be."""

    says: str
    flow: Callable[[int], "Call"]
    wanted: float
    fold: int = 1
    """How many times as many flows are measured: where one costs little, the start would count."""


class Call(NamedTuple):
    """What differs from flow to flow."""

    host: str
    path: bytes
    status: int
    authorization: bytes


def stranger(number: int) -> Call:
    """A call of another service, accepted."""
    return Call(f"svc{number % 37}.example.com", b"/api/v1/items/%d?page=1" % number, 200, b"Bearer none")


def call(number: int) -> Call:
    """A call of Twilio's, every tenth refused; as an application with a few callers makes them."""
    caller = number // 10 % CALLERS
    if number % 10:
        return Call(
            "api.twilio.com", MESSAGES % (b"AC%032x" % caller), 200, basic(b"AC%032x" % caller, b"%032x" % caller)
        )
    return Call("api.twilio.com", MESSAGES % SID, 401, basic(SID, b"%032x" % (caller + 1)))


def refusal(number: int) -> Call:
    """A refusal unlike every other."""
    return Call("api.twilio.com", MESSAGES % (b"AC%032x" % number), 401, basic(SID, b"%032x" % number))


KINDS = {
    "mixed": Kind("10 % Twilio, a tenth of it refused", lambda n: stranger(n) if n % 10 else call(n // 10), 100, 4),
    "twilio": Kind("all Twilio, a tenth refused", call, 10),
    "refused": Kind("every flow a refusal of its own", refusal, 4),
}


# --- making captures --------------------------------------------------------------------------------------------------
def digest(*of: object) -> bytes:
    """32 hexadecimal digits."""
    return hashlib.blake2s(repr(of).encode(), digest_size=16).hexdigest().encode()


def identity(*of: object) -> str:
    """What looks like a UUID."""
    text = digest(*of).decode()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def connections(number: int, host: str, certificates: list[certs.Cert]) -> tuple[connection.Client, connection.Server]:
    """The two connections of a flow: three flows share one."""
    number //= 3
    at = TIME + number * 0.15
    tls: dict[str, Any] = {
        "tls": True,
        "sni": host,
        "alpn": b"http/1.1",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "tls_version": "TLSv1.3",
    }
    client = connection.Client(
        peername=("127.0.0.1", 30000 + number % 20000),
        sockname=("127.0.0.1", 8080),
        id=identity("client", number),
        timestamp_start=at,
        timestamp_tls_setup=at + 0.0123,
        alpn_offers=[b"http/1.1"],
        **tls,
    )
    server = connection.Server(
        address=(host, 443),
        peername=("198.51.100.7", 443),
        sockname=("192.0.2.1", 40000 + number % 20000),
        id=identity("server", number),
        timestamp_start=at,
        timestamp_tcp_setup=at + 0.0061,
        timestamp_tls_setup=at + 0.0101,
        alpn_offers=[b"http/1.1"],
        certificate_list=certificates,
        **tls,
    )
    return client, server


def answer(number: int, status: int, host: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Head and body: of Twilio's answers as its edge sends them (docs/facts.md 1.4)."""
    date = (b"Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(TIME + number * 0.05)).encode())
    if "twilio" not in host:
        lines = [(b"Content-Type", b"application/json"), date, (b"Server", b"nginx"), (b"ETag", digest("e", number))]
        return [*lines, (b"Cache-Control", b"no-store"), (b"Vary", b"Accept-Encoding")], b""
    code = 20003 if status == 401 else None
    made = twilio_answer(status, code, "Authenticate", b"RQ" + digest("request", number))
    lines = [line for line in made.headers if line[0] != b"Date"]
    edge = [
        date,
        (b"Connection", b"keep-alive"),
        (b"Twilio-Concurrent-Requests", b"1"),
        (b"Twilio-Request-Duration", b"0.%03d" % (number % 1000)),
        (b"X-Home-Region", b"us1"),
        (b"X-API-Domain", b"api.twilio.com"),
        (b"Strict-Transport-Security", b"max-age=31536000"),
        (b"X-Cache", b"Miss from cloudfront"),
        (b"Via", b"1.1 56a5f9701abad7cd454b606e28410ceb.cloudfront.net (CloudFront)"),
        (b"X-Amz-Cf-Pop", b"FRA60-P3"),
        (b"X-Amz-Cf-Id", base64.b64encode(digest("edge", number))),
        (b"X-Powered-By", b"AT-5000"),
        (b"X-Shenanigans", b"none"),
        (b"Vary", b"Origin"),
    ]
    return [*lines, *edge], made.body if code else b""


def flow(number: int, made: Call, certificates: list[certs.Cert], missing: int) -> http.HTTPFlow:
    """Flow number `number` of a capture, with as many bytes more as are `missing`."""
    found = http.HTTPFlow(*connections(number, made.host, certificates))
    at = TIME + number * 0.05
    found.id, found.timestamp_created = identity("flow", number), at
    lines, body = answer(number, made.status, made.host)
    asked = [
        (b"Host", made.host.encode()),
        (b"User-Agent", _AGENT),
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Accept", b"application/json"),
        (b"Authorization", made.authorization),
    ]
    found.request = http.Request(
        http_version=b"HTTP/1.1",
        trailers=None,
        host=made.host,
        port=443,
        method=b"GET",
        scheme=b"https",
        authority=b"",
        path=made.path,
        headers=http.Headers(asked),
        content=b"",
        timestamp_start=at + 0.0123456,
        timestamp_end=at + 0.0134567,
    )
    found.response = http.Response(
        http_version=b"HTTP/1.1",
        trailers=None,
        status_code=made.status,
        reason=b"OK" if made.status == 200 else b"Unauthorized",
        headers=http.Headers(lines),
        content=body or b'{"sid": "SM%b", "body": "%b"}' % (digest("sid", number), b"x" * missing),
        timestamp_start=at + 0.0312345,
        timestamp_end=at + 0.0412345,
    )
    return found


def capture(path: Path, kind: str, flows: Iterable[int], least: int = 0) -> int:
    """Write flows to `path`, until it has `least` bytes where that is given. Gives their number."""
    with _CERTIFIED.open("rb") as file:
        sample = next(iter(FlowReader(file).stream()))
    certificates = [*sample.server_conn.certificate_list[:1]] * 2  # a chain, as servers send it
    count = 0
    missing: dict[tuple[str, int], int] = {}
    with path.open("wb") as file:
        writer = FlowWriter(file)
        for number in flows:
            made = KINDS[kind].flow(number)
            key = made.host, made.status
            one = flow(number, made, certificates, missing.get(key, 0))
            if key not in missing:
                missing[key] = max(0, FLOW - len(tnetstring.dumps(one.get_state())))
                one = flow(number, made, certificates, missing[key])
            writer.add(one)
            count += 1
            if least and file.tell() >= least:
                break
    return count


def made(folder: Path, kind: str, flows: int) -> Path:
    """A capture of that many flows, made when it is first asked for."""
    path = folder / f"{kind}-{flows}.mitm"
    if not path.exists():
        capture(path, kind, range(flows))
    return path


# --- measuring --------------------------------------------------------------------------------------------------------
def keep_compiled(folder: Path) -> None:
    """Let every run find its modules compiled, as after an installation, and leave nothing in this tree."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")


def run(*command: str | Path) -> Run:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=_ROOT)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:  # 1: a refusal was diagnosed
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def diagnose(path: Path) -> Run:
    """``why20003 diagnose --format json``."""
    return run(Path(sys.executable).with_name("why20003"), "diagnose", "--format", "json", path)


def mitmdump(path: Path) -> Run:
    """``mitmdump -nr FILE -q``."""
    return run(program(), "-nr", path, "-q")


def median(runs: list[Run]) -> Run:
    """The median of each column."""
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))


def compared(path: Path, rounds: int) -> tuple[Run, Run]:
    """The runs of mitmdump and of ours, interleaved; of ours more, which are short: a hiccup counts for less then."""
    theirs, ours = list[Run](), list[Run]()
    for _ in range(rounds):
        theirs.append(mitmdump(path))
        ours += [diagnose(path) for _ in range(_OURS)]
    return median(theirs), median(ours)


def told(says: str, figure: float, wanted: str, *, good: bool) -> bool:
    """One line of the result."""
    print(f"{says:64} {figure:8.2f}   wanted {wanted}{'' if good else '   MISSED'}", flush=True)
    return good


def throughput(folder: Path, flows: int, rounds: int) -> Iterator[bool]:
    """How many times as fast as mitmdump."""
    for name, kind in KINDS.items():
        count = kind.fold * flows
        theirs, ours = compared(made(folder, name, count), rounds)
        print(
            f"{kind.says}, {count:,} flows: mitmdump {theirs.seconds:.2f} s ({count / theirs.seconds:,.0f} flows/s),"
            f" diagnose {ours.seconds:.2f} s ({count / ours.seconds:,.0f} flows/s); by the processor"
            f" {theirs.processor:.2f} s and {ours.processor:.2f} s, {theirs.processor / ours.processor:.1f} times"
        )
        ratio = theirs.seconds / ours.seconds
        yield told(f"{kind.says}, times as fast", ratio, f">= {kind.wanted:.0f}", good=ratio >= kind.wanted)


def start_up(folder: Path, rounds: int) -> Iterator[bool]:
    """A file so small that only the start counts."""
    path = folder / "small.mitm"
    capture(path, "mixed", range(10))
    compared(path, 1)  # compiles the modules
    theirs, ours = compared(path, rounds * 3)
    print(f"start-up: mitmdump {1000 * theirs.seconds:.0f} ms, diagnose {1000 * ours.seconds:.0f} ms")
    ratio = ours.seconds / theirs.seconds
    yield told("start-up, part of mitmdump's", ratio, "< 0.5", good=ratio < 0.5)


def memory(folder: Path, flows: int) -> Iterator[bool]:
    """Peak memory of four times as many flows."""
    for name, kind in KINDS.items():
        few, many = (diagnose(made(folder, name, count)).peak for count in (flows, 4 * flows))
        print(f"memory, {kind.says}: {few:.0f} MB for {flows:,} flows, {many:.0f} MB for {4 * flows:,}")
        yield told(f"memory, {kind.says}", many / few, "<= 1.2", good=many / few <= 1.2)


def large(folder: Path) -> Iterator[bool]:
    """A capture of 1 GB."""
    path = folder / "large.mitm"
    count = capture(path, "mixed", itertools.count(), least=1 << 30)
    ours = diagnose(path)
    path.unlink()
    print(f"1 GB, {count:,} flows: {ours.processor:.1f} s by the processor, {ours.peak:.0f} MB")
    yield told("1 GB, seconds", ours.seconds, "< 60", good=ours.seconds < 60)


def reading(folder: Path, flows: int) -> None:
    """The reader alone, by the processor, against mitmproxy's."""
    for name, kind in KINDS.items():
        path = made(folder, name, flows)
        found = {}
        for way in (False, True):
            with path.open("rb") as file:
                began = time.thread_time()
                items = MitmFile(file, everything=way).items()
                count = sum(item.count if isinstance(item, Passed) else isinstance(item, Entry) for item in items)
                found[way] = (time.thread_time() - began) / count
        with path.open("rb") as file:
            began = time.thread_time()
            count = sum(1 for _ in itertools.islice(FlowReader(file).stream(), 2000))
            theirs = (time.thread_time() - began) / count
        print(
            f"reading alone, {kind.says}: {1e6 * found[False]:.1f} us a flow ({1 / found[False]:,.0f}/s), with every"
            f" flow read {1e6 * found[True]:.1f} us; mitmproxy's FlowReader {1e6 * theirs:.0f} us"
        )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flows", type=int, default=20_000, help="flows of a capture")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reading", action="store_true", help="only how fast captures are read")
    parser.add_argument("--memory", action="store_true", help="peak memory of four times as many flows, too")
    parser.add_argument("--large", action="store_true", help="a capture of 1 GB, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keep_compiled(folder)
        reading(folder, options.flows)
        if options.reading:
            return 0
        good = [*start_up(folder, options.rounds), *throughput(folder, options.flows, options.rounds)]
        if options.memory:
            good += memory(folder, options.flows)
        if options.large:
            good += large(folder)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
