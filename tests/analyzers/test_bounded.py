"""A map of fixed size: it forgets what was used longest ago, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from analyzers.bounded import Bounded


def test_what_was_used_longest_ago_is_forgotten() -> None:
    table: Bounded[str, int] = Bounded(2)
    table.put("a", 1)
    table.put("b", 2)
    assert table.get("a") == 1
    table.put("c", 3)
    assert (table.get("a"), table.get("b"), table.get("c"), len(table)) == (1, None, 3, 2)


def test_a_new_value_counts_as_use() -> None:
    table: Bounded[str, int] = Bounded(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        table.put(key, value)
    assert (table.get("a"), "b" in table, table.get("c")) == (3, False, 4)


def test_a_look_without_asking_is_no_use() -> None:
    table: Bounded[str, int] = Bounded(2)
    table.put("a", 1)
    table.put("b", 2)
    assert "a" in table
    assert "c" not in table
    table.put("c", 3)
    assert "a" not in table


def test_what_is_taken_out_is_gone() -> None:
    table: Bounded[str, int] = Bounded(2)
    table.put("a", 1)
    assert table.pop("a") == 1
    assert table.pop("a") is None
    assert (len(table), "a" in table) == (0, False)


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 8)), max_size=40))
def test_it_behaves_as_a_list_of_uses(size: int, steps: list[tuple[bool, int]]) -> None:
    table: Bounded[int, int] = Bounded(size)
    uses: list[int] = []
    for writes, key in steps:
        known = key in uses
        if writes:
            table.put(key, -key)
        else:
            assert table.get(key) == (-key if known else None)
        if writes or known:
            uses = [*(one for one in uses if one != key), key][-size:]
        assert len(table) == len(uses)
    assert all(key in table for key in uses)
