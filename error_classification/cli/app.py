"""The program: its commands, loaded when they are called, and the rim at which every failure becomes an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn, TextIO

import click
from click.shell_completion import CompletionItem

from error_classification import __version__
from error_classification.cli.exit_codes import BUG, INTERRUPTED, NOT_DONE, USAGE
from error_classification.cli.terminal import Session, tolerate_any_text, warn
from error_classification.errors import Error
from error_classification.reporting.escape import visible

COMMANDS = {
    "classify": "Find, classify and store the errors of CI artefacts.",
    "extract": "Find the errors of CI artefacts, cause before symptom.",
    "ci": "Say why a CI job failed.",
    "stats": "Count what the store holds.",
    "batch": "Collect what failed, classify it and store it.",
    "analyze": "Report on the recent failures in the store.",
    "metrics": "Upload metrics of workflows, jobs and steps.",
    "issues": "Keep one GitHub issue for each recurring error of a repository.",
    "show": "Show all that is known of one error.",
    "label": "Correct classifications, and say what to label next.",
    "train": "Train a local model with labels of your own.",
    "prune": "Forget occurrences that are older than an age.",
    "rules": "List, show and check the rules, and learn new ones.",
    "evaluate": "Measure the judges on labelled inputs.",
    "setup": "Make ready what a service needs before the first upload.",
    "doctor": "Check the installation, the settings and the store.",
    "completion": "Print the completion script of a shell.",
}


class ClosedPipe(Exception):  # noqa: N818  # not an error: the reader has what it wants
    """Nobody reads our output any more."""


class Command(click.Command):
    """A command that takes the options which hold everywhere."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return _with_common_options(super().get_params(ctx))


class LazyGroup(click.Group):
    """Commands by name and short help; the module of one is imported when it is called, its help included.

    ``table`` maps names to short helps, ``load`` a name to its command.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], load: Callable[[str], click.Command], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table, self._load = table, load

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return _with_common_options(super().get_params(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._load(cmd_name) if cmd_name in self._table else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [CompletionItem(name, help=text) for name, text in self._table.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)


class Program(LazyGroup):
    """The whole: ends with 0, 1 (gate), 2 (usage), 3 (work not done), 70 (a bug) or 130 (interrupted)."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except BrokenPipeError as error:
            raise ClosedPipe from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ClosedPipe from error

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        tolerate_any_text()
        session = Session()
        kwargs |= {"standalone_mode": False, "obj": session}
        code = guarded(lambda: super(Program, self).main(*args, **kwargs), session)
        sys.exit(_flushed(code))


def guarded(call: Callable[[], object], session: Session, say: Callable[[str], None] = warn) -> int:
    """The exit code of ``call``; what went wrong is said in one line."""
    try:
        code = call()
    except ClosedPipe:
        return 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        with suppress(OSError):  # as in ``warn``
            error.show()
        return USAGE
    except Error as error:
        say(f"error-classification: {error}")
        return error.exit_code
    except OSError as error:
        say(f"error-classification: {error.filename or 'output'}: {error.strerror or error}")
        return NOT_DONE
    except Exception as error:
        return _bug(error, session, say)
    return code if isinstance(code, int) else 0


def _bug(error: Exception, session: Session, say: Callable[[str], None]) -> int:
    if session.verbose:
        click.echo(visible("".join(traceback.format_exception(error))), err=True)
    advice = "this is a bug: please report it with what --verbose prints and the output of `error-classification doctor`"
    say(f"error-classification: {type(error).__name__}: {str(error)[:200]} ({advice})")
    return BUG


def _flushed(code: int) -> int:
    """The exit code once all is written."""
    problem = _flush(sys.stdout)
    if problem and not isinstance(problem, BrokenPipeError) and code != NOT_DONE:
        warn(f"error-classification: output: {problem.strerror or problem}")
        code = NOT_DONE
    _flush(sys.stderr)
    return code


def _flush(stream: TextIO | None) -> OSError | None:
    """Writes what is left; that it cannot be written must not be found out again when the interpreter ends."""
    if stream is None:
        return None
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


def _with_common_options(parameters: list[click.Parameter]) -> list[click.Parameter]:
    """They stand before ``--help``, which click puts last."""
    return [*parameters[:-1], *_common_options(), *parameters[-1:]]


def _common_options() -> list[click.Option]:
    flags = (
        (["-q", "--quiet"], "Print only the product and errors."),
        (["-v", "--verbose"], "Say more of what is done."),
        (["--no-color"], "No colour; NO_COLOR does the same."),
    )
    return [
        *(click.Option(names, is_flag=True, expose_value=False, callback=_remember, help=text) for names, text in flags),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and exit."
        ),
    ]


def _remember(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Options may stand before or after the command's name."""
    if value and parameter.name:
        setattr(ctx.ensure_object(Session), parameter.name, True)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"error-classification {__version__}")
        ctx.exit()


def _load(name: str) -> click.Command:
    command: click.Command = import_module(f"error_classification.cli.{name}").command
    return command


program = Program(
    "error-classification",
    table=COMMANDS,
    load=_load,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="""Finds, fingerprints, classifies and stores the errors of failed CI jobs.

    Nothing leaves this machine unless an option or the configuration file names a service.

    \b
    Examples:
      error-classification classify build.log test-results/
      gh run view 123 --log | error-classification classify
      error-classification stats --hours 24
    """,
)
