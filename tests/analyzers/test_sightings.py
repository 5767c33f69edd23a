"""Which successes count for a refusal, how an answer reads, and the words for both."""

import math
import time
from dataclasses import replace

import jwt
import pytest
from judging import seen

from analyzers.bearing import Bearing
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    SID,
    TEXT_INVALID_USERNAME,
    TEXT_NO_CREDENTIALS,
    TIME,
    TOKEN,
    basic,
    refused,
)
from analyzers.case import Case, case_of
from analyzers.credential import Broken
from analyzers.exchange import Exchange, Response
from analyzers.sightings import (
    blames_credentials,
    elsewhere,
    expired,
    here,
    inactive,
    is_after,
    moment,
    refused_plainly,
    region_of,
    rivals_here,
    sender,
    shown_host,
    span,
    text_unread,
    well_sent,
    well_shaped,
    when,
    works_later,
)
from analyzers.twilio import TEXT_LACK

DUBLIN = "api.dublin.ie1.twilio.com"
OLD_DUBLIN = "api.ie1.twilio.com"
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."


def case(exchange: Exchange | None = None, /, **bearing: object) -> Case:
    return case_of(exchange or refused(GOOD), Bearing(**bearing))  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("exchange", "plain", "blames", "unread"),
    [
        pytest.param(refused(GOOD), True, True, False, id="authenticate"),
        pytest.param(refused(GOOD, message="authenticate."), True, True, False, id="other-spelling"),
        pytest.param(refused(GOOD, message=TEXT_INVALID_USERNAME), True, True, False, id="invalid-username"),
        pytest.param(refused(GOOD, message="Permission Denied"), True, True, False, id="permission-denied"),
        pytest.param(refused(GOOD, message=TEXT_NO_CREDENTIALS), True, False, False, id="nothing-arrived"),
        pytest.param(refused(GOOD, message=TEXT_LACK), True, False, False, id="lack"),
        pytest.param(refused(GOOD, message="Something new"), True, False, False, id="foreign-text"),
        pytest.param(refused(GOOD, message=""), True, False, True, id="no-text"),
        pytest.param(refused(GOOD, code=None), True, False, True, id="no-body"),
        pytest.param(refused(GOOD, message=KYC), False, False, False, id="gate"),
        pytest.param(refused(GOOD, status=403), False, False, False, id="403"),
        pytest.param(refused(GOOD, code=70051), False, False, False, id="other-code"),
        pytest.param(
            refused(GOOD, answer=Response(status=401, headers=((b"Server", b"squid"),), body=b"Authenticate")),
            False,
            False,
            False,
            id="not-twilio",
        ),
        pytest.param(replace(refused(GOOD), response=None), False, False, False, id="no-answer"),
    ],
)
def test_how_an_answer_reads(exchange: Exchange, *, plain: bool, blames: bool, unread: bool) -> None:
    found = case(exchange)
    assert (refused_plainly(found), blames_credentials(found), text_unread(found)) == (plain, blames, unread)


@pytest.mark.parametrize(
    ("authorization", "sent", "shaped"),
    [
        pytest.param(GOOD, True, True, id="pair"),
        pytest.param(basic(KEY, KEY_SECRET), True, True, id="key"),
        pytest.param(basic(SID, TOKEN + b"\n"), True, False, id="stray"),
        pytest.param(basic(SID, b""), True, False, id="empty"),
        pytest.param(basic(SID, SID), True, False, id="sid-as-password"),
        pytest.param(basic(b"someone", TOKEN), True, False, id="odd-username"),
        pytest.param(b"Bearer a.b.c", True, False, id="bearer"),
        pytest.param(GOOD[:-2], False, False, id="padding-lost"),
        pytest.param(b"Token x", False, False, id="other-scheme"),
        pytest.param(None, False, False, id="nothing"),
    ],
)
def test_the_form_of_what_was_sent(authorization: bytes | None, *, sent: bool, shaped: bool) -> None:
    found = case(refused(authorization))
    assert (well_sent(found), well_shaped(found)) == (sent, shaped)


def test_a_flaw_that_twilio_accepted_is_no_fault() -> None:
    found = case(refused(GOOD[:-2]))
    assert isinstance(found.credential, Broken)
    flaws = frozenset(fault.flaw for fault in found.credential.faults)
    assert well_sent(replace(found, bearing=Bearing(flaws_accepted=flaws)))


def test_two_headers_are_neither_well_sent_nor_well_shaped() -> None:
    found = case(refused(GOOD, extra=((b"Authorization", GOOD),)))
    assert (well_sent(found), well_shaped(found)) == (False, False)


def test_successes_here_and_elsewhere() -> None:
    us1, ie1, old = seen(0), seen(1, host=DUBLIN), seen(2, host=OLD_DUBLIN)
    found = case(accepted=(ie1, old, us1))
    assert here(found) == (old, us1)
    assert elsewhere(found) == (ie1,)
    there = case(refused(GOOD, host=DUBLIN), accepted=(ie1, old, us1))
    assert here(there) == (ie1,)
    assert elsewhere(there) == (old, us1)


@pytest.mark.parametrize("field", ["worked", "works_again", "did_this"])
def test_every_field_with_a_success_counts(field: str) -> None:
    assert here(case(**{field: seen(3)})) == (seen(3),)


@pytest.mark.parametrize("host", ["www.twilio.com", "console.twilio.com", "twilio.com"])
def test_a_website_proves_nothing(host: str) -> None:
    found = case(accepted=(seen(host=host),), rivals=(seen(host=host),))
    assert here(found) == ()
    assert rivals_here(found) == ()


def test_a_region_that_nobody_knows_is_not_elsewhere() -> None:
    assert elsewhere(case(accepted=(seen(host="api.somewhere.xx1.twilio.com"),))) == ()


def test_rivals_of_this_region_the_latest_first() -> None:
    early, late, far = seen(4, 1.0, host=OLD_DUBLIN), seen(1, 9.0), seen(2, 99.0, host=DUBLIN)
    assert rivals_here(case(rivals=(early, far, late))) == (late, early)


@pytest.mark.parametrize(
    ("bearing", "later"),
    [
        pytest.param({"works_again": seen(5, 9.0)}, seen(5, 9.0), id="same-place"),
        pytest.param(
            {"accepted": (seen(5, 9.0, host="verify.twilio.com"),)},
            seen(5, 9.0, host="verify.twilio.com"),
            id="same-region",
        ),
        pytest.param({"accepted": (seen(5, -9.0),)}, None, id="before"),
        pytest.param({"accepted": (seen(5, 0.0),)}, None, id="at-the-same-time"),
        pytest.param({"accepted": (seen(5, None),)}, None, id="no-clock"),
        pytest.param({"accepted": (seen(5, 9.0, host=DUBLIN),)}, None, id="other-region"),
    ],
)
def test_what_works_later(bearing: dict[str, object], later: object) -> None:
    assert works_later(case(**bearing)) == later


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        (seen(0, 2.0), seen(1, 1.0), True),
        (seen(1, 1.0), seen(0, 2.0), False),
        (seen(1, None), seen(0, 2.0), True),
        (seen(1, 2.0), seen(0, 2.0), True),
        (seen(0, 2.0), seen(1, 2.0), False),
        (seen(1, 2.0), seen(1, 2.0), False),
        (seen(1, None), seen(1, None), False),
    ],
)
def test_is_after(one: object, other: object, *, after: bool) -> None:
    assert is_after(one, other) is after  # type: ignore[arg-type] # sightings


def test_region_of_an_old_host_is_us1() -> None:
    assert [region_of(seen(host=host)) for host in (DUBLIN, OLD_DUBLIN, "api.twilio.com")] == ["ie1", "us1", "us1"]


@pytest.mark.parametrize(("status", "found"), [("suspended", True), ("closed", True), ("active", False), ("", False)])
def test_inactive(status: str, *, found: bool) -> None:
    assert inactive(case(account_status=status)) is found


@pytest.mark.parametrize("authorization", [GOOD, b"Bearer a.b.c", None], ids=["basic", "no-jwt", "nothing"])
def test_only_a_readable_token_expires(authorization: bytes | None) -> None:
    assert expired(case(refused(authorization))) is False


# The answer's Date, in seconds since the epoch.
ANSWERED = 1793704448


def bearer(**claims: object) -> bytes:
    return b"Bearer " + jwt.encode({"iss": "someone", **claims}, "k" * 32).encode()


@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        pytest.param(bearer(exp=ANSWERED - 1), True, id="a-second-before"),
        pytest.param(bearer(exp=ANSWERED), False, id="this-second"),
        pytest.param(bearer(exp=ANSWERED + 1), False, id="a-second-after"),
        pytest.param(bearer(exp=0), True, id="long-ago"),
        pytest.param(bearer(), False, id="never"),
        pytest.param(bearer(EXP=1, nbf=1), False, id="another-claim"),
    ],
)
def test_a_token_expires_by_the_clock_of_the_answer(authorization: bytes, *, found: bool) -> None:
    assert expired(case(refused(authorization))) is found
    assert not expired(case(replace(refused(authorization), response=None)))


@pytest.mark.parametrize(
    "date",
    [
        None,
        b"",
        b"yesterday",
        b"Tue, 03 Nov 2026",
        b"\xff\xfe",
        b"Tue, 99 Nov 99999 11:14:08 GMT",
        b"Tue, 03 Nov 2026 11:14:08 +9999999999",
    ],
)
def test_without_a_date_nothing_is_known_to_have_expired(date: bytes | None) -> None:
    exchange = refused(bearer(exp=1))
    assert exchange.response is not None
    headers = tuple(header for header in exchange.response.headers if header[0] != b"Date")
    headers = headers if date is None else (*headers, (b"Date", date))
    assert not expired(case(replace(exchange, response=replace(exchange.response, headers=headers))))
    again = (*exchange.response.headers, (b"date", b"nonsense"))
    assert expired(case(replace(exchange, response=replace(exchange.response, headers=again))))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "UTC"])
def test_a_moment_is_told_in_utc_wherever_one_is(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert moment(TIME) == "2026-11-03 11:14:08 UTC"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (TIME, "2026-11-03 11:14:08 UTC"),
        (None, ""),
        (1e300, ""),
        (math.nan, ""),
        (math.inf, ""),
    ],
)
def test_moment(at: float | None, text: str) -> None:
    assert moment(at) == text
    assert when(replace(seen(), at=at)) == (f" at {text}" if text else "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "1 second"),
        (0, "1 second"),
        (2, "2 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (640, "10 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (172799, "47 hours"),
        (172800, "2 days"),
        (200000, "2 days"),
        (math.inf, "some time"),
        (math.nan, "some time"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("agent", "address", "text"),
    [
        (b"twilio-java/11.3.3 (Linux amd64) java/21", "10.0.0.7", "twilio-java at 10.0.0.7"),
        (b"twilio-java/11.3.3 (Linux amd64) java/21", "fe80::1", "twilio-java at fe80::1"),
        (b"curl/8.5", None, "curl"),
        (TOKEN, TOKEN.decode() * 2, "an unknown client"),
        (b"", "a host name", "an unknown client"),
    ],
)
def test_sender_quotes_nothing(agent: bytes, address: str | None, text: str) -> None:
    assert sender(agent, address) == text


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("api.twilio.com", "api.twilio.com"),
        ("API.Dublin.IE1.twilio.com.", DUBLIN),
        ("flex-api.sao-paulo.br1.twilio.com", "flex-api.sao-paulo.br1.twilio.com"),
        ("api.us1.twilio.com", "api.us1.twilio.com"),
        (f"{TOKEN.decode()}.twilio.com", "another host of Twilio's"),
        (f"api.{TOKEN.decode()}.us1.twilio.com", "another host of Twilio's"),
        ("api.example.com", "another host of Twilio's"),
    ],
)
def test_only_names_of_a_known_form_are_shown(host: str, text: str) -> None:
    assert shown_host(host) == text
