"""An analysis as one HTML file with charts: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from error_classification.reporting.analysis import Analysis, category_order
from error_classification.reporting.analysis.advice import advice
from error_classification.reporting.analysis.text import MOST_LINES, entry_cells, in_short, line_cells, sides, title
from error_classification.reporting.escape import html

_TOP = 50
_WIDTH, _HEIGHT = 960, 220
_COLOURS = {
    "dependency_error": "#4e79a7",
    "timeout": "#f28e2b",
    "resource_exhaustion": "#e15759",
    "network_error": "#76b7b2",
    "assertion_failure": "#59a14f",
    "compilation_error": "#edc948",
    "runtime_error": "#b07aa1",
    "infrastructure_error": "#ff9da7",
    "configuration_error": "#9c755f",
    "flaky_test": "#86bcb6",
}
"""Tableau's ten, as matplotlib has them; whatever else there is, is grey."""
_GREY = "#bab0ac"
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; }
svg text { fill: currentColor; font-size: 12px; }
.key span { display: inline-block; margin-right: 1rem; }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .3em; }
"""
_LINE_TITLES = ("", "Occurrences", "Share", "Errors", "Period before", "Trend", "Mean confidence")
_ENTRY_TITLES = ("Hash", "Occurrences", "Category", "First seen", "Last seen", "Root cause")


def page(analysis: Analysis) -> str:
    """The whole document."""
    heading = html(title(analysis))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{heading}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{heading}</h1><p>{html(in_short(analysis))}</p>",
        *_advice(analysis),
        *_over_time(analysis),
    ]
    for name, lines in sides(analysis):
        rows = [line_cells(line, analysis.occurrences) for line in lines[:MOST_LINES]]
        parts += [f"<h2>{html(name)}</h2>", *_table(_LINE_TITLES, rows, {1, 2, 3, 4, 5, 6}, {0})]
    if analysis.entries:
        rows = [entry_cells(entry) for entry in analysis.entries[:_TOP]]
        parts += ["<h2>Most frequent errors</h2>", *_table(_ENTRY_TITLES, rows, {1}, {0, 2})]
    return "\n".join([*parts, "</body></html>"]) + "\n"


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
                bars.append(f'<rect {place} fill="{_colour(name)}"><title>{label}</title></rect>')
    yield "<h2>Over time</h2>"
    yield f'<svg viewBox="0 -16 {_WIDTH} {_HEIGHT + 36}" role="img" aria-label="Occurrences over time by category">'
    yield f'<text x="0" y="-4">{most:,}</text>' + "".join(bars)
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (analysis.period.since, analysis.period.until))
    yield f'<text x="0" y="{_HEIGHT + 16}">{since}</text>'
    yield f'<text x="{_WIDTH}" y="{_HEIGHT + 16}" text-anchor="end">{until}</text></svg>'
    yield (
        '<p class="key">'
        + "".join(f'<span><i style="background:{_colour(name)}"></i>{html(name)}</span>' for name in order)
        + "</p>"
    )


def _colour(name: str) -> str:
    return _COLOURS.get(name, _GREY)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int], names: set[int]) -> Iterator[str]:
    def classed(index: int) -> str:
        return ' class="number"' if index in numbers else ""

    yield (
        "<table><thead><tr>"
        + "".join(f"<th{classed(i)}>{html(text)}</th>" for i, text in enumerate(titles))
        + "</tr></thead><tbody>"
    )
    for row in rows:
        cells = (f"<code>{html(text)}</code>" if index in names else html(text) for index, text in enumerate(row))
        yield "<tr>" + "".join(f"<td{classed(index)}>{cell}</td>" for index, cell in enumerate(cells)) + "</tr>"
    yield "</tbody></table>"
