from collections.abc import Callable
from typing import Any

import pytest

from why20003.sandbox import LIVE, MAIN_KEY, SUBACCOUNT, sandbox_sid
from why20003.sandbox.messages import Form

HERE = f"/2010-04-01/Accounts/{LIVE.sid}"
GOOD = {"To": "%2B14155550100", "From": "%2B15005550006", "Body": "hi", "Url": "https://a.example"}


def form_of(**changes: str | None) -> str:
    return "&".join(f"{name}={value}" for name, value in (GOOD | changes).items() if value is not None)


@pytest.mark.parametrize(
    ("resource", "changes", "code"),
    [
        ("Messages", {"To": None}, 21604),
        ("Messages", {"To": ""}, 21604),
        ("Messages", {"To": "%2B15005550001"}, 21211),
        ("Messages", {"To": "12345"}, 21211),
        ("Messages", {"From": None}, 21603),
        ("Messages", {"Body": None}, 21602),
        ("Calls", {"To": None}, 21201),
        ("Calls", {"To": "%2B15005550001"}, 21217),
        ("Calls", {"From": None}, 21213),
        ("Calls", {"Url": None}, 21205),
    ],
)
def test_faulty_parameters(
    ask: Callable[..., Any], resource: str, changes: dict[str, str | None], code: int | None
) -> None:
    answer = ask(f"{HERE}/{resource}.json", method="POST", form=form_of(**changes))
    assert (answer.status, answer.payload.code) == (400, code)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"From": None, "MessagingServiceSid": "MG"},
        {"Body": None, "MediaUrl": "x"},
        {"To": "whatsapp:%2B14155550100"},
    ],
)
def test_messages_that_are_accepted(ask: Callable[..., Any], changes: dict[str, str | None]) -> None:
    assert ask(f"{HERE}/Messages.json", method="POST", form=form_of(**changes)).status == 201


def test_the_log_does_not_repeat_the_number(ask: Callable[..., Any]) -> None:
    payload = ask(f"{HERE}/Messages.json", method="POST", form=form_of(To="98765")).payload
    assert payload.message == "Invalid 'To' Phone Number: 98765"
    assert "98765" not in payload.shown


def test_what_was_created_can_be_fetched_and_deleted(ask: Callable[..., Any]) -> None:
    created = ask(f"{HERE}/Messages.json", method="POST", form=form_of()).payload
    path = f"{HERE}/Messages/{created.fields['sid']}.json"
    assert (created.fields["to"], created.fields["status"]) == ("+14155550100", "queued")
    assert ask(path).status == 200
    assert ask(path, method="POST", form="Status=canceled").status == 200
    assert ask(path, method="DELETE").status == 204


@pytest.mark.parametrize(
    "path",
    [
        f"{HERE}/Messages/SM{'0' * 32}.json",
        f"{HERE}/Messages/SM{'0' * 32}/Media.json",
        f"{HERE}/Nothing.json",
        f"{HERE}/Messages/.json",
        f"{HERE}/",
    ],
)
def test_unknown_resources(ask: Callable[..., Any], path: str) -> None:
    answer = ask(path)
    assert (answer.status, answer.payload.code) == (404, 20404)
    assert answer.payload.message == f"The requested resource {path} was not found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Messages.json"),
        ("DELETE", "/Messages.json"),
        ("POST", "/Balance.json"),
        ("DELETE", "/Nothing.json"),
    ],
)
def test_methods_that_are_not_taken(ask: Callable[..., Any], method: str, path: str) -> None:
    answer = ask(f"{HERE}{path}", method=method)
    assert (answer.status, answer.payload.code) == (405, 20004)


def test_accounts_are_the_own_and_the_subaccounts(ask: Callable[..., Any]) -> None:
    listed = ask("/2010-04-01/Accounts.json").payload.fields["accounts"]
    assert [account["sid"] for account in listed] == [LIVE.sid, SUBACCOUNT.sid]


def test_keys_are_listed_without_the_deleted(ask: Callable[..., Any]) -> None:
    keys = ask(f"{HERE}/Keys.json").payload.fields["keys"]
    assert [key["sid"][-4:] for key in keys] == ["0011", "0012", "0013"]
    assert "secret" not in keys[0]
    assert ask(f"{HERE}/Keys/{MAIN_KEY.sid}.json").status == 200


@pytest.mark.parametrize("path", ["/Messages", "/Messages.xml", f"/Messages/{sandbox_sid('SM', '')}"])
def test_xml_on_demand(ask: Callable[..., Any], path: str) -> None:
    assert ask(f"{HERE}{path}").form is Form.XML


@pytest.mark.parametrize("path", ["/Usage/Records.json", "/AvailablePhoneNumbers/US/Local.json", "/Recordings.json"])
def test_other_lists(ask: Callable[..., Any], path: str) -> None:
    assert ask(f"{HERE}{path}").status == 200


def test_the_second_page_is_empty(ask: Callable[..., Any]) -> None:
    assert ask(f"{HERE}/Messages.json?PageSize=1&Page=1").payload.fields["messages"] == []
