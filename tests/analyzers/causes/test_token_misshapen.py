"""token-misshapen: how many characters, where the first odd one; at most likely; no faults of other causes."""

import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace

import pytest
from judging import spots

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import token_misshapen
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

JWT = (
    b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, {"a": 1}))
    + b".c2ln"
)


def judge(exchange: Exchange, bearing: Bearing | None = None) -> Outcome:
    return token_misshapen.check(case_of(exchange, bearing or Bearing()))


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last exchange, in order."""
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    assert not diagnosis.crashed
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in diagnosis.findings}


def assert_plain(found: Stands) -> None:
    """One plain sentence for the developer; never certain, so it always says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert found.settle
    assert found.verdict is not Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("password", "words"),
    [
        pytest.param(TOKEN[:-1], "31 characters, one is missing", id="one-short"),
        pytest.param(TOKEN[:20], "20 characters, 12 are missing", id="cut"),
        pytest.param(TOKEN + b"a", "33 characters, one too many", id="one-long"),
        pytest.param(TOKEN * 2, "the same 32 characters stand twice", id="twice"),
        pytest.param(TOKEN + KEY_SECRET, "64 characters, 32 too many", id="two-secrets"),
        pytest.param(TOKEN[:9] + b"-" + TOKEN[10:], "a character that is no letter or digit at position 10", id="odd"),
        pytest.param(
            TOKEN[:9] + b"--" + TOKEN[11:], "2 that are no letters or digits, first at position 10", id="two-odd"
        ),
        pytest.param(
            TOKEN[:9] + b" " + TOKEN[9:],
            "33 characters, one too many, a character that is no letter or digit at position 10",
            id="a-blank-inside",
        ),
        pytest.param(TOKEN + b":" + SID, "35 too many, a character that is no letter", id="a-second-colon"),
        pytest.param(TOKEN[:-1] + b"\n", "31 characters, one is missing", id="with-a-stray"),
        pytest.param(b"hunter2", "7 characters, 25 are missing", id="a-login-password"),
        pytest.param(b"correct horse battery staple", "28 characters, 4 are missing, 3 that are", id="phrase"),
        pytest.param(SID[:-1], "it is shaped like a SID with a fault", id="nearly-a-sid"),
        pytest.param(b"Acme-2026", "9 characters, 23 are missing, a character that", id="a-word-with-ac"),
        pytest.param(b"q" * 100000, "99968 too many", id="very-long"),
        pytest.param(b"q" + b"-" * 100000, "4095 that are no letters or digits", id="very-long-and-very-odd"),
    ],
)
def test_says_how_many_and_where(password: bytes, words: str) -> None:
    found = judge(refused(basic(SID, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert words in found.says
    assert_plain(found)


def test_strays_around_it_are_told_beside() -> None:
    found = judge(refused(basic(SID, TOKEN[:-1] + b"\r\n")))
    assert isinstance(found, Stands)
    assert "2 stray" in found.evidence[0].says


def test_the_place_of_the_first_odd_character() -> None:
    found = judge(refused(basic(SID, b" " + TOKEN[:9] + b"--" + TOKEN[11:])))
    assert isinstance(found, Stands)
    assert (found.evidence[0].start, found.evidence[0].end) == (10, 11)


@pytest.mark.parametrize(
    ("username", "what"),
    [
        pytest.param(SID, "an Auth Token", id="account"),
        pytest.param(KEY, "an API key secret", id="key"),
        pytest.param(SID[:-1], "an Auth Token", id="nearly-an-account"),
        pytest.param(SID + b"\n", "an Auth Token", id="account-with-a-stray"),
        pytest.param(b"sk" + KEY[2:], "an API key secret", id="key-in-lower-case"),
    ],
)
def test_what_was_meant(username: bytes, what: str) -> None:
    found = judge(refused(basic(username, KEY_SECRET[:-3])))
    assert isinstance(found, Stands)
    assert what in found.says


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="good"),
        pytest.param(KEY, KEY_SECRET, id="good-key"),
        pytest.param(SID, TOKEN.upper(), id="upper-case"),
        pytest.param(SID, KEY_SECRET, id="secret-with-account-sid"),
        pytest.param(KEY, TOKEN, id="token-with-key-sid"),
        pytest.param(SID, TOKEN + b"\n", id="only-a-stray"),
        pytest.param(SID, b'"' + TOKEN + b'"', id="only-quotes"),
        pytest.param(SID, b"TWILIO_AUTH_TOKEN=" + TOKEN, id="only-a-label"),
        pytest.param(SID, TOKEN + b"%0A", id="only-percent-encoded"),
        pytest.param(SID, b"%7E" + TOKEN[3:], id="percent-encoded-too"),
        pytest.param(SID, TOKEN[:9] + b"\xe2\x80\x8b" + TOKEN[9:], id="only-a-zero-width-space"),
        pytest.param(SID, b"", id="empty"),
        pytest.param(SID, b" \n", id="blank"),
        pytest.param(SID, b"None", id="unset"),
        pytest.param(SID, b"your_auth_token", id="placeholder"),
        pytest.param(SID, b"${TWILIO_AUTH_TOKEN}", id="template"),
        pytest.param(SID, SID, id="sid"),
        pytest.param(SID, b"MG" + SID[2:], id="another-sid"),
        pytest.param(SID, JWT, id="jwt"),
        pytest.param(SID, b"SG." + b"q7" * 11 + b"." + b"z-" * 21 + b"W", id="foreign"),
        pytest.param(SID, b"sk_live_q7w8e9r0t1y2u3", id="foreign-in-part"),
        pytest.param(b"billing", TOKEN[:-1], id="no-sid"),
        pytest.param(b"jane@example.com", b"hunter2", id="a-login"),
        pytest.param(b"MG" + SID[2:], TOKEN[:-1], id="sid-of-another-kind"),
        pytest.param(b"", TOKEN[:-1], id="no-username"),
        pytest.param(b"sk-" + b"0f" * 16, TOKEN[:-1], id="foreign-username"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


@pytest.mark.parametrize(("password", "trimmed"), [(TOKEN, False), (b"%61" + TOKEN[1:], True)])
def test_says_whether_the_form_is_right_as_it_stands(password: bytes, *, trimmed: bool) -> None:
    found = judge(refused(basic(SID, password)))
    assert isinstance(found, RuledOut)
    assert ("decoded or trimmed" in found.because) is trimmed


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(basic(b"OQ" + KEY_SECRET, b"secret-of-an-app")), id="oauth-client"),
        pytest.param(refused(basic(SID, b"REDACTED")), id="written-over"),
        pytest.param(refused(basic(SID, b"[FILTERED]")), id="filtered"),
        pytest.param(refused(basic(SID, TOKEN[:-1]), fidelity=Fidelity.SANITIZED), id="sanitised"),
        pytest.param(refused(GOOD[:-9]), id="cut-base64"),
        pytest.param(refused(b"Basic " + SID + b":" + TOKEN[:-1]), id="not-encoded"),
        pytest.param(refused(b"Basic " + b64encode(SID)), id="no-colon"),
        pytest.param(refused(b"Bearer " + TOKEN[:-1]), id="bearer"),
        pytest.param(refused(None), id="no-header"),
        pytest.param(
            refused(b"Basic " + b64encode(bytes(range(160, 200)) + b":" + bytes(range(200, 240)))), id="bytes"
        ),
    ],
)
def test_unknown(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), Unknown)


def test_a_doubtful_recording_shows_the_pair_all_the_same() -> None:
    found = judge(refused(basic(SID, TOKEN[:-1]), fidelity=Fidelity.DOUBTFUL))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(basic(KEY, KEY_SECRET[:-1]), status=403, code=70051, message="x"), id="rights"),
        pytest.param(refused(basic(SID, TOKEN[:-1]), status=404, code=20404, message="x"), id="not-found"),
        pytest.param(refused(basic(SID, TOKEN[:-1]), code=20101, message="x"), id="token-code"),
        pytest.param(replace(refused(basic(SID, TOKEN[:-1])), response=None), id="no-answer"),
    ],
)
def test_only_possible_where_the_answer_speaks_of_something_else(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE
    assert_plain(found)


def test_what_was_accepted_or_read_is_never_blamed() -> None:
    value = basic(SID, TOKEN[:-1])
    assert isinstance(judge(refused(value), Bearing(pair_accepted=0)), RuledOut)
    assert isinstance(judge(refused(value, message="Policy evaluation failed")), RuledOut)
    assert "token-misshapen" not in standing(accepted(value), refused(value, at=2.0))


def test_leads_and_the_residual_cause_steps_back() -> None:
    found = standing(refused(basic(SID, TOKEN[:-1])))
    assert next(iter(found)) == "token-misshapen"
    assert found["token-misshapen"] == ("likely", None)
    assert found.get("pair-refused", ("possible", None)) == ("possible", None)


def test_swapped_halves_lead() -> None:
    found = standing(refused(basic(TOKEN, SID[:-1])))
    assert next(iter(found)) == "halves-swapped"
    assert found.get("token-misshapen", ("likely", "halves-swapped")) == ("likely", "halves-swapped")


def test_a_misshapen_sid_beside_it_is_named_too() -> None:
    found = standing(refused(basic(SID[:-1], TOKEN[:-1])))
    assert found["sid-misshapen"][0] == "confirmed"
    assert found["token-misshapen"][0] == "likely"


@pytest.mark.parametrize("password", [TOKEN[:-1], TOKEN[:9] + b"#" + TOKEN[9:], KEY_SECRET * 2, b"hunter2hunter3"])
def test_no_secret_is_shown(password: bytes) -> None:
    shown = repr(judge(refused(basic(SID, password)))) + repr(diagnose_all([refused(basic(SID, password))], b"key"))
    text = password.decode()
    leaked = [at for at in range(len(text) - 4) if text[at : at + 5] in shown]
    assert not leaked, f"shown at {leaked[:3]}"
    assert "#" not in repr(judge(refused(basic(SID, password)))).replace("an .env file with # in it", "")


@pytest.mark.parametrize("server", [b"squid", b"nginx"])
def test_a_refusal_by_another_says_nothing_of_the_secret(server: bytes) -> None:
    answer = Response(status=401, headers=((b"Server", server),))
    found = judge(refused(basic(SID, TOKEN[:-1]), answer=answer))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE
    assert_plain(found)


@pytest.mark.parametrize(
    ("password", "shape", "span"),
    [
        pytest.param(TOKEN[:-1], "31 lower-case hex digits; Twilio", (0, 31), id="short"),
        pytest.param(
            b" " + TOKEN[:-1], "31 lower-case hex digits, and 1 stray around them; Twilio", (1, 32), id="stray"
        ),
        pytest.param(b"-" + TOKEN[1:], "32 printable characters; Twilio", (0, 1), id="odd-at-the-beginning"),
        pytest.param(KEY_SECRET[:30] + b"-", "31 printable characters; Twilio", (30, 31), id="odd-at-the-end"),
    ],
)
def test_the_shape_is_told_and_pointed_at(password: bytes, shape: str, span: tuple[int, int]) -> None:
    found = judge(refused(basic(SID, password)))
    assert isinstance(found, Stands)
    assert found.evidence[0].says.startswith(shape)
    assert spots(found) == [("authorization.password", *span)]


@pytest.mark.parametrize("password", [SID[:-1], KEY[:-1], KEY[:-1].lower()], ids=["account", "key", "lower-case-key"])
def test_what_is_nearly_a_sid_is_called_so(password: bytes) -> None:
    found = judge(refused(basic(SID, password)))
    assert isinstance(found, Stands)
    assert found.says.endswith("it is shaped like a SID with a fault")


@pytest.mark.parametrize(
    ("username", "call"),
    [
        (SID, "Client.new(account_sid, auth_token)"),
        (KEY, "Client.new(api_key_sid, api_key_secret, account_sid)"),
    ],
    ids=["account", "key"],
)
def test_the_fix_is_that_of_client_and_username(username: bytes, call: str) -> None:
    found = judge(refused(basic(username, TOKEN[:-1]), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert call in found.fix[0]


@pytest.mark.parametrize("code", [20003, 401, None])
def test_a_code_that_says_no_more_than_the_status_makes_it_likely(code: int | None) -> None:
    found = judge(refused(basic(SID, TOKEN[:-1]), code=code))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_why_it_is_ruled_out() -> None:
    accepted_pair = judge(refused(basic(SID, TOKEN[:-1])), Bearing(pair_accepted=0))
    right = judge(refused(GOOD))
    assert isinstance(accepted_pair, RuledOut)
    assert "accepted" in accepted_pair.because
    assert isinstance(right, RuledOut)
    assert right.because == "the password has 32 letters and digits"
