"""Faults of the two values: section D of the catalogue."""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from score.corpus.clients import any_client, odd_client
from score.corpus.forms import Form, family
from score.corpus.placeholders import PAIRS, SINGLE
from score.corpus.scene import Scene, positive
from score.corpus.values import Draw, basic
from score.truth import Truth

Pair = tuple[bytes, bytes]
Wrong = Callable[[Draw, bytes, bytes], Pair]
"""Makes the pair that is sent of the pair that would work."""

PATH = ("path-account-missing",)


def send(scene: Scene, username: bytes, password: bytes, truth: Truth, *, copied: bool) -> None:
    """A pair in good base64. `copied`: a library puts its username into the path as well (docs/facts.md 9.2)."""
    if copied and scene.resource.dated:
        scene.refuse(basic(username, password), truth, account=quote(username, safe="").encode())
    else:
        scene.refuse(basic(username, password), truth)


def _wrong(scene: Scene, wrong: Wrong, truth: Truth, *, keys: bool = True, ascii_only: bool = False) -> None:
    scene.client = any_client(scene.draw) if ascii_only else odd_client(scene.draw)
    right = scene.pair() if keys else (scene.account, scene.token)
    username, password = wrong(scene.draw, *right)
    by_library = scene.client.helper and username != right[0] and right[0] == scene.account
    send(scene, username, password, truth, copied=by_library)


def forms(  # noqa: PLR0913 - each argument is a part of the truth or of the recipe
    slug: str,
    times: int,
    wrongs: dict[str, Wrong],
    *others: str,
    least: str = "confirmed",
    may: tuple[str, ...] = (),
    keys: bool = True,
    ascii_only: bool = False,
) -> tuple[Form, ...]:
    truth = positive((slug, *others), least, may=(*may, *PATH))
    return family(
        slug,
        times,
        {name: partial(_wrong, wrong=w, truth=truth, keys=keys, ascii_only=ascii_only) for name, w in wrongs.items()},
    )


# --- halves-swapped, half-empty ---------------------------------------------------------------------------------------
_SWAPPED: dict[str, Wrong] = {
    "as-given": lambda _, u, p: (p, u),
    "again": lambda _, u, p: (p, u),
    "token-and-key": lambda draw, _, __: (draw.hex(32), draw.sid("SK")),
}
_EMPTY: dict[str, Wrong] = {
    "no-secret": lambda _, u, __: (u, b""),
    "no-username": lambda _, __, p: (b"", p),
    "secret-none": lambda _, u, __: (u, b"None"),
    "secret-undefined": lambda _, u, __: (u, b"undefined"),
    "secret-null": lambda _, u, __: (u, b"null"),
    "username-none": lambda _, __, p: (b"None", p),
    "username-undefined": lambda _, __, p: (b"undefined", p),
}


# --- placeholder-value ------------------------------------------------------------------------------------------------
def _placeholder_pair(scene: Scene, pair: tuple[str, str]) -> None:
    username, password = (half.encode() for half in pair)
    scene.client = odd_client(scene.draw)
    truth = positive(("placeholder-value",), may=PATH)
    send(scene, username, password, truth, copied=scene.client.helper)


def _placeholder_half(scene: Scene, text: str) -> None:
    scene.client = odd_client(scene.draw)
    username, password = scene.pair()
    if scene.draw.chance(0.7):
        password = text.encode()
    else:
        username = text.encode()
    send(scene, username, password, positive(("placeholder-value",), may=PATH), copied=username == text.encode())


# --- stray-characters -------------------------------------------------------------------------------------------------
_EDGES = {
    "blank": b" ",
    "tab": b"\t",
    "lf": b"\n",
    "cr": b"\r",
    "crlf": b"\r\n",
    "quote": b'"',
    "apostrophe": b"'",
    "comma": b",",
    "semicolon": b";",
    "two-blanks": b"  ",
    "escape": b"\x1b",
    "delete": b"\x7f",
    "vertical-tab": b"\x0b",
}


def _stray(draw: Draw, user: bytes, password: bytes, what: bytes) -> Pair:
    """At one of the four edges; the end of the secret is the usual one."""
    place = draw.choice(("end", "end", "end", "start", "user-end", "user-start"))
    return {
        "end": (user, password + what),
        "start": (user, what + password),
        "user-end": (user + what, password),
        "user-start": (what + user, password),
    }[place]


def _around(draw: Draw, user: bytes, password: bytes, what: bytes) -> Pair:
    return draw.choice(((user, what + password + what), (what + user + what, what + password + what)))


_COPIED: dict[str, Wrong] = {
    "name-of-token": lambda _, u, p: (u, b"TWILIO_AUTH_TOKEN=" + p),
    "name-of-sid": lambda _, u, p: (b"TWILIO_ACCOUNT_SID=" + u, p),
    "sid-equals": lambda _, u, p: (b"SID=" + u, p),
    "bearer": lambda _, u, p: (u, b"Bearer " + p),
    "colon-and-blank": lambda _, u, p: (u, b"AuthToken: " + p),
    "export": lambda _, u, p: (u, b"export TWILIO_AUTH_TOKEN=" + p),
    "both-line-feeds": lambda _, u, p: (u + b"\n", p + b"\n"),
    "backquotes": lambda _, u, p: (u, b"'" + p + b"';"),
}

# --- sid-misshapen, wrong-kind-of-sid ---------------------------------------------------------------------------------
_LETTERS = (b"O", b"l", b"g", b"I", b"z", b"S")


def _other_letter(draw: Draw, user: bytes, password: bytes) -> Pair:
    at = draw.randint(4, 32)
    return user[:at] + draw.choice(_LETTERS) + user[at + 1 :], password


_MISSHAPEN: dict[str, Wrong] = {
    "one-short": lambda draw, u, p: (draw.without_one(u, 3), p),
    "one-long": lambda draw, u, p: (draw.with_one_twice(u, 3), p),
    "cut": lambda draw, u, p: (draw.cut(u, 8, 32), p),
    "other-letter": _other_letter,
    "lower-prefix": lambda _, u, p: (u[:2].lower() + u[2:], p),
    "mixed-prefix": lambda _, u, p: (u[:1] + u[1:2].lower() + u[2:], p),
    "no-prefix": lambda _, u, p: (u[2:], p),
    "double-prefix": lambda _, u, p: (u[:2] + u, p),
    "twice": lambda _, u, p: (u + u, p),
    "with-dashes": lambda _, u, p: (b"-".join((u[:10], u[10:18], u[18:26], u[26:])), p),
}
_KINDS = (
    *("MG", "VA", "IS", "ZS", "WS", "FW", "KS", "HX", "BU", "GO", "PN", "AP", "CR", "OQ", "OR", "US", "SM"),
    *("MM", "CA", "CF", "RE", "ME", "TK", "RQ"),
)


FORMS: tuple[Form, ...] = (
    *forms("halves-swapped", 16, _SWAPPED, ascii_only=True),
    *forms("half-empty", 8, _EMPTY, ascii_only=True),
    *family(
        "placeholder-value",
        2,
        {f"pair-{i}": partial(_placeholder_pair, pair=pair) for i, pair in enumerate(PAIRS)},
    ),
    *family(
        "placeholder-value",
        2,
        {f"half-{i}": partial(_placeholder_half, text=text) for i, text in enumerate(SINGLE)},
    ),
    *forms(
        "stray-characters",
        8,
        {f"edge-{name}": partial(_stray, what=what) for name, what in _EDGES.items()},
    ),
    *forms(
        "stray-characters",
        6,
        {f"around-{name}": partial(_around, what=_EDGES[name]) for name in ("quote", "apostrophe", "blank")},
    ),
    *forms("stray-characters", 5, _COPIED),
    *forms("sid-misshapen", 10, _MISSHAPEN, ascii_only=True),
    *forms(
        "wrong-kind-of-sid",
        3,
        {kind: lambda draw, _, p, kind=kind: (draw.sid(kind), p) for kind in _KINDS},  # type: ignore[misc] # bound
        ascii_only=True,
    ),
)
