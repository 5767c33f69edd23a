"""Figures as tables, for the terminal and for Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BEGIN: Final = "<!-- what bench/proxy.py --markdown wrote: begin -->"
_END: Final = "<!-- what bench/proxy.py --markdown wrote: end -->"


@dataclass(frozen=True)
class Table:
    """Rows of texts below a title; all columns but the first hold figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        widths = [max(len(row[at]) for row in (self.columns, *self.rows)) for at in range(len(self.columns))]
        lines = [
            "  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(cells)).rstrip()
            for cells in (list(zip(row, widths, strict=True)) for row in (self.columns, *self.rows))
        ]
        return "\n".join([self.title, *(f"  {line}" for line in lines), ""])

    def markdown(self) -> str:
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        return "\n".join(
            [f"### {self.title}", "", *(f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))]
        )


def put_into(page: Path, versions: Sequence[str], tables: Sequence[Table]) -> None:
    """Replace what stands between the two marks of `page`."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{page} has not both marks: {_BEGIN} and {_END}")
    body = "\n\n".join(["\n".join(f"- {line}" for line in versions), *(table.markdown() for table in tables)])
    page.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def met(ismet: bool) -> str:  # noqa: FBT001 - one value, one word
    return "met" if ismet else "not met"
