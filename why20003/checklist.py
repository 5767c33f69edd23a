"""What a specialist needs to solve a refusal, whether a recording shows it, and what to do where it does not.

Nothing here is asked of the machine: what stands in the environment is given.
"""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from analyzers.card import client_text, credential_text
from analyzers.diagnosis import Diagnosis
from analyzers.endpoint import endpoint_of
from analyzers.exchange import REDIRECTS, Exchange, Fidelity
from analyzers.frozen import dataclass
from analyzers.twilio import TWILIO_HEADERS

PROXY_VARIABLES: Final = (
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"),
    *("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("NODE_USE_ENV_PROXY", "TWILIO_REGION", "TWILIO_EDGE"),
)
"""Names of variables that change which way a request takes, or where to: docs/clients.md 5 and 6."""
_SHOWN: Final = 6
_WRONG_CLOCK: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a specialist needs."""

    name: str
    present: bool
    detail: str
    """What there is, or why there is nothing."""
    todo: str = ""
    """What brings it; empty where it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the items are told from. Exchanges and diagnoses are of the redacted recording."""

    format: str
    exchanges: Sequence[Exchange] = field(repr=False)
    diagnoses: Sequence[tuple[Diagnosis, Sequence[int]]] = field(repr=False)
    """Each with the places, in `exchanges`, of its repetitions."""
    variables: Sequence[str] | None = None
    """Names of PROXY_VARIABLES that are set; None where nobody has looked."""

    @property
    def refused(self) -> list[Exchange]:
        """The exchanges that were refused; all, where none was."""
        if not self.diagnoses:
            return [*self.exchanges]
        places = sorted({place for _, places in self.diagnoses for place in places})
        return [self.exchanges[place] for place in places]


_REFUSED: Final = "escalate a recording of a call that is refused"
_RECORD: Final = "record the call with `why20003 proxy`, and escalate that recording"
_BY_CURL: Final = "add it to the note: curl -v https://api.twilio.com shows it"


def checklist(seen: Seen) -> tuple[Item, ...]:
    """Every item, in the order in which a specialist asks."""
    return tuple(make(seen) for make in _ITEMS)


def score(items: Iterable[Item]) -> int:
    """How many are there."""
    return sum(item.present for item in items)


# --- the items --------------------------------------------------------------------------------------------------------
def _times(seen: Seen) -> Item:
    known = [each.started_at for each in seen.refused if each.started_at is not None]
    name = "UTC times"
    if not known:
        return Item(name=name, present=False, detail="the recording has no clock", todo=_RECORD)
    first, last = _utc(min(known)), _utc(max(known))
    return Item(name=name, present=True, detail=first if first == last else f"{first} to {last}")


def _skew(seen: Seen) -> Item:
    name = "Skew against Twilio's Date"
    found = [skew for each in seen.refused if (skew := _skew_of(each)) is not None]
    if not found:
        todo = "record with a clock and Twilio's own answer: " + _RECORD
        return Item(name=name, present=False, detail="no Date of the answer beside a time of the recording", todo=todo)
    middle = sorted(found)[len(found) // 2]
    if abs(middle) < 2:
        return Item(name=name, present=True, detail="within 2 seconds")
    which = "behind" if middle > 0 else "ahead"
    more = "; set it right, tokens depend on it" if abs(middle) >= _WRONG_CLOCK else ""
    return Item(name=name, present=True, detail=f"the recording's clock is {abs(middle):.0f} seconds {which}{more}")


def _request_ids(seen: Seen) -> Item:
    ids = [one for each in seen.refused if each.response and (one := each.response.first(b"twilio-request-id"))]
    if not ids:
        detail = "no answer carries one: it came from somebody else, or the export left it out"
        return Item(name="Twilio-Request-Id", present=False, detail=detail, todo=_RECORD)
    return Item(name="Twilio-Request-Id", present=True, detail=_some([one[:40].decode("latin-1") for one in ids]))


def _twilio_headers(seen: Seen) -> Item:
    names = {
        name.lower().decode("latin-1")
        for each in seen.refused
        for name, _ in (each.response.headers if each.response else ())
        if name.lower() in TWILIO_HEADERS or b"twilio" in name.lower()
    } - {"twilio-request-id"}
    name = "Other Twilio headers"
    if not names:
        return Item(name=name, present=False, detail="the answers have none", todo=_RECORD)
    return Item(name=name, present=True, detail=_some(sorted(names)))


def _hosts(seen: Seen) -> Item:
    told = []
    for each in seen.refused:
        endpoint = endpoint_of(each.request)
        region = f"region {endpoint.region}" + ("" if endpoint.region_named else " (not named)")
        edge = f"edge {endpoint.edge}" if endpoint.edge else "no edge named"
        where = f"{region}, {edge}" if endpoint.twilio else "no Twilio host"
        told.append(f"{each.request.host}: {where}")
    return Item(name="Host, region and edge", present=True, detail=_some(told, "; "))


def _address(seen: Seen) -> Item:
    known = [each.client_address for each in seen.refused if each.client_address]
    name = "IP address"
    if not known:
        todo = "add the public address of the machine to the note (curl https://checkip.amazonaws.com)"
        return Item(name=name, present=False, detail="the recording does not say who called", todo=todo)
    here = {"127.0.0.1", "::1", "localhost"}
    if set(known) <= here:
        todo = "add the public address of the machine to the note (curl https://checkip.amazonaws.com)"
        return Item(name=name, present=False, detail="the client ran on the recording machine itself", todo=todo)
    return Item(name=name, present=True, detail=_some(known) + " (replaced where it is no local one)")


def _tls(seen: Seen) -> Item:
    issuers = [each.tls_issuer for each in seen.refused if each.tls_issuer]
    name = "TLS issuer"
    if not issuers:
        plain = all(each.request.scheme == "http" for each in seen.refused)
        detail = "plain HTTP, there is none" if plain else "the recording does not say"
        return Item(name=name, present=False, detail=detail, todo=_RECORD)
    return Item(name=name, present=True, detail=_some(issuers, "; "))


def _tls_version(seen: Seen) -> Item:
    versions = [each.tls_version for each in seen.refused if each.tls_version]
    name = "TLS version"
    if versions:
        return Item(name=name, present=True, detail=_some(versions) + " (from the recorder to the server)")
    plain = all(each.request.scheme == "http" for each in seen.refused)
    detail = "plain HTTP, there is none" if plain else "the recording does not say"
    return Item(name=name, present=False, detail=detail, todo=_BY_CURL)


def _server_address(seen: Seen) -> Item:
    known = [each.server_address for each in seen.refused if each.server_address]
    name = "Server address"
    if not known:
        detail = "the recording does not say; behind another proxy it cannot"
        return Item(name=name, present=False, detail=detail, todo=_BY_CURL)
    changed = "" if all(map(_is_public, known)) else " (stands for one that is not public)"
    return Item(name=name, present=True, detail=_some(known) + changed)


def _versions(seen: Seen) -> Item:
    return Item(name="HTTP version", present=True, detail=_some([each.request.version for each in seen.refused]))


def _redirects(seen: Seen) -> Item:
    places = [
        f"entry {place} ({each.response.status} from {each.request.host})"
        for place, each in enumerate(seen.exchanges)
        if each.response is not None and each.response.status in REDIRECTS
    ]
    name = "Redirect chain"
    if places:
        return Item(name=name, present=True, detail=_some(places))
    if seen.format in {"mitm", "har", "raw"}:
        return Item(name=name, present=True, detail="no redirect came before the refusal")
    return Item(name=name, present=False, detail="the recording may not show redirects", todo=_RECORD)


def _header_names(seen: Seen) -> Item:
    name = "Header names in wire order"
    if seen.format == "har" and all(each.request.version != "HTTP/1.1" for each in seen.refused):
        detail = "browsers sort and add names in a HAR of HTTP/2"
        return Item(name=name, present=False, detail=detail, todo=_RECORD)
    orders = [", ".join(_word(key) for key, _ in each.request.headers) for each in seen.refused]
    if not any(orders):
        return Item(name=name, present=False, detail="no header was recorded", todo=_RECORD)
    return Item(name=name, present=True, detail=_some(orders, "; ", 2))


def _shape(seen: Seen) -> Item:
    name = "Authorization shape"
    refused = seen.refused
    if all(each.fidelity is not Fidelity.FULL and not each.request.values(b"authorization") for each in refused):
        detail = "the export leaves credentials out"
        todo = "export with sensitive data (Chrome: 'Export HAR (with sensitive data)'), or " + _RECORD
        return Item(name=name, present=False, detail=detail, todo=todo)
    shapes = [credential_text(one.credential) for one, _ in seen.diagnoses]
    return Item(name=name, present=True, detail=_some(shapes or ["not refused"], "; "))


def _client(seen: Seen) -> Item:
    known = [client_text(one) for one, _ in seen.diagnoses if one.client]
    agents = any(each.request.first(b"user-agent") for each in seen.refused)
    if not agents:
        detail = "it names itself nowhere"
        return Item(name="Client", present=False, detail=detail, todo="name library and version in the note")
    return Item(name="Client", present=True, detail=_some(known or ["see User-Agent"]))


def _proxies(seen: Seen) -> Item:
    name = "Proxy variables, by name"
    options = sorted({option for each in seen.exchanges for option in each.proxy_options})
    more = f"; the recording proxy changes requests by {', '.join(options)}" if options else ""
    if seen.variables is None:
        todo = "run escalate where the client runs"
        return Item(name=name, present=False, detail=f"nobody has looked{more}", todo=todo)
    told = ", ".join(seen.variables) if seen.variables else "none is set"
    return Item(name=name, present=True, detail=f"{told} (where the capture was made){more}")


def _history(seen: Seen) -> Item:
    name = "Same-credential history"
    refused = {value for each in seen.refused for value in each.request.values(b"authorization")}
    uses: Counter[str] = Counter()
    for each in seen.exchanges:
        if each.response is not None and refused.intersection(each.request.values(b"authorization")):
            status = each.response.status
            uses["accepted" if 200 <= status < 300 else "refused" if status >= 400 else "redirected"] += 1
    if not refused:
        return Item(name=name, present=True, detail="no credential was sent")
    told = ", ".join(f"{count} {what}" for what, count in sorted(uses.items())) or "no answer"
    if sum(uses.values()) < 2:
        todo = "record a second call with the same credential, best one that works: Fetch Account, say"
        return Item(name=name, present=False, detail=told, todo=todo)
    return Item(name=name, present=True, detail=told)


def _ladder(seen: Seen) -> Item:
    told = []
    for one, _ in seen.diagnoses:
        leading = f"{one.top.cause} ({one.top.verdict.value})" if one.top else "unexplained"
        told.append(f"{leading}, {max(0, len(one.findings) - 1)} more, {len(one.unknown)} unknown")
    if not told:
        return Item(name="Ladder of causes", present=False, detail="nothing was refused", todo=_REFUSED)
    return Item(name="Ladder of causes", present=True, detail=_some(told, "; "))


def _ruled_out(seen: Seen) -> Item:
    name = "What was ruled out, and how"
    counts = [len(one.ruled_out) for one, _ in seen.diagnoses]
    if not counts:
        return Item(name=name, present=False, detail="nothing was refused", todo=_REFUSED)
    told = _some([f"{count} causes" for count in counts])
    return Item(name=name, present=True, detail=f"{told}, each with the contradiction")


_ITEMS: Final = (
    *(_times, _skew, _request_ids, _twilio_headers, _hosts, _address, _server_address, _tls, _tls_version, _versions),
    _redirects,
    *(_header_names, _shape, _client, _proxies, _history, _ladder, _ruled_out),
)


# --- words ------------------------------------------------------------------------------------------------------------
def _skew_of(exchange: Exchange) -> float | None:
    """Seconds by which Twilio's clock is ahead of the recording's; a Date is cut to whole seconds."""
    at = exchange.finished_at if exchange.finished_at is not None else exchange.started_at
    date = exchange.response.first(b"date") if exchange.response else None
    if at is None or not date:
        return None
    try:
        found = parsedate_to_datetime(date[:100].decode("latin-1"))
        told = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return told.timestamp() + 0.5 - at
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        return None


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _utc(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return "outside the calendar"


def _word(name: bytes) -> str:
    return name[:60].decode("ascii", "backslashreplace")


def _some(texts: Sequence[str], mark: str = ", ", most: int = _SHOWN) -> str:
    """The different ones of `texts`, the first few of many."""
    known = [*dict.fromkeys(texts)]
    told = mark.join(known[:most])
    return told if len(known) <= most else f"{told}{mark}and {len(known) - most} more"


def iterated(items: Iterable[Item]) -> Iterator[dict[str, bool | str]]:
    """The items as the manifest has them."""
    for item in items:
        row: dict[str, bool | str] = {"name": item.name, "present": item.present, "detail": item.detail}
        if item.todo:
            row["todo"] = item.todo
        yield row


__all__ = ["PROXY_VARIABLES", "Item", "Seen", "checklist", "iterated", "score"]
