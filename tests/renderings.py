"""Recordings as every format shows them, and a diagnosis to show."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from analyzers.advice import Advice
from analyzers.diagnosis import CredentialView, Diagnosis
from analyzers.findings import AUTHORIZATION, HISTORY, Evidence, Finding, Verdict
from recordings.reading import EntryError
from why20003.feeding import BadEntry, Diagnosed, Event, Found, RecordingBegun, RecordingEnded, Unreadable
from why20003.outputs import html_page, json_document, junit, markdown, ndjson, sarif, text
from why20003.printing import plain

REQUEST_ID = "RQ" + "0123456789abcdef" * 2
FINDING = Finding(
    "stray-characters",
    Verdict.CONFIRMED,
    "The password has extra characters",
    (Evidence(AUTHORIZATION, "line feed after 32 characters", start=32, end=33), Evidence(HISTORY, "more", index=2)),
    ("Trim the value", "Restart the program"),
)
NESTED = Finding("pair-refused", Verdict.POSSIBLE, "Twilio may have refused the secret", nested_under=FINDING.cause)
BENIGN = Finding("challenge-first-client", Verdict.CONFIRMED, "The client asks first, and is let in then")
DIAGNOSIS = Diagnosis(
    index=4,
    time=1793704448.0,
    method="POST",
    url="https://api.twilio.com/2010-04-01/Accounts.json",
    status=401,
    code=20003,
    message="Authenticate",
    request_id=REQUEST_ID,
    client="twilio-python",
    client_version="9.13.0",
    helper_library=True,
    credential=CredentialView("Basic", "AC0011…eeff", "account-sid", 33, "with-blanks", "sec#1"),
    findings=(FINDING, NESTED),
    ruled_out=(("half-empty", "both halves have a value"),),
    unknown=(("region-mismatch", "try the other hosts"),),
    advice=(Advice("futile-retry", "The same refused request was sent 3 times"),),
    drawing=("Authorization decoded: AC0011…eeff : •••␊", " " * 40 + "^"),
)
UNEXPLAINED = replace(DIAGNOSIS, findings=(), drawing=None, index=7)


def with_verdict(verdict: Verdict) -> Diagnosis:
    settle = None if verdict is Verdict.CONFIRMED else "look in the Console"
    return replace(DIAGNOSIS, findings=(replace(FINDING, verdict=verdict, settle=settle),))


def harmless() -> Diagnosis:
    return replace(DIAGNOSIS, findings=(BENIGN,), benign=True, drawing=None, index=5)


def recording(
    *diagnoses: Diagnosis | tuple[Diagnosis, tuple[int, ...]],
    path: str = "a.har",
    errors: Sequence[EntryError] = (),
    exchanges: int = 12,
    truncated: bool = False,
) -> Diagnosed:
    found = tuple(each if isinstance(each, tuple) else (each, (each.index,)) for each in diagnoses)
    refused = sum(len(indexes) for _, indexes in found)
    return Diagnosed(path, "har", exchanges, exchanges, refused, tuple(errors), len(errors), truncated, found)


def events(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[Event]:
    """The same recordings as they would have come one exchange after the other."""
    number = -1
    for each in recordings:
        if isinstance(each, Unreadable):
            yield each
            continue
        number += 1
        yield RecordingBegun(each.path, each.format)
        yield from (BadEntry(number, error) for error in each.errors)
        for diagnosis, indexes in each.diagnoses:
            yield from (Found(number, diagnosis, index) for index in indexes)
        yield RecordingEnded(number, replace(each, diagnoses=()))


Rendering = Callable[[Sequence[Diagnosed | Unreadable]], Iterable[bytes]]
RENDERINGS: dict[str, Rendering] = {
    "txt": lambda found: plain(text.lines(found, "full")),
    "short.txt": lambda found: plain(text.lines(found, "short")),
    "ids.txt": lambda found: plain(text.ids(found)),
    "json": lambda found: json_document.pieces(found, indented=False),
    "indented.json": lambda found: json_document.pieces(found, indented=True),
    "ndjson": lambda found: ndjson.pieces(events(found)),
    "sarif": sarif.pieces,
    "junit.xml": junit.pieces,
    "md": markdown.pieces,
    "html": html_page.pieces,
}


def rendered(name: str, *recordings: Diagnosed | Unreadable) -> str:
    """All that the format prints."""
    return b"".join(RENDERINGS[name](recordings)).decode()
