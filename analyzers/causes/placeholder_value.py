"""What it does: looks for values that were meant to be replaced: ACXXXX, your_auth_token and its relatives, template
marks ({{...}}, <...>, [...]), variables that nobody expanded (${VAR}, $VAR, %VAR%, process.env.VAR) and references to a
store of secrets (op://..., @Microsoft.KeyVault(...), /run/secrets/...); and for what a language prints in place of an
object's text ([object Promise], the asterisks of pydantic's SecretStr). One digit 32 times, or digits that count up,
are likely one too.

Why it fails: the placeholder itself is sent, and no account has it.

Cannot see: an invented value that looks random. And a made-up number may have been written over the real one when the
recording was shared; so that is never certain.

Fix: put the real value in, or let the tool that should replace the name do so: single quotes keep a shell from
expanding $VAR, a file is not a template unless something renders it, and a reference needs the command that reads it.

Source: https://www.twilio.com/docs/usage/api (its examples, read 2026-11-20); docs/facts.md 10
"""

import re

from analyzers.base64_text import is_token
from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.exchange import Fidelity
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.masking import show_half
from analyzers.placeholders import is_printed, is_reference
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of

_MARKS = b"{}<>[]$%()"
# The form of a SID or a secret, and no chance: 32 random digits are such ones once in 10^37 times.
_MADE_UP = re.compile(
    rb"(?:AC|SK)?(?:([0-9a-f])\1{31}|(?:0123456789abcdef|1234567890abcdef|abcdef0123456789|abcdef1234567890){2}"
    rb"|(?:1234567890){3}12|(?:0123456789){3}01|(?:deadbeef){4})",
    re.IGNORECASE,
)


def check(case: Case) -> Outcome:
    """Confirmed when a whole half is a placeholder, likely when it is a number that somebody made up."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    halves = ((USERNAME, "username", pair.username), (PASSWORD, "password", pair.password))
    if is_token(pair.password):  # then a word such as "token" may be meant as the username
        return Unknown()
    found = [each for each in halves if _is_placeholder(each[2])]
    made_up = [each for each in halves if _MADE_UP.fullmatch(each[2][slice(*core_of(each[2]))])]
    if not found and not made_up:
        return RuledOut("neither half is a placeholder")
    if case.exchange.fidelity is Fidelity.SANITIZED:
        return Unknown("capture live: this export overwrote its credentials")
    return _placeholder(case, found) if found else _made_up(case, made_up)


def _placeholder(case: Case, halves: list[tuple[str, str, bytes]]) -> Outcome:
    names = " and the ".join(name for _, name, _ in halves)
    what = "is a placeholder" if len(halves) == 1 else "are placeholders"
    says = f"The {names} {what} that nobody replaced"
    if all(is_printed(_meant(half)) for _, _, half in halves):
        says = f"In place of the {names} stands what a language prints for an object, not the text inside"
    found = Stands(
        Verdict.CONFIRMED,
        says,
        tuple(Evidence(where, _word(half), start=0, end=len(half)) for where, _, half in halves),
        _fix(case, [half for _, _, half in halves]),
    )
    return weighed_half(case, found)


def _made_up(case: Case, halves: list[tuple[str, str, bytes]]) -> Outcome:
    names = " and the ".join(name for _, name, _ in halves)
    says = "one digit repeated, or digits that count up"
    found = Stands(
        Verdict.LIKELY,
        f"The {names} seem{'s' if len(halves) == 1 else ''} to be made up as an example: {says}",
        tuple(Evidence(where, says, start=0, end=len(half)) for where, _, half in halves),
        _fix(case, []),
        "look whether the sending program holds this very value, or it was written over in the recording",
    )
    return weighed_half(case, found)


def _is_placeholder(half: bytes) -> bool:
    start, end = core_of(half)
    return Kind.PLACEHOLDER in {kind_of(half), kind_of(half[start:end])}


def _meant(half: bytes) -> bytes:
    """The placeholder itself: the half, without a label and strays where it is one only then."""
    return half if kind_of(half) is Kind.PLACEHOLDER else half[slice(*core_of(half))]


def _word(half: bytes) -> str:
    meant = _meant(half)
    if is_printed(meant):
        return "what a language prints for an object, not the text inside"
    if is_reference(meant):
        return "a reference to a store of secrets"
    return f"a placeholder: {show_half(meant)}"


def _fix(case: Case, halves: list[bytes]) -> tuple[str, ...]:
    steps = [f"Put the real value there: {pair_call(case.client.name)}"]
    if any(is_printed(_meant(half)) for half in halves):
        steps.append("Take the text out of the object: await the promise, read its field, call get_secret_value()")
    elif any(is_reference(_meant(half)) for half in halves):
        steps.append("Start the program through what reads the reference (op run, Key Vault access, the secret's file)")
    elif any(byte in _MARKS for half in halves for byte in half):
        steps.append("Look at what should have expanded the name: single quotes, a template that nobody rendered")
    return tuple(steps)


RULE = Rule(
    slug="placeholder-value",
    title="A placeholder was never replaced",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and read both halves",
    explains=frozenset(
        {"sid-misshapen", "token-misshapen", "path-account-missing", "username-not-a-sid", "account-mismatch"}
    ),
    hit=lambda: (refused(basic(b"AC" + b"X" * 32, b"your_auth_token")),),
    miss=lambda: (refused(basic(SID, b"<" + TOKEN + b">")),),
)
