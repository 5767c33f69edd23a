"""Credentials that never arrive, or arrive under another name: the causes of section A of the catalogue."""

from functools import partial

from analyzers.exchange import Fidelity, Headers
from score.corpus import answers
from score.corpus.clients import HELPERS, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import MESSAGE, Resource, dated, product
from score.corpus.scene import Scene, positive, undecided
from score.corpus.values import b64, basic

_GONE = ("no-authorization",)


# --- no-authorization -------------------------------------------------------------------------------------------------
def _absent(scene: Scene) -> None:
    """SetBasicAuth forgotten: statping #353."""
    scene.client = raw_client(scene.draw)
    scene.refuse(None, positive(_GONE))


def _absent_in_product(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), product(scene.draw)
    scene.refuse(None, positive(_GONE))


def _absent_in_region(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    scene.regional = scene.draw.choice(("dublin.ie1.", "sydney.au1."))
    scene.refuse(None, positive(_GONE))


def _absent_with_another_text(scene: Scene) -> None:
    """The sentence in the descriptions of Knowledge and Memory: docs/facts.md 1.1."""
    scene.client = raw_client(scene.draw)
    scene.resource = Resource("GET", scene.draw.choice(("knowledge", "memory")), "/v1/Sources", shape="v1")
    text = "Failed to complete request due to lack of authentication credentials"
    scene.refuse(None, positive(_GONE), {"text": text, "readable": "yes"})


def _absent_with_other_sids(scene: Scene) -> None:
    """SIDs that are no credentials: nothing here is one that went astray."""
    scene.client, scene.resource = raw_client(scene.draw), MESSAGE
    body = b"To=%%2B12125550100&MessagingServiceSid=%s&Body=hello" % scene.draw.sid("MG")
    extra: Headers = ((b"X-Request-Id", scene.draw.hex(32)),)
    scene.refuse(None, positive(_GONE), body=body, headers=extra)


def _absent_while_others_work(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    scene.accept(scene.good(), resource=product(scene.draw), client=HELPERS["java"], address="10.20.81.9")
    scene.refuse(None, positive(_GONE), address="127.0.0.1")


def _absent_in_doubtful_export(scene: Scene) -> None:
    scene.client, scene.har, scene.fidelity = raw_client(scene.draw), True, Fidelity.DOUBTFUL
    scene.refuse(None, positive(_GONE, "likely"), {"readable": "yes"})


def _absent_in_sanitized_export(scene: Scene) -> None:
    """The export says that it left the header out: nothing can be held against its absence."""
    scene.client, scene.har, scene.fidelity = raw_client(scene.draw), True, Fidelity.SANITIZED
    scene.refuse(None, undecided())


def _overwritten_in_export(scene: Scene) -> None:
    """The export overwrote the value: whatever stands there is not what was sent."""
    scene.har, scene.fidelity = True, Fidelity.SANITIZED
    stands = scene.draw.choice((b"REDACTED", b"Basic [REDACTED]", b"***", b"<redacted>", b"Basic ****", b"Basic xxxxx"))
    scene.refuse(stands, undecided(), {"text": answers.REFUSED})


# --- unset-credentials ------------------------------------------------------------------------------------------------
_UNSET = ("unset-credentials",)


def _literals(scene: Scene, username: bytes, password: bytes, *, path: bytes | None = None) -> None:
    scene.client = raw_client(scene.draw)
    scene.resource = dated(scene.draw) if path is not None else scene.resource
    account = scene.account if path is None else path
    scene.refuse(basic(username, password), positive(_UNSET, may=("path-account-missing",)), account=account)


def _both_empty(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    scene.refuse(b"Basic Og==", positive(_UNSET))


def _both_empty_by_ruby(scene: Scene) -> None:
    """docs/facts.md 9.1: no local error, and no account in the path either."""
    scene.client, scene.resource = HELPERS["ruby"], dated(scene.draw)
    missing = scene.draw.chance(0.5)
    refusal = {"status": 404, "code": 20404, "text": "The requested resource was not found"} if missing else {}
    scene.refuse(b"Basic Og==", positive(_UNSET), refusal, account=b"")  # type: ignore[arg-type] # the same keys


def _python_none(scene: Scene) -> None:
    scene.client = HELPERS[scene.draw.choice(("python", "python-old"))]
    scene.resource = dated(scene.draw)
    scene.refuse(None, positive(_UNSET, may=_GONE), account=b"None")


def _no_header_and_no_account(scene: Scene, account: bytes) -> None:
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    scene.refuse(None, positive(_UNSET, may=_GONE), account=account)


def _silent_library(scene: Scene, name: str) -> None:
    """docs/facts.md 9.1: python and go send the request without the header when the variables are not set."""
    scene.client, scene.resource = HELPERS[name], product(scene.draw)
    scene.refuse(None, positive(_UNSET, "likely", may=_GONE))


def _two_languages(scene: Scene) -> None:
    """JavaScript with a default for one of the two."""
    user, password = scene.draw.choice(((b"undefined", b""), (b"", b"None"), (b"null", b"undefined"), (b"None", b"")))
    scene.client = raw_client(scene.draw)
    scene.refuse(basic(user, password), positive(("unset-credentials", "half-empty")))


# --- sent-as-proxy-authorization --------------------------------------------------------------------------------------
def _to_the_proxy(scene: Scene, name: bytes = b"Proxy-Authorization") -> None:
    scene.refuse(None, positive(("sent-as-proxy-authorization",), may=_GONE), headers=((name, scene.good()),))


def _key_to_the_proxy(scene: Scene) -> None:
    value = basic(scene.key, scene.secret)
    scene.refuse(
        None, positive(("sent-as-proxy-authorization",), may=_GONE), headers=((b"Proxy-Authorization", value),)
    )


# --- credentials-elsewhere --------------------------------------------------------------------------------------------
_ELSEWHERE = positive(("credentials-elsewhere",), may=_GONE)

_QUERIES = (
    b"AccountSid=%s&AuthToken=%s",
    b"account_sid=%s&auth_token=%s",
    b"sid=%s&token=%s",
    b"username=%s&password=%s",
    b"api_key=%s&api_secret=%s",
)


def _in_query(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    path = scene.draw.filled(scene.resource.path).replace(b"{account}", scene.account)
    query = scene.draw.choice(_QUERIES) % scene.pair()
    scene.refuse(None, _ELSEWHERE, target=path + (b"&" if b"?" in path else b"?") + query)


def _in_body(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), MESSAGE
    body = scene.draw.choice(_QUERIES) % scene.pair() + b"&To=%2B12125550100&From=%2B12125550101&Body=hi"
    scene.refuse(None, _ELSEWHERE, body=body)


def _in_cookie(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    value = scene.draw.choice((b"sid=%s; token=%s", b"twilio_sid=%s; twilio_token=%s")) % scene.pair()
    scene.refuse(None, _ELSEWHERE, headers=((b"Cookie", value),))


def _in_headers(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    names = scene.draw.choice(
        (
            (b"X-Twilio-Account-Sid", b"X-Twilio-Auth-Token"),
            (b"AccountSid", b"AuthToken"),
            (b"X-Api-Key", b"X-Api-Secret"),
            (b"Username", b"Password"),
            (b"twilio-account-sid", b"twilio-auth-token"),
        )
    )
    scene.refuse(None, _ELSEWHERE, headers=tuple(zip(names, scene.pair(), strict=True)))


def _in_one_header(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    user, password = scene.pair()
    value = scene.draw.choice((user + b":" + password, basic(user, password), b64(user + b":" + password)))
    scene.refuse(None, _ELSEWHERE, headers=((b"X-Twilio-Credentials", value),))


def _in_userinfo(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    scene.refuse(None, _ELSEWHERE, userinfo=b":".join(scene.pair()))


FORMS: tuple[Form, ...] = (
    *family(
        "no-authorization",
        12,
        {
            "absent": _absent,
            "product-host": _absent_in_product,
            "other-region": _absent_in_region,
            "other-text": _absent_with_another_text,
            "other-sids": _absent_with_other_sids,
            "others-work": _absent_while_others_work,
            "doubtful-export": _absent_in_doubtful_export,
        },
    ),
    *family(
        "undecidable", 15, {"sanitized-export": _absent_in_sanitized_export, "overwritten": _overwritten_in_export}
    ),
    *family(
        "unset-credentials",
        5,
        {
            "both-empty": _both_empty,
            "both-empty-ruby": _both_empty_by_ruby,
            "python-none-path": _python_none,
            "no-account-null": partial(_no_header_and_no_account, account=b"null"),
            "no-account-undefined": partial(_no_header_and_no_account, account=b"undefined"),
            "no-account-empty": partial(_no_header_and_no_account, account=b""),
            "python-silent": partial(_silent_library, name="python"),
            "go-silent": partial(_silent_library, name="go"),
            "two-languages": _two_languages,
            **{
                f"literal-{word.decode()}": partial(_literals, username=word, password=word)
                for word in (b"None", b"undefined", b"null", b"nil", b"false", b"NULL")
            },
            "literal-in-path": partial(_literals, username=b"undefined", password=b"undefined", path=b"undefined"),
        },
    ),
    *family(
        "sent-as-proxy-authorization",
        12,
        {
            "any-pair": _to_the_proxy,
            "lower-case": partial(_to_the_proxy, name=b"proxy-authorization"),
            "key-pair": _key_to_the_proxy,
        },
    ),
    *family(
        "credentials-elsewhere",
        9,
        {
            "query": _in_query,
            "body": _in_body,
            "cookie": _in_cookie,
            "two-headers": _in_headers,
            "one-header": _in_one_header,
            "userinfo": _in_userinfo,
        },
    ),
)
