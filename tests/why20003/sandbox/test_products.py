from collections.abc import Callable
from typing import Any

import pytest

from why20003.sandbox import VERIFY_SERVICE


@pytest.mark.parametrize(
    ("method", "host", "path", "status"),
    [
        ("GET", "messaging", "/v1/Services", 200),
        ("POST", "messaging", "/v1/Services", 201),
        ("POST", "verify", f"/v2/Services/{VERIFY_SERVICE.sid}", 200),
        ("DELETE", "verify", f"/v2/Services/{VERIFY_SERVICE.sid}", 204),
        ("DELETE", "verify", "/v2/Services", 405),
        ("PUT", "verify", "/v2/Services", 405),
        ("GET", "messaging", f"/v1/Services/{VERIFY_SERVICE.sid}", 404),
        ("GET", "verify", f"/v2/Services/VA{'0' * 32}", 404),
        ("POST", "verify", f"/v2/Services/{VERIFY_SERVICE.sid}/VerificationCheck", 201),
        ("GET", "verify", f"/v2/Services/{VERIFY_SERVICE.sid}/VerificationCheck", 405),
        ("GET", "accounts", "/v1/AuthTokens/Promote", 200),
        ("GET", "verify", "/Services", 404),
        ("GET", "verify", "/v2/", 404),
        ("GET", "verify", "/", 404),
    ],
)
def test_resources(ask: Callable[..., Any], method: str, host: str, path: str, status: int) -> None:
    assert ask(path, method=method, host=f"{host}.twilio.com").status == status


def test_lists_name_their_key(ask: Callable[..., Any]) -> None:
    fields = ask("/v2/PhoneNumbers", host="numbers.twilio.com").payload.fields
    assert fields["meta"]["key"] == "phone_numbers"
    assert fields["phone_numbers"] == []
