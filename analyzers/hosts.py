"""Hosts at which a request for the REST API may end by mistake: Twilio's websites, its file servers, misspelt domains.

A name is misspelt only where little else can be meant: one letter away from twilio.com, its dot lost, or org for com.
Names that a company may well give to a gateway or a mock (twilio.internal.example, api.twilio, twilio.test) are none.
"""

from enum import Enum
from functools import lru_cache

from analyzers.twilio import NOT_API_HOSTS, is_twilio_host

_LABEL, _TOP = "twilio", "com"
# https://{name}.twilio.com: `servers` in the specs, docs/facts.md 3.1 (read 2026-11-20)
PRODUCTS = frozenset(
    """accounts api assistants bulkexports chat content conversations events flex-api frontline-api iam insights
    intelligence ip-messaging knowledge lookups marketplace memory messaging monitor notify numbers oauth preview
    preview-iam pricing proxy routes serverless studio supersim sync taskrouter trunking trusthub verify video voice
    wireless""".split()  # noqa: SIM905 - to be read
)
# Message media and recordings are redirected there: docs/facts.md 8.1 (read 2026-11-20)
_FILES = "twiliocdn.com"
# "com" with a letter lost, doubled, exchanged or taken from the neighbouring key; and the two endings that are as old.
_TOPS = frozenset({"co", "cm", "om", "con", "cpm", "vom", "xom", "cim", "ocm", "cmo", "comm", "coom", "ccom"})
_OTHER_TOPS = frozenset({"org", "net"})
_LONGEST = 253  # RFC 1035 2.3.4


class Place(Enum):
    """What a wrong host is."""

    WEBSITE = "website"
    FILES = "files"
    MISSPELT = "misspelt"
    """A domain that differs from twilio.com by one slip of a finger, or ends with org or net."""
    GLUED = "glued"
    """A domain in which a product and twilio have grown together: api-twilio.com. Somebody may own it on purpose."""


@lru_cache(maxsize=64)  # as the hosts of endpoint.py
def place_of(host: str) -> Place | None:
    """What wrong place `host` is; None for every other host, an API host of Twilio and a stranger's alike."""
    name = host[: _LONGEST + 1].lower().rstrip(".")
    if len(name) > _LONGEST:
        return None
    labels = name.split(".")
    if is_twilio_host(name):
        return Place.WEBSITE if len(labels) == 2 or (len(labels) == 3 and labels[0] in NOT_API_HOSTS) else None
    if name == _FILES or name.endswith(f".{_FILES}"):
        return Place.FILES
    return _misspelt(labels)


def _misspelt(labels: list[str]) -> Place | None:
    if labels[-1] == _LABEL + _TOP:  # the last dot lost
        return Place.MISSPELT
    label, top = labels[-2:] if len(labels) > 1 else ("", "")
    if (top == _TOP and _slipped(label)) or (label == _LABEL and top in _TOPS | _OTHER_TOPS):
        return Place.MISSPELT
    return Place.GLUED if top == _TOP and _is_glued(label) else None


def registrable(host: str) -> str:
    """The part of `host` that somebody registered: ``twillio.com``; for the hosts of `place_of` it holds no secret."""
    labels = host[:_LONGEST].lower().rstrip(".").split(".")
    return (labels[-1] if labels[-1] == _LABEL + _TOP else ".".join(labels[-2:]))[:60]


def right_host(host: str, *, classic: bool) -> str:
    """The API host that a request to a wrong one was meant for; empty where that cannot be told."""
    if classic:
        return "api.twilio.com"
    labels = host[:_LONGEST].lower().rstrip(".").split(".")
    product = next((p for p in (labels[0], _grown(labels[-2]) if len(labels) > 1 else "") if p in PRODUCTS), "")
    return f"{product}.twilio.com" if product else ""


def _is_glued(label: str) -> bool:
    return _grown(label) in PRODUCTS | {"www"}


def _grown(label: str) -> str:
    """What has grown onto twilio: ``api`` of ``api-twilio`` and ``apitwilio``; empty where nothing has."""
    return label.removesuffix(_LABEL).rstrip("-_") if label.endswith(_LABEL) else ""


def _slipped(label: str) -> bool:
    """Whether `label`, another word, is one slip away from twilio: a letter lost, added, replaced, or two exchanged."""
    shorter = min(len(label), len(_LABEL))
    at = next((i for i in range(shorter) if label[i] != _LABEL[i]), shorter)
    if len(label) < len(_LABEL):
        return label[at:] == _LABEL[at + 1 :]
    if len(label) > len(_LABEL):  # a digit more is a name: twilio2
        return label[at].isalpha() and label[at + 1 :] == _LABEL[at:]
    exchanged = label[at : at + 2] == _LABEL[at : at + 2][::-1] and label[at + 2 :] == _LABEL[at + 2 :]
    return exchanged or label[at + 1 :] == _LABEL[at + 1 :]


__all__ = ["PRODUCTS", "Place", "place_of", "registrable", "right_host"]
