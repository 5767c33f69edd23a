"""Before and after, side by side, as text and as JSON."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analyzers.card import escaped
from analyzers.case import case_of
from analyzers.contract import Json, diagnosis_json
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from analyzers.urls import shown_url
from why20003.replay.choosing import Chosen

SCHEMA = "why20003-replay/1"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A request that was sent again."""

    chosen: Chosen
    after: Exchange
    diagnosis: Diagnosis | None
    """What is wrong with it now; None when it was not refused."""


def show(console: Console, replays: Sequence[Replayed], skipped: Sequence[tuple[Chosen, str]]) -> None:
    """A table for each request that was sent; then what was not sent, and why."""
    for one in replays:
        console.print(Text(heading(one.chosen), style="bold"), soft_wrap=True)
        table = Table(box=None, pad_edge=False, show_header=True, padding=(0, 3, 0, 0))
        table.add_column("")
        table.add_column("before", overflow="fold", ratio=1)
        table.add_column("after", overflow="fold", ratio=1)
        before, after = one.chosen.before, one.diagnosis
        table.add_row("answer", _answer(one.chosen.exchange, before), _answer(one.after, after))
        table.add_row("why", _why(before), _why(after))
        table.add_row("", _says(before), _says(after))
        console.print(table)
        console.print(_verdict(one), style="green" if after is None and one.after.response else "yellow")
        console.print()
    for chosen, why in skipped:
        console.print(Text(f"not sent: {heading(chosen)}: {why}", style="dim"), soft_wrap=True)


def document(replays: Sequence[Replayed], skipped: Sequence[tuple[Chosen, str]]) -> dict[str, Json]:
    """``why20003-replay/1``: each request with its diagnosis before and after, null where it was not refused."""
    sent: list[Json] = [
        {
            "path": one.chosen.recording,
            "index": one.chosen.place,
            "status": {"before": _status(one.chosen.exchange), "after": _status(one.after)},
            "error": one.after.error,
            "before": None if one.chosen.before is None else diagnosis_json(one.chosen.before, recording=0),
            "after": None if one.diagnosis is None else diagnosis_json(one.diagnosis, recording=0),
        }
        for one in replays
    ]
    kept: list[Json] = [{"path": chosen.recording, "index": chosen.place, "says": why} for chosen, why in skipped]
    return {"schema": SCHEMA, "replays": sent, "not_sent": kept}


def heading(chosen: Chosen) -> str:
    """``GET https://api.twilio.com/... (entry 4 of FILE)`` with every secret masked."""
    case = case_of(chosen.exchange)
    method = scrub(chosen.exchange.request.method[:20])
    return escaped(f"{method} {shown_url(chosen.exchange, case.secrets)} (entry {chosen.place} of {chosen.recording})")


def _answer(exchange: Exchange, diagnosis: Diagnosis | None) -> Text:
    if exchange.response is None:
        return Text(escaped(exchange.error or "") if diagnosis is None else "no answer", style="red")
    status = str(exchange.response.status)
    if diagnosis is None:
        return Text(status, style="green" if exchange.response.status < 400 else "")
    code = f" {diagnosis.code}" if diagnosis.code else ""
    return Text(f"{status}{code} {escaped(diagnosis.message)}".rstrip(), style="red")


def _why(diagnosis: Diagnosis | None) -> Text:
    if diagnosis is None:
        return Text("not refused", style="dim")
    top = diagnosis.top
    return Text(f"{top.cause} ({top.verdict.value})" if top else "unexplained")


def _says(diagnosis: Diagnosis | None) -> Text:
    return Text("" if diagnosis is None else escaped(diagnosis.says))


def _verdict(one: Replayed) -> str:
    if one.after.response is None:
        return "No answer came, so nothing is known of it now."
    before, now = one.chosen.before, one.diagnosis
    if now is None:
        return "Refused then, not refused now." if before is not None else "Not refused, then and now."
    if before is None:
        return "Not refused then, refused now."
    same = before.top and now.top and before.top.cause == now.top.cause
    return "Refused for the same reason." if same else "Refused again, for another reason."


def _status(exchange: Exchange) -> Json:
    return exchange.response.status if exchange.response else None
