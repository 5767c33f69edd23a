"""What one writes oneself to see more of a 401: the addon that Why20003 is compared with."""

import json

from mitmproxy import http


def response(flow: http.HTTPFlow) -> None:
    if flow.response is not None and flow.response.status_code == 401:
        body = json.loads(flow.response.get_text() or "{}")
        body["hint"] = "check the account SID and the auth token"
        flow.response.text = json.dumps(body)
