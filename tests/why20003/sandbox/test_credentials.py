import string
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.sandbox.credentials import Basic, Bearer, Nothing, Offer, offered


def basic(pair: bytes) -> bytes:
    return b"Basic " + b64encode(pair)


@pytest.mark.parametrize(
    ("values", "offer"),
    [
        pytest.param((basic(b"u:p"),), Basic("u", "p"), id="pair"),
        pytest.param((basic(b"u:p").replace(b"Basic", b"bAsIc"),), Basic("u", "p"), id="scheme-in-any-case"),
        pytest.param((b"Basic   " + b64encode(b"u:p"),), Basic("u", "p"), id="more-blanks-after-the-scheme"),
        pytest.param((basic(b"u:p:q"),), Basic("u", "p:q"), id="colon-in-the-password"),
        pytest.param((basic(b":"),), Basic("", ""), id="both-empty"),
        pytest.param((basic(b"u\n:\xff"),), Basic("u\n", "\xff"), id="every-byte-is-kept"),
        pytest.param((b"Bearer a.b.c",), Bearer("a.b.c"), id="bearer"),
    ],
)
def test_usable(values: tuple[bytes, ...], offer: Offer) -> None:
    assert offered(values) == offer


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param((), "is missing", id="no-header"),
        pytest.param((b"",), "is empty", id="empty"),
        pytest.param((b" \t",), "is empty", id="blank"),
        pytest.param((b"Digest x",), "neither Basic nor Bearer", id="digest"),
        pytest.param((b64encode(b"u:p"),), "neither Basic nor Bearer", id="scheme-forgotten"),
        pytest.param((b"Basic",), "without a colon", id="scheme-alone"),
        pytest.param((b"Basic u:p",), "not base64", id="not-encoded"),
        pytest.param((b"Basic dT!pw",), "not base64", id="stray-character"),
        pytest.param((b"Basic dTpw cDpw",), "not base64", id="folded"),
        pytest.param((b"Basic dTp",), "not base64", id="padding-lost"),
        pytest.param((basic(b"only-the-sid"),), "without a colon", id="no-colon"),
        pytest.param((basic(b64encode(b"u:p")),), "without a colon", id="encoded-twice"),
        pytest.param((basic(b"u:p"), basic(b"u:p")), "not base64", id="two-headers"),
        pytest.param((b"Bearer u:p",), "not a JWT", id="bearer-with-a-pair"),
        pytest.param((b"Bearer a.b.c.d",), "not a JWT", id="four-parts"),
    ],
)
def test_not_usable(values: tuple[bytes, ...], why: str) -> None:
    offer = offered(values)
    assert isinstance(offer, Nothing)
    assert why in offer.why


@given(st.lists(st.binary(max_size=80), max_size=3))
def test_total(values: tuple[bytes, ...]) -> None:
    offered(tuple(values))


@given(st.text(string.ascii_letters + string.digits, min_size=12, max_size=40))
def test_repr_shows_nothing(secret: str) -> None:
    assert secret not in repr(offered((basic(f"{secret}:{secret}".encode()),)))
