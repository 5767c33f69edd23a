"""Where the pair on the wire comes from: which known values its halves equal, and which others hold something else.

Equal is equal: where two places hold the same value both are named, since the wire does not tell them apart. Values are
compared in constant time and never shown.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from analyzers.expected import Expected, Role, Standing
from analyzers.expected_pairs import SECRET_OF, name_of, source_of, told, usable
from analyzers.findings import Evidence
from analyzers.flaws import Pair
from analyzers.frozen import dataclass
from analyzers.twilio import Kind, core_of, kind_of

_MOST_NAMED = 3
_QUOTES = (b'"', b"'", b"`")


class Form(Enum):
    """In which form of it a known value is on the wire; the text is for behind its name."""

    VALUE = ""
    TRIMMED = ", without what stands around it there"
    QUOTED = ", with the quotes that stand around it there"
    COMMENT = ", with the remark behind it there"
    BLANKS = ", with the blanks that stand around it there"
    RETURN = ", with the carriage return that ends its line there"
    LINE_END = ", with the line end of that file"


@dataclass(frozen=True, slots=True)
class Match:
    """A known value that stands on the wire."""

    known: Expected
    form: Form


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one half of the pair comes from."""

    matches: tuple[Match, ...]
    """Every known value that the half equals; those that equal it as it stands before those that do in another form."""
    others: tuple[Expected, ...]
    """What is called the same as one of these, and holds another value; of other programs' places only their own."""
    empty: bool = False
    """Whether there is nothing to compare."""

    @property
    def known(self) -> bool:
        """Whether any known value is it."""
        return bool(self.matches)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where both halves come from."""

    username: Origin
    password: Origin


def provenance_of(wire: Pair, known: Sequence[Expected]) -> Provenance:
    """What `known` tells of the halves of `wire`. Never raises."""
    given = usable(known)
    return Provenance(_origin(wire.username, wire.password, given), _origin(wire.password, wire.username, given))


def form_on(half: bytes, one: Expected) -> Form | None:
    """In which form `half` is the known value; None where it is another one."""
    return next((form for form, text in _forms(one) if text and hmac.compare_digest(half, text)), None)


def equal(where: str, value: bytes, origin: Origin) -> Evidence:
    """That the half at `where`, which is `value`, equals what is known."""
    return Evidence(where, f"equals {named(origin.matches)}", start=0, end=len(value))


def named(matches: Sequence[Match]) -> str:
    """``TWILIO_AUTH_TOKEN (environment and .env line 4)``; other names behind "and"."""
    by_name: dict[tuple[str, Form], list[str]] = {}
    for match in matches:
        by_name.setdefault((name_of(match.known), match.form), []).append(source_of(match.known))
    return _joined(
        f"{name} ({_joined(dict.fromkeys(sources))}){form.value}" for (name, form), sources in by_name.items()
    )


def mixed(wire: Pair, known: Sequence[Expected]) -> tuple[Expected, Expected, Expected] | None:
    """Username, password, and the other SID beside which the password stands: a pair made of two places.

    None where a place that holds the password holds the username as well, or no SID at all.
    """
    given = usable(known)
    pairings = [*_pairings(provenance_of(wire, known))]
    beside = [[one for one in given if one.role is sid.role and one.home == secret.home] for sid, secret in pairings]
    if not pairings or any(not sids or any(form_on(wire.username, one) for one in sids) for sids in beside):
        return None
    return (*pairings[0], beside[0][0])


def shadowed(wire: Pair, known: Sequence[Expected]) -> tuple[Expected, Expected] | None:
    """A value on the wire, and another of the same name that the application may have meant; None without any."""
    found = provenance_of(wire, known)
    for origin in (found.password, found.username):
        for match in origin.matches:
            for other in origin.others:
                if other.role is match.known.role and other.standing is not Standing.ELSEWHERE:
                    return match.known, other
    return None


def remark(wire: Pair, known: Sequence[Expected]) -> str:
    """One sentence on where the halves come from; empty where nothing is known of either."""
    found = provenance_of(wire, known)
    if not (found.username.known or found.password.known):
        return ""
    says = f"{_half('username', found.username)}; {_half('password', found.password)}"
    says = f"On the wire {says}"
    for clause in (_exchanged(found), _overruled(found)):
        says += f"; {clause}" if clause else ""
    return says


def _half(word: str, origin: Origin) -> str:
    if origin.empty:
        return f"the {word} is empty"
    if not origin.known:
        return f"the {word} is none of the values known here"
    return f"the {word} equals {named(origin.matches)}"


def _overruled(found: Provenance) -> str:
    others = [told(one) for origin in (found.username, found.password) for one in origin.others]
    if not others:
        return ""
    verb = "holds" if len(others) == 1 else "hold"
    return f"{_joined(others)} {verb} another value, which was not sent"


def _exchanged(found: Provenance) -> str:
    """What is to be said where two variables hold each other's value: a secret the SID's, a SID the secret's."""
    for sid in found.username.matches:
        for secret in found.password.matches:
            if SECRET_OF.get(sid.known.role) is secret.known.role and _is_exchanged(sid.known, secret.known):
                return "the two values stand in each other's place there"
    return ""


def _is_exchanged(sid: Expected, secret: Expected) -> bool:
    kinds = [kind_of(one.value[slice(*core_of(one.value))]) for one in (sid, secret)]
    return kinds[0] in {Kind.HEX_32, Kind.ALNUM_32} and kinds[1] in {Kind.ACCOUNT_SID, Kind.KEY_SID}


def _origin(half: bytes, rest: bytes, known: Sequence[Expected]) -> Origin:
    """`rest` is the other half: what stands there was sent, if in another place."""
    if not half:
        return Origin((), (), empty=True)
    matches = [Match(one, form) for one in known if (form := form_on(half, one)) is not None]
    matches.sort(key=lambda match: (match.form is not Form.VALUE, match.known.role is Role.OTHER))
    names = {(match.known.role, match.known.name, match.known.host) for match in matches}
    homes = {match.known.home for match in matches}
    others = [
        one
        for one in known
        if (one.role, one.name, one.host) in names
        and (one.standing is not Standing.ELSEWHERE or one.home in homes)
        and form_on(half, one) is None
        and form_on(rest, one) is None
    ]
    return Origin(tuple(matches), tuple(others))


def _forms(one: Expected) -> Iterator[tuple[Form, bytes]]:
    """Every text that a reader may make of a value."""
    start, end = core_of(one.value)
    yield Form.VALUE, one.value
    if one.written:
        yield _written_form(one, one.written), one.written
        line = one.written.removesuffix(b"\r")
        if line != one.written:
            yield _written_form(one, line), line
            yield Form.RETURN, one.value + b"\r"
    yield Form.TRIMMED, one.value[start:end]


def _written_form(one: Expected, text: bytes) -> Form:
    """What `text`, which is written there, has that the value has not."""
    if text.rstrip(b"\r\n") == one.value:
        return Form.LINE_END if text.endswith(b"\n") else Form.RETURN
    if text.startswith(_QUOTES):
        return Form.QUOTED
    return Form.COMMENT if b"#" in text else Form.BLANKS


def _pairings(found: Provenance) -> Iterator[tuple[Expected, Expected]]:
    """SID and secret that belong to each other by their roles, on the wire in their right order."""
    for sid in found.username.matches:
        for secret in found.password.matches:
            if SECRET_OF.get(sid.known.role) is secret.known.role:
                yield sid.known, secret.known


def _joined(parts: Iterable[str]) -> str:
    texts = [*parts]
    if len(texts) > _MOST_NAMED:
        texts = [*texts[:_MOST_NAMED], f"{len(texts) - _MOST_NAMED} more"]
    return "".join(texts) if len(texts) < 2 else f"{', '.join(texts[:-1])} and {texts[-1]}"


__all__ = [
    "Form",
    "Match",
    "Origin",
    "Provenance",
    "equal",
    "form_on",
    "mixed",
    "named",
    "provenance_of",
    "remark",
    "shadowed",
]
