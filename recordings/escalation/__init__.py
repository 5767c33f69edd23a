"""The escalation capture: one .zip with a redacted recording, its report, and a manifest that holds them to account."""

from recordings.escalation.manifest import SCHEMA, Manifest
from recordings.escalation.members import MANIFEST, MEMBERS, RECORDING, is_bundle
from recordings.escalation.opening import BadBundle, Opened, opened
from recordings.escalation.writing import written

__all__ = [
    "MANIFEST",
    "MEMBERS",
    "RECORDING",
    "SCHEMA",
    "BadBundle",
    "Manifest",
    "Opened",
    "is_bundle",
    "opened",
    "written",
]
