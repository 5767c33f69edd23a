"""What a capture deserves, stated by whoever made it and never by the engine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from analyzers.exchange import Exchange

VERDICTS = ("confirmed", "likely", "possible")
"""From the surest down."""

# The causes that account for others, as the catalogue defines them: the first of a line, when it stands, explains the
# rest of it. What a confirmed cause explains may be confirmed too.
_EXPLAINS = {
    "unset-credentials": ("no-authorization", "half-empty", "path-account-missing"),
    "stripped-on-redirect": ("no-authorization",),
    "stripped-by-intermediary": ("no-authorization",),
    "sent-as-proxy-authorization": ("no-authorization",),
    "credentials-elsewhere": ("no-authorization",),
    "header-name-misspelt": ("no-authorization",),
    "media-url-without-auth": ("no-authorization",),
    "browser-preflight": ("no-authorization",),
    "authorization-repeated": ("base64-alphabet", "base64-truncated", "not-base64"),
    "bearer-with-basic-credentials": ("bearer-malformed",),
    "base64-line-wrapped": ("base64-alphabet", "base64-truncated", "not-base64"),
    "base64-doubled": ("colon-missing",),
    "header-trailing-junk": ("base64-alphabet", "not-base64"),
    "halves-swapped": ("sid-misshapen", "sid-as-password", "path-account-missing"),
    "placeholder-value": ("sid-misshapen", "path-account-missing", "username-not-a-sid"),
    "stray-characters": ("sid-misshapen", "path-account-missing"),
    "sid-misshapen": ("path-account-missing",),
    "wrong-kind-of-sid": ("path-account-missing",),
    "foreign-secret": ("path-account-missing", "username-not-a-sid"),
    "username-not-a-sid": ("path-account-missing",),
    "key-sid-as-account": ("path-account-missing",),
}


class Kind(Enum):
    """What must become of one exchange."""

    POSITIVE = "positive"
    """It is diagnosed, and one of the named causes leads."""
    BENIGN = "benign"
    """It is no fault: not diagnosed, or the diagnosis says that it is benign."""
    OPEN = "open"
    """The capture does not decide it: any cause may lead or none, but only the named ones may be confirmed."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What one exchange deserves. An exchange without a truth must not be diagnosed."""

    kind: Kind
    leads: tuple[str, ...] = ()
    """Slugs of which one has to lead; the first names the case in the table."""
    least: str = "confirmed"
    """The least verdict that the capture earns for the leading cause."""
    may: frozenset[str] = frozenset()
    """Every cause that may be confirmed, leading or not."""
    also: tuple[str, ...] = ()
    """Slugs that have to stand beside the leading one, however nested."""


@dataclass(frozen=True, slots=True)
class Given:
    """A credential that the caller knows the application was meant to send."""

    role: str
    """Name of a member of the engine's Role."""
    name: str
    value: bytes = field(repr=False)
    host: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A capture and what it deserves."""

    name: str
    """``family/form/number``: finds the case again."""
    exchanges: tuple[Exchange, ...] = field(repr=False)
    truths: dict[int, Truth]
    """By place in the capture."""
    group: str
    """The line of the table: a cause, or the family of a capture without a fault."""
    given: tuple[Given, ...] = ()
    anywhere: Truth | None = None
    """For a capture of which only the cause is known: holds for every refusal in it, and there is at least one."""

    @property
    def positive(self) -> bool:
        """Whether something has to be diagnosed here."""
        return self.anywhere is not None or any(truth.kind is Kind.POSITIVE for truth in self.truths.values())

    @property
    def undecided(self) -> bool:
        """Whether its truth is open: neither a fault to be found, nor one that must not be seen."""
        return not self.positive and any(truth.kind is Kind.OPEN for truth in self.truths.values())


def positive(
    leads: Iterable[str], least: str = "confirmed", *, may: Iterable[str] = (), also: Iterable[str] = ()
) -> Truth:
    """A refusal that has to be explained. A leading cause that earns `confirmed` may be, with all it explains."""
    slugs, beside = tuple(leads), tuple(also)
    confirmed = {*may, *(slugs if least == "confirmed" else ())}
    for slug in tuple(confirmed):
        confirmed.update(_EXPLAINS.get(slug, ()))
    return Truth(Kind.POSITIVE, slugs, least, frozenset(confirmed), beside)


def benign() -> Truth:
    """A refusal that is part of how a client works; that it came without Authorization is true all the same."""
    return Truth(Kind.BENIGN, may=frozenset({"challenge-first-client", "no-authorization"}))


def undecided(may: Iterable[str] = ()) -> Truth:
    """A refusal that this capture does not decide."""
    return Truth(Kind.OPEN, may=frozenset(may))
