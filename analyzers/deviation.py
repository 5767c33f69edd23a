"""How a value differs from the one that was meant, in words that show neither: cut off, longer, other letter case."""

from operator import ne

from analyzers.flaws import name_byte
from analyzers.twilio import core_of

_LEAST = 8  # a shorter beginning is shared by chance
_FEW = 2  # so many wrong characters are a slip, more are another value


def deviation(value: bytes, meant: bytes) -> str:
    """How `value` differs from `meant`, to be read after its name; empty when equal or not alike at all."""
    if value == meant or not meant:
        return ""
    start, end = core_of(value[: len(meant) + 200])
    if value[start:end] == meant:
        stray = value[:start] + value[end:]
        first = name_byte(stray[0])
        return f"with {len(stray)} more byte{'s' if len(stray) > 1 else ''} around it, {first} first"
    if value.lower() == meant.lower():
        return "in other letter case"
    missing = len(meant) - len(value)
    if len(value) >= _LEAST and (meant.startswith(value) or meant.endswith(value)):
        edge = "last" if meant.startswith(value) else "first"
        return (
            f"without its {edge} {missing} of {len(meant)} characters"
            if missing > 1
            else f"without its {edge} character"
        )
    if len(meant) >= _LEAST and (value.startswith(meant) or value.endswith(meant)):
        edge = "behind" if value.startswith(meant) else "in front of"
        return f"with {-missing} more character{'s' if missing < -1 else ''} {edge} it"
    return _slip(value, meant)


def _slip(value: bytes, meant: bytes) -> str:
    """A wrong, a missing or a doubled character inside."""
    if len(meant) < _LEAST * 2:
        return ""
    if len(value) == len(meant):
        wrong = sum(map(ne, value, meant))
        return f"with {wrong} of {len(meant)} characters changed" if wrong <= _FEW else ""
    shorter, longer = sorted((value, meant), key=len)
    if len(longer) - len(shorter) > _FEW:
        return ""
    # There is such a place: no value that begins with the other one comes as far as here.
    same = next(at for at, byte in enumerate(shorter) if byte != longer[at])
    rest = len(shorter) - same
    if longer[len(longer) - rest :] != shorter[same:]:
        return ""
    count = len(longer) - len(shorter)
    return f"with {count} character{'s' if count > 1 else ''} {'missing' if value is shorter else 'too many'} inside"
