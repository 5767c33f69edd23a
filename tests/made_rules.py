"""A rule that is not in the registry, for the tests of what is made from rules."""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.findings import PASSWORD, Evidence, Outcome, Stands, Unknown, Verdict
from analyzers.rules import Rule


def rule(check: object = lambda _: Unknown(), **parts: object) -> Rule:
    made: dict[str, object] = {
        "slug": "made-up",
        "title": "Made up",
        "check": check,
        "page": "What it does: x.",
        "settle": "look",
        "hit": lambda: (refused(GOOD),),
        "miss": lambda: (),
    }
    return Rule(**(made | parts))  # type: ignore[arg-type] # what is made here has the right types


def stands(case: Case) -> Outcome:
    fix = (f"Exchange the two: {case.client.name} way", "Restart")
    return Stands(Verdict.LIKELY, "It stands", (Evidence(PASSWORD, "here", start=1, end=2),), fix, "look")
