"""The why20003_* options as one frozen value; nonsense is a ValueError that says what would be right."""

import fnmatch
import re
from enum import Enum

from analyzers.frozen import dataclass
from analyzers.twilio import is_twilio_host


class Annotate(Enum):
    """How much of the diagnosis is written into a refused answer."""

    OFF = "off"
    HEADERS = "headers"
    BODY = "body"
    MESSAGE = "message"


class Display(Enum):
    """How diagnoses are shown on mitmdump's terminal."""

    AUTO = "auto"
    FULL = "full"
    SHORT = "short"
    OFF = "off"


ANNOTATE_HELP = (
    "Write the diagnosis into refused answers: off, headers (Why20003-* headers), body (adds an object why20003), "
    "message (body, and the sentence behind Twilio's message)."
)
SCOPE_HELP = (
    "Which hosts are opened and looked at: twilio (*.twilio.com), all, or further host globs separated by commas, "
    "such as 'twilio,*.twiliocdn.com'. TLS of other hosts is passed through unopened."
)
RECORD_HELP = (
    "Append every exchange to this capture, redacted before it reaches the disk; empty for none. Unlike this, "
    "save_stream_file (-w) writes credentials as they are."
)
DISPLAY_HELP = "How mitmdump shows diagnoses: auto (full, nothing with -q), full, short, off."

_GLOB = re.compile(r"[A-Za-z0-9*?.\[\]!_-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the options mean."""

    annotate: Annotate = Annotate.MESSAGE
    display: Display = Display.AUTO
    everything: bool = False
    """Scope all: every host is opened."""
    globs: tuple[str, ...] = ()
    """Host globs beside Twilio's own hosts, lower case."""

    def covers(self, host: str) -> bool:
        """Whether `host` is in scope."""
        if self.everything or is_twilio_host(host):
            return True
        name = host.lower().rstrip(".")
        return any(fnmatch.fnmatchcase(name, glob) for glob in self.globs)


def parse(annotate: str, scope: str, display: str) -> Settings:
    """Settings of the three option values; ValueError names the option, the value and what is possible."""
    words = [word.strip().lower() for word in scope.split(",") if word.strip()]
    if not words:
        raise ValueError("why20003_scope is empty: use twilio, all, or host globs such as 'twilio,*.twiliocdn.com'")
    for word in words:
        if not _GLOB.fullmatch(word):
            raise ValueError(f"why20003_scope: {word[:40]!r} is no host glob; a scope names hosts, not URLs or ports")
    return Settings(
        Annotate(_choice("why20003_annotate", annotate, Annotate)),
        Display(_choice("why20003_display", display, Display)),
        "all" in words,
        tuple(word for word in words if word not in {"all", "twilio"}),
    )


def _choice(option: str, value: str, choices: type[Enum]) -> str:
    names = [choice.value for choice in choices]
    if value not in names:
        raise ValueError(f"{option}: {value[:40]!r} is not one of {', '.join(names)}")
    return value
