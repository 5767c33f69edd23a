import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from recordings.redaction.shapes import fits

OTHER = b"4a1b9b0c8c7f8175e4f1c2b9a1e13705"


def test_another_secret_of_the_same_form_fits() -> None:
    assert fits(refused(GOOD), refused(basic(SID, OTHER)))


@pytest.mark.parametrize(
    "value",
    [
        basic(SID, OTHER + b"\n"),
        basic(SID, OTHER[:-1]),
        basic(SID, OTHER.upper()),
        basic(KEY, OTHER),
        basic(OTHER, SID),
        basic(SID, KEY_SECRET),
        GOOD[:-4],
        b"Bearer " + TOKEN,
        None,
    ],
)
def test_another_form_does_not(value: bytes | None) -> None:
    assert not fits(refused(GOOD), refused(value))


def test_the_client_counts() -> None:
    assert not fits(refused(GOOD), refused(GOOD, agent=b"curl/8.5.0"))
