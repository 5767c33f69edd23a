"""Near misses of a history: what came before looks like the reason, and is none, or none that is proven."""

import json
from functools import partial

from analyzers.exchange import Headers, Response
from score.corpus import answers
from score.corpus.clients import RAW, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import CALLS, MESSAGE, MESSAGES, Resource, dated
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import Json, basic, oauth_token

_READABLE = Refusal(text=answers.REFUSED, readable="yes")
_GONE = ("no-authorization",)
_UNKNOWN = positive(("pair-refused",), "likely")


# --- near worked-then-refused and two-secrets-in-use ------------------------------------------------------------------
def _worked_without_need(scene: Scene) -> None:
    """GET /2010-04-01 is answered to everybody, so its 200 proves no pair: docs/facts.md 1.3."""
    pair = basic(scene.account, scene.token)
    scene.accept(pair, resource=Resource("GET", "api", "/2010-04-01", shape="xml"))
    scene.resource = dated(scene.draw)
    scene.refuse(pair, _UNKNOWN, _READABLE)


def _worked_elsewhere(scene: Scene) -> None:
    """A mock of the application's own took the same pair."""
    pair = basic(scene.account, scene.token)
    request = scene.request(pair, host="twilio-mock.internal.example")
    scene.add(request, answers.foreign(scene.now, 200, ((b"Server", b"uvicorn"),), b"{}"))
    scene.refuse(pair, _UNKNOWN, _READABLE)


def _portal(scene: Scene) -> None:
    """A captive portal answered 200 in Twilio's place: that proves no pair."""
    pair = basic(scene.account, scene.token)
    page = answers.page("Welcome to the airport")
    headers: Headers = ((b"Server", b"portal"), (b"Content-Type", b"text/html"))
    scene.add(scene.request(pair), answers.foreign(scene.now, 200, headers, page))
    scene.refuse(pair, positive(("pair-refused", "worked-then-refused"), "possible"), _READABLE, gap=60.0)


def _rival_undecided(scene: Scene, status: int, code: int) -> None:
    """Another secret of the same SID was answered, but not with a success."""
    other = basic(scene.account, scene.draw.hex(32))
    scene.refuse(other, None, Refusal(status=status, code=code, text="Too Many Requests"))
    scene.refuse(basic(scene.account, scene.token), _UNKNOWN, _READABLE)


def _worked_for_another_right(scene: Scene) -> None:
    """A key that read calls and may not send messages: a Restricted key, or one that was deleted since."""
    scene.accept(basic(scene.key, scene.secret), resource=CALLS)
    truth = positive(("worked-then-refused", "restricted-key-permission"), "possible")
    scene.refuse(basic(scene.key, scene.secret), truth, _READABLE, resource=MESSAGE)


def _one_subaccount_of_two(scene: Scene) -> None:
    """The pair works on one subaccount; the other account may be anybody's."""
    scene.resource, pair = dated(scene.draw), basic(scene.account, scene.token)
    scene.accept(pair, account=scene.draw.sid())
    scene.refuse(pair, positive(("account-mismatch",), "likely"), _READABLE, account=scene.draw.sid())


def _worked_on_us1(scene: Scene) -> None:
    """Two names of one region: no mismatch."""
    scene.resource, pair = dated(scene.draw), scene.good()
    scene.accept(pair, host="api.us1.twilio.com")
    scene.refuse(pair, positive(("pair-refused", "worked-then-refused"), "possible"), _READABLE, host="api.twilio.com")


# --- near stripped-on-redirect and challenge-first-client -------------------------------------------------------------
def _followed_already(scene: Scene) -> None:
    """The redirect was followed, with the header; what comes without it is another request of the same kind."""
    scene.client, scene.resource = RAW["requests"], scene.draw.choice((CALLS, MESSAGES))
    pair = scene.good()
    request = scene.request(pair, scheme="http")
    location = b"https://api.twilio.com" + request.target
    scene.add(request, answers.redirect(scene.draw, scene.now, 301, location), connection="c0", took=0.02)
    scene.accept(pair, target=request.target, gap=0.01)
    truth = positive(("no-authorization", "stripped-on-redirect"), "likely", may=_GONE)
    scene.refuse(None, truth, target=request.target, gap=1.5)


def _recorded_backwards(scene: Scene) -> None:
    """The clock says what came first, not the place in the recording."""
    scene.client, scene.resource = (
        RAW[scene.draw.choice(("curl", "axios", "aiohttp"))],
        scene.draw.choice((CALLS, MESSAGES)),
    )
    request = scene.request(scene.good(), scheme="http")
    location = b"https://api.twilio.com" + request.target
    scene.add(request, answers.redirect(scene.draw, scene.now, 301, location), connection="c0", took=0.02)
    truth = positive(("stripped-on-redirect",), may=_GONE)
    scene.refuse(None, truth, target=request.target, gap=0.01)
    scene.reorder((1, 0))


def _somebody_else_answered(scene: Scene, *, later: bool) -> None:
    """The same request with credentials, by another client or long after: no answer to a challenge."""
    scene.har, scene.client, scene.resource = False, raw_client(scene.draw), CALLS
    first = scene.refuse(None, positive(_GONE), address="10.0.0.4")
    client = scene.client if later else RAW["postman"]
    address = "10.0.0.4" if later else "10.0.0.99"
    gap = 900.0 if later else 1.0
    scene.accept(scene.good(), target=first.request.target, client=client, address=address, gap=gap)


# --- near the causes of accounts --------------------------------------------------------------------------------------
def _account_resource(scene: Scene, owner: bytes, status: str) -> None:
    """The Account resource, read by its own pair."""
    what = Resource("GET", "api", "/2010-04-01/Accounts/{account}.json")
    request = scene.request(basic(scene.account, scene.token), resource=what)
    value: Json = {"sid": scene.account.decode(), "owner_account_sid": owner.decode(), "status": status}
    body = json.dumps(value).encode()
    head = answers.head(scene.draw, scene.now, b"application/json", body, request.host, "2026")
    scene.add(request, Response(status=200, headers=head, body=body))


def _parent_with_stale_token(scene: Scene) -> None:
    """The account in the path is known to be a subaccount of the one that logs in: only its token can be wrong."""
    parent = scene.draw.sid()
    scene.resource = dated(scene.draw)
    _account_resource(scene, parent, "active")
    scene.refuse(basic(parent, scene.draw.hex(32)), _UNKNOWN, _READABLE)


def _known_to_be_suspended(scene: Scene) -> None:
    """The account's own resource said so a moment ago; the answer to the pair says nothing."""
    scene.resource = dated(scene.draw)
    _account_resource(scene, scene.account, "suspended")
    leads = ("account-inactive", "worked-then-refused", "pair-refused")
    truth = positive(leads, "possible", may=("account-inactive", "worked-then-refused"))
    scene.refuse(basic(scene.account, scene.token), truth, _READABLE)


def _gate_for_bearer(scene: Scene) -> None:
    """A gate closes on tokens too."""
    token = b"Bearer " + oauth_token(scene.draw, scene.now)
    scene.refuse(token, positive(("feature-gate",)), Refusal(text=answers.KYC, readable="yes"))


FORMS: tuple[Form, ...] = (
    *family(
        "pair-refused",
        7,
        {
            "worked-without-need": _worked_without_need,
            "worked-elsewhere": _worked_elsewhere,
            "portal": _portal,
            "rival-429": partial(_rival_undecided, status=429, code=20429),
            "rival-500": partial(_rival_undecided, status=500, code=20500),
            "worked-on-us1": _worked_on_us1,
            "parent-with-stale-token": _parent_with_stale_token,
        },
    ),
    *family("restricted-key-permission", 8, {"another-right": _worked_for_another_right}),
    *family("account-mismatch", 8, {"one-of-two": _one_subaccount_of_two}),
    *family("account-inactive", 8, {"status-seen": _known_to_be_suspended}),
    *family("feature-gate", 8, {"bearer": _gate_for_bearer}),
    *family("stripped-on-redirect", 8, {"recorded-backwards": _recorded_backwards}),
    *family(
        "no-authorization",
        8,
        {
            "followed-already": _followed_already,
            "answered-by-another": partial(_somebody_else_answered, later=False),
            "answered-long-after": partial(_somebody_else_answered, later=True),
        },
    ),
)
