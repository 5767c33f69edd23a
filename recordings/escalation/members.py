"""What files a bundle holds, in which order, and how large they may be."""

from collections.abc import Iterable
from typing import Final

README: Final = "README.txt"
MANIFEST: Final = "manifest.json"
REPORT: Final = "report.html"
DOCUMENT: Final = "report.json"
HAR: Final = "recording.har"
RECORDING: Final = "recording.mitm"

MEMBERS: Final = (README, MANIFEST, REPORT, DOCUMENT, HAR, RECORDING)
"""In this order. All of them, and nothing else."""
CONTENTS: Final = (README, REPORT, DOCUMENT, HAR, RECORDING)
"""Those that the manifest lists."""

LARGEST: Final = 1 << 29
"""Bytes of a member."""
LARGEST_MANIFEST: Final = 1 << 22
LARGEST_BUNDLE: Final = 1 << 29


def is_bundle(names: Iterable[str]) -> bool:
    """Whether files of these names make a bundle: then its two recordings are one and the same."""
    return set(MEMBERS) <= set(names)
