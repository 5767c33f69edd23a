"""What Twilio documents, or has been seen to do, as data. Each fact carries its source and the date it was read.

Shapes are conventions that Twilio does not promise for secrets; a verdict that rests on one alone is never `confirmed`.
"""

import re
from enum import Enum
from functools import lru_cache

from analyzers.placeholders import is_placeholder, is_unset
from analyzers.recent import recent

# --- SIDs and secrets ---------------------------------------------------------------------------------------------
# "A 34 character string": two letters and 32 hexadecimal digits; the digits are lower case in every SID seen.
# https://www.twilio.com/docs/glossary/what-is-a-sid and twilio_api_v2010.json of twilio-oai (read 2026-11-20)
SID_LENGTH = 34
SID = re.compile(rb"[A-Z]{2}[0-9a-fA-F]{32}")
ACCOUNT_SID = re.compile(rb"AC[0-9a-fA-F]{32}")
KEY_SID = re.compile(rb"SK[0-9a-fA-F]{32}")
# An OAuth app's client id has letters behind its prefix: ^OQ[a-zA-Z0-9]{32}$ (twilio_oauth_v2.json, read 2026-11-20)
OAUTH_CLIENT_ID = re.compile(rb"OQ[0-9a-zA-Z]{32}")
# 32 lower-case hex digits by convention; detectors of leaked secrets rely on it (trufflehog, detector twilio).
AUTH_TOKEN = re.compile(rb"[0-9a-f]{32}")
# 32 letters and digits of mixed case by convention (trufflehog, detector twilioapikey).
API_KEY_SECRET = re.compile(rb"[0-9A-Za-z]{32}")
HEX_32 = re.compile(rb"[0-9a-fA-F]{32}")

# Prefixes that people paste as a username. docs glossary and the specs of twilio-oai (read 2026-11-20)
SID_KINDS: dict[bytes, str] = {
    b"AC": "Account",
    b"SK": "API key",
    b"AP": "TwiML application",
    b"BU": "regulatory bundle",
    b"CA": "call",
    b"CF": "conference",
    b"CR": "public key or push credential",
    b"FW": "Studio flow",
    b"GO": "Flex instance",
    b"HX": "content template",
    b"IS": "Conversations, Chat or Sync service",
    b"KS": "Proxy service",
    b"ME": "media",
    b"MG": "Messaging Service",
    b"MM": "MMS message",
    b"OQ": "OAuth app",
    b"OR": "organization",
    b"PN": "phone number",
    b"RE": "recording",
    b"RQ": "request id",
    b"SM": "SMS message",
    b"TK": "SIP trunk",
    b"US": "user",
    b"VA": "Verify service",
    b"WS": "TaskRouter workspace",
    b"ZS": "Serverless service",
}


class Kind(Enum):
    """What one half of a pair looks like."""

    EMPTY = "empty"
    ACCOUNT_SID = "account-sid"
    KEY_SID = "key-sid"
    OTHER_SID = "other-sid"
    HEX_32 = "lower-hex-32"
    ALNUM_32 = "alnum-32"
    UNSET = "unset-literal"
    PLACEHOLDER = "placeholder"
    TEXT = "text"

    __hash__ = object.__hash__  # Enum's own is written in Python, and kinds are looked up a hundred times a refusal


@recent
def kind_of(text: bytes) -> Kind:  # noqa: PLR0911 - one return for each kind reads as the table it is
    """What a half of a pair is shaped like; strict, strays are not taken off."""
    if not text:
        return Kind.EMPTY
    if len(text) == SID_LENGTH:
        if ACCOUNT_SID.fullmatch(text):
            return Kind.ACCOUNT_SID
        if KEY_SID.fullmatch(text):
            return Kind.KEY_SID
        if SID.fullmatch(text) or OAUTH_CLIENT_ID.fullmatch(text):
            return Kind.OTHER_SID
    if AUTH_TOKEN.fullmatch(text):
        return Kind.HEX_32
    if is_unset(text):
        return Kind.UNSET
    if is_placeholder(text):
        return Kind.PLACEHOLDER
    if API_KEY_SECRET.fullmatch(text):
        return Kind.ALNUM_32
    return Kind.TEXT


def sid_kind(text: bytes) -> str:
    """What a SID stands for, by its prefix: "Messaging Service"; "resource of kind XY" for a prefix not listed."""
    prefix = text[:2]
    return SID_KINDS.get(prefix, f"resource of kind {prefix.decode('ascii', 'replace')}")


# Marks that no SID and no secret has at its edges: blanks, quotes, separators, controls, zero-width and no-break
# characters in UTF-8, UTF-8 byte order mark. https://www.twilio.com/docs/api/errors/20003 names extra characters.
_STRAY_ONE = rb"[\x00-\x20\"'`,;<>\x7f]++|\xe2\x80[\x8b-\x8f\x98-\x9f\xa8-\xaf]|\xef\xbb\xbf|\xc2\xa0|\xa0|\xe2\x81\xa0"
_STRAY_LEAD = re.compile(rb"(?:" + _STRAY_ONE + rb")+")
_STRAY_TAIL = re.compile(rb"(?:" + _STRAY_ONE + rb")+\Z")
# What is copied along with a value: a scheme, or its name as env files, shells and consoles write it, up to = or colon.
_COPIED_LABEL = re.compile(
    rb"(?:bearer|basic)\s+|b(?=[\"'])"  # b'...' is how Python prints bytes
    rb"|(?:(?:export|set|setx|env|-e|--env|const|let|var)\s+|\$env:|\$)?(?:twilio[ _-]?)?(?:account[ _-]?|auth[ _-]?)?"
    rb"(?:api[ _-]?(?:key[ _-]?)?)?(?:sid|token|secret|key|username|password)[\"']?\s*(?:=>|:=|[=:])\s*",
    re.IGNORECASE,
)
# Other punctuation, a JSON object of one member, what wraps a value (Optional("...") of Swift, Some("...") of Rust), a
# comment or an escaped line end: strays only around what is whole.
# A comment stays in the value in `docker run --env-file`: https://github.com/docker/cli/issues/4404 (read 2026-11-20)
_PUNCTUATION = rb"[\s!-/:-@\[-`{-~]{0,8}"
_WRAPPED = re.compile(
    rb"(?:" + _PUNCTUATION + rb"|\{\s{0,8}[\"']?\w{1,40}[\"']?\s{0,8}:\s{0,8}[\"']?|[A-Z]\w{1,20}[(\[][\"']?)"
    rb"(" + SID.pattern + rb"|" + API_KEY_SECRET.pattern + rb")"
    rb"(?:" + _PUNCTUATION + rb"|[\"']?(?:\\[rnt]){1,4}[\"']?|\s{0,40}(?:#|//|;|--)[^\r\n]{0,200}\s{0,2})"
)
_LONGEST_WRAPPED = 400


@recent
def core_of(text: bytes) -> tuple[int, int]:
    """Start and end of `text` without strays at its edges and without a label copied along ("SID=", "Bearer ")."""
    if len(text) <= _LONGEST_WRAPPED and (wrapped := _WRAPPED.fullmatch(text)):
        return wrapped.span(1)
    start, end = 0, len(text)
    if lead := _STRAY_LEAD.match(text):
        start = lead.end()
    if label := _COPIED_LABEL.match(text, start):
        start = label.end()
        if lead := _STRAY_LEAD.match(text, start):
            start = lead.end()
    while start < end and (tail := _STRAY_TAIL.search(text, max(start, end - 64), end)):
        end = tail.start()
    return start, end


def is_void(half: bytes) -> bool:
    """Whether a half is empty or the word for a missing value; blanks and quotes around that do not matter."""
    start, end = core_of(half)
    return is_unset(half) or start == end or is_unset(half[start:end])


@recent
def near_sid(text: bytes) -> bool:
    """Whether `text` was meant as an Account or API key SID: AC or SK and mostly hex digits, or 32 hex digits alone."""
    if HEX_32.fullmatch(text):
        return True
    prefix, rest = text[:2], text[2:]
    if prefix.upper() not in {b"AC", b"SK"} or not rest or len(text) > 200:
        return False
    hexes = len(rest) - len(rest.translate(None, b"0123456789abcdefABCDEF"))
    if prefix.isupper() and hexes == len(rest):
        return True
    return 24 <= len(text) <= 72 and hexes * 4 >= len(rest) * 3


_NEAR_SECRET = re.compile(rb"(?=[A-Za-z]*[0-9])[0-9A-Za-z]{20,64}")


def near_secret(text: bytes) -> bool:
    """Whether `text` is roughly a secret: 20 to 64 letters and digits, a digit among them, and no SID."""
    if API_KEY_SECRET.fullmatch(text):
        return not is_placeholder(text)
    return _NEAR_SECRET.fullmatch(text) is not None and kind_of(text) is Kind.TEXT and not near_sid(text)


# --- answers ------------------------------------------------------------------------------------------------------
# https://www.twilio.com/docs/api/errors/20003 and bodies of real refusals: docs/facts.md 1.1 (read
# 2026-11-20)
CODE_REFUSED = 20003
# "Method not allowed": https://www.twilio.com/docs/api/errors/20004 (read 2026-11-20)
CODE_METHOD_NOT_ALLOWED = 20004
TEXT_REFUSED = "Authenticate"
TEXT_NO_CREDENTIALS = "Authentication Error - No credentials provided"
TEXT_INVALID_USERNAME = "Authentication Error - invalid username"
TEXT_LACK = "Failed to complete request due to lack of authentication credentials"
TEXT_OLD_DETAIL = "Your AccountSid or AuthToken was incorrect."
# Titles and texts that speak of the credentials; any other text with 20003 speaks of something else.
CREDENTIAL_TEXTS = frozenset(
    {
        TEXT_REFUSED,
        TEXT_NO_CREDENTIALS,
        TEXT_INVALID_USERNAME,
        TEXT_LACK,
        TEXT_OLD_DETAIL,
        "Permission Denied",
    }
)

# Texts of 20003 that come with good credentials. docs/facts.md 1.2 (real answers of 2026, read 2026-11-20)
GATE_TEXTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"\btrial account\b|\bupgrade your account\b", re.IGNORECASE),
        "trial",
        "upgrade the account",
    ),
    (
        re.compile(r"\bcompliance profile\b|\bKYC\b|\btrust hub\b", re.IGNORECASE),
        "compliance profile",
        "complete the compliance profile in Trust Hub",
    ),
    (
        re.compile(r"\bpolicy evaluation failed\b", re.IGNORECASE),
        "policy",
        "ask Twilio support why the account is held, with the request id",
    ),
)


@lru_cache(maxsize=32)
def gate_of(text: str) -> tuple[str, str] | None:
    """What keeps an account with good credentials from a feature, and what to do; None where `text` says nothing."""
    return next(((name, remedy) for pattern, name, remedy in GATE_TEXTS if pattern.search(text)), None)


@lru_cache(maxsize=32)
def speaks_of_credentials(text: str) -> bool:
    """Whether the text of a 20003 is one of those, or a variant of those, that blame the credentials."""
    plain = text.strip(" .").casefold()
    return plain.startswith("authenticat") or plain in {known.strip(" .").casefold() for known in CREDENTIAL_TEXTS}


# Codes that speak of credentials, accounts or tokens beside 20003. docs/facts.md 1.6 (read 2026-11-20)
AUTH_CODES = frozenset(
    {10001, 20005, 20006, 20008, 20403, 21472, 70004, 90010, 321401, 322402}
    | {45003, 57019, 57020, 57021, 70051, 70052, 70053}
    | set(range(20101, 20108))
    | set(range(20151, 20161))
    | set(range(70153, 70157))
)
# Codes that mean "the account in the path is none", and the status they come with. 21470 and 90002: real answers of
# twilio-php #850, n8n #1782; 20404: docs/facts.md 0 (read 2026-11-20)
PATH_ACCOUNT_CODES = {21470: 400, 21471: 400, 90002: 400, 20404: 404}

# "Account is not active", by product; 21472 speaks of the account that a parameter names.
# https://www.twilio.com/docs/api/errors/10001, /20005, /90010, /21472 (read 2026-11-20)
INACTIVE_CODES = frozenset({10001, 20005, 21472, 90010})
# Titles of those codes and of 30002 ("Account suspended"); no answer of a suspended account was found, so the words may
# stand in any usual order. "Not active for ..." is a matter of a feature. docs/facts.md 1.6 and 11 (read 2026-11-20)
_INACTIVE = re.compile(
    r"\b(?P<thing>(?:of|in|on|for|from|to) (?:\w{1,10} )?)?(?:sub)?account"
    r"(?: (?!not )\S{1,40})?(?: (?:is|was|has been|been|currently|now)){0,3}"
    r" (?:suspended|closed|deactivated|terminated|inactive|not active)\b(?! (?:for|in|on|with|to)\b)"
    r"|\b(?:suspended|closed|deactivated|inactive) (?:sub)?account\b",
    re.IGNORECASE,
)
# 403: a valid test pair on a resource that takes none. docs/facts.md 1.3 and 1.6 (a real answer, read 2026-11-20)
CODE_TEST_CREDENTIALS = 20008
CODE_FORBIDDEN = 20403
# https://www.twilio.com/docs/api/errors/70051: right of a key or scope of an OAuth app missing, but account or key gone
# too; 70004: credentials that have nothing to do with the resource. docs/facts.md 1.6 (read 2026-11-20)
PERMISSION_CODES = frozenset({70004, 70051})
CODE_AUTHORIZATION_FAILED = 70051
# "Access Denied": too few rights. docs/facts.md 1.6
CODE_ACCESS_DENIED = 20006
# Numbers that mean something to test credentials alone: https://www.twilio.com/docs/iam/test-credentials, docs/facts.md
# 4.4 (read 2026-11-20)
MAGIC_NUMBER = re.compile(rb"\+?1500555000[0-46-9]")


@lru_cache(maxsize=32)
def says_inactive(text: str) -> bool:
    """Whether Twilio's text says that an account is suspended, closed or not active."""
    plain = " ".join(text[:500].split())
    return any(found["thing"] is None for found in _INACTIVE.finditer(plain))  # "a call of this account was closed"


# Codes about an account that Twilio has looked up, so it has read the credentials. docs/facts.md 1.6
READ_CODES = frozenset({10001, 20005, 20006, 20008, 21472, 90010})

# Headers that only Twilio's answers have. A capture of 2026-03-30: docs/facts.md 1.4 (read 2026-11-20)
TWILIO_HEADERS = frozenset({b"twilio-request-id", b"x-twilio-error-code", b"x-shenanigans", b"twilio-request-duration"})
TWILIO_REALM = re.compile(rb'\bBasic\s+realm="?Twilio', re.IGNORECASE)

# --- hosts --------------------------------------------------------------------------------------------------------
# docs/facts.md 3.3 (https://www.twilio.com/docs/global-infrastructure/understanding-edge-locations)
PROCESSING_REGIONS = frozenset({"us1", "ie1", "au1"})
LEGACY_REGIONS = frozenset({"br1", "de1", "jp1", "jp2", "sg1", "us2", "gll"})
REGIONS = PROCESSING_REGIONS | LEGACY_REGIONS
DOMAIN = "twilio.com"
_BELOW = ".twilio.com"
# Stopped on 2026-04-28 as product.<region>.twilio.com; with an edge in the middle ie1 and au1 live on.
# https://www.twilio.com/docs/global-infrastructure/api-domain-migration-guide (read 2026-11-20)
DEAD_REGIONS = frozenset({"ie1", "au1", "br1", "de1", "jp1", "sg1", "us2"})
# "Making requests to https://twilio.com or https://www.twilio.com will not work":
# https://www.twilio.com/docs/api/errors/30404. The others are pages for people, scripts for browsers and TwiML of
# examples: docs/facts.md 3.1 (read 2026-11-20)
NOT_API_HOSTS = frozenset(
    {"www", "console", "1console", "admin", "login", "support", "help", "status", "static0", "static1", "sdk", "demo"}
    | {"flex"}
)


def is_twilio_host(host: str) -> bool:
    """Whether `host` is twilio.com or below it. Case and a final dot do not matter."""
    if host.endswith(_BELOW):
        return True
    name = host.lower().rstrip(".")
    return name == DOMAIN or name.endswith(_BELOW)
