"""What it does: looks for a request of the REST API (its path and a SID show it) that went to a website of Twilio, to
one of its file servers, or to a domain that is one slip of a finger away from twilio.com.

Why it fails: the API lives at api.twilio.com and at the hosts of the products; no other host knows its paths. What is
behind a misspelt name may belong to anybody.

Cannot see: whether a company gave such a name to a gateway of its own. Where Twilio itself answered, the host leads to
it and is not blamed; names such as twilio.internal.example or api.twilio never are.

Fix: correct the base URL. If the host is a stranger's, replace the secret as well: it has been sent there.

Source: https://www.twilio.com/docs/api/errors/30404 ("using a base URL that is not https://api.twilio.com") and /20404;
docs/facts.md 3.1 and 8.1 (read 2026-11-20)
"""

from analyzers.answer import Answer
from analyzers.building import GOOD, refused
from analyzers.case import Case, astray
from analyzers.exchange import Response
from analyzers.findings import (
    REQUEST_HEADERS,
    RESPONSE_STATUS,
    TARGET,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.hosts import Place, registrable, right_host
from analyzers.rules import Rule

_PROXY_CHALLENGE = 407
_NOT_FOUND_CODES = frozenset({None, 403, 404, 405, 20403, 20404})


def check(case: Case) -> Outcome:
    """Confirmed where only a wrong host is left; likely where Twilio's API answered there, or the name may be meant."""
    place = astray(case)
    foreign = not case.endpoint.twilio
    if foreign and case.answer is not None and case.answer.by_twilio:
        return RuledOut("Twilio itself answered, so this host leads there")
    if place is None:
        return Unknown() if foreign else RuledOut("the host is one of the API, or the request is none of the API")
    if case.vouched:
        return RuledOut(case.vouched)
    verdict = _verdict(case, place)
    return Stands(
        verdict,
        _sentence(case, place),
        (
            Evidence(REQUEST_HEADERS, f"the host is {_shown(case, place)}"),
            Evidence(TARGET, "the path is one of the REST API"),
            *((Evidence(RESPONSE_STATUS, f"it answered {case.status}"),) if case.status else ()),
        ),
        _fix(case),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _verdict(case: Case, place: Place) -> Verdict:
    if case.status == _PROXY_CHALLENGE:  # asked for by a proxy on the way, before any host was reached
        return Verdict.POSSIBLE
    doubtful = place is Place.GLUED or case.exchange.refused_by_proxy or _authenticated_there(case.answer)
    return Verdict.LIKELY if doubtful else Verdict.CONFIRMED


def _authenticated_there(answer: Answer | None) -> bool:
    """Whether an API of Twilio's judged the request: then the host is odd, and the reason may be another."""
    return answer is not None and answer.by_twilio and answer.code not in _NOT_FOUND_CODES


def _shown(case: Case, place: Place) -> str:
    """The host as it may be shown: a known name, or the part that was registered."""
    host = case.exchange.request.host
    return host.lower().rstrip(".") if place is Place.WEBSITE else registrable(host)


def _sentence(case: Case, place: Place) -> str:
    shown = _shown(case, place)
    match place:
        case Place.WEBSITE:
            return f"The request went to {shown}, which is a website of Twilio and no host of its API"
        case Place.FILES:
            return f"The request went to {shown}, which serves files for Twilio and has no API"
        case Place.MISSPELT:
            return f"The request went to {shown} instead of twilio.com: the name of the host is misspelt"
        case Place.GLUED:
            return f"The request went to {shown}: the dot before twilio.com seems to be lost"


def _fix(case: Case) -> tuple[str, ...]:
    right = right_host(case.exchange.request.host, classic=case.endpoint.is_classic)
    steps = [f"Send it to https://{right}" if right else "Send it to the product's own host, as verify.twilio.com"]
    if case.client.helper_library:
        steps.append(f"{case.client.name} builds the host itself: look for a custom HTTP client, an edge or a region")
    else:
        steps.append("Look for the base URL in the settings of your program")
    if not case.endpoint.twilio and case.credentials:
        sent = "was" if case.exchange.response else "may have been"
        steps.append(f"Replace the secret: it {sent} sent to a host that is not Twilio's API")
    return tuple(steps)


RULE = Rule(
    slug="wrong-host",
    title="The request did not go to a Twilio API host",
    check=check,
    page=__doc__ or "",
    settle="compare the host with the API reference of the resource",
    explains=frozenset({"answer-not-from-twilio"}),
    hit=lambda: (refused(GOOD, host="api.twillio.com", answer=Response(status=404, headers=((b"Server", b"nginx"),))),),
    miss=lambda: (refused(GOOD, host="twilio.internal.example"),),
)
