"""Good form, wrong place: paths, accounts, keys, regions and what an account may do; section E of the catalogue."""

from functools import partial

from score.corpus import answers
from score.corpus.clients import helper, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import (
    CALLS,
    MAIN_KEY_ONLY,
    MESSAGE,
    MESSAGES,
    NUMBERS,
    ORGANIZATIONS,
    PRODUCTS,
    dated,
    product,
)
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import basic, oauth_token

_READABLE = Refusal(text=answers.REFUSED, readable="yes")
_MISSING = Refusal(status=404, code=20404, text="The requested resource was not found")


# --- key-sid-as-account, path-account-missing -------------------------------------------------------------------------
def _key_in_path(scene: Scene, *, kind: str) -> None:
    """docs/facts.md 1.2 and 0: 401 when the pair is refused, 400 when it is good."""
    scene.client = helper(scene.draw, but=("node", "cli"))
    scene.resource = dated(scene.draw)
    invalid = f"AccountSid {scene.key.decode()} is invalid"
    refusal = {
        "refused": Refusal(text=answers.REFUSED),
        "good-21470": Refusal(status=400, code=21470, text=invalid),
        "good-90002": Refusal(status=400, code=90002, text=invalid),
    }[kind]
    truth = positive(("key-sid-as-account",))
    scene.refuse(basic(scene.key, scene.secret), truth, refusal, account=scene.key)


def _key_in_path_with_account_pair(scene: Scene) -> None:
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    truth = positive(("key-sid-as-account",))
    scene.refuse(basic(scene.account, scene.token), truth, account=scene.draw.sid("SK"))


def _bad_account(scene: Scene, account: bytes) -> None:
    """The pair is good; only the path is not."""
    scene.client, scene.resource = raw_client(scene.draw), dated(scene.draw)
    refusal = _MISSING if scene.draw.chance(0.7) else Refusal(text=answers.REFUSED)
    scene.refuse(scene.good(), positive(("path-account-missing",)), refusal, account=account)


def _malformed_account(scene: Scene) -> None:
    draw, right = scene.draw, scene.account
    wrong = draw.choice(
        (
            right[:-1],
            right + b"0",
            right.lower(),
            right + b"%0A",
            b"%20" + right,
            right + b"%20",
            draw.sid(draw.choice(("MG", "VA", "PN", "IS"))),
            right[2:],
        )
    )
    _bad_account(scene, wrong)


# --- account-mismatch, parent-key-on-subaccount -----------------------------------------------------------------------
def _other_account(scene: Scene) -> None:
    scene.resource = dated(scene.draw)
    truth = positive(("account-mismatch",), "likely")
    scene.refuse(basic(scene.account, scene.token), truth, {"text": answers.REFUSED}, account=scene.draw.sid())


def _other_account_and_seen(scene: Scene) -> None:
    """The pair works on its own path, and the path's account works with its own pair."""
    scene.resource, other = dated(scene.draw), scene.draw.sid()
    scene.accept(basic(scene.account, scene.token))
    scene.accept(basic(other, scene.draw.hex(32)), account=other)
    truth = positive(("account-mismatch",))
    scene.refuse(basic(scene.account, scene.token), truth, _READABLE, account=other)


def _main_key_on_subaccount(scene: Scene, *, later: bool = False) -> None:
    """Seen in estuary #4441, twilio-csharp #577."""
    scene.resource, pair = dated(scene.draw), basic(scene.key, scene.secret)
    if not later:
        scene.accept(pair)
    truth = positive(("parent-key-on-subaccount",), "likely")
    scene.refuse(pair, truth, {"text": answers.REFUSED}, account=scene.draw.sid())
    if later:
        scene.accept(pair)


# --- key-lacks-reach, restricted-key-permission, oauth-only-endpoint --------------------------------------------------
def _reach(scene: Scene, *, seen: str) -> None:
    """docs/facts.md 4.2: the usual test of a key fails for a good Standard key."""
    pair = basic(scene.key, scene.secret)
    text = scene.draw.choice((answers.INVALID_USERNAME, answers.REFUSED))
    probe = scene.draw.choice(MAIN_KEY_ONLY)
    elsewhere = dated(scene.draw) if probe.product == "api" else product(scene.draw)
    if seen == "before":
        scene.accept(pair, resource=elsewhere)
    truth = positive(("key-lacks-reach",), "likely" if seen == "never" else "confirmed")
    scene.refuse(pair, truth, {"text": text, "readable": "yes"}, resource=probe)
    if seen == "later":
        scene.accept(pair, resource=elsewhere)


def _permission(scene: Scene, code: int) -> None:
    text = {70051: "Authorization Failed", 70004: "Unauthorized"}[code]
    refusal = Refusal(status=scene.draw.choice((401, 403)), code=code, text=text)
    scene.refuse(basic(scene.key, scene.secret), positive(("restricted-key-permission",), "likely"), refusal)


def _one_product_only(scene: Scene) -> None:
    one, other = scene.draw.sample([each for each in PRODUCTS if each.shape == "classic"], 2)
    while one.product == other.product:
        one, other = scene.draw.sample([each for each in PRODUCTS if each.shape == "classic"], 2)
    pair = basic(scene.key, scene.secret)
    scene.accept(pair, resource=one)
    truth = positive(("restricted-key-permission",), "likely")
    scene.refuse(pair, truth, {"text": answers.REFUSED, "readable": "yes"}, resource=other)


def _organization(scene: Scene) -> None:
    what = scene.draw.choice(ORGANIZATIONS)
    scene.refuse(scene.good(), positive(("oauth-only-endpoint",)), {"text": answers.REFUSED}, resource=what)


# --- test-credentials -------------------------------------------------------------------------------------------------
_FROM = (b"%2B15005550006", b"%2B15005550001", b"%2B15005550007", b"%2B15005550008")


def _test_pair(scene: Scene) -> None:
    scene.resource = scene.draw.choice((NUMBERS, CALLS, MESSAGES, product(scene.draw)))
    scene.refuse(
        basic(scene.account, scene.token),
        positive(("test-credentials",)),
        Refusal(status=403, code=20008, text=answers.TEST_ACCOUNT),
    )


def _magic_number(scene: Scene, *, readable: answers.Readable = "yes") -> None:
    """docs/facts.md 4.4: magic numbers work with the test pair only."""
    scene.resource = MESSAGE
    number = scene.draw.choice(_FROM)
    to = scene.draw.choice((b"%2B15005550009", scene.draw.number()))
    leads = ("test-credentials",) if readable == "yes" else ("test-credentials", "pair-refused")
    truth = positive(leads, "likely" if readable == "yes" else "possible")
    body = b"To=%s&From=%s&Body=hi" % (to, number)
    refusal = Refusal(text=answers.REFUSED, readable=readable)
    scene.refuse(basic(scene.account, scene.token), truth, refusal, body=body)


# --- region-mismatch --------------------------------------------------------------------------------------------------
_REGIONS = ("dublin.ie1.", "sydney.au1.", "")


def _two_regions(scene: Scene, *, later: bool = False, readable: answers.Readable = "yes") -> None:
    """docs/facts.md 3.4: measured on one account in 2026."""
    scene.resource = scene.draw.choice((MESSAGES, CALLS, MESSAGE, product(scene.draw)))
    here, there = scene.draw.sample(_REGIONS, 2)
    pair, name = scene.good(), scene.resource.product
    if not later:
        scene.accept(pair, host=f"{name}.{there}twilio.com")
    truth = positive(("region-mismatch",), "confirmed" if readable == "yes" else "likely")
    refusal = Refusal(text=answers.REFUSED, readable=readable)
    scene.refuse(pair, truth, refusal, host=f"{name}.{here}twilio.com")
    if later:
        scene.accept(pair, host=f"{name}.{there}twilio.com")


def _regional_host(scene: Scene) -> None:
    scene.regional = scene.draw.choice(_REGIONS[:2])
    scene.refuse(scene.good(), positive(("region-mismatch",), "likely"), _READABLE)


def _regional_host_unread(scene: Scene) -> None:
    """Without a text a gate may have refused a good pair just as well: docs/facts.md 1.2."""
    scene.regional = scene.draw.choice(_REGIONS[:2])
    truth = positive(("region-mismatch", "pair-refused"), "possible")
    scene.refuse(scene.good(), truth, Refusal(text=answers.REFUSED, readable="no"))


def _bearer_in_region(scene: Scene) -> None:
    """OAuth apps are us1 only: docs/facts.md 3.4."""
    scene.regional = scene.draw.choice(_REGIONS[:2])
    token = b"Bearer " + oauth_token(scene.draw, scene.now)
    scene.refuse(token, positive(("region-mismatch",), "likely"), {"text": answers.REFUSED})


FORMS: tuple[Form, ...] = (
    *family(
        "key-sid-as-account",
        14,
        {
            "refused": partial(_key_in_path, kind="refused"),
            "good-21470": partial(_key_in_path, kind="good-21470"),
            "good-90002": partial(_key_in_path, kind="good-90002"),
            "account-pair": _key_in_path_with_account_pair,
        },
    ),
    *family(
        "path-account-missing",
        8,
        {
            "empty": partial(_bad_account, account=b""),
            "none": partial(_bad_account, account=b"None"),
            "null": partial(_bad_account, account=b"null"),
            "undefined": partial(_bad_account, account=b"undefined"),
            "template": partial(_bad_account, account=b"%7BAccountSid%7D"),
        },
    ),
    *family("path-account-missing", 30, {"malformed": _malformed_account}),
    *family("account-mismatch", 22, {"alone": _other_account, "seen": _other_account_and_seen}),
    *family(
        "parent-key-on-subaccount",
        18,
        {"seen": _main_key_on_subaccount, "later": partial(_main_key_on_subaccount, later=True)},
    ),
    *family(
        "key-lacks-reach",
        18,
        {seen: partial(_reach, seen=seen) for seen in ("never", "before", "later")},
    ),
    *family(
        "restricted-key-permission",
        14,
        {
            "70051": partial(_permission, code=70051),
            "70004": partial(_permission, code=70004),
            "one-product-only": _one_product_only,
        },
    ),
    *family("oauth-only-endpoint", 36, {"basic": _organization}),
    *family("test-credentials", 20, {"20008": _test_pair, "magic-number": _magic_number}),
    *family("test-credentials", 6, {"magic-number-unread": partial(_magic_number, readable="no")}),
    *family(
        "region-mismatch",
        14,
        {
            "two-regions": _two_regions,
            "later": partial(_two_regions, later=True),
            "regional-host": _regional_host,
            "regional-host-unread": _regional_host_unread,
            "two-regions-unread": partial(_two_regions, readable="no"),
            "bearer": _bearer_in_region,
        },
    ),
)
