"""The content view "why20003" of mitmproxy's console and mitmweb: one class for mitmproxy 11 and for 12.

Version 11 calls a view with keywords and wants styled lines, version 12 with one object and wants text. Of answers that
were refused the view is the default; of all else it has to be chosen.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from mitmproxy import contentviews, ctx, flow, http
from mitmproxy.tools.dump import DumpMaster

from recordings.flows import ANNOTATED

if TYPE_CHECKING:
    from mitmproxy import addonmanager

    from addon.plugin import Why20003
    from analyzers.card import Line, Style

NAME: Final = "why20003"
_CHOSEN: Final = 20.003
"""Above every view of mitmproxy's own, of which the surest say 2."""
_LAST: Final = -20.003
"""Below all others; mitmproxy 11 cannot compare two that say the same."""
_WIDTH: Final = 80
"""Columns of the text, so that carets stay below what they point at in a terminal of usual size."""
_BLANK: Final = " "
"""An empty line: mitmweb shows none that has nothing in it."""
_CODE: Final = b"20003"
_LOOKED_AT: Final = 65_536
# Names of the console's palette (mitmproxy.tools.console.palettes) and style classes of mitmweb 11.
_STYLES: "Final[dict[Style, str]]" = {
    "title": "header",
    "good": "text",
    "bad": "error",
    "warn": "highlight",
    "dim": "text",
    "code": "text",
    "plain": "text",
    "caret": "error",
}


class Why20003View:
    """The diagnosis of a flow as text; holds no secret."""

    name: ClassVar[str] = NAME
    syntax_highlight: ClassVar[str] = "none"

    def __init__(self, plugin: "Why20003") -> None:
        """`plugin` knows the diagnoses."""
        self._plugin = plugin

    # --- mitmproxy 12 ---------------------------------------------------------------------------------------------
    def prettify(self, data: bytes, metadata: object) -> str:  # noqa: ARG002 - the body itself is not shown
        """The text. ValueError, which mitmproxy shows in its own way, for what is no HTTP."""
        lines = self._lines(getattr(metadata, "flow", None))
        return "\n".join("".join(span.text for span in line).rstrip() or _BLANK for line in lines)

    def render_priority(self, data: bytes, metadata: object = None, **known: Any) -> float:  # noqa: ANN401 - mitmproxy 11
        """How well the view fits: best for a refused answer, and worst for all else."""
        if metadata is not None:
            known = {name: getattr(metadata, name, None) for name in ("flow", "http_message")}
        shown, message = known.get("flow"), known.get("http_message")
        if not isinstance(shown, http.HTTPFlow) or message is None or message is not shown.response:
            return _LAST
        if isinstance(ctx.master, DumpMaster):
            return _LAST  # its terminal has the diagnosis already
        return _CHOSEN if ANNOTATED in shown.metadata or _is_refused(shown, data) else _LAST

    # --- mitmproxy 11 ---------------------------------------------------------------------------------------------
    def __call__(self, data: bytes, **known: Any) -> tuple[str, Iterator[list[tuple[str, str]]]]:  # noqa: ANN401, ARG002 - as above
        """Description and styled lines."""
        lines = self._lines(known.get("flow"))
        return NAME, ([(_STYLES[span.style], span.text) for span in line] or [("text", _BLANK)] for line in lines)

    def __lt__(self, other: object) -> bool:
        return self.name < str(getattr(other, "name", ""))

    def _lines(self, shown: object) -> "Sequence[Line]":
        if not isinstance(shown, http.HTTPFlow):
            raise ValueError("why20003 looks at HTTP flows only")  # noqa: TRY004 - what mitmproxy's views raise
        try:
            return self._shown(shown)
        except Exception as error:  # noqa: BLE001 - mitmproxy would log its text, which might quote a credential
            raise ValueError(f"why20003 cannot show this flow ({type(error).__name__})") from None

    def _shown(self, shown: http.HTTPFlow) -> "Sequence[Line]":
        # Loaded when somebody looks, not at start-up, which every user of the proxy would pay for.
        from addon.judged import judged  # noqa: PLC0415
        from analyzers.close_up import close_up  # noqa: PLC0415
        from analyzers.drawing import masked  # noqa: PLC0415
        from analyzers.layout import wrapped  # noqa: PLC0415

        found = judged(shown, self._plugin.marked, self._plugin.capture)
        lines = close_up(found.diagnosis, found.credential, masked(found.case), found.notes)
        return list(wrapped(lines, _WIDTH))


def _is_refused(shown: http.HTTPFlow, data: bytes) -> bool:
    """Whether `data`, the answer of a flow that nobody marked, is a 20003 of Twilio's."""
    if shown.response is None or shown.response.status_code < 400 or _CODE not in data[:_LOOKED_AT]:
        return False
    from analyzers.case import case_of, is_refusal  # noqa: PLC0415 - as above
    from recordings.flows import exchange_of  # noqa: PLC0415 - as above

    case = case_of(exchange_of(shown))
    return is_refusal(case) and case.answer is not None and case.answer.code == int(_CODE)


class Views:
    """The addon that puts the view in its place while the script is loaded."""

    name = "why20003.view"

    def __init__(self, plugin: "Why20003") -> None:
        self._view = Why20003View(plugin)

    def load(self, loader: "addonmanager.Loader") -> None:  # noqa: ARG002 - what mitmproxy calls
        self.done()  # a script that is loaded again may have left its view
        if _REGISTRY is None:
            contentviews.View.register(Why20003View)
        contentviews.add(self._view)  # type: ignore[arg-type] # looks like one, in both versions

    def update(self, flows: Sequence[flow.Flow]) -> None:
        """The console keeps what a view has said; what was said of these may hold no longer."""
        if flows:
            _changed(self._view)

    def done(self) -> None:
        registered = contentviews.views if _REGISTRY is None else _REGISTRY.values()
        for view in [each for each in registered if each.name == NAME]:
            if _REGISTRY is None:
                contentviews.remove(view)
            else:
                _REGISTRY._by_name.pop(NAME)  # noqa: SLF001 - there is no other way to take one out
                _changed(view)


_REGISTRY: Final[Any] = getattr(contentviews, "registry", None)
"""Of mitmproxy 12; None for 11."""


def _changed(view: object) -> None:
    """Tell the console to ask the view anew."""
    signal: Any = contentviews.on_add if _REGISTRY is None else _REGISTRY.on_change
    signal.send(view)


__all__ = ["NAME", "Views", "Why20003View"]
