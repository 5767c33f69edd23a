"""unset-credentials: both halves void, or no header and no account; never a half or another reason."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import GOOD, MESSAGES, SID, TOKEN, accepted, basic, redirected, refused, twilio_answer
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import unset_credentials
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

PYTHON = b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7"
GO = b"twilio-go/1.30.9 (linux amd64) go/go1.22.4"
NODE = b"twilio-node/6.2.0 (linux x64) node/v20.20.2"


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return unset_credentials.check(replace(case, bearing=capture._history.bearing(case)))


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last exchange, in order."""
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    assert not diagnosis.crashed
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in diagnosis.findings}


def assert_plain(found: Stands) -> None:
    """One plain sentence for the developer; a verdict that is not sure says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is Verdict.CONFIRMED)


def test_samples() -> None:
    hit = diagnose_all(unset_credentials.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == unset_credentials.RULE.slug for r in hit)
    for result in diagnose_all(unset_credentials.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert unset_credentials.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(b"", b"", id="both-empty"),
        pytest.param(b"None", b"None", id="python"),
        pytest.param(b"undefined", b"undefined", id="javascript"),
        pytest.param(b"null", b"null", id="java"),
        pytest.param(b"<nil>", b"<nil>", id="go"),
        pytest.param(b"nil", b"nil", id="ruby"),
        pytest.param(b"false", b"false", id="php"),
        pytest.param(b"undefined", b"", id="undefined-and-empty"),
        pytest.param(b"", b"\n", id="echo-adds-a-line-feed"),
        pytest.param(b'""', b'""', id="quotes-around-nothing"),
    ],
)
def test_void_halves_are_confirmed(username: bytes, password: bytes) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


@pytest.mark.parametrize("account", [b"None", b"undefined", b"null", b"", b"nil", b"%20"])
@pytest.mark.parametrize(
    ("fidelity", "verdict"), [(Fidelity.FULL, Verdict.CONFIRMED), (Fidelity.DOUBTFUL, Verdict.LIKELY)]
)
def test_no_header_and_no_account(account: bytes, fidelity: Fidelity, verdict: Verdict) -> None:
    found = judge(refused(None, path=MESSAGES % account, fidelity=fidelity))
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    start, end = found.evidence[0].start, found.evidence[0].end
    assert (MESSAGES % account)[start:end] == account
    assert_plain(found)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(None, path=MESSAGES % b"None", host="gw.example"), id="a-gateway-may-add-it"),
        pytest.param(replace(refused(None, path=MESSAGES % b"None"), response=None), id="no-answer"),
        pytest.param(
            refused(None, path=MESSAGES % b"None", answer=Response(status=401, headers=())), id="another-answer"
        ),
    ],
)
def test_no_header_and_no_account_that_twilio_did_not_judge(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


@pytest.mark.parametrize("agent", [PYTHON, GO], ids=["python", "go"])
@pytest.mark.parametrize(
    ("fidelity", "verdict"), [(Fidelity.FULL, Verdict.LIKELY), (Fidelity.DOUBTFUL, Verdict.POSSIBLE)]
)
def test_silent_library_is_likely_at_most(agent: bytes, fidelity: Fidelity, verdict: Verdict) -> None:
    found = judge(refused(None, agent=agent, fidelity=fidelity))
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert_plain(found)


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(basic(SID, b"")), RuledOut, id="only-the-password-empty"),
        pytest.param(refused(basic(b"None", TOKEN)), RuledOut, id="only-the-username-void"),
        pytest.param(refused(basic(b"Nonesuch", b"None")), RuledOut, id="a-word-that-begins-so"),
        pytest.param(refused(GOOD, path=MESSAGES % b"None", agent=PYTHON), RuledOut, id="good-pair-void-account"),
        pytest.param(refused(None), Unknown, id="no-header-of-a-plain-client"),
        pytest.param(refused(None, agent=NODE), Unknown, id="a-library-that-raises-instead"),
        pytest.param(refused(None, agent=PYTHON, fidelity=Fidelity.SANITIZED), Unknown, id="sanitized"),
        pytest.param(refused(None, path=MESSAGES % b"None", fidelity=Fidelity.SANITIZED), Unknown, id="sanitized-none"),
        pytest.param(
            refused(None, agent=PYTHON, answer=Response(status=407, headers=((b"Server", b"squid"),))),
            Unknown,
            id="answered-by-somebody-else",
        ),
        pytest.param(
            refused(None, agent=PYTHON, extra=((b"X-Forwarded-Authorization", GOOD),)), Unknown, id="header-moved"
        ),
        pytest.param(
            refused(None, host="oauth.twilio.com", path=b"/v2/token", agent=PYTHON), RuledOut, id="token-endpoint"
        ),
        pytest.param(refused(b"Bearer None"), Unknown, id="no-pair"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


def test_library_that_had_the_header_one_hop_before_is_ruled_out() -> None:
    target = b"https://api.twilio.com" + MESSAGES % SID
    first = redirected(GOOD, target, 301, scheme="http", agent=PYTHON)
    assert isinstance(judge(first, refused(None, at=0.3, agent=PYTHON)), RuledOut)


def test_accepted_pair_is_never_called_unset() -> None:
    assert isinstance(judge(accepted(basic(b"", b"")), refused(basic(b"", b""), at=1)), RuledOut)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PYTHON, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (NODE, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (b"twilio-java/12.0.0 (Linux amd64) java/21", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (b"twilio-php/8.12.0 (Linux x86_64) PHP/8.2", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (GO, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2", "it reads no credential variables"),
        (b"twilio-csharp/7.14.3 (Unix X64) .NET/8.0", "it reads no credential variables"),
        (b"curl/8.5.0", "the variables that your program reads"),
    ],
)
def test_fix_names_the_variables_that_the_client_reads(agent: bytes, words: str) -> None:
    found = judge(refused(basic(b"", b""), agent=agent))
    assert isinstance(found, Stands)
    assert words in found.fix[0]


def test_consequences_are_nested() -> None:
    found = standing(refused(None, path=MESSAGES % b"None", agent=PYTHON))
    assert next(iter(found)) == "unset-credentials"
    assert found["no-authorization"] == ("confirmed", "unset-credentials")
    assert found["path-account-missing"] == ("confirmed", "unset-credentials")


def test_void_pair_on_a_void_path() -> None:
    found = standing(refused(basic(b"undefined", b"undefined"), path=MESSAGES % b"undefined"))
    assert next(iter(found)) == "unset-credentials"
    assert "half-empty" not in found


EMPTY, BLANK, WORD = "empty", "nothing but blanks or quotes", "the word for a missing value"


@pytest.mark.parametrize(
    ("username", "password", "says", "ends"),
    [
        pytest.param(b"", b"", [EMPTY, EMPTY], (0, 0), id="both-empty"),
        pytest.param(b"None", b"", [WORD, EMPTY], (4, 0), id="word-and-nothing"),
        pytest.param(b'""', b"\n", [BLANK, BLANK], (2, 1), id="quotes-and-a-line-feed"),
        pytest.param(b"", b'"null"', [EMPTY, WORD], (0, 6), id="nothing-and-a-word"),
    ],
)
def test_what_stands_in_each_half(username: bytes, password: bytes, says: list[str], ends: tuple[int, int]) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert [each.says for each in found.evidence] == says
    assert spots(found) == [("authorization.username", 0, ends[0]), ("authorization.password", 0, ends[1])]


@pytest.mark.parametrize(
    ("username", "password", "expected"),
    [
        pytest.param(b"", b"", Unknown, id="an-export-may-have-emptied-both"),
        pytest.param(b"", b"None", Stands, id="no-export-writes-that-word"),
        pytest.param(b"None", b"", Stands, id="nor-here"),
        pytest.param(b"None", b"None", Stands, id="nor-twice"),
    ],
)
def test_what_a_sanitised_export_proves(username: bytes, password: bytes, expected: type[Outcome]) -> None:
    exchange = refused(basic(username, password), fidelity=Fidelity.SANITIZED)
    assert isinstance(judge(exchange), expected)


@pytest.mark.parametrize(
    ("exchange", "places"),
    [
        pytest.param(
            refused(None, path=MESSAGES % b"None"),
            [("request.target", 21, 25), ("request.headers", None, None)],
            id="path",
        ),
        pytest.param(refused(None, agent=PYTHON), [("request.headers", None, None)], id="silent-library"),
    ],
)
def test_where_the_absence_shows(exchange: Exchange, places: list[tuple[str, int | None, int | None]]) -> None:
    assert spots(judge(exchange)) == places


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(twilio_answer(401, None, ""), Verdict.CONFIRMED, id="twilio-without-a-code"),
        pytest.param(
            Response(status=401, headers=(), body=b'{"code":20003}'), Verdict.CONFIRMED, id="a-code-without-a-mark"
        ),
        pytest.param(Response(status=401, headers=()), Verdict.LIKELY, id="nobody-known"),
    ],
)
def test_whose_answer_confirms_it(answer: Response, expected: Verdict) -> None:
    found = judge(refused(None, path=MESSAGES % b"None", answer=answer))
    assert isinstance(found, Stands)
    assert found.verdict is expected


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    found = judge(accepted(basic(b"", b"")), refused(basic(b"", b""), at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
