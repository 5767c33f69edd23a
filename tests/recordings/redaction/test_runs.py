import pytest

from recordings.redaction.runs import runs_of, unwanted


@pytest.mark.parametrize(
    ("value", "runs"),
    [
        pytest.param(b"abc", set(), id="too-short"),
        pytest.param(b"3f9a7c", {b"3f9a7", b"f9a7c"}, id="hex"),
        pytest.param(b"3F9A7", {b"3f9a7"}, id="in-small-letters"),
        pytest.param(b"aaaaaa", set(), id="filler"),
        pytest.param(b"a-b-c", set(), id="punctuation"),
        pytest.param(b"-authenticate", set(), id="public-word"),
        pytest.param(b"x.exa", set(), id="end-of-a-host"),
        pytest.param(b"xv.ex", {b"xv.ex"}, id="more-of-a-host"),
        pytest.param(b"giLCJpc3MiOiJ", set(), id="names-of-claims-in-base64"),
        pytest.param(b"zq-xv", {b"zq-xv"}, id="one-mark"),
        pytest.param("Пароль".encode()[:6], {"Пароль".encode()[at : at + 5] for at in (0, 1)}, id="beyond-ascii"),
    ],
)
def test_runs_that_tell(value: bytes, runs: set[bytes]) -> None:
    assert runs_of(value) == runs


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(b"482913", {b"48291", b"82913"}, id="a-short-code"),
        pytest.param(b"12125550143", {b"1212555", b"2125550", b"1255501", b"2555014", b"5550143"}, id="a-number"),
    ],
)
def test_digits_alone_have_to_be_more(value: bytes, kept: set[bytes]) -> None:
    assert unwanted(value) == kept
