"""A process that goes ahead through a large capture while this one still loads what judges it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from recordings.inputs import SNIFFED
from recordings.reading import Elsewhere
from why20003.sharing import Ahead, elsewhere, processors


@contextmanager
def sent_ahead(names: Sequence[str]) -> Iterator[Elsewhere]:
    """What to read the one file of `names` with; where that is a large capture, a process is on its way already.

    The process is ended with the context, whether it was asked for or not.
    """
    ahead = _begun(names[0]) if len(names) == 1 and processors() > 1 else None
    waiting = [] if ahead is None else [ahead]

    def take(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
        return waiting.pop().pieces() if waiting else elsewhere(make)

    try:
        yield take
    finally:
        if ahead is not None:
            ahead.close()


def _begun(name: str) -> Ahead | None:
    """What goes ahead through the file of this name; None where it would not help, or the file cannot be read."""
    path = Path(name)
    with suppress(OSError, ValueError):
        if not path.is_file():  # a pipe is opened once, by who reads it
            return None
        with path.open("rb") as file:
            start = file.read(SNIFFED)
            if not start[:1].isdigit():
                return None
            from recordings.mitm import MitmFile, sniff  # only what may be a capture waits for that

            if sniff(start):
                file.seek(0)
                capture = MitmFile(file)
                return Ahead(capture.scouted) if capture.is_long else None
    return None
