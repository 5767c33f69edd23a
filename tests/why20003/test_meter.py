import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from why20003 import meter
from why20003.feeding import Progress
from why20003.meter import Meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(meter, "time", SimpleNamespace(monotonic=lambda: seconds))

    return set_to


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Meter:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return Meter()


def at(exchanges: int, path: str = "a\x1b[0m[red].mitm") -> Progress:
    return Progress(path, exchanges * 10, 1000, exchanges)


def test_a_second_goes_by_without_it(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = on_a_terminal(monkeypatch)
    clock(10)
    shown(at(0))
    clock(10.9)
    shown(at(50))
    shown.pause()

    assert capsys.readouterr().err == ""


def test_then_it_tells_the_file_and_the_rate(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = on_a_terminal(monkeypatch)
    clock(10)
    shown(at(0))
    clock(12)
    shown(at(50))
    clock(14)
    shown(at(60))
    shown.pause()

    out, err = capsys.readouterr()
    assert out == ""
    assert "25 flows/s" in err
    assert "15 flows/s" in err
    assert "60%" in err
    assert "a\\x1b[0m[red].mitm" in err


def test_every_file_has_a_second_of_its_own(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = on_a_terminal(monkeypatch)
    clock(10)
    shown(at(0))
    clock(12)
    shown(at(1, "b.mitm"))
    shown.pause()

    assert capsys.readouterr().err == ""


def test_without_a_terminal_there_is_none(clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]) -> None:
    shown = Meter()
    clock(10)
    shown(at(0))
    clock(20)
    shown(at(50))

    assert capsys.readouterr().err == ""
