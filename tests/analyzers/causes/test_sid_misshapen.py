"""sid-misshapen: says what differs and where; never a form that Twilio accepts."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import sid_misshapen
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return sid_misshapen.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(sid_misshapen.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == sid_misshapen.RULE.slug for r in hit)
    for result in diagnose_all(sid_misshapen.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert sid_misshapen.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "words"),
    [
        pytest.param(SID[:-1], "33 characters, one is missing", id="one-short"),
        pytest.param(SID[:-2], "32 characters, 2 are missing", id="two-short"),
        pytest.param(SID + b"0", "35 characters, one too many", id="one-long"),
        pytest.param(SID + SID, "68 characters, 34 too many", id="twice"),
        pytest.param(SID.lower(), "the prefix is lower-case", id="lower-case-prefix"),
        pytest.param(b"Ac" + SID[2:], "the prefix is lower-case", id="half-lower-case-prefix"),
        pytest.param(SID[:11] + b"g" + SID[12:], "a character that is no hex digit at position 12", id="not-hex"),
        pytest.param(
            SID[:11] + b"lO" + SID[13:], "2 characters that are no hex digits, the first at position 12", id="two"
        ),
        pytest.param(SID[:11] + b" " + SID[11:], "35 characters, one too many, a character that is no hex", id="blank"),
        pytest.param(
            b"SK-" + SID[2:], "35 characters, one too many, a character that is no hex", id="sk-with-a-hyphen"
        ),
        pytest.param(b"sk" + SID[2:], "the prefix is lower-case", id="lower-case-sk"),
        pytest.param(b"ACO" + SID[3:], "a character that is no hex digit at position 3", id="the-first-digit"),
        pytest.param(
            SID[:11] + b"\xc3\xa9" + SID[12:],
            "shaped like a SID: a character that is no hex digit at position 12",
            id="e",
        ),
        pytest.param(SID[2:], "32 hex digits without the AC prefix", id="no-prefix"),
        pytest.param(b"AC123", "5 characters, 29 are missing", id="short"),
        pytest.param(KEY[:-1], "33 characters, one is missing", id="key-one-short"),
        pytest.param(SID[:-1] + b"\n", "33 characters, one is missing", id="short-with-a-stray"),
    ],
)
def test_says_exactly_how(username: bytes, words: str) -> None:
    found = judge(refused(basic(username, TOKEN)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="good"),
        pytest.param(b"AC" + SID[2:].upper(), TOKEN, id="upper-case-hex"),
        pytest.param(SID + b"\n", TOKEN, id="only-a-stray"),
        pytest.param(b'"' + SID + b'"', TOKEN, id="only-quotes"),
        pytest.param(b"%20" + SID, TOKEN, id="only-percent-encoded"),
        pytest.param(b"\xef\xbb\xbf" + SID, TOKEN, id="only-a-byte-order-mark"),
        pytest.param("\N{CYRILLIC CAPITAL LETTER A}".encode() + SID[1:], TOKEN, id="only-a-look-alike"),
        pytest.param(SID[:9] + b"\xe2\x80\x8b" + SID[9:], TOKEN, id="only-a-zero-width-blank"),
        pytest.param(SID[:9] + b"\xe2\x80\x8b" + SID[9:], TOKEN, id="only-a-zero-width-space"),
        pytest.param(b"MG" + SID[2:], TOKEN, id="another-kind"),
        pytest.param(b"AC" + b"X" * 32, TOKEN, id="placeholder"),
        pytest.param(TOKEN, SID, id="swapped"),
        pytest.param(TOKEN, SID[:-1], id="swapped-with-a-short-sid"),
        pytest.param(TOKEN, TOKEN, id="token-twice"),
        pytest.param(b"acme", TOKEN, id="a-word-with-ac"),
        pytest.param(b"account", TOKEN, id="another-word"),
        pytest.param(b"skynet-production-messages", TOKEN, id="a-long-word-with-sk"),
        pytest.param(b"billing", TOKEN, id="a-name"),
        pytest.param(b"sk-" + b"0f" * 16, TOKEN, id="key-of-another-service"),
        pytest.param(b"None", TOKEN, id="unset"),
        pytest.param(b"", TOKEN, id="empty"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


def test_never_names_the_odd_character() -> None:
    found = judge(refused(basic(SID[:11] + b"Z" + SID[12:], TOKEN)))
    assert isinstance(found, Stands)
    assert "Z" not in found.says + "".join(e.says for e in found.evidence)


def test_the_same_account_in_the_path_is_nested() -> None:
    found = standing(refused(basic(SID[:-1], TOKEN), path=MESSAGES % SID[:-1]))
    assert next(iter(found)) == "sid-misshapen"
    assert found["path-account-missing"] == ("confirmed", "sid-misshapen")


def test_with_strays_after_the_token_both_are_named() -> None:
    found = standing(refused(basic(SID[:-1], TOKEN + b"\r\n")))
    assert next(iter(found)) == "stray-characters"
    assert found["sid-misshapen"][0] == "confirmed"


def test_sid_without_prefix_and_sid_as_password() -> None:
    found = standing(refused(basic(SID[2:], SID)))
    assert {"sid-misshapen", "sid-as-password"} <= set(found)
    assert "halves-swapped" not in found


@pytest.mark.parametrize("authorization", [None, b"Bearer " + SID[:-1], b"Basic " + SID[:-1]])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_accepted_pair_is_never_accused() -> None:
    value = basic(SID[:-1], TOKEN)
    assert isinstance(judge(accepted(value), refused(value, at=1)), RuledOut)


@pytest.mark.parametrize(
    ("username", "says", "span"),
    [
        pytest.param(SID[:-1], "33 characters, one is missing", (0, 33), id="short"),
        pytest.param(b" " + SID[:-1] + b"\n", "33 characters, one is missing", (1, 34), id="strays-around"),
        pytest.param(SID[2:], "32 hex digits without the AC prefix", (0, 32), id="no-prefix"),
        pytest.param(
            b"AC" + SID[2:32].upper(), "32 hex digits without the AC prefix", (0, 32), id="capitals-that-begin-so"
        ),
        pytest.param(b"AC" + SID[2:32], "32 characters, 2 are missing", (0, 32), id="prefix-that-stands-out"),
        pytest.param(b"AC" + b"f0" * 15 + b"a", "33 characters, one is missing", (0, 33), id="a-letter-behind-it"),
    ],
)
def test_the_fault_is_the_only_one_and_pointed_at(username: bytes, says: str, span: tuple[int, int]) -> None:
    found = judge(refused(basic(username, TOKEN)))
    assert isinstance(found, Stands)
    assert found.says == f"The username is not shaped like a SID: {says}"
    assert [each.says for each in found.evidence] == [says]
    assert spots(found) == [("authorization.username", *span)]


@pytest.mark.parametrize("password", [SID[:-1], KEY[:-1], KEY[:-1].lower()], ids=["account", "key", "lower-case-key"])
def test_32_hex_digits_before_what_is_nearly_a_sid_are_a_secret(password: bytes) -> None:
    assert isinstance(judge(refused(basic(TOKEN, password))), RuledOut)


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    value = basic(SID[:-1], TOKEN)
    found = judge(accepted(value), refused(value, at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
