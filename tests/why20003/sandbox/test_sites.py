import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.sandbox.messages import Form
from why20003.sandbox.sites import Kind, route_of, site_of


@pytest.mark.parametrize(
    ("host", "kind", "product", "region"),
    [
        ("api.twilio.com", Kind.TWILIO, "api", "us1"),
        ("API.Twilio.com.", Kind.TWILIO, "api", "us1"),
        ("api.us1.twilio.com", Kind.TWILIO, "api", "us1"),
        ("api.dublin.ie1.twilio.com", Kind.TWILIO, "api", "ie1"),
        ("verify.sydney.au1.twilio.com", Kind.TWILIO, "verify", "au1"),
        ("api.tokyo.jp1.twilio.com", Kind.TWILIO, "api", "us1"),
        ("eventgw.twilio.com", Kind.TWILIO, "eventgw", "us1"),
        ("eventgw.ie1.twilio.com", Kind.UNKNOWN, "", "us1"),
        ("api.ie1.twilio.com", Kind.REGIONLESS, "api", "ie1"),
        ("lookups.br1.twilio.com", Kind.REGIONLESS, "lookups", "br1"),
        ("nothing.twilio.com", Kind.UNKNOWN, "", "us1"),
        ("twilio.com", Kind.UNKNOWN, "", "us1"),
        ("api.dublin.xx1.twilio.com", Kind.UNKNOWN, "", "us1"),
        ("mms.twiliocdn.com", Kind.CDN, "", "us1"),
        ("127.0.0.1", Kind.LOOPBACK, "api", "us1"),
        ("api.twilio.com.example", Kind.OTHER, "", "us1"),
        ("eviltwilio.com", Kind.OTHER, "", "us1"),
        ("", Kind.OTHER, "", "us1"),
    ],
)
def test_hosts(host: str, kind: Kind, product: str, region: str) -> None:
    site = site_of(host)
    assert (site.kind, site.product, site.region) == (kind, product, region)


@pytest.mark.parametrize(
    ("target", "form", "account", "resource"),
    [
        ("/2010-04-01", Form.XML, None, ()),
        ("/2010-04-01.json", Form.JSON, None, ()),
        ("/2010-04-01/Accounts", Form.XML, None, ()),
        ("/2010-04-01/Accounts.json?x=.xml", Form.JSON, None, ()),
        ("/2010-04-01/Accounts/A.json", Form.JSON, "A", ()),
        ("/2010-04-01/Accounts/A/Calls", Form.XML, "A", ("Calls",)),
        ("/2010-04-01/Accounts/A/Calls.xml", Form.XML, "A", ("Calls",)),
        ("/2010-04-01/Accounts/A/Calls/B.json", Form.JSON, "A", ("Calls", "B")),
        ("/2010-04-01/Accounts//Calls.json", Form.JSON, "", ("Calls",)),
        ("/2010-04-01/Accounts/.json", Form.JSON, "", ()),
        ("/2010-04-01/Accounts/A%0A/Calls.json", Form.JSON, "A\n", ("Calls",)),
        ("*", Form.JSON, None, ()),
    ],
)
def test_routes_of_the_2010_api(target: str, form: Form, account: str | None, resource: object) -> None:
    route = route_of(site_of("api.twilio.com"), target)
    assert (route.form, route.account, route.resource) == (form, account, resource)


def test_product_hosts_speak_json() -> None:
    route = route_of(site_of("verify.twilio.com"), "/v2/Services.xml")
    assert (route.form, route.account, route.classic) == (Form.JSON, None, False)


@given(st.text(), st.text())
def test_total(host: str, target: str) -> None:
    route = route_of(site_of(host), target)
    assert isinstance(route.resource, tuple)
    assert route.account is None or isinstance(route.account, str)
