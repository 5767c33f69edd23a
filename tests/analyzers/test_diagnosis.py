"""Ranking, nesting, the residual cause, crashes; and that every cause is accounted for once, without a secret."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from analyzers.advice import Advice
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, REQUEST_ID, SID, TIME, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import Case, case_of
from analyzers.contract import diagnosis_json
from analyzers.diagnosis import Diagnosis, changed, diagnose, diagnose_each, rank, view
from analyzers.exchange import Exchange
from analyzers.findings import AUTHORIZATION, PASSWORD, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.registry import RULES
from analyzers.rules import Rule

CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
SLUGS = [rule.slug for rule in RULES]


def rule(
    slug: str, *explains: str, residual: bool = False, benign: bool = False, outcome: Outcome | None = None
) -> Rule:
    def check(case: Case) -> Outcome:
        return outcome if outcome is not None else Unknown()

    return Rule(
        slug=slug,
        title=slug,
        check=check,
        page="",
        settle=f"settle {slug}",
        hit=tuple,
        miss=tuple,
        explains=frozenset(explains),
        residual=residual,
        benign=benign,
    )


def stands(verdict: Verdict) -> Stands:
    return Stands(verdict, "says")


def ranked(*standing: tuple[Rule, Verdict]) -> list[tuple[str, str, str | None]]:
    found = rank([(one, stands(verdict)) for one, verdict in standing])
    return [(finding.cause, finding.verdict.value, finding.nested_under) for finding in found]


def test_surest_first_then_the_order_of_fixing() -> None:
    assert ranked((rule("a"), POSSIBLE), (rule("b"), LIKELY), (rule("c"), CONFIRMED), (rule("d"), CONFIRMED)) == [
        ("c", "confirmed", None),
        ("d", "confirmed", None),
        ("b", "likely", None),
        ("a", "possible", None),
    ]


def test_consequence_is_nested_even_when_it_is_surer() -> None:
    assert ranked((rule("b"), CONFIRMED), (rule("a", "b"), LIKELY), (rule("c"), LIKELY)) == [
        ("a", "likely", None),
        ("b", "confirmed", "a"),
        ("c", "likely", None),
    ]


def test_mere_possibility_explains_nothing() -> None:
    assert ranked((rule("b"), LIKELY), (rule("a", "b"), POSSIBLE)) == [("b", "likely", None), ("a", "possible", None)]


def test_consequence_of_a_consequence_hangs_on_the_root() -> None:
    assert ranked((rule("c"), CONFIRMED), (rule("b", "c"), CONFIRMED), (rule("a", "b"), CONFIRMED)) == [
        ("a", "confirmed", None),
        ("c", "confirmed", "a"),
        ("b", "confirmed", "a"),
    ]


def test_the_surer_of_two_causes_explains() -> None:
    found = ranked((rule("a", "x"), LIKELY), (rule("b", "x"), CONFIRMED), (rule("x"), CONFIRMED))
    assert ("x", "confirmed", "b") in found


def test_causes_that_explain_each_other_lose_nothing() -> None:
    found = ranked((rule("a", "b"), CONFIRMED), (rule("b", "a"), CONFIRMED), (rule("c"), CONFIRMED))
    assert {cause for cause, _, _ in found} >= {"c"}


def test_what_hangs_on_a_circle_ends() -> None:
    found = ranked((rule("a", "b", "x"), CONFIRMED), (rule("b", "a"), CONFIRMED), (rule("x"), CONFIRMED))
    assert all(nested is None for _, _, nested in found)


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.slug)
def test_no_cause_of_the_registry_explains_what_explains_it(one: Rule) -> None:
    """A circle would have no root, and all of it would go untold."""
    by_slug = {each.slug: each for each in RULES}
    reached: set[str] = set()
    waiting = [*one.explains]
    while waiting:
        slug = waiting.pop()
        if slug not in reached:
            reached.add(slug)
            waiting += by_slug[slug].explains
    assert one.slug not in reached


def test_residual_cause_alone_keeps_its_verdict() -> None:
    assert ranked((rule("r", residual=True), LIKELY)) == [("r", "likely", None)]
    assert ranked((rule("a"), POSSIBLE), (rule("r", residual=True), LIKELY))[0] == ("r", "likely", None)


@pytest.mark.parametrize("verdict", [CONFIRMED, LIKELY])
def test_residual_cause_steps_back(verdict: Verdict) -> None:
    found = ranked((rule("r", residual=True), LIKELY), (rule("a"), verdict))
    assert found == [("a", verdict.value, None), ("r", "possible", "a" if verdict is CONFIRMED else None)]


def test_residual_cause_that_is_sure_hides_nothing() -> None:
    assert ranked((rule("r", residual=True), CONFIRMED), (rule("a"), POSSIBLE)) == [
        ("r", "confirmed", None),
        ("a", "possible", None),
    ]


def test_benign_cause_leads() -> None:
    assert ranked((rule("a"), CONFIRMED), (rule("z", benign=True), CONFIRMED))[0] == ("z", "confirmed", None)


def test_a_finding_is_told_as_it_stands() -> None:
    told = Stands(LIKELY, "says", (Evidence(PASSWORD, "here", start=1, end=2),), ("first", "second"), "settle it")
    (found,) = rank([(rule("a"), told)])
    assert (found.says, found.evidence, found.fix, found.settle) == ("says", told.evidence, told.fix, "settle it")


def test_a_finding_that_steps_back_or_hangs_on_another_is_told_as_it_stands() -> None:
    parts = ("says", (Evidence(PASSWORD, "here", start=1, end=2),), ("first", "second"))
    residual = (rule("r", residual=True), Stands(LIKELY, *parts, "settle it"))
    consequence = (rule("b"), Stands(LIKELY, *parts, "settle it"))
    found = rank([residual, (rule("a", "b"), stands(CONFIRMED)), consequence])
    assert [(one.cause, one.verdict, one.nested_under) for one in found] == [
        ("a", CONFIRMED, None),
        ("b", LIKELY, "a"),
        ("r", POSSIBLE, "a"),
    ]
    assert [(one.says, one.evidence, one.fix, one.settle) for one in found[1:]] == [(*parts, "settle it")] * 2


def test_nothing_standing() -> None:
    assert rank([]) == ()


def test_crash_of_a_check_counts_as_unknown_and_is_named() -> None:
    def crash(case: Case) -> Outcome:
        raise ZeroDivisionError("f" * 32)

    broken = replace(rule("broken"), check=crash)
    sound = rule("sound", outcome=stands(CONFIRMED))
    diagnosis = diagnose(case_of(refused()), [broken, sound])
    assert diagnosis.crashed == (("broken", "ZeroDivisionError"),)
    assert diagnosis.unknown == (("broken", "settle broken"),)
    assert diagnosis.top is not None
    assert diagnosis.top.cause == "sound"
    assert "f" * 32 not in repr(diagnosis)


def test_verdicts_are_sorted_into_their_lists() -> None:
    rules = [
        rule("u"),
        rule("v", outcome=Unknown("other words")),
        rule("r", outcome=RuledOut("because")),
        rule("s", outcome=stands(LIKELY)),
    ]
    diagnosis = diagnose(case_of(refused()), rules, index=7)
    assert diagnosis.index == 7
    assert diagnosis.unknown == (("u", "settle u"), ("v", "other words"))
    assert diagnosis.ruled_out == (("r", "because"),)
    assert [finding.cause for finding in diagnosis.findings] == ["s"]


def test_without_a_finding_it_says_so() -> None:
    diagnosis = diagnose(case_of(refused()), [])
    assert diagnosis.top is None
    assert diagnosis.says == "Nothing in this capture shows why the request was refused"
    assert not diagnosis.benign


def test_benign_only_when_the_benign_cause_leads() -> None:
    benign = rule("z", benign=True, outcome=stands(CONFIRMED))
    assert diagnose(case_of(refused()), [benign, rule("a", outcome=stands(CONFIRMED))]).benign
    assert not diagnose(case_of(refused()), [replace(benign, check=rule("z").check)]).benign
    assert not diagnose(case_of(refused()), [rule("a", outcome=stands(CONFIRMED))]).benign
    explained = [rule("a", "z", outcome=stands(CONFIRMED)), benign]
    assert [finding.cause for finding in diagnose(case_of(refused()), explained).findings] == ["a", "z"]
    assert not diagnose(case_of(refused()), explained).benign


SAMPLES = [pytest.param(one.hit(), id=f"{one.slug}-hit") for one in RULES] + [
    pytest.param(one.miss(), id=f"{one.slug}-miss") for one in RULES
]


def diagnoses_of(exchanges: tuple[Exchange, ...]) -> list[Diagnosis]:
    return [result.diagnosis for result in diagnose_all(exchanges, b"key") if result.diagnosis is not None]


@pytest.mark.parametrize("exchanges", SAMPLES)
def test_every_cause_is_accounted_for_exactly_once(exchanges: tuple[Exchange, ...]) -> None:
    for diagnosis in diagnoses_of(exchanges):
        told = [finding.cause for finding in diagnosis.findings]
        told += [slug for slug, _ in diagnosis.ruled_out] + [slug for slug, _ in diagnosis.unknown]
        assert sorted(told) == sorted(SLUGS)
        assert not diagnosis.crashed
        assert all(because for _, because in diagnosis.ruled_out)
        assert all(settle for _, settle in diagnosis.unknown)


@pytest.mark.parametrize("exchanges", SAMPLES)
def test_lists_are_in_catalogue_order(exchanges: tuple[Exchange, ...]) -> None:
    for diagnosis in diagnoses_of(exchanges):
        for listed in (diagnosis.ruled_out, diagnosis.unknown):
            slugs = [slug for slug, _ in listed]
            assert slugs == sorted(slugs, key=SLUGS.index)


@pytest.mark.parametrize("exchanges", SAMPLES)
def test_no_five_characters_of_a_secret_are_told(exchanges: tuple[Exchange, ...]) -> None:
    for diagnosis in diagnoses_of(exchanges):
        told = json.dumps(diagnosis_json(diagnosis)) + repr(diagnosis)
        for secret in (TOKEN.decode(), KEY_SECRET.decode()):
            assert not [secret[i : i + 5] for i in range(len(secret) - 4) if secret[i : i + 5] in told]


Fault = Callable[[bytes, bytes], tuple[bytes, bytes]]
FAULTS: dict[str, Fault] = {
    "newline": lambda sid, secret: (sid, secret + b"\n"),
    "short-sid": lambda sid, secret: (sid[:-1], secret),
    "swapped": lambda sid, secret: (secret, sid),
    "empty": lambda sid, secret: (sid, b""),
    "placeholder": lambda sid, secret: (b"AC" + b"X" * 32, secret),
    "service": lambda sid, secret: (b"MG" + sid[2:], secret),
    "name": lambda sid, secret: (b"billing", secret),
    "twice": lambda sid, secret: (sid, sid),
}
PATHS = {"good": MESSAGES % SID, "none": MESSAGES % b"None", "key": MESSAGES % KEY, "empty": MESSAGES % b""}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize(("sid", "secret"), [(SID, TOKEN), (KEY, KEY_SECRET)], ids=["account", "key"])
def test_combined_faults_are_all_told_and_a_sure_one_leads(
    fault: Fault, path: bytes, sid: bytes, secret: bytes
) -> None:
    (diagnosis,) = diagnoses_of((refused(basic(*fault(sid, secret)), path=path),))
    confirmed = {finding.cause for finding in diagnosis.findings if finding.verdict is CONFIRMED}
    assert diagnosis.top is not None
    assert diagnosis.top.verdict is CONFIRMED
    assert ("path-account-missing" in confirmed) is (path != MESSAGES % SID)
    assert ("key-sid-as-account" in confirmed) is (path == MESSAGES % KEY)
    assert confirmed - {"path-account-missing", "key-sid-as-account"}
    assert not diagnosis.crashed


def test_good_pair_on_a_good_path_has_nothing_confirmed() -> None:
    for value in (GOOD, basic(KEY, KEY_SECRET), basic(SID, TOKEN * 2), basic(SID[:2] + SID[2:].upper(), TOKEN)):
        (diagnosis,) = diagnoses_of((refused(value),))
        assert all(finding.verdict is not CONFIRMED for finding in diagnosis.findings)


# --- several at once ---


def watching(slug: str, seen: list[tuple[str, str]]) -> Rule:
    """A rule that notes what it looks at, and stands, is ruled out, is unknown or raises by the method."""

    def check(case: Case) -> Outcome:
        method = case.exchange.request.method
        seen.append((slug, method))
        if method == "RAISE":
            raise ValueError(slug)
        outcomes: dict[str, Outcome] = {
            "STAND": Stands(CONFIRMED, f"says {slug}", (Evidence(AUTHORIZATION, "here", start=0, end=5),)),
            "OTHER": RuledOut(f"because {slug}"),
            "SETTLE": Unknown(f"settle {slug} so"),
        }
        return outcomes.get(method, Unknown())

    return replace(rule(slug), check=check)


METHODS = ("STAND", "RAISE", "OTHER", "SETTLE", "NONE", "RAISE", "STAND")


def block() -> list[tuple[Case, int, str]]:
    """Cases that differ in whatever is shown of a case, each with a place and a fingerprint."""
    made = [
        refused(basic(SID, TOKEN[number:]), method=method, path=b"/v1/%d" % number, at=number, scheme=scheme)
        for number, (method, scheme) in enumerate(zip(METHODS, ("http", "https") * 4, strict=False))
    ]
    made[4] = refused(None, method="NONE", scheme="http")
    return [(case_of(exchange), 10 * place, f"sec#{place}") for place, exchange in enumerate(made)]


def test_several_are_judged_check_by_check() -> None:
    """Each as if it were the only one, whatever a check does with another of them."""
    seen: list[tuple[str, str]] = []
    rules = [watching("a", seen), watching("b", seen)]
    found = diagnose_each(block(), rules)
    assert seen == [(slug, method) for slug in "ab" for method in METHODS]
    assert found == [diagnose(case, rules, index=index, fingerprint=name) for case, index, name in block()]

    assert [one.crashed for one in found] == [
        (("a", "ValueError"), ("b", "ValueError")) if method == "RAISE" else () for method in METHODS
    ]
    assert [[finding.cause for finding in one.findings] for one in found] == [["a", "b"], *[[]] * 5, ["a", "b"]]
    because = (("a", "because a"), ("b", "because b"))
    assert [one.ruled_out for one in found] == [(), (), because, (), (), (), ()]
    settle = (("a", "settle a"), ("b", "settle b"))
    told = (("a", "settle a so"), ("b", "settle b so"))
    assert [one.unknown for one in found] == [(), settle, (), told, settle, settle, ()]


def test_what_is_shown_of_several_is_not_mixed_up() -> None:
    found = diagnose_each(block(), [watching("a", [])])
    assert [one.index for one in found] == [0, 10, 20, 30, 40, 50, 60]
    assert [one.method for one in found] == [*METHODS]
    paths = ["/v1/0", "/v1/1", "/v1/2", "/v1/3", "/Messages.json", "/v1/5", "/v1/6"]
    assert [one.url.endswith(path) for one, path in zip(found, paths, strict=True)] == [True] * 7
    credentials = [
        (one.credential.fingerprint, one.credential.secret_length) if one.credential else None for one in found
    ]
    assert credentials == [
        ("sec#0", 32),
        ("sec#1", 31),
        ("sec#2", 30),
        ("sec#3", 29),
        None,
        ("sec#5", 27),
        ("sec#6", 26),
    ]
    over_http = ["credential-over-http" in [one.kind for one in each.advice] for each in found]
    assert over_http == [True, False, True, False, False, False, True]
    assert [one.drawing is not None for one in found] == [True, *[False] * 5, True]
    assert [one.drawing for one in diagnose_each(block(), [watching("a", [])], drawn=False)] == [None] * 7


def test_none_of_several() -> None:
    assert diagnose_each([], [rule("a")]) == []


def test_fields_are_those_of_the_exchange() -> None:
    (diagnosis,) = diagnoses_of(
        (refused(GOOD, agent=b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7", request_id=REQUEST_ID),)
    )
    assert (diagnosis.status, diagnosis.code, diagnosis.message, diagnosis.method) == (
        401,
        20003,
        "Authenticate",
        "POST",
    )
    assert diagnosis.url == f"https://api.twilio.com/2010-04-01/Accounts/{SID.decode()}/Messages.json"
    assert diagnosis.request_id == REQUEST_ID.decode()
    assert diagnosis.time == TIME
    assert (diagnosis.client, diagnosis.client_version, diagnosis.helper_library) == ("twilio-python", "9.13.0", True)


def test_what_leads_is_drawn() -> None:
    told = Stands(CONFIRMED, "says", (Evidence(AUTHORIZATION, "here", start=0, end=5),))
    diagnosis = diagnose(case_of(refused()), [rule("a", outcome=told)])
    assert diagnosis.drawing is not None
    line, carets = diagnosis.drawing
    assert line.startswith("Authorization: Basic ")
    assert carets == " " * len("Authorization: ") + "^^^^^"
    assert diagnose(case_of(refused()), [rule("a", outcome=told)], drawn=False).drawing is None
    assert diagnose(case_of(refused()), [rule("a", outcome=stands(CONFIRMED))]).drawing is None
    assert diagnose(case_of(refused()), []).drawing is None


@pytest.mark.parametrize(
    ("agent", "client", "hint"),
    [
        pytest.param(b"curl/8.5.0", "curl", False, id="known"),
        pytest.param(b"", "unknown client", True, id="known-by-a-mark"),
        pytest.param(b"house-made/1", "unknown client", False, id="unknown"),
    ],
)
def test_a_hint_is_for_unknown_clients(agent: bytes, client: str, *, hint: bool) -> None:
    diagnosis = diagnose(case_of(refused(agent=agent)), [])
    assert diagnosis.client == client
    assert ("no User-Agent" in diagnosis.client_hint) is hint
    assert hint or not diagnosis.client_hint


@pytest.mark.parametrize("by_proxy", [True, False])
def test_who_refused(*, by_proxy: bool) -> None:
    assert diagnose(case_of(replace(refused(), refused_by_proxy=by_proxy)), []).refused_by_proxy is by_proxy


def test_a_secret_in_the_text_is_hidden_however_wordlike_it_is() -> None:
    diagnosis = diagnose(case_of(refused(basic(SID, b"hunter"), message="Invalid password hunter")), [])
    assert diagnosis.message == "Invalid password <6 characters>"


def test_what_is_quoted_is_bounded() -> None:
    diagnosis = diagnose(case_of(refused(method="VERY-LONG-METHOD-NAME-OF-A-FUZZER", message="word " * 900)), [])
    assert diagnosis.method == "VERY-LONG-METHOD-NAM"
    assert len(diagnosis.message) == 500


def test_the_credential_is_told_with_its_fingerprint() -> None:
    case = case_of(refused())
    assert diagnose(case, [], fingerprint="sec#7").credential == view(case, "sec#7")
    assert diagnose(case_of(refused(None)), []).credential is None


def test_a_repetition_differs_in_what_is_given_only() -> None:
    first = diagnose(case_of(refused()), [rule("a", outcome=stands(LIKELY)), rule("b")], fingerprint="sec#1")
    advice = (Advice("futile-retry", "Stop"),)
    moved = changed(first, index=7, time=9.5, request_id="RQ1", advice=advice)
    assert moved == replace(first, index=7, time=9.5, request_id="RQ1", advice=advice)
    assert (moved.index, moved.time, moved.request_id, moved.advice) == (7, 9.5, "RQ1", advice)
    assert first.index == 0


def test_failed_connection_has_status_zero() -> None:
    (diagnosis,) = diagnoses_of((replace(refused(GOOD, host="api.ie1.twilio.com"), response=None),))
    assert (diagnosis.status, diagnosis.code, diagnosis.message, diagnosis.request_id) == (0, None, "", None)


JWT = b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(GOOD, ("Basic", "AC0011…eeff", "account-sid", 32, "lower-hex", "sec#1"), id="pair"),
        pytest.param(
            basic(TOKEN, SID),
            ("Basic", "<32 lower-case hex digits>", "lower-hex-32", 34, "hex", "sec#1"),
            id="swapped",
        ),
        pytest.param(
            basic(KEY_SECRET, SID),
            ("Basic", "<32 letters and digits>", "text", 34, "hex", "sec#1"),
            id="secret-as-username",
        ),
        pytest.param(
            basic(b"billing", TOKEN),
            ("Basic", "<7 letters and digits>", "text", 32, "lower-hex", "sec#1"),
            id="odd-username",
        ),
        pytest.param(
            basic(SID, TOKEN + b"\n"), ("Basic", "AC0011…eeff", "account-sid", 33, "with-blanks", "sec#1"), id="stray"
        ),
        pytest.param(
            b"bAsIc " + GOOD[6:], ("Basic", "AC0011…eeff", "account-sid", 32, "lower-hex", "sec#1"), id="any-case"
        ),
        pytest.param(GOOD[6:], ("none", "AC0011…eeff", "account-sid", 32, "lower-hex", "sec#1"), id="scheme-missing"),
        pytest.param(basic(SID, b""), ("Basic", "AC0011…eeff", "account-sid", 0, "empty", ""), id="no-password"),
        pytest.param(b"Basic !!!", ("Basic", "", "unreadable", 0, "empty", ""), id="unreadable"),
        pytest.param(b"", ("none", "", "unreadable", 0, "empty", ""), id="empty"),
        pytest.param(b"Bearer abc", ("Bearer", "", "token", 3, "text", "sec#1"), id="token"),
        pytest.param(JWT, ("Bearer", "", "token", len(JWT) - 7, "jwt", "sec#1"), id="jwt"),
        pytest.param(b"Digest username=x", ("Digest", "", "none", 0, "empty", ""), id="another-scheme"),
        pytest.param(KEY_SECRET + b" " + TOKEN, ("other", "", "none", 0, "empty", ""), id="perhaps-a-secret"),
    ],
)
def test_what_is_shown_of_the_credential(value: bytes, shown: tuple[object, ...]) -> None:
    found = view(case_of(refused(value)), "sec#1")
    assert found is not None
    fields = (found.scheme, found.username, found.username_kind)
    assert (*fields, found.secret_length, found.secret_shape, found.fingerprint) == shown


def test_without_a_header_nothing_is_shown() -> None:
    assert view(case_of(refused(None)), "") is None


def test_word_before_the_rest_may_be_the_secret() -> None:
    shown = view(case_of(refused(KEY_SECRET + b" " + TOKEN)), "")
    assert shown is not None
    assert KEY_SECRET.decode() not in repr(shown)
