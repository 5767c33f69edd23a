"""foreign-secret: forms of other services in either half or after Bearer; never what Twilio may have issued."""

from base64 import b64encode
from dataclasses import replace

import pytest

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import foreign_secret
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import AUTHORIZATION, PASSWORD, USERNAME, Outcome, RuledOut, Stands, Unknown, Verdict

SENDGRID = b"SG." + b"q7" * 11 + b"." + b"z-" * 21 + b"W"
STRIPE = b"sk_live_" + b"q7" * 12
SLACK = b"xoxb-123456789012-123456789012-" + b"qZ7" * 8
HALF_A_KEY = b"ghp_q7w8e9r0t1y2u3i4o5p6"
MAIL = b"jane.doe@example.com"


def judge(exchange: Exchange, bearing: Bearing | None = None) -> Outcome:
    return foreign_secret.check(case_of(exchange, bearing or Bearing()))


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
    ("authorization", "where", "vendor"),
    [
        pytest.param(basic(SID, SENDGRID), PASSWORD, "SendGrid", id="password"),
        pytest.param(basic(SENDGRID, TOKEN), USERNAME, "SendGrid", id="username"),
        pytest.param(basic(STRIPE, b""), USERNAME, "Stripe", id="as-stripe-wants-it"),
        pytest.param(basic(b"api", b"key-" + b"0f" * 16), PASSWORD, "Mailgun", id="as-mailgun-wants-it"),
        pytest.param(basic(b"AKIA" + b"ABCD2345" * 2, b"x" * 40), USERNAME, "AWS", id="aws"),
        pytest.param(basic(SID, STRIPE + b"\n"), PASSWORD, "Stripe", id="with-a-stray"),
        pytest.param(basic(b'"' + STRIPE + b'"', TOKEN), USERNAME, "Stripe", id="quoted"),
        pytest.param(b"Bearer " + SENDGRID, AUTHORIZATION, "SendGrid", id="after-bearer"),
        pytest.param(b"Bearer " + SLACK, AUTHORIZATION, "Slack", id="slack-after-bearer"),
        pytest.param(SENDGRID, AUTHORIZATION, "SendGrid", id="without-a-scheme"),
        pytest.param(b"Basic " + b64encode(STRIPE), AUTHORIZATION, "Stripe", id="without-a-colon"),
        pytest.param(b"Token " + STRIPE, AUTHORIZATION, "Stripe", id="another-scheme"),
    ],
)
def test_whole_forms_are_proven(authorization: bytes, where: str, vendor: str) -> None:
    found = judge(refused(authorization))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert f"a credential of {vendor}, not of Twilio" in found.says
    assert found.evidence[0].where == where
    assert_plain(found)


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(basic(SID, HALF_A_KEY), id="prefix-alone"),
        pytest.param(basic(b"sk-" + b"0f" * 16, TOKEN), id="a-prefix-that-several-share"),
        pytest.param(b"Bearer " + HALF_A_KEY, id="prefix-after-bearer"),
        pytest.param(b"Basic " + SID + b":" + STRIPE, id="not-encoded"),
    ],
)
def test_likely_where_something_is_in_doubt(authorization: bytes) -> None:
    found = judge(refused(authorization))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "verdict"),
    [
        pytest.param(MAIL, Verdict.CONFIRMED, id="mail"),
        pytest.param(MAIL + b"\n", Verdict.CONFIRMED, id="with-a-stray"),
        pytest.param(b"jane.doe%40example.com", Verdict.CONFIRMED, id="percent-encoded"),
    ],
)
def test_a_mail_address_is_no_sid(username: bytes, verdict: Verdict) -> None:
    found = judge(refused(basic(username, TOKEN)))
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert "an e-mail address" in found.says
    assert found.evidence[0].where == USERNAME
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(GOOD, RuledOut, id="good"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="good-key"),
        pytest.param(basic(b"sk" + SID[2:], TOKEN), RuledOut, id="lower-case-sk"),
        pytest.param(basic(b"SK-" + SID[2:], TOKEN), RuledOut, id="sk-with-a-hyphen"),
        pytest.param(basic(b"Sk" + SID[2:-1], TOKEN), RuledOut, id="short-sk"),
        pytest.param(basic(SID, b"EAA" + KEY_SECRET[3:]), RuledOut, id="secret-that-begins-like-one"),
        pytest.param(basic(SID, b"AIza" + KEY_SECRET[4:]), RuledOut, id="another"),
        pytest.param(basic(SID, MAIL), RuledOut, id="mail-as-password"),
        pytest.param(basic(SID + b"@api.twilio.com", TOKEN), RuledOut, id="sid-with-a-host"),
        pytest.param(basic(b"billing", TOKEN), RuledOut, id="name"),
        pytest.param(basic(b"sk-production", TOKEN), RuledOut, id="name-with-a-prefix"),
        pytest.param(basic(b"your_account_sid", b"${SENDGRID_API_KEY}"), RuledOut, id="placeholder"),
        pytest.param(basic(b"", b""), RuledOut, id="empty"),
        pytest.param(b"Bearer a.b.c", RuledOut, id="bearer"),
        pytest.param(None, RuledOut, id="no-header"),
        pytest.param(b"", Unknown, id="empty-value"),
        pytest.param(b"Basic " + bytes(range(128, 255)) * 30, Unknown, id="bytes"),
        pytest.param(b"Bearer " + STRIPE + b"q7" * 100000, RuledOut, id="much-too-long"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


@pytest.mark.parametrize("fidelity", [Fidelity.DOUBTFUL, Fidelity.SANITIZED])
def test_a_header_that_was_left_out_shows_nothing(fidelity: Fidelity) -> None:
    assert isinstance(judge(refused(None, fidelity=fidelity)), Unknown)


def test_a_mail_address_that_was_not_encoded_is_likely() -> None:
    found = judge(refused(b"Basic " + MAIL + b":" + TOKEN))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


@pytest.mark.parametrize("pair", [(HALF_A_KEY, STRIPE), (STRIPE, HALF_A_KEY)])
def test_the_surer_of_two_is_told(pair: tuple[bytes, bytes]) -> None:
    found = judge(refused(basic(*pair)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert "Stripe" in found.says


@pytest.mark.parametrize(
    ("authorization", "place"),
    [
        (basic(SID, b" " + STRIPE + b"\n"), (1, 1 + len(STRIPE))),
        (basic(MAIL + b" ", TOKEN), (0, len(MAIL))),
        (b"Bearer " + SLACK, (None, None)),
    ],
)
def test_the_place_of_the_value(authorization: bytes, place: tuple[int | None, int | None]) -> None:
    found = judge(refused(authorization))
    assert isinstance(found, Stands)
    assert (found.evidence[0].start, found.evidence[0].end) == place


SQUID = Response(status=403, headers=((b"Server", b"squid"),))
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("options", "half", "token"),
    [
        pytest.param({}, CONFIRMED, CONFIRMED, id="refused-by-twilio"),
        pytest.param({"answer": SQUID}, LIKELY, LIKELY, id="by-squid"),
        pytest.param({"answer": Response(status=407, headers=())}, LIKELY, POSSIBLE, id="a-proxy-asks"),
        pytest.param({"status": 404, "code": 20404, "message": "not found"}, CONFIRMED, POSSIBLE, id="not-found"),
        pytest.param({"code": 70051, "message": "Authorization Failed"}, LIKELY, LIKELY, id="another-code"),
        pytest.param({"extra": ((b"Authorization", GOOD),)}, LIKELY, LIKELY, id="another-header-beside-it"),
    ],
)
def test_how_sure_it_is_depends_on_the_answer(options: dict[str, object], half: Verdict, token: Verdict) -> None:
    values = ((basic(MAIL, TOKEN), half), (basic(SID, STRIPE), half), (b"Bearer " + SENDGRID, token))
    for value, expected in values:
        found = judge(refused(value, **options))  # type: ignore[arg-type] # the options are those of `refused`
        assert isinstance(found, Stands)
        assert found.verdict is expected
        assert_plain(found)


def test_without_an_answer_nobody_has_refused_it() -> None:
    half = judge(replace(refused(basic(MAIL, TOKEN)), response=None))
    assert isinstance(half, Stands)
    assert half.verdict is LIKELY
    assert isinstance(judge(replace(refused(b"Bearer " + SENDGRID), response=None)), Unknown)


def test_a_token_behind_a_gate_was_read() -> None:
    found = judge(refused(b"Bearer " + SENDGRID, message="Policy evaluation failed"))
    assert isinstance(found, RuledOut)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Bearer " + SENDGRID, Verdict.LIKELY, id="perhaps-the-gateway's"),
        pytest.param(basic(MAIL, b"hunter2-hunter2"), Verdict.LIKELY, id="perhaps-a-login-there"),
        pytest.param(basic(SID, SENDGRID), Verdict.CONFIRMED, id="with-a-sid-it-is-for-twilio"),
    ],
)
def test_what_a_gateway_gets_may_be_meant_for_it(value: bytes, expected: Verdict) -> None:
    found = judge(refused(value, host="gateway.example"))
    assert isinstance(found, Stands)
    assert found.verdict is expected


def test_what_was_accepted_or_read_is_never_blamed() -> None:
    value = basic(SID, STRIPE)
    assert isinstance(judge(refused(value), Bearing(pair_accepted=0)), RuledOut)
    assert isinstance(judge(refused(value, message="Policy evaluation failed")), RuledOut)
    assert "foreign-secret" not in standing(accepted(value), refused(value, at=2.0))


def test_the_key_of_sendgrid_is_sent_home() -> None:
    found = judge(refused(basic(SID, SENDGRID)))
    assert isinstance(found, Stands)
    assert any("https://api.sendgrid.com" in step for step in found.fix)


@pytest.mark.parametrize(
    ("exchange", "nested"),
    [
        pytest.param(refused(basic(MAIL, TOKEN)), {"username-not-a-sid"}, id="mail"),
        pytest.param(
            refused(basic(MAIL, TOKEN), path=MESSAGES % MAIL),
            {"username-not-a-sid", "path-account-missing"},
            id="mail-in-the-path-too",
        ),
        pytest.param(refused(basic(STRIPE, b"")), {"username-not-a-sid", "half-empty"}, id="as-stripe-wants-it"),
        pytest.param(refused(b"Bearer " + SLACK), {"bearer-malformed"}, id="after-bearer"),
        pytest.param(refused(basic(b"sk-" + b"0f" * 16, TOKEN)), {"username-not-a-sid"}, id="shared-prefix"),
        pytest.param(refused(basic(SID, STRIPE)), set(), id="password"),
    ],
)
def test_leads_and_its_consequences_are_nested(exchange: Exchange, nested: set[str]) -> None:
    found = standing(exchange)
    assert next(iter(found)) == "foreign-secret"
    assert {cause for cause, (_, parent) in found.items() if parent == "foreign-secret"} - {"pair-refused"} == nested
    assert "token-misshapen" not in found
    assert "sid-misshapen" not in found


def test_both_causes_say_the_same_of_a_mail_address() -> None:
    diagnosis = diagnose_all([refused(basic(MAIL, TOKEN))], b"key")[0].diagnosis
    assert diagnosis is not None
    says = {finding.cause: finding.says for finding in diagnosis.findings}
    assert "an e-mail address" in says["foreign-secret"]
    assert "an e-mail address" in says["username-not-a-sid"]


@pytest.mark.parametrize("secret", [SENDGRID, STRIPE, SLACK, HALF_A_KEY, MAIL], ids=range(5))
@pytest.mark.parametrize(
    "form", [lambda s: basic(s, TOKEN), lambda s: basic(SID, s), lambda s: b"Bearer " + s, lambda s: s]
)
def test_no_value_is_shown(secret: bytes, form: object) -> None:
    assert callable(form)
    diagnosis = diagnose_all([refused(form(secret))], b"key")[0].diagnosis
    shown = repr(diagnosis)
    body = secret.removeprefix(b"SG.").removeprefix(b"sk_live_").removeprefix(b"xoxb-").removeprefix(b"ghp_").decode()
    leaked = [at for at in range(len(body) - 4) if body[at : at + 5] in shown]
    assert not leaked, f"shown at {leaked[:3]}"


@pytest.mark.parametrize(
    ("authorization", "says", "seen"),
    [
        pytest.param(
            basic(STRIPE, TOKEN),
            "The username is a credential of Stripe",
            "32 printable characters, the form of",
            id="username",
        ),
        pytest.param(
            basic(SID, STRIPE),
            "The password is a credential of Stripe",
            "32 printable characters, the form of",
            id="password",
        ),
        pytest.param(
            basic(SID, HALF_A_KEY),
            "The password begins like a credential of GitHub",
            "the prefix of GitHub",
            id="prefix",
        ),
        pytest.param(
            b"Bearer " + SENDGRID,
            "The value after Bearer is a credential of SendGrid",
            "the form of SendGrid",
            id="bearer",
        ),
        pytest.param(b"Token " + STRIPE, "The only value is a credential of Stripe", "the form of Stripe", id="token"),
        pytest.param(basic(MAIL, TOKEN), "an e-mail address", "an e-mail address: 20 printable", id="mail"),
    ],
)
def test_which_value_it_is_and_of_what_shape(authorization: bytes, says: str, seen: str) -> None:
    found = judge(refused(authorization))
    assert isinstance(found, Stands)
    assert says in found.says
    assert seen in found.evidence[0].says


@pytest.mark.parametrize("value", [basic(SID, STRIPE), basic(MAIL, TOKEN)], ids=["vendor", "mail"])
def test_the_fix_is_in_the_clients_language(value: bytes) -> None:
    found = judge(refused(value, agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert "Client.new(account_sid, auth_token)" in found.fix[0]


def test_quotes_that_were_percent_encoded_do_not_hide_it() -> None:
    found = judge(refused(basic(SID, b"%22" + STRIPE + b"%22")))
    assert isinstance(found, Stands)
    assert "Stripe" in found.says


def test_what_was_accepted_is_ruled_out_for_that() -> None:
    found = judge(refused(basic(SID, STRIPE)), Bearing(pair_accepted=0))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
