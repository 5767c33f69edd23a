"""What it does: looks for a SID and its secret in the places that Twilio does not read: the query, a form or JSON body,
a cookie, a header of another name, the part of a URL before the host.

Why it fails: Twilio reads credentials from Authorization alone. Parameters are data of the resource: a token there
logs nobody in, and it stays in logs and histories.

Cannot see: a secret without a SID beside it, or one that is encrypted or signed. A parameter of another name than
people use for a secret is not taken for one, so that no ordinary value is accused.

Fix: give the client the credentials as its own login option, which writes Authorization, and take them out of the
place where they stand now.

Source: https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20); docs/facts.md 0 and 6.1;
docs/clients.md 9c (clients that send no credentials from a URL)
"""

from analyzers.building import OTHER_SID, SID, TOKEN, refused
from analyzers.case import Case
from analyzers.client_habits import URL_AFTER_CHALLENGE
from analyzers.constructors import key_call, pair_call
from analyzers.findings import REQUEST_BODY, REQUEST_HEADERS, TARGET, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.misplaced import Misplaced, Place, misplaced
from analyzers.missing import not_missing, sureness, weaker
from analyzers.rules import Rule
from analyzers.twilio import Kind

_WHERE = {
    Place.USERINFO: TARGET,
    Place.QUERY: TARGET,
    Place.FORM: REQUEST_BODY,
    Place.JSON: REQUEST_BODY,
    Place.COOKIE: REQUEST_HEADERS,
    Place.HEADER: REQUEST_HEADERS,
}
_REMOVE = {
    Place.USERINFO: "Take them out of the URL, and replace the secret: logs and histories keep URLs",
    Place.QUERY: "Take them out of the URL, and replace the secret: logs and histories keep URLs",
    Place.FORM: "Take them out of the form: it holds the resource's own parameters only",
    Place.JSON: "Take them out of the body: an options object of the HTTP client may have been sent as data",
    Place.COOKIE: "Take them out of the cookie",
    Place.HEADER: "Take these headers out: Twilio does not read them",
}


def check(case: Case) -> Outcome:
    """Confirmed for a SID with 32 letters and digits beside it, named as its secret; likely for less."""
    if (nothing := not_missing(case)) is not None:
        return nothing
    found = misplaced(case.exchange.request, case.endpoint.account)
    if found is None:
        return RuledOut("no other place of the request holds a SID with a secret")
    verdict = _verdict(case, found)
    key = found.kind is Kind.KEY_SID
    call = (key_call if key else pair_call)(case.client.name)
    return Stands(
        verdict,
        f"The credentials stand in {found.place.value}, not in the Authorization header",
        (
            Evidence(_WHERE[found.place], _told(found)),
            Evidence(REQUEST_HEADERS, "no Authorization header"),
        ),
        (f"Send them in the Authorization header: {call}", _REMOVE[found.place]),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _verdict(case: Case, found: Misplaced) -> Verdict:
    if found.place is Place.USERINFO and case.absence is not Verdict.CONFIRMED:
        return Verdict.POSSIBLE  # most clients turn them into a header, which this export may have left out
    if found.place is Place.USERINFO and case.client.name in URL_AFTER_CHALLENGE:
        return Verdict.LIKELY  # they may send the header once they are asked
    return sureness(case) if found.whole else weaker(sureness(case), Verdict.LIKELY)


def _told(found: Misplaced) -> str:
    sid = "an API key SID" if found.kind is Kind.KEY_SID else "an Account SID"
    names = f" ({', '.join(dict.fromkeys(found.names))})" if found.names else ""
    if found.sid_in_path:
        return f"{found.place.value}: what is named as the secret{names}; the Account SID stands in the path"
    return f"{found.place.value}: {sid} and {'a secret' if found.whole else 'what is named as its secret'}{names}"


_FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
_SENT = b"To=%2B15550100&Body=hello&AccountSid="

RULE = Rule(
    slug="credentials-elsewhere",
    title="The credentials are in the request, but not in Authorization",
    check=check,
    page=__doc__ or "",
    settle="look for the SID in the query, the body, the cookies and the other headers",
    explains=frozenset({"no-authorization"}),
    hit=lambda: (refused(None, extra=_FORM, body=_SENT + SID + b"&AuthToken=" + TOKEN),),
    miss=lambda: (
        refused(None, extra=_FORM, body=_SENT + OTHER_SID + b"&MediaUrl=https%3A%2F%2Fa.example%2F" + TOKEN + b".jpg"),
    ),
)
