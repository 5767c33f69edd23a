"""Which Twilio API a request addresses: product, edge and region from the host, account and resource from the path.

Sources: https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region (host grammar)
and https://www.twilio.com/docs/usage/twilios-response (path and extension), read 2026-11-20.
"""

import re
from dataclasses import field
from functools import lru_cache

from analyzers.exchange import Request
from analyzers.frozen import dataclass
from analyzers.twilio import LEGACY_REGIONS, NOT_API_HOSTS, is_twilio_host

_ACCOUNTS = re.compile(rb"/Accounts(?:/([^/?]*))?(?:/([^?]*))?(?:\?|\Z)")
_EXTENSION = re.compile(rb"\.(json|xml|csv|html)\Z")
_CLASSIC = re.compile(rb"/+20\d\d-\d\d-\d\d/")
# Answered without any credentials: docs/facts.md 1.3; media and recordings until 2026: 8.1 (read 2026-11-20)
_VERSION_DOCUMENT = re.compile(rb"/*(?:20\d\d-\d\d-\d\d)?/*(?:\.\w+)?")
_MEDIA_FILE = re.compile(rb"/(?:Media/ME|Recordings/RE)[0-9a-fA-F]{32}(?:\.(?!json|xml|csv)\w+)?\Z")
_TOKEN_PATH = re.compile(rb"/v\d/(?:token|authorize)\Z|/oauth2?/token\Z")
# Of product hosts: https://www.twilio.com/docs/usage/twilios-response; OAuth's own paths are served elsewhere too
_VERSIONED = re.compile(rb"/+v\d{1,2}/(?!(?:token|authorize)\Z)")
# What neither a Standard nor a Restricted key may call: docs/facts.md 4.2 (read 2026-11-20)
_MAIN_KEY_PATH = re.compile(
    rb"/+20\d\d-\d\d-\d\d/+Accounts(?:/+AC[0-9a-fA-F]{32}(?:/+Keys(?:/[^/]*)?)?)?(?:\.\w+)?/*\Z"
)
_MAIN_KEY_IAM_PATH = re.compile(rb"/+v1/+Keys(?:/[^/]*)?/*\Z")
# Lists that every account has, so that a 404 for one is about the account: twilio_api_v2010.json (read 2026-11-20)
_LISTS = frozenset(
    b"Addresses Applications AvailablePhoneNumbers Calls Conferences ConnectApps IncomingPhoneNumbers Keys Messages"
    b" Notifications OutgoingCallerIds Queues Recordings Transcriptions".split()
)
_VARYING = re.compile(rb"(?<=/)(?:[A-Z]{2}[0-9a-fA-F]{32}|(?:\+|%2[Bb])?[0-9]+)(?=[/.]|\Z)")
_LONGEST_RESOURCE = 300
DEFAULT_REGION = "us1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The parts of a request's URL that decide who may call it."""

    twilio: bool
    """Whether the host is below twilio.com."""
    product: str
    """First label of the host: ``api``, ``messaging`` ...; empty for another host."""
    edge: str | None
    region: str
    """``us1`` where the host names none."""
    region_named: bool
    path: bytes = field(repr=False)
    """The path without the query, as sent."""
    account: bytes | None = field(repr=False)
    """The segment behind ``/Accounts/`` without extension; b"" for ``/Accounts//`` and ``/Accounts/.json``; None where
    the path has none."""
    account_start: int
    """Offset of that segment in the request target; 0 where there is none."""
    below: bytes = field(repr=False)
    """What follows the account segment, without a slash in front."""

    @property
    def is_token_endpoint(self) -> bool:
        """Whether this is an OAuth token or authorize endpoint, which wants no Authorization."""
        return self.product in {"oauth", "preview-iam", "iam"} and _TOKEN_PATH.search(self.path) is not None

    @property
    def is_classic(self) -> bool:
        """Whether this is a path of the dated API, the one that names the account: ``/2010-04-01/Accounts/...``."""
        return _CLASSIC.match(self.path) is not None

    @property
    def is_versioned(self) -> bool:
        """Whether this is a path of the REST API, dated or of a product: ``/v1/Services/...``."""
        return self.is_classic or _VERSIONED.match(self.path) is not None

    @property
    def needs_main_key(self) -> bool:
        """Whether of all API keys only a Main key may call this: Accounts, an Account itself, and Keys."""
        if self.product == "iam":
            return _MAIN_KEY_IAM_PATH.match(self.path) is not None
        return self.product == "api" and _MAIN_KEY_PATH.match(self.path) is not None

    @property
    def resource(self) -> bytes:
        """The path with a star for every SID and number, without its extension; empty for one that is too long.

        Two calls with the same method and resource need the same right of a key.
        """
        return _EXTENSION.sub(b"", _VARYING.sub(b"*", self.path)) if len(self.path) <= _LONGEST_RESOURCE else b""

    @property
    def is_list(self) -> bool:
        """Whether the path is a list of the dated API that every account has, such as ``/Accounts/AC.../Messages``."""
        return self.is_classic and _EXTENSION.sub(b"", self.below[:40]) in _LISTS

    @property
    def serving_region(self) -> str:
        """The region that processes the request, whatever the host says.

        An old id only ever chose an edge, and a region without an edge was served by us1: docs/facts.md 3.3.
        """
        return DEFAULT_REGION if self.edge is None or self.region in LEGACY_REGIONS else self.region

    @property
    def is_media_file(self) -> bool:
        """Whether this is the URL of a file itself, of message media or a recording, not of what is known about it."""
        return _MEDIA_FILE.search(self.path) is not None

    @property
    def asks_for_credentials(self) -> bool:
        """Whether a 2xx proves the credentials good: not for version document, token, media file and website."""
        free = _VERSION_DOCUMENT.fullmatch(self.path) or self.is_media_file
        website = self.product in NOT_API_HOSTS or (self.twilio and not self.product)
        return not (self.is_token_endpoint or free or website)


def endpoint_of(request: Request) -> Endpoint:
    """The endpoint of `request`. Never raises; an unknown host has an empty product."""
    twilio, product, edge, region, named = _of_host(request.host)
    path = request.target.partition(b"?")[0]
    account, start, below = None, 0, b""
    if match := _ACCOUNTS.search(path):
        start = max(match.start(1), 0)
        account = match.group(1)
        below = match.group(2) or b""
        if account == b"" and match.group(2) is None:
            account = None
        elif account is not None and match.group(2) is None:
            account = _EXTENSION.sub(b"", account)
    return Endpoint(
        twilio,
        product,
        edge,
        region,
        named,
        path,
        account,
        start if account is not None else 0,
        below,
    )


@lru_cache(maxsize=64)  # most captures speak to a handful of hosts
def _of_host(host: str) -> tuple[bool, str, str | None, str, bool]:
    """What an Endpoint says of its host: twilio, product, edge, region, region_named."""
    twilio = is_twilio_host(host)
    labels = host.lower().rstrip(".").split(".")[:-2] if twilio else []
    product = labels[0] if labels else ""
    if len(labels) == 2:
        return twilio, product, None, labels[1], True
    if len(labels) == 3:
        return twilio, product, labels[1], labels[2], True
    return twilio, product, None, DEFAULT_REGION, False
