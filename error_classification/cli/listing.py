"""Plain tables, in which names and numbers stay whole and prose gives way; where even that does not fit, one fact a line.

The last is what ``\\x auto`` of psql does with rows that are wider than the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from error_classification.cli.drawing import drawn
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.escape import one_line

_GAP = 2
_LEAST_PROSE, _READABLE_PROSE = 16, 30
"""Columns below which prose can't be read, and from which on it is better to keep names in one piece."""

Cells = Sequence[str]


def listing(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int, color: bool) -> str:
    """The rows as a table of at most ``width`` columns, or as a list of facts where no table is so narrow."""
    lines = [tuple(map(one_line, row)) for row in rows]
    widths = _widths(columns, lines, width - _GAP * (len(columns) - 1))
    return drawn(_table(columns, lines, widths) if widths else _facts(columns, lines, width), width, color)


def _table(columns: Sequence[Column], lines: Sequence[Cells], widths: Sequence[int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0), header_style="bold")
    for column, cells in zip(columns, widths, strict=True):
        table.add_column(column.title, width=cells, justify="right" if column.kind is Kind.NUMBER else "left", overflow="fold")
    for line in lines:
        table.add_row(*map(_cell, columns, line, widths))
    return table


def _facts(columns: Sequence[Column], lines: Sequence[Cells], width: int) -> Table:
    titles = max(cell_len(column.title) for column in columns)
    table = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    table.add_column(width=titles)
    table.add_column(overflow="fold")
    for line in lines:
        for column, text in zip(columns, line, strict=True):
            table.add_row(Text(column.title, style="bold"), _cell(column, text, width - titles - _GAP))
        table.add_row()
    return table


def _cell(column: Column, text: str, width: int) -> Text:
    return Text("\n".join(_broken(_pieces(column, text), width)), overflow="fold")


def _widths(columns: Sequence[Column], lines: Sequence[Cells], available: int) -> list[int]:
    """How wide each column is; empty where they do not fit."""
    texts = [(column.title, *(line[index] for line in lines)) for index, column in enumerate(columns)]
    whole = [max(map(cell_len, cells)) for cells in texts]
    widths = [_least(column, cells, most) for column, cells, most in zip(columns, texts, whole, strict=True)]
    if sum(widths) > available:
        return []
    readable = [min(most, _READABLE_PROSE) for most in whole]
    for kind, wanted in ((Kind.PROSE, readable), (Kind.NAME, whole), (Kind.PROSE, whole)):
        for index, column in enumerate(columns):
            if column.kind is kind:
                widths[index] += min(max(0, wanted[index] - widths[index]), available - sum(widths))
    return widths


def _least(column: Column, cells: Cells, most: int) -> int:
    if column.kind is Kind.PROSE:
        return min(most, _LEAST_PROSE)
    return max(cell_len(cells[0]), *(cell_len(piece) for text in cells[1:] for piece in _pieces(column, text)), 0)


def _pieces(column: Column, text: str) -> list[str]:
    """The parts of ``text`` that stay whole, with the character behind which it may be broken at the end of each."""
    pieces = [""]
    for character in text:
        pieces[-1] += character
        if character in column.breaks:
            pieces.append("")
    return pieces


def _broken(pieces: Iterable[str], width: int) -> list[str]:
    """As many pieces on each line as fit."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and cell_len(lines[-1]) + cell_len(piece) > width:
            lines.append("")
        lines[-1] += piece
    return lines
