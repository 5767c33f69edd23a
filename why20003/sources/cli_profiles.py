"""Profiles of the Twilio CLI in ~/.twilio-cli/config.json.

Form: src/services/config.js of https://github.com/twilio/twilio-cli-core 8.3.4. ``profiles`` holds the API key of each
profile; ``projects``, which is older, names the account only, its key stands in the keychain of the system. Which one
is active: ``activeProject``, a profile or project of that name; without it the first project. Place:
https://www.twilio.com/docs/twilio-cli/general-usage/configuration (read 2026-11-21).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from analyzers.expected import Role, Standing
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from analyzers.setting import Reader, Setting
from analyzers.twilio import ACCOUNT_SID
from why20003.sources.reading import UnreadableSource

PLACE = (".twilio-cli", "config.json")
"""Below the home directory."""
_MOST = 50
_NAME = re.compile(r"[\w.@-]{1,20}")


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile, with the settings that it holds."""

    name: str
    """As it may be shown."""
    active: bool
    """Whether the CLI takes it when neither a variable nor an option says otherwise."""
    settings: tuple[Setting, ...] = field(repr=False)


def profiles(data: bytes) -> Iterator[Profile]:
    """Every profile, then every project, in the order of the file. Raises UnreadableSource."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableSource("no configuration of the Twilio CLI: it is no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableSource("no configuration of the Twilio CLI: it is no JSON object")
    kept, older = found.get("profiles"), found.get("projects")
    named = dict(list(kept.items())[:_MOST]) if isinstance(kept, dict) else {}
    listed = [one for one in older[:_MOST] if isinstance(one, dict)] if isinstance(older, list) else []
    active = found.get("activeProject")
    known = active in named or any(active == one.get("id") for one in listed) if isinstance(active, str) else False
    for number, (name, one) in enumerate(named.items(), 1):
        if isinstance(one, dict):
            yield _profile(name, number, one, active=known and name == active)
    for number, one in enumerate(listed, 1):
        name = one.get("id")
        first = number == 1 and not known
        yield _profile(name, number, one, active=first or (known and name == active and name not in named))


def _profile(name: object, number: int, one: Mapping[str, object], *, active: bool) -> Profile:
    plain = isinstance(name, str) and _NAME.fullmatch(name) is not None
    shown = scrub(str(name)) if plain else f"number {number}"
    return Profile(shown, active, tuple(_settings(f"twilio-cli profile {shown}", one)))


def _settings(origin: str, one: Mapping[str, object]) -> Iterator[Setting]:
    key = one.get("apiKey")
    is_account = isinstance(key, str) and ACCOUNT_SID.fullmatch(key.strip().encode("utf-8", "replace")) is not None
    for name, role in (
        ("accountSid", Role.ACCOUNT_SID),
        ("apiKey", Role.ACCOUNT_SID if is_account else Role.KEY_SID),
        ("apiSecret", Role.AUTH_TOKEN if is_account else Role.KEY_SECRET),
        ("region", None),
        ("edge", None),
    ):
        value = one.get(name)
        if isinstance(value, str):
            plain = value.encode("utf-8", "surrogatepass")
            yield Setting(name, plain, origin, Reader.CLI, role=role, standing=Standing.ELSEWHERE)


__all__ = ["PLACE", "Profile", "profiles"]
