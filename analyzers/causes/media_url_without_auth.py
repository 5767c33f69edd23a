"""What it does: looks for a GET of a message's media or a recording (.../Media/ME..., .../Recordings/RE...) that
carries no Authorization and that Twilio itself refused.

Why it fails: since 2026 Twilio wants HTTP Basic for the files too. Before, they opened for everybody unless the account
was set otherwise, so players, link previews and <img> tags that worked for years now get 401. What is known about a
file (.json) was never open.

Cannot see: who was given the URL, and whether the file still exists: Twilio asks for credentials first.

Fix: fetch the file on your server with the account's credentials and hand it on from there. Do not look for a way to
switch the protection off, and put no credentials into a page.

Source: https://www.twilio.com/docs/messaging/api/media-resource; docs/facts.md 8.1 (read 2026-11-20)
"""

import re

from analyzers.building import GOOD, SID, refused
from analyzers.case import Case
from analyzers.findings import REQUEST_HEADERS, TARGET, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.misplaced import carries_credentials
from analyzers.missing import not_missing, sureness
from analyzers.rules import Rule

_READING = frozenset({"GET", "HEAD"})
_URL = re.compile(rb"/(Media/ME|Recordings/RE)[0-9a-fA-F]{32}(?:\.\w+)?\Z")


def check(case: Case) -> Outcome:
    """Confirmed where the recording would have shown the header and Twilio answered 401 itself."""
    path = case.endpoint.path
    url = _URL.search(path)
    if url is None:
        return RuledOut("the URL is not that of media or of a recording")
    if (nothing := not_missing(case)) is not None:
        return nothing
    if case.exchange.request.method not in _READING:
        return Unknown()
    if sent := _sent(case):
        return RuledOut(sent)
    verdict = sureness(case)
    what = "recording" if url.group(1).startswith(b"R") else "media"
    reader = f" by {reader}" if (reader := _reader(case)) else ""
    since = " since 2026" if case.endpoint.is_media_file and case.endpoint.is_classic else ""
    return Stands(
        verdict,
        f"The {what} URL was fetched{reader} without credentials; Twilio wants them{since}",
        (
            Evidence(TARGET, f"the {what}", start=path.rfind(b"/") + 1, end=len(path)),
            Evidence(REQUEST_HEADERS, "no Authorization header"),
        ),
        _fix(case, what),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _sent(case: Case) -> str:
    """Where the credentials are that were sent after all; empty where none were."""
    if any(hop.had_twilio_pair for hop in case.bearing.hops):
        return "an earlier hop of the redirect carried credentials"
    if any(tap.had_authorization for tap in case.bearing.taps):
        return "another recording of this request has credentials"
    elsewhere = carries_credentials(case.exchange.request, case.endpoint.account)
    return "credentials were sent, in another place" if elsewhere else ""


def _reader(case: Case) -> str:
    """Who asks for the file, where the request shows it."""
    first = case.exchange.request.first
    if case.client.is_browser or first(b"sec-fetch-mode") == b"navigate" or first(b"sec-fetch-dest") is not None:
        return "a browser"
    return case.client.name if case.client.known else ""


def _fix(case: Case, what: str) -> tuple[str, ...]:
    first = f"Fetch the {what} on your server with Basic: username = Account SID, password = Auth Token"
    if not case.endpoint.is_media_file:
        return (first,)
    return (
        first,
        "Link pages, players and previews to your own server, which checks its users and passes the file on",
        "Follow Twilio's redirect to the file without Authorization: the address it gives is signed already",
        "Leave the protection of media and recordings on, and keep credentials out of pages and links",
    )


_FILE = b"/2010-04-01/Accounts/%s/Recordings/RE%s" % (SID, b"5" * 32)

RULE = Rule(
    slug="media-url-without-auth",
    title="A media or recording URL was fetched without credentials",
    check=check,
    page=__doc__ or "",
    settle="fetch the same media URL with the account's credentials",
    explains=frozenset({"no-authorization"}),
    hit=lambda: (refused(None, method="GET", path=_FILE + b".mp3", agent=b"Mozilla/5.0 (X11) Gecko Firefox/145.0"),),
    miss=lambda: (refused(GOOD, method="GET", path=_FILE + b".mp3"), refused(None, method="GET", path=_FILE[:-35])),
)
