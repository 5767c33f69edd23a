from dataclasses import fields, replace

import pytest
from canary import spotted
from redaction_case import CREDENTIALS, PERSONAL, exchanges

from analyzers.building import GOOD, TOKEN, refused
from analyzers.exchange import Exchange, Request, Response
from recordings.redact import redacted, repr_of

EVERY = (*CREDENTIALS.values(), *PERSONAL.values())


def test_of_the_compared_capture_nothing_is_left() -> None:
    assert len(CREDENTIALS) == 9
    assert len(PERSONAL) == 2
    for value in EVERY:
        assert spotted(repr_of(exchanges()), [value]) != []
    for key in (b"1" * 32, b"2" * 32, b"3" * 32):
        assert spotted(repr_of(redacted(exchanges(), key)), EVERY) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("method", TOKEN.decode()),
        ("scheme", TOKEN.decode()),
        ("version", TOKEN.decode()),
        ("userinfo", b"AC:" + TOKEN),
        ("host", TOKEN.decode() + ".example"),
    ],
)
def test_a_secret_in_any_field_of_the_request_goes(field: str, value: object) -> None:
    made = replace(refused(GOOD), request=replace(refused(GOOD).request, **{field: value}))  # type: ignore[arg-type] # a column
    [new] = redacted([made], b"k" * 32)
    assert spotted(repr_of([new]), [TOKEN]) == []


def test_a_length_that_was_right_is_right_again() -> None:
    from gzip import compress  # noqa: PLC0415 - used once

    body = compress(b'{"auth_token":"' + TOKEN + b'"}', mtime=0)
    made = refused(GOOD, body=body, extra=((b"Content-Length", b"%d" % len(body)),))
    [new] = redacted([made], b"k" * 32)
    assert new.request.first(b"content-length") == b"%d" % len(new.request.body)


def test_a_length_that_was_wrong_stays_wrong() -> None:
    made = refused(GOOD, body=b"To=1", extra=((b"Content-Length", b"99"),))
    [new] = redacted([made], b"k" * 32)
    assert new.request.first(b"content-length") == b"99"


def test_short_names_of_connections_stay() -> None:
    one, other = redacted([refused(GOOD), refused(GOOD, connection="192.0.2.7:51234-x")], b"k" * 32)
    assert one.connection == "c1"
    assert other.connection not in {None, "192.0.2.7:51234-x"}


# Numbers and closed sets, in which nothing can be hidden.
HARMLESS = {"status", "port", "started_at", "finished_at", "fidelity", "refused_by_proxy", "_firsts"}
REPLACED = {
    *("method", "scheme", "host", "target", "version", "headers", "body", "userinfo", "reason", "request", "response"),
    *("error", "client_address", "connection", "tls_issuer", "proxy_options", "server_address", "tls_version"),
}


def test_every_field_of_an_exchange_is_thought_of() -> None:
    """A new field would pass as it is: exchanges.py, and repr_of for the search, have to know it."""
    found = {each.name for kind in (Exchange, Request, Response) for each in fields(kind)}
    assert found == HARMLESS | REPLACED


def test_public_words_stay_in_what_a_refusal_says_and_nowhere_else() -> None:
    says = b'{"message":"please call the owner"}'
    for status, stays in ((200, False), (401, True)):
        made = refused(GOOD, answer=Response(status=status, headers=(), body=says))
        [new] = redacted([made], b"k" * 32)
        assert new.response is not None
        assert (b"call the" in new.response.body) is stays
