"""Header lines: which values stay, in what form, and how the others are replaced. Names stay."""

import re
from collections.abc import Callable
from typing import Final

from analyzers.exchange import Headers
from recordings.redaction.credentials import Credentials
from recordings.redaction.fields import DATE, Fields
from recordings.redaction.names import is_header_name, is_secret
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil, is_sid

_NUMBER: Final = re.compile(rb"\s*[0-9]{1,12}(?:\.[0-9]{1,6})?\s*")
_CODE: Final = re.compile(rb"[0-9]{1,6}")
_POP: Final = re.compile(rb"[A-Z]{3}[0-9]{1,2}-[A-Z][0-9]{1,2}")
_NAME_LIST: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,40}(?:[ \t]*,[ \t]*[A-Za-z][A-Za-z0-9-]{0,40}){0,40}|\*")
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 512
_PUBLIC_NAMES: Final = re.compile(
    rb"accept(?:-.*)?|connection|proxy-connection|keep-alive|content-(?:type|encoding|language|disposition)|te|trailer"
    rb"|transfer-encoding|cache-control|pragma|upgrade|upgrade-insecure-requests|expect|range|accept-ranges|allow"
    rb"|user-agent|x-twilio-client|server|via|x-powered-by|x-shenanigans|x-home-region|x-cache(?:-.*)?|x-served-by"
    rb"|strict-transport-security|access-control-(?:allow-(?:origin|credentials|methods)|max-age|request-method)"
    rb"|sec-(?:fetch|ch-ua)(?:-.*)?|dnt|sec-gpc|priority|x-content-type-options|x-frame-options|x-xss-protection"
    rb"|referrer-policy|content-security-policy|alt-svc|www-authenticate|proxy-authenticate|x-squid-error"
    rb"|x-forwarded-(?:proto|port)|x-requested-with|retry-after|:method|:scheme|:status|why20003-.*"
)
_URLS: Final = frozenset({b"referer", b"location", b"content-location", b"origin", b":path", b"x-original-url"})
_HOSTS: Final = frozenset({b"host", b":authority", b"x-forwarded-host", b"x-api-domain", b"x-forwarded-server"})
_DATES: Final = frozenset({b"date", b"last-modified", b"expires", b"if-modified-since"})
_NUMBERS: Final = frozenset(
    b"content-length age twilio-request-duration twilio-concurrent-requests max-forwards x-ratelimit-limit".split()
)
_NAME_LISTS: Final = frozenset(
    b"vary access-control-request-headers access-control-allow-headers access-control-expose-headers".split()
)
_IDS: Final = frozenset({b"twilio-request-id", b"x-amz-cf-pop", b"x-twilio-error-code"})
# Differ from answer to answer and say nothing: not worth remembering, nor the work that a credential gets.
_OPAQUE: Final = frozenset(
    b"""x-amz-cf-id x-amz-request-id x-amz-id-2 x-amzn-trace-id x-amzn-requestid x-request-id x-correlation-id etag
    cf-ray if-none-match traceparent tracestate x-b3-traceid x-b3-spanid""".split()
)
_ONCE: Final = _DATES | _NUMBERS | _IDS | _OPAQUE | {b"via"}
_COOKIE_WORDS: Final = frozenset({b"path", b"domain", b"expires", b"max-age", b"secure", b"httponly", b"samesite"})
_LOGINS: Final = re.compile(rb"(\s*(?:ntlm|negotiate|kerberos)\s+)(\S+)", re.IGNORECASE)


class HeaderLines:
    """Replaces header lines."""

    def __init__(self, veil: Veil, credentials: Credentials, fields: Fields, urls: Urls) -> None:
        self._veil, self._credentials, self._fields, self._urls = veil, credentials, fields, urls
        self._lines: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
        self._ways: dict[bytes, Callable[[bytes, bytes], bytes]] = {
            **dict.fromkeys(_IDS | _NUMBERS | _DATES, self._formal),
            **dict.fromkeys(_OPAQUE, self._opaque),
            **dict.fromkeys(_HOSTS, self._host),
            **dict.fromkeys(_URLS, self._url),
            **dict.fromkeys(_NAME_LISTS, self._list),
            b"via": self._via,
            b"cookie": self._cookie,
            b"set-cookie": self._set_cookie,
        }

    def lines(self, headers: Headers) -> Headers:
        """All lines, in their order."""
        return tuple([self._line(name, value) for name, value in headers])

    def _line(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        line = (name, value)
        found = self._lines.get(line)
        if found is None:
            key = name.strip(b" \t:").lower()
            found = (self._name(name), self._value(key, value))
            if len(value) <= _LONGEST_REMEMBERED and key not in _ONCE:
                if len(self._lines) >= _REMEMBERED:
                    self._lines.clear()
                self._lines[line] = found
        return found

    def _name(self, name: bytes) -> bytes:
        return name if is_header_name(name) else self._credentials.value(name, short=False)

    def _value(self, name: bytes, value: bytes) -> bytes:
        way = self._ways.get(name)
        if way is not None:
            return way(name, value)
        if _PUBLIC_NAMES.fullmatch(name):
            return self._public(name, value)
        return self._other(name, value)

    def _formal(self, name: bytes, value: bytes) -> bytes:
        return value if not value or _is_plain(name, value) else self._veil.personal(value)

    def _opaque(self, _name: bytes, value: bytes) -> bytes:
        return self._veil.opaque(value)

    def _via(self, _name: bytes, value: bytes) -> bytes:
        return value if self._veil.learning else self._urls.message(value)

    def _host(self, _name: bytes, value: bytes) -> bytes:
        return self._urls.authority(value)

    def _url(self, _name: bytes, value: bytes) -> bytes:
        return self._urls.url(value)

    def _list(self, name: bytes, value: bytes) -> bytes:
        return value if _NAME_LIST.fullmatch(value) else self._other(name, value)

    def _cookie(self, _name: bytes, value: bytes) -> bytes:
        return self._fields.form(value, b";")

    def _public(self, name: bytes, value: bytes) -> bytes:
        if name.endswith(b"-authenticate") and (login := _LOGINS.match(value)):
            return login[1] + self._credentials.value(login[2], short=False) + self._veil.public(value[login.end() :])
        return self._urls.message(value)

    def _other(self, name: bytes, value: bytes) -> bytes:
        if is_secret(name) or b"auth" in name:
            return self._credentials.value(value)
        return self._fields.value(name, value)

    def _set_cookie(self, _name: bytes, value: bytes) -> bytes:
        cookie, semicolon, rest = value.partition(b";")
        return self._fields.form(cookie, b";") + semicolon + b";".join(map(self._attribute, rest.split(b";")))

    def _attribute(self, attribute: bytes) -> bytes:
        name, equals, value = attribute.partition(b"=")
        if name.strip().lower() not in _COOKIE_WORDS:
            return self._fields.form(attribute, b";")
        if name.strip().lower() == b"domain":
            return name + equals + self._urls.authority(value)
        return (
            name + equals + (value if DATE.fullmatch(value.replace(b"-", b" ").strip()) else self._veil.public(value))
        )


def _is_plain(name: bytes, value: bytes) -> bool:
    """Whether a value has the form that its header asks for, so that it is no other one."""
    if name in _DATES:
        return DATE.fullmatch(value) is not None
    if name in _NUMBERS:
        return _NUMBER.fullmatch(value) is not None
    if name == b"twilio-request-id":
        return is_sid(value)
    return (_POP if name == b"x-amz-cf-pop" else _CODE).fullmatch(value) is not None
