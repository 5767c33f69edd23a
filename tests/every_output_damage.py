"""What is no recording, or no whole one, with secrets where a message might quote what it could not read."""

import gzip
import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from random import Random
from typing import Final

from every_output_capture import AUTH_TOKEN, CLEAR_TOKEN, KEY_SECRET, SESSION, files

from analyzers.building import SID
from recordings.tnetstrings import Value, dumps

_WORD: Final = SESSION.decode()
_URL: Final = "https://api.twilio.com/2010-04-01/Accounts.json"


@cache
def damaged() -> Mapping[str, bytes]:
    """The capture cut off and with bytes changed, in every format; and entries of which every member is wrong."""
    made: dict[str, bytes] = {}
    for name, data in files().items():  # a quarter of it: the rest is no different
        random = Random(name)
        size = len(data) // 4
        made[f"cut-{name}"] = data[: size - random.randrange(200)]
        flipped = bytearray(data[:size])
        for _ in range(20):
            flipped[random.randrange(size)] = random.choice(b'0:,]}"\n\0\xff')
        made[f"changed-{name}"] = bytes(flipped)
    odd = json.dumps({"log": {"creator": {"name": _WORD, "version": _WORD}, "entries": [*_odd_entries()]}}).encode()
    made["odd.har"] = odd
    made["ends-in-a-secret.har"] = odd[: odd.rindex(SESSION) + 9]
    made["no-log.har"] = json.dumps({"log": _WORD, _WORD: {"entries": _WORD}}).encode()
    made["odd.mitm"] = b"".join(dumps(state) for state in _odd_states()) + b"20:" + AUTH_TOKEN
    made["odd.txt"] = _odd_text()
    made["odd-trace.txt"] = (
        b"=> Send header, 60 bytes (0x3c)\n0000: GET /" + AUTH_TOKEN + b"\n00zz: " + AUTH_TOKEN + b"\n" + AUTH_TOKEN
    )
    return made


def foreign() -> Mapping[str, bytes]:
    """Files that somebody names by mistake."""
    variables = b"TWILIO_ACCOUNT_SID=" + SID + b"\nTWILIO_AUTH_TOKEN=" + AUTH_TOKEN + b"\n"
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("settings/.env", variables)
        packed.writestr("notes.txt", KEY_SECRET)
    return {
        ".env": variables,
        ".netrc": b"machine api.twilio.com login " + SID + b" password " + AUTH_TOKEN + b"\n",
        "key.pem": b"-----BEGIN PRIVATE KEY-----\n" + CLEAR_TOKEN * 2 + b"\n-----END PRIVATE KEY-----\n",
        "settings.json": json.dumps({"auth_token": AUTH_TOKEN.decode(), "log": [KEY_SECRET.decode()]}).encode(),
        "number": AUTH_TOKEN + b":" + KEY_SECRET,
        "env.gz": gzip.compress(variables, mtime=0),
        "cut.gz": gzip.compress(variables, mtime=0)[:-12],
        "env.zip": archive.getvalue(),
        "cut.zip": archive.getvalue()[:-30],
        "page.html": b"<html><body>" + AUTH_TOKEN + b"</body></html>",
        "binary": b"\x00\x01" + AUTH_TOKEN + b"\x00" * 40 + KEY_SECRET,
    }


def _odd_entries() -> Iterator[object]:
    """A good entry with one member after another replaced by a text that is none."""
    yield from (_WORD, [_WORD], None, {"request": _WORD}, {"request": {"url": _WORD}}, {"request": {"url": [_WORD]}})
    request = {"method": "GET", "url": _URL, "httpVersion": "HTTP/1.1", "headers": [{"name": "A", "value": "b"}]}
    content = {"size": 2, "mimeType": "text/plain", "text": "{}"}
    response = {"status": 401, "statusText": "No", "headers": [], "content": content}
    entry = {"startedDateTime": "2026-11-03T11:14:08.000Z", "time": 1, "request": request, "response": response}
    for name in entry:
        yield entry | {name: _WORD}
    for name in request:
        yield entry | {"request": request | {name: _WORD}}
    for name in response:
        yield entry | {"response": response | {name: _WORD}}
    for header in (
        _WORD,
        {_WORD: _WORD},
        {"name": _WORD},
        {"name": [_WORD], "value": _WORD},
        {"name": "A", "value": 1},
    ):
        yield entry | {"request": request | {"headers": [header]}}
    for part in ({"encoding": _WORD}, {"encoding": "base64", "text": _WORD + "!"}, {"text": [_WORD]}):
        yield entry | {"response": response | {"content": content | part}}
        yield entry | {"request": request | {"postData": part}}
    for url in (
        f"https://{_WORD}:{_WORD}@[::1/{_WORD}",
        f"//{_WORD}",
        f"https://api.twilio.com:{_WORD}/",
        f"ftp://{_WORD}",
    ):
        yield entry | {"request": request | {"url": url}}


def _odd_states() -> Iterator[dict[str, Value]]:
    for kind in ("http", _WORD):
        yield {"type": kind, "version": _WORD}
        yield {"type": kind, "version": 21, "id": _WORD, "request": _WORD, "response": None}
        request: Value = {"host": _WORD, "port": _WORD, "path": AUTH_TOKEN, "headers": [AUTH_TOKEN], "content": 5}
        yield {"type": kind, "version": 21, "id": _WORD, "request": request, "response": [_WORD]}


def _odd_text() -> bytes:
    lines = (
        b"GET /" + AUTH_TOKEN + b" " + KEY_SECRET + b" HTTP/1.1",
        b"POST /2010-04-01/Accounts.json HTTP/1.1",
        b"Host: api.twilio.com",
        b"Content-Length: " + AUTH_TOKEN,
        b"Transfer-Encoding: chunked",
        b"Authorization Basic " + AUTH_TOKEN,
        AUTH_TOKEN,
        b": " + AUTH_TOKEN,
        b"",
        KEY_SECRET,
        AUTH_TOKEN,
        b"HTTP/1.1 " + KEY_SECRET + b" No",
        b"HTTP/1.1 401 No",
        b"Content-Length: " + KEY_SECRET,
        KEY_SECRET + b" " + AUTH_TOKEN,
        b"",
        AUTH_TOKEN,
    )
    return b"\r\n".join(lines)
