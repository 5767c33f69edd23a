"""An exchange with all that its diagnosis may rest on: what it addresses, says, carries, and what came before."""

from collections.abc import Callable
from dataclasses import field, fields
from functools import wraps
from typing import Generic, TypeVar

from analyzers.answer import Answer, answer_of
from analyzers.bearing import ALONE, Bearing
from analyzers.client import Client, client_of
from analyzers.credential import Broken, Credential, Flaw, Pair, decode, pair_of
from analyzers.endpoint import Endpoint, endpoint_of
from analyzers.exchange import Exchange, Fidelity
from analyzers.expected import Expected
from analyzers.findings import Verdict
from analyzers.frozen import dataclass
from analyzers.hosts import Place, place_of
from analyzers.masking import secrets_in
from analyzers.tokens import Token, tokens_of
from analyzers.twilio import (
    ACCOUNT_SID,
    AUTH_CODES,
    CODE_METHOD_NOT_ALLOWED,
    CODE_REFUSED,
    DEAD_REGIONS,
    OAUTH_CLIENT_ID,
    PATH_ACCOUNT_CODES,
    READ_CODES,
    Kind,
    core_of,
    gate_of,
    kind_of,
    near_sid,
)

T = TypeVar("T")

_READABLE = bytes([*b"\t\r\n", *range(32, 127)])

_METHOD_REFUSED = 405
# A server or its edge answers so when the head itself is unacceptable: RFC 9110 15.5.1, 15.5.14, RFC 6585 5; 494 is
# nginx's own "request header too large".
_HEAD_REFUSED = frozenset({400, 413, 431, 494})


class _Lazy(Generic[T]):
    """A property that is worked out once. functools.cached_property takes a lock each time, up to Python 3.11."""

    def __init__(self, work: "Callable[[Case], T]") -> None:
        self._work, self._name = work, work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, case: "Case", owner: "type[Case]") -> T:
        found = case.__dict__[self._name] = self._work(case)
        return found


@dataclass(frozen=True)
class Case:
    """What a cause's check looks at. Without slots, so that what all checks ask for is worked out once."""

    exchange: Exchange
    endpoint: Endpoint
    credentials: tuple[Credential, ...] = field(repr=False)
    """One for each Authorization header, in wire order; empty when there is none."""
    answer: Answer | None
    """None when no response came."""
    bearing: Bearing = ALONE
    expected: tuple[Expected, ...] = field(default=(), repr=False)
    """What the caller knows that the application was meant to send; empty when nothing is known."""

    @_Lazy
    def client(self) -> Client:
        """Who sent the request; worked out only when asked, since most exchanges are never diagnosed."""
        return client_of(self.exchange.request)

    @_Lazy
    def credential(self) -> Credential | None:
        """The first credential, the one that servers look at; None without an Authorization header."""
        return self.credentials[0] if self.credentials else None

    @_Lazy
    def pair(self) -> Pair | None:
        """The pair that was sent or meant, or None."""
        return pair_of(self.credentials[0]) if self.credentials else None

    @_Lazy
    def legible(self) -> Pair | None:
        """The pair where it is text at all; None where decoding a foreign value gave a colon by chance."""
        pair = self.pair
        if pair is None:
            return None
        text = pair.username + pair.password
        unreadable = len(text.translate(None, _READABLE))
        return pair if unreadable * 5 <= len(text) else None

    @_Lazy
    def vouched(self) -> str:
        """Why the pair cannot be at fault: these very bytes were accepted, or the answer says so; empty otherwise."""
        if self.bearing.pair_accepted is not None:
            return "the same pair was accepted by this host in this capture"
        if self.answer and self.answer.code == CODE_REFUSED and gate_of(self.text) and self.pair:
            return "Twilio's text speaks of the account, not of the credentials"
        if self.answer and self.answer.code in READ_CODES and self.pair:
            return "Twilio's code speaks of an account that it has looked up with these credentials"
        return ""

    @_Lazy
    def tokens(self) -> tuple[Token, ...]:
        """The readable JSON Web Tokens of the request, the one in Authorization first."""
        return tokens_of(self.exchange.request, self.credentials)

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

    @_Lazy
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


# What is worked out of the exchange and its credentials alone, whatever else the capture holds.
_OF_EXCHANGE = ("credential", "pair", "client", "legible", "tokens", "secrets")


def with_bearing(case: Case, bearing: Bearing) -> Case:
    """`case` with another bearing. As dataclasses.replace, but what was worked out of the exchange alone is kept."""
    moved = object.__new__(Case)
    known = case.__dict__
    moved.__dict__.update({name: known[name] for name in (*_FIELDS, *_OF_EXCHANGE) if name in known})
    moved.__dict__["bearing"] = bearing
    return moved


_FIELDS = tuple(each.name for each in fields(Case))


def once(answer: Callable[[Case], T]) -> Callable[[Case], T]:
    """`answer` worked out once for each case, since many checks ask for the same."""
    name = f"{answer.__module__}.{answer.__qualname__}"

    @wraps(answer)
    def remembered(case: Case) -> T:
        known = case.__dict__
        if name not in known:
            known[name] = answer(case)
        found: T = known[name]
        return found

    return remembered


def case_of(exchange: Exchange, bearing: Bearing = ALONE, expected: tuple[Expected, ...] = ()) -> Case:
    """The case of `exchange`; never raises."""
    return Case(
        exchange,
        endpoint_of(exchange.request),
        tuple([decode(value) for value in exchange.request.values(b"authorization")]),
        answer_of(exchange.response) if exchange.response else None,
        bearing,
        expected,
    )


def is_refusal(case: Case) -> bool:  # noqa: PLR0911 - one return for each line of the catalogue's list
    """Whether a case is to be diagnosed: 20003 and its lookalikes, never a 2xx or 3xx.

    The list stands at the head of the catalogue of causes; docs/facts.md 0 shows why codes other than 20003
    belong to it.
    """
    answer = case.answer
    if answer is None:
        if not case.endpoint.twilio:
            return astray(case) in {Place.MISSPELT, Place.GLUED}
        return _dead_host(case) or _head_faulty(case)
    if answer.status < 400:
        return False
    if answer.code == CODE_REFUSED:
        return case.endpoint.twilio or answer.by_twilio
    if not case.endpoint.twilio or answer.status in _NOT_HERE:
        place = astray(case)
        if place is not None or not case.endpoint.twilio:
            return place is not None and _strays_answer(place, answer)
    if answer.status in {401, 403, 407} or answer.code in AUTH_CODES:
        return True
    if answer.code is not None and PATH_ACCOUNT_CODES.get(answer.code) == answer.status:
        return account_faulty(case) or _pair_faulty(case) or _became_get(case) or _foreign_list(case)
    if answer.status == _METHOD_REFUSED or answer.code == CODE_METHOD_NOT_ALLOWED:
        return _became_get(case)
    return answer.code is None and answer.status in _HEAD_REFUSED and _head_faulty(case)


def astray(case: Case) -> Place | None:
    """The wrong place that a request for the REST API went to; None where the host is right, or the request its own.

    Websites and strangers have paths like the API's, so a SID has to speak for it.
    """
    endpoint = case.endpoint
    account = endpoint.account or b""
    named = endpoint.is_classic and account[:2].upper() in {b"AC", b"SK"} and near_sid(account)
    if not named and not (endpoint.is_versioned and _carries_sid(case)):
        return None
    return place_of(case.exchange.request.host)


def _carries_sid(case: Case) -> bool:
    pair = case.legible
    halves = (pair.username, pair.password) if pair else ()
    return any(kind_of(half[slice(*core_of(half))]) in {Kind.ACCOUNT_SID, Kind.KEY_SID} for half in halves)


def _strays_answer(place: Place, answer: Answer) -> bool:
    """Whether `answer` is one that a wrong place gives, and not Twilio's own by way of a gateway."""
    match place:
        case Place.MISSPELT:
            return not answer.by_twilio
        case Place.WEBSITE:
            return answer.status in _NOT_HERE
        case _:
            return not answer.by_twilio and answer.status in _NOT_HERE | {401, 403}


# What a server says of a path that it has not, or not for this method: RFC 9110 15.5.5, 15.5.6
_NOT_HERE = frozenset({404, 405})


def _foreign_list(case: Case) -> bool:
    """Whether a list that every account has is not found, for another account than the one that asks.

    A valid pair on somebody else's path gets 401 or 404: docs/facts.md 5. A 404 for a single resource is no refusal.
    """
    pair, endpoint = case.pair, case.endpoint
    if pair is None or endpoint.account in {None, pair.username} or not endpoint.is_list:
        return False
    return kind_of(pair.username) is Kind.ACCOUNT_SID and endpoint.path.decode("latin-1") in case.text


def _became_get(case: Case) -> bool:
    """Whether a redirect turned a POST into this GET: then even a 404 or 405 is no ordinary one (RFC 9110 15.4)."""
    return case.exchange.request.method == "GET" and any(hop.method == "POST" for hop in case.bearing.hops)


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
