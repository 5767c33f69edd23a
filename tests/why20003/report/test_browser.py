"""The report in a real Chromium: it renders, reads well with keyboard and screen reader, asks for nothing, prints."""

import importlib.resources
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from chromium import Chromium, Heard, chromium, why_not
from renderings import DIAGNOSIS
from report_pages import page, page_of, recorded, sample

from analyzers.building import SID, TOKEN, accepted, basic, redirected, refused
from why20003.report import Recorded

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is one")
DESK: "ViewportSize" = {"width": 1440, "height": 900}
HAND: "ViewportSize" = {"width": 375, "height": 812}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("pages")) as running:
        yield running


def long_words() -> str:
    """A page whose every text is longer than any line and has no blank to break at."""
    word = "W" * 300
    finding = replace(DIAGNOSIS.findings[0], says=word, fix=(word,), settle=word)
    odd = replace(DIAGNOSIS, findings=(finding,), url=f"http://{word}/{word}", message=word, client=word)
    odd = replace(odd, drawing=(f"Authorization: {word}", " " * 20 + "^" * 200), ruled_out=((word, word),))
    return page(Recorded(name=word, heading=word, diagnoses=[(odd, (1,))], proxy=word, complaints=(word,)), note=word)


def many() -> str:
    """Several credentials over hours, several hosts, several refusals."""
    calls = [accepted(basic(SID, b"%032x" % (at % 5)), at=at * 300.0) for at in range(60)]
    hops = [
        redirected(basic(SID, TOKEN), b"https://%s.example/next" % name, host=f"{before}.example", path=b"/next", at=at)
        for at, (before, name) in enumerate([("a", b"b"), ("b", b"c"), ("c", b"d")], 20000)
    ]
    last = refused(None, path=b"/2010-04-01/Accounts/%s/Messages.json" % SID, at=20010.0)
    return page(recorded([*calls, refused(basic(SID, TOKEN + b" "), at=9000.5), *hops, last]))


PAGES: dict[str, Callable[[], str]] = {
    "redirect": lambda: page(sample("stripped-on-redirect-chain")),
    "marked-bytes": lambda: page(sample("stray-characters"), note="a note"),
    "gateway": lambda: page(sample("stripped-by-intermediary")),
    "several": lambda: page(*map(sample, ("base64-alphabet", "feature-gate", "ok"))),
    "diagnosis-alone": lambda: page(sample("stray-characters", told=False)),
    "bearer": lambda: page(sample("bearer-expired")),
    "nothing-refused": lambda: page(sample("ok")),
    "long-words": long_words,
    "many": many,
    "megabyte": lambda: page_of(refused(basic(SID, b"s" * 1_000_000 + b"\n"), body=b"b" * 65536)),
}


@cache
def made(name: str) -> str:
    return PAGES[name]()


@cache
def axe() -> str:
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def breaches(shown: "Page") -> list[str]:
    """The serious violations that axe finds, everything unfolded."""
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown.evaluate(axe())
    found: dict[str, Any] = shown.evaluate("axe.run({resultTypes: ['violations'], iframes: false})")
    return [
        f"{each['impact']} {each['id']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical", "moderate"}
    ]


BEYOND = """[...document.querySelectorAll("svg text")].filter(each => each.getClientRects().length).filter(each => {
    const text = each.getBoundingClientRect(), all = each.ownerSVGElement.getBoundingClientRect();
    return text.left < all.left - 3 || text.right > all.right + 3 || text.bottom > all.bottom + 3;
}).map(each => each.textContent)"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(browser: Chromium, name: str) -> None:
    """No error, no request, no breach of its policy; and nothing beyond an edge, on a desk and in a hand."""

    def use(shown: "Page") -> list[tuple[int, list[str]]]:
        shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = []
        for size in (DESK, HAND):
            shown.set_viewport_size(size)
            found.append((shown.evaluate("document.documentElement.scrollWidth"), shown.evaluate(BEYOND)))
        return found

    heard = Heard()
    found = browser.look(made(name), use, heard=heard)

    assert (heard.said, heard.asked) == ([], [])
    assert found == [(1440, []), (375, [])]


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("marked-bytes", DESK, "light"),
        ("redirect", HAND, "dark"),
        ("several", DESK, "dark"),
        ("diagnosis-alone", HAND, "light"),
    ],
)
def test_nobody_is_left_out(browser: Chromium, name: str, size: "ViewportSize", scheme: str) -> None:
    assert browser.look(made(name), breaches, viewport=size, color_scheme=scheme) == []


def test_a_breach_would_be_noticed(browser: Chromium) -> None:
    bad = made("marked-bytes").replace("</main>", '<p style="color:red">x</p><img src="http://127.0.0.1:1/x"></main>')
    heard = Heard()

    def use(shown: "Page") -> list[str]:
        shown.wait_for_timeout(50)
        return breaches(shown)

    faults = browser.look(bad, use, heard=heard)

    assert any("policy: style-src" in line for line in heard.said)
    assert any("img-src" in line for line in heard.said)
    assert any("image-alt" in fault for fault in faults)


@pytest.mark.parametrize(("size", "look"), [(DESK, "wide"), (HAND, "narrow")], ids=["desk", "hand"])
def test_the_drawings_are_there_in_the_size_of_the_page(browser: Chromium, size: "ViewportSize", look: str) -> None:
    def use(shown: "Page") -> list[tuple[str, bool]]:
        return [
            ((each.get_attribute("class") or ""), (each.bounding_box() or {"height": 0})["height"] > 90)
            for each in shown.locator("svg.drawing").all()
            if each.is_visible()
        ]

    assert browser.look(made("redirect"), use, viewport=size) == [(f"drawing {look}", True)] * 2


def test_the_diagram_and_the_plot_have_names_and_text(browser: Chromium) -> None:
    def use(shown: "Page") -> list[int]:
        return [
            shown.get_by_role("img", name="The way of the Authorization header").count(),
            shown.get_by_role("img", name="2xx and refusals of each credential over time").count(),
            shown.get_by_role("img", name="Password, decoded").count(),
            shown.get_by_role("table", name="What each credential met").count(),
            shown.get_by_role("main").count(),
            shown.get_by_role("banner").count(),
            shown.get_by_role("contentinfo").count(),
            shown.get_by_role("navigation").count(),
        ]

    assert browser.look(made("marked-bytes"), use, viewport=DESK) == [1] * 8


def test_the_offending_byte_is_marked_in_form_text_and_colour(browser: Chromium) -> None:
    def use(shown: "Page") -> tuple[str, str, bool]:
        cell = shown.locator(".cell.hit")
        other = shown.locator(".cell.dot .glyph").first
        colours = [each.evaluate("e => getComputedStyle(e).color") for each in (cell.locator(".glyph"), other)]
        label = shown.get_by_role("img", name="Password, decoded").get_attribute("aria-label") or ""
        return " ".join(cell.inner_text().split()), label, colours[0] != colours[1]

    text, label, coloured = browser.look(made("marked-bytes"), use)

    assert text == "LF 0A ▲ 1"
    assert label == "Password, decoded, 33 bytes; mark 1: line feed (0x0A) after 32 characters"
    assert coloured


def test_the_keyboard_reaches_and_opens_everything(browser: Chromium) -> None:
    def use(shown: "Page") -> tuple[str, str, list[bool], int]:
        shown.keyboard.press("Tab")
        first = shown.evaluate("document.activeElement.className")
        shown.keyboard.press("Enter")
        then = shown.evaluate("document.activeElement.id")
        opened = []
        for each in shown.locator("summary").all():
            each.focus()
            shown.keyboard.press("Enter")
            opened.append(bool(each.evaluate("e => e.parentElement.open")))
        outline = shown.locator("summary").last.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)")
        return first, then, opened, outline

    first, then, opened, outline = browser.look(made("redirect"), use)

    assert (first, then) == ("skip", "main")
    assert len(opened) >= 6
    assert all(opened)
    assert outline >= 2


def test_a_click_copies_a_step_the_fix_and_the_ticket(browser: Chromium) -> None:
    def use(shown: "Page") -> list[str]:
        found = []
        shown.get_by_text("Text for a ticket").click()
        for name in ("Copy step 1", "Copy the fix", "Copy the text for a ticket"):
            shown.get_by_role("button", name=name, exact=True).click()
            shown.get_by_role("status").get_by_text("Copied").wait_for()
            found.append(shown.evaluate("navigator.clipboard.readText()"))
        return found

    [step, fix, ticket] = browser.look(
        made("redirect"), use, permissions=["clipboard-read", "clipboard-write"], viewport=DESK
    )
    steps = sample("stripped-on-redirect-chain").diagnoses[0][0].findings[0].fix
    assert step == steps[0]
    assert fix.splitlines() == [f"{number}. {each}" for number, each in enumerate(steps, 1)]
    assert ticket.startswith("why20003: stripped-on-redirect (confirmed)\n")


def test_without_script_the_page_is_complete_and_has_no_buttons(browser: Chromium) -> None:
    def use(shown: "Page") -> tuple[int, str]:
        return shown.locator("button").count(), shown.locator("body").inner_text()

    heard = Heard()
    buttons, text = browser.look(made("redirect"), use, heard=heard, java_script_enabled=False)
    with_script, _ = browser.look(made("redirect"), use)

    assert (buttons, heard.asked) == (0, [])
    assert with_script >= 5
    assert all(part in text for part in ("curl dropped Authorization", "Fix", "Every cause that was looked at"))


def test_light_and_dark_differ_and_paper_is_white(browser: Chromium) -> None:
    def use(shown: "Page") -> str:
        return str(shown.evaluate("getComputedStyle(document.body).backgroundColor"))

    def printed(shown: "Page") -> str:
        shown.emulate_media(media="print")
        return use(shown)

    light, dark = (browser.look(made("redirect"), use, color_scheme=scheme) for scheme in ("light", "dark"))
    assert light != dark
    assert sum(map(int, dark[4:-1].split(", "))) < 120 < sum(map(int, light[4:-1].split(", ")))
    assert browser.look(made("redirect"), printed, color_scheme="dark") == "rgb(255, 255, 255)"


def test_print_unfolds_what_is_folded_and_leaves_the_buttons_out(browser: Chromium) -> None:
    def use(shown: "Page") -> tuple[bool, bool, bool, int]:
        folded = shown.locator("details pre").first.is_visible()
        shown.emulate_media(media="print")
        pdf = shown.pdf(format="A4")
        return (
            folded,
            shown.locator("details pre").first.is_visible(),
            shown.locator("button").first.is_visible(),
            pdf.count(b"/Type /Page\n"),
        )

    folded, unfolded, button, sheets = browser.look(made("marked-bytes"), use)

    assert (folded, unfolded, button) == (False, True, False)
    assert 4 <= sheets <= 9


def test_motion_is_reduced_where_that_is_asked_for(browser: Chromium) -> None:
    def use(shown: "Page") -> str:
        return str(shown.evaluate("getComputedStyle(document.documentElement).scrollBehavior"))

    assert browser.look(made("redirect"), use, reduced_motion="reduce") == "auto"
