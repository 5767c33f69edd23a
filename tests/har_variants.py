"""HAR files as their producers really write them, each from the producer's source or from a report about it.

Every source was read on 2026-11-21; a variant without one is an assumption of ours. `docs/har-variants.md` shows the
same table; `test_har_variants.py` reads them all.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from analyzers.building import GOOD, SID
from analyzers.exchange import Exchange, Fidelity

PATH = f"/2010-04-01/Accounts/{SID.decode()}/Messages.json"
URL = f"https://api.twilio.com{PATH}"
CREDENTIALS = {"name": "Authorization", "value": GOOD.decode()}
REFUSAL = '{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
TYPE = {"name": "Content-Type", "value": "application/json"}
CALL = "POST api.twilio.com 401"
OTHER = "GET www.example.com 200"
START = "2026-11-03T11:14:08.000Z"
_DEVTOOLS = "https://github.com/ChromeDevTools/devtools-frontend/blob/main/front_end/models/har/Log.ts"
_OLD_DEVTOOLS = (
    "https://github.com/ChromeDevTools/devtools-frontend/blob/038d808e1aec0caa69c1b60a0158ff4b476b27bb"
    "/front_end/models/har/Log.ts"
)
_FIREFOX = (
    "https://github.com/BrowserWorks/Waterfox/blob/2092e7c958e465a58b01631d4a30e19a4b914d08"
    "/devtools/client/netmonitor/src/har/har-builder.js"
)
_PLAYWRIGHT = (
    "https://github.com/microsoft/playwright/blob/00131c1e3fb9c524b2b2b4496ebebcabf46b326e"
    "/packages/playwright-core/src/server/har/harTracer.ts"
)
_SAVEHAR = "https://github.com/mitmproxy/mitmproxy/blob/main/mitmproxy/addons/savehar.py"
_PROXYPIN = "https://github.com/wanghongenpin/proxypin/blob/22cc4cc963c7b1e770e7e75c78bea7997c678aaa/lib/utils/har.dart"
_TOOLKIT = (
    "https://github.com/httptoolkit/httptoolkit-ui/blob/003eb6c30f30186c33c01a97a3867ddcd461a7e9/src/model/http/har.ts"
)

Made: TypeAlias = dict[str, Any]


def asked(**more: object) -> Made:
    """A request to Twilio; a member of the value ... is left out."""
    made = {
        "method": "POST",
        "url": URL,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "Host", "value": "api.twilio.com"}, CREDENTIALS],
        "queryString": [],
        "headersSize": -1,
        "bodySize": 9,
        **more,
    }
    return {name: value for name, value in made.items() if value is not ...}


def told(**more: object) -> Made:
    """Twilio's refusal; a member of the value ... is left out."""
    made = {
        "status": 401,
        "statusText": "Unauthorized",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [TYPE],
        "content": {"size": len(REFUSAL), "mimeType": "application/json", "text": REFUSAL},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(REFUSAL),
        **more,
    }
    return {name: value for name, value in made.items() if value is not ...}


def entry(request: object = None, response: object = None, **more: object) -> Made:
    """An entry with the members that HAR 1.2 demands; a member of the value ... is left out."""
    made = {
        "startedDateTime": START,
        "time": 100,
        "request": asked() if request is None else request,
        "response": told() if response is None else response,
        "cache": {},
        "timings": {"send": 0, "wait": 100, "receive": 0},
        **more,
    }
    return {name: value for name, value in made.items() if value is not ...}


def other(**more: object) -> Made:
    """An entry of an ordinary website."""
    request = asked(method="GET", url="https://www.example.com/", headers=[], bodySize=0)
    return entry(request, told(status=200, headers=[], content={"size": 0, "mimeType": "text/html"}), **more)


def archive(*entries: object, creator: str = "x", **log: object) -> bytes:
    """A HAR file, compact."""
    made = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "pages": [], "entries": [*entries], **log}
    return json.dumps({"log": made}, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Variant:
    """One way of writing a HAR file, and what has to be read in it."""

    name: str
    producer: str
    quirk: str
    source: str
    text: bytes
    found: tuple[str, ...] = (CALL,)
    """Method, host and status of each exchange, in the order in which they are judged."""
    fidelity: Fidelity = Fidelity.FULL
    skipped: int = 0
    errors: tuple[tuple[int, str], ...] = ()
    """Place and a part of the reason."""
    truncated: bool = False
    unreadable: str = ""
    """A part of what is said of a file in which there is no recording at all."""
    shows: Callable[[Sequence[Exchange]], object] | None = None
    """What else this variant is about ..."""
    becomes: object = None
    """... and what that has to be."""


def _headers(found: Sequence[Exchange]) -> object:
    return found[0].request.headers


def _connections(found: Sequence[Exchange]) -> object:
    return [one.connection for one in found]


def _times(found: Sequence[Exchange]) -> object:
    return [one.started_at for one in found]


def _server(found: Sequence[Exchange]) -> object:
    return [(one.server_address, one.tls_version) for one in found]


def _answer(found: Sequence[Exchange]) -> object:
    response = found[0].response
    return response.body if response else None


def _errors(found: Sequence[Exchange]) -> object:
    return [one.error for one in found]


def _userinfo(found: Sequence[Exchange]) -> object:
    return found[0].request.userinfo


T = 1793704448.0  # START
BODY = REFUSAL.encode()
PACKED = base64.b64encode(BODY).decode()
NO_ANSWER = "POST api.twilio.com -"


def _browsers() -> list[Variant]:
    chrome = {"_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch", "cache": {}}
    cookie = {"name": "cookie", "value": "a=b"}
    new = {"_connectionId": "12500", **chrome, "connection": "443", "pageref": "page_1"}
    lower = [
        {"name": ":authority", "value": "api.twilio.com"},
        {"name": ":method", "value": "POST"},
        {"name": "authorization", "value": GOOD.decode()},
    ]
    return [
        Variant(
            "chrome-with-sensitive-data",
            "Chrome, exported with sensitive data",
            "`connection` is the server's port, the same for all; the connection's own number is `_connectionId`",
            _DEVTOOLS,
            archive(entry(asked(headers=[*lower, cookie]), **new), creator="WebInspector"),
            shows=_connections,
            becomes=["12500"],
        ),
        Variant(
            "chrome-sanitized",
            "Chrome, exported as it is offered first",
            "`Authorization`, `Cookie` and `Set-Cookie` are left out, and nothing says so",
            _DEVTOOLS,
            archive(entry(asked(headers=lower[:2]), **new), creator="WebInspector"),
            fidelity=Fidelity.SANITIZED,
        ),
        Variant(
            "chrome-old",
            "Chrome before it had `_connectionId`",
            "`connection` is the connection's number; nothing is left out",
            _OLD_DEVTOOLS,
            archive(entry(**chrome, connection="52", _fromCache="disk"), creator="WebInspector"),
            shows=_connections,
            becomes=["52"],
        ),
        Variant(
            "chrome-old-without-credentials",
            "Chrome before it had `_connectionId`",
            "no credentials anywhere: either none were sent, or somebody took them out",
            _OLD_DEVTOOLS,
            archive(entry(asked(headers=[cookie]), **chrome), creator="WebInspector"),
            fidelity=Fidelity.DOUBTFUL,
        ),
        Variant(
            "chrome-blocked",
            "Chrome",
            "blocked and failed requests have status 0 and `_error`; no `_connectionId`, empty `httpVersion`",
            _DEVTOOLS,
            archive(
                entry(
                    None, told(status=0, headers=[], content={"size": 0}, _error="net::ERR_BLOCKED_BY_CLIENT"), **chrome
                )
            ),
            found=(NO_ANSWER,),
            shows=_errors,
            becomes=["net::ERR_BLOCKED_BY_CLIENT"],
        ),
        Variant(
            "chrome-other-urls",
            "Chrome",
            "data:, blob: and chrome-extension: URLs stand among the requests",
            _DEVTOOLS,
            archive(
                *(
                    entry(asked(url=url), **chrome)
                    for url in ("data:image/png;base64,AA==", "blob:https://x/1", "chrome-extension://a/b.js", URL)
                )
            ),
            skipped=3,
        ),
        Variant(
            "chrome-service-worker",
            "Chrome",
            "a request that a service worker passes on stands there twice, once without a connection",
            _DEVTOOLS,
            archive(
                entry(None, told(_fetchedViaServiceWorker=True, _serviceWorkerResponseSource="network"), **chrome),
                entry(startedDateTime="2026-11-03T11:14:08.010Z", **new),
            ),
            found=(CALL, CALL),
            shows=_connections,
            becomes=[None, "12500"],
        ),
        Variant(
            "chrome-http3",
            "Chrome",
            "`httpVersion` h3, names in lower case, pseudo headers",
            "https://github.com/httptoolkit/httptoolkit/issues/709",
            archive(entry(asked(httpVersion="h3", headers=lower), told(httpVersion="h3"))),
            shows=lambda found: (found[0].request.version, found[0].request.headers),
            becomes=("HTTP/3", ((b"authorization", GOOD),)),
        ),
        Variant(
            "chrome-websocket",
            "Chrome",
            "WebSockets with `_webSocketMessages`, wss: URL and status 101",
            _DEVTOOLS,
            archive(
                entry(
                    asked(method="GET", url="wss://chunder.twilio.com/signal"),
                    told(status=101, content={"size": 0}),
                    **{**chrome, "_resourceType": "websocket"},
                    _webSocketMessages=[{"type": "send", "time": 1, "opcode": 1, "data": '{"a":"}]"}'}],
                )
            ),
            found=("GET chunder.twilio.com 101",),
        ),
        Variant(
            "postman",
            "Postman: the DevTools of its window",
            "it has no export of its own, so people save what its DevTools show; the User-Agent is Postman's",
            "https://github.com/postmanlabs/postman-app-support/issues/8147",
            archive(
                entry(asked(headers=[CREDENTIALS, {"name": "User-Agent", "value": "PostmanRuntime/7.49.0"}]), **new),
                creator="WebInspector",
            ),
        ),
        Variant(
            "edge-empty",
            "Edge",
            "now and then the exported file is empty",
            "https://github.com/MicrosoftEdge/DevTools/issues/287",
            b"",
            unreadable="expected a HAR file",
        ),
        Variant(
            "firefox",
            "Firefox",
            "times with the user's zone; `connection` is the server's port; `headersSize`, `encoding` may be missing",
            _FIREFOX,
            archive(
                entry(
                    asked(headersSize=..., postData={"mimeType": None, "params": [], "text": "To=%2B1"}),
                    told(headersSize=...),
                    pageref="page_1",
                    startedDateTime="2026-11-03T12:14:08.000+01:00",
                    _securityState="secure",
                    serverIPAddress="192.0.2.9",
                    connection="443",
                ),
                creator="Firefox",
                browser={"name": "Firefox", "version": "144.0"},
                pages=[{"startedDateTime": 0, "id": "page_1", "pageTimings": {"onLoad": -1}}],
            ),
            shows=lambda found: (_times(found), _connections(found)),
            becomes=([T], [None]),
        ),
        Variant(
            "firefox-behind-a-proxy",
            "Firefox",
            "`connection` is then the proxy's port, the same for all",
            _FIREFOX,
            archive(entry(_securityState="secure", connection="8080"), creator="Firefox"),
            shows=_connections,
            becomes=[None],
        ),
        Variant(
            "firefox-without-bodies",
            "Firefox",
            "bodies that are too long are left out; a comment says so",
            _FIREFOX,
            archive(
                entry(
                    asked(postData={"mimeType": "text/plain", "params": [], "comment": "not included"}),
                    told(content={"mimeType": "application/json", "size": 107, "comment": "not included"}),
                )
            ),
            shows=_answer,
            becomes=b"",
        ),
        Variant(
            "firefox-aborted",
            "Firefox",
            "status 0 without a word why; `timings` may be empty",
            _FIREFOX,
            archive(entry(None, told(status=0, statusText="", headers=[], content={}), timings={}, time=0)),
            found=(NO_ANSWER,),
            shows=_errors,
            becomes=["status 0"],
        ),
        Variant(
            "firefox-harp",
            "Firefox's HAR Export Trigger",
            "HARP: the archive is the argument of a function call",
            "https://github.com/firebug/har-export-trigger/blob/master/README.md",
            b"onInputData(" + archive(entry()) + b");\n",
        ),
        Variant(
            "firefox-form",
            "Firefox's HAR Export Trigger",
            "forms come as `params` only, without `text`",
            "https://github.com/firebug/har-export-trigger/issues/12",
            archive(
                entry(
                    asked(
                        postData={
                            "mimeType": "application/x-www-form-urlencoded",
                            "params": [{"name": "To", "value": "+1"}],
                        }
                    )
                )
            ),
            shows=lambda found: found[0].request.body,
            becomes=b"To=%2B1",
        ),
        Variant(
            "firefox-missing-timings",
            "Firefox's HAR Export Trigger",
            "pages without title, entries without timings",
            "https://github.com/firefox-devtools/har-export-trigger/issues/43",
            archive(entry(timings=..., time=...), pages=[{"id": "page_1"}]),
            shows=lambda found: found[0].finished_at,
            becomes=None,
        ),
        Variant(
            "safari",
            "Safari",
            "`_fetchType`; sizes of -1; an empty time where none is known; always one page",
            "https://github.com/WebKit/WebKit/blob/62ddfba7384ac5249ad9662daad5b2563d95d3ae"
            "/Source/WebInspectorUI/UserInterface/Controllers/HARBuilder.js",
            archive(
                entry(pageref="page_0", connection="7", _fetchType="Network Load"),
                entry(
                    asked(httpVersion=""),
                    told(
                        status=0,
                        headers=[],
                        content={"size": 0, "compression": 0, "mimeType": "x-unknown"},
                        _error="lost",
                    ),
                    startedDateTime="",
                    time=0,
                ),
                creator="WebKit Web Inspector",
            ),
            found=(CALL, NO_ANSWER),
            shows=lambda found: (_errors(found), _times(found), _connections(found)),
            becomes=([None, "lost"], [T, None], ["7", None]),
        ),
    ]


def _proxies() -> list[Variant]:
    pseudo = [
        {"name": ":method", "value": "POST"},
        {"name": ":path", "value": PATH},
        {"name": ":authority", "value": "api.twilio.com"},
        {"name": ":scheme", "value": "https"},
        {"name": "authorization", "value": GOOD.decode()},
    ]
    packed = {"size": 107, "mimeType": "application/json", "text": PACKED, "encoding": "base64"}
    bare = {"size": 107, "mimeType": "application/octet-stream", "text": PACKED}
    return [
        Variant(
            "charles",
            "Charles",
            "bodies in base64; HTTP/2's pseudo headers among the others; the URL may lack its path; no pages",
            "https://github.com/mandrean/har-rs/blob/1a52a1a6c5047e6015afb5ec38b359c59c8e9f95/tests/fixtures/someapi123.har",
            archive(
                entry(
                    asked(url="https://api.twilio.com", httpVersion="HTTP/2.0", headers=pseudo),
                    told(content=packed, headers=[{"name": ":status", "value": "401"}, TYPE]),
                    connection="52492",
                ),
                creator="Charles Proxy",
            ),
            shows=lambda found: (found[0].request.target, _answer(found), _connections(found)),
            becomes=(PATH.encode(), BODY, ["52492"]),
        ),
        Variant(
            "proxyman-12-hours",
            "Proxyman",
            "where the Mac shows twelve hours, so does the time (its exact form is assumed)",
            "https://github.com/ProxymanApp/Proxyman/issues/1944",
            archive(
                entry(startedDateTime="2026-11-03T11:14:08.000 PM+0000"),
                entry(startedDateTime="2026-11-03T11:14:08.000\u202fam+0000"),
            ),
            found=(CALL, CALL),
            shows=_times,
            becomes=[T, T + 12 * 3600],
        ),
        Variant(
            "proxyman-windows",
            "Proxyman for Windows and Linux",
            "no `pages`; whole seconds; requests without an answer have no `response`, or null",
            "https://github.com/ProxymanApp/proxyman-windows-linux/issues/560",
            archive(
                entry(startedDateTime="2026-11-03T12:14:08+01:00"),
                {"startedDateTime": "2026-11-03T12:14:09+01:00", "time": 1948, "request": asked()},
                {**entry(startedDateTime="2026-11-03T12:14:10+01:00"), "response": None},
                creator="Proxyman",
            ),
            found=(CALL, NO_ANSWER, NO_ANSWER),
            shows=_times,
            becomes=[T, T + 1, T + 2],
        ),
        Variant(
            "proxyman-without-body",
            "Proxyman",
            "binary bodies of requests are left out",
            "https://github.com/ProxymanApp/Proxyman/issues/1614",
            archive(entry(asked(postData=None))),
            shows=lambda found: found[0].request.body,
            becomes=b"",
        ),
        Variant(
            "own-script-without-zone",
            "a script of somebody's own",
            "times without a zone",
            "https://github.com/ProxymanApp/Proxyman/issues/2580",
            archive(entry(startedDateTime="2026-11-03T11:14:08.497000")),
            shows=_times,
            becomes=[T + 0.497],
        ),
        Variant(
            "fiddler",
            "Fiddler",
            "the file begins with a byte order mark",
            "https://github.com/mitmproxy/mitmproxy/pull/6897",
            b"\xef\xbb\xbf" + archive(entry(), creator="Fiddler"),
        ),
        Variant(
            "fiddler-blanks",
            "Fiddler",
            "a byte order mark and blanks around the JSON, which other tools do not trim",
            "https://github.com/grafana/har-to-k6/pull/75",
            b"\xef\xbb\xbf\r\n " + archive(entry()) + b"\r\n\r\n\xef\xbb\xbf",
        ),
        Variant(
            "http-toolkit",
            "HTTP Toolkit",
            "headers that repeat are joined with a comma; bodies above 40 kB are left out; status 0 where aborted",
            _TOOLKIT,
            archive(
                entry(
                    asked(headers=[{"name": "authorization", "value": f"{GOOD.decode()},{GOOD.decode()}"}]),
                    told(content={"mimeType": "application/octet-stream", "size": 0}),
                    pageref="Python",
                    startedDateTime="2026-11-03T12:14:08.000+01:00",
                ),
                entry(None, told(status=0, headers=[]), startedDateTime="2026-11-03T12:14:09.000+01:00", time=-1),
                creator="HTTP Toolkit",
            ),
            found=(CALL, NO_ANSWER),
            shows=lambda found: found[0].request.headers,
            becomes=((b"authorization", GOOD + b"," + GOOD),),
        ),
        Variant(
            "http-toolkit-malformed",
            "HTTP Toolkit",
            "requests that were no HTTP have a version made of stray bytes",
            "https://github.com/httptoolkit/httptoolkit/issues/880",
            archive(entry(asked(httpVersion="HTTP/Q}T3X\f\x0b0Q}T3"))),
            shows=lambda found: found[0].request.version,
            becomes="HTTP/1.1",
        ),
        Variant(
            "mitmproxy",
            "mitmproxy 11 and 12",
            "failed requests have status 0, an empty `content` and `_error`, which is null where nobody knows why",
            _SAVEHAR,
            archive(
                entry(startedDateTime="2026-11-03T11:14:08+00:00"),
                entry(
                    None,
                    told(status=0, statusText="", httpVersion="", headers=[], content={}, _transferSize=0, _error=None),
                    startedDateTime="2026-11-03T11:14:09.250000+00:00",
                ),
                entry(
                    None,
                    told(status=0, statusText="", headers=[], content={}, _error="Client disconnected."),
                    startedDateTime="2026-11-03T11:14:10+00:00",
                ),
                creator="mitmproxy",
            ),
            found=(CALL, NO_ANSWER, NO_ANSWER),
            shows=_errors,
            becomes=[None, "status 0", "Client disconnected."],
        ),
        Variant(
            "mitmproxy-websocket",
            "mitmproxy 11 and 12",
            "`_webSocketMessages` with the content in base64 where it is binary; an empty body is an empty text",
            _SAVEHAR,
            archive(
                entry(
                    asked(method="GET", url="https://chunder.twilio.com/signal"),
                    told(status=101, content={"size": 0, "compression": 0, "mimeType": "", "text": ""}),
                    _resourceType="websocket",
                    _webSocketMessages=[{"type": "receive", "time": 1.5, "opcode": 2, "data": "AAE="}],
                ),
                creator="mitmproxy",
            ),
            found=("GET chunder.twilio.com 101",),
        ),
        Variant(
            "mitmproxy-connect",
            "mitmproxy 11 and 12",
            "a CONNECT that failed has a URL of its own form",
            _SAVEHAR,
            archive(
                entry(
                    asked(method="CONNECT", url="https://api.twilio.com:443/", headers=[]),
                    told(status=0, headers=[], content={}, _error="Client TLS handshake failed"),
                ),
                entry(),
            ),
            found=("CONNECT api.twilio.com -", CALL),
        ),
        Variant(
            "mitmproxy-har-dump",
            "mitmproxy's former script har_dump.py",
            "`creator.comment` names mitmproxy's version; `text` of a body may be null",
            "https://github.com/mitmproxy/mitmproxy/blob/10e15af2a2c97a94d6a4cd44f4711bf10f240426/examples/contrib/har_dump.py",
            archive(
                entry(None, told(content={"size": 0, "compression": 0, "mimeType": "", "text": None})),
                creator="mitmproxy har_dump",
            ),
            shows=_answer,
            becomes=b"",
        ),
        Variant(
            "mitmproxy-har-extractor",
            "mitmproxy's former script har_extractor.py",
            "times without a zone; pages without `pageTimings`",
            "https://github.com/mitmproxy/mitmproxy/pull/1257",
            archive(entry(startedDateTime="2026-11-03T11:14:08"), pages=[{"id": "1"}]),
            shows=_times,
            becomes=[T],
        ),
        Variant(
            "proxypin",
            "ProxyPin",
            "`_phase`, `_id` and `_app`; null for an answer that has not come; binary bodies in base64 without a mark",
            _PROXYPIN,
            archive(
                entry(
                    None, told(content=bare), pageref="ProxyPin", _id="m17", _app=None, serverIPAddress="192.0.2.9:443"
                ),
                {**entry(_phase="request", time=-1, startedDateTime="2026-11-03T11:14:09.1Z"), "response": None},
                creator="ProxyPin",
            ),
            found=(CALL, NO_ANSWER),
            shows=_answer,
            becomes=BODY,
        ),
        Variant(
            "proxypin-history",
            "ProxyPin's history",
            "no list: an entry a line, each with a comma behind it",
            _PROXYPIN,
            b"".join(
                json.dumps(each).encode() + b",\n" for each in (entry(), other(startedDateTime="2026-11-03T11:14:09Z"))
            ),
            found=(CALL, OTHER),
        ),
        Variant(
            "proxypin-connect",
            "ProxyPin",
            "CONNECT requests with an http: URL without a port",
            "https://github.com/wanghongenpin/proxypin/issues/310",
            archive(entry(asked(method="CONNECT", url="http://api.twilio.com", headers=[]), told(status=200)), entry()),
            found=("CONNECT api.twilio.com 200", CALL),
        ),
        Variant(
            "browsermob",
            "BrowserMob Proxy",
            "empty comments everywhere, nulls left out, whole milliseconds of the local zone",
            "https://github.com/lightbody/browsermob-proxy/blob/79e0fe561cbf2090e7fd3a098251412d1b191d1d"
            "/browsermob-core/src/main/java/net/lightbody/bmp/core/har/HarEntry.java",
            archive(entry(startedDateTime="2026-11-03T12:14:08.000+01:00", comment="", pageref="p"), comment=""),
            shows=_times,
            becomes=[T],
        ),
        Variant(
            "zap",
            "ZAP",
            "whatever is empty or zero is left out: lists, texts, status; `_zapMessageNote`",
            "https://github.com/zaproxy/zap-extensions/blob/11ad851e2a82e8d468409435ac17ba6b830b3db2"
            "/addOns/exim/src/main/java/org/zaproxy/addon/exim/har/HarUtils.java",
            archive(
                {
                    "startedDateTime": START,
                    "request": {"method": "POST", "url": URL, "headers": [CREDENTIALS]},
                    "response": {"status": 401, "content": {"text": REFUSAL}},
                    "_zapMessageNote": "",
                },
                {
                    "startedDateTime": "2026-11-03T11:14:09.000Z",
                    "request": {"method": "POST", "url": URL},
                    "response": {},
                },
                creator="ZAP",
            ),
            found=(CALL, NO_ANSWER),
        ),
        Variant(
            "burp-logger-plus-plus",
            "Burp's Logger++",
            "the export stopped within the first entry; a zone without its colon",
            "https://github.com/nccgroup/LoggerPlusPlus/issues/138",
            archive(entry(startedDateTime="2026-11-03T16:44:08.000+0530"), entry(), creator="LoggerPlusPlus")[:-300],
            truncated=True,
            shows=_times,
            becomes=[T],
        ),
        Variant(
            "dev-proxy",
            "Microsoft's Dev Proxy",
            "credentials are REDACTED unless told otherwise; `response` and `text` may be null; `time` is 0",
            "https://github.com/dotnet/dev-proxy/blob/1010a6b14fcd75def436d17f6064c4ce6bf1b4bd"
            "/DevProxy.Plugins/Generation/HarGeneratorPlugin.cs",
            archive(
                entry(
                    asked(headers=[{"name": "Authorization", "value": "REDACTED"}], postData=None),
                    told(content={"size": 107, "mimeType": "application/json", "text": None}),
                    startedDateTime="2026-11-03T11:14:08.0000000Z",
                    time=0,
                ),
                creator="DevProxy",
            ),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "proxyfor",
            "proxyfor",
            "no times; `httpVersion` null; an empty object for an answer that has not come",
            "https://github.com/sigoden/proxyfor/blob/00f94689700ea03365d28e554593500331cc40a5/src/traffic.rs",
            archive(
                {"request": asked(httpVersion=None), "response": told(httpVersion=None)},
                {"request": asked(httpVersion=None, postData={"mimeType": "", "text": ""}), "response": {}},
                creator="proxyfor",
            ),
            found=(CALL, NO_ANSWER),
            shows=_times,
            becomes=[None, None],
        ),
        Variant(
            "api-log-format",
            "Kong's API log format (Galileo)",
            "the archive is a member `har` of an object of its own; each entry names the client's address",
            "https://github.com/Kong/api-log-format/blob/108f024b81bc4776a46756199faa7de1d25bf6a5/versions/1.1.0.md",
            json.dumps(
                {
                    "version": "1.1.0",
                    "serviceToken": "t",
                    "har": json.loads(archive(entry(clientIPAddress="10.10.10.20", serverIPAddress="10.10.10.10"))),
                }
            ).encode(),
            shows=lambda found: found[0].client_address,
            becomes="10.10.10.20",
        ),
        Variant(
            "api-log-format-bodies",
            "Kong's API log format (Galileo)",
            "bodies of requests in base64 as well, with a mark; bodies that were not captured are left out",
            "https://github.com/Kong/api-log-format/blob/108f024b81bc4776a46756199faa7de1d25bf6a5/versions/1.1.0.md",
            archive(
                entry(
                    asked(
                        postData={
                            "mimeType": "text/plain",
                            "text": base64.b64encode(b"To=%2B1").decode(),
                            "encoding": "base64",
                        }
                    ),
                    told(content=...),
                )
            ),
            shows=lambda found: found[0].request.body,
            becomes=b"To=%2B1",
        ),
    ]


def _clients() -> list[Variant]:
    playwright = told(content={"size": 107, "mimeType": "application/json", "_file": "3f9a.json"}, _transferSize=-1)
    moved = asked(method="GET", url=f"https://old.example{PATH}", headers=[])
    return [
        Variant(
            "insomnia",
            "Insomnia",
            "every entry has the time of the export, and stands where it stands in the workspace",
            "https://github.com/Kong/insomnia/blob/00c474ee2f5b8df48d92a157df2d25f9b254ccd8/packages/insomnia/src/common/har.ts",
            archive(entry(comment="Send"), other(comment="Home"), creator="Insomnia REST Client", pages=[]),
            found=(CALL, OTHER),
            shows=_times,
            becomes=[T, T],
        ),
        Variant(
            "playwright-embedded",
            "Playwright, `recordHar` with content embedded",
            "no `blocked`; `pages` may be missing; creator Playwright, the browser in `browser`",
            _PLAYWRIGHT,
            archive(
                entry(
                    timings={"dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 9, "receive": -1}, _serverPort=443
                ),
                creator="Playwright",
                browser={"name": "chromium", "version": "131"},
            ),
            shows=_answer,
            becomes=BODY,
        ),
        Variant(
            "playwright-server",
            "Playwright",
            "`_securityDetails` has the version of TLS in `protocol`; no browser's own export has it",
            _PLAYWRIGHT,
            archive(
                entry(
                    serverIPAddress="192.0.2.9",
                    _serverPort=443,
                    _securityDetails={"protocol": "TLS 1.3", "subjectName": "*.twilio.com", "issuer": "DigiCert"},
                ),
                creator="Playwright",
            ),
            shows=_server,
            becomes=[("192.0.2.9", "TLSv1.3")],
        ),
        Variant(
            "playwright-attached",
            "Playwright, `recordHar` with content attached",
            "bodies are files beside the archive: `_file` in place of `text`",
            _PLAYWRIGHT,
            archive(
                entry(
                    asked(postData={"mimeType": "text/plain", "text": "", "params": [], "_file": "a.dat"}), playwright
                )
            ),
            shows=_answer,
            becomes=b"",
        ),
        Variant(
            "playwright-omitted",
            "Playwright, `recordHar` with content omitted",
            "neither text nor file; slim mode leaves out sizes, timings, cookies and pages too",
            _PLAYWRIGHT,
            archive(
                entry(
                    asked(postData={"mimeType": "text/plain", "text": "", "params": []}),
                    told(content={"size": -1, "mimeType": "application/json"}),
                    time=-1,
                    timings={"send": -1, "wait": -1, "receive": -1},
                )
            ),
            shows=lambda found: found[0].finished_at,
            becomes=T,
        ),
        Variant(
            "playwright-aborted",
            "Playwright",
            "status -1 and `_failureText` for what has no answer; `_wasAborted`",
            _PLAYWRIGHT,
            archive(
                entry(
                    None,
                    told(status=-1, statusText="", headers=[], _failureText="net::ERR_ABORTED"),
                    time=-1,
                    _wasAborted=True,
                )
            ),
            found=(NO_ANSWER,),
            shows=_errors,
            becomes=["net::ERR_ABORTED"],
        ),
        Variant(
            "playwright-redirect",
            "Playwright",
            "headers are filled in later: a redirect may have `redirectURL` and no Location",
            _PLAYWRIGHT,
            archive(
                entry(moved, told(status=302, headers=[], content={"size": -1}, redirectURL=URL)),
                entry(startedDateTime="2026-11-03T11:14:08.200Z"),
            ),
            found=("GET old.example 302", CALL),
            shows=lambda found: found[0].response.headers if found[0].response else None,
            becomes=((b"Location", URL.encode()),),
        ),
        Variant(
            "playwright-api-request",
            "Playwright's APIRequestContext",
            "`_apiRequest`; the requests of the test itself, not of the page; the answer's headers as they came",
            _PLAYWRIGHT,
            archive(entry(time=-1, _apiRequest=True, timings={"send": -1, "wait": -1, "receive": -1})),
        ),
        Variant(
            "puppeteer",
            "Puppeteer through chrome-har",
            "`connection` is the connection's number as text; `_initiator` is a text; phases in whole milliseconds",
            "https://github.com/sitespeedio/chrome-har/blob/0333a27f573cb9e2ec52548d7c7bdec2bc1a6f38/index.js",
            archive(
                entry(
                    connection="31",
                    _initiator="https://x/",
                    _initiator_line=3,
                    _initialPriority="High",
                    pageref="page_1",
                )
            ),
            shows=_connections,
            becomes=["31"],
        ),
        Variant(
            "cypress",
            "Cypress through cypress-har-generator",
            "`_websocket` on every entry; times in fractions of milliseconds",
            "https://github.com/NeuraLegion/cypress-har-generator/blob/091c8dd271ad5de4dfa490a05862f35fa7e6ef62/src/network/EntryBuilder.ts",
            archive(
                entry(_websocket=[], _priority="High", _resourceType="xhr", connection="9", time=12.300000000745058)
            ),
            shows=_connections,
            becomes=["9"],
        ),
        Variant(
            "pollyjs",
            "Polly.js",
            "`postData` without text where there is a Content-Type but no body",
            "https://github.com/Netflix/pollyjs/blob/31a428aec7ee450c15e3e87ac20bf7aabb883618/packages/@pollyjs/persister/src/har/request.js",
            archive(entry(asked(postData={"mimeType": "text/plain"}))),
        ),
        Variant(
            "chucker",
            "Chucker (Android)",
            "local times that end with Z; `content` null; `totalSize`",
            "https://github.com/ChuckerTeam/chucker/blob/2d8ac41a28d4096b526d282e304f07dae94179b2"
            "/library/src/main/kotlin/com/chuckerteam/chucker/internal/data/har/log/Entry.kt",
            archive(
                entry(
                    None,
                    told(content=None, totalSize=1),
                    pageref=None,
                    serverIPAddress=None,
                    connection=None,
                    comment=None,
                )
            ),
            shows=_connections,
            becomes=[None],
        ),
        Variant(
            "k6-studio",
            "k6 Studio",
            "bodies in base64 without a mark",
            "https://github.com/grafana/k6-studio/pull/294",
            archive(entry(None, told(content={"size": 107, "mimeType": "application/json", "text": PACKED}))),
            shows=_answer,
            becomes=BODY,
        ),
        Variant(
            "webpagetest",
            "WebPageTest",
            "times that count from 1970",
            "https://github.com/catchpoint/WebPageTest/issues/727",
            archive(
                entry(startedDateTime="1970-01-01T00:00:01.507+00:00"),
                other(startedDateTime="1970-01-01T00:00:00.000+00:00"),
            ),
            found=(OTHER, CALL),
            shows=_times,
            becomes=[0.0, 1.507],
        ),
        Variant(
            "webpagetest-tls",
            "WebPageTest",
            "`_tls_version` or `_securityDetails` has the version of TLS",
            "https://github.com/HTTPArchive/almanac.httparchive.org/blob/add1fcf7774b8d9b0a8c9f99699fd6f1017967e5"
            "/sql/2024/security/2024_tls_versions_pages.sql",
            archive(entry(_tls_version="TLS 1.2"), other(_securityDetails={"protocol": "TLS 1.3"})),
            found=(CALL, OTHER),
            shows=_server,
            becomes=[(None, "TLSv1.2"), (None, "TLSv1.3")],
        ),
        Variant(
            "pcapharha",
            "PcapHarHa (from a packet capture)",
            "streams entries, one a line, without anything around them",
            "https://github.com/richardTowers/pharell/blob/master/README.md",
            b"".join(
                json.dumps(each).encode() + b"\n" for each in (other(), entry(startedDateTime="2026-11-03T11:14:09Z"))
            ),
            found=(OTHER, CALL),
        ),
        Variant(
            "pcap2har-go",
            "pcap2har-go (from a packet capture)",
            "entries stand by connection, in no order of time",
            "https://github.com/colinnewell/pcap2har-go/blob/main/README.md",
            archive(
                entry(startedDateTime="2026-11-03T11:14:10Z"),
                other(startedDateTime="2026-11-03T11:14:09Z"),
                entry(),
            ),
            found=(CALL, OTHER, CALL),
            shows=_times,
            becomes=[T, T + 1, T + 2],
        ),
        Variant(
            "cut-in-a-text",
            "a browser or an upload that stopped",
            "the file ends in the middle of a text",
            "https://github.com/zalando-incubator/transformer/issues/73",
            archive(entry(), entry())[:-250],
            truncated=True,
        ),
    ]


def _sanitisers() -> list[Variant]:
    def overwritten(value: str, creator: str = "x") -> bytes:
        return archive(entry(asked(headers=[{"name": "Authorization", "value": value}])), creator=creator)

    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJBQyJ9"
    return [
        Variant(
            "cloudflare-sanitizer",
            "Cloudflare's HAR sanitizer",
            "`[Authorization redacted]`",
            "https://github.com/cloudflare/har-sanitizer/blob/086a1b42725a214a7a46edfc68336baa7529031c/src/lib/har_sanitize.tsx",
            overwritten("[Authorization redacted]"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "cloudflare-sanitizer-token",
            "Cloudflare's HAR sanitizer",
            "a token keeps its head and its claims, and loses its signature",
            "https://github.com/cloudflare/har-sanitizer/blob/086a1b42725a214a7a46edfc68336baa7529031c/src/lib/har_sanitize.tsx",
            overwritten(f"Bearer {token}.redacted"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "google-sanitizer",
            "Google's HAR sanitizer",
            "the password in a URL becomes `[password redacted]`",
            "https://github.com/google/har-sanitizer/blob/0a43bbbaa37e2c599688be0a54b934a89c7ba6ca/harsanitizer/harsanitizer.py",
            archive(entry(asked(url=f"https://{SID.decode()}:[password redacted]@api.twilio.com{PATH}", headers=[]))),
            fidelity=Fidelity.SANITIZED,
            shows=_userinfo,
            becomes=None,
        ),
        Variant(
            "google-sanitizer-query",
            "Google's HAR sanitizer",
            "so do parameters: `?token=[token redacted]`",
            "https://github.com/google/har-sanitizer/blob/0a43bbbaa37e2c599688be0a54b934a89c7ba6ca/harsanitizer/harsanitizer.py",
            archive(entry(asked(url=f"{URL}?token=[token redacted]", headers=[]))),
            fidelity=Fidelity.SANITIZED,
        ),
        Variant(
            "har-sanitizer-hashed",
            "the npm package har-sanitizer",
            "the credential becomes a hash, which looks like one; only the creator tells",
            "https://github.com/jfromaniello/har-sanitizer/blob/0dc0e4ec872e05f36aaae5ad7dc7a964a5c491fb/src/index.ts",
            overwritten(f"Basic {'0a' * 32}", creator="har-sanitizer"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "har-sanitizer-obfuscated",
            "the npm package har-sanitizer",
            "or the word `obfuscated`",
            "https://github.com/jfromaniello/har-sanitizer/blob/455207447783236f05e05132a2a6b3a3ce01af2a/README.md",
            overwritten("Basic obfuscated", creator="har-sanitizer"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "sanitizhar",
            "sanitizHAR",
            "`[sanitized]`",
            "https://github.com/shayonj/sanitizhar/blob/main/src/sanitizer.js",
            overwritten("[sanitized]"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "kubeshark",
            "Kubeshark's redaction script",
            "`[redacted]` in headers, cookies and bodies",
            "https://github.com/kubeshark/docs/blob/master/src/pages/en/redaction.md",
            archive(
                entry(
                    asked(headers=[], cookies=[{"name": "s", "value": "[redacted]"}]),
                    told(content={"mimeType": "application/json", "text": '{"code":20003,"token":"[redacted]"}'}),
                )
            ),
            fidelity=Fidelity.SANITIZED,
        ),
        Variant(
            "okta-upload",
            "Okta's and Auth0's support portal",
            "people are told to write REDACTED over all credentials",
            "https://auth0.com/docs/troubleshoot/troubleshooting-tools/sanitize-http-traces",
            overwritten("REDACTED"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "okta-upload-token",
            "Okta's and Auth0's support portal",
            "or over the signature of a token only",
            "https://community.auth0.com/t/how-to-manually-redact-sensitive-information/122554",
            overwritten(f"Bearer {token}.REDACTED"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "sentry-like-filter",
            "filters as Sentry has them",
            "whatever is called auth, token or secret becomes `[Filtered]`",
            "https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/",
            overwritten("[Filtered]"),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
    ]


def _damaged() -> list[Variant]:
    log = archive(entry(), creator="a")
    return [
        Variant(
            "utf-16",
            "an editor or a shell that saved the file anew",
            "UTF-16 with a byte order mark",
            "",
            archive(entry()).decode().encode("utf-16"),
        ),
        Variant(
            "stars",
            "people with an editor",
            "stars over the value",
            "",
            archive(entry(asked(headers=[{"name": "Authorization", "value": "********"}], postData={"text": "***"}))),
            fidelity=Fidelity.SANITIZED,
            shows=_headers,
            becomes=(),
        ),
        Variant(
            "connection-in-words",
            "recorders with two ports a connection",
            "`connection` is a text of several parts",
            "",
            archive(entry(connection="ClientPort:52499;EgressPort:52500")),
            shows=_connections,
            becomes=["ClientPort:52499;EgressPort:52500"],
        ),
        Variant(
            "several-logs",
            "people who put several exports into one file",
            "logs one after the other; each tells for itself what its missing headers prove",
            "",
            log + b"\n" + archive(entry(connection="5", startedDateTime="2026-11-03T11:14:09Z"), creator="b"),
            found=(CALL, CALL),
            shows=_connections,
            becomes=[None, "1:5"],
        ),
        Variant(
            "list-of-logs",
            "tools that collect exports",
            "a list of archives",
            "",
            b"[" + log + b"," + log + b"]",
            found=(CALL, CALL),
        ),
        Variant(
            "list-of-entries",
            "tools and people who cut out the entries",
            "a list of entries, without a log around it",
            "",
            json.dumps([entry(), other(startedDateTime="2026-11-03T11:14:09Z")]).encode(),
            found=(CALL, OTHER),
        ),
        Variant(
            "capitalised-names",
            "serialisers of .NET with their own names",
            "`Log`, `Entries`, `Request`, `Headers`",
            "",
            json.dumps(
                {
                    "Log": {
                        "Entries": [
                            {
                                "StartedDateTime": "2026-11-03T11:14:08.0000000+00:00",
                                "Time": 100,
                                "Request": {
                                    "Method": "POST",
                                    "Url": URL,
                                    "Headers": [{"Name": "Authorization", "Value": GOOD.decode()}],
                                },
                                "Response": {"Status": 401, "Content": {"Text": REFUSAL}},
                            }
                        ]
                    }
                }
            ).encode(),
            shows=lambda found: (_times(found), _answer(found)),
            becomes=([T], BODY),
        ),
        Variant(
            "nested-lists-called-entries",
            "tools with members of their own",
            "other lists called `entries` beside and within the log",
            "",
            json.dumps(
                {
                    "log": {
                        "pages": [{"entries": [{"no": "entry"}]}],
                        "_cache": {"entries": [1, 2]},
                        "entries": [entry(_cache={"entries": [None]})],
                        "creator": {"name": "x", "entries": [3]},
                    }
                }
            ).encode(),
        ),
        Variant(
            "one-broken-entry",
            "tools that put JSON together by hand",
            "a text with its quotes unescaped",
            "",
            archive(entry(), entry(comment="@"), entry()).replace(b'"@"', b'"say "hello""'),
            found=(CALL, CALL),
            errors=((1, "the JSON of the entry is wrong at its character"),),
        ),
        Variant(
            "entries-of-wrong-types",
            "scripts that filter entries",
            "nulls and texts where an entry was",
            "",
            archive(None, entry(), "removed", {**entry(), "request": None}),
            errors=(
                (0, "expected an object, found nothing"),
                (2, "expected an object, found text"),
                (3, "request: expected an object, found nothing"),
            ),
        ),
    ]


VARIANTS: tuple[Variant, ...] = (*_browsers(), *_proxies(), *_clients(), *_sanitisers(), *_damaged())
