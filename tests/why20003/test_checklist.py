from collections.abc import Sequence
from dataclasses import replace

import pytest

from analyzers.building import GOOD, REQUEST_ID, SID, TIME, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import diagnose_all
from analyzers.contract import merged
from analyzers.exchange import Exchange, Fidelity, Response
from why20003.checklist import Item, Seen, checklist, iterated, score

ITEMS = (
    *("UTC times", "Skew against Twilio's Date", "Twilio-Request-Id", "Other Twilio headers", "Host, region and edge"),
    *("IP address", "Server address", "TLS issuer", "TLS version", "HTTP version", "Redirect chain"),
    "Header names in wire order",
    *("Authorization shape", "Client", "Proxy variables, by name", "Same-credential history", "Ladder of causes"),
    "What was ruled out, and how",
)


def items(
    exchanges: Sequence[Exchange], *, form: str = "mitm", variables: Sequence[str] | None = ()
) -> dict[str, Item]:
    diagnoses = [result.diagnosis for result in diagnose_all(exchanges, b"key") if result.diagnosis]
    seen = Seen(format=form, exchanges=exchanges, diagnoses=merged(diagnoses), variables=variables)
    return {item.name: item for item in checklist(seen)}


def test_every_item_is_told_and_what_is_missing_says_how_to_get_it() -> None:
    found = items([refused(basic(SID, TOKEN + b"\n"))])
    assert tuple(found) == ITEMS
    assert {item.name for item in found.values() if bool(item.todo) == item.present} == set()
    assert score(found.values()) == sum(item.present for item in found.values())
    rows = [*iterated(found.values())]
    assert {row["name"] for row in rows if "todo" in row} == {name for name, item in found.items() if not item.present}


def accepted_by(version: str) -> Exchange:
    return replace(accepted(GOOD), tls_version=version, server_address="54.172.60.0")


BARE = replace(refused(GOOD), started_at=None, finished_at=None)
BAD = refused(basic(SID, TOKEN[:-1]))


def at(skew: float) -> Exchange:
    return replace(refused(GOOD), started_at=TIME - skew, finished_at=TIME - skew)


@pytest.mark.parametrize(
    ("exchanges", "name", "present", "detail"),
    [
        pytest.param([BARE], "UTC times", False, "no clock", id="no-clock"),
        pytest.param([at(0)], "UTC times", True, "2026-11-03T11:14:08.000Z", id="clock"),
        pytest.param([at(0)], "Skew against Twilio's Date", True, "within 2 seconds", id="no-skew"),
        pytest.param([at(-400)], "Skew against Twilio's Date", True, "400 seconds ahead; set it right", id="ahead"),
        pytest.param([at(30)], "Skew against Twilio's Date", True, "30 seconds behind", id="behind"),
        pytest.param([BARE], "Skew against Twilio's Date", False, "no Date of the answer", id="no-date"),
        pytest.param(
            [refused(GOOD, request_id=REQUEST_ID)], "Twilio-Request-Id", True, "RQ0123456789abcdef", id="request-id"
        ),
        pytest.param(
            [replace(refused(None), response=Response(status=401, headers=(), body=refused(None).response.body))],  # type: ignore[union-attr] # there is one
            "Twilio-Request-Id",
            False,
            "no answer carries one",
            id="no-request-id",
        ),
        pytest.param(
            [refused(GOOD, host="api.dublin.ie1.twilio.com")],
            "Host, region and edge",
            True,
            "api.dublin.ie1.twilio.com: region ie1, edge dublin",
            id="region",
        ),
        pytest.param(
            [replace(refused(GOOD), client_address="127.0.0.1")], "IP address", False, "recording machine", id="local"
        ),
        pytest.param([replace(refused(GOOD), client_address="192.0.2.7")], "IP address", True, "192.0.2.7", id="ip"),
        pytest.param([replace(refused(GOOD), tls_issuer="Corp Proxy")], "TLS issuer", True, "Corp Proxy", id="issuer"),
        pytest.param([refused(GOOD)], "TLS issuer", False, "does not say", id="no-issuer"),
        pytest.param(
            [replace(refused(GOOD), tls_version="TLSv1.3"), replace(refused(GOOD, at=1), tls_version="TLSv1.2")],
            "TLS version",
            True,
            "TLSv1.3, TLSv1.2 (from the recorder to the server)",
            id="tls-versions",
        ),
        pytest.param(
            [accepted_by("TLSv1.3"), refused(GOOD, at=9)], "TLS version", False, "does not say", id="tls-of-another"
        ),
        pytest.param([refused(GOOD, scheme="http")], "TLS version", False, "plain HTTP, there is none", id="no-tls"),
        pytest.param(
            [replace(refused(GOOD), server_address="54.172.60.0")], "Server address", True, "54.172.60.0", id="server"
        ),
        pytest.param(
            [replace(refused(GOOD), server_address="10.0.0.0")],
            "Server address",
            True,
            "10.0.0.0 (stands for one that is not public)",
            id="private-server",
        ),
        pytest.param(
            [replace(refused(GOOD), server_address="no address")],
            "Server address",
            True,
            "no address (stands for one that is not public)",
            id="odd-server",
        ),
        pytest.param([refused(GOOD)], "Server address", False, "behind another proxy it cannot", id="no-server"),
        pytest.param([refused(GOOD)], "Redirect chain", True, "no redirect", id="no-redirect"),
        pytest.param(
            [redirected(GOOD, b"https://api.twilio.com/x"), refused(None, at=1)],
            "Redirect chain",
            True,
            "entry 0 (302 from api.twilio.com)",
            id="redirect",
        ),
        pytest.param([refused(GOOD)], "Header names in wire order", True, "Authorization", id="names"),
        pytest.param(
            [replace(refused(None), fidelity=Fidelity.SANITIZED)],
            "Authorization shape",
            False,
            "leaves credentials out",
            id="sanitised",
        ),
        pytest.param([refused(None)], "Authorization shape", True, "no Authorization", id="none-sent"),
        pytest.param([BAD, BAD], "Same-credential history", True, "2 refused", id="twice"),
        pytest.param([accepted(GOOD), refused(GOOD, at=9)], "Same-credential history", True, "1 accepted", id="worked"),
        pytest.param([BAD], "Same-credential history", False, "1 refused", id="once"),
        pytest.param([BAD], "Ladder of causes", True, "unknown", id="ladder"),
        pytest.param([accepted(GOOD)], "Ladder of causes", False, "nothing was refused", id="no-refusal"),
        pytest.param([accepted(GOOD)], "What was ruled out, and how", False, "nothing was refused", id="no-refusal-2"),
    ],
)
def test_an_item_is_told_from_the_recording(exchanges: list[Exchange], name: str, present: bool, detail: str) -> None:
    item = items(exchanges)[name]
    assert item.present is present
    assert detail in item.detail


@pytest.mark.parametrize(
    ("variables", "present", "detail"),
    [(None, False, "nobody has looked"), ((), True, "none is set"), (("HTTPS_PROXY",), True, "HTTPS_PROXY (where")],
)
def test_variables_are_told_by_name(variables: Sequence[str] | None, present: bool, detail: str) -> None:
    item = items([BAD], variables=variables)["Proxy variables, by name"]
    assert item.present is present
    assert detail in item.detail


def test_an_option_of_the_proxy_is_told_beside_them() -> None:
    made = replace(BAD, proxy_options=("modify_headers",))
    assert "changes requests by modify_headers" in items([made])["Proxy variables, by name"].detail


def test_a_public_address_of_the_server_is_told_as_it_is() -> None:
    item = items([replace(refused(GOOD), server_address="54.172.60.0")])["Server address"]
    assert item.detail == "54.172.60.0"


def test_many_are_cut_short() -> None:
    many = [refused(GOOD, request_id=b"RQ" + b"%032x" % number, at=number) for number in range(20)]
    detail = items(many)["Twilio-Request-Id"].detail
    assert "and 14 more" in detail
