"""``evaluate``: how good the answers are, on inputs whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, GATE, NOT_DONE
from error_classification.cli.files import replace_file
from error_classification.cli.terminal import Session, product, session, warn, width
from error_classification.errors import InputError, UsageError
from error_classification.models import HUMAN, LLM
from error_classification.ports import Judge

if TYPE_CHECKING:
    from error_classification.learning.asking import Panel
    from error_classification.learning.evaluation import Answered
    from error_classification.reporting.evaluation import Evaluation, Measure
    from error_classification.reporting.evaluation.text import Section

GROUPS = ("tool", "family", "source_type", "category")
_ROOM_FOR_MEANING = 120
"""Columns from which on several judges and the meaning of each measure stand side by side."""
_MOST_LABELLED = 100_000
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
            bound = float(number)
        except ValueError:
            bound = nan
        if not isfinite(bound):
            raise click.BadParameter(f"{value!r} is not of the form {name}=0.8", ctx, parameter)
        bounds.append((known[name], bound))
    return tuple(bounds)


@click.command("evaluate", cls=Command)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("model", metavar="FILE")
@options.output_format("table", "json", "markdown")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page with plots, too.")
@click.option("--by", type=click.Choice(GROUPS), help="Also measure each tool, family, format or category alone.")
@click.option("--errors", "with_wrong", is_flag=True, help="List what was answered wrongly.")
@click.option("--each-error", is_flag=True, help="Measure each error that a label is about, not the first one of its input.")
@click.option("--without-ambiguous", is_flag=True, help="Leave out inputs whose label can be disputed.")
@click.option("--fail-under", multiple=True, metavar="MEASURE=X", callback=_bounds, help="Exit with 1 where a measure is lower.")
@click.option("--fail-over", multiple=True, metavar="MEASURE=X", callback=_bounds, help="Exit with 1 where a measure is higher.")
@click.option("--drift", is_flag=True, help="Instead, compare what the judges said in the store with the labels of people.")
@click.option("--days", type=click.IntRange(1, 9_999), default=30, show_default=True, help="With --drift: what is recent.")
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
    drift: bool,
    days: int,
) -> int:
    """Measure the judges on labelled inputs, each alone and all together.

    FILEs are JSON lines (.jsonl, .jsonl.gz), or folders with them. A row has an input, as "text" or as "file" beside the labelled
    file, and its "label": category/subcategory, a category, "unclassified" where the text shows no cause, "none" where nothing
    failed. It may have "id", "tool", "family", "accepted" (a list of categories that are right, too), "cause" (texts) or
    "cause_lines" (ranges) of the error that the label is about. Without them it is the first one found.

    The measures are accuracy, macro-f1 (the mean over the categories; unclassified counts as wrong), coverage (answered),
    precision (right when answered), sure and sure-precision (the same from confidence 0.9 on), confident-errors (wrong from
    there on, among all inputs), ece and adaptive-ece (calibration error), brier, aurc (error over all coverages), subcategory,
    and silent (nothing found where nothing failed). Ranges are 95 % intervals.

    Claude is not asked: the judge llm is measured by the answers of it that --store holds.

    With --drift there are no FILEs: the judges' answers in the store are compared with people's labels, period by period. An
    alarm is a category whose precision fell by 5 points or more in the last --days, where that is no chance.

    Exit codes: 0 done; 1 a measure of all judges together is beyond its bound, or --drift raises an alarm; 2 usage or
    configuration; 3 a row or an input could not be read.

    \b
    Examples:
      error-classification evaluate labels.jsonl --html report.html
      error-classification evaluate labels.jsonl --judges rules --by tool --errors
      error-classification evaluate labels/ --fail-under macro-f1=0.8 --fail-over confident-errors=0.01
      error-classification evaluate --drift --days 14
    """
    from error_classification.learning.evaluation import evaluated, grouped
    from error_classification.reporting.evaluation import Evaluation

    here = session()
    if drift:
        return _drift(here, files, days, format_)
    if not files:
        raise UsageError("no FILE named", "a labelled file, or --drift for the labels in the store")
    with ExitStack() as open_:
        panel = _panel(here, open_)
        answers, unread = _answers(files, panel, each_error, without_ambiguous)
    judges = tuple(evaluated(name, members) for name, members in answers.items())
    if not judges:
        raise _nothing(unread, without_ambiguous)
    groups = grouped(list(answers.values())[-1], _group(by)) if by else ()
    evaluation = Evaluation(judges, by or "", groups, unread)
    _print(evaluation, format_, with_wrong, here)
    if html:
        _write_page(evaluation, html)
    missed = [*_missed(evaluation, fail_under, fail_over)]
    for text in missed:
        warn(f"gate: {text}")
    return NOT_DONE if unread else GATE if missed else DONE


def _nothing(unread: int, without_ambiguous: bool) -> InputError:
    """Says why there is nothing to measure."""
    if unread:
        return InputError("nothing to measure: no labelled input could be read")
    if without_ambiguous:
        return InputError("nothing to measure: no label that cannot be disputed")
    return InputError("nothing to measure: the file is empty", archive.LABEL_FIRST)


def _drift(here: Session, files: Sequence[Path], days: int, format_: str) -> int:
    from error_classification.learning.drift import drift
    from error_classification.reporting import json
    from error_classification.reporting.evaluation.drift import advice, drift_headline, drift_record, drift_sections

    if files:
        raise UsageError("--drift looks into the store and takes no FILE")
    opened = archive.opened(here)
    with opened.archive:
        found = drift(opened.archive.judged((HUMAN,), _MOST_LABELLED), wiring.SystemClock().now(), days)
    if format_ == "json":
        product(json.line(drift_record(found)))
    else:
        _print_sections([*drift_sections(found)], format_, here)
    here.say(drift_headline(found))
    if found.alarms:
        here.say(advice(found))
    return GATE if found.alarms else DONE


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

    categories = dict.fromkeys(category for category, _ in sorted(wiring.known_labels(session().resolve().config)))
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
    from error_classification.reporting import json
    from error_classification.reporting.evaluation.record import record
    from error_classification.reporting.evaluation.text import headline, sections

    if format_ == "json":
        product(json.line(record(evaluation, with_wrong)))
    else:
        with_meaning = format_ == "markdown" or len(evaluation.judges) == 1 or width() >= _ROOM_FOR_MEANING
        _print_sections([*sections(evaluation, with_wrong, with_meaning)], format_, here)
    here.say(headline(evaluation))


def _print_sections(shown: Sequence[Section], format_: str, here: Session) -> None:
    if not shown:
        return
    if format_ == "markdown":
        from error_classification.reporting import markdown

        product("\n\n".join(markdown.tables(part.title, [(part.columns, part.rows)]).rstrip() for part in shown))
    else:
        from error_classification.cli.listing import listing

        columns, color = width(), here.has_color()
        product("\n\n".join(listing(part.columns, part.rows, columns, color).rstrip("\n") for part in shown))


def _write_page(evaluation: Evaluation, path: Path) -> None:
    from error_classification.reporting.evaluation.page import page

    replace_file(path, page(evaluation))


def _missed(evaluation: Evaluation, under: Sequence[Bound], over: Sequence[Bound]) -> Iterator[str]:
    """The bounds that are not kept; a measure that there is nothing to say about keeps none."""
    from error_classification.reporting.evaluation.text import short

    figures = evaluation.in_force.figures
    for bounds, sign in ((under, "<"), (over, ">")):
        for measure, bound in bounds:
            value = figures[measure].value
            if value is None or (value < bound if sign == "<" else value > bound):
                yield f"{measure.value} {short(measure, figures[measure])} {sign} {bound:g}"
