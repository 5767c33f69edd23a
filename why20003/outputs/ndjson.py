"""``--format ndjson``: one JSON object on each line, written while the recordings are read."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from analyzers.capture import Correction
from analyzers.contract import SCHEMA, Json
from analyzers.diagnosis import Diagnosis
from why20003.feeding import BadEntry, Corrected, Event, Found, RecordingBegun, RecordingEnded, Unreadable
from why20003.outputs.encoding import diagnosis_layout, encoded, recording_json
from why20003.outputs.json_document import tool
from why20003.outputs.tally import Tally


def pieces(events: Iterable[Event]) -> Iterator[bytes]:
    """A line for each event, and one at the end that is the JSON document without its diagnoses."""
    tally = Tally()
    paths: list[str] = []
    ended: list[Json] = []
    for event in events:
        match event:
            case RecordingBegun(path=path):
                yield _line("recording", schema=SCHEMA, recording=len(paths), path=path, format=event.format)
                paths.append(path)
            case Found(recording=recording, diagnosis=diagnosis, index=index):
                tally.add(diagnosis)
                yield _line("diagnosis", **{**diagnosis_layout(diagnosis, recording, (index,)), "index": index})
            case Corrected(recording=recording, correction=correction):
                tally.correct(correction.before, correction.now, correction.count)
                yield _line("correction", **_correction(recording, correction))
            case BadEntry(recording=recording, error=error):
                yield _line("error", recording=recording, path=paths[recording], entry=error.entry, says=error.says)
            case Unreadable(path=path, says=says):
                yield _line("error", recording=None, path=path, entry=None, says=says)
            case RecordingEnded(counts=counts):
                ended.append(recording_json(counts))
            case _:
                assert_never(event)
    yield _line("summary", schema=SCHEMA, tool=tool(), recordings=ended, summary=tally.json())


def _correction(recording: int, correction: Correction) -> dict[str, object]:
    """The diagnosis that replaces those of its indexes, with what they said before."""
    layout = diagnosis_layout(correction.now, recording, correction.indexes)
    before = _told(correction.before)
    return {**layout, "index": correction.indexes[0], "count": correction.count, "before": before}


def _told(diagnosis: Diagnosis) -> dict[str, object]:
    top = diagnosis.top
    return {
        "cause": top.cause if top and not diagnosis.benign else None,
        "verdict": top.verdict.value if top else "unknown",
        "benign": diagnosis.benign,
        "says": diagnosis.says,
    }


def _line(type: str, **members: object) -> bytes:  # noqa: A002 - the name of the member
    return encoded({"type": type, **members}) + b"\n"
