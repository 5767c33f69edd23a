import base64
import gzip
import quopri
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY_SECRET, TOKEN
from recordings.redaction import leaking
from recordings.redaction.leaking import Secrets, leaks
from recordings.redaction.runs import runs_of

PHONE, NAME, CODE = b"+12125558437", b"Quellmann", b"482913"
SECRETS = Secrets([TOKEN, KEY_SECRET], [PHONE, NAME, CODE])


def kinds(data: bytes) -> set[str]:
    return {leak.kind for leak in leaks(b"{'x': '" + data + b"'}", SECRETS)}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(TOKEN, "plain", id="whole"),
        pytest.param(TOKEN[3:9], "plain", id="six-characters"),
        pytest.param(TOKEN.upper(), "plain", id="capitals"),
        pytest.param(TOKEN[::-1], "plain, reversed", id="reversed"),
        pytest.param(base64.b64encode(TOKEN), "base64", id="base64"),
        pytest.param(base64.b64encode(b"x" + TOKEN[4:10]), "base64", id="base64-shifted"),
        pytest.param(base64.b64encode(b"xx" + TOKEN[4:10]), "base64", id="base64-shifted-again"),
        pytest.param(base64.urlsafe_b64encode(b"\xff\xfe" + KEY_SECRET), "base64", id="base64url"),
        pytest.param(base64.b64encode(base64.b64encode(TOKEN)), "base64, base64", id="base64-twice"),
        pytest.param(base64.encodebytes(TOKEN * 3), "base64", id="base64-wrapped"),
        pytest.param(base64.b64encode(TOKEN.decode().encode("utf-16-le")), "base64, UTF-16", id="base64-of-utf-16"),
        pytest.param(TOKEN.hex().encode(), "hex", id="hex"),
        pytest.param(TOKEN.hex().upper().encode(), "hex", id="hex-in-capitals"),
        pytest.param(b"".join(b"%%%02x" % byte for byte in TOKEN), "percent-encoding", id="percent"),
        pytest.param(b"".join(b"%%25%02x" % byte for byte in TOKEN), "percent-encoding, percent-encoding", id="twice"),
        pytest.param(b"".join(rb"\u%04x" % byte for byte in TOKEN), "JSON escapes", id="json"),
        pytest.param(b"".join(rb"\x%02x" % byte for byte in TOKEN), "JSON escapes", id="javascript"),
        pytest.param(b"".join(b"=%02X" % byte for byte in TOKEN), "quoted-printable", id="quoted-printable"),
        pytest.param(quopri.encodestring(b"\xe4" * 30 + TOKEN), "plain", id="soft-line-breaks"),
        pytest.param(b"".join(b"&#%d;" % byte for byte in TOKEN), "HTML entities", id="entities"),
        pytest.param(TOKEN.decode().encode("utf-16-be"), "UTF-16", id="utf-16"),
        pytest.param(gzip.compress(b"a" * 99 + TOKEN), "compressed", id="gzip"),
        pytest.param(b"ab" + zlib.compress(TOKEN) + b"c", "compressed", id="zlib"),
        pytest.param(base64.b64encode(gzip.compress(TOKEN)), "base64, compressed", id="base64-of-gzip"),
        pytest.param(PHONE[1:], "plain", id="a-number"),
        pytest.param(NAME[2:], "plain", id="a-part-of-a-name"),
        pytest.param(b"x" + CODE + b"y", "plain", id="a-code-of-six-digits"),
    ],
)
def test_finds(data: bytes, kind: str) -> None:
    assert kind in kinds(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TOKEN[:4], id="four-characters"),
        pytest.param(b"20003 Authenticate", id="public"),
        pytest.param(b"2026-11-20T12:12:55Z", id="digits-of-a-date"),
        pytest.param(b"1" + CODE + b"7", id="a-code-in-a-longer-number"),
        pytest.param(b"SM" + b"0" * 20 + TOKEN[:8] + b"0" * 4, id="eight-digits-in-a-sid"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_no_find(data: bytes) -> None:
    assert kinds(data) == set()


def test_a_find_says_where_and_never_what() -> None:
    [leak] = leaks(TOKEN, SECRETS)
    assert leak == ("plain", "credential 1")
    assert TOKEN.decode() not in repr(leak) + repr(SECRETS)


def test_a_sid_that_is_a_secret_is_found() -> None:
    assert leaks(b"SK" + TOKEN, SECRETS) != []


def test_a_public_sid_may_hold_anything() -> None:
    sid = b"SK" + TOKEN
    assert leaks(sid, Secrets([TOKEN], public=[sid])) == []


def test_nothing_to_search_for() -> None:
    assert not Secrets([])
    assert leaks(TOKEN, Secrets([b"abc"])) == []
    assert len(SECRETS) == 5


def test_of_very_many_credentials_longer_runs_are_asked_for() -> None:
    many = Secrets(
        [TOKEN, *(b"%032x" % (number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128) for number in range(600))]
    )
    assert leaks(TOKEN[:6], Secrets([TOKEN])) != []
    assert leaks(b"Z" + TOKEN[:6] + b"Z", many) == []
    assert leaks(TOKEN[:9], many) != []


def test_what_was_clean_once_is_not_clean_with_a_secret_beside_it() -> None:
    secrets = Secrets([TOKEN])
    clean = b'{"to": "+12125550100", "note": "nothing", "more": "x"}'
    assert leaks(clean, secrets) == leaks(clean, secrets) == []
    assert leaks(clean.replace(b"nothing", b"nothing" + TOKEN[:6]), secrets) == [("plain", "credential 1")]
    assert leaks(clean.replace(b"note", TOKEN[:6]), secrets) == [("plain", "credential 1")]


def test_a_part_in_which_something_was_found_is_found_again() -> None:
    secrets = Secrets([TOKEN])
    assert leaks(b'"' + TOKEN + b'"', secrets) == leaks(b'"' + TOKEN + b'"', secrets) != []


@pytest.mark.parametrize("value", [b'zu"qx', b'q"zuvx', rb"qz\\vx", b'kw\\"vz'])
def test_a_value_may_go_on_behind_a_quote(value: bytes) -> None:
    secrets = Secrets([], [value])
    assert leaks(b"", secrets) == leaks(b'x"y', secrets) == []
    assert (leaks(b'say "' + value + b'" twice', secrets) != []) == bool(runs_of(value))


def test_what_is_packed_goes_on_behind_a_quote() -> None:
    packed = zlib.compressobj(0)
    data = packed.compress(b'say "' * 9 + TOKEN + b'"') + packed.flush()
    wide = f'"{TOKEN.decode()}"'.encode("utf-16-le")
    assert [leaks(each, Secrets([TOKEN])) != [] for each in (data, wide)] == [True, True]


def test_clean_parts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaking, "_MOST_CLEAN", 100)
    secrets = Secrets([TOKEN])
    for start in range(0, 5000, 500):
        assert leaks(b'"'.join(b"n%d" % number for number in range(start, start + 500)), secrets) == []
    assert len(secrets.clean) <= 200


@given(st.binary(max_size=300))
def test_any_bytes_are_searched(data: bytes) -> None:
    leaks(data, SECRETS)
    assert leaks(data + b" " + TOKEN, SECRETS) != []


def test_a_secret_that_is_added_is_found_as_if_it_had_been_there_from_the_start() -> None:
    growing = Secrets(())
    text = b'{"a": "' + TOKEN + b'", "b": "' + KEY_SECRET[:6] + b'"}'
    assert leaks(text, growing) == []
    for number, secret in enumerate((TOKEN, KEY_SECRET), 1):
        growing.add(secret)
        assert len(growing) == number
        assert leaks(text, growing) == leaks(text, Secrets([TOKEN, KEY_SECRET][:number]))
    assert len(leaks(text, growing)) == 2


def test_what_was_clean_is_searched_again_for_a_secret_that_is_added() -> None:
    growing = Secrets([KEY_SECRET])
    text = b'"' + TOKEN + b'"'
    assert leaks(text, growing) == []
    growing.add(TOKEN)
    assert leaks(text, growing) != []


@pytest.mark.parametrize(("length", "found"), [(5, False), (7, False), (8, True), (32, True)])
def test_of_many_only_longer_runs_count(length: int, *, found: bool) -> None:
    assert bool(leaks(b'"' + TOKEN[:length] + b'"', Secrets([TOKEN], of_many=True))) is found


@pytest.mark.parametrize(
    ("length", "of_many", "found"), [(8, False, False), (9, False, True), (11, True, False), (12, True, True)]
)
def test_a_run_in_a_sid_has_to_be_longer(length: int, *, of_many: bool, found: bool) -> None:
    sid = b"SM" + (TOKEN[:length] + b"0" * 32)[:32]
    assert bool(leaks(b"/Messages/" + sid + b".json", Secrets([TOKEN], of_many=of_many))) is found
