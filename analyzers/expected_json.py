"""Expected credentials on their way from the launcher to the proxy: bytes through a pipe, never a file for others.

The text holds secrets. Whoever reads it gets them back, or a ValueError that quotes nothing.
"""

import json
from collections.abc import Iterable

from analyzers.expected import Expected, Role, Standing

SCHEMA = "why20003-expect/1"
LARGEST = 1 << 22
"""More bytes than that are no list of credentials."""
_MOST = 1000
_LONGEST_NAME = 200


def expected_json(expected: Iterable[Expected]) -> bytes:
    """All of `expected` as JSON, in their order."""
    rows = [
        {
            "role": one.role.value,
            "name": one.name,
            "source": one.source,
            "value": one.value.decode("latin-1"),
            "host": one.host,
            "written": one.written.decode("latin-1"),
            "standing": one.standing.value,
        }
        for one in expected
    ]
    return json.dumps({"schema": SCHEMA, "expected": rows}).encode("ascii")


def expected_of(data: bytes) -> tuple[Expected, ...]:
    """What `expected_json` wrote; nothing of nothing. Raises ValueError with one line for anything else."""
    if not data.strip():
        return ()
    if len(data) > LARGEST:
        raise ValueError("it is larger than 4 MB")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    match found:
        case []:
            return ()
        case {"schema": str(schema), "expected": list(rows)} if schema == SCHEMA and len(rows) <= _MOST:
            return tuple(_one(row) for row in rows)
        case _:
            raise ValueError(f"it is no {SCHEMA}")


def _one(row: object) -> Expected:
    match row:
        case {
            "role": str(role),
            "name": str(name),
            "source": str(source),
            "value": str(value),
            "host": str(host),
            "written": str(written),
            "standing": str(standing),
        }:
            try:
                return Expected(
                    Role(role),
                    name[:_LONGEST_NAME],
                    source[:_LONGEST_NAME],
                    value.encode("latin-1"),
                    host[:_LONGEST_NAME],
                    written.encode("latin-1"),
                    Standing(standing),
                )
            except ValueError:
                raise ValueError("one of its credentials is of a kind that is not known") from None
        case _:
            raise ValueError("one of its credentials lacks a member")


__all__ = ["LARGEST", "SCHEMA", "expected_json", "expected_of"]
