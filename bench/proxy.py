"""What the addon costs: plain mitmdump against ``mitmdump -s addon``, interleaved in one run, printed as ratios.

    ./just bench [--quick] [--rounds N] [--only PART,PART] [--markdown]

Origin and clients are epoll loops with canned bytes, on other cores than the proxy, which so is what is measured.
Ratios are medians over pairs of rounds that follow each other, with the range of the middle half. Rates are judged by
the proxy's processor time for a request: a proxy that is busy all the time does as many requests per second as fit
into a second of it, and unlike the clock it hardly sees what else the machine does. Latency has only the clock.

docs/performance.md says more, and has the figures of one run (--markdown writes them there).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from live.parts import PARTS, versions
from live.processes import Process, end_in_time, free_port, keep_off_the_proxy
from live.scenarios import ELSEWHERE, TWILIO
from live.starting import answer_of
from live.tables import Table, put_into
from live.ways import ADDON, PLAIN, Extent, Place, environment

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
FULL = Extent(rounds=12, seconds=0.5, starts=12, downloads=5, exchanges=1_000_000)
QUICK = Extent(rounds=2, seconds=0.25, starts=2, downloads=2, exchanges=10_000)
LONGEST = 1800


@contextmanager
def place() -> Iterator[Place]:
    """A folder for the run, with an origin that serves."""
    with tempfile.TemporaryDirectory(prefix="why20003-bench-") as name:
        folder = Path(name)
        authority, certificate = folder / "authority.pem", folder / "origin.pem"
        signer = trustme.CA()
        signer.cert_pem.write_to_path(authority)
        signer.issue_cert(TWILIO, ELSEWHERE).private_key_and_cert_chain_pem.write_to_path(certificate)
        port = free_port()
        command = [sys.executable, "-m", "live.origin", str(port), str(certificate)]
        path = environment(PYTHONPATH=str(Path(__file__).parent))
        with Process(command, folder / "origin.log", port=port, environment=path, is_proxy=False) as origin:
            origin.connected().close()
            found = Place(folder, authority, origin)
            for way in (PLAIN, ADDON):
                # Makes the CA, which several that start at once would make several times, and compiles all modules.
                with found.mitmdump(way) as first:
                    answer_of(first)
            yield found


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="two short rounds without the other proxies: shows that it works, not what it costs",
    )
    parser.add_argument("--rounds", type=int, help="rounds of each traffic through each proxy")
    parser.add_argument("--only", default="", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--markdown", action="store_true", help="write the tables into docs/performance.md")
    parsed = parser.parse_args()
    if not parsed.only:  # the other proxies have to be fetched first
        parsed.only = ",".join(name for name in PARTS if not parsed.quick or name != "others")
    if unknown := set(parsed.only.split(",")) - set(PARTS):
        parser.error(f"--only: no part is called {', '.join(sorted(unknown))}")
    if parsed.rounds is not None and parsed.rounds < 2:
        parser.error("--rounds: a pair needs a round before it or after it, so 2 at least")
    return parsed


def main() -> int:
    chosen = options()
    extent = QUICK if chosen.quick else FULL
    if chosen.rounds:
        extent = extent._replace(rounds=chosen.rounds, starts=chosen.rounds)
    end_in_time(LONGEST)
    told, tables = versions(), list[Table]()
    print("\n".join([*told, "judged by: processor time; p99 and media by the clock", ""]))
    keep_off_the_proxy()
    began = time.monotonic()
    with place() as here:
        for name in chosen.only.split(","):
            for table in PARTS[name](here, extent):
                print(table.text(), flush=True)
                tables.append(table)
    print(f"{time.monotonic() - began:.0f} s")
    if chosen.markdown:
        put_into(PAGE, told, tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
