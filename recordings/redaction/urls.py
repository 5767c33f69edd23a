"""URLs: the hosts, paths and parameters of Twilio's API stay, those of whoever calls it are replaced."""

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from analyzers.hosts import place_of
from analyzers.placeholders import is_placeholder
from analyzers.twilio import is_twilio_host
from recordings.redaction.credentials import Credentials
from recordings.redaction.escapes import through_percent
from recordings.redaction.veil import Veil, is_literal, is_sid
from recordings.redaction.words import PATH, TEXT

_URL: Final = re.compile(
    rb"(?P<scheme>(?:[A-Za-z][A-Za-z0-9+.-]{0,15}:)?//)(?:(?P<user>[^@/?#\s]*)@)?(?P<host>[^/?#\s]*)"
    rb"(?P<target>[^#]*)(?P<fragment>#.*)?",
    re.DOTALL,
)
_PORT: Final = re.compile(rb"(:[0-9]{1,5})\Z")
_SCHEMES: Final = (b"http://", b"https://", b"//", b"wss://", b"ws://")
# Versions of the API, and the two letters of a country.
_VERSION: Final = re.compile(rb"v[0-9]{1,2}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|[A-Z]{2}")
_EXTENSIONS: Final = frozenset(b"json xml csv html mp3 wav mp4 jpg jpeg png gif pdf amr ogg txt".split())
_HOST_WORD: Final = re.compile(r"[0-9A-Za-z]+")
_TOPS: Final = frozenset({
    *("com", "net", "org", "io", "co", "dev", "app", "example", "test", "invalid"),
    *("local", "internal", "localhost", "lan", "corp", "home"),
})  # fmt: skip
# https://www.twilio.com/docs/errors/20003
_BEFORE_CODES: Final = (b"errors", b"error")
_CODE: Final = re.compile(rb"[0-9]{3,6}")
# A path or a URL in a sentence.
_IN_TEXT: Final = re.compile(rb"(?<![\w/:.])(?:https?:/)?/[^\s\"'<>]+")
_LONGEST_HOST: Final = 300


class Urls:
    """Replaces URLs."""

    def __init__(self, veil: Veil, credentials: Credentials) -> None:
        self._veil = veil
        self._credentials = credentials
        self.form: Callable[[bytes], bytes] = veil.words
        """Replaces a query; given by who knows fields."""
        self._hosts: dict[str, str] = {}

    def url(self, url: bytes) -> bytes:
        """A URL, absolute or not, or whatever else stands in its place."""
        found = _URL.fullmatch(url)
        if found is None:
            return self.target(url)
        scheme, user, host, target, fragment = found.group("scheme", "user", "host", "target", "fragment")
        known = scheme if scheme.lower() in _SCHEMES else self._veil.personal(scheme)
        userinfo = b"" if user is None else self.userinfo(user) + b"@"
        behind = b"" if fragment is None else self._veil.personal(fragment)
        return known + userinfo + self.authority(host) + self.target(target) + behind

    def userinfo(self, userinfo: bytes) -> bytes:
        """What stands in front of the host."""
        return through_percent(userinfo, self._credentials.pair)

    def target(self, target: bytes) -> bytes:
        """Path and query."""
        path, mark, query = target.partition(b"?")
        return self.path(path) + mark + (self.form(query) if query else b"")

    def path(self, path: bytes) -> bytes:
        """A path: words of the API, versions and SIDs stay."""
        segments = path.split(b"/")
        return b"/".join(
            [
                segment
                if place and segments[place - 1] in _BEFORE_CODES and _CODE.fullmatch(segment)
                else self._segment(segment)
                for place, segment in enumerate(segments)
            ]
        )

    def _segment(self, segment: bytes) -> bytes:
        if segment.lower() in PATH or not segment:
            return segment
        stem, dot, extension = segment.rpartition(b".")
        if dot and extension.lower() in _EXTENSIONS:
            return self._segment(stem) + dot + extension
        if is_sid(segment):
            return self._veil.sid(segment)
        if _VERSION.fullmatch(segment):
            return segment
        return through_percent(segment, self._unknown)

    def _unknown(self, segment: bytes) -> bytes:
        if is_literal(segment):
            return segment
        if is_placeholder(segment):
            return self._credentials.half(segment)
        if b"-" in segment and all(word.lower() in PATH for word in segment.split(b"-")):
            return segment
        return self._credentials.half(segment)

    def authority(self, authority: bytes) -> bytes:
        """Host and port, in any spelling."""
        port = _PORT.search(authority)
        name = authority[: port.start()] if port else authority
        return self.host(name.decode("latin-1")).encode("latin-1", "replace") + (port[0] if port else b"")

    def host(self, host: str) -> str:
        """The name of a host: Twilio's, this machine and what resembles Twilio's stay."""
        found = self._hosts.get(host)
        if found is None:
            found = self._host(host)
            if len(self._hosts) >= 4096:
                self._hosts.clear()
            self._hosts[host] = found
        return found

    def _host(self, host: str) -> str:
        if (address := _address(host)) is not None:
            return host if self._veil.learning else self._other_address(host, address)
        keep = place_of(host) is not None or is_twilio_host(host)
        labels = host.split(".")
        kept = min(2, len(labels)) if keep else int(labels[-1].lower() in _TOPS)
        head = [_HOST_WORD.sub(self._label, label) for label in labels[: len(labels) - kept]]
        return ".".join((*head, *labels[len(labels) - kept :]))

    def _label(self, found: re.Match[str]) -> str:
        word = found.group().encode("latin-1")
        return found.group() if word.lower() in TEXT else self._veil.words(word).decode("latin-1")

    def _other_address(self, host: str, address: "ipaddress.IPv4Address | ipaddress.IPv6Address") -> str:
        """An address of nobody's own stays; another one becomes one of the space that no network uses publicly."""
        if not address.is_global:
            return host
        number = int.from_bytes(self._veil.surrogates.stream(address.packed, 4), "big")
        if address.version == 4:
            return str(ipaddress.IPv4Address((100 << 24) + (64 << 16) + number % (1 << 22)))
        other = str(ipaddress.IPv6Address((0x20010DB8 << 96) + number))
        return f"[{other}]" if host.startswith("[") else other

    def message(self, text: bytes) -> bytes:
        """A sentence that Twilio or a server wrote, with the paths and URLs in it."""
        out: list[bytes] = []
        last = 0
        for found in _IN_TEXT.finditer(text):
            out += (self._veil.public(text[last : found.start()]), self._in_text(found.group()))
            last = found.end()
        return b"".join((*out, self._veil.public(text[last:])))

    def _in_text(self, url: bytes) -> bytes:
        core = url.rstrip(b".,;:!)")
        return self.url(core) + url[len(core) :]


def _address(host: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
