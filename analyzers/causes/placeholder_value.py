"""What it does: looks for values that were meant to be replaced: ACXXXX, your_auth_token and its relatives, template
marks ({{...}}, <...>, [...]) and variables that nobody expanded (${VAR}, $VAR, %VAR%, process.env.VAR).

Why it fails: the placeholder itself is sent, and no account has it.

Cannot see: an invented value that has the shape of a real one.

Fix: put the real value in, or let the tool that should replace the name do so: single quotes keep a shell from
expanding $VAR, and a file is not a template unless something renders it.

Source: https://www.twilio.com/docs/usage/api (its examples, read 2026-11-20); docs/facts.md 10
"""

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.exchange import Fidelity
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import show_half
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of

_MARKS = b"{}<>[]$%()"


def check(case: Case) -> Outcome:
    """Confirmed when a whole half is a placeholder."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    found = [
        (where, name, half)
        for where, name, half in ((USERNAME, "username", pair.username), (PASSWORD, "password", pair.password))
        if _is_placeholder(half)
    ]
    if not found:
        return RuledOut("neither half is a placeholder")
    if case.exchange.fidelity is Fidelity.SANITIZED:
        return Unknown("capture live: this export overwrote its credentials")
    names = " and the ".join(name for _, name, _ in found)
    return Stands(
        Verdict.CONFIRMED,
        f"The {names} {'is a placeholder' if len(found) == 1 else 'are placeholders'} that nobody replaced",
        tuple(Evidence(where, _word(half), start=0, end=len(half)) for where, _, half in found),
        _fix(case, [half for _, _, half in found]),
    )


def _is_placeholder(half: bytes) -> bool:
    start, end = core_of(half)
    return Kind.PLACEHOLDER in {kind_of(half), kind_of(half[start:end])}


def _word(half: bytes) -> str:
    start, end = core_of(half)
    core = half[start:end] if kind_of(half) is not Kind.PLACEHOLDER else half
    return f"a placeholder: {show_half(core)}"


def _fix(case: Case, halves: list[bytes]) -> tuple[str, ...]:
    steps = [f"Put the real value there: {pair_call(case.client.name)}"]
    if any(byte in _MARKS for half in halves for byte in half):
        steps.append("Look at what should have expanded the name: single quotes, a template that nobody rendered")
    return tuple(steps)


RULE = Rule(
    slug="placeholder-value",
    title="A placeholder was never replaced",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and read both halves",
    explains=frozenset({"sid-misshapen", "token-misshapen", "path-account-missing", "username-not-a-sid"}),
    hit=lambda: (refused(basic(b"AC" + b"X" * 32, b"your_auth_token")),),
    miss=lambda: (refused(basic(SID, b"<" + TOKEN + b">")),),
)
