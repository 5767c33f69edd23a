"""What a diagnosis leaves on a flow beside the annotation: comment, marker and metadata, all plain text.

They show in the flow lists of mitmproxy and mitmweb, and the filters ~comment, ~marker and ~meta find them.
"""

from collections.abc import Mapping
from typing import Final
from weakref import WeakKeyDictionary

from mitmproxy import http

from analyzers.contract import Json, annotation_json
from analyzers.diagnosis import Diagnosis
from analyzers.findings import Verdict
from recordings.flows import ANNOTATED, OPTIONS, REFUSED, WIRE_TAILS

# Emoji names of mitmproxy's flow markers; they show in the console and in mitmweb.
_MARKERS: Final = {Verdict.CONFIRMED.value: ":red_circle:", Verdict.LIKELY.value: ":orange_circle:"}
_DOUBT: Final = ":question:"


class Marks:
    """Marks flows, and knows the whole diagnosis of those that live: metadata holds the annotation alone."""

    def __init__(self) -> None:
        # Weak: a flow that nobody shows or keeps is not kept for its diagnosis either.
        self._known: WeakKeyDictionary[http.HTTPFlow, Diagnosis] = WeakKeyDictionary()

    def put(self, flow: http.HTTPFlow, diagnosis: Diagnosis) -> None:
        """Mark `flow`; what its user wrote there stays."""
        told = annotation_json(diagnosis)
        flow.comment = flow.comment or comment_of(told)
        flow.marked = flow.marked or ("" if diagnosis.benign else marker_of(told))
        flow.metadata[ANNOTATED] = told
        self._known[flow] = diagnosis

    def put_anew(self, flow: http.HTTPFlow, diagnosis: Diagnosis) -> None:
        """Mark `flow` with another diagnosis than before; what its user wrote there in the meantime stays."""
        _unmark(flow)
        self.put(flow, diagnosis)

    def forget(self, flow: http.HTTPFlow) -> None:
        """Take away all that was said of `flow`, which is about to be sent again."""
        _unmark(flow)
        for name in (ANNOTATED, WIRE_TAILS, REFUSED, OPTIONS):
            flow.metadata.pop(name, None)
        self._known.pop(flow, None)

    def known(self, flow: http.HTTPFlow) -> Diagnosis | None:
        """The diagnosis that `flow` was marked with in this process."""
        return self._known.get(flow)


def told_of(flow: http.HTTPFlow) -> Mapping[str, Json] | None:
    """The annotation in the metadata of `flow`, which may come from any file; None where it is none of ours."""
    told = flow.metadata.get(ANNOTATED)
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in ("says", "verdict")):
        return None
    return told if isinstance(told.get("cause", ""), str | None) and told["verdict"] in _VERDICTS else None


_VERDICTS: Final = frozenset(verdict.value for verdict in Verdict)


def comment_of(told: Mapping[str, Json]) -> str:
    """The comment of a flow with this annotation."""
    cause = told.get("cause")
    return f"{cause} ({told['verdict']}): {told['says']}" if cause else f"unexplained: {told['says']}"


def marker_of(told: Mapping[str, Json]) -> str:
    """The marker of a flow with this annotation that is no false alarm."""
    return _MARKERS.get(str(told["verdict"]), _DOUBT)


def _unmark(flow: http.HTTPFlow) -> None:
    told = told_of(flow)
    if told is None:
        return
    if flow.comment == comment_of(told):
        flow.comment = ""
    if flow.marked == marker_of(told):
        flow.marked = ""


__all__ = ["Marks", "comment_of", "marker_of", "told_of"]
