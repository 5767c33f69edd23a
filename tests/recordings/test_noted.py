import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.io import FlowReader

from analyzers.building import GOOD, refused
from analyzers.exchange import Exchange, Fidelity
from recordings.flows import exchange_of
from recordings.noted import noted, restored
from recordings.opening import read_recording

READ = refused(GOOD)
FAILED = replace(READ, response=None, error="closed")


def request(**changed: object) -> Exchange:
    return replace(READ, request=replace(READ.request, **changed))  # type: ignore[arg-type] # of a table


@pytest.mark.parametrize(
    ("meant", "note"),
    [
        pytest.param(READ, "", id="nothing"),
        pytest.param(replace(READ, connection=None), '{"connection": null}', id="null"),
        pytest.param(replace(READ, fidelity=Fidelity.DOUBTFUL), '{"fidelity": "doubtful"}', id="enum"),
        pytest.param(replace(READ, proxy_options=("a b",)), '{"proxy_options": ["a b"]}', id="list"),
        pytest.param(replace(READ, started_at=0.5), '{"started_at": 0.5}', id="time"),
        pytest.param(replace(READ, tls_version="x"), '{"tls_version": "x"}', id="version-of-tls"),
        pytest.param(replace(READ, server_address=""), '{"server_address": ""}', id="empty-address"),
        pytest.param(request(userinfo=b"a\xff"), '{"request": {"userinfo": "a\\u00ff"}}', id="bytes"),
        pytest.param(request(host="\udcff", port=8), '{"request": {"host": "\\udcff", "port": 8}}', id="no-unicode"),
        pytest.param(
            replace(READ, response=replace(READ.response, reason="\N{SNOWMAN}")),  # type: ignore[type-var] # it has one
            '{"response": {"reason": "\\u2603"}}',
            id="answer",
        ),
    ],
)
def test_what_differs_is_noted_and_comes_back(meant: Exchange, note: str) -> None:
    assert noted(meant, READ) == note
    assert restored(READ, note) == meant


def test_where_no_answer_came_nothing_of_an_answer_is_noted_or_believed() -> None:
    assert noted(FAILED, replace(READ, error="closed")) == ""
    assert restored(FAILED, '{"response": {"status": 200}}') == FAILED


@pytest.mark.parametrize(
    "note",
    [
        *(None, 7, b'{"error": "x"}', ["x"], "", "{", "[]", "null", '"x"', "[" * 100_000, '{"unknown": 1}'),
        *('{"error": 1}', '{"fidelity": "wrong"}', '{"fidelity": []}', '{"fidelity": null}', '{"started_at": "x"}'),
        *('{"started_at": true}', '{"proxy_options": "x"}', '{"proxy_options": [1]}', '{"proxy_options": null}'),
        *('{"request": 1}', '{"request": {"port": "x"}}', '{"request": {"port": 1.5}}', '{"request": {"port": null}}'),
        *('{"request": {"target": "\\u2603"}}', '{"request": {"target": null}}', '{"request": {"headers": []}}'),
        *('{"request": {"userinfo": 1}}', '{"response": {"status": "200"}}', '{"response": []}', '{"request": null}'),
        *('{"server_address": 1}', '{"tls_version": ["TLSv1.3"]}'),
        '{"started_at": ' + "9" * 5000 + "}",
    ],
)
def test_what_cannot_be_is_passed_over(note: object) -> None:
    assert restored(READ, note) == READ


def test_what_is_right_beside_it_counts() -> None:
    found = restored(READ, '{"error": 1, "tls_issuer": "x", "request": {"port": 7, "host": null}}')
    assert found == replace(request(port=7), tls_issuer="x")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["request", "response", "host", "port", "error", "fidelity", "started_at", "userinfo"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(ANYTHING.map(json.dumps) | st.text() | ANYTHING)
def test_any_note_gives_an_exchange(note: object) -> None:
    assert restored(READ, note).request.headers == READ.request.headers


@pytest.mark.parametrize("note", ['{"tls_issuer": "Example CA"}', "{", 7, None, b"x"])
def test_both_readings_of_a_flow_heed_it(
    twilio_flow: Callable[..., http.HTTPFlow], saved: Callable[..., bytes], note: object
) -> None:
    flow = twilio_flow()
    flow.metadata["why20003_noted"] = note
    data = saved(flow)
    (loaded,) = FlowReader(io.BytesIO(data)).stream()
    assert isinstance(loaded, http.HTTPFlow)
    (found,) = read_recording(io.BytesIO(data)).exchanges
    assert found == exchange_of(loaded)
    assert found.tls_issuer == ("Example CA" if isinstance(note, str) and len(note) > 1 else None)
