"""URLs of exchanges: how they compare, where a Location leads, how origins relate, how they are shown."""

from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from analyzers.exchange import Exchange
from analyzers.masking import mask_target
from analyzers.redirect_rules import Step

_LONGEST_LOCATION = 8192
_LONGEST_HOST = 253  # RFC 1035 2.3.4


def url_key(exchange: Exchange) -> tuple[str, str, int, bytes]:
    """Scheme, host, port and target of a request, percent-encoding undone so that rewritten URLs compare equal."""
    request = exchange.request
    return request.scheme, request.host.lower(), request.port, unquote_to_bytes(request.target) or b"/"


def resolve(exchange: Exchange, location: bytes) -> tuple[str, str, int, bytes] | None:
    """Where a Location header leads, as a `url_key`; None when it cannot be a URL (RFC 9110 10.2.2, RFC 3986 5)."""
    if len(location) > _LONGEST_LOCATION:
        return None
    request = exchange.request
    base = f"{request.scheme}://{request.host}:{request.port}{request.target.decode('latin-1')}"
    try:
        parts = urlsplit(urljoin(base, location.decode("latin-1").strip()))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname.lower(), port, unquote_to_bytes(target.encode("latin-1")) or b"/"


def step_between(  # noqa: PLR0913, PLR0917 - two origins of three parts each
    scheme: str, host: str, port: int, next_scheme: str, next_host: str, next_port: int
) -> Step:
    """How the second origin relates to the first."""
    if host.lower() != next_host.lower():
        return Step.PARENT_TO_SUBDOMAIN if next_host.lower().endswith("." + host.lower()) else Step.OTHER_HOST
    if scheme == next_scheme:
        return Step.SAME_ORIGIN if port == next_port else Step.OTHER_PORT
    return Step.HTTP_TO_HTTPS if next_scheme == "https" else Step.HTTPS_TO_HTTP


def shown_url(exchange: Exchange, secrets: tuple[bytes, ...]) -> str:
    """The URL of an exchange as it may be shown."""
    request = exchange.request
    default = 443 if request.scheme == "https" else 80
    port = "" if request.port == default else f":{request.port}"
    host = request.host if len(request.host) <= _LONGEST_HOST else f"{request.host[:_LONGEST_HOST]}…"
    return f"{request.scheme}://{host}{port}{mask_target(request.target, secrets)}"
