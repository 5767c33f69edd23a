"""Credentials outside Authorization; the table of places stands with the cause credentials-elsewhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, refused
from analyzers.misplaced import Place, carries_credentials, misplaced
from analyzers.twilio import Kind

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


def test_a_whole_find_goes_before_a_doubtful_one() -> None:
    exchange = refused(
        None,
        path=b"/v1/x?sid=%s&token=%s" % (SID, TOKEN[:-1]),
        extra=FORM,
        body=b"key=%s&secret=%s" % (KEY, KEY_SECRET),
    )
    found = misplaced(exchange.request)
    assert found is not None
    assert (found.place, found.kind, found.whole) == (Place.FORM, Kind.KEY_SID, True)


def test_a_secret_under_its_own_name_counts_beside_a_sid_in_the_path() -> None:
    request = refused(None, extra=((b"X-Twilio-Auth-Token", TOKEN),)).request
    found = misplaced(request, SID)
    assert found is not None
    assert (found.place, found.sid_in_path, found.whole) == (Place.HEADER, True, False)
    assert misplaced(request, None) is None
    assert misplaced(request, b"None") is None
    assert misplaced(refused(None, extra=((b"X-Token", TOKEN),)).request, SID) is None


def test_headers_like_authorization_count_as_carried_and_not_as_misplaced() -> None:
    for name in (b"Proxy-Authorization", b"X-Forwarded-Authorization", b"Authorisation", b"Autorization"):
        request = refused(None, extra=((name, GOOD),)).request
        assert misplaced(request) is None
        assert carries_credentials(request)
    assert not carries_credentials(refused(None).request)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=80), st.sampled_from((b"", b"application/json", b"multipart/x")))
def test_any_bytes_are_read(body: bytes, query: bytes, kind: bytes) -> None:
    extra = ((b"Content-Type", kind), (b"Cookie", body), (query[:20], body))
    found = misplaced(refused(None, path=b"/?" + query, extra=extra, body=body).request, SID)
    assert found is None or found.place in Place
