"""The way back from an answer into which the proxy wrote its diagnosis (addon/annotate.py) to the answer as it came.

A capture of mitmproxy's own keeps the original beside it; a HAR, a log or a copied text does not. What was added can be
told: a member ``why20003``, a sentence in brackets at the end of texts, an element in XML, headers of our own.
"""

import json
import re
from dataclasses import replace
from typing import Final

from analyzers.exchange import Response

MEMBER: Final = "why20003"
OWN_HEADERS: Final = frozenset({b"why20003-cause", b"why20003-verdict", b"why20003-says"})
_SENTENCE = re.compile(r" ?\[why20003: .*\Z", re.DOTALL)
_XML_ELEMENT = re.compile(rb"<Why20003><Cause>.*?</Why20003>", re.DOTALL)
_XML_SENTENCE = re.compile(rb"(<Message>[^<]*?) ?\[why20003: [^<]*</Message>")
_BESIDE = frozenset({"detail", "error_description"})
"""What gets the sentence as well where a body has no message; a message is then added at its end."""
_REFUSAL: Final = "The proxy refused this request; it never reached Twilio "
"""How the proxy answers a request that it does not pass on; what Twilio would have said is not known."""
_BAD_REQUEST = 400


def unannotated(response: Response) -> Response | None:
    """`response` as it came, the very same where it is not annotated; None for one that the proxy made itself."""
    headers = tuple(line for line in response.headers if line[0].lower() not in OWN_HEADERS)
    body = _original(response.body)
    if body is None:
        return None if response.status == _BAD_REQUEST else response
    if body == response.body:
        return response if len(headers) == len(response.headers) else replace(response, headers=headers)
    lengths = (b"%d" % len(response.body), b"%d" % len(body))
    corrected = tuple(
        (name, lengths[1]) if name.lower() == b"content-length" and value == lengths[0] else (name, value)
        for name, value in headers
    )
    return replace(response, headers=corrected, body=body)


def _original(body: bytes) -> bytes | None:
    """The body without what was added; None for an answer of the proxy's own."""
    if b'"why20003"' in body:
        return _from_json(body)
    if b"<Why20003>" in body:
        return _XML_SENTENCE.sub(rb"\1</Message>", _XML_ELEMENT.sub(b"", body, count=1), count=1)
    return body


def _from_json(body: bytes) -> bytes | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return body  # cut off; the analyzers leave the sentence out as well
    if not isinstance(found, dict) or not isinstance(found.get(MEMBER), dict) or "verdict" not in found[MEMBER]:
        return body
    del found[MEMBER]
    if str(found.get("message", "")).startswith(_REFUSAL):
        return None
    errors = found.get("errors")
    for holder in (found, *(errors[:1] if isinstance(errors, list) else ())):
        if isinstance(holder, dict):
            _cut_sentences(holder)
    spaced = re.match(rb'\s*\{\s*"[^"]*":\s', body) is not None
    return json.dumps(found, separators=(", ", ": ") if spaced else (",", ":")).encode("ascii")


def _cut_sentences(found: dict[str, object]) -> None:
    """Take the sentence from the texts of `found`, and the members that were added to hold it."""
    ended = {name for name, value in found.items() if isinstance(value, str) and _SENTENCE.search(value)}
    for name in ended:
        found[name] = _SENTENCE.sub("", str(found[name]))
    if "message" not in ended:
        return
    message, is_last = found["message"], list(found)[-1] == "message"
    if message and not (is_last and (ended & _BESIDE or message == found.get("error"))):
        return
    del found["message"]
    if "detail" in ended and not found["detail"]:
        del found["detail"]


__all__ = ["MEMBER", "OWN_HEADERS", "unannotated"]
