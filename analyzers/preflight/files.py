"""Files of variables and of secrets: what one reader takes off and another one leaves on. docs/facts.md 9.4."""

from collections.abc import Iterator, Sequence

from analyzers.expected import Role
from analyzers.preflight.remarks import Remark, Severity, spot
from analyzers.setting import Reader, Setting

_MOST = 20


def files(settings: Sequence[Setting]) -> Iterator[Remark]:
    """At most one remark for each value, the one on what does most harm."""
    found = (remark for one in settings if one.role is not None and one.written for remark in _of(one))
    for _, remark in zip(range(_MOST), found, strict=False):
        yield remark


def _of(one: Setting) -> Iterator[Remark]:
    written = one.written.rstrip(b"\r\n")
    if one.reader is Reader.SECRET_FILE:
        if one.written[-1:] == b"\n" and one.role is not Role.OTHER:
            says = f"The file with {one.name} ends with a line feed, which a program that reads it whole sends along"
            fix = ("Write it with printf '%s' or echo -n; or let the program take line ends off",)
            yield Remark(Severity.DOUBT, "stray-characters", says, (spot(one, "behind the value"),), fix)
    elif one.exported and one.reader is Reader.ENV_FILE:
        says = f"export stands in front of {one.name}: docker run --env-file refuses such a file"
        yield Remark(Severity.DOUBT, "env-file", says, (spot(one),), ("Remove the word export",))
    elif written[:1] in {b'"', b"'", b"`"} and one.reader is Reader.ENV_FILE:
        says = f"{one.name} stands in quotes: docker run --env-file makes them part of the value"
        fix = ("Remove the quotes; Compose and the dotenv libraries need none either",)
        yield Remark(Severity.DOUBT, "env-file", says, (spot(one, "around the value"),), fix)
    elif b"#" in written and one.reader is Reader.ENV_FILE:
        says = f"A remark stands behind {one.name}: docker run --env-file makes it part of the value"
        fix = ("Put the remark on a line of its own",)
        yield Remark(Severity.DOUBT, "env-file", says, (spot(one, "behind the value"),), fix)
    elif written != written.rstrip() and one.reader is Reader.ENV_FILE:
        says = f"Blanks stand behind {one.name}: docker run --env-file makes them part of the value"
        yield Remark(Severity.DOUBT, "env-file", says, (spot(one, "behind the value"),), ("Remove the blanks",))
    elif one.written.endswith(b"\r"):
        says = f"The line of {one.name} ends as on Windows: a shell that reads the file makes that part of the value"
        fix = ("Save the file with line feeds alone (dos2unix)",)
        yield Remark(Severity.NOTE, "env-file", says, (spot(one, "behind the value"),), fix)


__all__ = ["files"]
