"""Make the pictures of docs/mitmproxy.md anew: a real refusal in mitmproxy's console, and in mitmweb.

.venv-matrix/3.13/bin/python tests/remake_native_pictures.py

With the newest mitmproxy, tmux, Chromium, and a font that has emoji (Debian: fonts-noto-color-emoji).
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS / "addon"), str(TESTS.parent)]

import chromium  # noqa: E402 - found by the path
import tmux  # noqa: E402 - the same
from remake_picture import _WITHOUT_FONT  # noqa: E402 - the same
from rich.console import Console  # noqa: E402 - after the others
from rich.text import Text  # noqa: E402 - the same
from screens import Screen, Web, basic, console, mitmweb  # noqa: E402 - found by the path

from why20003.sandbox import LIVE  # noqa: E402 - the same

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS = TESTS.parent / "docs"
COLUMNS, ROWS = 104, 58
DESK = {"width": 1440, "height": 880}
CLIENT = b"User-Agent: twilio-python/9.13.0 (Linux x86_64) Python/3.13.0"
TRAFFIC = (
    basic(LIVE.sid, LIVE.auth_token, CLIENT),
    basic(LIVE.auth_token, LIVE.sid, CLIENT),
    basic(LIVE.sid, LIVE.auth_token + " ", CLIENT),
)


def in_the_console(screen: Screen) -> str:
    """The picture of a refusal's answer, as SVG."""
    for head in TRAFFIC:
        screen.proxy.send(head)
    screen.terminal.wait_for("[1/3]")
    screen.terminal.press("Down", "Enter")
    screen.terminal.wait_for("Flow Details")
    screen.terminal.press("Tab")
    screen.terminal.wait_for("✗ halves-swapped (confirmed)")
    screen.terminal.settled()
    shown = Console(record=True, width=COLUMNS, file=io.StringIO(), highlight=False)
    for line in screen.terminal.screen(coloured=True).splitlines():
        shown.print(Text.from_ansi(line), soft_wrap=True)
    return shown.export_svg(title="mitmproxy -s addon", code_format=_WITHOUT_FONT)


def in_mitmweb(page: "Page") -> bytes:
    """The picture of the list and of a refusal's answer, scrolled to the diagnosis."""
    page.locator("tr.has-request", has_text="halves-swapped").first.click()
    page.get_by_text("Response", exact=True).first.click()
    first = page.get_by_text("✗ halves-swapped (confirmed)").first
    first.wait_for()
    page.get_by_text("Why20003-Cause").first.evaluate("line => line.scrollIntoView()")
    page.wait_for_timeout(500)
    return page.screenshot()


def of_mitmweb(web: Web, folder: Path) -> bytes:
    """The same, in a browser of its own."""
    for head in TRAFFIC:
        web.proxy.send(head)
    with chromium.chromium(folder) as browser:
        return browser.visit(web.url, in_mitmweb, viewport=DESK)


def main() -> None:
    if reason := tmux.why_not() or chromium.why_not():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder, console(Path(folder), columns=COLUMNS, rows=ROWS) as screen:
        (DOCS / "console.svg").write_text(in_the_console(screen), encoding="utf-8")
    columns = [f"web_columns={name}" for name in ("path", "status", "comment")]
    more = [part for column in columns for part in ("--set", column)]
    with tempfile.TemporaryDirectory() as folder, mitmweb(Path(folder), *more) as web:
        (DOCS / "mitmweb.png").write_bytes(of_mitmweb(web, Path(folder)))


if __name__ == "__main__":
    main()
