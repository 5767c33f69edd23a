"""Clients by their User-Agent: docs/facts.md 9.1 and docs/clients.md 7."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import refused
from analyzers.client import UNKNOWN_CLIENT, Client, client_of
from analyzers.redirect_rules import RULES


def client(agent: bytes, *extra: tuple[bytes, bytes]) -> Client:
    return client_of(refused(agent=agent, extra=extra).request)


@pytest.mark.parametrize(
    ("agent", "name", "version"),
    [
        ("twilio-python/9.13.0 (Linux x86_64) Python/3.11.7", "twilio-python", "9.13.0"),
        ("twilio-python/9.13.0 (Linux x86_64) Python/3.11.7 my-app/1.0", "twilio-python", "9.13.0"),
        ("twilio-node/6.2.0 (linux x64) node/v20.20.2", "twilio-node", "6.2.0"),
        ("twilio-java/12.0.0 (Linux amd64) java/17.0.15 custom", "twilio-java", "12.0.0"),
        ("twilio-csharp/7.14.3 (Unix X64) .NET/8.0", "twilio-csharp", "7.14.3"),
        ("twilio-ruby/7.11.1 (linux-gnu x86_64) Ruby/3.1.2", "twilio-ruby", "7.11.1"),
        ("twilio-php/8.12.0 (Linux x86_64) PHP/8.2.35", "twilio-php", "8.12.0"),
        ("twilio-go/1.30.9 (linux amd64) go/go1.22.4", "twilio-go", "1.30.9"),
        (
            "twilio-cli/6.2.3 @twilio/cli-core/8.3.4 (linux x64) twilio-node/6.0.2 node/v20 api:core",
            "twilio-cli",
            "8.3.4",
        ),
    ],
)
def test_helper_libraries(agent: str, name: str, version: str) -> None:
    assert client(agent.encode()) == Client(name, version, helper_library=True)


@pytest.mark.parametrize(
    ("agent", "name", "version"),
    [
        ("curl/7.88.1", "curl", "7.88.1"),
        ("PycURL/7.49.0 libcurl/8.23.0 OpenSSL/3.6.5", "pycurl", "7.49.0"),
        ("Wget/1.21.3", "wget", "1.21.3"),
        ("wget2/1.99.1", "wget2", "1.99.1"),
        ("aria2/1.36.0", "aria2c", "1.36.0"),
        ("HTTPie/3.2.1", "HTTPie", "3.2.1"),
        ("python-requests/2.34.2", "python-requests", "2.34.2"),
        ("python-urllib3/2.8.0", "urllib3", "2.8.0"),
        ("python-httpx/0.28.1", "httpx", "0.28.1"),
        ("Python/3.11 aiohttp/3.14.5", "aiohttp", "3.14.5"),
        ("Python-urllib/3.11", "urllib.request", "3.11"),
        ("niquests/3.21.2", "niquests", "3.21.2"),
        ("Python-httplib2/0.32.1 (gzip)", "httplib2", "0.32.1"),
        ("node", "fetch (Node)", None),
        ("undici", "undici", None),
        ("axios/1.21.1", "axios", "1.21.1"),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "node-fetch", "1.0"),
        ("node-fetch", "node-fetch", None),
        ("got (https://github.com/sindresorhus/got)", "got", None),
        ("Needle/3.5.0 (Node.js v20.20.2; linux x64)", "needle", "3.5.0"),
        ("Java/17.0.15", "Java HttpURLConnection", "17.0.15"),
        ("Java-http-client/17.0.15", "java.net.http", "17.0.15"),
        ("okhttp/3.13.1", "OkHttp", "3.13.1"),
        ("Apache-HttpClient/4.5.14 (Java/17.0.15)", "Apache HttpClient", "4.5.14"),
        ("Go-http-client/1.1", "Go net/http", "1.1"),
        ("Ruby", "Ruby Net::HTTP", None),
        ("Faraday v1.1.0", "Faraday", "1.1.0"),
        ("rest-client/2.1.0 (linux-gnu x86_64) ruby/3.1.2p20", "rest-client", "2.1.0"),
        ("excon/0.88.0", "excon", "0.88.0"),
        ("HTTPClient/1.0 (2.8.3, ruby 3.1.2 (2022-04-12))", "httpclient (Ruby)", "1.0"),
        ("http.rb/4.4.1", "http.rb", "4.4.1"),
        ("GuzzleHttp/7", "Guzzle", "7"),
        ("Symfony HttpClient/Curl", "Symfony HttpClient", None),
        ("libwww-perl/6.68", "LWP", "6.68"),
        ("HTTP-Tiny/0.080", "HTTP::Tiny", "0.080"),
        ("Mojolicious (Perl)", "Mojo::UserAgent", None),
        ("ureq/2.6.2", "ureq", "2.6.2"),
        ("PostmanRuntime/7.43.0", "Postman", "7.43.0"),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.22621", "PowerShell", "5.1.22621"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "browser",
            None,
        ),
    ],
)
def test_plain_clients(agent: str, name: str, version: str | None) -> None:
    assert client(agent.encode()) == Client(name, version, helper_library=False)


@pytest.mark.parametrize(
    "agent", [b"", b"nodemon/1", b"Rubyist", b"curling", b"twilio-python", b"twilio-rust/1", b"\xff\xfe", b"Mozilla"]
)
def test_unknown(agent: bytes) -> None:
    assert client(agent) == UNKNOWN_CLIENT


def test_mark_of_a_helper_library_that_hides_its_user_agent() -> None:
    assert client(b"my-app/1.0", (b"X-Twilio-Client", b"python-9.13.0")) == Client(
        "twilio-python", "9.13.0", helper_library=True
    )
    assert client(b"my-app/1.0", (b"X-Twilio-Client", b"nonsense")) == UNKNOWN_CLIENT


def test_every_measured_client_can_be_recognised() -> None:
    agents = {
        "curl": b"curl/8", "pycurl": b"PycURL/7", "wget": b"Wget/1", "wget2": b"wget2/1", "aria2c": b"aria2/1",
        "HTTPie": b"HTTPie/3", "python-requests": b"python-requests/2", "urllib3": b"python-urllib3/2",
        "httpx": b"python-httpx/0", "aiohttp": b"Python/3.11 aiohttp/3", "urllib.request": b"Python-urllib/3",
        "niquests": b"niquests/3", "httplib2": b"Python-httplib2/0", "fetch (Node)": b"node", "undici": b"undici",
        "axios": b"axios/1", "node-fetch": b"node-fetch", "got": b"got (x)", "needle": b"Needle/3",
        "Java HttpURLConnection": b"Java/17", "java.net.http": b"Java-http-client/17", "OkHttp": b"okhttp/4",
        "Apache HttpClient": b"Apache-HttpClient/5", "Go net/http": b"Go-http-client/2.0", "Ruby Net::HTTP": b"Ruby",
        "Faraday": b"Faraday v2.1", "rest-client": b"rest-client/2", "excon": b"excon/0",
        "httpclient (Ruby)": b"HTTPClient/1.0", "http.rb": b"http.rb/4", "Guzzle": b"GuzzleHttp/7",
        "Symfony HttpClient": b"Symfony HttpClient/Curl", "LWP": b"libwww-perl/6", "HTTP::Tiny": b"HTTP-Tiny/0",
        "Mojo::UserAgent": b"Mojolicious (Perl)", "ureq": b"ureq/2",
    }  # fmt: skip
    assert set(RULES) <= set(agents)
    assert all(client(agent).name == name for name, agent in agents.items())


@given(st.binary(max_size=400))
def test_never_raises(agent: bytes) -> None:
    assert client(agent).name
