import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.origins import named_origin, origin_form, split_authority


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("API.twilio.com", ("api.twilio.com", None)),
        ("api.twilio.com:443", ("api.twilio.com", 443)),
        ("api.twilio.com:", ("api.twilio.com", None)),
        ("[::1]:80", ("::1", 80)),
        ("a:0", None),
        ("a:65536", None),
        ("a:b", None),
        ("a b", None),
        ("user@host", None),
        ("", None),
    ],
)
def test_authorities(text: str, parts: tuple[str, int | None] | None) -> None:
    assert split_authority(text) == parts


def test_the_authority_goes_before_the_server_name() -> None:
    origin = named_origin("10.1.2.3", 8443, "https", authority="verify.twilio.com", sni="api.twilio.com")

    assert origin == ("verify.twilio.com", 443)


@given(st.binary(max_size=60))
def test_an_origin_form_begins_with_a_slash(target: bytes) -> None:
    assert origin_form(target)[:1] in {b"/", b"*"}
