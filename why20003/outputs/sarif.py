"""``--format sarif``: SARIF 2.1.0, what code hosts and editors show beside a file.

Every recording is an artifact, every refused call a result at a logical location in it, every cause met a rule with its
page as help. https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html (read 2026-11-20)
"""

import hashlib
import os
from base64 import b32encode
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from urllib.parse import quote

from analyzers.card import answer_text, client_text, credential_text, escaped
from analyzers.contract import Json, utc
from analyzers.diagnosis import Diagnosis
from analyzers.findings import Verdict
from analyzers.page import sections_of
from analyzers.registry import RULES
from why20003 import versions
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.encoding import encoded
from why20003.outputs.markdown import prose
from why20003.outputs.words import complaints, unreadable

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNEXPLAINED = "unexplained"
_LEVELS = {Verdict.CONFIRMED: "error", Verdict.LIKELY: "warning", Verdict.POSSIBLE: "note"}
_FINGERPRINT = "causeAndUrl/v1"
_PAGES = {rule.slug: (rule.title, rule.page) for rule in RULES}


def pieces(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[bytes]:
    """One run over all recordings. What is known at the end only stands at the end."""
    rules: dict[str, int] = {}
    artifacts: list[Json] = []
    notifications: list[Json] = []
    successful = True
    yield b'{"$schema":%s,"version":"2.1.0","runs":[{"results":[' % encoded(SCHEMA_URI)
    mark = b"\n"
    for recording in recordings:
        place: dict[str, Json] = {"uri": _uri(recording.path), "index": len(artifacts)}
        artifacts.append({"location": place, "roles": ["analysisTarget"]})
        if isinstance(recording, Unreadable):
            successful = False
            notifications.append(_notification(recording.says, place, "error"))
            continue
        successful = successful and not unreadable(recording)
        notifications += [_notification(says, place, "warning") for says in complaints(recording)]
        for diagnosis, indexes in recording.diagnoses:
            rule = diagnosis.top.cause if diagnosis.top else UNEXPLAINED
            number = rules.setdefault(rule, len(rules))
            yield mark + encoded(_result(diagnosis, indexes, recording, place, number))
            mark = b",\n"
    driver: dict[str, Json] = {"name": "why20003", "version": versions.of("why20003")}
    driver["rules"] = [_rule(slug) for slug in rules]
    yield b'\n],\n"tool":%s,\n' % encoded({"driver": driver})
    invocation = {"executionSuccessful": successful, "toolExecutionNotifications": notifications}
    yield b'"artifacts":%s,\n"invocations":%s,\n' % (encoded(artifacts), encoded([invocation]))
    yield b'"columnKind":"unicodeCodePoints"}]}\n'


def fingerprint(diagnosis: Diagnosis) -> str:
    """Equal for the same cause at the same masked URL, in every recording and with every secret.

    In base 32, which a search for a leaked secret does not take for one.
    """
    cause = diagnosis.top.cause if diagnosis.top else UNEXPLAINED
    told = f"{cause}\n{diagnosis.url}".encode("utf-8", "backslashreplace")
    return b32encode(hashlib.sha256(told).digest()[:20]).decode("ascii")


def _result(
    diagnosis: Diagnosis, indexes: tuple[int, ...], recording: Diagnosed, place: Json, rule: int
) -> dict[str, Json]:
    top = diagnosis.top
    judged: dict[str, Json] = {"level": _LEVELS[top.verdict] if top else "note"}
    if diagnosis.benign:
        judged = {"kind": "informational", "level": "none"}
    return {
        "ruleId": top.cause if top else UNEXPLAINED,
        "ruleIndex": rule,
        **judged,
        "message": {"text": _message(diagnosis)},
        "locations": [
            {"physicalLocation": {"artifactLocation": place}, "logicalLocations": [_entry(diagnosis, recording)]}
        ],
        "occurrenceCount": len(indexes),
        "partialFingerprints": {_FINGERPRINT: fingerprint(diagnosis)},
        "properties": {
            "verdict": top.verdict.value if top else "unknown",
            "evidence": [escaped(evidence.says) for evidence in top.evidence] if top else [],
            "settle": top.settle if top else None,
            "client": escaped(client_text(diagnosis)),
            "credential": escaped(credential_text(diagnosis.credential)),
            "requestId": diagnosis.request_id,
            "time": utc(diagnosis.time),
            "entries": [*indexes],
        },
    }


def _message(diagnosis: Diagnosis) -> str:
    """The sentence, the call, the fix. A viewer would make a link of "](", and hosts may hold it."""
    top = diagnosis.top
    verdict = f" ({top.verdict.value})" if top and not diagnosis.benign else ""
    call = f"{diagnosis.method} {diagnosis.url} -> {answer_text(diagnosis)}"
    parts = [f"{diagnosis.says}{verdict}.", f"{call}."]
    if top and top.fix and not diagnosis.benign:
        parts.append(" ".join(f"{number}. {step}" for number, step in enumerate(top.fix, 1)))
    return escaped(" ".join(parts)).replace("](", "] (")


def _entry(diagnosis: Diagnosis, recording: Diagnosed) -> dict[str, Json]:
    place = f"/log/entries/{diagnosis.index}" if recording.format == "har" else f"/{diagnosis.index}"
    return {"name": f"entry {diagnosis.index}", "fullyQualifiedName": _uri(recording.path) + "#" + place}


def _rule(slug: str) -> dict[str, Json]:
    name = slug.title().replace("-", "")
    if slug not in _PAGES:
        says = "Twilio refused the request, and nothing in the recording shows why"
        return {"id": slug, "name": name, "shortDescription": {"text": says}, "help": {"text": f"{says}."}}
    title, page = _PAGES[slug]
    sections = [section for section in sections_of(page) if section.heading]
    plain = "\n\n".join(f"{section.heading}: " + "\n\n".join(section.paragraphs) for section in sections)
    marked = "\n\n".join(
        f"**{section.heading}.** " + "\n\n".join(prose(paragraph) for paragraph in section.paragraphs)
        for section in sections
    )
    return {
        "id": slug,
        "name": name,
        "shortDescription": {"text": title},
        "fullDescription": {
            "text": next((" ".join(s.paragraphs) for s in sections if s.heading == "Why it fails"), title)
        },
        "help": {"text": plain, "markdown": marked},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["twilio", "authentication"]},
    }


def _notification(says: str, place: Json, level: str) -> dict[str, Json]:
    where: list[Json] = [{"physicalLocation": {"artifactLocation": place}}]
    return {"level": level, "message": {"text": escaped(says)}, "locations": where}


def _uri(path: str) -> str:
    """A URI for a file as the user named it; relative names stay relative."""
    if path == "-":
        return "stdin"
    named = quote(_bytes(path.replace(os.sep, "/")))
    if not PurePath(path).is_absolute():
        return named
    return f"file://{named}" if named.startswith("/") else f"file:///{named}"


def _bytes(path: str) -> bytes:
    """The name as the file system has it; members of archives may have names that none can have."""
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:
        return path.encode("utf-8", "replace")
