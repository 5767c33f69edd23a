"""The short form of ./just soak: a few thousand exchanges, of which many go wrong, through the real mitmdump."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from soak.ledger import Ledger
from soak.load import Order, Outcome, run
from soak.plan import Answer, Kind, Plan
from soak.reverting import is_annotated, reverted
from soak.sessions import Fault, Session, Way, sessions
from soak.table import shown

SHORT = Order(exchanges=2500, large=2, seed=20003, seconds=150)


@pytest.mark.timeout(400)
def test_load_and_faults(tmp_path: Path) -> None:
    outcome = run(SHORT, tmp_path)
    table = shown(SHORT, outcome)
    print(table)
    ledger = outcome.ledger
    assert ledger.problems == []
    assert sum(ledger.planned.values()) >= 2400
    assert len(ledger.kept) > 1500
    assert set(ledger.planned) >= {way.value for way in Way if way is not Way.NOISE}
    assert ledger.refused == ledger.annotated > 100
    assert set(outcome.recordings) == {"raw.mitm", "redacted.mitm"}
    assert outcome.descriptors[1] <= outcome.descriptors[0], outcome.new_descriptors
    # Too short to tell a leak from warming up; this is a fuse.
    assert outcome.rested > 0
    assert outcome.idle < outcome.memory[0][1] + 200
    assert "PROBLEM" not in table
    assert re.search(
        r"^redacted\.mitm: \d+ exchanges; of \d+ completed ones 0 missing, 0 not as sent$", table, re.MULTILINE
    )


def fine(kind: Kind = Kind.FINE) -> tuple[Session, Plan]:
    plan = Plan(7, kind, 300, 4)
    return Session(Way.TLS, Fault.NONE, (plan,), "api.twilio.com", 1), plan


def problems(plan: Plan, session: Session, answer: Answer | None) -> list[str]:
    ledger = Ledger()
    ledger.note(session, [(plan, answer)])
    return ledger.problems


def test_the_same_seed_gives_the_same_sessions_with_every_kind_of_fault() -> None:
    first, second = (list(sessions(3, 20_000, 5)) for _ in range(2))
    assert first == second != list(sessions(4, 20_000, 5))
    assert {session.fault for session in first} == set(Fault)
    assert {session.way for session in first} == set(Way)
    assert {plan.kind for session in first for plan in session.plans} == set(Kind)
    numbers = [plan.number for session in first for plan in session.plans]
    assert len(numbers) == len(set(numbers))


CHANGES = [
    pytest.param(lambda answer: replace(answer, body=answer.body[:-1]), id="short"),
    pytest.param(lambda answer: replace(answer, body=b"x" + answer.body[1:]), id="byte"),
    pytest.param(lambda answer: replace(answer, status=502), id="status"),
    pytest.param(lambda answer: replace(answer, fields=answer.fields[1:]), id="field"),
    pytest.param(lambda answer: replace(answer, fields=answer.fields[::-1]), id="order"),
    pytest.param(lambda answer: None, id="none"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_intact_is_found(change: Callable[[Answer], Answer | None]) -> None:
    session, plan = fine()
    assert problems(plan, session, plan.answer) == []
    assert len(problems(plan, session, change(plan.answer))) == 1


def annotated(plan: Plan, message: bytes, member: bytes) -> Answer:
    body = plan.answer.body.replace(b'"Authenticate"', b'"Authenticate%s"' % message)[:-1] + member + b"}"
    names = (b"why20003-cause", b"why20003-verdict", b"why20003-says")
    return replace(plan.answer, body=body, fields=(*plan.answer.fields, *((name, b"x") for name in names)))


def test_only_our_annotation_is_reverted() -> None:
    session, plan = fine(Kind.REFUSED)
    good = annotated(plan, b" [why20003: it (likely): fix]", b',"why20003":{"says":"it"}')
    assert is_annotated(good)
    assert reverted(good) == plan.answer
    assert problems(plan, session, good) == []
    for bad in (
        annotated(plan, b" [why20003: another (likely)]", b',"why20003":{"says":"it"}'),
        annotated(plan, b"! [why20003: it (likely)]", b',"why20003":{"says":"it"}'),
        annotated(plan, b" [why20003: it (likely)]", b',"why20003":{"says":"it"},"more":1'),
        annotated(plan, b"", b""),
        replace(good, fields=(*good.fields, (b"x", b"y"))),
    ):
        assert len(problems(plan, session, bad)) == 1


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ("without traffic", Outcome(Ledger(), warm=90.0, end=100.0, rested=90.0, idle=120.0)),
        ("under load, in the middle", Outcome(Ledger(), warm=90.0, end=120.0, rested=90.0, idle=100.0)),
    ],
)
def test_a_growing_proxy_shows(says: str, outcome: Outcome) -> None:
    assert f"memory {says}: 90.0 MB warm, 120.0 MB at the end, +30.0 MB" in shown(Order(exchanges=1000), outcome)
    assert outcome.growth == 30.0
