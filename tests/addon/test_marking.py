"""Comment, marker and metadata: found by mitmproxy's filters, and what users wrote there stays."""

import gc
import io
from collections.abc import AsyncIterator

import pytest
from flows import flow_of
from mitmproxy import flowfilter, http
from mitmproxy.io import FlowReader, FlowWriter
from mitmproxy.test import taddons

from addon.marking import Marks, told_of
from addon.plugin import Why20003
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.contract import annotation_json
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange

SWAPPED = basic(TOKEN, SID)


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    found = Why20003(io.StringIO())
    with taddons.context(found):
        yield found
        found.done()


def diagnosis(exchange: Exchange) -> Diagnosis:
    found = diagnose_all([exchange], b"key")[0].diagnosis
    assert found is not None
    return found


FILTERS = [
    pytest.param("~comment halves-swapped", True, id="comment-cause"),
    pytest.param("~comment 'Account SID stands as the password'", True, id="comment-sentence"),
    pytest.param("~comment stray-characters", False, id="comment-other-cause"),
    pytest.param("~marker :red_circle:", True, id="marker-confirmed"),
    pytest.param("~marker :orange_circle:", False, id="marker-likely"),
    pytest.param("~marked", True, id="marked"),
    pytest.param("~meta why20003", True, id="meta"),
    pytest.param("~meta halves-swapped", True, id="meta-cause"),
    pytest.param("~meta stray-characters", False, id="meta-other-cause"),
    pytest.param("~c 401 & ~comment confirmed", True, id="with-others"),
]


@pytest.mark.parametrize(("expression", "found"), FILTERS)
@pytest.mark.parametrize("saved", [False, True], ids=["live", "saved-and-loaded"])
def test_filters_find_a_refusal(addon: Why20003, expression: str, *, found: bool, saved: bool) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    assert bool(flowfilter.match(expression, loaded(flow) if saved else flow)) is found


@pytest.mark.parametrize("expression", ["~comment .", "~marked", "~meta why20003"])
def test_filters_leave_a_success_out(addon: Why20003, expression: str) -> None:
    flow = flow_of(accepted(GOOD))
    addon.response(flow)
    assert not flowfilter.match(expression, flow)


def loaded(flow: http.HTTPFlow) -> http.HTTPFlow:
    file = io.BytesIO()
    FlowWriter(file).add(flow)
    found = next(iter(FlowReader(io.BytesIO(file.getvalue())).stream()))
    assert isinstance(found, http.HTTPFlow)
    return found


def test_marked_anew_with_another_cause() -> None:
    marks, flow = Marks(), flow_of(refused(SWAPPED))
    marks.put(flow, diagnosis(refused(SWAPPED)))
    marks.put_anew(flow, diagnosis(refused(None)))
    assert flow.comment.startswith("no-authorization")
    assert flow.metadata["why20003"]["cause"] == "no-authorization"


def test_marking_anew_keeps_what_the_user_wrote() -> None:
    marks, flow = Marks(), flow_of(refused(SWAPPED))
    marks.put(flow, diagnosis(refused(SWAPPED)))
    flow.comment, flow.marked = "mine", ":grapes:"
    marks.put_anew(flow, diagnosis(refused(None)))
    assert (flow.comment, flow.marked) == ("mine", ":grapes:")


def test_what_is_forgotten_leaves_nothing_of_ours() -> None:
    marks, flow = Marks(), flow_of(refused(SWAPPED))
    flow.metadata["theirs"] = 1
    before = flow.get_state()
    marks.put(flow, diagnosis(refused(SWAPPED)))
    flow.metadata |= {"why20003_wire": [[0, "\n"]], "why20003_refused": True, "why20003_options": ["stickyauth"]}
    marks.forget(flow)
    assert flow.get_state() == before
    assert marks.known(flow) is None


def test_a_flow_is_not_kept_for_its_diagnosis() -> None:
    marks = Marks()
    marks.put(flow_of(refused(SWAPPED)), diagnosis(refused(SWAPPED)))
    gc.collect()
    assert not marks._known


FOREIGN = [
    pytest.param("halves-swapped", id="text"),
    pytest.param([], id="list"),
    pytest.param({}, id="empty"),
    pytest.param({"says": "x"}, id="no-verdict"),
    pytest.param({"says": "x", "verdict": "certain"}, id="unknown-verdict"),
    pytest.param({"says": "x", "verdict": ["confirmed"]}, id="verdict-is-a-list"),
    pytest.param({"says": 1, "verdict": "confirmed"}, id="says-is-a-number"),
    pytest.param({"says": "x", "verdict": "confirmed", "cause": 7}, id="cause-is-a-number"),
]


@pytest.mark.parametrize("metadata", FOREIGN)
def test_metadata_that_is_none_of_ours(metadata: object) -> None:
    flow = flow_of(refused(SWAPPED))
    flow.metadata["why20003"] = metadata
    assert told_of(flow) is None
    Marks().put_anew(flow, diagnosis(refused(SWAPPED)))
    assert told_of(flow) == annotation_json(diagnosis(refused(SWAPPED)))


# --- a flow that its user sends again ---------------------------------------------------------------------------------


def sent_again(addon: Why20003, flow: http.HTTPFlow, answer: Exchange) -> None:
    """What mitmproxy's replay.client does to a flow."""
    flow.backup()
    flow.is_replay, flow.response, flow.error = "request", None, None
    addon.update([flow])
    flow.response = flow_of(answer).response
    addon.response(flow)


def test_a_repaired_request_that_is_sent_again_is_a_refusal_no_more(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    flow.request.headers["Authorization"] = GOOD.decode()
    sent_again(addon, flow, accepted(GOOD, at=1))
    assert (flow.comment, flow.marked, flow.metadata) == ("", "", {})
    assert addon.marked.known(flow) is None


def test_a_request_that_is_refused_again_is_judged_by_its_new_answer(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    flow.request.headers["Authorization"] = basic(SID, TOKEN + b" ").decode()
    sent_again(addon, flow, refused(basic(SID, TOKEN + b" "), at=1))
    assert flow.comment.startswith("stray-characters (confirmed)")
    assert flow.response is not None
    assert flow.response.headers["Why20003-Cause"] == "stray-characters"
    assert addon.capture.seen == 2


def test_the_original_of_an_answer_to_a_flow_sent_again_is_that_answer(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    sent_again(addon, flow, refused(None, at=1, message="another text"))
    flow.revert()
    assert flow.response is not None
    assert b"another text" in (flow.response.content or b"")
    assert b"why20003" not in (flow.response.content or b"")


def test_nothing_learnt_later_marks_a_flow_that_was_sent_again(addon: Why20003) -> None:
    flow = flow_of(refused(GOOD, at=0))
    addon.response(flow)
    first = flow.comment
    sent_again(addon, flow, accepted(GOOD, at=1))
    addon.response(flow_of(accepted(GOOD, at=2)))
    assert first
    assert flow.comment == ""
