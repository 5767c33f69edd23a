import pytest

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes.stray_characters import check
from analyzers.findings import PASSWORD, USERNAME, RuledOut, Stands, Unknown, Verdict


@pytest.mark.parametrize(
    ("username", "password", "where", "span", "says"),
    [
        pytest.param(SID, TOKEN + b"\n", PASSWORD, (32, 33), "line feed (0x0A) after 32", id="line-feed"),
        pytest.param(SID, TOKEN + b"\r\n", PASSWORD, (32, 34), "2 bytes", id="crlf"),
        pytest.param(SID, b" " + TOKEN, PASSWORD, (0, 1), "blank (0x20) in front", id="blank-in-front"),
        pytest.param(SID, b'"' + TOKEN + b'"', PASSWORD, (0, 1), 'double quote (") in front', id="quoted"),
        pytest.param(b"'" + SID, TOKEN, USERNAME, (0, 1), "single quote", id="quote-at-username"),
        pytest.param(SID + b"\t", TOKEN, USERNAME, (34, 35), "tab (0x09) after 34", id="tab-after-sid"),
        pytest.param(KEY, KEY_SECRET + b",", PASSWORD, (32, 33), "comma", id="comma-after-key-secret"),
        pytest.param(SID, TOKEN + b";", PASSWORD, (32, 33), "semicolon", id="semicolon"),
        pytest.param(SID, TOKEN + b"\xe2\x80\x8b", PASSWORD, (32, 35), "3 bytes", id="zero-width-space"),
        pytest.param(SID, TOKEN + b"\xc2\xa0", PASSWORD, (32, 34), "2 bytes", id="no-break-space"),
        pytest.param(b"\xef\xbb\xbf" + SID, TOKEN, USERNAME, (0, 3), "3 bytes", id="byte-order-mark"),
        pytest.param(SID, b"Bearer " + TOKEN, PASSWORD, (0, 7), "a label of 7 characters", id="bearer-label"),
        pytest.param(b"SID=" + SID, TOKEN, USERNAME, (0, 4), "a label of 4 characters", id="sid-label"),
        pytest.param(SID, TOKEN + b"\0", PASSWORD, (32, 33), "NUL", id="nul"),
    ],
)
def test_hit(username: bytes, password: bytes, where: str, span: tuple[int, int], says: str) -> None:
    outcome = check(case_of(refused(basic(username, password))))
    assert isinstance(outcome, Stands)
    assert outcome.verdict is Verdict.CONFIRMED
    first = outcome.evidence[0]
    assert (first.where, (first.start, first.end)) == (where, span)
    assert says in first.says


def test_both_ends_are_reported() -> None:
    outcome = check(case_of(refused(basic(SID, b'"' + TOKEN + b'"'))))
    assert isinstance(outcome, Stands)
    assert [(evidence.start, evidence.end) for evidence in outcome.evidence] == [(0, 1), (33, 34)]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="clean"),
        pytest.param(KEY, KEY_SECRET, id="clean-key"),
        pytest.param(SID, b"a" * 40, id="long-secret"),
        pytest.param(SID, b"abc.def-ghi_jkl", id="marks-inside"),
        pytest.param(SID, TOKEN[:16] + b" " + TOKEN[16:], id="blank-inside"),
        pytest.param(b"billing", b"hunter2 ", id="no-twilio-value"),
        pytest.param(b" ", b" ", id="blanks-only"),
    ],
)
def test_near_miss(username: bytes, password: bytes) -> None:
    assert isinstance(check(case_of(refused(basic(username, password)))), RuledOut)


def test_a_pair_that_was_accepted_is_not_accused() -> None:
    strange = basic(SID, TOKEN + b" ")
    found = diagnose_all([accepted(strange), refused(strange, at=1.0)], b"key")[-1].diagnosis
    assert found is not None
    assert "stray-characters" in dict(found.ruled_out)


def test_a_pair_that_twilio_looked_up_is_not_accused() -> None:
    assert isinstance(check(case_of(refused(basic(SID, TOKEN + b" "), code=20008, status=403))), RuledOut)


def test_nothing_to_look_at() -> None:
    assert isinstance(check(case_of(refused(None))), Unknown)


def test_it_explains_the_misshapen_sid_that_it_leaves() -> None:
    found = diagnose_all([refused(basic(SID + b" ", TOKEN))], b"key")[0].diagnosis
    assert found is not None
    assert found.findings[0].cause == "stray-characters"
    assert all(f.nested_under == "stray-characters" for f in found.findings if f.cause == "sid-misshapen")
