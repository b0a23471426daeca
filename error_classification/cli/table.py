"""The table of errors, drawn by rich. Data enters as ``Text`` only, so that nothing in it is taken for markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from error_classification.cli.drawing import drawn
from error_classification.reporting.escape import one_line, shortened
from error_classification.reporting.groups import SHORT_HASH, Row

WIDE = 130
"""From this many columns on, each fact has a column of its own."""

_STYLES = {
    "dependency_error": "magenta",
    "timeout": "yellow",
    "resource_exhaustion": "bright_red",
    "network_error": "cyan",
    "assertion_failure": "red",
    "compilation_error": "bright_magenta",
    "runtime_error": "bright_red",
    "infrastructure_error": "blue",
    "configuration_error": "bright_yellow",
    "flaky_test": "bright_cyan",
}
_OWN_STYLE = "green"
_DIM = "dim"
_EVIDENCE_LINES, _EVIDENCE_ROWS = 5, 3
"""Lines of evidence, and how many rows of the table each may take."""
_LEAST_EVIDENCE = 20
_LABEL, _MOST_LABEL = 22, 30
"""Columns of categories: at least, so that tables look alike, and at most, for the names of a project's own."""
_BESIDE = 62
"""Columns of a wide table that are not shared by ``Where`` and the evidence, which has two thirds of the rest."""
_SUMMARY_LIMIT = 400
_LINE_LIMIT = 500


def groups(rows: Sequence[Row], columns: int, color: bool) -> str:
    """One row per error, in the width of the terminal."""
    return drawn(_wide(rows, columns) if columns >= WIDE else _narrow(rows, columns), columns, color)


def day(moment: datetime | None) -> str:
    """A time as tables show it, to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _narrow(rows: Sequence[Row], columns: int) -> Table:
    judged = any(row.category for row in rows)
    table = _table()
    left = _label_width(rows) if judged else SHORT_HASH
    table.add_column("Category" if judged else "Error", width=left)
    table.add_column("Root cause, where, evidence" if judged else "Cause, where, text", ratio=1)
    for row in rows:
        facts = [Text(fact, style=_DIM) for fact in (_certainty(row), _since(row), row.error_hash[:SHORT_HASH]) if fact]
        answer = Group(_cause(row), *_where(row), *_evidence(row, columns - left - 4))
        table.add_row(Group(_label(row), *facts), answer)
    return table


def _wide(rows: Sequence[Row], columns: int) -> Table:
    judged, dated = any(row.category for row in rows), any(row.first_seen for row in rows)
    table = _table()
    if judged:
        table.add_column("Category", min_width=_label_width(rows))
        table.add_column("Conf.", justify="right")
    table.add_column("Occurrences", justify="right")
    if dated:
        table.add_column("First seen", min_width=10)
    table.add_column("Where", ratio=2)
    table.add_column("Root cause and evidence" if judged else "Error", ratio=4)
    for row in rows:
        label = Group(_label(row), Text(row.error_hash[:SHORT_HASH], style=_DIM))
        answer: list[RenderableType] = [label, Text(_percent(row))] if judged else []
        seen: list[RenderableType] = [Text(day(row.first_seen), style=_DIM)] if dated else []
        found = Group(_cause(row), *_evidence(row, (columns - _BESIDE) * 2 // 3))
        table.add_row(*answer, Text(f"{row.count:,}"), *seen, Group(*_where(row)), found)
    return table


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, leading=1, expand=True, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))


def _label(row: Row) -> Text:
    style = _STYLES.get(row.category, _OWN_STYLE) if row.is_classified else _DIM
    below = (one_line(row.subcategory), "passed on retry" if row.flaky else "")
    lines = [one_line(row.category), *(f"  {part}" for part in below if part)]
    return Text("\n".join(line for line in lines if line), style=style, overflow="fold")


def _label_width(rows: Sequence[Row]) -> int:
    """Wide enough for every name in one piece."""
    names = (cell_len(line) for row in rows for line in _label(row).plain.split("\n"))
    return min(max(_LABEL, *names), _MOST_LABEL)


def _percent(row: Row) -> str:
    return f"{row.confidence:.0%}" if row.is_classified else "–"


def _certainty(row: Row) -> str:
    parts = [_percent(row)] if row.is_classified else []
    parts += [f"×{row.count:,}"] if row.count > 1 or not row.category else []
    return " ".join(parts)


def _since(row: Row) -> str:
    return f"first {row.first_seen:%Y-%m-%d}" if row.first_seen else ""


def _cause(row: Row) -> Text:
    style = "bold" if row.is_classified or not row.category else _DIM
    return Text(shortened(one_line(row.summary), _SUMMARY_LIMIT), style=style, overflow="fold")


def _where(row: Row) -> list[Text]:
    place = row.places[0]
    lines = [part for part in (place.subject, place.code, place.input) if part]
    more = len(row.places) - 1 + row.hidden_places
    if more:
        lines.append(f"and {more} more place{'s' if more > 1 else ''}")
    style = "cyan" if row.is_classified else _DIM
    return [Text(shortened(one_line(line), _LINE_LIMIT), style=style, overflow="fold") for line in lines]


def _evidence(row: Row, room: int) -> list[RenderableType]:
    """In the order of the input, each on a few lines of ``room`` columns; where nobody knew an answer the reason follows."""
    summary = one_line(row.summary)
    quoted = row.quoted(_EVIDENCE_LINES)
    shown = [(f"{item.line or ''}", text) for item in quoted if (text := one_line(item.text)) and text != summary]
    if row.category and not row.is_classified and row.reason:
        shown.append(("", f"({one_line(row.reason)})"))
    numbers = max((len(number) for number, _ in shown), default=0)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=numbers + 1, justify="right", style=_DIM)
    table.add_column(overflow="fold", style=_DIM)
    for number, text in shown:
        table.add_row(number, Text(shortened(text, max(_LEAST_EVIDENCE, _EVIDENCE_ROWS * (room - numbers - 3)))))
    return [table] if shown else []
