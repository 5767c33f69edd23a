import http.client
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from canary import spotted
from every_output_capture import VALUES, exchanges

from addon import metrics, numbers
from addon.metrics import Metrics, Way
from addon.numbers import Numbers, host_label
from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture
from analyzers.hosts import PRODUCTS
from analyzers.registry import RULES
from analyzers.twilio import REGIONS

prometheus_client = pytest.importorskip("prometheus_client")
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402 - behind the check for it

ROOT = Path(__file__).parents[2]
STRAY = basic(SID, TOKEN + b"\n")
WAYS = {"events": Way(3, 2, 1)}


@pytest.fixture
def kept() -> Numbers:
    return Numbers()


@pytest.fixture
def served(kept: Numbers) -> Iterator[Metrics]:
    made = Metrics(0, kept, lambda: WAYS)
    yield made
    made.close()
    made.join()


def page(served: Metrics) -> str:
    with urlopen(f"http://127.0.0.1:{served.port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def samples(text: str) -> dict[tuple[str, str], float]:
    """Value by name and labels, but for the process's own."""
    return {
        (sample.name, json.dumps(sample.labels, sort_keys=True)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("why20003_")
    }


def value(text: str, name: str, **labels: str) -> float | None:
    return samples(text).get((f"why20003_{name}", json.dumps(labels, sort_keys=True)))


def test_what_was_counted_is_on_the_page(kept: Numbers, served: Metrics) -> None:
    capture, host = Capture(b"key"), "api.twilio.com"
    for number, exchange in enumerate((accepted(GOOD), refused(STRAY), refused(STRAY), refused(basic(KEY, TOKEN)))):
        kept.judged(host, capture.add(exchange), 0.002 * number)
    kept.passed("evil.example")
    kept.judged(host, capture.add(accepted(GOOD, at=9.0)), 0.0)
    kept.undiagnosed += 1
    text = page(served)
    assert value(text, "exchanges_total", host=host) == 5
    assert value(text, "exchanges_total", host="other") == 1
    assert value(text, "refusals_total", cause="stray-characters", verdict="confirmed", host=host) == 2
    assert value(text, "refusals_total", cause="token-with-key-sid", verdict="confirmed", host=host) == 1
    latest = value(text, "last_refusal_timestamp_seconds", cause="stray-characters", verdict="confirmed", host=host)
    assert latest is not None
    assert latest > 1.7e9
    assert value(text, "undiagnosed_total") == 1
    assert value(text, "analysis_seconds_count") == 5
    assert value(text, "analysis_seconds_bucket", le="0.0025") == 3
    assert value(text, "analysis_seconds_bucket", le="+Inf") == 5
    assert value(text, "analysis_seconds_sum") == pytest.approx(0.012)
    assert value(text, "events_delivered_total", sink="events") == 3
    assert value(text, "events_dropped_total", sink="events") == 2
    assert value(text, "events_waiting", sink="events") == 1
    assert any(name == "why20003_build_info" for name, _ in samples(text))


def test_no_fault_is_no_refusal_and_a_correction_is_counted(kept: Numbers, served: Metrics) -> None:
    capture = Capture(b"key")
    kept.judged("api.twilio.com", capture.add(refused(None, agent=b"Wget/1.21.3")), 0.0)
    result = capture.add(accepted(GOOD, agent=b"Wget/1.21.3", at=0.2))
    kept.judged("api.twilio.com", result, 0.0)
    kept.refused("api.twilio.com", result.corrections[0].now)
    text = page(served)
    assert value(text, "corrections_total", before="no-authorization", now="challenge-first-client") == 1
    assert value(text, "benign_refusals_total", cause="challenge-first-client") == 1
    assert sum(v for (name, _), v in samples(text).items() if name == "why20003_refusals_total") == 1


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("api.twilio.com", "api.twilio.com"),
        ("API.Twilio.Com.", "api.twilio.com"),
        ("verify.dublin.ie1.twilio.com", "verify.dublin.ie1.twilio.com"),
        ("api.ie1.twilio.com", "api.ie1.twilio.com"),
        ("www.twilio.com", "www.twilio.com"),
        ("twilio.com", "twilio.com"),
        ("sekrit.twilio.com", "other"),
        ("api.sekrit.ie1.twilio.com", "other"),
        ("api.dublin.dublin.ie1.twilio.com", "other"),
        ("api.dublin.twilio.com", "other"),
        (".twilio.com", "other"),
        ("api.twilio.com.evil.example", "other"),
        ("apitwilio.com", "other"),
        ("", "other"),
    ],
)
def test_only_known_hosts_are_named(host: str, label: str) -> None:
    assert host_label(host) == label


def test_labels_are_few_whatever_clients_send(kept: Numbers, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5000):
        kept.passed(f"h{number}.twilio.com")
        kept.passed(f"h{number}.example")
    assert [*kept.exchanges] == ["other"]
    monkeypatch.setattr(numbers, "_MOST_HOSTS", 10)
    for product in sorted(PRODUCTS):
        for region in sorted(REGIONS):
            kept.passed(f"{product}.{region}.twilio.com")
    assert len(kept.exchanges) == 10
    assert len(kept._labels) <= 400


def test_every_cause_can_be_a_label(kept: Numbers) -> None:
    slugs = {rule.slug for rule in RULES} | {numbers.UNEXPLAINED}
    capture = Capture(b"key")
    for exchange in exchanges():
        kept.judged("api.twilio.com", capture.add(exchange), 0.0)
    assert {cause for cause, _, _ in kept.refusals} <= slugs
    assert {verdict for _, verdict, _ in kept.refusals} <= {"confirmed", "likely", "possible", "unknown"}


def test_the_page_holds_no_secret(kept: Numbers, served: Metrics) -> None:
    capture = Capture(b"key")
    for exchange in exchanges():
        kept.judged(exchange.request.host, capture.add(exchange), 0.0)
    text = "\n".join(line for line in page(served).splitlines() if line.startswith(("why", "# ")))
    assert spotted(text.encode(), [*VALUES.values()]) == []


def asked(served: Metrics, path: str = "/metrics", **headers: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("content-type")


def test_only_this_machine_is_answered(served: Metrics) -> None:
    assert asked(served)[0] == 200
    assert asked(served, Host=f"localhost:{served.port}")[0] == 200
    assert asked(served, Host="rebound.example")[0] == 403
    assert asked(served, Host="rebound.example:9464")[0] == 403
    assert asked(served, path="/else")[0] == 404


def test_the_form_is_the_one_that_the_client_takes(served: Metrics) -> None:
    assert (asked(served)[1] or "").startswith("text/plain")
    assert (asked(served, Accept="application/openmetrics-text; version=1.0.0")[1] or "").startswith(
        "application/openmetrics-text"
    )


def test_garbage_and_silence_hold_up_nobody(
    served: Metrics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(5)]
    for garbage in (b"\xff\x00\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(garbage)
            connection.recv(1000)
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert asked(served)[0] == 200
    for each in silent:
        each.close()
    assert capsys.readouterr() == ("", "")


def test_counting_goes_on_while_it_is_asked(kept: Numbers, served: Metrics) -> None:
    capture = Capture(b"key")
    result = capture.add(refused(STRAY))
    assert result.diagnosis is not None
    ends = threading.Event()
    failures: list[str] = []

    def scrape() -> None:
        while not ends.is_set():
            if asked(served)[0] != 200:
                failures.append("not 200")

    scrapers = [threading.Thread(target=scrape) for _ in range(3)]
    for each in scrapers:
        each.start()
    for number in range(30_000):
        kept.refusals[f"c{number % 500}", "likely", "api.twilio.com"] += 1
        kept.last_refusal[f"c{number % 500}", "likely", "api.twilio.com"] = number
        kept.passed("api.twilio.com")
        if number % 500 == 499:
            kept.refusals.clear()
            kept.last_refusal.clear()
    ends.set()
    for each in scrapers:
        each.join()
    assert failures == []
    assert kept.exchanges["api.twilio.com"] == 30_000


def test_a_port_in_use_is_said_at_once(served: Metrics, kept: Numbers) -> None:
    with pytest.raises(OSError, match="in use"):
        Metrics(served.port, kept, dict)


def test_no_name_is_asked_for(kept: Numbers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda host: pytest.fail("that may take seconds"))
    made = Metrics(0, kept, dict)
    made.close()
    made.join()


def test_the_port_is_free_after_the_end(kept: Numbers) -> None:
    first = Metrics(0, kept, dict)
    first.close()
    first.join()
    second = Metrics(first.port, kept, dict)
    assert "why20003_build_info" in page(second)
    second.close()
    second.join()


def test_without_prometheus_client_it_says_what_to_install(kept: Numbers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "find_spec", lambda name: None)
    with pytest.raises(
        ValueError, match=r"needs prometheus_client; install it with: pip install 'why20003\[observe\]'"
    ):
        Metrics(0, kept, dict)


def test_prometheus_client_is_not_loaded_before_somebody_asks() -> None:
    code = "import sys, addon.metrics as m, addon.numbers as n; m.Metrics(0, n.Numbers(), dict); sys.exit('prometheus_client' in sys.modules)"  # noqa: E501 - one line of a program
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


# --- docs/metrics.md and docs/alerts.yml ------------------------------------------------------------------------------
def families_on(text: str) -> set[str]:
    """Names as Prometheus knows them."""
    return {name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name, _ in samples(text)}


@pytest.fixture
def every_family(kept: Numbers, served: Metrics) -> set[str]:
    capture = Capture(b"key")
    for exchange in (
        refused(None, agent=b"Wget/1.21.3"),
        accepted(GOOD, agent=b"Wget/1.21.3", at=0.2),
        refused(STRAY, at=1.0),
    ):
        result = capture.add(exchange)
        kept.judged("api.twilio.com", result, 0.001)
        for correction in result.corrections:
            kept.refused("api.twilio.com", correction.now)
    return families_on(page(served))


def test_the_documentation_names_every_metric_and_no_other(every_family: set[str]) -> None:
    told = (ROOT / "docs" / "metrics.md").read_text()
    named = {line.split("`")[1] for line in told.splitlines() if line.startswith("| `why20003_")}
    assert named == every_family


def test_the_alert_rules_are_rules_over_metrics_that_there_are(every_family: set[str]) -> None:
    yaml = pytest.importorskip("ruamel.yaml")
    document = yaml.YAML(typ="safe").load(ROOT / "docs" / "alerts.yml")
    [group] = document["groups"]
    rules = {rule["alert"]: rule for rule in group["rules"]}
    assert group["interval"] == "10s"
    used = {name for rule in rules.values() for name in re.findall(r"why20003_\w+", rule["expr"])}
    assert used
    assert used <= every_family
    assert "why20003_last_refusal_timestamp_seconds" in rules["TwilioRefused"]["expr"]
    assert "for" not in rules["TwilioRefused"]
    assert all(
        rule["expr"].strip() and rule["labels"]["severity"] and rule["annotations"]["summary"]
        for rule in rules.values()
    )
