"""`./just score`: what it prints and publishes, when it fails, and how one case is replayed."""

import base64
import sys
from pathlib import Path

import pytest

from analyzers.building import GOOD, accepted, refused
from score import __main__ as command
from score.corpus.all_cases import FORMS, corpus
from score.document import document
from score.judging import judged
from score.labelled import samples
from score.table import Part, all_misses, by_cause, markdown, percent, plain, together, totals, without_fault
from score.truth import Case, positive

RIGHT = judged(Case("pair-refused/a/0", (refused(GOOD),), {0: positive(("pair-refused",), "likely")}, "pair-refused"))
WRONG = judged(Case("stray-characters/a/0", (refused(GOOD),), {0: positive(("stray-characters",))}, "stray-characters"))
ACCUSED = judged(Case("works/a/0", (refused(GOOD),), {}, "works"))
FINE = judged(Case("works/a/1", (accepted(GOOD),), {}, "works"))


def part(*outcomes: object, goal: float = 0.99) -> Part:
    return Part(name="corpus", judged=outcomes, goal=goal)  # type: ignore[arg-type] # what judged() gave


@pytest.mark.parametrize(
    ("one", "reached"),
    [
        pytest.param(part(RIGHT, FINE), True, id="all-right"),
        pytest.param(part(RIGHT, WRONG), False, id="half-wrong"),
        pytest.param(part(*[RIGHT] * 99, WRONG), True, id="just-enough"),
        pytest.param(part(*[RIGHT] * 98, WRONG), False, id="just-too-few"),
        pytest.param(part(*[RIGHT] * 999, ACCUSED), False, id="one-accused"),
        pytest.param(part(), True, id="nothing"),
    ],
)
def test_a_goal(one: Part, reached: bool) -> None:
    assert one.reached is reached


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100.00 %"), (0.99999, "99.99 %"), (0.5, "50.00 %"), (0.987654, "98.77 %")]
)
def test_a_share_is_never_rounded_up_to_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_the_tables() -> None:
    parts = (part(RIGHT, WRONG, ACCUSED, FINE),)
    assert totals(parts)[1] == ("corpus", "4", "2", "2", "1/2 = 50.00 %", "99.00 %", "0", "1")
    assert by_cause(parts)[1:] == [
        ("pair-refused", "1/1", "", "1", "", ""),
        ("stray-characters", "0/1", "", "", "", "1"),
    ]
    assert without_fault(parts)[1:] == [("works", "2", "2", "1", "0")]
    assert together((*parts, *parts)).misses("false accusation") == 2
    assert [miss.case for miss in all_misses(parts)] == ["works/a/0", "stray-characters/a/0"]


def test_a_table_for_either_reader() -> None:
    lines = [("cause", "n"), ("pair-refused", "7")]
    assert plain(lines) == "cause         n\npair-refused  7"
    assert markdown(lines) == "| cause | n |\n| --- | ---: |\n| pair-refused | 7 |"


def test_the_document_is_the_same_each_time_and_names_each_miss() -> None:
    text = document((part(RIGHT, WRONG),))
    assert text == document((part(RIGHT, WRONG),))
    assert "`stray-characters/a/0` [0]: wanted stray-characters" in text
    assert text.endswith("\n")
    assert document((part(RIGHT),)).endswith("## Misses\n\nNone.\n")


def test_a_sample_is_named_by_its_cause() -> None:
    named = {case.name: case.anywhere.leads if case.anywhere else () for case in samples()}
    assert named["samples/stripped-on-redirect-chain.mitm"] == ("stripped-on-redirect",)
    assert named["samples/ok.mitm"] == ()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Three forms for the whole corpus, no sample, no labelled case, and a document of its own."""
    forms = [form for form in FORMS if form.name in {"edge-lf", "case-of-scheme", "pods-later"}]
    monkeypatch.setattr(command, "corpus", lambda: (case for form in forms for case in form.cases()))
    monkeypatch.setattr(command, "samples", lambda: iter(()))
    monkeypatch.setattr(command, "_DOCUMENT", tmp_path / "accuracy.md")
    monkeypatch.setenv("WHY20003_CASES", str(tmp_path / "none"))
    return tmp_path / "accuracy.md"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["score", *arguments])
    return command.main()


def test_without_labelled_cases_nothing_is_published(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    told = capsys.readouterr().out
    assert "part skipped" in told
    assert "docs/accuracy.md left as it is" in told
    assert "Capture.add, refused: p50" in told
    assert "live and as a file: 0 cases differ" in told
    assert not small.exists()


def test_with_labelled_cases_the_document_is_written(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "labelled_cases", lambda kind: iter((RIGHT.case,)))
    assert run(monkeypatch) == 0
    assert "| labelled, .mitm | 1 | 1 | 0 | 1/1 = 100.00 % |" in small.read_text("utf-8")


def test_a_missed_goal_is_the_exit_code(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "samples", lambda: iter((WRONG.case, ACCUSED.case)))
    assert run(monkeypatch, "--misses", "1") == 1
    told = capsys.readouterr().out
    assert "false accusation: works/a/0 [0]: wanted no diagnosis; found pair-refused likely" in told
    assert "... and 1 more: --misses 2" in told


def test_one_case_is_replayed_without_its_secrets(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "stray-characters/edge-lf/0"
    [case] = [case for case in corpus() if case.name == name]
    assert run(monkeypatch, "--only", name, "--show") == 0
    told = capsys.readouterr().out
    assert f"{name}: right" in told
    assert "truth: positive stray-characters confirmed" in told
    sent = [value[6:] for exchange in case.exchanges for value in exchange.request.values(b"authorization")]
    assert sent
    secrets = [*sent, *(base64.b64decode(value).partition(b":")[2] for value in sent)]
    assert [at for value in secrets for at in range(len(value) - 8) if value[at : at + 8].decode() in told] == []


def test_all_cases_of_a_form_are_replayed(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--only", "works/case-of-scheme") == 0
    assert capsys.readouterr().out.count(": right") > 20


def test_an_unknown_id_is_wrong_usage(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--only", "nothing") == 2
    assert "No case is called nothing" in capsys.readouterr().err
