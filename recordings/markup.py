"""What a terminal, a page or a log puts into a text of HTTP, taken out of it again.

Each kind is told by a place in which HTTP cannot have it, such as a colour before the name of a header. Elsewhere the
bytes stay, since they may have been sent: a token that was copied with its colour is a fault worth finding.
"""

import quopri
import re
from collections.abc import Callable
from typing import Final, NamedTuple

_HELD: Final = 1 << 20
"""Bytes of a line that has not ended; a longer one is no longer waited for."""
_BEFORE: Final = 200
"""Bytes before a piece that are looked at once more, since the sign of a kind may begin there."""
_MARKS: Final = rb"^[ \t>|<*]*"
_METHODS: Final = rb"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)"
_COLOUR: Final = rb"\x1b\[[0-9;:]{0,40}[mK]"
_ESCAPE: Final = re.compile(rb"%s|\x1b\]8;[^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|\x1b\(B" % _COLOUR)
"""ECMA-48 8.3.117 and 8.3.41, what terminals take for a hyperlink, and tput's way back to plain text."""
# GitHub Actions, docker logs -t and kubectl logs --timestamps put "2026-05-01T12:00:00.1234567Z " before each line,
# docker compose logs "app-1  | ".
_LOGGED: Final = (
    rb"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
    rb"|[A-Za-z0-9][A-Za-z0-9_.-]{0,100}[ ]{1,100}\|)"
)
# How a line of curl's begins, and the first one of a message.
_TOLD: Final = rb"(?:%s)*(?:[*<>] |=> Send |<= Recv |== Info:|%s /|HTTP/[0-9])" % (_COLOUR, _METHODS)
_PREFIX: Final = re.compile(rb"^%s(?: |(?=\r?$))" % _LOGGED, re.MULTILINE)
_ENTITIES: Final = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"#39": b"'", b"#34": b'"', b"nbsp": b" "}
_ENTITY: Final = re.compile(rb"&(%s);" % b"|".join(_ENTITIES))
_UNBROKEN: Final = "\N{NO-BREAK SPACE}".encode()
# Around what somebody wants to be seen, in Markdown, Jira or Slack. A star may stand in the name of a header (RFC 9110
# 5.6.2), and nothing known sends such a one.
_STRESS: Final = rb"(?P<stress>\*{1,3}|`{1,2})"
_NAME: Final = rb"(?:proxy-)?authorization"
_STRESSED: Final = tuple(
    re.compile(
        b"(?P<before>" + _MARKS + before + b")" + _STRESS + inside + b"(?P=stress)" + after,
        re.IGNORECASE | re.MULTILINE,
    )
    for before, inside, after in (
        (b"", rb"(?P<inside>%s)" % _NAME, rb"(?P<after>[ \t]*:)"),
        (b"", rb"(?P<inside>%s:)" % _NAME, rb"(?P<after>[ \t])"),
        (b"", rb"(?P<inside>%s:[^*`\r\n]*)" % _NAME, rb"(?P<after>[ \t\r]*$)"),
        (rb"%s:[ \t]*(?:(?:basic|bearer)[ \t]+)?" % _NAME, rb"(?P<inside>[^\s*`][^*`\r\n]*)", rb"(?P<after>[ \t\r]*$)"),
    )
)


class _Kind(NamedTuple):
    """One kind of markup."""

    hint: bytes
    """What stands in each text that has it; empty where that is nothing short."""
    sign: re.Pattern[bytes]
    """What tells that a text has it."""
    undo: Callable[[bytes], bytes]
    """Gives lines without it."""


def _unstressed(lines: bytes) -> bytes:
    for stressed in _STRESSED:
        lines = stressed.sub(rb"\g<before>\g<inside>\g<after>", lines)
    return lines


# In this order: a mail may hold a log, a log what has colours, and a page what has blanks of its own.
_KINDS: Final = (
    _Kind(
        b"=",
        # A mail's lines have 76 characters at most, as many as fit, and a = where one goes on: RFC 2045 6.7.
        re.compile(
            rb"^(?=[^\r\n]{72,75}=\r?\n)[ \t>|<*]*authorization:[^\r\n]*\r?\n[A-Za-z0-9+/=_.-]+[ \t]*\r?$",
            re.IGNORECASE | re.MULTILINE,
        ),
        quopri.decodestring,
    ),
    _Kind(
        b"",
        re.compile(rb"^%s %s" % (_LOGGED, _TOLD), re.MULTILINE),
        lambda lines: _PREFIX.sub(b"", lines),
    ),
    _Kind(
        b"&",
        re.compile(
            rb"^(?:[ \t]*(?:&gt;(?: |&nbsp;)(?:%(methods)s|[A-Za-z-]+:)|&lt;(?: |&nbsp;)HTTP/|%(methods)s&nbsp;)"
            rb"|(?:[ \t{\[]|&nbsp;)*&quot;[A-Za-z_]{1,40}&quot;[ \t]*:)" % {b"methods": _METHODS},
            re.MULTILINE,
        ),
        lambda lines: _ENTITY.sub(lambda found: _ENTITIES[found.group(1)], lines),
    ),
    _Kind(
        _UNBROKEN,
        re.compile(
            rb"^(?:[ \t]*[*<>]%(blank)s|[*<> \t]*(?:%(methods)s%(blank)s+/|HTTP/[0-9.]+%(blank)s+\d{3}))"
            % {b"blank": _UNBROKEN, b"methods": _METHODS},
            re.MULTILINE,
        ),
        lambda lines: lines.replace(_UNBROKEN, b" "),
    ),
    _Kind(
        b"\x1b",
        re.compile(_MARKS + rb"[A-Za-z0-9-]{0,60}(?:%s|\x1b\]8;)" % _COLOUR, re.MULTILINE),
        lambda lines: _ESCAPE.sub(b"", lines),
    ),
    _Kind(b"", re.compile(rb"^[ \t>|<*`]*%s[^\r\n*`]*[*`]" % _NAME, re.IGNORECASE | re.MULTILINE), _unstressed),
)


class Markup:
    """Takes markup out of a text that comes in pieces; of a text that has none nothing is held back."""

    def __init__(self) -> None:
        self._found: set[_Kind] = set()
        self._before = self._held = b""

    def without(self, piece: bytes, *, last: bool = False) -> bytes:
        """What comes next, without markup: `piece` as it is, or as far as its lines have ended; all of it at `last`."""
        if not self._has_markup(piece):
            return piece
        text = self._held + piece
        end = len(text) if last or len(text) > _HELD else text.rfind(b"\n") + 1
        self._held = text[end:]
        return self._undone(text[:end])

    def _has_markup(self, piece: bytes) -> bool:
        """Whether this text has any, up to here."""
        text = self._before + piece
        self._before = text[-_BEFORE:]
        for kind in _KINDS:
            if kind not in self._found and kind.hint in text and kind.sign.search(text):
                self._found.add(kind)
            if kind in self._found:
                text = kind.undo(text)
        return bool(self._found)

    def _undone(self, lines: bytes) -> bytes:
        for kind in _KINDS:
            if kind in self._found:
                lines = kind.undo(lines)
        return lines
