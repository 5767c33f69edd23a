"""What is asked for: methods, paths and bodies of Twilio's APIs, and the shape in which each reports an error."""

from dataclasses import dataclass

from score.corpus.values import Draw


@dataclass(frozen=True, slots=True)
class Resource:
    """One operation. ``{account}`` in its path is the Account SID of the request."""

    method: str
    product: str
    path: str
    """Templates: ``{SM}`` becomes a SID of that kind, ``{number}`` a phone number."""
    body: str = ""
    """A form body of the same kind of template; empty for none."""
    shape: str = "classic"
    """Shape of an error body: docs/facts.md 1.5."""
    status: int = 200
    """Status of success."""

    @property
    def dated(self) -> bool:
        """Whether the path names an account."""
        return "{account}" in self.path


_SEND = "To={number}&From={number}&Body={words}"
_CALL = "To={number}&From={number}&Url=https%3A%2F%2Fapp.example%2Fvoice.xml"
_2010 = "/2010-04-01/Accounts/{account}"

MESSAGE = Resource("POST", "api", f"{_2010}/Messages.json", _SEND, status=201)
CALL = Resource("POST", "api", f"{_2010}/Calls.json", _CALL, status=201)
CALLS = Resource("GET", "api", f"{_2010}/Calls.json")
MESSAGES = Resource("GET", "api", f"{_2010}/Messages.json")
NUMBERS = Resource("GET", "api", f"{_2010}/IncomingPhoneNumbers.json?PageSize=20")

DATED = (
    MESSAGE,
    MESSAGE,
    CALL,
    CALLS,
    MESSAGES,
    NUMBERS,
    Resource("GET", "api", f"{_2010}/Messages.json?PageSize=50&Page=2&PageToken=PA{{SM}}"),
    Resource("GET", "api", f"{_2010}/Messages/{{SM}}.json"),
    Resource("DELETE", "api", f"{_2010}/Messages/{{SM}}.json", status=204),
    Resource("GET", "api", f"{_2010}/Calls/{{CA}}.json"),
    Resource("POST", "api", f"{_2010}/Calls/{{CA}}.json", "Status=completed"),
    Resource("GET", "api", f"{_2010}/Conferences.json"),
    Resource("GET", "api", f"{_2010}/Recordings.json"),
    Resource("GET", "api", f"{_2010}/AvailablePhoneNumbers/US/Local.json?AreaCode=415"),
    Resource("GET", "api", f"{_2010}/Queues.json"),
    Resource("GET", "api", f"{_2010}/Messages/{{MM}}/Media.json"),
    Resource("POST", "api", f"{_2010}/IncomingPhoneNumbers.json", "PhoneNumber={number}", status=201),
    Resource("POST", "api", f"{_2010}/Messages", _SEND, shape="xml", status=201),
    Resource("GET", "api", f"{_2010}/Calls", shape="xml"),
    Resource("POST", "api", f"{_2010}/Calls", _CALL, shape="xml", status=201),
    Resource("GET", "api", f"{_2010}/Messages.xml", shape="xml"),
)

PRODUCTS = (
    Resource("POST", "verify", "/v2/Services/{VA}/Verifications", "To={number}&Channel=sms", status=201),
    Resource("POST", "verify", "/v2/Services/{VA}/VerificationCheck", "To={number}&Code=482913", status=200),
    Resource("GET", "verify", "/v2/Services"),
    Resource("GET", "lookups", "/v2/PhoneNumbers/{number}"),
    Resource("GET", "lookups", "/v1/PhoneNumbers/{number}?Type=carrier"),
    Resource("GET", "messaging", "/v1/Services"),
    Resource("POST", "messaging", "/v1/Services", "FriendlyName=alerts", status=201),
    Resource("GET", "conversations", "/v1/Conversations?PageSize=20"),
    Resource("POST", "conversations", "/v1/Conversations", "FriendlyName=support", status=201),
    Resource("GET", "sync", "/v1/Services/{IS}/Documents"),
    Resource("GET", "chat", "/v2/Services/{IS}/Channels"),
    Resource("POST", "studio", "/v2/Flows/{FW}/Executions", "To={number}&From={number}", status=201),
    Resource("GET", "taskrouter", "/v1/Workspaces/{WS}/Tasks"),
    Resource("POST", "taskrouter", "/v1/Workspaces/{WS}/Tasks", "Attributes=%7B%7D", status=201),
    Resource("GET", "serverless", "/v1/Services"),
    Resource("POST", "video", "/v1/Rooms", "UniqueName=daily", status=201),
    Resource("GET", "content", "/v1/Content"),
    Resource("GET", "trunking", "/v1/Trunks"),
    Resource("GET", "pricing", "/v2/Voice/Countries/US"),
    Resource("GET", "monitor", "/v1/Alerts"),
    Resource("GET", "monitor", "/v2/Alerts", shape="monitor"),
    Resource("GET", "insights", "/v3/Voice/{CA}/Summary", shape="v1"),
    Resource("GET", "intelligence", "/v3/ControlPlane/Configurations", shape="v1"),
    Resource("GET", "voice", "/v3/Transcriptions", shape="problem"),
    Resource("GET", "marketplace", "/v1/AvailableAddOns", shape="params"),
    Resource("GET", "trusthub", "/v1/CustomerProfiles"),
)

MEDIA = (
    Resource("GET", "api", f"{_2010}/Messages/{{MM}}/Media/{{ME}}", shape="xml"),
    Resource("GET", "api", f"{_2010}/Messages/{{SM}}/Media/{{ME}}", shape="xml"),
    Resource("GET", "api", f"{_2010}/Recordings/{{RE}}", shape="xml"),
    Resource("GET", "api", f"{_2010}/Recordings/{{RE}}.mp3", shape="xml"),
    Resource("GET", "api", f"{_2010}/Recordings/{{RE}}.wav", shape="xml"),
    Resource("GET", "api", f"{_2010}/Recordings/{{RE}}.mp3?RequestedChannels=2", shape="xml"),
)

MEDIA_JSON = (
    Resource("GET", "api", f"{_2010}/Messages/{{MM}}/Media/{{ME}}.json"),
    Resource("GET", "api", f"{_2010}/Recordings/{{RE}}.json"),
    Resource("GET", "api", f"{_2010}/Calls/{{CA}}/Recordings/{{RE}}.json"),
)

# A Standard or Restricted key may not call them: docs/facts.md 4.2.
MAIN_KEY_ONLY = (
    Resource("GET", "api", "/2010-04-01/Accounts.json"),
    Resource("GET", "api", "/2010-04-01/Accounts.json?PageSize=1"),
    Resource("POST", "api", "/2010-04-01/Accounts.json", "FriendlyName=branch", status=201),
    Resource("GET", "api", f"{_2010}.json"),
    Resource("GET", "api", f"{_2010}", shape="xml"),
    Resource("GET", "api", f"{_2010}/Keys.json"),
    Resource("POST", "api", f"{_2010}/Keys.json", "FriendlyName=ci", status=201),
    Resource("GET", "api", f"{_2010}/Keys/{{SK}}.json"),
    Resource("GET", "iam", "/v1/Keys?AccountSid={AC}"),
    Resource("POST", "iam", "/v1/Keys", "AccountSid={AC}&FriendlyName=ci", status=201),
)

# Only a Bearer token of an organization's OAuth app opens them: docs/facts.md 4.1.
ORGANIZATIONS = (
    Resource("GET", "preview-iam", "/Organizations/{OR}/Accounts", shape="camel"),
    Resource("GET", "preview-iam", "/Organizations/{OR}/Accounts/{AC}", shape="camel"),
    Resource("GET", "preview-iam", "/Organizations/{OR}/RoleAssignments", shape="camel"),
    Resource("POST", "preview-iam", "/Organizations/{OR}/RoleAssignments", "Role={US}", shape="camel", status=201),
    Resource("GET", "preview-iam", "/Organizations/{OR}/scim/Users", shape="scim"),
    Resource("POST", "preview-iam", "/Organizations/{OR}/scim/Users", "userName=a", shape="scim", status=201),
    Resource("GET", "preview-iam", "/Organizations/{OR}/scim/Users/{US}", shape="scim"),
    Resource("DELETE", "preview-iam", "/Organizations/{OR}/scim/Users/{US}", shape="scim", status=204),
)


def dated(draw: Draw) -> Resource:
    """An operation with an account in its path."""
    return draw.choice(DATED)


def product(draw: Draw) -> Resource:
    """An operation of a product host."""
    return draw.choice(PRODUCTS)


def resource(draw: Draw) -> Resource:
    """Any operation that every working credential may call."""
    return dated(draw) if draw.chance(0.62) else product(draw)


def body_of(draw: Draw, template: str) -> bytes:
    """The form body of a request."""
    return draw.filled(template).replace(b"{words}", draw.words(4)) if template else b""
