"""How the credentials are given to each client, so that a fix is written in the reader's own language.

Argument order of the helper libraries: their sources, docs/facts.md 9.1 and 9.2 (read 2026-11-20).
"""

_PAIR = {
    "twilio-python": "Client(account_sid, auth_token)",
    "twilio-node": "twilio(accountSid, authToken)",
    "twilio-java": "Twilio.init(accountSid, authToken)",
    "twilio-csharp": "TwilioClient.Init(accountSid, authToken)",
    "twilio-ruby": "Twilio::REST::Client.new(account_sid, auth_token)",
    "twilio-php": "new Client($accountSid, $authToken)",
    "twilio-go": "twilio.NewRestClientWithParams(twilio.ClientParams{Username: accountSid, Password: authToken})",
    "twilio-cli": "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or `twilio login`",
    "curl": 'curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"',
    "python-requests": "requests.post(url, auth=(account_sid, auth_token))",
    "httpx": "httpx.post(url, auth=(account_sid, auth_token))",
    "aiohttp": "aiohttp.BasicAuth(account_sid, auth_token)",
    "axios": "axios.post(url, data, { auth: { username: accountSid, password: authToken } })",
    "Go net/http": "req.SetBasicAuth(accountSid, authToken)",
    "Ruby Net::HTTP": "request.basic_auth(account_sid, auth_token)",
    "Guzzle": "'auth' => [$accountSid, $authToken]",
}
_KEY = {
    "twilio-python": "Client(api_key_sid, api_key_secret, account_sid)",
    "twilio-node": "twilio(apiKeySid, apiKeySecret, { accountSid })",
    "twilio-java": "Twilio.init(apiKeySid, apiKeySecret, accountSid)",
    "twilio-csharp": "TwilioClient.Init(apiKeySid, apiKeySecret, accountSid)",
    "twilio-ruby": "Twilio::REST::Client.new(api_key_sid, api_key_secret, account_sid)",
    "twilio-php": "new Client($apiKeySid, $apiKeySecret, $accountSid)",
    "twilio-go": "twilio.ClientParams{Username: apiKeySid, Password: apiKeySecret, AccountSid: accountSid}",
}


def pair_call(client: str) -> str:
    """How `client` is given an Account SID and Auth Token; the plain pair for a client not listed."""
    return _PAIR.get(client, "username = Account SID, password = Auth Token")


def key_call(client: str) -> str:
    """How `client` is given an API key; the plain pair for a client not listed."""
    return _KEY.get(client, "username = API key SID (SK...), password = its secret, path = Account SID (AC...)")
