"""``evaluate``: how good the answers are, on inputs whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, GATE, NOT_DONE
from error_classification.cli.terminal import Session, product, session, warn, width
from error_classification.errors import InputError, UsageError
from error_classification.models import LLM
from error_classification.ports import Judge

if TYPE_CHECKING:
    from error_classification.learning.asking import Panel
    from error_classification.learning.evaluation import Answered
    from error_classification.reporting.evaluation import Evaluation, Measure

GROUPS = ("tool", "family", "source_type", "category")
Bound = tuple["Measure", float]


def _bounds(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Bound, ...]:
    """``MEASURE=NUMBER``, each."""
    from error_classification.reporting.evaluation import Measure

    known = {measure.value: measure for measure in Measure}
    bounds = []
    for value in values:
        name, _, number = value.partition("=")
        if name not in known:
            raise click.BadParameter(f"unknown measure {name!r}; there are {', '.join(known)}", ctx, parameter)
        try:
            bounds.append((known[name], float(number)))
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is not of the form {name}=0.8", ctx, parameter) from error
    return tuple(bounds)


@click.command("evaluate", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.output_format("table", "json", "markdown")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page with plots, too.")
@click.option("--by", type=click.Choice(GROUPS), help="Also measure each tool, family, format or category alone.")
@click.option("--errors", "with_wrong", is_flag=True, help="List what was answered wrongly.")
@click.option("--each-error", is_flag=True, help="Measure each error that a label is about, not the first one of its input.")
@click.option("--without-ambiguous", is_flag=True, help="Leave out inputs whose label can be disputed.")
@click.option("--fail-under", multiple=True, metavar="MEASURE=X", callback=_bounds, help="Exit with 1 where a measure is lower.")
@click.option("--fail-over", multiple=True, metavar="MEASURE=X", callback=_bounds, help="Exit with 1 where a measure is higher.")
@options.setting("store", metavar="FILE")
def command(
    files: tuple[Path, ...],
    format_: str,
    html: Path | None,
    by: str | None,
    with_wrong: bool,
    each_error: bool,
    without_ambiguous: bool,
    fail_under: tuple[Bound, ...],
    fail_over: tuple[Bound, ...],
) -> int:
    """Measure the judges on labelled inputs, each alone and all together.

    FILEs are JSON lines (.jsonl, .jsonl.gz), or folders with them. A row has an input, as "text" or as "file" beside the labelled
    file, and its "label": category/subcategory, a category, "unclassified" where the text shows no cause, "none" where nothing
    failed. It may have "id", "tool", "family", "accepted" (a list of categories that are right, too), "cause" (texts) or
    "cause_lines" (ranges) of the error that the label is about. Without them it is the first one found.

    Claude is not asked: the judge llm is measured by the answers of it that --store holds.

    Exit codes: 0 done; 1 a measure of all judges together is beyond its bound; 2 usage or configuration; 3 a row or an input
    could not be read.

    \b
    Examples:
      error-classification evaluate labels.jsonl --html report.html
      error-classification evaluate labels.jsonl --judges rules --by tool --errors
      error-classification evaluate labels/ --fail-under macro-f1=0.8 --fail-over confident-errors=0.01
    """
    from error_classification.learning.evaluation import evaluated, grouped
    from error_classification.reporting.evaluation import Evaluation

    here = session()
    with ExitStack() as open_:
        panel = _panel(here, open_)
        answers, unread = _answers(files, panel, each_error, without_ambiguous)
    judges = tuple(evaluated(name, members) for name, members in answers.items())
    if not judges:
        raise InputError("nothing to measure: no labelled input could be read")
    groups = grouped(list(answers.values())[-1], _group(by)) if by else ()
    evaluation = Evaluation(judges, by or "", groups, unread)
    _print(evaluation, format_, with_wrong, here)
    if html:
        _write_page(evaluation, html)
    is_missed = any([*_missed(evaluation, fail_under, fail_over)])
    return NOT_DONE if unread else GATE if is_missed else DONE


def _panel(here: Session, open_: ExitStack) -> Panel:
    """The judges that ``classify`` would ask, and Claude's stored answers in its place."""
    from error_classification.learning.asking import Panel, Stored

    config = here.resolve().config
    judges: tuple[Judge, ...] = wiring.judges(config)
    if LLM in config.judges:
        judges = (*judges, Stored(open_.enter_context(archive.opened(here).archive)))
    return Panel(judges, wiring.redactor(config), wiring.SystemClock(), wiring.policy(config))


def _answers(
    files: Iterable[Path], panel: Panel, each_error: bool, without_ambiguous: bool
) -> tuple[dict[str, list[Answered]], int]:
    """By judge, all together last (left out where there is one judge); and the number of rows that could not be read."""
    from error_classification.learning.asking import COMBINED, asked
    from error_classification.learning.labelled import read_inputs

    categories = {category: None for category, _ in wiring.known_labels(session().resolve().config)}
    found: dict[str, list[Answered]] = {}
    unread = 0
    for one in read_inputs(files, panel.redactor, panel.policy, tuple(categories)):
        if isinstance(one, InputError):
            warn(f"error-classification: {one}")
            unread += 1
        elif not (without_ambiguous and one.row.ambiguous):
            for name, answer in asked(one, panel, each_error):
                found.setdefault(name, []).append(answer)
    if len(panel.judges) == 1:
        found.pop(COMBINED, None)
    return found, unread


def _group(by: str) -> Callable[[Answered], str]:
    names: dict[str, Callable[[Answered], str]] = {
        "tool": lambda one: one.tool,
        "family": lambda one: one.family,
        "source_type": lambda one: one.source_type.value if one.source_type else "",
        "category": lambda one: one.label.partition("/")[0],
    }
    return names[by]


def _print(evaluation: Evaluation, format_: str, with_wrong: bool, here: Session) -> None:
    from error_classification.reporting import json, markdown
    from error_classification.reporting.evaluation.record import record
    from error_classification.reporting.evaluation.text import headline, sections

    if format_ == "json":
        product(json.line(record(evaluation, with_wrong)))
    elif format_ == "markdown":
        parts = [markdown.tables(part.title, [(part.columns, part.rows)]).rstrip() for part in sections(evaluation, with_wrong)]
        product("\n\n".join(parts))
    else:
        from error_classification.cli.listing import listing

        columns, color = width(), here.has_color()
        tables = (listing(part.columns, part.rows, columns, color) for part in sections(evaluation, with_wrong))
        product("\n\n".join(table.rstrip("\n") for table in tables))
    here.say(headline(evaluation))


def _write_page(evaluation: Evaluation, path: Path) -> None:
    from error_classification.reporting.evaluation.page import page

    try:
        path.write_text(page(evaluation), "utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}", "name a file that can be written") from error


def _missed(evaluation: Evaluation, under: Sequence[Bound], over: Sequence[Bound]) -> Iterator[str]:
    """The bounds that are not kept; a measure that there is nothing to say about keeps none. Each is said."""
    from error_classification.reporting.evaluation.text import short

    figures = evaluation.in_force.figures
    for bounds, sign in ((under, "<"), (over, ">")):
        for measure, bound in bounds:
            value = figures[measure].value
            if value is None or (value < bound if sign == "<" else value > bound):
                text = f"{measure.value} {short(measure, figures[measure])} {sign} {bound:g}"
                warn(f"gate: {text}")
                yield text
