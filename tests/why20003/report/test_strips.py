"""The header byte by byte: what is hidden, what is marked, what is left out."""

import base64

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.exchange import Exchange
from why20003.report.drawn import drawn_cells
from why20003.report.strips import Cell, Strip, strips_of


def strips(exchange: Exchange) -> tuple[Strip, ...]:
    [diagnosis] = [result.diagnosis for result in diagnose_all([exchange], b"key") if result.diagnosis]
    return strips_of(diagnosis, case_of(exchange))


def cells(strip: Strip) -> list[Cell]:
    return [cell for group in strip.groups for cell in group.cells]


def text(strip: Strip) -> str:
    return "".join(cell.glyph for cell in cells(strip))


def marked(strip: Strip) -> list[tuple[int, str, int]]:
    return [(cell.offset, cell.glyph, cell.mark) for cell in cells(strip) if cell.mark]


def test_every_byte_is_a_cell() -> None:
    wire, username, password = strips(refused(basic(SID, TOKEN + b"\n")))

    assert text(wire).startswith("Basic␣•••")
    assert [len(cells(strip)) for strip in (wire, username, password)] == [98, 34, 33]
    assert [strip.length for strip in (wire, username, password)] == [98, 34, 33]


def test_a_line_feed_is_named_and_marked() -> None:
    password = strips(refused(basic(SID, TOKEN + b"\n")))[-1]

    assert marked(password) == [(32, "LF", 1)]
    assert cells(password)[32].byte == "0A"
    assert [number for number, _ in password.legend] == [1]


def test_what_is_missing_has_a_place() -> None:
    value = GOOD.rstrip(b"=")
    wire = strips(refused(value, message="Authentication Error - No credentials provided"))[0]

    assert marked(wire) == [(len(value), "∅", 1)]


@pytest.mark.parametrize(
    ("authorization", "secret"),
    [
        pytest.param(GOOD, TOKEN, id="auth-token"),
        pytest.param(basic(KEY, KEY_SECRET), KEY_SECRET, id="key-secret"),
        pytest.param(basic(TOKEN, SID), TOKEN, id="swapped"),
        pytest.param(basic(SID, b'"' + TOKEN + b'"'), TOKEN, id="quoted"),
        pytest.param(basic(SID, b"a1b2.c3d4:e5f6,g7h8%i9j0"), b"a1b2.c3d4:e5f6,g7h8%i9j0", id="with-marks"),
        pytest.param(basic(SID, b"SK" + TOKEN[:20]), b"K" + TOKEN[:20], id="like-a-sid"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, TOKEN, id="not-encoded"),
        pytest.param(TOKEN, TOKEN, id="bare"),
        pytest.param(b"Token " + TOKEN, TOKEN, id="another-scheme"),
        pytest.param(b"Bearer " + TOKEN, TOKEN, id="bearer"),
        pytest.param(TOKEN + b" " + KEY_SECRET, KEY_SECRET, id="a-secret-as-the-scheme"),
    ],
)
def test_no_secret_is_shown(authorization: bytes, secret: bytes) -> None:
    for strip in strips(refused(authorization)):
        shown = text(strip)
        encoded = base64.b64encode(secret).decode()
        runs = [secret.decode()[at : at + 3] for at in range(len(secret) - 2)]
        runs += [encoded[at : at + 4] for at in range(len(encoded) - 5)]
        assert [at for at, run in enumerate(runs) if run in shown] == []


def test_a_sid_is_shortened_and_an_unset_literal_is_not() -> None:
    _, username, password = strips(refused(basic(SID, b"undefined")))

    assert text(username) == SID[:6].decode() + "•" * 24 + SID[-4:].decode()
    assert text(password) == "undefined"


def test_two_headers_are_two_strips() -> None:
    found = strips(refused(GOOD, extra=((b"Authorization", basic(OTHER_SID, TOKEN)),)))

    assert [strip.name for strip in found][:2] == ["Authorization 1 of 2, as sent", "Authorization 2 of 2, as sent"]


def test_a_megabyte_is_cut_around_what_matters() -> None:
    password = b"x" * 500_000 + b"\n" + b"y" * 500_000
    wire, _, decoded = strips(refused(basic(SID, password)))

    for strip in (wire, decoded):
        assert len(cells(strip)) < 200
        assert sum(group.left_out for group in strip.groups) + len(cells(strip)) == strip.length
    assert text(wire).startswith("Basic")


def test_a_mark_far_inside_is_drawn() -> None:
    value = b"Basic " + base64.b64encode(SID + b":" + b"x" * 3000)
    broken = value[:2000] + b"\x80" + value[2000:]
    wire = strips(refused(broken))[0]

    assert (2000, "▒", 1) in marked(wire)
    assert len(cells(wire)) < 200


def test_groups_begin_at_round_places() -> None:
    for strip in strips(refused(basic(SID, TOKEN + b"\n"))):
        assert all(group.cells[0].offset % 8 == 0 for group in strip.groups)


def test_without_a_header_there_is_nothing() -> None:
    assert strips(refused(None)) == ()


def test_without_exchanges_the_drawing_of_the_diagnosis_is_taken() -> None:
    [diagnosis] = [result.diagnosis for result in diagnose_all([refused(basic(SID, TOKEN + b"\n"))], b"key")]
    assert diagnosis
    drawn = drawn_cells(diagnosis)

    assert drawn is not None
    label, groups = drawn
    assert label == "Authorization decoded"
    assert "".join(cell.glyph for group in groups for cell in group.cells) == "AC0011…eeff : •••(32)•••LF"
    assert [cell.glyph for group in groups for cell in group.cells if cell.mark] == ["LF"]


def test_a_path_at_fault_is_drawn_from_the_diagnosis() -> None:
    [diagnosis] = [result.diagnosis for result in diagnose_all([refused(path=MESSAGES % b"None")], b"key")]
    assert diagnosis
    drawn = drawn_cells(diagnosis)

    assert drawn is not None
    assert "".join(cell.glyph for cell in (c for g in drawn[1] for c in g.cells) if cell.mark) == "None"
