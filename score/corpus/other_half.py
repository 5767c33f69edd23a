"""Faults of the secret, and values that belong to somebody or something else."""

from collections.abc import Callable
from functools import partial

from score.corpus.clients import helper, odd_client
from score.corpus.forms import Form, family
from score.corpus.halves import PATH, Pair, Wrong, forms, send
from score.corpus.resources import dated
from score.corpus.scene import Scene, positive
from score.corpus.values import Draw, basic


# --- the secret -------------------------------------------------------------------------------------------------------
def _one_odd(draw: Draw, user: bytes, password: bytes) -> Pair:
    at = draw.randint(3, 28)
    return user, password[:at] + draw.choice((b"-", b"_", b"+", b"/", b"#", b"!", b"=")) + password[at + 1 :]


_TOKEN: dict[str, Wrong] = {
    "one-short": lambda draw, u, p: (u, draw.without_one(p, 1)),
    "one-long": lambda draw, u, p: (u, p + draw.hex(1)),
    "cut": lambda draw, u, p: (u, draw.cut(p, 6, 30)),
    "twice": lambda _, u, p: (u, p + p),
    "too-long": lambda draw, u, _: (u, draw.hex(40)),
    "sixty-four": lambda draw, u, _: (u, draw.alnum(64)),
    "odd-character": _one_odd,
    "password-of-a-person": lambda draw, u, _: (u, draw.choice((b"Summer2026!", b"Tr0ub4dor&3", b"P@ssw0rd-27"))),
    "uuid": lambda draw, u, _: (u, b"-".join(draw.hex(n) for n in (8, 4, 4, 4, 12))),
}
_SID_AS_PASSWORD: dict[str, Wrong] = {
    "the-same": lambda _, u, __: (u, u),
    "key-sid": lambda draw, _, __: (draw.sid("AC"), draw.sid("SK")),
    "account-sid": lambda draw, _, __: (draw.sid("SK"), draw.sid("AC")),
    "service-sid": lambda draw, u, _: (u, draw.sid(draw.choice(("MG", "VA", "IS", "PN")))),
}

# Forms of other services' secrets: docs/facts.md 2.3.
_FOREIGN: dict[str, Callable[[Draw], bytes]] = {
    "openai": lambda draw: b"sk-" + draw.alnum(20) + b"T3BlbkFJ" + draw.alnum(20),
    "openai-project": lambda draw: b"sk-proj-" + draw.alnum(74) + b"T3BlbkFJ" + draw.alnum(74),
    "anthropic": lambda draw: b"sk-ant-api03-" + draw.alnum(93) + b"AA",
    "google": lambda draw: b"AIzaSy" + draw.alnum(33),
    "github": lambda draw: b"ghp_" + draw.alnum(36),
    "slack": lambda draw: (
        b"xoxb-%d-%d-%s" % (draw.randrange(10**11, 10**12), draw.randrange(10**12, 10**13), draw.alnum(24))
    ),
    "aws": lambda draw: b"AKIA" + "".join(draw.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)).encode(),
    "sendgrid": lambda draw: b"SG." + draw.alnum(22) + b"." + draw.alnum(43),
}
# Only the prefix is theirs: cut in copying, or of a service that took the prefix over.
_FOREIGN_PREFIX: dict[str, Callable[[Draw], bytes]] = {
    "sk": lambda draw: b"sk-" + draw.alnum(45),
    "sk-hex": lambda draw: b"sk-" + draw.hex(32),
    "anthropic-cut": lambda draw: b"sk-ant-api03-" + draw.alnum(40),
    "slack-cut": lambda draw: b"xoxb-%d-%s" % (draw.randrange(10**11, 10**12), draw.alnum(6)),
}


def _foreign(scene: Scene, make: Callable[[Draw], bytes], *, user: bool, least: str = "confirmed") -> None:
    scene.client = odd_client(scene.draw)
    username, password = scene.pair()
    foreign = make(scene.draw)
    username, password = (foreign, password) if user else (username, foreign)
    truth = positive(("foreign-secret",), least, may=("foreign-secret", "username-not-a-sid", *PATH))
    send(scene, username, password, truth, copied=user and scene.client.helper)


def _mail(draw: Draw) -> bytes:
    return draw.choice((b"ops", b"jane.doe", b"admin", b"billing")) + b"@" + draw.choice((b"acme.example", b"shop.co"))


_NAMES = (
    b"twilio",
    b"admin",
    b"alerts-service",
    b"production",
    b"acme",
    b"sms-gateway",
    b"+12125550143",
    b"root",
    b"Main Account",
    b"whatsapp",
    b"1029384756",
    b"notify_bot",
)


def _named(scene: Scene, name: bytes) -> None:
    scene.client = odd_client(scene.draw)
    truth = positive(("username-not-a-sid",), may=PATH)
    send(scene, name, scene.draw.choice((scene.token, scene.secret)), truth, copied=scene.client.helper)


# --- secret-with-account-sid, token-with-key-sid ----------------------------------------------------------------------
def _mixed(scene: Scene, *, key: bool) -> None:
    user, password = (scene.key, scene.token) if key else (scene.account, scene.secret)
    slug = "token-with-key-sid" if key else "secret-with-account-sid"
    scene.refuse(basic(user, password), positive((slug,), "likely"))


def _mixed_and_seen(scene: Scene, *, key: bool, later: bool) -> None:
    """The same secret is accepted with the other kind of SID in this capture."""
    if key:
        good, bad, slug = (scene.account, scene.token), (scene.key, scene.token), "token-with-key-sid"
    else:
        good, bad, slug = (scene.key, scene.secret), (scene.account, scene.secret), "secret-with-account-sid"
    if not later:
        scene.accept(basic(*good))
    scene.refuse(basic(*bad), positive((slug,)))
    if later:
        scene.accept(basic(*good))


def _key_as_account_of_library(scene: Scene) -> None:
    """A key secret with the Account SID in a library: docs/facts.md 2.1."""
    scene.client, scene.resource = helper(scene.draw), dated(scene.draw)
    _mixed(scene, key=False)


FORMS: tuple[Form, ...] = (
    *forms("token-misshapen", 8, _TOKEN, least="likely"),
    *forms("sid-as-password", 10, _SID_AS_PASSWORD, ascii_only=True),
    *family(
        "foreign-secret",
        4,
        {
            **{f"{name}-secret": partial(_foreign, make=make, user=False) for name, make in _FOREIGN.items()},
            **{f"{name}-username": partial(_foreign, make=make, user=True) for name, make in _FOREIGN.items()},
        },
    ),
    *family(
        "foreign-secret",
        4,
        {
            f"{name}-secret": partial(_foreign, make=make, user=False, least="likely")
            for name, make in _FOREIGN_PREFIX.items()
        },
    ),
    *family("foreign-secret", 12, {"mail-username": partial(_foreign, make=_mail, user=True)}),
    *family("username-not-a-sid", 4, {f"name-{i}": partial(_named, name=name) for i, name in enumerate(_NAMES)}),
    *family(
        "secret-with-account-sid",
        12,
        {
            "alone": partial(_mixed, key=False),
            "library": _key_as_account_of_library,
            "seen-before": partial(_mixed_and_seen, key=False, later=False),
            "seen-later": partial(_mixed_and_seen, key=False, later=True),
        },
    ),
    *family(
        "token-with-key-sid",
        14,
        {
            "alone": partial(_mixed, key=True),
            "seen-before": partial(_mixed_and_seen, key=True, later=False),
            "seen-later": partial(_mixed_and_seen, key=True, later=True),
        },
    ),
)
