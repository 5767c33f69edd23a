import pytest
from judging import spots

from analyzers.bearing import Bearing
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
        pytest.param(SID, TOKEN + b"\xe2\x80\x8b", PASSWORD, (32, 35), "a zero-width blank", id="zero-width-space"),
        pytest.param(SID, TOKEN + b"\xc2\xa0", PASSWORD, (32, 34), "a no-break blank", id="no-break-space"),
        pytest.param(b"\xef\xbb\xbf" + SID, TOKEN, USERNAME, (0, 3), "a byte order mark", id="byte-order-mark"),
        pytest.param(SID, b"Bearer " + TOKEN, PASSWORD, (0, 7), "a label of 7 characters", id="bearer-label"),
        pytest.param(b"SID=" + SID, TOKEN, USERNAME, (0, 4), "a label of 4 characters", id="sid-label"),
        pytest.param(SID, TOKEN + b"\0", PASSWORD, (32, 33), "NUL", id="nul"),
        pytest.param(SID, b"export TWILIO_AUTH_TOKEN=" + TOKEN, PASSWORD, (0, 25), "a label of 25", id="export"),
        pytest.param(SID, b"set TWILIO_AUTH_TOKEN=" + TOKEN, PASSWORD, (0, 22), "a label of 22", id="set"),
        pytest.param(
            SID, b'$env:TWILIO_AUTH_TOKEN = "' + TOKEN + b'"', PASSWORD, (0, 26), "a label of", id="powershell"
        ),
        pytest.param(KEY, b"TWILIO_API_KEY_SECRET=" + KEY_SECRET, PASSWORD, (0, 22), "a label of", id="key-secret"),
        pytest.param(SID, b"Auth Token: " + TOKEN, PASSWORD, (0, 12), "a label of 12", id="console"),
        pytest.param(SID, b'authToken":"' + TOKEN, PASSWORD, (0, 12), "a label of 12", id="json"),
        pytest.param(SID, b"auth_token => " + TOKEN, PASSWORD, (0, 14), "a label of 14", id="php"),
        pytest.param(SID, b'{"auth_token": "' + TOKEN + b'"}', PASSWORD, (0, 16), "a label of 16", id="json-object"),
        pytest.param(SID, b"b'" + TOKEN + b"'", PASSWORD, (0, 2), "that Python prints", id="python-bytes"),
        pytest.param(b"b'" + SID + b"'", TOKEN, USERNAME, (0, 2), "that Python prints", id="python-bytes-of-the-sid"),
        pytest.param(SID, TOKEN + b" # main account", PASSWORD, (32, 47), "a comment of 15", id="comment"),
        pytest.param(SID, TOKEN + b"#old", PASSWORD, (32, 36), "a comment of 4", id="comment-without-a-blank"),
        pytest.param(SID, TOKEN + b"\\n", PASSWORD, (32, 34), "written out with a backslash", id="escaped"),
        pytest.param(SID, b":" + TOKEN, PASSWORD, (0, 1), "colon (:) in front", id="two-colons"),
        pytest.param(SID, TOKEN + b".", PASSWORD, (32, 33), "full stop", id="full-stop"),
        pytest.param(SID, b"[" + TOKEN + b"]", PASSWORD, (0, 1), "character [", id="brackets"),
        pytest.param(b"(" + SID + b")", TOKEN, USERNAME, (0, 1), "character (", id="parentheses"),
        pytest.param(SID, b"${" + TOKEN + b"}", PASSWORD, (0, 2), "2 bytes", id="template-mark-around-a-token"),
        pytest.param(SID, TOKEN[:16] + b"\n" + TOKEN[16:], PASSWORD, (16, 17), "line feed (0x0A) inside", id="wrapped"),
        pytest.param(SID, TOKEN[:16] + b" " + TOKEN[16:], PASSWORD, (16, 17), "blank (0x20) inside", id="blank-inside"),
        pytest.param(SID[:18] + b"\r\n  " + SID[18:], TOKEN, USERNAME, (18, 22), "4 bytes", id="wrapped-sid"),
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
        pytest.param(SID, TOKEN[:16] + b"-" + TOKEN[16:], id="hyphen-inside"),
        pytest.param(SID, TOKEN[:15] + b" " + TOKEN[16:], id="blank-instead"),
        pytest.param(SID, b" ".join(TOKEN[i : i + 1] for i in range(32)) + b" " * 40, id="longer-than-any"),
        pytest.param(SID, b"correct horse battery staple 42", id="passphrase"),
        pytest.param(SID, b"TWILIO_AUTH_TOKEN=" + TOKEN[:-1], id="label-and-no-token"),
        pytest.param(b"billing", b"hunter2 ", id="no-twilio-value"),
        pytest.param(SID, b"sk-" + TOKEN, id="another-prefix"),
        pytest.param(SID, TOKEN + b"-0", id="one-digit-more"),
        pytest.param(SID + b"/" + KEY, TOKEN, id="two-sids"),
        pytest.param(SID, KEY + b":" + KEY_SECRET, id="a-pair-as-the-password"),
        pytest.param(SID, b"[" + TOKEN[:-1] + b"]", id="brackets-around-31"),
        pytest.param(SID, b"(" * 9 + TOKEN, id="nine-marks"),
        pytest.param(SID, TOKEN + b" # " + b"x" * 300, id="a-page-of-comment"),
        pytest.param(b" ", b" ", id="blanks-only"),
    ],
)
def test_near_miss(username: bytes, password: bytes) -> None:
    assert isinstance(check(case_of(refused(basic(username, password)))), RuledOut)


@pytest.mark.parametrize(
    ("password", "step"),
    [
        (TOKEN + b"\n", "Trim the password"),
        (b'"' + TOKEN + b'"', "Take quotes and comments off"),
        (TOKEN + b" # main", "docker run --env-file"),
        (b"AUTH_TOKEN=" + TOKEN, "Remove the name in front"),
        (b"Auth Token: " + TOKEN, "Remove the name in front"),
        (b"b'" + TOKEN + b"'", "value.decode()"),
        (b'Optional("' + TOKEN + b'")', "out of what wraps it"),
        (TOKEN[:16] + b" " + TOKEN[16:], "Copy the password anew"),
    ],
)
def test_the_step_fits_what_stands_there(password: bytes, step: str) -> None:
    outcome = check(case_of(refused(basic(SID, password))))
    assert isinstance(outcome, Stands)
    assert step in outcome.fix[0]


def test_two_words_that_make_a_secret_are_likely() -> None:
    outcome = check(case_of(refused(basic(KEY, KEY_SECRET[:16] + b" " + KEY_SECRET[16:]))))
    assert isinstance(outcome, Stands)
    assert outcome.verdict is Verdict.LIKELY
    assert outcome.settle


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


GROUPS = b" ".join(SID[at : at + 4] for at in range(0, 34, 4))


@pytest.mark.parametrize(
    ("username", "password", "spans", "says"),
    [
        pytest.param(
            SID,
            b'"' + TOKEN + b'"',
            [("authorization.password", 0, 1), ("authorization.password", 33, 34)],
            'double quote (") after 32 characters',
            id="quotes",
        ),
        pytest.param(
            SID, TOKEN + b" \t", [("authorization.password", 32, 34)], "2 bytes, the first a blank (0x20)", id="two"
        ),
        pytest.param(
            SID, TOKEN + b"\x7f", [("authorization.password", 32, 33)], "control character (0x7F) after", id="delete"
        ),
        pytest.param(
            SID, TOKEN + b"\x7f\x7f", [("authorization.password", 32, 34)], "2 bytes, the first a control", id="deletes"
        ),
        pytest.param(
            GROUPS, TOKEN, [("authorization.username", 4, 5)], "blank (0x20) inside, after 4", id="groups-of-four"
        ),
    ],
)
def test_the_last_stray_is_named_and_all_are_pointed_at(
    username: bytes, password: bytes, spans: list[tuple[str, int, int]], says: str
) -> None:
    outcome = check(case_of(refused(basic(username, password))))
    assert isinstance(outcome, Stands)
    assert spots(outcome) == spans
    assert says in outcome.evidence[-1].says


def test_a_sid_in_groups_with_one_blank_more_is_left_alone() -> None:
    assert isinstance(check(case_of(refused(basic(GROUPS + b" ", TOKEN[:-1])))), RuledOut)


@pytest.mark.parametrize(
    ("username", "password", "step"),
    [
        pytest.param(b'"' + SID + b'"', TOKEN, "Take quotes and comments off the username", id="quotes"),
        pytest.param(SID + b"\n", TOKEN, "Trim the username", id="line-feed"),
        pytest.param(SID, TOKEN + b" // X", "Take quotes and comments off the password", id="comment-of-slashes"),
        pytest.param(SID, TOKEN + b" -- old", "Take quotes and comments off the password", id="comment-of-hyphens"),
        pytest.param(SID, TOKEN + b";", "Trim the password", id="semicolon"),
    ],
)
def test_the_step_names_the_half_and_fits_the_stray(username: bytes, password: bytes, step: str) -> None:
    outcome = check(case_of(refused(basic(username, password))))
    assert isinstance(outcome, Stands)
    assert outcome.fix[0].startswith(step)


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    outcome = check(case_of(refused(basic(SID, TOKEN + b" ")), Bearing(pair_accepted=0)))
    assert isinstance(outcome, RuledOut)
    assert "accepted" in outcome.because
