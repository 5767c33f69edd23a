"""Near misses: what looks like a cause and is another one, or nothing that the capture can decide."""

import json
from dataclasses import replace
from functools import partial

from analyzers.exchange import Fidelity, Headers, Request, Response
from score.corpus import answers
from score.corpus.clients import CHROME, RAW, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import CALLS, MEDIA, MESSAGE, MESSAGES, Resource, dated
from score.corpus.scene import Refusal, Scene, positive, undecided
from score.corpus.values import Json, basic, jwt, oauth_token

_READABLE = Refusal(text=answers.REFUSED, readable="yes")
_ABSENT = Refusal(text=answers.NO_CREDENTIALS, readable="yes")
_GONE = ("no-authorization",)
_ONLY_GONE = positive(_GONE)
_UNKNOWN = positive(("pair-refused",), "likely")
_GATEWAY = "twilio-gateway.corp.example"


# --- near stripped-on-redirect ----------------------------------------------------------------------------------------
def _redirected(scene: Scene, authorization: bytes | None) -> Request:
    request = scene.request(authorization, host=_GATEWAY)
    location = f"https://{scene.host_of(scene.resource)}".encode() + request.target
    answer = answers.redirect(scene.draw, scene.now, 307, location)
    scene.add(request, answer, connection="c0", took=0.02)
    return request


def _never_had_it(scene: Scene) -> None:
    """Redirected, and without the header from the beginning."""
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    request = _redirected(scene, None)
    scene.refuse(None, _ONLY_GONE, target=request.target, body=request.body, gap=0.02)


def _somebody_else_came(scene: Scene) -> None:
    """One client is redirected, another one asks for the same without the header."""
    scene.har, scene.client, scene.resource = False, RAW["requests"], dated(scene.draw)
    request = _redirected(scene, scene.good())
    leads = ("no-authorization", "stripped-on-redirect")
    truth = positive(leads, "likely", may=_GONE)
    client = RAW[scene.draw.choice(("curl", "axios", "excon"))]
    scene.refuse(None, truth, target=request.target, body=request.body, client=client, address="10.9.9.9", gap=0.4)


def _came_much_later(scene: Scene) -> None:
    """No client takes ten minutes to follow: this is another try."""
    scene.client, scene.resource = RAW["curl"], dated(scene.draw)
    request = _redirected(scene, scene.good())
    truth = positive(("no-authorization", "stripped-on-redirect"), "likely", may=_GONE)
    scene.refuse(None, truth, target=request.target, body=request.body, gap=600.0)


def _went_elsewhere(scene: Scene) -> None:
    """The request without the header is not the one to which the redirect led."""
    scene.client, scene.resource = RAW["curl"], dated(scene.draw)
    _redirected(scene, scene.good())
    scene.refuse(None, _ONLY_GONE, resource=Resource("GET", "verify", "/v2/Services"), gap=0.05)


# --- the same faults in an export that may have lost the header -------------------------------------------------------
def _export(scene: Scene, fidelity: Fidelity) -> None:
    scene.har, scene.fidelity, scene.client = True, fidelity, raw_client(scene.draw)


def _doubtful(scene: Scene, slug: str, account: bytes = b"", headers: Headers = ()) -> None:
    """Likely is what it earns: the export may have left Authorization out."""
    _export(scene, Fidelity.DOUBTFUL)
    scene.resource = dated(scene.draw)
    truth = positive((slug,), "likely", may=(slug, "path-account-missing"))
    scene.refuse(None, truth, _ABSENT, account=account or scene.account, headers=headers)


def _doubtful_with_pair(scene: Scene, slug: str, name: bytes) -> None:
    _doubtful(scene, slug, headers=((name, scene.good()),))


def _sanitized(scene: Scene, account: bytes = b"") -> None:
    """Credentials were removed, the export says so: only what it still shows may be confirmed."""
    _export(scene, Fidelity.SANITIZED)
    scene.resource = dated(scene.draw)
    may = ("path-account-missing",) if account else ()
    scene.refuse(None, undecided(may), _ABSENT, account=account or scene.account)


def _sanitized_media(scene: Scene) -> None:
    _export(scene, Fidelity.SANITIZED)
    scene.refuse(None, undecided(), _ABSENT, resource=scene.draw.choice(MEDIA))


def _sanitized_redirect(scene: Scene) -> None:
    """Nobody can tell at which hop the header was lost: the export has none at all."""
    _export(scene, Fidelity.SANITIZED)
    scene.resource = dated(scene.draw)
    request = _redirected(scene, None)
    scene.refuse(None, undecided(), _ABSENT, target=request.target, body=request.body, gap=0.02)


# --- near the taps ----------------------------------------------------------------------------------------------------
def _two_requests(scene: Scene) -> None:
    """Alike and at one time, yet two: each answer has a Twilio-Request-Id of its own."""
    scene.har, scene.client, scene.resource = False, raw_client(scene.draw), MESSAGES
    first = scene.refuse(scene.good(), undecided(("no-authorization",)), _READABLE, address="10.0.0.4", took=0.3)
    scene.now -= 0.25
    truth = positive(("no-authorization", "stripped-by-intermediary"), "likely", may=_GONE)
    scene.refuse(None, truth, target=first.request.target, address="10.0.0.5", gap=0.01, took=0.1)


# --- near sent-as-proxy-authorization, credentials-elsewhere, header-name-misspelt ------------------------------------
def _login_of_the_proxy(scene: Scene) -> None:
    """Proxy-Authorization as it should be: the company's proxy wants a login of its own."""
    scene.client = raw_client(scene.draw)
    login = basic(scene.draw.choice((b"jdoe", b"CORP\\jdoe", b"svc-build")), scene.draw.alnum(14))
    scene.refuse(None, _ONLY_GONE, headers=((b"Proxy-Authorization", login),))


def _sid_alone(scene: Scene) -> None:
    """The SID stands in the body, as these operations want it, and no secret does."""
    scene.client, scene.resource = raw_client(scene.draw), MESSAGE
    body = b"AccountSid=%s&To=%%2B12125550100&Body=hi" % scene.account
    scene.refuse(None, _ONLY_GONE, body=body)


def _sid_and_hash(scene: Scene) -> None:
    """32 hex digits that call themselves something else than a secret."""
    scene.client, scene.resource = raw_client(scene.draw), MESSAGE
    body = b"AccountSid=%s&IdempotencyKey=%s&To=%%2B12125550100&Body=hi" % (scene.account, scene.draw.hex(32))
    truth = positive(("no-authorization", "credentials-elsewhere"), "likely", may=_GONE)
    scene.refuse(None, truth, body=body)


def _token_of_the_app(scene: Scene) -> None:
    """Headers with names that are near, and values of the application's own."""
    scene.client = raw_client(scene.draw)
    extra: Headers = ((b"X-Auth", scene.draw.alnum(24)), (b"Authentication-Info", b"nextnonce=1"))
    scene.refuse(None, _ONLY_GONE, headers=extra)


# --- near the values --------------------------------------------------------------------------------------------------
def _letters_in_secret(scene: Scene) -> None:
    """A random secret may hold a run of x."""
    at = scene.draw.randint(4, 24)
    run = scene.draw.choice((b"xxxx", b"XXXX", b"your", b"test", b"null", b"None"))
    secret = scene.secret[:at] + run + scene.secret[at + 4 :]
    scene.resource = scene.draw.choice((MESSAGE, CALLS))
    scene.refuse(basic(scene.key, secret), _UNKNOWN, _READABLE)


def _upper_case_token(scene: Scene) -> None:
    """Upper-case hex: a key's secret by chance, or an Auth Token that something wrote in capitals."""
    truth = positive(("secret-with-account-sid", "pair-refused"), "possible")
    scene.refuse(basic(scene.account, scene.draw.hex(32).upper()), truth, _READABLE)


def _colon_in_secret(scene: Scene) -> None:
    truth = positive(("token-misshapen",), "likely")
    scene.client = raw_client(scene.draw)
    scene.refuse(basic(scene.account, scene.token[:16] + b":" + scene.token[16:]), truth, _READABLE)


def _no_magic_number(scene: Scene) -> None:
    scene.resource = MESSAGE
    body = b"To=%2B12125550100&From=%2B15005551234&Body=hi"
    scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE, body=body)


# --- near the tokens --------------------------------------------------------------------------------------------------
def _fresh_bearer(scene: Scene) -> None:
    """Nothing of a fresh token shows why it is refused; up to 30 days are allowed: docs/facts.md 6.1."""
    token = oauth_token(scene.draw, scene.now, exp=scene.draw.choice((3000, 86400 * 2, 86400 * 29)))
    scene.refuse(b"Bearer " + token, undecided(), _READABLE)


def _clock_of_the_recorder(scene: Scene) -> None:
    """By the recorder's clock the token has expired; by Twilio's Date, which counts, it has not."""
    token = oauth_token(scene.draw, scene.now, exp=3600)
    request = scene.request(b"Bearer " + token)
    answer = answers.error(
        scene.draw, scene.resource, scene.now, status=401, code=20003, text=answers.REFUSED, host=request.host
    )
    scene.now += 7200
    scene.add(request, answer, undecided())


def _expired_after_success(scene: Scene) -> None:
    """The same token worked before; it needs no change at Twilio to be refused now."""
    token = b"Bearer " + oauth_token(scene.draw, scene.now, exp=60)
    scene.accept(token)
    scene.refuse(token, positive(("bearer-expired",)), _READABLE, gap=120.0)


def _capability_refused(scene: Scene) -> None:
    """docs/facts.md 7.3: signed with the Auth Token, and rightly so."""
    account = scene.account.decode()
    scope = "scope:client:outgoing?appSid=" + scene.draw.sid("AP").decode()
    claims: Json = {"iss": account, "exp": int(scene.now) + 3600, "scope": scope}
    token = jwt({"typ": "JWT", "alg": "HS256"}, claims, scene.token)
    scene.accept(basic(scene.account, scene.token))
    what = Resource("POST", "eventgw", "/v4/EndpointEvents", "name=connection")
    extra: Headers = ((b"X-Twilio-Token", token),)
    refusal = Refusal(code=20101, text="Invalid Access Token")
    scene.refuse(None, undecided(), refusal, client=CHROME, resource=what, headers=extra)


# --- near answer-not-from-twilio, and what the edge refuses -----------------------------------------------------------
def _through_a_proxy(scene: Scene) -> None:
    """Twilio's own answer, with what a proxy on the way adds to every answer."""
    extra: Headers = (
        (b"Via", b"1.1 web-gw (squid/6.10)"),
        (b"X-Cache", b"MISS from web-gw"),
        (b"Server", b"squid/6.10"),
    )
    exchange = scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)
    response = exchange.response
    if response is not None:
        scene.amend(exchange, replace(exchange, response=replace(response, headers=(*response.headers, *extra))))


def _body_on_get(scene: Scene) -> None:
    """Documented of the CDN: it refuses a GET with a body before anybody looks at credentials, docs/facts.md 0."""
    scene.client, scene.resource = RAW["axios"], scene.draw.choice((CALLS, MESSAGES))
    headers: Headers = (
        (b"Server", b"CloudFront"),
        (b"Content-Type", b"text/html"),
        (b"X-Cache", b"Error from cloudfront"),
        (b"Via", b"1.1 " + scene.draw.hex(32) + b".cloudfront.net (CloudFront)"),
        (b"X-Amz-Cf-Id", scene.draw.alnum(54) + b"=="),
    )
    page = answers.page("403 ERROR", "<p>The request could not be satisfied.</p>")
    truth = positive(("body-on-get",), "likely", may=("body-on-get",))
    scene.add(scene.request(scene.good(), body=b"{}"), answers.foreign(scene.now, 403, headers, page), truth)


def _annotated(scene: Scene) -> None:
    """A recording whose answers already carry a diagnosis of ours: Twilio's own text is what counts."""
    scene.resource = scene.draw.choice((MESSAGE, CALLS))
    exchange = scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)
    response = exchange.response
    if response is None:
        return
    text = f"{answers.REFUSED} [why20003: Account SID and secret are swapped (confirmed): exchange them]"
    value = {"code": 20003, "message": text, "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401}
    body = json.dumps({**value, "why20003": {"cause": "halves-swapped", "verdict": "confirmed"}}).encode()
    scene.amend(exchange, replace(exchange, response=_with_body(response, body)))


def _with_body(response: Response, body: bytes) -> Response:
    headers = tuple(
        (name, b"%d" % len(body) if name.lower() == b"content-length" else value) for name, value in response.headers
    )
    return replace(response, headers=headers, body=body)


FORMS: tuple[Form, ...] = (
    *family(
        "no-authorization",
        7,
        {
            "never-had-it": _never_had_it,
            "somebody-else": _somebody_else_came,
            "much-later": _came_much_later,
            "elsewhere": _went_elsewhere,
            "two-requests": _two_requests,
            "login-of-proxy": _login_of_the_proxy,
            "sid-alone": _sid_alone,
            "sid-and-hash": _sid_and_hash,
            "token-of-app": _token_of_the_app,
        },
    ),
    *family(
        "pair-refused",
        7,
        {
            "letters-in-secret": _letters_in_secret,
            "upper-case-token": _upper_case_token,
            "no-magic-number": _no_magic_number,
            "through-a-proxy": _through_a_proxy,
            "annotated": _annotated,
        },
    ),
    *family("token-misshapen", 6, {"colon-inside": _colon_in_secret}),
    *family("bearer-expired", 8, {"after-success": _expired_after_success}),
    *family(
        "undecidable",
        10,
        {"fresh-bearer": _fresh_bearer, "clock": _clock_of_the_recorder, "capability": _capability_refused},
    ),
    *family(
        "undecidable",
        10,
        {
            "sanitized-path": partial(_sanitized, account=b"None"),
            "sanitized": _sanitized,
            "sanitized-media": _sanitized_media,
            "sanitized-redirect": _sanitized_redirect,
        },
    ),
    *family("unset-credentials", 6, {"doubtful-export": partial(_doubtful, slug="unset-credentials", account=b"None")}),
    *family(
        "sent-as-proxy-authorization",
        6,
        {
            "doubtful-export": partial(
                _doubtful_with_pair, slug="sent-as-proxy-authorization", name=b"Proxy-Authorization"
            )
        },
    ),
    *family(
        "header-name-misspelt",
        6,
        {"doubtful-export": partial(_doubtful_with_pair, slug="header-name-misspelt", name=b"Authorisation")},
    ),
    *family("body-on-get", 30, {"edge": _body_on_get}),
)
