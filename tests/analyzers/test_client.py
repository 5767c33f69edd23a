"""Clients by their User-Agent: docs/facts.md 9.1 and docs/clients.md 7 and 7b."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import refused
from analyzers.client import UNKNOWN_CLIENT, Client, client_of
from analyzers.redirect_facts import Measured, measured

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def client(agent: bytes | str, *extra: tuple[bytes, bytes]) -> Client:
    sent = agent if isinstance(agent, bytes) else agent.encode()
    return client_of(refused(agent=sent, extra=extra).request)


def unnamed(*extra: tuple[bytes, bytes]) -> Client:
    """The client of a request without any User-Agent."""
    request = refused(extra=extra).request
    return client_of(replace(request, headers=tuple(h for h in request.headers if h[0].lower() != b"user-agent")))


@pytest.mark.parametrize(
    ("agent", "name", "version", "runtime"),
    [
        ("twilio-python/9.13.0 (Linux x86_64) Python/3.11.7", "twilio-python", "9.13.0", "Python/3.11.7"),
        ("twilio-python/9.13.0 (Linux x86_64) Python/3.11.7 a/1 axios/1.0", "twilio-python", "9.13.0", "Python/3.11.7"),
        ("twilio-python/10.0.0rc1 (Linux x86_64) Python/3.14.0", "twilio-python", "10.0.0rc1", "Python/3.14.0"),
        ("twilio-node/6.2.0 (linux x64) node/v20.20.2", "twilio-node", "6.2.0", "node/v20.20.2"),
        ("twilio-java/12.0.0 (Linux amd64) java/17.0.15 custom", "twilio-java", "12.0.0", "java/17.0.15"),
        ("twilio-csharp/7.14.3 (Unix X64) .NET/8.0.1", "twilio-csharp", "7.14.3", ".NET/8.0.1"),
        (
            "twilio-csharp/7.14.3 (Win32NT X64) .NET Framework/4.6.2+",
            "twilio-csharp",
            "7.14.3",
            ".NET Framework/4.6.2+",
        ),
        ("twilio-ruby/7.11.1 (linux-gnu x86_64) Ruby/3.1.2", "twilio-ruby", "7.11.1", "Ruby/3.1.2"),
        ("twilio-php/8.12.0 (Linux x86_64) PHP/8.2.35", "twilio-php", "8.12.0", "PHP/8.2.35"),
        ("twilio-go/1.30.9 (linux amd64) go/go1.22.4", "twilio-go", "1.30.9", "go/go1.22.4"),
        (
            "twilio-cli/6.2.3 @twilio/cli-core/8.3.4 (linux x64) twilio-node/6.0.2 node/v20.1.0 api:core",
            "twilio-cli",
            "6.2.3",
            "node/v20.1.0",
        ),
        ("@twilio/cli-core/8.3.4 (linux x64) twilio-node/6.0.2 node/v20.1.0", "twilio-cli", "8.3.4", "node/v20.1.0"),
    ],
)
def test_helper_libraries(agent: str, name: str, version: str, runtime: str) -> None:
    assert client(agent) == Client(name, version, helper_library=True, runtime=runtime)


# What the table of measured clients does not hold: docs/clients.md 7b, and other releases of those it holds.
@pytest.mark.parametrize(
    ("agent", "name", "version"),
    [
        ("curl/8.14.1-DEV", "curl", "8.14.1-DEV"),
        ("libcurl/7.68.0 r-curl/4.3 httr/1.4.2", "libcurl", "7.68.0"),
        ("python-requests/2.19.1", "python-requests", "2.19.1"),
        ("my-app/1.0 (staging) axios/1.6.0", "axios", "1.6.0"),
        ("Java/1.8.0_292", "Java HttpURLConnection", "1.8.0_292"),
        ("Go-http-client/2.0", "Go net/http", None),
        ("Faraday v2.9.0", "Faraday", "2.9.0"),
        ("okhttp/4.12.0", "OkHttp", "4.12.0"),
        ("Down/5.4.2", "Down", "5.4.2"),
        ("PostmanRuntime/7.43.0", "Postman", "7.43.0"),
        ("insomnia/2022.6.0", "Insomnia", "2022.6.0"),
        ("RestSharp/106.0.0.0", "RestSharp", "106.0.0.0"),
        ("Deno/1.37.1", "Deno", "1.37.1"),
        ("Bun/1.0.2", "Bun", "1.0.2"),
        ("n8n", "n8n", None),
        ("Mozilla/5.0 (compatible; n8n/1.123.0; +https://n8n.io/)", "n8n", "1.123.0"),
        ("Zapier", "Zapier", None),
        ("azure-logic-apps/1.0 (workflow d9b2; version 0858) microsoft-flow/1.0", "Power Automate", None),
        ("azure-logic-apps/1.0,(workflow d9b2; version 0858)", "Azure Logic Apps", None),
        (
            "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: UAEm)",
            "Google Apps Script",
            None,
        ),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.22621", "PowerShell", "5.1.22621"),
        ("Mozilla/5.0 (Linux; Ubuntu 22.04; en-US) PowerShell/7.4.1", "PowerShell", "7.4.1"),
    ],
)
def test_plain_clients(agent: str, name: str, version: str | None) -> None:
    found = client(agent)
    assert (found.name, found.version, found.helper_library) == (name, version, False)
    assert found.known
    assert not found.is_browser


@pytest.mark.parametrize(
    ("agent", "name", "version"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome", "140.0.0.0"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')}", "Chrome", "140.0.0.0"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/142.0.1.2", "Edge", "142.0.1.2"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} OPR/115.0.0.0", "Opera", "115.0.0.0"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox", "130.0"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}", "Safari", "17.4"),
    ],
)
def test_browsers_are_told_apart(agent: str, name: str, version: str) -> None:
    found = client(agent)
    assert (found.name, found.version) == (name, version)
    assert found.is_browser


ROWS = [row for rows in measured().values() for row in rows]


@pytest.mark.parametrize("row", [row for row in ROWS if row.agent], ids=lambda row: row.name)
def test_every_measured_client_with_a_user_agent_is_recognised(row: Measured) -> None:
    found = client(row.agent or "")
    assert found.name == row.client
    assert found.helper_library is row.client.startswith("twilio-")
    if row.client in {"Go net/http", "node-fetch", "Guzzle", "urllib.request"}:
        # These say the version of HTTP, always 1.0 or nothing, the major version, and the minor one.
        told = {"Go net/http": None, "node-fetch": None, "Guzzle": "7", "urllib.request": "3.11"}
        assert found.version == told[row.client]
    elif re.search(r"\d", row.agent or ""):
        number = re.search(r"\d+(?:\.\d+)+", row.version)
        assert number is not None
        assert found.version == number.group()
    else:
        assert found.version is None


def test_who_was_measured_without_a_user_agent_is_not_named() -> None:
    nameless = {row.client for row in ROWS if not row.agent and not row.older} - {
        row.client for row in ROWS if row.agent
    }
    assert nameless == {
        *("treq", "curl_cffi", "undici.request", "superagent", "follow-redirects", "request", "node https"),
        *("PHP curl", "PHP streams", "reqwest"),
    }


@pytest.mark.parametrize(
    "agent",
    [
        *("", "nodemon/1", "Rubyist", "curling", "twilio-python", "twilio-rust/1", b"\xff\xfe", "Mozilla", "node 20"),
        *(
            "vonage-java-sdk/8 java/17.0.1",
            "openai/1 Bun/1.2",
            "Mozilla/5.0 (compatible; curl/7.88.1)",
            "Mozilla/5.0 (X) Version/4.0",
            "Chrome/140.0.0.0 Safari/537.36",
            "(" * 400,
        ),
    ],
)
def test_unknown(agent: bytes | str) -> None:
    found = client(agent)
    assert (found.name, found.version, found.helper_library) == ("unknown client", None, False)
    assert not found.known
    assert not found.is_browser


@pytest.mark.parametrize(
    "agent", ["my-app/1.0", "", "python-requests/2.34.2", "Apache-HttpClient/5.2.1 (Java/17.0.15)"]
)
@pytest.mark.parametrize("name", ["python", "java"])
def test_mark_of_a_helper_library_that_hides_its_user_agent(agent: str, name: str) -> None:
    found = client(agent, (b"X-Twilio-Client", f"{name}-9.13.0".encode()))
    assert (found.name, found.version, found.helper_library) == (f"twilio-{name}", "9.13.0", True)


def test_a_helper_library_that_names_itself_needs_no_mark() -> None:
    found = client("twilio-node/6.2.0 (linux x64) node/v20.20.2", (b"X-Twilio-Client", b"python-9.13.0"))
    assert (found.name, found.version) == ("twilio-node", "6.2.0")


@pytest.mark.parametrize("mark", [b"nonsense", b"python-", b"ruby-7.0.0", b"xpython-9.0.0", b"\xff"])
def test_another_value_of_the_mark_names_nobody(mark: bytes) -> None:
    assert client(b"my-app/1.0", (b"X-Twilio-Client", mark)) == UNKNOWN_CLIENT


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ((b"Accept-Encoding", b"utf-8"), "twilio-java or twilio-csharp"),
        ((b"accept-charset", b" UTF-8 "), "twilio-python, twilio-node, twilio-ruby or twilio-php"),
        ((b"Accept-Encoding", b"gzip"), ""),
        ((b"Accept-Charset", b"utf-8, iso-8859-1"), ""),
    ],
)
def test_a_mark_that_several_share_is_a_hint_and_no_name(header: tuple[bytes, bytes], hint: str) -> None:
    found = client("my-app/1.0", header)
    assert (found.name, found.version, found.helper_library) == ("unknown client", None, False)
    assert found.hint == hint
    assert client("axios/1.6.0", header) == Client("axios", "1.6.0", helper_library=False)


def test_no_user_agent_at_all_is_a_hint() -> None:
    assert not unnamed().known
    assert "sends no User-Agent" in unnamed().hint
    assert unnamed((b"Accept-Encoding", b"utf-8")).hint == "twilio-java or twilio-csharp"


@given(st.binary(max_size=400), st.binary(max_size=60))
def test_never_raises(agent: bytes, mark: bytes) -> None:
    found = client(agent, (b"X-Twilio-Client", mark))
    assert found.name
    assert len(found.version or "") <= 40
    assert len(found.runtime or "") <= 60
