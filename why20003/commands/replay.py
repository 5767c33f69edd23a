"""``why20003 replay``: send recorded requests again, to the sandbox or, when asked, to Twilio."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from why20003.replay.choosing import Chosen
    from why20003.replay.sending import Destination
    from why20003.replay.showing import Replayed

NOTHING_REFUSED, REFUSED, USAGE, COULD_NOT = 0, 1, 2, 3
_MOST = 50
"""Requests that are sent in one go; whoever wants more says which."""
_SANDBOX = "sandbox"


class Credentials(StrEnum):
    """Where the credentials come from; without one, the recorded ones go."""

    ENV = "env"
    PROMPT = "prompt"


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


def replay(  # noqa: PLR0913 - typer makes an option of a parameter
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    to: Annotated[str, typer.Option(metavar="URL|sandbox", help="Where the requests go.")] = _SANDBOX,
    credentials: Annotated[
        Credentials | None,
        typer.Option(help="Log in with those of the environment, or with a pair asked for; else as recorded."),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Only this entry of the recording, from 0. Repeatable. Else all refused ones."),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Everything that was sent to Twilio.")] = False,
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Outside the sandbox, not only GET: messages are sent again.")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Text, or JSON (why20003-replay/1).")
    ] = Format.TEXT,
) -> None:
    """Send recorded requests again and compare the answers, then and now.

    They go to the sandbox, where nothing can happen. Anywhere else only after you have seen the list and said yes.
    Line ends, blanks and whatever else was wrong with a header are sent as they were.

    Exit code 0: nothing is refused now; 1: something is; 2: wrong usage, or you said no; 3: a file could not be read,
    nothing could be sent, or no answer came.

    Example: why20003 replay repro.mitm --to https://api.twilio.com --credentials env
    """
    from why20003.printing import complain

    wanted = _chosen(file, index or [], everything=everything)
    pair = _pair(credentials)
    with _destination(to) as destination:
        going, skipped = _sorted(wanted, destination, allow_writes=allow_writes)
        if not going:
            complain("nothing to send" + ("" if skipped else ": no request to Twilio in it was refused; see --all"))
        elif not destination.loopback:
            _confirm(going, destination, credentials)
        replays = _sent(going, destination, pair)
    _print(replays, skipped, format)
    if not replays or any(one.after.response is None for one in replays):
        raise typer.Exit(COULD_NOT)
    raise typer.Exit(REFUSED if any(one.diagnosis for one in replays) else NOTHING_REFUSED)


def _chosen(file: Path, wanted: Sequence[int], *, everything: bool) -> "list[Chosen]":
    import secrets

    from analyzers.capture import diagnose_all
    from recordings.opening import recordings_in
    from recordings.reading import UnreadableRecording
    from why20003.printing import complain
    from why20003.replay.choosing import chosen

    found: list[Chosen] = []
    try:
        for recording in recordings_in(file, everything=True):
            entries = [(entry.place, entry.exchange) for entry in recording]
            results = diagnose_all([exchange for _, exchange in entries], secrets.token_bytes(32))
            name = f"{file.name}/{recording.member}" if recording.member else file.name
            found += chosen(name, entries, results, wanted=frozenset(wanted), everything=everything)
    except UnreadableRecording as error:
        complain(f"{file}: {error}")
        raise typer.Exit(COULD_NOT) from None
    if missing := sorted(set(wanted) - {one.place for one in found}):
        complain(f"--index {missing[0]}: there is no such exchange in the recording")
        raise typer.Exit(USAGE)
    return found


def _pair(credentials: Credentials | None) -> tuple[str, str] | None:
    if credentials is None:
        return None
    if credentials is Credentials.PROMPT:
        from getpass import getpass

        username = typer.prompt("Account SID or API key SID", err=True).strip()
        return username, getpass("Auth Token or API key secret (not shown): ").strip()
    from analyzers.expected import Role
    from why20003.printing import complain
    from why20003.sources import expected_from

    known = {one.role: one.value.decode("utf-8", "surrogateescape") for one in expected_from(["env"])}
    for name, secret in ((Role.ACCOUNT_SID, Role.AUTH_TOKEN), (Role.KEY_SID, Role.KEY_SECRET)):
        if known.get(name) and known.get(secret):
            return known[name], known[secret]
    complain("--credentials env: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET")
    raise typer.Exit(USAGE)


@contextmanager
def _destination(to: str) -> "Iterator[Destination]":
    from why20003.replay.sending import Destination

    if to == _SANDBOX:
        from tempfile import TemporaryDirectory

        from why20003.demo.play import sandbox

        with TemporaryDirectory(prefix="why20003-replay-") as folder, sandbox(Path(folder)) as (port, trusted):
            yield Destination("https", "127.0.0.1", port, keeps_host=True, trusted=trusted)
        return
    yield _given(to)


def _given(to: str) -> "Destination":
    from urllib.parse import urlsplit

    from why20003.printing import complain
    from why20003.replay.sending import Destination

    try:
        parts = urlsplit(to)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        complain("--to: expected sandbox, or a URL without a path such as https://api.twilio.com")
        raise typer.Exit(USAGE)
    if parts.username is not None:
        complain("--to: credentials in the URL are not used; see --credentials")
        raise typer.Exit(USAGE)
    return Destination(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80))


def _sorted(
    wanted: "Sequence[Chosen]", destination: "Destination", *, allow_writes: bool
) -> "tuple[list[Chosen], list[tuple[Chosen, str]]]":
    from why20003.replay.choosing import changes_something

    going: list[Chosen] = []
    skipped: list[tuple[Chosen, str]] = []
    for one in wanted:
        if one.objection:
            skipped.append((one, one.objection))
        elif changes_something(one.exchange) and not (allow_writes or destination.keeps_host):
            skipped.append((one, "it may change something there; --allow-writes sends it"))
        elif len(going) >= _MOST:
            skipped.append((one, f"{_MOST} are sent in one go; choose with --index"))
        else:
            going.append(one)
    return going, skipped


def _confirm(going: "Sequence[Chosen]", destination: "Destination", credentials: Credentials | None) -> None:
    """Show what would leave this machine, and let it only when somebody says yes."""
    import sys

    from why20003.printing import complain
    from why20003.replay.showing import heading

    where = f"{destination.scheme}://{destination.host}:{destination.port}"
    complain(f"this would be sent to {where}:")
    for one in going:
        typer.echo(f"  {heading(one)}", err=True)
    whose = "the credentials that were recorded" if credentials is None else "the credentials that you gave"
    if destination.scheme == "http":
        typer.echo(f"unencrypted, with {whose}, which everybody on the way can read", err=True)
    else:
        typer.echo(f"with {whose}", err=True)
    if not sys.stdin.isatty():
        complain("not sent: nobody can be asked, since standard input is no terminal")
        raise typer.Exit(USAGE)
    if typer.prompt("Type yes to send", default="no", err=True).strip().lower() != "yes":
        complain("not sent")
        raise typer.Exit(USAGE)


def _sent(going: "Sequence[Chosen]", destination: "Destination", pair: tuple[str, str] | None) -> "list[Replayed]":
    import secrets

    from analyzers.capture import Capture
    from why20003.replay.sending import sent, with_pair
    from why20003.replay.showing import Replayed

    capture = Capture(secrets.token_bytes(32))
    found: list[Replayed] = []
    for one in going:
        request = one.exchange.request if pair is None else with_pair(one.exchange.request, *pair)
        after = sent(destination.addressed(request), destination)
        found.append(Replayed(one, after, capture.add(after).diagnosis))
    return found


def _print(replays: "Sequence[Replayed]", skipped: "Sequence[tuple[Chosen, str]]", form: Format) -> None:
    if form is Format.JSON:
        import json

        from why20003.printing import write
        from why20003.replay.showing import document

        write(json.dumps(document(replays, skipped), indent=2) + "\n")
        return
    from rich.console import Console

    from why20003.replay.showing import show

    show(Console(highlight=False, markup=False, emoji=False), replays, skipped)
