"""The proxy of the parent's environment becomes ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.launch.upstream import VARIABLES, Upstream, upstream_of

PASSWORD = "Tr0ub4dor&3"


@pytest.mark.parametrize(
    ("parent", "mode", "auth"),
    [
        pytest.param({"HTTPS_PROXY": "http://p.example:3128"}, "http://p.example:3128", "", id="upper"),
        pytest.param({"https_proxy": "http://p.example:3128/"}, "http://p.example:3128", "", id="lower-with-slash"),
        pytest.param({"https_proxy": "p.example:3128"}, "http://p.example:3128", "", id="without-scheme"),
        pytest.param({"https_proxy": "http://p.example"}, "http://p.example:80", "", id="without-port"),
        pytest.param({"https_proxy": "HTTPS://p.example"}, "https://p.example:443", "", id="tls-to-the-proxy"),
        pytest.param({"https_proxy": "http://[2001:db8::1]:3128"}, "http://[2001:db8::1]:3128", "", id="version-6"),
        pytest.param({"https_proxy": " http://p.example:1 "}, "http://p.example:1", "", id="blanks-around"),
        pytest.param({"https_proxy": "http://u:p@p.example:1"}, "http://p.example:1", "u:p", id="login"),
        pytest.param({"https_proxy": "http://u:a%40b%3Ac@p.example:1"}, "http://p.example:1", "u:a@b:c", id="escapes"),
        pytest.param({"https_proxy": "http://u:a@b@p.example:1"}, "http://p.example:1", "u:a@b", id="unescaped-at"),
        pytest.param({"https_proxy": "http://u@p.example:1"}, "http://p.example:1", "u:", id="user-alone"),
        pytest.param(
            {"https_proxy": "http://u:a/b?c#d@p.example:1"}, "http://p.example:1", "u:a/b?c#d", id="odd-signs"
        ),
        pytest.param({"all_proxy": "http://a:1", "HTTP_PROXY": "http://h:1"}, "http://a:1", "", id="all-before-http"),
        pytest.param({"https_proxy": "http://l:1", "HTTPS_PROXY": "http://u:1"}, "http://l:1", "", id="lower-first"),
        pytest.param({"https_proxy": "", "HTTP_PROXY": "http://h:1"}, "http://h:1", "", id="an-empty-one-is-none"),
    ],
)
def test_upstream(parent: dict[str, str], mode: str, auth: str) -> None:
    assert upstream_of(parent) == Upstream(f"upstream:{mode}", auth)


@pytest.mark.parametrize(
    ("no_proxy", "expected"),
    [
        pytest.param("x.example", Upstream("upstream:http://p:1"), id="others-exempt"),
        pytest.param(".twilio.com", Upstream("upstream:http://p:1", spares_twilio=True), id="twilio-exempt"),
        pytest.param("x.example, *", None, id="everything-exempt"),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_of_the_parent(name: str, no_proxy: str, expected: Upstream | None) -> None:
    assert upstream_of({"HTTPS_PROXY": "http://p:1", name: no_proxy}) == expected


@pytest.mark.parametrize("parent", [{}, {"https_proxy": "  "}, {"NO_PROXY": "x"}])
def test_none(parent: dict[str, str]) -> None:
    assert upstream_of(parent) is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param(f"socks5h://u:{PASSWORD}@p:1080", "SOCKS", id="socks"),
        pytest.param(f"ftp://u:{PASSWORD}@p:1", "neither http:// nor https://", id="another-scheme"),
        pytest.param(f"http://u:{PASSWORD}@", "no proxy URL", id="no-host"),
        pytest.param(f"http://u:{PASSWORD}@p q:1", "no proxy URL", id="blank-in-the-host"),
        pytest.param(f"http://u:{PASSWORD}@p:99999", "a port that does not exist", id="port-too-large"),
        pytest.param(f"http://u:{PASSWORD}@p:0", "a port that does not exist", id="port-zero"),
        pytest.param(f"http://u:{PASSWORD}@p:http", "no proxy URL", id="port-is-a-word"),
        pytest.param(f"http://:{PASSWORD}@p:1", "no user name", id="password-alone"),
        pytest.param("${PROXY}", "no proxy URL", id="a-variable-nobody-filled-in"),
        pytest.param("http://p:" + "1" * 5000, "a port that does not exist", id="endless-port"),
    ],
)
@pytest.mark.parametrize("name", VARIABLES)
def test_nonsense_is_one_line_that_names_the_variable_and_shows_no_secret(name: str, url: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} .*{says}") as caught:
        upstream_of({name: url})

    assert "\n" not in str(caught.value)
    assert not [i for i in range(len(PASSWORD) - 4) if PASSWORD[i : i + 5] in str(caught.value)]


def test_its_repr_shows_no_secret() -> None:
    assert PASSWORD not in repr(upstream_of({"https_proxy": f"http://u:{PASSWORD}@p:1"}))


@given(st.text())
def test_any_value_gives_a_result_or_one_line(url: str) -> None:
    found = _found_or_said(url)

    assert found is None or found.startswith(("upstream:http", "HTTPS_PROXY "))
    assert "\n" not in (found or "")


def _found_or_said(url: str) -> str | None:
    try:
        found = upstream_of({"HTTPS_PROXY": url})
    except ValueError as error:
        return str(error)
    return found.mode if found else None
