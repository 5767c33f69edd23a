"""oauth-only-endpoint: Basic at an Organization or SCIM resource; nothing with "organization" in its name elsewhere."""

from base64 import b64encode
from dataclasses import replace

import pytest
from judging import spots

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import oauth_only_endpoint
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

ORG = b"OR" + SID[2:]
PREVIEW, IAM = "preview-iam.twilio.com", "iam.twilio.com"
SCIM = b"/Organizations/%s/scim/Users" % ORG


def judge(exchange: Exchange, bearing: Bearing | None = None) -> Outcome:
    return oauth_only_endpoint.check(case_of(exchange, bearing or Bearing()))


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last exchange, in order."""
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    assert not diagnosis.crashed
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in diagnosis.findings}


def assert_plain(found: Stands) -> None:
    """One plain sentence for the developer; a verdict that is not sure says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is Verdict.CONFIRMED)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (PREVIEW, SCIM),
        (PREVIEW, SCIM + b"/US123?attributes=id"),
        (PREVIEW, b"/Organizations/%s/Accounts" % ORG),
        (PREVIEW, b"/Organizations/%s/RoleAssignments" % ORG),
        (PREVIEW, b"/Organizations/None/Accounts"),
        (IAM, b"/v2/Organizations"),
        (IAM, b"/v2/Organizations/%s/Roles" % ORG),
        (IAM, b"/scim/v2/Users"),
        ("iam.ashburn.us1.twilio.com", b"/scim/v2/Users/US123"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("authorization", [GOOD, basic(KEY, KEY_SECRET), b"basic" + GOOD[5:]])
def test_basic_is_refused_there(host: str, path: bytes, status: int, authorization: bytes) -> None:
    found = judge(refused(authorization, host=host, path=path, status=status, method="GET"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert "oauth.twilio.com/v2/token" in found.fix[0]
    assert_plain(found)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (IAM, b"/v1/Account/OAuthApps"),
        (IAM, b"/v1/Keys"),
        (IAM, b"/v1/token"),
        (IAM, b"/v2/token"),
        (IAM, b"/v2/OrganizationsX"),
        (IAM, b"/x/scim/v2/Users"),
        (IAM, b"/scim"),
        (PREVIEW, b"/v1/token"),
        (PREVIEW, b"/v1/authorize"),
        ("messaging.twilio.com", b"/v1/Services/MG123/Organizations/OR123"),
        ("messaging.twilio.com", b"/Organizations/%s/Accounts" % ORG),
        ("trusthub.twilio.com", b"/v1/organization"),
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Messages.json?Body=/scim/v2/" % SID),
        ("preview-iam.example.com", SCIM),
        ("api.twilio.com", SCIM),
    ],
)
def test_other_places(host: str, path: bytes) -> None:
    assert isinstance(judge(refused(GOOD, host=host, path=path)), RuledOut)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(b"Bearer a.b.c", RuledOut, id="bearer"),
        pytest.param(b"bearer " + TOKEN, RuledOut, id="bearer-that-is-none"),
        pytest.param(b'"Bearer a.b.c"', RuledOut, id="quoted-bearer"),
        pytest.param(b"Token " + TOKEN, Unknown, id="another-scheme"),
        pytest.param(b"", Unknown, id="empty"),
        pytest.param(TOKEN, Unknown, id="a-bare-secret"),
    ],
)
def test_other_schemes(authorization: bytes, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization, host=PREVIEW, path=SCIM)), outcome)


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(b"Basic Basic " + GOOD[6:], id="doubled-scheme"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, id="not-encoded"),
        pytest.param(b64encode(SID + b":" + TOKEN), id="no-scheme"),
        pytest.param(basic(TOKEN, SID), id="swapped"),
    ],
)
def test_faulty_basic_is_basic(authorization: bytes) -> None:
    found = judge(refused(authorization, host=PREVIEW, path=SCIM))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD, host=IAM, path=b"/v1/Organizations/ManagedUsers"), id="undocumented"),
        pytest.param(
            refused(GOOD, host=IAM, path=b"/v1/Organization/OAuthApps/OQ1/secret"), id="undocumented-singular"
        ),
        pytest.param(refused(GOOD, host=PREVIEW, path=SCIM, answer=Response(status=403, headers=())), id="not-twilio"),
        pytest.param(replace(refused(GOOD, host=PREVIEW, path=SCIM), response=None), id="no-answer"),
        pytest.param(refused(GOOD, host=PREVIEW, path=SCIM, status=404, code=20404, message="x"), id="not-found"),
    ],
)
def test_likely_where_something_is_missing(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


def test_a_scim_error_body_names_twilio() -> None:
    body = b'{"schemas":["urn:x"],"detail":"x","status":"401","code":20003,"moreInfo":"https://www.twilio.com/docs/errors/1"}'
    found = judge(refused(GOOD, host=PREVIEW, path=SCIM, answer=Response(status=401, headers=(), body=body)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("fidelity", "outcome"), [(Fidelity.FULL, Stands), (Fidelity.DOUBTFUL, Stands), (Fidelity.SANITIZED, Unknown)]
)
def test_without_a_header_it_is_only_possible(fidelity: Fidelity, outcome: type[Outcome]) -> None:
    found = judge(refused(None, host=PREVIEW, path=SCIM, fidelity=fidelity))
    assert isinstance(found, outcome)
    if isinstance(found, Stands):
        assert found.verdict is Verdict.POSSIBLE
        assert_plain(found)


def test_credentials_that_were_read_are_not_blamed() -> None:
    accepted_there = Bearing(pair_accepted=0)
    assert isinstance(judge(refused(GOOD, host=PREVIEW, path=SCIM), accepted_there), RuledOut)
    assert isinstance(judge(refused(GOOD, host=IAM, path=b"/scim/v2/Users"), accepted_there), Stands)
    gated = refused(GOOD, host=PREVIEW, path=SCIM, message="Policy evaluation failed")
    assert isinstance(judge(gated), RuledOut)


def test_leads_and_the_secret_is_not_blamed() -> None:
    found = standing(refused(GOOD, host=PREVIEW, path=SCIM, method="GET"))
    assert next(iter(found)) == "oauth-only-endpoint"
    assert found.get("pair-refused", ("possible", "oauth-only-endpoint")) == ("possible", "oauth-only-endpoint")


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(basic(SID, TOKEN + b"\n"), id="stray-character"),
        pytest.param(basic(TOKEN, SID), id="swapped"),
        pytest.param(GOOD[:66] + b"\n" + GOOD[66:], id="broken-into-lines"),
        pytest.param(basic(b"OQ" + b"a1B2c3D4" * 4, KEY_SECRET), id="the-app-itself"),
    ],
)
def test_it_leads_over_faults_of_credentials_that_are_of_no_use_there(authorization: bytes) -> None:
    found = standing(refused(authorization, host=PREVIEW, path=SCIM, method="GET"))
    assert next(iter(found)) == "oauth-only-endpoint"
    assert len([cause for cause, (verdict, _) in found.items() if verdict == "confirmed"]) > 1


def test_evidence_is_path_and_scheme() -> None:
    assert spots(judge(refused(GOOD, host=PREVIEW, path=SCIM))) == [
        ("request.target", None, None),
        ("authorization", None, None),
    ]
    assert spots(judge(refused(None, host=PREVIEW, path=SCIM))) == [("request.target", None, None)]


def test_what_was_accepted_is_ruled_out_for_that() -> None:
    found = judge(refused(GOOD, host=PREVIEW, path=SCIM), Bearing(pair_accepted=0))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
