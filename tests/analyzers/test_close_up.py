"""One exchange from near: the card, the credential as shape, the ladder with every cause."""

import pytest

from analyzers.building import GOOD, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.card import Line, card
from analyzers.case import case_of
from analyzers.close_up import close_up, credential_lines, ladder_lines
from analyzers.diagnosis import CredentialView, view
from analyzers.drawing import masked
from analyzers.exchange import Exchange
from analyzers.registry import RULES

SWAPPED = basic(TOKEN, SID)
JWT = b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"


def text(lines: tuple[Line, ...] | list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def shown(exchange: Exchange, *notes: str) -> str:
    (result,) = diagnose_all([exchange], b"key")
    case = case_of(exchange)
    seen = result.diagnosis.credential if result.diagnosis else view(case, "")
    return text(list(close_up(result.diagnosis, seen, masked(case), notes)))


def test_a_refusal_begins_with_the_card_and_ends_with_the_ladder() -> None:
    (result,) = diagnose_all([refused(SWAPPED)], b"key")
    assert result.diagnosis is not None
    said = shown(refused(SWAPPED))
    assert said.startswith(text(card(result.diagnosis)))
    assert said.endswith(text(list(ladder_lines(result.diagnosis))))
    assert said.index("more: why20003") < said.index("Authorization as shape") < said.index("\nLadder\n")


def test_notes_stand_before_the_credential() -> None:
    said = shown(refused(SWAPPED), "first\x1b[2J", "second")
    assert "  note: first\\x1b[2J\n  note: second\n\nAuthorization as shape" in said


def test_the_ladder_has_every_cause_once() -> None:
    (result,) = diagnose_all([refused(SWAPPED)], b"key")
    assert result.diagnosis is not None
    told = ["".join(span.text for span in line) for line in ladder_lines(result.diagnosis)]
    slugs = [line.partition(": ")[2].split()[0].rstrip(",") for line in told]
    assert sorted(slugs) == sorted(rule.slug for rule in RULES)
    assert told[0].startswith("  confirmed: halves-swapped  The halves are swapped")
    assert told[1].startswith("  confirmed: sid-as-password, under halves-swapped  ")


def test_a_success_shows_its_credential_and_no_ladder() -> None:
    said = shown(accepted())
    assert said.splitlines() == [
        "Not a refusal that why20003 explains",
        "",
        "Authorization as shape",
        "  scheme    Basic",
        "  username  AC0011…eeff, account-sid",
        "  password  32 characters, lower-hex",
        "  Authorization: Basic •••(90)•••==",
        "  Authorization decoded: AC0011…eeff : •••(32)•••",
    ]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        pytest.param(None, ["No Authorization header"], id="none"),
        pytest.param(JWT, ["  scheme    Bearer", "  token     67 characters, jwt, sec#1"], id="token"),
        pytest.param(b"Basic ====", ["  scheme    Basic", "  pair      none that can be read"], id="unreadable"),
        pytest.param(b"Zork x", ["  scheme    other", "  pair      none that can be read"], id="other-scheme"),
        pytest.param(
            basic(SID, b""), ["  username  AC0011…eeff, account-sid", "  password  (empty)"], id="empty-password"
        ),
        pytest.param(basic(b"", TOKEN), ["  username  (empty), empty"], id="empty-username"),
        pytest.param(SWAPPED, ["  username  <32 lower-case hex digits>, lower-hex-32"], id="secret-as-username"),
    ],
)
def test_the_credential_as_shape(value: bytes | None, lines: list[str]) -> None:
    said = shown(refused(value)).splitlines()
    assert [line for line in lines if line not in said] == []


def test_a_fingerprint_stands_behind_the_shape() -> None:
    seen = CredentialView("Basic", "AC…", "account-sid", 32, "lower-hex", "sec#7")
    assert "  password  32 characters, lower-hex, sec#7" in text(list(credential_lines(seen, ()))).splitlines()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(GOOD, id="good"),
        pytest.param(SWAPPED, id="swapped"),
        pytest.param(basic(SID, TOKEN + b"\n"), id="stray"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, id="not-base64"),
        pytest.param(TOKEN, id="no-scheme"),
        pytest.param(b"Bearer " + KEY_SECRET, id="bearer"),
        pytest.param(JWT, id="token"),
        pytest.param(basic(KEY_SECRET, KEY_SECRET), id="twice"),
    ],
)
def test_nothing_of_a_secret_is_shown(value: bytes) -> None:
    said = shown(refused(value))
    hidden = [TOKEN, KEY_SECRET, (value.partition(b" ")[2] or value).replace(SID, b"")]
    runs = {one[at : at + 5].decode() for one in hidden for at in range(len(one) - 4)}
    assert sum(run in said for run in runs) == 0
