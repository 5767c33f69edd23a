import base64

import pytest

from analyzers.building import KEY_SECRET, SID, TOKEN
from why20003.noting import LONGEST, cleaned

OTHER = "9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a"


@pytest.mark.parametrize(
    ("note", "kept", "replaced"),
    [
        pytest.param(
            "It fails since Monday.\nOnly in Dublin.", "It fails since Monday.\nOnly in Dublin.", 0, id="words"
        ),
        pytest.param(f"token={TOKEN.decode()}", "<a credential was here>", 1, id="of-the-recording"),
        pytest.param(f"begins with {TOKEN[:8].decode()}", "begins with <a credential was here>", 1, id="a-part-of-it"),
        pytest.param(base64.b64encode(b"x:" + TOKEN).decode(), "<a credential was here>", 1, id="base64"),
        pytest.param(f"with {OTHER}!", "with <32 characters>!", 1, id="another-one"),
        pytest.param(f"the account is {SID.decode()}", f"the account is {SID.decode()}", 0, id="sid"),
        pytest.param("ask jo.do@example.com", "ask <taken out>", 1, id="mail"),
        pytest.param("call +49 (176) 123-45678 now", "call <taken out> now", 1, id="phone"),
        pytest.param("at 2026-11-21T10:00:00.000Z, port 8443", "at 2026-11-21T10:00:00.000Z, port 8443", 0, id="time"),
        pytest.param("a\x1b[2Jb\u202ec", "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c", 1, id="controls"),
        pytest.param("", "", 0, id="nothing"),
    ],
)
def test_a_note_loses_what_must_not_go_out(note: str, kept: str, replaced: int) -> None:
    found = cleaned(note, [TOKEN, KEY_SECRET])
    assert (found.text, found.replaced) == (kept, replaced)


def test_a_note_has_an_end() -> None:
    assert len(cleaned("a b " * LONGEST, []).text) <= LONGEST
