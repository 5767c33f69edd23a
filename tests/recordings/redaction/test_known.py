import pytest

from recordings.redaction import known as module
from recordings.redaction.known import Known

WORD = b"3f9a7c5e1b2d4860f7e6d5c4b3a29180"
SID = b"AC00112233445566778899aabbccddeeff"


@pytest.mark.parametrize("word", [b"abcd", b"authenticate", b"Bearer", b""])
def test_what_says_nothing_is_not_noted(known: Known, word: bytes) -> None:
    known.note_secret(word)
    assert known.credentials() == {}


def test_a_secret_is_noted_once_in_its_first_spelling(known: Known) -> None:
    known.note_secret(WORD.upper())
    known.note_secret(WORD)
    assert list(known.credentials().values()) == [WORD.upper()]


def test_of_a_doubled_secret_the_half_is_known_too(known: Known) -> None:
    known.note_secret(WORD + WORD)
    assert WORD in known.credentials()


def test_a_sid_without_its_prefix_is_no_secret_where_the_sid_is_seen(known: Known) -> None:
    known.note_secret(SID[2:], doubtful=True)
    assert SID[2:] in known.credentials()
    known.note_sid(SID)
    assert known.credentials() == {}
    assert not known.is_secret_sid(SID)


def test_a_sid_that_is_made_of_a_secret_is_one(known: Known) -> None:
    known.note_secret(WORD)
    assert known.is_secret_sid(b"SK" + WORD)
    assert not known.is_secret_sid(SID)


def test_so_is_one_with_a_part_of_a_password(known: Known) -> None:
    known.note_sure(WORD)
    assert known.is_secret_sid(b"AC" + WORD[:31] + b"0")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        (SID[:20], (SID, 0)),
        (SID[2:20], (SID, 2)),
        (SID[2:].upper(), (SID, 2)),
        (SID[10:], (SID, 10)),
        (SID[5:20], None),
        (SID + b"0", None),
        (WORD, None),
    ],
)
def test_a_part_of_a_sid(known: Known, word: bytes, found: tuple[bytes, int] | None) -> None:
    known.note_sid(SID)
    assert known.sid_part(word) == found


def test_a_sid_in_a_longer_word(known: Known) -> None:
    known.note_sid(SID)
    assert known.sid_inside(b"x" + SID + b"yz") == (1, 35)
    assert known.sid_inside(b"x" + SID.lower()) is None
    known.note_secret(SID + b"Z")
    assert known.credentials() == {}


def test_whatever_comes_it_stays_bounded(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_SECRETS", "MOST_PERSONAL", "MOST_SIDS", "MOST_SIGNERS", "_MOST_MOMENTS"):
        monkeypatch.setattr(module, name, 50)
    for number in range(1000):
        digits = b"%016x" % (number * 7919)
        known.note_secret(digits)
        known.note_personal(b"Jane Doe %d" % number)
        known.note_sid(b"AC" + digits * 2)
        known.note_pair(digits, digits)
        known.note_moment(b"%010d" % number)
    assert [len(each) for each in (known.secrets, known.personal, known.sids, known.signers, known.moments)] == [50] * 5
    assert known.dropped == 1900


def test_bytes_are_bounded_as_well(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 5000)
    for number in range(100):
        known.note_personal(b"%d" % number + b"x" * 1_000_000)
    assert len(known.personal) == 4
    assert max(map(len, known.personal)) == 1024


def test_the_last_secrets_of_a_signer_are_kept(known: Known) -> None:
    for number in range(10):
        known.note_pair(b"SK", b"%d" % number)
    assert known.signers[b"SK"] == (b"4", b"5", b"6", b"7", b"8", b"9")


def test_a_time_that_a_token_shows_is_no_secret(known: Known) -> None:
    known.note_secret(b"1793704388")
    assert list(known.credentials()) == [b"1793704388"]
    known.note_moment(b"1793704388")
    known.note_moment(b"17937")
    assert known.credentials() == {}
    assert list(known.moments) == [b"1793704388"]


def test_a_live_recording_may_keep_fewer() -> None:
    known = Known(most_secrets=2)
    for word in (b"firstsecret1", b"secondsecret2", b"thirdsecret3"):
        known.note_secret(word)
    assert len(known.secrets) == 2
    assert known.dropped == 1
