"""Keep the original answer of a flow before it is annotated, so that mitmproxy's revert restores it.

``flow.backup()`` spends nearly all its time on the state of the two connections, certificates included, which is the
same for all flows of a connection. It is taken once for each pair of connections and shared.
"""

from typing import cast

from mitmproxy import http

from analyzers.bounded import Bounded

_KEPT = 256


class Backups:
    """Backups of flows, with the state of their connections taken once."""

    def __init__(self) -> None:
        self._templates: Bounded[tuple[str, str], dict[str, object]] = Bounded(_KEPT)

    def make(self, flow: http.HTTPFlow) -> None:
        """What ``flow.backup()`` does: keep the flow's state, unless one is kept already.

        Of a flow that its user has sent again, that has the request as it was before; the answer has to be the new one.
        """
        if flow._backup:  # noqa: SLF001 - flow.modified() compares the whole state to say the same
            if flow.is_replay == "request" and flow.response is not None:
                cast("dict[str, object]", flow._backup)["response"] = flow.response.get_state()  # noqa: SLF001 - as above
            return
        key = (flow.client_conn.id, flow.server_conn.id)
        template = self._templates.get(key)
        if template is None:
            flow.backup()
            state = flow.get_state()
            self._templates.put(key, {name: state[name] for name in _SHARED if name in state})
            return
        # A revert empties the dicts that it is given, so each backup has its own.
        shared = {name: dict(value) if isinstance(value, dict) else value for name, value in template.items()}
        flow._backup = {**_own(flow), **shared}  # type: ignore[assignment]  # noqa: SLF001 - no other way to set one; a dict in truth


_SHARED = ("version", "type", "client_conn", "server_conn")


def _own(flow: http.HTTPFlow) -> dict[str, object]:
    """The state of `flow` itself: every key of ``HTTPFlow.get_state`` that is not shared."""
    return {
        "backup": None,
        "id": flow.id,
        "error": flow.error.get_state() if flow.error else None,
        "intercepted": flow.intercepted,
        "is_replay": flow.is_replay,
        "marked": flow.marked,
        "metadata": dict(flow.metadata),
        "comment": flow.comment,
        "timestamp_created": flow.timestamp_created,
        "request": flow.request.get_state(),
        "response": flow.response.get_state() if flow.response else None,
        "websocket": flow.websocket.get_state() if flow.websocket else None,
    }
