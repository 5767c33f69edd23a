import base64
import json

import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import KEY, KEY_SECRET, SID
from analyzers.building_tokens import client_token, make_jwt, oauth_token
from analyzers.credential import Jwt, decode_jwt
from analyzers.signing import Signer
from recordings.redaction.tokens import is_token

TOKEN = client_token(KEY_SECRET, email="jane.quellmann@zmail.example")


def jwt_of(token: bytes) -> Jwt:
    jwt, trouble = decode_jwt(token)
    assert jwt is not None, trouble
    return jwt


def test_header_and_what_causes_read_stay(tools: Tools) -> None:
    before, after = jwt_of(TOKEN), jwt_of(tools.credentials.tokens.token(TOKEN))
    assert after.header == before.header
    for name in ("jti", "iss", "sub", "nbf", "exp"):
        assert after.claims[name] == before.claims[name]
    assert list(after.claims) == list(before.claims)


def test_the_sid_in_the_number_of_a_token_is_one_like_all_others(learner: Tools, hiding: Tools) -> None:
    learner.credentials.tokens.token(TOKEN)
    assert KEY in learner.known.sids.values()
    before, after = (jwt_of(token).claims for token in (TOKEN, hiding.credentials.tokens.token(TOKEN)))
    assert str(after["jti"])[:34] == after["iss"] != before["iss"]
    assert str(after["jti"])[34:] == str(before["jti"])[34:]


def test_what_is_said_of_people_goes(tools: Tools) -> None:
    out = tools.credentials.tokens.token(TOKEN)
    assert len(out) == len(TOKEN)
    assert spotted(out, [b"jane.quellmann", b"zmail"]) == []
    assert jwt_of(out).claims["grants"]["identity"] != "sample"  # type: ignore[index] # JSON


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_signature_of_a_known_secret_is_one_of_its_stand_in(tools: Tools, learner: Tools, alg: str) -> None:
    token = client_token(KEY_SECRET, alg=alg)
    learner.credentials.pair(KEY + b":" + KEY_SECRET)
    out = tools.credentials.tokens.token(token)
    assert Signer(tools.credentials.half(KEY_SECRET)).verifies(out)
    assert not Signer(KEY_SECRET).verifies(out)


def test_any_other_signature_is_noise(tools: Tools) -> None:
    out = tools.credentials.tokens.token(TOKEN)
    assert not Signer(KEY_SECRET).verifies(out)
    assert not Signer(tools.credentials.half(KEY_SECRET)).verifies(out)
    assert out.rpartition(b".")[2] != TOKEN.rpartition(b".")[2]


@pytest.mark.parametrize("cut", [10, 40, 90, 150, 250, len(TOKEN) - 1])
def test_a_cut_token_becomes_the_beginning_of_the_whole_ones(tools: Tools, cut: int) -> None:
    out = tools.credentials.tokens.token(TOKEN[:cut])
    assert len(out) == cut
    assert decode_jwt(out)[1] == decode_jwt(TOKEN[:cut])[1]


@pytest.mark.parametrize("stray", [b"\n", b"\r\n ", b"%0A", b"\\n"])
def test_line_ends_in_a_token_stay(tools: Tools, stray: bytes) -> None:
    out = tools.credentials.tokens.within(TOKEN[:70] + stray + TOKEN[70:])
    assert out[70 : 70 + len(stray)] == stray
    assert out.replace(stray, b"") == tools.credentials.tokens.token(TOKEN)


def test_a_broken_part_is_read_as_far_as_it_goes(tools: Tools) -> None:
    head, claims, signature = TOKEN.split(b".")
    broken = b".".join((head, claims[:100] + b"x" + claims[100:], signature))
    out = tools.credentials.tokens.token(broken)
    assert out.startswith(head + b"." + claims[:20])
    assert decode_jwt(out)[1] == decode_jwt(broken)[1]


def test_hide_sids_reaches_into_claims(hiding: Tools) -> None:
    assert spotted(hiding.credentials.tokens.token(TOKEN), [SID[2:]]) == []


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (TOKEN, True),
        (oauth_token(), True),
        (TOKEN[:20], True),
        (b"eyJ", True),
        (make_jwt({"alg": "none"}, {}), True),
        (b"a.b.c", False),
        (b"SG.abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq", False),
        (base64.b64encode(SID), False),
    ],
)
def test_what_is_a_token(text: bytes, token: bool) -> None:
    assert is_token(text) is token


def test_claims_stay_json(tools: Tools) -> None:
    token = make_jwt({"alg": "HS256"}, {"name": 'Jane "J" \u00e4', "n": 5, "list": ["x", None, True]}, b"s")
    claims = tools.credentials.tokens.token(token).split(b".")[1]
    assert isinstance(json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4))), dict)
