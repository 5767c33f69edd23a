"""What our own export writes is read back as the very same exchanges."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from har_variants import archive, entry
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, SID, accepted, redirected, refused
from analyzers.exchange import Exchange, Fidelity, Response
from recordings import har
from recordings.har_writing import WIRE_MEMBER, HarEntry
from recordings.har_writing import har as written
from recordings.opening import open_recording
from recordings.reading import Recording

SAMPLES = sorted((Path(__file__).parents[2] / "recordings" / "samples").glob("*.mitm"))


def back(*exchanges: Exchange) -> list[Exchange]:
    text = b"".join(written((HarEntry(one, "a comment", {"verdict": "likely"}) for one in exchanges), version="1"))
    recording = Recording(har.FORMAT, har.items(io.BytesIO(text), whole=True))
    found = [one.exchange for one in recording]
    assert (recording.errors, recording.skipped, recording.truncated) == ([], 0, False)
    return found


PLAIN = refused()
ODD = {
    "plain": PLAIN,
    "accepted": accepted(),
    "redirected": redirected(GOOD, b"/x"),
    "an overwritten value that was sent": refused(b"Basic REDACTED"),
    "stray bytes": refused(b"Basic \xff\xfe\r\n ==", extra=((b"X-\xe9", b"\x00\x7f"), (b":odd", b"1"), (b"", b"2"))),
    "no times": replace(PLAIN, started_at=None, finished_at=None),
    "fractions of milliseconds": replace(PLAIN, started_at=1793704448.123456, finished_at=1793704448.1234567),
    "no answer": replace(PLAIN, response=None, error="reset"),
    "refused by the proxy": replace(PLAIN, response=None, error="refused", refused_by_proxy=True),
    "binary bodies": refused(body=b"\xff\x00{", answer=Response(status=401, headers=(), body=b"\x1f\x8b\x08broken")),
    "a body in base64": refused(answer=Response(status=401, headers=(), body=b"eyJjb2RlIjoyMDAwMywgIg==")),
    "a target with a fragment": refused(path=b"/2010-04-01/a b#c?d \xff"),
    "userinfo": replace(PLAIN, request=replace(PLAIN.request, userinfo=b"AC1:[password redacted]")),
    "an address": replace(PLAIN, request=replace(PLAIN.request, host="::1", port=8443)),
    "another version": replace(PLAIN, request=replace(PLAIN.request, version="HTTP/2.0")),
    "sanitised": replace(PLAIN, fidelity=Fidelity.SANITIZED),
    "all that HAR has no place for": replace(
        PLAIN, tls_issuer="Zscaler", proxy_options=("stickyauth",), client_address="10.0.0.1", connection="443"
    ),
    "the server": replace(PLAIN, server_address="54.172.60.0", tls_version="TLSv1.3"),
    "a server of no form": replace(PLAIN, server_address="[54.172.60.0]:443", tls_version="TLS 1.3"),
    "an annotation that somebody sent": refused(
        answer=Response(status=401, headers=((b"Why20003-Cause", b"x"),), body=b'{"why20003":{"verdict":"x"}}')
    ),
}


@pytest.mark.parametrize("exchange", ODD.values(), ids=ODD)
def test_an_exchange_comes_back(exchange: Exchange) -> None:
    [found] = back(exchange)

    assert found == exchange


def test_every_exchange_keeps_its_own_fidelity() -> None:
    mixed = [replace(PLAIN, fidelity=fidelity, started_at=None) for fidelity in Fidelity]

    assert [one.fidelity for one in back(*mixed)] == list(Fidelity)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.stem for sample in SAMPLES])
def test_a_sample_comes_back(sample: Path) -> None:
    # mitmproxy writes a flow when it has ended; a HAR is read in the order of beginnings.
    exchanges = sorted(open_recording(sample).exchanges, key=lambda one: one.started_at or 0.0)

    found = back(*exchanges)

    # Compared one by one and without their values: an assertion must not show them.
    assert [one == other for one, other in zip(found, exchanges, strict=True)] == [True] * len(exchanges)


_ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.text(max_size=3), max_size=3)
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["started", "finished", "version", "fidelity", "tls_issuer", "tls_version", "proxy_options", "x"]
        ),
        _ANY,
    )
)
def test_a_forged_note_breaks_nothing(wire: dict[str, Any]) -> None:
    forged = json.loads(archive(entry()))
    forged["log"]["entries"][0][WIRE_MEMBER] = wire

    [found] = Recording(har.FORMAT, har.items(io.BytesIO(json.dumps(forged).encode()), whole=True))

    assert found.exchange.request.target.endswith(b"/Accounts/%s/Messages.json" % SID)
