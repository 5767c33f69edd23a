import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.launch.sightings import UNTOLD, Broken, Sightings, sightings_of

TOLD = {
    "connections": 3,
    "connects": {"api.twilio.com": 2},
    "passed": {"example.com": 1},
    "refused": [["api.twilio.com", "unknown-ca", "curl", 2]],
    "requests": {"https://api.twilio.com": 4},
    "unanswered": {"x.twilio.com": 1},
    "twilio": 4,
    "refusals": 1,
}


def test_everything_that_was_told_is_read() -> None:
    assert sightings_of(json.dumps(TOLD).encode() + b"\n") == Sightings(
        connections=3,
        connects={"api.twilio.com": 2},
        passed={"example.com": 1},
        broken=(Broken("api.twilio.com", "unknown-ca", "curl", 2),),
        requests={"https://api.twilio.com": 4},
        unanswered={"x.twilio.com": 1},
        twilio=4,
        refusals=1,
    )


def test_the_last_line_counts() -> None:
    assert sightings_of(b'{"connections": 1}\n{"connections": 2}\n').connections == 2


@pytest.mark.parametrize("data", [b"", b"\n", b"{", b"[]", b"null", b"\xff", b"[" * 100_000], ids=str)
def test_what_is_no_report_is_untold(data: bytes) -> None:
    assert sightings_of(data) == UNTOLD


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from([*TOLD, "x"]), inner, max_size=5),
        max_leaves=20,
    )
)
def test_any_json_gives_a_value(value: object) -> None:
    found = sightings_of(json.dumps(value).encode())
    assert found.connections >= 0
    assert all(isinstance(one, Broken) for one in found.broken)
