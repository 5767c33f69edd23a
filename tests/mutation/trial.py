"""Runs the tests against each mutant: a process with all tests collected forks, and the child becomes the mutant."""

import contextlib
import gc
import os
import resource
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol
from mutation.changes import Mutant
from mutation.reach import Reach, arguments, caches, few_examples

KILLED, SURVIVED, ENDLESS, UNREACHED = "killed", "survived", "endless", "unreached"

Changed = Iterable[tuple[FunctionType, CodeType]]

_MEMORY = 4 << 30  # bytes; a mutant that only grows dies of it
_PATIENCE = (2.0, 10)  # seconds of computing for a test: at least, and times what it takes without a mutant


def try_out(module: str, mutants: Sequence[Mutant], reach: Reach, jobs: int, tests: Sequence[str] = ()) -> list[str]:
    """What becomes of each mutant of `module`, in their order."""
    plugin = _Trial(module, mutants, reach, jobs)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main(arguments(tests), plugins=[plugin])
    return [plugin.fates[index] for index in range(len(mutants))]


class _Trial:
    def __init__(self, module: str, mutants: Sequence[Mutant], reach: Reach, jobs: int) -> None:
        self.fates: dict[int, str] = {}
        self._module, self._mutants, self._reach, self._jobs = module, mutants, reach, jobs
        self._own = f"test_{Path(module).stem}.py::"

    def pytest_configure(self) -> None:
        few_examples()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        tests = {index: self._tests(mutant, items) for index, mutant in enumerate(self._mutants)}
        everything = {test: items[test] for tests in tests.values() for test in tests}
        self._drop_unreliable(list(everything), items, tests)
        functions = _functions(Path(self._module).resolve())
        remembered = caches()
        gc.freeze()  # so that the children share the memory

        running: dict[int, int] = {}
        for index, mutant in enumerate(self._mutants):
            changed = list(_new_code(mutant, functions))
            if not (tests[index] and changed):
                self.fates[index] = UNREACHED
                continue
            while len(running) >= self._jobs:
                self._wait(running)
            chosen = [items[test] for test in tests[index]]
            running[_fork(partial(self._child, changed, remembered, chosen))] = index
        while running:
            self._wait(running)
        return True

    def _tests(self, mutant: Mutant, items: Mapping[str, pytest.Item]) -> list[str]:
        """Those that run a line of the change; first the tests of this very module, then the quick ones."""
        by_line = self._reach.tests.get(self._module, {})
        tests = {test for line in mutant.lines for test in by_line.get(line, ()) if test in items}
        return sorted(tests, key=lambda test: (self._own not in test, self._reach.seconds[test], test))

    def _drop_unreliable(self, ids: list[str], items: Mapping[str, pytest.Item], tests: dict[int, list[str]]) -> None:
        """Without any mutant all must pass in a child; what does not is of no use."""
        read, write = os.pipe()

        def control() -> int:
            failed = [str(number) for number, test in enumerate(ids) if not _passes([items[test]])]
            os.write(write, " ".join(failed)[:60_000].encode())
            return 0

        os.waitpid(_fork(control), 0)
        os.close(write)
        with os.fdopen(read) as answer:
            failed = {ids[int(number)] for number in answer.read().split()}
        if failed:
            print(f"{self._module}: {len(failed)} tests fail in a child: {sorted(failed)[:3]}", file=sys.stderr)
        for index, chosen in tests.items():
            tests[index] = [test for test in chosen if test not in failed]

    def _child(self, changed: Changed, remembered: Sequence[Callable[[], None]], items: Sequence[pytest.Item]) -> int:
        for function, code in changed:
            function.__code__ = code
        for forget in remembered:
            forget()
        least, times = _PATIENCE
        patience = [max(least, times * self._reach.seconds[item.nodeid]) for item in items]
        return 0 if _passes(items, patience) else 1

    def _wait(self, running: dict[int, int]) -> None:
        pid, status = os.wait()
        index = running.pop(pid)
        endless = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        self.fates[index] = ENDLESS if endless else KILLED if status else SURVIVED


def _fork(work: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        status = work()
    finally:
        os._exit(status)


def _passes(items: Sequence[pytest.Item], patience: Iterable[float] = ()) -> bool:
    following = [*items[1:], None]
    for item, after, seconds in zip(items, following, [*patience] or [60.0] * len(items), strict=True):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        if any(report.failed for report in runtestprotocol(item, nextitem=after, log=False)):
            return False
    return True


def _functions(file: Path) -> Mapping[tuple[str, int], list[FunctionType]]:
    """The functions of `file` that live, however decorated, by name and line."""
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(file):
            found[each.__code__.co_qualname, each.__code__.co_firstlineno].append(each)
    return found


def _new_code(mutant: Mutant, functions: Mapping[tuple[str, int], list[FunctionType]]) -> Changed:
    """The live functions of the mutant, each with the code that makes it one."""
    for code in _codes(compile(mutant.source, "mutant", "exec", dont_inherit=True)):
        if code.co_qualname == mutant.function:
            for function in functions.get((code.co_qualname, code.co_firstlineno), ()):
                yield function, code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)
