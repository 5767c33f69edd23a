"""Host names and paths: which site a request is for and what it asks there.

Sources: docs/facts.md 3.1 to 3.3 (product hosts, the host grammar, the regional hosts that ended on
2026-04-28) and 1.3 (the extension rule); read 2026-11-20.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, unquote

from analyzers.frozen import dataclass

from .messages import Form

__all__ = ["API_2010", "Kind", "Route", "Site", "route_of", "site_of"]

API_2010: Final = "2010-04-01"

# https://{name}.twilio.com, from `servers` in the specs. docs/facts.md 3.1
_PRODUCTS: Final = frozenset(
    """accounts api assistants bulkexports chat content conversations events flex-api frontline-api iam
    insights intelligence ip-messaging knowledge lookups marketplace memory messaging monitor notify numbers
    oauth preview preview-iam pricing proxy routes serverless studio supersim sync taskrouter trunking
    trusthub verify video voice wireless www""".split()  # noqa: SIM905 - to be read
)
_REGIONS: Final = frozenset({"us1", "ie1", "au1"})
# Of the client SDKs, beside the REST API. docs/facts.md 3.1
_CLIENT_HOSTS: Final = frozenset({"eventgw"})
# Only edge selectors, never processing regions. docs/facts.md 3.3
_LEGACY_REGIONS: Final = frozenset({"br1", "de1", "jp1", "jp2", "sg1", "us2"})
_EDGES: Final = frozenset(
    "ashburn umatilla dublin frankfurt singapore sydney tokyo osaka sao-paulo roaming".split()  # noqa: SIM905 - to be read
)
_CDN: Final = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class Kind(Enum):
    """What stands behind a host name."""

    TWILIO = "an API host of Twilio"
    REGIONLESS = "a Twilio host name with a region but no edge, which no longer resolves"
    UNKNOWN = "a Twilio host name that does not exist"
    CDN = "Twilio's media files"
    LOOPBACK = "the sandbox itself: stands for api.twilio.com, in clear too"
    OTHER = "not Twilio"


@dataclass(frozen=True, slots=True)
class Site:
    """A host name, taken apart."""

    kind: Kind
    host: str = field(repr=False)
    product: str = ""
    region: str = "us1"
    """The processing region."""

    @property
    def resolves(self) -> bool:
        """Whether a real resolver would find the host."""
        return self.kind not in {Kind.REGIONLESS, Kind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Route:
    """What a request to a Twilio host asks for."""

    site: Site
    path: str = field(repr=False)
    """As sent, without the query."""
    segments: tuple[str, ...] = field(repr=False)
    """Percent-decoded, without the extension."""
    form: Form
    query: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def classic(self) -> bool:
        """Whether this is the 2010 API, whose paths name the account."""
        return self.site.product == "api" and self.segments[:1] == (API_2010,)

    @property
    def on_accounts(self) -> bool:
        """Whether the path is the account list or below it."""
        return self.classic and self.segments[1:2] == ("Accounts",)

    @property
    def account(self) -> str | None:
        """The account that the path names; None where the path has no place for one."""
        return self.segments[2] if self.on_accounts and len(self.segments) > 2 else None

    @property
    def resource(self) -> tuple[str, ...]:
        """What follows the account, or on a product host the version."""
        return self.segments[3:] if self.on_accounts else self.segments[1:]


def site_of(host: str) -> Site:  # noqa: PLR0911 - one for each case
    """Take a host name without port apart; total."""
    host = host.lower().rstrip(".")
    if host in _LOOPBACK:
        return Site(Kind.LOOPBACK, "api.twilio.com", "api")
    if host in _CDN:
        return Site(Kind.CDN, host)
    pieces = host.split(".")
    if pieces[-2:] != ["twilio", "com"]:
        return Site(Kind.OTHER, host)
    match pieces[:-2]:
        case [product] | [product, "us1"] if product in _PRODUCTS | _CLIENT_HOSTS:
            return Site(Kind.TWILIO, host, product)
        case [product, region] if product in _PRODUCTS and region in _REGIONS | _LEGACY_REGIONS:
            return Site(Kind.REGIONLESS, host, product, region)
        case [product, edge, region] if product in _PRODUCTS and edge in _EDGES and region in _REGIONS:
            return Site(Kind.TWILIO, host, product, region)
        case [product, edge, region] if product in _PRODUCTS and edge in _EDGES and region in _LEGACY_REGIONS:
            return Site(Kind.TWILIO, host, product)
        case _:
            return Site(Kind.UNKNOWN, host)


def route_of(site: Site, target: str) -> Route:
    """Take a request target apart; total. ``//`` keeps its empty segment, because it means an account that is
    missing.
    """
    path, _, query = target.partition("?")
    segments = [unquote(segment, errors="replace") for segment in path.removeprefix("/").split("/")]
    form = Form.JSON
    if site.product == "api" and segments[0].partition(".")[0] == API_2010:
        form = Form.JSON if segments[-1].endswith(".json") else Form.XML
        segments[-1] = segments[-1].removesuffix(".json").removesuffix(".xml")
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return Route(site, path, tuple(segments), form, tuple(pairs))
