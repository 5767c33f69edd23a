"""What it does: looks for bytes at either end of the username or the password that no SID and no secret contains:
blanks, tabs, line ends, quotes, commas, semicolons, zero-width and no-break characters, or a label such as "SID="
copied along.

Why it fails: Twilio compares the bytes as they are. No helper library trims them; a line feed after the token is
encoded into a perfectly valid header, and only decoding it shows the fault.

Cannot see: a wrong character inside a value that still has the right shape.

Fix: trim the value where it is read: a secret file ends with a line feed, an env file may keep its quotes.

Source: https://www.twilio.com/docs/api/errors/20003 ("extra characters or spaces", read 2026-11-20)
"""

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.credential import name_byte
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of

_USERNAMES = {Kind.ACCOUNT_SID, Kind.KEY_SID}
_SECRETS = {Kind.HEX_32, Kind.ALNUM_32}


def check(case: Case) -> Outcome:
    """Confirmed when a half is well shaped once the strays are taken off."""
    pair = case.pair
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    evidence: list[Evidence] = []
    for where, half, kinds in (
        (USERNAME, pair.username, _USERNAMES | _SECRETS),
        (PASSWORD, pair.password, _SECRETS | _USERNAMES),
    ):
        start, end = core_of(half)
        if (start, end) == (0, len(half)) or kind_of(half[start:end]) not in kinds:
            continue
        if start:
            evidence.append(Evidence(where, f"{_name(half[:start])} in front", start=0, end=start))
        if end < len(half):
            evidence.append(
                Evidence(where, f"{_name(half[end:])} after {end - start} characters", start=end, end=len(half))
            )
    if not evidence:
        return RuledOut("nothing stands around the username and the password")
    name = "username" if evidence[0].where == USERNAME else "password"
    return Stands(
        Verdict.CONFIRMED,
        f"The {name} has extra characters: {evidence[0].says}",
        tuple(evidence),
        (f"Trim the {name} where your program reads it (a file's last line feed, quotes of an env file, a blank)",),
    )


def _name(stray: bytes) -> str:
    if len(stray) == 1:
        return name_byte(stray[0])
    if stray.isascii() and stray.strip(b" \t\r\n\"'=:,;"):
        return f"a label of {len(stray)} characters copied along"
    return f"{len(stray)} bytes, the first a {name_byte(stray[0])}"


RULE = Rule(
    slug="stray-characters",
    title="Extra characters stand around or inside a credential",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look at both ends of each half",
    explains=frozenset({"sid-misshapen", "token-misshapen", "path-account-missing"}),
    hit=lambda: (refused(basic(SID, TOKEN + b"\n")),),
    miss=lambda: (refused(basic(KEY, KEY_SECRET)),),
)
