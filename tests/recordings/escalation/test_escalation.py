import io
import json
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.escalation import MANIFEST, MEMBERS, BadBundle, is_bundle, opened, written
from recordings.escalation import opening as opening_module
from recordings.escalation.manifest import BadManifest, Json, Manifest, decoded, encoded, listed
from recordings.escalation.members import CONTENTS

TEXT = b"nothing in here is secret, and this line is long enough to be packed, packed, packed\n"
CONTENT = {name: b"%s\n" % name.encode() + TEXT * (number + 1) for number, name in enumerate(CONTENTS)}
FACTS: dict[str, Json] = {
    "created": "2026-11-21T00:00:00.000Z",
    "note": "caf\u00e9",
    "checklist": {"score": 3, "of": 4, "items": []},
}
BUNDLE = written(CONTENT, FACTS)


def rezipped(change: Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None]) -> bytes:
    """The bundle packed anew after a change of its members."""
    with zipfile.ZipFile(io.BytesIO(BUNDLE)) as archive:
        rows = [(info, archive.read(info)) for info in archive.infolist()]
    for info, _ in rows:
        info.flag_bits = 0
    change(rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, data in rows:
            archive.writestr(info, data)
    return out.getvalue()


def other(name: str, data: bytes) -> Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None]:
    def change(rows: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        rows[:] = [(info, data if info.filename == name else old) for info, old in rows]

    return change


def renamed(before: str, after: str) -> Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None]:
    def change(rows: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        for info, _ in rows:
            if info.filename == before:
                info.filename = info.orig_filename = after

    return change


def added(name: str) -> Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None]:
    return lambda rows: rows.append((zipfile.ZipInfo(name), b"x"))


def form(**values: object) -> Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None]:
    def change(rows: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        for name, value in values.items():
            setattr(rows[2][0], name, value)

    return change


def test_what_was_written_is_read() -> None:
    found = opened(BUNDLE)
    assert dict(found.members) == CONTENT
    assert found.manifest.facts == FACTS
    assert found.manifest.members == listed(CONTENT)


def test_equal_members_give_equal_bytes() -> None:
    shuffled = dict(reversed(CONTENT.items()))
    assert written(shuffled, FACTS) == BUNDLE


def test_it_is_a_plain_zip_that_says_nothing_of_its_maker() -> None:
    with zipfile.ZipFile(io.BytesIO(BUNDLE)) as archive:
        assert archive.testzip() is None
        assert tuple(archive.namelist()) == MEMBERS
        infos = archive.infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {stat.S_IMODE(info.external_attr >> 16) for info in infos} == {0o600}
    assert is_bundle(MEMBERS)
    assert not is_bundle(MEMBERS[:-1])


def test_a_bundle_has_its_members() -> None:
    with pytest.raises(ValueError, match=r"a bundle has README.txt, report.html"):
        written({"README.txt": b""}, {})


REPORT = "report.html"
CHANGED = [
    pytest.param(other(REPORT, b"<p>other</p>"), r"^report.html: is larger than it may|another size", id="shorter"),
    pytest.param(
        other(REPORT, CONTENT[REPORT].replace(b"secret", b"SECRET")),
        r"^report.html: is not what the manifest",
        id="other",
    ),
    pytest.param(other(REPORT, CONTENT[REPORT] + b"x"), r"^report.html: is larger than it may be", id="longer"),
    pytest.param(other(REPORT, b""), r"^report.html: has another size", id="empty"),
    pytest.param(lambda rows: rows.pop(2), r"^report.html: is missing", id="missing"),
    pytest.param(lambda rows: rows.pop(1), r"^manifest.json: is missing", id="no-manifest"),
    pytest.param(added("extra.txt"), r"^extra.txt: is no member", id="extra"),
    pytest.param(added("../report.html"), r"^../report.html: is no member", id="parent"),
    pytest.param(added("/etc/passwd"), r"^/etc/passwd: is no member", id="absolute"),
    pytest.param(added("C:\\report.html"), r"is no member", id="drive"),
    pytest.param(added("report.html/"), r"^report.html/: is no member", id="folder"),
    pytest.param(added("a\x1b[2Jb"), r"^a\\x1b\[2Jb: is no member", id="controls"),
    pytest.param(renamed(REPORT, "Report.html"), r"^Report.html: is no member", id="other-case"),
    pytest.param(lambda rows: rows.reverse(), r"^README.txt: does not stand where it should", id="other-order"),
    pytest.param(form(external_attr=(stat.S_IFLNK | 0o777) << 16), r"^report.html: is no plain file", id="symlink"),
    pytest.param(form(external_attr=(stat.S_IFIFO | 0o600) << 16), r"^report.html: is no plain file", id="fifo"),
    pytest.param(form(comment=b"hello"), r"^report.html: is packed in another way", id="comment"),
    pytest.param(form(extra=b"\x99\x99\x02\x00ab"), r"^report.html: is packed in another way", id="extra-field"),
    pytest.param(form(compress_type=zipfile.ZIP_BZIP2), r"^report.html: is packed in another way", id="bzip2"),
]


@pytest.mark.parametrize(("change", "says"), CHANGED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_was_changed_is_refused_by_name(
    change: Callable[[list[tuple[zipfile.ZipInfo, bytes]]], None], says: str
) -> None:
    with pytest.raises(BadBundle, match=says):
        opened(rezipped(change))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused() -> None:
    with pytest.raises(BadBundle, match=r"^report.html: is there twice"):
        opened(rezipped(added(REPORT)))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "is no .zip", id="empty"),
        pytest.param(b"{}", "is no .zip", id="json"),
        pytest.param(BUNDLE[:-1], "is no .zip", id="cut-off"),
        pytest.param(BUNDLE[:200], "is no .zip", id="beginning"),
        pytest.param(b"MZ" + BUNDLE, "does not stand where it should", id="in-front"),
        pytest.param(BUNDLE + b"x", "is no .zip|belong to no member", id="behind"),
        pytest.param(BUNDLE[:-2] + struct.pack("<H", 3) + b"abc", "belong to no member", id="comment"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(BadBundle, match=says):
        opened(data)


def test_a_bundle_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_module, "LARGEST_BUNDLE", len(BUNDLE) - 1)
    with pytest.raises(BadBundle, match="is larger than"):
        opened(BUNDLE)


def test_no_more_is_unpacked_than_a_member_may_have() -> None:
    """A bomb: 50 MB of nothing in 50 kB, with the right size in the list of files."""
    bomb = rezipped(other(REPORT, bytes(50_000_000)))
    assert len(bomb) < 200_000
    with pytest.raises(BadBundle, match=r"^report.html: is larger than it may be"):
        opened(bomb)


def test_a_bomb_that_lies_about_its_size_is_damaged() -> None:
    """The list of files gives the size of the manifest, the packed bytes give more."""
    with zipfile.ZipFile(io.BytesIO(BUNDLE)) as archive:
        info = archive.getinfo(REPORT)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = packed.compress(bytes(1_000_000)) + packed.flush()
    begin = info.header_offset + 30 + len(REPORT)
    size = info.compress_size
    swapped = BUNDLE[:begin] + stream[:size].ljust(size, b"\0") + BUNDLE[begin + size :]
    with pytest.raises(BadBundle, match=r"^report.html: is damaged"):
        opened(swapped)


def test_a_bomb_that_hides_its_size_takes_no_memory() -> None:
    """Both heads give the size that the manifest gives, the packed bytes unpack to 50 MB."""
    bomb = bytearray(rezipped(other(REPORT, bytes(50_000_000))))
    size, lie = struct.pack("<L", 50_000_000), struct.pack("<L", len(CONTENT[REPORT]))
    assert bomb.count(size) == 2
    bomb = bomb.replace(size, lie)
    tracemalloc.start()
    with pytest.raises(BadBundle, match=r"^report.html: is damaged"):
        opened(bytes(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_a_byte_that_was_changed_anywhere_is_found_or_means_nothing(at: int, by: int) -> None:
    data = bytearray(BUNDLE)
    data[at] ^= by
    try:
        found = opened(bytes(data))
    except BadBundle:
        return
    assert dict(found.members) == CONTENT
    assert found.manifest.facts == FACTS


@given(st.binary(max_size=2000))
def test_any_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(BadBundle, match=r"is no \.zip"):
        opened(data)


# --- the manifest -----------------------------------------------------------------------------------------------------
MADE = encoded(Manifest(FACTS, listed(CONTENT)))


def test_a_manifest_is_sealed() -> None:
    assert decoded(MADE).facts == FACTS
    assert json.loads(MADE)["schema"] == "why20003-escalation/1"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no JSON"),
        (b"[]", "is no JSON object"),
        (b"\xff", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"{}", "is no why20003-escalation/1"),
        (MADE.replace(b"escalation/1", b"escalation/2"), "is no why20003-escalation/1"),
        (MADE.replace(b'"score": 3', b'"score": 4'), "was altered after it was made"),
        (MADE.replace(b'"seal": "', b'"seal": "0'), "was altered after it was made"),
        (MADE.replace(b'"score": 3', b'"score":  3'), "was altered after it was made"),
        (encoded(Manifest(FACTS, {})), "lists other members"),
        (encoded(Manifest(FACTS, {**listed(CONTENT), "more": (0, "0" * 64)})), "lists other members"),
        (encoded(Manifest(FACTS, dict.fromkeys(CONTENTS, (0, "0")))), "lists other members"),
        (encoded(Manifest(FACTS, dict.fromkeys(CONTENTS, (-1, "0" * 64)))), "without name, size and digest"),
        (encoded(Manifest(FACTS, dict.fromkeys(CONTENTS, (1 << 40, "0" * 64)))), "without name, size and digest"),
    ],
)
def test_what_is_no_manifest_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(BadManifest, match=says):
        decoded(data)


def test_a_bundle_names_its_manifest_when_that_is_bad() -> None:
    altered = MADE.replace(b'"score": 3', b'"score": 4')
    with pytest.raises(BadBundle, match=r"^manifest.json: was altered"):
        opened(rezipped(other(MANIFEST, altered)))
