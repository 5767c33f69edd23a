"""Reports to look at: of samples, redacted as a bundle would have them, and of exchanges made on the spot."""

from collections.abc import Iterable, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from analyzers.capture import diagnose_all
from analyzers.contract import merged
from analyzers.exchange import Exchange
from recordings.opening import open_recording
from recordings.redact import redacted
from why20003.report import CheckItem, Facts, Recorded, report

FOLDER = Path(__file__).resolve().parent.parent / "recordings" / "samples"
MADE_AT = 1795240000.0
CHECKLIST = (
    CheckItem(name="UTC times", present=True, detail="2 of 2 exchanges"),
    CheckItem(name="Skew against Twilio's Date", present=True, detail="0.4 s"),
    CheckItem(name="Host, region and edge", present=True, detail="api.twilio.com, us1"),
    CheckItem(name="TLS issuer and version", present=False, detail="the recording does not say"),
)
VERSIONS = (("why20003", "0"), ("mitmproxy", "0"))


def recorded(
    exchanges: Sequence[Exchange],
    *,
    name: str = "a.mitm",
    told: bool = True,
    proxy: str = "mitmproxy",
    complaints: Sequence[str] = (),
) -> Recorded:
    """A recording of `exchanges`; without `told` the report gets the diagnoses alone."""
    diagnoses = [result.diagnosis for result in diagnose_all(exchanges, b"key") if result.diagnosis]
    return Recorded(
        name=name,
        heading=f"{len(exchanges)} exchanges, {len(diagnoses)} refused",
        diagnoses=[(diagnosis, tuple(places)) for diagnosis, places in merged(diagnoses)],
        exchanges=[*enumerate(exchanges)] if told else None,
        proxy=proxy,
        complaints=complaints,
    )


@cache
def sample(name: str, *, told: bool = True) -> Recorded:
    """A sample, redacted."""
    return recorded(redacted(open_recording(FOLDER / f"{name}.mitm").exchanges, b"k" * 32), name=name, told=told)


def facts(*recordings: Recorded, note: str = "", checklist: Iterable[CheckItem] = CHECKLIST) -> Facts:
    """What a bundle would have told."""
    return Facts(recordings=recordings, note=note, checklist=tuple(checklist), versions=VERSIONS, made_at=MADE_AT)


def page(*recordings: Recorded, note: str = "") -> str:
    """The whole page."""
    return "".join(report(facts(*recordings, note=note)))


def page_of(*exchanges: Exchange, proxy: str = "mitmproxy") -> str:
    """The whole page of exchanges."""
    return page(recorded(exchanges, proxy=proxy))


class Read(HTMLParser):
    """A page as a parser sees it: tags, and the words outside style and script."""

    VOID = frozenset({"meta", "link", "br", "rect", "line", "circle", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"{tag} is left open" for tag in self._open]
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"{tag} is closed out of order")

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.words += data

    def having(self, tag: str, look: str = "") -> list[dict[str, str | None]]:
        """The attributes of each `tag` of the class `look`."""
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and (not look or look in (attrs.get("class") or "").split())
        ]
