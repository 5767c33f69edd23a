"""The settings of an application, looked at before it sends a request: values in, findings out, no value in a text."""

from collections.abc import Iterator, Sequence

from analyzers.frozen import dataclass
from analyzers.preflight.conflicts import conflicts
from analyzers.preflight.files import files
from analyzers.preflight.login import Login, login_of
from analyzers.preflight.names import names
from analyzers.preflight.pairs import exchanged, pairs
from analyzers.preflight.proxies import proxies
from analyzers.preflight.regions import regions
from analyzers.preflight.remarks import Remark, Severity, Spot
from analyzers.preflight.shapes import shapes
from analyzers.setting import Setting

_ORDER = [*Severity]
# What no form tells: docs/facts.md 0, "what the wire cannot tell".
UNKNOWN = (
    "whether Twilio accepts the pair: a rotated token and a deleted key look like good ones",
    "whether it is a live pair or the test pair: both have one form",
    "in which region the credentials were made",
)
"""What cannot be told without a request."""


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found."""

    remarks: tuple[Remark, ...]
    """The worst first."""
    login: Login | None
    """With what the application would log in; None where nothing whole is set."""

    @property
    def worst(self) -> Severity | None:
        """How bad the worst finding is."""
        return self.remarks[0].severity if self.remarks else None


def examine(settings: Sequence[Setting]) -> Examination:
    """Look at everything. Never raises, whatever the values hold."""
    found = [*dict.fromkeys(_all(settings))]
    found.sort(key=lambda remark: _ORDER.index(remark.severity))
    return Examination(tuple(found), login_of(settings))


def _all(settings: Sequence[Setting]) -> Iterator[Remark]:
    swapped, told = exchanged(settings)
    yield from swapped
    yield from shapes(settings, told)
    yield from pairs(settings)
    yield from conflicts(settings)
    yield from regions(settings)
    yield from names(settings)
    yield from files(settings)
    yield from proxies(settings)


__all__ = ["UNKNOWN", "Examination", "Login", "Remark", "Severity", "Spot", "examine"]
