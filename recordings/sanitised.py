"""Whether something was written over a header's value: the one place that all readers of exports and texts ask.

What exporters and sanitisers write: Chrome and mitmproxy scripts "REDACTED", Cloudflare's HAR sanitiser
"[Authorization redacted]", Sentry and Rails "[Filtered]", git's trace of its curl "<redacted>", Travis CI "[secure]";
people write "***", "xxxx", "--removed--" or "..." (read 2026-11-20).
"""

import re

from analyzers.exchange import Headers

_SCHEME_WORD = r"(?:(?:basic|bearer|token|digest)\s+)?"
_WORDS = r"(?:redacted|sanitized|sanitised|filtered|removed|hidden|scrubbed|masked|obfuscated|omitted)"
_OVERWRITTEN = re.compile(
    rf"{_SCHEME_WORD}(?:redacted|sanitized|sanitised|[<\[({{]+(?:[\w'-]+ ){{0,3}}{_WORDS}(?: [\w'-]+){{0,3}}[>\])}}]+"
    r"|[*_ ]*\*{3}[*_ ]*|•{3,}|█{2,}|\*+redacted\*+)",
    re.IGNORECASE,
)
_AROUND = r"[\W_]{0,6}"
_FILLED = "[•█■▮▓▒░●]"
# For headers that carry credentials only, since these could stand in an ordinary value: a word, bare or between signs
# and other words ("[TOKEN_REDACTED]"), a filler, a value of which a part is starred out or cut off with dots, a token
# without its signature ("eyJh.eyJz.redacted", Cloudflare's sanitiser), cookies with a name and no value.
_BLACKED_OUT = re.compile(
    rf"{_SCHEME_WORD}(?:{_AROUND}(?:[^\W_]{{1,20}}[ _-]){{0,3}}{_WORDS}(?:[ _-][^\W_]{{1,20}}){{0,3}}{_AROUND}"
    r"|[xX]{4,}|\.{3,}|-{3,}|\[secure\])"
    rf"|.*(?:\*{{3}}|{_FILLED}{{2}}|…|[\[<(]\.{{2,}}[\])>]).*"
    r"|.*\.(?:\.{2}|redacted)|.*=\s*[<\[]?(?:redacted|filtered)\b.*",
    re.IGNORECASE | re.DOTALL,
)
CREDENTIAL_HEADERS = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})
_LOOKED_AT = 65536
"""Bytes of a value that are looked at: longer ones are not what people write over a credential."""


def is_overwritten(name: bytes, value: str | None) -> bool:
    """Whether the `value` of the header `name` (lower case, stripped) was never sent: a word or a filler replaced it.

    None, a null in an export, counts as overwritten where the header carries credentials.
    """
    if value is None:
        return name in CREDENTIAL_HEADERS
    return is_filler(value) or (name in CREDENTIAL_HEADERS and bool(_BLACKED_OUT.fullmatch(value[:_LOOKED_AT].strip())))


def is_filler(value: str) -> bool:
    """Whether `value`, of whatever kind, is a word or a filler that sanitisers write."""
    return bool(_OVERWRITTEN.fullmatch(value[:_LOOKED_AT].strip()))


def without_overwritten(headers: Headers) -> tuple[Headers, bool]:
    """The header lines without an Authorization that was overwritten, and whether any value was.

    Such a line is left out because what stands in it was never sent, and would be judged as if it had been.
    """
    kept: list[tuple[bytes, bytes]] = []
    found = False
    for name, value in headers:
        key = name.strip().lower()
        if is_overwritten(key, value[:_LOOKED_AT].decode("utf-8", "replace")):
            found = True
            if key == b"authorization":
                continue
        kept.append((name, value))
    return tuple(kept), found
