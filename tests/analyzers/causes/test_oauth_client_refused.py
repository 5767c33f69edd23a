"""oauth-client-refused: the token endpoint does not accept the client id or the client secret of an OAuth app."""

import pytest

from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import oauth_client_refused
from analyzers.exchange import Exchange, Response
from analyzers.findings import RuledOut, Stands, Unknown, Verdict

CLIENT = b"OQ" + b"a1B2c3D4" * 4
SECRET = b"canary9Secret8Of7An6OAuth5App"


def form(client: bytes = CLIENT) -> bytes:
    return b"grant_type=client_credentials&client_id=" + client + b"&client_secret=" + SECRET


def asked(
    body: bytes | None = None,
    *,
    code: int | None = 322402,
    status: int = 401,
    host: str = "oauth.twilio.com",
    path: bytes = b"/v2/token",
    authorization: bytes | None = None,
    answer: Response | None = None,
) -> Exchange:
    return refused(
        authorization,
        host=host,
        path=path,
        body=form() if body is None else body,
        code=code,
        status=status,
        message="Invalid credentials",
        answer=answer,
    )


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(asked(), Verdict.CONFIRMED, id="invalid-credentials"),
        pytest.param(asked(code=321401), Verdict.CONFIRMED, id="client-invalid"),
        pytest.param(asked(code=321401, status=400), Verdict.CONFIRMED, id="as-400"),
        pytest.param(asked(host="preview-iam.twilio.com", path=b"/v1/token"), Verdict.CONFIRMED, id="former-endpoint"),
        pytest.param(asked(authorization=GOOD), Verdict.CONFIRMED, id="with-a-needless-header"),
        pytest.param(asked(b"\xff\x00"), Verdict.CONFIRMED, id="unreadable-body"),
        pytest.param(asked(code=20003), Verdict.LIKELY, id="20003-there"),
        pytest.param(asked(code=None), Verdict.LIKELY, id="401-without-a-code"),
    ],
)
def test_a_refusal_of_the_token_endpoint(exchange: Exchange, verdict: Verdict) -> None:
    found = oauth_client_refused.check(case_of(exchange))

    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert found.says == "The token endpoint refused the OAuth app's client id or client secret"
    assert (found.settle is None) == (verdict is Verdict.CONFIRMED)


@pytest.mark.parametrize(
    ("client", "kind"),
    [
        pytest.param(SID, "an Account SID", id="account"),
        pytest.param(KEY, "an API key SID", id="key"),
        pytest.param(b"MG" + b"0" * 32, "a Messaging Service SID", id="service"),
    ],
)
def test_another_sid_as_the_client_id_is_named(client: bytes, kind: str) -> None:
    found = oauth_client_refused.check(case_of(asked(form(client))))

    assert isinstance(found, Stands)
    assert found.says.endswith(f"client id: it is {kind}")


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(asked(code=322403, status=400), RuledOut, id="bad-form"),
        pytest.param(asked(code=20429, status=429), RuledOut, id="too-many"),
        pytest.param(refused(GOOD), RuledOut, id="another-endpoint"),
        pytest.param(refused(None), RuledOut, id="another-endpoint-without-header"),
        pytest.param(asked(answer=Response(status=401, headers=())), Unknown, id="not-by-twilio"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[RuledOut] | type[Unknown]) -> None:
    assert isinstance(oauth_client_refused.check(case_of(exchange)), outcome)


@pytest.mark.parametrize("exchange", [asked(), asked(code=20003), asked(form(SID))], ids=["coded", "20003", "sid"])
def test_it_leads_and_shows_nothing_of_the_client(exchange: Exchange) -> None:
    diagnosis = diagnose_all([exchange], b"key")[0].diagnosis

    assert diagnosis is not None
    assert diagnosis.top is not None
    assert diagnosis.top.cause == "oauth-client-refused"
    shown = repr(diagnosis)
    for secret in (SECRET, CLIENT[2:], TOKEN):
        text = secret.decode()
        assert not any(text[at : at + 6] in shown for at in range(len(text) - 5)), "a secret is shown"


def test_a_token_that_was_given_is_no_refusal() -> None:
    assert (
        diagnose_all([accepted(None, host="oauth.twilio.com", path=b"/v2/token", body=form())], b"key")[0].diagnosis
        is None
    )


def test_the_article_fits() -> None:
    for client, kind in ((b"OR" + b"1" * 32, "an organization SID"), (b"US" + b"1" * 32, "a user SID")):
        found = oauth_client_refused.check(case_of(asked(form(client))))
        assert isinstance(found, Stands)
        assert found.says.endswith(f"client id: it is {kind}")


def test_credentials_of_the_app_in_the_header_are_sent_to_the_form() -> None:
    found = oauth_client_refused.check(
        case_of(asked(b"grant_type=client_credentials", authorization=basic(CLIENT, SECRET)))
    )
    assert isinstance(found, Stands)
    assert found.fix[0] == "Put client_id and client_secret into the form body, not into Authorization"


@pytest.mark.parametrize("authorization", [basic(b"", b""), GOOD + b"\n", basic(SID, b"")])
def test_it_leads_over_a_header_that_nobody_reads_there(authorization: bytes) -> None:
    """twilio-ruby and twilio-python send one all the same: docs/facts.md 6.2."""
    diagnosis = diagnose_all([asked(authorization=authorization)], b"key")[0].diagnosis
    assert diagnosis is not None
    assert diagnosis.top is not None
    assert diagnosis.top.cause == "oauth-client-refused"


@pytest.mark.parametrize(
    ("exchange", "evidence"),
    [
        pytest.param(asked(), [("response.body.message", "code 322402")], id="coded"),
        pytest.param(asked(code=20003), [("response.status", "401 from the token endpoint")], id="20003"),
        pytest.param(
            asked(form(SID)),
            [("response.body.message", "code 322402"), ("request.body", "client_id is an Account SID")],
            id="coded-and-another-sid",
        ),
        pytest.param(
            asked(form(KEY), code=None),
            [("response.status", "401 from"), ("request.body", "client_id is an API key SID")],
            id="no-code-and-another-sid",
        ),
    ],
)
def test_evidence_is_the_answer_and_the_wrong_id(exchange: Exchange, evidence: list[tuple[str, str]]) -> None:
    found = oauth_client_refused.check(case_of(exchange))

    assert isinstance(found, Stands)
    for seen, (where, says) in zip(found.evidence, evidence, strict=True):
        assert seen.where == where
        assert seen.says.startswith(says)


@pytest.mark.parametrize("authorization", [None, GOOD, basic(CLIENT[:-1], SECRET)], ids=["none", "account", "short"])
def test_only_the_apps_own_header_is_to_be_moved(authorization: bytes | None) -> None:
    found = oauth_client_refused.check(case_of(asked(authorization=authorization)))

    assert isinstance(found, Stands)
    assert found.fix[0].startswith("Use the client id (OQ...)")
