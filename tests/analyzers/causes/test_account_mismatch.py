"""account-mismatch: the account that logs in, the account in the path, and what the capture knows of the two."""

from dataclasses import replace

import pytest
from judging import account_read, diagnoses, finding_of, judge, judged, live, seen, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.causes.account_mismatch import RULE
from analyzers.exchange import Exchange, Response
from analyzers.findings import Stands

THIRD = b"AC" + b"5" * 32
OTHER_PATH = MESSAGES % OTHER_SID
OTHERS_PAIR = basic(OTHER_SID, TOKEN[::-1])
KEY_PAIR = basic(KEY, KEY_SECRET)
DUBLIN = "api.dublin.ie1.twilio.com"
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
ONE = b"/2010-04-01/Accounts/%s/Messages/SM%s.json" % (OTHER_SID, SID[2:])
MISSING = f"The requested resource {OTHER_PATH.decode()} was not found"


def crossed(authorization: bytes | None = GOOD, path: bytes = OTHER_PATH, **options: object) -> Exchange:
    return refused(authorization, path=path, **{"at": 30.0, **options})  # type: ignore[arg-type] # as refused


def not_found(path: bytes = OTHER_PATH, message: str = MISSING) -> Exchange:
    return crossed(path=path, status=404, code=20404, message=message)


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(crossed(), "likely", id="authenticate"),
        pytest.param(crossed(message=""), "likely", id="text-unread"),
        pytest.param(crossed(GOOD[:-2]), "likely", id="readable-pair-in-a-broken-header"),
        pytest.param(not_found(), "likely", id="404-for-a-list"),
        pytest.param(not_found(ONE, f"{ONE.decode()} was not found"), "unknown", id="404-for-one-message"),
        pytest.param(not_found(message="The requested resource was not found"), "unknown", id="404-for-something-else"),
        pytest.param(crossed(message=KYC), "unknown", id="gate"),
        pytest.param(crossed(message="Something new"), "unknown", id="text-of-its-own"),
        pytest.param(crossed(status=403, code=20008, message="Test"), "unknown", id="test-credentials"),
        pytest.param(crossed(answer=Response(status=401, headers=())), "unknown", id="not-twilio"),
        pytest.param(replace(crossed(), response=None), "unknown", id="no-answer"),
        pytest.param(crossed(None), "unknown", id="no-header"),
        pytest.param(crossed(b"Bearer a.b.c"), "unknown", id="bearer"),
        pytest.param(crossed(basic(b"someone", TOKEN)), "unknown", id="odd-username"),
        pytest.param(crossed(KEY_PAIR), "unknown", id="key-of-nobody-knows-whom"),
        pytest.param(crossed(path=MESSAGES % SID), "ruled-out", id="own-path"),
        pytest.param(crossed(basic(SID.upper(), TOKEN), MESSAGES % SID), "ruled-out", id="own-path-in-capitals"),
        pytest.param(crossed(path=MESSAGES % b"None"), "ruled-out", id="no-account-in-the-path"),
        pytest.param(crossed(path=MESSAGES % KEY), "ruled-out", id="key-in-the-path"),
        pytest.param(crossed(path=b"/2010-04-01/Accounts.json"), "ruled-out", id="list-of-accounts"),
        pytest.param(crossed(host="verify.twilio.com", path=b"/v2/Services"), "ruled-out", id="product"),
    ],
)
def test_without_history(exchange: Exchange, verdict: str) -> None:
    assert word(judged(RULE, exchange, Bearing())) == verdict


@pytest.mark.parametrize(
    ("bearing", "verdict"),
    [
        pytest.param({"path_owner": SID}, "ruled-out", id="parent-calls-its-subaccount"),
        pytest.param({"path_owner": SID, "account_status": "suspended"}, "ruled-out", id="suspended-subaccount"),
        pytest.param({"username_owner": OTHER_SID}, "confirmed", id="subaccount-calls-its-parent"),
        pytest.param({"username_owner": OTHER_SID, "path_owner": OTHER_SID}, "confirmed", id="both-known"),
        pytest.param({"username_owner": THIRD}, "confirmed", id="subaccount-calls-another"),
        pytest.param({"username_owner": THIRD, "path_owner": THIRD}, "confirmed", id="sibling"),
        pytest.param({"path_owner": THIRD}, "confirmed", id="somebody-elses-subaccount"),
        pytest.param({"path_owner": OTHER_SID}, "confirmed", id="another-main-account"),
        pytest.param({"username_owner": SID}, "likely", id="main-account-with-unknown-relation"),
        pytest.param({"accepted": (seen(),)}, "likely", id="works-on-its-own-path"),
        pytest.param({"path_account_works": seen(account=OTHER_SID)}, "likely", id="path-account-works"),
        pytest.param(
            {"accepted": (seen(),), "path_account_works": seen(account=OTHER_SID)}, "confirmed", id="both-work-apart"
        ),
        pytest.param(
            {"accepted": (seen(host=DUBLIN),), "path_account_works": seen(account=OTHER_SID)},
            "likely",
            id="own-success-in-another-region",
        ),
        pytest.param(
            {"accepted": (seen(),), "path_account_works": seen(account=OTHER_SID), "rivals": (seen(2),)},
            "likely",
            id="the-pair-may-be-outdated",
        ),
        pytest.param({"accepted": (seen(account=OTHER_SID),)}, "ruled-out", id="worked-on-that-account"),
        pytest.param({"rivals": (seen(account=OTHER_SID),)}, "ruled-out", id="username-worked-on-that-account"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], verdict: str) -> None:
    assert word(judged(RULE, crossed(), Bearing(**bearing))) == verdict  # type: ignore[arg-type] # fields by name


def test_an_unread_text_confirms_nothing() -> None:
    assert word(judged(RULE, crossed(message=""), Bearing(path_owner=THIRD))) == "likely"


@pytest.mark.parametrize(
    ("success", "owner", "verdict"),
    [
        pytest.param(SID, OTHER_SID, "likely", id="path-is-a-main-account"),
        pytest.param(SID, THIRD, "likely", id="path-belongs-to-another"),
        pytest.param(SID, SID, "unknown", id="main-account-key-on-its-subaccount"),
        pytest.param(SID, None, "unknown", id="owner-unknown"),
        pytest.param(OTHER_SID, THIRD, "ruled-out", id="key-works-there"),
    ],
)
def test_a_key_of_another_account(success: bytes, owner: bytes | None, verdict: str) -> None:
    bearing = Bearing(accepted=(seen(account=success),), path_owner=owner)
    assert word(judged(RULE, crossed(KEY_PAIR), bearing)) == verdict


UPWARD = (account_read(SID, OTHER_SID), crossed())
DOWNWARD = (account_read(OTHER_SID, SID), crossed())
APART = (accepted(GOOD, method="GET"), accepted(OTHERS_PAIR, path=OTHER_PATH, at=1.0), crossed())


@pytest.mark.parametrize(
    ("exchanges", "verdict"),
    [
        pytest.param(UPWARD, "confirmed", id="upward"),
        pytest.param(UPWARD[::-1], "confirmed", id="upward-learnt-later"),
        pytest.param(DOWNWARD, None, id="downward"),
        pytest.param(DOWNWARD[::-1], None, id="downward-learnt-later"),
        pytest.param(APART, "confirmed", id="apart"),
        pytest.param(APART[::-1], "confirmed", id="apart-in-another-order"),
        pytest.param((accepted(GOOD, method="GET"), crossed()), "likely", id="own-path-works"),
        pytest.param((accepted(GOOD, path=OTHER_PATH), crossed()), None, id="worked-there-before"),
        pytest.param((crossed(), accepted(GOOD, path=OTHER_PATH, at=60.0)), None, id="works-there-later"),
    ],
)
def test_recordings_and_live_captures(exchanges: tuple[Exchange, ...], verdict: str | None) -> None:
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        finding = finding_of(RULE, diagnosis)
        assert (finding.verdict.value if finding else None) == verdict
        if verdict == "confirmed":
            assert diagnosis.top == finding


def test_it_stands_above_the_residual_cause() -> None:
    found = standing(*APART)
    assert next(iter(found)) == RULE.slug
    assert found["pair-refused"] == ("possible", RULE.slug)


@pytest.mark.parametrize(
    ("bearing", "told"),
    [
        pytest.param(Bearing(), False, id="nothing-seen"),
        pytest.param(Bearing(path_owner=THIRD), True, id="owner-of-the-path"),
        pytest.param(Bearing(username_owner=THIRD), True, id="owner-of-the-username"),
        pytest.param(Bearing(accepted=(seen(),)), False, id="only-a-success"),
    ],
)
def test_the_evidence_tells_whether_an_account_resource_was_seen(bearing: Bearing, *, told: bool) -> None:
    found = judged(RULE, crossed(), bearing)
    assert isinstance(found, Stands)
    path = next(one for one in found.evidence if one.where == "request.target")
    assert path.says.startswith("the path names AC9988…bbaa")
    assert ("Account resource" in path.says) is told
    assert told or path.says.endswith("bbaa")


def test_two_accounts_at_work_are_told_with_their_places() -> None:
    found = judged(
        RULE, crossed(), Bearing(accepted=(seen(4),), path_account_works=seen(6, account=OTHER_SID), path_owner=None)
    )
    assert isinstance(found, Stands)
    assert "works on its own path, not on that of AC9988…bbaa" in found.says
    history = [(one.index, one.says) for one in found.evidence if one.where == "history"]
    assert [index for index, _ in history] == [4, 6]
    assert "its own path" in history[0][1]
    assert "a pair of its own" in history[1][1]


def test_the_home_of_a_key_is_told_with_its_place() -> None:
    elsewhere = seen(5, account=None, host="verify.twilio.com")
    found = judged(RULE, crossed(KEY_PAIR), Bearing(accepted=(elsewhere, seen(3)), path_owner=THIRD))
    assert isinstance(found, Stands)
    assert "works on AC0011…eeff; the path names AC9988…bbaa" in found.says
    assert (found.evidence[0].where, found.evidence[0].index) == ("history", 3)
    assert "AC0011…eeff" in found.evidence[0].says
    assert "AC0011…eeff" in found.fix[0]


def test_upward_is_said_in_words() -> None:
    found = texts(judge(RULE, *UPWARD))
    assert "AC0011…eeff was sent to a path of its parent AC9988…bbaa" in found


def test_evidence_marks_the_account_in_the_path() -> None:
    finding = finding_of(RULE, diagnoses((crossed(),))[0])
    assert finding is not None
    places = {one.where: (one.start, one.end) for one in finding.evidence}
    start, end = places["request.target"]
    assert OTHER_PATH[start:end] == OTHER_SID
    assert places["request.header.authorization.username"] == (0, len(SID))


def test_the_client_is_told_in_its_own_words() -> None:
    agent = b"twilio-php/8.12.0 (Linux x86_64) PHP/8.3"
    assert "new Client($accountSid, $authToken)" in texts(judge(RULE, crossed(agent=agent)))
