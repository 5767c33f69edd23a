from dataclasses import replace

import pytest

from analyzers.client import client_of
from analyzers.exchange import Request
from why20003.launch.processes import Ran
from why20003.launch.runtimes import BY_CLIENT, RUNTIMES, TRUST
from why20003.launch.sightings import UNTOLD, Broken, Sightings
from why20003.launch.unseen import Circumstances, captures_locally, explain

NOTHING = Sightings()
APP = Circumstances("app", 0)
BASH = Ran("bash", "shell")
TWILIO = "api.twilio.com"


def said(seen: Sightings, known: Circumstances = APP) -> str:
    return "\n".join(explain(seen, known))


def test_nothing_is_said_when_all_was_seen() -> None:
    assert said(Sightings(connections=1, twilio=1)) == ""
    assert said(Sightings(connections=9, twilio=3, refusals=3, passed={"example.com": 4}, connects={TWILIO: 1})) == ""


@pytest.mark.parametrize("family", RUNTIMES)
def test_no_connection_names_the_client_that_ran_and_its_next_step(family: str) -> None:
    told = said(NOTHING, replace(APP, ran=(BASH, Ran(f"{family}-x", family))))
    assert told.startswith("no Twilio exchange was seen: nothing connected to the proxy\n")
    assert f"  {family}-x ran ({RUNTIMES[family].title}): perhaps " in told
    assert f"\n  {RUNTIMES[family].step}\n" in told
    assert "NO_PROXY" in told
    assert "HTTP/3" in told


def test_what_was_started_by_others_is_named_first_and_each_kind_once() -> None:
    ran = (Ran("npm", ""), Ran("node", "node"), Ran("node", "node"), Ran("python3", "python"))
    told = said(NOTHING, replace(APP, ran=ran))
    assert told.index("python3 ran (Python)") < told.index("node ran (Node)")
    assert told.count("node ran") == 1


def test_without_a_known_client_nothing_is_claimed() -> None:
    told = said(NOTHING, replace(APP, ran=(BASH,)))
    assert "  Perhaps app made no request, or uses a client that reads no HTTPS_PROXY." in told


def test_an_exit_code_may_be_the_reason() -> None:
    assert "  It ended with exit code 7: perhaps before it made a request." in said(NOTHING, replace(APP, code=7))
    assert "exit code" not in said(NOTHING)


@pytest.mark.parametrize(
    ("ran", "step"),
    [
        (Ran("curl", "curl", "HTTPS_PROXY"), "  curl was started without our HTTPS_PROXY: whatever starts it changes"),
        (
            Ran("node", "node", "NO_PROXY"),
            "  node was started with a NO_PROXY that exempts Twilio: take twilio.com out",
        ),
        (
            Ran("sudo", "sudo"),
            "  sudo starts programs without these variables: put it in front instead: sudo -E why20003",
        ),
    ],
    ids=lambda value: getattr(value, "lost", None),
)
def test_a_lost_variable_is_the_reason_and_no_other_is_guessed(ran: Ran, step: str) -> None:
    told = said(NOTHING, replace(APP, ran=(BASH, ran), local_mode=True))
    assert step in told
    assert "perhaps" not in told.lower()


def test_a_container_has_its_own_world() -> None:
    assert "run why20003 inside of it" in said(NOTHING, replace(APP, ran=(Ran("docker", "docker"),)))


def test_local_mode_is_offered_where_it_works() -> None:
    told = said(NOTHING, replace(APP, ran=(Ran("a-program-with-a-long-name", "go"),), local_mode=True))
    assert "why20003 proxy -- --mode local:a-program-with-" in told  # the kernel keeps no more of a name
    assert "--mode local" not in said(NOTHING)


@pytest.mark.parametrize(
    ("platform", "release", "reason", "works"),
    [
        ("linux", "6.8.0-45-generic", "", True),
        ("linux", "6.18.44", "", True),
        ("linux", "7.0", "", True),
        ("linux", "6.7.12", "", False),
        ("linux", "5.15.0", "", False),
        ("linux", "6.8.0-45-generic", None, False),
        ("linux", "6.8.0-45-generic", "no BPF", False),
        ("linux", "6.18.33-microsoft-standard-WSL2", "", False),
        ("linux", "odd", "", False),
        ("darwin", "24.1.0", None, True),
        ("darwin", "24.1.0", "not installed", False),
        ("win32", "11", "", True),
        ("freebsd14", "14", "", False),
    ],
)
def test_where_local_mode_works(platform: str, release: str, reason: str | None, works: bool) -> None:
    assert captures_locally(platform, release, reason) is works


def test_other_hosts_are_named() -> None:
    hosts = {f"{name}.example.com": 1 for name in "abcde"}
    told = said(Sightings(connections=5, connects=hosts, passed=hosts))
    assert "went to other hosts only: a.example.com, b.example.com, c.example.com and 2 more\n" in told
    assert "--scope twilio,HOST" in told


def test_a_host_that_was_asked_without_connect_counts() -> None:
    told = said(Sightings(connections=1, requests={"http://example.com": 2}))
    assert "went to other hosts only: example.com\n" in told


def test_a_connection_without_a_request() -> None:
    assert f"connected to {TWILIO}, but no request came" in said(Sightings(connections=1, connects={TWILIO: 1}))
    assert "connected to the proxy, but asked for nothing" in said(Sightings(connections=2))


def test_a_host_inside_that_is_another() -> None:
    told = said(Sightings(connections=1, connects={TWILIO: 1}, passed={TWILIO: 1}))
    assert f"TLS to {TWILIO} passed unopened" in told


@pytest.mark.parametrize("reason", ["unknown-ca", "bad-certificate", "certificate-unknown"])
def test_a_client_that_says_that_it_does_not_trust_us(reason: str) -> None:
    seen = Sightings(connections=1, connects={TWILIO: 1}, broken=(Broken(TWILIO, reason, "curl", 1),))
    told = said(seen)
    assert told.startswith(f"no Twilio exchange was seen: curl did not trust the proxy's certificate for {TWILIO}\n")
    assert TRUST["curl"] in told
    assert ("pins" in told) is (reason != "unknown-ca")


def test_a_client_that_closes_without_a_word_is_only_suspected() -> None:
    seen = Sightings(connections=3, connects={TWILIO: 3}, broken=(Broken(TWILIO, "closed", "", 3),))
    told = said(seen, replace(APP, ran=(BASH, Ran("java", "java"))))
    assert f"java broke off TLS to {TWILIO}, 3 times, perhaps since it does not trust the proxy\n" in told
    assert TRUST["java"] in told
    assert "If it pins Twilio's certificate" in told


def test_of_several_clients_none_is_accused() -> None:
    seen = Sightings(connections=1, connects={TWILIO: 1}, broken=(Broken(TWILIO, "closed", "", 1),))
    told = said(seen, replace(APP, ran=(Ran("java", "java"), Ran("node", "node"))))
    assert told.startswith("no Twilio exchange was seen: the client broke off TLS")
    assert TRUST[""] in told


def test_distrust_is_told_beside_what_was_seen() -> None:
    seen = Sightings(connections=4, twilio=2, broken=(Broken(TWILIO, "unknown-ca", "curl", 1),))
    assert said(seen).startswith(f"curl did not trust the proxy's certificate for {TWILIO}\n")


def test_a_proxy_that_died_is_said_plainly() -> None:
    told = said(UNTOLD, replace(APP, died="killed by signal 9"))
    assert told.startswith(
        "the proxy ended before the program did (killed by signal 9): its requests failed from then on\n"
    )
    assert said(UNTOLD).startswith("the proxy ended before the program did: ")


def test_every_client_of_the_table_is_one_that_we_name_and_has_its_text() -> None:
    agents = ["node", "undici", "got (https://x)", "node-fetch", "Go-http-client/1.1", "Ruby", "Faraday v2.7.1"]
    agents += ["HTTPClient/1.0 (2.8.3, ruby 3.1.2)", "Symfony HttpClient (Curl)", "Mojolicious (Perl)"]
    agents += ["python-requests/2.3", "python-httpx/0.2", "Python-urllib/3.1", "Java/17", "Java-http-client/17"]
    named = {named_by(agent) for agent in agents}
    assert named <= set(BY_CLIENT)
    assert set(BY_CLIENT.values()) <= set(RUNTIMES)
    assert set(TRUST) == {*RUNTIMES, ""}


def named_by(agent: str) -> str:
    headers = ((b"user-agent", agent.encode()),)
    return client_of(Request(method="GET", scheme="https", host="x", port=443, target=b"/", headers=headers)).name


def test_every_text_is_a_sentence() -> None:
    for runtime in RUNTIMES.values():
        assert all(line.endswith(".") for line in runtime.steps("program"))
    assert all(text.endswith(".") for text in TRUST.values())
