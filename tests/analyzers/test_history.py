"""Redirect chains, accepted pairs, challenges: bounded, and blind to nothing that a client may do."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

import jwt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzers.bearing import AGENT_KEPT, Bearing
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
from analyzers.history import History, _kind_of, _shape
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
        pytest.param(redirected(GOOD, TARGET, 300), id="choice-of-several"),
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
    assert around(0, refused(None), second).challenge_answered is None


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(refused(None, status=403), id="403-asks-for-nothing"),
        pytest.param(refused(basic(SID, b"")), id="sent-at-once"),
        pytest.param(refused(b"Bearer x"), id="token-sent-at-once"),
    ],
)
def test_refusals_that_are_no_challenge(first: Exchange) -> None:
    assert around(0, first, accepted(GOOD, at=0.5)).challenge_answered is None
    assert around(0, refused(None), accepted(GOOD, at=0.5)).challenge_answered is not None


@pytest.mark.parametrize(
    ("ended", "started", "gap"),
    [
        pytest.param(TIME, TIME, 0.0, id="in-the-same-tick"),
        pytest.param(TIME, TIME + 30, 30.0, id="just-in-time"),
        pytest.param(TIME, TIME + 30.5, None, id="just-too-late"),
        pytest.param(TIME, TIME - 0.5, None, id="before"),
        pytest.param(None, None, 0.0, id="without-clocks"),
        pytest.param(TIME, None, 0.0, id="without-the-second-clock"),
        pytest.param(None, TIME, 0.0, id="without-the-first-clock"),
    ],
)
def test_how_soon_a_challenge_was_answered(ended: float | None, started: float | None, gap: float | None) -> None:
    first = replace(refused(None), started_at=ended, finished_at=ended)
    assert around(0, first, replace(accepted(GOOD), started_at=started)).challenge_answered == gap


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
    bearing = around(1, accepted(bearer), refused(bearer, at=5))
    assert bearing.worked is not None
    assert bearing.pair_accepted is None
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


RESOURCE = replace(
    accepted(GOOD, path=b"/2010-04-01/Accounts/%s.json" % OTHER_SID, method="GET", at=1),
    response=Response(
        status=200,
        headers=(),
        body=b'{"sid":"%s","owner_account_sid":"%s","status":"suspended"}' % (OTHER_SID, SID),
    ),
)


def test_owners_and_status_from_account_resources() -> None:
    bearing = around(0, refused(GOOD, path=MESSAGES % OTHER_SID), RESOURCE)
    assert (bearing.path_owner, bearing.username_owner, bearing.account_status) == (SID, None, "suspended")
    upward = around(0, refused(basic(OTHER_SID, OTHER_TOKEN)), RESOURCE)
    assert (upward.path_owner, upward.username_owner, upward.account_status) == (None, SID, "suspended")
    apart = around(0, refused(GOOD), RESOURCE)
    assert (apart.path_owner, apart.username_owner, apart.account_status) == (None, None, "")


def test_an_account_resource_is_news_once() -> None:
    history = History(b"key")
    key = ("account", OTHER_SID)
    assert key in history.observe(case_of(RESOURCE), 0, refused=False)
    assert key not in history.observe(case_of(RESOURCE), 1, refused=False)
    active = Response(status=200, headers=(), body=b'{"sid":"%s","status":"active"}' % OTHER_SID)
    assert key in history.observe(case_of(replace(RESOURCE, response=active)), 2, refused=False)


def test_the_version_changes_with_all_that_is_learnt() -> None:
    history = History(b"key")
    versions = [history.version]
    for index, exchange in enumerate((accepted(GOOD), accepted(basic(KEY, KEY_SECRET)), RESOURCE)):
        assert history.observe(case_of(exchange), index, refused=False)
        versions.append(history.version)
    assert len(set(versions)) == len(versions)
    assert not history.observe(case_of(refused(GOOD, at=2)), 3, refused=True)
    assert history.version == versions[-1]


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
        pytest.param(tapped(None, -0.2, 0.8), 1, True, id="clocks-differ"),
        pytest.param(tapped(None, 0.2, 0.8, status=403), 0, False, id="same-request-id-another-status"),
        pytest.param(tapped(None, 0.2, 0.8, method="GET"), 0, False, id="same-request-id-another-method"),
        pytest.param(replace(tapped(None, 0.2, 0.8), response=twilio_answer(401, 20003, "x")), 1, False, id="by-time"),
        pytest.param(replace(tapped(None, 0.2, 1.8), response=twilio_answer(401, 20003, "x")), 0, False, id="overlap"),
        pytest.param(
            replace(tapped(None, 0.2, 0.8, method="GET"), response=twilio_answer(401, 20003, "x")),
            0,
            False,
            id="method",
        ),
        pytest.param(replace(tapped(None, 0.2, 0.8), response=twilio_answer(403, 20003, "x")), 0, False, id="status"),
        pytest.param(
            replace(tapped(None, 0.2, 0.8, path=PATH + b"?x=1"), response=twilio_answer(401, 20003, "x")),
            0,
            False,
            id="path",
        ),
        pytest.param(
            replace(tapped(None, 0.2, 0.8, body=b"To=1"), response=twilio_answer(401, 20003, "x")), 0, False, id="body"
        ),
        pytest.param(
            replace(tapped(None, 0.2, 0.8, host="gw2.example.com"), response=twilio_answer(401, 20003, "x")),
            0,
            False,
            id="another-gateway",
        ),
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
        assert seen.index == 1 - place
        assert (seen.client_side, seen.had_authorization, seen.had_pair, seen.same_value) == (True, True, True, False)
        assert (seen.host, seen.certain) == ("gw.example.com", certain)
        (other,) = before.taps
        assert (other.client_side, other.had_authorization) == (False, False)


def test_a_stand_in_that_gives_one_request_id_to_all_makes_no_taps() -> None:
    assert around(1, tapped(GOOD, 0.0, 0.5), tapped(None, 1.0, 1.5)).taps == ()


@pytest.mark.parametrize("start", [pytest.param(0.0, id="around-it"), pytest.param(5.0, id="clocks-differ")])
def test_one_request_recorded_at_two_addresses(start: float) -> None:
    other = replace(tapped(GOOD, start, start + 1.0), client_address="198.51.100.4")
    (tap,) = around(1, other, tapped(None, 0.2, 0.8)).taps
    assert (tap.certain, tap.client_side) == (True, start < 0.2)


def test_a_gateway_is_seen_for_products_too() -> None:
    """Their paths name no account, so only the request id tells."""
    outer, inner = (
        tapped(GOOD, 0.0, 1.0, host="gw.example.com", path=b"/v2/Services"),
        tapped(None, 0.2, 0.8, host="verify.twilio.com", path=b"/v2/Services"),
    )
    assert [tap.certain for tap in around(1, outer, inner).taps] == [True]
    unnumbered = replace(inner, response=twilio_answer(401, 20003, "x"))
    assert around(1, outer, unnumbered).taps == ()


def test_two_hosts_of_twilio_are_two_requests() -> None:
    """A stand-in gives every answer the same id."""
    inner = tapped(None, 0.2, 0.8)
    assert around(1, tapped(GOOD, 0.0, 1.0, host=EDGE), inner).taps == ()
    unnumbered = replace(inner, response=twilio_answer(401, 20003, "x"))
    assert around(1, tapped(GOOD, 0.0, 1.0, host=EDGE), unnumbered).taps == ()


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        pytest.param(0.25, 0.75, 1, id="within"),
        pytest.param(0.0, 1.0, 1, id="from-start-to-end"),
        pytest.param(-0.5, 1.5, 1, id="around"),
        pytest.param(0.5, 1.5, 0, id="begins-within"),
        pytest.param(-0.5, 0.5, 0, id="ends-within"),
        pytest.param(1.25, 2.0, 0, id="after"),
        pytest.param(-1.0, -0.25, 0, id="before"),
    ],
)
@pytest.mark.parametrize("host", ["api.twilio.com", "mock.example.com"])
def test_one_request_at_one_place_runs_within_itself(host: str, start: float, end: float, count: int) -> None:
    """The same client, the same host and the same request id: two proxies in a row, or a stand-in's fixed id."""
    made = around(1, tapped(GOOD, 0.0, 1.0, host=host), tapped(None, start, end, host=host))
    assert [tap.certain for tap in made.taps] == [host == "api.twilio.com"] * count


@pytest.mark.parametrize("host", ["api.twilio.com", "mock.example.com"])
def test_one_request_of_two_clients_is_certain(host: str) -> None:
    outer = replace(tapped(GOOD, 0.0, 1.0, host=host), client_address="198.51.100.4")
    assert [tap.certain for tap in around(1, outer, tapped(None, 0.5, 1.5, host=host)).taps] == [True]


LATER = tapped(GOOD, 5.0, 6.0)


@pytest.mark.parametrize(
    ("third", "count"),
    [
        pytest.param(LATER, 0, id="later"),
        pytest.param(tapped(GOOD, 0.0, 1.0, path=b"/x" + PATH), 0, id="another-path"),
        pytest.param(tapped(GOOD, 0.0, 1.0, status=403), 0, id="another-status"),
        pytest.param(replace(LATER, client_address="198.51.100.4"), 2, id="another-client"),
        pytest.param(replace(LATER, started_at=None), 1, id="no-start"),
        pytest.param(replace(LATER, finished_at=None), 1, id="no-end"),
        pytest.param(tapped(GOOD, 0.5, 2.0), 1, id="at-the-same-time"),
        pytest.param(tapped(GOOD, 0.1, 0.9), 2, id="within"),
        pytest.param(GATEWAY, 2, id="a-gateway"),
        pytest.param(tapped(GOOD, 0.0, 1.0, host="gw.example.com", path=b"/x" + PATH), 2, id="a-gateway's-own-path"),
    ],
)
def test_an_id_of_several_requests_tells_nothing(third: Exchange, count: int) -> None:
    """Two at one time may be one request, recorded twice; with a third, it may show that the id is a stand-in's."""
    made = (tapped(GOOD, 0.0, 1.0), tapped(None, 0.25, 0.75), third)
    assert len(around(1, *made[:2]).taps) == 1
    assert len(around(1, *made).taps) == count
    assert len(around(1, *made, tapped(GOOD, 0.3, 0.6)).taps) == (count + 1 if count else 0)


@pytest.mark.parametrize(("start", "end"), [(1.0, 2.0), (-1.0, 0.0)], ids=["begins-at-the-end", "ends-at-the-start"])
def test_what_only_touches_is_not_one_after_the_other(start: float, end: float) -> None:
    """Some recorders tell milliseconds or whole seconds."""
    touching = tapped(GOOD, start, end)
    assert len(around(1, tapped(GOOD, 0.0, 1.0), tapped(None, 0.0, 1.0), touching).taps) == 1


@pytest.mark.parametrize("lost", [{"started_at": None}, {"finished_at": None}], ids=["start", "end"])
@pytest.mark.parametrize("place", range(3))
def test_without_a_clock_nothing_is_one_after_the_other(lost: dict[str, None], place: int) -> None:
    """The first was seen by somebody else, so that no clock is needed to take it and the second for one request."""
    made = [tapped(GOOD, 5.0, 6.0), tapped(None, 0.25, 0.75), tapped(None, 1.25, 1.75)]
    apart = replace(made[0], client_address="198.51.100.4")
    assert around(0, apart, *made[1:]).taps == ()
    made[place] = replace(made[place], **lost)  # type: ignore[arg-type] # times by name
    made[0] = replace(made[0], client_address="198.51.100.4")
    assert len(around(0, *made).taps) == (0 if place == 0 else 2)


def test_that_an_id_tells_nothing_is_news_for_those_that_carry_it() -> None:
    history = History(b"key")
    first = case_of(tapped(GOOD, 0.0, 1.0))
    history.observe(first, 0, refused=True)
    history.observe(case_of(tapped(None, 0.25, 0.75)), 1, refused=True)
    assert history.bearing(first, 0).taps
    news = history.observe(case_of(LATER), 2, refused=True)
    assert set(news) & set(history.concerns(first, 0))
    assert not history.bearing(first, 0).taps
    assert not history.observe(case_of(tapped(None, 0.3, 0.6)), 3, refused=True)


def test_a_stand_in_that_answers_one_after_the_other_brings_no_news() -> None:
    history = History(b"key")
    made = [tapped(GOOD, float(start), start + 0.5) for start in range(5)]
    assert not any(history.observe(case_of(each), place, refused=True) for place, each in enumerate(made))


@pytest.mark.parametrize("lost", [{"started_at": None}, {"finished_at": None}], ids=["start", "end"])
@pytest.mark.parametrize("place", [0, 1])
def test_without_clocks_nothing_runs_at_one_time(lost: dict[str, None], place: int) -> None:
    made = [tapped(GOOD, 0.0, 1.0), tapped(None, 0.25, 0.75)]
    made[place] = replace(made[place], **lost)  # type: ignore[arg-type] # times by name
    assert around(1, *made).taps == ()


@pytest.mark.parametrize("clockless", [(0,), (1,), (0, 1)], ids=["first", "second", "both"])
def test_without_clocks_the_first_recorded_is_nearer_to_the_application(clockless: tuple[int, ...]) -> None:
    made = [replace(tapped(GOOD, 5.0, 6.0), client_address="198.51.100.4"), tapped(None, 0.25, 0.75)]
    for place in clockless:
        made[place] = replace(made[place], started_at=None, finished_at=None)
    assert [tap.client_side for tap in around(1, *made).taps] == [True]
    assert [tap.client_side for tap in around(0, *made).taps] == [False]


def test_at_the_same_time_the_first_recorded_is_nearer_to_the_application() -> None:
    made = (replace(tapped(GOOD, 0.0, 1.0), client_address="198.51.100.4"), tapped(None, 0.0, 0.75))
    assert [tap.client_side for tap in around(1, *made).taps] == [True]
    assert [tap.client_side for tap in around(0, *made).taps] == [False]


def test_an_unanswered_request_has_no_other_side() -> None:
    dead = replace(refused(GOOD, host="api.ie1.twilio.com"), response=None)
    assert around(2, GATEWAY, tapped(None, 0.2, 0.8), dead).taps == ()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(tapped(None, 0.2, 0.8), id="same-request-id"),
        pytest.param(tapped(None, 0.2, 0.8, path=b"/x" + PATH), id="same-request-id-alone"),
        pytest.param(replace(tapped(None, 0.2, 0.8), response=twilio_answer(401, 20003, "x")), id="by-time"),
    ],
)
def test_the_other_side_is_news_for_the_first(other: Exchange) -> None:
    for first, second in ((GATEWAY, other), (other, GATEWAY)):
        history = History(b"key")
        history.observe(case_of(first), 0, refused=True)
        news = history.observe(case_of(second), 1, refused=True)
        assert set(news) & set(history.concerns(case_of(first), 0))
        assert history.bearing(case_of(first), 0).taps


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
    assert all((one.index, one.source) == (1, "") for one in found)


def test_a_signature_names_the_first_exchange_with_the_secret() -> None:
    made = (accepted(GOOD), accepted(GOOD, at=1), refused(b"Bearer " + CLIENT_TOKEN, at=2))
    assert [one.index for one in around(2, *made).signatures] == [0]


def test_only_the_first_token_is_checked() -> None:
    by_another = jwt.encode({"iss": KEY.decode(), "sub": OTHER_SID.decode()}, "k" * 32).encode()
    twice = refused(b"Bearer " + by_another, extra=((b"X-Twilio-Token", CLIENT_TOKEN),))
    assert around(0, twice, accepted(GOOD, at=1)).signatures == ()
    (found,) = around(0, twice, accepted(basic(OTHER_SID, TOKEN), at=1)).signatures
    assert not found.verifies


@pytest.mark.parametrize(("count", "kept"), [(6, 6), (7, 6), (12, 6)])
def test_the_secrets_of_a_username_are_bounded(count: int, kept: int) -> None:
    made = [
        accepted(basic(SID, b"%032d" % number), host=f"api.edge.aa{number}.twilio.com", at=number)
        for number in range(count)
    ]
    bearing = around(count, *made, refused(b"Bearer " + CLIENT_TOKEN, at=99))
    assert [one.index for one in bearing.signatures] == [*range(count - kept, count)]
    rivals = around(count, *made, refused(GOOD, at=99)).rivals
    assert sorted(one.index for one in rivals) == [*range(count - kept, count)]


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


@pytest.mark.parametrize(
    ("path", "known"),
    [
        pytest.param(PATH, True, id="messages"),
        pytest.param(b"/2010-04-01/Accounts/%s.json" % SID, False, id="account-resource-tells-of-its-owner"),
        pytest.param(b"/2010-04-01/Accounts.json", False, id="account-resources"),
        pytest.param(MESSAGES % b"None", False, id="no-account-sid"),
        pytest.param(b"/v1/" + b"x" * 400, False, id="too-long-to-compare"),
        pytest.param(b"/v1/Services", True, id="product"),
    ],
)
def test_which_calls_need_no_second_look(path: bytes, *, known: bool) -> None:
    history = History(b"key")
    history.observe(case_of(accepted(GOOD, path=path)), 0, refused=False)
    assert history.knows_success(accepted(GOOD, path=path, at=1), 1) is known


ONE, ANOTHER = b"0123456789abcdef" * 2, b"fedcba9876543210" * 2


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        pytest.param(b"Messages/SM%s.json" % ONE, b"Messages/SM%s.json" % ANOTHER, True, id="another-message"),
        pytest.param(b"Messages/SM%s" % ONE, b"Messages/SM%s.json?Page=1" % ANOTHER, True, id="with-an-extension"),
        pytest.param(b"Messages.json?Page=0", b"Messages.json?Page=1", True, id="another-page"),
        pytest.param(b"Messages/SM%s.json" % ONE, b"Calls/CA%s.json" % ONE, False, id="another-resource"),
        pytest.param(b"Messages/SM%s.json" % ONE, b"Messages/SM%s/Media.json" % ONE, False, id="what-is-below-it"),
        pytest.param(b"Messages/MM1/Media/ME%s.json" % ONE, b"Messages/MM1/Media/ME%s" % ONE, False, id="a-media-file"),
        pytest.param(b"Recordings/RE%s.json" % ONE, b"Recordings/RE%s.mp3" % ANOTHER, False, id="a-recorded-file"),
    ],
)
def test_a_call_of_a_known_kind_needs_no_second_look(first: bytes, second: bytes, *, known: bool) -> None:
    history = History(b"key")
    below = b"/2010-04-01/Accounts/%s/" % SID
    history.observe(case_of(accepted(GOOD, path=below + first)), 0, refused=False)
    for _ in range(2):
        assert history.knows_success(accepted(GOOD, path=below + second, at=1), 1) is known


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"Messages/SM%s.json" % ONE, b"Messages/SM%s.json" % ANOTHER, True),
        (b"Messages/SM%s.json?a=1" % ONE, b"Messages/SM%s.json?b=2" % ANOTHER, True),
        (b"Messages.json?a=1", b"Messages.json", True),
        (b"Messages/SM%s.json" % ONE, b"Messages/SM%s" % ANOTHER, False),
        (b"Messages/SM%s.json" % ONE, b"Messages/MM%s.json" % ONE, False),
        (b"Messages/SM%s.json" % ONE, b"Calls/SM%s.json" % ONE, False),
        (b"Messages.json", b"Calls.json", False),
    ],
)
def test_targets_of_one_shape(one: bytes, other: bytes, *, same: bool) -> None:
    below = b"/2010-04-01/Accounts/AC%s/" % ONE
    assert (_shape(below + one) == _shape(below + other)) is same


@pytest.mark.parametrize("end", [b"", b".json", b".json?a=1"])
def test_two_accounts_are_never_of_one_shape(end: bytes) -> None:
    """An Account resource tells who owns it."""
    accounts = b"/2010-04-01/Accounts/AC"
    assert _shape(accounts + ONE + end) != _shape(accounts + ANOTHER + end)
    assert _shape(accounts + ONE + end) == _shape(accounts + ONE + end.partition(b"?")[0])


_SEGMENTS = st.sampled_from(
    [
        *(b"", b"Accounts", b"2010-04-01", b"v1", b"Messages", b"Media", b"Recordings", b"None", b"x" * 170, b"Keys"),
        *(prefix + digits for prefix in (b"AC", b"SM", b"ME", b"RE", b"SK", b"sm") for digits in (ONE, ANOTHER)),
    ]
)
_TARGETS = st.builds(
    lambda segments, end: b"/" + b"/".join(segments) + end,
    st.lists(_SEGMENTS, min_size=1, max_size=6),
    st.sampled_from([b"", b".json", b".xml", b".mp3", b"/", b"?a=/Accounts/AC1", b".json?Page=1", b"\n"]),
)


_CHANGES = st.sampled_from([(ONE, ANOTHER), (ANOTHER, ONE), (b"Page=1", b"Page=2"), (b".json", b""), (b"SM", b"ME")])


@settings(max_examples=400)
@given(_TARGETS, _CHANGES)
@example(b"/v1/Accounts/AC" + ONE, (ONE, ANOTHER))
@example(b"/2010-04-01/Accounts/AC%s/Messages/MM1/Media/ME%s.json" % (ONE, ONE), (b".json", b""))
def test_targets_of_one_shape_are_calls_of_one_kind(target: bytes, change: tuple[bytes, bytes]) -> None:
    for other in (target.replace(*change), target.replace(*change, 1), target + b"?x=1"):
        if _shape(other) == _shape(target):
            assert _kind_of("GET", other) == _kind_of("GET", target)


@pytest.mark.parametrize(
    ("refusal", "calm"),
    [
        pytest.param(refused(GOOD, at=1), False, id="same-pair"),
        pytest.param(refused(GOOD, at=1, status=403), False, id="403"),
        pytest.param(refused(basic(SID, KEY_SECRET), at=1), False, id="another-secret-of-the-username"),
        pytest.param(refused(basic(SID, KEY_SECRET), at=1, host="verify.twilio.com"), False, id="another-host"),
        pytest.param(refused(basic(OTHER_SID, KEY_SECRET), at=1), True, id="another-username"),
        pytest.param(refused(GOOD, at=1, status=404), True, id="404"),
        pytest.param(refused(GOOD, at=1, host="gw.example.com"), True, id="not-by-twilio"),
        pytest.param(refused(b"Bearer x", at=1), True, id="a-token"),
    ],
)
def test_which_refusals_make_successes_worth_a_look(refusal: Exchange, *, calm: bool) -> None:
    history = History(b"key")
    for index, exchange in enumerate((accepted(GOOD), refusal)):
        history.observe(case_of(exchange), index, refused=index == 1)
    assert history.knows_success(accepted(GOOD, at=2), 2) is calm


def test_a_success_that_needed_no_look_moves_all_that_is_last() -> None:
    history = History(b"key")
    history.observe(case_of(accepted(GOOD)), 0, refused=False)
    assert history.knows_success(accepted(GOOD, at=5), 1)
    here = history.bearing(case_of(refused(GOOD, at=9)), 2)
    rival = history.bearing(case_of(refused(basic(SID, KEY_SECRET), at=9)), 2)
    owner = history.bearing(case_of(refused(basic(KEY, KEY_SECRET), at=9)), 2)
    seen = [here.worked, here.accepted[0], rival.rivals[0], owner.path_account_works]
    assert [(one.index, one.at) if one else None for one in seen] == [(1, TIME + 5)] * 4
    assert here.pair_accepted == 1
    latest = history.latest(case_of(refused(GOOD)))
    assert latest is not None
    assert latest.index == 1


@pytest.mark.parametrize(
    ("made", "at", "calm"),
    [
        pytest.param((accepted(GOOD), refused(GOOD, at=1), accepted(GOOD, at=2)), 3, True, id="settled-again"),
        pytest.param((accepted(GOOD), refused(GOOD, at=1), accepted(GOOD, at=0.5)), 3, False, id="refused-last"),
        pytest.param((refused(GOOD, at=2), accepted(GOOD, at=1)), 3, False, id="refused-last-but-recorded-first"),
        pytest.param((refused(GOOD, at=1), accepted(GOOD, at=2)), 3, True, id="refused-first"),
        pytest.param((accepted(GOOD, at=2),), 2, True, id="at-the-same-time"),
        pytest.param((accepted(GOOD, at=2),), 1, False, id="perhaps-the-first"),
        pytest.param((replace(accepted(GOOD), started_at=None),), 1, True, id="no-clock-before"),
    ],
)
def test_when_successes_need_no_look(made: tuple[Exchange, ...], at: float, *, calm: bool) -> None:
    history = History(b"key")
    for index, exchange in enumerate(made):
        case = case_of(exchange)
        history.observe(case, index, refused=is_refusal(case))
    assert history.knows_success(accepted(GOOD, at=at), 9) is calm
    if len(made) == 1:
        assert history.knows_success(replace(accepted(GOOD), started_at=None), 10)


def test_a_client_without_a_name_needs_no_second_look_either() -> None:
    nameless = accepted(GOOD)
    nameless = replace(nameless, request=replace(nameless.request, headers=((b"Authorization", GOOD),)))
    history = History(b"key")
    history.observe(case_of(nameless), 0, refused=False)
    assert history.knows_success(nameless, 1)


@pytest.mark.parametrize(
    ("at", "known"),
    [pytest.param(5, False, id="perhaps-its-follower"), pytest.param(40, True, id="long-after")],
)
def test_after_a_redirect_successes_of_its_target_are_looked_at(at: float, *, known: bool) -> None:
    history = History(b"key")
    history.observe(case_of(accepted(GOOD)), 0, refused=False)
    history.observe(case_of(redirected(GOOD, TARGET, host="gw.example.com", at=1)), 1, refused=False)
    assert history.knows_success(accepted(GOOD, at=at), 2) is known
    elsewhere = accepted(GOOD, host="verify.twilio.com", at=at + 1)
    history.observe(case_of(elsewhere), 3, refused=False)
    assert history.knows_success(elsewhere, 4)


@pytest.mark.parametrize(
    ("refusal", "count"),
    [
        pytest.param(refused(GOOD, at=1), 2, id="pair-and-username"),
        pytest.param(refused(b"Bearer x", at=1), 1, id="token"),
        pytest.param(refused(None, at=1), 0, id="nothing"),
    ],
)
def test_where_a_repetition_is_noted(refusal: Exchange, count: int) -> None:
    history = History(b"key")
    case = case_of(refusal)
    assert history.refusals(case) == ()
    assert history.latest(case) is None
    history.observe(case, 0, refused=True)
    found = history.refusals(case)
    assert [(last.index, last.at) for last in found] == [(0, TIME + 1)] * count


def test_a_repetition_that_was_noted_makes_successes_worth_a_look() -> None:
    for place in range(2):
        history = History(b"key")
        for index, exchange in enumerate((refused(GOOD), accepted(GOOD, at=1))):
            history.observe(case_of(exchange), index, refused=not index)
        history.refusals(case_of(refused(GOOD)))[place].move_on(2, TIME + 2)
        assert not history.knows_success(accepted(GOOD, at=3), 3)


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
        accepted(b"Bearer " + CLIENT_TOKEN, at=1),
        accepted(GOOD[:-2], at=1),
        accepted(basic(OTHER_SID, TOKEN), path=b"/v1/x", at=1),
        RESOURCE,
        refused(GOOD, at=1),
    ],
)
@pytest.mark.parametrize(
    "case",
    [
        refused(GOOD),
        refused(GOOD[:-2]),
        refused(basic(KEY, KEY_SECRET)),
        refused(basic(KEY, KEY_SECRET), path=MESSAGES % OTHER_SID),
        refused(basic(OTHER_SID, KEY_SECRET), path=MESSAGES % OTHER_SID),
        refused(basic(OTHER_SID, KEY_SECRET), path=b"/v1/x"),
        refused(b"Bearer " + CLIENT_TOKEN, path=b"/v1/x"),
        replace(refused(GOOD, host="api.ie1.twilio.com"), response=None),
        refused(None),
    ],
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
        pytest.param(replace(PAGE, body=b"Sign in"), False, id="page-by-its-type"),
        pytest.param(
            replace(PAGE, headers=((b"content-type", b"Text/HTML"),), body=b""), False, id="page-by-another-spelling"
        ),
        pytest.param(replace(PAGE, headers=(), body=b"\r\n<!DOCTYPE html><p>Sign in"), False, id="doctype"),
        pytest.param(replace(PAGE, headers=(), body=b"  <HTML lang=en>"), False, id="blanks-before-the-page"),
        pytest.param(Response(status=200, headers=(), body=b'{"html":"<html>"}'), True, id="html-in-json"),
        pytest.param(Response(status=200, headers=(), body=b"<TwilioResponse/>"), True, id="xml"),
        pytest.param(
            Response(status=200, headers=((b"Content-Type", b"application/json"),), body=b"{}"), True, id="json"
        ),
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
        pytest.param(accepted(basic(KEY, KEY_SECRET), path=MESSAGES % OTHER_SID), False, id="another-account"),
        pytest.param(accepted(basic(KEY, KEY_SECRET), host=EDGE), False, id="another-host"),
    ],
)
def test_what_a_key_did_before(earlier: Exchange, *, did: bool) -> None:
    assert (around(1, earlier, refused(basic(KEY, KEY_SECRET), at=5)).did_this is not None) is did


@pytest.mark.parametrize("authorization", [basic(KEY, KEY_SECRET), b"Bearer " + CLIENT_TOKEN], ids=["key", "token"])
def test_whoever_did_one_thing_of_a_main_key_may_do_all(authorization: bytes) -> None:
    keys = accepted(authorization, path=b"/2010-04-01/Accounts/%s/Keys.json" % SID)
    accounts = refused(authorization, path=b"/2010-04-01/Accounts.json", method="GET", at=5)
    assert around(1, keys, accounts).did_this is not None
    assert around(1, accepted(authorization), accounts).did_this is None


def test_what_an_account_with_its_auth_token_did_is_not_asked() -> None:
    """It may do everything."""
    assert around(1, accepted(GOOD), refused(GOOD, at=5)).did_this is None


def test_what_is_kept_of_another_exchange() -> None:
    agent = b"curl/8.5.0 " + b"x" * 300
    first = replace(accepted(GOOD, agent=agent), client_address="198.51.100.4", tls_issuer="CN=Proxy")
    (one,) = around(1, first, refused(GOOD, at=5)).accepted
    assert (one.index, one.at, one.method, one.host, one.region) == (0, TIME, "POST", "api.twilio.com", "us1")
    assert (one.account, one.address, one.issuer) == (SID, "198.51.100.4", "CN=Proxy")
    assert one.agent == agent[:AGENT_KEPT]
    without = accepted(GOOD, path=MESSAGES % b"None")
    without = replace(without, request=replace(without.request, headers=((b"Authorization", GOOD),)))
    (one,) = around(1, without, refused(GOOD, at=5)).accepted
    assert (one.account, one.agent) == (None, b"")


@pytest.mark.parametrize(
    ("made", "since"),
    [
        pytest.param((accepted(GOOD), refused(GOOD, at=2), refused(GOOD, at=3)), 1, id="401"),
        pytest.param((accepted(GOOD), refused(GOOD, at=2, status=403), refused(GOOD, at=3)), 1, id="403"),
        pytest.param((accepted(GOOD), refused(GOOD, at=2, status=404), refused(GOOD, at=3)), None, id="404"),
        pytest.param((accepted(GOOD), refused(GOOD, at=2, status=400), refused(GOOD, at=3)), None, id="400"),
        pytest.param((accepted(GOOD), accepted(GOOD, at=2), refused(GOOD, at=3)), None, id="this-one"),
        pytest.param((refused(GOOD), refused(GOOD, at=2), refused(GOOD, at=3)), None, id="never-worked"),
        pytest.param((refused(GOOD), refused(GOOD, at=2), refused(KEY, at=3)), None, id="nothing-known"),
    ],
)
def test_the_first_refusal_after_it_worked(made: tuple[Exchange, ...], since: int | None) -> None:
    found = around(2, *made).failed_first
    assert (found.index if found else None) == since


def test_what_was_refused_before_it_worked_is_not_the_first_refusal_since() -> None:
    # Recorded in the order in which they ended: the success at 5 came behind refusals that began after it.
    made = (accepted(GOOD, at=1), refused(GOOD, at=10), refused(GOOD, at=4), refused(GOOD, at=11), accepted(GOOD, at=5))
    bearing = around(3, *made)
    assert bearing.worked is not None
    assert bearing.worked.at == TIME + 5
    assert bearing.failed_first is None or (bearing.failed_first.at or 0) > TIME + 5


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as-they-began", "as-they-ended"])
def test_the_rival_of_a_region_is_the_latest(order: tuple[int, int]) -> None:
    pairs = (accepted(basic(SID, OTHER_TOKEN), at=1), accepted(basic(SID, KEY_SECRET), at=2))
    (rival,) = around(2, *(pairs[place] for place in order), refused(GOOD, at=5)).rivals
    assert rival.at == TIME + 2
    same = (accepted(basic(SID, KEY_SECRET), at=1), accepted(basic(SID, KEY_SECRET), at=2))
    (rival,) = around(2, *(same[place] for place in order), refused(GOOD, at=5)).rivals
    assert rival.at == TIME + 2


def test_flaws_that_were_accepted_add_up() -> None:
    unpadded, bare = GOOD.rstrip(b"="), GOOD[6:]
    flaws = [around(1, accepted(value), refused(GOOD, at=5)).flaws_accepted for value in (unpadded, bare)]
    assert all(flaws)
    assert flaws[0] != flaws[1]
    both = around(2, accepted(unpadded), accepted(bare, at=1), refused(GOOD, at=5)).flaws_accepted
    assert both == flaws[0] | flaws[1]
    assert around(2, accepted(GOOD), refused(unpadded, at=1), refused(GOOD, at=5)).flaws_accepted == frozenset()


def test_an_accepted_flaw_is_news_for_whoever_has_it() -> None:
    history = History(b"key")
    mine = case_of(refused(basic(KEY, KEY_SECRET).rstrip(b"="), path=b"/v1/x"))
    history.observe(mine, 0, refused=True)
    unpadded = GOOD.rstrip(b"=")
    assert set(history.observe(case_of(accepted(unpadded)), 1, refused=False)) & set(history.concerns(mine, 0))
    assert not set(history.observe(case_of(accepted(unpadded)), 2, refused=False)) & set(history.concerns(mine, 0))


def test_the_redirects_of_a_refusal_outlive_their_table() -> None:
    history = History(b"key", size=2)
    stripped = refused(None, at=0.3)
    history.observe(case_of(redirected(GOOD, TARGET, scheme="http")), 0, refused=False)
    history.observe(case_of(stripped), 1, refused=True)
    for index in range(2, 6):
        another = redirected(GOOD, b"/to/%d" % index, path=b"/from", at=index)
        history.observe(case_of(another), index, refused=False)
    assert [hop.index for hop in history.bearing(case_of(stripped), 1).hops] == [0]


def test_digests_of_another_capture_are_others() -> None:
    """So that nobody can look up what a digest stands for."""
    kept = []
    for key in (b"key", b"yek", b"k" * 100):
        history = History(key)
        history.observe(case_of(accepted(GOOD)), 0, refused=False)
        kept.append({thing for thing in held(history) if isinstance(thing, bytes) and len(thing) == 16})
    assert all(kept)
    assert not kept[0] & kept[1]
    assert not kept[0] & kept[2]


@pytest.mark.parametrize("path", [MESSAGES % SID, b"/v1/Services"], ids=["of-an-account", "of-a-product"])
def test_what_proves_nothing_itself_still_sees_its_other_side(path: bytes) -> None:
    # An export without credentials is not noted, so its own place is not among those of its request.
    host = "verify.twilio.com" if path.startswith(b"/v1") else "api.twilio.com"
    outer = refused(GOOD, at=0, host="gateway.example", path=path)
    inner = replace(refused(None, at=0.01, host=host, path=path, answer=outer.response), fidelity=Fidelity.SANITIZED)
    (tap,) = around(1, outer, inner).taps
    assert (tap.index, tap.had_authorization, tap.certain) == (0, True, True)
    assert around(1, accepted(GOOD), inner).taps == ()


@pytest.mark.parametrize("status", [100, 101, 103])
def test_an_informational_answer_is_no_success(status: int) -> None:
    early = accepted(GOOD)
    assert early.response is not None
    history = History(b"key")
    case = case_of(replace(early, response=replace(early.response, status=status)))
    assert history.observe(case, 0, refused=False) == []
    assert history.bearing(case_of(refused(GOOD, at=1)), 1) == History(b"key").bearing(case_of(refused(GOOD, at=1)), 1)
