"""What it does: looks who made the refusal. Twilio's answers carry Twilio-Request-Id, its own realm or its own error
body; an answer without any of these that shows the marks of another product came from a proxy, a gateway or a firewall.

Why it fails: the request never reached Twilio, so the Twilio credentials were never looked at.

Cannot see: who answered when the answer carries no mark at all. Twilio's edge (CloudFront) refuses some requests itself
with 403, a GET with a body for one, before anybody looks at the credentials.

Fix: ask whoever runs the proxy or gateway that is named; look at its own credentials and rules.

Source: https://www.twilio.com/docs/global-infrastructure/understanding-edge-locations (the edge); RFC 9110 11.7 and
15.5.8; docs/facts.md 0 and 1.4 (a real answer of 2026-03-30, read 2026-11-20)
"""

import re
from dataclasses import replace

from analyzers.answer import decoded_body
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.exchange import Exchange, Headers, Response
from analyzers.findings import RESPONSE_HEADERS, RESPONSE_STATUS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule

_PROXY_CHALLENGE, _REFUSALS = 407, frozenset({401, 403})
# Forward proxies and gateways that put their name into Server or their error page. A plain web server's name (nginx,
# Apache, Envoy) proves nothing: Twilio may well run one. Names as their vendors write them (read 2026-11-20)
_PRODUCTS = re.compile(
    rb"squid|zscaler|blue ?coat|proxysg|fortigate|fortiguard|fortiproxy|forcepoint|websense|netskope|mcafee web gateway"
    rb"|skyhigh|cisco umbrella|ironport|sophos|barracuda|palo alto networks|trend micro|iboss|smoothwall|wingate"
    rb"|privoxy|tinyproxy",
    re.IGNORECASE,
)
_PAGE_START = 4096
# Headers that only such products send.
_FOREIGN_HEADERS = (b"proxy-authenticate", b"x-squid-error")
_FOREIGN_SCHEMES = re.compile(rb"\s*(?:NTLM|Negotiate|Kerberos)\b", re.IGNORECASE)
_FOREIGN_REALM = re.compile(rb"(?!.*twilio).*\brealm=\"?[^\"\s,]", re.IGNORECASE | re.DOTALL)
# Twilio's own edge since 2026: docs/facts.md 1.4
_EDGE = re.compile(rb"cloudfront", re.IGNORECASE)
# Error codes of Twilio have five digits or more; a status number as a code says nothing about the maker.
_SMALLEST_CODE = 10000


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way an answer can look
    """Confirmed for 407 and marks of another product; likely without any mark of Twilio; possible at its edge."""
    response, answer = case.exchange.response, case.answer
    if case.exchange.refused_by_proxy:
        return RuledOut("the recording proxy refused the request itself; nothing left this machine")
    if response is None or answer is None:
        return RuledOut("no answer came")
    if answer.by_twilio:
        return RuledOut("the answer carries Twilio's own marks")
    if response.status == _PROXY_CHALLENGE:
        return _stands(Verdict.CONFIRMED, "A proxy on the way asks for credentials of its own (407)", _marks(response))
    if response.status not in _REFUSALS or (answer.code or 0) >= _SMALLEST_CODE:
        return Unknown()
    marks = _marks(response)
    if marks:
        return _stands(Verdict.CONFIRMED, f"Not Twilio refused this request: {marks[0]}", marks)
    if not response.headers:
        return Unknown("record the headers of the answer too")
    if any(_EDGE.search(value) for _, value in response.headers):
        says = "Twilio's edge may have refused this request before anybody looked at the credentials"
        return _stands(Verdict.POSSIBLE, says, ())
    return _stands(Verdict.LIKELY, "No header of this answer is Twilio's: something on the way may have made it", ())


def _stands(verdict: Verdict, says: str, marks: tuple[str, ...]) -> Stands:
    sure = verdict is Verdict.CONFIRMED
    first = (
        "Send the request without the proxy or gateway, or give that one its own credentials"
        if verdict is not Verdict.POSSIBLE
        else "Send a GET without a body, and look whether the client sets an unusual header"
    )
    return Stands(
        verdict,
        says,
        (
            Evidence(RESPONSE_STATUS, "a refusal without Twilio-Request-Id, Twilio's realm or its error body"),
            *(Evidence(RESPONSE_HEADERS, mark) for mark in marks),
        ),
        (first, "Leave the Twilio credentials as they are until Twilio itself has refused them"),
        None if sure else RULE.settle,
    )


def _marks(response: Response) -> tuple[str, ...]:
    """What shows another product, in words; header values are not quoted."""
    names = {name.lower() for name, _ in response.headers}
    found = [f"the answer has {mark.decode().title()}" for mark in _FOREIGN_HEADERS if mark in names]
    challenges = response.values(b"www-authenticate")
    if any(_FOREIGN_SCHEMES.match(value) for value in challenges):
        found.append("WWW-Authenticate asks for a login of a company network")
    elif any(_FOREIGN_REALM.match(value) for value in challenges):
        found.append("WWW-Authenticate names a realm that is not Twilio's")
    # Only Server names the maker: Via and X-Cache also name what merely passed Twilio's answer on.
    if product := next(filter(None, map(_PRODUCTS.search, response.values(b"server"))), None):
        found.append(f"Server names {product.group().decode().title()}")
    page = decoded_body(response)[:_PAGE_START]
    if b"<" in page and (product := _PRODUCTS.search(page)):
        found.append(f"the page names {product.group().decode().title()}")
    return tuple(found)


_SQUID: Headers = ((b"Server", b"squid/6.10"), (b"Proxy-Authenticate", b'Basic realm="web"'))

RULE = Rule(
    slug="answer-not-from-twilio",
    title="The refusal was not made by Twilio",
    check=check,
    page=__doc__ or "",
    settle="look for Twilio-Request-Id in the answer's headers",
    hit=lambda: (refused(GOOD, answer=Response(status=407, headers=_SQUID)),),
    miss=lambda: (_through_squid(),),
)


def _through_squid() -> Exchange:
    """Twilio's own refusal, passed on by a proxy that left its name."""
    exchange = refused(GOOD)
    response = exchange.response
    if response is None:
        return exchange
    return replace(exchange, response=replace(response, headers=(*response.headers, (b"Via", b"1.1 gw (squid/6.10)"))))
