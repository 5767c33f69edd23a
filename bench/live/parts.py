"""The parts of the benchmark, each a table."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from live import downloads, growth, starting
from live.answers import MEDIA_WAIT
from live.processes import cores
from live.request_tables import connections, others, requests
from live.tables import Table, met
from live.ways import ADDON, PLAIN, Extent, Place, ways_of

_MEDIA: Final = 1.10
_STARTS: Final = 80.0
"""Milliseconds that the addon may add to the start."""
_MEDIA_MB: Final = 100.0


def versions() -> list[str]:
    """What the figures depend on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    where = "the proxy on one of them, origin and clients on the rest" if cores() > 1 else "shared by all"
    return [
        f"why20003 {version('why20003')}, mitmproxy {version('mitmproxy')}, Python {platform.python_version()}",
        f"{cores()} x {model}, {where}; load before the run {os.getloadavg()[0]:.1f}",
    ]


def media(place: Place, extent: Extent) -> Iterator[Table]:
    """Downloads of 100 MB."""
    found = downloads.measure(place.origin.connected, ways_of(place, PLAIN, ADDON), extent.downloads)
    direct = found[downloads.DIRECT]
    rows = []
    for way, one in found.items():
        is_met = one.first / direct.first <= _MEDIA and one.growth <= (_MEDIA - 1) * _MEDIA_MB
        rows.append(
            (
                way,
                f"{1000 * one.first:.1f}",
                f"{one.first / direct.first:.3f}",
                f"{1000 * one.whole:.0f}",
                f"{1000 * one.cost:.0f}",
                f"{one.growth:.1f}",
                met(is_met) if way == ADDON else "-",
            )
        )
    yield Table(
        f"Media of {_MEDIA_MB:.0f} MB over TLS, from an origin that takes {1000 * MEDIA_WAIT:.0f} ms to begin; wanted: "
        f"first byte at most {_MEDIA:.2f} of no proxy, and at most {(_MEDIA - 1) * _MEDIA_MB:.0f} MB more memory",
        ("through", "first byte ms", "to no proxy", "all ms", "processor ms", "peak growth MB", "judged"),
        rows,
    )


def start_up(place: Place, extent: Extent) -> Iterator[Table]:
    """To the first answer."""
    found = starting.measure(ways_of(place, PLAIN, ADDON), extent.starts)
    plain, addon = found[PLAIN], found[ADDON]
    more = addon.processor - plain.processor
    rows = [(way, f"{one.processor:.0f}", f"{one.wall:.0f}", f"{one.memory:.0f}", "-") for way, one in found.items()]
    rows.append(
        (
            "difference",
            f"{more:+.0f}",
            f"{addon.wall - plain.wall:+.0f}",
            f"{addon.memory - plain.memory:+.0f}",
            met(more <= _STARTS),
        )
    )
    yield Table(
        f"From the start of the process to its first answer; wanted: {_STARTS:.0f} ms more at most",
        ("through", "processor ms", "clock ms", "memory MB", "judged"),
        rows,
    )


def history(_: Place, extent: Extent) -> Iterator[Table]:
    """The engine alone, over a long capture."""
    rows = [
        (f"{mark.exchanges:,}", f"{mark.accepted:.0f}", f"{mark.refused:.0f}", f"{mark.memory:.0f}")
        for mark in growth.measure(extent.exchanges)
    ]
    yield Table(
        "The engine over a long history, each exchange with credentials of its own: median microseconds for one more",
        ("exchanges", "accepted", "refused", "memory MB"),
        rows,
    )


PARTS: Final[Mapping[str, Callable[[Place, Extent], Iterator[Table]]]] = {
    "start-up": start_up,
    "requests": requests,
    "connections": connections,
    "media": media,
    "others": others,
    "history": history,
}
