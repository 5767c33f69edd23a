"""The way of a refused request: who handed it to whom, and what became of Authorization on each stretch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from analyzers.bearing import Hop
from analyzers.card import client_text
from analyzers.case import Case, case_of
from analyzers.credential import scheme_of
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity
from analyzers.frozen import dataclass
from analyzers.urls import shown_url
from why20003.report.story import Story
from why20003.report.texts import clipped
from why20003.report.way import Party, Reply, Result, State, Stretch, Way

_LONGEST_LEAD = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One request to one host, as far as it is known."""

    method: str
    url: str
    sent: tuple[bytes, ...] | None
    """The values of Authorization; None where only `has` is known."""
    has: bool | None
    """None where the recording cannot show it."""
    credential: str
    reply: str
    result: Result

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc or self.url


def way_of(diagnosis: Diagnosis, story: Story | None, named: Callable[[Case], str], proxy: str) -> Way:
    """How the request of `diagnosis` went; without a story only its last stretch is known.

    `named` gives the fingerprint of a credential, empty where it has none.
    """
    case = story.cases.get(diagnosis.index) if story else None
    builder = _Builder(client_text(diagnosis), proxy, local=diagnosis.refused_by_proxy)
    last = _last(diagnosis, case)
    if case is None or story is None:
        return builder.way([last])
    if (tap := next((one for one in case.bearing.taps), None)) and (other := story.at(tap.index)):
        beside = replace(_seen(other, named), reply=last.reply, result=last.result)
        return builder.through(beside, last) if tap.client_side else builder.through(last, beside)
    visits = [*(_hop(hop, story, named) for hop in case.bearing.hops), last]
    for number, after in enumerate(visits[1:]):
        visits[number] = replace(visits[number], reply=f"{visits[number].reply} to {_lead(visits[number], after)}")
    if (answered := story.answered.get(diagnosis.index)) is not None:
        visits.append(_seen(answered[1], named))
    return builder.way(visits)


class _Builder:
    """Puts visits one after the other."""

    def __init__(self, client: str, proxy: str, *, local: bool) -> None:
        self._parties = [Party("client", client)]
        self._steps: list[Stretch | Reply] = []
        self._proxy = 1 if proxy else None
        self._local = local
        self._before: _Visit | None = None
        if proxy:
            self._parties.append(Party("proxy", proxy))

    def way(self, visits: Sequence[_Visit]) -> Way:
        """The client asks, and is answered, one visit after the other."""
        for visit in visits:
            target = 1 if self._local and self._proxy else self._place("host", visit.host)
            self._steps.append(self._stretch(0, target, visit))
            self._steps.append(Reply(source=target, target=0, text=visit.reply, result=visit.result))
        return self._ended()

    def through(self, outer: _Visit, inner: _Visit) -> Way:
        """The client asks a gateway, which asks in turn. Both sides were recorded, so the recorder is no station."""
        self._parties, self._proxy = self._parties[:1], None
        gateway, host = self._place("gateway", outer.host), self._place("host", inner.host)
        self._steps.append(self._stretch(0, gateway, outer))
        self._steps.append(self._stretch(gateway, host, inner))
        self._steps.append(Reply(source=host, target=gateway, text=inner.reply, result=inner.result))
        self._steps.append(Reply(source=gateway, target=0, text=outer.reply, result=outer.result))
        return self._ended()

    def _ended(self) -> Way:
        return Way(tuple(self._parties), tuple(self._steps), self._proxy)

    def _place(self, role: str, name: str) -> int:
        party = Party(role, name)
        if party not in self._parties:
            self._parties.append(party)
        return self._parties.index(party)

    def _stretch(self, source: int, target: int, visit: _Visit) -> Stretch:
        before, self._before = self._before, visit
        return Stretch(
            source=source,
            target=target,
            method=visit.method,
            url=visit.url,
            state=_state(before, visit),
            credential=visit.credential if visit.has else "",
            open=visit.url.startswith("http:"),
        )


def _state(before: _Visit | None, now: _Visit) -> State:
    if now.has is None:
        return State.UNSEEN
    had = before is not None and before.has
    if not now.has:
        return State.DROPPED if had else State.ABSENT
    if before is None or before.has is None:
        return State.SENT
    if not had:
        return State.BACK
    same = before.sent is None or now.sent is None or before.sent == now.sent
    return State.KEPT if same else State.CHANGED


def _last(diagnosis: Diagnosis, case: Case | None) -> _Visit:
    """The refused request itself."""
    seen = diagnosis.credential
    values = case.exchange.request.values(b"authorization") if case else None
    has: bool | None = seen is not None
    if case is not None and not values and case.exchange.fidelity is Fidelity.SANITIZED:
        has = None
    text = ""
    if seen is not None:
        text = ", ".join(part for part in (seen.scheme, seen.fingerprint) if part)
    code = "" if diagnosis.code is None else f" {diagnosis.code}"
    said = f"{diagnosis.status}{code} {diagnosis.message}".rstrip() if diagnosis.status else "no answer"
    if diagnosis.refused_by_proxy:
        said = f"{diagnosis.status or 400}, by the proxy itself: nothing reached the host"
    result = Result.LOST if not diagnosis.status and not diagnosis.refused_by_proxy else Result.REFUSED
    return _Visit(
        method=diagnosis.method, url=diagnosis.url, sent=values, has=has, credential=text, reply=said, result=result
    )


def _hop(hop: Hop, story: Story, named: Callable[[Case], str]) -> _Visit:
    exchange = story.at(hop.index)
    return _Visit(
        method=hop.method,
        url=hop.url,
        sent=exchange.request.values(b"authorization") if exchange else None,
        has=hop.had_authorization,
        credential=_credential(case_of(exchange), named) if exchange else "",
        reply=f"{hop.status} redirect",
        result=Result.REDIRECTED,
    )


def _lead(before: _Visit, after: _Visit) -> str:
    """Where a redirect leads, as far as that differs."""
    origins = [urlsplit(visit.url)[:2] for visit in (before, after)]
    if origins[0] == origins[1]:
        return "another path"
    next_scheme, next_host = origins[1]
    return clipped(f"{next_scheme}://{next_host}", _LONGEST_LEAD)


def _seen(exchange: Exchange, named: Callable[[Case], str]) -> _Visit:
    case = case_of(exchange)
    return _Visit(
        method=exchange.request.method,
        url=shown_url(exchange, case.secrets),
        sent=exchange.request.values(b"authorization"),
        has=bool(case.credentials),
        credential=_credential(case, named),
        reply=str(case.status or "no answer"),
        result=Result.ACCEPTED if 200 <= case.status < 300 else Result.REFUSED if case.status else Result.LOST,
    )


def _credential(case: Case, named: Callable[[Case], str]) -> str:
    return ", ".join(_parts(case, named(case)))


def _parts(case: Case, label: str) -> Iterator[str]:
    word = (scheme_of(case.credential) or b"").lower() if case.credential else b""
    if word in {b"basic", b"bearer"}:
        yield word.decode("ascii").capitalize()
    if label:
        yield label
