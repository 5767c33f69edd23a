"""Captures made up at random: credentials with every kind of damage, in every place, among people's data.

Each comes with the values that were planted in it. Whatever stays in a redacted recording (SIDs, ids of requests)
shares no run of characters with them, so a find is a leak.
"""

import base64
import gzip
import json
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote, quote_from_bytes

from made_damage import alphanumeric, apart, hexadecimal, name, poked, value

from analyzers.building import GOOD, KEY, MESSAGES, REQUEST_ID, accepted, refused
from analyzers.building_tokens import client_token, oauth_token
from analyzers.exchange import Exchange, Headers

HEADERS = (
    *(b"X-Twilio-Token", b"Cookie", b"X-Api-Key", b"Proxy-Authorization", b"Authorisation", b"X-Auth-Token"),
    *(b"X-Whatever", b"X-Original-Authorization", b"Referer", b"Set-Cookie", b"Twilio-Client-Validation"),
)
AGENTS = (
    *(b"curl/8.5.0", b"python-requests/2.31.0", b"twilio-python/9.1.0 (Linux x86_64) Python/3.11.7"),
    *(b"Mozilla/5.0 (X11) Chrome/138.0.0.0 Safari/537.36", b"twilio-node/5.3.0 (linux x64) node/v20.10.0"),
)
KINDS = (b"application/x-www-form-urlencoded", b"application/json", b"text/plain", b"application/xml", b"image/png")


@dataclass(frozen=True, slots=True)
class Capture:
    """Exchanges, and what was planted in them."""

    exchanges: tuple[Exchange, ...] = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    personal: tuple[bytes, ...] = field(repr=False)


# --- captures ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _World:
    """Whose recording it is."""

    sid: bytes
    user: bytes
    word: bytes
    spare: bytes
    people: tuple[bytes, ...]
    """First name, surname, telephone number, a word of a message, mail address."""


def capture(seed: int) -> Capture:
    """One to four exchanges of one account."""
    random = Random(seed)
    sid, key = b"AC" + hexadecimal(random), b"SK" + hexadecimal(random)
    stays = (sid, key, KEY, REQUEST_ID, GOOD, *AGENTS, b"authorization basic bearer token")
    token = apart(random, hexadecimal, stays)
    secret = apart(random, alphanumeric, (*stays, token))
    if random.random() < 0.1:
        token = random.choice(
            (secret[:12] + b"!" + secret[12:20], secret[:6] + b"-" + token[:8] + b"#", token + token[:8])
        )
    first, last, word = (apart(random, name, stays) for _ in range(3))
    phone = b"+1212555%04d" % random.randrange(10_000)
    people = (first, last, phone, word, first.lower() + b"@" + last.lower())
    user, known, spare = (sid, token, secret) if random.random() < 0.6 else (key, secret, token)
    world = _World(sid, user, known, spare, people)
    count = random.choice((1, 1, 2, 3, 4))
    made = tuple(_exchange(random, world, number) for number in range(count))
    return Capture(made, (token, secret), people)


def _exchange(random: Random, world: _World, number: int) -> Exchange:
    path, body = MESSAGES % world.sid, b""
    extra: Headers = ()
    auth: bytes | None = None
    user, word = world.user, world.word
    userinfo = None
    match random.randrange(14):
        case 0 | 1 | 2 | 3 | 4 | 5 | 6:
            auth = value(random, user, word)
        case 7:
            auth = b"Bearer " + _token(random, world)
        case 8:
            extra = ((random.choice(HEADERS), value(random, user, word)),)
        case 9:
            named = random.choice((b"AuthToken", b"token", b"x", b"Body"))
            path += b"?AccountSid=" + user + b"&" + named + b"=" + quote_from_bytes(poked(random, word)).encode()
        case 10:
            body, extra = _body(random, world)
        case 11:
            userinfo = user + b":" + word
        case 12:
            forms = (b"/2010-04-01/Accounts/%s/Messages.json" % word, b"/%s/%s/x" % (user, word), b"/v1/Keys/" + word)
            path, auth = random.choice(forms).replace(b" ", b"%20"), value(random, user, word)
        case _:
            auth = GOOD.replace(GOOD[6:], base64.b64encode(user + b":" + word))
            extra = ((b"Cookie", b"sid=" + user + b"; token=" + word), (b"Referer", b"https://x.example/?t=" + word))
    if not body and random.random() < 0.5:
        body, extra = _people_body(random, world, extra)
    build = refused if random.random() < 0.75 else accepted
    at, agent = number * random.choice((0.3, 40)), random.choice(AGENTS)
    made = build(auth, path=path, extra=extra, body=body, at=at, agent=agent, request_id=REQUEST_ID)
    if userinfo is not None:
        made = replace(made, request=replace(made.request, userinfo=userinfo))
    return _answered(random, world, made) if random.random() < 0.3 else made


def _token(random: Random, world: _World) -> bytes:
    signer = random.choice((world.word, world.spare))
    if random.random() < 0.6:
        made = client_token(signer, iss=world.user.decode(), sub=world.sid.decode())
    else:
        made = oauth_token(sub=world.sid.decode(), email=world.people[4].decode() + ".example")
    return poked(random, made) if random.random() < 0.4 else made


def _body(random: Random, world: _World) -> tuple[bytes, Headers]:
    """A body with credentials in it, and what it says it is."""
    user, word, phone = world.user, world.word, world.people[2]
    made = random.choice((
        b"To=" + quote(phone.decode()).encode() + b"&AuthToken=" + word + b"&AccountSid=" + user,
        b'{"account_sid":"' + user + b'","auth_token":"' + word + b'","to":"' + phone + b'"}',
        b"<R><Sid>" + user + b"</Sid><AuthToken>" + word + b"</AuthToken></R>",
        value(random, user, word),
        poked(random, b"a=" + user + b"&b=" + word),
    ))  # fmt: skip
    return made, ((b"Content-Type", random.choice(KINDS)),)


def _people_body(random: Random, world: _World, extra: Headers) -> tuple[bytes, Headers]:
    """A request about people."""
    first, last, phone, word, mail = (part.decode() for part in world.people)
    match random.randrange(4):
        case 0:
            said = quote(f"{first} {last}: {word}")
            body = f"To={quote(phone)}&From={quote(phone)}&Body={said}&Email={quote(mail)}.example"
            kind = KINDS[0]
        case 1:
            body, kind = (
                json.dumps(
                    {"to": phone, "name": first, "nested": [{"surname": last}, word], "email": mail + ".example"}
                ),
                KINDS[1],
            )
        case 2:
            body, kind = (
                f"<R><To>{phone}</To><Name a='{first}'>{last} {word}</Name><!-- {mail}.example --></R>",
                KINDS[3],
            )
        case _:
            body, kind = f"{first}\0\1\2{last}\0{word}\xff{mail}\0\0\0\1{phone}", KINDS[4]
    return body.encode(), (*extra, (b"Content-Type", kind))


def _answered(random: Random, world: _World, made: Exchange) -> Exchange:
    """The same with an Account resource in its answer, packed or not."""
    if made.response is None:
        return made
    first, last, phone, word, mail = (part.decode() for part in world.people)
    resource = {
        "sid": world.sid.decode(),
        "auth_token": world.word.decode("latin-1"),
        "friendly_name": f"{first} {last}",
        "status": "active",
        "owner_account_sid": world.sid.decode(),
        "phone_number": phone,
        "body": word,
        "email": mail + ".example",
    }
    body = json.dumps(resource).encode()
    packed = gzip.compress(body, mtime=0) if random.random() < 0.3 else body
    return replace(made, response=replace(made.response, body=packed))
