"""Redirect chains, accepted pairs, challenges: bounded, and blind to nothing that a client may do."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.bearing import Bearing
from analyzers.bounded import Bounded
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TIME,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
    twilio_answer,
)
from analyzers.case import case_of, is_refusal
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.expected import Expected, Role
from analyzers.history import History
from analyzers.redirect_rules import Step
from analyzers.twilio import Kind
from analyzers.urls import resolve, step_between, url_key

PATH = MESSAGES % SID
TARGET = b"https://api.twilio.com" + PATH


def after(*exchanges: Exchange) -> Bearing:
    """What bears on the last exchange."""
    history = History(b"key")
    for index, exchange in enumerate(exchanges[:-1]):
        case = case_of(exchange)
        history.observe(case, index, refused=is_refusal(case))
    return history.bearing(case_of(exchanges[-1]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_status_makes_a_hop(status: int) -> None:
    (hop,) = after(redirected(GOOD, TARGET, status, scheme="http"), refused(None, at=0.3)).hops
    assert (hop.status, hop.scheme, hop.had_authorization, hop.same_client) == (status, "http", True, True)
    assert hop.step is Step.HTTP_TO_HTTPS
    assert hop.gap == pytest.approx(0.2)
    assert not hop.method_changed


@pytest.mark.parametrize("status", [200, 300, 304, 305, 306, 401])
def test_other_statuses_make_none(status: int) -> None:
    first = redirected(GOOD, TARGET, status, scheme="http")
    assert after(first, refused(None, at=0.3)).hops == ()


@pytest.mark.parametrize(
    ("location", "host", "path"),
    [
        pytest.param(TARGET, "api.twilio.com", PATH, id="absolute"),
        pytest.param(PATH, "start.example", PATH, id="path"),
        pytest.param(b"Messages.json", "start.example", b"/a/Messages.json", id="relative"),
        pytest.param(b"../x", "start.example", b"/x", id="dots"),
        pytest.param(b"?page=2", "start.example", b"/a/b?page=2", id="query-alone"),
        pytest.param(b"//api.twilio.com" + PATH, "api.twilio.com", PATH, id="same-scheme"),
        pytest.param(b"https://API.Twilio.COM" + PATH, "api.twilio.com", PATH, id="host-in-capitals"),
        pytest.param(b"https://api.twilio.com:443" + PATH, "api.twilio.com", PATH, id="default-port"),
        pytest.param(TARGET + b"#part", "api.twilio.com", PATH, id="fragment"),
        pytest.param(b"  " + TARGET + b" ", "api.twilio.com", PATH, id="blanks"),
        pytest.param(b"https://user:pw@api.twilio.com" + PATH, "api.twilio.com", PATH, id="userinfo"),
        pytest.param(b"https://api.twilio.com", "api.twilio.com", b"/", id="host-alone"),
        pytest.param(b"https://api.twilio.com/a%20b", "api.twilio.com", b"/a%20b", id="percent-encoded"),
        pytest.param(b"https://api.twilio.com/a%7eb", "api.twilio.com", b"/a~b", id="percent-encoding-undone"),
        pytest.param(b"https://api.twilio.com/\xc3\xa9", "api.twilio.com", b"/%C3%A9", id="raw-utf-8"),
    ],
)
def test_locations_are_resolved(location: bytes, host: str, path: bytes) -> None:
    first = redirected(GOOD, location, host="start.example", path=b"/a/b")
    (hop,) = after(first, refused(None, host=host, path=path, at=0.2)).hops
    assert hop.host == "start.example"


@pytest.mark.parametrize(
    "location",
    [b"", b"mailto:x@example.com", b"https://", b"https://[", b"http://a:99999/", b"\xff\xfe", b"https://h:x/"],
)
def test_locations_that_lead_nowhere(location: bytes) -> None:
    first = redirected(GOOD, location, host="start.example", path=b"/a/b")
    assert after(first, refused(None, at=0.2)).hops == ()


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_location_raises(location: bytes, target: bytes) -> None:
    resolve(refused(path=b"/" + target), location)
    after(redirected(GOOD, location, path=b"/" + target), refused(None))


def test_chain_over_several_hops_oldest_first() -> None:
    hops = after(
        redirected(GOOD, b"https://www.example.com/a", 301, host="example.com", scheme="http", path=b"/a"),
        redirected(GOOD, b"https://gw.example.com/b", 302, host="www.example.com", path=b"/a", at=0.2),
        redirected(None, TARGET, 307, host="gw.example.com", path=b"/b", at=0.4),
        refused(None, at=0.6),
    ).hops
    assert [hop.host for hop in hops] == ["example.com", "www.example.com", "gw.example.com"]
    assert [hop.had_authorization for hop in hops] == [True, True, False]
    assert [hop.index for hop in hops] == [0, 1, 2]
    assert [hop.step for hop in hops] == [Step.PARENT_TO_SUBDOMAIN, Step.OTHER_HOST, Step.OTHER_HOST]


def test_loop_stays_bounded() -> None:
    exchanges = [redirected(GOOD, TARGET, 302, at=0.1 * turn) for turn in range(100)]
    assert len(after(*exchanges, refused(None, at=10)).hops) <= 11


@pytest.mark.parametrize(
    ("second", "same_client", "same_connection"),
    [
        pytest.param(refused(None, at=0.3), True, True, id="same"),
        pytest.param(refused(None, at=0.3, connection="c2"), True, False, id="other-connection"),
        pytest.param(refused(None, at=0.3, connection=None), True, None, id="connection-unknown"),
        pytest.param(refused(None, at=0.3, agent=b"other/1"), False, True, id="other-agent"),
        pytest.param(replace(refused(None, at=0.3), client_address="192.0.2.8"), False, True, id="other-address"),
    ],
)
def test_who_followed(second: Exchange, *, same_client: bool, same_connection: bool | None) -> None:
    (hop,) = after(redirected(GOOD, TARGET, scheme="http"), second).hops
    assert (hop.same_client, hop.same_connection) == (same_client, same_connection)


def test_changed_method_is_told() -> None:
    (hop,) = after(redirected(GOOD, TARGET, scheme="http", method="POST"), refused(None, method="GET", at=0.3)).hops
    assert (hop.method, hop.method_changed) == ("POST", True)


@pytest.mark.parametrize(("at", "count"), [(0.1, 1), (30.0, 1), (30.2, 0), (600.0, 0), (-0.5, 1), (-5.0, 0)])
def test_only_a_prompt_request_followed(at: float, count: int) -> None:
    assert len(after(redirected(GOOD, TARGET, scheme="http"), refused(None, at=at)).hops) == count


def test_without_clocks_there_is_no_gap() -> None:
    first = replace(redirected(GOOD, TARGET, scheme="http"), started_at=None, finished_at=None)
    (hop,) = after(first, refused(None)).hops
    assert hop.gap is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"host": "verify.twilio.com"}, id="host"),
        pytest.param({"path": PATH + b"?x=1"}, id="query"),
        pytest.param({"path": PATH.lower()}, id="case-of-the-path"),
        pytest.param({"scheme": "http"}, id="scheme"),
    ],
)
def test_another_url_did_not_follow(other: dict[str, str]) -> None:
    first = redirected(GOOD, TARGET, path=b"/start")
    assert after(first, refused(None, at=0.2, **other)).hops == ()  # type: ignore[arg-type] # options of `refused`


def test_hop_shows_no_secret() -> None:
    first = redirected(GOOD, TARGET, path=b"/%s?token=%s" % (TOKEN, KEY_SECRET), scheme="http")
    (hop,) = after(first, refused(None, at=0.2)).hops
    assert TOKEN.decode() not in hop.url
    assert KEY_SECRET.decode() not in hop.url


@pytest.mark.parametrize(
    ("one", "other", "step"),
    [
        (("https", "a.example", 443), ("https", "a.example", 443), Step.SAME_ORIGIN),
        (("https", "A.example", 443), ("https", "a.EXAMPLE", 443), Step.SAME_ORIGIN),
        (("https", "a.example", 443), ("https", "a.example", 8443), Step.OTHER_PORT),
        (("http", "a.example", 80), ("https", "a.example", 443), Step.HTTP_TO_HTTPS),
        (("http", "a.example", 8080), ("https", "a.example", 8443), Step.HTTP_TO_HTTPS),
        (("https", "a.example", 443), ("http", "a.example", 80), Step.HTTPS_TO_HTTP),
        (("https", "a.example", 443), ("https", "b.example", 443), Step.OTHER_HOST),
        (("http", "a.example", 80), ("https", "b.example", 443), Step.OTHER_HOST),
        (("https", "example.com", 443), ("https", "www.example.com", 443), Step.PARENT_TO_SUBDOMAIN),
        (("https", "www.example.com", 443), ("https", "example.com", 443), Step.OTHER_HOST),
        (("https", "ample.com", 443), ("https", "example.com", 443), Step.OTHER_HOST),
    ],
)
def test_steps(one: tuple[str, str, int], other: tuple[str, str, int], step: Step) -> None:
    assert step_between(*one, *other) is step


def test_url_keys_ignore_percent_encoding() -> None:
    assert url_key(refused(path=b"/%41/%7e")) == url_key(refused(path=b"/A/~"))
    assert url_key(refused(path=b"")) == url_key(refused(path=b"/"))


def test_accepted_pair_is_known_on_its_host_only() -> None:
    assert after(accepted(GOOD), refused(GOOD, at=1)).pair_accepted == 0
    assert after(refused(None), accepted(GOOD), refused(GOOD, at=1)).pair_accepted == 1
    assert after(accepted(GOOD), refused(GOOD, host="verify.twilio.com", path=b"/v2/Services")).pair_accepted is None
    assert after(accepted(GOOD), refused(basic(SID, TOKEN[::-1]))).pair_accepted is None
    assert after(refused(GOOD), refused(GOOD, at=1)).pair_accepted is None


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(accepted(GOOD, path=b"/2010-04-01"), id="version-document"),
        pytest.param(accepted(GOOD, path=b"/"), id="root"),
        pytest.param(accepted(GOOD, path=PATH[:-14] + b"/Recordings/RE%s.mp3" % SID[2:]), id="recording"),
        pytest.param(accepted(GOOD, method="OPTIONS"), id="preflight"),
        pytest.param(accepted(None), id="no-credentials"),
        pytest.param(redirected(GOOD, TARGET), id="redirect"),
        pytest.param(replace(refused(GOOD), response=twilio_answer(404, 20404, "not found")), id="404"),
        pytest.param(replace(refused(GOOD), response=None), id="no-answer"),
    ],
)
def test_what_proves_no_pair(first: Exchange) -> None:
    bearing = after(first, refused(GOOD, at=1))
    assert bearing.pair_accepted is None
    assert bearing.secret_accepted_with == frozenset()


def test_success_on_another_domain_proves_nothing() -> None:
    assert after(accepted(GOOD, host="api.example.com"), refused(GOOD, host="api.example.com")).pair_accepted is None


def test_secret_is_known_with_every_kind_of_username() -> None:
    bearing = after(
        accepted(basic(SID, KEY_SECRET)),
        accepted(basic(KEY, KEY_SECRET), host="verify.twilio.com", path=b"/v2/Services"),
        refused(basic(OTHER_SID, KEY_SECRET), at=1),
    )
    assert bearing.secret_accepted_with == {Kind.ACCOUNT_SID, Kind.KEY_SID}


def test_answered_challenge_is_news_for_the_challenge() -> None:
    history = History(b"key")
    challenge = case_of(refused(None))
    assert not history.observe(case_of(accepted(None, path=b"/x")), 0, refused=False)
    assert not history.observe(challenge, 1, refused=True)
    assert history.bearing(challenge, 1).challenge_answered is None
    news = history.observe(case_of(accepted(GOOD, at=0.5)), 2, refused=False)
    assert set(news) & set(history.concerns(challenge, 1))
    assert history.bearing(challenge, 1).challenge_answered == pytest.approx(0.4)
    assert ("answered", 1) not in history.observe(case_of(accepted(GOOD, at=0.6)), 3, refused=False)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(accepted(GOOD, at=31), id="too-late"),
        pytest.param(accepted(GOOD, at=0.5, agent=b"other/1"), id="another-client"),
        pytest.param(accepted(GOOD, at=0.5, method="GET"), id="another-method"),
        pytest.param(accepted(None, at=0.5), id="no-credentials"),
        pytest.param(refused(GOOD, at=0.5), id="refused"),
    ],
)
def test_unanswered_challenges(second: Exchange) -> None:
    history = History(b"key")
    challenge = case_of(refused(None))
    history.observe(challenge, 0, refused=True)
    case = case_of(second)
    history.observe(case, 1, refused=is_refusal(case))
    assert history.bearing(challenge, 0).challenge_answered is None


def test_fingerprints_are_equal_for_equal_secrets_of_one_capture() -> None:
    history = History(b"key")
    assert [history.fingerprint(s) for s in (TOKEN, KEY_SECRET, TOKEN)] == ["sec#1", "sec#2", "sec#1"]


def test_fingerprint_numbers_are_never_used_twice() -> None:
    history = History(b"key", size=2)
    assert [history.fingerprint(b"%d" % n) for n in range(4)] == ["sec#1", "sec#2", "sec#3", "sec#4"]
    assert history.fingerprint(b"0") == "sec#5"


def held(history: History) -> Iterator[object]:
    """Everything that a history holds, down to the last value."""
    waiting: list[object] = [history]
    while waiting:
        thing = waiting.pop()
        yield thing
        if isinstance(thing, dict):
            waiting += [*thing, *thing.values()]
        elif isinstance(thing, tuple | list | frozenset | set):
            waiting += thing
        elif not isinstance(thing, str | bytes | int | float | Enum | type(None)):
            names = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
            waiting += [
                getattr(thing, name) for name in (*names, *getattr(thing, "__dict__", ())) if hasattr(thing, name)
            ]


def test_no_secret_is_kept() -> None:
    history = History(b"key", expected=[Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN)])
    exchanges = [
        accepted(basic(SID, TOKEN)),
        accepted(basic(KEY, KEY_SECRET)),
        redirected(basic(SID, TOKEN), TARGET),
        refused(basic(SID, TOKEN[::-1])),
        refused(b"Bearer " + TOKEN),
        accepted(GOOD, path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET"),
    ]
    for index, exchange in enumerate(exchanges):
        case = case_of(exchange)
        history.observe(case, index, refused=is_refusal(case))
        history.bearing(case, index)
    history.fingerprint(TOKEN)
    kept = [thing for thing in held(history) if isinstance(thing, bytes | str)]
    assert SID in kept
    for secret in (TOKEN, KEY_SECRET, TOKEN[::-1], GOOD[6:]):
        assert not [thing for thing in kept if (secret if isinstance(thing, bytes) else secret.decode()) in thing]  # type: ignore[operator] # both sides are bytes or both text


def test_bounded_forgets_what_was_used_longest_ago() -> None:
    table: Bounded[str, int] = Bounded(2)
    table.put("a", 1)
    table.put("b", 2)
    assert table.get("a") == 1
    table.put("c", 3)
    assert (table.get("a"), table.get("b"), table.get("c"), len(table)) == (1, None, 3, 2)
    assert table.pop("a") == 1
    assert table.pop("a") is None


def test_memory_stays_flat() -> None:
    history = History(b"key", size=8)
    for turn in range(200):
        secret = b"%032d" % turn
        username = b"AC%032d" % turn
        path = b"/2010-04-01/Accounts/%s/Calls/%d" % (username, turn)
        made = (
            accepted(basic(username, secret), path=path, at=turn),
            accepted(basic(SID, secret), path=path, at=turn),
            accepted(GOOD, path=path, at=turn),
            redirected(GOOD, b"/to/%d" % turn, path=path, at=turn),
            refused(None, path=path, at=turn),
            refused(basic(username, secret[::-1]), path=path, at=turn),
        )
        for place, exchange in enumerate(made):
            case = case_of(exchange)
            history.observe(case, 6 * turn + place, refused=is_refusal(case))
        history.fingerprint(secret)
    tables = [thing for thing in held(history) if isinstance(thing, Bounded)]
    assert len(tables) >= 10
    assert all(len(table) <= 8 for table in tables)
    assert sum(1 for _ in held(history)) < 12_000


# --- what the rest of a capture says of one exchange ---

EDGE = "api.dublin.ie1.twilio.com"
OTHER_TOKEN = TOKEN[::-1]


def around(case: int, *exchanges: Exchange, expected: tuple[Expected, ...] = ()) -> Bearing:
    """What bears on the exchange at place `case`, with all the others seen."""
    history = History(b"key", expected=expected)
    for index, exchange in enumerate(exchanges):
        one = case_of(exchange)
        history.observe(one, index, refused=is_refusal(one))
    return history.bearing(case_of(exchanges[case]), case)


def test_what_a_credential_met_elsewhere() -> None:
    bearing = around(
        1,
        accepted(GOOD, host=EDGE),
        refused(GOOD, at=1),
        accepted(GOOD, path=MESSAGES % OTHER_SID, at=2),
        accepted(basic(SID, OTHER_TOKEN), at=3),
    )
    assert [(one.host, one.region, one.account, one.index) for one in bearing.accepted] == [
        ("api.twilio.com", "us1", OTHER_SID, 2),
        (EDGE, "ie1", SID, 0),
    ]
    assert bearing.pair_accepted == 2
    assert (bearing.worked, bearing.works_again, bearing.failed_first) == (None, None, None)


def test_worked_then_failed_then_worked() -> None:
    made = (accepted(GOOD), refused(GOOD, at=5), refused(GOOD, at=6, agent=b"curl/8.5.0"), accepted(GOOD, at=9))
    first, second = around(1, *made), around(2, *made)
    for bearing in (first, second):
        assert bearing.worked is not None
        assert bearing.worked.index == 0
        assert bearing.works_again is not None
        assert bearing.works_again.index == 3
    assert first.failed_first is None
    assert around(2, *made[:3]).failed_first is not None


def test_a_token_has_a_timeline_too() -> None:
    bearer = b"Bearer a.b.c"
    assert around(1, accepted(bearer), refused(bearer, at=5)).worked is not None
    assert around(1, accepted(b"Bearer a.b.d"), refused(bearer, at=5)).worked is None


def test_rivals_are_other_secrets_of_the_same_username_by_region() -> None:
    rivals = around(
        0,
        refused(GOOD),
        accepted(basic(SID, OTHER_TOKEN), at=1),
        accepted(basic(SID, KEY_SECRET), host=EDGE, at=2),
        accepted(basic(OTHER_SID, OTHER_TOKEN), at=3),
    ).rivals
    assert [(one.region, one.index) for one in rivals] == [("ie1", 2), ("us1", 1)]
    assert around(0, refused(GOOD), accepted(GOOD, at=1)).rivals == ()


def test_the_account_in_the_path_works_with_its_own_pair() -> None:
    path = MESSAGES % OTHER_SID
    own = accepted(basic(OTHER_SID, OTHER_TOKEN), path=path, at=1)
    works = around(0, refused(GOOD, path=path), own).path_account_works
    assert works is not None
    assert works.index == 1
    assert around(0, refused(GOOD), accepted(GOOD, at=1)).path_account_works is None


def test_owners_and_status_from_account_resources() -> None:
    body = b'{"sid":"%s","owner_account_sid":"%s","status":"suspended"}' % (OTHER_SID, SID)
    resource = replace(
        accepted(GOOD, path=b"/2010-04-01/Accounts/%s.json" % OTHER_SID, method="GET", at=1),
        response=Response(status=200, headers=(), body=body),
    )
    bearing = around(0, refused(GOOD, path=MESSAGES % OTHER_SID), resource)
    assert (bearing.path_owner, bearing.username_owner, bearing.account_status) == (SID, None, "suspended")
    upward = around(0, refused(basic(OTHER_SID, OTHER_TOKEN)), resource)
    assert (upward.path_owner, upward.username_owner, upward.account_status) == (None, SID, "suspended")


REQUEST = b"RQ" + b"a" * 32


def tapped(authorization: bytes | None, start: float, end: float, **options: object) -> Exchange:
    made = refused(authorization, request_id=REQUEST, **options)  # type: ignore[arg-type] # the options of `refused`
    return replace(made, started_at=TIME + start, finished_at=TIME + end)


GATEWAY = tapped(GOOD, 0.0, 1.0, host="gw.example.com")


@pytest.mark.parametrize(
    ("inner", "count", "certain"),
    [
        pytest.param(tapped(None, 0.2, 0.8), 1, True, id="same-request-id"),
        pytest.param(tapped(None, 0.2, 0.8, path=b"/x" + PATH), 1, True, id="path-changed-by-the-gateway"),
        pytest.param(replace(tapped(None, 0.2, 0.8), response=twilio_answer(401, 20003, "x")), 1, False, id="by-time"),
        pytest.param(replace(tapped(None, 0.2, 1.8), response=twilio_answer(401, 20003, "x")), 0, False, id="overlap"),
        pytest.param(
            replace(tapped(None, 0.2, 0.8, method="GET"), response=twilio_answer(401, 20003, "x")),
            0,
            False,
            id="method",
        ),
        pytest.param(replace(tapped(None, 0.2, 0.8), response=twilio_answer(403, 20003, "x")), 0, False, id="status"),
    ],
)
def test_two_sides_of_a_gateway(inner: Exchange, count: int, *, certain: bool) -> None:
    for made in ((GATEWAY, inner), (inner, GATEWAY)):
        place = made.index(inner)
        behind, before = around(place, *made), around(1 - place, *made)
        assert (len(behind.taps), len(before.taps)) == (count, count)
        if not count:
            continue
        (seen,) = behind.taps
        assert (seen.client_side, seen.had_authorization, seen.had_pair, seen.same_value) == (True, True, True, False)
        assert (seen.host, seen.certain) == ("gw.example.com", certain)
        (other,) = before.taps
        assert (other.client_side, other.had_authorization) == (False, False)


def test_a_stand_in_that_gives_one_request_id_to_all_makes_no_taps() -> None:
    assert around(1, tapped(GOOD, 0.0, 0.5), tapped(None, 1.0, 1.5)).taps == ()


def test_one_request_recorded_at_two_addresses() -> None:
    other = replace(tapped(GOOD, 0.0, 1.0), client_address="198.51.100.4")
    (tap,) = around(1, other, tapped(None, 0.2, 0.8)).taps
    assert (tap.certain, tap.client_side) == (True, True)


CLIENT_TOKEN = jwt.encode(
    {"iss": KEY.decode(), "sub": SID.decode(), "exp": 2000000000},
    TOKEN.decode(),
    algorithm="HS256",
    headers={"cty": "twilio-fpa;v=1"},
).encode()


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        pytest.param(accepted(GOOD, at=1), [(Kind.ACCOUNT_SID, True)], id="auth-token"),
        pytest.param(accepted(basic(SID, OTHER_TOKEN), at=1), [(Kind.ACCOUNT_SID, False)], id="another-token"),
        pytest.param(accepted(basic(KEY, KEY_SECRET), at=1), [(Kind.KEY_SID, False)], id="key"),
        pytest.param(accepted(basic(OTHER_SID, TOKEN), at=1), [], id="another-account"),
        pytest.param(refused(GOOD, at=1), [], id="a-refused-secret-proves-nothing"),
    ],
)
def test_signatures_are_checked_with_the_secrets_of_the_capture(other: Exchange, kinds: list[object]) -> None:
    found = around(0, refused(b"Bearer " + CLIENT_TOKEN), other).signatures
    assert [(one.kind, one.verifies) for one in found] == kinds


def test_signatures_are_checked_with_expected_secrets() -> None:
    expected = (
        Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN),
        Expected(Role.KEY_SECRET, "TWILIO_API_SECRET", ".env line 4", KEY_SECRET),
        Expected(Role.ACCOUNT_SID, "TWILIO_ACCOUNT_SID", "environment", SID),
    )
    found = around(0, refused(b"Bearer " + CLIENT_TOKEN), expected=expected).signatures
    assert [(one.kind, one.verifies, one.source) for one in found] == [
        (Kind.ACCOUNT_SID, True, "TWILIO_AUTH_TOKEN from environment"),
        (Kind.KEY_SID, False, "TWILIO_API_SECRET from .env line 4"),
    ]


def test_claims_that_are_no_text_ask_nobody() -> None:
    odd = jwt.encode({"iss": "\ud800", "sub": SID.decode() * 9}, "k" * 32).encode()
    assert around(0, refused(b"Bearer " + odd), accepted(GOOD)).signatures == ()


@pytest.mark.parametrize(
    ("second", "known"),
    [
        pytest.param(accepted(GOOD, at=1), True, id="same"),
        pytest.param(accepted(GOOD, path=MESSAGES % SID + b"?Page=2", at=1), True, id="another-page"),
        pytest.param(accepted(GOOD, path=b"/2010-04-01/Accounts/%s/Calls.json" % SID, at=1), False, id="another-call"),
        pytest.param(accepted(GOOD, method="GET", at=1), False, id="another-method"),
        pytest.param(accepted(GOOD, path=MESSAGES % OTHER_SID, at=1), False, id="another-account"),
        pytest.param(accepted(GOOD, path=b"/2010-04-01/Accounts/%s.json" % SID, at=1), False, id="account-resource"),
        pytest.param(accepted(GOOD, host="verify.twilio.com", at=1), False, id="another-host"),
        pytest.param(accepted(GOOD, agent=b"curl/8", at=1), False, id="another-client"),
        pytest.param(accepted(basic(SID, OTHER_TOKEN), at=1), False, id="another-secret"),
        pytest.param(accepted(None, at=1), False, id="no-credentials"),
    ],
)
def test_what_needs_no_second_look(second: Exchange, *, known: bool) -> None:
    history = History(b"key")
    first = accepted(GOOD)
    assert not history.knows_success(first, 0)
    history.observe(case_of(first), 0, refused=False)
    assert history.knows_success(second, 1) is known


def test_a_success_after_a_refusal_is_looked_at() -> None:
    history = History(b"key")
    for index, exchange in enumerate((accepted(GOOD), refused(GOOD, at=1))):
        case = case_of(exchange)
        history.observe(case, index, refused=is_refusal(case))
    assert not history.knows_success(accepted(GOOD, at=2), 2)


def test_after_an_unanswered_challenge_successes_are_looked_at_for_a_while() -> None:
    history = History(b"key")
    for index, exchange in enumerate((accepted(GOOD), refused(None, at=1))):
        case = case_of(exchange)
        history.observe(case, index, refused=is_refusal(case))
    assert not history.knows_success(accepted(GOOD, at=20), 2)
    assert history.knows_success(accepted(GOOD, at=40), 3)


@pytest.mark.parametrize(
    "other",
    [
        accepted(GOOD, at=1),
        accepted(basic(KEY, KEY_SECRET), at=1),
        accepted(basic(SID, OTHER_TOKEN), at=1),
        accepted(basic(SID, KEY_SECRET), path=MESSAGES % OTHER_SID, host=EDGE, at=1),
        refused(GOOD, at=1),
    ],
)
@pytest.mark.parametrize(
    "case", [refused(GOOD), refused(basic(KEY, KEY_SECRET)), refused(b"Bearer " + CLIENT_TOKEN), refused(None)]
)
def test_whatever_changes_a_bearing_is_news_for_its_case(case: Exchange, other: Exchange) -> None:
    """Refusals change no verdict of other cases, so they need not be news."""
    history = History(b"key")
    first, second = case_of(case), case_of(other)
    history.observe(first, 0, refused=True)
    before = history.bearing(first, 0)
    news = history.observe(second, 1, refused=is_refusal(second))
    changed = history.bearing(first, 0) != before
    assert not changed or set(news) & set(history.concerns(first, 0))


def test_an_export_that_may_have_lost_the_header_is_no_side_of_a_gateway() -> None:
    inner = replace(tapped(None, 0.2, 0.8), fidelity=Fidelity.SANITIZED)
    assert around(0, GATEWAY, inner).taps == ()
    assert len(around(0, GATEWAY, tapped(None, 0.2, 0.8)).taps) == 1


PAGE = Response(status=200, headers=((b"Content-Type", b"text/html; charset=utf-8"),), body=b"<html>Sign in</html>")


@pytest.mark.parametrize(
    ("answer", "proves"),
    [
        pytest.param(PAGE, False, id="portal"),
        pytest.param(replace(PAGE, headers=()), False, id="page-without-type"),
        pytest.param(Response(status=200, headers=(), body=b'{"sid":"x"}'), True, id="no-headers-recorded"),
        pytest.param(
            replace(PAGE, headers=(*PAGE.headers, (b"Twilio-Request-Id", b"RQ" + b"0" * 32))), True, id="twilios-own"
        ),
    ],
)
def test_a_page_in_twilios_place_proves_no_pair(answer: Response, *, proves: bool) -> None:
    bearing = around(1, replace(accepted(GOOD), response=answer), refused(GOOD, at=1))
    assert (bearing.worked is not None) is proves


def test_a_redirect_that_was_followed_leads_to_nothing_more() -> None:
    first = redirected(GOOD, TARGET, scheme="http")
    made = (first, accepted(GOOD, at=0.3), refused(None, at=5))
    assert around(2, *made).hops == ()
    assert len(around(1, first, refused(None, at=0.3), refused(None, at=5)).hops) == 1
    another = accepted(GOOD, at=0.3, agent=b"other/1")
    assert len(around(2, first, another, refused(None, at=5)).hops) == 1


def test_a_redirect_recorded_after_its_follower_counts_by_the_clock() -> None:
    follower, first = refused(None, at=0.3), redirected(GOOD, TARGET, scheme="http")
    assert [hop.index for hop in around(0, follower, first).hops] == [1]
    news = History(b"key")
    news.observe(case_of(follower), 0, refused=True)
    assert set(news.observe(case_of(first), 1, refused=False)) & set(news.concerns(case_of(follower), 0))


@pytest.mark.parametrize(
    ("earlier", "did"),
    [
        pytest.param(accepted(basic(KEY, KEY_SECRET)), True, id="same-call"),
        pytest.param(accepted(basic(KEY, KEY_SECRET), method="GET"), False, id="another-method"),
        pytest.param(accepted(basic(KEY, KEY_SECRET), path=b"/v1/x"), False, id="another-call"),
        pytest.param(accepted(basic(KEY, KEY_SECRET), at=9), False, id="later"),
        pytest.param(accepted(basic(KEY, TOKEN)), False, id="another-secret"),
    ],
)
def test_what_a_key_did_before(earlier: Exchange, *, did: bool) -> None:
    assert (around(1, earlier, refused(basic(KEY, KEY_SECRET), at=5)).did_this is not None) is did
