"""What each client is told, so that a fix is written in the reader's own language.

Argument order, variables and settings of the helper libraries: read in their sources 2026-11-21, at python 9.13.0
(base/client_base.py), node 6.2.0 (src/base/BaseTwilio.ts), java 12.0.0 (Twilio.java), csharp 7.14.9 (Twilio.cs), ruby
7.11.1 (base/client_base.rb), php 8.12.0 (Base/BaseClient.php), go 1.30.9 (twilio.go) and cli-core 8.3.4
(services/config.js), each under https://github.com/twilio; docs/facts.md 3.2, 9.1 and 9.2. Other clients: client_calls.
"""

from functools import cache

from analyzers.client_calls import ANY_LANGUAGE, LANGUAGES, NAMES, Call, Language, calls, filled
from analyzers.frozen import dataclass

_PAIR = (("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),)
_KEY_OR_PAIR = (("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"), *_PAIR)
_REGION = ("TWILIO_REGION", "TWILIO_EDGE")
_IN_PATH = "with the Account SID (AC...) in the path"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFix:
    """What can be said to the users of one client, in their own words."""

    name: str
    """As client.py gives it; empty for what fits any client."""
    language: Language
    """What its users write; without a name for what fits any client."""
    pair: str
    """How it is given Account SID and Auth Token."""
    key: str
    """How it is given an API key together with the account."""
    stop: str
    """How it is kept from following redirects, or that it follows none."""
    variables: tuple[tuple[str, ...], ...] = ()
    """The sets of environment variables that it reads credentials from by itself; the first complete one counts."""
    region: str = ""
    """How it is sent to a region, with REGION and EDGE in their places; empty where the URL alone says it."""
    region_variables: tuple[str, ...] = ()
    """The environment variables that it reads region and edge from by itself."""


@dataclass(frozen=True, slots=True)
class _Library:
    """A helper library, in the terms of ClientFix."""

    name: str
    language: Language
    pair: str
    key: str
    region: str
    variables: tuple[tuple[str, ...], ...] = _PAIR
    region_variables: tuple[str, ...] = _REGION


_LIBRARIES = (
    _Library(
        "twilio-python",
        LANGUAGES["python"],
        "Client(account_sid, auth_token)",
        "Client(api_key_sid, api_key_secret, account_sid)",
        'Client(account_sid, auth_token, region="REGION", edge="EDGE")',
    ),
    _Library(
        "twilio-node",
        LANGUAGES["node"],
        "twilio(accountSid, authToken)",
        "twilio(apiKeySid, apiKeySecret, { accountSid })",
        'twilio(accountSid, authToken, { region: "REGION", edge: "EDGE" })',
    ),
    _Library(
        "twilio-java",
        LANGUAGES["java"],
        "Twilio.init(accountSid, authToken)",
        "Twilio.init(apiKeySid, apiKeySecret, accountSid)",
        'Twilio.setRegion("REGION"); Twilio.setEdge("EDGE")',
    ),
    _Library(
        "twilio-csharp",
        LANGUAGES["dotnet"],
        "TwilioClient.Init(accountSid, authToken)",
        "TwilioClient.Init(apiKeySid, apiKeySecret, accountSid)",
        'TwilioClient.SetRegion("REGION"); TwilioClient.SetEdge("EDGE")',
        variables=(),
        region_variables=(),
    ),
    _Library(
        "twilio-ruby",
        LANGUAGES["ruby"],
        "Twilio::REST::Client.new(account_sid, auth_token)",
        "Twilio::REST::Client.new(api_key_sid, api_key_secret, account_sid)",
        "client.region = 'REGION'; client.edge = 'EDGE'",
        variables=(),
        region_variables=(),
    ),
    _Library(
        "twilio-php",
        LANGUAGES["php"],
        "new Client($accountSid, $authToken)",
        "new Client($apiKeySid, $apiKeySecret, $accountSid)",
        "new Client($accountSid, $authToken, null, 'REGION'), then $client->setEdge('EDGE')",
    ),
    _Library(
        "twilio-go",
        LANGUAGES["go"],
        "twilio.NewRestClientWithParams(twilio.ClientParams{Username: accountSid, Password: authToken})",
        "twilio.ClientParams{Username: apiKeySid, Password: apiKeySecret, AccountSid: accountSid}",
        'client.SetRegion("REGION"); client.SetEdge("EDGE")',
    ),
    _Library(
        "twilio-cli",
        LANGUAGES["shell"],
        "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or `twilio login`",
        "TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET",
        "TWILIO_REGION=REGION TWILIO_EDGE=EDGE, or `twilio profiles:create --region REGION --edge EDGE`",
        variables=_KEY_OR_PAIR,
    ),
)
ANY_CLIENT = ClientFix(
    name="",
    language=ANY_LANGUAGE,
    pair="username = Account SID, password = Auth Token",
    key="username = API key SID (SK...), password = its secret, path = Account SID (AC...)",
    stop="switch off following redirects in your HTTP client",
)


def _official(library: _Library) -> ClientFix:
    return ClientFix(
        name=library.name,
        language=library.language,
        pair=library.pair,
        key=library.key,
        stop=f"nothing to switch off: {library.name} follows no redirect by itself",  # docs/facts.md 8.2
        variables=library.variables,
        region=library.region,
        region_variables=library.region_variables,
    )


def _plain(call: Call) -> ClientFix:
    key = f"{call.with_key()}, {_IN_PATH}"
    return ClientFix(name=call.name, language=call.language, pair=call.with_pair(), key=key, stop=call.stop)


CLIENTS = (*(library.name for library in _LIBRARIES), *NAMES)
"""Every client that has words of its own, in the order for pages: the helper libraries, then by language."""


@cache
def _fixes() -> dict[str, ClientFix]:
    """Put together for the first refusal, since a start of the proxy need not wait for it."""
    return {fix.name: fix for fix in (*map(_official, _LIBRARIES), *map(_plain, calls()))}


def fixes(client: str) -> ClientFix:
    """All that is known for `client`; ANY_CLIENT for one that is not listed."""
    return _fixes().get(client, ANY_CLIENT)


def pair_call(client: str) -> str:
    """How `client` is given an Account SID and Auth Token."""
    return fixes(client).pair


def key_call(client: str) -> str:
    """How `client` is given an API key and, beside it, the account."""
    return fixes(client).key


def variables_of(client: str) -> tuple[str, ...]:
    """The environment variables that `client` reads credentials from by itself; empty when it reads none."""
    return tuple(dict.fromkeys(name for names in fixes(client).variables for name in names))


def variables_said(client: str) -> str:
    """The same as words: ``TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN``; the sets that do are joined by "or"."""
    return ", or ".join(" and ".join((", ".join(names[:-1]), names[-1])) for names in fixes(client).variables)


def stop_redirects(client: str) -> str:
    """How `client` is kept from following redirects, or that it follows none."""
    return fixes(client).stop


def encode_call(client: str) -> str:
    """The base64 of a pair on one line, in the language of `client`, and what would break it: ``X, not Y``."""
    language = fixes(client).language
    return f"{language.encoded()}, not {language.wraps}" if language.wraps else language.encoded()


def region_call(client: str, region: str, edge: str) -> str:
    """How `client` is sent to `region` by way of `edge`."""
    call = fixes(client).region or "the host api.EDGE.REGION.twilio.com (product, edge, region)"
    return filled(call, EDGE=edge, REGION=region)
