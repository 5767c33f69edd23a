import pytest
from canary import spotted
from redaction_tools import Tools

from analyzers.building import DATE, GOOD, REQUEST_ID, TOKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"Content-Type", b"application/x-www-form-urlencoded; charset=utf-8"),
        (b"User-Agent", b"twilio-python/9.13.0 (Linux x86_64) Python/3.13.1"),
        (b"Date", DATE),
        (b"Twilio-Request-Id", REQUEST_ID),
        (b"Host", b"api.twilio.com"),
        (b"Content-Length", b"107"),
        (b"WWW-Authenticate", b'Basic realm="Twilio API"'),
        (b"X-Twilio-Error-Code", b"20003"),
        (b"Via", b"1.1 varnish"),
        (b"Access-Control-Request-Headers", b"authorization,content-type"),
        (b"Retry-After", b"3"),
        (b"X-Empty", b""),
    ],
)
def test_lines_that_stay(tools: Tools, name: bytes, value: bytes) -> None:
    assert tools.headers.lines(((name, value),)) == ((name, value),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"Authorization", GOOD),
        (b"authorization", b"Bearer " + TOKEN),
        (b"Proxy-Authorization", GOOD),
        (b"X-Api-Key", TOKEN),
        (b"X-Auth-Token", TOKEN),
        (b"X-Original-Authorization", GOOD),
        (b"Cookie", b"a=1; b=" + TOKEN),
        (b"Set-Cookie", b"sid=" + TOKEN + b"; Path=/; Domain=.quellmann.example; HttpOnly"),
        (b"Referer", b"https://quellmann.example/?t=" + TOKEN),
        (b"Origin", b"https://quellmann.example"),
        (b"X-Whatever", TOKEN),
        (b"X-Customer", b"Quellmann"),
        (b"User-Agent", b"quellmann-shop/1.0 (jane@quellmann.example)"),
        (b"Date", TOKEN),
        (b"Content-Length", TOKEN),
        (b"Twilio-Request-Id", TOKEN),
        (b"Host", b"quellmann.example"),
        (b"Content-Type", b"text/plain; name=Quellmann"),
        (b"WWW-Authenticate", b"NTLM " + GOOD[6:]),
        (b"X-Request-Id", TOKEN),
        (b"Access-Control-Request-Headers", TOKEN + b"!"),
    ],
)
def test_lines_of_which_nothing_private_stays(tools: Tools, name: bytes, value: bytes) -> None:
    [(kept, out)] = tools.headers.lines(((name, value),))
    assert kept == name
    assert len(out) == len(value)
    assert spotted(out, [TOKEN, b"quellmann", b"Quellmann"]) == []


def test_a_value_in_the_place_of_a_name_goes(tools: Tools) -> None:
    [(name, value)] = tools.headers.lines(((TOKEN, b""),))
    assert spotted(name, [TOKEN]) == []
    assert (len(name), value) == (len(TOKEN), b"")


def test_set_cookie_keeps_its_attributes(tools: Tools) -> None:
    [(_, out)] = tools.headers.lines(((b"Set-Cookie", b"sid=abcdef1; Path=/; Max-Age=60; Secure; SameSite=Lax"),))
    assert out.endswith(b"; Path=/; Max-Age=60; Secure; SameSite=Lax")


def test_order_and_repetition_stay(tools: Tools) -> None:
    lines = ((b"X-A", b"zq1zq1zq1"), (b"x-a", b"zq1zq1zq1"), (b"Host", b"api.twilio.com"))
    out = tools.headers.lines(lines)
    assert [name for name, _ in out] == [name for name, _ in lines]
    assert out[0][1] == out[1][1]


def test_a_cookie_keeps_its_names_and_stands_for_the_same_secret(tools: Tools) -> None:
    [(_, out)] = tools.headers.lines(((b"Cookie", b"session=" + TOKEN + b"; token=" + TOKEN[:9]),))
    stand_in = tools.credentials.half(TOKEN)
    assert out == b"session=" + stand_in + b"; token=" + stand_in[:9]
