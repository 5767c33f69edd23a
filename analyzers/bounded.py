"""A map of fixed size: memory stays flat however long a capture runs."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A map that forgets what was used longest ago."""

    __slots__ = ("_items", "_size")

    def __init__(self, size: int) -> None:
        """`size` is the number of entries kept, at least 1."""
        self._items: OrderedDict[K, V] = OrderedDict()
        self._size = size

    def get(self, key: K) -> V | None:
        """The value of `key`, now the most recently used, or None."""
        if key in self._items:
            self._items.move_to_end(key)
            return self._items[key]
        return None

    def __contains__(self, key: K) -> bool:
        return key in self._items

    def put(self, key: K, value: V) -> None:
        """Keep `value`; forgets the oldest entry when full."""
        self._items[key] = value
        self._items.move_to_end(key)
        if len(self._items) > self._size:
            del self._items[next(iter(self._items))]

    def pop(self, key: K) -> V | None:
        """Remove and give the value of `key`, or None."""
        return self._items.pop(key, None)

    def __len__(self) -> int:
        return len(self._items)
