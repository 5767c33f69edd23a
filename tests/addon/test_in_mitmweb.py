"""The real mitmweb in a real browser, on real refusals: what its user sees and can do."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from chromium import Chromium, Heard, chromium, why_not
from live import SECRETS, leaked
from screens import GOOD, STRAY, SWAPPED, Web, mitmweb

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A mitmweb with a refusal and a success, whose list has a column for comments."""
    columns = [f"web_columns={name}" for name in ("path", "method", "status", "comment")]
    options = [part for column in columns for part in ("--set", column)]
    with mitmweb(tmp_path_factory.mktemp("web"), *options) as running:
        assert [running.proxy.send(head).status for head in (SWAPPED, GOOD)] == [401, 200]
        yield running
    told = running.printed.read_text(errors="replace")
    assert "Traceback" not in told
    assert "halves-swapped" not in told
    assert leaked(told, *SECRETS) == []


def row(page: "Page", status: str) -> "Locator":
    """The line of the list of the first flow with this status."""
    return page.locator("tr.has-request", has_text=status).first


def answer(page: "Page", status: str) -> "Locator":
    """The Response tab of a flow."""
    row(page, status).click()
    page.get_by_text("Response", exact=True).first.click()
    shown = page.locator(".flow-detail section").first
    shown.get_by_text("HTTP/1.1").first.wait_for()
    return shown


def test_the_list_shows_marker_and_comment(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> tuple[str, str]:
        row(page, "401").get_by_text("halves-swapped").wait_for()  # columns come after the list
        return row(page, "401").inner_text(), row(page, "200").inner_text()

    refused, accepted = browser.visit(web.url, use, viewport=DESK)
    assert "🔴" in refused
    assert "halves-swapped (confirmed): The halves are swapped" in refused
    assert "🔴" not in accepted
    assert "halves-swapped" not in accepted


def test_the_answer_is_shown_by_the_view(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        shown = answer(page, "401")
        shown.get_by_text("✗ halves-swapped (confirmed)").first.wait_for()
        return shown.inner_text()

    heard = Heard()
    text = browser.visit(web.url, use, heard=heard, viewport=DESK)
    assert "\nwhy20003\n" in text
    assert re.search(r"Authorization decoded: •••\(32\)••• : AC\w{4}…\w{4}\n +\^{10}\n", text)
    assert "1. Exchange the two: username = Account SID, password = Auth Token" in text
    assert re.search(r"View:\s*auto", text)
    assert leaked(text, *SECRETS) == []
    assert [line for line in heard.said if "rror" in line] == []


def test_other_answers_are_shown_as_ever(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        shown = answer(page, "200")
        shown.get_by_text("View:").wait_for()
        return shown.inner_text()

    text = browser.visit(web.url, use, viewport=DESK)
    assert "\nJSON\n" in text
    assert "why20003" not in text


def test_the_view_can_be_chosen_for_a_success(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        shown = answer(page, "200")
        shown.get_by_text("View:").click()
        page.locator("[role=menuitem], .dropdown-menu a, .dropdown-menu li").get_by_text(
            "why20003", exact=True
        ).first.click()
        shown.get_by_text("Not a refusal that why20003 explains").first.wait_for()
        return shown.inner_text()

    text = browser.visit(web.url, use, viewport=DESK)
    assert "password  32 characters, lower-hex" in text
    assert leaked(text, *SECRETS) == []


def test_the_comment_stands_on_its_tab(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        row(page, "401").click()
        page.get_by_text("Comment", exact=True).last.click()
        page.locator(".flow-detail").get_by_text("halves-swapped").first.wait_for()
        return page.locator(".flow-detail").inner_text()

    assert "halves-swapped (confirmed): The halves are swapped" in browser.visit(web.url, use, viewport=DESK)


@pytest.mark.parametrize("expression", ["~comment halves-swapped", "~marked & ~c 401"])
def test_the_search_finds_refusals(browser: Chromium, web: Web, expression: str) -> None:
    def use(page: "Page") -> list[str]:
        row(page, "200").wait_for()
        page.get_by_text("Start", exact=True).or_(page.get_by_text("Flow List", exact=True)).first.click()
        page.get_by_placeholder("Search").first.fill(expression)
        row(page, "200").wait_for(state="detached")
        return page.locator("tr.has-request").all_inner_texts()

    found = browser.visit(web.url, use, viewport=DESK)
    assert found
    assert all("401" in line for line in found)


def test_commands_show_what_they_found(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        page.get_by_text("Options", exact=True).first.click()
        page.get_by_text("Display Command Bar").click()
        for typed in ("why.summary", 'why.explain "~comment halves-swapped"', "why.diagnose @all"):
            page.get_by_placeholder("Enter command").fill(typed)
            page.get_by_placeholder("Enter command").press("Enter")
            page.locator(".command-result", has_text=f"$ {typed}").wait_for()
        return page.locator(".command-result").inner_text()

    told = browser.visit(web.url, use, viewport=DESK)
    assert re.search(r'"\d+ Twilio exchanges among \d+ flows, \d refused","Refusals by cause"', told)
    assert '["halves-swapped: Account SID and secret are swapped"' in told
    assert re.search(r'judged, \d refusals?","Refusals by cause"', told)
    assert leaked(told, *SECRETS) == []


def test_a_refusal_comes_into_the_list_that_is_open(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        row(page, "200").wait_for()
        web.proxy.send(STRAY)
        page.locator("tr.has-request", has_text="stray-characters").first.wait_for()
        return page.locator("tr.has-request", has_text="stray-characters").first.inner_text()

    assert "stray-characters (confirmed)" in browser.visit(web.url, use, viewport=DESK)


def test_the_options_are_explained(browser: Chromium, web: Web) -> None:
    def use(page: "Page") -> str:
        page.get_by_text("Options", exact=True).first.click()
        page.get_by_text("Edit Options").first.click()
        page.get_by_text("why20003_annotate").first.wait_for()
        return page.locator("body").inner_text()

    text = browser.visit(web.url, use, viewport=DESK)
    assert "Write the diagnosis into refused answers" in text
    assert all(f"why20003_{name}" in text for name in ("scope", "display", "record"))
