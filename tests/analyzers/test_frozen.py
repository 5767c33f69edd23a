"""Frozen dataclasses that cost no more than others are what Python's own are, but for who sees to it."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzers import frozen

OWN = {"a": int, "b": bytes, "c": tuple}


def made(decorator: Any, **options: Any) -> Any:  # noqa: ANN401 - a class of either kind
    fields = {
        "__annotations__": OWN,
        "b": dataclasses.field(default=b"", repr=False),
        "c": dataclasses.field(default=(), compare=False),
    }
    return decorator(frozen=True, slots=True, **options)(type("Made", (), fields))


@pytest.mark.parametrize("options", [{}, {"kw_only": True}, {"repr": False}, {"order": True}], ids=str)
def test_it_is_as_one_of_pythons_own(options: dict[str, bool]) -> None:
    ours, pythons = made(frozen.dataclass, **options), made(dataclasses.dataclass, **options)
    one, same, other = (ours(a=1, b=b"x", c=(1,)), ours(a=1, b=b"x"), ours(a=2, b=b"x"))
    theirs = pythons(a=1, b=b"x", c=(1,))
    assert (one == same, one == other, one == theirs) == (True, False, False)
    assert hash(one) == hash(same) == hash(theirs) != hash(other)
    assert options.get("repr") is False or repr(one) == repr(theirs) == "Made(a=1, c=(1,))"
    assert dataclasses.replace(one, a=2) == other
    assert ours.__match_args__ == pythons.__match_args__
    assert not hasattr(one, "__dict__")
    assert not options.get("order") or one < other


def test_without_equality_it_is_hashed_by_identity() -> None:
    ours = made(frozen.dataclass, eq=False)
    one = ours(1)
    assert one != ours(1)
    assert hash(one) == object.__hash__(one)


def test_one_that_may_be_changed_is_not_hashed() -> None:
    @frozen.dataclass
    class Changing:
        a: int = 0

    one = Changing()
    one.a = 2
    assert one == Changing(2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


ASSIGNING = """
from analyzers.exchange import Response
Response(status=200, headers=()).status = 401
"""


def test_mypy_sees_an_assignment(tmp_path: Path) -> None:
    script = tmp_path / "assigning.py"
    script.write_text(ASSIGNING)
    root = Path(frozen.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'error: Property "status" defined in "Response" is read-only' in done.stdout
