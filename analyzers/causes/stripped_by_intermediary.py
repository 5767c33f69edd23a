"""What it does: compares recordings of one request on both sides of a proxy or gateway. In a single recording it looks
for marks: a header in which a gateway keeps the original Authorization, headers that only a hop adds, or a whole pair
here while Twilio's text says that no credentials arrived.

Why it fails: company proxies and API gateways use Authorization for themselves and remove it, or forward only the
headers that they are told to. Twilio then sees a request without credentials.

Cannot see: a hop that leaves no mark. A mark of a hop shows that there was one, not that it removed anything: the
application may have sent no credentials at all.

Fix: let the hop pass Authorization on unchanged, or lead requests to twilio.com past it.

Source: https://github.com/twilio/twilio-csharp/issues/467 (a company proxy), docs/facts.md 1.1 and 9.1;
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html (remapped headers); RFC 7239
and RFC 9110 7.6.3 (read 2026-11-20)
"""

from urllib.parse import unquote_to_bytes

from analyzers.bearing import Tap
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.client_habits import RAISING, SILENT, WAITING_ALWAYS
from analyzers.credential import Basic
from analyzers.findings import (
    AUTHORIZATION,
    HISTORY,
    REQUEST_HEADERS,
    RESPONSE_MESSAGE,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.gateways import KEPT_AS, mark_of_hop, names_sid
from analyzers.masking import scrub
from analyzers.misplaced import carries_credentials
from analyzers.missing import not_missing, weaker
from analyzers.rules import Rule
from analyzers.twilio import TEXT_NO_CREDENTIALS, Kind, is_void, kind_of


def check(case: Case) -> Outcome:
    """Confirmed by two recordings of one request, likely by what a hop leaves behind."""
    if case.credentials:
        return _lost_behind(case)
    if (nothing := not_missing(case)) is not None:
        return nothing
    taps = sorted((tap for tap in case.bearing.taps if tap.client_side), key=lambda tap: not tap.certain)
    if had := next((tap for tap in taps if tap.had_authorization), None):
        return _between(case, had, "the recording nearer to the application", case.absence)
    if kept := next((name for name in KEPT_AS if (case.exchange.request.first(name) or b"").strip()), None):
        return _kept(case, kept.decode())
    if any(tap.certain for tap in taps):
        return RuledOut("a recording of this request nearer to the application has no Authorization either")
    return _by_hop(case)


def _lost_behind(case: Case) -> Outcome:
    """Of a request with Authorization: whether it lost it on the rest of its way to Twilio."""
    behind = [tap for tap in case.bearing.taps if not tap.client_side]
    if lost := next(
        (tap for tap in sorted(behind, key=lambda tap: not tap.certain) if not tap.had_authorization), None
    ):
        return _between(case, lost, "this recording", Verdict.CONFIRMED)
    if case.text.strip(" .") != TEXT_NO_CREDENTIALS:
        return RuledOut("the header is here, and Twilio's text does not say that it was missing")
    pair = case.credential.pair if isinstance(case.credential, Basic) else None
    if pair is None or is_void(pair.password) or kind_of(pair.username) not in {Kind.ACCOUNT_SID, Kind.KEY_SID}:
        return Unknown()
    issuer = scrub(case.exchange.tls_issuer or "", case.secrets)[:60]
    return Stands(
        Verdict.LIKELY,
        "A whole pair left here, but Twilio saw no credentials: something behind this recording removed the header",
        (
            Evidence(AUTHORIZATION, f"a whole pair{f', over TLS with a certificate of {issuer}' if issuer else ''}"),
            Evidence(RESPONSE_MESSAGE, "the text says that no credentials were provided"),
        ),
        _fix(case, "the proxy or gateway between here and Twilio"),
        RULE.settle,
    )


def _between(case: Case, tap: Tap, side: str, most: Verdict) -> Stands:
    """What two recordings of the request show; `side` is the one that has the header."""
    verdict = weaker(most, Verdict.CONFIRMED if tap.certain else Verdict.LIKELY)
    other = "the same Twilio-Request-Id" if tap.certain else "the same path and answer at the same time"
    here, there = ("had", "has none") if tap.had_authorization else ("has", "had none")
    host = case.exchange.request.host if not case.endpoint.twilio else tap.host
    was_pair = tap.had_pair if tap.had_authorization else names_sid(case)
    own = () if was_pair else ("If it is meant to put in credentials of its own, look there why it did not",)
    return Stands(
        verdict,
        f"A proxy or gateway removed Authorization: {side} {here} it, the one nearer to Twilio {there}",
        (
            Evidence(HISTORY, f"the request to {scrub(tap.host[:100])} with {other}", index=tap.index),
            Evidence(REQUEST_HEADERS, "an Authorization header" if case.credentials else "no Authorization header"),
        ),
        (*_fix(case, f"the proxy or gateway in front of {scrub(host[:100])}"), *own),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _kept(case: Case, name: str) -> Stands:
    shown = name.title()
    return Stands(
        Verdict.LIKELY,
        f"A gateway took Authorization out of the request and kept its value as {shown}",
        (Evidence(REQUEST_HEADERS, f"{shown} has a value, and no Authorization header"),),
        (f"Let the gateway send the value of {shown} as Authorization", *_fix(case, "the gateway")[1:]),
        RULE.settle,
    )


def _by_hop(case: Case) -> Outcome:
    hop = next((mark for name, _ in case.exchange.request.headers if (mark := mark_of_hop(name))), "")
    raises = case.client.name in RAISING
    if not hop and not (raises and case.absence is Verdict.CONFIRMED):
        return Unknown()
    sure = bool(hop) and case.absence is Verdict.CONFIRMED and not _other_reason(case)
    told = [Evidence(REQUEST_HEADERS, f"{hop}, which a proxy or gateway adds")] if hop else []
    if raises:
        told.append(Evidence(REQUEST_HEADERS, f"{case.client.name} raises an error when it has no credentials"))
    reason = "the request came through a proxy or gateway" if hop else f"{case.client.name} never leaves it out"
    return Stands(
        Verdict.LIKELY if sure else Verdict.POSSIBLE,
        f"Something on the way {'seems to have' if sure else 'may have'} removed Authorization: {reason}",
        (Evidence(REQUEST_HEADERS, "no Authorization header"), *told),
        _fix(case, "the proxy or gateway on the way"),
        RULE.settle,
    )


def _other_reason(case: Case) -> bool:
    """Whether the request shows another reason for a missing header as well, so that a hop alone means little."""
    request, account = case.exchange.request, case.endpoint.account
    names = [name.lower() for name, _ in request.headers]
    return (
        case.client.name in SILENT | WAITING_ALWAYS
        or request.method == "OPTIONS"
        or any(name.startswith(b"sec-fetch-") for name in names)
        or (account is not None and is_void(unquote_to_bytes(account)))
        or any(hop.had_authorization for hop in case.bearing.hops)
        or case.endpoint.is_media_file
        or carries_credentials(request, account)
    )


def _fix(case: Case, hop: str) -> tuple[str, ...]:
    steps = [f"Let {hop} pass the Authorization header on unchanged"]
    if case.client.name == "twilio-csharp":
        steps.append('Give the company proxy a login of its own: <defaultProxy useDefaultCredentials="true">')
    return (*steps, "Or lead requests to twilio.com past it (NO_PROXY=.twilio.com), and capture once more")


_GATEWAY, _ID = "twilio.gateway.example", b"RQ" + b"5" * 32

RULE = Rule(
    slug="stripped-by-intermediary",
    title="A proxy or gateway on the way removed the header",
    check=check,
    page=__doc__ or "",
    settle="capture on both sides of the gateway and compare",
    explains=frozenset({"no-authorization", "media-url-without-auth"}),
    hit=lambda: (refused(GOOD, host=_GATEWAY, request_id=_ID), refused(None, at=0.02, request_id=_ID)),
    miss=lambda: (refused(None, host=_GATEWAY, request_id=_ID), refused(None, at=0.02, request_id=_ID)),
)
