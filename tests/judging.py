"""What the tests of causes that rest on the rest of a capture share."""

import json
from collections.abc import Iterable
from dataclasses import replace

from analyzers.bearing import Bearing, Sighting
from analyzers.building import SID, TIME, accepted, basic
from analyzers.capture import Capture, diagnose_all
from analyzers.case import Case, case_of
from analyzers.diagnosis import Diagnosis
from analyzers.endpoint import endpoint_of
from analyzers.exchange import Exchange, Request, Response
from analyzers.findings import Finding, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule

LONGEST = 140
NO_RULING = "unknown"
RULED_OUT = "ruled-out"


def seen(
    index: int = 0,
    at: float | None = 0.0,
    *,
    host: str = "api.twilio.com",
    account: bytes | None = SID,
    agent: bytes = b"python-requests/2.34.2",
    address: str | None = "192.0.2.7",
    issuer: str | None = None,
) -> Sighting:
    """A 2xx, `at` seconds after the time of every built exchange; None for a recording without a clock."""
    request = Request(method="GET", scheme="https", host=host, port=443, target=b"/", headers=())
    return Sighting(
        index=index,
        at=None if at is None else TIME + at,
        method="GET",
        host=host,
        region=endpoint_of(request).region,
        account=account,
        agent=agent,
        address=address,
        issuer=issuer,
    )


def judged(rule: Rule, exchange: Exchange, bearing: Bearing) -> Outcome:
    """What the check says with just this bearing."""
    return checked(rule, case_of(exchange, bearing))


def judge(rule: Rule, *exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange, be it a refusal or not, with all that the recording shows."""
    heard: list[Outcome] = []

    def spy(case: Case) -> Outcome:
        heard.append(checked(rule, case))
        return heard[-1]

    capture = Capture(b"key", rules=(replace(rule, check=spy),))
    for exchange in exchanges:
        capture.learn(exchange)
    capture.judge(exchanges[-1], len(exchanges) - 1)
    return heard[-1] if heard else checked(rule, case_of(exchanges[-1]))


def checked(rule: Rule, case: Case) -> Outcome:
    """The outcome, after a look at what holds for every one that stands."""
    found = rule.check(case)
    if isinstance(found, Stands):
        assert 0 < len(found.says) < LONGEST
        assert not found.says.endswith(".")
        assert found.evidence
        assert found.fix
        assert (found.settle is None) == (found.verdict is Verdict.CONFIRMED)
        for one in found.evidence:
            assert one.where
            assert one.says
            assert (one.start is None) == (one.end is None)
            assert 0 <= (one.start or 0) <= (one.end or 0)
    assert not isinstance(found, RuledOut) or found.because
    return found


def word(found: Outcome) -> str:
    """The verdict as one word."""
    match found:
        case Stands(verdict=verdict):
            return verdict.value
        case RuledOut():
            return RULED_OUT
        case Unknown():
            return NO_RULING


def diagnoses(exchanges: Iterable[Exchange]) -> dict[int, Diagnosis]:
    """The diagnosis of each refused exchange of a recording, by its place."""
    found = {one.index: one.diagnosis for one in diagnose_all(exchanges, b"key") if one.diagnosis is not None}
    assert not any(diagnosis.crashed for diagnosis in found.values())
    return found


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last refused exchange, in order."""
    found = diagnoses(exchanges)
    findings = found[max(found)].findings
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in findings}


def live(exchanges: Iterable[Exchange]) -> dict[int, Diagnosis]:
    """The last word of a live capture on each refused exchange: its diagnosis, and every correction of it."""
    capture = Capture(b"key")
    found: dict[int, Diagnosis] = {}
    for exchange in exchanges:
        result = capture.add(exchange)
        if result.diagnosis is not None:
            found[result.index] = result.diagnosis
        for correction in result.corrections:
            found.update(dict.fromkeys(correction.indexes, correction.now))
    return found


def finding_of(rule: Rule, diagnosis: Diagnosis) -> Finding | None:
    """What the diagnosis says of one cause; None when it does not stand."""
    return next((finding for finding in diagnosis.findings if finding.cause == rule.slug), None)


def texts(found: Outcome) -> str:
    """All that is said, in one text."""
    if not isinstance(found, Stands):
        return ""
    return " | ".join((found.says, *(one.says for one in found.evidence), *found.fix, found.settle or ""))


def account_read(sid: bytes, owner: bytes, status: str = "active", **options: object) -> Exchange:
    """An Account resource that was read with the owner's pair: it tells who owns the account."""
    path = b"/2010-04-01/Accounts/%s.json" % sid
    exchange = accepted(basic(owner, b"0" * 32), path=path, method="GET", **options)
    body = json.dumps({"sid": sid.decode(), "owner_account_sid": owner.decode(), "status": status}).encode()
    return replace(exchange, response=Response(status=200, headers=(), body=body))


def spots(found: Outcome) -> list[tuple[str, int | None, int | None]]:
    """Where each piece of evidence stands, without the ``request.header.`` that most begin with, and its span."""
    assert isinstance(found, Stands)
    return [(one.where.removeprefix("request.header."), one.start, one.end) for one in found.evidence]
