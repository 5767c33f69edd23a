"""What each client is told; where the library or the language is installed, the call is taken at its word."""

import base64
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import urllib3
from twilio.rest import Client

from analyzers import client as naming
from analyzers.building import SID, TOKEN
from analyzers.client_calls import LANGUAGES, filled
from analyzers.client_habits import SILENT
from analyzers.constructors import (
    ANY_CLIENT,
    CLIENTS,
    encode_call,
    fixes,
    key_call,
    pair_call,
    region_call,
    stop_redirects,
    variables_of,
    variables_said,
)
from analyzers.redirect_facts import measured
from analyzers.redirect_rules import follows_by_default

ACCOUNT, AUTH = SID.decode(), TOKEN.decode()
KEY, KEY_SECRET = "SK" + "2" * 32, "k" * 32
VALUES = {"account_sid": ACCOUNT, "auth_token": AUTH, "api_key_sid": KEY, "api_key_secret": KEY_SECRET}
PAIR = base64.b64encode(f"{ACCOUNT}:{AUTH}".encode()).decode()
KEY_PAIR = base64.b64encode(f"{KEY}:{KEY_SECRET}".encode()).decode()
IN_PATH = ", with the Account SID (AC...) in the path"
HELPER_LIBRARIES = CLIENTS[:8]
NAMEABLE = {*naming._PRODUCTS.values(), *(name for name, _ in naming._ODD), *naming.BROWSERS}


@pytest.mark.parametrize(
    ("client", "pair", "key"),
    [
        ("twilio-python", "Client(account_sid, auth_token)", "Client(api_key_sid, api_key_secret, account_sid)"),
        ("twilio-node", "twilio(accountSid, authToken)", "twilio(apiKeySid, apiKeySecret, { accountSid })"),
        ("twilio-java", "Twilio.init(accountSid, authToken)", "Twilio.init(apiKeySid, apiKeySecret, accountSid)"),
        (
            "twilio-csharp",
            "TwilioClient.Init(accountSid, authToken)",
            "TwilioClient.Init(apiKeySid, apiKeySecret, accountSid)",
        ),
        (
            "twilio-ruby",
            "Twilio::REST::Client.new(account_sid, auth_token)",
            "Twilio::REST::Client.new(api_key_sid, api_key_secret, account_sid)",
        ),
        ("twilio-php", "new Client($accountSid, $authToken)", "new Client($apiKeySid, $apiKeySecret, $accountSid)"),
        (
            "twilio-go",
            "twilio.NewRestClientWithParams(twilio.ClientParams{Username: accountSid, Password: authToken})",
            "twilio.ClientParams{Username: apiKeySid, Password: apiKeySecret, AccountSid: accountSid}",
        ),
        (
            "twilio-cli",
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or `twilio login`",
            "TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET",
        ),
        (
            "curl",
            'curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"',
            'curl -u "$TWILIO_API_KEY:$TWILIO_API_SECRET", with the Account SID (AC...) in the path',
        ),
        (
            "axios",
            "axios.post(url, data, { auth: { username: accountSid, password: authToken } })",
            "axios.post(url, data, { auth: { username: apiKeySid, password: apiKeySecret } })" + IN_PATH,
        ),
        (
            "PHP curl",
            'curl_setopt($curl, CURLOPT_USERPWD, "$accountSid:$authToken")',
            'curl_setopt($curl, CURLOPT_USERPWD, "$apiKeySid:$apiKeySecret"), with the Account SID (AC...) in the path',
        ),
        (
            "nobody",
            "username = Account SID, password = Auth Token",
            "username = API key SID (SK...), password = its secret, path = Account SID (AC...)",
        ),
    ],
)  # fmt: skip
def test_how_credentials_are_given(client: str, pair: str, key: str) -> None:
    assert (pair_call(client), key_call(client)) == (pair, key)


def run(code: str, **names: object) -> Any:  # noqa: ANN401 - whatever the call gives
    """What a call in Python gives, with the values in the variables that it names."""
    return eval(code, {**VALUES, **names})  # noqa: S307 - the code is ours, and the point of the test


@pytest.mark.parametrize("variables", [{}, {"TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": KEY_SECRET}])
def test_the_python_library_takes_the_calls_so(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name in ("TWILIO_REGION", "TWILIO_EDGE", *variables_of("twilio-python")):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    pair, key = run(pair_call("twilio-python"), Client=Client), run(key_call("twilio-python"), Client=Client)
    assert (pair.auth, pair.account_sid) == ((ACCOUNT, AUTH), ACCOUNT)
    assert (key.auth, key.account_sid) == ((KEY, KEY_SECRET), ACCOUNT)

    there = run(region_call("twilio-python", "ie1", "dublin"), Client=Client)
    assert there.get_hostname("https://api.twilio.com/x") == "https://api.dublin.ie1.twilio.com/x"


def test_the_python_library_reads_the_variables_that_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    values = dict(zip(variables_of("twilio-python"), (ACCOUNT, AUTH), strict=True))
    values |= dict(zip(fixes("twilio-python").region_variables, ("ie1", "dublin"), strict=True))
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    client = Client()
    assert (client.auth, client.region, client.edge) == ((ACCOUNT, AUTH), "ie1", "dublin")


@pytest.mark.parametrize(("call", "encoded"), [(pair_call, PAIR), (key_call, KEY_PAIR)])
def test_other_python_clients_take_the_calls_so(call: Callable[[str], str], encoded: str) -> None:
    def of(client: str) -> str:
        return call(client).removesuffix(IN_PATH)

    expected = f"Basic {encoded}"
    assert run(of("aiohttp"), aiohttp=aiohttp).encode() == expected
    assert run(of("urllib3"), urllib3=urllib3)["authorization"] == expected
    request = run(of("urllib.request"), urllib=urllib, base64=base64, url="https://api.twilio.com/")
    assert request.get_header("Authorization") == expected


# language, the interpreter, what makes its variables, and how it prints
INTERPRETERS = [
    ("shell", ("sh", "-c"), "TWILIO_ACCOUNT_SID={user}; TWILIO_AUTH_TOKEN={secret}; {encode}"),
    ("python", (sys.executable, "-c"), "import base64; account_sid='{user}'; auth_token='{secret}'; print({encode})"),
    ("node", ("node", "-e"), "const accountSid='{user}', authToken='{secret}'; console.log({encode})"),
    ("web", ("node", "-e"), "const accountSid='{user}', authToken='{secret}'; console.log({encode})"),
    ("ruby", ("ruby", "-rbase64", "-e"), "account_sid='{user}'; auth_token='{secret}'; puts {encode}"),
    ("php", ("php", "-r"), "$accountSid='{user}'; $authToken='{secret}'; echo {encode};"),
    (
        "perl",
        ("perl", "-MMIME::Base64", "-Mstrict", "-e"),
        "my $account_sid='{user}'; my $auth_token='{secret}'; print {encode};",
    ),
]


@pytest.mark.parametrize(("language", "command", "program"), INTERPRETERS, ids=[row[0] for row in INTERPRETERS])
def test_the_encoder_writes_one_line(language: str, command: tuple[str, ...], program: str) -> None:
    if shutil.which(command[0]) is None or (language == "shell" and sys.platform == "darwin"):
        pytest.skip(f"no {command[0]} here that does it")
    # Longer than any pair, so that every encoder that wraps does it.
    secret = AUTH * 3
    encode = LANGUAGES[language].encoded()
    code = program.replace("{user}", ACCOUNT).replace("{secret}", secret).replace("{encode}", encode)
    done = subprocess.run([*command, code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stdout.removesuffix("\n") == base64.b64encode(f"{ACCOUNT}:{secret}".encode()).decode()


def test_every_client_that_can_be_named_or_was_measured_has_words_of_its_own() -> None:
    assert set(CLIENTS) >= NAMEABLE | set(measured())
    assert len(set(CLIENTS)) == len(CLIENTS)
    assert all(fixes(client).name == client for client in CLIENTS)
    assert fixes("nobody") is ANY_CLIENT


@pytest.mark.parametrize("client", [*CLIENTS, "nobody"])
def test_every_text_is_one_line_without_gaps(client: str) -> None:
    texts = (pair_call(client), key_call(client), encode_call(client), stop_redirects(client))
    for text in (*texts, region_call(client, "ie1", "dublin")):
        assert text.strip() == text
        assert "\n" not in text
        assert 0 < len(text) < 260
        assert filled(text, USER="", SECRET="", ENCODED="", REGION="", EDGE="") == text
    assert pair_call(client) != key_call(client) or client in naming.BROWSERS


def test_what_reads_which_variables() -> None:
    pair = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    reading = {client: variables_of(client) for client in CLIENTS if variables_of(client)}
    assert reading.pop("twilio-cli") == ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", pair[1])
    assert reading == dict.fromkeys(("twilio-python", "twilio-node", "twilio-java", "twilio-php", "twilio-go"), pair)
    assert variables_said("twilio-go") == "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
    assert variables_said("twilio-cli") == (
        "TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
    )
    assert variables_said("twilio-ruby") == variables_said("curl") == variables_said("nobody") == ""
    assert set(HELPER_LIBRARIES) >= SILENT


def test_who_reads_its_region_from_variables() -> None:
    reading = {client for client in CLIENTS if fixes(client).region_variables}
    assert reading == set(HELPER_LIBRARIES) - {"twilio-csharp", "twilio-ruby"}


@pytest.mark.parametrize(
    ("client", "call"),
    [
        ("twilio-csharp", 'TwilioClient.SetRegion("ie1"); TwilioClient.SetEdge("dublin")'),
        ("twilio-php", "new Client($accountSid, $authToken, null, 'ie1'), then $client->setEdge('dublin')"),
        (
            "twilio-cli",
            "TWILIO_REGION=ie1 TWILIO_EDGE=dublin, or `twilio profiles:create --region ie1 --edge dublin`",
        ),
        ("curl", "the host api.dublin.ie1.twilio.com (product, edge, region)"),
    ],
)
def test_how_a_region_is_chosen(client: str, call: str) -> None:
    assert region_call(client, "ie1", "dublin") == call


@pytest.mark.parametrize("client", HELPER_LIBRARIES)
def test_a_helper_library_follows_nothing_that_could_be_stopped(client: str) -> None:
    assert stop_redirects(client) == f"nothing to switch off: {client} follows no redirect by itself"


@pytest.mark.parametrize("client", sorted(set(measured()) - set(HELPER_LIBRARIES)))
def test_how_to_stop_agrees_with_what_was_measured(client: str) -> None:
    follows = follows_by_default(client)
    passive = ("its default", "only when", "only with", "follows none", "follows no redirect", "leave out")
    assert follows is None or any(word in stop_redirects(client) for word in passive) is not follows


def test_the_encoder_is_told_with_what_would_break_its_line() -> None:
    assert encode_call("Ruby Net::HTTP") == 'Base64.strict_encode64("#{account_sid}:#{auth_token}"), not encode64'
    assert encode_call("axios") == 'Buffer.from(`${accountSid}:${authToken}`).toString("base64")'
    assert encode_call("nobody") == "base64 -w0, strict_encode64, b64encode, Base64.getEncoder()"
