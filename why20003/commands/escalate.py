"""``why20003 escalate``: everything that a specialist needs, in one file without a secret."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recordings.escalation.manifest import Json
    from why20003.escalating import Case

DONE, NOTHING_REFUSED, USAGE, UNREADABLE = 0, 1, 2, 3
_SHOWN = 10


def escalate(  # noqa: PLR0913, PLR0917 - typer makes an option of a parameter
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="CASE.zip", help="Where the escalation capture goes.")
    ],
    encrypt_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Encrypt it with age for whoever has the private key: age1..., ssh-ed25519 ..., or a .pub file."
            " Repeatable.",
        ),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What the specialist should know.")] = "",
    hide_sids: Annotated[  # noqa: FBT002 - typer makes a flag of it
        bool, typer.Option("--hide-sids", help="Replace SIDs too; Twilio's support needs them.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="INDEX", help="Take these entries only, as diagnose counts them: 3, 3,5 or 3-5."),
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="env|FILE", help="Where the right credentials stand: env, .env, .netrc. Repeatable."),
    ] = None,
) -> None:
    """Put what a specialist needs into one file: report, recording and checklist, with no secret in them.

    Beside it goes CASE.private.json, for your eyes only: it says which value stands for which.

    Exit code 0: written; 1: nothing was refused, so nothing was written; 2: wrong usage; 3: the recording could not be
    read, or the file not be written.

    Example: why20003 escalate capture.mitm -o case.zip --encrypt-to age1... --note "since the deploy on Monday"
    """
    from recordings.reading import UnreadableRecording
    from why20003.escalating import NoSuchEntry, NothingRefused
    from why20003.printing import UnwritableFile, complain
    from why20003.redacting import LeakFound
    from why20003.sealing import BadKey, look_at

    wanted = _entries(only or [])
    private = private_path(output)
    _look_at(file, output, private)
    try:
        look_at(encrypt_to or [])
        made = _made(file, note, wanted, expect or [], hide_sids=hide_sids)
        digest = _written(made, output, private, encrypt_to or [])
    except (BadKey, NoSuchEntry) as error:
        _stop(str(error) if isinstance(error, BadKey) else f"--only: {error}", USAGE)
    except NothingRefused as error:
        _stop(f"{file}: {error}", NOTHING_REFUSED)
    except UnreadableRecording as error:
        _stop(f"{file}: {error}", UNREADABLE)
    except UnwritableFile as error:
        _stop(str(error), UNREADABLE)
    except LeakFound as error:
        _stop(f"{output} was not written: {error} would be in it; please report this without it", UNREADABLE)
    for says in _told(made, output, private, digest, is_encrypted=bool(encrypt_to)):
        complain(says)


def private_path(output: Path) -> Path:
    """Where that goes which stays: beside ``CASE.zip`` or ``CASE.zip.age``, ``CASE.private.json``."""
    name = output.name
    for ending in (".age", ".zip"):
        name = name.removesuffix(ending) or name
    return output.with_name(f"{name}.private.json")


def _made(file: Path, note: str, only: list[int], expect: list[str], *, hide_sids: bool) -> "Case":
    import os
    import secrets
    import time

    from why20003.checklist import PROXY_VARIABLES
    from why20003.commands.diagnose import _expected as expected_from
    from why20003.escalating import Circumstances, Order, case
    from why20003.meter import Meter

    order = Order(only=only, note=note, hide_sids=hide_sids, expected=expected_from(expect))
    circumstances = Circumstances(
        key=secrets.token_bytes(32),
        created=time.time(),
        variables=[name for name in PROXY_VARIABLES if os.environ.get(name)],
    )
    meter = Meter()
    try:
        return case(file, order, circumstances, progress=meter)
    finally:
        meter.pause()


def _written(made: "Case", output: Path, private: Path, keys: list[str]) -> str:
    """Both files or none; the SHA-256 of the bundle as it was written."""
    import hashlib

    from why20003.printing import UnwritableFile, save
    from why20003.sealing import encrypted

    data = encrypted(made.data, keys) if keys else made.data
    digest = hashlib.sha256(data).hexdigest()
    older = private.read_bytes() if private.is_file() else None
    save([_private_bytes({**made.private, "file": output.name, "file_sha256": digest})], private)
    try:
        save([data], output)
    except (UnwritableFile, KeyboardInterrupt):
        if older is None:
            private.unlink(missing_ok=True)
        else:
            save([older], private)  # it belongs to the bundle that is there still
        raise
    return digest


def _private_bytes(facts: "Mapping[str, Json]") -> bytes:
    import json

    return json.dumps(facts, indent=1).encode("ascii") + b"\n"


def _told(made: "Case", output: Path, private: Path, digest: str, *, is_encrypted: bool) -> list[str]:
    from why20003.checklist import score
    from why20003.commands.redact import told
    from why20003.outputs.words import counted

    left = f", {counted(made.left_out, 'exchange')} left out" if made.left_out else ""
    says = [f"{output}: {counted(made.refused, 'refusal')}{left}", told(made.counts, hide_sids=made.counts.sids > 0)]
    missing = [item for item in made.items if not item.present]
    says.append(f"checklist: {score(made.items)} of {len(made.items)}" + ("; missing:" if missing else ""))
    says += [f"  {item.name}: {item.detail}; {item.todo}" for item in missing]
    if made.note.replaced:
        says.append(f"the note had {counted(made.note.replaced, 'word')} that looked like a secret; taken out")
    if made.differing:
        entries = ", ".join(map(str, made.differing[:_SHOWN]))
        says.append(f"diagnosed otherwise than in your recording, since something was left out: entry {entries}")
    says += [f"{output}: encrypted; the name stays as you gave it"] if is_encrypted else []
    says.append(f"{output}: SHA-256 {digest}; tell it to the specialist on another way")
    says.append(f"{private}: yours alone, do not send it; it says which value stands for which")
    return says


def _entries(only: list[str]) -> list[int]:
    found: list[int] = []
    for part in ",".join(only).split(",") if only else ():
        first, mark, last = part.strip().partition("-")
        if not first.isdecimal() or (mark and not last.isdecimal()) or len(first + last) > 18:
            _stop("--only: expected the number of an entry as diagnose shows it, such as 3, 3,5 or 3-5", USAGE)
        begin, end = int(first), int(last) if mark else int(first)
        if not begin <= end < begin + 100_000:
            _stop("--only: a range goes up, and has at most 100000 entries", USAGE)
        found += range(begin, end + 1)
    return found


def _look_at(file: Path, output: Path, private: Path) -> None:
    if str(file) == "-" or (file.exists() and not file.is_file() and not file.is_dir()):
        _stop("FILE: has to be a file, which why20003 compare can read again later", USAGE)
    for target in (output, private):
        if target.exists() and file.exists() and target.samefile(file):
            _stop("--output: would write over the recording; give another name", USAGE)
        if target.exists() and not target.is_file() and not target.is_dir():
            _stop("--output: is no file", USAGE)


def _stop(says: str, code: int) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(code)
