"""Good credentials of an account that may not: suspended, or closed out of a feature."""

from functools import partial

from score.corpus import answers
from score.corpus.forms import Form, family
from score.corpus.resources import (
    MESSAGE,
    resource,
)
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import basic


# --- account-inactive, feature-gate -----------------------------------------------------------------------------------
def _inactive(scene: Scene, code: int) -> None:
    text = "Account not active" if code == 20005 else "Account is not active"
    status = scene.draw.choice((401, 403) if code == 20005 else (400, 403))
    scene.refuse(scene.good(), positive(("account-inactive",)), Refusal(status=status, code=code, text=text))


def _suspended_by_text(scene: Scene) -> None:
    text = scene.draw.choice(("Account is suspended", "Account not active", "Your account has been suspended"))
    scene.refuse(scene.good(), positive(("account-inactive",)), {"text": text, "readable": "yes"})


def _forbidden(scene: Scene) -> None:
    """20403: suspended or closed, or a right missing; with an account's pair there are no rights to miss."""
    truth = positive(("account-inactive",), "likely")
    scene.refuse(basic(scene.account, scene.token), truth, Refusal(status=403, code=20403, text="Forbidden"))


def _gate(scene: Scene, text: str) -> None:
    scene.refuse(scene.good(), positive(("feature-gate",)), {"text": text, "readable": "yes"})


def _gate_after_success(scene: Scene, text: str) -> None:
    pair, first = scene.good(), resource(scene.draw)
    scene.resource = MESSAGE if first.product == "api" else first
    scene.accept(pair, resource=first)
    scene.refuse(pair, positive(("feature-gate",)), {"text": text, "readable": "yes"})


_UNKNOWN_GATE = "This endpoint is not enabled for your account."


FORMS: tuple[Form, ...] = (
    *family(
        "account-inactive",
        9,
        {
            **{str(code): partial(_inactive, code=code) for code in (20005, 10001, 90010, 21472)},
            "text": _suspended_by_text,
            "20403": _forbidden,
        },
    ),
    *family(
        "feature-gate",
        10,
        {
            name: partial(build, text=text)
            for build, prefix in ((_gate, ""), (_gate_after_success, "after-success-"))
            for name, text in (
                (f"{prefix}trial", answers.TRIAL),
                (f"{prefix}kyc", answers.KYC),
                (f"{prefix}policy", answers.POLICY),
            )
        },
    ),
    *family("feature-gate", 12, {"after-success-unknown": partial(_gate_after_success, text=_UNKNOWN_GATE)}),
)
