"""The credentials that a request carries, each with its secret, and what a value that was meant says of them."""

from collections.abc import Iterator
from dataclasses import field
from enum import Enum
from typing import Final

from analyzers.comparing import Comparison, compare
from analyzers.credential import BEARER, KNOWN_SCHEMES, Basic, Bearer, Broken, Credential, Other, decode, pair_of
from analyzers.exchange import Request
from analyzers.frozen import dataclass
from analyzers.kinship import GIVEN, Kin, Relation
from analyzers.signing import Signer
from analyzers.tokens import TOKEN_HEADER, header_token
from analyzers.twilio import Kind, core_of, kind_of

_MOST: Final = 16
"""Authorization headers of one request that are looked at."""
_SIDS: Final = {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}


class Part(Enum):
    """Which part of a credential a value is."""

    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105 - the name of a thing, not a secret
    TOKEN = "token"  # noqa: S105 - as above
    VALUE = "value"
    """All that stands in the header, where it can be read neither as a pair nor as a token."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One credential."""

    part: Part
    """What `secret` is."""
    secret: bytes = field(repr=False)
    username: bytes | None = field(default=None, repr=False)
    """None where there is no pair."""
    whole: bool = True
    """Whether it is what a diagnosis numbers: not the readable beginning of something broken."""

    def is_of(self, sid: bytes) -> bool:
        """Whether one of its halves is `sid`, strays at its edges and letter case apart."""
        return any(_plain(half) == _plain(sid) for half in (self.username, self.secret) if half is not None)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the value that was meant says of a credential."""

    part: Part
    """The part that comes closest."""
    comparison: Comparison
    misplaced: bool
    """Whether the value stands where another one belongs: a secret as the username, a SID as the password."""

    @property
    def is_right(self) -> bool:
        """Whether the credential is the value, byte for byte and in its place, or a token that was signed with it."""
        return self.comparison.relation in {Relation.EQUAL, Relation.SIGNED} and not self.misplaced

    @property
    def says(self) -> str:
        """One sentence without its full stop."""
        what = "What was sent" if self.part is Part.VALUE else f"The {self.part.value}"
        told = f"{what} is {self.comparison.says}"
        if not self.misplaced:
            return told
        return f"{told}, which belongs in the {'password' if self.part is Part.USERNAME else 'username'}"


def carried_by(request: Request) -> Iterator[Carried]:
    """What stands in the Authorization headers of `request`, in wire order, then the token of X-Twilio-Token.

    Nothing for a header without a value.
    """
    for value in request.values(b"authorization")[:_MOST]:
        for one in _carried(decode(value), value):
            if one.secret or one.username:
                yield one
    token, _ = header_token(request, TOKEN_HEADER, "X-Twilio-Token")
    if token is not None:
        yield Carried(Part.TOKEN, token.raw, whole=False)


def numbered_in(request: Request) -> bytes | None:
    """The secret whose number the diagnosis of a refusal of `request` shows; None where it shows none."""
    value = request.first(b"authorization")
    credential = None if value is None else decode(value)
    if isinstance(credential, Bearer):
        return credential.token or None
    pair = pair_of(credential) if credential else None
    return pair.password or None if pair else None


def weighed(carried: Carried, given: bytes) -> Weighed:
    """The part of `carried` that comes closest to `given`, and how it relates to it."""
    main = Weighed(carried.part, _compared(carried, given), misplaced=False)
    if carried.username is None:
        return main
    is_sid = kind_of(given[slice(*core_of(given))]) in _SIDS
    name = Weighed(Part.USERNAME, compare(carried.username, given), misplaced=not is_sid)
    first, second = (name, main) if is_sid else (main, name)
    if first.comparison.relation.is_kin or not second.comparison.relation.is_kin:
        return first
    return Weighed(second.part, second.comparison, misplaced=True)


def _compared(carried: Carried, given: bytes) -> Comparison:
    if carried.part is Part.TOKEN and Signer(given).verifies(carried.secret):
        return Comparison(Kin(Relation.SIGNED, f"signed with {GIVEN}"), len(carried.secret), len(given))
    return compare(carried.secret, given)


def _carried(credential: Credential, value: bytes) -> Iterator[Carried]:
    match credential:
        case Bearer(token=token):
            yield Carried(Part.TOKEN, token)
        case Other(scheme=scheme, rest=rest):
            known = scheme.lower() in KNOWN_SCHEMES and rest
            yield Carried(Part.VALUE, rest if known else value.strip(), whole=False)
        case Broken(parts=(_, *_) as parts):
            for each in parts:
                yield from _carried(each, b"")
        case Basic() | Broken(pair=_) if pair := credential.pair:
            yield Carried(Part.PASSWORD, pair.password, pair.username, pair_of(credential) is not None)
        case Broken(scheme=scheme, decoded=decoded):
            part = Part.TOKEN if scheme and scheme.lower() == BEARER else Part.VALUE
            yield Carried(part, decoded or value.strip(), whole=False)


def _plain(half: bytes) -> bytes:
    return half[slice(*core_of(half))].lower()


__all__ = ["Carried", "Part", "Weighed", "carried_by", "numbered_in", "weighed"]
