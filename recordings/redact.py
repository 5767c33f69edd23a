"""A recording without its secrets: the same shape, faults and diagnosis, and nothing that a thief can use.

What is replaced how, what stays, and why: docs/redaction.md.
"""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from analyzers.exchange import Exchange
from analyzers.expected import Expected
from recordings.redaction.exchanges import Exchanges
from recordings.redaction.known import Known
from recordings.redaction.leaking import Leak, Secrets, leaks
from recordings.redaction.shapes import fits
from recordings.redaction.veil import Veil

_MOST_KEYS: Final = 64
"""How often a recording is made anew with another key before the last try is taken as it is."""
_LEAST_KEYS: Final = 4
_BETWEEN: Final = b'""'
"""Nothing is read across it."""
_MOST_BYTES: Final = 8_000_000
"""A large recording is made anew less often: no more bytes than that, all together."""


class Redactor:
    """Redacts the exchanges of one recording. Equal input and key give equal output.

    First every exchange is shown to `learn`, then every one is given to `redact`. In live traffic each is learnt and
    redacted at once; what is lost then is told in docs/redaction.md.
    """

    def __init__(self, key: bytes, *, hide_sids: bool = False, most_secrets: int | None = None) -> None:
        """`key` is random and belongs to one recording; whoever has it can undo nothing, but try values out.

        Of no more than `most_secrets` credentials the relations to others are known; of some thousand without it.
        """
        self._known = Known(most_secrets)
        self._hide_sids = hide_sids
        self._learning = Exchanges(Veil(key, self._known, hide_sids=hide_sids, learning=True))
        self._redacting = Exchanges(Veil(key, self._known, hide_sids=hide_sids, learning=False))

    def learn(self, exchange: Exchange) -> None:
        """Note what must not appear. Bounded, however many exchanges come and whatever they hold."""
        self._learning.redacted(exchange)

    def learn_expected(self, expected: Iterable[Expected]) -> None:
        """Note credentials that the caller knows of: they must not appear either, and may have signed a token."""
        for one in expected:
            self._learning.credentials.half(one.value)
            if one.role.is_secret:
                self._known.note_pair(b"", one.value)

    def redact(self, exchange: Exchange) -> Exchange:
        """The exchange without what it kept secret."""
        return self._redacting.redacted(exchange)

    def stand_in(self, value: bytes) -> bytes:
        """What stands for a username, a password or an expected credential in the redacted recording."""
        return self._redacting.credentials.half(value)

    def secrets(self) -> Secrets:
        """What must not appear in anything made of the redacted recording, as far as it was learnt."""
        known = self._known
        return Secrets(known.credentials().values(), known.personal, () if self._hide_sids else known.sids.values())

    def pseudonyms(self) -> Mapping[bytes, bytes]:
        """What stands for what: surrogate to original, of credentials and, when they are hidden, of SIDs.

        For the eyes of whoever made the recording only.
        """
        veil = self._redacting.veil
        found = {veil.word(word): word for word in self._known.credentials().values()}
        if self._hide_sids:
            found |= {veil.sid(sid): sid for sid in self._known.sids.values()}
        return MappingProxyType(found)


def redacted(
    exchanges: Iterable[Exchange], key: bytes, *, hide_sids: bool = False, expected: Iterable[Expected] = ()
) -> tuple[Exchange, ...]:
    """The redacted recording; made anew with a key that follows from `key` until nothing of it is found in itself."""
    recorded, given = tuple(exchanges), tuple(expected)
    for _ in range(max(_LEAST_KEYS, min(_MOST_KEYS, _MOST_BYTES // (1 + len(repr_of(recorded)))))):
        redactor = Redactor(key, hide_sids=hide_sids)
        redactor.learn_expected(given)
        for exchange in recorded:
            redactor.learn(exchange)
        found = tuple(map(redactor.redact, recorded))
        same = all(map(fits, recorded, found))
        if same and not leaks(repr_of(found), redactor.secrets()):
            return found
        key = next_key(key)
    return found


def next_key(key: bytes) -> bytes:
    """The key to try after `key`, where chance put a run of a secret into what was made with it, or changed a shape."""
    return hashlib.blake2b(key, person=b"next key").digest()


def repr_of(exchanges: Iterable[Exchange]) -> bytes:
    """Every byte and text of exchanges, one after the other: what a search for leaks has to look at."""
    return _BETWEEN.join(piece for exchange in exchanges for piece in _pieces(exchange))


def _pieces(exchange: Exchange) -> Iterable[bytes]:
    request, response = exchange.request, exchange.response
    told = (exchange.error, exchange.client_address, exchange.connection, exchange.tls_issuer, *exchange.proxy_options)
    server = (exchange.server_address, exchange.tls_version)
    texts = (request.method, request.scheme, request.host, request.version, *told, *server)
    yield from (text.encode("utf-8", "surrogateescape") for text in texts if text)
    yield from (request.target, request.userinfo or b"", request.body)
    yield from (part for line in request.headers for part in line)
    if response is not None:
        yield from (response.reason.encode("utf-8", "surrogateescape"), response.body)
        yield from (part for line in response.headers for part in line)


__all__ = ["Leak", "Redactor", "Secrets", "fits", "leaks", "next_key", "redacted", "repr_of"]
