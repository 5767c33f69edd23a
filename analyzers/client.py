"""Which HTTP client or helper library sent a request, from User-Agent and header marks.

Formats of the helper libraries: docs/facts.md 9.1 (read in their sources 2026-11-20); of plain clients:
docs/clients.md 7 (measured 2026-11-20).
"""

import re
from dataclasses import dataclass

from analyzers.exchange import Request


@dataclass(frozen=True, slots=True)
class Client:
    """A client by the name that its users know."""

    name: str
    version: str | None
    helper_library: bool
    """Whether it is one of Twilio's official libraries or its CLI; these never follow redirects."""


UNKNOWN_CLIENT = Client("unknown client", None, helper_library=False)

_VERSION = r"/v?(?P<version>\d[\w.+-]*)"
# Texts, compiled by `re` when first used: only refusals ask for the client, and a start of the proxy need not wait.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("twilio-cli", r".*@twilio/cli-core" + _VERSION),
    ("twilio-python", "twilio-python" + _VERSION),
    ("twilio-node", "twilio-node" + _VERSION),
    ("twilio-java", "twilio-java" + _VERSION),
    ("twilio-csharp", "twilio-csharp" + _VERSION),
    ("twilio-ruby", "twilio-ruby" + _VERSION),
    ("twilio-php", "twilio-php" + _VERSION),
    ("twilio-go", "twilio-go" + _VERSION),
    ("curl", "curl" + _VERSION),
    ("pycurl", "PycURL" + _VERSION),
    ("wget", "Wget" + _VERSION),
    ("wget2", "wget2" + _VERSION),
    ("aria2c", "aria2" + _VERSION),
    ("HTTPie", "HTTPie" + _VERSION),
    ("python-requests", "python-requests" + _VERSION),
    ("niquests", "niquests" + _VERSION),
    ("httpx", "python-httpx" + _VERSION),
    ("aiohttp", ".*aiohttp" + _VERSION),
    ("urllib3", "python-urllib3" + _VERSION),
    ("urllib.request", "Python-urllib" + _VERSION),
    ("httplib2", "Python-httplib2" + _VERSION),
    ("axios", "axios" + _VERSION),
    ("node-fetch", "node-fetch(?:" + _VERSION + ")?"),
    ("needle", "Needle" + _VERSION),
    ("got", "got "),
    ("undici", "undici"),
    ("fetch (Node)", "node$"),
    ("Java HttpURLConnection", "Java" + _VERSION),
    ("java.net.http", "Java-http-client" + _VERSION),
    ("OkHttp", "okhttp" + _VERSION),
    ("Apache HttpClient", "Apache-HttpClient" + _VERSION),
    ("Go net/http", "Go-http-client" + _VERSION),
    ("Ruby Net::HTTP", "Ruby$"),
    ("Faraday", "Faraday v(?P<version>[\\d.]+)"),
    ("rest-client", "rest-client" + _VERSION),
    ("excon", "excon" + _VERSION),
    ("http.rb", "http\\.rb" + _VERSION),
    ("httpclient (Ruby)", "HTTPClient" + _VERSION),
    ("Down", "Down" + _VERSION),
    ("Guzzle", "GuzzleHttp" + _VERSION),
    ("Symfony HttpClient", "Symfony HttpClient"),
    ("LWP", "libwww-perl" + _VERSION),
    ("HTTP::Tiny", "HTTP-Tiny" + _VERSION),
    ("Mojo::UserAgent", "Mojolicious"),
    ("ureq", "ureq" + _VERSION),
    ("Postman", "PostmanRuntime" + _VERSION),
    ("PowerShell", ".*PowerShell" + _VERSION),
    ("browser", "Mozilla/5\\.0 .*(?:Chrome|Firefox|Safari|Edg)/"),
)


def client_of(request: Request) -> Client:
    """The client of `request`; UNKNOWN_CLIENT when neither User-Agent nor a mark tells."""
    agent = (request.first(b"user-agent") or b"")[:300].decode("latin-1")
    for name, pattern in _PATTERNS:
        if match := re.match(pattern, agent, re.IGNORECASE):
            return Client(name, match.groupdict().get("version"), helper_library=name.startswith("twilio-"))
    if (mark := request.first(b"x-twilio-client")) and (found := re.match(rb"(python|java)-([\w.]+)", mark)):
        return Client(f"twilio-{found.group(1).decode()}", found.group(2).decode(), helper_library=True)
    return UNKNOWN_CLIENT
