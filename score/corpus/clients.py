"""Who sends: the User-Agents and headers of docs/facts.md 9.1 and docs/clients.md 7."""

from dataclasses import dataclass

from score.corpus.values import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One HTTP client as it shows on the wire."""

    name: str
    agent: bytes | None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    helper: bool = False
    """A library of Twilio's: it puts the SID of its constructor into the path, and follows no redirect."""
    host_last: bool = False
    lower: bool = False
    """Header names in lower case, as fetch and HTTP/2 have them."""
    version: str = "HTTP/1.1"


_ANY = ((b"Accept", b"*/*"),)
_JSON = ((b"Accept", b"application/json"), (b"Accept-Charset", b"utf-8"))
_AXIOS = ((b"Accept", b"application/json, text/plain, */*"), (b"Accept-Encoding", b"gzip, compress, deflate, br"))
_REQUESTS = (
    (b"Accept-Encoding", b"gzip, deflate"),
    (b"Accept", b"*/*"),
    (b"Connection", b"keep-alive"),
)
_FETCH = (
    (b"accept", b"*/*"),
    (b"accept-language", b"*"),
    (b"sec-fetch-mode", b"cors"),
    (b"accept-encoding", b"br, gzip, deflate"),
)

HELPERS = {
    client.name: client
    for client in (
        Client(
            name="python",
            agent=b"twilio-python/9.11.0 (Linux x86_64) Python/3.12.4",
            headers=((b"X-Twilio-Client", b"python-9.11.0"), *_JSON),
            helper=True,
        ),
        Client(
            name="python-old",
            agent=b"twilio-python/8.2.0 (Darwin arm64) Python/3.9.6 acme-alerts/1.4",
            headers=((b"X-Twilio-Client", b"python-8.2.0"), *_JSON),
            helper=True,
        ),
        Client(
            name="node",
            agent=b"twilio-node/6.0.2 (linux x64) node/v22.14.0",
            headers=(*_JSON, (b"Connection", b"keep-alive")),
            helper=True,
            host_last=True,
        ),
        Client(
            name="java",
            agent=b"twilio-java/12.0.0 (Linux amd64) java/21.0.5",
            headers=((b"X-Twilio-Client", b"java-12.0.0"), (b"Accept-Encoding", b"utf-8"), *_JSON),
            helper=True,
        ),
        Client(
            name="csharp",
            agent=b"twilio-csharp/7.14.3 (Unix X64) .NET/8.0.8",
            headers=((b"Accept", b"application/json"), (b"Accept-Encoding", b"utf-8")),
            helper=True,
        ),
        Client(
            name="ruby",
            agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.3.5",
            headers=_JSON,
            helper=True,
            host_last=True,
        ),
        Client(
            name="php",
            agent=b"twilio-php/8.12.0 (Linux x86_64) PHP/8.3.14",
            headers=_JSON,
            helper=True,
        ),
        Client(name="go", agent=b"twilio-go/1.30.9 (linux amd64) go/go1.22.5", headers=_JSON, helper=True),
        Client(
            name="cli",
            agent=b"@twilio/cli-core/8.3.4 (linux x64) twilio-node/6.0.2 node/v22.14.0 api:core:messages:create",
            headers=((b"Accept", b"application/json"), (b"Connection", b"close")),
            helper=True,
        ),
    )
}

RAW = {
    client.name: client
    for client in (
        Client(name="curl", agent=b"curl/8.5.0", headers=_ANY),
        Client(name="curl-old", agent=b"curl/7.88.1", headers=_ANY, lower=True, version="HTTP/2.0"),
        Client(name="requests", agent=b"python-requests/2.34.2", headers=_REQUESTS),
        Client(name="httpx", agent=b"python-httpx/0.28.1", headers=_REQUESTS, lower=True),
        Client(name="aiohttp", agent=b"Python/3.11 aiohttp/3.14.5", headers=_ANY),
        Client(name="axios", agent=b"axios/1.12.2", headers=_AXIOS, host_last=True),
        Client(name="fetch", agent=b"node", headers=_FETCH, lower=True),
        Client(name="undici", agent=b"undici", headers=_FETCH, lower=True),
        Client(name="node-fetch", agent=b"node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", headers=_ANY),
        Client(name="got", agent=b"got (https://github.com/sindresorhus/got)", headers=_ANY, lower=True),
        Client(name="okhttp", agent=b"okhttp/4.12.0", headers=((b"Accept-Encoding", b"gzip"),)),
        Client(name="net-http", agent=b"Go-http-client/1.1", headers=((b"Accept-Encoding", b"gzip"),)),
        Client(name="net-http2", agent=b"Go-http-client/2.0", lower=True, version="HTTP/2.0"),
        Client(name="guzzle", agent=b"GuzzleHttp/7", host_last=True),
        Client(
            name="ruby-net",
            agent=b"Ruby",
            headers=((b"Accept-Encoding", b"gzip;q=1.0,deflate;q=0.6,identity;q=0.3"), (b"Accept", b"*/*")),
            host_last=True,
        ),
        Client(name="faraday", agent=b"Faraday v2.9.0", headers=_ANY, host_last=True),
        Client(name="rest-client", agent=b"rest-client/2.1.0 (linux-gnu x86_64) ruby/3.1.2p20", headers=_ANY),
        Client(name="excon", agent=b"excon/0.88.0"),
        Client(name="http-rb", agent=b"http.rb/4.4.1"),
        Client(name="postman", agent=b"PostmanRuntime/7.39.0", headers=((b"Accept", b"*/*"),)),
        Client(name="dotnet", agent=None),
        Client(name="php-curl", agent=None, headers=_ANY),
        Client(name="reqwest", agent=None, headers=_ANY, lower=True),
        Client(name="httplib2", agent=b"Python-httplib2/0.32.1 (gzip)"),
        Client(name="n8n", agent=b"n8n", headers=_AXIOS),
        Client(name="lwp", agent=b"libwww-perl/6.68"),
    )
}

# They send nothing until they are asked: docs/clients.md 2.
CHALLENGED = {
    client.name: client
    for client in (
        Client(name="wget", agent=b"Wget/1.21.3", headers=((b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"))),
        Client(name="urllib", agent=b"Python-urllib/3.11", headers=((b"Accept-Encoding", b"identity"),)),
        Client(name="java-http", agent=b"Java-http-client/17.0.15"),
        Client(name="java-url", agent=b"Java/17.0.15", headers=((b"Accept", b"text/html, */*; q=0.2"),)),
        Client(name="apache", agent=b"Apache-HttpClient/4.5.14 (Java/17.0.15)"),
        Client(name="httpclient-rb", agent=b"HTTPClient/1.0 (2.8.3, ruby 3.1.2 (2022-04-12))"),
    )
}

CHROME = Client(
    name="chrome",
    agent=b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    headers=((b"Accept", b"*/*"), (b"Accept-Language", b"en-US,en;q=0.9")),
)
FIREFOX = Client(
    name="firefox",
    agent=b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    headers=((b"Accept", b"*/*"), (b"Accept-Language", b"en-GB,en;q=0.5")),
)

# They wait to be asked in some of their ways to give credentials, so that a missing header says little of the way.
# docs/clients.md 2.
WAITS = {"okhttp", "httplib2", "lwp"}
# What refuses a value that is not alphanumeric before it sends anything: docs/facts.md 9.2.
STRICT = {"go"}
# They send a line feed inside a header value that the caller set: docs/clients.md 9b.
SENDS_LINE_FEEDS = ("curl", "php-curl", "http-rb")


def any_client(draw: Draw) -> Client:
    """A library of Twilio's or a raw client; raw ones are over-represented in real reports (docs/facts.md 9.1)."""
    pool = HELPERS if draw.chance(0.4) else RAW
    return draw.choice(list(pool.values()))


def raw_client(draw: Draw) -> Client:
    """A client that knows nothing of Twilio."""
    return draw.choice(list(RAW.values()))


def odd_client(draw: Draw) -> Client:
    """A client that sends odd characters as it was given them."""
    while (client := any_client(draw)).name in STRICT:
        pass
    return client


def helper(draw: Draw, *, but: tuple[str, ...] = ()) -> Client:
    """A library of Twilio's."""
    return draw.choice([client for client in HELPERS.values() if client.name not in but])
