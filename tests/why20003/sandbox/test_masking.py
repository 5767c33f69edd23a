import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.sandbox import LIVE, STANDARD_KEY
from why20003.sandbox.masking import masked_path, masked_request, masked_sid, shape


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        (f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json", "/2010-04-01/Accounts/AC5a4d…0001/Messages.json"),
        (f"/2010-04-01/Accounts/{LIVE.sid}.json", "/2010-04-01/Accounts/AC5a4d…0001.json"),
        ("/2010-04-01/Accounts//Messages.json", "/2010-04-01/Accounts//Messages.json"),
        (f"/2010-04-01/Accounts/{LIVE.auth_token}.json", "/2010-04-01/Accounts/[32 characters].json"),
        (f"/v1/Services?token={LIVE.auth_token}", "/v1/Services?…"),
        ("/hunter", "/[6 characters]"),
        (f"/{LIVE.sid}x", "/[35 characters]"),
    ],
)
def test_paths(path: str, masked: str) -> None:
    assert masked_path(path) == masked


@pytest.mark.parametrize(
    ("arguments", "masked"),
    [
        (("GET", "https", "api.twilio.com", "/v1"), "GET https://api.twilio.com/v1"),
        (("GET", "http", "127.0.0.1", "/v1"), "GET http://localhost/v1"),
        (("GET", "http", f"{LIVE.auth_token}.example", "/"), "GET http://[host of 40 characters]/"),
        (("CONNECT", "", "api.twilio.com:443", ""), "CONNECT api.twilio.com:443"),
        (("CONNECT", "", "api.twilio.com:12345", ""), "CONNECT api.twilio.com:…"),
        ((LIVE.auth_token, "https", "api.twilio.com", "/"), "OTHER https://api.twilio.com/"),
        (("GET", "https", f"{LIVE.auth_token}.twilio.com", "/"), "GET https://[host of 43 characters]/"),
    ],
)
def test_requests(arguments: tuple[str, str, str, str], masked: str) -> None:
    assert masked_request(*arguments) == masked


def test_sids() -> None:
    assert masked_sid(STANDARD_KEY.sid) == "SK5a4d…0011"
    assert masked_sid(LIVE.auth_token) == "32 characters, lower-case hex"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "nothing"),
        ("7", "1 character, digits"),
        ("0af", "3 characters, lower-case hex"),
        ("0aF", "3 characters, hex"),
        ("xyz", "3 characters, letters"),
        ("xyz9", "4 characters, letters and digits"),
        ("x-z", "3 characters, printable"),
        ("x z", "3 characters, some of them blank, control or not ASCII"),
        (LIVE.sid[:-1], "33 characters beginning AC"),
    ],
)
def test_shapes(text: str, expected: object) -> None:
    assert shape(text) == expected


@given(st.from_regex(r"[0-9A-Za-z+/=.~-]{20,44}", fullmatch=True))
def test_nothing_unknown_is_shown(text: str) -> None:
    assert text not in masked_path(f"/2010-04-01/{text}")
    assert text not in masked_request(text, "https", text, f"/{text}.json?{text}")
    assert text not in shape(text)
