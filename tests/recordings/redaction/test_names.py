import pytest

from recordings.redaction.names import is_header_name, is_public, is_secret, plain
from recordings.redaction.words import CHOICES, LABELS, PATH, PUBLIC, SCHEMES, TEXT


@pytest.mark.parametrize("name", [b"AccountSid", b"account_sid", b"To", b"PageSize", b"dateCreated", b"StatusCallback"])
def test_names_of_the_api_are_public(name: bytes) -> None:
    assert is_public(name)


@pytest.mark.parametrize("name", [b"Jane", b"acmeCustomer", b"x" * 61, b"3f9a7c5e1b2d4860", b"\xff\xfe"])
def test_other_names_are_not(name: bytes) -> None:
    assert not is_public(name)


@pytest.mark.parametrize(
    "name", [b"AuthToken", b"api_key", b"X-Api-Key", b"client_secret", b"password", b"access-token"]
)
def test_names_of_secrets(name: bytes) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", [b"To", b"Body", b"token_type", b"PageToken2", b"monkey"])
def test_near_names_are_none(name: bytes) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize("name", [b"Authorization", b"X-Amz-Cf-Id", b" Authorization :", b"x-b3-traceid"])
def test_header_names(name: bytes) -> None:
    assert is_header_name(name)


@pytest.mark.parametrize("name", [b"3f9a7c5e1b2d4860f7e6d5c4b3a29180", b"Basic QUMw", b"", b"a" * 21, b"x-123456"])
def test_values_in_the_place_of_a_header_name(name: bytes) -> None:
    assert not is_header_name(name)


def test_a_name_is_compared_without_case_and_punctuation() -> None:
    assert plain(b"date_Created-") == b"datecreated"


@pytest.mark.parametrize(
    "words", [SCHEMES, LABELS, TEXT, PATH, CHOICES], ids=["schemes", "labels", "text", "path", "choices"]
)
def test_public_words_are_all_of_them_in_small_letters(words: frozenset[bytes]) -> None:
    assert words <= PUBLIC
    assert all(word == word.lower() for word in words)


def test_no_public_word_is_a_name_of_people() -> None:
    common = (
        b"james mary john patricia robert jennifer michael linda david elizabeth smith johnson miller garcia wang kim"
    )
    assert PUBLIC.isdisjoint(common.split())
