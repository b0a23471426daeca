"""What the HTML reports have in common: one file each, no script, nothing loaded from elsewhere, light and dark."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from error_classification.reporting.escape import html

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


def document(title: str, parts: Iterable[str], style: str = "") -> str:
    """The whole page; ``parts`` are HTML, ``title`` is not, ``style`` goes beside the common one."""
    heading = html(title)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{heading}</title><style>{_STYLE}{style}</style></head><body>",
        f"<h1>{heading}</h1>",
        *parts,
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def colour(name: str) -> str:
    """The colour of a category, the same in every report; grey for what is none of the ten."""
    return _COLOURS.get(name, _GREY)


def table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[int] = (), names: Collection[int] = ()
) -> Iterator[str]:
    """A table of plain texts; columns are those with ``numbers``, set to the right, and those with ``names``, set as code."""

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
