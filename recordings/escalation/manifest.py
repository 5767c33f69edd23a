"""The manifest: what every other member of a bundle has to be, and what is to be known of the bundle as a whole.

Its seal is a digest of itself. It finds damage and edits that forgot it; who meant to alter a bundle can make it anew,
so the digest of the whole file is told to the specialist on another way (docs/escalation.md).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from typing import Final, TypeAlias

from analyzers.frozen import dataclass
from recordings.escalation.members import CONTENTS, LARGEST

SCHEMA: Final = "why20003-escalation/1"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_SEAL: Final = "seal"
_DIGEST_LENGTH: Final = 64


class BadManifest(ValueError):
    """It is none of ours, or was altered; the text says in which respect."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says."""

    facts: Mapping[str, Json]
    """Everything but schema, members and seal."""
    members: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Size and SHA-256 in hexadecimal of each member but the manifest."""


def listed(contents: Mapping[str, bytes]) -> dict[str, tuple[int, str]]:
    """What a manifest says of these members."""
    return {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in contents.items()}


def encoded(manifest: Manifest) -> bytes:
    """The member. Equal manifests give equal bytes."""
    rows: list[Json] = [{"name": name, "size": size, "sha256": is_} for name, (size, is_) in manifest.members.items()]
    plain: dict[str, Json] = {"schema": SCHEMA, **manifest.facts, "members": rows}
    return _bytes({**plain, _SEAL: hashlib.sha256(_bytes(plain)).hexdigest()})


def decoded(data: bytes) -> Manifest:
    """What `encoded` was given. Raises BadManifest."""
    found = _object(data)
    if found.get("schema") != SCHEMA:
        raise BadManifest(f"is no {SCHEMA}; open it with the version of why20003 that made it, or a newer one")
    seal = found.pop(_SEAL, None)
    if seal != hashlib.sha256(_bytes(found)).hexdigest() or _bytes({**found, _SEAL: seal}) != data:
        raise BadManifest("was altered after it was made")
    rows = found.pop("members", None)
    del found["schema"]
    return Manifest(found, _members(rows))


def _object(data: bytes) -> dict[str, Json]:
    try:
        found = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise BadManifest("is no JSON") from None
    if not isinstance(found, dict):
        raise BadManifest("is no JSON object")
    return found


def _members(rows: Json) -> dict[str, tuple[int, str]]:
    members: dict[str, tuple[int, str]] = {}
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"name": str(name), "size": int(size), "sha256": str(digest)} if 0 <= size <= LARGEST:
                members[name] = (size, digest)
            case _:
                raise BadManifest("lists a member without name, size and digest")
    if tuple(members) != CONTENTS or any(len(digest) != _DIGEST_LENGTH for _, digest in members.values()):
        raise BadManifest("lists other members than a bundle has")
    return members


def _bytes(value: Mapping[str, Json]) -> bytes:
    return json.dumps(value, indent=1).encode("ascii") + b"\n"


__all__ = ["SCHEMA", "BadManifest", "Json", "Manifest", "decoded", "encoded", "listed"]
