"""The program itself: found as a shell finds it, started with the launcher's own files and signals, and waited for."""

import errno
import os
import signal
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_BY_SIGNAL = 128
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_FROM_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
# Python ignores these two; a program starts with their defaults.
_RESET = (signal.SIGPIPE, signal.SIGXFSZ)
_SECOND_LOOK = 0.25
_LOOK_SECONDS = 0.02
_SHELL = "/bin/sh"


class CannotRun(ValueError):
    """CMD cannot be started; the text is one line, `code` the exit code that a shell would give."""

    def __init__(self, says: str, code: int) -> None:
        super().__init__(says)
        self.code = code


def find(command: str, environment: Mapping[str, str]) -> str:
    """The file that `command` names, along PATH. Raises CannotRun."""
    if not command:
        raise CannotRun("CMD is empty", NOT_FOUND)
    if "/" in command:
        return _usable(command, command)
    found = ""
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or ".", command)  # noqa: PTH118 - "./x" must stay "./x"
        if os.path.isfile(path):  # noqa: PTH113 - a text
            if os.access(path, os.X_OK):
                return path
            found = found or path
    if found:
        return _usable(found, command)
    raise CannotRun(f"{command}: command not found", NOT_FOUND)


def _usable(path: str, shown: str) -> str:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a text
    except OSError as error:
        raise CannotRun(f"{shown}: {_reason(error)}", _code(error)) from None
    if stat.S_ISDIR(mode):
        raise CannotRun(f"{shown}: is a folder", NOT_EXECUTABLE)
    if not os.access(path, os.X_OK):
        raise CannotRun(f"{shown}: permission denied; it is not executable", NOT_EXECUTABLE)
    return path


def _reason(error: OSError) -> str:
    return "no such file" if error.errno == errno.ENOENT else (error.strerror or type(error).__name__).lower()


def _code(error: OSError) -> int:
    return NOT_FOUND if error.errno in {errno.ENOENT, errno.ENOTDIR} else NOT_EXECUTABLE


class Child:
    """A running program. Signals that come to the launcher reach it; Ctrl-C it gets from the terminal itself."""

    def __init__(self, path: str, command: Sequence[str], environment: Mapping[str, str], signals: "Signals") -> None:
        """Start `path`, with `signals` held. Raises CannotRun."""
        self._signals = signals
        self.interrupted = False
        """Whether Ctrl-C was pressed, or a signal asked for the end."""
        try:
            self.pid = _spawned(path, command, environment, signals)
        except OSError as error:
            if error.errno != errno.ENOEXEC or _is_binary(path):
                raise CannotRun(f"{command[0]}: {_reason(error)}", _code(error)) from None
            # Without a line that names its interpreter it is one of the shell's own.
            self.pid = _spawned(_SHELL, [_SHELL, path, *command[1:]], environment, signals)

    def wait(self) -> int:
        """Wait for its end; the exit code as a shell gives it, 128 and the number for a signal."""
        while True:
            number, sender = self._signals.next()
            if number == signal.SIGCHLD:
                code = self._ended()
                if code is not None:
                    return code
            elif number in _FROM_THE_TERMINAL:
                self.interrupted = True
                if sender:  # sent to us by a process, perhaps to the whole group, which has it then
                    time.sleep(_SECOND_LOOK)
                    self._pass_on(number)
            else:
                self.interrupted = self.interrupted or number in {signal.SIGTERM, signal.SIGHUP}
                self._pass_on(number)

    def _ended(self) -> int | None:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else _BY_SIGNAL - code

    def _pass_on(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)


class Signals:
    """Holds back the signals that concern the program, from `hold` to `release`. Those ignored stay ignored."""

    def __init__(self) -> None:
        self.before: set[int] = set()
        """The mask that the program starts with."""
        self._awaited: set[signal.Signals] = set()
        self._wait: Callable[..., object] = getattr(signal, "sigwaitinfo", signal.sigwait)

    def hold(self) -> None:
        """From now on a signal waits until `next` takes it; also for threads that are started later."""
        known = {*_FROM_THE_TERMINAL, *_PASSED_ON}
        self._awaited = {one for one in known if signal.getsignal(one) != signal.SIG_IGN} | {signal.SIGCHLD}
        # A signal that is ignored by default is not kept on every system while it is blocked.
        signal.signal(signal.SIGCHLD, _nothing)
        self.before = {int(one) for one in signal.pthread_sigmask(signal.SIG_BLOCK, self._awaited)}

    def next(self) -> tuple[int, int]:
        """The next signal and the process that sent it: 0 for the terminal, or where that cannot be known."""
        came = self._wait(self._awaited)
        if isinstance(came, int):
            return came, 0
        number, code, sender = (getattr(came, name) for name in ("si_signo", "si_code", "si_pid"))
        return number, sender if code <= 0 else 0

    def ask_for_end(self, seconds: float) -> bool:
        """Whether one that asks for the end comes within so many seconds."""
        asking = self._awaited & {*_FROM_THE_TERMINAL, signal.SIGTERM, signal.SIGHUP}
        deadline = time.monotonic() + seconds
        while not asking & signal.sigpending():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def release(self) -> None:
        """Take signals as before; those that came after the program's end no longer matter."""
        if self._awaited:
            while signal.sigpending() & self._awaited:
                signal.sigwait(self._awaited)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, self.before)
            self._awaited = set()


def _nothing(_number: int, _frame: object) -> None:
    pass


def _spawned(path: str, command: Sequence[str], environment: Mapping[str, str], signals: Signals) -> int:
    """Start it with all files that we inherited ourselves; ours are closed when it starts."""
    return os.posix_spawn(path, [*command], environment, setsigmask=signals.before, setsigdef=_RESET)


def _is_binary(path: str) -> bool:
    try:
        return b"\0" in Path(path).read_bytes()[:128]
    except OSError:
        return True
