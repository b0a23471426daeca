"""An evaluation as one HTML file with plots: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from error_classification.reporting.escape import html
from error_classification.reporting.evaluation import SMALL_IS_GOOD, Evaluation, Figure, JudgeEvaluation, Measure
from error_classification.reporting.evaluation.plots import category_bars, heat_map, legend, reliability, risk_coverage
from error_classification.reporting.evaluation.style import STYLE
from error_classification.reporting.evaluation.text import (
    full,
    group_columns,
    group_rows,
    headline,
    judge_columns,
    judge_rows,
    short,
    wrong_row,
)
from error_classification.reporting.html_parts import document, table

_MOST_WRONG = 200
_TILES = {
    Measure.MACRO_F1: "macro-F1",
    Measure.ACCURACY: "accuracy",
    Measure.COVERAGE: "answered",
    Measure.SURE_PRECISION: "right when sure",
    Measure.CONFIDENT_ERRORS: "confident errors",
    Measure.ECE: "calibration error",
}
_RELIABILITY_CAPTION = (
    "Answers by their confidence, and how many of them are right. On the dashed line a confidence is what it says; red is too "
    "sure, green not sure enough. Grey bars count the answers."
)
_RISK_CAPTION = "The share that is wrong, if only the surest answers are taken: low and long is good."
_CATEGORIES_CAPTION = (
    "Above, in full colour: precision, the share of its answers that are right. Below, pale: recall, the share of its inputs "
    "that were found. Lines are 95 % intervals."
)
_HEAT_CAPTION = "Inputs by their truth and the answer; the stronger a cell's colour, the larger its share of the row."
_WRONG_TITLES = ("Input", "Truth", "Answer", "Confidence", "Error", "Reason")


def page(evaluation: Evaluation, title: str = "Evaluation") -> str:
    """The whole document: what counts, the plots, the judges side by side, groups, and what is wrong."""
    judge = evaluation.in_force
    parts = [
        f'<p class="soft">{html(headline(evaluation))}. Shown is the judge <b>{html(judge.judge)}</b>; '
        "ranges are 95 % intervals.</p>",
        *_tiles(judge),
        *_calibration(evaluation),
        *_figure("Categories", category_bars(judge.classes), _CATEGORIES_CAPTION),
        *_figure("What is taken for what", heat_map(judge), _HEAT_CAPTION),
        *_side_by_side(evaluation),
        *_groups(evaluation),
        *_wrong(judge),
    ]
    return document(title, parts, STYLE)


def _tiles(judge: JudgeEvaluation) -> Iterator[str]:
    """The measures that count, each with its interval on a scale of its own: the whole of a share, the tenth of an error."""
    yield '<div class="tiles">'
    for measure, name in _TILES.items():
        figure = judge.figures[measure]
        interval = full(measure, figure).removeprefix(short(measure, figure)).strip(" ()") or "nothing to measure"
        yield (
            f'<div class="tile"><small>{name}</small><b>{short(measure, figure)}</b><small>{interval}</small>'
            f"{_meter(figure, 0.1 if measure in SMALL_IS_GOOD else 1.0)}</div>"
        )
    yield "</div>"


def _meter(figure: Figure, most: float) -> str:
    low, high = (min(1.0, end / most) for end in figure.interval or (0.0, 0.0))
    return f'<div class="meter"><i style="left:{100 * low:.1f}%;width:{100 * max(high - low, 0.01):.1f}%"></i></div>'


def _calibration(evaluation: Evaluation) -> Iterator[str]:
    yield f'<h2>Confidence</h2><p class="soft">{_RELIABILITY_CAPTION}</p><div class="plots">'
    for judge in evaluation.judges:
        if judge.bins:
            error = full(Measure.ECE, judge.figures[Measure.ECE])
            yield f"<figure><h3>Reliability: {html(judge.judge)}</h3>{reliability(judge)}"
            yield f"<figcaption>Calibration error {error}</figcaption></figure>"
    yield f"<figure><h3>Risk and coverage</h3>{risk_coverage(evaluation.judges)}{legend(evaluation.judges)}"
    yield f"<figcaption>{_RISK_CAPTION}</figcaption></figure></div>"


def _figure(title: str, plot: str, caption: str) -> Iterator[str]:
    yield f'<h2>{title}</h2><figure class="wide">{plot}<figcaption>{caption}</figcaption></figure>'


def _side_by_side(evaluation: Evaluation) -> Iterator[str]:
    titles = [column.title for column in judge_columns(evaluation.judges)]
    numbers = set(range(1, len(evaluation.judges) + 1))
    yield '<h2>All measures</h2><div class="wide">'
    yield from table(titles, judge_rows(evaluation.judges), numbers, {0})
    yield "</div>"


def _groups(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.groups:
        titles = [column.title for column in group_columns(evaluation.by)]
        yield f'<h2>By {html(evaluation.by.replace("_", " "))}</h2><div class="wide">'
        yield from table(titles, group_rows(evaluation), set(range(1, len(titles))), {0})
        yield "</div>"


def _wrong(judge: JudgeEvaluation) -> Iterator[str]:
    if judge.wrong:
        shown = judge.wrong[:_MOST_WRONG]
        more = f", the first {len(shown)} of them" if len(shown) < len(judge.wrong) else ""
        yield f'<details><summary>Wrong or unanswered: {len(judge.wrong):,}{more}</summary><div class="wide">'
        yield from table(_WRONG_TITLES, map(wrong_row, shown), {3}, {0, 1, 2, 4})
        yield "</div></details>"
