"""A plugin of proxy.py: sends every host to this machine, and adds a key to the JSON of a 401."""

import json

from proxy.common.utils import bytes_
from proxy.http.parser import HttpParser, httpParserTypes
from proxy.http.proxy import HttpProxyBasePlugin


class AddsHint(HttpProxyBasePlugin):
    """Named on the command line."""

    def resolve_dns(self, host: str, port: int) -> tuple[str, None]:  # noqa: ARG002 - proxy.py's interface
        return "127.0.0.1", None

    def handle_upstream_chunk(self, chunk: memoryview) -> memoryview:
        answer = HttpParser(httpParserTypes.RESPONSE_PARSER)
        answer.parse(chunk)
        if answer.code != b"401" or not answer.is_complete:
            return chunk
        body = json.loads(answer.body or b"{}")
        body["hint"] = "check the account SID and the auth token"
        answer.body = bytes_(json.dumps(body))
        answer.add_header(b"Content-Length", b"%d" % len(answer.body))
        return memoryview(answer.build_response())
