"""What the origin answers; which of it is chosen by a word in the path of the request."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from analyzers.building import REQUEST_ID, twilio_answer
from analyzers.exchange import Response

REFUSED: Final = b"refused"
MEDIA: Final = b"Media"
MEDIA_BYTES: Final = 100 * 1000 * 1000
MEDIA_WAIT: Final = 0.1
"""Seconds until the first byte of media: about what the way to Twilio and back takes."""
PIECE: Final = memoryview(bytes(range(256)) * 256)
_TEXT: Final = b'{"sid":"SM00112233445566778899aabbccddeeff","status":"delivered","body":"%s"}' % (b"x" * 600)


class Answer(NamedTuple):
    """A canned answer, ready for both versions of HTTP; a number makes its request id its own."""

    head: bytes
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def wire(self, number: int) -> bytes:
        """For HTTP/1.1."""
        return self.head % number + self.body

    def headers(self, number: int) -> Sequence[tuple[str, str]]:
        """For HTTP/2."""
        return [(name, value % number if name == "twilio-request-id" else value) for name, value in self.fields]


def _canned(response: Response) -> Answer:
    lines = [(name, b"RQ%032x" if value == REQUEST_ID else value) for name, value in response.headers]
    head = b"HTTP/1.1 %d X\r\n" % response.status + b"".join(b"%s: %s\r\n" % line for line in lines) + b"\r\n"
    fields = [(name.decode().lower(), value.decode()) for name, value in lines]
    return Answer(head, ((":status", str(response.status)), *fields), response.body)


def _with_body(response: Response, body: bytes) -> Response:
    headers = [(name, b"%d" % len(body) if name == b"Content-Length" else value) for name, value in response.headers]
    return Response(status=response.status, headers=tuple(headers), body=body)


OK: Final = _canned(_with_body(twilio_answer(200, None, ""), _TEXT))
"""A message as Twilio describes it, shortened."""
UNAUTHORIZED: Final = _canned(twilio_answer(401, 20003, "Authenticate"))
MEDIA_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % MEDIA_BYTES


def chosen(path: bytes) -> Answer:
    """The answer for a path."""
    return UNAUTHORIZED if REFUSED in path else OK
