import json
from xml.etree import ElementTree as ET

import pytest

from addon import annotate
from addon.settings import Annotate
from analyzers.building import GOOD, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange

NEWLINE = basic(SID, TOKEN + b"\n")


def diagnosis(exchange: Exchange | None = None) -> Diagnosis:
    found = diagnose_all([exchange or refused(NEWLINE)], b"key")[-1].diagnosis
    assert found is not None
    return found


SENTENCE = annotate.sentence(diagnosis())
LEGACY = b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'


def test_the_sentence_is_one_line_with_verdict_and_fix() -> None:
    assert SENTENCE.startswith("[why20003: The password has extra characters: line feed")
    assert "(confirmed): Trim" in SENTENCE
    assert SENTENCE.endswith("]")
    assert "\n" not in SENTENCE


SHAPES = [
    pytest.param({"code": 20003, "message": "Authenticate", "more_info": "x", "status": 401}, "message", id="legacy"),
    pytest.param({"code": 20003, "detail": "Wrong.", "message": "Authenticate", "status": 401}, "message", id="old"),
    pytest.param(
        {"code": 20003, "message": "Authenticate", "httpStatusCode": 401, "userError": True}, "message", id="v1"
    ),
    pytest.param(
        {"type": "t", "title": "Unauthorized", "status": 401, "detail": "Authenticate", "code": 20003},
        "detail",
        id="9457",
    ),
    pytest.param({"schemas": ["s"], "detail": "Authenticate", "status": "401", "code": 20003}, "detail", id="scim"),
    pytest.param({"error": "invalid_client", "error_description": "Authenticate"}, "error_description", id="oauth"),
]


@pytest.mark.parametrize(("found", "member"), SHAPES)
def test_message_level_appends_to_what_the_libraries_show(found: dict[str, object], member: str) -> None:
    changed = annotate.body(json.dumps(found).encode(), diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    new = json.loads(changed)
    assert new[member] == f"Authenticate {SENTENCE}"
    assert SENTENCE in new["message"]
    assert {k: v for k, v in new.items() if k not in {member, "message", "why20003"}} == {
        k: v for k, v in found.items() if k not in {member, "message"}
    }
    assert new["why20003"]["cause"] == "stray-characters"
    assert new["why20003"]["verdict"] == "confirmed"


def test_errors_list_is_annotated_where_its_text_stands() -> None:
    content = b'{"errors":[{"code":20003,"message":"Authenticate"}]}'
    changed = annotate.body(content, diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    assert json.loads(changed)["errors"][0]["message"] == f"Authenticate {SENTENCE}"


def test_a_body_without_any_text_gets_a_message() -> None:
    changed = annotate.body(b'{"code":20003}', diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    assert json.loads(changed)["message"] == SENTENCE


def test_title_alone_gets_detail_and_message() -> None:
    changed = annotate.body(b'{"title":"Unauthorized","code":20003}', diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    found = json.loads(changed)
    assert found["title"] == "Unauthorized"
    assert found["detail"] == SENTENCE
    assert found["message"] == f"Unauthorized {SENTENCE}"


def test_body_level_leaves_the_message_alone() -> None:
    changed = annotate.body(LEGACY, diagnosis(), Annotate.BODY)
    assert changed is not None
    assert changed.startswith(LEGACY[:-1] + b',"why20003":{')
    assert json.loads(changed)["message"] == "Authenticate"


@pytest.mark.parametrize("level", [Annotate.OFF, Annotate.HEADERS])
def test_other_levels_leave_the_body_alone(level: Annotate) -> None:
    assert annotate.body(LEGACY, diagnosis(), level) is None


def test_annotating_twice_changes_nothing() -> None:
    once = annotate.body(LEGACY, diagnosis(), Annotate.MESSAGE)
    assert once is not None
    assert annotate.body(once, diagnosis(), Annotate.MESSAGE) is None


def test_spacing_of_the_original_is_kept() -> None:
    changed = annotate.body(b'{"code": 20003, "message": "Authenticate"}', diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    assert changed.startswith(b'{"code": 20003, "message": "Authenticate [why')


XML = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
    b"<Message>Authenticate</Message><Status>401</Status></RestException></TwilioResponse>"
)


def test_xml_changes_its_message_and_gains_one_element() -> None:
    changed = annotate.body(XML, diagnosis(), Annotate.MESSAGE)
    assert changed is not None
    error = ET.fromstring(changed)[0]  # noqa: S314 - our own text
    assert error.findtext("Message") == f"Authenticate {SENTENCE}"
    assert error.findtext("Why20003/Cause") == "stray-characters"
    assert error.findtext("Code") == "20003"
    assert annotate.body(changed, diagnosis(), Annotate.MESSAGE) is None


def test_xml_at_body_level_keeps_its_message() -> None:
    changed = annotate.body(XML, diagnosis(), Annotate.BODY)
    assert changed is not None
    assert b"<Message>Authenticate</Message>" in changed
    assert b"<Why20003>" in changed


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html><body>401</body></html>", id="html"),
        pytest.param(b'{"code":20003,', id="torn-json"),
        pytest.param(b"[1,2]", id="json-list"),
        pytest.param(b"\xff\xfe{}", id="binary"),
        pytest.param(b'{"a":' * 50_000, id="deep-json"),
        pytest.param(b"{" + b" " * 1_000_001 + b"}", id="too-large"),
        pytest.param(b"<TwilioResponse><RestException><Message>cut", id="torn-xml"),
    ],
)
def test_what_is_no_error_body_stays_as_it_is(content: bytes) -> None:
    assert annotate.body(content, diagnosis(), Annotate.MESSAGE) is None


def test_header_values_are_one_ascii_line() -> None:
    for name, value in annotate.headers(diagnosis()):
        assert name.startswith("Why20003-")
        assert value.isascii()
        assert value == " ".join(value.split())


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(basic(TOKEN, SID), id="swapped"),
        pytest.param(basic(SID, KEY_SECRET), id="key-secret"),
        pytest.param(NEWLINE, id="stray"),
        pytest.param(GOOD[:50] + b"\n" + GOOD[50:], id="wrapped"),
        pytest.param(b"Bearer " + TOKEN, id="bearer"),
    ],
)
def test_no_secret_gets_into_the_answer(authorization: bytes) -> None:
    found = diagnosis(refused(authorization))
    told = [annotate.body(LEGACY, found, Annotate.MESSAGE), annotate.refusal_body(found), repr(annotate.headers(found))]
    for text in map(str, told):
        for secret in (TOKEN.decode(), KEY_SECRET.decode(), GOOD.decode()[60:]):
            assert not any(secret[i : i + 5] in text for i in range(len(secret) - 4)), "a part of a secret is shown"
