"""What `check` found, as lines for people and as ``why20003-check/1`` for programs."""

from collections.abc import Iterator, Sequence

from analyzers.card import Line, Span, Style, card, escaped
from analyzers.contract import Json, diagnosis_json
from analyzers.masking import is_secret, scrub, show_half
from analyzers.preflight import UNKNOWN, Examination, Login, Remark, Severity, Spot
from analyzers.setting import Setting
from analyzers.twilio import core_of
from why20003.checking.live import Tried
from why20003.sources import Place

SCHEMA = "why20003-check/1"
_SHORTEST = 8
"""A shorter value may be a word of a sentence."""
_MARKS: dict[Severity, tuple[str, Style]] = {
    Severity.PROBLEM: ("✗", "bad"),
    Severity.DOUBT: ("?", "warn"),
    Severity.NOTE: ("·", "dim"),
}


class Veil:
    """Keeps the values out of every text. None should get there; this is the second lock."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        values = {one.value for one in settings} | {one.value[slice(*core_of(one.value))] for one in settings}
        self._secrets = tuple(value for value in values if len(value) >= _SHORTEST and is_secret(value))

    def over(self, text: str) -> str:
        return escaped(scrub(text, self._secrets))


def lines(found: Examination, places: Sequence[Place], veil: Veil) -> Iterator[Line]:
    """Each finding with its places and steps, then where was looked, and what cannot be told."""
    yield (Span(_headline(found), "title"),)
    for remark in found.remarks:
        yield from _of(remark, veil)
    looked = ", ".join(f"{place.origin} ({place.values})" if not place.fault else place.origin for place in places)
    yield (Span("  "), Span("looked at: ", "dim"), Span(veil.over(looked)))
    if found.login is not None:
        login = found.login
        pair = f"{login.sid.name} ({login.sid.source}) and {login.secret.name} ({login.secret.source})"
        yield (Span("  "), Span("a program logs in with: ", "dim"), Span(veil.over(pair)))
    yield (Span("  "), Span("not seen without a request (--live): ", "dim"), Span("; ".join(UNKNOWN)))


def announced(login: Login, veil: Veil) -> str:
    """The request that will be made, before it is."""
    pair = f"{login.sid.name} and {login.secret.name}"
    return veil.over(f"GET https://{login.host}{login.path} with {pair}, once and nothing else")


def outcome(tried: Tried) -> Iterator[Line]:
    """What came of the request."""
    if tried.diagnosis is not None:
        yield from card(tried.diagnosis)
    elif tried.accepted:
        yield (Span("✓ ", "good"), Span(f"Twilio accepted the credentials ({tried.status})", "title"))
    else:
        yield (Span("? ", "warn"), Span(_undecided(tried), "title"))


def _undecided(tried: Tried) -> str:
    if tried.status is None:
        return f"No answer came: {escaped(tried.error)}"
    return f"The answer ({tried.status}) says nothing about the credentials"


def document(
    found: Examination, places: Sequence[Place], tried: Tried | None, could_not: str, veil: Veil
) -> dict[str, Json]:
    """All of it. `could_not` is why nothing was tried although it was asked for."""
    return {
        "schema": SCHEMA,
        "places": [
            {"place": veil.over(one.origin), "values": one.values, "fault": one.fault or None} for one in places
        ],
        "findings": [_finding(remark, veil) for remark in found.remarks],
        "login": _login(found.login, veil),
        "unknown": [*UNKNOWN],
        "live": _live(tried, could_not),
    }


def _headline(found: Examination) -> str:
    counts = {one: sum(remark.severity is one for remark in found.remarks) for one in Severity}
    if not any(counts[one] for one in (Severity.PROBLEM, Severity.DOUBT)):
        return "Nothing wrong in the settings" if found.login else "No whole pair of credentials in the settings"
    said = [f"{number} {one.value}{'s' if number > 1 else ''}" for one, number in counts.items() if number]
    return ", ".join(said)


def _of(remark: Remark, veil: Veil) -> Iterator[Line]:
    mark, style = _MARKS[remark.severity]
    yield (Span(f"{mark} {remark.slug}", style), Span("  "), Span(veil.over(remark.says)))
    for spot in remark.spots:
        yield (Span("    "), Span(veil.over(_said(spot)), "dim"))
    for number, step in enumerate(remark.fix, 1):
        yield (Span(f"    {number}. "), Span(veil.over(step)))


def _said(spot: Spot) -> str:
    return ", ".join(part for part in (spot.source, spot.name, spot.where) if part)


def _finding(remark: Remark, veil: Veil) -> dict[str, Json]:
    return {
        "severity": remark.severity.value,
        "slug": remark.slug,
        "says": veil.over(remark.says),
        "spots": [
            {"name": veil.over(spot.name), "place": veil.over(spot.source), "where": spot.where or None}
            for spot in remark.spots
        ],
        "fix": [veil.over(step) for step in remark.fix],
    }


def _login(login: Login | None, veil: Veil) -> Json:
    if login is None:
        return None
    return {
        "username": veil.over(show_half(login.sid.value[:400])),
        "sid": {"name": veil.over(login.sid.name), "place": veil.over(login.sid.source)},
        "secret": {"name": veil.over(login.secret.name), "place": veil.over(login.secret.source)},
        "host": login.host or None,
    }


def _live(tried: Tried | None, could_not: str) -> Json:
    if tried is None:
        return (
            {"request": None, "status": None, "accepted": None, "error": could_not, "diagnosis": None}
            if could_not
            else None
        )
    return {
        "request": {"method": tried.method, "url": tried.url},
        "status": tried.status,
        "accepted": tried.accepted,
        "error": tried.error or None,
        "diagnosis": None if tried.diagnosis is None else diagnosis_json(tried.diagnosis),
    }


__all__ = ["SCHEMA", "Veil", "announced", "document", "lines", "outcome"]
