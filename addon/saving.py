"""What mitmproxy's own -w and hardump write, which is every credential as it was: for its owner alone, and at once.

mitmproxy makes these files as it makes any other, for everybody to read where the umask says nothing else, and before
version 12 keeps the last flows in memory, which are lost when it is killed.
"""

import os
import stat
from contextlib import suppress
from typing import Any, Final

from mitmproxy import ctx, flow

OPTIONS: Final = frozenset({"save_stream_file", "hardump"})
"""Options that make mitmproxy write flows."""
_PRIVATE: Final = 0o077
_MARK: Final = "why20003_flushes"


def guard() -> None:
    """Once one of the options is set: what is written from now on is private and complete at any moment."""
    if not any(getattr(ctx.options, name, None) for name in OPTIONS):
        return
    os.umask(_PRIVATE)  # for the rest of the run: each rotation of -w opens a new file
    save: Any = ctx.master.addons.get("save")
    if save is None:
        return
    _make_private(save)
    _flush_each(save)


def _make_private(save: Any) -> None:  # noqa: ANN401 - mitmproxy's addon
    """The file that was opened before: no flow is in it yet."""
    with suppress(AttributeError, OSError, ValueError):
        opened = save.stream.fo.fileno()
        if stat.S_ISREG(os.fstat(opened).st_mode):
            os.fchmod(opened, 0o600)


def _flush_each(save: Any) -> None:  # noqa: ANN401 - mitmproxy's addon
    write = getattr(save, "save_flow", None)
    if write is None or hasattr(write, _MARK):
        return

    def save_flow(one: flow.Flow) -> None:
        write(one)
        with suppress(AttributeError, OSError):  # a full disk shows with the next flow; then mitmproxy ends itself
            save.stream.fo.flush()

    setattr(save_flow, _MARK, True)
    save.save_flow = save_flow


__all__ = ["OPTIONS", "guard"]
