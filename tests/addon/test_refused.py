"""Heads that mitmproxy refuses, in one packet and in several."""

import base64

import pytest
from canary import spotted
from without_sockets import Layers, quiet

from addon.plugin import Why20003
from analyzers.building import SID, TOKEN

VALUE = base64.b64encode(SID + b":" + TOKEN)
WRAPPED = (
    b"GET http://api.twilio.com/2010-04-01/Accounts.json HTTP/1.1\r\nHost: api.twilio.com\r\n"
    b"Authorization: Basic " + VALUE[:60] + b"\n" + VALUE[60:] + b"\r\n"
)
REST = b"X-A: 1\r\nX-B: 2\r\n\r\n"  # by itself it has the form of a whole head
CUTS = {
    "one": [WRAPPED + REST],
    "the last looks like a head": [WRAPPED, REST],
    "in the value": [WRAPPED[:-20], WRAPPED[-20:] + REST],
    "before the last byte": [WRAPPED + REST[:-1], REST[-1:]],
    "every byte": [bytes([byte]) for byte in WRAPPED + REST],
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_wrapped_value_is_explained_however_its_head_is_cut(cut: str, caplog: pytest.LogCaptureFixture) -> None:
    addon = Why20003()
    layers = Layers(addon)
    seen = layers.exchange(CUTS[cut], [])
    addon.done()
    quiet(layers)
    assert seen.to_client.startswith(b"HTTP/1.1 400 ")
    assert b'"cause":"base64-line-wrapped"' in seen.to_client
    assert spotted(seen.to_client + caplog.text.encode(), [TOKEN, VALUE]) == []


def test_a_clean_head_passes_however_it_is_cut() -> None:
    addon = Why20003()
    layers = Layers(addon)
    head = b"GET http://api.twilio.com/x HTTP/1.1\r\nHost: api.twilio.com\r\n"
    whole = layers.exchange([head + REST], []).to_server
    assert whole.endswith(REST)
    assert layers.exchange([head, REST], []).to_server == whole
    addon.done()
    quiet(layers)
