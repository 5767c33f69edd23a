"""A bundle read again: its recording diagnosed by this version, and held against what its report says."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from analyzers.capture import diagnose_all
from analyzers.contract import merged
from analyzers.diagnosis import Diagnosis, changed
from analyzers.expected import Expected, Role
from analyzers.twilio import is_twilio_host
from recordings.escalation.manifest import Json
from recordings.escalation.members import DOCUMENT, RECORDING
from recordings.escalation.opening import Opened
from recordings.opening import read_recording
from recordings.reading import UnreadableRecording
from why20003 import versions
from why20003.feeding import Diagnosed
from why20003.outputs.escalation import Told

_SHOWN: Final = 10
_LONGEST: Final = 200


def told(name: str, sha256: str, opened: Opened) -> Told:
    """What is to be shown of the bundle `opened`; `sha256` is of its file as it came."""
    doubts: list[str] = []
    diagnosed = _diagnosed(opened, doubts)
    facts = opened.manifest.facts
    reported = _reported(opened)
    now = {one.index: _verdict(one) for one, places in diagnosed.diagnoses for one in _each(one, places)}
    differing = sorted(place for place in {*reported, *now} if reported.get(place, ("", ""))[0] != now.get(place))
    if differing:
        made = _text(_object(facts, "tool"), "why20003")[:_LONGEST]
        entries = ", ".join(map(str, differing[:_SHOWN]))
        doubts.append(
            f"entry {entries}: the report in it, of why20003 {made}, says otherwise than this version,"
            f" {versions.of('why20003')}, which is shown"
        )
    if _object(facts, "diagnosis").get("equal") is False:
        doubts.append("some entries were diagnosed otherwise in the whole recording: see report.html")
    return Told(name, sha256, facts, diagnosed, doubts)


def _diagnosed(opened: Opened, doubts: list[str]) -> Diagnosed:
    try:
        exchanges = read_recording(io.BytesIO(opened.members[RECORDING])).exchanges
    except UnreadableRecording as error:
        doubts.append(f"{RECORDING}: {error}")
        exchanges = ()
    names = {place: name for place, (_, name) in _reported(opened).items()}
    results = diagnose_all(exchanges, b"why20003", [*_expected(opened.manifest.facts)])
    found = [_named(one.diagnosis, names) for one in results if one.diagnosis is not None]
    return Diagnosed(
        path=RECORDING,
        format="mitm",
        exchanges=len(exchanges),
        twilio=sum(is_twilio_host(each.request.host) for each in exchanges),
        refused=len(found),
        errors=(),
        damaged=0,
        truncated=False,
        diagnoses=tuple((one, tuple(places)) for one, places in merged(found)),
    )


def _named(diagnosis: Diagnosis, names: Mapping[int, str]) -> Diagnosis:
    """`diagnosis` with the number that the customer knows."""
    seen, name = diagnosis.credential, names.get(diagnosis.index, "")
    if seen is None or not seen.fingerprint or not name:
        return diagnosis
    return changed(diagnosis, credential=replace(seen, fingerprint=name))


def _reported(opened: Opened) -> dict[int, tuple[str, str]]:
    """Cause with verdict, and the number of the secret, of each entry that the report tells of."""
    try:
        found = json.loads(opened.members[DOCUMENT])
    except (ValueError, RecursionError):
        return {}
    rows = found.get("diagnoses") if isinstance(found, dict) else None
    told: dict[int, tuple[str, str]] = {}
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"indexes": [*places], "cause": cause, "verdict": str(verdict)}:
                name = _fingerprint(row)
                told |= {place: (f"{cause} {verdict}", name) for place in places if isinstance(place, int)}
            case _:
                continue
    return told


def _fingerprint(row: Mapping[str, Json]) -> str:
    name = _text(_object(_object(row, "credential"), "secret"), "fingerprint")
    number = name.removeprefix("sec#")
    return name if name != number and number.isdecimal() and len(number) < _SHOWN else ""


def _verdict(one: Diagnosis) -> str:
    cause = one.top.cause if one.top and not one.benign else None
    return f"{cause} {one.top.verdict.value if one.top else 'unknown'}"


def _each(one: Diagnosis, places: tuple[int, ...]) -> Iterator[Diagnosis]:
    return (changed(one, index=place) for place in places)


def _expected(facts: Mapping[str, Json]) -> Iterator[Expected]:
    """What stands for the credentials that the application was meant to send."""
    rows = facts.get("expected")
    roles = {role.value: role for role in Role}
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"role": str(role), "name": str(name), "source": str(source), "value": str(value), "host": str(host)}:
                if role in roles:
                    plain = value.encode("utf-8", "surrogateescape")
                    yield Expected(roles[role], name[:_LONGEST], source[:_LONGEST], plain, host)
            case _:
                continue


def _object(facts: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def _text(facts: Mapping[str, Json], name: str) -> str:
    found = facts.get(name)
    return found if isinstance(found, str) else ""


__all__ = ["told"]
