"""What the rest of a capture says of one case: plain values, worked out by the history.

Nothing here depends on the order in which concurrent exchanges were recorded: "before" and "after" go by the clock of
the recording, and by the place in the capture only where there is no clock.
"""

from dataclasses import field, fields

from analyzers.flaws import Flaw
from analyzers.frozen import dataclass
from analyzers.redirect_rules import Step
from analyzers.twilio import Kind


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange of a redirect chain that led to the case."""

    method: str
    url: str
    """Scheme, host and masked path."""
    scheme: str
    host: str
    status: int
    had_authorization: bool
    step: Step
    """How the next URL relates to this one."""
    gap: float | None
    """Seconds between this answer and the next request; None without clocks."""
    same_client: bool
    """Whether the next request came from the same client address with the same User-Agent."""
    same_connection: bool | None
    """Whether the next request used the same connection; None where the recording does not say."""
    method_changed: bool
    """Whether the next request has another method."""
    index: int
    """Its place in the capture, from 0."""
    had_twilio_pair: bool = False
    """Whether its Authorization was Basic with an Account or API key SID as the username."""


AGENT_KEPT = 120
"""Bytes of a User-Agent that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Another exchange of the capture, as far as the history keeps it. Only exchanges with Twilio hosts are kept."""

    index: int
    """Its place in the capture, from 0."""
    at: float | None
    """Seconds since the Unix epoch when the request began; None without a clock."""
    method: str
    host: str
    region: str
    """Region that the host names; ``us1`` where it names none."""
    account: bytes | None
    """The well-formed Account SID behind /Accounts/ in its path; None where there is none."""
    agent: bytes = field(default=b"", repr=False)
    """Its User-Agent, at most `AGENT_KEPT` bytes."""
    address: str | None = None
    """Address of the client; None where the recording does not say."""
    issuer: str | None = None
    """Who issued the server's TLS certificate; None where the recording does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """The same request, recorded at another place of its way: before or behind a gateway."""

    index: int
    host: str
    """Host that this other recording addresses: the gateway's own, or Twilio's."""
    had_authorization: bool
    same_value: bool
    """Whether its first Authorization value is byte for byte that of the case; true as well when neither has one."""
    had_pair: bool
    """Whether its Authorization was a readable Basic pair with an Account or API key SID as the username."""
    client_side: bool
    """Whether it is the side nearer to the application (it began no later), and the case the side nearer to Twilio."""
    certain: bool
    """Whether both answers carry the same Twilio-Request-Id; else method, path, answer and times match only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What checking a token's HMAC with one secret that this capture, or the caller, knows came to."""

    kind: Kind
    """ACCOUNT_SID when the secret is used as the Auth Token of the token's account, KEY_SID when it is the secret of
    the token's key."""
    verifies: bool
    index: int | None
    """Place in the capture of an exchange that carried the secret in Basic; None for an expected credential."""
    source: str = ""
    """Name and source of the expected credential; empty for one of the capture."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """The earlier and later exchanges that bear on a case, as far as they are known by now."""

    hops: tuple[Hop, ...] = ()
    """The redirects that led here, oldest first."""
    pair_accepted: int | None = None
    """Index in the capture of the last 2xx that the same pair got on the same host; None if never seen."""
    secret_accepted_with: frozenset[Kind] = frozenset()
    """Kinds of username with which the same secret got a 2xx."""
    flaws_accepted: frozenset[Flaw] = frozenset()
    """Flaws of form with which a value got a 2xx in this capture: proof that Twilio overlooks them."""
    challenge_answered: float | None = None
    """Seconds until the same request came again with Authorization and got a 2xx; None while not seen."""
    repeats: int = 0
    """How many times the same request had been refused the same way before."""
    accepted: tuple[Sighting, ...] = ()
    """The last 2xx of this very credential (pair or Bearer token) for each Twilio host and account in the path, the
    latest first; whether before or after the case. Only for endpoints where a 2xx proves the credential."""
    worked: Sighting | None = None
    """The last known 2xx of the same credential on the same host and account before this exchange."""
    works_again: Sighting | None = None
    """A 2xx of the same credential on the same host and account after this exchange."""
    did_this: Sighting | None = None
    """The first known 2xx before this exchange that the same credential got for a call of the same kind: host, account,
    method and `Endpoint.resource`; on a path that needs a Main key, for any such call. A key or a token that worked may
    still lack the right to do something else."""
    failed_first: Sighting | None = None
    """The first refusal (401 or 403) of the same credential on the same host and account after `worked`."""
    rivals: tuple[Sighting, ...] = ()
    """The last 2xx that the same username got with another secret, one for each region; before or after."""
    path_account_works: Sighting | None = None
    """The last 2xx of the account in the path with a pair of its own (username equal to it)."""
    path_owner: bytes | None = None
    """The parent of the account in the path, from an Account resource seen in this capture; None if not seen. A main
    account is its own parent."""
    username_owner: bytes | None = None
    """The parent of the account that the username names, as `path_owner`."""
    account_status: str = ""
    """``active``, ``suspended`` or ``closed``: status in the last Account resource seen of the account in the path, or
    without one, of the username's; empty if not seen."""
    taps: tuple[Tap, ...] = ()
    """The same request at other places of its way."""
    signatures: tuple[Signature, ...] = ()
    """For the first token that the request carries: one entry for each known secret of its account or key."""


ALONE = Bearing()
"""The bearing on an exchange of which nothing else is known."""


def sightings_of(bearing: Bearing) -> tuple[Sighting, ...]:
    """Every other exchange that a bearing speaks of by its time."""
    single = (bearing.worked, bearing.works_again, bearing.failed_first, bearing.path_account_works, bearing.did_this)
    return (*bearing.accepted, *bearing.rivals, *(one for one in single if one is not None))


def without_sightings(bearing: Bearing) -> tuple[object, ...]:
    """All else that a bearing says."""
    return tuple(getattr(bearing, name) for name in _OTHERS)


_SIGHTINGS = {"accepted", "rivals", "worked", "works_again", "failed_first", "path_account_works", "did_this"}
_OTHERS = tuple(each.name for each in fields(Bearing) if each.name not in _SIGHTINGS | {"pair_accepted", "repeats"})
