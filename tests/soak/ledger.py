"""What came of every exchange, held against what had to."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from soak.client import Told
from soak.plan import Answer, Kind, Plan
from soak.reverting import is_annotated, reverted
from soak.sessions import Fault, Session, Way

_TOLD_AT_MOST: Final = 20


@dataclass
class Ledger:
    """Counts, and the first problems in words."""

    planned: Counter[str] = field(default_factory=Counter)
    intact: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    annotated: int = 0
    problems: list[str] = field(default_factory=list)
    kept: dict[int, Plan] = field(default_factory=dict)
    """Intact exchanges that the proxy could look into, which the recordings must hold."""

    def problem(self, says: str) -> None:
        """Something that must not be."""
        if len(self.problems) < _TOLD_AT_MOST:
            self.problems.append(says)

    def note(self, session: Session, told: Told) -> None:
        """Count a session that has come to its end."""
        group = session.way.value if session.fault is Fault.NONE else session.fault.value
        self.planned[group] += len(session.plans)
        answers = dict(told)
        for plan in session.plans:
            answer = answers.get(plan)
            verdict = _verdict(plan, answer)
            if verdict == "intact":
                self.intact[group] += 1
                self._keep(session, plan, answer)
            elif verdict == "wrong" or _had_to_be_well(session, plan):
                self.problem(f"{verdict}: exchange {plan.number}, {plan.kind.name}, {group}: {_shown(plan, answer)}")

    def stuck(self, session: Session, error: str) -> None:
        """Count a session that did not come to its end."""
        self.problem(f"{error}: session of exchange {session.plans[0].number}, {session.way.value}, {session.fault}")

    def _keep(self, session: Session, plan: Plan, answer: Answer | None) -> None:
        if session.way is Way.PASSED:
            if answer is not None and is_annotated(answer):
                self.problem(f"annotated although passed through: exchange {plan.number}")
            return
        self.kept[plan.number] = plan
        if plan.is_refused:
            self.refused += 1
            self.annotated += answer is not None and is_annotated(answer)


def _verdict(plan: Plan, answer: Answer | None) -> str:
    if answer is None:
        return "lost"
    if plan.kind in {Kind.WEBSOCKET, Kind.UPGRADE}:
        return "intact"  # what was echoed was compared by then
    expected = plan.answer if plan.method != b"HEAD" else replace(plan.answer, body=b"")
    if plan.kind in {Kind.CUT_OFF, Kind.SILENT, Kind.NONSENSE}:
        return "wrong" if answer.status == expected.status else "lost"
    if answer.status != expected.status:
        return "lost"
    seen = answer
    if is_annotated(answer):
        try:
            seen = reverted(answer)
        except (ValueError, KeyError, OSError):
            return "wrong"
    return "intact" if seen == expected and (seen is answer or plan.is_refused) else "wrong"


def _had_to_be_well(session: Session, plan: Plan) -> bool:
    if session.fault in {Fault.NONE, Fault.MITMPROXY}:
        return session.fault is Fault.NONE
    if session.way is Way.NOISE:
        return False
    if session.way is Way.H2:
        return session.fault is Fault.RESET_STREAMS and plan.seed % 4 != 0
    return plan is not session.plans[-1]


def _shown(plan: Plan, answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    expected = plan.answer
    same = "the same" if answer.body == expected.body else "another"
    fields = f"{len(answer.fields)} of {len(expected.fields)} fields"
    return f"status {answer.status}, {fields}, {same} body, {len(answer.body)} bytes"
