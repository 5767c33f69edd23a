"""Play the demo: sandbox and mitmdump as processes, the faults as a third, and all shown as a developer sees it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzers.capture import diagnose_all
from analyzers.contract import merged
from recordings.opening import open_recording
from why20003.demo import rotation
from why20003.demo.faults import PLAYS, Play
from why20003.mitmdump import Mitmdump

SANDBOX_SECONDS = 20
_CAPTURE = "why20003-demo.mitm"


class DemoError(RuntimeError):
    """The demo could not be played; the text says why in one line."""


def play(console: Console, keep: Path | None = None) -> int:
    """Run all plays; `keep` is where the capture goes (a temporary file otherwise). 0 when all went as they should."""
    with tempfile.TemporaryDirectory(prefix="why20003-demo-") as folder:
        work = Path(folder)
        capture = work / _CAPTURE
        console.print("Twilio answers nearly all of these faults with the same code and the same word:")
        console.print("[bold]20003 Authenticate[/]. Here is what why20003 makes of it.\n", highlight=False)
        with sandbox(work) as (port, trusted), mitmdump(work, port, trusted, capture) as proxy:
            told = list(_run(proxy, rotation.environment(port, trusted)))
        for number, (one, result) in enumerate(told, 1):
            _show(console, number, one, result)
        fine = _summary(console, capture, told)
        if keep is not None:
            _save(capture, keep)
            console.print(
                f"\nThe capture is in {keep}; read it again with: why20003 diagnose {keep}",
                soft_wrap=True,
                highlight=False,
            )
    _next(console)
    return 0 if fine else 1


@contextmanager
def sandbox(work: Path) -> Iterator[tuple[int, Path]]:
    """The sandbox in a process of its own: its port and its CA certificate. DemoError when it does not start."""
    trusted = work / "sandbox-ca.pem"
    process = subprocess.Popen(
        [sys.executable, "-m", "why20003.sandbox", "--port", "0", "--ca", str(trusted)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        ready = process.stdout.readline() if process.stdout else ""
        if not ready.startswith("ready port="):
            raise DemoError(f"the sandbox did not start: {ready.strip()}")
        yield int(ready.partition("=")[2]), trusted
    finally:
        process.terminate()
        process.communicate(timeout=SANDBOX_SECONDS)


def mitmdump(work: Path, upstream: int, trusted: Path, capture: Path, *more: str) -> Mitmdump:
    """The real mitmdump with the addon, which sends everything on to the sandbox and records it."""
    confdir = work / "mitmproxy"
    confdir.mkdir(mode=0o700, exist_ok=True)
    return Mitmdump(
        confdir,
        [
            "-s",
            "addon",
            "--mode",
            f"upstream:http://127.0.0.1:{upstream}",
            "--set",
            f"ssl_verify_upstream_trusted_ca={trusted}",
            "--set",
            "connection_strategy=lazy",
            "-w",
            str(capture),
            *more,
        ],
    )


def application_environment(proxy: Mitmdump) -> dict[str, str]:
    """What tells Python's clients to use and to trust `proxy`."""
    address = f"http://127.0.0.1:{proxy.port}"
    kept = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY") and not k.startswith("TWILIO_")}
    return {
        **kept,
        "HTTP_PROXY": address,
        "HTTPS_PROXY": address,
        "REQUESTS_CA_BUNDLE": str(proxy.certificate),
        "SSL_CERT_FILE": str(proxy.certificate),
    }


def _run(proxy: Mitmdump, elsewhere: dict[str, str]) -> Iterator[tuple[Play, dict[str, str]]]:
    application = subprocess.run(
        [sys.executable, "-m", "why20003.demo.faults"],
        env={**application_environment(proxy), **elsewhere},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    results = {}
    for line in application.stdout.splitlines():
        result = json.loads(line)
        results[result["name"]] = result
    if len(results) != len(PLAYS):
        last = application.stderr.strip().splitlines()[-1:] or ["it printed nothing"]
        raise DemoError(f"the application of the demo ended early: {last[0]}")
    yield from ((one, results[one.name]) for one in PLAYS)


def _show(console: Console, number: int, one: Play, result: dict[str, str]) -> None:
    console.print(Rule(Text(f"{number}. {one.name}", style="bold"), align="left", style="dim"))
    console.print(_indented(Text(one.shown, style="cyan")))
    if "returned" in result:
        console.print(_indented(Text(result["returned"], style="green")))
        return
    text = " ".join(result["text"].split())
    before, mark, after = text.partition("[why20003:")
    name = result["raised"].rpartition(".")[2]
    console.print(_indented(Text.assemble((f"{name}: ", "dim"), (before.strip(), "red"))))
    if mark:
        console.print(_indented(Text(f"{mark}{after}", style="bold yellow")))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 3))


def _summary(console: Console, capture: Path, told: list[tuple[Play, dict[str, str]]]) -> bool:
    """The table of what the capture shows; True when every fault got its own diagnosis and nothing else got one."""
    results = diagnose_all(open_recording(capture).exchanges, os.urandom(32))
    diagnoses = [result.diagnosis for result in results if result.diagnosis is not None]
    table = Table(title="\nWhat the capture shows", title_justify="left", box=None, pad_edge=False)
    for column in ("status", "Twilio says", "why", "verdict"):
        table.add_column(column, overflow="fold")
    for diagnosis, places in merged(diagnoses):
        top = diagnosis.top
        table.add_row(
            str(diagnosis.status or "400 by the proxy"),
            diagnosis.message or "-",
            f"{top.cause if top else 'unexplained'}{f' ({len(places)}x)' if len(places) > 1 else ''}",
            top.verdict.value if top else "unknown",
        )
    console.print(table)
    found = [diagnosis.top.cause if diagnosis.top else None for diagnosis in diagnoses]
    wanted = [one.cause for one, _ in told if one.cause is not None]
    shown = sum("[why20003:" in result.get("text", "") for _, result in told)
    untouched = sum("returned" in result for one, result in told if one.cause is None)
    console.print(
        f"\n{shown} of {len(wanted)} faults explained inside the client's own exception; "
        f"{untouched} correct call left alone.",
        highlight=False,
    )
    return found == wanted and shown == len(wanted) and untouched == len(told) - len(wanted)


def _save(capture: Path, keep: Path) -> None:
    """Copy the capture; it holds credentials, so nobody else may read it."""
    descriptor = os.open(keep, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(capture.read_bytes())


def _next(console: Console) -> None:
    console.print(
        """
Now with your own program:

  1. why20003 proxy                                    # or: mitmdump -s addon --listen-host 127.0.0.1
  2. export HTTPS_PROXY=http://127.0.0.1:8080
     export REQUESTS_CA_BUNDLE=~/.why20003/mitmproxy-ca-cert.pem   # Python; the proxy prints the others
  3. run it; the exception now says why""",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
