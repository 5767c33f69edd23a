"""What it does: looks for bytes at either end of the username or the password that no SID and no secret contains:
blanks, tabs, line ends, quotes and other punctuation, zero-width and no-break characters, a comment, or a label such as
"SID=" or "export TWILIO_AUTH_TOKEN=" copied along; and for blanks and line ends inside an otherwise whole value.

Why it fails: Twilio compares the bytes as they are. No helper library trims them; a line feed after the token is
encoded into a perfectly valid header, and only decoding it shows the fault.

Cannot see: a wrong character inside a value that still has the right shape.

Fix: trim the value where it is read: a secret file ends with a line feed, an env file may keep its quotes. A value that
was copied from a narrow window may hold the line end that was only on the screen.

Source: https://www.twilio.com/docs/api/errors/20003 ("extra characters or spaces");
https://github.com/docker/cli/issues/3630 and https://github.com/docker/cli/issues/4404 (quotes and comments of an env
file; read 2026-11-20)
"""

import re

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.credential import name_byte
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.lookalikes import name_of
from analyzers.rules import Rule
from analyzers.twilio import SID_LENGTH, Kind, core_of, kind_of

_USERNAMES = {Kind.ACCOUNT_SID, Kind.KEY_SID}
_SECRETS = {Kind.HEX_32, Kind.ALNUM_32}
_NAMES = {USERNAME: "username", PASSWORD: "password"}
_PYTHON_BYTES = re.compile(rb"\Ab[\"']\Z")
_WRAPPER = re.compile(rb"\w+[(\[][\"']?")
_LABEL = re.compile(rb"[A-Za-z]{2,}[\"']?\s*(?:[=:>]|\Z)")
_COMMENT = re.compile(rb"\A\s*(?:#|//|;|--)\s*\w")
_FORMS = (
    (_PYTHON_BYTES, "the b and the quote that Python prints around bytes,"),
    (_COMMENT, "a comment of {} bytes"),
    (re.compile(rb"\\[rnt]"), "a line end written out with a backslash"),
    (re.compile(rb"[A-Za-z]{2}"), "a label of {} characters copied along"),
)
_INSIDE = re.compile(rb"\s+")
# A SID in groups of four characters, or one line end with some blanks to indent the rest.
_LONGEST = SID_LENGTH + 8


def check(case: Case) -> Outcome:
    """Confirmed when a half is well shaped once the strays are taken off; likely for two words that make a secret."""
    pair = case.pair
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    halves = ((USERNAME, pair.username), (PASSWORD, pair.password))
    if evidence := [each for where, half in halves for each in _around(where, half)]:
        half = pair.username if evidence[0].where == USERNAME else pair.password
        return weighed_half(case, _stands(Verdict.CONFIRMED, evidence, _step(_NAMES[evidence[0].where], half)))
    kinds = {where: _kind_without(half) for where, half in halves}
    if evidence := [_inside(where, half) for where, half in halves if kinds[where] in _USERNAMES | _SECRETS]:
        name, kind = _NAMES[evidence[0].where], kinds[evidence[0].where]
        step = f"Copy the {name} anew in one piece: a line end of the window, or a blank, came along"
        verdict = Verdict.LIKELY if kind is Kind.ALNUM_32 else Verdict.CONFIRMED
        return weighed_half(case, _stands(verdict, evidence, step))
    return RuledOut("nothing stands around the username and the password, and no blank inside them")


def _step(name: str, half: bytes) -> str:
    start, end = core_of(half)
    if _PYTHON_BYTES.fullmatch(half[:start]):
        return f"Decode the {name} before it is put into a text: value.decode(); Python prints bytes as b'...'"
    if _WRAPPER.fullmatch(half[:start]):
        return f"Take the {name} out of what wraps it: Optional(...), Some(...) and their like print their own name"
    if _LABEL.search(half[:start]):
        return f"Remove the name in front of the value: the {name} is only what stands behind the = or colon"
    if set(half[:start] + half[end:]) & set(b"\"'#") or _COMMENT.search(half[end:]):
        return f"Take quotes and comments off the {name}: docker run --env-file and a secret's file keep both"
    return f"Trim the {name} where your program reads it (a file's last line feed, a blank that was copied along)"


def _stands(verdict: Verdict, evidence: list[Evidence], step: str) -> Stands:
    return Stands(
        verdict,
        f"The {_NAMES[evidence[0].where]} has extra characters: {evidence[0].says}",
        tuple(evidence),
        (step,),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


def _around(where: str, half: bytes) -> list[Evidence]:
    start, end = core_of(half)
    found: list[Evidence] = []
    if kind_of(half[start:end]) not in _USERNAMES | _SECRETS:
        return found
    if start:
        found.append(Evidence(where, f"{_name(half[:start])} in front", start=0, end=start))
    if end < len(half):
        found.append(Evidence(where, f"{_name(half[end:])} after {end - start} characters", start=end, end=len(half)))
    return found


def _kind_without(half: bytes) -> Kind:
    """What a half is once the blanks inside are taken out."""
    return kind_of(_INSIDE.sub(b"", half)) if len(half) <= _LONGEST and _INSIDE.search(half) else Kind.TEXT


def _inside(where: str, half: bytes) -> Evidence:
    first = _INSIDE.search(half)
    start, end = first.span() if first else (0, len(half))
    return Evidence(where, f"{_name(half[start:end])} inside, after {start} characters", start=start, end=end)


def _name(stray: bytes) -> str:
    if stray[0] > 127:
        return name_of(stray)
    if len(stray) == 1:
        return name_byte(stray[0])
    for form, words in _FORMS:
        if form.search(stray):
            return words.format(len(stray))
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
