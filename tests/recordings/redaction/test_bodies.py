import gzip
import json
import zlib

import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import SID, TOKEN
from analyzers.exchange import Headers, Response

PRIVATE = (TOKEN, b"Quellmann", b"12125558437")
RESOURCE = {
    "sid": SID.decode(),
    "auth_token": TOKEN.decode(),
    "friendly_name": "Quellmann",
    "status": "active",
    "nested": [{"to": "+12125558437"}, "Quellmann", 12125558437, True, None],
    "Quellmann": 1,
}


def body(
    tools: Tools, content: bytes, kind: bytes = b"application/json", *, told: bool = False, extra: Headers = ()
) -> bytes:
    message = Response(status=401, headers=((b"Content-Type", kind), *extra), body=content)
    return tools.bodies.body(message, told=told)


def test_json_stays_json(tools: Tools) -> None:
    out = json.loads(body(tools, json.dumps(RESOURCE).encode()))
    assert (out["sid"], out["status"], len(out)) == (RESOURCE["sid"], "active", len(RESOURCE))
    assert next(each for each in out.values() if isinstance(each, list))[3:] == [True, None]
    assert spotted(json.dumps(out).encode(), PRIVATE) == []


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("cut", [5, 40, 90, 150])
def test_cut_json_is_changed_as_far_as_it_goes(tools: Tools, cut: int, indent: int | None) -> None:
    content = json.dumps(RESOURCE, indent=indent).encode()[:-cut]
    out = body(tools, content)
    assert len(out) == len(content)
    assert spotted(out, PRIVATE) == []
    assert b'"status": "active"' in out or b"status" not in content


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<R a='Quellmann'><To>+12125558437</To><!-- Quellmann --><AuthToken>" + TOKEN, id="xml"),
        pytest.param(b"<html><body>Hello Quellmann, call +1 (212) 555-8437</body></html>", id="html"),
        pytest.param(b"To=%2B12125558437&AuthToken=" + TOKEN, id="form"),
        pytest.param(b"Quellmann: " + TOKEN, id="text"),
        pytest.param(b"\0\1\2Quellmann\0\xff" + TOKEN + b"\0\0\1", id="binary"),
        pytest.param(("To=Quellmann&x=" + TOKEN.decode()).encode("utf-16"), id="utf-16"),
        pytest.param(
            b'--x\r\nContent-Disposition: form-data; name="Quellmann"\r\n\r\n' + TOKEN + b"\r\n--x--", id="parts"
        ),
        pytest.param(b"1f\r\n" + json.dumps(RESOURCE).encode() + b"\r\n0\r\n\r\n", id="chunked"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(RESOURCE).encode(), id="with-a-mark"),
    ],
)
@pytest.mark.parametrize(
    "kind",
    [
        b"application/json",
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"image/png",
        b"",
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_whatever_it_says_it_is_nothing_private_stays(tools: Tools, content: bytes, kind: bytes, told: bool) -> None:
    out = body(tools, content, kind, told=told)
    assert len(out) == len(content)
    assert spotted(out, PRIVATE) == []


@pytest.mark.parametrize(
    ("pack", "extra"),
    [
        (lambda text: gzip.compress(text, mtime=0), ()),
        (zlib.compress, ()),
        (lambda text: zlib.compress(text, wbits=-15), ((b"Content-Encoding", b"deflate"),)),
        (lambda text: gzip.compress(gzip.compress(text, mtime=0), mtime=0), ()),
    ],
    ids=["gzip", "zlib", "deflate", "gzip-twice"],
)
def test_packed_bodies_are_packed_again(tools: Tools, pack: object, extra: Headers) -> None:
    packed = pack(json.dumps(RESOURCE).encode())  # type: ignore[operator] # a column of the table
    out = body(tools, packed, extra=extra)
    assert out[:2] == packed[:2] or extra
    assert spotted(out, PRIVATE) == []
    plain = zlib.decompress(out, -15 if extra else 47)
    assert b"status" in (gzip.decompress(plain) if plain[:2] == b"\x1f\x8b" else plain)


def test_an_error_of_twilios_stays_byte_for_byte(tools: Tools) -> None:
    content = (
        b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
    )
    assert body(tools, content, told=True) == content


def test_what_is_dropped_keeps_its_length_and_says_so(tools: Tools) -> None:
    out = body(tools, b"\0\1\2\3" * 50, b"image/png")
    assert out.startswith(b"dropped ")
    assert len(out) == 200
    assert out == body(tools, b"\0\1\2\3" * 50, b"image/png") != body(tools, b"\0\1\2\4" * 50, b"image/png")


def test_learning_changes_nothing(learner: Tools) -> None:
    content = json.dumps(RESOURCE).encode()
    assert body(learner, content) == content
    assert TOKEN in learner.known.credentials().values()


def test_a_long_binary_body_without_a_type_is_dropped_and_text_is_not(tools: Tools) -> None:
    # No control characters, which would tell, and hardly anything that is UTF-8.
    binary = bytes(range(128, 256)) * 40
    dropped = body(tools, binary, b"")
    assert dropped.startswith(b"dropped ")
    assert len(dropped) == len(binary)
    for text in ("Žluťoučký kůň, " * 400, "日本語のテキスト" * 300):
        kept = body(tools, b"Body=" + text.encode(), b"")
        assert kept.startswith(b"Body=")
        assert text.encode() not in kept
    assert body(tools, b"a=" + bytes(range(160, 256)), b"").startswith(b"a=")
