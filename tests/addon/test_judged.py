"""What is known of a flow that somebody looks at: as it was marked, as it was told before, or judged by itself."""

import io
from collections.abc import AsyncIterator

import pytest
from flows import flow_of
from mitmproxy import http
from mitmproxy.test import taddons

from addon.judged import ALONE, BEFORE, Judged, judged
from addon.plugin import Why20003
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.findings import Verdict
from recordings.flows import exchange_of

SWAPPED = basic(TOKEN, SID)


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    found = Why20003(io.StringIO())
    with taddons.context(found):
        yield found
        found.done()


def look(addon: Why20003, flow: http.HTTPFlow) -> Judged:
    return judged(flow, addon.marked, addon.capture)


def cause(found: Judged) -> str | None:
    return found.diagnosis.top.cause if found.diagnosis and found.diagnosis.top else None


def loaded(flow: http.HTTPFlow) -> http.HTTPFlow:
    found = http.HTTPFlow.from_state(flow.get_state())
    assert isinstance(found, http.HTTPFlow)
    return found


def test_a_flow_that_was_marked_has_its_own_diagnosis(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    found = look(addon, flow)
    assert found.diagnosis == addon.marked.known(flow)
    assert found.notes == ()


def test_a_repetition_has_its_own_time_and_request_id(addon: Why20003) -> None:
    flows = [flow_of(refused(SWAPPED, at=at, request_id=b"RQ" + b"%032d" % at)) for at in range(3)]
    for flow in flows:
        addon.response(flow)
    found = look(addon, flows[2]).diagnosis
    assert found is not None
    assert (found.time, found.request_id) == (flows[2].request.timestamp_start, "RQ" + "2".zfill(32))


def test_what_came_before_counts_for_a_flow_that_was_marked(addon: Why20003) -> None:
    addon.response(flow_of(accepted(GOOD)))
    flow = flow_of(refused(GOOD, at=1))
    addon.response(flow)
    assert cause(look(addon, flow)) == "worked-then-refused"


def test_a_correction_is_seen(addon: Why20003) -> None:
    flow = flow_of(refused(GOOD))
    addon.response(flow)
    before = look(addon, flow).diagnosis
    addon.response(flow_of(accepted(GOOD, at=1)))
    assert look(addon, flow).diagnosis != before


def test_a_loaded_flow_whose_cause_shows_in_itself_has_the_whole_diagnosis(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    found = look(addon, loaded(flow))
    assert (cause(found), found.notes) == ("halves-swapped", ())
    assert found.diagnosis is not None
    assert found.diagnosis.ruled_out
    assert found.diagnosis.drawing is not None


def test_a_loaded_flow_is_shown_as_it_was_told_when_others_bore_on_it(addon: Why20003) -> None:
    addon.response(flow_of(accepted(GOOD)))
    flow = flow_of(refused(GOOD, at=1))
    addon.response(flow)
    marked = look(addon, flow).diagnosis
    found = look(addon, loaded(flow))
    assert (cause(found), found.notes) == ("worked-then-refused", (BEFORE,))
    assert marked is not None
    assert marked.top is not None
    assert found.diagnosis is not None
    assert found.diagnosis.top is not None
    told = found.diagnosis.top
    assert (told.says, told.fix, told.verdict, told.settle) == (
        marked.says,
        marked.top.fix,
        marked.top.verdict,
        marked.top.settle,
    )
    assert [each.says for each in told.evidence] == [each.says for each in marked.top.evidence]
    assert (found.diagnosis.ruled_out, found.diagnosis.drawing) == ((), None)


def test_a_false_alarm_stays_one_when_loaded(addon: Why20003) -> None:
    addon.response(flow := flow_of(refused(None)))
    addon.response(flow_of(accepted(GOOD, at=1)))  # a client that asks first without credentials
    marked = addon.marked.known(flow)
    assert marked is not None
    assert marked.benign
    found = look(addon, loaded(flow)).diagnosis
    assert found is not None
    assert (found.benign, found.says) == (True, marked.says)


def test_a_refusal_that_nobody_marked_is_judged_by_itself(addon: Why20003) -> None:
    found = look(addon, flow_of(refused(SWAPPED)))
    assert (cause(found), found.notes) == ("halves-swapped", (ALONE,))


def test_looking_changes_nothing(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    before = flow.get_state()
    look(addon, flow)
    assert flow.get_state() == before
    assert addon.capture.seen == 0


def test_a_success_has_its_credential_only(addon: Why20003) -> None:
    found = look(addon, flow_of(accepted(GOOD)))
    assert found.diagnosis is None
    assert found.credential is not None
    assert found.credential.fingerprint == "sec#1"


def test_a_secret_has_one_name_whichever_flow_it_stands_in(addon: Why20003) -> None:
    marked = flow_of(refused(basic(KEY, KEY_SECRET)))
    addon.response(marked)
    other = flow_of(refused(GOOD))
    same = flow_of(accepted(basic(KEY, KEY_SECRET)))
    names = [found.fingerprint for each in (marked, other, same) if (found := look(addon, each).credential)]
    assert names == ["sec#1", "sec#2", "sec#1"]


def test_metadata_of_anybody_is_never_trusted_to_be_complete(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    flow.metadata["why20003"] = {"cause": "a-cause", "verdict": "likely", "says": "S", "evidence": [1, "E"], "fix": "F"}
    found = look(addon, flow).diagnosis
    assert found is not None
    assert found.top is not None
    assert (found.top.cause, found.top.verdict, found.top.settle) == ("a-cause", Verdict.LIKELY, None)
    assert ([each.says for each in found.top.evidence], found.top.fix) == (["E"], ())


def test_an_unexplained_refusal_stays_so_when_loaded(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    flow.metadata["why20003"] = {"cause": None, "verdict": "unknown", "says": "Nothing in this capture shows why"}
    found = look(addon, flow)
    assert (cause(found), found.notes) == (None, (BEFORE,))


def test_the_annotation_itself_is_not_judged(addon: Why20003) -> None:
    flow = flow_of(refused(SWAPPED))
    addon.response(flow)
    assert exchange_of(loaded(flow)).response == exchange_of(flow_of(refused(SWAPPED))).response
