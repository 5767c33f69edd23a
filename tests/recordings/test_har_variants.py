"""Every variant of HAR that is known is read: `har_variants.py`, and the same table in docs/har-variants.md."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from har_variants import CALL, VARIANTS, Variant

from analyzers.building import GOOD, TOKEN
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings import har
from recordings.reading import Recording, UnreadableRecording

PAGE = Path(__file__).parents[2] / "docs" / "har-variants.md"
TABLE = "| Producer | What is odd | Source |\n| --- | --- | --- |\n"


def read(variant: Variant) -> tuple[Recording, list[Exchange]]:
    recording = Recording(har.FORMAT, har.items(io.BytesIO(variant.text), whole=True))
    return recording, [entry.exchange for entry in recording]


def line(exchange: Exchange) -> str:
    request, response = exchange.request, exchange.response
    return f"{request.method} {request.host} {response.status if response else '-'}"


@pytest.fixture(params=VARIANTS, ids=[variant.name for variant in VARIANTS])
def variant(request: pytest.FixtureRequest) -> Variant:
    found = request.param
    assert isinstance(found, Variant)
    return found


def test_a_variant_is_read(variant: Variant) -> None:
    if variant.unreadable:
        with pytest.raises(UnreadableRecording, match=variant.unreadable):
            read(variant)
        return

    recording, found = read(variant)

    assert tuple(line(exchange) for exchange in found) == variant.found
    assert {exchange.fidelity for exchange in found} <= {variant.fidelity}
    assert (recording.skipped, recording.truncated) == (variant.skipped, variant.truncated)
    assert [error.entry for error in recording.errors] == [place for place, _ in variant.errors]
    for error, (_, says) in zip(recording.errors, variant.errors, strict=True):
        assert says in error.says
    if variant.shows is not None:
        assert variant.shows(found) == variant.becomes


def test_a_variant_is_recognised(variant: Variant) -> None:
    assert har.sniff(variant.text[:4096]) is not bool(variant.unreadable)


def test_what_a_variant_shows_is_diagnosed(variant: Variant) -> None:
    found = read(variant)[1] if not variant.unreadable else []

    codes = [one.diagnosis.code for one in diagnose_all(found, b"key") if one.diagnosis is not None]

    assert len(codes) >= sum(line(exchange) == CALL for exchange in found)
    assert set(codes) <= {20003, None}


def test_no_credential_shows_in_what_is_said(variant: Variant) -> None:
    recording, found = read(variant) if not variant.unreadable else (None, [])

    said = " ".join((repr(found), *(error.says for error in recording.errors if recording))) if recording else ""

    for secret in (GOOD.decode()[6:], TOKEN.decode()):
        assert secret not in said


def rows(*, sourced: bool) -> Iterator[str]:
    for variant in VARIANTS:
        if bool(variant.source) is sourced:
            yield f"| {variant.producer} | {variant.quirk} | {variant.source or 'none'} |\n"


def test_forty_variants_have_a_source() -> None:
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
    assert sum(variant.source.startswith("https://") for variant in VARIANTS) >= 40


def test_the_page_shows_the_variants(*, golden_update: bool) -> None:
    tables = iter([TABLE + "".join(rows(sourced=sourced)) for sourced in (True, False)])
    text = PAGE.read_text(encoding="utf-8")

    right = re.sub(re.escape(TABLE) + r"(?:\|.*\n)*", lambda _: next(tables), text)

    if golden_update:
        PAGE.write_text(right, encoding="utf-8")
    assert text.count(TABLE) == 2
    assert PAGE.read_text(encoding="utf-8") == right
