import pytest

from analyzers.vendors import foreign
from recordings.redaction.vendor_keys import of_vendor, vendor_parts

KEYS = (
    b"sk_live_51H8xQ2eZvKYlo2C0aBcDeFgHiJkLmNoPq",
    b"AKIAIOSFODNN7EXAMPLE",
    b"SG.abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq",
)


@pytest.mark.parametrize("key", KEYS)
def test_the_parts_make_the_key_and_the_prefix_stays(key: bytes) -> None:
    parts = vendor_parts(key)
    assert parts is not None
    assert b"".join(part for part, _ in parts) == key
    assert parts[0][1]
    found = foreign(key)
    assert found is not None


@pytest.mark.parametrize("other", [b"", b"3f9a7c5e1b2d4860f7e6d5c4b3a29180", b"AC00112233445566778899aabbccddeeff"])
def test_what_is_nobody_elses(other: bytes) -> None:
    assert vendor_parts(other) is None


def test_aws_knows_no_other_digits() -> None:
    made = of_vendor(b"AKIA", b"0189ABCDEF234567", b"2345ABCDEF765432")
    assert set(made) <= set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert of_vendor(b"SG.", b"0189", b"2345") == b"0189"
