import io
import re

import pytest

from addon.console import Console
from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture
from analyzers.exchange import Exchange

STRAY = basic(SID, TOKEN + b"\n")
WGET = b"Wget/1.21.3"


def told(*exchanges: Exchange, short: bool = False) -> str:
    """What the console prints for these exchanges, the summary at the end included."""
    out = io.StringIO()
    console, capture = Console(out, short=short), Capture(b"key")
    for exchange in exchanges:
        console.show(capture.add(exchange))
    console.summary()
    return out.getvalue()


def test_a_refusal_is_one_block_with_the_caret_under_the_byte() -> None:
    lines = told(refused(STRAY)).splitlines()
    assert lines[0].startswith("✗ stray-characters (confirmed)  The password has extra characters")
    drawn = next(i for i, line in enumerate(lines) if "Authorization decoded" in line)
    assert lines[drawn + 1].index("^") == lines[drawn].index("␊")
    assert lines[-3:] == ["why20003: 1 Twilio exchange seen", "Refusals by cause", "  1  stray-characters"]


def test_repetitions_are_counted_and_not_shown_again() -> None:
    shown = told(*(refused(STRAY, at=float(i)) for i in range(25)))
    assert shown.count("✗ stray-characters") == 1
    assert shown.count("the same refusal, 10 times by now") == 1
    assert "25  stray-characters" in shown
    assert "25 Twilio exchanges seen" in shown


def test_different_refusals_are_shown_each() -> None:
    shown = told(refused(STRAY), refused(basic(TOKEN, SID)), refused(STRAY, at=1.0))
    assert shown.count("✗ ") == 2
    assert "2  stray-characters" in shown
    assert "1  halves-swapped" in shown


def test_short_is_three_lines_at_most() -> None:
    assert len(told(refused(STRAY), short=True).splitlines()) - 3 <= 3


def test_a_correction_is_told_and_counted() -> None:
    shown = told(refused(None, agent=WGET), accepted(GOOD, agent=WGET, at=0.2))
    assert "  correction: POST https://api.twilio.com/" in shown
    assert "was no fault after all. No fault" in shown
    assert "why20003: 2 Twilio exchanges seen, 1 diagnosis corrected by later ones\n" in shown
    assert shown.endswith("Refusals by cause\n  1  challenge-first-client (nothing wrong)\n")


def test_a_correction_moves_every_repetition_to_its_new_cause() -> None:
    mixed = [refused(basic(KEY, TOKEN), at=float(i)) for i in range(3)]
    shown = told(*mixed, accepted(GOOD, at=9.0))
    assert "  correction: POST https://api.twilio.com/" in shown
    assert "is now token-with-key-sid (confirmed). " in shown
    assert "why20003: 4 Twilio exchanges seen, 3 diagnoses corrected by later ones\n" in shown
    assert shown.endswith("Refusals by cause\n  3  token-with-key-sid\n")


def test_when_nothing_was_refused_it_says_so() -> None:
    assert told(accepted(GOOD), accepted(GOOD, at=1.0)) == "why20003: 2 Twilio exchanges seen, none refused\n"


def test_nothing_printed_holds_a_secret() -> None:
    shown = told(refused(STRAY), refused(basic(TOKEN, SID)), refused(basic(KEY, TOKEN)), refused(b"Bearer " + TOKEN))
    for secret in (TOKEN.decode(), STRAY.decode()[60:]):
        assert not any(secret[i : i + 5] in shown for i in range(len(secret) - 4)), "a part of a secret is shown"


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "COLUMNS": "60"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_colours_can_be_asked_for_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    shown = told(refused(STRAY))
    assert ("\x1b[" in shown) is coloured
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert plain.startswith("✗ stray-characters (confirmed)")
    if "COLUMNS" in variables:
        assert max(len(line) for line in plain.splitlines() if " https://" not in line) <= 60


def test_it_counts_what_was_seen_and_what_was_refused() -> None:
    console, capture = Console(io.StringIO(), short=False), Capture(b"key")
    for exchange in (refused(None, agent=WGET), accepted(GOOD, agent=WGET, at=0.2), refused(STRAY, at=1.0)):
        console.show(capture.add(exchange))
    console.count()
    assert (console.twilio, console.refused) == (4, 1)  # the first was no fault, as the second shows
