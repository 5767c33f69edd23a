"""The page: which refusals are told in full, and all that the template asks for."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analyzers.case import Case
from analyzers.diagnosis import Diagnosis
from analyzers.frozen import dataclass
from why20003.report.history_view import HistoryView, history_view
from why20003.report.model import Facts, Recorded
from why20003.report.refusal import Refusal, refusal_of
from why20003.report.story import Story, story_of
from why20003.report.telling import Headline, headline_of, moment
from why20003.report.texts import counted, cut, visible
from why20003.report.timeline import Numbers, Tracks
from why20003.report.way import Reply

TOLD: Final = 12
"""Refusals that are told in full: the first of every cause, then the first of all."""
LISTED: Final = 500
"""Refusals in the table."""
_MOST_SHOWN: Final = 8000
"""Characters of one text; what stood on the wire is cut shorter before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A refusal in the table."""

    entry: int
    call: str
    times: int
    headline: Headline
    number: int
    """Of the refusal told in full; 0 for one that is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One recording."""

    recorded: Recorded
    rows: tuple[_Row, ...]
    unlisted: int
    history: HistoryView | None
    refusals: tuple[Refusal, ...]


def report(facts: Facts) -> Iterator[str]:
    """The page, piece by piece. Equal facts give equal bytes."""
    environment = _environment()
    chosen = _chosen(facts.recordings, TOLD)
    numbers = Numbers(
        one.credential.fingerprint for r in facts.recordings for one, _ in r.diagnoses if one.credential is not None
    )
    parts = [_part(recorded, told, numbers) for recorded, told in zip(facts.recordings, chosen, strict=True)]
    refusals = [refusal for part in parts for refusal in part.refusals]
    style, script = (_source(environment, f"report.{kind}") for kind in ("css", "js"))
    page = environment.get_template("page.html.j2").stream(
        facts=facts,
        parts=parts,
        refusals=refusals,
        total=sum(len(recorded.diagnoses) + recorded.more for recorded in facts.recordings),
        headline=_headline(facts.recordings),
        made=moment(facts.made_at),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    page.enable_buffering(200)
    yield from page


def _chosen(recordings: Sequence[Recorded], most: int) -> list[dict[int, int]]:
    """For each recording the refusals to tell: number on the page to place in its diagnoses."""
    all_of = [(part, place, one) for part, r in enumerate(recordings) for place, (one, _) in enumerate(r.diagnoses)]
    first: dict[object, tuple[int, int]] = {}
    for part, place, one in all_of:
        first.setdefault(_kind(one), (part, place))
    wanted = [*first.values()][:most]
    seen = set(wanted)
    for part, place, _ in all_of:
        if len(seen) >= most:
            break
        seen.add((part, place))
    told: list[dict[int, int]] = [{} for _ in recordings]
    for number, (part, place) in enumerate(sorted(seen), 1):
        told[part][number] = place
    return told


def _kind(diagnosis: Diagnosis) -> object:
    return (diagnosis.top.cause, diagnosis.top.verdict) if diagnosis.top else None


def _story(recorded: Recorded, told: dict[int, int], tracks: Tracks) -> Story | None:
    if recorded.exchanges is None:
        return None
    names = {
        place: one.credential.fingerprint if one.credential else ""
        for one, places in recorded.diagnoses
        for place in (one.index, *places)
    }
    return story_of(recorded.exchanges, [recorded.diagnoses[place][0] for place in told.values()], names, tracks)


def _unnamed(_: Case) -> str:
    return ""


def _headline(recordings: Sequence[Recorded]) -> str:
    """The page in one line, where several refusals are on it, or none."""
    diagnoses = [one for recorded in recordings for one, _ in recorded.diagnoses]
    more = sum(recorded.more for recorded in recordings)
    faults = [one for one in diagnoses if not one.benign]
    if not diagnoses:
        return "Nothing was refused"
    if not faults:
        return "Nothing is wrong"
    causes = len({one.top.cause for one in faults if one.top})
    known = f", {counted(causes, 'cause')}" if causes else ", no cause found"
    return counted(len(faults) + more, "refusal") + known


def _part(recorded: Recorded, told: dict[int, int], numbers: Numbers) -> _Part:
    tracks = Tracks(numbers)
    story = _story(recorded, told, tracks)
    kept = replace(recorded, exchanges=None, diagnoses=())
    rows = tuple(_rows(recorded, {place: number for number, place in told.items()}))
    return _Part(
        recorded=kept,
        rows=rows,
        unlisted=len(recorded.diagnoses) + recorded.more - len(rows),
        history=history_view(tracks) if story else None,
        refusals=tuple(_refusals(recorded, told, story, tracks)),
    )


def _refusals(recorded: Recorded, told: dict[int, int], story: Story | None, tracks: Tracks) -> Iterator[Refusal]:
    for number, place in told.items():
        diagnosis, places = recorded.diagnoses[place]
        named = tracks.named if story else _unnamed
        yield refusal_of(number, diagnosis, places, recorded=recorded, story=story, named=named)


def _rows(recorded: Recorded, numbers: dict[int, int]) -> Iterator[_Row]:
    for place, (one, places) in enumerate(recorded.diagnoses[:LISTED]):
        yield _Row(
            entry=one.index,
            call=f"{one.method} {one.url}",
            times=max(1, len(places)),
            headline=headline_of(one),
            number=numbers.get(place, 0),
        )


# --- the template -----------------------------------------------------------------------------------------------------
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("why20003.report"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.tests["reply"] = lambda step: isinstance(step, Reply)
    environment.globals.update({"counted": counted})
    return environment


def _shown(value: object) -> object:
    """What an expression of the template gives: nothing invisible, nothing endless; autoescape comes after."""
    return visible(cut(value, _MOST_SHOWN)) if type(value) is str else value


def _source(environment: Environment, name: str) -> Markup:
    """A file of our own, put in as it is."""
    if environment.loader is None:
        return Markup()
    return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704 - our own file


def _hash(source: str) -> str:
    return b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")
