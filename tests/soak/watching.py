"""What a process takes: memory, file descriptors, threads."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path


def resident(pid: int) -> float:
    """Resident memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def descriptors(pid: int) -> list[str]:
    """What the open file descriptors lead to."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(entry))  # noqa: PTH115 - a pipe has no path
        except OSError:
            continue
    return sorted(found)


async def settled(value: Callable[[], int], wanted: int, seconds: float) -> int:
    """`value()` once it is not above `wanted`, or after `seconds`."""
    for _ in range(int(seconds * 10)):
        if (now := value()) <= wanted:
            return now
        await asyncio.sleep(0.1)
    return value()
