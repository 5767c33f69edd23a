"""Headers of a message: by name in any letter case, in wire order, duplicates kept; nothing of them in a repr."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, SID, TOKEN, refused
from analyzers.exchange import Headers, Message

HEADERS: Headers = (
    (b"Host", b"api.twilio.com"),
    (b"Authorization", b"one"),
    (b"AUTHORIZATION", b"two"),
    (b"X-Authorization", b"other"),
    (b"authorization", b""),
    (b"Authorisation", b"misspelt"),
)


@pytest.mark.parametrize(
    ("headers", "name", "values"),
    [
        pytest.param(HEADERS, b"authorization", (b"one", b"two", b""), id="three-in-wire-order"),
        pytest.param(HEADERS, b"host", (b"api.twilio.com",), id="one"),
        pytest.param(HEADERS, b"cookie", (), id="none"),
        pytest.param(HEADERS, b"authorizatio", (), id="the-beginning-of-a-name"),
        pytest.param(((b"Authorization", b""),), b"authorization", (b"",), id="empty-value"),
        pytest.param((), b"authorization", (), id="no-headers"),
    ],
)
def test_values_and_the_first_of_them(headers: Headers, name: bytes, values: tuple[bytes, ...]) -> None:
    message = Message(headers=headers)
    assert message.values(name) == values
    assert message.first(name) == (values[0] if values else None)
    assert message.values(name) == values


def test_a_copy_with_other_headers_is_asked_anew() -> None:
    message = Message(headers=HEADERS)
    assert message.first(b"host") == b"api.twilio.com"
    copy = replace(message, headers=((b"Host", b"verify.twilio.com"),))
    assert (copy.first(b"host"), copy.values(b"authorization")) == (b"verify.twilio.com", ())


def test_asking_changes_neither_equality_nor_hash_nor_repr() -> None:
    asked, fresh = Message(headers=HEADERS), Message(headers=HEADERS)
    before = (hash(asked), repr(asked))
    asked.values(b"host")
    assert asked == fresh
    assert (hash(asked), repr(asked)) == before == (hash(fresh), repr(fresh))


def test_no_credential_stands_in_a_repr() -> None:
    exchange = refused(GOOD, extra=((b"Cookie", TOKEN),), path=b"/?token=" + TOKEN, body=TOKEN)
    for secret in (TOKEN.decode(), SID.decode(), GOOD.decode()):
        assert secret not in repr(exchange)
