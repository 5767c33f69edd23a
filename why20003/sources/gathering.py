"""All places near an application that may hold Twilio credentials, in the order in which they win."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from analyzers.expected import Expected, Role, Standing
from analyzers.expected_json import expected_json
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from analyzers.setting import ENVIRONMENT, Reader, Setting
from analyzers.twilio import is_twilio_host
from analyzers.variable_names import ROLES, concerns_twilio, meant_name
from why20003.sources import cli_profiles, dotenv_file, netrc_file, secret_files
from why20003.sources.finding_files import Candidate, candidates
from why20003.sources.reading import VARIABLES, UnreadableSource, content, text_of

_MOST = 100
"""Values of one place."""
_LONGEST = 1024
"""Bytes of a value; a longer one is no credential."""
_HANDED_ON = 100
"""Credentials for the proxy, which looks at no more."""
# What decides how requests to Twilio travel: docs/clients.md 5.
TRAVEL = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was looked at."""

    origin: str
    values: int
    """How many values for Twilio it holds."""
    fault: str = ""
    """Why it could not be read; quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found. The values are hidden from every repr."""

    settings: tuple[Setting, ...] = field(repr=False)
    """In the order in which they win."""
    places: tuple[Place, ...]

    @property
    def expected(self) -> tuple[Expected, ...]:
        """The credentials among them, for the engine; those that nobody knows the use of come last."""
        found = [one for setting in self.settings if (one := setting.expected()) is not None]
        return tuple(sorted(found, key=lambda one: one.role is Role.OTHER))

    def payload(self) -> bytes:
        """The same for the proxy's option why20003_expect. Holds secrets: for a pipe, not for a file."""
        return expected_json(self.expected[:_HANDED_ON])


def gather(
    environment: Mapping[str, str], folder: Path, home: Path, *, mounted: Path = secret_files.MOUNTED
) -> Gathered:
    """Everything that an application started in `folder` with `environment` may take credentials from. Never raises.

    First the environment and the files that its variables name, then .env files from `folder` upwards, then what is
    known without being meant: mounted secrets, files for Docker, profiles of the Twilio CLI, the netrc.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - without following links, as the application sees it
    return _of(environment, candidates(folder, environment), folder, home, mounted)


def gather_files(environment: Mapping[str, str], files: Iterable[Path], folder: Path, home: Path) -> Gathered:
    """As `gather`, with these files of variables in the place of those that it would look for.

    Raises UnreadableSource for one that cannot be read.
    """
    given = [_given(path) for path in files]
    for one in given:
        try:
            text_of(content(one.path, VARIABLES))
        except UnreadableSource as error:
            raise UnreadableSource(f"{scrub(str(one.path))}: {error}") from None
    return _of(environment, tuple(given), Path(os.path.abspath(folder)), home, secret_files.MOUNTED)  # noqa: PTH100 - as above


def _given(path: Path) -> Candidate:
    reader = Reader.DOTENV if path.name.startswith(".env") else Reader.ENV_FILE
    return Candidate(path, scrub(path.name), reader, Standing.GIVEN)


def _of(
    environment: Mapping[str, str], files: Sequence[Candidate], folder: Path, home: Path, mounted: Path
) -> Gathered:
    found = _Found()
    found.add(ENVIRONMENT, lambda: _environment(environment))
    for name, path in secret_files.named(environment, folder):
        found.add(f"file of {scrub(name)}", partial(secret_files.setting_of_named, name, path))
    for standing in (Standing.GIVEN, Standing.FOUND, Standing.ELSEWHERE):
        for file in files:
            if file.standing is standing:
                found.add(file.origin, partial(_variables, file))
    for path in secret_files.mounted(mounted):
        found.add(str(path.parent), partial(secret_files.setting_of_mounted, path))
    found.add_profiles(home.joinpath(*cli_profiles.PLACE))
    found.add_netrc(environment, home)
    return Gathered(tuple(found.settings), tuple(found.places))


class _Found:
    """What was found so far."""

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        self.places: list[Place] = []

    def add(self, origin: str, read: Callable[[], Iterable[Setting]]) -> None:
        """Note what `read` gives, or why it gives nothing."""
        try:
            new = [one for one, _ in zip(read(), range(_MOST), strict=False)]
        except UnreadableSource as error:
            self.places.append(Place(origin, 0, str(error)))
            return
        self.settings += [
            one if len(one.written) <= _LONGEST else replace(one, written=b"")
            for one in new
            if len(one.value) <= _LONGEST
        ]
        known = next((place for place in self.places if place.origin == origin and not place.fault), None)
        count = sum(one.name not in TRAVEL for one in new)
        if known is None:
            self.places.append(Place(origin, count))
        else:
            self.places[self.places.index(known)] = replace(known, values=known.values + count)

    def add_profiles(self, path: Path) -> None:
        origin = "/".join(("~", *cli_profiles.PLACE))
        if not os.path.lexists(path):
            return
        try:
            found = [*cli_profiles.profiles(content(path, VARIABLES))]
        except UnreadableSource as error:
            self.places.append(Place(origin, 0, str(error)))
            return
        for profile in sorted(found, key=lambda profile: not profile.active):
            self.add(f"twilio-cli profile {profile.name}", partial(iter, profile.settings))

    def add_netrc(self, environment: Mapping[str, str], home: Path) -> None:
        """The netrc that clients read: the one that NETRC names, else the first of the home directory."""
        named = environment.get("NETRC", "")
        if named == os.devnull:
            return
        paths = [Path(named)] if named else [home / name for name in netrc_file.NAMES]
        path = next((path for path in paths if os.path.lexists(path)), None)
        if path is not None:
            origin = "file of NETRC" if named else f"~/{path.name}"
            self.add(origin, partial(_entries, path, origin))


def _entries(path: Path, origin: str) -> Iterator[Setting]:
    """Those that may go to Twilio; the default entry, without a host, goes anywhere."""
    return (one for one in netrc_file.entries(path, origin) if not one.host or is_twilio_host(one.host))


def _environment(environment: Mapping[str, str]) -> Iterator[Setting]:
    for name in sorted(environment, key=lambda name: (name not in ROLES, name)):
        if name in TRAVEL or concerns_twilio(name):
            value = _bytes(environment[name])
            yield Setting(_shown(name), value, ENVIRONMENT, role=_role(name), standing=_standing(name))


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no environment of the system's
        return text.encode("utf-8", "replace")


def _shown(name: str) -> str:
    """The name of a variable, which may be a secret pasted in the wrong place."""
    return name if name in TRAVEL or meant_name(name) or name in ROLES else scrub(name)


def _role(name: str) -> Role | None:
    if name in TRAVEL or any(name.endswith(end) for end in _NO_CREDENTIAL):
        return None
    return ROLES.get(name, Role.OTHER)


# Variables about Twilio that hold no credential.
_NO_CREDENTIAL = ("_REGION", "_EDGE", "_NUMBER", "_FROM", "_TO", "_URL", "_LOG_LEVEL", "_FILE", "_BUNDLE", "_ENV")


def _standing(name: str, standing: Standing = Standing.FOUND) -> Standing:
    """A name that nothing of Twilio's knows tells nothing of what is meant."""
    return standing if name in ROLES or _role(name) is None else Standing.ELSEWHERE


def _variables(file: Candidate) -> Iterator[Setting]:
    text = text_of(content(file.path, VARIABLES))
    read = [line for line in dotenv_file.lines(text) if concerns_twilio(line.name)]
    last = {line.name: line.number for line in read}
    for line in read:
        value, written = (part.encode("utf-8", "surrogateescape") for part in (line.value, line.written))
        yield Setting(
            _shown(line.name),
            value,
            file.origin,
            file.reader,
            line.number,
            written if written != value else b"",
            _role(line.name),
            # The last line of a name counts, as in python-dotenv and its relatives.
            _standing(line.name, file.standing) if line.number == last[line.name] else Standing.ELSEWHERE,
            exported=line.exported,
        )


__all__ = ["TRAVEL", "Gathered", "Place", "gather", "gather_files"]
