"""What a drawing is made of. Coordinates are in CSS pixels at full size; looks are classes of the style sheet."""

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Literal, TypeAlias

from analyzers.frozen import dataclass

Anchor: TypeAlias = Literal["start", "middle", "end"]

MONO = 0.61
"""Width of a character of a monospaced font, in parts of its size."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line."""

    form: ClassVar[str] = "text"
    x: float
    y: float
    text: str
    look: str
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    form: ClassVar[str] = "line"
    x1: float
    y1: float
    x2: float
    y2: float
    look: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with round corners."""

    form: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float
    look: str
    radius: float = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle."""

    form: ClassVar[str] = "dot"
    x: float
    y: float
    radius: float
    look: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A path, in the words of SVG."""

    form: ClassVar[str] = "trace"
    path: str
    look: str


Shape: TypeAlias = Text | Line | Box | Dot | Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing for one width of the page."""

    width: int
    height: int
    shapes: Sequence[Shape] = field(repr=False)
    look: str = ""
    """For which pages: ``wide`` or ``narrow``."""


def broken(text: str, width: int, most: int = 2) -> list[str]:
    """`text` in at most `most` lines of `width` characters, broken behind a dot, a dash or a blank if one is near."""
    lines: list[str] = []
    while text and len(lines) < most:
        if len(text) <= width:
            lines.append(text)
            return lines
        if len(lines) == most - 1:
            break
        at = max((text.rfind(mark, 1, width) + 1 for mark in ". -"), default=0)
        at = at if at >= width // 3 else width
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    if text:
        lines.append(f"{text[: width - 1]}…")
    return lines
