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
    assert found.below == b""


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


@pytest.mark.parametrize("host", ["www.twilio.com", "twilio.com", "console.twilio.com", "sdk.twilio.com"])
def test_a_success_at_a_website_proves_nothing(host: str) -> None:
    assert not endpoint(host, b"/2010-04-01/Accounts/%s/Messages.json" % SID).asks_for_credentials


@pytest.mark.parametrize(
    ("path", "versioned"),
    [
        (b"/2010-04-01/Accounts.json", True),
        (b"/v1/Services", True),
        (b"/v2/Services/VA00112233445566778899aabbccddeeff/Verifications", True),
        (b"/v1/token", False),
        (b"/v2/authorize?client_id=x", False),
        (b"/v2/tokens", True),
        (b"/docs/v1/Services", False),
        (b"/console/api/v2/x", False),
        (b"/", False),
        (b"/version/1", False),
    ],
)
def test_paths_of_the_rest_api(path: bytes, *, versioned: bool) -> None:
    assert endpoint(path=path).is_versioned is versioned


ACCOUNTS = b"/2010-04-01/Accounts"
MESSAGE = b"SM" + SID[2:]


@pytest.mark.parametrize(
    ("host", "path", "needed"),
    [
        ("api.twilio.com", ACCOUNTS, True),
        ("api.twilio.com", ACCOUNTS + b".json?PageSize=1", True),
        ("api.twilio.com", ACCOUNTS + b"/", True),
        ("api.twilio.com", ACCOUNTS + b"/%s" % SID, True),
        ("api.twilio.com", ACCOUNTS + b"/%s.json" % SID, True),
        ("api.twilio.com", ACCOUNTS + b"/%s.xml?x=/Messages" % SID, True),
        ("api.twilio.com", ACCOUNTS + b"/%s/Keys.json" % SID, True),
        ("api.twilio.com", ACCOUNTS + b"/%s/Keys/%s.json" % (SID, KEY), True),
        ("api.dublin.ie1.twilio.com", ACCOUNTS + b"/%s.json" % SID, True),
        ("iam.twilio.com", b"/v1/Keys", True),
        ("iam.twilio.com", b"/v1/Keys?AccountSid=%s" % SID, True),
        ("iam.twilio.com", b"/v1/Keys/%s" % KEY, True),
        ("api.twilio.com", ACCOUNTS + b"/%s/Messages.json" % SID, False),
        ("api.twilio.com", ACCOUNTS + b"/%s/Messages/%s.json" % (SID, MESSAGE), False),
        ("api.twilio.com", ACCOUNTS + b"/%s/Balance.json" % SID, False),
        ("api.twilio.com", ACCOUNTS + b"/%s/SigningKeys.json" % SID, False),
        ("api.twilio.com", ACCOUNTS + b"/%s/KeysOther.json" % SID, False),
        ("api.twilio.com", ACCOUNTS + b"/%s.json" % KEY, False),
        ("api.twilio.com", ACCOUNTS + b"/None.json", False),
        ("api.twilio.com", b"/2010-04-01.json", False),
        ("api.twilio.com", b"/v1/Keys", False),
        ("sync.twilio.com", b"/v1/Services/Keys", False),
        ("iam.twilio.com", b"/v1/Account/OAuthApps", False),
        ("iam.twilio.com", b"/v1/token", False),
        ("api.example.com", ACCOUNTS + b"/%s.json" % SID, False),
    ],
)
def test_what_only_a_main_key_may_call(host: str, path: bytes, *, needed: bool) -> None:
    assert endpoint(host, path).needs_main_key is needed


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("api.twilio.com", "us1"),
        ("api.us1.twilio.com", "us1"),
        ("api.ashburn.us1.twilio.com", "us1"),
        ("api.dublin.ie1.twilio.com", "ie1"),
        ("verify.sydney.au1.twilio.com", "au1"),
        pytest.param("api.ie1.twilio.com", "us1", id="region-without-an-edge"),
        pytest.param("api.frankfurt.de1.twilio.com", "us1", id="old-id"),
        pytest.param("api.somewhere.xx1.twilio.com", "xx1", id="unknown-region"),
    ],
)
def test_the_region_that_serves(host: str, region: str) -> None:
    assert endpoint(host).serving_region == region


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        (ACCOUNTS + b"/%s/Messages.json" % SID, ACCOUNTS + b"/*/Messages"),
        (ACCOUNTS + b"/%s/Messages.json?PageSize=1" % SID, ACCOUNTS + b"/*/Messages"),
        (ACCOUNTS + b"/%s/Messages/%s.json" % (SID, MESSAGE), ACCOUNTS + b"/*/Messages/*"),
        (ACCOUNTS + b"/%s/Calls" % SID, ACCOUNTS + b"/*/Calls"),
        (b"/v2/Services/%s/Verifications" % (b"VA" + SID[2:]), b"/v2/Services/*/Verifications"),
        (b"/v2/PhoneNumbers/+15005550006", b"/v2/PhoneNumbers/*"),
        (b"/v2/PhoneNumbers/%2B15005550006", b"/v2/PhoneNumbers/*"),
        (b"/v1/Services/mine", b"/v1/Services/mine"),
        (b"/v1/" + b"x" * 400, b""),
    ],
)
def test_what_a_call_is_for(path: bytes, resource: bytes) -> None:
    assert endpoint(path=path).resource == resource


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        (ACCOUNTS + b"/%s/Messages.json" % SID, True),
        (ACCOUNTS + b"/%s/Calls?Status=busy" % SID, True),
        (ACCOUNTS + b"/%s/Messages/%s.json" % (SID, MESSAGE), False),
        (ACCOUNTS + b"/%s/Mesages.json" % SID, False),
        (ACCOUNTS + b"/%s.json" % SID, False),
        (ACCOUNTS + b".json", False),
        (b"/v1/Messages", False),
    ],
)
def test_lists_that_every_account_has(path: bytes, *, listed: bool) -> None:
    assert endpoint(path=path).is_list is listed


@given(st.text(max_size=60), st.binary(max_size=120))
def test_never_raises(host: str, path: bytes) -> None:
    found = endpoint(host, path)
    assert 0 <= found.account_start <= len(path)
    assert found.needs_main_key in {True, False}
    assert found.is_list in {True, False}
    assert isinstance(found.resource, bytes)
