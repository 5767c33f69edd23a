"""All causes with a verdict each, ranked: the diagnosis of one case."""

from collections.abc import Sequence
from dataclasses import fields
from typing import NamedTuple

from analyzers.advice import Advice, advise
from analyzers.case import Case
from analyzers.credential import KNOWN_SCHEMES, Basic, Bearer, Broken, Other
from analyzers.drawing import draw
from analyzers.findings import RANKS, Finding, RuledOut, Stands, Unknown, Verdict
from analyzers.frozen import dataclass
from analyzers.masking import scrub, scrub_told, shape_of, show_half
from analyzers.rules import Rule
from analyzers.twilio import Kind, kind_of
from analyzers.urls import shown_url


@dataclass(frozen=True, slots=True)
class CredentialView:
    """The credential as it may be shown."""

    scheme: str
    username: str
    username_kind: str
    secret_length: int
    secret_shape: str
    fingerprint: str
    """``sec#1``: equal for equal secrets of one capture; empty without a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a refused exchange is refused for. Holds no secret: every renderer may show all of it."""

    index: int
    """Position in the capture, from 0."""
    time: float | None
    """Seconds since the Unix epoch."""
    method: str
    url: str
    status: int
    """0 when no response came."""
    code: int | None
    message: str
    request_id: str | None
    client: str
    client_version: str | None
    helper_library: bool
    credential: CredentialView | None
    findings: tuple[Finding, ...]
    """What stands, the one to fix first on top; nested ones follow the finding that explains them."""
    ruled_out: tuple[tuple[str, str], ...]
    """Slug and because, in catalogue order."""
    unknown: tuple[tuple[str, str], ...]
    """Slug and settle, in catalogue order."""
    advice: tuple[Advice, ...]
    crashed: tuple[tuple[str, str], ...] = ()
    """Slug and exception type of checks that failed; they count as unknown."""
    benign: bool = False
    refused_by_proxy: bool = False
    client_hint: str = ""
    """What an unknown client may be, by marks that several clients share; empty for a known one."""
    drawing: tuple[str, str] | None = None
    """The header with every secret masked, and a line of carets under the offending bytes; None without a header."""

    @property
    def top(self) -> Finding | None:
        """The finding to fix first; None when nothing stands."""
        return self.findings[0] if self.findings else None

    @property
    def says(self) -> str:
        """The one sentence."""
        if self.top:
            return self.top.says
        return "Nothing in this capture shows why the request was refused"


def diagnose(
    case: Case,
    rules: Sequence[Rule],
    *,
    index: int = 0,
    fingerprint: str = "",
    drawn: bool = True,
) -> Diagnosis:
    """Judge `case` by every rule. A check that raises counts as unknown and is named in `crashed`.

    Without `drawn` the diagnosis has no drawing, which only text for people shows.
    """
    return diagnose_each([(case, index, fingerprint)], rules, drawn=drawn)[0]


def diagnose_each(
    cases: Sequence[tuple[Case, int, str]], rules: Sequence[Rule], *, drawn: bool = True
) -> list[Diagnosis]:
    """As `diagnose`, for several cases, each with its index and fingerprint: check by check, not case by case.

    So the code of one check stays in the processor's cache, which takes a third off the cost of a case.
    """
    outcomes = [_Outcomes([], [], [], []) for _ in cases]
    judged = [(case, found) for (case, _, _), found in zip(cases, outcomes, strict=True)]
    for rule in rules:
        check, slug = rule.check, rule.slug
        for case, (standing, ruled_out, unknown, crashed) in judged:
            try:
                outcome = check(case)
            except Exception as error:  # noqa: BLE001 - one broken check must not take the others with it
                crashed.append((slug, type(error).__name__))
                outcome = Unknown()
            if isinstance(outcome, RuledOut):  # most are
                ruled_out.append((slug, outcome.because))
            elif isinstance(outcome, Stands):
                standing.append((rule, outcome))
            else:
                unknown.append((slug, outcome.settle or rule.settle))
    ranked = [rank(found.standing) for found in outcomes]
    urls = [shown_url(case.exchange, case.secrets) for case, _, _ in cases]
    views = [view(case, fingerprint) for case, _, fingerprint in cases]
    advice = [advise(case) for case, _, _ in cases]
    drawings = [draw(case, top[0]) if drawn and top else None for (case, _, _), top in zip(cases, ranked, strict=True)]
    shown = map(_Shown, ranked, urls, views, advice, drawings)
    return [
        _diagnosis(case, index, found, each)
        for (case, index, _), found, each in zip(cases, outcomes, shown, strict=True)
    ]


class _Outcomes(NamedTuple):
    """What the checks said of one case."""

    standing: list[tuple[Rule, Stands]]
    ruled_out: list[tuple[str, str]]
    unknown: list[tuple[str, str]]
    crashed: list[tuple[str, str]]


class _Shown(NamedTuple):
    """What is worked out of all outcomes."""

    findings: tuple[Finding, ...]
    url: str
    credential: CredentialView | None
    advice: tuple[Advice, ...]
    drawing: tuple[str, str] | None


def _diagnosis(case: Case, index: int, found: _Outcomes, shown: _Shown) -> Diagnosis:
    answer = case.answer
    findings = shown.findings
    top = findings[0] if findings else None
    return Diagnosis(
        index=index,
        time=case.exchange.started_at,
        method=scrub(case.exchange.request.method[:20]),
        url=shown.url,
        status=case.status,
        code=answer.code if answer else None,
        message=scrub_told(answer.message, case.secrets) if answer else "",
        request_id=answer.request_id if answer else None,
        client=case.client.name,
        client_version=case.client.version,
        helper_library=case.client.helper_library,
        client_hint="" if case.client.known else case.client.hint,
        credential=shown.credential,
        findings=findings,
        ruled_out=tuple(found.ruled_out),
        unknown=tuple(found.unknown),
        advice=shown.advice,
        crashed=tuple(found.crashed),
        benign=any(rule.benign and top is not None and rule.slug == top.cause for rule, _ in found.standing),
        refused_by_proxy=case.exchange.refused_by_proxy,
        drawing=shown.drawing,
    )


def changed(diagnosis: Diagnosis, **values: object) -> Diagnosis:
    """`diagnosis` with other `values` of its fields. As dataclasses.replace, at a third of its cost."""
    moved = object.__new__(Diagnosis)
    for name in _FIELDS:
        object.__setattr__(moved, name, values[name] if name in values else getattr(diagnosis, name))
    return moved


_FIELDS = tuple(field.name for field in fields(Diagnosis))


_LIKELY = RANKS[Verdict.LIKELY]


def rank(standing: Sequence[tuple[Rule, Stands]]) -> tuple[Finding, ...]:
    """Order what stands: benign first, then by verdict, then by the order of the registry; consequences nested.

    A cause explains another only if it is at least likely: a mere possibility accounts for nothing.
    """
    if len(standing) == 1:  # most often; nothing to order
        return (_finding(*standing[0]),)
    strong = {rule.slug: rule for rule, found in standing if RANKS[found.verdict] <= _LIKELY}
    if any(not rule.residual for rule in strong.values()):
        standing = [(rule, _weakened(found) if rule.residual else found) for rule, found in standing]
    explained_by: dict[str, str] = {}
    proven = next((r.slug for r, found in standing if found.verdict is Verdict.CONFIRMED and not r.residual), None)
    for rule, _ in sorted(standing, key=lambda item: RANKS[item[1].verdict]):
        if rule.residual and proven is not None:
            explained_by[rule.slug] = proven
        elif rule.slug in strong:
            for slug in rule.explains:
                explained_by.setdefault(slug, rule.slug)
    findings = {rule.slug: _finding(rule, found) for rule, found in standing}
    place = {rule.slug: (not rule.benign, RANKS[found.verdict], i) for i, (rule, found) in enumerate(standing)}
    above = {slug: _root(slug, explained_by, findings) for slug in findings}
    ranked: list[Finding] = []
    for root in sorted((slug for slug, its in above.items() if its == slug), key=place.__getitem__):
        ranked.append(findings[root])
        below = [slug for slug, its in above.items() if its == root and slug != root]
        ranked.extend(_nested(findings[slug], root) for slug in sorted(below, key=place.__getitem__))
    return tuple(ranked)


def _finding(rule: Rule, found: Stands) -> Finding:
    return Finding(rule.slug, found.verdict, found.says, found.evidence, found.fix, found.settle)


def _nested(found: Finding, root: str) -> Finding:
    return Finding(found.cause, found.verdict, found.says, found.evidence, found.fix, found.settle, root)


def _root(slug: str, explained_by: dict[str, str], findings: dict[str, Finding]) -> str:
    seen = {slug}
    while (above := explained_by.get(slug)) and above in findings and above not in seen:
        seen.add(above)
        slug = above
    return slug


def _weakened(found: Stands) -> Stands:
    if found.verdict.rank >= Verdict.POSSIBLE.rank:
        return found
    return Stands(Verdict.POSSIBLE, found.says, found.evidence, found.fix, found.settle)


def view(case: Case, fingerprint: str) -> CredentialView | None:
    """What may be shown of the first credential; None without an Authorization header."""
    credential = case.credential
    match credential:
        case None:
            return None
        case Bearer(token=token):
            return CredentialView("Bearer", "", "token", len(token), "jwt" if credential.jwt else "text", fingerprint)
        case Other(scheme=scheme):
            # An unknown word in front may be the secret itself, so only schemes by name are shown.
            shown = scheme.decode("ascii") if scheme.lower() in KNOWN_SCHEMES else "other"
            return CredentialView(shown, "", "none", 0, "empty", "")
        case Basic() | Broken():
            pair = case.pair
            name = (credential.scheme or b"").decode("ascii", "replace").capitalize() or "none"
            if pair is None:
                return CredentialView(name, "", "unreadable", 0, "empty", "")
            kind = kind_of(pair.username)
            return CredentialView(
                name,
                show_half(pair.username),
                "text" if kind in {Kind.TEXT, Kind.ALNUM_32} else kind.value,
                len(pair.password),
                shape_of(pair.password),
                fingerprint if pair.password else "",
            )
