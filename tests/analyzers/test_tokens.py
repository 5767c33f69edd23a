"""The tokens of a request, wherever they stand; and decoding one, which PyJWT does and which never raises."""

import base64
import subprocess
import sys
from collections.abc import Callable

import jwt
import pytest
from growth import assert_in_line
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, validation_token
from analyzers.case import case_of
from analyzers.credential import decode_jwt
from analyzers.findings import AUTHORIZATION, REQUEST_HEADERS
from analyzers.tokens import TOKEN_HEADER, VALIDATION_HEADER, Token, header_token, tokens_of

CLIENT = client_token()
OAUTH = oauth_token(exp=1793708048)


def tokens(authorization: bytes | None, *in_header: bytes) -> tuple[Token, ...]:
    return case_of(refused(authorization, extra=tuple((b"X-Twilio-Token", value) for value in in_header))).tokens


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


# --- where tokens stand ---


@pytest.mark.parametrize(
    ("authorization", "in_header", "expected"),
    [
        pytest.param(b"Bearer " + OAUTH, (), [("Authorization: Bearer", OAUTH)], id="bearer"),
        pytest.param(b"Basic " + OAUTH, (), [("Authorization", OAUTH)], id="basic"),
        pytest.param(b"Basic " + base64.b64encode(OAUTH), (), [("Authorization", OAUTH)], id="basic-in-base64"),
        pytest.param(b"Basic " + base64.b64encode(b"Bearer " + OAUTH), (), [("Authorization", OAUTH)], id="nested"),
        pytest.param(b"Basic " + base64.b64encode(b"a Bearer " + OAUTH), (), [], id="two-words-before-it"),
        pytest.param(b"Basic " + base64.b64encode(OAUTH + b" a"), (), [], id="a-word-behind-it"),
        pytest.param(OAUTH, (), [("Authorization", OAUTH)], id="no-scheme"),
        pytest.param(b"Bearer " + OAUTH + b"\n", (), [("Authorization", OAUTH)], id="line-feed-behind"),
        pytest.param(GOOD + b", Bearer " + OAUTH, (), [("Authorization: Bearer", OAUTH)], id="joined"),
        pytest.param(None, (CLIENT,), [("X-Twilio-Token", CLIENT)], id="header"),
        pytest.param(None, (b" " + CLIENT + b"\t",), [("X-Twilio-Token", CLIENT)], id="header-with-blanks"),
        pytest.param(
            b"Bearer " + OAUTH, (CLIENT,), [("Authorization: Bearer", OAUTH), ("X-Twilio-Token", CLIENT)], id="both"
        ),
        pytest.param(GOOD, (), [], id="a-pair"),
        pytest.param(basic(SID, OAUTH), (), [], id="as-a-password"),
        pytest.param(b"Bearer abc", (b"abc",), [], id="no-jwt"),
        pytest.param(b"Bearer " + OAUTH[:-60], (CLIENT[:-60],), [], id="cut"),
        pytest.param(None, (), [], id="nothing"),
        pytest.param(b"", (b"",), [], id="empty"),
    ],
)
def test_tokens_of(
    authorization: bytes | None, in_header: tuple[bytes, ...], expected: list[tuple[str, bytes]]
) -> None:
    assert [(token.name, token.raw) for token in tokens(authorization, *in_header)] == expected


def test_offsets_are_those_of_the_authorization_value() -> None:
    value = b"Bearer  " + OAUTH + b" "
    [token] = tokens(value)
    assert token.where == AUTHORIZATION
    assert value[token.start : token.end] == OAUTH
    [joined] = tokens(GOOD + b", Bearer " + OAUTH)
    assert (joined.where, joined.start, joined.end) == (AUTHORIZATION, None, None)
    [header] = tokens(None, CLIENT)
    assert (header.where, header.start) == (REQUEST_HEADERS, None)


def test_only_the_first_two_lines_are_read() -> None:
    request = refused(None, extra=tuple((b"Authorization", b"Bearer " + OAUTH) for _ in range(1000))).request
    assert len(tokens_of(request, case_of(refused()).credentials * 0)) == 0
    assert len(case_of(refused(None, extra=request.headers[2:])).tokens) == 2


def test_a_header_that_holds_a_token_or_says_why_none() -> None:
    request = refused(
        extra=((b"twilio-client-validation", validation_token(GOOD)), (b"X-Twilio-Token", b"a.b"))
    ).request
    token, trouble = header_token(request, VALIDATION_HEADER, "V")
    assert token is not None
    assert (token.name, token.content_type, trouble) == ("V", "twilio-pkrv;v=1", "")
    assert header_token(request, TOKEN_HEADER, "T") == (None, "2 dot-separated parts, a JWT has 3")
    assert header_token(refused().request, TOKEN_HEADER, "T") == (None, "")


def test_no_token_is_shown() -> None:
    [token] = tokens(b"Bearer " + CLIENT)
    shown = repr(token)
    assert not any(CLIENT.decode()[at : at + 5] in shown for at in range(len(CLIENT) - 4))
    assert KEY.decode() not in shown


# --- what a token is ---


@pytest.mark.parametrize(
    ("raw", "client", "unmarked", "capability"),
    [
        pytest.param(CLIENT, True, False, False, id="access-token"),
        pytest.param(make_jwt({"cty": "Twilio-FPA; v=1"}, {}), True, False, False, id="case-and-blanks"),
        pytest.param(make_jwt({"cty": ["twilio-fpa;v=1"]}, {}), False, False, False, id="cty-no-text"),
        pytest.param(make_jwt({}, {"iss": KEY.decode(), "grants": {}}), False, True, False, id="made-by-hand"),
        pytest.param(make_jwt({}, {"iss": KEY.decode(), "grants": "x"}), False, False, False, id="other-grants"),
        pytest.param(
            make_jwt({"alg": "HS256"}, {"iss": SID.decode(), "scope": "scope:client:outgoing"}, TOKEN),
            *(False, False, True),
            id="client-capability",
        ),
        pytest.param(
            make_jwt({"alg": "HS256"}, {"iss": SID.decode(), "policies": [], "version": "v1"}, TOKEN),
            *(False, False, True),
            id="taskrouter-capability",
        ),
        pytest.param(make_jwt({}, {"iss": SID.decode()}), False, False, False, id="no-scope"),
        pytest.param(make_jwt({"cty": "x"}, {"iss": SID.decode(), "scope": ""}), False, False, False, id="other-cty"),
        pytest.param(OAUTH, False, False, False, id="oauth"),
    ],
)
def test_kinds(raw: bytes, client: bool, unmarked: bool, capability: bool) -> None:
    [token] = tokens(None, raw)
    assert (token.is_client_token, token.is_unmarked_client_token) == (client, unmarked)
    assert token.is_capability_token is capability


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (5, 5.0, ""),
        (5.5, 5.5, ""),
        (-1, -1.0, ""),
        (True, None, ""),
        ("5", None, "5"),
        (None, None, ""),
        ([5], None, ""),
        (10**400, None, ""),
        (1e300, None, ""),
        (float("nan"), None, ""),
        (float("-inf"), None, ""),
    ],
)
def test_claims_are_read_by_their_type(value: object, number: float | None, text: str) -> None:
    [token] = tokens(None, make_jwt({"alg": value}, {"exp": value}))
    assert (token.number("exp"), token.claim("exp"), token.algorithm) == (number, text, text)
    assert token.number("nbf") is None


# --- decoding: total, bounded, in step with PyJWT ---


@pytest.mark.parametrize(
    ("token", "trouble"),
    [
        pytest.param(
            b"e30.e30.AB", "the signature part is cut off or altered: no base64url ends so", id="left-over-bits"
        ),
        pytest.param(
            b"e30.e30.AAAAA", "the signature part is cut off or altered: no base64url ends so", id="one-letter"
        ),
        pytest.param(
            b"e30.e30.AA=", "the signature part is cut off or altered: no base64url ends so", id="half-padded"
        ),
        pytest.param(b"e30.e30.A/A", "the signature part is not base64url: character / at byte 1", id="standard"),
        pytest.param(b"e30.e 0.AA", "the claims part is not base64url: blank (0x20) at byte 1", id="blank"),
        pytest.param(b'"e30.e30.AA', 'the header part is not base64url: double quote (") at byte 0', id="quoted"),
        pytest.param(b"e30." + b64(b'{"a":1,"b":"c') + b".AA", "the claims part is cut off inside its JSON", id="cut"),
        pytest.param(b"e30." + b64(b'{"a":1}x') + b".AA", "the claims part is not JSON", id="more-behind"),
        pytest.param(b"e30." + b64(b'{"\xff":1}') + b".AA", "the claims part is not JSON", id="not-utf-8"),
        pytest.param(b64(b"5") + b".e30.AA", "the header part is not a JSON object", id="a-number"),
        pytest.param(
            b"e30." + b64(b'{"exp":' + b"9" * 5000 + b"}") + b".AA",
            "the claims part holds a number of thousands of digits",
            id="huge-integer",
        ),
        pytest.param(
            b64(b'{"b64":false,"crit":["b64"]}') + b".e30.AA",
            "the header part sets kid, crit or b64 as no JWT may",
            id="detached",
        ),
        pytest.param(
            b"e30." + b64(b' {"a":1,"b":') + b".AA", "the claims part is cut off inside its JSON", id="cut-blank"
        ),
        pytest.param(b"XXXX.e30.AA", "the header part is not JSON", id="letters-X"),
        pytest.param(
            b"e30.e30." + b"A" * 65536, "65544 bytes, more than any server accepts in a header", id="too-long"
        ),
    ],
)
def test_trouble_names_the_part_and_how(token: bytes, trouble: str) -> None:
    assert decode_jwt(token) == (None, trouble)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(b"e30.e30.AA", id="smallest"),
        pytest.param(b"e30=.e30=.AA==", id="padded"),
        pytest.param(b64(b' {"a" : 1} ') + b".e30.AA", id="blanks"),
        pytest.param(b"e30." + b64(b'{"exp":NaN,"nbf":-Infinity}') + b".AA", id="nan"),
        pytest.param(b"e30." + b64(b'{"iss":"\\ud800"}') + b".AA", id="lone-surrogate"),
        pytest.param(b"e30." + b64(b'{"a":"' + b"x" * 40000 + b'"}') + b".AA", id="long"),
        pytest.param(b"e30.e30." + b"A" * 65528, id="as-long-as-any-server-accepts"),
        pytest.param(make_jwt({"alg": "none"}, {}), id="none"),
    ],
)
def test_what_can_be_read_is_read(token: bytes) -> None:
    found, trouble = decode_jwt(token)
    assert found is not None
    assert trouble == ""


def test_nesting_beyond_what_python_reads_is_named() -> None:
    """How deep that is depends on Python's version."""
    found, trouble = decode_jwt(b"e30." + b64(b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}") + b".AA")
    assert trouble == ("" if found else "the claims part is JSON nested too deep")


def test_of_duplicate_members_the_last_counts() -> None:
    found, _ = decode_jwt(b"e30." + b64(b'{"exp":1,"exp":2}') + b".AA")
    assert found is not None
    assert found.claims == {"exp": 2}


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9) | st.booleans(), max_size=4),
    st.sampled_from(("HS256", "HS384", "HS512")),
)
def test_what_pyjwt_makes_is_read_back(claims: dict[str, object], algorithm: str) -> None:
    claims = {f"x{name}": value for name, value in claims.items()}
    found, trouble = decode_jwt(jwt.encode(claims, "k" * 64, algorithm, {"cty": "twilio-fpa;v=1"}).encode())
    assert trouble == ""
    assert found is not None
    assert found.claims == claims
    assert found.header == {"alg": algorithm, "typ": "JWT", "cty": "twilio-fpa;v=1"}


PARTS = st.binary(max_size=12) | st.binary(max_size=20).map(b64) | st.text("abAQ-_=.", max_size=9).map(str.encode)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.dictionaries(
        st.sampled_from(("alg", "kid", "crit", "b64", "typ", "exp", "aud")), inner, max_size=4
    ),
    max_leaves=6,
).map(lambda value: b64(repr(value).replace("'", '"').encode("utf-8", "replace")))


@settings(max_examples=500)
@given(st.lists(PARTS | JSONS, max_size=4))
def test_any_bytes_give_a_token_or_a_reason(parts: list[bytes]) -> None:
    found, trouble = decode_jwt(b".".join(parts))
    assert (found is None) == bool(trouble)
    assert trouble.isascii()
    assert trouble.isprintable()


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: b"e30." + b64(b"x" * size) + b".AA", id="long"),
        pytest.param(lambda size: b64(b'{"a":' * (size // 5) + b"1" + b"}" * (size // 5)) + b".e30.AA", id="levels"),
        pytest.param(lambda size: b64(b"[" * size) + b".e30.AA", id="brackets"),
        pytest.param(lambda size: b"e30." + b64(b'{"exp":' + b"9" * size + b"}") + b".AA", id="digits"),
        pytest.param(lambda size: b"." * size, id="dots"),
        pytest.param(lambda size: b"A" * size + b".e30.AA", id="one-part"),
        pytest.param(lambda size: b"e30.e30." + b"A" * size + b"=" * (size // 160), id="padding"),
    ],
)
@pytest.mark.parametrize("size", [48_000, 1_000_000])
def test_a_hostile_token_takes_no_more_than_its_share_of_time(build: Callable[[int], bytes], size: int) -> None:
    """Of 48,000 bytes fits into what is decoded, 1,000,000 does not."""
    decode_jwt(OAUTH)  # loads PyJWT
    assert_in_line(decode_jwt, build, size)


def test_pyjwt_is_not_loaded_before_a_token_is_met() -> None:
    program = (
        "import sys, analyzers.registry, analyzers.capture, analyzers.building as b\n"
        "analyzers.capture.diagnose_all([b.refused(), b.refused(b'Bearer abc'), b.accepted()], b'key')\n"
        "assert 'jwt' not in sys.modules, 'loaded too early'\n"
        "from analyzers.credential import decode_jwt\n"
        "decode_jwt(b'e30.e30.AA')\n"
        "assert 'jwt' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_secret_in_a_header_is_no_token() -> None:
    assert tokens(basic(KEY, KEY_SECRET), TOKEN) == ()
