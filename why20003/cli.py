"""The command line: which commands there are. What one does stands in why20003/commands/."""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module

import typer

# In the order of --help. Each is the function of its own name in its own module, with the context settings of click.
_COMMANDS: Mapping[str, Mapping[str, bool]] = {
    "run": {"allow_interspersed_args": False},  # what follows CMD belongs to CMD
    "proxy": {"allow_extra_args": True},  # what it does not know itself is for mitmdump
    "check": {},
    "diagnose": {},
    "replay": {},
    "export": {},
    "compare": {},
    "redact": {},
    "escalate": {},
    "open": {},
    "explain": {},
    "demo": {},
    "sandbox": {},
    "version": {},
}
_INTERRUPTED = 130
_WRONG_USAGE = 2
_FAULT = 3
# click's exceptions, or those of the copy that newer typers carry.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def app(names: Iterable[str] = _COMMANDS) -> typer.Typer:
    """The command line with the commands `names` only: each one that is left out saves its import."""
    # Without rich's help pages: they would cost every start, and a pipe gets boxes.
    made = typer.Typer(
        name="why20003",
        help="Explain Twilio error 20003.\n\nExample: why20003 diagnose capture.mitm",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    made.callback(invoke_without_command=True)(_without_command)
    for name in names:
        command = getattr(import_module(f"why20003.commands.{name}"), name)
        made.command(context_settings=dict(_COMMANDS[name]))(command)
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run a command and give its exit code: 0 and 1 as the command says, 2 wrong usage, 3 unreadable, 130 Ctrl-C.

    A fault of ours is one line: a traceback ends with the text of the error, which may quote what is in a recording.
    """
    given = sys.argv[1:] if arguments is None else arguments
    chosen = app(given[:1]) if given and given[0] in _COMMANDS else app()
    try:
        code = typer.main.get_command(chosen)(args=given, prog_name="why20003", standalone_mode=False)
    except _UsageError as error:
        _complain(error)
        return _WRONG_USAGE
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - as said
        from why20003.printing import complain, fault

        complain(fault(error))
        return _FAULT
    return code if isinstance(code, int) else 0


def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(_WRONG_USAGE)


def _complain(error: Exception) -> None:
    from analyzers.masking import scrub
    from why20003.printing import complain

    # It quotes the command line, where a secret may have been pasted.
    says = scrub(str(getattr(error, "format_message", error.__str__)()))
    complain(f"{' '.join(says.split())} (see why20003 --help)")


if __name__ == "__main__":
    sys.exit(main())
