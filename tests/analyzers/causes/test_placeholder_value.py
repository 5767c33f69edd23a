"""placeholder-value: documentation words and template marks; never a real value that wears one."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import placeholder_value
from analyzers.exchange import Exchange, Fidelity
from analyzers.findings import PASSWORD, USERNAME, Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return placeholder_value.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(placeholder_value.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == placeholder_value.RULE.slug for r in hit)
    for result in diagnose_all(placeholder_value.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert placeholder_value.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(b"AC" + b"X" * 32, b"your_auth_token", id="docs"),
        pytest.param(b"AC" + b"x" * 32, TOKEN, id="username-only"),
        pytest.param(SID, b"[AuthToken]", id="brackets"),
        pytest.param(SID, b"{{auth_token}}", id="braces"),
        pytest.param(SID, b"<auth_token>", id="angles"),
        pytest.param(SID, b"${TWILIO_AUTH_TOKEN}", id="shell-braces"),
        pytest.param(SID, b"$TWILIO_AUTH_TOKEN", id="shell"),
        pytest.param(SID, b"%TWILIO_AUTH_TOKEN%", id="cmd"),
        pytest.param(SID, b"process.env.TWILIO_AUTH_TOKEN", id="javascript"),
        pytest.param(b"TWILIO_ACCOUNT_SID", b"TWILIO_AUTH_TOKEN", id="names"),
        pytest.param(SID, b"changeme", id="changeme"),
        pytest.param(SID, b'"your_auth_token"', id="in-quotes"),
        pytest.param(SID, b"your_auth_token\n", id="with-a-line-feed"),
        pytest.param(b"AC...", TOKEN, id="dots"),
        pytest.param(b"SKXXXX", KEY_SECRET, id="short-key"),
        pytest.param(SID, b"REPLACE_WITH_STAGING_TWILIO_AUTH_TOKEN", id="which-one"),
        pytest.param(b"ACREPLACE", b"REPLACE", id="replace"),
        pytest.param(b"AC_REPLACE_WITH_STAGING_TWILIO_ACCOUNT_SID", TOKEN, id="prefix-and-words"),
        pytest.param(SID, b"change_me_locally", id="when"),
        pytest.param(SID, b"xxxxx-xxxxx", id="fillers"),
        pytest.param(SID, b"op://Team/twilio credentials/password", id="1password"),
        pytest.param(SID, b"/run/secrets/twilio_auth_token", id="docker"),
    ],
)
def test_placeholders(username: bytes, password: bytes) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="good"),
        pytest.param(SID, b"<" + TOKEN + b">", id="token-in-angles"),
        pytest.param(SID, b"${" + KEY_SECRET + b"}", id="secret-in-braces"),
        pytest.param(b"{{" + SID + b"}}", TOKEN, id="sid-in-braces"),
        pytest.param(SID, b"my" + KEY_SECRET[2:], id="secret-that-begins-with-my"),
        pytest.param(SID, b"0" * 31 + b"1", id="zeros-and-a-one"),
        pytest.param(SID, b"1234567890abcdef1234567890abcdee", id="does-not-quite-count-up"),
        pytest.param(b"MG" + b"0" * 32, TOKEN, id="zeros-behind-another-prefix"),
        pytest.param(SID, b"correct-horse-battery-staple", id="passphrase"),
        pytest.param(SID, b"production-token", id="name-of-a-token"),
        pytest.param(SID, b"changed_locally", id="two-words"),
        pytest.param(SID, b"xxxxx-" + TOKEN[:5], id="fillers-and-more"),
        pytest.param(SID, b"export " + TOKEN, id="a-word-and-a-token"),
        pytest.param(b"billing", TOKEN, id="name"),
        pytest.param(b"account-api", TOKEN, id="name-of-such-words"),
        pytest.param(b"me@example.com", TOKEN, id="mail"),
        pytest.param(SID, b"[REDACTED]", id="overwritten"),
        pytest.param(SID, b"", id="empty"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


@pytest.mark.parametrize(
    ("username", "password", "where"),
    [
        pytest.param(SID, b"0" * 32, [PASSWORD], id="zeros"),
        pytest.param(SID, b'"' + b"f" * 32 + b'"', [PASSWORD], id="quoted"),
        pytest.param(b"AC" + b"1234567890abcdef" * 2, b"1234567890abcdef" * 2, [USERNAME, PASSWORD], id="counting"),
        pytest.param(b"SK" + b"0123456789ABCDEF" * 2, KEY_SECRET, [USERNAME], id="counting-key"),
    ],
)
def test_a_made_up_number_is_likely(username: bytes, password: bytes, where: list[str]) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert [evidence.where for evidence in found.evidence] == where
    assert_plain(found)
    sanitized = refused(basic(username, password), fidelity=Fidelity.SANITIZED)
    assert isinstance(judge(sanitized), Unknown)


@pytest.mark.parametrize("text", [b"[object Promise]", b"**********", b"<Secret object at 0x7f00aa>", b"System.Object"])
def test_what_a_language_prints_for_an_object(text: bytes) -> None:
    found = judge(refused(basic(SID, text)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert "prints for an object" in found.says
    assert any("get_secret_value()" in step for step in found.fix)
    assert_plain(found)


def test_a_reference_is_named_and_not_shown() -> None:
    found = judge(refused(basic(SID, b"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/twilio)")))
    assert isinstance(found, Stands)
    assert "store of secrets" in found.evidence[0].says
    assert "azure" not in repr(found)
    assert any("op run" in step for step in found.fix)
    mark = judge(refused(basic(SID, b"${TWILIO_AUTH_TOKEN}")))
    assert isinstance(mark, Stands)
    assert any("single quotes" in step for step in mark.fix)


def test_overwriting_export_is_not_taken_for_a_placeholder() -> None:
    exchange = refused(basic(SID, b"*" * 32), fidelity=Fidelity.SANITIZED)
    assert isinstance(judge(exchange), Unknown)


@pytest.mark.parametrize("authorization", [None, b"Bearer your_token", b"Basic " + b"!" * 8])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_evidence_shows_words_and_no_secret() -> None:
    found = judge(refused(basic(b"AC" + b"X" * 32, KEY_SECRET)))
    assert isinstance(found, Stands)
    assert len(found.evidence) == 1
    assert KEY_SECRET.decode() not in repr(found)


def test_consequences_are_nested() -> None:
    account = b"AC" + b"X" * 32
    found = standing(refused(basic(account, b"your_auth_token"), path=MESSAGES % account))
    assert next(iter(found)) == "placeholder-value"
    assert found["path-account-missing"] == ("confirmed", "placeholder-value")
    assert {"sid-misshapen", "username-not-a-sid", "half-empty"}.isdisjoint(found)


def test_beside_an_empty_half() -> None:
    found = standing(refused(basic(b"your_account_sid", b"")))
    assert [cause for cause in found if cause != "pair-refused"] == ["placeholder-value", "half-empty"]


def test_a_made_up_account_is_no_foreign_one() -> None:
    found = standing(refused(basic(b"AC" + b"0" * 32, TOKEN)))
    assert found["placeholder-value"] == ("likely", None)
    assert found["account-mismatch"] == ("likely", "placeholder-value")


LANGUAGE = "what a language prints"
DOCS = b"AC" + b"X" * 32


@pytest.mark.parametrize(
    ("username", "password", "says", "evidence"),
    [
        pytest.param(
            SID,
            b"<auth_token>",
            "The password is a placeholder",
            [("authorization.password", 12, "a placeholder: <auth_token>")],
            id="mark-and-all",
        ),
        pytest.param(
            b"your_sid",
            TOKEN,
            "The username is a placeholder",
            [("authorization.username", 8, "a placeholder: your_sid")],
            id="username",
        ),
        pytest.param(
            DOCS,
            b"your_auth_token",
            "The username and the password are placeholders",
            [
                ("authorization.username", 34, f"a placeholder: {DOCS.decode()}"),
                ("authorization.password", 15, "a placeholder: your_auth_token"),
            ],
            id="both",
        ),
        pytest.param(
            SID,
            b"sid=changeme",
            "The password is a placeholder",
            [("authorization.password", 12, "a placeholder: changeme")],
            id="behind-a-label",
        ),
        pytest.param(
            SID,
            b"[object Promise]",
            "In place of the password stands what",
            [("authorization.password", 16, LANGUAGE)],
            id="object",
        ),
        pytest.param(
            b"[object Object]",
            b"[object Promise]",
            "In place of the username and the password stands what",
            [("authorization.username", 15, LANGUAGE), ("authorization.password", 16, LANGUAGE)],
            id="two-objects",
        ),
        pytest.param(
            SID,
            b'export TOKEN="[object Promise]"',
            "In place of the password stands what",
            [("authorization.password", 31, LANGUAGE)],
            id="object-behind-a-label",
        ),
        pytest.param(
            SID,
            b"TOKEN=op://team/twilio",
            "The password is a placeholder",
            [("authorization.password", 22, "a reference")],
            id="reference-behind-a-label",
        ),
        pytest.param(
            SID,
            b"f" * 32,
            "The password seems to be made up",
            [("authorization.password", 32, "one digit repeated")],
            id="made-up",
        ),
        pytest.param(
            b"AC" + b"0" * 32,
            b"f" * 32,
            "The username and the password seem to be made up",
            [
                ("authorization.username", 34, "one digit repeated"),
                ("authorization.password", 32, "one digit repeated"),
            ],
            id="both-made-up",
        ),
    ],
)
def test_which_half_it_is_and_what_stands_there(
    username: bytes, password: bytes, says: str, evidence: list[tuple[str, int, str]]
) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.says.startswith(says)
    assert spots(found) == [(where, 0, end) for where, end, _ in evidence]
    assert all(each.says.startswith(said) for each, (_, _, said) in zip(found.evidence, evidence, strict=True))


EXPANDED, OBJECT, STORE = "should have expanded the name", "text out of the object", "reads the reference"


@pytest.mark.parametrize(
    ("password", "step"),
    [
        pytest.param(b"${TWILIO_AUTH_TOKEN}", EXPANDED, id="template"),
        pytest.param(b"your_auth_token", "", id="words"),
        pytest.param(b"changeme", "", id="changeme"),
        pytest.param(b"[object Promise]", OBJECT, id="object"),
        pytest.param(b'export TOKEN="[object Promise]"', OBJECT, id="object-behind-a-label"),
        pytest.param(b"TOKEN=op://team/twilio", STORE, id="reference-behind-a-label"),
        pytest.param(b"0" * 32, "", id="made-up"),
    ],
)
def test_the_fix_is_that_of_the_kind(password: bytes, step: str) -> None:
    found = judge(refused(basic(SID, password), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert "Client.new(account_sid, auth_token)" in found.fix[0]
    assert len(found.fix) == (2 if step else 1)
    assert step in found.fix[-1]


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    value = basic(SID, b"your_auth_token")
    found = judge(accepted(value), refused(value, at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
