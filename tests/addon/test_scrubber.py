import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.scrubber import Scrubber
from analyzers.building import GOOD, SID, TOKEN

TAIL = "YzhjYWNiZjkyNTQ1M2FlYzI4ZmViOQ=="


@pytest.fixture
def scrubber() -> Iterator[Scrubber]:
    found = Scrubber()
    found.install()
    yield found
    found.remove()


def logged(name: str, message: str, *arguments: object, error: BaseException | None = None) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        logger.error(message, *arguments, exc_info=error)
    finally:
        logger.removeHandler(handler)
    return out.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        f"127.0.0.1:4711: Invalid header line: b'{TAIL}'",
        f'Client closed connection before completing request headers: b"Authorization: Basic {TAIL}\\r\\n"',
        f"unexpected server response: bytearray(b'{TAIL}')",
        f"Deferring layer decision, not enough data: '{TAIL.encode().hex()}'",
        f"Authorization: Basic {TAIL}",
        f"(b'Authorization', b'Basic {TAIL}')",
        f"authorization={TAIL}",
        f"Bearer {TAIL}",
    ],
)
def test_what_mitmproxy_quotes_is_hidden(scrubber: Scrubber, message: str) -> None:
    told = logged("mitmproxy.proxy.server", message)
    assert "hidden by why20003" in told
    for text in (TAIL, TAIL.encode().hex()):
        assert not any(text[i : i + 5] in told for i in range(len(text) - 4))


@pytest.mark.parametrize(
    "message",
    [
        "127.0.0.1:4711: client connect",
        "server connect api.twilio.com:443 (192.0.2.1:443)",
        "Loading script addon",
        "Invalid HTTP version: b'2'",
    ],
)
def test_harmless_messages_stay(scrubber: Scrubber, message: str) -> None:
    assert logged("mitmproxy.proxy.server", message) == message + "\n"


def test_arguments_are_scrubbed_too(scrubber: Scrubber) -> None:
    assert TAIL not in logged("mitmproxy.proxy.server", "refused: %r", TAIL.encode())


def test_a_traceback_is_scrubbed(scrubber: Scrubber) -> None:
    told = logged("mitmproxy.x", "mitmproxy has crashed!", error=ValueError(f"Invalid header line: {TAIL.encode()!r}"))
    assert "ValueError" in told
    assert TAIL not in told


def test_other_loggers_are_none_of_our_business(scrubber: Scrubber) -> None:
    assert logged("my.addon", "b'%s'", TAIL) == f"b'{TAIL}'\n"


def test_a_broken_log_call_shows_no_values(scrubber: Scrubber) -> None:
    told = logged("mitmproxy.x", "two %s %s", TAIL)
    assert "message hidden by why20003: TypeError" in told
    assert TAIL not in told


def test_learnt_secrets_are_hidden_in_streams_in_every_form() -> None:
    class Dumper:
        outfp = io.StringIO()

    dumper, scrubber = Dumper(), Scrubber()
    original = dumper.outfp
    scrubber.learn([TOKEN, b"a b/c%d"])
    scrubber.guard(dumper, "outfp")
    print(
        f"POST https://api.twilio.com/2010-04-01/Accounts/{TOKEN.decode()}/Messages.json a%20b%2Fc%25d",
        file=dumper.outfp,
    )
    told = original.getvalue()
    assert TOKEN.decode() not in told
    assert "a%20b" not in told
    assert told.startswith(
        "POST https://api.twilio.com/2010-04-01/Accounts/<32 characters hidden by why20003>/Messages.json"
    )
    scrubber.remove()
    assert dumper.outfp is original


@pytest.mark.parametrize("length", [4, 12, 31])
def test_the_beginning_of_a_secret_in_a_shortened_url_is_hidden(length: int) -> None:
    scrubber = Scrubber()
    scrubber.learn([TOKEN])
    shown = scrubber.clean(f"POST https://api.twilio.com/2010-04-01/Accounts/{TOKEN.decode()[:length]}…")
    assert shown == f"POST https://api.twilio.com/2010-04-01/Accounts/<{length} characters hidden by why20003>…"
    assert scrubber.clean("GET https://api.twilio.com/2010-04-01/Accounts/AC0011…").endswith("/Accounts/AC0011…")


@pytest.mark.parametrize(
    "line",
    [
        "    Authorization: Basic QUMwMDEx\\r\\n YzhjYWNiZjkyNTQ1",
        "    \x1b[34mAuthorization\x1b[0m: Basic QUMwMDEx YzhjYWNiZjkyNTQ1",
        "    \x1b[34mproxy-authorization\x1b[0m: YzhjYWNiZjkyNTQ1",
    ],
)
def test_header_lines_of_the_dumper_are_hidden_to_their_end(line: str) -> None:
    shown = Scrubber().clean(line)
    assert "YzhjY" not in shown
    assert "QUMwM" not in shown


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"GET https://api.twilio.com/2010-04-01/Accounts.json?AuthToken={TAIL}&Page=2", "&Page=2"),
        (f"GET https://api.twilio.com/x?Page=2&api_key={TAIL[:12]}…", "?Page=2&api_key="),
        (f"POST https://oauth.twilio.com/v2/token?client_secret={TAIL}", "client_secret="),
        (f"GET https://{SID.decode()}:{TAIL}@api.twilio.com/x", "@api.twilio.com/x"),
    ],
)
def test_credentials_in_a_url_are_hidden(url: str, kept: str) -> None:
    shown = Scrubber().clean(url)
    assert TAIL[:5] not in shown
    assert kept in shown


@pytest.mark.parametrize("colour", ["", "\x1b[34m"])
@pytest.mark.parametrize(
    "name",
    [
        *("Cookie", "set-cookie", "X-Api-Key", "ApiKey", "X-Auth-Token", "X-Twilio-Token", "X-Amz-Security-Token"),
        *("Twilio-Client-Validation", "X-Twilio-Signature", "X-Client-Secret"),
    ],
)
def test_a_header_that_tells_of_a_credential_is_hidden(name: str, colour: str) -> None:
    end = "\x1b[0m" if colour else ""
    told = Scrubber().clean(
        f"    Accept: */*\n    {colour}{name}{end}: {colour}a=one two; b=three\n    Host: api.twilio.com\n"
    )
    assert told.startswith("    Accept: */*\n")
    assert told.endswith("\n    Host: api.twilio.com\n")
    assert f"{name}{end}: " in told
    assert not any(word in told for word in ("one", "two", "three"))


@pytest.mark.parametrize("text", ["    {}", "token: {}", "<{}>", "'{}',"])
def test_a_json_web_token_is_hidden_wherever_it_stands(text: str) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJTSyJ9.c2lnbmF0dXJl-_c2ln"
    before, _, after = text.partition("{}")
    told = Scrubber().clean(text.format(token))
    assert told.startswith(before)
    assert told.endswith(f" characters hidden by why20003>{after}")
    assert "eyJ" not in told


@pytest.mark.parametrize(
    "line", ["    X-Request-Id: abcdef", "GET https://x.example/token: abcdef", "    User-Agent: cookie-jar: abcdef"]
)
def test_other_lines_stay(line: str) -> None:
    assert Scrubber().clean(line) == line


def test_other_queries_stay() -> None:
    url = "GET https://api.twilio.com/x.json?PageSize=50&PageToken=PASM1234567890&To=%2B15005550006&DateSent=2026-11-20"
    assert Scrubber().clean(url) == url


def test_remove_restores_logging() -> None:
    before = logging.getLogRecordFactory()
    scrubber = Scrubber()
    scrubber.install()
    scrubber.remove()
    assert logging.getLogRecordFactory() is before


def test_memory_is_bounded() -> None:
    scrubber = Scrubber()
    scrubber.learn(b"secret-%06d" % i for i in range(10_000))
    assert scrubber.clean("secret-009999 secret-000001") == "<13 characters hidden by why20003> secret-000001"


@given(st.text(alphabet="0123456789abcdefABCDEF+/=", min_size=8, max_size=120))
def test_no_authorization_value_survives(value: str) -> None:
    told = Scrubber().clean(f"    Authorization: Basic {value}")
    assert value not in told


def test_sids_stay_readable() -> None:
    assert Scrubber().clean(f"GET /Accounts/{SID.decode()}.json") == f"GET /Accounts/{SID.decode()}.json"
    assert GOOD.decode()[6:] not in Scrubber().clean(f"authorization: {GOOD.decode()}")
