"""Escalation captures for tests: of a recording with everything in it that must not go out."""

import zipfile
from pathlib import Path

from canary import spotted

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from recordings.mitm_writing import mitm
from why20003.cli import main

BODY = b"To=%2B4915112345678&Body=Meet+Zdenka+at+the+harbour"
EXCHANGES = (
    accepted(basic(KEY, KEY_SECRET), at=1, body=BODY),
    refused(basic(SID, TOKEN + b"\n"), at=2, body=BODY),
    refused(basic(SID, TOKEN), at=3, extra=((b"Cookie", b"session=" + TOKEN),)),
    refused(basic(TOKEN, SID), at=4),
    refused(None, at=5),
)
PLANTED = (TOKEN, KEY_SECRET, b"4915112345678", b"Zdenka")


def recording(folder: Path) -> Path:
    """The recording."""
    path = folder / "in.mitm"
    path.write_bytes(b"".join(mitm(EXCHANGES)))
    return path


def bundle(folder: Path, *arguments: str) -> Path:
    """Its bundle."""
    path = folder / "case.zip"
    assert main(["escalate", str(recording(folder)), "-o", str(path), *arguments]) == 0
    return path


def members(path: Path) -> dict[str, bytes]:
    """What is in a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def leftovers(path: Path) -> list[str]:
    """The planted values that are left in the bundle: in a member, in the file as it is, in a name."""
    texts = {**members(path), "the file": path.read_bytes(), "names": path.name.encode()}
    found = []
    for name, data in texts.items():
        # Our own words are no find: of the page, of the formats.
        planted = PLANTED if name.startswith("recording") else PLANTED[:2]
        found += [f"{name}: {where}" for where in spotted(data, planted)]
        found += [f"{name}: personal value {n}" for n, value in enumerate(PLANTED[2:]) if value in data]
    return found
