"""authorization-overridden: another value than the application's, by two recordings, by netrc, by a company's login."""

from dataclasses import replace

import pytest
from judging import checked, diagnoses, finding_of, judged, live, spots, texts, word

from analyzers.bearing import Bearing, Tap
from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes.authorization_overridden import RULE
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.expected import Expected, Role, Standing
from analyzers.findings import Outcome, RuledOut, Stands, Unknown

GATEWAY = "twilio.gateway.example"
ONE = b"RQ" + b"1" * 32
OTHER_TOKEN = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"
REQUESTS, CURL, AXIOS = b"python-requests/2.34.2", b"curl/8.14.1", b"axios/1.21.1"
LIBRARY = b"twilio-node/6.0.2 (linux x64) node/v22.23.3"
TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def tap(*, client_side: bool, same: bool = False, had: bool = True, certain: bool = True) -> Tap:
    return Tap(
        index=2,
        host=GATEWAY if client_side else "api.twilio.com",
        had_authorization=had,
        same_value=same,
        had_pair=had,
        client_side=client_side,
        certain=certain,
    )


@pytest.mark.parametrize(
    ("exchange", "found", "expected"),
    [
        pytest.param(refused(GOOD), tap(client_side=True), "confirmed", id="another-before"),
        pytest.param(refused(GOOD), tap(client_side=True, certain=False), "likely", id="another-before-by-time"),
        pytest.param(refused(GOOD, host=GATEWAY), tap(client_side=False), "confirmed", id="another-behind"),
        pytest.param(refused(b"Bearer x.y.z"), tap(client_side=True), "confirmed", id="bearer-instead"),
        pytest.param(refused(GOOD), tap(client_side=True, same=True), "ruled-out", id="the-same-before"),
        pytest.param(refused(GOOD), tap(client_side=True, same=True, certain=False), "unknown", id="perhaps-the-same"),
        pytest.param(refused(GOOD), tap(client_side=False, same=True), "unknown", id="the-same-behind"),
        pytest.param(refused(GOOD), tap(client_side=True, had=False), "unknown", id="added-on-the-way"),
        pytest.param(refused(GOOD, host=GATEWAY), tap(client_side=False, had=False), "unknown", id="removed-behind"),
        pytest.param(refused(None), tap(client_side=True), "ruled-out", id="removed-before"),
        pytest.param(refused(GOOD, message=TRIAL), tap(client_side=True), "ruled-out", id="good-credentials-behind"),
        pytest.param(
            refused(GOOD, fidelity=Fidelity.SANITIZED), tap(client_side=True), "unknown", id="overwritten-by-an-export"
        ),
    ],
)
def test_two_recordings(exchange: Exchange, found: Tap, expected: str) -> None:
    assert word(judged(RULE, exchange, Bearing(taps=(found,)))) == expected


@pytest.mark.parametrize(
    ("exchange", "found", "words"),
    [
        pytest.param(
            refused(GOOD),
            tap(client_side=True),
            ("nearer to the application has another pair with a SID", f"in front of {GATEWAY} pass"),
            id="before",
        ),
        pytest.param(
            refused(GOOD, host=GATEWAY),
            tap(client_side=False),
            ("nearer to Twilio has another pair with a SID", f"in front of {GATEWAY} pass"),
            id="behind",
        ),
        pytest.param(
            refused(b"Bearer x.y.z"),
            replace(tap(client_side=True), had_pair=False),
            ("nearer to the application has another value", f"in front of {GATEWAY} pass"),
            id="no-pair-before",
        ),
        pytest.param(
            refused(GOOD),
            replace(tap(client_side=True), had_pair=False),
            ("nearer to the application has a value that is no such pair", f"in front of {GATEWAY} puts in"),
            id="put-in-before-this-recording",
        ),
        pytest.param(
            refused(b"Bearer key-of-the-gateway", host=GATEWAY),
            tap(client_side=False),
            ("nearer to the gateway has a pair with a SID", f"in front of {GATEWAY} puts in"),
            id="put-in-behind-this-recording",
        ),
    ],
)
def test_both_values_are_told_by_side_and_kind(exchange: Exchange, found: Tap, words: tuple[str, str]) -> None:
    outcome = judged(RULE, exchange, Bearing(taps=(found,)))
    assert isinstance(outcome, Stands)
    history, here = outcome.evidence
    assert (history.where, history.index) == ("history", 2)
    assert words[0] in history.says
    assert words[1] in outcome.fix[0]
    assert here.where == "request.header.authorization"
    if "puts in" in words[1]:
        assert here.says == ("a pair with a SID" if found.client_side else "no such pair")


def test_a_recording_that_is_certainly_of_this_request_counts_most() -> None:
    perhaps, surely = tap(client_side=True, certain=False), replace(tap(client_side=True), index=7)
    for taps in ((perhaps, surely), (surely, perhaps)):
        found = judged(RULE, refused(GOOD), Bearing(taps=taps))
        assert word(found) == "confirmed"
        assert isinstance(found, Stands)
        assert found.evidence[0].index == 7


def through_gateway(value: bytes) -> tuple[Exchange, Exchange]:
    return refused(GOOD, host=GATEWAY, request_id=ONE), refused(value, at=0.02, request_id=ONE)


@pytest.mark.parametrize("turned", [False, True], ids=["outside-first", "inside-first"])
def test_both_sides_are_told_in_file_and_live(*, turned: bool) -> None:
    exchanges = through_gateway(basic(OTHER_SID, TOKEN))
    exchanges = exchanges[::-1] if turned else exchanges
    for found in (diagnoses(exchanges), live(exchanges)):
        findings = [finding_of(RULE, diagnosis) for diagnosis in found.values()]
        assert [each.verdict.value if each else "" for each in findings] == ["confirmed", "confirmed"]


def test_a_gateway_that_passes_it_on_is_ruled_out() -> None:
    found = diagnoses(through_gateway(GOOD))
    assert RULE.slug in dict(found[1].ruled_out)


def test_it_explains_what_follows_from_the_other_value() -> None:
    found = diagnoses(through_gateway(basic(b"gateway-user", KEY_SECRET)))[1]
    order = [(each.cause, each.verdict.value, each.nested_under) for each in found.findings]
    assert order[0] == (RULE.slug, "confirmed", None)
    assert ("username-not-a-sid", "confirmed", RULE.slug) in order


def entry(
    login: bytes, password: bytes, host: str = "api.twilio.com", source: str = "~/.netrc"
) -> tuple[Expected, ...]:
    place = f"machine {host}" if host else "the default entry"
    return (
        Expected(Role.NETRC_LOGIN, f"login of {place}", source, login, host),
        Expected(Role.NETRC_PASSWORD, f"password of {place}", source, password, host),
    )


def given(role: Role, value: bytes, name: str = "") -> Expected:
    return Expected(role, name or f"TWILIO_{role.name}", "environment", value)


PAIR = (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, OTHER_TOKEN))
KEYS = (given(Role.KEY_SID, KEY), given(Role.KEY_SECRET, KEY_SECRET))
NETRC = entry(SID, TOKEN)


def netrc(expected: tuple[Expected, ...], agent: bytes = REQUESTS, **options: object) -> Outcome:
    exchange = refused(GOOD, agent=agent, **options)  # type: ignore[arg-type] # the options are those of `refused`
    return checked(RULE, case_of(exchange, expected=expected))


@pytest.mark.parametrize(
    ("expected", "agent", "verdict"),
    [
        pytest.param((*PAIR, *NETRC), REQUESTS, "confirmed", id="another-token-in-the-environment"),
        pytest.param((*NETRC, *PAIR), REQUESTS, "confirmed", id="other-order"),
        pytest.param((*KEYS, *NETRC), REQUESTS, "confirmed", id="a-key-in-the-environment"),
        pytest.param((*PAIR, *entry(SID, TOKEN, "API.Twilio.com")), REQUESTS, "confirmed", id="case-of-the-host"),
        pytest.param((*PAIR, *entry(SID, TOKEN, "")), REQUESTS, "confirmed", id="default-entry"),
        pytest.param(
            (*PAIR, *entry(SID, TOKEN, ""), *entry(OTHER_SID, TOKEN)),
            REQUESTS,
            "unknown",
            id="default-beside-a-named-one",
        ),
        pytest.param((*PAIR, *entry(SID, TOKEN, "other.example")), REQUESTS, "unknown", id="entry-for-another-host"),
        pytest.param((*PAIR, *entry(SID, OTHER_TOKEN)), REQUESTS, "unknown", id="entry-with-another-token"),
        pytest.param((*PAIR, *NETRC), CURL, "confirmed", id="client-that-reads-it-when-told"),
        pytest.param((*PAIR, *NETRC), AXIOS, "confirmed", id="client-that-never-reads-it"),
        pytest.param((PAIR[1], *NETRC), REQUESTS, "likely", id="only-a-token-known"),
        pytest.param((given(Role.ACCOUNT_SID, OTHER_SID), *NETRC), REQUESTS, "likely", id="only-another-sid-known"),
        pytest.param((PAIR[0], *NETRC), REQUESTS, "possible", id="only-the-same-sid-known"),
        pytest.param(NETRC, REQUESTS, "possible", id="nothing-else-known"),
        pytest.param(NETRC, AXIOS, "unknown", id="nothing-else-known-other-client"),
        pytest.param(
            (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, TOKEN), *NETRC), REQUESTS, "ruled-out", id="the-same"
        ),
        pytest.param((given(Role.AUTH_TOKEN, b""), *NETRC), REQUESTS, "possible", id="empty-variable"),
        pytest.param((given(Role.AUTH_TOKEN, TOKEN), *NETRC), REQUESTS, "possible", id="only-the-same-token-known"),
        pytest.param(PAIR, REQUESTS, "unknown", id="no-netrc"),
        pytest.param((), REQUESTS, "unknown", id="nothing-known"),
        pytest.param(NETRC[:1], REQUESTS, "unknown", id="login-without-password"),
    ],
)
def test_netrc(expected: tuple[Expected, ...], agent: bytes, verdict: str) -> None:
    assert word(netrc(expected, agent)) == verdict


def test_a_good_pair_of_netrc_is_ruled_out() -> None:
    assert word(netrc((*PAIR, *NETRC), message=TRIAL)) == "ruled-out"


def test_a_token_is_not_the_pair_of_netrc() -> None:
    exchange = refused(b"Bearer " + TOKEN, agent=REQUESTS)
    assert word(checked(RULE, case_of(exchange, expected=(*PAIR, *NETRC)))) == "unknown"


@pytest.mark.parametrize(
    ("agent", "first"),
    [
        (REQUESTS, "Give the pair as auth, not as a header"),
        (b"HTTPie/3.2.1", "Give the pair as auth, not as a header"),
        (b"twilio-python/9.13.0 (Linux) Python/3.11", "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in this process"),
        (b"Wget/1.21.3", "Give wget the pair itself"),
        (AXIOS, "Correct or remove the entry in ~/.netrc"),
    ],
    ids=["requests", "httpie", "twilio-python", "wget", "axios"],
)
def test_the_fix_for_netrc_is_that_of_the_client(agent: bytes, first: str) -> None:
    found = netrc((*PAIR, *NETRC), agent)
    assert isinstance(found, Stands)
    assert found.fix[0].startswith(first)
    assert "NETRC=/dev/null" in texts(found)


def test_a_client_that_never_reads_netrc_has_somebody_who_does() -> None:
    assert "Look for the wrapper, script or gateway" in texts(netrc((*PAIR, *NETRC), AXIOS))
    assert "Look for the wrapper" not in texts(netrc((*PAIR, *NETRC), CURL))


def test_netrc_is_told_by_name_and_source_only() -> None:
    told = texts(netrc((*PAIR, *NETRC)))
    assert "not that of TWILIO_AUTH_TOKEN" in told
    assert "login of machine api.twilio.com (~/.netrc)" in told
    assert "TWILIO_AUTH_TOKEN (environment) is another value" in told
    assert TOKEN.decode() not in told
    assert OTHER_TOKEN.decode() not in told


def test_without_another_value_only_the_entry_is_told() -> None:
    found = netrc(NETRC)
    assert isinstance(found, Stands)
    assert found.says.endswith("the one in ~/.netrc")
    assert spots(found) == [("authorization", None, None)]


def test_requests_is_told_how_to_give_the_pair() -> None:
    found = netrc((*PAIR, *NETRC))
    assert isinstance(found, Stands)
    assert "auth=(account_sid, auth_token)" in found.fix[0]


def test_the_secret_is_named_rather_than_the_sid() -> None:
    other = (given(Role.ACCOUNT_SID, OTHER_SID), given(Role.AUTH_TOKEN, OTHER_TOKEN))
    assert "not that of TWILIO_AUTH_TOKEN" in texts(netrc((*other, *NETRC)))


def test_a_name_with_a_secret_in_it_is_not_shown() -> None:
    odd = (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, OTHER_TOKEN, OTHER_TOKEN.decode()))
    assert OTHER_TOKEN.decode() not in texts(netrc((*odd, *NETRC)))


def test_from_end_to_end_it_leads_and_the_difference_is_not_told_again() -> None:
    result = diagnose_all([refused(GOOD)], b"key", (*PAIR, *NETRC))[0].diagnosis
    assert result is not None
    assert [(each.cause, each.nested_under) for each in result.findings] == [
        (RULE.slug, None),
        ("pair-refused", RULE.slug),
    ]


@pytest.mark.parametrize(
    ("value", "agent", "expected"),
    [
        pytest.param(b"NTLM TlRMTVNTUAAB", LIBRARY, "likely", id="ntlm"),
        pytest.param(b"Negotiate YIIabc=", LIBRARY, "likely", id="negotiate"),
        pytest.param(b"kerberos x", LIBRARY, "likely", id="kerberos"),
        pytest.param(b"NTLM TlRMTVNTUAAB", CURL, "unknown", id="ntlm-of-curl"),
        pytest.param(b"Token abc", LIBRARY, "unknown", id="another-scheme"),
        pytest.param(GOOD, LIBRARY, "unknown", id="basic"),
    ],
)
def test_the_login_of_a_company(value: bytes, agent: bytes, expected: str) -> None:
    assert word(checked(RULE, case_of(refused(value, agent=agent)))) == expected


@pytest.mark.parametrize(
    ("value", "name", "span"),
    [
        (b"NTLM TlRMTVNTUAAB", "NTLM", (0, 4)),
        (b" kerberos x", "Kerberos", (1, 9)),
        (b"Negotiate Negotiate", "Negotiate", (0, 9)),
    ],
)
def test_the_evidence_marks_the_login(value: bytes, name: str, span: tuple[int, int]) -> None:
    found = checked(RULE, case_of(refused(value, agent=LIBRARY)))
    assert spots(found) == [("authorization", *span)]
    assert f"the {name} login" in texts(found)


def test_a_company_s_login_explains_the_scheme() -> None:
    found = diagnoses([refused(b"NTLM TlRMTVNTUAAB", agent=LIBRARY)])[0]
    assert [(each.cause, each.nested_under) for each in found.findings][:2] == [
        (RULE.slug, None),
        ("scheme-unsupported", RULE.slug),
    ]
    assert found.says == "twilio-node sends Basic, but the NTLM login of a company network stands in its place"


def test_without_such_an_option_none_is_named() -> None:
    assert judged(RULE, refused(GOOD), Bearing()) == Unknown()
    assert judged(RULE, replace(refused(GOOD), proxy_options=("block_list",)), Bearing()) == Unknown()


def test_an_option_of_the_recording_proxy_is_named() -> None:
    exchange = replace(refused(GOOD), proxy_options=("stickyauth",))
    assert "stickyauth" in dict(diagnoses([exchange])[0].unknown)[RULE.slug]


def test_a_missing_header_in_a_sanitized_export_is_unknown() -> None:
    assert word(checked(RULE, case_of(refused(None, fidelity=Fidelity.SANITIZED)))) == "unknown"


@pytest.mark.parametrize(
    ("seen", "sent"),
    [
        pytest.param(b"Bearer key-of-the-gateway", GOOD, id="its-own-key"),
        pytest.param(basic(b"shop", b"login-at-the-gateway"), GOOD, id="its-own-login"),
        pytest.param(b"Bearer key-of-the-gateway", basic(SID, TOKEN + b"\n"), id="with-a-fault-behind"),
    ],
)
def test_a_gateway_that_puts_in_twilio_credentials_may_be_meant_to(seen: bytes, sent: bytes) -> None:
    exchanges = refused(seen, host=GATEWAY, request_id=ONE), refused(sent, at=0.02, request_id=ONE)
    found = diagnoses(exchanges)
    for diagnosis in found.values():
        finding = finding_of(RULE, diagnosis)
        assert finding is not None
        assert finding.verdict.value == "likely"
        assert (
            finding.fix[0] == f"Correct the Twilio credentials that the proxy or gateway in front of {GATEWAY} puts in"
        )
    assert [each.cause for each in found[0].findings if each.verdict.value == "confirmed"] == []


def test_a_fault_of_what_the_gateway_puts_in_leads() -> None:
    exchanges = (
        refused(b"Bearer x", host=GATEWAY, request_id=ONE),
        refused(basic(SID, TOKEN + b"\n"), at=0.02, request_id=ONE),
    )
    top = diagnoses(exchanges)[1].top
    assert top is not None
    assert (top.cause, top.verdict.value) == ("stray-characters", "confirmed")


@pytest.mark.parametrize(
    ("authorization", "name", "kept", "expected"),
    [
        pytest.param(b"Bearer a.b.c", b"X-Forwarded-Authorization", GOOD, "likely", id="a-token-of-the-gateway"),
        pytest.param(basic(b"gw", b"login-of-it"), b"x-original-authorization", GOOD, "likely", id="a-login-of-it"),
        pytest.param(GOOD, b"X-Forwarded-Authorization", GOOD, "unknown", id="the-same"),
        pytest.param(GOOD, b"X-Forwarded-Authorization", b"Bearer of-a-user", "unknown", id="a-user-of-the-gateway"),
        pytest.param(
            GOOD, b"X-Forwarded-Authorization", basic(b"shop", b"login-of-it"), "unknown", id="a-login-of-the-gateway"
        ),
        pytest.param(None, b"X-Forwarded-Authorization", GOOD, "ruled-out", id="taken-out"),
        pytest.param(GOOD, b"X-Forwarded-For", GOOD, "unknown", id="another-header"),
    ],
)
def test_what_a_gateway_kept(authorization: bytes | None, name: bytes, kept: bytes, expected: str) -> None:
    found = judged(RULE, refused(authorization, extra=((name, kept),)), Bearing())
    assert word(found) == expected
    assert TOKEN.decode() not in texts(found)
    assert expected != "likely" or f"{name.decode().title()} has a pair with a SID" in texts(found)


def test_what_a_gateway_kept_is_told_by_its_header() -> None:
    kept = ((b"X-Forwarded-Authorization", GOOD),)
    found = judged(RULE, refused(b"Bearer a.b.c", extra=kept), Bearing())
    assert spots(found) == [("request.headers", None, None)]
    assert "X-Forwarded-Authorization" in texts(found)


@pytest.mark.parametrize(
    ("value", "message", "bearing", "expected"),
    [
        pytest.param(basic(KEY, KEY_SECRET), None, Bearing(), "likely", id="another-pair"),
        pytest.param(basic(KEY, KEY_SECRET), TRIAL, Bearing(), "ruled-out", id="read-by-twilio"),
        pytest.param(basic(KEY, KEY_SECRET)[:-1], None, Bearing(pair_accepted=0), "ruled-out", id="accepted-as-it-is"),
    ],
)
def test_a_pair_that_twilio_accepts_replaced_nothing(
    value: bytes, message: str | None, bearing: Bearing, expected: str
) -> None:
    kept = ((b"X-Forwarded-Authorization", GOOD),)
    assert word(judged(RULE, refused(value, extra=kept, message=message), bearing)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "confirmed", id="refused-by-twilio"),
        pytest.param({"answer": Response(status=403, headers=((b"Server", b"squid"),))}, "likely", id="by-squid"),
        pytest.param({"answer": Response(status=407, headers=())}, "possible", id="a-proxy-asks"),
        pytest.param({"extra": ((b"Authorization", basic(KEY, KEY_SECRET)),)}, "likely", id="another-header-beside-it"),
    ],
)
def test_netrc_is_to_blame_as_far_as_the_answer_allows(options: dict[str, object], expected: str) -> None:
    assert word(netrc((*PAIR, *NETRC), REQUESTS, **options)) == expected


def standing(
    expected: tuple[Expected, ...], how: Standing = Standing.FOUND, source: str = "environment"
) -> tuple[Expected, ...]:
    return tuple(replace(each, standing=how, source=source) for each in expected)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        pytest.param((*standing(PAIR), *NETRC), "confirmed", id="in-the-environment"),
        pytest.param((*standing(PAIR, source=".env line 1"), *NETRC), "likely", id="in-a-file-that-may-not-be-read"),
        pytest.param((*standing(PAIR, Standing.ELSEWHERE), *NETRC), "possible", id="in-a-place-of-other-programs"),
        pytest.param(
            (
                *standing(PAIR),
                *standing(
                    (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, TOKEN)), Standing.ELSEWHERE, "twilio-cli"
                ),
                *NETRC,
            ),
            "ruled-out",
            id="another-place-holds-the-pair-of-the-netrc",
        ),
    ],
)
def test_netrc_against_places_that_nobody_named(expected: tuple[Expected, ...], verdict: str) -> None:
    assert word(netrc(expected)) == verdict


SAME = (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, TOKEN))


@pytest.mark.parametrize(
    ("same", "place"),
    [
        pytest.param(standing(SAME, Standing.ELSEWHERE, "a.env line 1"), "a.env line 1", id="elsewhere"),
        pytest.param(standing(SAME, Standing.GIVEN, "a.env line 1"), "a.env line 1", id="given-as-a-file"),
        pytest.param(standing(SAME, Standing.GIVEN), "the environment", id="given-as-the-environment"),
        pytest.param(standing(SAME), "the environment", id="found-in-the-environment"),
    ],
)
def test_the_place_that_holds_the_pair_of_the_netrc_is_named(same: tuple[Expected, ...], place: str) -> None:
    found = netrc((*PAIR, *same, *NETRC))
    assert isinstance(found, RuledOut)
    assert found.because == f"the netrc entry and {place} hold the same pair"


def test_an_api_key_of_the_netrc_that_is_the_environments_own_is_ruled_out() -> None:
    expected = (*KEYS, *entry(KEY, KEY_SECRET))
    found = checked(RULE, case_of(refused(basic(KEY, KEY_SECRET), agent=REQUESTS), expected=expected))
    assert isinstance(found, RuledOut)
    assert found.because == "the netrc entry and the environment hold the same pair"
