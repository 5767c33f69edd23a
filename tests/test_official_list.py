"""Twilio's own lists of causes for 20003 are closed: each line has its cause, and the cause is found in an example.

The lines are those of docs/facts.md 0 (mistakes and what comes back), 1.7 (Twilio's lists) and 10 (from evidence to
cause). One added there needs an entry here, and with it a cause that finds it.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TIME,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
)
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange, Response
from analyzers.findings import Verdict
from analyzers.registry import RULES
from analyzers.twilio import TEXT_INVALID_USERNAME

FACTS = (Path(__file__).parents[1] / "docs" / "facts.md").read_text(encoding="utf-8")
SLUGS = {rule.slug for rule in RULES}

WITH_KEY = basic(KEY, KEY_SECRET)
OLD_TOKEN = b"0b1c2d3e4f5a69788796a5b4c3d2e1f0"
ACCOUNT = b"/2010-04-01/Accounts/%s.json"
TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."
PYTHON = b"twilio-python/9.11.0 (Linux x86_64) Python/3.13.1"
CLOUDFRONT = Response(status=403, headers=((b"Server", b"CloudFront"), (b"X-Cache", b"Error from cloudfront")))
SQUID = Response(status=407, headers=((b"Server", b"squid/6.10"), (b"Proxy-Authenticate", b'Basic realm="web"')))


@dataclass(frozen=True)
class Shown:
    """A cause, and exchanges in which the engine finds it."""

    slug: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Unseen:
    """Why no cause answers for a line."""

    because: str


def jwt(claims: dict[str, object], **header: str) -> bytes:
    """A token that nobody signed."""
    parts = ({"typ": "JWT", "alg": "HS256", **header}, claims)
    return b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts) + b".c2ln"


def shown(slug: str, *exchanges: Exchange) -> Shown:
    return Shown(slug, exchanges)


UTF_16 = (SID + b":" + TOKEN).decode().encode("utf-16-le")
OAUTH = b"Bearer " + jwt({"sub": SID.decode(), "exp": TIME + 3600}, alg="RS256")
EXPIRED = b"Bearer " + jwt({"sub": SID.decode(), "exp": TIME - 3600}, alg="RS256")
CLIENT_TOKEN = {"jti": f"{KEY.decode()}-1", "sub": SID.decode(), "exp": TIME + 3600, "grants": {"identity": "a"}}
ACCESS_TOKEN = b"Bearer " + jwt(CLIENT_TOKEN | {"iss": KEY.decode()}, cty="twilio-fpa;v=1")
SIGNED_WRONGLY = b"Bearer " + jwt(CLIENT_TOKEN | {"iss": SID.decode()}, cty="twilio-fpa;v=1")
SIGNED_REQUEST = jwt({"iss": KEY.decode(), "sub": SID.decode(), "hrh": "authorization;host"}, cty="twilio-pkrv;v=1")

PAIR = shown("pair-refused", refused(GOOD))
STRAY = shown("stray-characters", refused(basic(SID, TOKEN + b"\n")))
SECRET_WITH_ACCOUNT = shown("secret-with-account-sid", refused(basic(SID, KEY_SECRET)))
TOKEN_WITH_KEY = shown("token-with-key-sid", refused(basic(KEY, TOKEN)))
SWAPPED = shown("halves-swapped", refused(basic(TOKEN, SID)))
ROTATED = shown("worked-then-refused", accepted(GOOD), refused(GOOD, at=3600))
KEY_DELETED = shown("worked-then-refused", accepted(WITH_KEY), refused(WITH_KEY, at=3600))
TWO_TOKENS = shown("two-secrets-in-use", refused(basic(SID, OLD_TOKEN)), accepted(GOOD, at=5))
TEST_PAIR = shown(
    "test-credentials",
    refused(GOOD, status=403, code=20008, message="Resource not accessible with Test Account Credentials"),
)
MAGIC = shown("test-credentials", refused(GOOD, body=b"To=%2B15005550006&From=%2B15005550006&Body=x"))
FOREIGN_ACCOUNT = shown("account-mismatch", refused(GOOD, path=MESSAGES % OTHER_SID))
PARENT_KEY = shown("parent-key-on-subaccount", accepted(WITH_KEY), refused(WITH_KEY, path=MESSAGES % OTHER_SID, at=5))
STANDARD_KEY = shown("key-lacks-reach", accepted(WITH_KEY), refused(WITH_KEY, method="GET", path=ACCOUNT % SID, at=5))
REGION = shown("region-mismatch", accepted(GOOD, host="api.dublin.ie1.twilio.com"), refused(GOOD, at=5))
KEY_REGION = shown("region-mismatch", accepted(WITH_KEY, host="api.dublin.ie1.twilio.com"), refused(WITH_KEY, at=5))
INACTIVE = shown("account-inactive", refused(GOOD, status=403, code=20005, message="Account is not active"))
STRIPPED = shown("stripped-by-intermediary", refused(None, extra=((b"X-Forwarded-Authorization", GOOD),)))
ABSENT = shown("no-authorization", refused(None))
WRONGLY_SIGNED = shown("jwt-signed-with-auth-token", refused(SIGNED_WRONGLY))
TOKEN_WRONG = shown("pair-refused", refused(OAUTH))
TOKEN_MALFORMED = shown("bearer-malformed", refused(b"Bearer not-a-token"))
TOKEN_EXPIRED = shown("bearer-expired", refused(EXPIRED))
GATE = shown("feature-gate", refused(GOOD, message=TRIAL))
NO_ACCOUNT = shown("path-account-missing", refused(GOOD, path=MESSAGES % b"", status=404, code=20404))
UNSET = shown("unset-credentials", refused(None, path=MESSAGES % b"None", agent=PYTHON))
KEY_AS_ACCOUNT = shown("key-sid-as-account", refused(WITH_KEY, path=MESSAGES % KEY, status=400, code=21470))
DEAD_HOST = shown("dead-regional-host", refused(GOOD, host="api.ie1.twilio.com"))
BODY_ON_GET = shown("body-on-get", refused(GOOD, method="GET", body=b"{}", answer=CLOUDFRONT))
RESTRICTED = shown(
    "restricted-key-permission", refused(WITH_KEY, status=403, code=70051, message="Authorization Failed")
)
REDIRECTED = shown(
    "stripped-on-redirect",
    redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, 301, scheme="http"),
    refused(None, at=0.3),
)
CLIENT_REFUSED = shown(
    "oauth-client-refused",
    refused(None, host="oauth.twilio.com", path=b"/v2/token", code=322402, message="Invalid credentials"),
)

MISTAKES: dict[str, Sequence[Shown] | Unseen] = {
    "no account in the path, `/Accounts//Messages.json`": [NO_ACCOUNT],
    "Python without a SID: `None` in the path, no header": [UNSET],
    "key SID as the account, key good": [KEY_AS_ACCOUNT],
    "key SID as the account, pair refused": [shown("key-sid-as-account", refused(WITH_KEY, path=MESSAGES % KEY))],
    "test credentials where they are not supported": [TEST_PAIR],
    "a region that lacks the endpoint": Unseen("404 that names the realm: the credentials were accepted"),
    "region without an edge, `api.ie1.twilio.com`": [DEAD_HOST],
    "a service SID from another region": Unseen("404 for a resource: the credentials were accepted"),
    "GET with a body": [BODY_ON_GET],
    "restricted key without the permission": [RESTRICTED],
}
LIST_OF_2026: dict[str, Sequence[Shown] | Unseen] = {
    "the SID and the secret do not belong together": [PAIR, SECRET_WITH_ACCOUNT, TOKEN_WITH_KEY, SWAPPED],
    "an Auth Token that was deleted": [ROTATED, TWO_TOKENS, PAIR],
    "extra characters or blanks in a credential": [STRAY],
    "test credentials on live resources, or on endpoints that do not know them": [TEST_PAIR],
    "a subaccount's credentials on the main account or on a sibling": [FOREIGN_ACCOUNT],
    "a main account's API key on a subaccount's resources": [PARENT_KEY],
    "a standard key where a main key is needed": [STANDARD_KEY],
    "an API key that was deleted": [KEY_DELETED, shown("pair-refused", refused(WITH_KEY))],
    "an API key that was made in another region": [KEY_REGION],
    "an account that is suspended or closed": [INACTIVE],
    "a web proxy or middleware that removed the credentials": [STRIPPED, ABSENT],
    "the Auth Token where an API key's secret must sign a token": [WRONGLY_SIGNED],
    "an OAuth token that is wrong": [TOKEN_WRONG, TOKEN_MALFORMED],
    "an OAuth token that has expired": [TOKEN_EXPIRED],
}
OLDER_LIST: dict[str, Sequence[Shown] | Unseen] = {
    "a wrong combination of SID and token": [PAIR, SECRET_WITH_ACCOUNT, TOKEN_WITH_KEY],
    "test credentials used for live resources": [TEST_PAIR, MAGIC],
    "a subaccount's credentials used for its main account": [FOREIGN_ACCOUNT],
    "a previous token that was deleted": [ROTATED],
    "a key that was deleted": [KEY_DELETED],
    "a suspended or closed account": [INACTIVE],
    "extra characters": [STRAY],
    "a proxy that strips the credentials": [STRIPPED],
    "a JWT with the Auth Token instead of an API key": [WRONGLY_SIGNED],
    "a key of the wrong region": [KEY_REGION],
    "an OAuth token that is wrong or expired (since about 2025)": [TOKEN_WRONG, TOKEN_EXPIRED],
}
EVIDENCE: dict[str, Sequence[Shown] | Unseen] = {
    "no header, python or go, `None` or nothing as the account": [UNSET],
    "a redirect just before, same client, then no header": [REDIRECTED],
    "no header behind a gateway, one in front of it": [STRIPPED],
    "`Proxy-Authorization` and no `Authorization`": [
        shown("sent-as-proxy-authorization", refused(None, extra=((b"Proxy-Authorization", GOOD),)))
    ],
    "`Og==`, `…:None`, `${TWILIO_…}`, `your_auth_token`, `ACXXXX…`, `{{…}}`": [
        shown("unset-credentials", refused(basic(b"", b""))),
        shown("half-empty", refused(basic(SID, b"None"))),
        shown("placeholder-value", refused(basic(SID, b"${TWILIO_AUTH_TOKEN}"))),
        shown("placeholder-value", refused(basic(SID, b"your_auth_token"))),
        shown("placeholder-value", refused(basic(b"AC" + b"X" * 32, TOKEN))),
        shown("placeholder-value", refused(basic(SID, b"{{auth_token}}"))),
    ],
    "blanks, quotes, line ends, byte order mark, NUL, `%xx`, not ASCII": [
        shown("stray-characters", refused(basic(b" " + SID, TOKEN), message=TEXT_INVALID_USERNAME)),
        shown("stray-characters", refused(basic(SID, b'"' + TOKEN + b'"'))),
        STRAY,
        shown("charset-not-ascii", refused(basic(b"\xef\xbb\xbf" + SID, TOKEN))),
        shown(
            "charset-not-ascii",
            refused(b"Basic " + base64.b64encode((SID + b":" + TOKEN).decode().encode("utf-16-le"))),
        ),
        shown("percent-encoded-credentials", refused(basic(SID, TOKEN + b"%0A"))),
    ],
    "username neither AC nor SK": [
        shown("wrong-kind-of-sid", refused(basic(b"MG" + SID[2:], TOKEN))),
        shown("username-not-a-sid", refused(basic(b"billing", TOKEN))),
        shown("foreign-secret", refused(basic(b"dev@example.com", TOKEN))),
    ],
    "AC with a password that is not hex": [SECRET_WITH_ACCOUNT],
    "SK with 32 hex digits": [TOKEN_WITH_KEY],
    "halves exchanged": [SWAPPED],
    "Bearer with an fpa token, a secret or a pair": [
        shown("access-token-as-bearer", refused(ACCESS_TOKEN)),
        shown("bearer-with-basic-credentials", refused(b"Bearer " + TOKEN)),
        shown("bearer-with-basic-credentials", refused(b"Bearer " + SID + b":" + TOKEN)),
    ],
    "Bearer, exp in the past": [TOKEN_EXPIRED],
    "Bearer in another region than us1": [
        shown("region-mismatch", refused(OAUTH, host="api.dublin.ie1.twilio.com")),
    ],
    "SK refused on /Accounts or /Keys, 2xx elsewhere": [STANDARD_KEY],
    "account of the path is not the username": [FOREIGN_ACCOUNT],
    "SK of a main account, path of its subaccount": [PARENT_KEY],
    "the pair works in another region": [REGION],
    "403 and 20008; magic number with a live pair": [TEST_PAIR, MAGIC],
    "text of a gate (1.2)": [GATE],
    "the same bytes worked before": [ROTATED],
    "refused in some processes only, with another secret": [TWO_TOKENS],
    "other shape, no header of Twilio": [shown("answer-not-from-twilio", refused(GOOD, answer=SQUID))],
    "`Twilio-Client-Validation` and 70156, 20154 or 20159": [
        shown(
            "client-validation-failed",
            refused(GOOD, code=code, message="x", extra=((b"Twilio-Client-Validation", SIGNED_REQUEST),)),
        )
        for code in (70156, 20154, 20159)
    ],
    "GET with a body and a 403 without a code of Twilio": [BODY_ON_GET],
    "322402 or 321401 at the token endpoint": [CLIENT_REFUSED],
}
TABLE = MISTAKES | LIST_OF_2026 | OLDER_LIST | EVIDENCE


def section(number: str) -> str:
    """The text of one section of the facts."""
    level = "#" * (2 + number.rstrip(".").count("."))
    return re.split(r"\n##+ ", FACTS.partition(f"\n{level} {number}")[2])[0]


def bullets(text: str) -> list[str]:
    return re.findall(r"^- (.+)$", text, re.MULTILINE)


def first_cells(text: str) -> list[str]:
    rows = [line.strip("| ").split(" | ")[0] for line in text.splitlines() if line.startswith("| ")]
    return rows[1:]


@pytest.mark.parametrize(
    ("lines", "table"),
    [
        pytest.param(first_cells(section("0.")), MISTAKES, id="0"),
        pytest.param(bullets(section("1.7").partition("2023")[0]), LIST_OF_2026, id="1.7-of-2026"),
        pytest.param(bullets(section("1.7").partition("2023")[2]), OLDER_LIST, id="1.7-older"),
        pytest.param(first_cells(section("10.")), EVIDENCE, id="10"),
    ],
)
def test_every_line_of_the_facts_has_its_causes(lines: list[str], table: dict[str, object]) -> None:
    assert len(lines) >= 10
    assert lines == [*table], "give each line of the facts its causes and examples here"


@pytest.mark.parametrize("line", TABLE)
def test_its_causes_are_registered(line: str) -> None:
    covered = TABLE[line]

    assert covered.because if isinstance(covered, Unseen) else {each.slug for each in covered} <= SLUGS
    assert covered


def examples() -> list[object]:
    """One parameter for each example of each line; the same one under several lines only once."""
    seen: dict[int, object] = {}
    for line, covered in TABLE.items():
        for number, each in enumerate(() if isinstance(covered, Unseen) else covered):
            seen.setdefault(id(each), pytest.param(each, id=f"{re.sub(r'[^a-zA-Z0-9]+', '-', line)[:40]}-{number}"))
    return [*seen.values()]


@pytest.mark.parametrize("example", examples())
def test_its_cause_is_found(example: Shown) -> None:
    found = {
        finding.cause: finding.verdict.value
        for result in diagnose_all(example.exchanges, b"key")
        if result.diagnosis is not None
        for finding in result.diagnosis.findings
        if finding.verdict in {Verdict.CONFIRMED, Verdict.LIKELY}
    }

    assert example.slug in found
