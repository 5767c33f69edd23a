"""What is left in a capture when other tools have cleaned it, beside ours: the table of docs/redaction.md.

    python bench/redaction_peers.py [--json]

The capture is the one of tests/redaction_case.py: nine credentials and two personal values. A value counts as left when
a run of five of its characters (seven digits) can be found in the output in any writing, base64 included. The diagnosis
counts as kept when every exchange has the same causes and verdicts as before. Peers are installed into a temporary
folder, from npm and PyPI; one that cannot be is left out, with the reason.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from mitmproxy import connection, http
from mitmproxy.addons.savehar import SaveHar

from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings import har
from recordings.har_writing import HarEntry
from recordings.har_writing import har as written
from recordings.reading import Entry
from recordings.redact import redacted

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
spotted = importlib.import_module("canary").spotted
CASE = importlib.import_module("redaction_case")
NPM, PYPI = "har-sanitizer@2.0.0", "detect-secrets==1.5.0"
# What Chrome leaves out of "Export HAR (sanitized)": devtools-frontend, front_end/models/har/Log.ts (read 2026-11-20).
CHROME = frozenset({"authorization", "cookie", "set-cookie"})
NODE = """
const {sanitize} = require('har-sanitizer');
const har = JSON.parse(require('fs').readFileSync(0, 'utf8'));
Promise.resolve(sanitize(har, {cookies: 'hash', tokens: 'obfuscate'})).then(out => console.log(JSON.stringify(out)));
"""
SCAN = """
import sys
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import default_settings
with default_settings():
    text = sys.stdin.read()
    found = {one.secret_value for line in text.splitlines() for one in scan_line(line) if one.secret_value}
for value in sorted(found, key=len, reverse=True):
    text = text.replace(value, '*' * len(value))
sys.stdout.write(text)
"""


class Row(NamedTuple):
    """A line of the table."""

    tool: str
    credentials: int
    personal: int
    diagnosis: str


def har_of(made: Iterable[Exchange]) -> bytes:
    return b"".join(written((HarEntry(each) for each in made), version="1"))


# --- the tools --------------------------------------------------------------------------------------------------------
def nothing(_folder: Path) -> bytes:
    return har_of(CASE.exchanges())


def ours(_folder: Path) -> bytes:
    return har_of(redacted(CASE.exchanges(), os.urandom(32)))


def mitmproxy_export(_folder: Path) -> bytes:
    return json.dumps(SaveHar().make_har([flow_of(each) for each in CASE.exchanges()])).encode()


def chrome_rule(_folder: Path) -> bytes:
    document = json.loads(har_of(CASE.exchanges()))
    for entry in document["log"]["entries"]:
        entry.pop("_why20003", None)
        for side in (entry["request"], entry["response"]):
            side["headers"] = [each for each in side["headers"] if each["name"].lower() not in CHROME]
            side["cookies"] = []
    return json.dumps(document).encode()


def har_sanitizer(folder: Path) -> bytes:
    run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", NPM], folder)
    return run(["node", "-e", NODE], folder, plain_har())


def detect_secrets(folder: Path) -> bytes:
    target = folder / "python"
    run(
        [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(target), PYPI],
        folder,
    )
    return run([sys.executable, "-c", SCAN], folder, plain_har(), PYTHONPATH=str(target))


TOOLS: dict[str, Callable[[Path], bytes]] = {
    "as recorded": nothing,
    "mitmproxy, HAR export": mitmproxy_export,
    "Chrome, sanitised export (its rule)": chrome_rule,
    f"npm {NPM}": har_sanitizer,
    f"PyPI {PYPI}, finds blotted out": detect_secrets,
    "why20003 redact": ours,
}


def plain_har() -> bytes:
    """The capture as any tool writes it, one member to a line."""
    document = json.loads(har_of(CASE.exchanges()))
    for entry in document["log"]["entries"]:
        entry.pop("_why20003", None)
    return json.dumps(document, indent=1).encode()


def run(command: list[str], folder: Path, given: bytes = b"", **environment: str) -> bytes:
    """What a command prints; a failure tells the tool, and never what it was given."""
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, timeout=300, check=False, env=os.environ | environment
    )
    if done.returncode:
        raise OSError(f"{command[0]} gave {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-200:]}")
    return done.stdout


def flow_of(exchange: Exchange) -> http.HTTPFlow:
    request, response = exchange.request, exchange.response
    flow = http.HTTPFlow(
        connection.Client(peername=("192.0.2.7", 1), sockname=("192.0.2.1", 8080), timestamp_start=1.0),
        connection.Server(address=(request.host, request.port)),
    )
    flow.request = http.Request.make(
        request.method, f"https://{request.host}{request.target.decode()}", request.body, request.headers
    )
    flow.response = http.Response.make(response.status, response.body, response.headers) if response else None
    return flow


# --- the table --------------------------------------------------------------------------------------------------------
def told(made: Iterable[Exchange]) -> list[Any]:
    found = [result.diagnosis for result in diagnose_all(tuple(made), b"k" * 32)]
    return [one and [(each.cause, each.verdict, each.nested_under) for each in one.findings] for one in found]


def row(name: str, output: bytes) -> Row:
    """The figures of one tool's output."""
    left = [
        sum(bool(spotted(output, [value])) for value in values.values()) for values in (CASE.CREDENTIALS, CASE.PERSONAL)
    ]
    try:
        read = [item.exchange for item in har.items(BytesIO(output)) if isinstance(item, Entry)]
    except ValueError:
        return Row(name, *left, "cannot be read")
    before, after = told(CASE.exchanges()), told(read)
    same = sum(one == other for one, other in zip(before, after, strict=False))
    return Row(name, *left, "kept" if before == after else f"{same} of {len(before)} exchanges")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="for a program")
    options = parser.parse_args()
    rows = []
    for name, clean in TOOLS.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                rows.append(row(name, clean(Path(folder))))
            except (OSError, subprocess.TimeoutExpired) as error:
                print(f"{name}: left out: {error}", file=sys.stderr)
    if options.json:
        print(json.dumps([each._asdict() for each in rows], indent=1))
        return 0
    sizes = len(CASE.CREDENTIALS), len(CASE.PERSONAL)
    print(f"| Tool | credentials left of {sizes[0]} | personal values left of {sizes[1]} | diagnosis |")
    print("| --- | --- | --- | --- |")
    for each in rows:
        print(f"| {each.tool} | {each.credentials} | {each.personal} | {each.diagnosis} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
