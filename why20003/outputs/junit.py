"""``--format junit``: the XML that CI systems show as test results, a suite for each recording.

Its form is Jenkins's (the junit.xsd of its xUnit plugin), which GitLab, Azure, CircleCI and Buildkite read too.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape

from analyzers.card import card, escaped
from analyzers.diagnosis import Diagnosis
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.words import complaints, heading, judged, named, unreadable

# What is left of the characters that XML 1.0 forbids (section 2.2) once control characters are written out.
_FORBIDDEN = re.compile("[\ufffe\uffff]")


def pieces(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[bytes]:
    """A failure for each refused call, an error for each file that could not be read, a success where all is well."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="why20003">\n'
    for number, recording in enumerate(recordings):
        yield from (line.encode() for line in _suite(recording, number))
    yield b"</testsuites>\n"


def _suite(recording: Diagnosed | Unreadable, number: int) -> Iterator[str]:
    name = named(recording.path)
    if isinstance(recording, Unreadable):
        yield _opening(name, number, tests=1, failures=0, errors=1)
        yield from _case(name, "can be read", "error", "unreadable", recording.says, recording.says)
        yield "</testsuite>\n"
        return
    failures = sum(not diagnosis.benign for diagnosis, _ in recording.diagnoses)
    errors = int(unreadable(recording))
    others = len(recording.diagnoses) - failures
    passed = not recording.diagnoses and not errors
    yield _opening(name, number, tests=failures + others + errors + passed, failures=failures, errors=errors)
    for diagnosis, indexes in recording.diagnoses:
        yield from _call(name, diagnosis, len(indexes))
    if errors:
        says = "; ".join(complaints(recording))
        yield from _case(name, "can be read", "error", "unreadable", says, says)
    if passed:
        yield from _case(name, heading(recording), "system-out", "", "", heading(recording))
    yield f"<system-out>{_text(heading(recording))}</system-out>\n"
    if said := "\n".join(complaints(recording)):
        yield f"<system-err>{_text(said)}</system-err>\n"
    yield "</testsuite>\n"


def _opening(name: str, number: int, *, tests: int, failures: int, errors: int) -> str:
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="0" time="0"'
    return f'<testsuite {_attribute("name", name)} id="{number}" {counts}>\n'


def _call(recording: str, diagnosis: Diagnosis, count: int) -> Iterator[str]:
    name = f"{diagnosis.method} {diagnosis.url} (entry {diagnosis.index})"
    block = "\n".join("".join(span.text for span in line).rstrip() for line in card(diagnosis, count))
    if diagnosis.benign:
        yield from _case(recording, name, "system-out", "", "", block)
        return
    cause, verdict = judged(diagnosis)
    yield from _case(recording, name, "failure", cause, f"{cause} ({verdict}): {diagnosis.says}", block)


def _case(suite: str, name: str, element: str, type: str, message: str, text: str) -> Iterator[str]:  # noqa: A002, PLR0913, PLR0917 - the attributes of one element
    told = f" {_attribute('type', type)} {_attribute('message', message)}" if element != "system-out" else ""
    yield f'<testcase {_attribute("classname", suite)} {_attribute("name", name)} time="0">'
    yield f"<{element}{told}>{_text(text)}</{element}></testcase>\n"


def _attribute(name: str, value: str) -> str:
    return f'{name}="{escape(_allowed(escaped(value)))}"'


def _text(text: str) -> str:
    """Character data; only line feeds stay of the control characters."""
    return escape(_allowed("\n".join(escaped(line) for line in text.split("\n"))), quote=False)


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
