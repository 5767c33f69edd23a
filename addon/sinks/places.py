"""The places of ``why20003_events``: a file, standard output, a socket of a collector on this machine.

A line is written in one call, so that a program that is killed leaves whole lines.
"""

import contextlib
import errno
import os
import socket
import stat
import sys
from typing import Final

from addon.sinks.courier import Place, Undelivered

STANDARD_OUTPUT: Final = "-"
UNIX: Final = "unix:"
_SEND_SECONDS: Final = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0
# struct sockaddr_un: 108 bytes on Linux, 104 on macOS, with a zero at the end
_LONGEST_PATH: Final = 103


def place_of(value: str, *, may_print: bool) -> Place:
    """What the option's value names. ValueError or OSError where it names nothing that can be written to.

    `may_print` is whether standard output is ours to write to.
    """
    if value == STANDARD_OUTPUT:
        if not may_print:
            raise ValueError("- is standard output, which only mitmdump leaves free; give a file or unix:PATH")
        return Stream(os.dup(sys.stdout.fileno()))
    if value.startswith(UNIX):
        return Socket(os.path.expanduser(value.removeprefix(UNIX)))  # noqa: PTH111 - as given, for os.open
    return File(os.path.expanduser(value))  # noqa: PTH111 - as above


class Stream:
    """An open file descriptor, such as standard output."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is closed with it."""
        self._file = descriptor

    def deliver(self, line: bytes) -> None:
        try:
            _write(self._file, line)
        except OSError as error:
            raise Undelivered(error.strerror or "") from None

    def close(self) -> None:
        os.close(self._file)


class File:
    """A file that its owner alone can read, appended to. One that was moved away is opened anew under its old name."""

    def __init__(self, path: str) -> None:
        """OSError where it cannot be opened."""
        self._path = path
        self._file = _opened(path)
        self._is_cut = _is_cut(self._file)

    def deliver(self, line: bytes) -> None:
        try:
            self._follow()
            begin = os.fstat(self._file).st_size
            text = b"\n" + line if self._is_cut else line
            try:
                _write(self._file, text)
            except OSError:
                self._is_cut = not self._take_back(begin, len(text))
                raise
            self._is_cut = False
        except OSError as error:
            raise Undelivered(error.strerror or "") from None

    def close(self) -> None:
        os.close(self._file)

    def _follow(self) -> None:
        """After a rotation of logs the name means another file, or none."""
        try:
            named = os.stat(self._path)  # noqa: PTH116 - as os.open has it
        except FileNotFoundError:
            named = None
        if named is None or not os.path.samestat(named, os.fstat(self._file)):
            new = _opened(self._path)
            os.close(self._file)
            self._file, self._is_cut = new, _is_cut(new)

    def _take_back(self, begin: int, most: int) -> bool:
        """Take half a line off again; not where somebody else has written behind it."""
        status = os.fstat(self._file)
        if status.st_size == begin:
            return True
        if not stat.S_ISREG(status.st_mode) or not begin < status.st_size < begin + most:
            return False
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, begin)
            return True
        return False


class Socket:
    """A socket of a collector that listens on this machine: a stream, or datagrams of one line each.

    Without a listener lines wait, and are sent once there is one.
    """

    def __init__(self, path: str) -> None:
        """ValueError for a path that no socket can have."""
        if not path or "\0" in path or len(os.fsencode(path)) > _LONGEST_PATH:
            raise ValueError(f"unix: wants the path of a socket, of {_LONGEST_PATH} bytes at most")
        self._path = path
        self._socket: socket.socket | None = None
        self._pause = _FIRST_PAUSE

    def deliver(self, line: bytes) -> None:
        try:
            connected = self._connected()
            connected.sendall(line)
        except OSError as error:
            self.close()
            if error.errno == errno.EMSGSIZE:
                raise Undelivered("it is too long for a datagram") from None
            pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
            why = "the listener does not read" if isinstance(error, TimeoutError) else error.strerror or ""
            raise Undelivered(why, again=pause) from None
        self._pause = _FIRST_PAUSE

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            try:
                self._socket = _connection(self._path, socket.SOCK_STREAM)
            except OSError as error:
                if error.errno != errno.EPROTOTYPE:
                    raise
                self._socket = _connection(self._path, socket.SOCK_DGRAM)
        return self._socket


def _connection(path: str, kind: socket.SocketKind) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, kind)
    try:
        made.settimeout(_SEND_SECONDS)
        made.connect(path)
    except OSError:
        made.close()
        raise
    return made


def _opened(path: str) -> int:
    # O_NONBLOCK: whatever it is, a named pipe that nobody reads or a device, it does not hold up whoever opens it.
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        if stat.S_ISREG(os.fstat(opened).st_mode):
            os.fchmod(opened, 0o600)
        else:
            os.set_blocking(opened, True)
    except OSError:
        os.close(opened)
        raise
    return opened


def _is_cut(file: int) -> bool:
    """Whether the last line has no end, which a program that was killed may have left."""
    status = os.fstat(file)
    return stat.S_ISREG(status.st_mode) and status.st_size > 0 and os.pread(file, 1, status.st_size - 1) != b"\n"


def _write(file: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(file, rest) :]
