"""The proxy and the sandbox with the capture's requests passing through: what mitmdump and the addon make of it."""

import re
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from every_output import BIN, PROGRAM, Place, Told
from every_output_capture import exchanges
from live import Proxy, upstream_proxy
from mitmproxy.io import FlowReader  # noqa: TID251 - reads what mitmproxy saved
from wire_text import request_of

from recordings.flow_values import NOTED
from why20003.demo.play import sandbox
from why20003.mitmdump import Mitmdump

Job = Callable[[Place], Told]

_LOG: Final = """
import logging, pathlib
class Events(logging.Handler):
    def emit(self, record):
        with pathlib.Path(__file__).with_name("events").open("a") as file:
            print(record.name, record.getMessage(), record.exc_text, record.exc_info, file=file)
logging.getLogger().addHandler(Events())
logging.getLogger().setLevel(1)
"""
"""A script that writes down what the event log gets."""
_LOOK: Final = """
from types import SimpleNamespace
from mitmproxy import ctx, contentviews, exceptions
class Look:
    def __init__(self):
        self.flows = []
    def response(self, flow):
        self.flows.append(flow)
    error = response
    def done(self):
        addon = ctx.master.addons.get("why20003")
        view, marks = addon._views._view, addon.marked
        for forgotten in ("nothing", "what it was marked with", "its metadata"):
            for flow in self.flows:
                if forgotten != "nothing":
                    marks._known.pop(flow, None)
                if forgotten == "its metadata":
                    flow.metadata.pop("why20003", None)
                print(view.prettify(b"", SimpleNamespace(flow=flow)))
                print(*(span for line in view(b"", flow=flow)[1] for span in line))
        for flow in self.flows:
            try:
                print(*ctx.master.commands.call("why20003.explain", flow), sep="\\n")
            except exceptions.CommandError as error:
                print(error)
        print(*ctx.master.commands.call("why20003.diagnose", self.flows), sep="\\n")
        print(*(view.prettify(b"", SimpleNamespace(flow=flow)) for flow in self.flows))
        print([(flow.comment, flow.marked, flow.metadata.get("why20003")) for flow in self.flows])
        ctx.master.commands.call("why20003.redact", self.flows, "without.mitm")
addons = [Look()]
"""
"""A script that looks at every flow with the content view, and runs the commands."""
_FAULTS: Final[Mapping[str, str]] = {
    "reading": """
import addon.plugin
def exchange_of(flow):
    raise ValueError(repr(flow.request.headers.fields))
addon.plugin.exchange_of = exchange_of
""",
    "a hook": """
import addon.plugin
def error(self, flow):
    raise ValueError(f"{flow.request.headers} {flow.request.headers.fields}")
addon.plugin.Why20003._write = addon.plugin.Why20003.error = error
def read_head(head):
    raise ValueError(f"{head}")
addon.plugin.read_head = read_head
""",
}
_OWN_FILES: Final = re.compile(r"\.(?:pem|p12|cer|py|pyc)$")
"""Certificates, whose letters are drawn, and programs."""


def requests() -> list[bytes]:
    """What the clients send: everything that goes to api.twilio.com, and a line break inside of Authorization."""
    found = []
    for exchange in exchanges():
        if exchange.request.host != "api.twilio.com":
            continue
        head, body = request_of(exchange)
        found.append(head[:-2] + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return found


def _collected(place: Place, printed: str, before: set[Path]) -> Told:
    """What was printed, and written; of captures with credentials in them what the addon wrote there."""
    told = Told({"stdout": printed.encode()}, [0])
    for name, data in place.written(before).items():
        if _OWN_FILES.search(name) is None:
            told.outputs[name] = _marks(place.root / name) if name.endswith(("tls.mitm", "raw.mitm")) else data
    return told


def _marks(capture: Path) -> bytes:
    with capture.open("rb") as file:
        flows = list(FlowReader(file).stream())
    assert flows
    # A capture of ours may come with notes of its own, which stay with it.
    notes = [{name: value for name, value in flow.metadata.items() if name != NOTED} for flow in flows]
    return repr([(flow.comment, flow.marked, note) for flow, note in zip(flows, notes, strict=True)]).encode()


def _live(*options: str, fault: str = "") -> Job:
    def run(place: Place) -> Told:
        (place.work / "log.py").write_text(_LOG + _FAULTS.get(fault, ""))
        script = ("-s", str(place.work / "log.py"))
        with upstream_proxy(
            place.work, *script, *options, "--set", f"why20003_record={place.work / 'rec.mitm'}"
        ) as proxy:
            answers = [_answer(proxy, head) for head in requests()[: 12 if fault else None]]
            printed = proxy.running.stop()
        told = _collected(place, printed, set())
        told.outputs["answers"] = b"\n".join(answers)
        assert "work/events" in told.outputs
        assert fault or b"halves-swapped (confirmed)" in told.outputs["work/tls.mitm"]
        return told

    return run


def _answer(proxy: Proxy, head: bytes) -> bytes:
    answer = proxy.send(head, wait=2)
    return answer.head + b"\r\n\r\n" + answer.body


def _read(recording: str, *options: str) -> Job:
    """``mitmdump -nr`` with the addon, which saves what it has read."""

    def run(place: Place) -> Told:
        saved = place.work / "raw.mitm"
        own = ("--set", f"confdir={place.work / 'confdir'}")
        command: tuple[str | Path, ...] = (
            BIN / "mitmdump",
            "-nr",
            place.given / recording,
            "-s",
            "addon",
            "-w",
            saved,
            *own,
            *options,
        )
        told = place.start(*command)
        assert told.codes == [0], told.text
        kept = {name: data for name, data in told.outputs.items() if _OWN_FILES.search(name) is None}
        return Told(kept | {"work/raw.mitm": _marks(saved)}, told.codes)

    return run


def _native(place: Place) -> Told:
    """What mitmproxy's own screens show of the flows of a recording: the content view, and what commands say."""
    (place.work / "look.py").write_text(_LOOK)
    script = ("-s", str(place.work / "look.py"))
    told = _read("theirs.mitm", "--set", "flow_detail=0", "--set", "why20003_display=off", *script)(place)
    assert "✗ halves-swapped (confirmed)" in told.text
    assert "ruled out: " in told.text
    assert "What it does:" in told.text
    assert len(told.outputs["work/without.mitm"]) > 10_000
    return told


def _proxy(place: Place) -> Told:
    """``why20003 proxy``, which records without secrets from the start."""
    recorded = place.work / "recorded.mitm"
    port = _free_port()
    with sandbox(place.work) as (upstream, trusted):
        before = {path for path in place.root.rglob("*") if path.is_file()}
        more = ("--mode", f"upstream:http://127.0.0.1:{upstream}", "--set", f"ssl_verify_upstream_trusted_ca={trusted}")
        own = ("--confdir", str(place.work / "confdir"), "--recording", str(recorded))
        command = [PROGRAM, "proxy", "--port", str(port), *own, "--", *more]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=place.environment({}),
            cwd=place.work,
        ) as process:
            assert process.stdout is not None
            printed = ""
            for line in process.stdout:
                printed += line
                if "listening" in line:
                    break
            running = Mitmdump(place.work / "confdir")
            running.port = port
            for head in requests():
                Proxy(running, recorded, tls=True).send(head, wait=2)
            process.terminate()
            printed += process.stdout.read()
    assert recorded.stat().st_size > 10_000
    return _collected(place, printed, before)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _sandbox(place: Place) -> Told:
    """The stand-in, which prints its own invented accounts and what it was asked, with the reason of its answer."""
    certificate = place.work / "ca.pem"
    command = [PROGRAM, "sandbox", "--port", "0", "--ca", str(certificate)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=place.environment({}), cwd=place.work
    ) as process:
        assert process.stdout is not None
        printed = ""
        while "ready port=" not in printed:
            printed += process.stdout.readline()
        running = Mitmdump(place.work)
        running.certificate = certificate
        running.port = int(printed.rpartition("=")[2])
        answers = [_answer(Proxy(running, certificate, tls=True), head) for head in requests()]
        process.terminate()
        printed += process.stdout.read()
    told = _collected(place, printed, set())
    told.outputs["answers"] = b"\n".join(answers)
    return told


JOBS: Final[dict[str, Job]] = {
    "mitmdump -s addon": _live(),
    "mitmdump -s addon -v": _live("-v"),
    "mitmdump -s addon, flow_detail 4": _live("--set", "flow_detail=4"),
    **{f"mitmdump -s addon, a fault in {name}": _live(fault=name) for name in _FAULTS},
    "mitmdump -nr": _read("theirs.mitm"),
    "mitmdump -nr, flow_detail 4": _read("theirs.mitm", "--set", "flow_detail=4"),
    "the content view and the commands": _native,
    "proxy": _proxy,
    "sandbox": _sandbox,
}
