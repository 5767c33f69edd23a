"""What it does: looks for what only a browser sends: the question OPTIONS with Access-Control-Request-Method, which it
asks before a script's request to another host, or Origin together with Sec-Fetch-Mode: cors.

Why it fails: Twilio's REST API is called with secrets, and a page shows its secrets to every visitor. A browser asks
first, without credentials, and sends nothing more unless the answer allows it; what it does send comes with what the
page could know, and nothing in a page is secret.

Cannot see: a request whose headers were copied from a browser into a script. An old browser that sends no
Sec-Fetch-Mode is only likely to be one; so is one whose request shows a hop, since a server of the page's own may have
passed its headers on. Where Sec-Fetch-Site says that the page asked its own server, that is what happened.

Fix: call Twilio from your own server (a Twilio Function will do) and let the page call that. Give a page an Access
Token for a client SDK where it has to speak with Twilio itself. Replace a secret that a page has held.

Source: https://fetch.spec.whatwg.org/#cors-preflight-fetch (no credentials go with it);
https://www.w3.org/TR/fetch-metadata/; https://www.twilio.com/docs/usage/secure-credentials (read 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.exchange import Headers
from analyzers.findings import REQUEST_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.gateways import mark_of_hop
from analyzers.hosts import PRODUCTS
from analyzers.rules import Rule
from analyzers.tokens import TOKEN_HEADER
from analyzers.twilio import is_twilio_host

_PREFLIGHT = b"access-control-request-method"
# A page asks twilio.com from another site, always; the others are what it says to its own server (W3C, address above).
_ACROSS, _OWN_SERVER = b"cross-site", frozenset({b"same-origin", b"same-site"})
_ASKED = b"access-control-request-headers"
# Node's fetch sends Sec-Fetch-Mode: cors as well, though neither Origin nor Sec-Fetch-Site: undici
# lib/web/fetch/util.js (read 2026-11-20)
_NODE = frozenset({"fetch (Node)", "undici"})
# How the User-Agent of every browser begins: docs/clients.md 7b (read 2026-11-21)
_AGENT = b"Mozilla/5.0"
_PROXY_CHALLENGE = 407
_LONGEST = 300


def check(case: Case) -> Outcome:
    """Confirmed for a preflight, or Origin with Sec-Fetch-Mode: cors; likely for a browser's name with Origin."""
    if (other := _otherwise(case)) is not None:
        return other
    first = case.exchange.request.first
    if case.exchange.request.method == "OPTIONS" and first(_PREFLIGHT) is not None:
        asked = ("OPTIONS with Access-Control-Request-Method",)
        says = "A browser asked Twilio for leave before a script's request"
        return _stands(case, Verdict.LIKELY if _through_a_hop(case) else Verdict.CONFIRMED, says, asked)
    if first(b"origin") is None:
        return RuledOut("the request has none of the marks of a browser's script")
    mode = (first(b"sec-fetch-mode") or b"").strip().lower() if case.client.name not in _NODE else b""
    says = f"A page called Twilio directly from the browser{', with credentials' if case.credentials else ''}"
    if mode == b"cors":
        sure = _is_from_browser(case) and not _through_a_hop(case)
        return _stands(case, Verdict.CONFIRMED if sure else Verdict.LIKELY, says, ("Origin", "Sec-Fetch-Mode: cors"))
    if mode or case.client.is_browser:
        mark = "Sec-Fetch-Mode" if mode else "User-Agent of a browser"
        return _stands(case, Verdict.LIKELY, says, ("Origin", mark))
    return Unknown("look for Sec-Fetch-Mode beside Origin: a server may send Origin alone")


def _site(case: Case) -> bytes:
    return (case.exchange.request.first(b"sec-fetch-site") or b"").strip().lower()


def _is_from_browser(case: Case) -> bool:
    """Whether more than one header says so: Sec-Fetch-Mode alone is sent by Node's fetch under any name."""
    agent = case.exchange.request.first(b"user-agent") or b""
    return _site(case) == _ACROSS or case.client.is_browser or agent.startswith(_AGENT)


def _through_a_hop(case: Case) -> bool:
    """Whether a server of the page's own may have passed the headers on, or another than Twilio refused."""
    answered = case.answer is not None and case.answer.by_twilio
    return not answered or any(mark_of_hop(name) for name, _ in case.exchange.request.headers)


def _otherwise(case: Case) -> Outcome | None:
    """The outcome where the caller is no page, or a page that may call; None where the marks decide."""
    request = case.exchange.request
    by_sdk = request.first(TOKEN_HEADER) is not None or TOKEN_HEADER in (request.first(_ASKED) or b"").lower()
    if by_sdk or case.endpoint.product not in {"", *PRODUCTS}:
        return Unknown("look whether a client SDK calls a host that is meant for browsers")
    if is_twilio_host((request.first(b"origin") or b"")[:_LONGEST].decode("latin-1").partition("://")[2]):
        return Unknown("look at what Twilio's own page, the Console or Flex, says of this request")
    if _site(case) in _OWN_SERVER:
        return RuledOut("Sec-Fetch-Site says that the page called its own server, which passed its headers on")
    if case.credentials and case.vouched:
        return RuledOut(case.vouched)
    if case.answer is None or case.status == _PROXY_CHALLENGE:
        return Unknown("look at an answer made by Twilio itself")
    return None


def _stands(case: Case, verdict: Verdict, says: str, told: tuple[str, ...]) -> Stands:
    shown = bool(case.credentials) or b"authorization" in (case.exchange.request.first(_ASKED) or b"").lower()
    steps = [
        "Call Twilio from your own server or a Twilio Function, and let the page call that one",
        "Keep the Account SID's token and API key secrets on the server; give a page an Access Token of a client SDK",
    ]
    if shown:
        steps.append("Replace the secret that the page has held: whoever opened it can read it")
    sure = verdict is Verdict.CONFIRMED
    evidence = tuple(Evidence(REQUEST_HEADERS, mark) for mark in told)
    reason = ": the REST API is not meant for pages"
    return Stands(verdict, says + reason, evidence, tuple(steps), None if sure else RULE.settle)


_CHROME = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
_ORIGIN: Headers = ((b"Origin", b"https://shop.example"),)

RULE = Rule(
    slug="browser-preflight",
    title="A browser called Twilio directly",
    check=check,
    page=__doc__ or "",
    settle="look for OPTIONS, Origin and Sec-Fetch-Mode in the request",
    explains=frozenset({"no-authorization", "media-url-without-auth"}),
    hit=lambda: (
        refused(None, method="OPTIONS", agent=_CHROME, extra=(*_ORIGIN, (b"Access-Control-Request-Method", b"POST"))),
    ),
    miss=lambda: (refused(None, method="OPTIONS", agent=b"curl/8.14.1"), refused(GOOD, extra=_ORIGIN)),
)
