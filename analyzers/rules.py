"""What a cause is: its check, its page, its samples and its place among the others."""

from collections.abc import Callable

from analyzers.case import Case
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from analyzers.findings import Outcome
from analyzers.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cause of the catalogue: its check, its page and its samples."""

    slug: str
    title: str
    check: Callable[[Case], Outcome]
    page: str
    """The module's docstring: What it does, Why it fails, Cannot see, Fix, Source."""
    settle: str
    """The one observation that decides the cause where the capture cannot."""
    hit: Callable[[], tuple[Exchange, ...]]
    """Exchanges of which the last earns the strongest verdict that the check can give."""
    miss: Callable[[], tuple[Exchange, ...]]
    """The nearest exchanges that must not be accused: near in form, right in fact."""
    expected: tuple[Expected, ...] = ()
    """What the caller is taken to know of the credentials in both samples."""
    explains: frozenset[str] = frozenset()
    """Slugs that are consequences of this cause; they are nested under it when it stands."""
    residual: bool = False
    """Whether it stands only where nothing else does."""
    benign: bool = False
    """Whether it says that nothing is wrong."""
