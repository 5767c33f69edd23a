"""Credentials that stand in a request but not in Authorization: in the URL, the body, a cookie or another header.

A SID alone proves nothing, since Twilio's own parameters carry SIDs. What counts is a SID together with a value that is
shaped like a secret and named as one, or both in one value. Values are never kept.
"""

import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import Enum
from itertools import islice
from urllib.parse import unquote_to_bytes

from analyzers.credential import decode, pair_of
from analyzers.exchange import Request
from analyzers.frozen import dataclass
from analyzers.twilio import API_KEY_SECRET, Kind, core_of, kind_of, near_secret

_LARGEST_BODY = 65536
_MOST_FIELDS = 200
_LONGEST_VALUE = 400
_DEEPEST = 6
_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID}


class Place(Enum):
    """Where credentials do not belong; the value is how the place is called."""

    USERINFO = "the URL, before the host"
    QUERY = "the query of the URL"
    FORM = "the form body"
    JSON = "the JSON body"
    COOKIE = "a cookie"
    HEADER = "other headers"


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Credentials found in one place of a request."""

    place: Place
    kind: Kind
    """ACCOUNT_SID or KEY_SID."""
    names: tuple[str, ...]
    """Names of the parameters, as sent; only known words, so that a secret in the place of a name is never shown."""
    whole: bool
    """Whether SID and secret both stand there and the secret is 32 letters and digits."""
    sid_in_path: bool = False
    """Whether only the secret stands there, under Twilio's own name for it, while the path has the SID."""


@dataclass(frozen=True, slots=True, repr=False)  # either may be a secret
class _Field:
    name: bytes
    value: bytes


# Names that people give to a SID and to a secret, compared without case, punctuation and a leading X or Twilio.
_SID_NAME = re.compile(
    rb"(?:account|api|key|apikey)?(?:sid|id)|account|user(?:name|id)?|login|(?:api)?key|client(?:id)?"
)
_SECRET_NAME = re.compile(
    rb"(?:account|auth|api|key|apikey|client|access|user)?(?:token|secret|password|passwd|pwd|pass)"
    rb"|(?:api|auth|secret|access)key|auth|credentials?"
)
# A name that means Twilio's own secret even where the SID stands in the path.
_OWN_NAME = re.compile(rb"(?:account)?authtoken|(?:api)?keysecret|apisecret")
_PLAIN = re.compile(rb"[A-Za-z][A-Za-z_.\[\]-]{1,30}")
# Headers under these names, and under misspelt ones, are taken for a wrongly named Authorization.
_AUTHORIZATION = re.compile(rb"(?:x|http|www)?(?:auth|basic|authori[sz]\w*|authenticat\w*)|.*authori[sz]ation.*")
_NEAR = 0.8
_NEVER = frozenset({b"authorization", b"cookie", b"host", b"user-agent", b"content-type", b"content-length", b"accept"})
_PART = re.compile(rb'\bname="([^"\r\n]{1,60})"[^\r\n]{0,200}(?:\r?\n[^\r\n]{1,200}){0,3}\r?\n\r?\n([^\r\n]{0,400})')


def misplaced(request: Request, path_account: bytes | None = None) -> Misplaced | None:
    """The credentials of `request` that stand outside Authorization, the surest find first; None without any.

    `path_account` is the account in the path: a secret under Twilio's own name for it counts beside that too.
    """
    found = [each for place, fields in _places(request) if (each := _in_place(place, tuple(fields), path_account))]
    return min(found, key=lambda each: not each.whole, default=None)


def carries_credentials(request: Request, path_account: bytes | None = None) -> bool:
    """Whether the request has credentials anywhere, under a name like Authorization as well."""
    named = any(_pair_in(field.value) for field in _headers(request))
    return named or misplaced(request, path_account) is not None


def _places(request: Request) -> Iterator[tuple[Place, Iterator[_Field]]]:
    if request.userinfo:
        yield Place.USERINFO, iter((_Field(b"", unquote_to_bytes(request.userinfo[:_LONGEST_VALUE])),))
    query = request.target.partition(b"?")[2]
    if query:
        yield Place.QUERY, _form(query[:_LARGEST_BODY])
    if request.body:
        yield from _bodies(request, request.body[:_LARGEST_BODY])
    yield Place.COOKIE, (field for value in request.values(b"cookie") for field in _form(value[:_LARGEST_BODY], b";"))
    yield Place.HEADER, _headers(request)


def _bodies(request: Request, body: bytes) -> Iterator[tuple[Place, Iterator[_Field]]]:
    kind = (request.first(b"content-type") or b"")[:200].lower()
    if body.lstrip()[:1] in {b"{", b"["}:
        yield Place.JSON, _leaves(body)
    elif b"multipart/" in kind:
        yield Place.FORM, (_Field(name, value) for name, value in _PART.findall(body))
    elif not kind or b"urlencoded" in kind or b"text/plain" in kind:
        yield Place.FORM, _form(body)


def _form(text: bytes, separator: bytes = b"&") -> Iterator[_Field]:
    for part in text.split(separator, _MOST_FIELDS)[:_MOST_FIELDS]:
        name, _, value = part.partition(b"=")
        if len(value) <= _LONGEST_VALUE and len(name) <= _LONGEST_VALUE:
            yield _Field(_unquoted(name), _unquoted(value))


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" ")).strip()


def _leaves(body: bytes) -> Iterator[_Field]:
    """The texts of a JSON document with the names they stand under; an element of a list has the list's name."""
    try:
        document = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    for _ in range(_MOST_FIELDS * 2):
        if not waiting:
            return
        name, value, depth = waiting.pop()
        if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
            yield _Field(name[:60].encode("utf-8", "replace"), value.encode("utf-8", "replace").strip())
        elif isinstance(value, dict) and depth < _DEEPEST:
            waiting += [(str(key), inner, depth + 1) for key, inner in islice(value.items(), _MOST_FIELDS)]
        elif isinstance(value, list) and depth < _DEEPEST:
            waiting += [(name, inner, depth + 1) for inner in value[:_MOST_FIELDS]]


def _headers(request: Request) -> Iterator[_Field]:
    for name, value in request.headers[:_MOST_FIELDS]:
        if len(name) <= 60 and len(value) <= _LONGEST_VALUE and name.lower().strip() not in _NEVER:
            yield _Field(name.strip(), value.strip())


def _in_place(place: Place, fields: tuple[_Field, ...], path_account: bytes | None) -> Misplaced | None:
    for field in fields:
        if (both := _pair_in(field.value)) and not (place is Place.HEADER and _is_authorization(field.name)):
            return Misplaced(place, both[0], _shown(field.name), both[1])
    secrets = [field for field in fields if _holds_secret(field)]
    if not secrets:
        return None
    sid = next((field for field in fields if _kind(field.value) in _SIDS), None)
    if sid is not None:
        whole = any(API_KEY_SECRET.fullmatch(_core(field.value)) for field in secrets)
        return Misplaced(place, _kind(sid.value), (*_shown(sid.name), *_shown(secrets[0].name)), whole)
    own = next((field for field in secrets if _OWN_NAME.fullmatch(_plain(field.name))), None)
    if own is None or path_account is None or kind_of(path_account) is not Kind.ACCOUNT_SID:
        return None
    return Misplaced(place, Kind.ACCOUNT_SID, _shown(own.name), whole=False, sid_in_path=True)


def _is_authorization(name: bytes) -> bool:
    lower = name.lower().strip(b": ")
    if _AUTHORIZATION.fullmatch(_letters(lower)):
        return True
    return SequenceMatcher(None, lower.decode("latin-1"), "authorization").ratio() >= _NEAR


def _pair_in(value: bytes) -> tuple[Kind, bool] | None:
    """Kind of the SID, and whether the secret has the usual 32 characters, where one value holds a whole pair."""
    if not 40 <= len(value) <= _LONGEST_VALUE:
        return None
    pair = pair_of(decode(value))
    if pair is None:
        return None
    for sid, secret in ((pair.username, pair.password), (pair.password, pair.username)):
        kind, core = _kind(sid), _core(secret)
        if kind in _SIDS and near_secret(core):
            return kind, API_KEY_SECRET.fullmatch(core) is not None
    return None


def _holds_secret(field: _Field) -> bool:
    return _SECRET_NAME.fullmatch(_plain(field.name)) is not None and near_secret(_core(field.value))


def _kind(value: bytes) -> Kind:
    return kind_of(_core(value))


def _core(value: bytes) -> bytes:
    start, end = core_of(value[:_LONGEST_VALUE])
    return value[start:end]


def _letters(name: bytes) -> bytes:
    return re.sub(rb"[^a-z0-9]", b"", name.lower())


def _plain(name: bytes) -> bytes:
    """A name without case and punctuation, and without the X or Twilio in front that says nothing."""
    return re.sub(rb"\A(?:x(?=[a-z]))?(?:twilio)?", b"", _letters(name))


def _shown(name: bytes) -> tuple[str, ...]:
    plain = _plain(name)
    known = _SID_NAME.fullmatch(plain) or _SECRET_NAME.fullmatch(plain)
    return (name.decode("ascii"),) if known and _PLAIN.fullmatch(name) else ()
