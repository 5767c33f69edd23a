"""Account resources: who owns whom, and nothing else of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.accounts import AccountFact, accounts_in, is_account_resource
from analyzers.building import GOOD, KEY, OTHER_SID, SID, TOKEN, accepted
from analyzers.endpoint import endpoint_of
from analyzers.exchange import Response

MAIN = {"sid": SID.decode(), "owner_account_sid": SID.decode(), "status": "active", "auth_token": TOKEN.decode()}
SUB = {"sid": OTHER_SID.decode(), "owner_account_sid": SID.decode(), "status": "suspended"}


def answer(body: bytes | object) -> Response:
    return Response(status=200, headers=(), body=body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (b"/2010-04-01/Accounts/%s.json" % SID, True),
        (b"/2010-04-01/Accounts/%s" % SID, True),
        (b"/2010-04-01/Accounts.json?PageSize=5", True),
        (b"/2010-04-01/Accounts", True),
        (b"/2010-04-01/Accounts/%s/Messages.json" % SID, False),
        (b"/2010-04-01", False),
        (b"/v1/Accounts", False),
    ],
)
def test_paths_that_answer_with_accounts(path: bytes, *, is_one: bool) -> None:
    assert is_account_resource(endpoint_of(accepted(GOOD, path=path).request)) is is_one


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(MAIN, [AccountFact(SID, SID, "active")], id="one"),
        pytest.param(
            {"accounts": [MAIN, SUB]},
            [AccountFact(SID, SID, "active"), AccountFact(OTHER_SID, SID, "suspended")],
            id="list",
        ),
        pytest.param({"sid": SID.decode()}, [AccountFact(SID, None, "")], id="without-owner"),
        pytest.param({**MAIN, "status": "odd"}, [AccountFact(SID, SID, "")], id="unknown-status"),
        pytest.param({**MAIN, "status": ["active"]}, [AccountFact(SID, SID, "")], id="status-no-text"),
        pytest.param({**MAIN, "sid": KEY.decode()}, [], id="a-key"),
        pytest.param({"sid": 5}, [], id="sid-no-text"),
        pytest.param([MAIN], [], id="no-object"),
        pytest.param({"accounts": [None, 5, SUB]}, [AccountFact(OTHER_SID, SID, "suspended")], id="odd-entries"),
        pytest.param(
            b"<?xml version='1.0'?><TwilioResponse><Account><Sid>%s</Sid><AuthToken>%s</AuthToken>"
            b"<Status>closed</Status><OwnerAccountSid>%s</OwnerAccountSid></Account></TwilioResponse>"
            % (OTHER_SID, TOKEN, SID),
            [AccountFact(OTHER_SID, SID, "closed")],
            id="xml",
        ),
        pytest.param(
            b"\n <Accounts>\n  <Account>\n   <Sid>%s</Sid>\n   <Status>active</Status>\n  </Account>\n"
            b"  <Account>\n   <Sid>%s</Sid>\n   <OwnerAccountSid>%s</OwnerAccountSid>\n  </Account>\n </Accounts>\n"
            % (SID, OTHER_SID, SID),
            [AccountFact(SID, None, "active"), AccountFact(OTHER_SID, SID, "")],
            id="xml-list",
        ),
        pytest.param(
            b"<Account><Sid>%s</Sid></Account><Other><Status>closed</Status></Other>" % SID,
            [AccountFact(SID, None, "")],
            id="xml-of-another-element",
        ),
        pytest.param(b"<Account><Sid>%s</Sid><Owner" % SID, [AccountFact(SID, None, "")], id="xml-cut"),
        pytest.param(b"<Account><Status>active</Status></Account>", [], id="xml-without-sid"),
        pytest.param({"sid": "\ud800"}, [], id="half-a-surrogate-pair"),
        pytest.param(b"", [], id="empty"),
        pytest.param(b"[" * 100_000, [], id="deep"),
    ],
)
def test_what_is_read(body: bytes | object, found: list[AccountFact]) -> None:
    assert [*accounts_in(answer(body))] == found


def test_the_auth_token_of_the_resource_is_not_read() -> None:
    assert TOKEN.decode() not in repr(accounts_in(answer(MAIN)))


def test_a_list_is_bounded() -> None:
    accounts = [{"sid": f"AC{number:032x}"} for number in range(150)]
    assert len(accounts_in(answer({"accounts": accounts}))) == 100
    in_xml = b"".join(b"<Account><Sid>AC%032x</Sid></Account>" % number for number in range(150))
    found = accounts_in(answer(b"<Accounts>%s</Accounts>" % in_xml))
    assert [fact.sid for fact in found] == [b"AC%032x" % number for number in range(100)]


@given(st.binary(max_size=200))
def test_no_body_raises(body: bytes) -> None:
    accounts_in(answer(body))
