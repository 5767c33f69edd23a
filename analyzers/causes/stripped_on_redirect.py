"""What it does: follows the redirects that led to the request. When an earlier hop carried Authorization and this one,
sent to the URL that the hop named, does not, the client dropped the header on the way.

Why it fails: a client that follows a redirect removes Authorization when the host, the port or the scheme changes (some
do so always), to keep the credentials from strangers. Twilio then sees a request without any.

Cannot see: hops on hosts that the proxy does not open, and what a client that hides its User-Agent is.

Fix: call the final URL directly: https instead of http, the host that answers instead of the one that redirects. A
redirected POST may also have become a GET without its body.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.4; docs/clients.md 1 (measured 2026-11-20)
"""

from analyzers.building import GOOD, SID, redirected, refused
from analyzers.case import Case, Hop
from analyzers.findings import HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.history import shown_url
from analyzers.redirect_rules import Step, rule_for
from analyzers.rules import Rule

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
    if case.credentials:
        return RuledOut("the Authorization header arrived")
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    hops = case.bearing.hops
    lost = next((i for i in range(len(hops) - 1, -1, -1) if hops[i].had_authorization), None)
    if lost is None:
        if hops:
            return RuledOut("no hop of the redirect chain had an Authorization header")
        return Unknown()
    hop = hops[lost]
    sure = all(h.same_client and h.gap is not None for h in hops[lost:])
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        _sentence(case, hop, len(hops) - lost),
        tuple(_evidence(h) for h in hops[lost:]),
        _fix(case, hops[lost:]),
        None if sure else "capture both requests with one client at a time",
    )


def _sentence(case: Case, hop: Hop, count: int) -> str:
    way = f"{hop.status} redirect {_PLACES[hop.step]}" if count == 1 else f"chain of {count} redirects"
    method = f", and {hop.method} became {case.exchange.request.method}" if hop.method_changed else ""
    return f"{_name(case)} dropped Authorization when it followed a {way}{method}"


def _name(case: Case) -> str:
    return "The client" if case.client.version is None and case.client.name == "unknown client" else case.client.name


def _evidence(hop: Hop) -> Evidence:
    had = "with Authorization" if hop.had_authorization else "without Authorization"
    gap = "" if hop.gap is None else f", followed after {hop.gap:.2f} s"
    other = ", on another connection" if hop.same_connection is False else ""
    return Evidence(HISTORY, f"{hop.method} {hop.url} {had} was answered {hop.status}{gap}{other}", index=hop.index)


def _fix(case: Case, hops: tuple[Hop, ...]) -> tuple[str, ...]:
    steps = [f"Call {shown_url(case.exchange, case.secrets)} directly, without the redirect"]
    if any(hop.method_changed for hop in hops):
        steps.append(f"Send {hops[0].method} there: the redirect turned it into {case.exchange.request.method}")
    if any(hop.scheme == "http" and hop.had_authorization for hop in hops):
        steps.append("Replace the secret: the first request carried it unencrypted")
    if case.client.helper_library:
        steps.append(
            f"{case.client.name} itself never follows redirects: look for a wrapped HTTP client or a proxy that does"
        )
    elif rule := rule_for(case.client.name, hops[0].step):
        steps.append(f"Do not count on redirects here; {rule}")
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
