"""Checking signatures without keeping the secret, held to PyJWT's answers."""

import gc
import hmac
import timeit

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import KEY_SECRET, TOKEN
from analyzers.building_tokens import client_token, make_jwt, oauth_token
from analyzers.signing import Signer

ALGORITHMS = ("HS256", "HS384", "HS512")


# PyJWT refuses an empty secret, and one that looks like a public key or a JSON object; a Twilio secret is neither.
SECRETS = st.binary(min_size=64, max_size=200).filter(lambda secret: b"-----" not in secret and b"{" not in secret)


@given(SECRETS, SECRETS, st.sampled_from(ALGORITHMS), st.dictionaries(st.text(max_size=3), st.text(max_size=9)))
def test_what_pyjwt_signs_verifies_with_that_secret_only(
    secret: bytes, other: bytes, algorithm: str, claims: dict[str, str]
) -> None:
    token = jwt.encode({f"x{name}": value for name, value in claims.items()}, secret, algorithm).encode()
    assert Signer(secret).verifies(token)
    assert Signer(other).verifies(token) is (other.ljust(128, b"\0") == secret.ljust(128, b"\0"))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_pyjwt_verifies_what_the_builder_signs(algorithm: str) -> None:
    token = make_jwt({"alg": algorithm}, {"a": 1}, KEY_SECRET)
    assert jwt.decode(token, KEY_SECRET, [algorithm]) == {"a": 1}
    assert Signer(KEY_SECRET).verifies(token)


GOOD = client_token(KEY_SECRET)
SIGNED, _, SIGNATURE = GOOD.rpartition(b".")


@pytest.mark.parametrize(
    ("token", "verifies"),
    [
        pytest.param(GOOD, True, id="good"),
        pytest.param(GOOD + b"=", True, id="padded"),
        pytest.param(client_token(TOKEN), False, id="another-secret"),
        pytest.param(client_token(KEY_SECRET + b"\n"), False, id="line-feed-in-the-secret"),
        pytest.param(GOOD[:-4], False, id="cut"),
        pytest.param(SIGNED + b".", False, id="no-signature"),
        pytest.param(SIGNED, False, id="two-parts"),
        pytest.param(b"x" + GOOD, False, id="broken-header"),
        pytest.param(SIGNED.replace(b".", b".e") + b"." + SIGNATURE, False, id="broken-claims"),
        pytest.param(make_jwt({"alg": "none"}, {}), False, id="none"),
        pytest.param(make_jwt({"alg": "hs256"}, {}, KEY_SECRET), False, id="lower-case"),
        pytest.param(make_jwt({"alg": ["HS256"]}, {}), False, id="alg-is-a-list"),
        pytest.param(make_jwt({}, {}), False, id="no-alg"),
        pytest.param(oauth_token(), False, id="rsa"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"..", False, id="dots"),
        pytest.param(b"\xff.\xff.\xff", False, id="binary"),
        pytest.param(GOOD + b"." + SIGNATURE, False, id="four-parts"),
    ],
)
def test_verifies(token: bytes, verifies: bool) -> None:
    assert Signer(KEY_SECRET).verifies(token) is verifies


def test_the_algorithm_of_the_header_decides() -> None:
    """A signature by another hash than the header names is none, even with the right secret."""
    header, _, rest = make_jwt({"alg": "HS384"}, {"a": 1}, KEY_SECRET).partition(b".")
    other = make_jwt({"alg": "HS256"}, {"a": 1}, KEY_SECRET).partition(b".")[0]
    assert Signer(KEY_SECRET).verifies(header + b"." + rest)
    assert not Signer(KEY_SECRET).verifies(other + b"." + rest)


def test_every_last_letter_of_a_signature_counts() -> None:
    """A SHA-384 has no padding, so its base64 ends in any letter."""
    tokens = [make_jwt({"alg": "HS384"}, {"a": number}, KEY_SECRET) for number in range(500)]
    assert len({token[-1:] for token in tokens}) == 64
    signer = Signer(KEY_SECRET)
    assert all(signer.verifies(token) for token in tokens)
    assert not any(signer.verifies(token[:-1]) for token in tokens)


def test_a_signer_checks_as_often_as_asked() -> None:
    signer = Signer(KEY_SECRET)
    assert [signer.verifies(each) for each in (GOOD, client_token(TOKEN), GOOD, GOOD)] == [True, False, True, True]


@settings(max_examples=300)
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_secret_and_any_bytes_are_taken(secret: bytes, token: bytes) -> None:
    assert Signer(secret).verifies(token) is False


@pytest.mark.parametrize("secret", [TOKEN, KEY_SECRET, b"s" * 500])
def test_the_secret_is_not_kept(secret: bytes) -> None:
    signer = Signer(secret)
    assert repr(signer) == str(signer) == "Signer()"
    held, waiting = set(), [signer]
    while waiting:
        item = waiting.pop()
        if id(item) in held or isinstance(item, type):
            continue
        held.add(id(item))
        assert not (isinstance(item, bytes | bytearray) and secret in item), "the secret is kept"
        waiting += gc.get_referents(item)
    assert not hasattr(signer, "__dict__")


def test_making_a_signer_is_cheap() -> None:
    """Little more than its three algorithms prepared, whatever the machine."""
    signer, one = (
        min(timeit.repeat(make, number=500, repeat=5))
        for make in (lambda: Signer(TOKEN), lambda: hmac.new(TOKEN, digestmod="sha256"))
    )
    assert signer < 15 * one
