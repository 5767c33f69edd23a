"""Take our annotation off an answer again: what is left has to be the origin's, byte by byte."""

import gzip
import json
import re
from dataclasses import replace
from typing import Final

from soak.plan import Answer

_OURS: Final = re.compile(rb"<Why20003>.*?</Why20003>", re.DOTALL)
_SENTENCE: Final = re.compile(rb" \[why20003: [^\r\n]*?\](?=</Message>)")


def is_annotated(answer: Answer) -> bool:
    """Whether our headers are on it."""
    return any(name.startswith(b"why20003-") for name, _ in answer.fields)


def reverted(answer: Answer) -> Answer:
    """`answer` without what an annotation adds; something else when that is more than it may."""
    fields = tuple(one for one in answer.fields if not one[0].startswith(b"why20003-"))
    if fields == answer.fields[: len(fields)] and len(answer.fields) == len(fields) + 3:
        return replace(answer, fields=fields, body=_body(answer.body, dict(fields)))
    return answer


def _body(body: bytes, fields: dict[bytes, bytes]) -> bytes:
    if not body:
        return body
    if fields.get(b"content-encoding") == b"gzip":
        return gzip.compress(_json(gzip.decompress(body)), mtime=0)
    if fields.get(b"content-type") == b"application/xml":
        return _SENTENCE.sub(b"", _OURS.sub(b"", body, count=1), count=1)
    return _json(body)


def _json(body: bytes) -> bytes:
    told = json.loads(body)
    said = told.pop("why20003")["says"]
    before, mark, after = told["message"].partition(" [why20003: ")
    if mark and after.startswith(said) and after.endswith("]"):
        told["message"] = before
    return json.dumps(told, separators=(",", ":")).encode()
