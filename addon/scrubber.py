"""Keep credentials out of what mitmproxy itself prints: log messages, tracebacks, and mitmdump's lines about flows.

mitmproxy's refusal line quotes the end of a broken Authorization value, and with swapped halves the secret stands in
the URL. Log records are rewritten where they are made, so every handler (terminal, event log, mitmweb) gets the same.
"""

import base64
import logging
import re
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import IO, Any
from urllib.parse import quote

_QUOTED_BYTES = re.compile(r"""\bb'((?:[^'\\]|\\.)*)'|\bb"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_QUOTED_HEX = re.compile(r"'[0-9a-f]{20,}'")
# To the end of the line, since a folded or broken value has blanks in it. mitmdump colours the name on a terminal.
_AUTHORIZATION = re.compile(
    r"(?i)((?:proxy-)?authorization(?:\x1b\[[0-9;]*m|['\"\s])*[:=,]\s*b?['\"]?)((?:basic|bearer|token|digest)\b\s*)?(.{5,})"
)
_SCHEMED = re.compile(r"(?i)\b(basic|bearer)\s+([A-Za-z0-9+/=_.:-]{8,})")
# Credentials in a URL, which mitmdump prints: after a telling name in the query, or before the host.
_IN_QUERY = re.compile(
    r"(?i)([?&;](?!page_?token=)(?:[a-z_.-]*(?:token|secret|password|passwd|api_?key|auth|sig|signature))=)([^&\s…]{3,})"
)
# Header lines that hold credentials as a rule, as mitmdump prints them with flow_detail 2 and more.
_COLOUR = r"(?:\x1b\[[0-9;]*m)*"
_TELLING = r"(?:set-)?cookie|[\w-]*(?:token|secret|password|api-?key|signature)[\w-]*|twilio-client-validation"
_TELLING_LINE = re.compile(rf"(?im)^([ \t]*{_COLOUR}(?:{_TELLING}){_COLOUR}:[ \t]*{_COLOUR})(.{{3,}})")
# A JSON Web Token, wherever it stands: mitmproxy 12 prints a query's values each on a line of its own.
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,4096}\.[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]{5,}")
_IN_USERINFO = re.compile(r"(://[^/\s:@]{0,100}:)([^@/\s]{3,})(?=@)")
_CUT_OFF = re.compile(r"([A-Za-z0-9+=%_.~-]{3,})…")
_KEPT = 200
_SHORTEST = 5


class Scrubber:
    """Knows the secrets of the last refused requests, and what credentials look like anywhere."""

    def __init__(self) -> None:
        self._secrets: OrderedDict[str, None] = OrderedDict()
        self._factory: Callable[..., logging.LogRecord] | None = None
        self._streams: list[tuple[Any, str, IO[str]]] = []

    def learn(self, secrets: Iterable[bytes]) -> None:
        """Hide these from now on: as they are, percent-encoded and in base64."""
        for secret in secrets:
            if len(secret) < _SHORTEST:
                continue
            text = secret.decode("latin-1")
            for form in (text, quote(secret, safe=""), base64.b64encode(secret).decode()):
                self._secrets[form] = None
                self._secrets.move_to_end(form)
        while len(self._secrets) > _KEPT:
            self._secrets.popitem(last=False)

    def clean(self, text: str) -> str:
        """`text` with every known secret and everything in the place of a credential hidden."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, _hidden(secret))
        if "…" in text:
            text = _CUT_OFF.sub(self._hide_beginning, text)
        text = _AUTHORIZATION.sub(lambda m: f"{m[1]}{m[2] or ''}{_hidden(m[3])}", text)
        text = _TELLING_LINE.sub(lambda m: m[1] + _hidden(m[2]), text)
        text = _IN_QUERY.sub(lambda m: m[1] + _hidden(m[2]), text)
        text = _JWT.sub(lambda m: _hidden(m[0]), text)
        text = _IN_USERINFO.sub(lambda m: m[1] + _hidden(m[2]), text)
        return _SCHEMED.sub(lambda m: f"{m[1]} {_hidden(m[2])}", text)

    def _hide_beginning(self, found: re.Match[str]) -> str:
        """Mitmdump shortens long URLs, so that only the beginning of a secret may be left."""
        word = found[1]
        return f"{_hidden(word)}…" if any(secret.startswith(word) for secret in self._secrets) else found[0]

    def clean_log(self, text: str) -> str:
        """As `clean`, and without the bytes that mitmproxy quotes when it meets malformed input."""
        text = _QUOTED_BYTES.sub(lambda m: m[0] if len(m[0]) < _SHORTEST + 3 else _hidden(m[1] or m[2] or ""), text)
        return self.clean(_QUOTED_HEX.sub(lambda m: _hidden(m[0]), text))

    def install(self) -> None:
        """Rewrite the records of mitmproxy's loggers from now on."""
        self._factory = original = logging.getLogRecordFactory()

        def make(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - logging's own signature
            record = original(*args, **kwargs)
            if record.name.startswith(("mitmproxy", "asyncio", "root")):
                self._rewrite(record)
            return record

        logging.setLogRecordFactory(make)

    def guard(self, owner: object, attribute: str) -> None:
        """Let `owner`'s text stream in `attribute` print scrubbed text only."""
        stream: IO[str] = getattr(owner, attribute)
        self._streams.append((owner, attribute, stream))
        setattr(owner, attribute, _Scrubbed(stream, self.clean_log))

    def remove(self) -> None:
        """Undo `install` and `guard`."""
        if self._factory is not None:
            logging.setLogRecordFactory(self._factory)
            self._factory = None
        for owner, attribute, stream in self._streams:
            setattr(owner, attribute, stream)
        self._streams.clear()

    def _rewrite(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            if record.exc_info and record.exc_info[0] is not None:
                text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
                record.exc_info = None
            record.msg, record.args = self.clean_log(text), ()
        except Exception as error:  # noqa: BLE001 - better no message than a secret in it
            record.msg, record.args = f"(message hidden by why20003: {type(error).__name__})", ()
            record.exc_info = None


class _Scrubbed:
    """A text stream that writes scrubbed text and is the original in all else."""

    def __init__(self, stream: IO[str], clean: Callable[[str], str]) -> None:
        self._stream = stream
        self._clean = clean

    def write(self, text: str) -> int:
        self._stream.write(self._clean(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def _hidden(text: str) -> str:
    return f"<{len(text)} characters hidden by why20003>"
