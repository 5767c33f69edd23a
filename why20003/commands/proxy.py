"""``why20003 proxy``: mitmdump with the addon and safe defaults."""

import errno
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

WRONG_USAGE, CANNOT_START = 2, 3
_REDACTED, _RAW, _NONE = _MODES = ("redacted", "raw", "none")

# Which variables make which client use a proxy and trust a CA: docs/clients.md 5 and 6 (measured 2026-11-20).
_ADVICE = """\
In the terminal of your program:

  export HTTPS_PROXY=http://{host}:{port} HTTP_PROXY=http://{host}:{port}

and, so that the client trusts the proxy's certificate:

  Python (twilio, requests)  export REQUESTS_CA_BUNDLE={ca}
  Python (httpx, aiohttp)    export SSL_CERT_FILE={ca}
  Node (twilio, axios)       export NODE_EXTRA_CA_CERTS={ca}
  Go, Ruby                   export SSL_CERT_FILE={ca}
  curl                       export CURL_CA_BUNDLE={ca}
  PHP (curl)                 php -d curl.cainfo={ca}
  Java                       -Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Djavax.net.ssl.trustStore=STORE
                             (STORE made by: keytool -importcert -noprompt -file {ca} -keystore STORE)

"""


def proxy(  # noqa: PLR0913, PLR0917 - typer makes an option of a parameter
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on; others can reach any but 127.0.0.1.")] = "127.0.0.1",
    record: Annotated[
        str,
        typer.Option(
            metavar="redacted|raw|none|FILE",
            help="What of the traffic is kept: without its secrets, as it is with all credentials, or nothing."
            " FILE means redacted, to there.",
        ),
    ] = "redacted",
    recording: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The capture that is appended to, readable by you alone; else a new one."),
    ] = None,
    confdir: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the proxy keeps its certificate authority.")
    ] = Path("~/.why20003"),
) -> None:
    """Run mitmdump with the addon and safe defaults until Ctrl-C. What follows -- goes to mitmdump.

    Exit code 2: wrong usage; 3: it could not start.

    What passes is recorded without its secrets: none of them touches the disk. A recording made with --record raw can
    be replayed, and compared with the Console; it holds your credentials.

    Example: why20003 proxy --recording repro.mitm -- --mode reverse:https://api.twilio.com
    """
    from why20003.mitmdump import MitmdumpError, program
    from why20003.printing import complain, write

    home = confdir.expanduser()
    mode, target = _recorded(record, recording, home)
    os.umask(0o077)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        _prove_writable(home)
    except OSError as error:
        _fail(f"cannot use the folder {home}: {error.strerror}; choose another with --confdir")
    if target is not None:
        _prepare(target, is_new=recording is None and target.parent.parent == home)
    if problem := _occupied(host, port):
        _fail(problem)
    try:
        mitmdump = program()
    except MitmdumpError as error:
        _fail(str(error))
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - only compared
    write(_ADVICE.format(host=shown, port=port, ca=home / "mitmproxy-ca-cert.pem"))
    arguments = ["-s", "addon", "--set", f"confdir={home}", "--listen-host", host, "--listen-port", str(port)]
    if target is not None and mode == _RAW:
        complain("warning: --record raw writes your credentials to the disk as they are")
        write(f"Recording to {target}, readable by you alone. It holds your credentials: do not mail it.\n\n")
        arguments += ["-w", f"+{target}"]
    elif target is not None:
        write(f"Recording to {target}, without secrets, readable by you alone.\n\n")
        arguments += ["--set", f"why20003_record={target.absolute()}"]
    if mode != _RAW and any(one.startswith(("-w", "--save-stream-file", "save_stream_file")) for one in context.args):
        complain("warning: mitmdump's own -w writes your credentials to the disk as they are")
    os.environ.setdefault("PYTHONUNBUFFERED", "1")  # a log collector behind a pipe sees each diagnosis at once
    os.execv(mitmdump, [str(mitmdump), *arguments, *context.args])  # noqa: S606 - signals and the terminal go to mitmdump


def _recorded(record: str, recording: Path | None, home: Path) -> tuple[str, Path | None]:
    """What is recorded, and where to."""
    if record not in _MODES:  # as it was before there were several
        if recording is not None:
            _refuse("--record: expected redacted, raw or none beside --recording")
        return _REDACTED, Path(record)
    if record == _NONE:
        if recording is not None:
            _refuse("--recording: with --record none nothing is recorded")
        return record, None
    return record, recording or home / "recordings" / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.mitm"


def _prepare(record: Path, *, is_new: bool) -> None:
    """Make the capture's file private before the first byte is in it; one of our own only its folder."""
    if is_new:
        try:
            record.parent.mkdir(mode=0o700, exist_ok=True)
            record.parent.chmod(0o700)
            _prove_writable(record.parent)
        except OSError as error:
            _fail(f"cannot use the folder {record.parent}: {error.strerror}")
        return
    try:
        os.close(os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        record.chmod(0o600)
    except OSError as error:
        _fail(f"cannot write the recording {record}: {error.strerror}")


def _prove_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _occupied(host: str, port: int) -> str:
    """Why nothing can listen there, or an empty text."""
    if not 0 < port < 65536:
        return f"port {port} does not exist; choose one from 1 to 65535 with --port"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"port {port} on {host} is in use; choose another with --port"
        return f"cannot listen on {host} port {port}: {error.strerror}"
    return ""


def _refuse(says: str) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(WRONG_USAGE)


def _fail(says: str) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(CANNOT_START)
