import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, TOKEN
from analyzers.exchange import Headers
from analyzers.head import Head, read_head


def headers(raw: bytes) -> Headers:
    head = read_head(b"POST /x HTTP/1.1\r\n" + raw)
    assert head
    return head.headers


def test_an_ordinary_head() -> None:
    head = read_head(b"POST /a?b HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: " + GOOD + b"\r\n\r\nX: body")

    assert head == Head("POST", b"/a?b", "HTTP/1.1", ((b"Host", b"api.twilio.com"), (b"Authorization", GOOD)))


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (b"\r\n\r\nGET / HTTP/1.0", ("GET", b"/", "HTTP/1.0")),
        (b"GET http://h/a HTTP/1.1", ("GET", b"http://h/a", "HTTP/1.1")),
        (b"CONNECT h:443 HTTP/1.1", ("CONNECT", b"h:443", "HTTP/1.1")),
        (b"GET  /a b\tHTTP/1.1 ", ("GET", b"/a b", "HTTP/1.1")),
        (b"GET /", ("GET", b"/", "")),
        (b"GET http://h/a", ("GET", b"http://h/a", "")),
        (b"GET https://h/a", ("GET", b"https://h/a", "")),
        (b"get / HTTP/2", ("get", b"/", "HTTP/2")),
    ],
)
def test_request_lines(line: bytes, read: tuple[str, bytes, str]) -> None:
    for end in (b"", b"\n", b"\r\n"):
        head = read_head(line + end)
        assert head
        assert (head.method, head.target, head.version) == read


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"GET",
        b"\x16\x03\x01\x02\x00",
        b"hello world",
        b"HTTP/1.1 200 OK",
        b" GET / HTTP/1.1",
        b"GET ",
        b"GET ftp://h/",
    ],
)
def test_no_request_line_is_no_head(raw: bytes) -> None:
    assert read_head(raw) is None


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        pytest.param(b"A: 1\nB: 2\n\nC: 3", ((b"A", b"1"), (b"B", b"2")), id="bare-lf"),
        pytest.param(b"A: 1\r\na:2\r\n", ((b"A", b"1"), (b"a", b"2")), id="case-and-order"),
        pytest.param(b"A : 1\r\n", ((b"A ", b"1"),), id="blank-before-the-colon"),
        pytest.param(b"A:\t 1 \t\r\n", ((b"A", b"1"),), id="blanks-around-the-value"),
        pytest.param(b"A: 1\r\n 2\r\n\t3\r\nB: 4", ((b"A", b"1\r\n 2\r\n\t3"), (b"B", b"4")), id="folded"),
        pytest.param(b"A: Basic YWJj\nZGVm\r\nB: 4\r\n", ((b"A", b"Basic YWJj\nZGVm"), (b"B", b"4")), id="wrapped"),
        pytest.param(b"A: Basic YWJj\r\nZGVm==\r\nB: 4", ((b"A", b"Basic YWJj\r\nZGVm=="), (b"B", b"4")), id="crlf"),
        pytest.param(b"A: 1\r\n x: y\r\n", ((b"A", b"1\r\n x: y"),), id="fold-with-a-colon"),
        pytest.param(b"A: 1\r\n\tx: y\r\n", ((b"A", b"1\r\n\tx: y"),), id="fold-by-a-tab-with-a-colon"),
        pytest.param(b"A: 1\n\r\nB: 2\n\r\nC: 3", ((b"A", b"1\n"), (b"B", b"2\n"), (b"C", b"3")), id="twice"),
        pytest.param(b"A: 1\n\r\nB: 2\r\n\r\nC: 3", ((b"A", b"1\n"), (b"B", b"2")), id="trailing-lf-once"),
        pytest.param(b"A: 1\n\r\nB: 2\r\n\r\nC: 3", ((b"A", b"1\n"), (b"B", b"2")), id="trailing-lf"),
        pytest.param(b"A: 1\n\r\nbody", ((b"A", b"1\n"),), id="trailing-lf-at-the-end-of-the-head"),
        pytest.param(b"A: 1\r\n\r\nB: 2", ((b"A", b"1"),), id="body-like-a-header"),
        pytest.param(b"no colon\r\nA: 1\r\n", ((b"A", b"1"),), id="nothing-to-continue"),
        pytest.param(b" A: 1\r\n", ((b" A", b"1"),), id="blank-first"),
        pytest.param(b": 1\r\nA:\r\n", ((b"", b"1"), (b"A", b"")), id="empty"),
        pytest.param(b"A: 1", ((b"A", b"1"),), id="cut"),
        pytest.param(b"A: \xff\r2\r\n", ((b"A", b"\xff\r2"),), id="bare-cr-is-no-line-end"),
    ],
)
def test_header_lines(raw: bytes, read: Headers) -> None:
    assert headers(raw) == read


def test_a_head_is_bounded() -> None:
    assert sum(len(name) + len(value) for name, value in headers(b"A: " + b"x" * 10**6)) < 65536
    assert len(headers(b"A: 1\r\n" * 5000)) == 1000


def test_no_value_is_part_of_a_repr() -> None:
    assert TOKEN.decode() not in repr(read_head(b"GET /" + TOKEN + b" HTTP/1.1\r\nA: " + TOKEN))


@given(st.binary(max_size=300) | st.text("GET/ HTP1.\r\n:aA").map(str.encode))
def test_any_bytes_give_a_head_or_none(raw: bytes) -> None:
    for found in (read_head(raw), read_head(b"GET / HTTP/1.1\r\n" + raw)):
        assert found is None or all(name in raw and value in raw for name, value in found.headers)


@given(
    st.lists(
        st.tuples(
            st.from_regex(rb"\A[!#-'*+.0-9A-Z^-z|~-]+\Z"), st.from_regex(rb"\A(?:[!-~\x80-\xff]|[!-~][ -~]*[!-~])?\Z")
        ),
        max_size=6,
    ),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_what_is_written_comes_back(lines: list[tuple[bytes, bytes]], end: bytes) -> None:
    raw = b"GET / HTTP/1.1" + end + b"".join(name + b": " + value + end for name, value in lines) + end

    head = read_head(raw)

    assert head
    assert head.headers == tuple(lines)
