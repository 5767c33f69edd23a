"""One pass over the exchanges of a recording: what the refusals that are told need of it, in bounded memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from analyzers.bearing import ALONE, Bearing
from analyzers.bounded import Bounded
from analyzers.case import Case, case_of, is_refusal, with_bearing
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.history import History
from analyzers.redirect_chains import client_key
from analyzers.urls import url_key
from why20003.report.timeline import Tracks

_KEPT: Final = 512
"""Exchanges without a 2xx that are kept until it is known whether a refusal that is told needs them."""
_FOLLOWED: Final = 64
Asked: TypeAlias = tuple[str, tuple[str, str, int, bytes], tuple[str | None, bytes]]
"""Method, URL and client."""


@dataclass(slots=True)
class Story:
    """What a recording says beside its diagnoses."""

    cases: dict[int, Case] = field(default_factory=dict)
    """The refusals that are told, with what bears on them, by their place."""
    others: Mapping[int, Exchange] = field(default_factory=dict)
    """Exchanges that led to a refusal, or went beside it, by their place."""
    answered: dict[int, tuple[int, Exchange]] = field(default_factory=dict)
    """Place of a refusal without credentials to place and exchange of the same request with them."""

    def at(self, place: int) -> Exchange | None:
        """The exchange at `place`, if it is kept."""
        case = self.cases.get(place)
        return case.exchange if case else self.others.get(place)


def story_of(
    exchanges: Iterable[tuple[int, Exchange]], told: Sequence[Diagnosis], refused: Mapping[int, str], tracks: Tracks
) -> Story:
    """The story of the diagnoses `told`. `refused` has the fingerprint of each refused place; `tracks` is filled."""
    history = History(b"report")  # its digests never leave this function
    wanted = {diagnosis.index for diagnosis in told}
    story, kept, followers = Story(), _Kept(), _Followers()
    for place, exchange in exchanges:
        case = _read(history, exchange, place)
        history.observe(case, place, refused=is_refusal(case))
        tracks.add(place, case, refused.get(place))
        followers.see(place, exchange, story)
        if place in wanted:
            story.cases[place] = case
            followers.await_answer(place, case)
        elif exchange.response is None or exchange.response.status >= 300:
            kept.put(place, exchange)
    for place, case in story.cases.items():
        story.cases[place] = with_bearing(case, history.bearing(case, place))
    story.others = kept.of(story.cases.values())
    return story


def _read(history: History, exchange: Exchange, place: int) -> Case:
    case = case_of(exchange)
    hops = history.hops(exchange, place)
    return with_bearing(case, Bearing(hops=hops)) if hops and case.endpoint.twilio else with_bearing(case, ALONE)


class _Kept:
    """The last exchanges that may turn out to belong to a refusal."""

    def __init__(self) -> None:
        self._exchanges: Bounded[int, Exchange] = Bounded(_KEPT)

    def put(self, place: int, exchange: Exchange) -> None:
        self._exchanges.put(place, exchange)

    def of(self, cases: Iterable[Case]) -> dict[int, Exchange]:
        bearings = [case.bearing for case in cases]
        places = {hop.index for bearing in bearings for hop in bearing.hops}
        places |= {tap.index for bearing in bearings for tap in bearing.taps}
        found = ((place, self._exchanges.get(place)) for place in sorted(places))
        return {place: exchange for place, exchange in found if exchange is not None}


class _Followers:
    """Requests that were asked for credentials, until they come again with some."""

    def __init__(self) -> None:
        self._waiting: Bounded[Asked, int] = Bounded(_FOLLOWED)

    def await_answer(self, place: int, case: Case) -> None:
        if not case.credentials:
            self._waiting.put(_asked(case.exchange), place)

    def see(self, place: int, exchange: Exchange, story: Story) -> None:
        if exchange.request.first(b"authorization") is None:
            return
        asked = self._waiting.get(_asked(exchange))
        if asked is not None and asked not in story.answered:
            story.answered[asked] = (place, exchange)


def _asked(exchange: Exchange) -> Asked:
    return exchange.request.method, url_key(exchange), client_key(exchange)
