"""The hooks: every finished exchange goes to the capture, every diagnosis to the flow and to the terminal."""

import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING
from weakref import WeakValueDictionary

from mitmproxy import addonmanager, ctx, exceptions, flow, hooks, http, tls
from mitmproxy.net.http import url as mitm_url
from mitmproxy.proxy import layer, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpErrorHook, HttpLayer, HTTPMode
from mitmproxy.tools.dump import DumpMaster

from addon import annotate, changing, saving, streaming
from addon.asking import Asking
from addon.backups import Backups
from addon.collector import Sweeper, calm
from addon.console import Console
from addon.deadline import Deadline
from addon.expecting import EXPECT_HELP, expected_in
from addon.limits import HEAD_KB, is_too_long
from addon.marking import Marks
from addon.outlets import Outlets
from addon.refused import REPLY, WIRE, Tap, Watcher
from addon.scrubber import Scrubber
from addon.settings import ANNOTATE_HELP, DISPLAY_HELP, RECORD_HELP, SCOPE_HELP, Annotate, Display, Settings, parse
from analyzers.bounded import Bounded
from analyzers.capture import Capture, Correction, lasting
from analyzers.case import case_of
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.head import read_head
from analyzers.twilio import is_twilio_host
from recordings.flows import ANNOTATED, OPTIONS, REFUSED, WIRE_TAILS, exchange_of

if TYPE_CHECKING:
    from addon.recorder import Recorder

logger = logging.getLogger(__name__)


class Why20003:
    """The mitmproxy addon."""

    def __init__(self, out: IO[str] | None = None) -> None:
        """`out` is where diagnoses are printed under mitmdump; None for standard output."""
        self.settings = Settings()
        self._deadline = Deadline()
        self._sweeper = Sweeper()
        self._asking = Asking()
        self._told_of_length = False
        self.capture = Capture(os.urandom(32), self._deadline.rules)
        self.scrubber = Scrubber()
        self.tap = Tap(Watcher(self._refused_head))
        self.console: Console | None = None
        self._printer: Console | None = None
        """The console, also while it is turned off: it knows what was shown."""
        self._out = out
        self._started = False
        # Weak: a flow that nobody shows or keeps is not kept for a correction either.
        self._diagnosed: WeakValueDictionary[int, http.HTTPFlow] = WeakValueDictionary()
        self.marked = Marks()
        self._marks: Bounded[int | None, int] = Bounded(_MARKS)
        self._backups = Backups()
        self._annotator = annotate.Annotator()
        self._recorder: Recorder | None = None
        self._changes = changing.Changes()
        self._outlets = Outlets()
        self._gaps = streaming.Gaps()

    # --- start and end --------------------------------------------------------------------------------------------
    def load(self, loader: addonmanager.Loader) -> None:
        loader.add_option("why20003_annotate", str, "message", ANNOTATE_HELP, [a.value for a in Annotate])
        loader.add_option("why20003_scope", str, "twilio", SCOPE_HELP)
        loader.add_option("why20003_display", str, "auto", DISPLAY_HELP, [d.value for d in Display])
        loader.add_option("why20003_record", str, "", RECORD_HELP)
        loader.add_option("why20003_expect", str, "", EXPECT_HELP)
        self._outlets.load(loader)
        self.scrubber.install()
        self.tap.install()
        self._deadline.install()
        self._asking.install(ctx.master.addons)

    def configure(self, updated: set[str]) -> None:
        if updated & changing.OPTIONS:
            self._marks = Bounded(_MARKS)  # what was judged without such an option has to be judged anew
            self._changes.look()
            if self._started:  # when nobody has refused the new value
                ctx.master.event_loop.call_soon(self._changes.warn)
        if updated & saving.OPTIONS:
            saving.guard()
        if "why20003_record" in updated:
            self._record_to(ctx.options.why20003_record)
        if "why20003_expect" in updated:
            self._expect(ctx.options.why20003_expect)
        try:
            self._outlets.configure(updated)
        except exceptions.OptionsError as error:
            if self._started:
                raise
            logger.error("%s", error)  # noqa: TRY400 - as below
        if updated & {"why20003_annotate", "why20003_scope", "why20003_display"}:
            self._parse()
        if self._started and "why20003_display" in updated:
            self._choose_console()

    def _parse(self) -> None:
        options = ctx.options
        try:
            self.settings = parse(options.why20003_annotate, options.why20003_scope, options.why20003_display)
        except ValueError as error:
            if self._started:
                raise exceptions.OptionsError(str(error)) from None
            # An exception while the script loads becomes a traceback. An error in the log ends mitmproxy just as well.
            logger.error("%s", error)  # noqa: TRY400 - the traceback would tell the user nothing

    def running(self) -> None:
        """The terminal is ours to print on under mitmdump only; mitmproxy and mitmweb draw their own screens."""
        self._started = True
        # Saves more than what the addon itself costs: what is loaded by now stays for good.
        calm()
        self._sweeper.start(ctx.master.event_loop)
        self._changes.warn()
        if self.console is not None or not isinstance(ctx.master, DumpMaster):
            return
        # Shows nothing that has to be up to date, and mitmproxy calls this four times for every request.
        self.update = None  # type: ignore[assignment,method-assign] # mitmproxy passes over a hook that is None
        if dumper := ctx.master.addons.get("dumper"):
            self.scrubber.guard(dumper, "outfp")
        self._choose_console()
        if ctx.options.server and not ctx.options.listen_host and not _says_where(ctx.options.mode):
            logger.warning(
                "why20003: this proxy listens on every network interface and sees credentials; "
                "add --listen-host 127.0.0.1 to keep it to this machine"
            )

    def _choose_console(self) -> None:
        """Show diagnoses on mitmdump's terminal from now on, or not, as the options say."""
        if not isinstance(ctx.master, DumpMaster):
            return
        quiet = ctx.options.flow_detail == 0 and ctx.options.termlog_verbosity == "error"
        quiet = quiet or ctx.options.why20003_events == "-"  # standard output is for programs then
        display = self.settings.display
        if display is Display.OFF or (quiet and display is Display.AUTO):
            self.console = None
            return
        self._printer = self._printer or Console(self._out or sys.stdout, short=False)
        self._printer.short = display is Display.SHORT
        self.console = self._printer

    def done(self) -> None:
        if self.console is not None:
            self.console.summary()
        if self._recorder is not None:
            self._recorder.close()
        self._outlets.done()
        self._deadline.remove()
        self._asking.remove()
        self._sweeper.stop()
        self.tap.remove()
        self.scrubber.remove()

    # --- traffic --------------------------------------------------------------------------------------------------
    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """TLS of hosts outside the scope passes through unopened."""
        names = [data.client_hello.sni, (data.context.server.address or ("",))[0]]
        known = [name for name in names if name]
        if known and not any(self.settings.covers(name) for name in known):
            data.ignore_connection = True

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Inside TLS to Twilio there is HTTP, also when the first packet is too short for mitmproxy to tell."""
        client = nextlayer.context.client
        if nextlayer.layer is None and client.tls_established and not client.alpn and is_twilio_host(client.sni or ""):
            nextlayer.layer = HttpLayer(nextlayer.context, HTTPMode.transparent)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """A large answer that is no refusal passes as it comes."""
        if flow.is_replay == "request" and flow.response is not None and flow.response.raw_content is None:
            self._forget(flow)
        streaming.begin(flow, self.settings.covers)

    def response(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None and flow.response.stream:
            with streaming.shown(flow):
                self._judge(flow)
                self._record(flow)
            return
        self._judge(flow)
        self._record(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        if flow.metadata.get(REFUSED) and ANNOTATED in flow.metadata:
            self._record(flow)
            return  # judged when its head was refused
        if flow.is_replay == "request" and self.marked.known(flow):
            self._forget(flow)
        if flow.live and flow.response is None and ctx.options.validate_inbound_headers and _misnamed(flow.request):
            flow.metadata[REFUSED] = True
        self._judge(flow)
        self._record(flow)

    def update(self, flows: Sequence[flow.Flow]) -> None:
        """A flow that its user sends again will get another answer: what was said of the last one goes."""
        for each in flows:
            if isinstance(each, http.HTTPFlow) and each.is_replay == "request" and each.response is None:
                self._forget(each)

    def _forget(self, flow: http.HTTPFlow) -> None:
        self.marked.forget(flow)
        for index in [index for index, known in self._diagnosed.items() if known is flow]:
            del self._diagnosed[index]

    def _record(self, flow: http.HTTPFlow) -> None:
        if self._recorder is not None:
            if is_too_long(flow):
                self._recorder.lost += 1
                self._tell_of_length()
                return
            self._gaps.note(flow)
            self._recorder.add(lambda: exchange_of(flow))

    def _record_to(self, path: str) -> None:
        """Record to `path` from now on, or with an empty one no more."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None
        if not path:
            return
        from addon.recorder import Recorder  # noqa: PLC0415 - redaction takes a third of the start, and not all record

        try:
            self._recorder = Recorder(path, os.urandom(32))
        except OSError as error:
            says = f"why20003_record: cannot write {path}: {error.strerror}"
            if self._started:
                raise exceptions.OptionsError(says) from None
            logger.error("%s", says)  # noqa: TRY400 - as in `configure`

    def _expect(self, place: str) -> None:
        """Know from the start what the application was meant to send; later it would not fit what was judged before."""
        if self._started:
            raise exceptions.OptionsError("why20003_expect is read once, at the start")
        try:
            expected = expected_in(place)
        except ValueError as error:
            logger.error("%s", error)  # noqa: TRY400 - as in `configure`
            return
        if expected:
            self.capture = Capture(os.urandom(32), self._deadline.rules, expected=expected)
            self.scrubber.learn(one.value for one in expected if one.role.is_secret)

    def _judge(self, flow: http.HTTPFlow) -> None:
        """Diagnose `flow` and write the result into it; a fault in our code costs one line, never the traffic."""
        try:
            if not self._is_repetition(flow):
                self._look(flow)
        except Exception as error:  # noqa: BLE001 - the traffic goes on unchanged
            self._outlets.missed()
            logger.warning("why20003: one exchange could not be diagnosed (%s)", type(error).__name__)

    def _is_repetition(self, flow: http.HTTPFlow) -> bool:
        """Deal with what came before in just this form, which nearly all traffic is, without reading it again."""
        response = flow.response
        if response is None or flow.metadata:
            return False
        if 200 <= response.data.status_code < 300:
            return self._is_known_success(flow)
        mark = self._marks.get(_sameness(flow)) if response.data.status_code >= 400 else None
        diagnosis = self.capture.repeat(mark, flow.request.timestamp_start) if mark is not None else None
        if diagnosis is None:
            return False
        self._diagnosed[self.capture.seen - 1] = flow
        self._write(flow, diagnosis)
        if self.console is not None:
            self.console.again(diagnosis)
        if self._outlets.is_on:
            self._outlets.again(flow, diagnosis)
        return True

    def _is_known_success(self, flow: http.HTTPFlow) -> bool:
        request, peer = flow.request.data, flow.client_conn.peername
        value, agent = None, b""
        for name, each in request.headers.fields:
            lower = name.lower()
            if lower == b"authorization" and value is None:
                value = each
            elif lower == b"user-agent" and not agent:
                agent = each
        if value is None or peer is None:
            return False
        client = (str(peer[0]), agent)
        call = (request.method.decode("latin-1"), request.host, request.path)
        if not self.capture.repeats_success(call, value, client, request.timestamp_start):
            return False
        if self.console is not None:
            self.console.count()
        if self._outlets.is_on:
            self._outlets.passed(flow)
        return True

    def _look(self, flow: http.HTTPFlow) -> None:
        """Read `flow` and judge it."""
        if is_too_long(flow):
            self._tell_of_length()
            return
        began = time.perf_counter()
        _keep_wire(flow)
        self._note_options(flow)
        same = _sameness(flow)
        exchange = exchange_of(flow)
        with self._deadline:
            result = self.capture.add(exchange)
        if result.diagnosis is not None:
            if result.mark is not None and same is not None:
                self._marks.put(same, result.mark)
            if not result.repeated:
                self._learn(exchange)
            self._write(flow, result.diagnosis)
            self._diagnosed[result.index] = flow
        elif flow.error and is_twilio_host(flow.request.pretty_host):
            self._learn(exchange)
        for correction in result.corrections:
            self._correct(correction)
        if self.console is not None:
            self.console.show(result)
        if self._outlets.is_on:
            self._outlets.judged(flow, result, time.perf_counter() - began)

    def _tell_of_length(self) -> None:
        if not self._told_of_length:
            self._told_of_length = True
            logger.warning("why20003: an exchange with more than %d kB of header lines is not looked at", HEAD_KB)

    def _note_options(self, flow: http.HTTPFlow) -> None:
        """Note on a refused flow which options changed its request on the way, so that a replay knows it too."""
        if (
            flow.live
            and flow.response is not None
            and flow.response.status_code >= 400
            and OPTIONS not in flow.metadata
            and self._changes.noted
            and is_twilio_host(flow.request.pretty_host)
        ):
            flow.metadata[OPTIONS] = list(self._changes.noted)

    def _learn(self, exchange: Exchange) -> None:
        self.scrubber.learn(case_of(exchange).secrets)

    def _write(self, flow: http.HTTPFlow, diagnosis: Diagnosis) -> None:
        """Comment, marker and metadata on the flow; the annotation in the answer, whose original is backed up."""
        level = self.settings.annotate
        answer = flow.response
        if level is not Annotate.OFF and answer is not None and not diagnosis.benign and ANNOTATED not in flow.metadata:
            self._backups.make(flow)
            self._annotator.write(answer, diagnosis, level, head_only=flow.request.method == "HEAD")
        elif level is not Annotate.OFF and answer is None and flow.error and not diagnosis.benign:
            setattr(flow.request, REPLY, annotate.refusal_body(diagnosis))
        self.marked.put(flow, diagnosis)

    def _correct(self, correction: Correction) -> None:
        """Mark the flows of an earlier diagnosis anew; what their user wrote there in the meantime stays."""
        flows = [flow for index in correction.indexes if (flow := self._diagnosed.get(index)) is not None]
        for flow in flows:
            self.marked.put_anew(flow, correction.now)
        if flows:
            ctx.master.addons.trigger(hooks.UpdateHook(flows))  # so that the lists show it

    def _refused_head(self, head: bytes, context: Context) -> bytes | None:
        """Diagnose a head that mitmproxy could not parse, record it as a flow, and give the body to answer with."""
        refused = _flow_of_head(head, context)
        if refused is None or not is_twilio_host(refused.request.host):
            return None
        refused.metadata[REFUSED] = True
        self._judge(refused)
        if ANNOTATED not in refused.metadata:
            return None
        if view := ctx.master.addons.get("view"):
            view.add([refused])
        ctx.master.addons.trigger(HttpErrorHook(refused))
        return getattr(refused.request, REPLY, None)


_MARKS = 512
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def _sameness(flow: http.HTTPFlow) -> int | None:
    """Equal for flows that differ in nothing but time and request id; None for one that is odd and has to be read."""
    answer, peer = flow.response, flow.client_conn.peername
    if answer is None or peer is None or flow.metadata or hasattr(flow.request, WIRE):
        return None
    asked, told = flow.request.data, answer.data
    request = (asked.method, asked.scheme, asked.host, asked.port, asked.path, asked.headers.fields, asked.content)
    connection = (peer[0], asked.authority, flow.client_conn.sni, flow.server_conn.sni)
    return hash((request, connection, told.status_code, lasting(told.headers.fields), told.content))


def _misnamed(request: http.Request) -> bool:
    """Whether a header name is no token (RFC 9110 5.6.2), as in ``Authorization :``, which mitmproxy refuses."""
    return any(_TOKEN.fullmatch(name) is None for name, _ in request.headers.fields)


def _says_where(modes: list[str]) -> bool:
    """Whether every mode names its own address, or listens to no network."""
    specs = [mode_specs.ProxyMode.parse(mode) for mode in modes]
    return all(spec.custom_listen_host or spec.type_name in {"local", "wireguard", "tun"} for spec in specs)


def _keep_wire(flow: http.HTTPFlow) -> None:
    """Note in plain data which line ends mitmproxy's parser took off an Authorization value.

    Only the line ends themselves are kept: metadata holds no part of a value.
    """
    head = getattr(flow.request, WIRE, None)
    if head is None or WIRE_TAILS in flow.metadata:
        return
    read = read_head(head)
    if read is None:
        return
    values = [value for name, value in read.headers if name.lower() == b"authorization"]
    tails = [[index, len(value) - len(value.rstrip(b"\r\n"))] for index, value in enumerate(values)]
    if any(length for _, length in tails):
        flow.metadata[WIRE_TAILS] = [
            [index, values[index][-length:].decode("ascii")] for index, length in tails if length
        ]


def _flow_of_head(head: bytes, context: Context) -> http.HTTPFlow | None:
    """A flow for a request that has none: what can be read of its head, and the connection that it came on."""
    read = read_head(head)
    if read is None:
        return None
    refused = http.HTTPFlow(context.client, context.server)
    host, port, scheme, path = _destination(read.target, dict(reversed(read.headers)), context)
    refused.request = http.Request(
        host=host,
        port=port,
        method=read.method.encode("latin-1", "replace"),
        scheme=scheme,
        authority=b"",
        path=path,
        http_version=b"HTTP/1.1",
        headers=http.Headers(read.headers),
        content=b"",
        trailers=None,
        timestamp_start=context.client.timestamp_start or 0.0,
        timestamp_end=context.client.timestamp_start or 0.0,
    )
    refused.error = flow.Error("mitmproxy refused the malformed request head")
    refused.request.timestamp_start = refused.request.timestamp_end = refused.error.timestamp
    return refused


def _destination(target: bytes, headers: dict[bytes, bytes], context: Context) -> tuple[str, int, bytes, bytes]:
    """Host, port, scheme and path: from an absolute target, else from the connection, else from Host."""
    if b"://" in target:
        scheme, _, rest = target.partition(b"://")
        authority, slash, path = rest.partition(b"/")
        secure = scheme.lower() == b"https"
    else:
        authority = next((value for name, value in headers.items() if name.lower() == b"host"), b"")
        slash, path = b"", target
        secure = context.client.tls
    try:
        host, port = mitm_url.parse_authority(authority.decode("latin-1"), check=False)
    except ValueError:
        host, port = "", None
    server = context.server.address
    if server and not is_twilio_host(host):
        host, port = server[0], server[1]
    if context.client.sni and not is_twilio_host(host):
        host = context.client.sni
    return host.lower(), port or (443 if secure else 80), b"https" if secure else b"http", slash + path
