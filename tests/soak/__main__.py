"""Run it and print the table."""

import argparse
import sys
import tempfile
from pathlib import Path

from soak.load import Order, run
from soak.table import MOST_GROWTH, shown


def main() -> int:
    """1 when something was found that must not be."""
    parser = argparse.ArgumentParser(prog="soak", description="Load and faults through a real mitmdump, on loopback.")
    parser.add_argument("--exchanges", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--large", type=int, default=40, help="exchanges with a body of 10 MB")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without the addon, to compare")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which it ends anyway")
    parser.add_argument("more", nargs="*", help="after --: further arguments of mitmdump")
    given = parser.parse_args()
    order = Order(
        exchanges=given.exchanges,
        clients=min(given.clients, 256),
        seed=given.seed,
        large=given.large,
        with_addon=not given.plain,
        seconds=given.minutes * 60,
        rest=20.0,
        more=tuple(given.more),
    )
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(order, Path(folder))
    print(shown(order, outcome))
    leaked = outcome.descriptors[1] > outcome.descriptors[0]
    return int(bool(outcome.ledger.problems) or leaked or outcome.growth >= MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
