"""Which HTTP client or helper library sent a request, from User-Agent and header marks.

Formats of the helper libraries: docs/facts.md 9.1 (read in their sources 2026-11-20); of plain clients:
docs/clients.md 7 (measured 2026-11-20); of browsers and services: docs/clients.md 7b (read 2026-11-21).
"""

import re
from functools import lru_cache

from analyzers.exchange import Request
from analyzers.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """A client by the name that its users know."""

    name: str
    version: str | None
    """None where the User-Agent names no version of the client itself: Go's says that of HTTP."""
    helper_library: bool
    """Whether it is one of Twilio's official libraries or its CLI; these never follow redirects."""
    runtime: str | None = None
    """The run time that the User-Agent names beside the client, as it stands there: ``Python/3.11.7``."""
    hint: str = ""
    """Who it may be where only a mark speaks that several clients share; never to be stated as a fact."""

    @property
    def known(self) -> bool:
        """Whether it has a name of its own."""
        return self.name != UNKNOWN_CLIENT.name

    @property
    def is_browser(self) -> bool:
        """Whether it is a browser, whose owner can read every credential that it sends."""
        return self.name in BROWSERS


UNKNOWN_CLIENT = Client("unknown client", None, helper_library=False)

# First word of a `word/version` that names the client, in lower case. Order says nothing: the first in the User-Agent
# that is listed here counts, behind it stand extensions and the run time.
_PRODUCTS = {
    "twilio-cli": "twilio-cli",
    "@twilio/cli-core": "twilio-cli",
    "twilio-python": "twilio-python",
    "twilio-node": "twilio-node",
    "twilio-java": "twilio-java",
    "twilio-csharp": "twilio-csharp",
    "twilio-ruby": "twilio-ruby",
    "twilio-php": "twilio-php",
    "twilio-go": "twilio-go",
    "curl": "curl",
    "libcurl": "libcurl",
    "pycurl": "pycurl",
    "wget": "wget",
    "wget2": "wget2",
    "aria2": "aria2c",
    "httpie": "HTTPie",
    "python-requests": "python-requests",
    "niquests": "niquests",
    "python-httpx": "httpx",
    "aiohttp": "aiohttp",
    "python-urllib3": "urllib3",
    "python-urllib": "urllib.request",
    "python-httplib2": "httplib2",
    "axios": "axios",
    "needle": "needle",
    "deno": "Deno",
    "bun": "Bun",
    "java": "Java HttpURLConnection",
    "java-http-client": "java.net.http",
    "okhttp": "OkHttp",
    "apache-httpclient": "Apache HttpClient",
    "rest-client": "rest-client",
    "excon": "excon",
    "http.rb": "http.rb",
    "down": "Down",
    "guzzlehttp": "Guzzle",
    "libwww-perl": "LWP",
    "http-tiny": "HTTP::Tiny",
    "ureq": "ureq",
    "windowspowershell": "PowerShell",
    "powershell": "PowerShell",
    "postmanruntime": "Postman",
    "insomnia": "Insomnia",
    "n8n": "n8n",
    "restsharp": "RestSharp",
}
# Libraries put these behind their own name, as the run time; they name the client only when they come first.
_FIRST_ONLY = frozenset({"java", "deno", "bun"})
# User-Agents without a version of the client, or with it in an odd place.
_ODD = (
    ("fetch (Node)", r"node$"),
    ("undici", r"undici$"),
    # node-fetch 1 and 2 say 1.0, node-fetch 3 says nothing.
    ("node-fetch", r"node-fetch(?:/1\.0 \(|$)"),
    ("got", r"got \("),
    ("Go net/http", r"go-http-client/"),
    ("Ruby Net::HTTP", r"ruby$"),
    ("Faraday", r"faraday v(?P<version>\d[\w.]{0,30})"),
    ("httpclient (Ruby)", r"httpclient/[\d.]+ \((?P<version>\d[\w.]{0,30}), ruby"),
    ("Symfony HttpClient", r"symfony httpclient"),
    ("Mojo::UserAgent", r"mojolicious \(perl\)$"),
    ("n8n", r"n8n$|mozilla/5\.0 \(compatible; n8n/(?P<version>\d[\w.]{0,30})"),
    ("Zapier", r"zapier$"),
    ("Google Apps Script", r"mozilla/5\.0 \(compatible; google-apps-script"),
    # Their 1.0 says nothing of a version.
    ("Power Automate", r"azure-logic-apps/.{0,200}? microsoft-flow/"),
    ("Azure Logic Apps", r"azure-logic-apps/"),
)
# What tells browsers apart, the surest first: nearly all of them also call themselves Chrome, and that Safari.
_BROWSERS = {
    "edg": "Edge",
    "edga": "Edge",
    "edgios": "Edge",
    "opr": "Opera",
    "samsungbrowser": "Samsung Internet",
    "headlesschrome": "Chrome",
    "chrome": "Chrome",
    "crios": "Chrome",
    "firefox": "Firefox",
    "fxios": "Firefox",
    "version": "Safari",
}
BROWSERS = frozenset(_BROWSERS.values())

# Patterns are texts, compiled by `re` when first used: only refusals ask for the client, and a start of the proxy need
# not wait.
_COMMENT = r"\([^()]*\)"
_PRODUCT = r"(@twilio/cli-core|[^\s/()]+)(?:/v?(\d[\w.+-]{0,30}))?"
_RUNTIMES = r"python|node(?:\.js)?|java|php|ruby|go|\.net(?: framework| core)?"
_RUNTIME = rf"(?i)(?:^|[\s(;,])((?:{_RUNTIMES})[/ ]v?(?:go)?\d[\w.+]{{0,30}})"
_MARK = rb"(python|java)-(\d[\w.+-]{0,30})"
_LONGEST = 300
_MOST_PRODUCTS = 16


def client_of(request: Request) -> Client:
    """The client of `request`; UNKNOWN_CLIENT, perhaps with a hint, when neither User-Agent nor a mark tells."""
    agent = (request.first(b"user-agent") or b"")[:_LONGEST]
    found = _client(agent, (request.first(b"x-twilio-client") or b"")[:_LONGEST])
    return found or Client(UNKNOWN_CLIENT.name, None, helper_library=False, hint=_hint(request, agent.strip()))


@lru_cache(maxsize=64)  # all requests of one client say the same
def _client(user_agent: bytes, twice: bytes) -> Client | None:
    """The client that User-Agent or X-Twilio-Client names; None where neither does."""
    agent = user_agent.decode("latin-1").strip()
    name, version = _named(agent)
    # The libraries for Python and Java name themselves twice, for those who set a User-Agent of their own.
    if not name.startswith("twilio-") and (mark := re.match(_MARK, twice)):
        name, version = f"twilio-{mark[1].decode()}", mark[2].decode()
    if not name:
        return None
    runtime = re.search(_RUNTIME, agent)
    return Client(name, version, name.startswith("twilio-"), runtime[1] if runtime else None)


def _named(agent: str) -> tuple[str, str | None]:
    """Name and version that a User-Agent gives; the name is empty when it gives none that we know."""
    for name, pattern in _ODD:
        if odd := re.match(pattern, agent, re.IGNORECASE):
            return name, odd.groupdict().get("version")
    bare = re.sub(_COMMENT, " ", agent) if "(" in agent else agent
    products = [(product.lower(), version) for product, version in re.findall(_PRODUCT, bare)[:_MOST_PRODUCTS]]
    for place, (product, version) in enumerate(products):
        if version and product in _PRODUCTS and (place == 0 or product not in _FIRST_ONLY):
            return _PRODUCTS[product], version
    versions = dict(products)
    for product, browser in _BROWSERS.items() if "mozilla" in versions else ():
        if versions.get(product) and (browser != "Safari" or "safari" in versions):
            return browser, versions[product]
    return "", None


def _hint(request: Request, agent: bytes) -> str:
    """Who an unnamed client may be, by headers that only few send: docs/facts.md 9.1, docs/clients.md 7."""
    if (request.first(b"accept-encoding") or b"").strip().lower() == b"utf-8":
        return "twilio-java or twilio-csharp"
    if (request.first(b"accept-charset") or b"").strip().lower() == b"utf-8":
        return "twilio-python, twilio-node, twilio-ruby or twilio-php"
    if not agent:
        return "a client that sends no User-Agent, such as .NET's HttpClient, PHP's curl or Node's https"
    return ""
