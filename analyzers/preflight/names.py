"""Names of variables: what nothing reads by itself, and what is nearly the name of another. docs/facts.md 9.1."""

from collections.abc import Iterator, Sequence

from analyzers.preflight.remarks import Remark, Severity, counting, problem_of, spot, spots, winner
from analyzers.setting import Reader, Setting
from analyzers.twilio import Kind, core_of, kind_of
from analyzers.variable_names import FILE_SUFFIX, ROLES, meant_name

_VARIABLES = frozenset({Reader.ENVIRONMENT, Reader.DOTENV, Reader.ENV_FILE})
_SHAPED = frozenset({Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.HEX_32, Kind.ALNUM_32})
_SHOWN = 3


def names(settings: Sequence[Setting]) -> Iterator[Remark]:
    """One remark for each name that is misspelt, and one for those of API keys together."""
    seen: set[str] = set()
    for one in settings:
        if one.reader not in _VARIABLES or one.name in seen:
            continue
        seen.add(one.name)
        yield from _misspelt(settings, one)
        yield from _file(one)
    keys = [one for one in counting(settings) if one.name in ROLES and "_API_" in one.name and one.value]
    if keys:
        said = " and ".join(dict.fromkeys(one.name for one in keys))
        says = f"No helper library reads {said} by itself: the program has to pass the key to its client"
        yield Remark(Severity.NOTE, "not-read", says, spots(keys[:_SHOWN]))


def _misspelt(settings: Sequence[Setting], one: Setting) -> Iterator[Remark]:
    meant = meant_name(one.name)
    if not meant or meant == one.name or not one.value:
        return
    there = winner(settings, meant)
    says = f"No library of Twilio's reads {one.name}; the name that they read is {meant}"
    if there is not None:
        says += ", which is set as well"
    fix = (f"Call it {meant}, unless your program reads {one.name} itself",)
    severity = Severity.DOUBT if there is None else Severity.NOTE
    yield Remark(severity, "not-read", says, (spot(one),), fix)


def _file(one: Setting) -> Iterator[Remark]:
    """A variable that should name a file, and holds a credential."""
    if one.name.endswith(FILE_SUFFIX) and kind_of(one.value[slice(*core_of(one.value[:400]))]) in _SHAPED:
        says = f"{one.name} should name a file and holds something of the form of a credential"
        fix = (f"Put the path of the file there, or call the variable {one.name.removesuffix(FILE_SUFFIX)}",)
        yield Remark(problem_of(one), "not-a-file", says, (spot(one),), fix)


__all__ = ["names"]
