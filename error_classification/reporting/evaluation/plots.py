"""The plots of an evaluation as SVG; their colours come from the page's style, so that they follow its light or dark scheme.

Coordinates are pixels of the ``viewBox``, y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from error_classification.models import UNCLASSIFIED
from error_classification.reporting.escape import html
from error_classification.reporting.evaluation import Bin, ClassFigures, Figure, JudgeEvaluation
from error_classification.reporting.html_parts import colour

_SIDE = 300
"""Width and height of a square plot, without its margins."""
_LEFT, _TOP, _RIGHT, _BOTTOM = 66, 14, 24, 40
_COUNTS = 54
"""Height of the counts below a reliability diagram."""
_ROW, _NAMES, _BAR = 46, 160, 420
_CELL, _HEADER = 46, 92
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def reliability(judge: JudgeEvaluation) -> str:
    """Accuracy over confidence, with intervals; the diagonal is perfect calibration, below it a judge is too sure of itself.

    The bars below say how many answers each bin has.
    """
    most = max((one.count for one in judge.bins), default=0)
    bars = "".join(_reliability_bar(one) for one in judge.bins)
    counts = "".join(_count_bar(one, most) for one in judge.bins)
    body = (
        *_axes("confidence", "right", _SIDE + _COUNTS + 12),
        f'<line class="ideal" x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/>',
        bars,
        f'<g transform="translate(0 {_SIDE + 12})">{counts}<line class="axis" x1="0" y1="{_COUNTS}" x2="{_SIDE}" y2="{_COUNTS}"/>'
        f'<text class="mark" x="-6" y="10" text-anchor="end">{most:,}</text></g>',
    )
    return _svg(f"Reliability diagram of {judge.judge}", _SIDE, _SIDE + _COUNTS + 12, body)


def risk_coverage(judges: Sequence[JudgeEvaluation]) -> str:
    """The share of wrong answers over the share of inputs that is answered, the surest first; low and long is good."""
    highest = max((point.risk for judge in judges for point in judge.curve), default=0.0)
    scale = next(step for step in (0.05, 0.1, 0.25, 0.5, 1.0) if highest <= step)
    lines = "".join(_risk_line(judge, number, scale) for number, judge in enumerate(judges))
    body = (*_axes("coverage", "wrong", _SIDE, scale), lines)
    return _svg("Risk-coverage curve", _SIDE, _SIDE, body)


def category_bars(classes: Sequence[ClassFigures]) -> str:
    """Precision and recall of each category, one above the other, with intervals, and its F1 in words."""
    height = _ROW * len(classes)
    grid = "".join(
        f'<line class="grid" x1="{mark * _BAR:.0f}" y1="0" x2="{mark * _BAR:.0f}" y2="{height}"/>'
        f'<text class="mark" x="{mark * _BAR:.0f}" y="{height + 16}" text-anchor="middle">{_percent(mark)}</text>'
        for mark in _MARKS
    )
    rows = "".join(_category_row(one, number * _ROW) for number, one in enumerate(classes))
    viewbox = f'viewBox="-{_NAMES} -6 {_NAMES + _BAR + 90} {height + 30}"'
    return f'<svg {viewbox} role="img" aria-label="Precision and recall by category">{grid}{rows}</svg>'


def heat_map(judge: JudgeEvaluation) -> str:
    """What was answered (columns) for each truth (rows): the darker a cell, the larger its share of the row."""
    present = {name for pair in judge.confusion for name in pair}
    names = [*(name for name in judge.categories if name in present), *((UNCLASSIFIED,) if UNCLASSIFIED in present else ())]
    side = _CELL * len(names)
    rows = "".join(_heat_row(judge, truth, names, number) for number, truth in enumerate(names))
    heads = "".join(
        f'<text class="name" transform="translate({_CELL * (number + 0.5):.0f} -8) rotate(-40)">{html(_short(name))}</text>'
        for number, name in enumerate(names)
    )
    titles = f'<text class="mark" x="-{_NAMES - 10}" y="-8">truth ↓ · answer →</text>'
    viewbox = f'viewBox="-{_NAMES} -{_HEADER} {_NAMES + side + 70} {_HEADER + side + 4}"'
    return f'<svg {viewbox} role="img" aria-label="Confusion matrix">{titles}{heads}{rows}</svg>'


def legend(judges: Iterable[JudgeEvaluation]) -> str:
    """Which line is whose."""
    keys = (f'<span><i class="judge{number % 4}"></i>{html(judge.judge)}</span>' for number, judge in enumerate(judges))
    return f'<p class="key">{"".join(keys)}</p>'


def _svg(label: str, width: int, height: int, body: Iterable[str]) -> str:
    viewbox = f"-{_LEFT} -{_TOP} {width + _LEFT + _RIGHT} {height + _TOP + _BOTTOM}"
    return f'<svg viewBox="{viewbox}" role="img" aria-label="{html(label)}">{"".join(body)}</svg>'


def _axes(x_title: str, y_title: str, bottom: int, y_scale: float = 1.0) -> Iterator[str]:
    """Grid, marks and titles; marks of x stand below ``bottom``."""
    for mark in _MARKS:
        x, y = mark * _SIDE, (1 - mark) * _SIDE
        yield f'<line class="grid" x1="0" y1="{y:.0f}" x2="{_SIDE}" y2="{y:.0f}"/>'
        yield f'<line class="grid" x1="{x:.0f}" y1="0" x2="{x:.0f}" y2="{_SIDE}"/>'
        yield f'<text class="mark" x="-6" y="{y + 4:.0f}" text-anchor="end">{_percent(mark * y_scale)}</text>'
        yield f'<text class="mark" x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{_percent(mark)}</text>'
    yield f'<text class="title" x="{_SIDE / 2:.0f}" y="{bottom + 34}" text-anchor="middle">{x_title}</text>'
    yield f'<text class="title" transform="translate(-54 {_SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">{y_title}</text>'


def _reliability_bar(one: Bin) -> str:
    value = one.right.value or 0.0
    x, width = one.low * _SIDE + 1, (one.high - one.low) * _SIDE - 2
    middle = x + width / 2
    text = html(f"{one.low:.1f}-{one.high:.1f}: {one.count:,} answers, mean confidence {one.confidence:.1%}, right {value:.1%}")
    gap_top, gap = (1 - max(value, one.confidence)) * _SIDE, abs(value - one.confidence) * _SIDE
    kind = "over" if value < one.confidence else "under"
    return (
        f"<g><title>{text}</title>"
        f'<rect class="bar" x="{x:.1f}" y="{(1 - value) * _SIDE:.1f}" width="{width:.1f}" height="{value * _SIDE:.1f}"/>'
        f'<rect class="{kind}" x="{x:.1f}" y="{gap_top:.1f}" width="{width:.1f}" height="{gap:.1f}"/>'
        f"{_whisker(one.right, middle)}</g>"
    )


def _whisker(figure: Figure, x: float) -> str:
    low, high = figure.interval or (0.0, 0.0)
    top, bottom = (1 - high) * _SIDE, (1 - low) * _SIDE
    line = f'<line class="whisker" x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}"/>'
    ends = (f'<line class="whisker" x1="{x - 4:.1f}" y1="{y:.1f}" x2="{x + 4:.1f}" y2="{y:.1f}"/>' for y in (top, bottom))
    return line + "".join(ends)


def _count_bar(one: Bin, most: int) -> str:
    height = _COUNTS * one.count / most if most else 0.0
    x, width = one.low * _SIDE + 1, (one.high - one.low) * _SIDE - 2
    return (
        f'<rect class="count" x="{x:.1f}" y="{_COUNTS - height:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{one.count:,} answers</title></rect>"
    )


def _risk_line(judge: JudgeEvaluation, number: int, scale: float) -> str:
    """A step from each threshold to the next: no answer has a confidence between."""
    path, marks = "", []
    for point in judge.curve:
        x, y = point.coverage * _SIDE, (1 - point.risk / scale) * _SIDE
        path += f"H{x:.1f}V{y:.1f}" if path else f"M0 {y:.1f}H{x:.1f}"
        title = html(
            f"{judge.judge}: from confidence {point.threshold:.2f} on {point.coverage:.1%} answered, {point.risk:.1%} wrong"
        )
        marks.append(f'<circle class="dot judge{number % 4}" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{title}</title></circle>')
    return f'<path class="line judge{number % 4}" d="{path}"/>{"".join(marks)}' if path else ""


def _category_row(one: ClassFigures, y: int) -> str:
    f1 = f"F1 {one.f1.value:.2f}" if one.f1.value is not None else ""
    name = (
        f'<text class="name" x="-10" y="{y + 20}" text-anchor="end">{html(one.name)}</text>'
        f'<text class="mark" x="-10" y="{y + 34}" text-anchor="end">{one.support:,} inputs</text>'
        f'<text class="mark" x="{_BAR + 12}" y="{y + 27}">{f1}</text>'
    )
    fill = colour(one.name)
    return name + _side_bar(one.precision, "precision", y + 6, fill, 1.0) + _side_bar(one.recall, "recall", y + 24, fill, 0.55)


def _side_bar(figure: Figure, name: str, y: int, fill: str, opacity: float) -> str:
    if figure.value is None:
        return f'<text class="mark" x="4" y="{y + 11}">no {"answers" if name == "precision" else "inputs"}</text>'
    low, high = (end * _BAR for end in figure.interval or (figure.value, figure.value))
    title = html(f"{name} {figure.value:.1%}, {figure.count} of {figure.of}, 95 % interval {low / _BAR:.0%}-{high / _BAR:.0%}")
    return (
        f"<g><title>{title}</title>"
        f'<rect x="0" y="{y}" width="{figure.value * _BAR:.1f}" height="14" rx="2" fill="{fill}" fill-opacity="{opacity}"/>'
        f'<line class="whisker" x1="{low:.1f}" y1="{y + 7}" x2="{high:.1f}" y2="{y + 7}"/></g>'
    )


def _heat_row(judge: JudgeEvaluation, truth: str, names: Sequence[str], number: int) -> str:
    total = sum(judge.confusion.get((truth, answer), 0) for answer in names)
    y = number * _CELL
    cells = "".join(
        _heat_cell(truth, answer, judge.confusion.get((truth, answer), 0), total, (column * _CELL, y))
        for column, answer in enumerate(names)
    )
    return f'<text class="name" x="-10" y="{y + _CELL / 2 + 4:.0f}" text-anchor="end">{html(truth)}</text>{cells}'


def _heat_cell(truth: str, answer: str, count: int, total: int, corner: tuple[int, int]) -> str:
    x, y = corner
    share = count / total if total else 0.0
    kind = "right" if truth == answer else "wrong"
    box = f'x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="3"'
    cell = f'<rect class="empty" {box}/>'
    if not count:
        return cell
    title = html(f"{truth}, answered {answer}: {count:,} of {total:,} ({share:.0%})")
    middle = f'x="{x + _CELL / 2:.0f}" y="{y + _CELL / 2 + 5:.0f}" text-anchor="middle"'
    return (
        f'<g><title>{title}</title>{cell}<rect class="{kind}" {box} fill-opacity="{0.15 + 0.85 * share:.2f}"/>'
        f'<text class="cell{" strong" if share > 0.5 else ""}" {middle}>{count:,}</text></g>'
    )


def _short(name: str) -> str:
    return name.removesuffix("_error").removesuffix("_failure").removesuffix("_exhaustion")


def _percent(value: float) -> str:
    return f"{100 * value:g} %"
