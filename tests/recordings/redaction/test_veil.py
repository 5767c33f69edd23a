import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import REQUEST_ID, SID, TOKEN
from recordings.redaction.veil import is_literal, is_sid


@pytest.mark.parametrize(
    "text", [SID, REQUEST_ID, b"OQ0A1B2C3D4E5F6a7b8c9d0e1f2a3b4c5d", b"sk" + b"0f" * 16, b"SM" + b"0F" * 16]
)
def test_sids(text: bytes) -> None:
    assert is_sid(text)


@pytest.mark.parametrize("text", [SID[:-1], SID + b"0", b"Ac" + b"zz" * 16, TOKEN + b"00", b"ac" + b"0f" * 16, b""])
def test_what_is_no_sid(text: bytes) -> None:
    assert not is_sid(text)


@pytest.mark.parametrize("text", [b"None", b"undefined", b"null", b"your auth token"])
def test_literals(text: bytes) -> None:
    assert is_literal(text)


def test_the_id_of_a_request_stays_even_where_sids_are_hidden(hiding: Tools) -> None:
    assert hiding.veil.sid(REQUEST_ID) == REQUEST_ID
    assert hiding.veil.sid(SID) != SID


def test_a_sid_made_of_a_secret_goes(tools: Tools, learner: Tools) -> None:
    learner.veil.word(TOKEN)
    out = tools.veil.sid(b"SK" + TOKEN)
    assert out[:2] == b"SK"
    assert spotted(out, [TOKEN]) == []
    assert out[2:] == tools.veil.word(TOKEN)


@pytest.mark.parametrize("made_up", [b"0" * 32, b"deadbeef" * 4, b"0123456789abcdef" * 2, b"AC" + b"f" * 32])
def test_what_somebody_made_up_stays(tools: Tools, made_up: bytes) -> None:
    assert tools.veil.word(made_up) == made_up


def test_public_text_keeps_words_versions_and_short_numbers(tools: Tools) -> None:
    text = b"HTTP 1.1 error 20003? TLS 1.3, max-age=31536000; realm"
    assert tools.veil.public(text).startswith(b"HTTP 1.1 error ")
    assert tools.veil.public(b"call +1 (212) 555-8437") != b"call +1 (212) 555-8437"
    assert spotted(tools.veil.public(b"for Quellmann"), [b"Quellmann"]) == []


def test_line_ends_that_are_written_out_stay(tools: Tools) -> None:
    assert tools.veil.words(rb"abc\r\n") == tools.veil.word(b"abc") + rb"\r\n"


def test_words_know_labels_only_where_they_are_some(tools: Tools) -> None:
    assert tools.veil.words(b"token=" + TOKEN).startswith(b"token=")
    assert tools.veil.words(b"token") != b"token"


def test_learning_a_made_up_value_notes_nothing(learner: Tools) -> None:
    learner.veil.word(b"deadbeef" * 4)
    learner.veil.opaque(TOKEN)
    assert learner.known.credentials() == {}
    assert learner.known.personal == {}
