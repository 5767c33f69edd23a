"""``--format markdown``: for a ticket. The verdict first, then the calls, the fix, the evidence; the rest folded.

Hosts, header names and messages come from the wire, so nothing of them is taken for Markdown or HTML: prose is escaped,
and what a site would make a link or a mention of stands between backticks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from analyzers.card import answer_text, client_text, credential_text, escaped
from analyzers.contract import utc
from analyzers.diagnosis import Diagnosis
from analyzers.findings import Verdict
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.words import complaints, counted, heading, judged, named

CALLS_SHOWN = 50
EXPLAINED = 5
"""How many diagnoses are told in full: a ticket of GitHub takes 65,536 characters, and one may need 10,000."""

# https://spec.commonmark.org/0.31.2/#backslash-escapes (read 2026-11-20), with what GitHub and GitLab add to it:
# tables, strikethrough, formulas. An underscore inside a word is safe.
_SPECIAL = re.compile(r"[\\`*\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_LEADING = re.compile(r"([-+=:#]|\d{1,9}(?=[.)]))(.?)")
# What a site makes a link of, or a mention that calls somebody; the punctuation behind it is the sentence's own.
_LINKED = re.compile(r"://|@|www\.", re.IGNORECASE)
_SENTENCE_ENDS = ".,:;!?)'\""
_TICKS = re.compile("`+")


def pieces(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[bytes]:
    """A section for each recording."""
    separator = ""
    for recording in recordings:
        if not isinstance(recording, Unreadable):
            yield (separator + "\n\n".join(_blocks(recording)) + "\n").encode()
            separator = "\n"


def prose(text: str) -> str:
    """`text` for a paragraph, a cell of a table or an item of a list."""
    said = " ".join(_word(word) for word in escaped(text).strip().split(" "))
    if leading := _LEADING.match(said):  # would begin a list, a heading, a line under one
        number = leading[1].isdigit()
        said = f"{leading[1]}\\{said[leading.end(1) :]}" if number else f"\\{said}"
    return said


def code(text: str) -> str:
    """`text` between backticks, where it stands for itself; one with a bar is escaped, as no table takes it."""
    text = escaped(text) or " "
    if "|" in text:
        return _plain(text).replace("://", "&#58;//").replace("@", "&#64;")
    ticks = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
    padding = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def fenced(lines: Sequence[str]) -> str:
    """Lines as a block of code."""
    shown = [escaped(line) for line in lines]
    longest = max((len(found) for line in shown for found in _TICKS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([f"{ticks}text", *shown, ticks])


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return _plain(word)
    linked = word.rstrip(_SENTENCE_ENDS)
    return code(linked) + _plain(word[len(linked) :]) if linked else _plain(word)


def _plain(text: str) -> str:
    text = _SPECIAL.sub(lambda found: f"\\{found.group()}", text)
    return "".join(_ENTITIES.get(character, character) for character in text)


def _blocks(recording: Diagnosed) -> Iterator[str]:
    diagnoses = recording.diagnoses
    yield f"# {prose(named(recording.path))}: {heading(recording)}"
    if diagnoses:
        yield "\n".join(_verdicts([diagnosis for diagnosis, _ in diagnoses]))
        yield "\n".join(_calls(recording))
    if said := [*complaints(recording)]:
        yield "Not all of it could be read:"
        yield "\n".join(f"- {prose(one)}" for one in said)
    for number, (diagnosis, indexes) in enumerate(diagnoses[:EXPLAINED], 1):
        yield from _explained(diagnosis, number, indexes)
    if len(diagnoses) > EXPLAINED:
        yield f"{len(diagnoses) - EXPLAINED} more are in the table only; `--format json` has all of each."


def _verdicts(diagnoses: Sequence[Diagnosis]) -> Iterator[str]:
    """One line for each sentence, as often as it was said."""
    counts: dict[str, int] = {}
    for diagnosis in diagnoses:
        cause, verdict = judged(diagnosis)
        said = f"**{cause}** ({verdict}): {prose(diagnosis.says)}"
        counts[said] = counts.get(said, 0) + 1
    shown = [*counts][:EXPLAINED]
    yield from (f"- {said}" for said in shown)
    if len(counts) > len(shown):
        yield f"- and {len(counts) - len(shown)} more"


def _calls(recording: Diagnosed) -> Iterator[str]:
    yield "| # | entry | call | answer | cause | times |"
    yield "|---|---|---|---|---|---|"
    for number, (diagnosis, indexes) in enumerate(recording.diagnoses[:CALLS_SHOWN], 1):
        cause, verdict = judged(diagnosis)
        call, answer = code(f"{diagnosis.method} {diagnosis.url}"), code(answer_text(diagnosis))
        yield f"| {number} | {diagnosis.index} | {call} | {answer} | {cause} ({verdict}) | {len(indexes)} |"
    if len(recording.diagnoses) > CALLS_SHOWN:
        yield f"| | | and {len(recording.diagnoses) - CALLS_SHOWN} more | | | |"


def _explained(diagnosis: Diagnosis, number: int, indexes: Sequence[int]) -> Iterator[str]:
    cause, verdict = judged(diagnosis)
    top = diagnosis.top
    yield f"## {number}. {cause} ({verdict})"
    yield prose(diagnosis.says)
    if top and top.fix:
        yield "**Fix**"
        yield "\n".join(f"{place}. {prose(step)}" for place, step in enumerate(top.fix, 1))
    if top and top.settle and top.verdict is not Verdict.CONFIRMED:
        yield f"**To be sure**: {prose(top.settle)}"
    yield "**Evidence**"
    yield "\n".join(f"- {said}" for said in _evidence(diagnosis, indexes))
    if diagnosis.drawing and diagnosis.drawing[0]:
        yield fenced([line for line in diagnosis.drawing if line])
    if diagnosis.advice:
        yield "**Notes**"
        yield "\n".join(f"- {prose(advice.says)}" for advice in diagnosis.advice)
    yield "\n".join(_ladder(diagnosis))


def _evidence(diagnosis: Diagnosis, indexes: Sequence[int]) -> Iterator[str]:
    yield from (prose(evidence.says) for evidence in (diagnosis.top.evidence if diagnosis.top else ()))
    times = "" if len(indexes) == 1 else f", {counted(len(indexes), 'time')}"
    yield f"Entry {diagnosis.index}{times}: {code(f'{diagnosis.method} {diagnosis.url}')}"
    who = [code(client_text(diagnosis)), code(credential_text(diagnosis.credential))]
    yield ", ".join([*who, *filter(None, (utc(diagnosis.time), diagnosis.request_id))])


def _ladder(diagnosis: Diagnosis) -> Iterator[str]:
    """All other causes, folded: what stands besides, what is ruled out, what cannot be seen."""
    others = diagnosis.findings[1:]
    counts = f"{counted(len(others), 'more finding')}, {len(diagnosis.ruled_out)} ruled out"
    yield "<details>"
    yield f"<summary>All other causes: {counts}, {len(diagnosis.unknown)} unknown</summary>"
    yield ""
    yield "| cause | verdict | why |"
    yield "|---|---|---|"
    for finding in others:
        under = f" (explained by {finding.nested_under})" if finding.nested_under else ""
        yield f"| {finding.cause} | {finding.verdict.value}{under} | {prose(finding.says)} |"
    yield from (f"| {slug} | ruled out | {prose(because)} |" for slug, because in diagnosis.ruled_out)
    yield from (f"| {slug} | unknown | to settle: {prose(settle)} |" for slug, settle in diagnosis.unknown)
    yield ""
    yield "</details>"
