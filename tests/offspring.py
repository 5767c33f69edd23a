"""The processes that a test has started, as Linux tells of them."""

import os
from contextlib import suppress
from pathlib import Path


def children() -> set[int]:
    """The processes that this one has started, those included that have ended and were not asked for."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            _, _, rest = (entry / "stat").read_text(encoding="latin-1").rpartition(") ")
            if int(rest.split()[1]) == os.getpid():
                found.add(int(entry.name))
    return found
