"""What one process has read of a capture comes to the other as it was."""

from dataclasses import fields, replace
from typing import Any

import pytest
from canary import spotted
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, TOKEN, refused
from analyzers.exchange import Exchange, Fidelity, Request, Response
from recordings import ahead
from recordings.ahead import Tale, Tales, received
from recordings.later import later

# A value of its own for each field, so that none can be left out or take the place of another.
FULL = Exchange(
    request=Request(
        method="PUT",
        scheme="http",
        host="api.twilio.com",
        port=8080,
        target=b"/2010-04-01/x?y",
        headers=((b"Host", b"api.twilio.com"), (b"AUTHORIZATION", GOOD)),
        body=b"a=\xff",
        version="HTTP/2.0",
        userinfo=b"user:password",
    ),
    response=Response(status=401, headers=((b"Date", b"x"), (b"date", b"y")), body=b"{}\x00", reason="Nein"),
    error="broken",
    refused_by_proxy=True,
    started_at=1.5,
    finished_at=2.25,
    client_address="192.0.2.7",
    connection="a-b-c",
    tls_issuer="Example CA",
    proxy_options=("stickyauth", "modify_headers"),
    server_address="198.51.100.7",
    tls_version="TLSv1.3",
)
NUMBERS = st.integers(0, 1 << 62)
TALES = st.tuples(NUMBERS, NUMBERS, st.booleans()).map(lambda told: Tale(*told)) | st.builds(
    Tale,
    passed=NUMBERS,
    offset=NUMBERS,
    is_flow=st.just(value=True),
    size=st.integers(0, 1 << 20),
    exchange=st.just(FULL) | st.just(refused(GOOD)),
)


def add(tales: Tales, tale: Tale) -> bool:
    if tale.exchange is None:
        return tales.add(tale.passed, tale.offset, is_flow=tale.is_flow)
    return tales.add_read(tale.passed, tale.offset, tale.size, tale.exchange)


def handed(*tales: Tale) -> list[Tale]:
    collected = Tales()
    for tale in tales:
        add(collected, tale)
    return [*received([collected.block()])]


def test_every_field_is_handed_over() -> None:
    (tale,) = handed(Tale(3, 70, is_flow=True, size=500, exchange=FULL))
    assert tale == Tale(3, 70, is_flow=True, size=500, exchange=FULL)
    for made in (FULL, FULL.request, FULL.response):
        blank: Any = {each.name: each.default for each in fields(made) if each.init} if made else {}
        alike = {name for name, default in blank.items() if getattr(made, name) == default}
        assert alike <= {"fidelity"}


def test_a_tale_shows_no_secret() -> None:
    hidden = replace(FULL, error=TOKEN.decode(), request=replace(FULL.request, target=TOKEN, body=TOKEN))
    tale = Tale(3, 70, is_flow=True, size=500, exchange=hidden)
    assert spotted(repr(handed(tale)).encode(), [TOKEN]) == []
    assert spotted(repr(tale).encode(), [TOKEN]) == []


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(replace(FULL, response=None), id="no response"),
        pytest.param(replace(FULL, response=later(200, lambda: ((), b"", ""))), id="a response that is read later"),
        pytest.param(replace(FULL, fidelity=Fidelity.DOUBTFUL), id="doubtful"),
        pytest.param(replace(FULL, fidelity=Fidelity.SANITIZED), id="sanitized"),
    ],
)
def test_the_other_process_reads_what_cannot_be_handed_over(exchange: Exchange) -> None:
    tale = Tale(3, 70, is_flow=True, size=500, exchange=exchange)
    assert handed(tale) == [Tale(3, 70, is_flow=True)]


@given(tales=st.lists(TALES, max_size=12), sizes=st.lists(st.integers(1, 3000), min_size=1), lost=st.integers(0, 400))
def test_however_the_pieces_are_cut(tales: list[Tale], sizes: list[int], lost: int) -> None:
    collected, blocks, ends, count = Tales(), [b""], [0], 0
    for number, tale in enumerate(tales):
        add(collected, tale)
        if number % 3 == 2:
            blocks.append(collected.block())
            ends.append(number + 1)
    blocks.append(collected.block())
    ends.append(len(tales))
    data = b"".join(blocks)
    whole = data[: len(data) - lost]
    pieces, at = [], 0
    while at < len(whole):
        pieces.append(whole[at : at + sizes[count % len(sizes)]])
        at, count = at + len(pieces[-1]), count + 1
    read, kept = 0, 0
    for block, end in zip(blocks, ends, strict=True):
        read += len(block)
        kept = end if read <= len(whole) else kept
    assert [*received(pieces)] == tales[:kept]


def test_a_block_is_full_by_number_or_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_LARGEST", 1000)
    small = Tale(0, 0, is_flow=True)
    tiny, large = (Tale(0, 0, is_flow=True, size=size, exchange=FULL) for size in (1, 400))
    tales = Tales()
    for tale in (small, tiny):
        assert [add(tales, tale) for _ in range(256)] == [False] * 255 + [True]
        tales.block()
    assert [add(tales, large) for _ in range(3)] == [False, False, True]
    tales.block()
    assert not add(tales, large)


def test_what_is_alike_is_one_object() -> None:
    found = handed(*[Tale(0, number, is_flow=True, exchange=FULL) for number in range(5)])
    first = found[0].exchange
    assert first is not None
    assert all(one.exchange and one.exchange.request.headers is first.request.headers for one in found)
