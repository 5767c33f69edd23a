"""Two faults in one request. Both must stand; the one that hides the other leads.

What hides what follows from the way of a request (docs/facts.md 0): what never reaches Twilio hides all else, then the
scheme, then the encoding, then the two values, then the path and what the account may do.
"""

from collections.abc import Callable
from functools import partial

from analyzers.exchange import Headers
from score.corpus import answers
from score.corpus.clients import CHROME, odd_client, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import MEDIA, MESSAGE, dated
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import Draw, access_token, b64, basic

_Value = Callable[[Draw, bytes, bytes], bytes]


def _value(scene: Scene, value: _Value, leads: tuple[str, ...], also: str, may: tuple[str, ...] = ()) -> None:
    """Both faults stand in the value."""
    scene.client = raw_client(scene.draw)
    truth = positive(leads, may=(also, *may), also=(also,))
    scene.refuse(value(scene.draw, scene.account, scene.token), truth)


_VALUES: dict[str, tuple[_Value, tuple[str, ...], str]] = {
    "no-scheme-and-line-feed": (lambda _, u, p: b64(u + b":" + p + b"\n"), ("scheme-missing",), "stray-characters"),
    "no-scheme-and-swapped": (lambda _, u, p: b64(p + b":" + u), ("scheme-missing",), "halves-swapped"),
    "doubled-scheme-and-blank": (
        lambda _, u, p: b"Basic " + basic(u + b" ", p),
        ("scheme-doubled",),
        "stray-characters",
    ),
    "doubled-scheme-and-placeholder": (
        lambda _, u, __: b"Basic " + basic(u, b"your_auth_token"),
        ("scheme-doubled",),
        "placeholder-value",
    ),
    "unpadded-and-swapped": (lambda _, u, p: basic(p, u).rstrip(b"="), ("base64-alphabet",), "halves-swapped"),
    "unpadded-and-quoted": (
        lambda _, u, p: basic(u, b"'" + p + b"' ").rstrip(b"="),
        ("base64-alphabet",),
        "stray-characters",
    ),
    "twice-and-swapped": (lambda _, u, p: b"Basic " + b64(b64(p + b":" + u)), ("base64-doubled",), "halves-swapped"),
    "twice-and-line-feed": (
        lambda _, u, p: b"Basic " + b64(b64(u + b":" + p + b"\n")),
        ("base64-doubled",),
        "stray-characters",
    ),
    "junk-and-blank": (lambda _, u, p: basic(u, p + b" ") + b" # main", ("header-trailing-junk",), "stray-characters"),
    "clear-and-swapped": (lambda _, u, p: b"Basic " + p + b":" + u, ("not-base64",), "halves-swapped"),
    "utf-16-and-swapped": (
        lambda _, u, p: b"Basic " + b64((p + b":" + u).decode().encode("utf-16-le")),
        ("charset-not-ascii",),
        "halves-swapped",
    ),
    "short-sid-and-line-feed": (lambda _, u, p: basic(u[:-1], p + b"\n"), ("stray-characters", "sid-misshapen"), ""),
    "stray-and-placeholder": (
        lambda _, u, __: basic(b" " + u, b"your_auth_token"),
        ("placeholder-value", "stray-characters"),
        "",
    ),
    "service-and-nothing": (
        lambda draw, _, __: basic(draw.sid("MG"), b""),
        ("half-empty", "wrong-kind-of-sid"),
        "",
    ),
    "short-sid-and-nothing": (lambda _, u, __: basic(u[:-3], b""), ("half-empty", "sid-misshapen"), ""),
    "service-and-placeholder": (
        lambda draw, _, __: basic(draw.sid("VA"), b"your_auth_token"),
        ("placeholder-value", "wrong-kind-of-sid"),
        "",
    ),
    "service-and-same": (
        lambda draw, _, __: basic(sid := draw.sid("MG"), sid),
        ("wrong-kind-of-sid", "sid-as-password"),
        "",
    ),
    "mail-and-openai": (
        lambda draw, _, __: basic(b"ops@acme.example", b"sk-proj-" + draw.alnum(74) + b"T3BlbkFJ" + draw.alnum(74)),
        ("foreign-secret",),
        "",
    ),
}


def _of_one_rank(scene: Scene, value: _Value, slugs: tuple[str, ...]) -> None:
    """Two faults of the values: neither hides the other, so either may lead, and both must stand."""
    scene.client = raw_client(scene.draw)
    truth = positive(slugs, also=slugs)
    scene.refuse(value(scene.draw, scene.account, scene.token), truth)


def _values() -> dict[str, Callable[[Scene], None]]:
    return {
        name: partial(_value, value=value, leads=leads, also=also)
        if also
        else partial(_of_one_rank, value=value, slugs=leads)
        for name, (value, leads, also) in _VALUES.items()
    }


def _misshapen_twice(scene: Scene) -> None:
    """SID and token both cut: the SID is certain, the token is not."""
    truth = positive(("sid-misshapen",), also=("token-misshapen",))
    scene.refuse(basic(scene.account[:-2], scene.token[:-3]), truth)


# --- a value and the path ---------------------------------------------------------------------------------------------
def _and_key_in_path(scene: Scene, password: Callable[[Draw, bytes], bytes], slug: str) -> None:
    scene.client, scene.resource = odd_client(scene.draw), dated(scene.draw)
    truth = positive((slug,), may=("key-sid-as-account",), also=("key-sid-as-account",))
    value = basic(scene.key, password(scene.draw, scene.secret))
    scene.refuse(value, truth, Refusal(text=answers.REFUSED), account=scene.key)


def _token_and_key_in_path(scene: Scene) -> None:
    """The path is certain, the token is likely."""
    scene.resource = dated(scene.draw)
    truth = positive(("key-sid-as-account",), also=("token-with-key-sid",))
    scene.refuse(basic(scene.key, scene.token), truth, Refusal(text=answers.REFUSED), account=scene.key)


def _and_null_in_path(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    truth = positive(("stray-characters",), also=("path-account-missing",))
    refusal = Refusal(status=404, code=20404, text="The requested resource was not found")
    scene.refuse(basic(scene.account, scene.token + b"\n"), truth, refusal, account=b"null")


def _and_other_account(scene: Scene, *, key_secret: bool) -> None:
    """Both are likely; a value hides the path."""
    scene.resource = dated(scene.draw)
    password = scene.secret if key_secret else scene.token[:-1]
    slug = "secret-with-account-sid" if key_secret else "token-misshapen"
    truth = positive((slug,), "likely", also=("account-mismatch",))
    scene.refuse(basic(scene.account, password), truth, Refusal(text=answers.REFUSED), account=scene.draw.sid())


def _and_magic_number(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), MESSAGE
    truth = positive(("stray-characters",))
    body = b"To=%2B12125550100&From=%2B15005550006&Body=hi"
    scene.refuse(basic(scene.account, scene.token + b" "), truth, body=body)


def _and_region(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    scene.regional = "dublin.ie1."
    scene.refuse(basic(scene.token, scene.account), positive(("halves-swapped",)))


# --- who never reached Twilio -----------------------------------------------------------------------------------------
def _dead_and_swapped(scene: Scene) -> None:
    scene.regional = "ie1."
    scene.add(
        scene.request(basic(scene.token, scene.account)),
        None,
        positive(("dead-regional-host",), may=("halves-swapped", "sid-as-password", "sid-misshapen")),
        error="getaddrinfo ENOTFOUND",
    )


def _proxy_and_line_feed(scene: Scene) -> None:
    headers: Headers = ((b"Server", b"squid/6.10"), (b"Proxy-Authenticate", b'Basic realm="web-gw"'))
    response = answers.foreign(scene.now, 407, headers, answers.page("Proxy Authentication Required"))
    request = scene.request(basic(scene.account, scene.token + b"\n"))
    scene.add(request, response, positive(("answer-not-from-twilio",), may=("stray-characters", "sid-misshapen")))


def _www_and_line_feed(scene: Scene) -> None:
    scene.resource = dated(scene.draw)
    refusal = Refusal(status=404, code=20404, text="The requested resource was not found")
    truth = positive(("wrong-host",), may=("stray-characters",))
    scene.refuse(basic(scene.account, scene.token + b"\n"), truth, refusal, host="www.twilio.com")


# --- tokens, missing headers ------------------------------------------------------------------------------------------
def _client_token_expired(scene: Scene) -> None:
    """A fresh one would be refused as well."""
    token = access_token(scene.draw, scene.now - 7200, scene.secret)
    truth = positive(("access-token-as-bearer",), may=("bearer-expired",), also=("bearer-expired",))
    scene.refuse(b"Bearer " + token, truth, Refusal(text=answers.REFUSED))


def _client_token_too_long(scene: Scene) -> None:
    token = access_token(scene.draw, scene.now, scene.secret, exp=int(scene.now) + 5 * 86400)
    truth = positive(("access-token-as-bearer",), may=("jwt-claims-invalid",), also=("jwt-claims-invalid",))
    scene.refuse(b"Bearer " + token, truth, Refusal(text=answers.REFUSED))


def _media_and_proxy_header(scene: Scene) -> None:
    """The pair went into the proxy's header: that is why the media came back refused."""
    scene.client, scene.resource = raw_client(scene.draw), scene.draw.choice(MEDIA)
    truth = positive(("sent-as-proxy-authorization",), may=("media-url-without-auth", "no-authorization"))
    scene.refuse(None, truth, headers=((b"Proxy-Authorization", scene.good()),))


def _browser_and_query(scene: Scene) -> None:
    """A page calls Twilio with the pair in the URL."""
    scene.client, scene.resource = CHROME, dated(scene.draw)
    path = scene.draw.filled(scene.resource.path).replace(b"{account}", scene.account)
    query = b"AccountSid=%s&AuthToken=%s" % (scene.account, scene.token)
    leads = ("browser-preflight", "credentials-elsewhere")
    truth = positive(leads, may=("no-authorization",), also=leads)
    extra: Headers = ((b"Origin", b"https://app.example"), (b"Sec-Fetch-Mode", b"cors"))
    scene.refuse(None, truth, headers=extra, target=path + (b"&" if b"?" in path else b"?") + query)


FORMS: tuple[Form, ...] = (
    *family("two-faults", 5, _values()),
    *family(
        "two-faults",
        6,
        {
            "sid-and-token-cut": _misshapen_twice,
            "line-feed-and-key-in-path": partial(
                _and_key_in_path, password=lambda _, p: p + b"\n", slug="stray-characters"
            ),
            "placeholder-and-key-in-path": partial(
                _and_key_in_path, password=lambda _, __: b"your_api_secret", slug="placeholder-value"
            ),
            "nothing-and-key-in-path": partial(_and_key_in_path, password=lambda _, __: b"", slug="half-empty"),
            "percent-and-key-in-path": partial(
                _and_key_in_path, password=lambda _, p: p + b"%0A", slug="percent-encoded-credentials"
            ),
            "token-and-key-in-path": _token_and_key_in_path,
            "line-feed-and-null": _and_null_in_path,
            "key-secret-and-other-account": partial(_and_other_account, key_secret=True),
            "cut-token-and-other-account": partial(_and_other_account, key_secret=False),
            "blank-and-magic-number": _and_magic_number,
            "swapped-and-region": _and_region,
            "dead-host-and-swapped": _dead_and_swapped,
            "proxy-and-line-feed": _proxy_and_line_feed,
            "www-and-line-feed": _www_and_line_feed,
            "client-token-expired": _client_token_expired,
            "client-token-too-long": _client_token_too_long,
            "media-and-proxy-header": _media_and_proxy_header,
            "browser-and-query": _browser_and_query,
        },
    ),
)
