"""Options that several commands share; those of settings come from the table of settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from error_classification.cli.terminal import Session
from error_classification.config import SETTINGS, Setting
from error_classification.models import RunContext, SourceType

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "ndjson", "markdown")

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def paths(command: F) -> F:
    """What to read; whether it can be read is found out when its turn comes, so that the others are done."""
    return click.argument("paths", nargs=-1, metavar="[PATH or -]...", type=click.Path(allow_dash=True, readable=False))(command)


def output_format(*choices: str) -> Callable[[F], F]:
    """``--format``, a table unless asked otherwise."""
    return click.option("--format", "format_", type=click.Choice(choices or FORMATS), default="table", show_default=True)


def source_type(command: F) -> F:
    """``--source-type``, passed on as ``SourceType`` or None."""
    return click.option(
        "--source-type",
        type=click.Choice([item.value for item in SourceType]),
        callback=lambda ctx, parameter, value: SourceType(value) if value else None,
        help="Format of the input; by default it is seen from the content.",
    )(command)


def limit(command: F) -> F:
    """``--top N`` and ``--all``, passed on as ``top``: the number of rows, 0 for all."""
    show_all = click.option("--all", "show_all", is_flag=True, help="Show every row.")
    return click.option("--top", type=click.IntRange(min=1), default=50, show_default=True, help="Rows shown.")(show_all(command))


def setting(name: str, *, metavar: str = "", multiple: bool = False) -> Callable[[F], F]:
    """An option for a setting: its value goes to the session, not to the command."""
    row = _BY_NAME[name]
    is_flag = isinstance(row.default, bool)
    is_number = isinstance(row.default, int | float) and not is_flag
    given = f" [{row.variable}{f', default: {row.default}' if is_number else ''}]" if row.variable else ""

    def remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value not in (None, (), False):
            ctx.ensure_object(Session).options[name] = value if multiple or is_flag else _parsed(row, value, ctx, parameter)

    return click.option(
        f"--{name.replace('_', '-')}",
        f"_{name}",
        expose_value=False,
        is_flag=is_flag,
        multiple=multiple,
        metavar=metavar or ("NUMBER" if is_number else None),
        callback=remember,
        help=f"{row.doc}.{given}",
    )


def settings(*names: str) -> Callable[[F], F]:
    """Options for several settings, named like them."""

    def decorate(command: F) -> F:
        for name in reversed(names):
            command = setting(name)(command)
        return command

    return decorate


def _parsed(row: Setting, value: str, ctx: click.Context, parameter: click.Parameter) -> object:
    try:
        return row.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, parameter) from error


_RUN: Sequence[tuple[str, str, str]] = (
    ("--run", "workflow_id", "Id of the CI run."),
    ("--workflow", "workflow_name", "Name of the workflow or pipeline."),
    ("--job", "job_name", "Name of the job."),
    ("--job-id", "job_id", "Id of the job."),
    ("--step", "step_id", "Id or number of the step."),
    ("--branch", "branch", "Branch that was built."),
    ("--commit", "commit_sha", "Commit that was built."),
    ("--pr", "pr_id", "Number of the pull request."),
    ("--user", "user_alias", "Who started the run."),
)


def run_context(command: F) -> F:
    """Where in CI the input comes from, as far as it does not say so itself: passed on as one option each."""
    command = click.option("--attempt", type=click.IntRange(min=1), default=1, help="Number of the attempt of the run.")(command)
    for flag, name, text in reversed(_RUN):
        command = click.option(flag, name, default="", help=text)(command)
    return setting("repo", metavar="OWNER/NAME")(command)


def context_of(values: dict[str, Any], repo: str) -> RunContext:
    """The run that the options of ``run_context`` describe; they are taken out of ``values``."""
    return RunContext(repo=repo, attempt=values.pop("attempt"), **{name: values.pop(name) for _, name, _ in _RUN})
