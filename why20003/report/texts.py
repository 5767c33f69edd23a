"""Text as the page may show it: nothing invisible, nothing endless."""

import re

from analyzers.masking import mask_sid

LONGEST = 2000
"""Characters of one value on the page."""
# What card.escaped writes out, and what has no width: soft hyphen, joiners, fillers, variation selectors, tags.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_SID = re.compile(r"\b[A-Z]{2}[0-9a-fA-F]{32}\b")


def visible(text: str) -> str:
    r"""`text` with every character that cannot be seen, or that turns the direction of writing, as ``\u202e``."""
    return _UNSEEN.sub(_written_out, text)


def cut(text: str, limit: int = LONGEST) -> str:
    """The beginning of `text`, and how much more there is."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def clipped(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut at the end."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def counted(number: int, noun: str) -> str:
    """``1 refusal``, ``2 refusals``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def with_short_sids(text: str) -> str:
    """`text` with every SID shortened, for a line that has to be short."""
    return _SID.sub(lambda found: mask_sid(found.group().encode("ascii")), text)


def path_text(path: str, limit: int) -> str:
    """A path in at most `limit` characters: its end says most, so segments in the middle go first."""
    short = with_short_sids(path)
    if len(short) <= limit:
        return short
    segments = short.split("/")
    for kept in range(len(segments) - 1, 0, -1):
        text = "…/" + "/".join(segments[-kept:])
        if len(text) <= limit:
            return text
    return "…" + short[-(limit - 1) :]


def _written_out(found: re.Match[str]) -> str:
    number = ord(found.group())
    if number < 256:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
