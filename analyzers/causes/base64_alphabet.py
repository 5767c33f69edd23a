"""What it does: decodes the base64 strictly. Where that fails and a tolerant decoder still gets a whole Twilio
pair, it names the offending byte: missing or surplus padding, the URL-safe - and _, a blank, any other foreign
character.

Why it fails: many decoders refuse such a text as a whole; others drop what they do not know.

Cannot see: whether Twilio's own decoder would have been tolerant.

Fix: use the standard base64 encoder with padding, on one line, and change nothing in its output.

Source: RFC 4648 3.2 (padding), 3.3 (foreign characters), 5 (URL-safe), RFC 7617 2 (read 2026-11-20)
"""

from analyzers.base64_text import twilio_shaped
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Fault, Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, is_control, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule

_FLAWS = (
    Flaw.FOREIGN_BYTE,
    Flaw.BLANK_INSIDE,
    Flaw.URLSAFE_ALPHABET,
    Flaw.PADDING_WRONG,
    Flaw.PADDING_MISSING,
    Flaw.STRAY_BITS,
)
_STEPS = {
    Flaw.PADDING_MISSING: "Keep the = at the end of the base64: take the standard encoder, not base64url",
    Flaw.URLSAFE_ALPHABET: "Use the standard base64 encoder, not the URL-safe one",
    Flaw.PADDING_WRONG: "Encode the whole of username:password in one go, and change nothing in the result",
}
# Where encoders break lines; a blank there is judged by another cause.
_COLUMNS = (60, 64, 76)


def check(case: Case) -> Outcome:
    """Confirmed when only the tolerant decoding gives a whole Twilio pair."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, *_FLAWS)
    if fault is None or first_fault(case, Flaw.TRUNCATED):
        return RuledOut("no whole pair stands behind a flaw of the alphabet or the padding")
    verdict = _verdict(case, fault)
    found = Stands(
        verdict,
        _sentence(fault),
        (spot(fault),),
        (_STEPS.get(fault.flaw, "Send the base64 exactly as the encoder wrote it"), let_client_build(case)),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )
    return weighed(case, found, RULE.settle, in_the_way=is_control(case, fault))


def _verdict(case: Case, fault: Fault) -> Verdict:
    if fault.flaw is Flaw.STRAY_BITS:
        return Verdict.POSSIBLE  # most decoders do not look at these bits
    if not twilio_shaped(case.pair) or _at_line_end(case, fault):
        return Verdict.LIKELY
    return Verdict.CONFIRMED


def _at_line_end(case: Case, fault: Fault) -> bool:
    line = first_value(case)[: fault.start].replace(b"\t", b" ").rpartition(b" ")[2]
    return fault.flaw is Flaw.BLANK_INSIDE and len(line) in _COLUMNS


def _sentence(fault: Fault) -> str:
    match fault.flaw:
        case Flaw.PADDING_MISSING:
            return f"The base64 lacks its padding: {fault.detail}"
        case Flaw.PADDING_WRONG:
            return f"The base64 has wrong padding: {fault.detail} at byte {fault.start}"
        case Flaw.STRAY_BITS:
            return f"The base64 was altered at its end: {fault.detail}"
        case _:
            return f"The base64 holds what does not belong: {fault.detail} at byte {fault.start}"


RULE = Rule(
    slug="base64-alphabet",
    title="The base64 lacks its padding or holds characters that do not belong",
    check=check,
    page=__doc__ or "",
    settle="look at the raw bytes of the Authorization value",
    explains=frozenset(),
    hit=lambda: (refused(GOOD.rstrip(b"=")),),
    miss=lambda: (refused(GOOD),),
)
