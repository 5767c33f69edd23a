"""The command line: which commands there are. What one does stands in why20003/commands/."""

import sys

import typer

from why20003.commands.demo import demo
from why20003.commands.diagnose import diagnose
from why20003.commands.explain import explain
from why20003.commands.proxy import proxy
from why20003.commands.sandbox import sandbox
from why20003.commands.version import version

# Without rich's help pages: they would cost every start, and a pipe gets boxes.
app = typer.Typer(
    name="why20003",
    help="Explain Twilio error 20003.\n\nExample: why20003 diagnose capture.mitm",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# What `proxy` does not know itself is for mitmdump.
app.command(context_settings={"allow_extra_args": True})(proxy)
for _command in (diagnose, explain, demo, sandbox, version):
    app.command()(_command)

_INTERRUPTED = 130
_WRONG_USAGE = 2
# click's exceptions, or those of the copy that newer typers carry.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]


@app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(_WRONG_USAGE)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and give its exit code: 0 and 1 as the command says, 2 wrong usage, 3 unreadable, 130 Ctrl-C."""
    try:
        code = typer.main.get_command(app)(args=arguments, prog_name="why20003", standalone_mode=False)
    except _UsageError as error:
        _complain(error)
        return _WRONG_USAGE
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    return code if isinstance(code, int) else 0


def _complain(error: Exception) -> None:
    from analyzers.masking import scrub
    from why20003.printing import complain

    # It quotes the command line, where a secret may have been pasted.
    says = scrub(str(getattr(error, "format_message", error.__str__)()))
    complain(f"{' '.join(says.split())} (see why20003 --help)")


if __name__ == "__main__":
    sys.exit(main())
