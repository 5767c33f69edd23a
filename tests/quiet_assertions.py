"""What pytest says of two unequal objects, without what they keep out of their own repr.

Left alone it compares dataclasses member by member and shows all of them, and a test may be about a real recording.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """The reprs, and the names of the members that differ; None, which is pytest's own way, where nothing is hidden."""
    if op != "==" or type(left) is not type(right) or (not _hides(left) and not _hides(right)):
        return None
    return [f"{left!r} == {right!r}", f"These differ: {', '.join(_differing(left, right)) or 'none that are compared'}"]


def _members(each: Any) -> Iterator[tuple[str, Any, bool]]:  # noqa: ANN401 - any dataclass
    """Name, value, and whether it is hidden, of every member that is compared."""
    yield from ((one.name, getattr(each, one.name), not one.repr) for one in fields(each) if one.compare)


def _hides(each: object) -> bool:
    if not is_dataclass(each):
        return False
    return any(hidden or _hides(value) for _, value, hidden in _members(each))


def _differing(left: object, right: object) -> Iterator[str]:
    for (name, one, _), (_, other, _) in zip(_members(left), _members(right), strict=True):
        if one == other:
            continue
        if type(one) is type(other) and is_dataclass(one):
            yield from (f"{name}.{inner}" for inner in _differing(one, other))
        else:
            yield name
