"""Large answers that cannot be a refusal pass through as they come: a media file is neither held back nor kept whole.

Large is what is longer than what the analysis and the recording take of a body: 128 kB as sent, for 64 kB of content.
The rest would never be looked at. A body of unknown length counts as large, since it may be anything. The beginning is
kept while the body passes, so that what is judged and recorded is the same as without streaming. Only a 2xx passes like
this: a refusal gets its diagnosis written in.

mitmproxy holds every body itself, and some rely on that. Where bodies are replaced (modify_body, or a script that deals
with answers) nothing is streamed. Where they are shown or saved (the console UI, mitmweb, -w, hardump, flow_detail 3)
the answer passes at once and is kept as well.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mitmproxy import addonmanager, ctx, http
from mitmproxy.tools.dump import DumpMaster

from recordings.flows import RAW_LIMIT

logger = logging.getLogger(__name__)

_OURS: Final = str(Path(__file__).parent) + os.sep
"""Where our own hooks are defined. None of them touches the body of an answer that is no refusal."""
_SAVING: Final = ("save_stream_file", "hardump")
_SHOWN_FROM: Final = 3
"""The flow_detail from which on mitmdump prints bodies."""


class Kept:
    """Lets the pieces of a body pass and keeps them, all or as many as fit."""

    __slots__ = ("_pieces", "is_whole", "room")

    def __init__(self, room: int | None) -> None:
        """`room` is how many bytes are kept; None for all."""
        self._pieces: list[bytes] = []
        self.room = room
        self.is_whole = True
        """Whether nothing is missing of what has passed."""

    def __call__(self, piece: bytes) -> bytes:
        """Called by mitmproxy with each piece of the body, which sends on what it gets."""
        if self.room is None:
            self._pieces.append(piece)
        elif self.room >= len(piece):
            self._pieces.append(piece)
            self.room -= len(piece)
        else:
            if self.room:
                self._pieces.append(piece[: self.room])
                self.room = 0
            self.is_whole = False
        return piece

    @property
    def body(self) -> bytes:
        """What was kept."""
        return b"".join(self._pieces)


def begin(flow: http.HTTPFlow, covers: Callable[[str], bool]) -> None:
    """Once the head of the answer is there: let the body pass, if it is one of those, from a host that `covers`."""
    answer = flow.response
    if answer is None or not 200 <= answer.data.status_code < 300 or answer.data.content is not None:
        return
    if not _is_large(answer.data.headers.fields) or callable(answer.stream):
        return
    if covers(flow.request.pretty_host) and not _is_replaced():
        # Where it is True already, by mitmproxy's own stream_large_bodies, nobody counts on the whole.
        answer.stream = Kept(RAW_LIMIT if answer.stream or not _is_wanted() else None)


@contextmanager
def shown(flow: http.HTTPFlow) -> Iterator[None]:
    """What was kept of a body that has passed stands in the flow for a while; in the end only if it is whole."""
    answer = flow.response
    kept = answer.stream if answer is not None else None
    if answer is None or not isinstance(kept, Kept) or answer.data.content is not None:
        yield
        return
    answer.data.content = kept.body
    try:
        yield
    finally:
        if not kept.is_whole:
            answer.data.content = None
        answer.stream = True


class Gaps:
    """Says once that a recording lacks bodies. Ours never make it so; an option of mitmproxy's own may."""

    def __init__(self) -> None:
        self._is_told = False

    def note(self, flow: http.HTTPFlow) -> None:
        """Look at a flow that is being recorded."""
        answer = flow.response
        missing = flow.request.data.content is None or (answer is not None and answer.data.content is None)
        if missing and flow.error is None and not self._is_told:
            self._is_told = True
            logger.warning(
                "why20003: mitmproxy lets a body pass without keeping it (stream_large_bodies), so the recording has "
                "that exchange without it; more of these are not told"
            )


def _is_large(fields: tuple[tuple[bytes, bytes], ...]) -> bool:
    for name, value in fields:
        if len(name) == 14 and name.lower() == b"content-length":
            return not value.isdigit() or int(value[:19]) > RAW_LIMIT
    return True


def _is_replaced() -> bool:
    """Whether somebody may want to put another body in its place."""
    if getattr(ctx.options, "modify_body", None):
        return True
    loader = ctx.master.addons.get("scriptloader")
    scripts = addonmanager.traverse(loader.addons) if loader is not None else ()
    return any(hasattr(each, "response") and not _is_ours(each.response) for each in scripts)


def _is_ours(hook: object) -> bool:
    code = getattr(getattr(hook, "__func__", hook), "__code__", None)
    return code is not None and str(code.co_filename).startswith(_OURS)


def _is_wanted() -> bool:
    """Whether somebody shows or saves bodies."""
    options = ctx.options
    saved = any(getattr(options, name, None) for name in _SAVING)
    return saved or not isinstance(ctx.master, DumpMaster) or getattr(options, "flow_detail", 0) >= _SHOWN_FROM


__all__ = ["Gaps", "Kept", "begin", "shown"]
