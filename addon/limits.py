"""How much of a message is looked at and recorded. What is longer passes as it is, and takes neither memory nor time.

Bodies are cut where an exchange is made of a flow (recordings/flows.py). A head is not cut: half an Authorization value
would be taken for a fault of its sender. No server that is known takes more than 64 kB of header lines.
"""

from typing import Final

from mitmproxy import http

HEAD_KB: Final = 128
HEAD_LIMIT: Final = HEAD_KB * 1024
"""Bytes of the path and the header lines of a request, or of the header lines of an answer."""


def is_too_long(flow: http.HTTPFlow) -> bool:
    """Whether one of the two heads is longer than anybody sends in earnest."""
    asked, answer = flow.request.data, flow.response
    size = len(asked.path)
    for name, value in asked.headers.fields:
        size += len(name) + len(value)
    if size > HEAD_LIMIT or answer is None:
        return size > HEAD_LIMIT
    size = 0
    for name, value in answer.data.headers.fields:
        size += len(name) + len(value)
    return size > HEAD_LIMIT


__all__ = ["HEAD_KB", "HEAD_LIMIT", "is_too_long"]
