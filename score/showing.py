"""One case, told for whoever looks into it: what was sent and answered, and all that the engine says of it."""

from collections.abc import Iterator

from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from score.judging import KEY, expected_of
from score.truth import Case


def show(case: Case) -> str:
    """Lines without a secret: shapes and places only."""
    return "\n".join(_lines(case))


def _lines(case: Case) -> Iterator[str]:
    results = diagnose_all(case.exchanges, KEY, expected_of(case.given))
    for index, (exchange, result) in enumerate(zip(case.exchanges, results, strict=True)):
        yield f"  [{index}] {_sent(exchange)}"
        truth = case.truths.get(index, case.anywhere)
        if truth is not None:
            also = f", beside it {', '.join(truth.also)}" if truth.also else ""
            may = ", ".join(sorted(truth.may)) or "nothing"
            yield f"      truth: {truth.kind.value} {' or '.join(truth.leads)} {truth.least}{also}; may confirm {may}"
        if result.diagnosis is not None:
            yield from (f"      {line}" for line in _found(result.diagnosis))


def _sent(exchange: Exchange) -> str:
    request, response = exchange.request, exchange.response
    names = b" ".join(name for name, _ in request.headers).decode("latin-1")
    outcome = "refused by the recorder" if exchange.refused_by_proxy else "no answer"
    if response is not None:
        outcome = str(response.status)
    started = exchange.started_at or 0.0
    return (
        f"{request.method} {request.scheme}://{request.host} at {started:.3f} from {exchange.client_address} on "
        f"{exchange.connection}, {exchange.fidelity.value}: {outcome}; headers {names}"
    )


def _found(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"url {diagnosis.url}; code {diagnosis.code}; text {diagnosis.message[:80]!r}; client {diagnosis.client}"
    if diagnosis.drawing is not None:
        yield from diagnosis.drawing
    for finding in diagnosis.findings:
        under = f" (under {finding.nested_under})" if finding.nested_under else ""
        yield f"{finding.verdict.value} {finding.cause}{under}: {finding.says}"
        yield from (f"  {one.where}: {one.says}" for one in finding.evidence)
    yield from (f"crashed: {slug} {error}" for slug, error in diagnosis.crashed)
