"""Product, edge, region and account of a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, SID, refused
from analyzers.endpoint import Endpoint, endpoint_of


def endpoint(host: str = "api.twilio.com", path: bytes = b"/") -> Endpoint:
    return endpoint_of(refused(host=host, path=path).request)


@pytest.mark.parametrize(
    ("host", "product", "edge", "region", "named"),
    [
        ("api.twilio.com", "api", None, "us1", False),
        ("API.TWILIO.COM.", "api", None, "us1", False),
        ("api.us1.twilio.com", "api", None, "us1", True),
        ("api.ie1.twilio.com", "api", None, "ie1", True),
        ("api.dublin.ie1.twilio.com", "api", "dublin", "ie1", True),
        ("messaging.ashburn-ix.us1.twilio.com", "messaging", "ashburn-ix", "us1", True),
        ("twilio.com", "", None, "us1", False),
        ("a.b.c.d.twilio.com", "a", None, "us1", False),
    ],
)
def test_hosts(host: str, product: str, edge: str | None, region: str, *, named: bool) -> None:
    found = endpoint(host)
    assert found.twilio
    assert (found.product, found.edge, found.region, found.region_named) == (product, edge, region, named)


@pytest.mark.parametrize(
    "host", ["example.com", "eviltwilio.com", "api.twilio.com.example.org", "localhost", "192.0.2.1", ""]
)
def test_other_hosts(host: str) -> None:
    found = endpoint(host)
    assert not found.twilio
    assert found.product == ""


@pytest.mark.parametrize(
    ("path", "account", "below"),
    [
        (b"/2010-04-01/Accounts/%s/Messages.json" % SID, SID, b"Messages.json"),
        (b"/2010-04-01/Accounts/%s.json" % SID, SID, b""),
        (b"/2010-04-01/Accounts/%s" % SID, SID, b""),
        (b"/2010-04-01/Accounts/%s/" % SID, SID, b""),
        (b"/2010-04-01/Accounts/%s.json?PageSize=1" % SID, SID, b""),
        (b"/2010-04-01/Accounts/%s/Keys/%s.json" % (SID, KEY), SID, b"Keys/%s.json" % KEY),
        (b"/2010-04-01/Accounts//Messages.json", b"", b"Messages.json"),
        (b"/2010-04-01/Accounts/.json", b"", b""),
        (b"/2010-04-01/Accounts/None/Calls", b"None", b"Calls"),
        (b"/2010-04-01/Accounts/%20AC/Calls", b"%20AC", b"Calls"),
        (b"/2010-04-01/Accounts/x.json/Calls", b"x.json", b"Calls"),
    ],
)
def test_account_in_the_path(path: bytes, account: bytes, below: bytes) -> None:
    found = endpoint(path=path)
    assert found.account == account
    assert found.below == below
    assert path[found.account_start :].startswith(account)
    assert path[: found.account_start].endswith(b"/Accounts/")


@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"",
        b"/2010-04-01",
        b"/2010-04-01/Accounts",
        b"/2010-04-01/Accounts/",
        b"/2010-04-01/Accounts.json",
        b"/2010-04-01/Accounts.json?Status=active",
        b"/2010-04-01/Accounts?x=/Accounts/None/",
        b"/2010-04-01/AccountsOther/x",
        b"/v1/Services",
    ],
)
def test_no_account_in_the_path(path: bytes) -> None:
    found = endpoint(path=path)
    assert found.account is None
    assert found.account_start == 0


@pytest.mark.parametrize(
    ("path", "classic"),
    [
        (b"/2010-04-01/Accounts/x", True),
        (b"//2010-04-01/Accounts/x", True),
        (b"/v1/Accounts/x", False),
        (b"/2010-04-01", False),
    ],
)
def test_classic_paths(path: bytes, *, classic: bool) -> None:
    assert endpoint(path=path).is_classic is classic


@pytest.mark.parametrize(
    ("host", "path", "token"),
    [
        ("oauth.twilio.com", b"/v2/token", True),
        ("oauth.twilio.com", b"/v1/authorize?client_id=x", True),
        ("preview-iam.twilio.com", b"/v1/token", True),
        ("iam.twilio.com", b"/v1/token", True),
        ("iam.twilio.com", b"/v1/Keys", False),
        ("oauth.twilio.com", b"/v2/tokens", False),
        ("api.twilio.com", b"/v2/token", False),
        ("oauth.example.com", b"/v2/token", False),
    ],
)
def test_token_endpoints(host: str, path: bytes, *, token: bool) -> None:
    assert endpoint(host, path).is_token_endpoint is token


@pytest.mark.parametrize(
    ("host", "path", "asks"),
    [
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Messages.json" % SID, True),
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Recordings.json" % SID, True),
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Recordings/RE%s.json" % (SID, SID[2:]), True),
        ("verify.twilio.com", b"/v2/Services", True),
        ("api.twilio.com", b"/", False),
        ("api.twilio.com", b"/2010-04-01", False),
        ("api.twilio.com", b"/2010-04-01.json", False),
        ("api.twilio.com", b"/2010-04-01/", False),
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Recordings/RE%s.mp3" % (SID, SID[2:]), False),
        ("api.twilio.com", b"/2010-04-01/Accounts/%s/Messages/MM%s/Media/ME%s" % (SID, SID[2:], SID[2:]), False),
        ("oauth.twilio.com", b"/v2/token", False),
    ],
)
def test_where_a_success_proves_the_credentials(host: str, path: bytes, *, asks: bool) -> None:
    assert endpoint(host, path).asks_for_credentials is asks


@given(st.text(max_size=60), st.binary(max_size=120))
def test_never_raises(host: str, path: bytes) -> None:
    found = endpoint(host, path)
    assert 0 <= found.account_start <= len(path)
