"""Requests whose header nobody can use: misnamed, empty, repeated, or left away by a player or a page."""

from functools import partial

from analyzers.exchange import Fidelity, Headers
from score.corpus import answers
from score.corpus.clients import CHROME, FIREFOX, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import MEDIA, MEDIA_JSON, MESSAGE, product
from score.corpus.scene import Scene, positive
from score.corpus.values import basic, oauth_token

_GONE = ("no-authorization",)


# --- media-url-without-auth -------------------------------------------------------------------------------------------
_MEDIA = positive(("media-url-without-auth",), may=_GONE)


def _media_in_browser(scene: Scene) -> None:
    scene.client, scene.resource = scene.draw.choice((CHROME, FIREFOX)), scene.draw.choice(MEDIA)
    destination = scene.draw.choice((b"document", b"audio", b"image"))
    mode = b"navigate" if destination == b"document" else b"no-cors"
    scene.refuse(None, _MEDIA, headers=((b"Sec-Fetch-Mode", mode), (b"Sec-Fetch-Dest", destination)))


def _media_by_client(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), scene.draw.choice(MEDIA)
    scene.refuse(None, _MEDIA)


def _description_of_media(scene: Scene) -> None:
    """The JSON about a file is no file, and always wanted credentials."""
    scene.client, scene.resource = raw_client(scene.draw), scene.draw.choice(MEDIA_JSON)
    scene.refuse(None, positive(("no-authorization", "media-url-without-auth"), may=("media-url-without-auth",)))


def _media_in_doubtful_export(scene: Scene) -> None:
    scene.client, scene.resource = CHROME, scene.draw.choice(MEDIA)
    scene.har, scene.fidelity = True, Fidelity.DOUBTFUL
    scene.refuse(None, positive(("media-url-without-auth",), "likely"), {"readable": "yes"})


# --- header-name-misspelt, authorization-empty, authorization-repeated ------------------------------------------------
_NAMES = (
    b"Authorisation",
    b"Autorization",
    b"Authorizaton",
    b"Authorization ",
    b"Authoriztion",
    b"Authentication",
    b"X-Authorization",
    b"Auhtorization",
    b"Authorizations",
    b"Auth",
)


def _misspelt(scene: Scene, name: bytes) -> None:
    scene.client = raw_client(scene.draw)
    scene.refuse(None, positive(("header-name-misspelt",), may=_GONE), headers=((name, scene.good()),))


def _nothing_in_it(scene: Scene, value: bytes) -> None:
    scene.client = raw_client(scene.draw)
    scene.refuse(value, positive(("authorization-empty",), may=_GONE), {"text": answers.NO_CREDENTIALS})


def _a_word_in_it(scene: Scene) -> None:
    """What a language prints for a missing value, behind the scheme: docs/clients.md 10."""
    scene.client = raw_client(scene.draw)
    value = scene.draw.choice((b"Basic ", b"Bearer ")) + scene.draw.choice((b"undefined", b"null", b"None"))
    leads = ("authorization-empty", "unset-credentials")
    scene.refuse(value, positive(leads, may=("bearer-malformed",)), {"text": answers.NO_CREDENTIALS})


def _repeated(scene: Scene, *, same: bool = False) -> None:
    first = scene.good()
    second = first if same else scene.good() if scene.draw.chance(0.5) else basic(scene.draw.sid(), scene.draw.hex(32))
    scene.refuse((first, second), positive(("authorization-repeated",)))


def _repeated_with_bearer(scene: Scene) -> None:
    values = [scene.good(), b"Bearer " + oauth_token(scene.draw, scene.now)]
    scene.draw.shuffle(values)
    scene.refuse(values, positive(("authorization-repeated",)))


def _joined(scene: Scene) -> None:
    values = [scene.good(), scene.good()]
    if scene.draw.chance(0.4):
        values[1] = b"Bearer " + oauth_token(scene.draw, scene.now)
    glue = scene.draw.choice((b", ", b","))
    scene.refuse(glue.join(values), positive(("authorization-repeated",), may=("header-trailing-junk",)))


# --- browser-preflight ------------------------------------------------------------------------------------------------
_BROWSER = positive(("browser-preflight",), may=_GONE)


def _preflight(scene: Scene) -> None:
    scene.client = scene.draw.choice((CHROME, FIREFOX))
    extra: Headers = (
        (b"Access-Control-Request-Method", scene.resource.method.encode()),
        (b"Access-Control-Request-Headers", b"authorization,content-type"),
        (b"Origin", scene.draw.choice((b"http://localhost:3000", b"https://app.example"))),
        (b"Sec-Fetch-Mode", b"cors"),
        (b"Sec-Fetch-Site", b"cross-site"),
    )
    scene.refuse(None, _BROWSER, method="OPTIONS", headers=extra, body=b"")


def _cors_without_preflight(scene: Scene) -> None:
    """A simple request needs no preflight."""
    scene.client = scene.draw.choice((CHROME, FIREFOX))
    extra: Headers = (
        (b"Origin", b"https://app.example"),
        (b"Sec-Fetch-Mode", b"cors"),
        (b"Sec-Fetch-Site", b"cross-site"),
    )
    scene.resource = scene.draw.choice((MESSAGE, product(scene.draw)))
    scene.refuse(None, _BROWSER, headers=extra)


FORMS: tuple[Form, ...] = (
    *family(
        "media-url-without-auth",
        14,
        {"browser": _media_in_browser, "client": _media_by_client, "doubtful-export": _media_in_doubtful_export},
    ),
    *family(
        "no-authorization",
        8,
        {"description-of-media": _description_of_media},
    ),
    *family("header-name-misspelt", 4, {f"name-{i}": partial(_misspelt, name=name) for i, name in enumerate(_NAMES)}),
    *family(
        "authorization-empty",
        9,
        {
            "nothing": partial(_nothing_in_it, value=b""),
            "scheme-only": partial(_nothing_in_it, value=b"Basic"),
            "scheme-and-blank": partial(_nothing_in_it, value=b"Basic "),
            "bearer-only": partial(_nothing_in_it, value=b"Bearer"),
            "a-word": _a_word_in_it,
        },
    ),
    *family(
        "authorization-repeated",
        12,
        {
            "two-headers": _repeated,
            "the-same-twice": partial(_repeated, same=True),
            "with-bearer": _repeated_with_bearer,
            "joined": _joined,
        },
    ),
    *family("browser-preflight", 20, {"options": _preflight, "simple": _cors_without_preflight}),
)
