"""Where an application may keep its Twilio credentials, and what stands there. No value ever leaves in a text."""

from analyzers.variable_names import ROLES
from why20003.sources.expecting import ENVIRONMENT, expected_from
from why20003.sources.gathering import Gathered, Place, gather, gather_files
from why20003.sources.reading import UnreadableSource

__all__ = [
    "ENVIRONMENT",
    "ROLES",
    "Gathered",
    "Place",
    "UnreadableSource",
    "expected_from",
    "gather",
    "gather_files",
]
