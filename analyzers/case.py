"""An exchange with all that its diagnosis may rest on: what it addresses, says, carries, and what came before."""

from dataclasses import dataclass, field

from analyzers.answer import Answer, answer_of
from analyzers.client import Client, client_of
from analyzers.credential import Broken, Credential, Flaw, Pair, decode, pair_of
from analyzers.endpoint import Endpoint, endpoint_of
from analyzers.exchange import Exchange, Fidelity
from analyzers.findings import Verdict
from analyzers.masking import secrets_in
from analyzers.redirect_rules import Step
from analyzers.twilio import (
    ACCOUNT_SID,
    AUTH_CODES,
    CODE_REFUSED,
    DEAD_REGIONS,
    OAUTH_CLIENT_ID,
    PATH_ACCOUNT_CODES,
    READ_CODES,
    Kind,
    gate_of,
    kind_of,
)

# A server or its edge answers so when the head itself is unacceptable: RFC 9110 15.5.1, 15.5.14, RFC 6585 5; 494 is
# nginx's own "request header too large".
_HEAD_REFUSED = frozenset({400, 413, 431, 494})


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


@dataclass(frozen=True, slots=True)
class Bearing:
    """The earlier (and, once seen, later) exchanges that bear on a case."""

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


@dataclass(frozen=True, slots=True)
class Case:
    """What a cause's check looks at."""

    exchange: Exchange
    endpoint: Endpoint
    credentials: tuple[Credential, ...] = field(repr=False)
    """One for each Authorization header, in wire order; empty when there is none."""
    answer: Answer | None
    """None when no response came."""
    bearing: Bearing = Bearing()

    @property
    def client(self) -> Client:
        """Who sent the request; worked out only when asked, since most exchanges are never diagnosed."""
        return client_of(self.exchange.request)

    @property
    def credential(self) -> Credential | None:
        """The first credential, the one that servers look at; None without an Authorization header."""
        return self.credentials[0] if self.credentials else None

    @property
    def pair(self) -> Pair | None:
        """The pair that was sent or meant, or None."""
        return pair_of(self.credentials[0]) if self.credentials else None

    @property
    def legible(self) -> Pair | None:
        """The pair where it is text at all; None where decoding a foreign value gave a colon by chance."""
        pair = self.pair
        if pair is None:
            return None
        text = pair.username + pair.password
        readable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in text)
        return pair if readable * 5 >= len(text) * 4 else None

    @property
    def vouched(self) -> str:
        """Why the pair cannot be at fault: these very bytes were accepted, or the answer says so; empty otherwise."""
        if self.bearing.pair_accepted is not None:
            return "the same pair was accepted by this host earlier in this capture"
        if self.answer and self.answer.code == CODE_REFUSED and gate_of(self.text) and self.pair:
            return "Twilio's text speaks of the account, not of the credentials"
        if self.answer and self.answer.code in READ_CODES and self.pair:
            return "Twilio's code speaks of an account that it has looked up with these credentials"
        return ""

    @property
    def absence(self) -> Verdict:
        """How much the absence of a header proves in this recording: confirmed, likely or unknown."""
        return _ABSENCE[self.exchange.fidelity]

    @property
    def text(self) -> str:
        """Twilio's own message, without an annotation of ours; empty without an answer."""
        return self.answer.message if self.answer else ""

    @property
    def status(self) -> int:
        """The HTTP status; 0 when no response came."""
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Everything of this request that must never be shown, for scrubbing texts."""
        found: list[bytes] = []
        for credential in self.credentials:
            if pair := pair_of(credential):
                found.extend(secrets_in(pair.username, pair.password))
            if isinstance(credential, Broken):
                found.append(credential.decoded)
        found.extend(value for value in self.exchange.request.values(b"authorization"))
        account = self.endpoint.account
        if account and kind_of(account) in {Kind.HEX_32, Kind.ALNUM_32, Kind.TEXT}:
            found.append(account)
        return tuple(secret for secret in found if len(secret) > 4)


_ABSENCE = {
    Fidelity.FULL: Verdict.CONFIRMED,
    Fidelity.DOUBTFUL: Verdict.LIKELY,
    Fidelity.SANITIZED: Verdict.UNKNOWN,
}


def case_of(exchange: Exchange, bearing: Bearing = Bearing()) -> Case:
    """The case of `exchange`; never raises."""
    return Case(
        exchange,
        endpoint_of(exchange.request),
        tuple(decode(value) for value in exchange.request.values(b"authorization")),
        answer_of(exchange.response) if exchange.response else None,
        bearing,
    )


def is_refusal(case: Case) -> bool:  # noqa: PLR0911 - one return for each line of the catalogue's list
    """Whether a case is to be diagnosed: 20003 and its lookalikes, never a 2xx or 3xx.

    The list stands at the head of the catalogue of causes; docs/facts.md 0 shows why codes other than 20003
    belong to it.
    """
    answer = case.answer
    if answer is None:
        return case.endpoint.twilio and (_dead_host(case) or _head_faulty(case))
    if answer.status < 400:
        return False
    if answer.code == CODE_REFUSED:
        return case.endpoint.twilio or answer.by_twilio
    if not case.endpoint.twilio:
        return False
    if answer.status in {401, 403, 407} or answer.code in AUTH_CODES:
        return True
    if answer.code is not None and PATH_ACCOUNT_CODES.get(answer.code) == answer.status:
        return account_faulty(case) or _pair_faulty(case)
    return answer.code is None and answer.status in _HEAD_REFUSED and _head_faulty(case)


def account_faulty(case: Case) -> bool:
    """Whether the path names an account that is no Account SID."""
    account = case.endpoint.account
    return account is not None and ACCOUNT_SID.fullmatch(account) is None


def _pair_faulty(case: Case) -> bool:
    if isinstance(case.credential, Broken):
        return True
    pair = case.pair
    if pair is None or OAUTH_CLIENT_ID.fullmatch(pair.username):
        return False
    return kind_of(pair.username) not in {Kind.ACCOUNT_SID, Kind.KEY_SID} or kind_of(pair.password) in _NO_SECRET


_NO_SECRET = {Kind.EMPTY, Kind.UNSET, Kind.PLACEHOLDER, Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}

_WIRE_FLAWS = {Flaw.LINE_BREAK, Flaw.FOREIGN_BYTE, Flaw.NOT_BASE64, Flaw.BLANK_INSIDE}
# CloudFront and most servers stop reading a head somewhere between 8 and 64 kB; 8,190 bytes is the smallest limit met.
_LARGE_VALUE = 8000


def _head_faulty(case: Case) -> bool:
    """Whether the Authorization line itself can be why a head was refused."""
    for name, value in case.exchange.request.headers:
        if name.lower().strip() != b"authorization":
            continue
        if name != name.strip() or len(value) > _LARGE_VALUE or any((b < 32 and b != 9) or b == 127 for b in value):
            return True
    return any(
        isinstance(credential, Broken) and any(fault.flaw in _WIRE_FLAWS for fault in credential.faults)
        for credential in case.credentials
    )


def _dead_host(case: Case) -> bool:
    """``product.region.twilio.com`` with a region other than us1 stopped resolving: docs/facts.md 3.3."""
    endpoint = case.endpoint
    return endpoint.region_named and endpoint.edge is None and endpoint.region in DEAD_REGIONS
