"""What the addon costs: plain mitmdump against ``mitmdump -s addon``, interleaved in one run, printed as ratios.

    ./just bench [--rounds N] [--requests N] [--memory N]

A raw-socket origin answers as fast as it can, so that the proxy is what is measured. Ratios are of medians over the
rounds; absolute figures say more about the machine than about the addon.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analyzers.building import GOOD, MESSAGES, SID, TOKEN, basic, twilio_answer
from analyzers.exchange import Response
from why20003.mitmdump import Mitmdump, program

CONNECTIONS = 4
_WAYS = {"plain": [], "addon": ["-s", "addon"]}


def wire(response: Response) -> bytes:
    """A response as bytes."""
    head = b"HTTP/1.1 %d X\r\n" % response.status
    return head + b"".join(b"%s: %s\r\n" % line for line in response.headers) + b"\r\n" + response.body


OK = wire(twilio_answer(200, None, ""))
REFUSED = wire(twilio_answer(401, 20003, "Authenticate"))


def serve(ready: "multiprocessing.Queue[int]") -> None:
    """An origin that is also an upstream proxy: 401 when the path says so, 200 otherwise."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(REFUSED if b"refused" in head.split(b"\r\n", 1)[0] else OK)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def load(port: int, requests: int, *, refused: bool, variety: int = 1) -> float:
    """Send `requests` over CONNECTIONS kept-alive connections; requests per second."""

    async def one(count: int, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for i in range(count):
            path = MESSAGES % SID + (b"?refused" if refused else b"")
            pair = GOOD if variety == 1 else basic(SID, TOKEN[:-6] + b"%06x" % ((i * CONNECTIONS + number) % variety))
            writer.write(
                b"GET http://api.twilio.com%s HTTP/1.1\r\nHost: api.twilio.com\r\n"
                b"User-Agent: python-requests/2.34.2\r\nAuthorization: %s\r\n\r\n" % (path, pair)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(requests // CONNECTIONS, number) for number in range(CONNECTIONS)))
    return requests / (time.perf_counter() - began)


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def throughput(origin: int, folder: Path, rounds: int, requests: int) -> None:
    """Requests per second on 200s and 401s, both ways, interleaved."""
    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for way, arguments in _WAYS.items():
            with proxy(origin, folder, arguments) as running:
                asyncio.run(load(running.port, 200, refused=True))
                for kind in ("200", "401"):
                    rate = asyncio.run(load(running.port, requests, refused=kind == "401"))
                    rates.setdefault((kind, way), []).append(rate)
    for kind in ("200", "401"):
        plain, addon = (statistics.median(rates[kind, way]) for way in ("plain", "addon"))
        print(f"{kind} answers: plain {plain:7.0f}/s   addon {addon:7.0f}/s   ratio {addon / plain:.3f}")


def proxy(origin: int, folder: Path, arguments: list[str]) -> Mitmdump:
    """A mitmdump that sends everything to the origin."""
    return Mitmdump(folder, ["--set", "flow_detail=0", "--mode", f"upstream:http://127.0.0.1:{origin}", *arguments])


def start_up(folder: Path, rounds: int) -> None:
    """Seconds from the start of the process until it listens."""
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for way, arguments in _WAYS.items():
            began = time.perf_counter()
            with Mitmdump(folder, arguments):
                times.setdefault(way, []).append(time.perf_counter() - began)
    plain, addon = (1000 * statistics.median(times[way]) for way in ("plain", "addon"))
    print(f"start-up:    plain {plain:5.0f} ms   addon {addon:5.0f} ms   difference {addon - plain:+.0f} ms")


def memory(origin: int, folder: Path, requests: int) -> None:
    """Resident memory after a warm-up and after `requests` more, a tenth of them refused, each with its own secret."""
    for way, arguments in _WAYS.items():
        with proxy(origin, folder, arguments) as running:
            asyncio.run(load(running.port, requests // 10, refused=True, variety=requests))
            asyncio.run(load(running.port, requests // 10, refused=False, variety=requests))
            before = resident(running.pid)
            asyncio.run(load(running.port, requests // 10, refused=True, variety=1 << 24))
            asyncio.run(load(running.port, requests - requests // 10, refused=False, variety=1 << 24))
            after = resident(running.pid)
        print(f"memory over {requests} exchanges, {way}: {before:.0f} MB -> {after:.0f} MB ({after - before:+.1f} MB)")


def main() -> int:
    parser = argparse.ArgumentParser(description="The cost of the addon as ratios against plain mitmdump.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--memory", type=int, default=100_000, help="exchanges of the memory test; 0 leaves it out")
    options = parser.parse_args()
    print(subprocess.run([program(), "--version"], capture_output=True, text=True, check=False).stdout.splitlines()[0])
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    origin = multiprocessing.Process(target=serve, args=(ready,), daemon=True)
    origin.start()
    port = ready.get()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            start_up(folder, options.rounds)
            throughput(port, folder, options.rounds, options.requests)
            if options.memory:
                memory(port, folder, options.memory)
    finally:
        origin.terminate()
        origin.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
