"""Which redirects a request followed: by where they lead, by the clock and by the client; and what is kept of them."""

from dataclasses import replace

import pytest

from analyzers.bearing import Hop
from analyzers.building import GOOD, KEY_SECRET, MESSAGES, SID, TIME, TOKEN, accepted, basic, redirected, refused
from analyzers.case import case_of
from analyzers.exchange import Exchange
from analyzers.redirect_chains import FOLLOW_SECONDS, RedirectChains, gap_between
from analyzers.redirect_rules import Step

TARGET = b"https://api.twilio.com" + MESSAGES % SID


def chains(*redirects: Exchange) -> RedirectChains:
    """With the redirects at the places 0, 1, 2 ..."""
    found = RedirectChains(8)
    for index, exchange in enumerate(redirects):
        assert found.put(index, case_of(exchange)) is not None
    return found


def sent(location: bytes = TARGET, at: float = 0.0, agent: bytes = b"python-requests/2.34.2") -> Exchange:
    """A redirect that was answered at `at`, in whole seconds."""
    first = redirected(GOOD, location, host="gw.example.com", agent=agent)
    return replace(first, started_at=TIME + at, finished_at=TIME + at)


def clockless(exchange: Exchange) -> Exchange:
    return replace(exchange, started_at=None, finished_at=None)


def test_nothing_is_followed_without_redirects() -> None:
    found = RedirectChains(8)
    assert len(found) == 0
    assert found.hops(refused(None), 0) == ()
    assert not found.awaits("api.twilio.com", TIME)


@pytest.mark.parametrize(
    ("at", "index", "count"),
    [
        pytest.param(0.0, 1, 1, id="in-the-same-tick"),
        pytest.param(0.0, 0, 1, id="in-the-same-tick-recorded-before"),
        pytest.param(30.0, 1, 1, id="just-in-time"),
        pytest.param(30.5, 1, 0, id="too-late"),
        pytest.param(-1.0, 1, 1, id="whole-seconds"),
        pytest.param(-1.0, 0, 0, id="whole-seconds-recorded-before"),
        pytest.param(-0.5, -1, 0, id="sent-before"),
        pytest.param(-1.5, 1, 0, id="long-before"),
        pytest.param(None, 1, 1, id="no-clock"),
        pytest.param(None, 0, 0, id="no-clock-itself"),
        pytest.param(None, -1, 0, id="no-clock-recorded-before"),
    ],
)
def test_how_soon_a_redirect_is_followed(at: float | None, index: int, count: int) -> None:
    follower = replace(refused(None), started_at=None if at is None else TIME + at)
    assert len(chains(sent()).hops(follower, index)) == count


@pytest.mark.parametrize(("index", "count"), [(1, 1), (0, 0)])
def test_a_redirect_without_a_clock_is_followed_by_what_was_recorded_later(index: int, count: int) -> None:
    assert len(chains(clockless(sent())).hops(refused(None), index)) == count


@pytest.mark.parametrize(
    ("finished", "at", "count"),
    [
        pytest.param(10.0, 11.0, 1, id="after-the-answer"),
        pytest.param(10.0, 5.0, 0, id="before-the-answer"),
        pytest.param(10.0, 38.0, 1, id="counted-from-the-answer"),
        pytest.param(None, 11.0, 1, id="end-unknown"),
        pytest.param(None, 38.0, 0, id="counted-from-the-start"),
    ],
)
def test_a_redirect_counts_from_its_answer(finished: float | None, at: float, count: int) -> None:
    first = replace(sent(), finished_at=None if finished is None else TIME + finished)
    assert len(chains(first).hops(refused(None, at=at), 1)) == count


@pytest.mark.parametrize(
    ("at", "awaited"),
    [(-9.0, True), (0.0, True), (FOLLOW_SECONDS, True), (FOLLOW_SECONDS + 0.5, False), (None, True)],
)
def test_how_long_a_follower_is_awaited(at: float | None, *, awaited: bool) -> None:
    found = chains(sent())
    moment = None if at is None else TIME + at
    assert found.awaits("api.twilio.com", moment) is awaited
    assert not found.awaits("gw.example.com", moment)
    assert chains(clockless(sent())).awaits("api.twilio.com", moment)


def test_another_redirect_to_the_host_is_awaited_anew() -> None:
    assert chains(sent(), sent(at=20)).awaits("api.twilio.com", TIME + 45)
    assert not chains(sent(), sent(at=20)).awaits("api.twilio.com", TIME + 55)


@pytest.mark.parametrize(
    ("authorization", "had", "twilio"),
    [
        pytest.param(GOOD, True, True, id="pair"),
        pytest.param(basic(b"x", SID), True, True, id="sid-as-password"),
        pytest.param(basic(SID[:-1], b"x"), True, True, id="nearly"),
        pytest.param(basic(b"gateway", b"login"), True, False, id="another-login"),
        pytest.param(b"Bearer abc", True, False, id="token"),
        pytest.param(b"", True, False, id="empty"),
        pytest.param(None, False, False, id="nothing"),
    ],
)
def test_what_the_redirected_request_carried(authorization: bytes | None, *, had: bool, twilio: bool) -> None:
    first = redirected(authorization, TARGET, host="gw.example.com")
    (hop,) = chains(first).hops(refused(None, at=0.2), 1)
    assert (hop.had_authorization, hop.had_twilio_pair) == (had, twilio)


@pytest.mark.parametrize(
    ("scheme", "port", "step"),
    [
        ("https", 443, Step.SAME_ORIGIN),
        ("https", 8443, Step.OTHER_PORT),
        ("http", 80, Step.HTTP_TO_HTTPS),
        ("http", 443, Step.HTTP_TO_HTTPS),
    ],
)
def test_how_the_urls_relate(scheme: str, port: int, step: Step) -> None:
    first = redirected(GOOD, TARGET, path=b"/start")
    first = replace(first, request=replace(first.request, scheme=scheme, port=port))
    (hop,) = chains(first).hops(refused(None, at=0.2), 1)
    assert (hop.step, hop.scheme, hop.host) == (step, scheme, "api.twilio.com")
    back = replace(first, request=replace(first.request, host="gw.example.com"))
    (hop,) = chains(back).hops(refused(None, at=0.2), 1)
    assert hop.step is Step.OTHER_HOST


def test_a_redirect_to_plain_http_is_a_step_down() -> None:
    (hop,) = chains(redirected(GOOD, b"http" + TARGET[5:])).hops(refused(None, scheme="http", at=0.2), 1)
    assert hop.step is Step.HTTPS_TO_HTTP


def _indexes(hops: tuple[Hop, ...]) -> list[int]:
    return [hop.index for hop in hops]


@pytest.mark.parametrize(
    ("redirects", "index"),
    [
        pytest.param((sent(), sent(at=2)), 1, id="the-latest"),
        pytest.param((sent(at=2), sent()), 0, id="the-latest-by-the-clock"),
        pytest.param((sent(agent=b"other/1"), sent()), 1, id="the-one-of-this-client"),
        pytest.param((sent(), sent(agent=b"other/1", at=2)), 0, id="the-earlier-one-of-this-client"),
        pytest.param((sent(agent=b"other/1"), sent(agent=b"other/2", at=2)), 1, id="somebody-elses"),
        pytest.param((clockless(sent()), clockless(sent())), 1, id="the-last-recorded"),
        pytest.param((sent(at=9), sent(at=2)), 1, id="only-what-came-before"),
    ],
)
def test_which_of_several_redirects_was_followed(redirects: tuple[Exchange, ...], index: int) -> None:
    assert _indexes(chains(*redirects).hops(refused(None, at=5), 2)) == [index]


def test_the_last_few_redirects_to_a_url_are_kept() -> None:
    redirects = [sent(agent=b"client/%d" % number) for number in range(6)]
    found = chains(*redirects)
    followers = [found.hops(refused(None, agent=b"client/%d" % number, at=1), 9) for number in range(6)]
    assert [hops[0].same_client for hops in followers] == [False, False, True, True, True, True]
    assert len(found) == 1


def test_a_redirect_without_an_answer_leads_nowhere() -> None:
    found = RedirectChains(8)
    assert found.put(0, case_of(replace(sent(), response=None))) is None
    assert found.put(0, case_of(refused())) is None
    assert found.put(0, case_of(sent(b"mailto:x@example.com"))) is None
    assert len(found) == 0


@pytest.mark.parametrize(
    ("follower", "at", "index", "left"),
    [
        pytest.param(accepted(GOOD, at=1), 1, 1, True, id="the-follower-itself"),
        pytest.param(accepted(GOOD, at=1), 2, 2, False, id="a-later-request"),
        pytest.param(accepted(GOOD, at=1), 0.5, 2, True, id="an-earlier-request-recorded-later"),
        pytest.param(accepted(GOOD, at=1), 1, 0, True, id="beside-it-recorded-earlier"),
        pytest.param(accepted(GOOD, at=1, agent=b"other/1"), 2, 2, True, id="somebody-else-followed"),
        pytest.param(accepted(GOOD, at=1, path=b"/other"), 2, 2, True, id="another-url"),
        pytest.param(accepted(GOOD, at=-9), 2, 2, True, id="sent-before"),
        pytest.param(accepted(GOOD, at=40), 2, 2, True, id="too-late-to-follow"),
    ],
)
def test_a_redirect_is_followed_once(follower: Exchange, at: float, index: int, *, left: bool) -> None:
    found = chains(sent())
    found.follow(follower, 1)
    assert bool(found.hops(refused(None, at=at), index)) is left


def test_the_first_of_several_followers_counts() -> None:
    found = chains(sent())
    for index, at in ((1, 5), (2, 3), (3, 4)):
        found.follow(accepted(GOOD, at=at), index)
    assert found.hops(refused(None, at=2), 9)
    assert found.hops(refused(None, at=3), 2)
    assert not found.hops(refused(None, at=4), 3)


def test_without_clocks_the_first_recorded_followed() -> None:
    found = chains(clockless(sent()))
    found.follow(clockless(accepted(GOOD)), 1)
    assert found.hops(clockless(refused(None)), 1)
    assert not found.hops(clockless(refused(None)), 2)


def test_a_chain_holds_what_led_to_its_redirects() -> None:
    steps = [
        redirected(
            None, b"https://h%d.example.com/x" % (number + 1), host=f"h{number}.example.com", path=b"/x", at=number
        )
        for number in range(14)
    ]
    last = refused(None, host="h14.example.com", path=b"/x", at=14)
    assert _indexes(chains(*steps[:3]).hops(refused(None, host="h3.example.com", path=b"/x", at=3), 3)) == [0, 1, 2]
    assert _indexes(chains(*steps).hops(last, 14)) == [*range(3, 14)]


def test_a_client_without_a_name_is_one_by_its_address() -> None:
    nameless = sent()
    nameless = replace(nameless, request=replace(nameless.request, headers=()))
    (hop,) = chains(nameless).hops(refused(None, agent=b"", at=1), 1)
    assert hop.same_client
    (hop,) = chains(nameless).hops(replace(refused(None, agent=b"", at=1), client_address=None), 1)
    assert not hop.same_client


def test_a_chain_shows_no_secret() -> None:
    first = redirected(basic(SID, KEY_SECRET), TARGET, path=b"/%s/%s" % (KEY_SECRET, TOKEN), host="gw.example.com")
    (hop,) = chains(first).hops(refused(None, at=0.2), 1)
    assert hop.url.startswith("https://gw.example.com/")
    for secret in (KEY_SECRET.decode(), TOKEN.decode()):
        assert not [secret[i : i + 5] for i in range(len(secret) - 4) if secret[i : i + 5] in repr(hop)]


@pytest.mark.parametrize(
    ("before", "after", "gap"),
    [(1.0, 3.5, 2.5), (3.0, 3.0, 0.0), (3.0, 1.0, 0.0), (None, 1.0, None), (1.0, None, None), (0.0, 0.0, 0.0)],
)
def test_gaps(before: float | None, after: float | None, gap: float | None) -> None:
    assert gap_between(before, after) == gap
