import gzip
import io
import zipfile

import pytest
from judging import diagnoses
from wire_text import answer_of, head, request_of

from analyzers.building import GOOD, MESSAGES, SID, refused
from analyzers.exchange import Exchange
from recordings.opening import read_recording, recordings_of
from recordings.reading import EntryError, Reading, UnreadableRecording

URL = b"https://api.twilio.com" + MESSAGES % SID
ASKED = head(b"POST %s HTTP/1.1" % URL, ((b"Host", b"api.twilio.com"), (b"Authorization", GOOD)))
BODY = b'{"code":20003,"message":"Authenticate","status":401}'
ANSWERED = head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Length", b"%d" % len(BODY)),)) + BODY
TOLD = b"""<?xml version="1.0" encoding="utf-8"?>
<Session SID="1" BitFlags="81">
  <SessionTimers ClientConnected="2026-11-03T12:14:07.0112985+01:00"
    ClientBeginRequest="2026-11-03T12:14:08.5122988+01:00"
    ServerDoneResponse="2026-11-03T12:14:08.7+01:00" ClientDoneResponse="2026-11-03T12:14:08.7515157+01:00" />
  <PipeInfo />
  <SessionFlags><SessionFlag N="x-clientip" V="::ffff:192.0.2.7" /><SessionFlag N="x-clientport" V="51234" />
  <SessionFlag N="x-hostIP" V="54.172.60.0" /><SessionFlag N="x-egressport" V="54077" /></SessionFlags>
</Session>"""


def saz(**files: bytes) -> bytes:
    """`c1` is raw/1_c.txt, `m1` raw/1_m.xml."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_index.htm", b"<html></html>")
        archive.writestr("[Content_Types].xml", b"<Types/>")
        for name, content in files.items():
            archive.writestr(f"raw/{name[1:]}_{name[0]}.{'xml' if name[0] == 'm' else 'txt'}", content)
    return file.getvalue()


def reading(**files: bytes) -> Reading:
    return read_recording(io.BytesIO(saz(**files)))


def only(**files: bytes) -> Exchange:
    [exchange] = reading(**files).exchanges
    return exchange


def test_a_session() -> None:
    exchange = only(c1=ASKED, s1=ANSWERED, m1=TOLD)

    assert (exchange.request.scheme, exchange.request.host, exchange.request.target) == (
        "https",
        "api.twilio.com",
        MESSAGES % SID,
    )
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.body) == (401, BODY)
    assert exchange.started_at == pytest.approx(1793704448.512298)
    assert exchange.finished_at == pytest.approx(1793704448.751515)
    assert (exchange.client_address, exchange.connection) == ("192.0.2.7", "192.0.2.7:51234")
    assert (exchange.server_address, exchange.tls_version) == ("54.172.60.0", None)
    [recording] = recordings_of(io.BytesIO(saz(c1=ASKED)))
    assert recording.format == "raw"


def test_sessions_come_in_the_order_of_their_numbers() -> None:
    found = reading(**{f"c{number}": ASKED.replace(b"POST", b"A%dB" % number) for number in (10, 9, 2, 100)})

    assert [one.request.method for one in found.exchanges] == ["A2B", "A9B", "A10B", "A100B"]


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"\xff" * 100,
        b'ClientBeginRequest="0001-01-01T00:00:00" ClientDoneResponse="nothing at all"',
        b'ClientBeginRequest="9999-99-99T00:00:00"',
        b'<SessionFlag N="x-clientport" V="0" />',
        b'<SessionFlag N="x-hostIP" V="api.twilio.com" /><SessionFlag N="x-overrideHost" V="54.172.60.0" />',
    ],
)
def test_what_was_not_told(told: bytes) -> None:
    exchange = only(c1=ASKED, s1=ANSWERED, m1=told)

    assert (exchange.started_at, exchange.finished_at, exchange.client_address, exchange.connection) == (None,) * 4
    assert exchange.server_address is None


def test_a_tunnel_is_skipped() -> None:
    found = reading(
        c1=b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n", s1=b"HTTP/1.1 200 OK\r\n\r\n", c2=ASKED, s2=ANSWERED
    )

    assert (found.skipped, len(found.exchanges), found.place(0)) == (1, 1, 1)


def test_a_session_without_an_answer() -> None:
    exchange = only(c1=ASKED, s1=b"")

    assert exchange.response is None
    assert exchange.error == "Fiddler saw no answer"


def test_chunks_and_coding_are_undone() -> None:
    packed = gzip.compress(BODY, mtime=0)
    headers = ((b"Transfer-Encoding", b"chunked"), (b"Content-Encoding", b"gzip"))
    answer = head(b"HTTP/1.1 401 Unauthorized", headers) + b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)

    response = only(c1=ASKED, s1=answer).response

    assert response is not None
    assert response.body == BODY


def test_bodies_are_taken_as_they_are_however_they_begin() -> None:
    body = b"GET / HTTP/1.1\r\n\r\n"

    assert only(c1=ASKED + body, s1=ANSWERED).request.body == body


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param({"s1": ANSWERED}, "found only its answer", id="answer-alone"),
        pytest.param({"c1": b"\0\1\2\r\n\r\n"}, "expected a request line", id="nonsense"),
        pytest.param({"c1": b""}, "expected a request line", id="nothing"),
    ],
)
def test_a_bad_session_loses_no_other(files: dict[str, bytes], says: str) -> None:
    found = reading(**files, c2=ASKED, s2=ANSWERED)

    assert len(found.exchanges) == 1
    [error] = found.errors
    assert isinstance(error, EntryError)
    assert error.entry == 0
    assert says in error.says


def test_an_encrypted_session_is_named() -> None:
    content = bytearray(saz(c1=ASKED, c2=ASKED))
    content[content.index(b"raw/1_c.txt") - 30 + 6] |= 1
    content[content.rindex(b"raw/1_c.txt") - 46 + 8] |= 1

    found = read_recording(io.BytesIO(bytes(content)))

    assert len(found.exchanges) == 1
    assert found.errors[0].says.startswith("raw/1_c.txt is encrypted; unpack the archive")


def test_the_diagnosis_is_that_of_the_exchange() -> None:
    made = refused()
    answer = b"".join(answer_of(made)[:2])

    [diagnosis] = diagnoses([only(c1=b"".join(request_of(made)), s1=answer)]).values()
    [expected] = diagnoses([made]).values()

    assert [(one.cause, one.verdict) for one in diagnosis.findings] == [
        (one.cause, one.verdict) for one in expected.findings
    ]


def test_a_zip_with_answers_only_is_no_archive_of_fiddlers() -> None:
    with pytest.raises(UnreadableRecording, match="without a recording"):
        reading(m1=TOLD)
