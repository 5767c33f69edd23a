"""What it does: looks whether the value that reached Twilio is the one that the application set. Recordings on both
sides of a gateway show it; so does a pair that is the one of ~/.netrc while the environment holds another; and the
login of a company network where a helper library would have sent Basic.

Why it fails: Twilio gets somebody else's credentials. A netrc entry wins in requests and HTTPie even over a header set
by hand; gateways and single sign-on proxies put their own login in the place of any other.

Cannot see: a value replaced before the recording, where nothing is known of what the application holds.

Fix: give the credentials in the way that nothing overrides (auth= in requests), correct or remove the netrc entry, or
let the gateway pass the header on.

Source: https://requests.readthedocs.io/en/latest/user/authentication/#netrc-authentication; docs/clients.md 8
(measured 2026-11-20); docs/facts.md 9.2
"""

from analyzers.bearing import Tap
from analyzers.building import GOOD, OTHER_SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.client_habits import MAY_READ_NETRC, NETRC_BEATS_HEADER, READS_NETRC
from analyzers.constructors import pair_call
from analyzers.credential import Other, Pair, decode, pair_of
from analyzers.expected import Expected, Role, Standing
from analyzers.expected_pairs import (
    MEANT,
    ExpectedPair,
    holds,
    name_of,
    netrc_of,
    of_role,
    pairs_of,
    place_of,
    source_of,
    told,
    usable,
)
from analyzers.findings import (
    AUTHORIZATION,
    HISTORY,
    REQUEST_HEADERS,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.gateways import KEPT_AS, names_sid
from analyzers.header_form import first_value, unseen, weighed
from analyzers.masking import scrub
from analyzers.rules import Rule
from analyzers.setting import ENVIRONMENT
from analyzers.twilio import near_sid

# What a company network's single sign-on sends; no helper library of Twilio's ever does: docs/facts.md 9.2.
_LOGINS = {b"ntlm": "NTLM", b"negotiate": "Negotiate", b"kerberos": "Kerberos"}
# Options of the recording proxy that write Authorization themselves.
_OPTIONS = ("stickyauth", "upstream_auth", "modify_headers", "proxyauth")
# A header line longer than any credential is none.
_LONGEST = 4096


def check(case: Case) -> Outcome:
    """Confirmed by two recordings, or by a netrc entry against a whole pair of the environment."""
    if (nothing := unseen(case)) is not None:
        return nothing
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    return _by_taps(case) or _by_netrc(case) or _by_kept(case) or _by_login(case) or _unchanged(case)


def _unchanged(case: Case) -> Outcome:
    """The outcome where nothing shows that the value was replaced."""
    if any(tap.certain and tap.client_side and tap.had_authorization for tap in case.bearing.taps):
        return RuledOut("a recording of this request nearer to the application has the same value")
    option = next((name for name in _OPTIONS if name in case.exchange.proxy_options), None)
    return Unknown(f"capture without the recording proxy's option {option}, which may replace it" if option else "")


def _by_taps(case: Case) -> Outcome | None:
    others = [tap for tap in case.bearing.taps if tap.had_authorization and not tap.same_value]
    if not others:
        return None
    other = min(others, key=lambda tap: not tap.certain)
    return RuledOut(case.vouched) if other.client_side and case.vouched else _replaced(case, other)


def _by_netrc(case: Case) -> Outcome | None:
    given, wire = usable(case.expected), case.legible
    if not given or wire is None:
        return None
    entry = next((pair for pair in netrc_of(given, case.exchange.request.host) if pair.carried_by(wire)), None)
    if entry is None:
        return None
    if case.vouched:
        return RuledOut(case.vouched)
    found = _from_netrc(case, wire, entry, given)
    return weighed(case, found, RULE.settle) if isinstance(found, Stands) else found


def _by_kept(case: Case) -> Outcome | None:
    """A gateway that logs in itself may hand on what it took out under another name."""
    name, pair = next(((name, pair) for name in KEPT_AS if (pair := _pair_as(case, name))), (b"", None))
    if pair is None or pair == case.legible:
        return None
    shown = name.decode().title()
    found = Stands(
        Verdict.LIKELY,
        f"A gateway put another Authorization in the place of the application's, which it kept as {shown}",
        (Evidence(REQUEST_HEADERS, f"{shown} has a pair with a SID, and Authorization another value"),),
        (f"Let the gateway send the value of {shown} as Authorization, and log in at Twilio with nothing of its own",),
        RULE.settle,
    )
    return RuledOut(case.vouched) if case.vouched else weighed(case, found, RULE.settle)


def _pair_as(case: Case, name: bytes) -> Pair | None:
    value = case.exchange.request.first(name)
    pair = pair_of(decode(value[:_LONGEST])) if value else None
    return pair if pair is not None and near_sid(pair.username) else None


def _replaced(case: Case, tap: Tap) -> Stands:
    if names_sid(case) != tap.had_pair and tap.client_side == names_sid(case):
        return _put_in(case, tap)
    verdict = Verdict.CONFIRMED if tap.certain else Verdict.LIKELY
    side = "nearer to the application" if tap.client_side else "nearer to Twilio"
    was = "another pair with a SID" if tap.had_pair else "another value"
    gateway = case.exchange.request.host if not case.endpoint.twilio else tap.host
    return Stands(
        verdict,
        "The Authorization value changed on the way: a proxy or gateway replaced what the application sent",
        (
            Evidence(HISTORY, f"the recording of this request {side} has {was}", index=tap.index),
            Evidence(AUTHORIZATION, "the value in this recording"),
        ),
        (
            f"Let the proxy or gateway in front of {scrub(gateway[:100])} pass the Authorization header on unchanged",
            "If it is meant to add credentials of its own, correct them there",
        ),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _put_in(case: Case, tap: Tap) -> Stands:
    """A login at the gateway on one side, a pair for Twilio on the other: as many gateways are meant to work."""
    side, what = ("application", "value that is no such pair") if tap.client_side else ("gateway", "pair with a SID")
    where = case.exchange.request.host if not case.endpoint.twilio else tap.host
    return Stands(
        Verdict.LIKELY,
        "A proxy or gateway put credentials of its own in the place of the application's, and Twilio refused these",
        (
            Evidence(HISTORY, f"the recording of this request nearer to the {side} has a {what}", index=tap.index),
            Evidence(AUTHORIZATION, "a pair with a SID" if tap.client_side else "no such pair"),
        ),
        (
            f"Correct the Twilio credentials that the proxy or gateway in front of {scrub(where[:100])} puts in",
            "If it is to put in none, let it pass the application's Authorization header on unchanged",
        ),
        RULE.settle,
    )


def _from_netrc(case: Case, wire: Pair, entry: ExpectedPair, given: tuple[Expected, ...]) -> Outcome:
    name = case.client.name
    same = next((pair for pair in pairs_of(given, Role.ACCOUNT_SID, Role.KEY_SID) if pair.carried_by(wire)), None)
    if same is not None:
        return RuledOut(f"the netrc entry and {place_of(same.sid)} hold the same pair")
    meant = tuple(one for one in of_role(given, *MEANT) if one.standing is not Standing.ELSEWHERE)
    pairs = [pair for pair in pairs_of(meant, Role.ACCOUNT_SID, Role.KEY_SID) if _counts(pair)]
    others = [one for one in meant if not holds(wire.password if one.role.is_secret else wire.username, one)]
    other = min(others, key=lambda one: not one.role.is_secret, default=None)
    if other is None and name not in READS_NETRC | MAY_READ_NETRC:
        return Unknown()
    sure = bool(pairs)
    instead = f", not that of {name_of(other)}" if other else ""
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY if other else Verdict.POSSIBLE,
        f"The pair on the wire is the one in {source_of(entry.secret)}{instead}",
        (
            Evidence(AUTHORIZATION, f"equals {told(entry.sid)} and {told(entry.secret)}"),
            *((Evidence(AUTHORIZATION, f"{told(other)} is another value"),) if other else ()),
        ),
        _netrc_fix(name, entry),
        None if sure else RULE.settle,
    )


def _counts(pair: ExpectedPair) -> bool:
    """Whether the application had the pair for certain: somebody said so, or it stands in the environment."""
    return all(one.standing is Standing.GIVEN or one.home == ENVIRONMENT for one in (pair.sid, pair.secret))


def _netrc_fix(name: str, entry: ExpectedPair) -> tuple[str, ...]:
    steps = [f"Correct or remove the entry in {source_of(entry.secret)}, or run with NETRC=/dev/null"]
    if name == "twilio-python":
        steps.insert(0, "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in this process: without them netrc steps in")
    elif name in NETRC_BEATS_HEADER:
        steps.insert(0, f"Give the pair as auth, not as a header, which netrc replaces: {pair_call(name)}")
    elif name in READS_NETRC:
        steps.insert(0, f"Give {name} the pair itself: it looks into netrc only without one")
    elif name not in MAY_READ_NETRC:
        steps.append("Look for the wrapper, script or gateway that takes the pair from there")
    return tuple(steps)


def _by_login(case: Case) -> Outcome | None:
    credential = case.credential
    if not case.client.helper_library or not isinstance(credential, Other):
        return None
    scheme = _LOGINS.get(credential.scheme.lower())
    if scheme is None:
        return None
    at = first_value(case).find(credential.scheme)
    return Stands(
        Verdict.LIKELY,
        f"{case.client.name} sends Basic, but the {scheme} login of a company network stands in its place",
        (Evidence(AUTHORIZATION, f"{scheme}, which {case.client.name} never sends", start=at, end=at + len(scheme)),),
        (
            "Let the company proxy log in with Proxy-Authorization and leave Authorization alone",
            "Or lead requests to twilio.com past it (NO_PROXY=.twilio.com)",
        ),
        RULE.settle,
    )


_GATEWAY, _ID = "twilio.gateway.example", b"RQ" + b"6" * 32

RULE = Rule(
    slug="authorization-overridden",
    title="Something replaced the application's Authorization (netrc, gateway)",
    check=check,
    page=__doc__ or "",
    settle="run with NETRC=/dev/null, or compare both sides of the gateway",
    explains=frozenset({"scheme-unsupported", "username-not-a-sid", "account-mismatch", "differs-from-environment"}),
    hit=lambda: (
        refused(GOOD, host=_GATEWAY, request_id=_ID),
        refused(basic(OTHER_SID, TOKEN), at=0.02, request_id=_ID),
    ),
    miss=lambda: (refused(GOOD, host=_GATEWAY, request_id=_ID), refused(GOOD, at=0.02, request_id=_ID)),
)
