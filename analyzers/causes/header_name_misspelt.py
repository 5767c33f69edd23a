"""What it does: looks for the credentials under a name that is nearly Authorization: a blank before the colon, a
doubled colon, a spelling at most two letters away (Authorisation, Autorization), or a name that people take for it
(Authentication, X-Authorization).

Why it fails: a server looks the header up by its exact name, whatever the case of its letters. Under another name
the value is never read, and the request counts as one without credentials.

Cannot see: a header with the right name that something on the way removed; that is another cause.

Fix: name the header Authorization, or let the HTTP client write it.

Source: RFC 9110 5.1 and 11.6.2 (names), RFC 9112 5.1 (no blank before the colon);
https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20)
"""

from analyzers.base64_text import twilio_shaped
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Bearer, decode, pair_of
from analyzers.findings import REQUEST_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import let_client_build
from analyzers.rules import Rule
from analyzers.twilio import CODE_REFUSED

_NAME = "authorization"
_NEAR = 2
# Names of other headers and of other APIs that people take for it.
_FALSE_NAMES = frozenset(
    {
        "auth",
        "authenticate",
        "authentication",
        "authorize",
        "basic",
        "http-authorization",
        "http_authorization",
        "www-authenticate",
        "x-auth",
        "x-authentication",
        "x-authorization",
    }
)


def check(case: Case) -> Outcome:
    """Confirmed when what stands under the wrong name decodes to Twilio credentials."""
    if case.credentials:
        return RuledOut("a header named Authorization was sent")
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    for name, value in case.exchange.request.headers:
        if (how := _how(name)) and _carries_credentials(value):
            return _judged(case, how)
    return RuledOut("no other header carries credentials under a similar name")


def _judged(case: Case, how: str) -> Outcome:
    answer = case.answer
    if answer is None and not case.exchange.refused_by_proxy:
        return Unknown("let the request reach Twilio: no answer came")
    spoken = answer is None or answer.code == CODE_REFUSED or (answer.by_twilio and answer.code is None)
    sure = spoken and case.absence is Verdict.CONFIRMED and case.endpoint.twilio
    proxy = "; the proxy refused it, Twilio never saw it" if case.exchange.refused_by_proxy else ""
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The credentials stand in a header {how} instead of Authorization{proxy}",
        (Evidence(REQUEST_HEADERS, f"a header {how} holds what decodes to credentials"),),
        ("Name the header Authorization, with nothing before its colon", let_client_build(case)),
        None if sure else RULE.settle,
    )


def _how(name: bytes) -> str:
    """How a wrong name differs from Authorization, to be read after "a header"; empty where it is no near miss."""
    text = name.decode("utf-8", "replace")
    lower = text.lower()
    if lower.strip() == _NAME:
        return "named Authorization with a blank at its end" if lower[0] == "a" else "named Authorization after a blank"
    if lower.strip().rstrip(":") == _NAME:
        return "named Authorization with a second colon"
    if lower.strip() in _FALSE_NAMES or _distance_within(lower, _NAME, _NEAR):
        return f"named {''.join(letter if letter.isascii() and letter.isprintable() else '?' for letter in text)}"
    return ""


def _distance_within(one: str, other: str, most: int) -> bool:
    """Whether at most `most` letters have to be put in, taken out or replaced (Levenshtein)."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, wanted in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (letter != wanted))
    return row[-1] <= most


def _carries_credentials(value: bytes) -> bool:
    credential = decode(value)
    return twilio_shaped(pair_of(credential)) or (isinstance(credential, Bearer) and credential.jwt is not None)


RULE = Rule(
    slug="header-name-misspelt",
    title="The header that carries the credentials is not named Authorization",
    check=check,
    page=__doc__ or "",
    settle="look at the exact bytes of the header name before its colon",
    explains=frozenset({"no-authorization"}),
    hit=lambda: (refused(None, extra=((b"Authorisation", GOOD),)),),
    miss=lambda: (refused(None, extra=((b"Proxy-Authorization", GOOD),)),),
)
