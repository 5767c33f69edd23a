"""The whole corpus, in one list."""

from collections.abc import Iterator

from score.corpus import (
    arrival,
    between,
    combined,
    environment,
    failing,
    gates,
    halves,
    headers,
    histories,
    near,
    near_history,
    other_half,
    redirects,
    scheme,
    scope,
    tokens,
    working,
)
from score.corpus.forms import Form
from score.truth import Case

FORMS: tuple[Form, ...] = (
    *arrival.FORMS,
    *headers.FORMS,
    *redirects.FORMS,
    *between.FORMS,
    *scheme.FORMS,
    *halves.FORMS,
    *other_half.FORMS,
    *scope.FORMS,
    *gates.FORMS,
    *tokens.FORMS,
    *histories.FORMS,
    *combined.FORMS,
    *environment.FORMS,
    *near.FORMS,
    *near_history.FORMS,
    *working.FORMS,
    *failing.FORMS,
)


def corpus() -> Iterator[Case]:
    """Every generated case; the same ones each time."""
    for form in FORMS:
        yield from form.cases()
