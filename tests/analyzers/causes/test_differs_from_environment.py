"""differs-from-environment: how the pair on the wire differs from the one that was meant, without a value of either."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import checked, spots, texts, word

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
    refused,
    twilio_answer,
)
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes.differs_from_environment import RULE
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.expected import Expected, Role, Standing
from analyzers.findings import Outcome, RuledOut, Stands, Unknown

OTHER_TOKEN = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"
OTHER_KEY = b"SKaabbccddeeff00112233445566778899"
OLD_SECRET = b"Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp"
TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def known(role: Role, value: bytes, source: str = "environment", name: str = "", host: str = "") -> Expected:
    return Expected(role, name or f"TWILIO_{role.name}", source, value, host)


PAIR = (known(Role.ACCOUNT_SID, SID), known(Role.AUTH_TOKEN, TOKEN))
KEYS = (
    known(Role.KEY_SID, KEY, ".env line 3", "TWILIO_API_KEY"),
    known(Role.KEY_SECRET, KEY_SECRET, ".env line 4", "TWILIO_API_SECRET"),
)
TEST = (known(Role.TEST_ACCOUNT_SID, OTHER_SID), known(Role.TEST_AUTH_TOKEN, OTHER_TOKEN))
NETRC = (
    known(Role.NETRC_LOGIN, OTHER_SID, "~/.netrc", "login", "api.twilio.com"),
    known(Role.NETRC_PASSWORD, OTHER_TOKEN, "~/.netrc", "password", "api.twilio.com"),
)
BOTH = (*PAIR, *KEYS)


def judge(username: bytes, password: bytes, expected: tuple[Expected, ...] = BOTH, **options: object) -> Outcome:
    exchange = refused(basic(username, password), **options)  # type: ignore[arg-type] # the options of `refused`
    return checked(RULE, case_of(exchange, expected=expected))


def diagnosed(exchange: Exchange, expected: tuple[Expected, ...] = BOTH) -> Diagnosis:
    found = diagnose_all([exchange], b"key", expected)[0].diagnosis
    assert found is not None
    assert not found.crashed
    return found


@pytest.mark.parametrize(
    ("username", "password", "says"),
    [
        pytest.param(
            SID,
            KEY_SECRET,
            "The password on the wire is TWILIO_API_SECRET, not TWILIO_AUTH_TOKEN",
            id="secret-of-the-key",
        ),
        pytest.param(
            KEY, TOKEN, "The password on the wire is TWILIO_AUTH_TOKEN, not TWILIO_API_SECRET", id="token-with-the-key"
        ),
        pytest.param(
            TOKEN, SID, "The username on the wire is TWILIO_AUTH_TOKEN, the password TWILIO_ACCOUNT_SID", id="swapped"
        ),
        pytest.param(
            SID, TOKEN[:-4], "The wire carries TWILIO_AUTH_TOKEN without its last 4 of 32 characters", id="cut"
        ),
        pytest.param(
            SID, TOKEN[2:], "The wire carries TWILIO_AUTH_TOKEN without its first 2 of 32 characters", id="cut-in-front"
        ),
        pytest.param(
            SID,
            TOKEN + b"\n",
            "The wire carries TWILIO_AUTH_TOKEN with 1 more byte around it, line feed (0x0A) first",
            id="line-feed",
        ),
        pytest.param(
            SID,
            b'"' + TOKEN + b'"',
            'The wire carries TWILIO_AUTH_TOKEN with 2 more bytes around it, double quote (") first',
            id="quotes",
        ),
        pytest.param(
            SID, TOKEN + b"abcd", "The wire carries TWILIO_AUTH_TOKEN with 4 more characters behind it", id="longer"
        ),
        pytest.param(SID, TOKEN.upper(), "The wire carries TWILIO_AUTH_TOKEN in other letter case", id="letter-case"),
        pytest.param(
            KEY,
            KEY_SECRET.lower(),
            "The wire carries TWILIO_API_SECRET in other letter case",
            id="letter-case-of-a-key",
        ),
        pytest.param(
            SID, b"a" + TOKEN[1:], "The wire carries TWILIO_AUTH_TOKEN with 1 of 32 characters changed", id="mistyped"
        ),
        pytest.param(
            SID,
            TOKEN[:9] + TOKEN[10:],
            "The wire carries TWILIO_AUTH_TOKEN with 1 character missing inside",
            id="missing",
        ),
        pytest.param(SID[:-1], TOKEN, "The wire carries TWILIO_ACCOUNT_SID without its last character", id="sid-cut"),
        pytest.param(
            KEY[:-2], KEY_SECRET, "The wire carries TWILIO_API_KEY without its last 2 of 34 characters", id="key-cut"
        ),
        pytest.param(
            SID,
            OTHER_TOKEN,
            "The password on the wire is not TWILIO_AUTH_TOKEN: another profile, or an older value",
            id="older-token",
        ),
        pytest.param(
            OTHER_SID,
            TOKEN,
            "The username on the wire is not TWILIO_ACCOUNT_SID: another profile, or an older value",
            id="another-account",
        ),
        pytest.param(
            OTHER_SID,
            OTHER_TOKEN,
            "Neither half on the wire is what environment holds: another profile or older values",
            id="another-profile",
        ),
        pytest.param(
            OTHER_KEY,
            OLD_SECRET,
            "Neither half on the wire is what .env line 3 holds: another profile or older values",
            id="another-key",
        ),
        pytest.param(SID, b"", "The wire carries nothing for TWILIO_AUTH_TOKEN", id="empty-password"),
        pytest.param(
            b"None", b"None", "The wire carries nothing for TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", id="unset"
        ),
    ],
)
def test_how_it_differs(username: bytes, password: bytes, says: str) -> None:
    found = judge(username, password)
    assert isinstance(found, Stands)
    assert (word(found), found.says) == ("confirmed", says)


@pytest.mark.parametrize(
    ("username", "password", "expected", "because"),
    [
        pytest.param(
            SID, TOKEN, BOTH, "TWILIO_ACCOUNT_SID (environment) and TWILIO_AUTH_TOKEN (environment)", id="pair"
        ),
        pytest.param(
            KEY, KEY_SECRET, BOTH, "TWILIO_API_KEY (.env line 3) and TWILIO_API_SECRET (.env line 4)", id="key"
        ),
        pytest.param(OTHER_SID, OTHER_TOKEN, (*PAIR, *TEST), "TWILIO_TEST_AUTH_TOKEN (environment)", id="test-pair"),
        pytest.param(OTHER_SID, OTHER_TOKEN, (*PAIR, *NETRC), "password (~/.netrc)", id="netrc"),
        pytest.param(
            SID,
            TOKEN,
            (known(Role.ACCOUNT_SID, SID + b"\n"), known(Role.AUTH_TOKEN, b'"' + TOKEN + b'"')),
            "TWILIO_AUTH_TOKEN (environment)",
            id="the-program-trims",
        ),
        pytest.param(
            SID,
            TOKEN + b"\n",
            (known(Role.ACCOUNT_SID, SID), known(Role.AUTH_TOKEN, TOKEN + b"\n")),
            "TWILIO_AUTH_TOKEN (environment)",
            id="stray-in-the-environment-itself",
        ),
    ],
)
def test_an_equal_pair_is_ruled_out_with_its_source(
    username: bytes, password: bytes, expected: tuple[Expected, ...], because: str
) -> None:
    found = judge(username, password, expected)
    assert isinstance(found, RuledOut)
    assert because in found.because


@pytest.mark.parametrize(
    ("username", "password", "expected", "verdict"),
    [
        pytest.param(SID, OTHER_TOKEN, PAIR[1:], "likely", id="only-the-token-known"),
        pytest.param(OTHER_SID, TOKEN, PAIR[:1], "likely", id="only-the-sid-known"),
        pytest.param(SID, TOKEN[:-1], PAIR[1:], "likely", id="only-the-token-known-and-cut"),
        pytest.param(SID, KEY_SECRET, (PAIR[0], *KEYS), "confirmed", id="crossed-with-no-token-known"),
        pytest.param(KEY, TOKEN, PAIR, "confirmed", id="crossed-with-no-key-known"),
        pytest.param(SID, OTHER_TOKEN, (*PAIR, *TEST), "confirmed", id="test-token-with-the-live-sid"),
        pytest.param(SID, TOKEN, PAIR[:1], "unknown", id="same-sid-and-no-token-known"),
        pytest.param(SID, TOKEN, PAIR[1:], "unknown", id="same-token-and-no-sid-known"),
        pytest.param(OTHER_KEY, OLD_SECRET, PAIR, "unknown", id="a-key-and-only-the-pair-known"),
        pytest.param(SID, OTHER_TOKEN, KEYS, "unknown", id="a-pair-and-only-the-key-known"),
        pytest.param(SID, OTHER_TOKEN, TEST, "unknown", id="only-test-credentials-known"),
        pytest.param(SID, OTHER_TOKEN, NETRC, "unknown", id="only-netrc-known"),
        pytest.param(SID, OTHER_TOKEN, (), "unknown", id="nothing-known"),
        pytest.param(
            SID,
            OTHER_TOKEN,
            (PAIR[0], known(Role.AUTH_TOKEN, b"your_auth_token")),
            "unknown",
            id="placeholder-in-the-environment",
        ),
        pytest.param(
            SID, OTHER_TOKEN, (PAIR[0], known(Role.AUTH_TOKEN, b"")), "unknown", id="empty-in-the-environment"
        ),
        pytest.param(b"alice", OLD_SECRET, KEYS, "confirmed", id="no-sid-and-only-a-key-known"),
        pytest.param(b"alice", OLD_SECRET, BOTH, "confirmed", id="no-sid-at-all"),
    ],
)
def test_how_sure(username: bytes, password: bytes, expected: tuple[Expected, ...], verdict: str) -> None:
    assert word(judge(username, password, expected)) == verdict


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(refused(None), "unknown", id="no-header"),
        pytest.param(refused(b"Bearer x.y.z"), "unknown", id="bearer"),
        pytest.param(refused(b"Basic ****"), "unknown", id="written-over"),
        pytest.param(
            refused(basic(SID, OTHER_TOKEN), fidelity=Fidelity.SANITIZED), "unknown", id="export-that-overwrites"
        ),
        pytest.param(refused(basic(SID, OTHER_TOKEN), message=TRIAL), "ruled-out", id="good-at-twilio"),
        pytest.param(
            refused(basic(SID, OTHER_TOKEN), answer=twilio_answer(400, 21470, "Invalid AccountSid")),
            "possible",
            id="the-account-in-the-path-is-none",
        ),
        pytest.param(refused(b"Basic " + SID + b":" + OTHER_TOKEN), "confirmed", id="not-encoded"),
        pytest.param(refused(b"Basic " + SID + b":" + TOKEN), "ruled-out", id="not-encoded-but-the-same"),
    ],
)
def test_other_requests(exchange: Exchange, verdict: str) -> None:
    assert word(checked(RULE, case_of(exchange, expected=BOTH))) == verdict


def test_evidence_names_both_halves_with_their_sources() -> None:
    found = judge(SID, KEY_SECRET)
    assert isinstance(found, Stands)
    assert [(each.where.rpartition(".")[2], each.says) for each in found.evidence] == [
        ("username", "equals TWILIO_ACCOUNT_SID (environment)"),
        ("password", "equals TWILIO_API_SECRET (.env line 4)"),
    ]
    assert "Give each variable its own place" in found.fix[0]


def test_a_right_half_is_not_taken_for_another_variable_of_the_same_value() -> None:
    found = judge(OTHER_SID, TOKEN, (*PAIR, known(Role.TEST_AUTH_TOKEN, TOKEN)))
    assert isinstance(found, Stands)
    assert found.says.startswith("The username on the wire is not TWILIO_ACCOUNT_SID")


@pytest.mark.parametrize(
    ("username", "expected", "asked"),
    [(SID, PAIR[:1], "Auth Token"), (SID, PAIR[1:], "Account SID"), (KEY, KEYS[:1], "API key secret")],
    ids=["token", "sid", "key-secret"],
)
def test_what_is_not_known_is_asked_for(username: bytes, expected: tuple[Expected, ...], asked: str) -> None:
    found = judge(username, TOKEN, expected)
    assert isinstance(found, Unknown)
    assert found.settle == f"give the {asked} as well"


SECRETS = (TOKEN, OTHER_TOKEN, KEY_SECRET, OLD_SECRET)


@pytest.mark.parametrize("password", [TOKEN[:-3], OTHER_TOKEN, KEY_SECRET, OLD_SECRET, TOKEN.upper(), b"x" + TOKEN])
@pytest.mark.parametrize("username", [SID, KEY, TOKEN, OTHER_SID])
def test_no_value_is_ever_told(username: bytes, password: bytes) -> None:
    told = texts(judge(username, password)).encode().lower()
    pieces = {secret[at : at + 5].lower() for secret in (*SECRETS, password) for at in range(len(secret) - 4)}
    assert not any(piece in told for piece in pieces)


def test_a_secret_in_a_name_or_source_is_not_told() -> None:
    odd = (PAIR[0], known(Role.AUTH_TOKEN, TOKEN, f"line {TOKEN.decode()}", f"export {TOKEN.decode()}"))
    assert TOKEN.decode() not in texts(judge(SID, OTHER_TOKEN, odd))


def test_a_long_name_keeps_the_sentence_short() -> None:
    odd = (PAIR[0], known(Role.AUTH_TOKEN, TOKEN, "s" * 500, "N" * 500))
    assert word(judge(SID, KEY_SECRET, (*odd, known(Role.KEY_SECRET, KEY_SECRET, "e", "M" * 500)))) == "confirmed"


@pytest.mark.parametrize(
    ("exchange", "leads"),
    [
        pytest.param(refused(basic(SID, OTHER_TOKEN)), RULE.slug, id="older-token"),
        pytest.param(refused(basic(SID, TOKEN[:-4])), RULE.slug, id="cut-token"),
        pytest.param(refused(basic(SID, TOKEN + b"\n")), "stray-characters", id="line-feed"),
        pytest.param(refused(basic(TOKEN, SID)), "halves-swapped", id="swapped"),
        pytest.param(refused(basic(b"None", b"None")), "unset-credentials", id="unset"),
        pytest.param(refused(basic(SID, b"")), "half-empty", id="half-empty"),
    ],
)
def test_who_leads(exchange: Exchange, leads: str) -> None:
    found = diagnosed(exchange)
    assert found.top is not None
    assert found.top.cause == leads
    assert any(each.cause == RULE.slug for each in found.findings)


def test_a_cut_token_is_told_once() -> None:
    found = {each.cause: each.nested_under for each in diagnosed(refused(basic(SID, TOKEN[:-4]))).findings}
    assert found.get("token-misshapen", RULE.slug) == RULE.slug


def test_a_pair_as_expected_leaves_the_residual_cause() -> None:
    found = diagnosed(refused(GOOD))
    assert found.top is not None
    assert found.top.cause == "pair-refused"
    assert RULE.slug in dict(found.ruled_out)


def test_without_expectations_the_settle_asks_for_them() -> None:
    assert isinstance(checked(RULE, case_of(refused(GOOD))), Unknown)
    assert dict(diagnosed(refused(GOOD), ()).unknown)[RULE.slug] == RULE.settle


values = st.sampled_from(
    (SID, KEY, TOKEN, KEY_SECRET, b"", b"None", b"your_auth_token", b"\xff\x00", TOKEN[:9])
) | st.binary(max_size=40)
expectations = st.lists(
    st.builds(
        Expected,
        st.sampled_from(Role),
        st.text(max_size=8),
        st.text(max_size=8),
        values,
        st.sampled_from(("", "x.example")),
    ),
    max_size=6,
)


@settings(max_examples=300)
@given(values, values, expectations)
def test_no_expectation_makes_a_check_raise(username: bytes, password: bytes, expected: list[Expected]) -> None:
    found = diagnosed(refused(basic(username, password), host="x.example.twilio.com"), tuple(expected))
    assert all(each.says for each in found.findings)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "confirmed", id="refused-by-twilio"),
        pytest.param(
            {"answer": Response(status=401, headers=((b"WWW-Authenticate", b"NTLM"),))}, "likely", id="company-login"
        ),
        pytest.param({"answer": Response(status=401, headers=())}, "likely", id="nobody-known"),
        pytest.param({"answer": Response(status=407, headers=())}, "possible", id="a-proxy-asks"),
        pytest.param({"code": 70051, "message": "Authorization Failed"}, "likely", id="another-code"),
        pytest.param({"extra": ((b"Authorization", GOOD),)}, "likely", id="another-header-beside-it"),
        pytest.param({"host": "gateway.example"}, "confirmed", id="with-a-sid-it-is-for-twilio"),
    ],
)
def test_how_sure_it_is_depends_on_the_answer(options: dict[str, object], expected: str) -> None:
    assert word(judge(SID, OTHER_TOKEN, BOTH, **options)) == expected


def test_a_login_at_a_gateway_need_not_be_the_one_for_twilio() -> None:
    assert word(judge(b"shop", b"login-at-the-gateway", host="gateway.example")) == "likely"


def test_a_value_that_a_gateway_replaced_is_not_what_twilio_refused() -> None:
    one = b"RQ" + b"1" * 32
    front = refused(basic(b"shop", b"login-at-the-gateway"), host="gateway.example", request_id=one)
    inside = refused(basic(SID, OTHER_TOKEN), at=0.02, request_id=one)
    found = [each.diagnosis for each in diagnose_all([front, inside], b"key", PAIR)]
    assert [each is not None and RULE.slug in dict(each.ruled_out) for each in found] == [True, False]


def test_a_source_that_holds_the_value_is_not_shown() -> None:
    source = f"secret://{TOKEN.decode()}"
    given = (known(Role.ACCOUNT_SID, SID, source), known(Role.AUTH_TOKEN, TOKEN, source))
    found = judge(OTHER_SID, OTHER_TOKEN, given)
    assert isinstance(found, Stands)
    assert found.says.startswith("Neither half on the wire is what secret:<")
    assert TOKEN.decode()[:8] not in texts(found)


def test_a_pair_that_works_elsewhere_is_no_old_one() -> None:
    away = accepted(basic(OTHER_SID, OTHER_TOKEN), host="api.dublin.ie1.twilio.com", path=MESSAGES % OTHER_SID)
    here = refused(basic(OTHER_SID, OTHER_TOKEN), path=MESSAGES % OTHER_SID, at=2.0)
    found = diagnose_all([away, here], b"key", PAIR)[1].diagnosis
    assert found is not None
    told = {each.cause: each.verdict.value for each in found.findings}
    assert next(iter(told)) == "region-mismatch"
    assert (told["region-mismatch"], told[RULE.slug]) == ("confirmed", "likely")


@pytest.mark.parametrize(
    ("username", "password", "expected", "says"),
    [
        pytest.param(
            SID,
            KEY_SECRET,
            (PAIR[0], *KEYS),
            "password on the wire is TWILIO_API_SECRET, not the Auth Token",
            id="secret-of-a-key-as-the-token",
        ),
        pytest.param(
            KEY,
            TOKEN,
            PAIR,
            "password on the wire is TWILIO_AUTH_TOKEN, not the API key secret",
            id="token-as-the-secret-of-a-key",
        ),
        pytest.param(
            TOKEN,
            OTHER_TOKEN,
            PAIR[1:],
            "username on the wire is TWILIO_AUTH_TOKEN, not the Account SID",
            id="token-as-the-sid",
        ),
        pytest.param(
            KEY_SECRET,
            OTHER_TOKEN,
            KEYS[1:],
            "username on the wire is TWILIO_API_SECRET, not the API key SID",
            id="secret-of-a-key-as-its-sid",
        ),
        pytest.param(
            OTHER_SID,
            KEY,
            (PAIR[0], KEYS[0]),
            "password on the wire is TWILIO_API_KEY, not the Auth Token",
            id="key-sid-as-the-token",
        ),
    ],
)
def test_a_half_that_is_not_known_is_called_by_its_role(
    username: bytes, password: bytes, expected: tuple[Expected, ...], says: str
) -> None:
    found = judge(username, password, expected)
    assert isinstance(found, Stands)
    assert found.says == f"The {says}"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        pytest.param(TOKEN[:-4], "TWILIO_AUTH_TOKEN (environment) without its last 4 of 32 characters", id="cut"),
        pytest.param(TOKEN.upper(), "TWILIO_AUTH_TOKEN (environment) in other letter case", id="letter-case"),
        pytest.param(OTHER_TOKEN, "another value than TWILIO_AUTH_TOKEN (environment)", id="another"),
    ],
)
def test_evidence_says_how_a_half_differs_and_where(password: bytes, says: str) -> None:
    found = judge(SID, password)
    assert isinstance(found, Stands)
    assert found.evidence[1].says == says
    assert spots(found) == [("authorization.username", 0, 34), ("authorization.password", 0, len(password))]


def test_of_many_sources_the_first_three_are_named() -> None:
    many = tuple(known(Role.AUTH_TOKEN, b"%032x" % n, f".env line {n}") for n in range(1, 6))
    found = judge(SID, OTHER_TOKEN, (PAIR[0], *many))
    assert isinstance(found, Stands)
    assert found.evidence[1].says.count(".env line") == 3
    assert any("length of TWILIO_AUTH_TOKEN in the process" in step for step in found.fix)


def test_the_fix_names_the_calls_of_the_client_and_what_to_print() -> None:
    ruby = b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"
    crossed = judge(SID, KEY_SECRET, agent=ruby)
    assert isinstance(crossed, Stands)
    assert "Client.new(account_sid, auth_token)" in crossed.fix[0]
    assert "Client.new(api_key_sid, api_key_secret, account_sid)" in crossed.fix[0]
    assert "length of TWILIO_AUTH_TOKEN in" in crossed.fix[1]
    both = judge(OTHER_SID, OTHER_TOKEN)
    assert isinstance(both, Stands)
    assert "length of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in" in both.fix[0]
    unknown = judge(KEY, TOKEN, PAIR)
    assert isinstance(unknown, Stands)
    assert "length of the value in" in unknown.fix[1]


@pytest.mark.parametrize(
    ("expected", "asked"),
    [
        pytest.param(KEYS[:1], "API key", id="a-key-sid-alone-is-compared-as-one"),
        pytest.param(KEYS[1:], "API key", id="a-key-secret-alone-is-compared-as-one"),
        pytest.param((*KEYS, PAIR[0]), "ACCOUNT_SID", id="the-account-as-well"),
        pytest.param((*KEYS, PAIR[1]), "AUTH_TOKEN", id="the-token-as-well"),
    ],
)
def test_a_name_is_compared_with_what_is_given(expected: tuple[Expected, ...], asked: str) -> None:
    found = judge(b"alice", OLD_SECRET, expected)
    assert isinstance(found, Stands)
    names = {each.says.partition("TWILIO_")[2].partition(" ")[0] for each in found.evidence}
    assert names
    assert all(name.startswith(asked.replace(" key", "_").upper()) for name in names)


def test_what_is_vouched_for_is_ruled_out_for_that() -> None:
    found = judge(SID, OTHER_TOKEN, message=TRIAL)
    assert isinstance(found, RuledOut)
    assert "Twilio's text" in found.because


def found_in(*expected: Expected, standing: Standing = Standing.FOUND) -> tuple[Expected, ...]:
    return tuple(replace(each, standing=standing) for each in expected)


@pytest.mark.parametrize(
    ("username", "password", "expected", "verdict"),
    [
        pytest.param(SID, OTHER_TOKEN, found_in(*PAIR), "likely", id="another-value-than-in-a-place-that-was-found"),
        pytest.param(OTHER_SID, OTHER_TOKEN, found_in(*PAIR), "likely", id="another-profile-than-was-found"),
        pytest.param(SID, TOKEN[:-4], found_in(*PAIR), "confirmed", id="made-of-what-was-found"),
        pytest.param(SID, KEY_SECRET, found_in(*BOTH), "confirmed", id="another-variable-that-was-found"),
        pytest.param(SID, b"", found_in(*PAIR), "confirmed", id="nothing-for-what-was-found"),
        pytest.param(SID, OTHER_TOKEN, found_in(*PAIR, standing=Standing.ELSEWHERE), "unknown", id="of-other-programs"),
        pytest.param(
            SID,
            KEY_SECRET,
            (*PAIR, *found_in(*KEYS, standing=Standing.ELSEWHERE)),
            "confirmed",
            id="the-secret-of-another-program",
        ),
        pytest.param(
            SID,
            OTHER_TOKEN,
            (*PAIR, known(Role.OTHER, OTHER_TOKEN, ".env line 5", "TWILIO_TOKEN")),
            "possible",
            id="a-variable-that-only-its-program-knows",
        ),
        pytest.param(
            SID,
            OTHER_TOKEN,
            (*PAIR, known(Role.AUTH_TOKEN, OTHER_TOKEN, ".env line 2")),
            "possible",
            id="another-place-with-this-very-token",
        ),
        pytest.param(
            SID,
            OTHER_TOKEN,
            (
                *PAIR,
                known(Role.ACCOUNT_SID, OTHER_SID, ".env line 1"),
                known(Role.AUTH_TOKEN, OTHER_TOKEN, ".env line 2"),
            ),
            "likely",
            id="halves-of-two-places",
        ),
        pytest.param(
            OTHER_SID,
            OTHER_TOKEN,
            (
                *PAIR,
                *found_in(
                    known(Role.ACCOUNT_SID, OTHER_SID, "b.env line 1"),
                    known(Role.AUTH_TOKEN, OTHER_TOKEN, "b.env line 2"),
                    standing=Standing.ELSEWHERE,
                ),
            ),
            "possible",
            id="a-whole-pair-of-another-occasion",
        ),
    ],
)
def test_how_sure_where_nobody_said_what_counts(
    username: bytes, password: bytes, expected: tuple[Expected, ...], verdict: str
) -> None:
    assert word(judge(username, password, expected)) == verdict


def test_a_variable_of_another_name_is_named() -> None:
    found = judge(SID, OTHER_TOKEN, (*PAIR, known(Role.OTHER, OTHER_TOKEN, ".env line 5", "TWILIO_TOKEN")))
    assert isinstance(found, Stands)
    assert found.says == "The password on the wire is TWILIO_TOKEN, not TWILIO_AUTH_TOKEN"


@pytest.mark.parametrize("first", [False, True])
def test_of_two_variables_with_the_value_the_one_whose_meaning_is_known_counts(*, first: bool) -> None:
    other = known(Role.OTHER, KEY_SECRET, ".env line 5", "TWILIO_TOKEN")
    found = judge(SID, KEY_SECRET, (other, *BOTH) if first else (*BOTH, other))
    assert isinstance(found, Stands)
    assert (found.verdict.value, found.says) == (
        "confirmed",
        "The password on the wire is TWILIO_API_SECRET, not TWILIO_AUTH_TOKEN",
    )


def test_evidence_names_every_place_that_holds_the_value() -> None:
    found = judge(SID, KEY_SECRET, (*BOTH, known(Role.KEY_SECRET, KEY_SECRET, "a.env line 1", "TWILIO_API_SECRET")))
    assert isinstance(found, Stands)
    assert found.evidence[1].says == "equals TWILIO_API_SECRET (.env line 4 and a.env line 1)"


def test_two_places_come_behind_a_refused_pair() -> None:
    found = diagnosed(refused(basic(SID, TOKEN)), (*PAIR, known(Role.AUTH_TOKEN, OTHER_TOKEN, ".env line 2")))
    assert [(each.cause, each.verdict.value) for each in found.findings] == [
        ("pair-refused", "likely"),
        (RULE.slug, "possible"),
    ]


@pytest.mark.parametrize(
    ("username", "password", "expected", "verdict"),
    [
        pytest.param(
            KEY, KEY_SECRET, (PAIR[0], known(Role.AUTH_TOKEN, KEY_SECRET)), "unknown", id="secret-called-token"
        ),
        pytest.param(SID, TOKEN, (PAIR[0], known(Role.KEY_SECRET, TOKEN)), "unknown", id="token-called-secret"),
        pytest.param(
            KEY,
            KEY_SECRET,
            (*KEYS[:1], known(Role.KEY_SECRET, OLD_SECRET), known(Role.AUTH_TOKEN, KEY_SECRET)),
            "likely",
            id="secret-called-token-beside-another-secret",
        ),
    ],
)
def test_a_name_that_the_form_contradicts_proves_little(
    username: bytes, password: bytes, expected: tuple[Expected, ...], verdict: str
) -> None:
    assert word(judge(username, password, expected)) == verdict
