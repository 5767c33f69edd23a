"""What it does: decodes Proxy-Authorization of a request without Authorization. Where a Twilio pair stands in it, the
credentials were given to the client as the login of a proxy.

Why it fails: Proxy-Authorization is for the next proxy alone, and a server never reads it. Twilio sees a request
without credentials, and every proxy on the way sees the secret.

Cannot see: a Proxy-Authorization that a proxy on the way has already taken off; and a login that happens to look like
a SID with a fault is not taken for one.

Fix: move the credentials from the proxy settings (proxy user, --proxy-user, a name before the proxy's host) to the
login of the request itself.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-11.7.2 (Proxy-Authorization is for the proxy);
https://www.twilio.com/docs/usage/requests-to-twilio; docs/facts.md 10 (read 2026-11-20)
"""

from analyzers.building import GOOD, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.credential import Pair, decode, pair_of
from analyzers.findings import REQUEST_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.missing import not_missing, sureness, weaker
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of, near_secret, near_sid

_NAME = b"proxy-authorization"
_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID}
# A header line longer than any credential is none.
_LONGEST = 4096


def check(case: Case) -> Outcome:
    """Confirmed for a pair with a whole SID, likely for one with a SID that has a fault."""
    if (nothing := not_missing(case)) is not None:
        return nothing
    values = case.exchange.request.values(_NAME)
    if not values:
        return RuledOut("the request has no Proxy-Authorization")
    pairs = [pair for value in values[:4] if (pair := pair_of(decode(value[:_LONGEST])))]
    found = [(limit, pair) for pair in pairs if (limit := _shaped(pair))]
    if not found:
        return Unknown()
    limit, pair = min(found, key=lambda each: each[0].rank)
    verdict = weaker(sureness(case), limit)
    key = Kind.KEY_SID in {_kind(pair.username), _kind(pair.password)}
    call = (key_call if key else pair_call)(case.client.name)
    return Stands(
        verdict,
        "The Twilio credentials went into Proxy-Authorization, which Twilio never reads",
        (
            Evidence(REQUEST_HEADERS, f"Proxy-Authorization holds a pair with {_told(pair)}"),
            Evidence(REQUEST_HEADERS, "no Authorization header"),
        ),
        (
            f"Give them to the request itself: {call}",
            "Take them out of the proxy settings (curl: -u instead of --proxy-user); a proxy has a login of its own",
        ),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _shaped(pair: Pair) -> Verdict | None:
    """How surely the pair is meant for Twilio; None where it may as well be the login of a proxy."""
    for sid, secret in ((pair.username, pair.password), (pair.password, pair.username)):
        if _kind(sid) in _SIDS:
            return Verdict.CONFIRMED
        # 32 hex digits without their prefix are a common login of proxies.
        if near_sid(sid) and sid[:2].upper() in {b"AC", b"SK"} and near_secret(secret):
            return Verdict.LIKELY
    return None


def _told(pair: Pair) -> str:
    if _kind(pair.username) in _SIDS:
        return "an API key SID" if _kind(pair.username) is Kind.KEY_SID else "an Account SID"
    return "a SID, the halves swapped" if _kind(pair.password) in _SIDS else "what is nearly a SID"


def _kind(half: bytes) -> Kind:
    start, end = core_of(half[:200])
    return kind_of(half[start:end])


RULE = Rule(
    slug="sent-as-proxy-authorization",
    title="The Twilio credentials went into Proxy-Authorization",
    check=check,
    page=__doc__ or "",
    settle="look for Proxy-Authorization among the request headers",
    explains=frozenset({"no-authorization"}),
    hit=lambda: (refused(None, extra=((b"Proxy-Authorization", GOOD),)),),
    miss=lambda: (refused(None, extra=((b"Proxy-Authorization", basic(b"alice", b"s3cret-of-the-proxy")),)),),
)
