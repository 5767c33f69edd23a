"""One exchange from near, for whoever looks at a single flow: the card, the credential as shape, the whole ladder.

Pure. All that is shown comes from a diagnosis or from drawing.py, so it is free of secrets; nothing is judged here.
"""

from collections.abc import Iterator, Sequence

from analyzers.card import Line, Span, card, escaped
from analyzers.diagnosis import CredentialView, Diagnosis

_NO_REFUSAL = "Not a refusal that why20003 explains"


def close_up(
    diagnosis: Diagnosis | None, seen: CredentialView | None, drawn: Sequence[str], notes: Sequence[str] = ()
) -> Iterator[Line]:
    """All of it. Without a diagnosis the exchange is no refusal, and only the credential is shown.

    `seen` is the first credential, `drawn` the values as `masked` gives them, `notes` what to know beforehand.
    """
    yield from card(diagnosis) if diagnosis is not None else ((Span(_NO_REFUSAL, "dim"),),)
    yield from ((Span("  note: ", "warn"), Span(escaped(note))) for note in notes)
    yield ()
    yield from credential_lines(seen, drawn)
    if diagnosis is not None:
        yield ()
        yield (Span("Ladder", "title"),)
        yield from ladder_lines(diagnosis)


def credential_lines(seen: CredentialView | None, drawn: Sequence[str]) -> Iterator[Line]:
    """The Authorization header as shape: scheme, kinds, lengths, character classes, and the values hidden."""
    if seen is None:
        yield (Span("No Authorization header", "title"),)
        return
    yield (Span("Authorization as shape", "title"),)
    for name, text in _parts(seen):
        yield (Span(f"  {name:8}  ", "dim"), Span(escaped(text)))
    for line in drawn:
        yield (Span(f"  {escaped(line)}", "code"),)


def _parts(seen: CredentialView) -> Iterator[tuple[str, str]]:
    yield "scheme", seen.scheme or "none"
    is_token = seen.username_kind == "token"
    if seen.username_kind in {"none", "unreadable"}:
        yield "pair", "none that can be read"
        return
    if not is_token:
        yield "username", f"{seen.username or '(empty)'}, {seen.username_kind}"
    shape = f"{seen.secret_length} characters, {seen.secret_shape}" if seen.secret_length else "(empty)"
    yield "token" if is_token else "password", f"{shape}, {seen.fingerprint}" if seen.fingerprint else shape


def ladder_lines(diagnosis: Diagnosis) -> Iterator[Line]:
    """Every cause that was looked at: what stands, what cannot be seen and what would settle it, what is ruled out."""
    for finding in diagnosis.findings:
        under = f", under {finding.nested_under}" if finding.nested_under else ""
        yield (Span(f"  {finding.verdict.value}: {finding.cause}{under}", "bad"), Span(f"  {escaped(finding.says)}"))
    for slug, settle in diagnosis.unknown:
        yield (Span(f"  unknown: {slug}", "warn"), Span(f"  {escaped(settle)}", "dim"))
    for slug, because in diagnosis.ruled_out:
        yield (Span(f"  ruled out: {slug}", "dim"), Span(f"  {escaped(because)}", "dim"))


__all__ = ["close_up", "credential_lines", "ladder_lines"]
