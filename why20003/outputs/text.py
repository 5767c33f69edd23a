"""``--format text``: blocks for a person, or with the style ``ids`` one line for each refusal."""

from collections.abc import Iterable, Iterator
from typing import Literal

from analyzers.card import Line, Span, card, escaped, summary_lines
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.tally import Tally
from why20003.outputs.words import heading, judged, named


def lines(recordings: Iterable[Diagnosed | Unreadable], style: Literal["full", "short"]) -> Iterator[Line]:
    """A heading for each recording, its diagnoses, and how often each cause was met when there are several."""
    tally = Tally()
    told = headings = 0
    for recording in recordings:
        if isinstance(recording, Unreadable):
            continue
        if headings:
            yield ()
        headings += 1
        yield (Span(escaped(named(recording.path)), "title"), Span(f": {heading(recording)}", "dim"))
        for diagnosis, indexes in recording.diagnoses:
            yield ()
            yield from card(diagnosis, len(indexes), style)
            tally.add(diagnosis, len(indexes))
            told += 1
    if told > 1:
        yield ()
        yield from summary_lines(tally.causes)


def ids(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[Line]:
    """Cause, verdict, count, request id, entry and file of each diagnosis, with a blank between; nothing else."""
    for recording in recordings:
        if isinstance(recording, Unreadable):
            continue
        for diagnosis, indexes in recording.diagnoses:
            cause, verdict = judged(diagnosis)
            verdict = "benign" if diagnosis.benign else verdict  # one word
            fields = (cause, verdict, len(indexes), diagnosis.request_id or "-", diagnosis.index, recording.path)
            yield (Span(escaped(" ".join(map(str, fields)))),)
