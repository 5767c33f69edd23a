"""What goes into an escalation capture: refusals and all that bears on them, redacted and checked."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from typing import Final

from analyzers.capture import diagnose_all
from analyzers.carried import carried_by, numbered_in
from analyzers.contract import diagnosis_json, merged, utc
from analyzers.diagnosis import Diagnosis, changed
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from analyzers.findings import HISTORY
from analyzers.frozen import dataclass
from analyzers.masking import mask_sid
from analyzers.twilio import is_twilio_host
from recordings.escalation.manifest import Json
from recordings.escalation.members import DOCUMENT, HAR, README, RECORDING, REPORT
from recordings.escalation.writing import written
from recordings.har_writing import HarEntry, har
from recordings.mitm_writing import mitm
from recordings.opening import recordings_in
from recordings.reading import Entry, UnreadableRecording
from recordings.redact import Leak, Redactor, fits, next_key, repr_of
from recordings.self_check import SelfCheck, Watched, kinds
from why20003 import versions
from why20003.checklist import Item, Seen, checklist, iterated, score
from why20003.feeding import Diagnosed, Progress, Unreadable, diagnosed_files
from why20003.interruption import Interruption
from why20003.noting import Note, cleaned
from why20003.outputs import json_document
from why20003.outputs.words import counted, heading
from why20003.redacting import Counts, LeakFound, structure
from why20003.report import CheckItem, Facts, Recorded, report
from why20003.selecting import Selection

_MOST_KEYS: Final = 64
_LEAST_KEYS: Final = 4
_SMALL: Final = 4_000_000
"""Bytes of a recording that is made anew more often, until chance puts nothing where it must not be."""
_LONG_WORD: Final = re.compile(rb"[0-9A-Za-z]{20,}")
_OWN_TEXT: Final = frozenset({".py", ".j2", ".css", ".js", ".json"})
_TOLD: Final = 10
"""Repetitions of one refusal that are sure to go in."""
_WANTED: Final = 500
SID_IN_TEXT: Final = re.compile(rb"(?<![0-9A-Za-z])[A-Z]{2}[0-9a-f]{32}(?![0-9A-Za-z])")
DO_NOT_SEND: Final = (
    "Keep this file and never send it: it holds the credentials that the escalation capture does not. It says which "
    "value stands for which, so that you can answer what the specialist asks about sec#1, sec#2 ..."
)
TOOLS: Final = ("why20003", "mitmproxy", "pyrage", "jinja2")


class NothingRefused(ValueError):
    """There is nothing to escalate."""


class NoSuchEntry(ValueError):
    """An entry that was asked for is not there; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user wants."""

    only: Sequence[int] = ()
    """Entries that go in, and no others; without them whatever has to do with Twilio does."""
    note: str = field(default="", repr=False)
    hide_sids: bool = False
    expected: Sequence[Expected] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the machine and the moment say. Equal ones, with the same recording and order, give equal bytes."""

    key: bytes = field(repr=False)
    """Random, for one bundle, dropped afterwards."""
    created: float
    """Seconds since the Unix epoch."""
    variables: Sequence[str] | None = None
    """Names of the variables of checklist.PROXY_VARIABLES that are set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A bundle, and what is to be said of it."""

    data: bytes = field(repr=False)
    private: Mapping[str, Json] = field(repr=False)
    """What stays with whoever made it."""
    entries: int
    left_out: int
    refused: int
    counts: Counts
    items: Sequence[Item]
    note: Note
    differing: Sequence[int]
    """Entries of the recording whose diagnosis is another one in the bundle."""
    complaints: Sequence[str]


def case(
    path: Path, order: Order, circumstances: Circumstances, *, progress: Callable[[Progress], None] | None = None
) -> Case:
    """The bundle of the recording at `path`.

    Raises UnreadableRecording, NothingRefused, NoSuchEntry, LeakFound.
    """
    found = _diagnosed(path, order, progress)
    if not found.diagnoses and not order.only:
        raise NothingRefused("nothing was refused in it; name the entries that you mean with --only, such as --only 0")
    key = circumstances.key
    leaks: list[Leak] = []
    tries, making = _MOST_KEYS if path.stat().st_size <= _SMALL else _LEAST_KEYS, _LEAST_KEYS
    for left in reversed(range(tries)):
        redactor = Redactor(key, hide_sids=order.hide_sids)
        redactor.learn_expected(order.expected)
        selection = _selected(path, order, found, redactor)
        share = _Share(selection, redactor)
        leaks = share.leaks(hide_sids=order.hide_sids)
        if not leaks and (share.fits or not left):
            made = _Making(found, order, circumstances, redactor, share)
            if not (leaks := made.leaks()):
                return made.case()
            making -= 1
        if not making:
            break
        key = next_key(key)
    raise LeakFound(kinds(leaks))


def _diagnosed(path: Path, order: Order, progress: Callable[[Progress], None] | None) -> Diagnosed:
    with Interruption() as interruption:
        found = diagnosed_files([str(path)], order.expected, progress=progress, drawn=False)
        results = [*interruption.until(found)]
    if interruption.came:
        raise KeyboardInterrupt  # what was read until then is not the recording
    if len(results) != 1:
        raise UnreadableRecording(f"holds {len(results)} recordings; unpack it and give the one that you mean")
    (result,) = results
    if isinstance(result, Unreadable):
        raise UnreadableRecording(result.says)
    if not result.exchanges:
        raise UnreadableRecording("no HTTP exchange in it")
    return result


def _selected(path: Path, order: Order, found: Diagnosed, redactor: Redactor) -> Selection:
    """Once through the recording: `redactor` learns all of it."""
    only = bool(order.only)
    selection = Selection(order.only or _wanted(found), only=only)
    # Without --only what no diagnosis can rest on is passed, as diagnose does: it would not go in anyway.
    for entry in _entries(path, everything=only):
        redactor.learn(entry.exchange)
        selection.take(entry.place, entry.exchange)
    if missing := sorted(set(order.only) - set(selection.kept)):
        raise NoSuchEntry(f"there is no HTTP exchange at entry {missing[0]}")
    return selection


def _entries(path: Path, *, everything: bool) -> Iterator[Entry]:
    for recording in recordings_in(path, everything=everything):
        yield from recording


def _wanted(found: Diagnosed) -> Iterator[int]:
    """Places of refusals, of each the first few, and of what their diagnoses rest on."""
    for diagnosis, places in found.diagnoses[:_WANTED]:
        yield from places[:_TOLD]
        yield places[-1]
        for finding in diagnosis.findings:
            yield from (one.index for one in finding.evidence if one.where == HISTORY)


class _Share:
    """The exchanges that go in, as they were and redacted with one key."""

    def __init__(self, selection: Selection, redactor: Redactor) -> None:
        self.places = sorted(selection.kept)
        self.originals = [selection.kept[place] for place in self.places]
        self.exchanges = [redactor.redact(each) for each in self.originals]
        self._redactor = redactor

    @property
    def fits(self) -> bool:
        """Whether no shape was changed by chance."""
        return all(map(fits, self.originals, self.exchanges))

    def leaks(self, *, hide_sids: bool) -> list[Leak]:
        """What of a secret is left in an exchange."""
        check = SelfCheck(self._redactor, b"", hide_sids=hide_sids)
        found = next(filter(None, map(check.in_exchange, self.exchanges)), [])
        return [Leak(f"{RECORDING}: {one.kind}", one.which) for one in found]


class _Making:
    """One bundle with one key."""

    def __init__(
        self, found: Diagnosed, order: Order, circumstances: Circumstances, redactor: Redactor, share: _Share
    ) -> None:
        self._found = found
        self._order = order
        self._circumstances = circumstances
        self._redactor = redactor
        self._places, self._originals, self._exchanges = share.places, share.originals, share.exchanges
        self._note = cleaned(order.note, redactor.pseudonyms().values())
        self._names = dict(_names(found))
        self._expected = [*_stood_in(order.expected, redactor)]
        results = diagnose_all(self._exchanges, b"why20003", self._expected)
        self._diagnoses = [self._named(result.diagnosis) for result in results if result.diagnosis is not None]
        self._differing = [*self._differences()]
        self._groups = [(one, tuple(places)) for one, places in merged(self._diagnoses)]
        self._counts = Counts()
        for before, now in zip(self._originals, self._exchanges, strict=True):
            self._counts.note(before, now)
        self._counts.note_values(redactor, hide_sids=order.hide_sids)
        seen = Seen(
            format=found.format,
            exchanges=self._exchanges,
            diagnoses=self._groups,
            variables=circumstances.variables,
        )
        self._items = checklist(seen)
        self._members = self._contents()
        self._facts = self._told()

    def leaks(self) -> list[Leak]:
        """What of a secret is left in any member, with the member's name in front of the writing."""
        note = self._note.text.encode("utf-8", "surrogateescape")
        vocabulary = b"\n".join((_vocabulary(), note, *_shown_sids(self._exchanges)))
        check = SelfCheck(self._redactor, vocabulary, hide_sids=self._order.hide_sids)
        members = {**self._members, "manifest.json": json.dumps(self._facts).encode("ascii")}
        for name, data in members.items():
            watched = Watched(check)
            for _ in watched.pieces(_pieces(name, data)):
                pass
            if watched.leaks:
                return [Leak(f"{name}: {one.kind}", one.which) for one in watched.leaks]
        return []

    def case(self) -> Case:
        """The bundle."""
        data = written(self._members, self._facts)
        return Case(
            data=data,
            private=self._private(data),
            entries=len(self._exchanges),
            left_out=self._left_out,
            refused=len(self._diagnoses),
            counts=self._counts,
            items=self._items,
            note=self._note,
            differing=self._differing,
            complaints=self._complaints(),
        )

    # --- diagnoses ----------------------------------------------------------------------------------------------------
    def _named(self, diagnosis: Diagnosis) -> Diagnosis:
        """`diagnosis` with the number that its secret has in the whole recording."""
        seen, name = diagnosis.credential, self._names.get(self._places[diagnosis.index], "")
        if seen is None or not seen.fingerprint or not name:
            return diagnosis
        return changed(diagnosis, credential=replace(seen, fingerprint=name))

    def _differences(self) -> Iterator[int]:
        """Places in the recording at which the bundle gets another diagnosis."""
        now = {self._places[one.index]: _verdicts(one) for one in self._diagnoses}
        before = {place: _verdicts(one) for one, places in self._found.diagnoses for place in places}
        for place in self._places:
            if before.get(place) != now.get(place):
                yield place

    # --- members ------------------------------------------------------------------------------------------------------
    @property
    def _left_out(self) -> int:
        return self._found.exchanges - len(self._exchanges)

    def _contents(self) -> dict[str, bytes]:
        told = self._diagnosed()
        return {
            README: _readme(self._order, self._circumstances).encode("ascii"),
            REPORT: "".join(report(self._report_facts(told))).encode(),
            DOCUMENT: b"".join(json_document.pieces([told], indented=True)),
            HAR: b"".join(har(self._har_entries(), version=versions.of("why20003"), comment="Redacted")),
            RECORDING: b"".join(mitm(self._exchanges)),
        }

    def _diagnosed(self) -> Diagnosed:
        twilio = sum(is_twilio_host(each.request.host) for each in self._exchanges)
        return Diagnosed(
            path=RECORDING,
            format="mitm",
            exchanges=len(self._exchanges),
            twilio=twilio,
            refused=len(self._diagnoses),
            errors=(),
            damaged=0,
            truncated=False,
            diagnoses=tuple(self._groups),
        )

    def _report_facts(self, told: Diagnosed) -> Facts:
        recorded = Recorded(
            name=RECORDING,
            heading=heading(told),
            diagnoses=self._groups,
            exchanges=enumerate(self._exchanges),
            proxy="mitmproxy" if self._found.format == "mitm" else "",
            complaints=self._complaints(),
        )
        return Facts(
            recordings=(recorded,),
            note=self._note.text,
            checklist=[_check_item(item) for item in self._items],
            versions=tuple(_versions().items()),
            made_at=self._circumstances.created,
        )

    def _har_entries(self) -> Iterator[HarEntry]:
        told = {one.index: one for one in self._diagnoses}
        for place, exchange in enumerate(self._exchanges):
            one = told.get(place)
            if one is None:
                yield HarEntry(exchange)
                continue
            says = f"{one.top.cause} ({one.top.verdict.value}): {one.top.says}" if one.top else one.says
            yield HarEntry(exchange, f"why20003: {says}", diagnosis_json(one, recording=0))

    def _told(self) -> dict[str, Json]:
        """What the manifest says besides its members."""
        counts = self._counts
        tools: dict[str, Json] = {**_versions()}
        return {
            "created": utc(self._circumstances.created),
            "tool": tools,
            "recording": {
                "format": self._found.format,
                "exchanges": self._found.exchanges,
                "entries": len(self._exchanges),
                "left_out": self._left_out,
                "places": [*self._places],
            },
            "redaction": {
                "hide_sids": self._order.hide_sids,
                "credentials": counts.credentials,
                "personal_values": counts.personal,
                "sids": counts.sids,
                "header_values": counts.headers,
                "urls": counts.targets,
                "bodies": counts.bodies,
                "words_of_the_note": self._note.replaced,
            },
            "checklist": {
                "score": score(self._items),
                "of": len(self._items),
                "items": [dict(row) for row in iterated(self._items)],
            },
            "diagnosis": {"equal": not self._differing, "differing": [*self._differing]},
            "expected": [_expected_json(one) for one in self._expected],
            "note": self._note.text,
        }

    def _complaints(self) -> list[str]:
        found = self._found
        says = [f"{counted(found.damaged, 'damaged entry').replace('entrys', 'entries')} left out"]
        says = says if found.damaged else []
        says += ["the recording was cut off"] if found.truncated else []
        if self._left_out:
            says.append(f"{counted(self._left_out, 'exchange')} of {found.exchanges} left out")
        if self._differing:
            told = ", ".join(str(self._places.index(place)) for place in self._differing[:_TOLD])
            says.append(f"diagnosed otherwise than in the whole recording: entry {told}")
        return says

    def _private(self, data: bytes) -> dict[str, Json]:
        numbers: dict[str, Json] = {
            name: _text(secret)
            for name, secret in _numbered(zip(self._places, self._originals, strict=True), self._names)
        }
        return {
            "do_not_send": DO_NOT_SEND,
            "schema": "why20003-escalation-private/1",
            "bundle_sha256": hashlib.sha256(data).hexdigest(),
            "created": utc(self._circumstances.created),
            "recording": self._found.path,
            "places": [*self._places],
            "secrets": numbers,
            "stands_for": {_text(name): _text(value) for name, value in self._redactor.pseudonyms().items()},
        }


def _names(found: Diagnosed) -> Iterator[tuple[int, str]]:
    """The number of the secret at each place that was refused, as ``diagnose`` and ``compare`` give it."""
    for diagnosis, places in found.diagnoses:
        if diagnosis.credential is not None and diagnosis.credential.fingerprint:
            yield from ((place, diagnosis.credential.fingerprint) for place in places)


def _numbered(originals: Iterable[tuple[int, Exchange]], names: Mapping[int, str]) -> Iterator[tuple[str, bytes]]:
    known: set[str] = set()
    for place, exchange in originals:
        name = names.get(place, "")
        if name and name not in known and (secret := numbered_in(exchange.request)) is not None:
            known.add(name)
            yield name, secret


def _stood_in(expected: Iterable[Expected], redactor: Redactor) -> Iterator[Expected]:
    """What was expected, redacted like the rest; without entries of a netrc for others than Twilio."""
    for one in expected:
        if not one.host or is_twilio_host(one.host):
            yield replace(one, value=redactor.stand_in(one.value), written=b"")


def _expected_json(one: Expected) -> dict[str, Json]:
    return {
        "role": one.role.value,
        "name": one.name,
        "source": one.source,
        "value": _text(one.value),
        "host": one.host,
    }


def _verdicts(one: Diagnosis) -> object:
    return one.benign, tuple((finding.cause, finding.verdict, finding.nested_under) for finding in one.findings)


def _check_item(item: Item) -> CheckItem:
    todo = f"; to get it: {item.todo}" if item.todo else ""
    return CheckItem(name=item.name, present=item.present, detail=item.detail + todo)


def _pieces(name: str, data: bytes) -> Iterable[bytes]:
    """A member in pieces of which no value goes from one to the next."""
    if name == RECORDING:
        return _flows(data)
    return data.splitlines(keepends=True) if name == HAR else (data,)


def _flows(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        mark = data.index(b":", at)
        end = mark + 2 + int(data[at:mark])
        yield data[at:end]
        at = end


def _shown_sids(exchanges: Sequence[Exchange]) -> Iterator[bytes]:
    """The SIDs that stay, and each as a report shortens it: the beginning of one may be all that was sent of it."""
    halves = b"\n".join(
        half
        for exchange in exchanges
        for carried in carried_by(exchange.request)
        for half in (carried.username, carried.secret)
        if half
    )
    for sid in sorted(set(SID_IN_TEXT.findall(repr_of(exchanges) + b"\n" + halves))):
        yield sid
        yield mask_sid(sid).encode()


@cache
def _vocabulary() -> bytes:
    """The text of this program, which stands in every report: names, sentences, markup, what the formats say.

    Without long words, such as example credentials are.
    """
    found = [structure()]
    root = Path(__file__).resolve().parent
    for folder in (root.parent / "analyzers", root / "outputs", root / "report"):
        found += [file.read_bytes() for file in sorted(folder.rglob("*")) if file.suffix in _OWN_TEXT]
    found += [file.read_bytes() for file in sorted(root.glob("*.py"))]
    lines = dict.fromkeys(line.strip() for line in b"\n".join(found).splitlines())
    return _LONG_WORD.sub(b" ", b"\n".join(lines))


def _versions() -> Mapping[str, str]:
    return {name: versions.of(name) for name in TOOLS}


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _readme(order: Order, circumstances: Circumstances) -> str:
    hidden = "pseudonyms, the same one for the same SID" if order.hide_sids else "as they were: they are no secrets"
    return _README.format(version=versions.of("why20003"), created=utc(circumstances.created), sids=hidden)


_README: Final = """\
An escalation capture of why20003 {version}, made {created}.

What this is
  HTTP calls to Twilio that were refused, with what came before and after them, and what is known about why.
  There is no credential in it, and nothing personal: every such value is replaced by another one of the same length
  and kind. Equal values were replaced by equal ones, so what was the same still is, and what was broken still is,
  in the same place. Signatures of tokens were made anew. SIDs are {sids}.

How to open it
  why20003 open CASE.zip            checks that nothing was altered, and shows verdict, checklist and ladder
  why20003 open CASE.zip --html     the same as a page in the browser
  why20003 diagnose CASE.zip        the diagnosis anew, with your version
  Without why20003: unpack it, and open report.html. It asks for nothing, and needs no script.

What is in it
  report.html      the report: verdict, header byte by byte, redirects, history, every cause, raw exchanges
  report.json      the same for programs (why20003/1)
  recording.har    the recording for browsers and other tools
  recording.mitm   the recording for mitmproxy; equal to recording.har
  manifest.json    size and SHA-256 of each, versions, what was replaced, the checklist, the note

What to ask
  Credentials are called sec#1, sec#2 ... as in the customer's own recording. Ask "is sec#2 the one in the Console?";
  the customer answers with: why20003 compare RECORDING
"""

__all__ = ["Case", "Circumstances", "NoSuchEntry", "NothingRefused", "Order", "case"]
