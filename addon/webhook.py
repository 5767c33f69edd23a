"""``why20003_webhook``: each new diagnosis is posted to a URL as JSON. It holds no secret; the URL may be one.

The URL is never shown: not by us, and not by httpx, whose log lines of this thread are held back.
"""

import contextlib
import ipaddress
import logging
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from addon.events import Lines, News, correction_json
from addon.sinks.courier import Courier, Habits, Undelivered
from analyzers.capture import Correction
from analyzers.contract import diagnosis_json
from analyzers.diagnosis import Diagnosis
from analyzers.twilio import is_twilio_host

if TYPE_CHECKING:
    import httpx

NAME: Final = "why20003_webhook"
SECONDS: Final = 5.0
"""For connecting, for sending and for the answer, each."""
_PAUSES: Final = (1.0, 5.0)
"""Seconds before the second and the third try."""
_ROOM: Final = 200
# Answers after which the same request may succeed: RFC 9110 15.5.9, RFC 6585 4, and what a gateway says for a server.
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


def checked(url: str) -> str:
    """`url`, if it is one to post to; ValueError otherwise. Its text does not show the URL."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme.lower() not in {"http", "https"} or port == 0 or not url.isprintable() or " " in url:
        raise ValueError("expected a URL as in https://host/path")
    if parts.scheme.lower() == "http" and not _is_loopback(host):
        raise ValueError("http:// is for this machine (127.0.0.1, localhost) only; use https:// for another")
    if is_twilio_host(host):
        raise ValueError("a host of Twilio's is watched, and cannot be the one that is told")
    return url


def opened(url: str) -> "Posts":
    """Post to `url` from now on. ValueError where that cannot be."""
    if find_spec("httpx") is None:
        raise ValueError("this needs httpx; install it with: pip install 'why20003[observe]'")
    lines = Messages()
    return Posts(Courier(NAME, Hook(checked(url)), Habits(room=_ROOM)), lines)


class Messages(Lines):
    """The events with a sentence for people, which chat services show."""

    def diagnosis(self, told: Diagnosis) -> bytes:
        return self.line("diagnosis", {"text": _sentence(told), **diagnosis_json(told)})

    def correction(self, told: Correction) -> bytes:
        text = f"correction: {_sentence(told.now)}"
        return self.line("correction", {"text": text, **correction_json(told)})


class Posts(News):
    """As the events, but what is no fault and what repeats itself is not posted."""

    _tells_repetitions = False

    def again(self, diagnosis: Diagnosis, at: float | None) -> None:
        if not diagnosis.benign:
            super().again(diagnosis, at)


class Hook:
    """The server behind the URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: httpx.Client | None = None
        self._hushed = _Hushed()
        self._tries = 0

    def deliver(self, line: bytes) -> None:
        import httpx  # noqa: PLC0415 - takes 100 ms, which nobody waits for here

        try:
            with self._opened().stream("POST", self._url, content=line) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            self._refuse(_shown(error), passing=isinstance(error, httpx.TransportError))
        if not 200 <= status < 300:
            self._refuse(f"it answered {status}", passing=status in _PASSING)
        self._tries = 0

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
            self._hushed.remove()

    def _refuse(self, why: str, *, passing: bool) -> None:
        pause = _PAUSES[self._tries] if passing and self._tries < len(_PAUSES) else None
        self._tries = 0 if pause is None else self._tries + 1
        raise Undelivered(why, again=pause) from None

    def _opened(self) -> "httpx.Client":
        """The client. It asks no variable for a proxy: that may be ourselves."""
        if self._client is None:
            import httpx  # noqa: PLC0415 - as above

            self._hushed.install()
            # The bundle that httpx brings, and what the machine or SSL_CERT_FILE trusts beside it.
            trusted = httpx.create_ssl_context(trust_env=False)
            trusted.load_default_certs()
            headers = {"content-type": "application/json", "user-agent": "why20003"}
            self._client = httpx.Client(verify=trusted, timeout=SECONDS, headers=headers, trust_env=False)
        return self._client


class _Hushed(logging.Filter):
    """Holds back what httpx and httpcore log in one thread; others may use them too, and see theirs."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: int | None = None

    def install(self) -> None:
        """Be it for the thread that calls this."""
        self._thread = threading.get_ident()
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self._thread


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def _shown(error: Exception) -> str:
    """What went wrong without what the error quotes: ConnectTimeout as "connect timeout"."""
    name = type(error).__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _sentence(told: Diagnosis) -> str:
    top = told.top
    verdict = f"{top.cause} ({top.verdict.value})" if top else "unexplained"
    status = f"refused with {told.status}" if told.status else "refused"
    fix = f" Fix: {top.fix[0]}" if top and top.fix else ""
    return f"{told.method} {told.url} was {status}. {verdict}: {told.says}.{fix}"


__all__ = ["Hook", "Messages", "Posts", "checked", "opened"]
