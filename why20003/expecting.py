"""What an application was meant to send, from where it keeps its credentials: the environment, a .env file, a netrc."""

import io
import netrc
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from analyzers.expected import Expected, Role

# Names that Twilio's libraries, its CLI and its documentation use. No helper library reads the names of an API key, but
# programs do: docs/facts.md 9.1 (read 2026-11-20)
ROLES: Mapping[str, Role] = {
    "TWILIO_ACCOUNT_SID": Role.ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": Role.AUTH_TOKEN,
    "TWILIO_API_KEY": Role.KEY_SID,
    "TWILIO_API_KEY_SID": Role.KEY_SID,
    "TWILIO_API_SECRET": Role.KEY_SECRET,
    "TWILIO_API_KEY_SECRET": Role.KEY_SECRET,
    "TWILIO_TEST_ACCOUNT_SID": Role.TEST_ACCOUNT_SID,
    "TWILIO_TEST_AUTH_TOKEN": Role.TEST_AUTH_TOKEN,
}
ENVIRONMENT = "env"
_NETRC_NAMES = frozenset({".netrc", "_netrc"})
_LARGEST = 1 << 20


class UnreadableSource(ValueError):
    """The expected credentials could not be read; the message quotes nothing of the source."""


def expected_from(sources: list[str]) -> tuple[Expected, ...]:
    """The credentials of each source in order: ``env``, the path of a netrc file, or of a .env file.

    Raises UnreadableSource.
    """
    found: list[Expected] = []
    for source in sources:
        if source == ENVIRONMENT:
            found.extend(_of_environment(os.environ))
            continue
        path = Path(source)
        try:
            if path.stat().st_size > _LARGEST:
                raise UnreadableSource(f"{source}: larger than 1 MB, so no file of variables")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableSource(f"{source}: {_reason(error)}") from None
        found.extend(_of_netrc(path) if path.name in _NETRC_NAMES else _of_dotenv(path, text))
    return tuple(found)


def _of_environment(environment: Mapping[str, str]) -> Iterator[Expected]:
    for name, role in ROLES.items():
        if name in environment:
            yield Expected(role, name, "environment", os.fsencode(environment[name]))


def _of_dotenv(path: Path, text: str) -> Iterator[Expected]:
    """The last binding of a name counts, as in python-dotenv and its relatives."""
    found: dict[str, Expected] = {}
    for binding in parse_stream(io.StringIO(text)):
        name = binding.key
        if name is None or name not in ROLES or binding.value is None:
            continue
        read = binding.original.string  # begins with the empty lines before the binding
        line = binding.original.line + read[: len(read) - len(read.lstrip())].count("\n")
        value = binding.value.encode("utf-8", "surrogateescape")
        found[name] = Expected(ROLES[name], name, f"{path.name} line {line}", value)
    yield from found.values()


def _of_netrc(path: Path) -> Iterator[Expected]:
    try:
        entries = netrc.netrc(str(path)).hosts
    except (netrc.NetrcParseError, OSError):
        raise UnreadableSource(f"{path}: no netrc file: expected machine, login and password") from None
    for machine, (login, _, password) in entries.items():
        host = "" if machine == "default" else machine.lower()
        where = f"machine {machine}" if host else "the default entry"
        yield Expected(Role.NETRC_LOGIN, f"login of {where}", path.name, login.encode(), host)
        yield Expected(Role.NETRC_PASSWORD, f"password of {where}", path.name, password.encode(), host)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "no text in UTF-8"
