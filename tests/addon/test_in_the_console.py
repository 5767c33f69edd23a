"""The real console of mitmproxy, typed into as its user does, on real refusals."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import SECRETS, leaked
from screens import GOOD, STRAY, SWAPPED, Screen, console
from tmux import plain, why_not

from recordings.opening import open_recording

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mitmproxy.md"
ERRORS = ("Traceback", "Addon error", "Error in ", "[error]")


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """A console with the keys of the documents and one refusal, the list of flows on its screen."""
    (keys,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    with console(tmp_path_factory.mktemp("console"), keys=keys) as running:
        running.terminal.wait_for("Flows")
        assert running.proxy.send(SWAPPED).status == 401
        running.terminal.wait_for("api.twilio.com")
        yield running
        running.terminal.press("E")
        events = running.terminal.settled()
        assert [error for error in ERRORS if error in events] == []


@pytest.fixture(autouse=True)
def _the_list_again(request: pytest.FixtureRequest, screen: Screen) -> Iterator[None]:
    """After each test the first flow in the list has the focus."""
    yield
    for _ in range(4):
        shown = screen.terminal.settled()
        if shown.startswith("Flows") and "Data viewer" not in shown:
            break
        screen.terminal.press("q")
    screen.terminal.type(":set view_filter")
    screen.terminal.press("g")


def opened(screen: Screen) -> None:
    """Open the flow that has the focus, its answer in front; mitmproxy opens the tab that was there last."""
    screen.terminal.press("Enter")
    screen.terminal.wait_for("Flow Details")
    while "Twilio-Request-Id:" not in screen.terminal.settled():
        screen.terminal.press("Tab")


def counted(shown: str) -> int:
    """How many flows mitmproxy says that there are."""
    found = re.search(r"\[\d+/(\d+)\]", shown)
    return int(found[1]) if found else 0


def without_places(shown: str) -> list[str]:
    """The lines of a screen, but for the numbers of the focused flow and of all flows, and the key bar below."""
    return re.sub(r"\[\d+/\d+\]", "[]", shown).splitlines()[:-2]


def test_the_list_shows_the_marker_and_nothing_of_ours_besides(screen: Screen) -> None:
    shown = screen.terminal.settled()
    assert "🔴" in shown
    assert "halves-swapped" not in shown
    assert leaked(shown, *SECRETS) == []


def test_the_answer_is_shown_by_the_view(screen: Screen) -> None:
    opened(screen)
    shown = screen.terminal.wait_for("✗ halves-swapped (confirmed)", "[m:auto]")
    assert re.search(r"^why20003 +\[m:auto\]", shown, re.MULTILINE)
    drawn = re.search(r"^( *Authorization decoded: )•••\(32\)••• : AC\w{4}…\w{4}\n( *)\^{10}$", shown, re.MULTILINE)
    assert drawn is not None
    assert len(drawn[1]) == len(drawn[2])
    assert leaked(shown, *SECRETS) == []
    below = ""
    while "ruled out: two-secrets-in-use" not in below:
        screen.terminal.press("NPage")
        assert screen.terminal.settled() != below, "the page has ended"
        below = screen.terminal.settled()
        assert leaked(below, *SECRETS) == []


def test_the_body_itself_is_one_choice_away(screen: Screen) -> None:
    opened(screen)
    screen.terminal.wait_for("✗ halves-swapped (confirmed)")
    screen.terminal.type(":console.flowview.mode.set json")
    screen.terminal.wait_for('"code": 20003', '"why20003": {', "[m:json]")
    screen.terminal.type(":console.flowview.mode.set auto")
    screen.terminal.wait_for("✗ halves-swapped (confirmed)")


def test_explain_opens_the_page(screen: Screen) -> None:
    screen.terminal.type(":why20003.explain @focus")
    shown = screen.terminal.wait_for(
        "Data viewer", "halves-swapped: Account SID and secret are swapped", "Why it fails:"
    )
    assert "Twilio looks the username up as a SID." in shown
    screen.terminal.press("q")
    screen.terminal.wait_until(lambda now: "Data viewer" not in now)


@pytest.mark.parametrize(("key", "says"), [("Y", "Why it fails:"), ("T", "Twilio exchange"), ("C-r", "judged, ")])
def test_the_keys_of_the_documents_work(screen: Screen, key: str, says: str) -> None:
    screen.terminal.press(key)
    screen.terminal.wait_for("Data viewer", says)


def test_diagnose_and_summary_tell_what_they_found(screen: Screen) -> None:
    screen.terminal.type(":why20003.diagnose @shown")
    screen.terminal.wait_for("Data viewer", "judged, ", "Refusals by cause", "halves-swapped")
    screen.terminal.press("q")
    screen.terminal.type(":why20003.summary")
    screen.terminal.wait_for("Data viewer", "Twilio exchange", "Refusals by cause", "halves-swapped")


def test_redact_and_escalate_write_and_say_so(screen: Screen, tmp_path: Path) -> None:
    screen.terminal.type(f":why20003.redact @all {tmp_path / 'x.mitm'}")
    screen.terminal.wait_for("without secrets")
    assert stat.S_IMODE((tmp_path / "x.mitm").stat().st_mode) == 0o600
    assert open_recording(tmp_path / "x.mitm").exchanges
    assert leaked((tmp_path / "x.mitm").read_text("latin-1"), *SECRETS) == []
    screen.terminal.type(f":why20003.escalate @marked {tmp_path / 'case.zip'}")
    screen.terminal.wait_for("why20003: wrote ")
    assert stat.S_IMODE((tmp_path / "case.zip").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.zip", "x.mitm"]


def test_what_a_command_cannot_do_is_said_in_the_status_bar(screen: Screen) -> None:
    screen.terminal.type(":why20003.redact @hidden x.mitm")
    screen.terminal.wait_for("why20003.redact: no HTTP flow matches")
    screen.terminal.press("Escape")


def test_an_option_changes_at_once_and_a_bad_value_is_refused(screen: Screen) -> None:
    screen.terminal.type(":set why20003_annotate=off")
    screen.terminal.settled()
    assert "why20003" not in json.loads(screen.proxy.send(SWAPPED).body)
    screen.terminal.type(":set why20003_annotate=loud")
    screen.terminal.wait_for("'loud' is not one of off, headers, body, message")
    assert "why20003" not in json.loads(screen.proxy.send(SWAPPED).body)
    screen.terminal.type(":set why20003_annotate=message")
    screen.terminal.settled()
    assert json.loads(screen.proxy.send(SWAPPED).body)["why20003"]["cause"] == "halves-swapped"


def test_the_options_are_explained_in_the_editor(screen: Screen) -> None:
    screen.terminal.press("O")
    screen.terminal.wait_for("Options")
    screen.terminal.press("G")
    shown = screen.terminal.wait_for("why20003_scope", "why20003_display", "why20003_record")
    assert "why20003_annotate" in shown
    screen.terminal.press("q")


def test_a_refusal_while_a_flow_is_looked_at_leaves_the_screen_as_it_is(screen: Screen) -> None:
    opened(screen)
    screen.terminal.wait_for("✗ halves-swapped (confirmed)")
    before = screen.terminal.settled()
    for head in (STRAY, SWAPPED, GOOD):
        screen.proxy.send(head)
    screen.terminal.wait_until(lambda now: counted(now) == counted(before) + 3)
    assert without_places(screen.terminal.settled()) == without_places(before)


def test_a_refusal_while_the_list_is_up_adds_one_line(screen: Screen) -> None:
    before = screen.terminal.settled()
    screen.proxy.send(STRAY)
    screen.terminal.wait_until(lambda now: counted(now) == counted(before) + 1)
    after = screen.terminal.settled()
    added = [line for line in without_places(after) if line not in without_places(before)]
    assert len([line for line in added if line.strip()]) == 1
    assert "GET   api.twilio.com" in added[0]


@pytest.mark.parametrize(
    "expression", ["~comment stray-characters", "~meta stray-characters", "~marker :red_circle: & ~comment stray"]
)
def test_a_filter_finds_them(screen: Screen, expression: str) -> None:
    before = counted(screen.terminal.settled())
    screen.proxy.send(STRAY)
    screen.terminal.wait_until(lambda now: counted(now) == before + 1)
    screen.terminal.type(f":set view_filter '{expression}'")
    screen.terminal.wait_until(lambda now: 0 < counted(now) <= before)
    screen.terminal.type(":set view_filter '~comment nope'")
    screen.terminal.wait_for("[0/0]")


def test_a_flow_that_is_sent_again_is_judged_again(screen: Screen) -> None:
    opened(screen)
    first = re.search(r"RQ\w{32}", screen.terminal.wait_for("✗ halves-swapped (confirmed)"))
    assert first is not None
    screen.terminal.press("r")
    shown = screen.terminal.wait_until(lambda now: "✗ halves-swapped" in now and first[0] not in now)
    assert plain(shown).count("401 20003") == 1
