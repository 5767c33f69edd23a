"""Fiddler's Session Archive Zip (.saz): a .zip with the raw request and answer of each session.

Source: https://docs.telerik.com/fiddler-everywhere/knowledge-base/fiddler-archives and
http://fiddler.wikidot.com/saz-files (read 2026-11-20): raw/N_c.txt is the request, raw/N_s.txt the answer,
raw/N_m.xml holds times and flags. Of the flags x-hostIP is the server's address, and none tells the version of TLS:
https://docs.telerik.com/fiddlercore/basic-usage/session-flags (read 2026-11-21).
"""

import html
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from recordings.archives import Budget, member_of, problem_of
from recordings.connections import address_in
from recordings.framing import LOOSE_LIMIT
from recordings.raw_messages import split
from recordings.reading import Entry, EntryError, Item, Skipped
from recordings.wire import Known, exchange_from

_NAME: Final = re.compile(r"raw[\\/](\d{1,9})_([csm])\.(?:txt|xml)", re.IGNORECASE)
_MESSAGE_LIMIT: Final = LOOSE_LIMIT * 2
_TIME: Final = re.compile(rb'\b(ClientBeginRequest|ClientDoneResponse)="([^"]{10,40})"')
_FLAG: Final = re.compile(rb'<SessionFlag\s+N="(x-clientip|x-clientport|x-hostip)"\s+V="([^"]{1,60})"', re.IGNORECASE)
_NO_ANSWER: Final = "Fiddler saw no answer"


@dataclass(slots=True)
class _Session:
    """The files of one session."""

    request: zipfile.ZipInfo | None = None
    answer: zipfile.ZipInfo | None = None
    told: zipfile.ZipInfo | None = None


def is_saz(names: Iterable[str]) -> bool:
    """Whether a .zip with these files is one of Fiddler's."""
    return any((found := _NAME.fullmatch(name)) is not None and found.group(2) in "cC" for name in names)


def items(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Item]:
    """The sessions in the order of their numbers, in which they began."""
    sessions: dict[int, _Session] = {}
    for info in archive.infolist():
        if (found := _NAME.fullmatch(info.filename)) is None:
            continue
        session = sessions.setdefault(int(found.group(1)), _Session())
        match found.group(2).lower():
            case "c":
                session.request = info
            case "s":
                session.answer = info
            case _:
                session.told = info
    for place, number in enumerate(sorted(sessions)):
        yield _item(archive, sessions[number], budget, place)


def _item(archive: zipfile.ZipFile, session: _Session, budget: Budget, place: int) -> Item:
    if session.request is None:
        return EntryError(place, "expected the request of a session, found only its answer")
    request, problem = _bytes_of(archive, session.request, budget)
    answer, answer_problem = _bytes_of(archive, session.answer, budget) if session.answer else (b"", "")
    if problem or (answer_problem and not answer):
        return EntryError(place, problem or answer_problem)
    told = _bytes_of(archive, session.told, budget)[0] if session.told else b""
    head, body = split(request)
    if head[:8].upper() == b"CONNECT ":
        return Skipped()
    answer_head, answer_body = split(answer, head.split(None, 1)[0].decode("latin-1") if head.strip() else "GET")
    exchange = exchange_from(head, body, answer_head if answer.strip() else None, answer_body, _known(told))
    return Entry(place, exchange) if exchange else EntryError(place, "expected a request line, found something else")


def _bytes_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> tuple[bytes, str]:
    """The beginning of a file, and why it is not whole."""
    member = member_of(archive, info, budget)
    if member.problem:
        return b"", f"{member.name} {member.problem}"
    with member.open() as file:
        content = file.read(_MESSAGE_LIMIT)
        problem = problem_of(file)
        return content, f"{member.name}: {problem}" if problem else ""


def _known(told: bytes) -> Known:
    times = {name: _seconds(text) for name, text in _TIME.findall(told)}
    flags = {name.lower(): html.unescape(text.decode("utf-8", "replace")) for name, text in _FLAG.findall(told)}
    address, port = flags.get(b"x-clientip", ""), flags.get(b"x-clientport", "0")
    address = address.removeprefix("::ffff:")
    return Known(
        started_at=times.get(b"ClientBeginRequest"),
        finished_at=times.get(b"ClientDoneResponse"),
        client_address=address or None,
        connection=f"{address}:{port}" if port.isdigit() and int(port) else None,
        server_address=address_in(flags.get(b"x-hostip", "")),
        error=_NO_ANSWER,
    )


def _seconds(text: bytes) -> float | None:
    """Seconds since the epoch; .NET writes the year 1 where something did not happen."""
    try:
        time = datetime.fromisoformat(text.decode("ascii"))
        found = (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return found if found > 0 else None
