"""What it does: follows the redirects that led to a refused GET. Where the first request was a POST, a redirect has
turned it.

Why it fails: nearly every client makes a GET without a body of a POST that is answered 301, 302 or 303. The GET asks
for something else: a list that needs other rights, or a resource that knows no GET. A 303 asks for just that; 307 and
308 keep the method.

Cannot see: hops on hosts that the proxy does not open. A GET that the application sent itself, at once after the
redirect, looks the same.

Fix: send the POST to the last URL directly: https instead of http, no slash too many, the host that answers instead of
the one that redirects.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.4; docs/clients.md 4 (measured 2026-11-20); docs/facts.md 1.6
and 8.1
"""

from analyzers.bearing import Hop
from analyzers.building import GOOD, MESSAGES, SID, redirected, refused, twilio_answer
from analyzers.case import Case, account_faulty
from analyzers.client_habits import followed_at_once
from analyzers.constructors import stop_redirects
from analyzers.findings import HISTORY, RESPONSE_STATUS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import scrub
from analyzers.missing import sureness
from analyzers.redirect_rules import method_rule
from analyzers.rules import Rule
from analyzers.twilio import CODE_METHOD_NOT_ALLOWED, CODE_REFUSED, READ_CODES, gate_of
from analyzers.urls import shown_url

_ASKS_FOR_GET = 303
_KEEP_THE_METHOD = frozenset({307, 308})
_REFUSED, _MISSING, _METHOD_REFUSED = 401, 404, 405


def check(case: Case) -> Outcome:
    """Confirmed where the answer is one to the method, or the header was lost on the same way; likely else."""
    hops = case.bearing.hops
    if case.exchange.request.method != "GET":
        return RuledOut("the request is not a GET")
    if not hops:
        return Unknown()
    turned = next((i for i, hop in enumerate(hops) if hop.method == "POST" and hop.method_changed), None)
    if turned is None:
        return RuledOut("no redirect on the way changed a POST")
    verdict = _verdict(case, hops[turned:])
    if verdict is None:
        return Unknown()
    return Stands(
        verdict,
        _sentence(case, hops[turned]),
        (
            *(_evidence(hop) for hop in hops[turned:]),
            Evidence(RESPONSE_STATUS, f"the GET was answered {case.status}"),
        ),
        _fix(case, hops[turned]),
        None if verdict is Verdict.CONFIRMED else _settle(hops[turned:]),
    )


def _settle(hops: tuple[Hop, ...]) -> str:
    if followed_at_once(hops):
        return "send the POST to the last URL directly, without the redirect"
    return "capture both requests with one client at a time"


def _verdict(case: Case, hops: tuple[Hop, ...]) -> Verdict | None:
    """How surely the changed method is why the request was refused; None where the answer speaks of something else."""
    answer = case.answer
    code = answer.code if answer else None
    if answer is None:
        return None
    if code == CODE_METHOD_NOT_ALLOWED or case.status == _METHOD_REFUSED:
        sure = True
    elif case.status == _MISSING:
        sure = answer.by_twilio and not account_faulty(case)
    elif code in READ_CODES or gate_of(case.text):
        return None
    elif code == CODE_REFUSED or case.status == _REFUSED:
        # With the header lost on the same way, the redirect is to blame for all of it. With credentials here, or none
        # from the start, these may be refused by themselves.
        lost = any(hop.had_authorization for hop in hops) and not case.credentials
        sure = lost and sureness(case) is Verdict.CONFIRMED
    else:
        return None
    return Verdict.CONFIRMED if sure and followed_at_once(hops) else Verdict.LIKELY


def _sentence(case: Case, hop: Hop) -> str:
    name = case.client.name if case.client.known else "The client"
    if hop.status == _ASKS_FOR_GET:
        return f"The POST was answered 303, which asks for a GET of the next URL: {name} sent no POST there"
    kept = f", although {hop.status} keeps the method" if hop.status in _KEEP_THE_METHOD else ""
    return f"{name} turned the POST into a GET when it followed a {hop.status} redirect{kept}"


def _evidence(hop: Hop) -> Evidence:
    gap = "" if hop.gap is None else f", followed after {hop.gap:.2f} s"
    turned = " with a GET" if hop.method_changed else ""
    says = f"{scrub(hop.method[:20])} {hop.url} was answered {hop.status}{gap}{turned}"
    return Evidence(HISTORY, says, index=hop.index)


def _fix(case: Case, hop: Hop) -> tuple[str, ...]:
    client = case.client
    steps = [f"Send the POST to {shown_url(case.exchange, case.secrets)} directly, without the redirect"]
    if client.helper_library:
        steps.append(
            f"{client.name} itself never follows redirects: look for a wrapped HTTP client or a proxy that does"
        )
    elif rule := method_rule(client.name, hop.status, version=client.version):
        steps.append(f"Do not count on redirects for a POST; {rule}")
    if not client.helper_library:
        steps.append(f"To be told of a redirect instead: {stop_redirects(client.name)}")
    if case.credentials and case.status == _REFUSED:
        steps.append("If Twilio refuses the POST as well, look at the credentials: they arrived")
    return tuple(steps)


RULE = Rule(
    slug="redirect-changed-method",
    title="A redirect turned the POST into a GET",
    check=check,
    page=__doc__ or "",
    settle="intercept the redirecting host too (scope all)",
    hit=lambda: (
        redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, 301, scheme="http"),
        refused(GOOD, method="GET", at=0.3, answer=twilio_answer(405, 20004, "Method not allowed")),
    ),
    miss=lambda: (
        redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, 307, scheme="http"),
        refused(GOOD, at=0.3),
    ),
)
