import base64
from urllib.parse import quote_from_bytes

import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic
from analyzers.credential import Broken, decode, pair_of

LETTERS = base64.b64encode(SID + b":" + TOKEN)


@pytest.fixture
def surrogate(tools: Tools) -> bytes:
    return tools.credentials.half(TOKEN)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(GOOD, id="good"),
        pytest.param(b"basic  " + LETTERS, id="lower-case"),
        pytest.param(b'"Basic ' + LETTERS + b'"', id="quoted"),
        pytest.param(b"Basic " + LETTERS.rstrip(b"="), id="unpadded"),
        pytest.param(b"Basic " + base64.encodebytes(SID + b":" + TOKEN), id="wrapped"),
        pytest.param(b"Basic " + base64.b64encode(LETTERS), id="twice"),
        pytest.param(b"Basic " + quote_from_bytes(LETTERS, safe="").encode(), id="percent-encoded"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, id="clear"),
        pytest.param(b"Basic " + (SID + b":" + TOKEN).hex().encode(), id="hex"),
        pytest.param(b"Basic " + base64.b64encode((SID + b":" + TOKEN).decode().encode("utf-16")), id="utf-16"),
        pytest.param(b"Authorization: Basic " + LETTERS + b"; charset=utf-8", id="header-line"),
        pytest.param(GOOD + b", " + GOOD, id="two"),
        pytest.param(b"Bearer " + TOKEN, id="bearer"),
        pytest.param(TOKEN, id="bare"),
        pytest.param(basic(TOKEN, SID), id="swapped"),
        pytest.param(basic(SID, TOKEN + b"\n"), id="line-feed"),
        pytest.param(basic(SID, b'"' + TOKEN + b'"'), id="quoted-password"),
        pytest.param(b"Token token=" + TOKEN, id="another-scheme"),
    ],
)
def test_nothing_of_the_secret_stays_and_the_faults_do(tools: Tools, value: bytes) -> None:
    out = tools.credentials.value(value)
    assert len(out) == len(value)
    assert spotted(out, [TOKEN]) == []
    before, after = decode(value), decode(out)
    assert type(before) is type(after)
    if isinstance(before, Broken) and isinstance(after, Broken):
        assert before.faults == after.faults
    one, other = pair_of(before), pair_of(after)
    assert (one is None) == (other is None)


def test_equal_secrets_become_equal_wherever_they_stand(tools: Tools, surrogate: bytes) -> None:
    pair = pair_of(decode(tools.credentials.value(GOOD)))
    assert pair is not None
    assert (pair.username, pair.password) == (SID, surrogate)
    assert tools.credentials.value(b"Bearer " + TOKEN) == b"Bearer " + surrogate
    assert tools.credentials.value(b"Basic " + SID + b":" + TOKEN) == b"Basic " + SID + b":" + surrogate


@pytest.mark.parametrize(
    "value",
    [
        b"Basic undefined",
        b"Bearer null",
        b"Bearer ",
        b"",
        b"********",
        b"REDACTED",
        b"Basic <your-auth-token>",
        b"{{authToken}}",
        b"your_auth_token",
        basic(b"ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", b"your_auth_token"),
        basic(b"None", b"None"),
        b"Basic ${TWILIO_AUTH_TOKEN}",
        b"B:e",
    ],
)
def test_what_is_no_value_stays(tools: Tools, value: bytes) -> None:
    assert tools.credentials.value(value) == value


def test_the_prefix_of_another_service_stays(tools: Tools) -> None:
    secret = b"sk_live_51H8xQ2eZvKYlo2C0aBcDeFgHiJkLmNoPq"
    out = tools.credentials.half(secret)
    assert out.startswith(b"sk_live_")
    assert spotted(out, [secret[8:]]) == []


def test_strays_of_every_kind_stay_in_place(tools: Tools, surrogate: bytes) -> None:
    for lead, tail in ((b"\xef\xbb\xbf", b""), (b"\xe2\x80\x9c", b"\xe2\x80\x9d"), (b" ", b"\r\n"), (b"", b"\\n")):
        assert tools.credentials.half(lead + TOKEN + tail) == lead + surrogate + tail


def test_a_value_split_by_a_line_end(tools: Tools, surrogate: bytes) -> None:
    assert tools.credentials.half(TOKEN[:20] + b"\n" + TOKEN[20:]) == surrogate[:20] + b"\n" + surrogate[20:]


def test_learning_changes_nothing_and_notes_both_halves(learner: Tools) -> None:
    assert learner.credentials.value(basic(KEY, KEY_SECRET)) == basic(KEY, KEY_SECRET)
    assert list(learner.known.credentials().values()) == [KEY_SECRET]
    assert learner.known.sids == {KEY[2:]: KEY}
    assert learner.known.signers == {KEY: (KEY_SECRET,)}


@pytest.mark.parametrize(
    "password",
    [
        b"p",
        b"hunter2",
        "Пароль№1секрет".encode(),
        b"!@#$%^&*()",
        b"a b c d e f g",
        "Пароль".encode("cp1251"),
        "äöüßä".encode("latin-1"),
    ],
)
def test_other_passwords_go_as_well(tools: Tools, password: bytes) -> None:
    out = tools.credentials.value(basic(SID, password))
    pair = pair_of(decode(out))
    assert pair is not None
    assert pair.password != password
    assert len(pair.password) == len(password)
