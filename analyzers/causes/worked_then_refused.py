"""What it does: looks for an earlier 2xx of the very same credential on the same host and account.

Why it fails: what Twilio accepted once and refuses now has changed at Twilio: the token was rotated, the key deleted,
the OAuth app revoked, the account suspended. The client sent the same.

Cannot see: which of these it was. For a key or a token that did something else before, a missing right is possible too.

Fix: look in the Console what happened between the last success and the first refusal; then put the new secret into
every process that holds the old one.

Source: https://www.twilio.com/docs/api/errors/20003 (deleted tokens and keys, suspended accounts; read 2026-11-20);
docs/facts.md 0 and 10
"""

from analyzers.bearing import AGENT_KEPT, Sighting
from analyzers.building import GOOD, accepted, refused
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.findings import HISTORY, RESPONSE_STATUS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.sightings import (
    blames_credentials,
    expired,
    is_rest,
    moment,
    refused_plainly,
    sender,
    span,
    text_unread,
    well_sent,
    when,
    works_later,
)
from analyzers.twilio import Kind, gate_of, kind_of


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Confirmed when the same credential worked before, for all we know has not since, and nothing else explains it."""
    worked = case.bearing.worked
    if not case.credentials:
        return RuledOut("no credentials were sent")
    if gate_of(case.text) or (case.answer and gate_of(case.answer.detail)):
        return RuledOut("the text says that the credentials are good")
    if expired(case):
        return RuledOut("the token had expired, which needs no change at Twilio")
    if worked is None or not is_rest(worked):
        return Unknown()
    if _beyond_reach(case):
        return RuledOut("only a Main key may call this path, and this key was seen at work on others only")
    if not well_sent(case):
        return RuledOut("the header has another form than the one that worked")
    told = blames_credentials(case) or (isinstance(case.credential, Bearer) and refused_plainly(case))
    if not told and not text_unread(case):
        return Unknown()
    if again := works_later(case):
        return _passing(worked, again)
    sure = told and _same_right(case)
    what = "The same token" if isinstance(case.credential, Bearer) else "The same pair"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"{what} worked on this host and account{_until(worked)}: something changed at Twilio",
        _evidence(case, worked),
        _fix(case),
        None if sure else RULE.settle,
    )


def _beyond_reach(case: Case) -> bool:
    """Whether it is a key, on a path that only a Main key may call, and nothing shows that it is one."""
    pair = case.pair
    key = pair is not None and kind_of(pair.username) is Kind.KEY_SID
    return key and case.endpoint.needs_main_key and case.bearing.did_this is None


def _same_right(case: Case) -> bool:
    """Whether a missing right is no explanation: an account with its token has all, others what they did before."""
    pair = case.pair
    return case.bearing.did_this is not None or (pair is not None and kind_of(pair.username) is Kind.ACCOUNT_SID)


def _passing(worked: Sighting, again: Sighting) -> Stands:
    return Stands(
        Verdict.LIKELY,
        "The same credentials worked before this refusal and after it: nothing is wrong with them for good",
        (
            Evidence(HISTORY, f"accepted before{when(worked)}", worked.index),
            Evidence(HISTORY, f"accepted again{when(again)}", again.index),
        ),
        (
            "Keep the credentials; look in the Console what was changed and changed back at that time",
            "If it comes again, give Twilio support the request id of this answer",
        ),
        RULE.settle,
    )


def _until(worked: Sighting) -> str:
    told = moment(worked.at)
    return f" until {told} and is refused since" if told else " before and is refused now"


def _evidence(case: Case, worked: Sighting) -> tuple[Evidence, ...]:
    since = case.bearing.failed_first
    at = case.exchange.started_at if since is None else since.at
    first = f"first refused at {moment(at)}" if moment(at) else "refused now"
    if at is not None and worked.at is not None:
        first += f", {span(at - worked.at)} later"
    evidence = (
        Evidence(HISTORY, f"accepted for the last time{when(worked)}", worked.index),
        Evidence(RESPONSE_STATUS, first) if since is None else Evidence(HISTORY, first, since.index),
        Evidence(RESPONSE_STATUS, _changes(case, worked)),
    )
    status = case.bearing.account_status
    told = Evidence(RESPONSE_STATUS, f"an Account resource in this capture calls the account {status}")
    return (*evidence, told) if status else evidence


def _changes(case: Case, worked: Sighting) -> str:
    """What else differs between the last success and this refusal, as far as the recording shows both."""
    exchange = case.exchange
    agent = (exchange.request.first(b"user-agent") or b"")[:AGENT_KEPT]
    known = exchange.client_address is not None and worked.address is not None
    found = []
    if agent != worked.agent or (known and exchange.client_address != worked.address):
        found.append(
            f"the client: then {sender(worked.agent, worked.address)}, now {sender(agent, exchange.client_address)}"
        )
    if exchange.tls_issuer is not None and worked.issuer is not None and exchange.tls_issuer != worked.issuer:
        found.append("the issuer of the server's certificate")
    return (
        f"what else changed: {', '.join(found)}" if found else "nothing else changed: same credential, host and client"
    )


def _fix(case: Case) -> tuple[str, ...]:
    if isinstance(case.credential, Bearer):
        first = "Fetch a new token; look in the Console whether the OAuth app was deleted or its secret rotated"
    elif case.pair is not None and kind_of(case.pair.username) is Kind.KEY_SID:
        first = "Look in the Console whether the key still exists; if not, make a new one and use its SID and secret"
    else:
        first = "Look in the Console whether the Auth Token was rotated; if so, use the new one in every process"
    return first, "If not, look whether the account is suspended, or was at that time"


RULE = Rule(
    slug="worked-then-refused",
    title="The same credential worked, then was refused: something changed at Twilio",
    check=check,
    page=__doc__ or "",
    settle="look in the Console whether the secret was rotated, the key deleted or the account suspended",
    hit=lambda: (accepted(GOOD), accepted(GOOD, at=1260), refused(GOOD, at=1900)),
    miss=lambda: (
        accepted(GOOD),
        refused(GOOD, at=60, message="Policy evaluation failed"),
        refused(GOOD, at=61, host="api.dublin.ie1.twilio.com"),
    ),
)
