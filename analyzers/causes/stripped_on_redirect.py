"""What it does: follows the redirects that led to the request. When an earlier hop carried Authorization and this one,
sent to the URL that the hop named, does not, the client dropped the header on the way.

Why it fails: a client that follows a redirect removes Authorization when the host, the port or the scheme changes (some
do so always), to keep the credentials from strangers. Twilio then sees a request without any.

Cannot see: hops on hosts that the proxy does not open, and what a client that hides its User-Agent is. A request that
comes more than five seconds later may be a second try by hand; a login for the host that redirected was never meant for
Twilio; and where another than Twilio refused, the header may not matter. Each makes it likely and no more.

Fix: call the final URL directly: https instead of http, the host that answers instead of the one that redirects. A
redirected POST may also have become a GET without its body.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.4; docs/clients.md 1 (measured 2026-11-20)
"""

from analyzers.bearing import Hop
from analyzers.building import GOOD, SID, redirected, refused
from analyzers.case import Case
from analyzers.client_habits import followed_at_once
from analyzers.constructors import stop_redirects
from analyzers.findings import HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import scrub
from analyzers.missing import not_wanted, sureness
from analyzers.redirect_rules import Step, rule_for
from analyzers.rules import Rule
from analyzers.twilio import is_twilio_host
from analyzers.urls import shown_url

_PLACES = {
    Step.SAME_ORIGIN: "on the same host",
    Step.OTHER_PORT: "to another port",
    Step.HTTP_TO_HTTPS: "from http to https",
    Step.HTTPS_TO_HTTP: "from https to http",
    Step.OTHER_HOST: "to another host",
    Step.PARENT_TO_SUBDOMAIN: "to a subdomain",
}


def check(case: Case) -> Outcome:
    """Confirmed when the same client had the header one or more hops before; likely when only URL and time match."""
    if (nothing := not_wanted(case)) is not None:
        return nothing
    hops = case.bearing.hops
    lost = next((i for i in range(len(hops) - 1, -1, -1) if hops[i].had_authorization), None)
    if lost is None:
        if hops:
            return RuledOut("no hop of the redirect chain had an Authorization header")
        return Unknown()
    hop = hops[lost]
    verdict = _verdict(case, hops[lost:])
    return Stands(
        verdict,
        _sentence(case, hop, len(hops) - lost),
        tuple(_evidence(h) for h in hops[lost:]),
        _fix(case, hops[lost:]),
        None if verdict is Verdict.CONFIRMED else _settle(case, hops[lost:]),
    )


def _verdict(case: Case, hops: tuple[Hop, ...]) -> Verdict:
    """How surely one client followed all of `hops` and lost on the way what was meant for Twilio."""
    if not _for_twilio(hops[0]):
        # An application's own login, with which it sends its visitors on to a file, is rightly dropped.
        return Verdict.POSSIBLE if case.endpoint.is_media_file else Verdict.LIKELY
    return sureness(case) if followed_at_once(hops) else Verdict.LIKELY


def _settle(case: Case, hops: tuple[Hop, ...]) -> str:
    by_twilio = case.answer is not None and case.answer.by_twilio
    if by_twilio or not followed_at_once(hops):
        return "capture both requests with one client at a time"
    return "look at an answer made by Twilio itself"


def _for_twilio(hop: Hop) -> bool:
    """Whether what was dropped was meant for Twilio, and not the login of the host that redirected."""
    return hop.had_twilio_pair or is_twilio_host(hop.host)


def _sentence(case: Case, hop: Hop, count: int) -> str:
    way = f"{hop.status} redirect {_PLACES[hop.step]}" if count == 1 else f"chain of {count} redirects"
    method = case.exchange.request.method
    changed = f", and {scrub(hop.method[:20])} became {scrub(method[:20])}" if hop.method != method else ""
    return f"{_name(case)} dropped Authorization when it followed a {way}{changed}"


def _name(case: Case) -> str:
    return case.client.name if case.client.known else "The client"


def _evidence(hop: Hop) -> Evidence:
    had = "with Authorization" if hop.had_authorization else "without Authorization"
    gap = "" if hop.gap is None else f", followed after {hop.gap:.2f} s"
    other = ", on another connection" if hop.same_connection is False else ""
    return Evidence(
        HISTORY, f"{scrub(hop.method[:20])} {hop.url} {had} was answered {hop.status}{gap}{other}", index=hop.index
    )


def _fix(case: Case, hops: tuple[Hop, ...]) -> tuple[str, ...]:
    client, hop, method = case.client, hops[0], case.exchange.request.method
    steps = [f"Call {shown_url(case.exchange, case.secrets)} directly, without the redirect"]
    if not _for_twilio(hop):
        steps.append("Give that request credentials for Twilio: what the first one carried was no Twilio pair")
    if hop.method != method:
        steps.append(f"Send {scrub(hop.method[:20])} there: the redirect turned it into {scrub(method[:20])}")
    if any(each.scheme == "http" and each.had_authorization for each in hops):
        steps.append("Replace the secret: the first request carried it unencrypted")
    if client.helper_library:
        steps.append(
            f"{client.name} itself never follows redirects: look for a wrapped HTTP client or a proxy that does"
        )
    elif rule := rule_for(client.name, hop.step, version=client.version, status=hop.status, method=hop.method):
        steps.append(f"Do not count on redirects here; {rule}")
    if not client.helper_library:
        steps.append(f"To be told of a redirect instead: {stop_redirects(client.name)}")
    return tuple(steps)


RULE = Rule(
    slug="stripped-on-redirect",
    title="The client dropped Authorization when it followed a redirect",
    check=check,
    page=__doc__ or "",
    settle="intercept the redirecting host too (scope all)",
    explains=frozenset({"no-authorization", "media-url-without-auth"}),
    hit=lambda: (
        redirected(GOOD, b"https://api.twilio.com/2010-04-01/Accounts/%s/Messages.json" % SID, 301, scheme="http"),
        refused(None, at=0.3),
    ),
    miss=lambda: (
        redirected(None, b"https://api.twilio.com/2010-04-01/Accounts/%s/Messages.json" % SID, 301, scheme="http"),
        refused(None, at=0.3),
    ),
)
