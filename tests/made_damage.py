"""Values, and what happens to them on their way: damage of every kind, drawn at random."""

import base64
from collections.abc import Callable, Sequence
from random import Random
from string import ascii_letters, digits
from urllib.parse import quote

Text = Callable[[bytes], bytes]
Pair = Callable[[Random, bytes, bytes], tuple[bytes, bytes]]

# What stands in a value that should not: what people, editors, shells and programs leave behind.
STRAYS = (
    *(
        b" ",
        b"\n",
        b"\r\n",
        b"\t",
        b'"',
        b"'",
        b",",
        b";",
        b"\xe2\x80\x9c",
        b"\xc2\xa0",
        b"\xef\xbb\xbf",
        b"%0A",
        b"\\n",
    ),
    *(
        b":",
        b"=",
        b"-",
        b"_",
        b"+",
        b"/",
        b"!",
        b"#",
        b"{",
        b"}",
        b"$",
        b"<",
        b"\x00",
        b"\x7f",
        b"\xff",
        b"@",
        b".",
        b"%",
    ),
    *(b"%41", b"&", b"|", b"\xd0\x90", b"a", b"Z", b"7", b"eyJ", b"AC", b"SK"),
)
SCHEMES = (
    *(b"Basic ",) * 8,
    *(b"basic ", b"Basic", b"", b"Bearer ", b"Basic Basic ", b"Authorization: Basic ", b"Basic: ", b'"Basic '),
    *(b"Token ", b"Bascic ", b"Digest ", b"Basic%20", b"Basic\n", b" Basic  ", b"Bearer Basic "),
)


# --- values -----------------------------------------------------------------------------------------------------------
def hexadecimal(random: Random, size: int = 32) -> bytes:
    return bytes(random.choice(b"0123456789abcdef") for _ in range(size))


def alphanumeric(random: Random, size: int = 32) -> bytes:
    return "".join(random.choice(ascii_letters + digits) for _ in range(size)).encode()


def name(random: Random) -> bytes:
    return "".join(random.choice("bcdfgjkmpqrtvwxz") for _ in range(random.randint(6, 10))).capitalize().encode()


def _shares(value: bytes, others: Sequence[bytes]) -> bool:
    """Whether a run of four letters, in whatever case, stands in one of the others; or five digits, as a date has."""
    low = value.lower()
    near = [low[at : at + 4] for at in range(len(low) - 3)]
    return any(run in other.lower() for run in near for other in others) or any(
        low[at : at + 5].isdigit() for at in range(len(low) - 4)
    )


def apart(random: Random, draw: Callable[[Random], bytes], others: Sequence[bytes]) -> bytes:
    """A value that shares nothing with what stays, so that chance makes no find."""
    while _shares(value := draw(random), others):
        pass
    return value


# --- damage -----------------------------------------------------------------------------------------------------------
def poked(random: Random, text: bytes) -> bytes:
    """`text` with one thing wrong."""
    at = random.randrange(len(text) + 1) if random.random() < 0.6 else random.choice((0, len(text)))
    match random.randrange(6):
        case 0 | 1:
            return text[:at] + random.choice(STRAYS) + text[at:]
        case 2:
            return text[:at] + text[at + random.choice((1, 1, 2, 5)) :]
        case 3:
            return text[:at] + alphanumeric(random, 1) + text[at:]
        case 4:
            return text[:at] + text[at : at + 1] * 2 + text[at + 1 :]
        case _:
            return text[:at] if random.random() < 0.5 else text[at:]


def wrapped(random: Random, text: bytes) -> bytes:
    size, end = random.choice((20, 60, 64, 76)), random.choice((b"\n", b"\r\n", b"\r\n ", b"%0A", b" ", b"\\n"))
    return end.join(text[at : at + size] for at in range(0, len(text), size)) + random.choice((b"", end))


HALVES: tuple[Pair, ...] = (
    *(lambda _, user, word: (user, word),) * 4,
    lambda _, user, word: (word, user),
    lambda _, user, word: (user, word + b"\n"),
    lambda _, user, word: (user, b'"' + word + b'"'),
    lambda _, user, word: (user, word[::-1]),
    lambda _, user, word: (user, word + word),
    lambda random, user, word: (user, word[: random.randrange(len(word))]),
    lambda random, user, word: (user[: random.randrange(len(user))], word),
    lambda _, user, word: (user, word.upper()),
    lambda _, user, word: (user.lower(), word),
    lambda random, user, word: (poked(random, user), word),
    lambda random, user, word: (user, poked(random, word)),
    lambda random, user, word: (user, poked(random, poked(random, word))),
    lambda _, _user, word: (b"", word),
    lambda _, user, _word: (user, b""),
    lambda _, user, word: (quote(user.decode()).encode(), b"".join(b"%%%02X" % byte for byte in word)),
    lambda _, user, word: (user, b"Bearer " + word),
    lambda _, user, word: (b"SID=" + user, b"AUTH_TOKEN=" + word),
    lambda _, user, word: (user, base64.b64encode(word)),
    lambda _, _user, word: (word, word),
    lambda _, user, _word: (user, user),
    lambda _, user, _word: (user, b"None"),
    lambda _, user, word: (user, word[16:] + word[:16]),
    lambda _, user, word: (user[2:], word),
    lambda _, user, word: (user, b"sk_live_" + word),
    lambda _, user, word: (user + word, word),
    lambda _, user, word: (user, word + b" # main token"),
)
CODINGS: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(lambda _, text: base64.b64encode(text),) * 6,
    lambda _, text: base64.b64encode(text).rstrip(b"="),
    lambda _, text: base64.urlsafe_b64encode(text),
    lambda _, text: base64.b64encode(base64.b64encode(text)),
    lambda random, text: wrapped(random, base64.b64encode(text)),
    lambda random, text: base64.b64encode(text)[: random.randrange(4, 80)],
    lambda random, text: poked(random, base64.b64encode(text)),
    lambda random, text: poked(random, poked(random, base64.b64encode(text))),
    lambda _, text: text,
    lambda _, text: text.hex().encode(),
    lambda _, text: base64.b64encode(text.decode("latin-1").encode("utf-16-le")),
    lambda _, text: base64.b64encode(text.decode("latin-1").encode("utf-16")),
    lambda _, text: quote(base64.b64encode(text).decode(), safe="").encode(),
    lambda random, text: base64.b64encode(text) + random.choice((b";", b"; charset=utf-8", b" # x", b'"', b",")),
    lambda _, text: base64.b64encode(text)[::-1],
    lambda _, text: b'{"username":"' + text.replace(b":", b'","password":"') + b'"}',
)


def value(random: Random, user: bytes, word: bytes) -> bytes:
    """An Authorization value with whatever went wrong on the way."""
    user, word = random.choice(HALVES)(random, user, word)
    joint = b":" if random.random() < 0.9 else random.choice((b"", b";", b" ", b"::", b"%3A", b"|"))
    made = random.choice(SCHEMES) + random.choice(CODINGS)(random, user + joint + word)
    if random.random() < 0.15:
        made = poked(random, made)
    return made + b", " + made if random.random() < 0.05 else made
