import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction_tools import tools_of

from recordings.redaction.known import Known
from recordings.redaction.xml_layer import XmlText


def rewriter(seen: list[tuple[bytes, bytes]]) -> XmlText:
    def value(name: bytes, text: bytes) -> bytes:
        seen.append((name, text))
        return text

    return XmlText(tools_of(Known()).veil, value)


@pytest.mark.parametrize(
    ("document", "seen"),
    [
        (b"<Message><To>x</To><Body>y</Body></Message>", [(b"To", b"x"), (b"Body", b"y")]),
        (b'<Message Status="x">y</Message>', [(b"Status", b"x"), (b"Message", b"y")]),
        (b"<Message>a &amp; b</Message>", [(b"Message", b"a & b")]),
        (b"<Message>cut", [(b"Message", b"cut")]),
        (b"plain", [(b"", b"plain")]),
        (b"<?xml version='1.0'?>\n<Sid/>", []),
    ],
)
def test_each_text_is_given_with_its_element(document: bytes, seen: list[tuple[bytes, bytes]]) -> None:
    found: list[tuple[bytes, bytes]] = []
    assert rewriter(found).rewritten(document) == document
    assert found == seen


def test_names_and_comments_of_others_go() -> None:
    out = rewriter([]).rewritten(b"<Quellmann><!-- Quellmann --></Quellmann>")
    assert b"uellm" not in out
    assert out[:1] + out[-1:] == b"<>"


@given(st.binary(max_size=80))
def test_any_bytes_keep_their_length(document: bytes) -> None:
    assert len(rewriter([]).rewritten(b"<a>" + document)) == len(document) + 3
