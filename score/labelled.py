"""Captures that others made: the labelled cases beside the checkout, and the samples of recordings/samples."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyzers.registry import RULES
from recordings.opening import open_recording
from score.truth import Case, Truth, benign, positive

_ROOT = Path(__file__).resolve().parent.parent
SAMPLES = _ROOT / "recordings" / "samples"
FORMATS = ("mitm", "har")
# What holds in a sample besides the cause that names it.
_TRUE_AS_WELL = {
    "challenge-first-client": ("no-authorization",),
    "stripped-on-redirect-chain": ("redirect-changed-method",),
    "stripped-on-redirect-post": ("redirect-changed-method",),
    "two-secrets-in-use-after-rotation": ("worked-then-refused",),
}
_SLUGS = sorted((rule.slug for rule in RULES), key=len, reverse=True)


def cases_folder() -> Path:
    """Where the labelled cases are looked for; WHY20003_CASES names another folder."""
    return Path(os.environ.get("WHY20003_CASES") or _ROOT.parent / "shared" / "cases")


def labelled_cases(kind: str) -> Iterator[Case]:
    """The labelled cases in one format; none where they are absent."""
    folder = cases_folder()
    file = folder / "expected.json"
    if not file.is_file():
        return
    for entry in json.loads(file.read_text("utf-8"))["cases"]:
        if kind in entry["files"]:
            yield _labelled(entry, kind, folder)


def _labelled(entry: dict[str, Any], kind: str, folder: Path) -> Case:
    reading = open_recording(folder / entry["files"][kind])
    place = {reading.place(index): index for index in range(len(reading.exchanges))}
    truths: dict[int, Truth] = {}
    group = "no fault"
    for number, expect in enumerate((entry["expect"], *entry.get("others", entry["expect"].get("others", ())))):
        truth = _truth(expect, kind)
        if truth is None:
            continue
        if number == 0:
            group = truth.leads[0] if truth.leads else "challenge-first"
        for index in (expect["index"], *expect.get("same_refusal", ())):
            truths[place[index]] = truth
    return Case(f"cases/{entry['files'][kind]}", tuple(reading.exchanges), truths, group)


def _truth(expect: dict[str, Any], kind: str) -> Truth | None:
    match expect["kind"]:
        case "positive":
            least = expect.get(f"min_verdict_{kind}", expect["min_verdict"])
            found = positive(expect["cause"], least)
            return Truth(found.kind, found.leads, least, frozenset(expect.get("may_confirm", ())))
        case "benign":
            return benign()
        case _:
            return None


def samples() -> Iterator[Case]:
    """The sample captures: the name of each is its cause."""
    for file in sorted(SAMPLES.glob("*.mitm")):
        exchanges = tuple(open_recording(file).exchanges)
        name = f"samples/{file.name}"
        if file.stem.startswith("ok"):
            yield Case(name, exchanges, {}, "no fault")
            continue
        slug = next((each for each in _SLUGS if file.stem.startswith(each)), file.stem)
        truth = positive((slug,), "possible")
        truth = Truth(truth.kind, truth.leads, truth.least, positive((slug,), may=_TRUE_AS_WELL.get(file.stem, ())).may)
        yield Case(name, exchanges, {}, slug, anywhere=truth)
