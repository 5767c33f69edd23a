"""What it does: looks for a GET that carried a body and was answered 403 without an error code of Twilio.

Why it fails: Twilio's edge refuses every GET with a body since 2024-02-15, before anybody looks at the credentials. The
answer is a plain 403, "Access Denied", that reads as if the account lacked a right.

Cannot see: who answered, where the answer shows neither Twilio's edge nor anybody else; and a body that the recording
left out.

Fix: send what stands in the body as the query of the URL, or use POST where the resource wants a body. A default that
adds an empty JSON object to every request counts as a body too: take it off for GET.

Source: Twilio's changelog of 2024-01-11, in docs/facts.md 0; RFC 9110 9.3.1 (a body of GET has no meaning; read
2026-11-20)
"""

import re

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import REQUEST_BODY, RESPONSE_STATUS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule

_STATUS = 403
# The marks of CloudFront, Twilio's edge since 2026, and of a page that it makes: docs/facts.md 1.4 (read 2026-11-20)
_EDGE_HEADERS = (b"x-amz-cf-id", b"x-amz-cf-pop")
_EDGE_VALUE = re.compile(rb"cloudfront", re.IGNORECASE)
_EDGE_NAMED_IN = (b"server", b"via", b"x-cache")
# Where another product would show itself. Where any of these stands, somebody else may have refused the request.
_TELLING = (b"server", b"via", b"proxy-authenticate", b"www-authenticate", b"x-squid-error")
_PAGE_START = 4096
_LENGTH = re.compile(rb"\s*0*[1-9]\d{0,17}\s*")


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way an answer can look
    """Confirmed for an answer with the marks of Twilio's edge; likely for one without any marks; else possible."""
    request, response, answer = case.exchange.request, case.exchange.response, case.answer
    if request.method != "GET":
        return RuledOut("the request is no GET")
    if response is None or answer is None or not case.endpoint.twilio:
        return Unknown()
    if answer.by_twilio:
        return RuledOut("Twilio itself answered, so its edge let the request pass")
    if response.status != _STATUS:
        return RuledOut("the edge refuses such a request with 403; this is another status")
    if not _has_body(case.exchange):
        if case.exchange.fidelity is Fidelity.SANITIZED:
            return Unknown("capture live: this export may have left the body out")
        return RuledOut("the request has no body")
    verdict = _verdict(response)
    by_edge = verdict is Verdict.CONFIRMED
    return Stands(
        verdict,
        "Twilio's edge refuses a GET that carries a body, before anybody looks at the credentials",
        (
            Evidence(REQUEST_BODY, "a GET with a body, which Twilio's edge refuses since 2024-02-15"),
            Evidence(RESPONSE_STATUS, f"403 without an error code of Twilio{', from CloudFront' if by_edge else ''}"),
        ),
        (
            "Send the GET without a body: put the parameters into the query of the URL",
            "Leave the credentials as they are: nobody has looked at them yet",
        ),
        None if by_edge else RULE.settle,
    )


def _verdict(response: Response) -> Verdict:
    """Confirmed for the marks of Twilio's edge, likely where nobody is named, possible where somebody else may be."""
    marked = any(response.first(name) is not None for name in _EDGE_HEADERS)
    if marked or any(_EDGE_VALUE.search(v[:500]) for name in _EDGE_NAMED_IN for v in response.values(name)):
        return Verdict.CONFIRMED
    named = any(response.first(name) is not None for name in _TELLING) or b"<" in response.body[:_PAGE_START]
    return Verdict.POSSIBLE if named else Verdict.LIKELY


def _has_body(exchange: Exchange) -> bool:
    """Whether bytes of a body were recorded or announced."""
    request = exchange.request
    announced = any(_LENGTH.fullmatch(value[:20]) for value in request.values(b"content-length"))
    return bool(request.body) or announced


_BLOCKED = Response(
    status=_STATUS,
    headers=((b"Server", b"CloudFront"), (b"Content-Type", b"text/html"), (b"X-Cache", b"Error from cloudfront")),
    body=b"<HTML><TITLE>ERROR: The request could not be satisfied</TITLE></HTML>",
)

RULE = Rule(
    slug="body-on-get",
    title="A GET carried a body, which Twilio's edge refuses",
    check=check,
    page=__doc__ or "",
    settle="send the same GET without a body",
    explains=frozenset({"answer-not-from-twilio"}),
    hit=lambda: (refused(GOOD, method="GET", body=b"{}", answer=_BLOCKED),),
    miss=lambda: (refused(GOOD, method="GET", answer=_BLOCKED),),
)
