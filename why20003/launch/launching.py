"""One run: the folder, the authority, the proxy, the program, and what is said when it has ended."""

import os
import platform
import re
import select
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from analyzers.expected_json import expected_json
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from why20003.launch.authority import make_authority
from why20003.launch.child import CannotRun, Child, Signals, find
from why20003.launch.environment import Route, child_environment, trusted_files, upstream_of
from why20003.launch.folder import NoFolder, private_folder
from why20003.launch.java_store import java_stores
from why20003.launch.processes import Onlooker, Ran, left_behind
from why20003.launch.proxying import Ended, Errand, ProxyError, Proxying
from why20003.launch.sightings import sightings_of
from why20003.launch.unseen import Circumstances, captures_locally, explain

CANNOT_START, WRONG_USAGE, REFUSED = 3, 2, 1
_LEAVING_SECONDS = 0.2
_NAMED = 3
_STANDARD = 2
_NARROWEST, _USUAL_WIDTH = 40, 80
_GLOBBED = re.compile(r"(?:.*[*?\[\]!][^.]*)(?:\.|\Z)")
"""The labels of a host glob up to the last one that is no plain name."""


@dataclass(frozen=True)
class Wishes:
    """The options of the command."""

    scope: str = "twilio"
    annotate: str = "message"
    record: Path | None = None
    is_live: bool = False
    is_quiet: bool = False
    exits_with_refusal: bool = False
    waits: bool = False
    """Whether to wait for processes that CMD leaves behind."""


@dataclass(frozen=True)
class _Past:
    """How the program ran."""

    code: int
    ran: tuple[Ran, ...] = ()
    left: str = ""
    """Processes that it left behind."""


def launch(command: Sequence[str], wishes: Wishes, environment: Mapping[str, str]) -> int:
    """Run `command` behind a proxy of its own; the exit code for the shell."""
    try:
        path = find(command[0], environment)
        with ExitStack() as stack:
            _fill_standard_files(stack)
            signals = Signals()
            stack.callback(signals.release)  # last of all: until nothing is left, no signal ends us
            folder = stack.enter_context(private_folder())
            proxy = Proxying(folder, _show if wishes.is_live else None)
            stack.callback(proxy.finish)
            errand, route = _prepared(wishes, environment, folder.path)
            proxy.start(errand, environment)
            signals.hold()
            child = Child(path, command, child_environment(environment, route(proxy.port)), signals)
            past = _accompanied(child, command, proxy, signals, waits=wishes.waits)
            return _report(command, past, proxy.finish(), wishes, proxy.local_mode)
    except CannotRun as error:
        _complain(str(error))
        return error.code
    except (NoFolder, ProxyError) as error:
        _complain(str(error))
        return WRONG_USAGE if str(error).startswith("why20003_scope") else CANNOT_START


def _fill_standard_files(stack: ExitStack) -> None:
    """Let nothing of ours get the number of a standard file that is closed; for the program it stays so."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _STANDARD:
        stack.callback(os.close, handle)
    os.close(handle)


def _prepared(wishes: Wishes, environment: Mapping[str, str], folder: Path) -> tuple[Errand, Callable[[int], Route]]:
    """What mitmdump is to do, and the way to it once its port is known. Raises ProxyError."""
    names = domains(wishes.scope)
    try:
        upstream = upstream_of(environment)
    except ValueError as error:
        raise ProxyError(str(error)) from None
    try:
        made = make_authority(folder, names, trusted_files(environment), java_stores(environment))
    except OSError as error:
        raise ProxyError(f"cannot write into the private folder {folder}: {error.strerror}") from None
    options = {
        "why20003_annotate": wishes.annotate,
        "why20003_scope": wishes.scope,
        "ssl_verify_upstream_trusted_ca": str(made.upstream),
        # Else mitmproxy takes over all names of the server's certificate, and one that the authority may not sign for
        # makes clients refuse it.
        "upstream_cert": "false",
    }
    if wishes.record is not None:
        options["why20003_record"] = str(wishes.record.absolute())
    if upstream is None:
        errand = Errand(options, expected=_expected(environment))
    else:
        errand = Errand(options, upstream.mode, upstream.auth, upstream.spares_twilio, _expected(environment))
    return errand, lambda port: Route(port, folder, made.bundle, made.trust_store, names)


def domains(scope: str) -> tuple[str, ...]:
    """The domains of a scope beside Twilio's, which the authority has to sign for; an empty one means all."""
    found = []
    for word in (word.strip().lower() for word in scope.split(",")):
        if word and word != "twilio":
            *_, end = _GLOBBED.split(word)
            found.append("" if word == "all" else end)
    return tuple(dict.fromkeys(found))


def _expected(environment: Mapping[str, str]) -> Callable[[], bytes]:
    """Gives what the application may take its credentials from, for the proxy; nothing of it stays here."""

    def gathered() -> bytes:
        from why20003.sources import gather

        try:
            return gather(environment, Path.cwd(), Path.home()).payload()
        except (OSError, RuntimeError):  # no folder to be in, no home
            return expected_json(())

    return gathered


def _accompanied(child: Child, command: Sequence[str], proxy: Proxying, signals: Signals, *, waits: bool) -> _Past:
    """Stay until the program has ended."""
    proxy.listen()
    proxy.tell(f"child {child.pid}")
    onlooker = Onlooker(child.pid, proxy.port)
    code = child.wait()
    if waits and not child.interrupted and (left := left_behind(proxy.folder)):
        _complain(f"{command[0]} has ended, but not {_named(left)}: the proxy stays for that until Ctrl-C")
        while left_behind(proxy.folder) and not signals.ask_for_end(_LEAVING_SECONDS):
            pass
    proxy.tell("ended")
    left = left_behind(proxy.folder)
    if left:  # perhaps it is just about to end
        time.sleep(_LEAVING_SECONDS)
        left = left_behind(proxy.folder)
    return _Past(code, onlooker.stop(), _named(left))


def _named(left: Mapping[int, str]) -> str:
    shown = [f"{scrub(name)} (process {pid})" for pid, name in left.items()][:_NAMED]
    return " and ".join(shown) + (f" and {len(left) - _NAMED} more" if len(left) > _NAMED else "")


def _report(command: Sequence[str], past: _Past, ended: Ended, wishes: Wishes, local_mode: str | None) -> int:
    """Say on standard error what was seen; the exit code."""
    seen = sightings_of(ended.sightings)
    known = Circumstances(
        command=scrub(os.path.basename(command[0])),  # noqa: PTH119 - a text
        code=past.code,
        ran=past.ran,
        local_mode=captures_locally(sys.platform, platform.release(), local_mode),
        died=ended.died,
    )
    if not wishes.is_live and not (wishes.is_quiet and seen.told and not seen.refusals):
        _show(ended.output)
    for line in explain(seen, known):
        _complain(line)
    if past.left:
        _complain(
            f"{past.left} still runs; its requests fail from now on, since the proxy has ended (--wait lets it stay)"
        )
    return REFUSED if wishes.exits_with_refusal and past.code == 0 and seen.refusals else past.code


def _complain(text: str) -> None:
    """Lines that begin with blanks go on with what stands above them."""
    text = scrub(text) if text.startswith(" ") else f"why20003: {scrub(text)}"
    _show("".join(f"{line}\n" for line in _fitting(text)).encode("utf-8", "replace"))


def _fitting(text: str) -> list[str]:
    """On a terminal in lines that fit; elsewhere one."""
    if sys.stderr is None or not sys.stderr.isatty():
        return [text]
    import textwrap

    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
    except OSError:
        width = _USUAL_WIDTH
    return textwrap.wrap(text, max(width, _NARROWEST), subsequent_indent="  ", break_long_words=False) or [text]


def _show(text: bytes) -> None:
    """Write to standard error as it is now: closed, gone away, or left in non-blocking mode by the program."""
    if sys.stderr is None:
        return
    rest = memoryview(text)
    while rest:
        try:
            rest = rest[os.write(2, rest) :]
        except BlockingIOError:
            select.select([], [2], [])
        except OSError:
            return
