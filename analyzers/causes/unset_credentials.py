"""What it does: looks for a pair of which both halves are empty or the word for a missing value (None, undefined, null,
nil), and for requests without Authorization whose path names such a value, or nothing, as the account.

Why it fails: a variable that is not set becomes an empty string or the language's word for "nothing". Most clients send
that without a complaint; twilio-python and twilio-go then leave the header out.

Cannot see: the environment itself. A request without Authorization from a library that stays silent is therefore only
likely to come from unset variables.

Fix: set the variables in the process that sends the request (service file, container, cron job, IDE), not only in the
shell where they were tried. Print their lengths there.

Source: https://github.com/twilio/twilio-python (twilio/base/client_base.py) and the other helper libraries;
docs/facts.md 2.2 and 9.1; docs/clients.md 10 (read or measured 2026-11-20)
"""

from urllib.parse import unquote_to_bytes

from analyzers.building import MESSAGES, SID, basic, refused
from analyzers.case import Case
from analyzers.client_habits import SILENT
from analyzers.constructors import variables_said
from analyzers.findings import (
    PASSWORD,
    REQUEST_HEADERS,
    TARGET,
    USERNAME,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.header_form import weighed_half
from analyzers.rules import Rule
from analyzers.twilio import core_of, is_void


def check(case: Case) -> Outcome:
    """Confirmed for two void halves, or a void account without a header; likely for a library that says nothing."""
    if case.credentials:
        return _of_pair(case)
    if case.endpoint.is_token_endpoint:
        return RuledOut("an OAuth token endpoint wants no Authorization")
    if any(hop.had_authorization for hop in case.bearing.hops):
        return RuledOut("an earlier hop carried credentials, so they are set")
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    return _of_absence(case)


def _of_pair(case: Case) -> Outcome:
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    if not is_void(pair.username) or not is_void(pair.password):
        return RuledOut("at least one half of the pair has a value")
    if case.absence is Verdict.UNKNOWN and not (pair.username or pair.password):
        return Unknown("capture live: this export had its credentials removed")
    halves = ((USERNAME, pair.username), (PASSWORD, pair.password))
    found = Stands(
        Verdict.CONFIRMED,
        "Username and password are both empty or the word for a missing value: the credential variables are not set",
        tuple(Evidence(where, _word(half), start=0, end=len(half)) for where, half in halves),
        _fix(case),
    )
    return weighed_half(case, found)


def _of_absence(case: Case) -> Outcome:
    endpoint, name = case.endpoint, case.client.name
    account = endpoint.account
    if account is not None and endpoint.is_classic and is_void(unquote_to_bytes(account)):
        start = endpoint.account_start
        # A gateway may add the header; without an answer of Twilio's something else failed first.
        told = endpoint.twilio and case.answer is not None and (case.answer.by_twilio or case.answer.code is not None)
        verdict = case.absence if told else Verdict.LIKELY
        return Stands(
            verdict,
            "No Authorization header, and no account in the path: the credential variables are not set",
            (
                Evidence(TARGET, _word(unquote_to_bytes(account)), start=start, end=start + len(account)),
                Evidence(REQUEST_HEADERS, "no Authorization header"),
            ),
            _fix(case),
            RULE.settle if verdict is Verdict.LIKELY else None,
        )
    if name not in SILENT or case.answer is None or not case.answer.by_twilio:
        return Unknown()
    if any(b"authorization" in header.lower() for header, _ in case.exchange.request.headers):
        return Unknown("see what the header with a name like Authorization carries, and who put it there")
    return Stands(
        Verdict.LIKELY if case.absence is Verdict.CONFIRMED else Verdict.POSSIBLE,
        f"{name} sent no Authorization header, as it does when a credential variable is not set",
        (Evidence(REQUEST_HEADERS, f"no Authorization header, User-Agent of {name}"),),
        _fix(case),
        RULE.settle,
    )


def _word(half: bytes) -> str:
    start, end = core_of(half)
    if not half:
        return "empty"
    return "nothing but blanks or quotes" if start == end else "the word for a missing value"


def _fix(case: Case) -> tuple[str, ...]:
    name = case.client.name
    if variables := variables_said(name):
        first = f"Set {variables} in the environment of the process: {name} reads these names"
    elif case.client.helper_library:
        first = f"Pass both values to {name} yourself: it reads no credential variables"
    else:
        first = "Set the variables that your program reads, in the environment of the process that sends the request"
    return (first, "Print the length of both values there; a service, container or cron job has its own environment")


RULE = Rule(
    slug="unset-credentials",
    title="The credential variables are not set in this process",
    check=check,
    page=__doc__ or "",
    settle="print the length of both credential variables in the process that sends the request",
    explains=frozenset({"no-authorization", "half-empty", "path-account-missing"}),
    hit=lambda: (refused(None, path=MESSAGES % b"None", agent=b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7"),),
    miss=lambda: (refused(basic(SID, b"")),),
)
