"""Frozen dataclasses at the price of others.

To make one costs three times as much as to make a dataclass that may be changed, since each field is set by way of a
method that refuses; a refusal makes dozens of them. Measured with bench/reading.py: 9 % of the time for distinct
refusals, and 26 ms of the start, which makes the classes. That nobody assigns is what mypy sees to.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(made: type | None = None, /, *, frozen: bool = False, **options: Any) -> Any:  # noqa: ANN401 - a class
        """As `dataclasses.dataclass`; a `frozen` one can be hashed all the same."""
        return dataclasses.dataclass(made, **options, unsafe_hash=frozen and options.get("eq", True))


__all__ = ["dataclass"]
