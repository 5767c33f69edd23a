"""What it does: compares the pair on the wire with the credentials that the application was meant to use, as far as the
caller gives them (environment, .env file, prompt), and says how they differ: another variable, a value cut off or with
something around it, another letter case, another profile; and, where the pair is known, whether its halves come from
two places that speak of different accounts, or another place holds another value of the same name.

Why it fails: Twilio checks what arrives. A restart that never came, a second .env file, a secret store with an old
version, or two variables mixed up make a program send something else than its owner looks at.

Cannot see: which of several profiles was meant. Values of netrc, of other programs and test credentials count as known,
not as meant. A value that equals what is expected may still be wrong at Twilio. Where nobody said which place counts, a
value unlike the one found there makes it likely only.

Fix: print the length of the value in the process that sends the request, and find the place from which it takes it.

Source: https://www.twilio.com/docs/usage/secure-credentials; https://www.twilio.com/docs/api/errors/20003;
docs/facts.md 1.7 and 9.1 (read 2026-11-20)
"""

from analyzers.building import GOOD, SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.credential import Pair
from analyzers.deviation import deviation
from analyzers.expected import Expected, Role, Standing
from analyzers.expected_pairs import (
    MEANT,
    SECRET_OF,
    holds,
    name_of,
    netrc_of,
    of_role,
    pairs_of,
    source_of,
    told,
    usable,
)
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed
from analyzers.provenance import Origin, equal, named, provenance_of
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, is_void, kind_of
from analyzers.two_places import two_places

# Another status speaks of something else than the pair.
_REFUSED = 401
_Half = tuple[str, bytes, tuple[Expected, ...]]
"""Place, value on the wire, and the values of which one was meant."""


def check(case: Case) -> Outcome:
    """Confirmed against a whole pair, or where a half is another variable; likely where only a part is known."""
    given, wire = usable(case.expected), case.legible
    if not of_role(_counting(given), *MEANT) or wire is None:
        return Unknown()
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: the credentials of this export were written over")
    if case.vouched:
        return RuledOut(case.vouched)
    known = (*pairs_of(given, *SECRET_OF), *netrc_of(given, case.exchange.request.host))
    is_known = any(pair.carried_by(wire) for pair in known)
    found = _known(wire, given) if is_known else _compared(case, wire, given)
    return weighed(case, found, RULE.settle) if isinstance(found, Stands) else found


def _counting(given: tuple[Expected, ...]) -> tuple[Expected, ...]:
    """Without what stands in the places of other programs only."""
    return tuple(one for one in given if one.standing is not Standing.ELSEWHERE)


def _known(wire: Pair, given: tuple[Expected, ...]) -> Stands | RuledOut:
    """The pair is one that is known. Yet it may be put together of two, or another may have been meant."""
    if found := two_places(wire, given):
        return found
    origins = provenance_of(wire, given)
    username, password = named(origins.username.matches), named(origins.password.matches)
    return RuledOut(f"the pair on the wire is that of {username} and {password}")


def _compared(case: Case, wire: Pair, given: tuple[Expected, ...]) -> Stands | Unknown:
    counting = _counting(given)
    sid, secret = _meant(wire, counting)
    sids, secrets = of_role(counting, sid), of_role(counting, secret)
    halves: tuple[_Half, _Half] = ((USERNAME, wire.username, sids), (PASSWORD, wire.password, secrets))
    roles = {USERNAME: sid, PASSWORD: secret}
    crossed = {half[0]: other for half in halves if (other := _other(half, roles[half[0]], given)) is not None}
    wrong = [half for half in halves if half[2] and not any(holds(half[1], one) for one in half[2])]
    wrong += [half for half in halves if half[0] in crossed and half not in wrong]
    if not wrong:
        return Unknown(f"give the {(secret if sids else sid).value} as well")
    whole = bool(crossed) or bool(sids and secrets)
    sure = whole and case.status == _REFUSED and not case.bearing.accepted  # a pair that works elsewhere is no old one
    verdict = Verdict.CONFIRMED if sure and _telling(wrong, crossed) else Verdict.LIKELY
    if verdict is Verdict.CONFIRMED and any(_misnamed(other) for other in crossed.values()):
        verdict = Verdict.LIKELY
    if any(other.role is Role.OTHER for other in crossed.values()):
        verdict = Verdict.POSSIBLE  # only its program knows what such a variable is for
    origins = provenance_of(wire, given)
    return Stands(
        verdict,
        _sentence(wrong, crossed, roles),
        tuple(
            _evidence(half, origins.username if half[0] == USERNAME else origins.password)
            for half in halves
            if half in wrong or half[2]
        ),
        _fix(case, wrong, crossed),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _telling(wrong: list[_Half], crossed: dict[str, Expected]) -> bool:
    """Whether each wrong half was named as what counts, is another variable, nothing, or was made of what counts."""
    return all(
        where in crossed
        or is_void(value)
        or any(one.standing is Standing.GIVEN or deviation(value, one.value) for one in meant)
        for where, value, meant in wrong
    )


def _meant(wire: Pair, given: tuple[Expected, ...]) -> tuple[Role, Role]:
    """The roles of the two halves: by the kind of the username, else by what is given or resembles it."""
    start, end = core_of(wire.username[:200])
    kind = kind_of(wire.username[start:end])
    if kind is Kind.ACCOUNT_SID:
        return Role.ACCOUNT_SID, Role.AUTH_TOKEN
    keys = of_role(given, Role.KEY_SID, Role.KEY_SECRET)
    near = any(deviation(wire.username, one.value) for one in of_role(given, Role.KEY_SID))
    if kind is Kind.KEY_SID or near or (keys and not of_role(given, Role.ACCOUNT_SID, Role.AUTH_TOKEN)):
        return Role.KEY_SID, Role.KEY_SECRET
    return Role.ACCOUNT_SID, Role.AUTH_TOKEN


def _other(half: _Half, role: Role, given: tuple[Expected, ...]) -> Expected | None:
    """The value of another role that stands in a half; None where none does, or a right one stands there."""
    if any(one.role is role and holds(half[1], one) for one in given):
        return None
    found = [one for one in given if holds(half[1], one) and (half[2] or not _misnamed(one))]
    return min(found, key=lambda one: one.role is Role.OTHER, default=None)


def _misnamed(one: Expected) -> bool:
    """Whether a value has the form of the other kind of secret: then its name may be what is wrong."""
    start, end = core_of(one.value)
    return _OTHER_FORM.get(one.role) is kind_of(one.value[start:end])


_OTHER_FORM = {Role.AUTH_TOKEN: Kind.ALNUM_32, Role.KEY_SECRET: Kind.HEX_32}


def _sentence(wrong: list[_Half], crossed: dict[str, Expected], roles: dict[str, Role]) -> str:
    if len(crossed) == len((USERNAME, PASSWORD)):
        return f"The username on the wire is {name_of(crossed[USERNAME])}, the password {name_of(crossed[PASSWORD])}"
    half = next((half for half in wrong if half[0] in crossed), wrong[0])
    word = "username" if half[0] == USERNAME else "password"
    if half[0] in crossed:
        meant = name_of(half[2][0]) if half[2] else f"the {roles[half[0]].value}"
        return f"The {word} on the wire is {name_of(crossed[half[0]])}, not {meant}"
    ways = [(one, how) for each in wrong for one in each[2] if (how := deviation(each[1], one.value))]
    if ways:
        return f"The wire carries {name_of(ways[0][0])} {ways[0][1]}"
    if all(is_void(each[1]) for each in wrong):
        return f"The wire carries nothing for {' and '.join(name_of(each[2][0]) for each in wrong)}"
    if len(wrong) > 1:
        return f"Neither half on the wire is what {source_of(wrong[0][2][0])} holds: another profile or older values"
    return f"The {word} on the wire is not {name_of(half[2][0])}: another profile, or an older value"


def _evidence(half: _Half, origin: Origin) -> Evidence:
    where, value, meant = half
    if origin.known:
        return equal(where, value, origin)
    how = deviation(value, meant[0].value)
    says = f"{told(meant[0])} {how}" if how else f"another value than {', '.join(map(told, meant[:3]))}"
    return Evidence(where, says, start=0, end=len(value))


def _fix(case: Case, wrong: list[_Half], crossed: dict[str, Expected]) -> tuple[str, ...]:
    name = case.client.name
    steps = []
    if crossed:
        both = f"{pair_call(name)}; or {key_call(name)}"
        steps.append(f"Give each variable its own place: {both}")
    values = [one for half in wrong for one in half[2][:1]]
    shown = " and ".join(map(name_of, values)) or "the value"
    steps.append(f"Print the length of {shown} in the process that sends the request, and find where it reads it")
    steps.append("Restart it after a change; look for a second .env file, profile or secret store that wins")
    return tuple(steps)


RULE = Rule(
    slug="differs-from-environment",
    title="The wire does not carry what the environment holds",
    check=check,
    page=__doc__ or "",
    settle="give the expected credentials: environment, .env or prompt",
    explains=frozenset({"token-misshapen"}),
    expected=(
        Expected(Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", "environment", SID),
        Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN),
    ),
    hit=lambda: (refused(basic(SID, TOKEN[:-4])),),
    miss=lambda: (refused(GOOD),),
)
