"""Take the picture of the report in docs/report.png anew, with the fonts that are here; needs Chromium.

.venv/bin/python tests/remake_report_picture.py
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from chromium import chromium, why_not
from report_pages import page, sample

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLE = "stripped-on-redirect-post"
WIDTH = 1120
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "report.png"
_END = "document.querySelector('#refusal-1-bytes ~ .panel').getBoundingClientRect().bottom"


def take(shown: "Page") -> bytes:
    """The page from its top to the header's bytes."""
    height = int(shown.evaluate(_END)) + 24
    return shown.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


def main() -> None:
    if reason := why_not():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as browser:
        desk = {"width": WIDTH, "height": 900}
        PICTURE.write_bytes(browser.look(page(sample(SAMPLE)), take, viewport=desk, color_scheme="light"))


if __name__ == "__main__":
    main()
