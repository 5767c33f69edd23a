"""A bundle opened without trusting it: every byte of the file belongs to a member that the manifest vouches for.

Its form is narrower than that of a .zip: the members stand one behind the other in their order, whole, with nothing
before, between or behind them, no names but ours, nothing encrypted, no link, no comment. Whatever is not so was not
written by us, and is not looked at any further.
"""

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from analyzers.frozen import dataclass
from recordings.archives import shown_name
from recordings.escalation.manifest import BadManifest, Manifest, decoded
from recordings.escalation.members import LARGEST_BUNDLE, LARGEST_MANIFEST, MANIFEST, MEMBERS

_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
"""APPNOTE.TXT 4.3.7 (read 2026-11-20)."""
_CENTRAL_SIZE: Final = 46
_END_SIZE: Final = 22
_PACKINGS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class BadBundle(ValueError):
    """It is damaged, altered, or no bundle; the text is one line that names the member."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose members are what its manifest says."""

    manifest: Manifest
    members: Mapping[str, bytes] = field(repr=False)


def opened(data: bytes) -> Opened:
    """The bundle in `data`. Raises BadBundle."""
    infos = _listed(data)
    _look_at_places(data, infos)
    try:
        manifest = decoded(_unpacked(data, infos[MANIFEST], LARGEST_MANIFEST))
    except BadManifest as error:
        raise BadBundle(f"{MANIFEST}: {error}") from None
    members: dict[str, bytes] = {}
    for name, (size, digest) in manifest.members.items():
        member = _unpacked(data, infos[name], size)
        if len(member) != size:
            raise BadBundle(f"{name}: has another size than the manifest says")
        if hashlib.sha256(member).hexdigest() != digest:
            raise BadBundle(f"{name}: is not what the manifest says; it was altered")
        members[name] = member
    return Opened(manifest, members)


def _listed(data: bytes) -> dict[str, zipfile.ZipInfo]:
    """The members by their names: all of them, each once, and no others."""
    if len(data) > LARGEST_BUNDLE:
        raise BadBundle(f"is larger than {LARGEST_BUNDLE >> 20} MB, so no escalation capture")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos, comment = archive.infolist(), archive.comment
    except Exception:  # noqa: BLE001 - a directory that is damaged gives struct.error, KeyError and more
        raise BadBundle("is no .zip, or its list of files is damaged or cut off") from None
    names = [info.orig_filename for info in infos]
    for name in names:
        if name not in MEMBERS:
            raise BadBundle(f"{shown_name(name)}: is no member of an escalation capture")
        if names.count(name) > 1:
            raise BadBundle(f"{name}: is there twice")
    for name in MEMBERS:
        if name not in names:
            raise BadBundle(f"{name}: is missing")
    for info in infos:
        _look_at_form(info)
    if comment:
        raise BadBundle("holds bytes that belong to no member")
    return {info.filename: info for info in infos}


def _look_at_form(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise BadBundle(f"{info.filename}: is no plain file")
    if info.flag_bits or info.extra or info.comment or info.compress_type not in _PACKINGS:
        raise BadBundle(f"{info.filename}: is packed in another way than an escalation capture")


def _look_at_places(data: bytes, infos: Mapping[str, zipfile.ZipInfo]) -> None:
    """That the members and the list of them fill the file, one behind the other."""
    at = 0
    for name in MEMBERS:
        info = infos[name]
        if info.header_offset != at or not _has_header(data, info):
            raise BadBundle(f"{name}: does not stand where it should")
        at += _LOCAL_HEADER.size + len(name) + info.compress_size
    listing = sum(_CENTRAL_SIZE + len(name) for name in MEMBERS)
    if at + listing + _END_SIZE != len(data):
        raise BadBundle("holds bytes that belong to no member")


def _has_header(data: bytes, info: zipfile.ZipInfo) -> bool:
    """Whether the head in front of a member says the same as the list of members."""
    head = data[info.header_offset : info.header_offset + _LOCAL_HEADER.size]
    if len(head) < _LOCAL_HEADER.size:
        return False
    mark, _, flags, packing, _, _, crc, packed, size, length, extra = _LOCAL_HEADER.unpack(head)
    begin = info.header_offset + _LOCAL_HEADER.size
    return (mark, flags, packing, crc, packed, size, length, extra) == (
        b"PK\x03\x04",
        info.flag_bits,
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.file_size,
        len(info.filename),
        0,
    ) and data[begin : begin + length] == info.filename.encode("ascii")


def _unpacked(data: bytes, info: zipfile.ZipInfo, most: int) -> bytes:
    """A member, of which no more is unpacked than it may have."""
    begin = info.header_offset + _LOCAL_HEADER.size + len(info.filename)
    packed = data[begin : begin + info.compress_size]
    if info.file_size > most:
        raise BadBundle(f"{info.filename}: is larger than it may be")
    plain = packed
    if info.compress_type == zipfile.ZIP_DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            plain = inflate.decompress(packed, info.file_size + 1)
        except zlib.error:
            raise BadBundle(f"{info.filename}: is damaged") from None
        if not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
            raise BadBundle(f"{info.filename}: is damaged")
    if len(plain) != info.file_size or zlib.crc32(plain) != info.CRC:
        raise BadBundle(f"{info.filename}: is damaged")
    return plain


__all__ = ["BadBundle", "Opened", "opened"]
