"""``why20003 open``: an escalation capture verified, decrypted and shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from recordings.escalation import Opened

DONE, USAGE, REFUSED = 0, 2, 3
_LARGEST = (1 << 29) + (1 << 20)
PATIENCE = 10.0
"""Seconds that a browser has to read the page where nobody can say that they are done."""


def open(  # noqa: A001 - the command's name
    file: Annotated[Path, typer.Argument(metavar="CASE.zip", help="An escalation capture.")],
    identity: Annotated[
        Path | None,
        typer.Option(metavar="KEYFILE", help="Your private key, where it is encrypted: an age identity or an ssh key."),
    ] = None,
    html: Annotated[  # noqa: FBT002 - typer makes a flag of it
        bool, typer.Option("--html", help="Show the report in the browser instead.")
    ] = False,
) -> None:
    """Check that nothing in an escalation capture was altered, and show it.

    Exit code 0: shown; 2: wrong usage; 3: it is damaged, altered, or not for this key.

    Example: why20003 open case.zip --identity ~/.ssh/id_ed25519
    """
    data = _read(file)
    opened = _opened(file, _plain(file, data, identity))
    if html:
        _browse(opened)
        return
    import hashlib

    from why20003 import bundles, printing
    from why20003.outputs import escalation

    printing.show(escalation.lines(bundles.told(str(file), hashlib.sha256(data).hexdigest(), opened)))


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST)
    except (OSError, ValueError) as error:
        _stop(f"{file}: {getattr(error, 'strerror', None) or 'cannot be read'}", REFUSED)


def _plain(file: Path, data: bytes, identity: Path | None) -> bytes:
    from why20003.sealing import BadKey, NotForThisKey, decrypted, is_encrypted

    if not is_encrypted(data):
        return data
    if identity is None:
        _stop(f"{file}: is encrypted; give your private key with --identity", USAGE)
    try:
        return decrypted(data, identity, _asked)
    except BadKey as error:
        _stop(str(error), USAGE)
    except NotForThisKey as error:
        _stop(f"{file}: {error}", REFUSED)


def _opened(file: Path, data: bytes) -> "Opened":
    from recordings.escalation import BadBundle, opened

    try:
        return opened(data)
    except BadBundle as error:
        _stop(f"{file}: {error}", REFUSED)


def _browse(opened: "Opened") -> None:
    """Show the report from a file of our own that is gone afterwards."""
    import tempfile
    import webbrowser

    from recordings.escalation.members import REPORT
    from why20003.printing import save

    with tempfile.TemporaryDirectory(prefix="why20003-") as folder:  # of mode 0700
        page = Path(folder) / REPORT
        save([opened.members[REPORT]], page)
        if not webbrowser.open(page.as_uri()):
            _stop("no browser could be started; unpack the file and open report.html yourself", REFUSED)
        _wait()


def _wait() -> None:
    import sys
    import time

    from why20003.printing import complain

    if sys.stdin is not None and sys.stdin.isatty():
        complain("press Enter when you have read it; the page is then removed")
        sys.stdin.readline()
    else:
        time.sleep(PATIENCE)


def _asked(prompt: str) -> bytes:
    """A passphrase, typed without showing it; or the first line of what is piped in."""
    import sys
    import warnings
    from getpass import GetPassWarning, getpass

    if sys.stdin is None or not sys.stdin.isatty():
        return b"" if sys.stdin is None else sys.stdin.buffer.readline(4096).rstrip(b"\r\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt).encode("utf-8", "surrogateescape")
        except GetPassWarning:
            _stop("this terminal would show what you type; pipe the passphrase in", USAGE)
        except EOFError:
            return b""


def _stop(says: str, code: int) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(code)
