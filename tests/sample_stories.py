"""Sample captures of more than one request: what the earlier ones show is why the last one is understood."""

import os
import ssl
import urllib.request
from importlib.metadata import version

import requests
import urllib3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sample_clients import (
    ACCOUNT,
    ENCODED,
    FROM,
    MESSAGES,
    PAIR,
    TO,
    access_token,
    by_requests,
    curl,
    send,
    twilio,
    voice_event,
)
from twilio.credential.client_credential_provider import ClientCredentialProvider
from twilio.http.validation_client import ValidationClient
from twilio.rest import Client

from why20003.demo.rotation import rotate
from why20003.sandbox import (
    KYC,
    LIVE,
    LIVE_IE1,
    OAUTH_APP,
    ROTATED_TOKEN,
    STANDARD_KEY,
    SUBACCOUNT,
    VERIFY_SERVICE,
    sandbox_sid,
)


# --- redirects ----------------------------------------------------------------------------------------------------
def redirected() -> None:
    """urllib3 drops Authorization when http turns into https."""
    headers = urllib3.make_headers(basic_auth=PAIR, user_agent=f"python-urllib3/{version('urllib3')}")
    proxy = urllib3.ProxyManager(os.environ["HTTP_PROXY"], ca_certs=os.environ["REQUESTS_CA_BUNDLE"])
    proxy.request("GET", MESSAGES.replace("https:", "http:"), headers=headers)


def redirected_twice() -> None:
    """Curl follows one host to another and that one to Twilio; the POST becomes a GET on the way."""
    second = f"https://b.example/redirect/302/{MESSAGES}"
    first = f"https://a.example/redirect/301/{second}"
    curl("--location", "-H", f"Authorization: Basic {ENCODED}", "-d", "Body=hello", first)


def redirected_post() -> None:
    """Curl follows http to https: it sends no credentials there, and no POST."""
    form = ("-d", f"From={FROM}", "-d", "Body=hello", "--data-urlencode", f"To={TO}")
    curl("--location", "-u", PAIR, *form, MESSAGES.replace("https:", "http:"))


def post_turned_into_get() -> None:
    """Requests follows http to https and keeps the credentials, but not the method; this resource knows no GET."""
    url = f"http://verify.twilio.com/v2/Services/{VERIFY_SERVICE.sid}/VerificationCheck"
    requests.post(url, data={"To": TO, "Code": "123456"}, auth=(LIVE.sid, LIVE.auth_token), timeout=30)


# --- rights -------------------------------------------------------------------------------------------------------
def gated() -> None:
    """Reads work without a compliance profile; sending does not."""
    client = Client(KYC.sid, KYC.auth_token)
    client.messages.list(limit=1)
    send(client)


def key_on_account() -> None:
    """A key sends messages and cannot read the account: the health check fails."""
    client = Client(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid)
    send(client)
    client.api.accounts(LIVE.sid).fetch()


def key_on_subaccount(*, shown: bool) -> None:
    """A main account's key sends from the main account, then for a subaccount."""
    if shown:
        Client(LIVE.sid, LIVE.auth_token).api.accounts(SUBACCOUNT.sid).fetch()
    twilio(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid)
    twilio(STANDARD_KEY.sid, STANDARD_KEY.secret, SUBACCOUNT.sid)


def profiles_mixed_up() -> None:
    """Two tenants work; then the pair of the one meets the account of the other."""
    twilio(LIVE.sid, LIVE.auth_token)
    twilio(SUBACCOUNT.sid, SUBACCOUNT.auth_token)
    twilio(SUBACCOUNT.sid, SUBACCOUNT.auth_token, LIVE.sid)


def region_forgotten() -> None:
    """A token of Dublin works there; then a process forgets region and edge."""
    twilio(LIVE.sid, LIVE_IE1.auth_token, region="ie1", edge="dublin")
    twilio(LIVE.sid, LIVE_IE1.auth_token)


# --- rotation -----------------------------------------------------------------------------------------------------
def rotated() -> None:
    """A process works until somebody rotates the token, and goes on with the old one."""
    client = Client(LIVE.sid, LIVE.auth_token)
    send(client)
    rotate(LIVE.sid, LIVE.auth_token)
    send(client)
    send(client)


def rotated_beside_another() -> None:
    """After the rotation another process has the new token and works, while this one goes on with the old one."""
    client = Client(LIVE.sid, LIVE.auth_token)
    send(client)
    token = rotate(LIVE.sid, LIVE.auth_token)
    send(client)
    by_requests(LIVE.sid, token)
    send(client)


def two_processes() -> None:
    """One process has the token of today, another that of last year."""
    by_requests(LIVE.sid, LIVE.auth_token)
    twilio(LIVE.sid, ROTATED_TOKEN)


# --- tokens and signatures ----------------------------------------------------------------------------------------
def signed_with_the_auth_token() -> None:
    """The backend's Auth Token works; it signed the client's token as well."""
    by_requests(LIVE.sid, LIVE.auth_token, f"{ACCOUNT}/Calls.json")
    voice_event(access_token(secret=LIVE.auth_token))


def oauth_client_mistyped() -> None:
    """The OAuth app's secret lacks its last letter, so there is no token to send a message with."""
    provider = ClientCredentialProvider(OAUTH_APP.client_id, OAUTH_APP.client_secret[:-1])
    send(Client(account_sid=LIVE.sid, credential_provider=provider))


def signed_request() -> None:
    """Public Key Client Validation: the proxy that records changes the body (an option of its own)."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_key = sandbox_sid("CR", "a public key")
    validating = ValidationClient(LIVE.sid, STANDARD_KEY.sid, public_key, private.decode())
    validating.session.verify = os.environ["REQUESTS_CA_BUNDLE"]  # it prepares its requests without the environment
    send(Client(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid, http_client=validating))


def challenged() -> None:
    """Urllib sends credentials only after a 401."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, "https://api.twilio.com/", LIVE.sid, LIVE.auth_token)
    context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
    opener = urllib.request.build_opener(
        urllib.request.HTTPBasicAuthHandler(passwords), urllib.request.HTTPSHandler(context=context)
    )
    opener.open(MESSAGES, timeout=30).read()
