"""The figures, for the terminal and for docs/accuracy.md. Nothing here depends on the machine or the day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from score.judging import Judged, Miss

KINDS = ("top-1", "wrong confirmed", "false accusation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One body of cases and what is asked of it."""

    name: str
    judged: tuple[Judged, ...]
    goal: float
    """Least share of right leading causes."""

    @property
    def positives(self) -> tuple[Judged, ...]:
        """Those in which a fault has to be found."""
        return tuple(one for one in self.judged if one.case.positive)

    @property
    def negatives(self) -> int:
        """How many must not be accused."""
        return sum(not one.case.positive and not one.case.undecided for one in self.judged)

    @property
    def right(self) -> int:
        """In how many the right cause leads, with the verdict that is earned."""
        return sum(one.right for one in self.positives)

    @property
    def share(self) -> float:
        """Top-1 accuracy; 1.0 of nothing."""
        return self.right / len(self.positives) if self.positives else 1.0

    def misses(self, kind: str) -> int:
        """How many misses of one kind."""
        return sum(one.count(kind) for one in self.judged)

    @property
    def reached(self) -> bool:
        """Whether it is as good as asked."""
        return self.share >= self.goal and not self.misses("wrong confirmed") and not self.misses("false accusation")


def together(parts: Iterable[Part]) -> Part:
    """All parts as one."""
    return Part(name="in all", judged=tuple(one for part in parts for one in part.judged), goal=0.0)


def totals(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """One line for each part and one for all, under a heading."""
    lines: list[tuple[str, ...]] = [
        ("part", "cases", "with a fault", "without", "top-1", "goal", "wrong confirmed", "false accusations")
    ]
    lines += [
        (
            part.name,
            str(len(part.judged)),
            str(len(part.positives)),
            str(part.negatives),
            f"{part.right}/{len(part.positives)} = {percent(part.share)}",
            percent(part.goal) if part.goal else "",
            str(part.misses("wrong confirmed")),
            str(part.misses("false accusation")),
        )
        for part in (*parts, together(parts))
    ]
    return lines


def percent(share: float) -> str:
    """Two digits behind the point, and never 100 where something is missing."""
    text = f"{100 * share:.2f} %"
    return "99.99 %" if text.startswith("100.00") and share < 1 else text


def by_cause(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """For each cause: right of all in each part, and the verdicts with which it led in all."""
    groups = sorted({one.case.group for part in parts for one in part.positives})
    lines = [("cause", *(part.name for part in parts), "confirmed", "likely", "possible", "another led")]
    for group in groups:
        of_group = [[one for one in part.positives if one.case.group == group] for part in parts]
        led = Counter(verdict for some in of_group for one in some for verdict in one.led)
        lines.append(
            (
                group,
                *(f"{sum(one.right for one in some)}/{len(some)}" if some else "" for some in of_group),
                *(str(led[verdict] or "") for verdict in ("confirmed", "likely", "possible", "other")),
            )
        )
    return lines


def without_fault(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """For each kind of faultless traffic: how many captures, exchanges and accusations."""
    rest = [one for part in parts for one in part.judged if not one.case.positive]
    lines: list[tuple[str, ...]] = [("kind", "captures", "exchanges", "false accusations", "wrong confirmed")]
    for group in sorted({one.case.group for one in rest}):
        some = [one for one in rest if one.case.group == group]
        lines.append(
            (
                group,
                str(len(some)),
                str(sum(len(one.case.exchanges) for one in some)),
                str(sum(one.count("false accusation") for one in some)),
                str(sum(one.count("wrong confirmed") for one in some)),
            )
        )
    return lines


def all_misses(parts: Sequence[Part]) -> list[Miss]:
    """Every miss, the worst kind first."""
    misses = [miss for part in parts for one in part.judged for miss in one.misses]
    return sorted(misses, key=lambda miss: (-KINDS.index(miss.kind), miss.case, miss.index, miss.wanted))


def plain(lines: Sequence[Sequence[str]]) -> str:
    """A table for a terminal."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join(rows)


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """The same for a document."""
    head, *rest = lines
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rest))
