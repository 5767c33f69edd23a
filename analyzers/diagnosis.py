"""All causes with a verdict each, ranked: the diagnosis of one case."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from analyzers.advice import Advice, advise
from analyzers.case import Case
from analyzers.credential import KNOWN_SCHEMES, Basic, Bearer, Broken, Other
from analyzers.drawing import draw
from analyzers.findings import Finding, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import scrub, shape_of, show_half
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
    standing: list[tuple[Rule, Stands]] = []
    ruled_out: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    crashed: list[tuple[str, str]] = []
    for rule in rules:
        try:
            outcome = rule.check(case)
        except Exception as error:  # noqa: BLE001 - one broken check must not take the others with it
            crashed.append((rule.slug, type(error).__name__))
            outcome = Unknown()
        if isinstance(outcome, RuledOut):  # most are
            ruled_out.append((rule.slug, outcome.because))
        elif isinstance(outcome, Stands):
            standing.append((rule, outcome))
        else:
            unknown.append((rule.slug, outcome.settle or rule.settle))
    findings = rank(standing)
    request = case.exchange.request
    answer = case.answer
    top = findings[0] if findings else None
    return Diagnosis(
        index=index,
        time=case.exchange.started_at,
        method=scrub(request.method[:20]),
        url=shown_url(case.exchange, case.secrets),
        status=case.status,
        code=answer.code if answer else None,
        message=scrub(answer.message, case.secrets)[:500] if answer else "",
        request_id=answer.request_id if answer else None,
        client=case.client.name,
        client_version=case.client.version,
        helper_library=case.client.helper_library,
        client_hint="" if case.client.known else case.client.hint,
        credential=view(case, fingerprint),
        findings=findings,
        ruled_out=tuple(ruled_out),
        unknown=tuple(unknown),
        advice=advise(case),
        crashed=tuple(crashed),
        benign=any(rule.benign and top is not None and rule.slug == top.cause for rule, _ in standing),
        refused_by_proxy=case.exchange.refused_by_proxy,
        drawing=draw(case, top) if drawn and top else None,
    )


def at_another_time(
    diagnosis: Diagnosis, index: int, time: float | None, request_id: str | None, advice: tuple[Advice, ...]
) -> Diagnosis:
    """`diagnosis` for a repetition of its exchange. As dataclasses.replace, at a third of its cost."""
    moved = object.__new__(Diagnosis)
    for name in _FIELDS:
        object.__setattr__(moved, name, getattr(diagnosis, name))
    for name, value in (("index", index), ("time", time), ("request_id", request_id), ("advice", advice)):
        object.__setattr__(moved, name, value)
    return moved


_FIELDS = tuple(field.name for field in fields(Diagnosis))


def rank(standing: Sequence[tuple[Rule, Stands]]) -> tuple[Finding, ...]:
    """Order what stands: benign first, then by verdict, then by the order of the registry; consequences nested.

    A cause explains another only if it is at least likely: a mere possibility accounts for nothing.
    """
    if len(standing) == 1:  # most often; nothing to order
        return (_finding(*standing[0]),)
    strong = {rule.slug: rule for rule, found in standing if found.verdict.rank <= Verdict.LIKELY.rank}
    if any(not rule.residual for rule in strong.values()):
        standing = [(rule, _weakened(found) if rule.residual else found) for rule, found in standing]
    explained_by: dict[str, str] = {}
    proven = next((r.slug for r, found in standing if found.verdict is Verdict.CONFIRMED and not r.residual), None)
    for rule, _ in sorted(standing, key=lambda item: item[1].verdict.rank):
        if rule.residual and proven is not None:
            explained_by[rule.slug] = proven
        elif rule.slug in strong:
            for slug in rule.explains:
                explained_by.setdefault(slug, rule.slug)
    findings = {rule.slug: _finding(rule, found) for rule, found in standing}
    place = {rule.slug: (not rule.benign, found.verdict.rank, i) for i, (rule, found) in enumerate(standing)}
    roots = sorted((slug for slug in findings if _root(slug, explained_by, findings) == slug), key=place.__getitem__)
    ranked: list[Finding] = []
    for root in roots:
        ranked.append(findings[root])
        below = [s for s in findings if s != root and _root(s, explained_by, findings) == root]
        ranked.extend(replace(findings[s], nested_under=root) for s in sorted(below, key=place.__getitem__))
    return tuple(ranked)


def _finding(rule: Rule, found: Stands) -> Finding:
    return Finding(rule.slug, found.verdict, found.says, found.evidence, found.fix, found.settle)


def _root(slug: str, explained_by: dict[str, str], findings: dict[str, Finding]) -> str:
    seen = {slug}
    while (above := explained_by.get(slug)) and above in findings and above not in seen:
        seen.add(above)
        slug = above
    return slug


def _weakened(found: Stands) -> Stands:
    return replace(found, verdict=Verdict.POSSIBLE) if found.verdict.rank < Verdict.POSSIBLE.rank else found


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
