"""How much a fault of form can explain: the answer, earlier exchanges and masks weigh against it."""

from dataclasses import replace
from typing import Any

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TEXT_REFUSED, TOKEN, accepted, basic, refused
from analyzers.building_tokens import oauth_token
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.flaws import Fault, Flaw
from analyzers.header_form import (
    first_fault,
    first_value,
    is_control,
    is_masked,
    is_readable,
    let_client_build,
    spot,
    unseen,
    weighed,
)
from analyzers.registry import RULES

FOUND = Stands(Verdict.CONFIRMED, "a fault", fix=("mend it",))
SIGNED = ((b"Twilio-Client-Validation", b"eyJ.eyJ.sig"),)
WRAPPED = GOOD[:66] + b"\n" + GOOD[66:]
JWT = oauth_token()
CODE_ALONE = Response(status=401, headers=(), body=b'{"code":20003,"message":"Authenticate"}')


def weigh(exchange: Exchange, *, in_the_way: bool = False) -> Verdict | type[Outcome]:
    outcome = weighed(case_of(exchange), FOUND, "look", in_the_way=in_the_way)
    if not isinstance(outcome, Stands):
        return type(outcome)
    assert (outcome.settle is None) == (outcome.verdict is Verdict.CONFIRMED)
    return outcome.verdict


def other(status: int) -> Response:
    return Response(status=status, headers=((b"Server", b"squid"),))


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(WRAPPED), Verdict.CONFIRMED, id="authenticate"),
        pytest.param(refused(WRAPPED, message="Authentication Error - new"), Verdict.CONFIRMED, id="a-new-variant"),
        pytest.param(refused(WRAPPED, message="Invalid Authorization header"), Verdict.CONFIRMED, id="the-header"),
        pytest.param(refused(WRAPPED, message="Not in your plan"), Verdict.LIKELY, id="another-matter"),
        pytest.param(refused(WRAPPED, message="Policy evaluation failed"), RuledOut, id="policy"),
        pytest.param(refused(WRAPPED, code=20005, status=403), RuledOut, id="account-inactive"),
        pytest.param(refused(WRAPPED, code=None), Verdict.CONFIRMED, id="twilio-without-a-code"),
        pytest.param(refused(WRAPPED, code=None, status=404), Verdict.POSSIBLE, id="not-found-without-a-code"),
        pytest.param(refused(WRAPPED, code=20004, status=405), Verdict.LIKELY, id="method-not-allowed"),
        pytest.param(refused(WRAPPED, answer=CODE_ALONE), Verdict.CONFIRMED, id="a-code-and-no-header-of-twilio"),
        pytest.param(refused(WRAPPED, code=20403, status=403), Verdict.LIKELY, id="forbidden"),
        pytest.param(refused(WRAPPED, code=20101), Verdict.LIKELY, id="token-error-for-a-pair"),
        pytest.param(refused(b"Bearer x\n", code=20101), Verdict.CONFIRMED, id="token-error-for-a-token"),
        pytest.param(refused(b"Bearer x", code=20101), Verdict.CONFIRMED, id="token-error-for-a-whole-token"),
        pytest.param(refused(b"Basic " + JWT, code=20101), Verdict.CONFIRMED, id="token-error-for-basic-with-one"),
        pytest.param(refused(b"Basic x", code=20101), Verdict.LIKELY, id="token-error-for-nonsense"),
        pytest.param(refused(b"Bearer x\n", code=20151), Verdict.CONFIRMED, id="newer-error-of-a-token"),
        pytest.param(refused(WRAPPED, code=20151), Verdict.LIKELY, id="newer-error-of-a-token-for-a-pair"),
        pytest.param(refused(b"Bearer x\n", code=20151, extra=SIGNED), Verdict.LIKELY, id="error-of-a-signed-request"),
        pytest.param(refused(b"Bearer x\n", code=20101, extra=SIGNED), Verdict.CONFIRMED, id="signed-and-a-token"),
        pytest.param(refused(b"Bearer x\n", message="Something new"), Verdict.CONFIRMED, id="any-text-for-a-token"),
        pytest.param(refused(WRAPPED, code=20404, status=404), Verdict.POSSIBLE, id="not-found"),
        pytest.param(refused(WRAPPED, code=21470, status=400), Verdict.POSSIBLE, id="bad-account"),
        pytest.param(refused(WRAPPED, answer=other(401)), Verdict.LIKELY, id="another-401"),
        pytest.param(refused(WRAPPED, answer=other(403)), Verdict.LIKELY, id="another-403"),
        pytest.param(refused(WRAPPED, answer=other(404)), Verdict.POSSIBLE, id="another-404"),
        pytest.param(refused(WRAPPED, answer=other(407)), Verdict.POSSIBLE, id="proxy"),
        pytest.param(refused(WRAPPED, answer=other(400)), Verdict.POSSIBLE, id="another-400"),
        pytest.param(refused(WRAPPED, extra=((b"Authorization", GOOD),)), Verdict.LIKELY, id="two-headers"),
        pytest.param(replace(refused(WRAPPED), response=None), Unknown, id="no-answer"),
    ],
)
def test_the_answer_limits_the_verdict(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    assert weigh(exchange) is expected


def test_a_pair_that_was_read_leaves_no_room_for_its_form() -> None:
    case = case_of(refused(GOOD, message="Policy evaluation failed"))
    assert case.vouched
    assert weighed(case, FOUND, "look") == RuledOut(case.vouched)


@pytest.mark.parametrize(("in_the_way", "expected"), [(True, Verdict.CONFIRMED), (False, Verdict.LIKELY)])
def test_what_makes_a_proxy_refuse_the_head(in_the_way: bool, expected: Verdict) -> None:
    assert weigh(replace(refused(WRAPPED), response=None, refused_by_proxy=True), in_the_way=in_the_way) is expected


def test_what_makes_the_edge_refuse_the_head() -> None:
    assert weigh(refused(WRAPPED, answer=other(400)), in_the_way=True) is Verdict.CONFIRMED


@pytest.mark.parametrize(
    "value",
    [
        b"REDACTED",
        b"[REDACTED]",
        b"<redacted>",
        b"(removed)",
        b"***",
        b"Basic ********",
        b"Basic xxxxxxxx",
        b"Bearer [Filtered]",
        "Basic \u2022\u2022\u2022\u2022".encode(),
        "Bearer \u2026\u2026\u2026".encode(),
    ],
)
def test_a_value_that_was_written_over_proves_nothing(value: bytes) -> None:
    assert weigh(refused(value)) is Unknown
    for result in diagnose_all([refused(value)], b"key"):
        assert result.diagnosis is not None
        assert Verdict.CONFIRMED not in {finding.verdict for finding in result.diagnosis.findings}


@pytest.mark.parametrize("value", [b"Basic x", b"Basic xx", b"Basic " + b"*" * 101, b"Basic removed:secret"])
def test_what_only_looks_written_over(value: bytes) -> None:
    assert weigh(refused(value)) is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        pytest.param(b"*" * 100, True, id="as-long-as-any-credential-is-written-over"),
        pytest.param(b"*" * 101, False, id="longer"),
        pytest.param(b" \tbearer \t***\r\n", True, id="blanks"),
        pytest.param(b"BASIC ***", True, id="capitals"),
        pytest.param(b"Digest ***", False, id="another-scheme"),
        pytest.param(b"Basic Basic ***", False, id="scheme-twice"),
        pytest.param(b"Basic", False, id="scheme-alone"),
        pytest.param(b"Basic***", False, id="scheme-glued"),
        pytest.param(b"**", False, id="two-characters"),
        pytest.param(b'Basic "<hidden>"', True, id="in-marks"),
        pytest.param(b"hidden token", False, id="two-words"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_masks(value: bytes, masked: bool) -> None:
    assert is_masked(value) is masked


@pytest.mark.parametrize(
    ("value", "readable"),
    [
        pytest.param(GOOD, True, id="good"),
        pytest.param(WRAPPED, True, id="wrapped"),
        pytest.param(b"Basic " + GOOD[:-2], True, id="two-flaws"),
        pytest.param(GOOD + b"=", False, id="padding-wrong"),
        pytest.param(b"Basic " + GOOD + b"=", False, id="one-flaw-of-two"),
        pytest.param(b"Basic " + JWT, False, id="a-token-in-basic"),
        pytest.param(b"Bearer " + JWT, False, id="bearer"),
        pytest.param(b"Digest x", False, id="another-scheme"),
        pytest.param(None, False, id="none"),
    ],
)
def test_through_which_flaws_a_pair_is_read_for_certain(value: bytes | None, readable: bool) -> None:
    assert is_readable(case_of(refused(value))) is readable


@pytest.mark.parametrize(
    ("offset", "control"),
    [(3, False), (4, True), (5, False), (6, True), (7, False), (8, False), (99, False)],
    ids=["letter-before", "line-feed", "tab", "delete", "letter", "the-end", "behind-it"],
)
def test_control_characters(offset: int, control: bool) -> None:
    assert is_control(case_of(refused(b"Abcd\n\t\x7fz")), Fault(Flaw.JUNK, offset, offset + 2)) is control


def test_a_fault_is_evidence_at_its_place() -> None:
    fault = Fault(Flaw.JUNK, 3, 5, "a semicolon")
    assert spot(fault) == Evidence(AUTHORIZATION, "a semicolon", start=3, end=5)
    assert spot(fault, "more") == Evidence(AUTHORIZATION, "more", start=3, end=5)


def test_servers_look_at_the_first_value() -> None:
    exchange = refused(WRAPPED, extra=((b"authorization", GOOD[:-2]),))
    assert first_value(case_of(exchange)) == WRAPPED
    found = first_fault(case_of(exchange), Flaw.PADDING_MISSING, Flaw.LINE_BREAK)
    assert found is not None
    assert (found.flaw, found.start) == (Flaw.LINE_BREAK, 66)
    assert first_fault(case_of(exchange), Flaw.PADDING_MISSING) is None


def test_without_a_header_there_is_neither_value_nor_fault() -> None:
    assert first_value(case_of(refused(None))) == b""
    assert first_fault(case_of(refused(None)), *Flaw) is None


def verdicts(*exchanges: Exchange) -> dict[str, Verdict]:
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    return {finding.cause: finding.verdict for finding in diagnosis.findings}


@pytest.mark.parametrize("good", [GOOD, GOOD[:-2]], ids=["well-formed", "with-another-flaw"])
def test_a_pair_accepted_in_another_form_leaves_no_doubt(good: bytes) -> None:
    assert verdicts(refused(WRAPPED, at=1))["base64-line-wrapped"] is Verdict.CONFIRMED
    assert verdicts(accepted(good), refused(WRAPPED, at=1))["base64-line-wrapped"] is Verdict.CONFIRMED
    found = diagnose_all([refused(WRAPPED), accepted(good, at=1)], b"key")[0].diagnosis
    assert found is not None
    assert found.findings[0].verdict is Verdict.CONFIRMED


def test_a_pair_accepted_in_this_form_leaves_its_form_in_doubt() -> None:
    assert verdicts(accepted(GOOD[:-2]), refused(GOOD[:-2], at=1))["base64-alphabet"] is Verdict.LIKELY
    assert verdicts(accepted(WRAPPED), refused(WRAPPED, at=1))["base64-line-wrapped"] is Verdict.LIKELY


def test_two_headers_of_which_the_first_was_accepted_alone() -> None:
    """Or with the second one: then that one is no reason."""
    second = ((b"Authorization", basic(SID, TOKEN[::-1])),)
    assert verdicts(refused(GOOD, extra=second, at=1))["authorization-repeated"] is Verdict.CONFIRMED
    assert verdicts(accepted(GOOD), refused(GOOD, extra=second, at=1))["authorization-repeated"] is Verdict.LIKELY


@pytest.mark.parametrize("password", [TOKEN + b"\xc2\xa0", TOKEN + b"%0A"])
def test_bytes_accepted_before_are_no_fault(password: bytes) -> None:
    value = basic(SID, password)
    found = verdicts(accepted(value), refused(value, at=1, message=TEXT_REFUSED))
    assert not found.keys() & {"charset-not-ascii", "percent-encoded-credentials"}


@pytest.mark.parametrize(
    ("fidelity", "expected"), [(Fidelity.FULL, RuledOut), (Fidelity.DOUBTFUL, Unknown), (Fidelity.SANITIZED, Unknown)]
)
def test_no_header_to_look_at(fidelity: Fidelity, expected: type[Outcome]) -> None:
    assert type(unseen(case_of(refused(None, fidelity=fidelity)))) is expected
    assert unseen(case_of(refused(GOOD, fidelity=fidelity))) is None


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (b"python-requests/2.32.0", "let python-requests build the header: requests.post("),
        (b"", "let your HTTP client build the header: username = "),
    ],
)
def test_the_client_builds_a_better_header(agent: bytes, says: str) -> None:
    assert says in let_client_build(case_of(refused(agent=agent)))


def test_a_flaw_that_twilio_has_overlooked_before_is_only_likely() -> None:
    unpadded = basic(SID, TOKEN).rstrip(b"=")
    rotated = basic(SID, TOKEN[::-1]).rstrip(b"=")
    first = diagnose_all([refused(rotated)], b"key")[-1].diagnosis
    later = diagnose_all([accepted(unpadded), refused(rotated, at=1.0)], b"key")[-1].diagnosis
    assert first is not None
    assert later is not None
    assert ("base64-alphabet", Verdict.CONFIRMED) in [(f.cause, f.verdict) for f in first.findings]
    assert ("base64-alphabet", Verdict.LIKELY) in [(f.cause, f.verdict) for f in later.findings]


# --- the two halves ---

HALVES = {
    "halves-swapped": basic(TOKEN, SID),
    "half-empty": basic(SID, b""),
    "unset-credentials": basic(b"", b""),
    "placeholder-value": basic(b"AC" + b"X" * 32, b"your_auth_token"),
    "stray-characters": basic(SID, TOKEN + b"\n"),
    "wrong-kind-of-sid": basic(b"MG" + SID[2:], TOKEN),
    "sid-as-password": basic(SID, SID),
    "sid-misshapen": basic(SID[:-1], TOKEN),
    "username-not-a-sid": basic(b"billing", TOKEN),
}
CHECKS = {rule.slug: rule.check for rule in RULES}
each_half = pytest.mark.parametrize(("slug", "value"), HALVES.items(), ids=HALVES)
XML = (
    b"<TwilioResponse><RestException><Code>20003</Code><Message>Authenticate</Message><Status>401</Status>"
    b"</RestException></TwilioResponse>"
)
PROBLEM = b'{"type":"https://www.twilio.com/docs/errors/20003","title":"Unauthorized","status":401,"code":20003}'


def judge_half(slug: str, exchange: Exchange) -> Verdict | type[Outcome]:
    outcome = CHECKS[slug](case_of(exchange))
    if not isinstance(outcome, Stands):
        return type(outcome)
    assert (outcome.settle is None) == (outcome.verdict is Verdict.CONFIRMED)
    return outcome.verdict


@each_half
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="json"),
        pytest.param({"answer": Response(status=401, headers=(), body=XML)}, id="xml"),
        pytest.param({"answer": Response(status=401, headers=(), body=PROBLEM)}, id="problem-document"),
        pytest.param({"answer": Response(status=401, headers=((b"X-Twilio-Error-Code", b"20003"),))}, id="no-body"),
        pytest.param({"host": "verify.twilio.com", "path": b"/v2/Services", "method": "GET"}, id="product-host"),
        pytest.param({"message": "Authentication Error - invalid username"}, id="invalid-username"),
        pytest.param({"status": 404, "code": 20404, "message": "was not found"}, id="not-found"),
        pytest.param({"status": 404, "code": 20409, "message": "was not found"}, id="not-found-with-another-code"),
        pytest.param({"status": 400, "code": 21470, "message": "AccountSid is invalid"}, id="invalid-account"),
    ],
)
def test_a_fault_of_a_half_is_proven(slug: str, value: bytes, options: dict[str, Any]) -> None:
    assert judge_half(slug, refused(value, **options)) is Verdict.CONFIRMED


@each_half
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"extra": ((b"authorization", GOOD),)}, id="second-header"),
        pytest.param({"answer": other(401)}, id="another-401"),
        pytest.param({"answer": other(407)}, id="proxy"),
        pytest.param({"status": 403, "code": 70051, "message": "Authorization Failed"}, id="another-code"),
        pytest.param({"status": 405, "code": 20004, "message": "Method not allowed"}, id="method-not-allowed"),
        pytest.param({"message": "Not in your plan"}, id="another-text"),
    ],
)
def test_a_fault_of_a_half_with_another_reading(slug: str, value: bytes, options: dict[str, Any]) -> None:
    assert judge_half(slug, refused(value, **options)) is Verdict.LIKELY


@each_half
def test_a_fault_of_a_half_that_twilio_never_judged(slug: str, value: bytes) -> None:
    assert judge_half(slug, replace(refused(value), response=None)) is Verdict.LIKELY


@each_half
def test_a_fault_of_a_half_in_a_joined_value(slug: str, value: bytes) -> None:
    found = judge_half(slug, refused(value + b", " + GOOD))
    assert found in {Verdict.LIKELY, Unknown}


@each_half
@pytest.mark.parametrize("message", ["Policy evaluation failed", "Please upgrade your account to gain access."])
def test_no_fault_of_a_half_where_the_pair_was_read(slug: str, value: bytes, message: str) -> None:
    assert judge_half(slug, refused(value, message=message)) is RuledOut


@each_half
def test_a_text_about_no_credentials_and_a_pair(slug: str, value: bytes) -> None:
    void = slug in {"half-empty", "unset-credentials"}
    found = judge_half(slug, refused(value, message="Authentication Error - No credentials provided"))
    assert found is (Verdict.CONFIRMED if void else Verdict.LIKELY)


@pytest.mark.parametrize(
    ("slug", "value", "expected"),
    [
        ("halves-swapped", HALVES["halves-swapped"], Verdict.CONFIRMED),
        ("half-empty", HALVES["half-empty"], Verdict.CONFIRMED),
        ("half-empty", basic(b"billing", b""), Verdict.LIKELY),
        ("unset-credentials", HALVES["unset-credentials"], Verdict.LIKELY),
        ("placeholder-value", basic(b"changeme", b"changeme"), Verdict.LIKELY),
    ],
)
def test_what_was_sent_to_a_gateway_may_be_its_own(slug: str, value: bytes, expected: Verdict) -> None:
    assert judge_half(slug, refused(value, host="gw.example")) is expected


@pytest.mark.parametrize(("slug", "value"), [("half-empty", basic(SID, b"")), ("unset-credentials", basic(b"", b""))])
def test_an_export_may_have_emptied_a_half(slug: str, value: bytes) -> None:
    assert judge_half(slug, refused(value, fidelity=Fidelity.SANITIZED)) is Unknown
    assert judge_half(slug, refused(value, fidelity=Fidelity.DOUBTFUL)) is Verdict.CONFIRMED
    void = basic(SID if slug == "half-empty" else b"None", b"None")
    assert judge_half(slug, refused(void, fidelity=Fidelity.SANITIZED)) is Verdict.CONFIRMED


# --- the account in the path ---

PATHS = {"path-account-missing": MESSAGES % b"None", "key-sid-as-account": MESSAGES % KEY}


@pytest.mark.parametrize(("slug", "path"), PATHS.items(), ids=PATHS)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, Verdict.CONFIRMED, id="refused"),
        pytest.param({"status": 404, "code": 20404}, Verdict.CONFIRMED, id="not-found"),
        pytest.param({"status": 404, "code": 20409}, Verdict.CONFIRMED, id="not-found-with-another-code"),
        pytest.param({"status": 405, "code": 20004}, Verdict.LIKELY, id="method-not-allowed"),
        pytest.param({"status": 400, "code": 21470}, Verdict.CONFIRMED, id="invalid-account"),
        pytest.param({"answer": Response(status=401, headers=(), body=XML)}, Verdict.CONFIRMED, id="xml"),
        pytest.param({"status": 403, "code": 70051}, Verdict.LIKELY, id="another-code"),
        pytest.param({"host": "gw.example"}, Verdict.LIKELY, id="gateway"),
        pytest.param({"answer": other(401)}, Verdict.LIKELY, id="another-401"),
        pytest.param({"message": "Policy evaluation failed"}, Verdict.LIKELY, id="gate"),
        pytest.param({"status": 403, "code": 20008}, Verdict.LIKELY, id="test-credentials"),
    ],
)
def test_a_fault_of_the_path(slug: str, path: bytes, options: dict[str, Any], expected: Verdict) -> None:
    assert judge_half(slug, refused(basic(KEY, KEY_SECRET), path=path, **options)) is expected


@pytest.mark.parametrize(("slug", "path"), PATHS.items(), ids=PATHS)
def test_a_fault_of_the_path_that_twilio_never_saw(slug: str, path: bytes) -> None:
    assert judge_half(slug, replace(refused(GOOD, path=path), response=None)) is Verdict.LIKELY


@pytest.mark.parametrize(
    ("exchange", "settle"),
    [
        pytest.param(refused(basic(SID, b""), extra=((b"authorization", GOOD),)), "one Authorization value", id="two"),
        pytest.param(refused(basic(b"", b""), host="gw.example"), "capture between", id="gateway"),
        pytest.param(refused(basic(SID, b""), status=403, code=70051), "mend this first", id="another-code"),
    ],
)
def test_what_would_settle_a_fault_of_a_half_fits_the_doubt(exchange: Exchange, settle: str) -> None:
    slug = "unset-credentials" if exchange.request.host == "gw.example" else "half-empty"
    found = CHECKS[slug](case_of(exchange))
    assert isinstance(found, Stands)
    assert found.settle is not None
    assert settle in found.settle


@pytest.mark.parametrize(
    ("exchange", "settle"),
    [
        pytest.param(refused(WRAPPED, extra=((b"authorization", GOOD),)), "one Authorization value", id="two"),
        pytest.param(refused(basic(b"shop", b"x") + b"=", host="gw.example"), "capture between", id="gateway"),
        pytest.param(refused(WRAPPED, status=403, code=70051), "look", id="another-code"),
    ],
)
def test_what_would_settle_a_fault_of_form_fits_the_doubt(exchange: Exchange, settle: str) -> None:
    found = weighed(case_of(exchange), FOUND, "look")
    assert isinstance(found, Stands)
    assert found.settle is not None
    assert settle in found.settle
