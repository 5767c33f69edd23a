"""Which tests run which lines of the analyzers, and how long each test takes."""

import functools
import gc
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import settings

# Left out: it feeds everything to everything and asserts little but that nothing raises.
LEFT_OUT = "tests/analyzers/test_absurd_input.py"

_SLOW = 1.0  # seconds; a test above is left out, hundreds of mutants would each run it


@dataclass(slots=True)
class Reach:
    """The tests by module and line, and the seconds that each takes."""

    tests: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]
    failed: list[str] = field(default_factory=list)


def arguments(tests: Sequence[str] = ()) -> list[str]:
    """What pytest is called with: no plain run may differ from the one under a mutant."""
    quick = ["-q", "--tb=no", "--no-summary", "--assert=plain", "--capture=sys", "-p", "no:cacheprovider"]
    return [*(tests or ["tests/analyzers"]), f"--ignore={LEFT_OUT}", "--continue-on-collection-errors", *quick]


def reach(root: Path, tests: Sequence[str] = ()) -> Reach:
    """Runs the tests once and looks."""
    plugin = _Watcher(root)
    pytest.main(arguments(tests), plugins=[plugin])
    if not plugin.seconds:
        raise RuntimeError("no test ran")
    data = plugin.coverage.get_data()
    fast = {test for test, seconds in plugin.seconds.items() if seconds <= _SLOW} - plugin.failed
    tests = {
        str(Path(file).relative_to(root)): {
            line: [test for test in tests if test in fast] for line, tests in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    return Reach(tests, plugin.seconds, sorted(plugin.failed))


def few_examples() -> None:
    """Makes hypothesis quick and the same every time."""
    settings.register_profile("mutants", max_examples=20, derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")


def caches() -> list[Callable[[], None]]:
    """What forgets all that is remembered for the analyzers: a mutant is not to be answered from before it was one."""
    from analyzers.recent import Answers  # noqa: PLC0415 - not before the copy is there whose analyzers are changed

    kind = type(functools.lru_cache(lambda: None))
    gc.unfreeze()  # what a test has frozen would not be among them
    objects = gc.get_objects()
    kept: list[Any] = [each for each in objects if isinstance(each, kind) and _is_ours(each)]
    recent = [each for each in objects if isinstance(each, Answers) and _is_ours(each.function)]
    return [*(each.cache_clear for each in kept), *(each.clear for each in recent)]


def _is_ours(function: object) -> bool:
    return str(getattr(function, "__module__", "")).startswith("analyzers")


class _Watcher:
    def __init__(self, root: Path) -> None:
        self.coverage = Coverage(data_file=None, config_file=False, include=[f"{root}/analyzers/*"])
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._caches: list[Callable[[], None]] = []

    def pytest_configure(self) -> None:
        few_examples()

    def pytest_collection_finish(self) -> None:
        self._caches = caches()
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        for forget in self._caches:
            forget()
        self.coverage.switch_context(item.nodeid)
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - start
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
