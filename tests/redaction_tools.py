"""The parts of the redactor, put together as recordings/redaction/exchanges.py does it; diagnoses compared."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from recordings.redact import Redactor, redacted
from recordings.redaction.bodies import Bodies
from recordings.redaction.credentials import Credentials
from recordings.redaction.fields import Fields
from recordings.redaction.headers import HeaderLines
from recordings.redaction.known import Known
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil


@dataclass(frozen=True)
class Tools:
    known: Known
    veil: Veil
    credentials: Credentials
    urls: Urls
    fields: Fields
    headers: HeaderLines
    bodies: Bodies


def tools_of(known: Known, *, hide_sids: bool = False, learning: bool = False) -> Tools:
    veil = Veil(b"k" * 32, known, hide_sids=hide_sids, learning=learning)
    credentials = Credentials(veil)
    urls = Urls(veil, credentials)
    fields = Fields(veil, credentials, urls)
    urls.form = fields.form
    return Tools(
        known, veil, credentials, urls, fields, HeaderLines(veil, credentials, fields, urls), Bodies(veil, fields, urls)
    )


# --- diagnoses --------------------------------------------------------------------------------------------------------
KEY_1, KEY_2 = b"1" * 32, b"2" * 32


def told(exchanges: Iterable[Exchange], expected: Iterable[Expected] = ()) -> list[object]:
    """The diagnoses without what names places and values."""
    found = [result.diagnosis for result in diagnose_all(tuple(exchanges), b"key" * 11, tuple(expected))]
    return [
        None
        if one is None
        else (
            one.benign,
            [(each.cause, each.verdict, each.nested_under) for each in one.findings],
            [each.kind for each in one.advice],
        )
        for one in found
    ]


def in_their_place(exchanges: Iterable[Exchange], expected: Iterable[Expected]) -> tuple[Expected, ...]:
    """What the caller knows, in terms of the redacted recording."""
    redactor, given_ = Redactor(KEY_1), tuple(expected)
    redactor.learn_expected(given_)
    for exchange in exchanges:
        redactor.learn(exchange)
    return tuple(replace(one, value=redactor.stand_in(one.value)) for one in given_)


def check(exchanges: tuple[Exchange, ...], expected: tuple[Expected, ...] = (), *, hide_sids: bool = False) -> None:
    new = redacted(exchanges, KEY_1, expected=expected, hide_sids=hide_sids)
    assert told(new, in_their_place(exchanges, expected)) == told(exchanges, expected)
