r"""What it does: looks for a line end in the Authorization value: LF, CRLF, a folded header, %0A or a written-out
\n, inside the base64 or behind it; and for a blank at exactly the column where encoders break lines.

Why it fails: a header value is one line. A Twilio pair gives 92 base64 characters, and encoders made for mail break
after 60, 64 or 76, so they always break it. Some clients refuse the value, some turn the line end into a blank,
some send it raw; a proxy or Twilio's edge then refuses the whole request.

Cannot see: which encoder wrote the line end.

Fix: use the encoder that writes one line, or better, let the HTTP client build the header from username and
password.

Source: RFC 9112 5.2 (folding), RFC 2045 6.8 (76), RFC 1421 4.3.2.4 (64); docs/facts.md 2.2 and
docs/clients.md 9b (what clients do with it, measured 2026-11-20)
"""

import string

from analyzers.base64_text import JWT_LIKE
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.constructors import CLIENTS, encode_call, fixes
from analyzers.credential import Broken, Fault, Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule

_LETTERS = (string.ascii_letters + string.digits + "+/-_.=").encode()
# Where encoders break lines: Ruby's Base64.encode64; PEM and `openssl base64`; MIME encoders and the `base64` command.
# Run, not guessed: docs/clients.md 10 (measured 2026-11-20)
_WRAPS = {60: "as Ruby's encode64 does it", 64: "as openssl and PEM do it", 76: "as MIME and the base64 command do it"}
# A client that writes its header in the language whose encoder breaks there.
_WRITES = {60: "Ruby Net::HTTP", 64: "curl"}


def check(case: Case) -> Outcome:
    """Confirmed by a line end in the value; likely for a blank exactly where an encoder breaks lines."""
    if (nothing := unseen(case)) is not None:
        return nothing
    if (fault := first_fault(case, Flaw.LINE_BREAK)) is not None:
        found = _broken(case, fault)
        return weighed(case, found, RULE.settle, in_the_way=True)
    blank = first_fault(case, Flaw.BLANK_INSIDE)
    if blank is not None and (column := _column(case, blank)) in _WRAPS:
        return weighed(case, _blank(case, blank, column), RULE.settle)
    return RuledOut("no line end stands in the value")


def _broken(case: Case, fault: Fault) -> Stands:
    sure = _is_encoded(case) or case.exchange.refused_by_proxy
    column = _column(case, fault)
    says = _sentence(case, fault, column)
    unsent = "; Twilio never saw it" if case.exchange.refused_by_proxy else ""
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.POSSIBLE,
        says + unsent,
        (spot(fault, f"{fault.detail} after {column} characters" if column else fault.detail),),
        (_fix(case, column), let_client_build(case)),
        None if sure else RULE.settle,
    )


def _sentence(case: Case, fault: Fault, column: int) -> str:
    value = first_value(case)
    if not value[fault.end :].strip():
        return f"The Authorization value ends with a line end: {fault.detail}"
    if not column:
        return f"A line end stands before the base64: {fault.detail}"
    if first_fault(case, Flaw.JUNK):
        return f"A line end and more text follow the base64: {fault.detail}"
    how = f", {_WRAPS[column]}" if column in _WRAPS else ""
    return f"The base64 is broken after {column} characters by {fault.detail}{how}"


def _is_encoded(case: Case) -> bool:
    """Whether the value without its line ends is base64 or a token."""
    credential = case.credential
    if not isinstance(credential, Broken) or first_fault(case, Flaw.CLEAR_TEXT, Flaw.NOT_BASE64):
        return False
    if case.pair is not None or not credential.whole or first_fault(case, Flaw.COLON_MISSING, Flaw.TOKEN_IN_BASIC):
        return True
    return JWT_LIKE.fullmatch(credential.decoded) is not None


def _blank(case: Case, fault: Fault, column: int) -> Stands:
    return Stands(
        Verdict.LIKELY,
        f"A blank splits the base64 after {column} characters, where an encoder breaks lines, {_WRAPS[column]}",
        (spot(fault, f"{fault.detail} after {column} characters"),),
        (_fix(case, column), let_client_build(case)),
        "look at the encoder: does its output hold a line end that the client turned into a blank?",
    )


def _column(case: Case, fault: Fault) -> int:
    """How many characters of base64, or of a token, stand right before the fault; 0 behind the scheme word."""
    before = first_value(case)[: fault.start]
    word = before[len(before.rstrip(_LETTERS)) :]
    return 0 if word.lower() in {b"basic", b"bearer"} else len(word)


def _fix(case: Case, column: int) -> str:
    client = case.client.name
    if client not in CLIENTS:
        client = _WRITES.get(column, client)
    language = fixes(client).language.name
    if not language:
        return f"Take the encoder that writes one line: {encode_call(client)}"
    return f"In {language} use {encode_call(client)}"


RULE = Rule(
    slug="base64-line-wrapped",
    title="The base64 was broken into lines",
    check=check,
    page=__doc__ or "",
    settle="look at the raw bytes of the Authorization value for a line feed",
    explains=frozenset({"base64-alphabet", "base64-truncated", "not-base64"}),
    hit=lambda: (refused(GOOD[:66] + b"\n" + GOOD[66:] + b"\n", agent=b"Ruby"),),
    miss=lambda: (refused(GOOD[:30] + b" " + GOOD[30:], agent=b"Ruby"),),
)
