import base64

import pytest

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from recordings.redact import Leak, Redactor
from recordings.self_check import SelfCheck, Watched, kinds

PIECE = b"nothing of anybody's stands here\n"


def check(*, vocabulary: bytes = b"", password: bytes = TOKEN, hide_sids: bool = False) -> SelfCheck:
    redactor = Redactor(b"k" * 32, hide_sids=hide_sids)
    redactor.learn(refused(basic(SID, password)))
    return SelfCheck(redactor, vocabulary, hide_sids=hide_sids)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOKEN, id="plain"),
        pytest.param(TOKEN[3:9], id="a-part"),
        pytest.param(base64.b64encode(b"x" + TOKEN), id="base64"),
        pytest.param(TOKEN.hex().encode(), id="hex"),
        pytest.param(TOKEN[::-1], id="reversed"),
    ],
)
def test_what_is_left_is_found(text: bytes) -> None:
    found = check().in_output(PIECE + text + PIECE)
    assert found
    assert TOKEN.decode() not in repr(found)
    assert check().in_output(PIECE) == []


def test_an_exchange_is_searched_in_all_its_parts() -> None:
    assert check().in_exchange(refused(GOOD))
    assert check().in_exchange(accepted(None, extra=((b"X-A", TOKEN[:8]),)))
    assert check().in_exchange(accepted(None)) == []


def test_a_word_of_ours_is_no_find_but_the_whole_value_is() -> None:
    password = b"zebrapeername77"
    sound = check(vocabulary=b"8:peername;", password=password)
    assert not sound.is_sure_of_output
    assert sound.in_output(b"8:peername;0:~") == []
    assert sound.in_output(b"8:peername;15:ZebraPeername77,")
    assert sound.in_exchange(refused(basic(SID, b"xpeername77")))
    assert check(vocabulary=PIECE, password=password).is_sure_of_output


@pytest.mark.parametrize(("hidden", "found"), [(False, False), (True, True)])
def test_sids_are_searched_for_when_they_are_hidden(*, hidden: bool, found: bool) -> None:
    assert bool(check(hide_sids=hidden).in_output(b"a " + SID + b" b")) is found


def test_pieces_pass_and_are_searched_meanwhile() -> None:
    watched = Watched(check())
    pieces = [PIECE, TOKEN, PIECE]
    assert [*watched.pieces(iter(pieces))] == pieces
    assert {leak.which for leak in watched.leaks} == {"credential 1"}
    assert kinds(watched.leaks).startswith("credential 1 (plain)")
    assert kinds([Leak("base64", "credential 2")] * 9) == "credential 2 (base64)"
