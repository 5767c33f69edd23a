"""The steps of a fix in the words of each client."""

import pytest
from made_rules import rule, stands

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.client import client_of
from analyzers.client_fixes import AGENTS, SILENT, StepByClient, client_fixes
from analyzers.constructors import CLIENTS, pair_call
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.registry import RULES

RULE_OF = {rule.slug: rule for rule in RULES}


@pytest.mark.parametrize("client", AGENTS)
def test_each_agent_is_known_by_its_name(client: str) -> None:
    assert client_of(refused(agent=AGENTS[client]).request).name == client


def test_each_client_has_words_of_its_own() -> None:
    assert {*AGENTS, *SILENT} <= set(CLIENTS)


def test_every_helper_library_is_among_the_clients() -> None:
    names = ("python", "node", "java", "csharp", "ruby", "php", "go", "cli")
    assert {f"twilio-{name}" for name in names} <= set(AGENTS)


def test_steps_are_told_once_and_then_by_client() -> None:
    steps, clients = client_fixes(rule(stands))

    assert steps == ("Exchange the two: your client way", "Restart")
    assert clients == (StepByClient("Exchange the two", ((tuple(AGENTS), "the client way"),)),)


def test_a_client_without_a_name_on_the_wire_has_its_words_too() -> None:
    def check(_: Case) -> Outcome:
        return Stands(Verdict.LIKELY, "x", (), (f"Give both: {pair_call('')}", "Restart"), "look")

    [fix] = client_fixes(rule(check))[1]

    ways = dict(fix.ways)
    assert fix.lead == "Give both"
    assert set(ways) == {(client,) for client in SILENT}
    assert ways["PHP curl",] == pair_call("PHP curl")


def test_a_step_of_one_client_keeps_its_name() -> None:
    def check(case: Case) -> Outcome:
        own = ("Let curl do it: curl -u x",) if case.client.name == "curl" else ("Do it: by hand",)
        return Stands(Verdict.LIKELY, "x", (), own, "look")

    assert client_fixes(rule(check)) == (
        ("Do it: by hand",),
        (StepByClient("Let curl do it", ((("curl",), "curl -u x"),)),),
    )


def test_a_cause_of_certain_clients_has_the_steps_of_its_sample() -> None:
    def check(case: Case) -> Outcome:
        if case.client.name not in {"curl", "httpx"}:
            return RuledOut("another client")
        return Stands(Verdict.LIKELY, "x", (), (f"Quote it in {case.client.name}",), "look")

    steps, clients = client_fixes(rule(check, hit=lambda: (refused(GOOD, agent=b"curl/8.1"),)))

    assert steps == ("Quote it in curl",)
    assert clients == (StepByClient("", ((("httpx",), "Quote it in httpx"),)),)


def test_a_mark_of_the_library_in_the_sample_does_not_speak_for_all() -> None:
    marked = refused(GOOD, extra=((b"X-Twilio-Client", b"python-9.8.0"),))

    steps, _ = client_fixes(rule(stands, hit=lambda: (marked,)))

    assert steps[0] == "Exchange the two: your client way"


def test_swapped_halves_are_put_right_in_the_words_of_each_library() -> None:
    _, (fix,) = client_fixes(RULE_OF["halves-swapped"])

    ways = dict(fix.ways)
    assert fix.lead == "Exchange the two"
    assert ways["twilio-python",] == "Client(account_sid, auth_token)"
    assert ways["twilio-php",] == "new Client($accountSid, $authToken)"
