"""A recorded refusal played to a real client: mitmdump -S answers in Twilio's place, and nothing leaves the machine."""

import subprocess
import sys
from pathlib import Path

import pytest
from live import SECRETS, leaked

from why20003.demo.play import application_environment
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE

SAMPLES = Path(__file__).resolve().parents[2] / "recordings" / "samples"
# What docs/replay.md shows.
OPTIONS = [
    "--set",
    "server_replay_reuse=true",
    "--set",
    "server_replay_extra=404",
    "--set",
    "server_replay_ignore_params=PageSize",
    "--set",
    "server_replay_ignore_content=true",
    "--set",
    "connection_strategy=lazy",
]
CALL = """
import sys
from twilio.rest import Client
messages = Client(sys.argv[1], sys.argv[2]).messages
if sys.argv[3] == "GET":
    messages.list(limit=1)
else:
    messages.create(to="+15005550006", from_="+15005550006", body="x")
print("fine")
"""


def played(sample: str, method: str, work: Path, username: str, password: str) -> str:
    """What the real client says when the sample is played to it."""
    confdir = work / "conf"
    confdir.mkdir(mode=0o700)
    with Mitmdump(confdir, ["-s", "addon", "-S", str(SAMPLES / sample), *OPTIONS]) as proxy:
        done = subprocess.run(
            [sys.executable, "-c", CALL, username, password, method],
            env=application_environment(proxy),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told = proxy.stop()
    assert leaked(told, *SECRETS, password) == []
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("sample", "method", "wanted"),
    [
        ("base64-line-wrapped.mitm", "GET", "[why20003: The base64 is broken after 60 characters"),
        ("pair-refused.mitm", "POST", "[why20003: "),
        ("ok.mitm", "POST", "fine"),
        ("ok.mitm", "GET", "404"),
    ],
)
def test_a_real_client_gets_the_recorded_answer(sample: str, method: str, wanted: str, tmp_path: Path) -> None:
    said = played(sample, method, tmp_path, LIVE.sid, "0123456789abcdef0123456789abcdef")
    assert wanted in said
    assert ("20003" in said) is (sample != "ok.mitm")
