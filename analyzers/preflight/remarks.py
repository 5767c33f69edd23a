"""What the look at the settings finds: how bad, what, where, and what to do. Nothing here holds a value."""

from collections.abc import Iterable, Sequence
from enum import Enum

from analyzers.expected import Standing
from analyzers.frozen import dataclass
from analyzers.setting import ENVIRONMENT, Setting


class Severity(Enum):
    """How bad a finding is."""

    PROBLEM = "problem"
    """Whoever uses the setting is refused, or cannot even ask."""
    DOUBT = "doubt"
    """Wrong by what is usual, or for some programs only."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands."""

    name: str
    source: str
    """``.env line 4``."""
    where: str = ""
    """Which part of the value: ``behind the value``, ``after 12 characters``; empty for all of it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding."""

    severity: Severity
    slug: str
    """That of the cause that the setting would lead to where there is one, so that ``explain`` knows it."""
    says: str
    spots: tuple[Spot, ...] = ()
    fix: tuple[str, ...] = ()


def spot(setting: Setting, where: str = "") -> Spot:
    return Spot(setting.name, setting.source, where)


def spots(settings: Iterable[Setting]) -> tuple[Spot, ...]:
    return tuple(spot(setting) for setting in settings)


def place(setting: Setting) -> str:
    """``the environment``, ``.env line 4``."""
    return "the environment" if setting.origin == ENVIRONMENT else setting.source


def problem_of(setting: Setting) -> Severity:
    """How bad a fault of `setting` is: a place that the application may never look at gives reason for doubt only."""
    return Severity.DOUBT if setting.standing is Standing.ELSEWHERE else Severity.PROBLEM


def counting(settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """What an application may take by itself, in the order in which it wins."""
    return tuple(one for one in settings if one.standing is not Standing.ELSEWHERE)


def winner(settings: Sequence[Setting], *names: str) -> Setting | None:
    """The setting of the first of `names` that is set at all, from the place that wins."""
    for name in names:
        if found := next((one for one in counting(settings) if one.name == name), None):
            return found
    return None


__all__ = ["Remark", "Severity", "Spot", "counting", "place", "problem_of", "spot", "spots", "winner"]
