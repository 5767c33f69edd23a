"""Redirect chains, accepted pairs, challenges: bounded, and blind to nothing that a client may do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
    twilio_answer,
)
from analyzers.case import Bearing, case_of, is_refusal
from analyzers.exchange import Exchange
from analyzers.history import Bounded, History, resolve, step_between, url_key
from analyzers.redirect_rules import Step
from analyzers.twilio import Kind

PATH = MESSAGES % SID
TARGET = b"https://api.twilio.com" + PATH


def after(*exchanges: Exchange) -> Bearing:
    """What bears on the last exchange."""
    history = History(b"key")
    for exchange in exchanges[:-1]:
        case = case_of(exchange)
        history.observe(case, refused=is_refusal(case))
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


@pytest.mark.parametrize(("at", "count"), [(0.1, 1), (30.0, 1), (30.2, 0), (600.0, 0), (-5.0, 1)])
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


def test_answered_challenge_gives_the_index_of_the_challenge() -> None:
    history = History(b"key")
    assert history.observe(case_of(accepted(GOOD, path=b"/x")), refused=False) is None
    assert history.observe(case_of(refused(None)), refused=True) is None
    assert history.observe(case_of(accepted(GOOD, at=0.5)), refused=False) == 1
    assert history.observe(case_of(accepted(GOOD, at=0.6)), refused=False) is None


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
    history.observe(case_of(refused(None)), refused=True)
    assert history.observe(case_of(second), refused=is_refusal(case_of(second))) is None


def test_fingerprints_are_equal_for_equal_secrets_of_one_capture() -> None:
    history = History(b"key")
    assert [history.fingerprint(s) for s in (TOKEN, KEY_SECRET, TOKEN)] == ["sec#1", "sec#2", "sec#1"]


def test_fingerprint_numbers_are_never_used_twice() -> None:
    history = History(b"key", size=2)
    assert [history.fingerprint(b"%d" % n) for n in range(4)] == ["sec#1", "sec#2", "sec#3", "sec#4"]
    assert history.fingerprint(b"0") == "sec#5"


def test_no_secret_is_kept() -> None:
    history = History(b"key")
    history.observe(case_of(accepted(basic(SID, TOKEN))), refused=False)
    history.observe(case_of(redirected(basic(SID, TOKEN), TARGET)), refused=False)
    history.fingerprint(TOKEN)
    kept = repr([getattr(history, name) for name in vars(history)]) + repr(
        [table._items for table in vars(history).values() if isinstance(table, Bounded)]
    )
    assert TOKEN.decode() not in kept
    assert GOOD.decode()[6:] not in kept


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
        path = b"/2010-04-01/Accounts/%s/Calls/%d" % (SID, turn)
        history.observe(case_of(accepted(basic(SID, secret), path=path)), refused=False)
        history.observe(case_of(redirected(GOOD, b"/to/%d" % turn, path=path)), refused=False)
        history.observe(case_of(refused(None, path=path)), refused=True)
        history.fingerprint(secret)
    tables = [table for table in vars(history).values() if isinstance(table, Bounded)]
    assert tables
    assert all(len(table) <= 8 for table in tables)
