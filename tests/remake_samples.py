"""Make the sample captures anew: a real client through the real mitmdump against the sandbox, one fault each.

    ./just samples                                        # all of them
    .venv/bin/python tests/remake_samples.py NAME ...     # only these

Afterwards `./just golden` writes the expected diagnoses; read the difference before you keep it.
"""

import base64
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sample_calls import CALLS
from stand_ins import Does, Gateway, squid

from why20003.demo import rotation
from why20003.demo.play import application_environment, mitmdump, sandbox
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE, SUBACCOUNT

SAMPLES = Path(__file__).resolve().parent.parent / "recordings" / "samples"
OFFICE_PROXY = "answer-not-from-twilio"
ALL_HOSTS = ("--set", "why20003_scope=all")
# What mitmdump is started with besides, by the beginning of the sample's name.
OPTIONS = {
    "stripped-on-redirect": ALL_HOSTS,
    "wrong-host-misspelt": ALL_HOSTS,
    "client-validation-failed": ("--modify-body", "/~q/hello/good+bye"),
}
# A gateway of this kind stands between the client and Twilio; whether its client is recorded too.
GATEWAYS = {
    "stripped-by-intermediary": (Does.DROP, True),
    "stripped-by-intermediary-kept": (Does.KEEP_ASIDE, False),
    "authorization-overridden": (Does.REPLACE, True),
}
_LISTENING = re.compile(r"listening at 127\.0\.0\.1:(\d+)")


def record(work: Path, name: str) -> None:
    """Record the call `name` against a sandbox of its own."""
    options = next((more for start, more in OPTIONS.items() if name.startswith(start)), ())
    with sandbox(work) as (port, trusted):
        elsewhere = rotation.environment(port, trusted)
        if name in GATEWAYS:
            behind_gateway(work, name, port, trusted)
            return
        with mitmdump(work, port, trusted, work / f"{name}.mitm", *options) as proxy:
            call(name, {**environment(proxy, proxy.port), **elsewhere})


def behind_gateway(work: Path, name: str, port: int, trusted: Path) -> None:
    """Record a call through a gateway: one mitmdump in front of it and behind it, or behind it alone."""
    does, both = GATEWAYS[name]
    own = base64.b64encode(f"{SUBACCOUNT.sid}:{LIVE.auth_token}".encode()).decode()
    with Gateway(does, f"Basic {own}") as gateway:
        front = f"upstream:http://127.0.0.1:{gateway.port}@127.0.0.1:{free_port()}"
        more = (*ALL_HOSTS, *(("--mode", front) if both else ()))
        with mitmdump(work, port, trusted, work / f"{name}.mitm", *more) as proxy:
            ports = listening(proxy, 1 + both)
            gateway.onward, gateway.certificate = f"http://127.0.0.1:{ports[0]}", str(proxy.certificate)
            call(name, environment(proxy, ports[1] if both else gateway.port))


def free_port() -> int:
    """A port of its own for a second mode: mitmproxy does not take 0 twice."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def listening(proxy: Mitmdump, count: int) -> list[str]:
    """The ports of all modes, in their order."""
    deadline = time.monotonic() + 10
    while len(found := _LISTENING.findall(proxy.output)) < count:
        if time.monotonic() > deadline:
            raise SystemExit("mitmdump does not listen for every mode")
        time.sleep(0.05)
    return found


def call(name: str, variables: dict[str, str]) -> None:
    command = [sys.executable, str(Path(__file__).with_name("sample_calls.py")), name]
    subprocess.run(command, env=variables, check=True, timeout=60)


def office_proxy(work: Path, name: str) -> None:
    """Record what a company's proxy answers instead of Twilio."""
    url = "http://api.twilio.com/2010-04-01/Accounts.json"
    capture = work / f"{name}.mitm"
    with squid() as port, sandbox(work) as (_, trusted), mitmdump(work, port, trusted, capture) as proxy:
        command = ["curl", "--silent", "--output", "/dev/null", url]
        subprocess.run(command, env=environment(proxy, proxy.port), check=True, timeout=60)


def environment(proxy: Mitmdump, port: int | str) -> dict[str, str]:
    """The proxy at `port`, in both spellings of the variables: curl reads http_proxy in lower case only."""
    address = f"http://127.0.0.1:{port}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {**application_environment(proxy), **dict.fromkeys(names, address)}


RECORDERS: dict[str, Callable[[Path, str], None]] = {**dict.fromkeys(CALLS, record), OFFICE_PROXY: office_proxy}


def main() -> int:
    wanted = sys.argv[1:] or [*RECORDERS]
    if unknown := [name for name in wanted if name not in RECORDERS]:
        raise SystemExit(f"no such sample: {', '.join(unknown)}")
    SAMPLES.mkdir(exist_ok=True)
    for name in wanted:
        with tempfile.TemporaryDirectory() as folder:
            capture = Path(folder) / f"{name}.mitm"
            RECORDERS[name](Path(folder), name)
            if not capture.stat().st_size:
                raise SystemExit(f"{name}: nothing was recorded")
            shutil.copyfile(capture, SAMPLES / capture.name)
            print(f"{name}: {capture.stat().st_size} bytes", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
