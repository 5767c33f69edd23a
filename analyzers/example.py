"""The samples of a cause as they may be shown: the hit drawn as a diagnosis draws it, and how the near miss differs.

No secret of a sample gets out: everything shown passes the same masks as in a diagnosis. SIDs are shortened too, so
that a line fits a terminal.
"""

import re
from collections.abc import Iterator

from analyzers.capture import diagnose_all
from analyzers.case import Case, case_of
from analyzers.diagnosis import Diagnosis
from analyzers.drawing import draw
from analyzers.exchange import Exchange
from analyzers.findings import AUTHORIZATION, PASSWORD, TARGET, USERNAME, Evidence, Finding, Verdict
from analyzers.frozen import dataclass
from analyzers.masking import mask_sid, mask_target, scrub, scrub_told
from analyzers.rules import Rule
from analyzers.urls import resolve, shown_url

# Samples are invented, so a fixed key is as good as a random one, and the pages come out the same every time.
_KEY = b"page"
_DRAWN = frozenset({AUTHORIZATION, USERNAME, PASSWORD})
_SID = re.compile(r"\b[A-Z]{2}[0-9a-fA-F]{32}\b")
_PLAIN = "pair-refused"
"""The cause that stands where no other does."""
_NO_HEADER = "(no Authorization header)"


@dataclass(frozen=True, slots=True)
class Shown:
    """One exchange of a sample."""

    line: str
    """``POST https://... -> 401 20003 "Authenticate"``."""
    note: str
    """How it relates to the exchange that is diagnosed, in words; empty for that one itself."""


@dataclass(frozen=True, slots=True)
class Example:
    """A cause's own hit and what a diagnosis says of it."""

    exchanges: tuple[Shown, ...]
    """In the order of the capture."""
    place: int
    """Which of them is diagnosed, from 0."""
    code: str
    """The offending line with every secret masked; empty where no line can be drawn."""
    carets: str
    beside: str
    """What belongs beside the carets."""
    verdict: Verdict
    says: str
    evidence: tuple[str, ...]
    """The rest of the evidence."""
    known: tuple[str, ...] = ()
    """The credentials that the caller is taken to know, by name and source: ``TWILIO_AUTH_TOKEN from environment``."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest thing that a cause is not."""

    shown: str
    """The line in which it differs from the hit, masked; empty where that cannot be drawn."""
    because: str
    instead: str
    """The cause that it is; empty for none in particular."""


def example_of(rule: Rule) -> Example | None:
    """The hit of `rule` with the strongest diagnosis that names it; None when none does."""
    exchanges = rule.hit()
    found = _found(rule, exchanges)
    if found is None:
        return None
    place, finding = found
    case = case_of(exchanges[place])
    code, carets = draw(case, finding) or (_header(case), "")
    beside = next((each for each in finding.evidence if carets and _is_drawn(each)), None)
    return Example(
        exchanges=tuple(Shown(_line(each), _note(each, exchanges[place])) for each in exchanges),
        place=place,
        code=code,
        carets=carets,
        beside=short(beside.says) if beside else "",
        verdict=finding.verdict,
        says=short(finding.says),
        evidence=tuple(short(each.says) for each in finding.evidence if each is not beside),
        known=tuple(f"{each.name} from {each.source}" for each in rule.expected),
    )


def short(text: str) -> str:
    """`text` with every SID shortened."""
    return _SID.sub(lambda found: mask_sid(found.group().encode()), text)


def _found(rule: Rule, exchanges: tuple[Exchange, ...]) -> tuple[int, Finding] | None:
    """Place and finding of the strongest diagnosis that names the cause; the last one of equals."""
    found = [
        (diagnosis.index, finding)
        for diagnosis in _diagnoses(rule, exchanges)
        for finding in diagnosis.findings
        if finding.cause == rule.slug
    ]
    return min(found, key=lambda each: (each[1].verdict.rank, -each[0]), default=None)


def _diagnoses(rule: Rule, exchanges: tuple[Exchange, ...]) -> Iterator[Diagnosis]:
    results = diagnose_all(exchanges, _KEY, rule.expected)
    return (result.diagnosis for result in results if result.diagnosis is not None)


def _is_drawn(evidence: Evidence) -> bool:
    return evidence.where in _DRAWN or (evidence.where == TARGET and evidence.start is not None)


# --- one exchange -----------------------------------------------------------------------------------------------------


def _header(case: Case) -> str:
    """The header without carets: the pair where there is one, else the value, else that there is none."""
    if not case.credentials:
        return _NO_HEADER
    views = (
        draw(case, Finding("", Verdict.UNKNOWN, "", (Evidence(where, ""),))) for where in (USERNAME, AUTHORIZATION)
    )
    return next((drawn[0] for drawn in views if drawn is not None), "")


def _line(exchange: Exchange) -> str:
    case = case_of(exchange)
    return f"{_asked(case)} -> {_answered(case)}"


def _asked(case: Case) -> str:
    return short(f"{scrub(case.exchange.request.method[:20])} {shown_url(case.exchange, case.secrets)}")


def _answered(case: Case) -> str:
    response = case.exchange.response
    if case.exchange.refused_by_proxy:
        return "refused by the proxy itself, nothing reached Twilio"
    if response is None:
        return "no answer"
    location = response.first(b"location")
    if location is not None and 300 <= response.status < 400:
        to = resolve(case.exchange, location)
        return f"{response.status}" + (short(f" to {to[0]}://{to[1]}{mask_target(to[3], case.secrets)}") if to else "")
    answer = case.answer
    code = f" {answer.code}" if answer and answer.code is not None else ""
    text = scrub_told(answer.message, case.secrets)[:200] if answer else ""
    return f"{response.status}{code}" + (f' "{short(text)}"' if text else "")


def _note(exchange: Exchange, diagnosed: Exchange) -> str:
    """``3 s earlier, same credentials``; empty for the diagnosed exchange itself."""
    if exchange is diagnosed:
        return ""
    return ", ".join(part for part in (_when(exchange, diagnosed), _who(exchange, diagnosed)) if part)


def _when(exchange: Exchange, diagnosed: Exchange) -> str:
    if exchange.started_at is None or diagnosed.started_at is None:
        return ""
    seconds = diagnosed.started_at - exchange.started_at
    size, side = abs(seconds), "earlier" if seconds > 0 else "later"
    if size < 0.05:
        return "at the same time"
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if size >= 2 * length:
            return f"{size / length:.0f} {unit} {side}"
    return f"{size:.3g} s {side}"


def _who(exchange: Exchange, diagnosed: Exchange) -> str:
    """How the credentials of two exchanges relate, in words."""
    value, other = exchange.request.first(b"authorization"), diagnosed.request.first(b"authorization")
    if value is None:
        return "no Authorization"
    if other is None:
        return "with Authorization"
    if value == other:
        return "same credentials"
    pair, second = case_of(exchange).pair, case_of(diagnosed).pair
    if pair and second and pair.username == second.username:
        return "same username, another secret"
    if pair and second and pair.password == second.password:
        return "same secret, another username"
    return "other credentials"


# --- the near miss ----------------------------------------------------------------------------------------------------


def near_miss_of(rule: Rule, example: Example | None) -> NearMiss | None:
    """How the miss of `rule` differs from its hit, and what speaks against the cause there; None if nothing does."""
    hit, miss = rule.hit(), rule.miss()
    if not miss:
        return None
    diagnoses = {diagnosis.index: diagnosis for diagnosis in _diagnoses(rule, miss)}
    place = max(diagnoses, default=len(miss) - 1)
    shown = _difference(hit, example.place if example else len(hit) - 1, miss, place)
    diagnosis = diagnoses.get(place)
    if diagnosis is None:
        response = miss[place].response
        return NearMiss(shown, "it worked" if response and response.status < 400 else "no refusal of this kind", "")
    because, top = short(_because(rule.slug, diagnosis)), diagnosis.top
    sure = top is not None and top.verdict.rank <= Verdict.LIKELY.rank
    # A reason says more than that nothing special stands.
    instead = top.cause if top and sure and top.cause != rule.slug and not (because and top.cause == _PLAIN) else ""
    return NearMiss(shown, because, instead) if because or instead else None


def _because(slug: str, diagnosis: Diagnosis) -> str:
    """What the diagnosis says against the cause."""
    if any(finding.cause == slug and finding.verdict is Verdict.POSSIBLE for finding in diagnosis.findings):
        return "only possible"
    return dict(diagnosis.ruled_out).get(slug, "")


def _difference(hit: tuple[Exchange, ...], at: int, miss: tuple[Exchange, ...], place: int) -> str:
    """The line of the miss that the hit has not: of the diagnosed exchange, else of the others."""
    if found := _differing(case_of(hit[at]), case_of(miss[place])):
        return found
    rest = [_told(each, hit[at]) for number, each in enumerate(hit) if number != at]
    others = [_told(each, miss[place]) for number, each in enumerate(miss) if number != place]
    if added := next((told for told in others if told not in rest), ""):
        return added
    return next((f"without {told}" for told in rest if told not in others), "")


def _told(exchange: Exchange, diagnosed: Exchange) -> str:
    return f"{_line(exchange)}, {_note(exchange, diagnosed)}"


def _differing(hit: Case, miss: Case) -> str:
    """Header, else request, else answer, else the rest of the miss, whichever differs first."""
    if hit.exchange.request.values(b"authorization") != miss.exchange.request.values(b"authorization"):
        return _header(miss)
    if _asked(hit) != _asked(miss):
        return _asked(miss)
    if _answered(hit) != _answered(miss):
        return f"-> {_answered(miss)}"
    return _rest(hit, miss)


def _rest(hit: Case, miss: Case) -> str:
    """The headers, the body or the client in which two requests differ; no value of them."""
    names, others = _names(hit), _names(miss)
    for more, less, word in ((others, names, "with"), (names, others, "without")):
        if extra := [name for name in more if name not in less]:
            return f"{word} {', '.join(extra)}"
    if miss.client.name != hit.client.name:
        return f"from {miss.client.name}"
    body, other = miss.exchange.request.body, hit.exchange.request.body
    if body != other:
        return "with another body" if body and other else "with a body" if body else "without a body"
    headers = zip(hit.exchange.request.headers, miss.exchange.request.headers, strict=False)
    return next((f"with another {name}" for name, (one, two) in zip(names, headers, strict=False) if one != two), "")


def _names(case: Case) -> list[str]:
    return [scrub(name.decode("latin-1"), case.secrets)[:60] for name, _ in case.exchange.request.headers]
