"""What a flow of mitmproxy has no place for, or gives back otherwise, noted beside it by our own export.

The note is one text in the flow's metadata: JSON in ASCII, since a flow's own texts take neither half a surrogate pair
nor, in mitmproxy's web interface, bytes. Whatever it says that cannot be is passed over.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from analyzers.exchange import Exchange, Fidelity
from analyzers.frozen import dataclass


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of one kind are written, and read again; reading raises ValueError for one of another kind."""

    told: Callable[[Any], object]
    heard: Callable[[object], object]


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise ValueError("expected text")  # noqa: TRY004 - the one error for whatever is not as expected
    return told


def _number(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise ValueError("expected a number")  # noqa: TRY004 - as above
    return told


def _whole(told: object) -> int:
    number = _number(told)
    if not isinstance(number, int):
        raise ValueError("expected a whole number")  # noqa: TRY004 - as above
    return number


def _texts(told: object) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise ValueError("expected a list")  # noqa: TRY004 - as above
    return tuple(map(_text, told))


def _maybe(kind: _Kind) -> _Kind:
    return _Kind(
        lambda value: None if value is None else kind.told(value),
        lambda told: None if told is None else kind.heard(told),
    )


_TEXT: Final = _Kind(str, _text)
_BYTES: Final = _Kind(lambda value: value.decode("latin-1"), lambda told: _text(told).encode("latin-1"))
_WHOLE: Final = _Kind(int, _whole)
_TIME: Final = _maybe(_Kind(lambda value: value, _number))

_OF_REQUEST: Final = {
    **dict.fromkeys(("method", "scheme", "host", "version"), _TEXT),
    "port": _WHOLE,
    "target": _BYTES,
    "userinfo": _maybe(_BYTES),
}
_OF_RESPONSE: Final = {"status": _WHOLE, "reason": _TEXT}
_OF_EXCHANGE: Final = {
    **dict.fromkeys(("error", "client_address", "connection"), _maybe(_TEXT)),
    **dict.fromkeys(("tls_issuer", "server_address", "tls_version"), _maybe(_TEXT)),
    **dict.fromkeys(("started_at", "finished_at"), _TIME),
    "fidelity": _Kind(attrgetter("value"), Fidelity),
    "proxy_options": _Kind(list, _texts),
}


def noted(meant: Exchange, read: Exchange) -> str:
    """What `restored` needs to make `meant` of `read`; empty where they are the same already.

    Header lines and bodies are not compared: a flow holds them as they are.
    """
    found = _differing(meant, read, _OF_EXCHANGE)
    if request := _differing(meant.request, read.request, _OF_REQUEST):
        found["request"] = request
    if response := _differing(meant.response, read.response, _OF_RESPONSE) if meant.response and read.response else {}:
        found["response"] = response
    return json.dumps(found) if found else ""


def restored(read: Exchange, note: object) -> Exchange:
    """`read` with what `note` says of it."""
    try:
        found = json.loads(note) if isinstance(note, str) else None
    except (ValueError, RecursionError):
        return read
    if not isinstance(found, dict):
        return read
    return replace(
        read,
        request=replace(read.request, **_heard(found.get("request"), _OF_REQUEST)),
        response=read.response and replace(read.response, **_heard(found.get("response"), _OF_RESPONSE)),
        **_heard(found, _OF_EXCHANGE),
    )


def _differing(meant: object, read: object, kinds: Mapping[str, _Kind]) -> dict[str, object]:
    return {
        name: kind.told(getattr(meant, name))
        for name, kind in kinds.items()
        if getattr(meant, name) != getattr(read, name)
    }


def _heard(told: object, kinds: Mapping[str, _Kind]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in told.items() if isinstance(told, dict) else ():
        if name in kinds:
            try:
                found[name] = kinds[name].heard(value)
            except ValueError:
                continue
    return found


__all__ = ["noted", "restored"]
