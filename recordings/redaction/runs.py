"""Runs of characters: what a thief could put a secret together from, and what says nothing because it is everywhere."""

import re
from binascii import b2a_base64
from typing import Final

from recordings.redaction.words import PUBLIC

RUN: Final = 5
"""A shorter run of characters gives nothing away, and chance gives it everywhere."""
DIGITS_RUN: Final = 7
"""The same for digits alone, which times, sizes and other people's numbers are made of."""
_LEAST_PIECE: Final = 4


def in_base64(text: bytes) -> tuple[bytes, ...]:
    """The letters of base64 that say `text` and nothing else, at each of the three places where it may begin."""
    letters = [b2a_base64(bytes(lead) + text, newline=False) for lead in range(3)]
    return tuple(line[-(-lead * 4 // 3) : (lead + len(text)) * 4 // 3] for lead, line in enumerate(letters))


_ODD: Final = re.compile(rb"[^0-9a-z\x80-\xff]")
_PUBLIC: Final = frozenset(
    word[at : at + size] for word in PUBLIC for size in range(1, RUN + 1) for at in range(len(word) - size + 1)
)
# What tokens of ours and of Twilio's say beside their values, as it reads in their base64.
_CLAIMS: Final = (
    b'{"typ":"JWT","alg":"HS256","cty":"twilio-fpa;v=1"}',
    b'{"alg":"HS256","typ":"JWT"}',
    b'{"alg":"RS256","kid":"',
    *(b'","%s":' % name for name in b"jti iss sub nbf exp iat aud acc hrh rqh twr grants identity".split()),
    *(b'{"%s":"' % name for name in b"jti iss sub aud acc identity".split()),
    *(b'":"%s' % kind for kind in (b"AC", b"SK", b"US", b"IS", b"http")),
    b'"grants":{"identity":"',
    b'"},"voice":{"incoming":{"allow":true},"outgoing":{"application_sid":"AP',
    b'","voice":{"incoming":{"allow":true}}}}',
    *(b'%d,"%s":1' % (digit, name) for name in (b"nbf", b"exp", b"iat") for digit in range(10)),
    *(b'%d","%s":' % (digit, name) for name in (b"iss", b"sub", b"nbf", b"exp", b"iat") for digit in range(10)),
    *(b'","%s":"%s' % (name, kind) for name in (b"jti", b"iss", b"sub") for kind in (b"AC", b"SK")),
    *(b'%d,"grants":{"' % digit for digit in range(10)),
    *(b"true" + b"}" * depth + b"\0" for depth in range(1, 5)),
)
_IN_CLAIMS: Final = frozenset(
    way[at : at + RUN].lower() for claim in _CLAIMS for way in in_base64(claim) for at in range(len(way) - RUN + 1)
)
# The end of a name of a host, with one character in front of it.
_TOP: Final = re.compile(rb".\.(?:com|net|org|dev|app|exa|tes|inv)", re.DOTALL)


def runs_of(value: bytes) -> set[bytes]:
    """The runs of `value`, in lower case, that tell of it: nothing public, no punctuation, no filler."""
    lower = value.lower()
    runs = {lower[at : at + RUN] for at in range(len(lower) - RUN + 1)}
    return {run for run in runs if not _says_nothing(run)}


def unwanted(value: bytes) -> set[bytes]:
    """What of `value` must not come about by chance: its runs, of digits alone the longer ones."""
    runs = runs_of(value)
    if len(value) < DIGITS_RUN:
        return runs
    longer = (value[at : at + DIGITS_RUN] for at in range(len(value) - DIGITS_RUN + 1))
    return {run for run in runs if not run.isdigit()} | {run for run in longer if run.isdigit()}


def _says_nothing(run: bytes) -> bool:
    if run in _PUBLIC or run in _IN_CLAIMS or len(set(run)) == 1 or (run[1:2] == b"." and _TOP.fullmatch(run)):
        return True
    odd = _ODD.findall(run)
    if not odd:
        return False
    pieces = _ODD.split(run)
    public = all(not piece or piece in _PUBLIC for piece in pieces)
    return len(odd) > 1 or (public and max(map(len, pieces)) >= _LEAST_PIECE)
