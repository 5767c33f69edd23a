"""What only the rest of the capture tells, and pairs of which the wire tells nothing: section G of the catalogue."""

from functools import partial

from score.corpus import answers
from score.corpus.clients import helper, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import CALLS, MESSAGE, MESSAGES, dated, product
from score.corpus.scene import Refusal, Scene, positive, undecided
from score.corpus.values import basic

_READABLE = Refusal(text=answers.REFUSED, readable="yes")
_WORKED = positive(("worked-then-refused",))
_TWO = positive(("two-secrets-in-use",))
_EITHER = positive(("two-secrets-in-use", "worked-then-refused"), may=("two-secrets-in-use", "worked-then-refused"))


# --- worked-then-refused ----------------------------------------------------------------------------------------------
def _rotated(scene: Scene) -> None:
    """codeforamerica/balance #121: the token was reset and the environment was not."""
    pair = scene.good()
    for _ in range(scene.draw.randint(1, 4)):
        scene.accept(pair, gap=scene.draw.uniform(1, 900))
    for _ in range(scene.draw.randint(1, 3)):
        scene.refuse(pair, _WORKED, _READABLE, gap=scene.draw.uniform(1, 60))


def _rotated_for_all(scene: Scene) -> None:
    """Two processes with the same pair; both are refused from one moment on."""
    pair, scene.har = scene.good(), False
    for address in ("10.0.0.4", "10.0.0.5"):
        scene.accept(pair, address=address)
    for address in ("10.0.0.4", "10.0.0.5"):
        scene.refuse(pair, _WORKED, _READABLE, address=address, gap=30.0)


def _rotated_among_others(scene: Scene) -> None:
    """The same client uses other accounts too, which go on working."""
    pair = scene.good()
    scene.accept(pair)
    other = scene.draw.sid()
    scene.accept(basic(other, scene.draw.hex(32)), account=other)
    scene.refuse(pair, _WORKED, _READABLE)
    scene.accept(basic(other, scene.draw.hex(32)), account=other)


def _rotated_unread(scene: Scene) -> None:
    """Without a text a gate may have closed on a good pair: docs/facts.md 1.2."""
    pair = scene.good()
    scene.accept(pair)
    truth = positive(("worked-then-refused",), "likely")
    scene.refuse(pair, truth, Refusal(text=answers.REFUSED, readable="no"), gap=30.0)


def _recorded_late(scene: Scene) -> None:
    """The success began before the refusal and was recorded after it, because its answer took longer."""
    pair, scene.resource = scene.good(), MESSAGE
    scene.accept(pair, took=0.2)
    scene.accept(pair, took=5.0)
    scene.now -= 4.5
    scene.refuse(pair, _WORKED, _READABLE, gap=0.1, took=0.1)
    scene.reorder(scene.draw.choice(((0, 2, 1), (2, 0, 1))))


# --- two-secrets-in-use -----------------------------------------------------------------------------------------------
def _two_pods(scene: Scene, *, later: bool) -> None:
    """Some processes fail, with other bytes: docs/facts.md 10."""
    scene.har = False
    username = scene.account if scene.draw.chance(0.7) else scene.key
    make = scene.draw.hex if username == scene.account else scene.draw.alnum
    fresh, stale = basic(username, make(32)), basic(username, make(32))
    if not later:
        scene.accept(fresh, address="10.0.0.4")
    for _ in range(scene.draw.randint(1, 2)):
        scene.refuse(stale, _TWO, _READABLE, address="10.0.0.5")
    if later or scene.draw.chance(0.5):
        scene.accept(fresh, address="10.0.0.4")


def _rotation(scene: Scene, *, seen_before: bool) -> None:
    """The old token worked, and the new one does."""
    old, new = basic(scene.account, scene.token), basic(scene.account, scene.draw.hex(32))
    scene.accept(old)
    if seen_before:
        scene.accept(new)
    scene.refuse(old, _EITHER, _READABLE)
    scene.accept(new)


def _mistyped_then_right(scene: Scene) -> None:
    scene.refuse(
        basic(scene.account, scene.token[:-1]),
        positive(
            ("two-secrets-in-use", "token-misshapen"), "likely", may=("two-secrets-in-use",), also=("token-misshapen",)
        ),
        _READABLE,
    )
    scene.accept(basic(scene.account, scene.token))


def _stray_then_right(scene: Scene) -> None:
    scene.client = raw_client(scene.draw)
    truth = positive(("stray-characters",), may=("two-secrets-in-use",))
    scene.refuse(basic(scene.account, scene.token + b"\n"), truth, _READABLE)
    scene.accept(basic(scene.account, scene.token))


# --- pair-refused -----------------------------------------------------------------------------------------------------
_UNKNOWN = positive(("pair-refused",), "likely")
_WEAK = positive(("pair-refused",), "possible")


def _account_pair(scene: Scene) -> None:
    scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)


def _key_pair(scene: Scene) -> None:
    scene.resource = scene.draw.choice((MESSAGE, CALLS, MESSAGES, product(scene.draw)))
    scene.refuse(basic(scene.key, scene.secret), _UNKNOWN, _READABLE)


def _by_library(scene: Scene) -> None:
    scene.client = helper(scene.draw)
    scene.refuse(scene.good(), _UNKNOWN, _READABLE)


def _text_of_another_gate(scene: Scene) -> None:
    """Both texts are reported for an unknown SID of the right form: docs/facts.md 1.1."""
    scene.refuse(basic(scene.account, scene.token), _WEAK, Refusal(text=answers.INVALID_USERNAME, readable="yes"))


def _text_unseen(scene: Scene) -> None:
    """Only X-Twilio-Error-Code is left of the answer."""
    scene.refuse(basic(scene.account, scene.token), _WEAK, Refusal(text=answers.REFUSED, readable="no"))


def _again_and_again(scene: Scene) -> None:
    pair = scene.good()
    for _ in range(scene.draw.randint(2, 5)):
        scene.refuse(pair, _UNKNOWN, _READABLE)


def _upper_case_sid(scene: Scene) -> None:
    """The specs allow A to F: docs/facts.md 2.1."""
    account = b"AC" + scene.draw.hex(32).upper()
    scene.refuse(basic(account, scene.token), _UNKNOWN, _READABLE, account=account)


def _lower_case_scheme(scene: Scene) -> None:
    """RFC 7235 2.1: the scheme is compared without regard to case."""
    scene.client = raw_client(scene.draw)
    value = scene.draw.choice((b"basic", b"BASIC")) + scene.good()[5:]
    scene.refuse(value, _UNKNOWN, _READABLE)


def _others_work(scene: Scene) -> None:
    """The same client's other account works: it says nothing of this pair."""
    other = scene.draw.sid()
    for _ in range(2):
        scene.accept(basic(other, scene.draw.hex(32)), account=other)
    scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)


def _key_works_beside(scene: Scene) -> None:
    """A key of the account works; the Auth Token is refused."""
    scene.accept(basic(scene.key, scene.secret))
    scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)


def _other_key_works(scene: Scene) -> None:
    scene.accept(basic(scene.draw.sid("SK"), scene.draw.alnum(32)))
    scene.refuse(basic(scene.key, scene.secret), _UNKNOWN, _READABLE)


def _other_region_other_secret(scene: Scene) -> None:
    """Auth Tokens belong to a region, so a second one in another region is right: docs/facts.md 3.4."""
    scene.resource = dated(scene.draw)
    scene.accept(basic(scene.account, scene.draw.hex(32)), host="api.dublin.ie1.twilio.com")
    truth = positive(("pair-refused", "two-secrets-in-use", "region-mismatch"), "possible")
    scene.refuse(basic(scene.account, scene.token), truth, _READABLE)


def _exemplary(scene: Scene) -> None:
    """Values that look made up and may be real: their form proves nothing."""
    token = scene.draw.choice((b"0123456789abcdef0123456789abcdef", b"1234567890abcdef1234567890abcdef"))
    scene.refuse(basic(scene.account, token), positive(("pair-refused", "placeholder-value"), "possible"), _READABLE)


def _refused_then_accepted(scene: Scene) -> None:
    """The very same bytes work a moment later: nobody can say why they did not."""
    pair = scene.good()
    scene.refuse(pair, undecided(), _READABLE)
    scene.accept(pair)


def _challenged_and_refused(scene: Scene) -> None:
    """A client that waits to be asked, with a pair that is no good."""
    scene.har = False
    scene.refuse(None, undecided(("no-authorization", "challenge-first-client")), connection="c0", address="127.0.0.1")
    scene.refuse(scene.good(), _UNKNOWN, _READABLE, connection="c0", gap=0.01, address="127.0.0.1")


FORMS: tuple[Form, ...] = (
    *family(
        "worked-then-refused",
        12,
        {
            "rotated": _rotated,
            "rotated-for-all": _rotated_for_all,
            "among-others": _rotated_among_others,
            "recorded-late": _recorded_late,
            "unread": _rotated_unread,
        },
    ),
    *family(
        "two-secrets-in-use",
        11,
        {
            "pods": partial(_two_pods, later=False),
            "pods-later": partial(_two_pods, later=True),
            "rotation": partial(_rotation, seen_before=False),
            "rotation-seen": partial(_rotation, seen_before=True),
            "mistyped": _mistyped_then_right,
        },
    ),
    *family("stray-characters", 8, {"then-right": _stray_then_right}),
    *family(
        "pair-refused",
        14,
        {
            "account": _account_pair,
            "key": _key_pair,
            "library": _by_library,
            "again-and-again": _again_and_again,
            "others-work": _others_work,
        },
    ),
    *family(
        "pair-refused",
        8,
        {
            "other-text": _text_of_another_gate,
            "text-unseen": _text_unseen,
            "upper-case-sid": _upper_case_sid,
            "lower-case-scheme": _lower_case_scheme,
            "key-works-beside": _key_works_beside,
            "other-key-works": _other_key_works,
            "other-region": _other_region_other_secret,
            "exemplary": _exemplary,
            "challenged": _challenged_and_refused,
        },
    ),
    *family("undecidable", 10, {"then-accepted": _refused_then_accepted}),
)
