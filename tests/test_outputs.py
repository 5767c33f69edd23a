"""Every format over the sample captures: the goldens, what each document must be held to, and that no secret is in it.

`./just golden` writes the goldens anew.
"""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from live import leaked
from referencing import Registry, Resource
from renderings import DIAGNOSIS, RENDERINGS, UNEXPLAINED, harmless, recording, rendered
from test_samples import EVERY_SECRET, FOLDER, SAMPLES

from analyzers.contract import diagnosis_json
from why20003 import versions
from why20003.cli import main
from why20003.commands.diagnose import Format, Style
from why20003.feeding import Diagnosed, Unreadable, diagnosed_events, diagnosed_files
from why20003.outputs import ndjson

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "tests" / "goldens"
SCHEMAS = ROOT / "why20003" / "schema"
HANDFUL = ("stray-characters", "stripped-on-redirect-post", "challenge-first-client", "feature-gate", "ok")


def schema(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


CONTRACT, LINES = schema(SCHEMAS / "why20003-1.json"), schema(SCHEMAS / "why20003-ndjson-1.json")
REGISTRY: Registry[Any] = Registry().with_resources(
    (each["$id"], Resource.from_contents(each)) for each in (CONTRACT, LINES)
)
DOCUMENT = Draft202012Validator(CONTRACT, format_checker=Draft202012Validator.FORMAT_CHECKER)
LINE = Draft202012Validator(LINES, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER)
SARIF = Draft4Validator(schema(ROOT / "tests" / "why20003" / "schemas" / "sarif-2.1.0-rtm.5.json"))


@pytest.fixture(scope="module")
def samples() -> list[Diagnosed | Unreadable]:
    return [*diagnosed_files([str(sample) for sample in SAMPLES], (), progress=None)]


@pytest.fixture(scope="module")
def streamed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ndjson.pieces(diagnosed_events([str(sample) for sample in SAMPLES], ()))]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs ``diagnose`` on the handful with these options and gives what it prints."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr(versions, "of", lambda _: "0")

    def run(*options: str) -> str:
        assert main(["diagnose", *(f"{name}.mitm" for name in HANDFUL), *options]) == 1
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


OPTIONS = {
    "txt": [],
    "short.txt": ["--style", "short"],
    "ids.txt": ["--style", "ids"],
    "json": ["--format", "json"],
    "ndjson": ["--format", "ndjson"],
    "sarif": ["--format", "sarif"],
    "junit.xml": ["--format", "junit"],
    "md": ["--format", "markdown"],
    "html": ["--format", "html"],
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_output_is_the_expected_one(name: str, printed: Callable[..., str], *, golden_update: bool) -> None:
    found = printed(*OPTIONS[name])
    expected = GOLDENS / f"diagnose.{name}"
    if golden_update:
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RENDERINGS)
def test_no_format_shows_a_secret(name: str, samples: list[Diagnosed | Unreadable]) -> None:
    shown = rendered(name, *samples)
    assert len(shown) > 1000
    assert leaked(shown, *EVERY_SECRET) == []


def test_no_stream_shows_a_secret(streamed: list[dict[str, Any]]) -> None:
    assert leaked(json.dumps(streamed, ensure_ascii=False), *EVERY_SECRET) == []


@pytest.mark.parametrize("name", ["json", "indented.json"])
def test_the_document_is_the_contract(name: str, samples: list[Diagnosed | Unreadable]) -> None:
    found = json.loads(rendered(name, *samples))

    DOCUMENT.validate(found)
    told = [
        (number, diagnosis, indexes)
        for number, each in enumerate(samples)
        if isinstance(each, Diagnosed)
        for diagnosis, indexes in each.diagnoses
    ]
    assert found["diagnoses"] == [diagnosis_json(d, recording=number, indexes=i) for number, d, i in told]
    causes: Counter[str] = Counter()
    credentials: Counter[tuple[str, str | None]] = Counter()
    for _, diagnosis, indexes in told:
        name = "benign" if diagnosis.benign else diagnosis.top.cause if diagnosis.top else "unexplained"
        causes[name] += len(indexes)
        if (seen := diagnosis.credential) is not None:
            credentials[seen.username, seen.fingerprint or None] += len(indexes)
    assert found["summary"] == {
        "by_cause": causes,
        "by_credential": [
            {"username": username, "fingerprint": fingerprint, "refused": count}
            for (username, fingerprint), count in credentials.items()
        ],
    }
    assert [each["path"] for each in found["recordings"]] == [str(sample) for sample in SAMPLES]


def test_each_line_of_the_stream_follows_its_schema(streamed: list[dict[str, Any]]) -> None:
    for line in streamed:
        LINE.validate(line)
    assert {line["type"] for line in streamed} == {"recording", "diagnosis", "correction", "summary"}
    assert [line["type"] for line in streamed].index("summary") == len(streamed) - 1


def test_a_diagnosis_line_has_the_members_of_the_contract() -> None:
    members = CONTRACT["$defs"]["diagnosis"]["required"]

    assert LINES["$defs"]["diagnosis"]["required"] == ["type", *members]
    assert LINES["$defs"]["correction"]["required"] == ["type", *members, "before"]
    for name in ("diagnosis", "correction"):
        assert {*LINES["$defs"][name]["properties"]} == {*LINES["$defs"][name]["required"]}


def test_a_line_is_the_diagnosis_of_the_document(
    samples: list[Diagnosed | Unreadable], streamed: list[dict[str, Any]]
) -> None:
    """Once all corrections are in; the document merges repetitions, so causes and places are what is compared."""
    now: dict[tuple[int, int], dict[str, Any]] = {}
    for line in streamed:
        if line["type"] in {"diagnosis", "correction"}:
            now.update({(line["recording"], index): line for index in line["indexes"]})
    whole = {
        (number, index): diagnosis_json(diagnosis)
        for number, each in enumerate(samples)
        if isinstance(each, Diagnosed)
        for diagnosis, indexes in each.diagnoses
        for index in indexes
    }
    assert {place: (one["cause"], one["verdict"]) for place, one in now.items()} == {
        place: (one["cause"], one["verdict"]) for place, one in whole.items()
    }
    assert streamed[-1]["summary"]["by_cause"] == json.loads(rendered("json", *samples))["summary"]["by_cause"]


def test_a_diagnosis_line_is_the_contract_and_its_type() -> None:
    [line] = [
        json.loads(each) for each in rendered("ndjson", recording(DIAGNOSIS)).splitlines() if '"diagnosis"' in each[:30]
    ]

    assert line.pop("type") == "diagnosis"
    assert line == diagnosis_json(DIAGNOSIS)


def test_sarif_follows_its_schema(samples: list[Diagnosed | Unreadable]) -> None:
    found = json.loads(rendered("sarif", *samples, Unreadable("b.har", "the file is empty"), recording(UNEXPLAINED)))

    assert [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in SARIF.iter_errors(found)] == []
    [run] = found["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]


def test_junit_follows_the_schema_of_jenkins(samples: list[Diagnosed | Unreadable]) -> None:
    found = rendered(
        "junit.xml", *samples, Unreadable("b.har", "the file is empty"), recording(harmless(), UNEXPLAINED)
    )

    xsd = Xsd(ROOT / "tests" / "why20003" / "schemas" / "jenkins-junit.xsd")
    assert xsd.faults(ET.fromstring(found)) == []  # noqa: S314 - our own


class Xsd:
    """The part of XML Schema that the schema of Jenkins uses: sequences of elements, and attributes."""

    XS = "{http://www.w3.org/2001/XMLSchema}"

    def __init__(self, path: Path) -> None:
        self._elements = {each.get("name"): each for each in ET.parse(path).getroot()}  # noqa: S314 - in the project

    def faults(self, element: ET.Element) -> list[str]:
        """What `element` and all below it have that they should not, or lack."""
        declared = self._elements.get(element.tag)
        if declared is None:
            return [f"{element.tag} is not declared"]
        attributes = {each.get("name"): each.get("use") for each in declared.iter(f"{self.XS}attribute")}
        found = [f"{element.tag}: no attribute {name}" for name in element.attrib.keys() - attributes.keys()]
        needed = {name for name, use in attributes.items() if use == "required"}
        found += [f"{element.tag}: lacks {name}" for name in needed - element.attrib.keys()]
        order = [(each.get("ref"), each) for each in declared.iter(f"{self.XS}element") if each.get("ref")]
        names = [name for name, _ in order]
        children = [child.tag for child in element]
        if any(child not in names for child in children):
            return [*found, f"{element.tag}: holds {children}"]
        if children != sorted(children, key=names.index):
            found.append(f"{element.tag}: {children} in the wrong order")
        for name, each in order:
            if each.get("maxOccurs", "1") == "1" and children.count(str(name)) > 1:
                found.append(f"{element.tag}: {name} more than once")
        return [*found, *(fault for child in element for fault in self.faults(child))]


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        ("<testsuites/>", []),
        ('<testsuites><testsuite name="a"/></testsuites>', ["testsuite: lacks tests"]),
        ('<testsuites><testsuite name="a" tests="1" x="1"/></testsuites>', ["testsuite: no attribute x"]),
        ("<testsuites><testcase/></testsuites>", ["testsuites: holds ['testcase']"]),
        (
            '<testcase name="a"><failure/><error/></testcase>',
            ["testcase: ['failure', 'error'] in the wrong order"],
        ),
        ('<testcase name="a"><skipped/><skipped/></testcase>', ["testcase: skipped more than once"]),
        ("<other/>", ["other is not declared"]),
    ],
)
def test_a_breach_of_the_schema_of_jenkins_is_found(xml: str, fault: list[str]) -> None:
    xsd = Xsd(ROOT / "tests" / "why20003" / "schemas" / "jenkins-junit.xsd")
    assert xsd.faults(ET.fromstring(xml)) == fault  # noqa: S314 - our own


def test_the_documentation_names_every_format_and_schema() -> None:
    told = (ROOT / "docs" / "outputs.md").read_text("utf-8")

    assert [each.value for each in Format if f"| `{each.value}`" not in told] == []
    assert [each.value for each in Style if f"`{each.value}`" not in told] == []
    assert [path.name for path in SCHEMAS.iterdir() if path.name not in told] == []
    members = {*CONTRACT["required"], *CONTRACT["$defs"]["diagnosis"]["required"]}
    assert [name for name in members if f'"{name}"' not in told] == []
    assert [name for name in LINES["$defs"] if f"| `{name}` |" not in told] == []
