"""One capture with a credential or a personal value in every place where any was ever seen, each another one.

What every output of the tool is searched for (test_every_output.py). All of it is invented.
"""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random
from string import ascii_letters, digits
from typing import Final
from urllib.parse import quote_from_bytes

from mitmproxy import connection, flow, http  # noqa: TID251 - writes a capture as mitmproxy does
from mitmproxy.addons.savehar import SaveHar  # noqa: TID251 - the same
from mitmproxy.io import FlowWriter  # noqa: TID251 - the same
from wire_text import FORMS

from analyzers.building import KEY, MESSAGES, OTHER_SID, SID, TIME, accepted, basic, redirected, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, voice_event
from analyzers.exchange import Exchange, Response
from recordings.har_writing import HarEntry, har
from recordings.mitm_writing import mitm

VALUES: Final[dict[str, bytes]] = {}
"""What must not come out: where it stands in the capture, and what it is."""


def _hidden(place: str, value: bytes) -> bytes:
    VALUES[place] = value
    return value


def _token(place: str) -> bytes:
    """An Auth Token."""
    return _hidden(place, hashlib.sha256(place.encode()).hexdigest()[:32].encode())


def _word(place: str, size: int = 20) -> bytes:
    random = Random(place)
    return _hidden(place, "".join(random.choice(ascii_letters + digits) for _ in range(size)).encode())


# --- credentials ------------------------------------------------------------------------------------------------------
AUTH_TOKEN: Final = _token("Auth Token in Authorization")
KEY_SECRET: Final = _word("API key secret, the halves swapped", 32)
OLD_TOKEN: Final = _token("Auth Token in broken base64")
CLEAR_TOKEN: Final = _token("Auth Token in clear text behind Basic")
SUBACCOUNT_TOKEN: Final = _token("auth_token of an Account resource")
QUERY_TOKEN: Final = _token("Auth Token in a query")
PATH_TOKEN: Final = _token("Auth Token in the place of the Account SID")
PROXY_PASSWORD: Final = _word("password in Proxy-Authorization", 12)
SESSION: Final = _word("session in Cookie")
NEW_SESSION: Final = _word("session in Set-Cookie")
USERINFO: Final = _word("password before the host")
REFERER: Final = _word("token in Referer")
FORM_SECRET: Final = _word("client_secret in a form", 32)
JSON_SECRET: Final = _word("password in a JSON body")
XML_SECRET: Final = _word("password in an XML body")
PART_SECRET: Final = _word("password in a multipart body")
GATEWAY_KEY: Final = _word("key in X-Api-Key")
LOCATION: Final = _word("signature in Location", 32)
ECHOED: Final = _word("password that the answer repeats", 32)
AGENT: Final = _word("token in User-Agent")
HEADER_NAME: Final = _word("secret as the name of a header")
SCHEME: Final = _word("secret as the scheme", 32)
DIGEST: Final = _word("response of Digest", 32)
ERROR: Final = _word("secret in the recorder's words")
REASON: Final = _word("secret in the reason phrase")
HOST: Final = _word("password in Host")
CLIENT_TOKEN: Final = client_token(
    _word("secret that signs a token", 32), name="Wilhelmina Oxenfjord", email="w.oxenfjord@quuxhaven.test"
)
_hidden("signature of a client token", CLIENT_TOKEN.rpartition(b".")[2])
BEARER: Final = make_jwt(
    {"alg": "HS256", "typ": "JWT"},
    {"sub": SID.decode(), "exp": int(TIME) - 7200, "email": "w.oxenfjord@quuxhaven.test"},
    _word("secret that signs a bearer token", 32),
)
_hidden("signature of a bearer token", BEARER.rpartition(b".")[2])
OPAQUE: Final = _word("opaque bearer token", 40)

# --- personal values --------------------------------------------------------------------------------------------------
_CREDENTIALS: Final = frozenset(VALUES)
PHONE: Final = _hidden("telephone number", b"+12125558437")
TEXT: Final = b"Dear Mrs " + _hidden("surname in a text", b"Quellmann") + b", your biopsy was benign"
NAME: Final = _hidden("name", b"Wilhelmina Oxenfjord")
EMAIL: Final = _hidden("e-mail address", b"w.oxenfjord@quuxhaven") + b".test"
STREET: Final = _hidden("street", b"Zwiebelgasse 4711")

PERSONAL: Final = frozenset(VALUES) - _CREDENTIALS
"""The names of the personal values among them."""

_FORM: Final = (b"Content-Type", b"application/x-www-form-urlencoded")
_JSON: Final = (b"Content-Type", b"application/json")


def _encoded(user: bytes, password: bytes) -> bytes:
    return base64.b64encode(user + b":" + password)


def _account() -> Exchange:
    resource = {
        "sid": OTHER_SID.decode(),
        "auth_token": SUBACCOUNT_TOKEN.decode(),
        "friendly_name": NAME.decode(),
        "status": "active",
    }
    cookie = (b"Set-Cookie", b"session=" + NEW_SESSION + b"; Path=/; Secure")
    told = Response(status=200, headers=(_JSON, cookie), body=json.dumps(resource).encode())
    return replace(accepted(basic(SID, AUTH_TOKEN), path=b"/2010-04-01/Accounts.json", method="GET"), response=told)


def _bodies() -> tuple[Exchange, ...]:
    good = basic(SID, AUTH_TOKEN)
    form = b"To=" + quote_from_bytes(PHONE).encode() + b"&Body=" + TEXT.replace(b" ", b"+")
    both = {"password": JSON_SECRET.decode(), "customer": {"email": EMAIL.decode(), "street": STREET.decode()}}
    xml = b"<order><password>" + XML_SECRET + b"</password><name>" + NAME + b"</name></order>"
    part = b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n' + PART_SECRET + b"\r\n--x--\r\n"
    login = b"grant_type=client_credentials&client_id=OQ1&client_secret=" + FORM_SECRET
    return (
        accepted(good, body=form, extra=(_FORM, (b"Cookie", b"session=" + SESSION))),
        refused(basic(SID, AUTH_TOKEN[:-1]), body=json.dumps(both).encode(), extra=(_JSON,)),
        refused(basic(SID, AUTH_TOKEN + b"\n"), body=form, extra=(_FORM, (b"Cookie", b"session=" + SESSION))),
        refused(good, body=xml, extra=((b"Content-Type", b"text/xml"),), method="PUT"),
        refused(good, body=part, extra=((b"Content-Type", b"multipart/form-data; boundary=x"),)),
        refused(None, host="oauth.twilio.com", path=b"/v2/token", body=login, extra=(_FORM,)),
    )


def _headers() -> tuple[Exchange, ...]:
    """Authorization in every form, and what else a header carries."""
    good = basic(SID, AUTH_TOKEN)
    broken = _encoded(SID, OLD_TOKEN)
    extra = (
        (b"Proxy-Authorization", basic(b"svc-build", PROXY_PASSWORD)),
        (b"Referer", b"https://shop.quux.test/pay?token=" + REFERER),
        (b"X-Api-Key", GATEWAY_KEY),
    )
    swapped = refused(basic(KEY_SECRET, KEY), extra=extra, path=MESSAGES % SID + b"?AuthToken=" + QUERY_TOKEN)
    digest = b'Digest username="' + SID + b'", realm="Twilio API", uri="/", response="' + DIGEST + b'"'
    values = (
        *(b"Basic " + broken[:-3], b"Basic " + broken[:40] + b" " + broken[40:], b"Basic" + broken, broken),
        *(b"Basic " + base64.b64encode(broken), b"Bearer " + _encoded(SID, OLD_TOKEN), b"Basic Basic " + broken),
        b"Basic " + base64.b64encode((SID + b":" + OLD_TOKEN).decode().encode("utf-16")),
        *(b"Basic " + SID + b":" + CLEAR_TOKEN, CLEAR_TOKEN, b"Token " + CLEAR_TOKEN, b"Basic " + CLEAR_TOKEN + b"%0A"),
        *(basic(b"\xe2\x80\x9c" + SID, OLD_TOKEN), basic(SID, b" '" + OLD_TOKEN + b"'"), basic(OLD_TOKEN, b"")),
        *(basic(b"", OLD_TOKEN), basic(OLD_TOKEN, OLD_TOKEN), basic(SID, OLD_TOKEN[::2]), basic(SID, SID + OLD_TOKEN)),
        *(SCHEME + b" x", SCHEME + b" " + broken, digest, b"Bearer " + OPAQUE, b"Bearer " + BEARER),
        *(b"Basic " + BEARER, b"Bearer Bearer " + OPAQUE, b"Bearer " + oauth_token() + OPAQUE, good + b", " + good),
        *(b"Basic " + base64.b64encode(CLEAR_TOKEN), b"\xff\xfe" + CLEAR_TOKEN, b"Basic\t" + broken + b"\n"),
    )
    return (
        replace(swapped, request=replace(swapped.request, userinfo=SID + b":" + USERINFO)),
        *(refused(value, at=100.0 + number, connection=f"c{number}") for number, value in enumerate(values)),
        refused(good, extra=((b"Authorization", basic(SID, OLD_TOKEN)),)),
        refused(None, extra=((b"Authorisation", good), (b"X-Authorization", b"Bearer " + OPAQUE))),
        refused(None, extra=((b"Cookie", b"AuthToken=" + CLEAR_TOKEN), (b"Auth-Token", CLEAR_TOKEN))),
        refused(None, agent=b"shop/1.0 (token " + AGENT + b") " + AGENT + b"/2.0"),
        refused(None, path=MESSAGES % SID + b"?AccountSid=" + SID + b"&AuthToken=" + QUERY_TOKEN),
        refused(good, path=MESSAGES % PATH_TOKEN),
        refused(good, path=b"/2010-04-01/Accounts/" + SID + b":" + PATH_TOKEN + b"@Messages.json?" + QUERY_TOKEN),
        refused(good, extra=((b"Host", SID + b":" + HOST + b"@api.twilio.com"),)),
        voice_event(CLIENT_TOKEN),
        voice_event(CLIENT_TOKEN[:-8], path=b"/v4/EndpointEvents?token=" + CLIENT_TOKEN),
        refused(b"Bearer " + CLIENT_TOKEN),
    )


def _answers() -> tuple[Exchange, ...]:
    """What comes back quotes what was sent, leads elsewhere with it, or does not come."""
    good = basic(SID, ECHOED)
    page = b"<html><title>401</title>bad login " + ECHOED + b" of " + EMAIL + b"</html>"
    gateway = Response(
        status=401,
        reason="No " + REASON.decode(),
        headers=((b"Content-Type", b"text/html"), (b"WWW-Authenticate", b'Basic realm="' + ECHOED + b'"')),
        body=page,
    )
    signed = b"https://media.twiliocdn.com/x?Signature=" + LOCATION + b"&Expires=1"
    inside = b"https://" + SID + b":" + LOCATION + b"@api.us1.twilio.com" + MESSAGES % SID + b"?token=" + LOCATION
    return (
        refused(good, message=b"No %s of %s, %s".decode() % tuple(each.decode() for each in (ECHOED, EMAIL, PHONE))),
        refused(good, answer=gateway),
        redirected(basic(SID, AUTH_TOKEN), signed, at=300),
        refused(None, host="media.twiliocdn.com", path=signed[len(b"https://media.twiliocdn.com") :], at=300.2),
        redirected(basic(SID, AUTH_TOKEN), inside, 307, at=301),
        refused(None, host="api.us1.twilio.com", path=MESSAGES % SID + b"?token=" + LOCATION, at=301.2),
        replace(
            refused(b"Basic " + _encoded(SID, OLD_TOKEN) + b"\n "),
            response=None,
            refused_by_proxy=True,
            error="Invalid header line: b'" + ERROR.decode() + "'",
        ),
        replace(refused(good, host="api.de1.twilio.com"), response=None, error="no such host " + ERROR.decode()),
    )


def misnamed() -> tuple[Exchange, ...]:
    """A secret as the name of a header; names stay when a recording is redacted."""
    return (refused(None, extra=((b"Authorization" + HEADER_NAME, b""), (HEADER_NAME, b"1"))),)


def few() -> tuple[Exchange, ...]:
    """Some of the capture, for what takes long with all of it."""
    found = exchanges()
    return (*found[:7], *found[-8:])


def exchanges() -> tuple[Exchange, ...]:
    """The capture."""
    return (*_bodies(), *_headers(), *_answers(), _account())


# --- files ------------------------------------------------------------------------------------------------------------
@cache
def files() -> Mapping[str, bytes]:
    """The capture in every format that there is: our own writers', mitmproxy's, raw text, curl's."""
    found = exchanges()
    made = {
        "ours.mitm": b"".join(mitm(found)),
        "ours.har": b"".join(har((HarEntry(one) for one in found), version="0")),
        "theirs.mitm": _flow_file(*map(flow_of, found)),
        "theirs.har": json.dumps(SaveHar().make_har([flow_of(one) for one in found])).encode(),
    }
    # A text holds what a line can.
    spoken = [one for one in found if b"\n" not in (one.request.first(b"authorization") or b"")]
    made |= {"few.har": b"".join(har((HarEntry(one) for one in few()), version="0"))}
    made |= {"misnamed.mitm": _flow_file(*map(flow_of, misnamed()))}
    return made | {f"{form}.txt": write(*spoken) for form, write in FORMS.items()}


def _flow_file(*flows: flow.Flow) -> bytes:
    file = io.BytesIO()
    writer = FlowWriter(file)
    for one in flows:
        writer.add(one)
    return file.getvalue()


def flow_of(exchange: Exchange) -> http.HTTPFlow:
    """A flow as mitmproxy would have recorded it."""
    request, response = exchange.request, exchange.response
    client = connection.Client(peername=("192.0.2.7", 51234), sockname=("192.0.2.1", 8080), timestamp_start=TIME)
    made = http.HTTPFlow(client, connection.Server(address=(request.host, request.port)))
    at = exchange.started_at or TIME
    made.request = http.Request(
        host=request.host,
        port=request.port,
        method=request.method.encode(),
        scheme=request.scheme.encode(),
        authority=b"",
        path=request.target,
        http_version=b"HTTP/1.1",
        headers=http.Headers(request.headers),
        content=request.body,
        trailers=None,
        timestamp_start=at,
        timestamp_end=at,
    )
    if response is None:
        made.error = flow.Error(exchange.error or "")
    else:
        made.response = http.Response(
            http_version=b"HTTP/1.1",
            status_code=response.status,
            reason=response.reason.encode(),
            headers=http.Headers(response.headers),
            content=response.body,
            trailers=None,
            timestamp_start=at,
            timestamp_end=at,
        )
    return made
