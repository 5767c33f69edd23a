"""Make the sample captures anew: a real client through the real mitmdump against the sandbox, one fault each.

    ./just samples

Afterwards `./just golden` writes the expected diagnoses; read the difference before you keep it.
"""

import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from sample_calls import CALLS

from why20003.demo.play import application_environment, mitmdump, sandbox
from why20003.mitmdump import Mitmdump

SAMPLES = Path(__file__).resolve().parent.parent / "recordings" / "samples"
OFFICE_PROXY = "answer-not-from-twilio"


class Squid(http.server.BaseHTTPRequestHandler):
    """A company's proxy that wants a password first, with the marks that Squid leaves."""

    server_version = "squid/6.10"
    sys_version = ""

    def do_GET(self) -> None:
        body = b"<html><head><title>Proxy Authentication Required</title></head><body></body></html>"
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="office"')
        self.send_header("X-Squid-Error", "ERR_CACHE_ACCESS_DENIED 0")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def record(work: Path, upstream: int, trusted: Path, name: str, command: list[str]) -> None:
    """Run `command` behind a fresh mitmdump and keep what it recorded under `name`."""
    capture = work / f"{name}.mitm"
    scope = ("--set", "why20003_scope=all") if "redirect" in name else ()
    with mitmdump(work, upstream, trusted, capture, *scope) as proxy:
        subprocess.run(command, env=environment(proxy), check=True, timeout=60)
    if not capture.stat().st_size:
        raise SystemExit(f"{name}: nothing was recorded")
    shutil.copyfile(capture, SAMPLES / capture.name)
    print(f"{name}: {capture.stat().st_size} bytes", flush=True)


def environment(proxy: Mitmdump) -> dict[str, str]:
    """Both spellings of the variables: curl reads http_proxy in lower case only."""
    variables = application_environment(proxy)
    return {**variables, "http_proxy": variables["HTTP_PROXY"], "https_proxy": variables["HTTPS_PROXY"]}


def main() -> int:
    wanted = sys.argv[1:] or [*CALLS, OFFICE_PROXY]
    SAMPLES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with sandbox(work) as (port, trusted):
            for name in (name for name in wanted if name != OFFICE_PROXY):
                record(
                    work, port, trusted, name, [sys.executable, str(Path(__file__).with_name("sample_calls.py")), name]
                )
            if OFFICE_PROXY in wanted:
                office = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Squid)
                threading.Thread(target=office.serve_forever, daemon=True).start()
                url = "http://api.twilio.com/2010-04-01/Accounts.json"
                record(
                    work, office.server_port, trusted, OFFICE_PROXY, ["curl", "--silent", "--output", "/dev/null", url]
                )
                office.shutdown()
                office.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
