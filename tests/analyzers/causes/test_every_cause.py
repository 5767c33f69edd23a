"""What holds for every cause: its name, its page, its samples, its silence about secrets; and that none ever raises."""

import base64
import importlib
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import causes
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
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of, is_refusal
from analyzers.diagnosis import Diagnosis, diagnose
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.expected import Expected
from analyzers.findings import Verdict
from analyzers.registry import RULES
from analyzers.rules import Rule

FOLDER = Path(causes.__file__).parent
STEMS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
SLUGS = [rule.slug for rule in RULES]
HEADINGS = ("What it does:", "Why it fails:", "Cannot see:", "Fix:", "Source:")
SURE = {Verdict.CONFIRMED, Verdict.LIKELY}
LONGEST_SENTENCE = 150

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.slug for rule in RULES])


def module_of(rule: Rule) -> ModuleType:
    return importlib.import_module(f"analyzers.causes.{rule.slug.replace('-', '_')}")


def diagnoses(exchanges: tuple[Exchange, ...], expected: tuple[Expected, ...] = ()) -> list[Diagnosis]:
    """Every diagnosis of a capture, those included that a later exchange corrected."""
    capture = Capture(b"key", expected=expected)
    results = [capture.add(exchange) for exchange in exchanges]
    corrected = [correction.now for result in results for correction in result.corrections]
    return [result.diagnosis for result in results if result.diagnosis is not None] + corrected


def verdict_of(diagnosis: Diagnosis, slug: str) -> Verdict | None:
    return next((finding.verdict for finding in diagnosis.findings if finding.cause == slug), None)


# --- names and pages ---


def test_the_folder_and_the_registry_agree() -> None:
    assert sorted(rule.slug.replace("-", "_") for rule in RULES) == STEMS


def test_no_slug_and_no_title_stands_twice() -> None:
    titles = [rule.title for rule in RULES]
    assert len(set(SLUGS)) == len(SLUGS)
    assert len(set(titles)) == len(titles)


@each_rule
def test_the_slug_is_the_name_of_its_file(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.slug)
    assert module_of(rule).RULE is rule


@each_rule
def test_title_and_settle_are_written(rule: Rule) -> None:
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.settle


@each_rule
def test_it_explains_only_causes_that_exist_and_not_itself(rule: Rule) -> None:
    assert rule.explains <= set(SLUGS) - {rule.slug}


@each_rule
def test_its_page_has_every_heading_with_a_text(rule: Rule) -> None:
    assert rule.page == module_of(rule).__doc__
    places = [rule.page.find(heading) for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    ends = [*places[1:], len(rule.page)]
    for heading, start, end in zip(HEADINGS, places, ends, strict=True):
        text = rule.page[start + len(heading) : end].strip()
        assert len(text) > 20, heading
        assert "to be written" not in text, heading


# --- samples ---


@each_rule
def test_its_hit_is_diagnosed(rule: Rule) -> None:
    found = [verdict_of(each, rule.slug) for each in diagnoses(rule.hit(), rule.expected)]
    assert SURE & set(found)


@each_rule
def test_its_miss_is_not_accused(rule: Rule) -> None:
    for each in diagnoses(rule.miss(), rule.expected):
        assert verdict_of(each, rule.slug) not in SURE


@each_rule
def test_hit_and_miss_differ(rule: Rule) -> None:
    assert rule.hit() != rule.miss()


@each_rule
def test_nothing_crashes_on_the_samples(rule: Rule) -> None:
    for each in (*diagnoses(rule.hit(), rule.expected), *diagnoses(rule.miss(), rule.expected)):
        assert each.crashed == ()


@each_rule
def test_a_request_that_worked_is_never_diagnosed(rule: Rule) -> None:
    for exchange in (*rule.hit(), *rule.miss()):
        for status in (200, 201, 204, 206, 302):
            worked = replace(exchange, response=twilio_answer(status, None, ""), refused_by_proxy=False)
            assert not is_refusal(case_of(worked))
            assert diagnoses((worked,)) == []


@each_rule
def test_what_it_says_is_plain(rule: Rule) -> None:
    for diagnosis in diagnoses(rule.hit(), rule.expected):
        for finding in diagnosis.findings:
            if finding.cause != rule.slug:
                continue
            assert 0 < len(finding.says) <= LONGEST_SENTENCE
            assert not finding.says.endswith(".")
            assert finding.says.isprintable()
            assert all(evidence.says for evidence in finding.evidence)
            assert (finding.settle is None) == (finding.verdict is Verdict.CONFIRMED)


@each_rule
def test_judging_twice_gives_the_same(rule: Rule) -> None:
    assert diagnoses(rule.hit(), rule.expected) == diagnoses(rule.hit(), rule.expected)


# --- secrets ---

SECRETS = (
    TOKEN,
    KEY_SECRET,
    *(base64.b64encode(u + b":" + p) for u in (SID, KEY, OTHER_SID) for p in (TOKEN, KEY_SECRET)),
)


def pieces(secret: bytes) -> set[str]:
    text = secret.decode("latin-1")
    return {text[at : at + 5] for at in range(len(text) - 4)}


CANARIES = frozenset().union(*map(pieces, SECRETS))


@each_rule
def test_no_sample_shows_a_secret(rule: Rule) -> None:
    for diagnosis in (*diagnoses(rule.hit(), rule.expected), *diagnoses(rule.miss(), rule.expected)):
        shown = repr(diagnosis)
        leaked = [at for at in range(len(shown) - 4) if shown[at : at + 5] in CANARIES]
        assert not leaked, f"a secret is shown at {leaked[:3]}"


@each_rule
def test_no_sample_shows_base64_from_the_wire(rule: Rule) -> None:
    for exchanges in (rule.hit(), rule.miss()):
        tokens = {
            run
            for exchange in exchanges
            for value in exchange.request.values(b"authorization")
            for run in re.findall(rb"[A-Za-z0-9+/]{40,}", value)
        }
        for diagnosis in diagnoses(exchanges, rule.expected):
            shown = repr(diagnosis)
            assert not any(piece in shown for token in tokens for piece in pieces(token))


# --- any exchange ---

VALUES = (
    GOOD,
    basic(KEY, KEY_SECRET),
    basic(b"", b""),
    basic(TOKEN, SID),
    basic(SID, TOKEN + b"\n"),
    b"Basic " + GOOD,
    GOOD[:66] + b"\n" + GOOD[66:],
    GOOD[:-7],
    GOOD[:-2],
    b"Basic " + SID + b":" + TOKEN,
    b"Bearer " + TOKEN,
    b"Bearer eyJhbGciOiJIUzI1NiIsImN0eSI6InR3aWxpby1mcGE7dj0xIn0.eyJleHAiOjF9.eA",
    b"Token x",
    b"",
)
MESSAGES_OF_TWILIO = (
    None,
    "",
    "Authenticate",
    "Authentication Error - invalid username",
    "This feature is not available on a Trial account. Please upgrade your account to gain access.",
    "Policy evaluation failed",
    "something new",
)
NAMES = (b"Authorisation", b"authorization ", b"Proxy-Authorization", b"X-Authorization", b"Origin", b"\xff", b"")
TARGETS = (
    MESSAGES % SID,
    MESSAGES % KEY,
    MESSAGES % b"",
    b"/2010-04-01/Accounts/None/Messages.json",
    b"/v1/Services?PageSize=1",
    b"/",
    b"//",
    b"\xff?%",
)


@st.composite
def values(draw: st.DrawFn) -> bytes | None:
    value = draw(st.sampled_from((*VALUES, None)))
    if value is None or draw(st.booleans()):
        return value
    at, end = sorted((draw(st.integers(0, len(value))), draw(st.integers(0, len(value)))))
    return value[:at] + draw(st.binary(max_size=6)) + value[end:]


@st.composite
def answers(draw: st.DrawFn) -> Response | None:
    status = draw(st.sampled_from((200, 302, 400, 401, 401, 401, 403, 404, 407, 500)))
    if draw(st.integers(0, 5)) == 0:
        return None
    if draw(st.integers(0, 5)) == 0:
        return Response(
            status=status, headers=((b"Server", draw(st.binary(max_size=9))),), body=draw(st.binary(max_size=40))
        )
    code = draw(st.sampled_from((20003, 20003, 20003, None, 20005, 20008, 20101, 20404, 20403, 21470, 70051)))
    return twilio_answer(status, code, draw(st.sampled_from(MESSAGES_OF_TWILIO)) or "Authenticate")


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    extra = draw(st.lists(st.tuples(st.sampled_from((*NAMES, b"Authorization")), st.sampled_from(VALUES)), max_size=2))
    made = refused(
        draw(values()),
        path=draw(st.sampled_from(TARGETS) | st.binary(max_size=40)),
        method=draw(st.sampled_from(("GET", "POST", "OPTIONS", "", "\u20ac"))),
        host=draw(st.sampled_from(("api.twilio.com", "api.ie1.twilio.com", "oauth.twilio.com", "example.com", ""))),
        scheme=draw(st.sampled_from(("http", "https"))),
        agent=draw(st.sampled_from((b"curl/8.5", b"twilio-python/9.8.0", b"Ruby", b"")) | st.binary(max_size=20)),
        extra=tuple(extra),
        body=draw(st.binary(max_size=40)),
        at=draw(st.floats(0, 100)),
        fidelity=draw(st.sampled_from(Fidelity)),
    )
    return replace(made, response=draw(answers()), refused_by_proxy=draw(st.booleans()))


def accounted(diagnosis: Diagnosis) -> list[str]:
    """Every slug that a diagnosis speaks of."""
    return sorted(
        [finding.cause for finding in diagnosis.findings]
        + [slug for slug, _ in diagnosis.ruled_out]
        + [slug for slug, _ in diagnosis.unknown]
    )


@settings(max_examples=300)
@given(st.lists(exchanges(), min_size=1, max_size=3))
def test_no_exchange_makes_a_check_raise(made: list[Exchange]) -> None:
    for result in diagnose_all(made, b"key"):
        if result.diagnosis is not None:
            assert result.diagnosis.crashed == ()
            assert accounted(result.diagnosis) == sorted(SLUGS)


@settings(max_examples=300)
@given(exchanges())
def test_what_is_no_refusal_may_be_judged_too(exchange: Exchange) -> None:
    case = case_of(exchange)
    assert diagnose(case, RULES).crashed == ()


@settings(max_examples=300)
@given(exchanges())
def test_no_success_is_a_refusal(exchange: Exchange) -> None:
    response = exchange.response
    if response is not None and response.status < 400:
        assert not is_refusal(case_of(exchange))


@each_rule
def test_every_diagnosis_accounts_for_every_cause_once(rule: Rule) -> None:
    for each in (*diagnoses(rule.hit(), rule.expected), *diagnoses(rule.miss(), rule.expected)):
        assert accounted(each) == sorted(SLUGS)


def test_the_last_word_on_a_redirected_request_is_one_diagnosis() -> None:
    target = b"https://api.twilio.com" + MESSAGES % SID
    found = diagnose_all([redirected(GOOD, target), refused(None, at=0.2), accepted(GOOD, at=0.4)], b"key")
    assert [result.diagnosis is not None for result in found] == [False, True, False]
