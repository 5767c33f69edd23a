"""The way from a request to its answer, for every host that the sandbox plays. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from .accounts import WORLD, World
from .gate import pass_gate
from .masking import masked_request
from .messages import Answer, Content, Decision, Fault, Maker, Request
from .refusals import method_not_allowed, missing_resource
from .resources import serve, version_document
from .sites import API_2010, Kind, Site, route_of, site_of
from .token_hosts import serve_event, serve_token

if TYPE_CHECKING:
    from .behaviour import Behaviour

__all__ = ["decision_on", "respond", "unreachable"]

_REDIRECT: Final = re.compile(r"/redirect/(30[12378])/(.+)", re.DOTALL)
_ABSOLUTE: Final = re.compile(r"(https?):/{1,2}(?=[^/])")
_PRINTABLE: Final = re.compile(r"[!-~]+")
# docs/facts.md 8.1. S3 repeats the Authorization value in its ArgumentValue; the sandbox does not.
_ONE_MECHANISM: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed; only the X-Amz-Algorithm "
    "query parameter, Signature query string parameter or the Authorization header should be specified"
    "</Message><ArgumentName>Authorization</ArgumentName></Error>"
)
_DENIED: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
)
_FILE: Final = b"\xff\xd8\xff\xe0 why20003 sandbox media \xff\xd9"


def respond(request: Request, world: World = WORLD, *, now: float, behaviour: Behaviour | None = None) -> Answer:
    """Answer one request; total. ``now`` is in seconds since the epoch."""
    site = site_of(request.host)
    asked = _REDIRECT.fullmatch(request.target)
    if asked:
        return _redirect(int(asked[1]), asked[2])
    match site.kind:
        case Kind.REGIONLESS | Kind.UNKNOWN:
            return unreachable(site)
        case Kind.OTHER:
            text = b"The why20003 sandbox plays Twilio only. Here it answers /redirect/STATUS/URL.\n"
            return Answer(404, Content("text/plain", text), "the host is not Twilio", maker=Maker.SANDBOX)
        case Kind.CDN:
            return _file(request)
        case Kind.TWILIO if request.scheme == "http":
            target = f"https://{site.host}{request.target}"
            return _moved(301, target, "http in clear is redirected to https; whatever was sent is exposed")
    if behaviour is not None and behaviour.rate_limited:
        fault = Fault(20429, "Too Many Requests")
        answer = Answer(429, fault, "X-Sandbox-Behaviour asked for it", form=route_of(site, request.target).form)
    else:
        answer = _twilio(request, site, world, now=now)
    return replace(answer, domain=site.host, region=site.region)


def decision_on(request: Request, answer: Answer) -> Decision:
    """What the log may say."""
    address = masked_request(request.method, request.scheme, request.host, request.target)
    fault = answer.payload if isinstance(answer.payload, Fault) else None
    code, message = (fault.code, fault.shown or fault.message) if fault else (None, "")
    return Decision(answer.status, code, message, answer.why, address)


def unreachable(site: Site) -> Answer:
    """What a proxy says of a host name that does not resolve."""
    return Answer(502, None, f"this host is {site.kind.value}", maker=Maker.SANDBOX)


def _twilio(  # noqa: PLR0911 - one for each case
    request: Request, site: Site, world: World, *, now: float
) -> Answer:
    route = route_of(site, request.target)
    if site.product == "oauth":
        return serve_token(request, route, world, now=now)
    if site.product == "eventgw":
        return serve_event(request, route, world, now=now)
    if route.classic and route.segments == (API_2010,):
        if request.method not in {"GET", "HEAD"}:
            return method_not_allowed(route)
        return Answer(200, version_document(route.form), "the version is told to anybody", form=route.form)
    if site.product == "www" or (site.product == "api" and not route.on_accounts):
        return missing_resource(route, "no API has this path; nobody authenticated")
    identity = pass_gate(request, route, world, now=now)
    if isinstance(identity, Answer):
        return identity
    return serve(request, route, identity, world, now=now)


def _redirect(status: int, rest: str) -> Answer:
    target = unquote(rest) if re.match(r"https?%3a", rest, re.IGNORECASE) else rest
    if not _ABSOLUTE.match(target) or not _PRINTABLE.fullmatch(target):
        text = b"Usage: /redirect/301|302|303|307|308/http[s]://host/path\n"
        return Answer(400, Content("text/plain", text), "the redirect has no absolute URL", maker=Maker.SANDBOX)
    # Some clients and proxies collapse the two slashes of the inner URL.
    return _moved(status, _ABSOLUTE.sub(r"\1://", target, count=1), "the path asked for a redirect")


def _moved(status: int, location: str, why: str) -> Answer:
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return Answer(status, Content("text/html", page.encode()), why, maker=Maker.NGINX, location=location)


def _file(request: Request) -> Answer:
    if request.values(b"authorization"):
        page = Content("application/xml", _ONE_MECHANISM.encode())
        return Answer(400, page, "the CDN's signed address must not come with Authorization", maker=Maker.S3)
    if "Signature=" not in request.target:
        return Answer(403, Content("application/xml", _DENIED.encode()), "the address is not signed", maker=Maker.S3)
    return Answer(200, Content("image/jpeg", _FILE), "the signed address suffices", maker=Maker.S3)
