"""The child's variables."""

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.launch import client_files
from why20003.launch.environment import Route, child_environment, trusted_files

FOLDER = Path("/private/folder")
ROUTE = Route(4711, FOLDER, FOLDER / "bundle.pem", FOLDER / "trust.jks")
PROXY = "http://127.0.0.1:4711"
BUNDLE, ADDED = str(FOLDER / "bundle.pem"), str(FOLDER / "added.pem")
HOOK = f"--require={client_files.NODE_HOOK}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, PROXY)
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        ),
        *((name, "localhost,127.0.0.1") for name in ("NO_PROXY", "no_proxy")),
        *((name, BUNDLE) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE")),
        *((name, BUNDLE) for name in ("GIT_SSL_CAINFO", "HTTPLIB2_CA_CERTS", "PERL_LWP_SSL_CA_FILE")),
        *((name, ADDED) for name in ("NODE_EXTRA_CA_CERTS", "DENO_CERT")),
        *((name, "1") for name in ("NODE_USE_ENV_PROXY", "PERL_LWP_ENV_PROXY", "MOJO_PROXY")),
        ("PYTHONPATH", str(FOLDER / "python")),
        ("NODE_OPTIONS", HOOK),
        ("PHP_INI_SCAN_DIR", f"{os.pathsep}{FOLDER / 'php'}"),
        ("WGETRC", str(FOLDER / "wgetrc")),
        ("WHY20003_PROXY", "127.0.0.1:4711"),
        ("WHY20003_NAMES", "twilio.com"),
    ],
)
def test_what_an_empty_environment_becomes(name: str, value: str) -> None:
    assert child_environment({}, ROUTE)[name] == value


def test_nothing_else_is_in_there() -> None:
    assert set(child_environment({}, ROUTE)) == {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "NO_PROXY", "no_proxy"),
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO"),
        *("HTTPLIB2_CA_CERTS", "PERL_LWP_SSL_CA_FILE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"),
        *("NODE_USE_ENV_PROXY", "PERL_LWP_ENV_PROXY", "MOJO_PROXY", "PYTHONPATH", "NODE_OPTIONS", "PHP_INI_SCAN_DIR"),
        *("WGETRC", "WHY20003_PROXY", "WHY20003_NAMES", "JAVA_TOOL_OPTIONS"),
    }


@pytest.mark.parametrize(
    ("parent", "name", "value"),
    [
        pytest.param({"HTTPS_PROXY": "http://corp:1"}, "HTTPS_PROXY", PROXY, id="another-proxy"),
        pytest.param({"NO_PROXY": "a.example,.twilio.com"}, "NO_PROXY", "localhost,127.0.0.1,a.example", id="no-proxy"),
        pytest.param({"NO_PROXY": "a.example"}, "no_proxy", "localhost,127.0.0.1,a.example", id="in-both-cases"),
        pytest.param({"NO_PROXY": "a", "no_proxy": "b"}, "no_proxy", "localhost,127.0.0.1,b", id="each-its-own"),
        pytest.param({"NO_PROXY": "a", "no_proxy": ""}, "no_proxy", "localhost,127.0.0.1", id="empty-is-set"),
        pytest.param({"npm_config_https_proxy": "http://corp:1"}, "npm_config_https_proxy", PROXY, id="npm"),
        pytest.param({"NPM_CONFIG_PROXY": "http://corp:1"}, "NPM_CONFIG_PROXY", PROXY, id="npm-in-capitals"),
        pytest.param({"npm_config_noproxy": "*"}, "npm_config_noproxy", "localhost,127.0.0.1", id="npm-exempt"),
        pytest.param({"MOJO_CA_FILE": "/a.pem"}, "MOJO_CA_FILE", BUNDLE, id="ca-file-of-one-client"),
        pytest.param({"SSL_CERT_FILE": "/a.pem"}, "SSL_CERT_FILE", BUNDLE, id="ca-file"),
        pytest.param({"SSL_CERT_DIR": "/certs"}, "SSL_CERT_DIR", "/certs", id="ca-folder-stays"),
        pytest.param({"PYTHONPATH": "/a:/b:"}, "PYTHONPATH", f"{FOLDER}/python:/a:/b:", id="pythonpath"),
        pytest.param({"PYTHONPATH": ""}, "PYTHONPATH", f"{FOLDER}/python", id="pythonpath-empty"),
        pytest.param(
            {"NODE_OPTIONS": "--max-old-space-size=99"}, "NODE_OPTIONS", f"--max-old-space-size=99 {HOOK}", id="node"
        ),
        pytest.param({"NODE_OPTIONS": f"{HOOK} -x"}, "NODE_OPTIONS", f"{HOOK} -x", id="node-in-a-run-in-a-run"),
        pytest.param({"PHP_INI_SCAN_DIR": "/own"}, "PHP_INI_SCAN_DIR", f"/own:{FOLDER}/php", id="php"),
        pytest.param(
            {"PHP_INI_SCAN_DIR": ":/own"}, "PHP_INI_SCAN_DIR", f":/own:{FOLDER}/php", id="php-default-and-own"
        ),
        pytest.param({"PHP_INI_SCAN_DIR": ""}, "PHP_INI_SCAN_DIR", f"{FOLDER}/php", id="php-default-switched-off"),
        pytest.param({"WGETRC": "/own"}, "WGETRC", "/own", id="wgetrc-of-the-user"),
        pytest.param({"PATH": "/bin", "TWILIO_AUTH_TOKEN": "x y"}, "TWILIO_AUTH_TOKEN", "x y", id="the-rest"),
    ],
)
def test_what_the_parent_has_counts(parent: dict[str, str], name: str, value: str) -> None:
    before = dict(parent)

    assert child_environment(parent, ROUTE)[name] == value
    assert parent == before


def test_a_wider_scope_is_not_exempt_and_known_to_the_hooks() -> None:
    route = Route(1, FOLDER, FOLDER / "b", None, ("*.mock.example", "all"))

    made = child_environment({"NO_PROXY": "mock.example,x.example"}, route)

    assert made["NO_PROXY"] == "localhost,127.0.0.1,x.example"
    assert made["WHY20003_NAMES"] == "twilio.com,mock.example,"


def test_a_path_with_blanks_is_quoted_for_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_files, "NODE_HOOK", Path('/my "own" folder/proxy.cjs'))

    assert child_environment({}, ROUTE)["NODE_OPTIONS"] == '--require="/my \\"own\\" folder/proxy.cjs"'


def test_without_a_trust_store_java_keeps_its_own() -> None:
    options = shlex.split(child_environment({}, Route(1, FOLDER, FOLDER / "b", None))["JAVA_TOOL_OPTIONS"])

    assert "-Dhttps.proxyPort=1" in options
    assert not [option for option in options if "trustStore" in option]


@given(
    st.dictionaries(st.sampled_from(["NO_PROXY", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "PYTHONPATH", "X"]), st.text())
)
def test_any_environment_gives_one_that_holds_the_rest(parent: dict[str, str]) -> None:
    made = child_environment(parent, ROUTE)

    assert made["HTTPS_PROXY"] == PROXY
    assert made.get("X") == parent.get("X")
    assert made["NODE_OPTIONS"].startswith(parent.get("NODE_OPTIONS", ""))


@pytest.mark.parametrize(
    ("parent", "files"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"SSL_CERT_FILE": ""}, [], id="empty"),
        pytest.param({"SSL_CERT_FILE": "/a", "NODE_EXTRA_CA_CERTS": "/b"}, ["/a", "/b"], id="two"),
        pytest.param({"SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": "/a"}, ["/a"], id="the-same-twice"),
        pytest.param({"SSL_CERT_DIR": "/c:/d"}, ["/c", "/d"], id="folders"),
        pytest.param({"MOJO_CA_FILE": "/m", "DENO_CERT": "/n"}, ["/n", "/m"], id="of-one-client"),
    ],
)
def test_trusted_files(parent: dict[str, str], files: list[str]) -> None:
    assert trusted_files(parent) == tuple(Path(file) for file in files)
