"""Files that are no recording, or one in a form that nobody else reads: what they are, and what to give instead."""

import re
from collections.abc import Collection
from typing import Final

EXPECTED: Final = (
    "expected a mitmproxy capture (.mitm, .flow), a HAR file, raw HTTP text, what curl -v or --trace-ascii prints, "
    "a Fiddler archive (.saz), or a .zip, .gz or .zst of these"
)

_TEXT: Final = "give the text itself, or a HAR file of the same traffic"
_PACKED: Final = "unpack it, or pack it as .zip, .gz or .zst"
_CHARLES: Final = "in Charles choose File > Export Session, type HTTP Archive (.har)"
_PROXYMAN: Final = "in Proxyman choose File > Export > HAR"
_WIRESHARK: Final = "in Wireshark choose Follow > HTTP Stream and save it as raw, or record with mitmproxy"
_BURP: Final = "in Burp choose Copy to file on the request and on the response, and put one behind the other"

# First bytes: the registrations of the formats, and file(1)'s magic (read 2026-11-20).
_BEGINNINGS: Final = (
    (rb"%PDF-", "a PDF", _TEXT),
    (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0\0\0\0", "a picture", _TEXT),
    (
        rb"\x0a\x0d\x0d\x0a|[\xa1\xd4][\xb2\xc3][\xc3\xb2][\xd4\xa1]|\xa1\xb2\x3c\x4d|\x4d\x3c\xb2\xa1",
        "packets",
        _WIRESHARK,
    ),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _PACKED),
    (rb"Rar!\x1a\x07", "a RAR archive", _PACKED),
    (rb"\xfd7zXZ\0", "an .xz file", _PACKED),
    (rb"BZh[1-9]1AY&SY", "a .bz2 file", _PACKED),
    (rb".{257}ustar", "a tar archive", _PACKED),
    (rb"SQLite format 3\0", "a database", _TEXT),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document or an Outlook message", _TEXT),
    (rb"\{\\rtf", "a document (RTF)", _TEXT),
    (rb"bplist00", "a property list", _TEXT),
)
_WITHIN: Final = (
    (rb"\A(?:\xef\xbb\xbf)?\s*<(?:.{0,4096}<)?charles-session", "a Charles session in XML", _CHARLES),
    (rb'\A\s*\[.{0,4096}"(?:actualPort|protocolVersion)"\s*:', "a Charles session in JSON", _CHARLES),
    (rb"\A(?:\xef\xbb\xbf)?\s*<(?:.{0,4096}<)?items burpVersion", "Burp's XML", _BURP),
    (rb"\A\s*<(?i:!doctype html|html)\b", "a web page", _TEXT),
)
_PATTERNS: Final = tuple(
    (re.compile(rb"\A(?:%s)" % magic, re.DOTALL), what, instead) for magic, what, instead in _BEGINNINGS
) + tuple((re.compile(magic, re.DOTALL), what, instead) for magic, what, instead in _WITHIN)
# What has no first bytes of its own is known by its name; that decides nothing but the hint.
_ENDINGS: Final = {
    ".chls": ("a Charles session", _CHARLES),
    ".chlsx": ("a Charles session", _CHARLES),
    ".chlsj": ("a Charles session", _CHARLES),
    ".chlz": ("a Charles session", _CHARLES),
    ".proxymanlog": ("a Proxyman log", _PROXYMAN),
    ".proxymanlogv2": ("a Proxyman log", _PROXYMAN),
    ".pcap": ("packets", _WIRESHARK),
    ".pcapng": ("packets", _WIRESHARK),
}
_OFFICE: Final = re.compile(r"(?:word|xl|ppt)/.*")
_RECORDED: Final = re.compile(r".*\.(?:har|mitm|flows?|https?|txt|log|saz|gz|zst|zip)", re.IGNORECASE | re.DOTALL)


def what_it_is(start: bytes, ending: str = "") -> str:
    """One line on a file that begins with `start` and whose name ends with `ending`: what it is, what to give."""
    for pattern, what, instead in _PATTERNS:
        if pattern.search(start):
            return f"is {what}; {instead}"
    what, instead = _ENDINGS.get(ending.lower(), ("", ""))
    return f"is {what}; {instead}" if what else f"unknown format; {EXPECTED}"


def is_foreign(start: bytes) -> bool:
    """Whether a file that begins with `start` is of a form that is known and not read."""
    return any(pattern.search(start) for pattern, _, _ in _PATTERNS)


def what_zip_it_is(names: Collection[str], ending: str = "") -> str:
    """As `what_it_is`, for a .zip with these files; empty where it may be one of recordings.

    Other tools' .zip files hold JSON and text of their own, which would be taken for recordings that are damaged.
    """
    if "[Content_Types].xml" in names and any(_OFFICE.fullmatch(name) for name in names):
        return f"is an Office document; {_TEXT}"
    if ending.lower() in _ENDINGS and not any(_RECORDED.fullmatch(name) for name in names):
        what, instead = _ENDINGS[ending.lower()]
        return f"is {what}; {instead}"
    return ""
