"""What a JVM is told."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from why20003.launch.java_options import java_variables

LOCAL = "localhost|127.*|[::1]"
OWN = (
    *("-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=4711", "-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=4711"),
    *(f"-Dhttp.nonProxyHosts={LOCAL}", "-Djavax.net.ssl.trustStore=/s.jks", "-Djavax.net.ssl.trustStoreType=JKS"),
)


def options(parent: dict[str, str], no_proxy: str = "", store: str = "/s.jks") -> dict[str, str]:
    return java_variables(parent, 4711, no_proxy, ["twilio.com"], Path(store))


def direct(no_proxy: str, before: str = "") -> str:
    given = shlex.split(options({"JAVA_TOOL_OPTIONS": before}, no_proxy)["JAVA_TOOL_OPTIONS"])
    return [one for one in given if one.startswith("-Dhttp.nonProxyHosts=")][-1].partition("=")[2]


def test_ours_come_behind_what_is_there() -> None:
    assert options({}) == {"JAVA_TOOL_OPTIONS": " ".join(OWN)}
    assert options({"JAVA_TOOL_OPTIONS": "-Xmx1g -Dhttps.proxyPort=1"}) == {
        "JAVA_TOOL_OPTIONS": " ".join(["-Xmx1g -Dhttps.proxyPort=1", *OWN])
    }


@pytest.mark.parametrize("name", ["_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"])
def test_variables_that_overrule_it_are_changed_where_they_name_a_proxy_or_a_store(name: str) -> None:
    assert set(options({name: "-Xmx1g"})) == {"JAVA_TOOL_OPTIONS"}
    assert options({name: "-Dhttps.proxyHost=corp"})[name] == " ".join(["-Dhttps.proxyHost=corp", *OWN])
    assert options({name: "-Djavax.net.ssl.trustStore=/x"})[name].endswith("trustStoreType=JKS")


@pytest.mark.parametrize(
    ("no_proxy", "patterns"),
    [
        pytest.param("", "", id="none"),
        pytest.param("a.example", "|a.example|*.a.example", id="a-domain-and-below"),
        pytest.param(".a.example", "|a.example|*.a.example", id="with-dot"),
        pytest.param("*.a.example", "|a.example|*.a.example", id="with-star"),
        pytest.param("10.0.0.7", "|10.0.0.7", id="an-address"),
        pytest.param("10.0.0.0/8,[fd00::1]", "|[fd00::1]", id="java-knows-no-networks"),
        pytest.param("a.example:80", "", id="java-knows-no-ports"),
        pytest.param("localhost", "|*.localhost", id="localhost-once"),
        pytest.param("a b;$(x)|'", "|a|*.a", id="what-is-no-name-is-left-out"),
    ],
)
def test_no_proxy(no_proxy: str, patterns: str) -> None:
    assert direct(no_proxy) == LOCAL + patterns


def test_hosts_that_the_parent_exempts_for_java_stay_exempt_but_twilio() -> None:
    assert direct("", '-Dhttp.nonProxyHosts="*.corp|*.twilio.com|localhost" -Xmx1g') == f"{LOCAL}|*.corp"


@pytest.mark.parametrize("folder", ["/my folder", "/it's", "/plain"])
def test_a_jvm_reads_the_path_of_the_store_as_it_is(folder: str) -> None:
    if shutil.which("java") is None:
        pytest.skip("java is not installed")
    made = options({}, store=f"{folder}/s.jks")
    shown = subprocess.run(
        ["java", "-XshowSettings:properties", "-version"],
        env={**made, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"javax.net.ssl.trustStore = {folder}/s.jks\n" in shown.stderr
