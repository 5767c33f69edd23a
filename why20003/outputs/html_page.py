"""``--format html``: the report, of diagnoses alone."""

from collections.abc import Iterable, Iterator

from why20003 import versions
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.words import complaints, heading, named
from why20003.report import Facts, Recorded, report

LISTED = 500
"""Refusals of one recording that are kept until all is read, beside the first of every cause."""


def pieces(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[bytes]:
    """The page, once all is read. Nothing when nothing was read."""
    read = [_recorded(recording) for recording in recordings if isinstance(recording, Diagnosed)]
    if not read:
        return
    facts = Facts(recordings=read, versions=(("why20003", versions.of("why20003")),))
    yield from (piece.encode() for piece in report(facts))


def _recorded(recording: Diagnosed) -> Recorded:
    causes: set[str | None] = set()
    kept = []
    for place, one in enumerate(recording.diagnoses):
        cause = one[0].top.cause if one[0].top else None
        if place < LISTED or cause not in causes:
            kept.append(one)
        causes.add(cause)
    return Recorded(
        name=named(recording.path),
        heading=heading(recording),
        diagnoses=kept,
        more=len(recording.diagnoses) - len(kept),
        proxy="mitmproxy" if recording.format == "mitm" else "",
        complaints=tuple(complaints(recording)),
    )
