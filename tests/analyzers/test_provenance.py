"""Where the halves of a pair come from: every place that holds a value is named, and nothing of a value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Fidelity
from analyzers.expected import Expected, Role, Standing
from analyzers.flaws import Pair
from analyzers.provenance import Form, form_on, mixed, named, provenance_of, remark, shadowed

OTHER_TOKEN = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"
OTHER_KEY = b"SKaabbccddeeff00112233445566778899"


def one(
    role: Role,
    value: bytes,
    source: str = "environment",
    name: str = "",
    *,
    written: bytes = b"",
    standing: Standing = Standing.FOUND,
) -> Expected:
    return Expected(role, name or f"TWILIO_{role.name}", source, value, written=written, standing=standing)


def sid(value: bytes = SID, source: str = "environment", standing: Standing = Standing.FOUND) -> Expected:
    return one(Role.ACCOUNT_SID, value, source, standing=standing)


def token(
    value: bytes = TOKEN, source: str = "environment", *, written: bytes = b"", standing: Standing = Standing.FOUND
) -> Expected:
    return one(Role.AUTH_TOKEN, value, source, written=written, standing=standing)


PAIR = (sid(), token())
FILE = (sid(OTHER_SID, ".env line 1"), token(OTHER_TOKEN, ".env line 2"))
KEYS = (one(Role.KEY_SID, KEY, ".env line 3", "TWILIO_API_KEY"), one(Role.KEY_SECRET, KEY_SECRET, ".env line 4"))


@pytest.mark.parametrize(
    ("half", "known", "form"),
    [
        pytest.param(TOKEN, token(), Form.VALUE, id="as-it-is"),
        pytest.param(TOKEN, token(b'"' + TOKEN + b'"\n'), Form.TRIMMED, id="trimmed"),
        pytest.param(b'"%s"' % TOKEN, token(written=b'"%s"' % TOKEN), Form.QUOTED, id="quotes-kept"),
        pytest.param(
            b'"%s"' % TOKEN, token(written=b'"%s"\r' % TOKEN), Form.QUOTED, id="quotes-kept-without-the-return"
        ),
        pytest.param(b"%s # main" % TOKEN, token(written=b"%s # main" % TOKEN), Form.COMMENT, id="comment-kept"),
        pytest.param(b"%s  " % TOKEN, token(written=b"%s  " % TOKEN), Form.BLANKS, id="blanks-kept"),
        pytest.param(b"%s\r" % TOKEN, token(written=b"%s\r" % TOKEN), Form.RETURN, id="carriage-return"),
        pytest.param(
            b"%s\r" % TOKEN, token(written=b'"%s"\r' % TOKEN), Form.RETURN, id="carriage-return-behind-quotes"
        ),
        pytest.param(b"%s\n" % TOKEN, token(written=b"%s\n" % TOKEN), Form.LINE_END, id="line-end-of-a-secret-file"),
        pytest.param(b"%s\r\n" % TOKEN, token(written=b"%s\r\n" % TOKEN), Form.LINE_END, id="crlf-of-a-secret-file"),
        pytest.param(b"%s\n" % TOKEN, token(), None, id="a-line-end-that-stands-nowhere"),
        pytest.param(TOKEN[:-1], token(), None, id="cut"),
        pytest.param(TOKEN.upper(), token(), None, id="capitals"),
        pytest.param(b"", token(), None, id="nothing"),
        pytest.param(TOKEN, token(OTHER_TOKEN), None, id="another"),
    ],
)
def test_in_which_form_a_value_is_on_the_wire(half: bytes, known: Expected, form: Form | None) -> None:
    assert form_on(half, known) is form


@pytest.mark.parametrize(
    ("username", "password", "known", "says"),
    [
        pytest.param(
            SID,
            TOKEN,
            PAIR,
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password equals TWILIO_AUTH_TOKEN (environment)",
            id="pair",
        ),
        pytest.param(
            SID,
            TOKEN,
            (*PAIR, token(source=".env line 4")),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password equals TWILIO_AUTH_TOKEN (environment and .env line 4)",
            id="equal-values-in-two-places-are-both-named",
        ),
        pytest.param(
            SID,
            TOKEN,
            (*PAIR, one(Role.KEY_SECRET, TOKEN, ".env line 4", "TWILIO_API_SECRET")),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password equals TWILIO_AUTH_TOKEN (environment) and TWILIO_API_SECRET (.env line 4)",
            id="equal-values-under-two-names-are-both-named",
        ),
        pytest.param(
            SID,
            KEY_SECRET,
            (*PAIR, *KEYS),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password equals TWILIO_KEY_SECRET (.env line 4)",
            id="secret-of-the-key",
        ),
        pytest.param(
            SID,
            TOKEN,
            (*PAIR, token(OTHER_TOKEN, ".env line 4")),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); the password equals TWILIO_AUTH_TOKEN "
            "(environment); TWILIO_AUTH_TOKEN (.env line 4) holds another value, which was not sent",
            id="another-place-holds-another",
        ),
        pytest.param(
            SID,
            TOKEN,
            (*PAIR, token(OTHER_TOKEN, "docker.env line 4", standing=Standing.ELSEWHERE)),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password equals TWILIO_AUTH_TOKEN (environment)",
            id="a-place-of-other-programs-is-no-rival",
        ),
        pytest.param(
            SID,
            TOKEN,
            (sid(), token(OTHER_TOKEN, ".env line 2"), token(TOKEN, ".env line 1", standing=Standing.ELSEWHERE)),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); the password equals TWILIO_AUTH_TOKEN "
            "(.env line 1); TWILIO_AUTH_TOKEN (.env line 2) holds another value, which was not sent",
            id="the-first-of-two-lines",
        ),
        pytest.param(
            TOKEN,
            SID,
            (sid(TOKEN, ".env line 1"), token(SID, ".env line 2")),
            "On the wire the username equals TWILIO_ACCOUNT_SID (.env line 1); the password equals TWILIO_AUTH_TOKEN "
            "(.env line 2); the two values stand in each other's place there",
            id="exchanged-in-the-file",
        ),
        pytest.param(
            TOKEN,
            SID,
            PAIR,
            "On the wire the username equals TWILIO_AUTH_TOKEN (environment); "
            "the password equals TWILIO_ACCOUNT_SID (environment)",
            id="exchanged-by-the-program",
        ),
        pytest.param(
            SID,
            b"%s\n" % TOKEN,
            (sid(), token(TOKEN, "file of TWILIO_AUTH_TOKEN_FILE", written=b"%s\n" % TOKEN)),
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); the password equals TWILIO_AUTH_TOKEN "
            "(file of TWILIO_AUTH_TOKEN_FILE), with the line end of that file",
            id="line-end",
        ),
        pytest.param(
            SID,
            OTHER_TOKEN,
            PAIR,
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); "
            "the password is none of the values known here",
            id="unknown-password",
        ),
        pytest.param(
            SID,
            b"",
            PAIR,
            "On the wire the username equals TWILIO_ACCOUNT_SID (environment); the password is empty",
            id="empty-password",
        ),
        pytest.param(OTHER_SID, OTHER_TOKEN, PAIR, "", id="nothing-known"),
        pytest.param(SID, TOKEN, (), "", id="nothing-given"),
        pytest.param(SID, b"your_auth_token", (token(b"your_auth_token"),), "", id="placeholders-are-no-source"),
    ],
)
def test_the_sentence(username: bytes, password: bytes, known: tuple[Expected, ...], says: str) -> None:
    assert remark(Pair(username, password), known) == says


def test_a_value_that_stands_in_the_other_half_was_sent() -> None:
    known = (sid(TOKEN, ".env line 1"), sid(SID), token(TOKEN))
    assert "not sent" not in remark(Pair(SID, TOKEN), known)


def test_of_many_places_three_are_named() -> None:
    known = [token(source=f".env.{n} line 1") for n in range(5)]
    assert named(provenance_of(Pair(SID, TOKEN), known).password.matches) == (
        "TWILIO_AUTH_TOKEN (.env.0 line 1, .env.1 line 1, .env.2 line 1 and 2 more)"
    )


@pytest.mark.parametrize(
    ("username", "password", "known", "found"),
    [
        pytest.param(SID, OTHER_TOKEN, (*PAIR, *FILE), True, id="sid-of-one-and-token-of-the-other"),
        pytest.param(SID, OTHER_TOKEN, (sid(), *FILE), True, id="the-one-has-no-token"),
        pytest.param(SID, OTHER_TOKEN, (*PAIR, FILE[1]), False, id="the-other-has-no-sid"),
        pytest.param(SID, TOKEN, (*PAIR, *FILE), False, id="a-whole-pair"),
        pytest.param(OTHER_SID, OTHER_TOKEN, (*PAIR, *FILE), False, id="the-other-whole-pair"),
        pytest.param(
            SID,
            OTHER_TOKEN,
            (*PAIR, *FILE, sid(SID, "b.env line 1"), token(OTHER_TOKEN, "b.env line 2")),
            False,
            id="a-third-place-holds-both",
        ),
        pytest.param(
            SID, OTHER_TOKEN, (*PAIR, *FILE, token(OTHER_TOKEN, "secret.env line 9")), False, id="a-place-without-a-sid"
        ),
        pytest.param(
            SID, OTHER_TOKEN, (*PAIR, sid(SID + b"\n", ".env line 1"), FILE[1]), False, id="the-same-with-marks"
        ),
        pytest.param(
            OTHER_KEY, KEY_SECRET, (one(Role.KEY_SID, OTHER_KEY), *KEYS), True, id="key-of-one-and-secret-of-the-other"
        ),
        pytest.param(SID, KEY_SECRET, (*PAIR, *KEYS), False, id="halves-of-different-kinds"),
    ],
)
def test_a_pair_of_two_places(username: bytes, password: bytes, known: tuple[Expected, ...], *, found: bool) -> None:
    assert (mixed(Pair(username, password), known) is not None) is found


@pytest.mark.parametrize(
    ("known", "found"),
    [
        pytest.param((*PAIR, token(OTHER_TOKEN, ".env line 2")), ("environment", ".env line 2"), id="differs"),
        pytest.param((*PAIR, token(TOKEN, ".env line 2")), None, id="equal"),
        pytest.param((*PAIR, sid(OTHER_SID, ".env line 1")), ("environment", ".env line 1"), id="another-sid"),
        pytest.param(
            (*PAIR, token(OTHER_TOKEN, ".env.old line 2", standing=Standing.ELSEWHERE)), None, id="place-of-others"
        ),
        pytest.param((*PAIR, one(Role.AUTH_TOKEN, OTHER_TOKEN, ".env line 2", "TOKEN")), None, id="another-name"),
        pytest.param((*PAIR, token(b"", ".env line 2")), None, id="nothing-there"),
    ],
)
def test_what_another_place_holds(known: tuple[Expected, ...], found: tuple[str, str] | None) -> None:
    two = shadowed(Pair(SID, TOKEN), known)
    assert (None if two is None else (two[0].source, two[1].source)) == found


def test_the_diagnosis_says_it_whatever_leads() -> None:
    for exchange in (refused(GOOD), refused(basic(SID, b'"%s"' % TOKEN)), refused(basic(TOKEN, SID))):
        found = diagnose_all([exchange], b"key", (*PAIR, token(OTHER_TOKEN, ".env line 2")))[0].diagnosis
        assert found is not None
        assert [each.kind for each in found.advice].count("credential-source") == (1 if found.top else 0)


def test_an_export_without_credentials_says_nothing() -> None:
    found = diagnose_all([refused(GOOD, fidelity=Fidelity.SANITIZED)], b"key", PAIR)[0].diagnosis
    assert found is not None
    assert "credential-source" not in {each.kind for each in found.advice}


VALUES = st.sampled_from((SID, OTHER_SID, TOKEN, OTHER_TOKEN, KEY, KEY_SECRET, b"", b'"%s"' % TOKEN)) | st.binary(
    max_size=50
)


@settings(max_examples=300)
@given(
    VALUES,
    VALUES,
    st.lists(
        st.builds(
            Expected,
            st.sampled_from(Role),
            st.text(max_size=8),
            st.sampled_from(("environment", ".env line 1", ".env line 2", "b.env line 1")),
            VALUES,
            st.just(""),
            VALUES,
            st.sampled_from(Standing),
        ),
        max_size=8,
    ),
)
def test_nothing_raises_and_no_secret_is_told(username: bytes, password: bytes, known: list[Expected]) -> None:
    wire = Pair(username, password)
    mixed(wire, known)
    shadowed(wire, known)
    told = remark(wire, known).encode()
    for secret in (TOKEN, OTHER_TOKEN, KEY_SECRET):
        assert not [at for at in range(len(secret) - 4) if secret[at : at + 5] in told]
