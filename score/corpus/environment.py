"""What shows only beside the credentials that the application was meant to send."""

from analyzers.exchange import Headers
from score.corpus import answers
from score.corpus.clients import CHROME, HELPERS, RAW
from score.corpus.forms import Form, family
from score.corpus.resources import Resource, dated
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import access_token, basic
from score.truth import Given

_READABLE = Refusal(text=answers.REFUSED, readable="yes")
_DIFFERS = "differs-from-environment"
_EVENTS = Resource("POST", "eventgw", "/v4/EndpointEvents", "name=connection")


def _know_account(scene: Scene, account: bytes, token: bytes) -> None:
    scene.given = (
        *scene.given,
        Given("ACCOUNT_SID", "TWILIO_ACCOUNT_SID", account),
        Given("AUTH_TOKEN", "TWILIO_AUTH_TOKEN", token),
    )


def _know_key(scene: Scene, key: bytes, secret: bytes) -> None:
    scene.given = (
        *scene.given,
        Given("KEY_SID", "TWILIO_API_KEY", key),
        Given("KEY_SECRET", "TWILIO_API_SECRET", secret),
    )


# --- differs-from-environment -----------------------------------------------------------------------------------------
def _truncated(scene: Scene) -> None:
    """The shell or a form field cut the token."""
    _know_account(scene, scene.account, scene.token)
    truth = positive((_DIFFERS,), also=("token-misshapen",))
    scene.refuse(basic(scene.account, scene.token[: scene.draw.randint(16, 31)]), truth, _READABLE)


def _old_token(scene: Scene) -> None:
    """The process was not started again after the rotation."""
    _know_account(scene, scene.account, scene.token)
    scene.refuse(basic(scene.account, scene.draw.hex(32)), positive((_DIFFERS,)), _READABLE)


def _old_secret(scene: Scene) -> None:
    _know_key(scene, scene.key, scene.secret)
    scene.refuse(basic(scene.key, scene.draw.alnum(32)), positive((_DIFFERS,)), _READABLE)


def _other_profile(scene: Scene) -> None:
    _know_account(scene, scene.draw.sid(), scene.draw.hex(32))
    scene.refuse(basic(scene.account, scene.token), positive((_DIFFERS,)), _READABLE)


def _changed_on_the_way(scene: Scene) -> None:
    """A line feed that the environment does not hold."""
    _know_account(scene, scene.account, scene.token)
    truth = positive(("stray-characters", _DIFFERS))
    scene.refuse(basic(scene.account, scene.token + b" "), truth, _READABLE)


# --- the same, and no fault of it -------------------------------------------------------------------------------------
def _the_same(scene: Scene) -> None:
    _know_account(scene, scene.account, scene.token)
    scene.refuse(basic(scene.account, scene.token), positive(("pair-refused",), "likely"), _READABLE)


def _one_of_two(scene: Scene) -> None:
    """Two pairs are known, and the one on the wire is one of them."""
    _know_account(scene, scene.account, scene.token)
    _know_key(scene, scene.key, scene.secret)
    pair = basic(scene.key, scene.secret) if scene.draw.chance(0.5) else basic(scene.account, scene.token)
    scene.refuse(pair, positive(("pair-refused",), "likely"), _READABLE)


def _works_all_the_same(scene: Scene) -> None:
    """The environment holds another pair; what was sent works."""
    _know_account(scene, scene.draw.sid(), scene.draw.hex(32))
    scene.accept(scene.good())


# --- other causes that the environment proves -------------------------------------------------------------------------
def _netrc(scene: Scene) -> None:
    """A client that takes a .netrc entry of the host: docs/clients.md 8."""
    scene.client = scene.draw.choice((RAW["requests"], RAW["rest-client"], HELPERS["python"]))
    host = scene.host_of(scene.resource)
    _know_account(scene, scene.draw.sid(), scene.draw.hex(32))
    scene.given = (
        *scene.given,
        Given("NETRC_LOGIN", f"login of machine {host}", scene.account, host),
        Given("NETRC_PASSWORD", f"password of machine {host}", scene.token, host),
    )
    truth = positive(("authorization-overridden",), may=(_DIFFERS,))
    scene.refuse(basic(scene.account, scene.token), truth, _READABLE)


def _test_sid(scene: Scene) -> None:
    """The test SID with the live token."""
    test = scene.draw.sid()
    _know_account(scene, scene.account, scene.token)
    scene.given = (*scene.given, Given("TEST_ACCOUNT_SID", "TWILIO_TEST_ACCOUNT_SID", test))
    truth = positive(("test-credentials", _DIFFERS), "likely", may=(_DIFFERS,))
    scene.refuse(basic(test, scene.token), truth, _READABLE, account=test)


def _key_secret_known(scene: Scene) -> None:
    _know_account(scene, scene.account, scene.token)
    _know_key(scene, scene.key, scene.secret)
    truth = positive(("secret-with-account-sid",), may=(_DIFFERS,))
    scene.refuse(basic(scene.account, scene.secret), truth, _READABLE)


def _token_known(scene: Scene) -> None:
    _know_account(scene, scene.account, scene.token)
    _know_key(scene, scene.key, scene.secret)
    truth = positive(("token-with-key-sid",), may=(_DIFFERS,))
    scene.resource = dated(scene.draw)
    scene.refuse(basic(scene.key, scene.token), truth, _READABLE)


def _signed_with_known_token(scene: Scene) -> None:
    _know_account(scene, scene.account, scene.token)
    extra: Headers = (
        (b"X-Twilio-Token", access_token(scene.draw, scene.now, scene.token, sub=scene.account.decode())),
    )
    refusal = Refusal(code=20107, text="Invalid Access Token signature")
    truth = positive(("jwt-signed-with-auth-token",))
    scene.refuse(None, truth, refusal, client=CHROME, resource=_EVENTS, headers=extra)


FORMS: tuple[Form, ...] = (
    *family(
        "differs-from-environment",
        9,
        {
            "truncated": _truncated,
            "old-token": _old_token,
            "old-secret": _old_secret,
            "other-profile": _other_profile,
            "changed": _changed_on_the_way,
        },
    ),
    *family("pair-refused", 8, {"as-given": _the_same, "one-of-two": _one_of_two}),
    *family("authorization-overridden", 10, {"netrc": _netrc}),
    *family("test-credentials", 8, {"test-sid": _test_sid}),
    *family("secret-with-account-sid", 8, {"given": _key_secret_known}),
    *family("token-with-key-sid", 8, {"given": _token_known}),
    *family("jwt-signed-with-auth-token", 8, {"given": _signed_with_known_token}),
    *family("works", 24, {"other-environment": _works_all_the_same}),
)
