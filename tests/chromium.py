"""A real headless Chromium that looks at pages: Debian's, driven by playwright in a thread of its own.

Playwright's sync API keeps an event loop running in its thread. In this one it would be in the way of every test that
brings a loop of its own, so the whole of it lives in a worker.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")

PROGRAM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WATCH = "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"


@dataclass
class Heard:
    """What a page did that it should not."""

    said: list[str] = field(default_factory=list)
    """Lines on the console, errors of scripts, breaches of the policy."""
    asked: list[str] = field(default_factory=list)
    """Requests beyond the page itself."""


class Chromium:
    """Opens pages and looks at them."""

    def __init__(self, browser: "Browser", worker: ThreadPoolExecutor, folder: Path) -> None:
        self._browser, self._worker, self._folder = browser, worker, folder
        self._pages = 0

    def look(self, html: str, use: "Callable[[Page], T]", *, heard: Heard | None = None, **options: object) -> T:
        """What `use` finds on the page `html`. `options` are those of a browser context."""
        self._pages += 1
        path = self._folder / f"{self._pages}.html"
        path.write_text(html, encoding="utf-8")
        return self._worker.submit(self._look, path.as_uri(), use, heard or Heard(), options).result(timeout=60)

    def visit(self, url: str, use: "Callable[[Page], T]", *, heard: Heard | None = None, **options: object) -> T:
        """What `use` finds on the page that a server on this machine has at `url`."""
        online = {"offline": False, **options}
        return self._worker.submit(self._look, url, use, heard or Heard(), online).result(timeout=120)

    def _look(self, url: str, use: "Callable[[Page], T]", heard: Heard, options: dict[str, object]) -> T:
        context = self._browser.new_context(**{"offline": True, **options})  # type: ignore[arg-type] # as they come
        try:
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("console", lambda message: heard.said.append(message.text))
            page.on("pageerror", lambda error: heard.said.append(str(error)))
            page.on("request", lambda request: heard.asked.append(request.url))
            page.add_init_script(_WATCH)
            page.goto(url)
            found = use(page)
            heard.asked[:] = [asked for asked in heard.asked if asked != url and not asked.startswith("data:")]
            return found
        finally:
            context.close()


def why_not() -> str:
    """Why pages cannot be looked at here; empty where they can."""
    if not Path(PROGRAM).exists():
        return "no chromium here; as root on Debian, tests/chromium.sh installs it"
    try:
        import playwright.sync_api  # noqa: F401, PLC0415 - only whether it is there
    except ImportError:
        return "playwright is not installed; it comes with the extra dev"
    return ""


@contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """A running Chromium; pages are put into `folder`."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing, see above

    with ThreadPoolExecutor(1, thread_name_prefix="chromium") as worker:
        running = worker.submit(lambda: sync_playwright().start()).result(timeout=60)
        try:
            browser = worker.submit(lambda: running.chromium.launch(executable_path=PROGRAM, args=[*ARGUMENTS])).result(
                timeout=60
            )
            try:
                yield Chromium(browser, worker, folder)
            finally:
                worker.submit(browser.close).result(timeout=60)
        finally:
            worker.submit(running.stop).result(timeout=60)
