"""Write a diagnosis into the refused answer itself, so that the developer's own exception says what is wrong.

Rules for the body, each from the parser of a helper library: docs/facts.md 9.3 (read 2026-11-20). The
original text stays first, code and status stay integers, nothing contains an empty line, and unknown members are added
at the top level.
"""

import json
import math
import re
from html import escape
from typing import TypeAlias

from mitmproxy import http

from addon.settings import Annotate
from analyzers.bounded import Bounded
from analyzers.contract import annotation_json
from analyzers.diagnosis import Diagnosis
from recordings.flows import body_of

MEMBER = "why20003"
_XML_MESSAGE = re.compile(rb"<Message>(.*?)</Message>|<Message\s*/>", re.DOTALL)
_XML_END = re.compile(rb"</(RestException|TwilioResponse)>")
_LARGEST_BODY = 1_000_000
_LARGEST_DECODED = 65_536
"""What is decoded of an encoded body; a few kB may stand for gigabytes."""
_REMEMBERED = 512
_LARGEST_REMEMBERED = 16_384
"""Bytes of a body that is remembered: Twilio's have some hundred."""


def sentence(diagnosis: Diagnosis) -> str:
    """What follows Twilio's message: one line, no secret."""
    top = diagnosis.top
    if top is None:
        return f"[why20003: {diagnosis.says}]"
    fix = f": {top.fix[0]}" if top.fix else f": {top.settle}" if top.settle else ""
    return f"[why20003: {top.says} ({top.verdict.value}){fix}]"


def headers(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """The Why20003-* headers; values are ASCII and have no line break."""
    top = diagnosis.top
    return (
        ("Why20003-Cause", top.cause if top else "unexplained"),
        ("Why20003-Verdict", top.verdict.value if top else "unknown"),
        ("Why20003-Says", " ".join(diagnosis.says.encode("ascii", "replace").decode().split())),
    )


def body(content: bytes, diagnosis: Diagnosis, level: Annotate) -> bytes | None:
    """`content` (decoded) with the diagnosis in it; None for anything but a JSON object or XML error without one."""
    if level not in {Annotate.BODY, Annotate.MESSAGE} or not content or len(content) > _LARGEST_BODY:
        return None
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return _json(content, diagnosis, level)
    if start == b"<":
        return _xml(content, diagnosis, level)
    return None


def _json(content: bytes, diagnosis: Diagnosis, level: Annotate) -> bytes | None:
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or MEMBER in found:
        return None
    if level is Annotate.MESSAGE:
        _into_message(found, sentence(diagnosis))
    found[MEMBER] = annotation_json(diagnosis)
    spaced = re.search(rb'^\s*\{\s*"[^"]*":\s', content) is not None
    return json.dumps(found, separators=(", ", ": ") if spaced else (",", ":")).encode("ascii")


def _number(text: str) -> float:
    """A number that can be written as it was; ValueError for one that JSON does not have, or that is too large."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("no number of JSON")
    return value


def _into_message(found: dict[str, object], text: str) -> None:
    """Append `text` where the libraries look: message; for RFC 9457, SCIM and OAuth bodies also the text they show."""
    errors = found.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict) and "message" in errors[0]:
        errors[0]["message"] = _joined(errors[0]["message"], text)
        return
    own = next((name for name in ("detail", "title", "error_description", "error") if _is_text(found.get(name))), None)
    if "message" in found or own is None:
        found["message"] = _joined(found.get("message"), text)
        return
    # RFC 9457 has no message; the C# and Go libraries show nothing else.
    original = found[own]
    if own in {"detail", "error_description"}:
        found[own] = _joined(original, text)
    elif own == "title":
        found["detail"] = text
    found["message"] = _joined(original, text)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _joined(original: object, text: str) -> str:
    return f"{original} {text}" if isinstance(original, str) and original else text


def _xml(content: bytes, diagnosis: Diagnosis, level: Annotate) -> bytes | None:
    """Only ``<Message>`` changes, and ``<Why20003>`` is added before the error ends; all other bytes stay."""
    end = _XML_END.search(content)
    if end is None or b"<Why20003>" in content:
        return None
    top = diagnosis.top
    says = escape(diagnosis.says, quote=False)
    element = (
        f"<Why20003><Cause>{top.cause if top else ''}</Cause>"
        f"<Verdict>{top.verdict.value if top else 'unknown'}</Verdict><Says>{says}</Says></Why20003>"
    ).encode("ascii", "xmlcharrefreplace")
    annotated = content[: end.start()] + element + content[end.start() :]
    if level is Annotate.BODY:
        return annotated
    text = escape(sentence(diagnosis), quote=False).encode("ascii", "xmlcharrefreplace")

    def message(found: re.Match[bytes]) -> bytes:
        original = found.group(1) or b""
        return b"<Message>" + original + (b" " if original else b"") + text + b"</Message>"

    return _XML_MESSAGE.sub(message, annotated, count=1)


class Annotator:
    """Writes diagnoses into answers. What repeats, as with a client that retries, is put together once."""

    def __init__(self) -> None:
        self._done: Bounded[int, tuple[object, tuple[bytes, Annotate], _Prepared]] = Bounded(_REMEMBERED)

    def write(self, answer: http.Response, diagnosis: Diagnosis, level: Annotate, *, head_only: bool) -> None:
        """Add the headers, and at levels body and message change the body, with length and encoding right."""
        # Once over the raw fields: each look-up by name would go through all of them, for every refusal.
        fields: list[tuple[bytes, bytes]] = []
        length, encoded = -1, False
        for field in answer.data.headers.fields:
            name = field[0].lower()
            if name in _OWN:
                continue
            if name == b"content-length":
                length = len(fields)
            elif name == b"content-encoding":
                encoded = True
            fields.append(field)
        content = b"" if head_only else _decoded(answer) if encoded else answer.data.content or b""
        added, changed = self._prepared(content, diagnosis, level)
        if changed is not None and not encoded:
            if length >= 0:
                fields[length] = (fields[length][0], b"%d" % len(changed))
            answer.data.content = changed
        answer.data.headers.fields = (*fields, *added)
        if changed is not None and encoded:
            answer.content = changed  # encodes again, and corrects the length

    def _prepared(self, content: bytes, diagnosis: Diagnosis, level: Annotate) -> "_Prepared":
        mark = id(diagnosis.findings)
        known = self._done.get(mark)
        if known is not None and known[0] is diagnosis.findings and known[1] == (content, level):
            return known[2]
        added = tuple((name.encode(), value.encode("ascii")) for name, value in headers(diagnosis))
        prepared = (added, body(content, diagnosis, level))
        if len(content) > _LARGEST_REMEMBERED:
            return prepared
        # The findings are kept with the result, so that their id cannot come to mean others.
        self._done.put(mark, (diagnosis.findings, (content, level), prepared))
        return prepared


_OWN = frozenset({b"why20003-cause", b"why20003-verdict", b"why20003-says"})
_Prepared: TypeAlias = tuple[tuple[tuple[bytes, bytes], ...], bytes | None]


def _decoded(answer: http.Response) -> bytes:
    """The decoded body; empty where it is not what Content-Encoding says, or too much, so that it stays as it is."""
    content = answer.data.content or b""
    plain = body_of(content, answer.data.headers.fields)
    return b"" if len(plain) >= _LARGEST_DECODED or plain == content else plain


def refusal_body(diagnosis: Diagnosis) -> bytes:
    """The JSON with which the proxy answers a request that it refuses to forward."""
    found = {
        "message": f"The proxy refused this request; it never reached Twilio {sentence(diagnosis)}",
        "status": 400,
        MEMBER: annotation_json(diagnosis),
    }
    return json.dumps(found, separators=(",", ":")).encode("ascii")
