"""redirect-changed-method: a POST that a redirect made a GET, as far as that can be why the GET was refused."""

from dataclasses import replace

import pytest
from judging import diagnoses, judge, judged, live, standing, texts, word

from analyzers.bearing import Bearing, Hop
from analyzers.building import GOOD, MESSAGES, SID, TOKEN, accepted, redirected, refused, twilio_answer
from analyzers.causes.redirect_changed_method import RULE
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Stands
from analyzers.redirect_rules import Step

PATH = MESSAGES % SID
URL = b"https://api.twilio.com" + PATH
NOT_ALLOWED = twilio_answer(405, 20004, "Method not allowed")
BARE_405 = Response(status=405, headers=(), body=b"<html></html>")
NOT_FOUND = twilio_answer(404, 20404, "The requested resource was not found")
ACCOUNT_CLOSED = twilio_answer(401, 20005, "Account not active")
TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."
CURL, REQUESTS, NEEDLE = b"curl/8.14.1", b"python-requests/2.34.2", b"Needle/3.5.0 (Node.js v20.20.2; linux x64)"


def posted(
    status: int = 301, value: bytes | None = GOOD, method: str = "POST", agent: bytes = REQUESTS, at: float = 0.0
) -> Exchange:
    return redirected(value, URL, status, scheme="http", method=method, agent=agent, at=at)


def got(value: bytes | None = GOOD, answer: Response | None = None, **options: object) -> Exchange:
    options = {"at": 0.3, "agent": REQUESTS, "method": "GET", **options}
    return refused(value, answer=answer, **options)  # type: ignore[arg-type] # the options are those of `refused`


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("answer", [NOT_ALLOWED, BARE_405, NOT_FOUND], ids=["20004", "bare-405", "20404"])
def test_an_answer_to_the_method_confirms_it(status: int, answer: Response) -> None:
    assert standing(posted(status), got(answer=answer))["redirect-changed-method"] == ("confirmed", None)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_header_lost_on_the_same_way_confirms_it_and_is_told_first(status: int) -> None:
    found = standing(posted(status), got(None))
    assert list(found)[:2] == ["stripped-on-redirect", "no-authorization"]
    assert found["redirect-changed-method"] == ("confirmed", None)


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        pytest.param((posted(), got()), "likely", id="credentials-arrived-and-were-refused"),
        pytest.param((posted(value=None), got(None)), "likely", id="no-credentials-from-the-start"),
        pytest.param((posted(), got(None, fidelity=Fidelity.DOUBTFUL)), "likely", id="doubtful-export"),
        pytest.param((posted(), got(answer=NOT_ALLOWED, at=20.0)), "likely", id="twenty-seconds-later"),
        pytest.param((posted(), got(answer=NOT_ALLOWED, agent=CURL)), "likely", id="another-client"),
        pytest.param((posted(307, agent=NEEDLE), got(answer=NOT_ALLOWED, agent=NEEDLE)), "confirmed", id="needle-307"),
    ],
)
def test_how_sure(exchanges: tuple[Exchange, ...], expected: str) -> None:
    assert word(judge(RULE, *exchanges)) == expected


def test_a_faulty_account_in_the_path_may_be_why_nothing_was_found() -> None:
    url = b"https://api.twilio.com" + MESSAGES % b"None"
    first = redirected(GOOD, url, 301, scheme="http", path=MESSAGES % b"None")
    assert word(judge(RULE, first, got(answer=NOT_FOUND, path=MESSAGES % b"None"))) == "likely"


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        pytest.param((posted(307), refused(GOOD, at=0.3)), "ruled-out", id="post-kept"),
        pytest.param((posted(method="GET"), got()), "ruled-out", id="get-from-the-start"),
        pytest.param((posted(method="HEAD"), got()), "ruled-out", id="head"),
        pytest.param((posted(method="DELETE"), got()), "ruled-out", id="delete"),
        pytest.param((got(),), "unknown", id="no-redirect"),
        pytest.param((posted(), got(at=60.0)), "unknown", id="a-minute-later"),
        pytest.param((posted(), got(path=PATH + b"?Page=1")), "unknown", id="to-another-url"),
        pytest.param((accepted(GOOD), got()), "unknown", id="a-post-that-worked"),
        pytest.param((posted(), got(answer=ACCOUNT_CLOSED)), "unknown", id="account-not-active"),
        pytest.param((posted(), got(status=403, code=20008)), "unknown", id="test-credentials"),
        pytest.param((posted(), got(message=TRIAL)), "unknown", id="trial"),
    ],
)
def test_near_misses(exchanges: tuple[Exchange, ...], expected: str) -> None:
    assert word(judge(RULE, *exchanges)) == expected


def hop(**changes: object) -> Hop:
    made = Hop(
        method="POST",
        url="http://a.example/x",
        scheme="http",
        host="a.example",
        status=302,
        had_authorization=True,
        step=Step.OTHER_HOST,
        gap=0.1,
        same_client=True,
        same_connection=None,
        method_changed=True,
        index=4,
        had_twilio_pair=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # the fields are those of Hop


def test_a_change_early_in_a_chain_counts() -> None:
    later = hop(method="GET", method_changed=False, index=5, url="http://b.example/y")
    found = judged(RULE, got(answer=NOT_ALLOWED), Bearing(hops=(hop(), later)))
    assert isinstance(found, Stands)
    assert [each.index for each in found.evidence[:2]] == [4, 5]
    assert word(judged(RULE, got(answer=NOT_ALLOWED), Bearing(hops=(hop(), replace(later, gap=None))))) == "likely"


def test_a_post_before_the_change_does_not_count_as_changed() -> None:
    kept = hop(status=307, method_changed=False, index=3)
    found = judged(RULE, got(answer=NOT_ALLOWED), Bearing(hops=(kept, hop())))
    assert isinstance(found, Stands)
    assert found.evidence[0].index == 4


def test_a_get_that_works_is_not_diagnosed() -> None:
    assert diagnoses((posted(), accepted(GOOD, method="GET", at=0.3))) == {}


def test_a_live_capture_says_the_same() -> None:
    exchanges = (posted(), got(answer=NOT_ALLOWED))
    assert live(exchanges) == diagnoses(exchanges)


@pytest.mark.parametrize(
    ("status", "agent", "says"),
    [
        (302, CURL, "curl turned the POST into a GET when it followed a 302 redirect"),
        (303, CURL, "The POST was answered 303, which asks for a GET of the next URL: curl sent no POST there"),
        (
            307,
            NEEDLE,
            "needle turned the POST into a GET when it followed a 307 redirect, although 307 keeps the method",
        ),
        (301, b"", "The client turned the POST into a GET when it followed a 301 redirect"),
    ],
    ids=["302", "303", "307", "nameless"],
)
def test_the_sentence(status: int, agent: bytes, says: str) -> None:
    found = judge(RULE, posted(status, agent=agent), got(answer=NOT_ALLOWED, agent=agent))
    assert isinstance(found, Stands)
    assert found.says == says


@pytest.mark.parametrize(
    ("agent", "step"),
    [
        (REQUESTS, "measured: python-requests"),
        (REQUESTS, "allow_redirects=False"),
        (b"twilio-node/6.0.2 (linux x64) node/v22", "twilio-node itself never follows redirects"),
    ],
    ids=["measured", "stop", "helper-library"],
)
def test_the_fix_is_that_of_the_client(agent: bytes, step: str) -> None:
    found = judge(RULE, posted(agent=agent), got(answer=NOT_ALLOWED, agent=agent))
    assert isinstance(found, Stands)
    assert found.fix[0] == f"Send the POST to {URL.decode()} directly, without the redirect"
    assert any(step in each for each in found.fix)


def test_refused_credentials_are_mentioned_and_never_shown() -> None:
    told = texts(judge(RULE, posted(), got()))
    assert "look at the credentials: they arrived" in told
    assert TOKEN.decode() not in told
    assert "credentials: they arrived" not in texts(judge(RULE, posted(), got(answer=NOT_ALLOWED)))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(Response(status=401, headers=((b"WWW-Authenticate", b"NTLM"),)), "likely", id="company-login"),
        pytest.param(Response(status=407, headers=((b"Proxy-Authenticate", b"NTLM"),)), "unknown", id="a-proxy-asks"),
        pytest.param(twilio_answer(401, 70052, "Public Key Client Validation required"), "likely", id="other-code"),
    ],
)
def test_a_lost_header_confirms_it_only_where_twilio_missed_it(answer: Response, expected: str) -> None:
    assert word(judge(RULE, posted(), got(None, answer=answer))) == expected


def test_what_would_settle_it_is_the_post_itself() -> None:
    found = judge(RULE, posted(), got())
    assert isinstance(found, Stands)
    assert found.settle == "send the POST to the last URL directly, without the redirect"
    later = judge(RULE, posted(), got(answer=NOT_ALLOWED, at=20.0))
    assert isinstance(later, Stands)
    assert later.settle == "capture both requests with one client at a time"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, "POST http://a.example/x was answered 302, followed after 0.10 s with a GET", id="changed"),
        pytest.param({"gap": None}, "POST http://a.example/x was answered 302 with a GET", id="no-clock"),
    ],
)
def test_a_hop_is_told_with_what_is_known(changes: dict[str, object], told: str) -> None:
    found = judged(RULE, got(answer=NOT_ALLOWED), Bearing(hops=(hop(**changes),)))
    assert isinstance(found, Stands)
    assert [(each.where, each.says) for each in found.evidence] == [
        ("history", told),
        ("response.status", "the GET was answered 405"),
    ]


def test_a_hop_that_kept_the_method_says_nothing_of_a_get() -> None:
    later = hop(method="GET", method_changed=False, index=5, url="http://b.example/y")
    found = judged(RULE, got(answer=NOT_ALLOWED), Bearing(hops=(hop(), later)))
    assert isinstance(found, Stands)
    assert found.evidence[1].says == "GET http://b.example/y was answered 302, followed after 0.10 s"


def test_without_an_answer_nothing_is_known_of_the_method() -> None:
    assert word(judged(RULE, replace(got(), response=None), Bearing(hops=(hop(),)))) == "unknown"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        pytest.param(
            b"curl/99.1", "(7.88.1 (Debian)) makes a GET of a POST that is answered 302; this is 99.1", id="newer"
        ),
        pytest.param(b"curl/7.88.1", "(7.88.1 (Debian)) makes a GET of a POST that is answered 302", id="measured"),
    ],
)
def test_another_release_than_the_measured_one_is_named(agent: bytes, told: str) -> None:
    found = judged(RULE, got(answer=NOT_ALLOWED, agent=agent), Bearing(hops=(hop(),)))
    assert isinstance(found, Stands)
    assert any(step.endswith(told) for step in found.fix)
