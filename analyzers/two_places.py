"""A pair that is known, and yet comes from two places, or is not the only one that goes by its names."""

from analyzers.expected import Expected
from analyzers.expected_pairs import name_of, place_of, source_of, told
from analyzers.findings import PASSWORD, USERNAME, Evidence, Stands, Verdict
from analyzers.flaws import Pair
from analyzers.provenance import equal, mixed, provenance_of, shadowed

_SETTLE = "send it once with the values of one place alone"


def two_places(wire: Pair, given: tuple[Expected, ...]) -> Stands | None:
    """Likely where the secret stands beside another SID; possible where another place holds another value."""
    return _mixed(wire, given) or _shadowed(wire, given)


def _mixed(wire: Pair, given: tuple[Expected, ...]) -> Stands | None:
    found = mixed(wire, given)
    if found is None:
        return None
    sid, secret, beside = found
    return Stands(
        Verdict.LIKELY,
        f"The username on the wire is that of {place_of(sid)}, the password that of {place_of(secret)}",
        (
            *_equal(wire, given),
            Evidence(USERNAME, f"{told(beside)}, beside which the password stands, is another value"),
        ),
        ("Take both halves from one place: a secret fits no other SID than its own", _look(sid, secret)),
        _SETTLE,
    )


def _shadowed(wire: Pair, given: tuple[Expected, ...]) -> Stands | None:
    found = shadowed(wire, given)
    if found is None:
        return None
    sent, other = found
    word, where = ("password", PASSWORD) if sent.role.is_secret else ("username", USERNAME)
    return Stands(
        Verdict.POSSIBLE,
        f"The {word} on the wire is {name_of(sent)} of {place_of(sent)}; {place_of(other)} holds another value",
        (*_equal(wire, given), Evidence(where, f"{told(other)} is another value")),
        (f"Find out which {name_of(sent)} is right, and correct or remove the other one", _look(sent, other)),
        _SETTLE,
    )


def _equal(wire: Pair, given: tuple[Expected, ...]) -> tuple[Evidence, Evidence]:
    found = provenance_of(wire, given)
    return equal(USERNAME, wire.username, found.username), equal(PASSWORD, wire.password, found.password)


def _look(one: Expected, other: Expected) -> str:
    where = f"{source_of(one)} and {source_of(other)}"
    return f"Look at {where}: a variable of the environment wins over .env files unless the program says otherwise"


__all__ = ["two_places"]
