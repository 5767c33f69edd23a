"""username-not-a-sid: nothing of a SID, and nothing more special."""

from base64 import b64encode
from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import username_not_a_sid
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return username_not_a_sid.check(replace(case, bearing=capture._history.bearing(case)))


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


def test_samples() -> None:
    hit = diagnose_all(username_not_a_sid.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == username_not_a_sid.RULE.slug for r in hit)
    for result in diagnose_all(username_not_a_sid.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert username_not_a_sid.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        pytest.param(b"billing", TOKEN, "a name or word", id="name"),
        pytest.param(b"jane@example.com", TOKEN, "an e-mail address", id="mail"),
        pytest.param(b"+15005550006", TOKEN, "a phone number", id="phone"),
        pytest.param(KEY_SECRET, TOKEN, "shaped like a secret", id="secret"),
        pytest.param(TOKEN, TOKEN, "the same as the password", id="token-twice"),
        pytest.param(b"my-key", KEY_SECRET, "a name or word", id="friendly-name"),
        pytest.param(b"acme", TOKEN, "a name or word", id="a-word-with-ac"),
        pytest.param("j\N{LATIN SMALL LETTER U WITH DIAERESIS}rgen".encode(), TOKEN, "a name or word", id="accent"),
        pytest.param("\N{HIRAGANA LETTER A}".encode() * 2, TOKEN, "a name or word", id="another-script"),
        pytest.param(b"jane%40example.com", TOKEN, "an e-mail address", id="mail-percent-encoded"),
        pytest.param(
            b"sk_live_" + b"q7" * 12, TOKEN, "shaped like a credential of Stripe", id="key-of-another-service"
        ),
        pytest.param(b"sk-" + b"0f" * 16, TOKEN, "shaped like a credential of OpenAI", id="key-that-is-near-a-sid"),
    ],
)
def test_no_sid_at_all(username: bytes, password: bytes, words: str) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(GOOD, RuledOut, id="good"),
        pytest.param(basic(SID[:-1], TOKEN), RuledOut, id="nearly-a-sid"),
        pytest.param(basic(SID[2:], TOKEN), RuledOut, id="sid-without-its-prefix"),
        pytest.param(basic(b"MG" + SID[2:], TOKEN), RuledOut, id="another-kind"),
        pytest.param(basic(b"OQ" + KEY_SECRET, KEY_SECRET), RuledOut, id="oauth-client-id"),
        pytest.param(basic(b"None", TOKEN), RuledOut, id="unset"),
        pytest.param(basic(b"", TOKEN), RuledOut, id="empty"),
        pytest.param(basic(b"your_account_sid", TOKEN), RuledOut, id="placeholder"),
        pytest.param(basic(KEY_SECRET, SID), RuledOut, id="swapped"),
        pytest.param(basic(b"%20" + SID, TOKEN), RuledOut, id="percent-encoded"),
        pytest.param(basic(SID + b"\n", TOKEN), RuledOut, id="stray"),
        pytest.param(basic("\N{CYRILLIC CAPITAL LETTER A}".encode() + SID[1:], TOKEN), RuledOut, id="look-alike"),
        pytest.param(basic("A\N{CYRILLIC CAPITAL LETTER ES}".encode() + SID[2:], TOKEN), RuledOut, id="look-alike-c"),
        pytest.param(basic(SID[:9] + b"\xc3\xa9" + SID[10:], TOKEN), RuledOut, id="an-accent"),
        pytest.param(basic("\N{FULLWIDTH LATIN CAPITAL LETTER A}".encode() + SID[1:], TOKEN), RuledOut, id="wide"),
        pytest.param(b"Basic billing:" + TOKEN, Unknown, id="not-encoded"),
        pytest.param(
            b"Basic " + b64encode(bytes(range(180, 200)) + b":" + bytes(range(200, 230))), Unknown, id="not-text"
        ),
        pytest.param(b"Basic " + TOKEN, Unknown, id="bare-token"),
        pytest.param(b"Bearer billing", Unknown, id="bearer"),
        pytest.param(b"https://example.com", Unknown, id="a-url"),
        pytest.param(None, Unknown, id="no-header"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


@pytest.mark.parametrize("username", [b"REDACTED", b"[FILTERED]", b"user-masked"])
def test_a_username_that_was_written_over_proves_nothing(username: bytes) -> None:
    assert isinstance(judge(refused(basic(username, TOKEN))), Unknown)


def test_a_login_at_a_gateway_is_not_what_twilio_gets() -> None:
    """A gateway that asks for a login of its own, and passes on what Twilio answered to the pair that it added."""
    assert isinstance(judge(refused(basic(b"billing", b"hunter2"), host="gw.example")), Unknown)
    near = judge(refused(basic(b"billing", SID), host="gw.example"))
    assert isinstance(near, Stands)


def test_a_token_as_the_password_may_be_meant() -> None:
    token = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
    assert not isinstance(judge(refused(basic(b"token", token))), Stands)
    assert isinstance(judge(refused(basic(b"billing", token))), Unknown)
    assert isinstance(judge(refused(basic(b"billing", b"eyJ.x"))), Stands)
    found = standing(refused(basic(b"token", token)))
    assert "confirmed" not in {verdict for verdict, _ in found.values()}


def test_the_name_is_never_shown() -> None:
    found = judge(refused(basic(b"correct-horse-battery", TOKEN)))
    assert isinstance(found, Stands)
    assert "horse" not in repr(found)


def test_the_same_word_in_the_path_is_nested() -> None:
    found = standing(refused(basic(b"billing", TOKEN), path=MESSAGES % b"billing"))
    assert next(iter(found)) == "username-not-a-sid"
    assert found["path-account-missing"] == ("confirmed", "username-not-a-sid")


def test_accepted_or_gated_pair_is_never_accused() -> None:
    value = basic(b"billing", TOKEN)
    assert isinstance(judge(accepted(value), refused(value, at=1)), RuledOut)
    gated = "This feature is not available on a Trial account. Please upgrade your account to gain access."
    assert isinstance(judge(refused(value, message=gated)), RuledOut)


@pytest.mark.parametrize(
    ("username", "password", "says", "evidence", "span"),
    [
        pytest.param(
            b"billing",
            TOKEN,
            "is a name or word, not an Account SID or API key SID",
            "7 letters and digits",
            (0, 7),
            id="name",
        ),
        pytest.param(
            b" billing\n",
            TOKEN,
            "is a name or word, not an Account SID or API key SID",
            "7 letters and digits",
            (1, 8),
            id="strays",
        ),
        pytest.param(
            TOKEN, TOKEN, "or API key SID, the same as the password", "32 lower-case hex digits", (0, 32), id="twice"
        ),
    ],
)
def test_what_it_is_and_where(
    username: bytes, password: bytes, says: str, evidence: str, span: tuple[int, int]
) -> None:
    found = judge(refused(basic(username, password), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert found.says.endswith(says)
    assert found.evidence[0].says.endswith(evidence)
    assert spots(found) == [("authorization.username", *span)]
    assert "Client.new(account_sid, auth_token)" in found.fix[0]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(b"mg" + SID[2:], TOKEN, id="another-kind-in-lower-case"),
        pytest.param(KEY_SECRET, KEY, id="swapped-with-a-key"),
        pytest.param(KEY_SECRET, KEY.lower(), id="swapped-with-a-key-in-lower-case"),
        pytest.param(KEY_SECRET, SID[:-1], id="swapped-with-nearly-a-sid"),
    ],
)
def test_what_belongs_to_other_causes(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


@pytest.mark.parametrize(
    ("exchange", "settle"),
    [
        pytest.param(refused(basic(b"REDACTED", TOKEN)), "capture live", id="written-over"),
        pytest.param(refused(basic(b"billing", b"x"), host="gw.example"), "capture behind the host", id="gateway"),
    ],
)
def test_what_would_show_the_username(exchange: Exchange, settle: str) -> None:
    found = judge(exchange)
    assert isinstance(found, Unknown)
    assert found.settle.startswith(settle)


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    value = basic(b"billing", TOKEN)
    found = judge(accepted(value), refused(value, at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
