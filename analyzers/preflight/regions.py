"""Region and edge: whether the host that libraries build of them exists. docs/facts.md 3.2 and 3.3."""

import re
from collections.abc import Iterator, Sequence

from analyzers.placeholders import is_placeholder
from analyzers.preflight.login import EDGES, PRIVATE_EDGE, login_of
from analyzers.preflight.remarks import Remark, Severity, spot, spots, winner
from analyzers.setting import Reader, Setting
from analyzers.twilio import DEAD_REGIONS, LEGACY_REGIONS, PROCESSING_REGIONS, REGIONS, core_of
from analyzers.variable_names import EDGE, NOT_READING, REGION

_NEAREST = {"ie1": "dublin", "au1": "sydney"}
_LABEL = re.compile(r"[a-z0-9-]{1,40}")


def regions(settings: Sequence[Setting]) -> Iterator[Remark]:
    """What is wrong with region and edge of the environment, and with those of each profile of the CLI."""
    region, edge = winner(settings, REGION), winner(settings, EDGE)
    yield from _of(region, edge)
    if region or edge:
        login = login_of(settings)
        if (
            region
            and login
            and region.value not in {b"", b"us1"}
            and region.value.decode("latin-1") in PROCESSING_REGIONS
        ):
            says = f"Credentials belong to one region: these have to be made in {region.value.decode()}"
            yield Remark(Severity.NOTE, "region-mismatch", says, spots((region, login.secret)))
        libraries = " and ".join(NOT_READING)
        says = (
            f"{libraries} do not read {' and '.join(one.name for one in (region, edge) if one)}: set it in the program"
        )
        yield Remark(Severity.NOTE, "not-read", says, spots(one for one in (region, edge) if one))
    for origin in dict.fromkeys(one.origin for one in settings if one.reader is Reader.CLI):
        own = {one.name: one for one in settings if one.origin == origin}
        for remark in _of(own.get("region"), own.get("edge")):
            yield Remark(Severity.DOUBT, remark.slug, remark.says, remark.spots, remark.fix)


def _of(region: Setting | None, edge: Setting | None) -> Iterator[Remark]:
    bad = [remark for one in (region, edge) if one is not None for remark in _label(one)]
    yield from bad
    if bad:
        return
    where, through = _text(region), _text(edge)
    if region is not None and where:
        yield from _region(region, where, through)
    if edge is not None and through:
        yield from _edge(edge, through, where)


def _region(region: Setting, where: str, through: str) -> Iterator[Remark]:
    if where in EDGES:
        says = f"{region.name} holds the name of an edge location ({where}), not of a region"
        fix = (f"Set {region.name} to us1, ie1 or au1, and {EDGE} to {where}",)
        yield Remark(Severity.PROBLEM, "dead-regional-host", says, (spot(region),), fix)
    elif where not in REGIONS:
        says = f"{region.name} holds no region that Twilio documents: us1, ie1 and au1 process requests"
        yield Remark(
            Severity.DOUBT, "dead-regional-host", says, (spot(region),), ("Look the region up in the Console",)
        )
    elif not through and where in DEAD_REGIONS:
        edge = _NEAREST.get(where, "")
        says = f"{region.name} without {EDGE} makes the host api.{where}.twilio.com, which ended on 2026-04-28"
        step = f"Set {EDGE} as well, for example to {edge}" if edge else f"Remove {region.name}: us1 served {where}"
        yield Remark(Severity.PROBLEM, "dead-regional-host", says, (spot(region),), (step,))
    elif where in LEGACY_REGIONS:
        says = (
            f"{region.name} holds {where}, an old name that only ever chose an edge: us1, ie1 and au1 process requests"
        )
        fix = (f"Set {region.name} to the region in which the credentials were made",)
        yield Remark(Severity.DOUBT, "dead-regional-host", says, (spot(region),), fix)


def _edge(edge: Setting, through: str, where: str) -> Iterator[Remark]:
    if through in REGIONS:
        says = f"{edge.name} holds the name of a region ({through}), not of an edge location"
        fix = (f"Set {REGION} to {through}, and {edge.name} to an edge such as {_NEAREST.get(through, 'ashburn')}",)
        yield Remark(Severity.PROBLEM, "dead-regional-host", says, (spot(edge),), fix)
    elif through not in EDGES and not PRIVATE_EDGE.fullmatch(through):
        says = f"{edge.name} holds no edge location that Twilio documents"
        fix = (f"The edges are {', '.join(sorted(EDGES))}",)
        yield Remark(Severity.DOUBT, "dead-regional-host", says, (spot(edge),), fix)
    elif not where:
        says = f"{edge.name} without {REGION} means us1: only credentials made there are accepted"
        yield Remark(Severity.NOTE, "region-mismatch", says, (spot(edge),))


def _label(setting: Setting) -> Iterator[Remark]:
    text = setting.value[:400]
    if not text or _LABEL.fullmatch(text.decode("latin-1")):
        return
    start, end = core_of(text)
    core = text[start:end].decode("latin-1")
    if is_placeholder(text):
        says = f"{setting.name} holds a placeholder that nobody replaced"
    elif end - start < len(text) and _LABEL.fullmatch(core):
        says = f"{setting.name} has blanks, quotes or a line end around its value, which become part of the host name"
    elif _LABEL.fullmatch(core.lower()):
        return  # host names know no capitals: RFC 1035 2.3.3
    else:
        says = f"{setting.name} holds what can be no part of a host name"
    yield Remark(
        Severity.PROBLEM, "dead-regional-host", says, (spot(setting),), (f"Correct {setting.name}, or unset it",)
    )


def _text(setting: Setting | None) -> str:
    return setting.value.decode("latin-1").lower() if setting else ""


__all__ = ["regions"]
