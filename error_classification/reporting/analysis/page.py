"""An analysis as one HTML file with charts: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from error_classification.reporting.analysis import Analysis, category_order
from error_classification.reporting.analysis.advice import advice
from error_classification.reporting.analysis.text import MOST_LINES, entry_cells, in_short, line_cells, sides, title
from error_classification.reporting.escape import html
from error_classification.reporting.html_parts import colour, document, table

_TOP = 50
_WIDTH, _HEIGHT = 960, 220
_LINE_TITLES = ("", "Occurrences", "Share", "Errors", "Period before", "Trend", "Mean confidence")
_ENTRY_TITLES = ("Hash", "Occurrences", "Category", "First seen", "Last seen", "Root cause")


def page(analysis: Analysis) -> str:
    """The whole document."""
    parts = [f"<p>{html(in_short(analysis))}</p>", *_advice(analysis), *_over_time(analysis)]
    for name, lines in sides(analysis):
        rows = [line_cells(line, analysis.occurrences) for line in lines[:MOST_LINES]]
        parts += [f"<h2>{html(name)}</h2>", *table(_LINE_TITLES, rows, {1, 2, 3, 4, 5, 6}, {0})]
    if analysis.entries:
        rows = [entry_cells(entry) for entry in analysis.entries[:_TOP]]
        parts += ["<h2>Most frequent errors</h2>", *table(_ENTRY_TITLES, rows, {1}, {0, 2})]
    return document(title(analysis), parts)


def _advice(analysis: Analysis) -> Iterator[str]:
    found = advice(analysis)
    if found:
        yield "<h2>What to do</h2><ol>" + "".join(f"<li>{html(text)}</li>" for text in found) + "</ol>"


def _over_time(analysis: Analysis) -> Iterator[str]:
    """Stacked bars: the occurrences of each slot of the period by category."""
    most = max((sum(slot.values()) for slot in analysis.timeline), default=0)
    if not most:
        return
    order = category_order(analysis)
    step = _WIDTH / len(analysis.timeline)
    bars = []
    for index, slot in enumerate(analysis.timeline):
        top = float(_HEIGHT)
        for name in order:
            height = _HEIGHT * slot.get(name, 0) / most
            top -= height
            if height:
                label = html(f"{name}: {slot[name]:,}")
                place = f'x="{index * step + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
                bars.append(f'<rect {place} fill="{colour(name)}"><title>{label}</title></rect>')
    yield "<h2>Over time</h2>"
    yield f'<svg viewBox="0 -16 {_WIDTH} {_HEIGHT + 36}" role="img" aria-label="Occurrences over time by category">'
    yield f'<text x="0" y="-4">{most:,}</text>' + "".join(bars)
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (analysis.period.since, analysis.period.until))
    yield f'<text x="0" y="{_HEIGHT + 16}">{since}</text>'
    yield f'<text x="{_WIDTH}" y="{_HEIGHT + 16}" text-anchor="end">{until}</text></svg>'
    yield (
        '<p class="key">'
        + "".join(f'<span><i style="background:{colour(name)}"></i>{html(name)}</span>' for name in order)
        + "</p>"
    )
