"""Tables as values, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

from error_classification.reporting.evaluation import Figure
from measures.arithmetic import Fraction, Share

Cell: TypeAlias = str | int | Share | Fraction | Figure


@dataclass(frozen=True, slots=True)
class Table:
    """``details``: what is wrong, case by case, one line each."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    details: tuple[str, ...] = ()


def as_text(table: Table, details: bool) -> str:
    """Aligned columns under the title; numbers to the right."""
    lines = [table.columns, *(tuple(map(cell_text, row)) for row in table.rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(table.columns))]
    body = ["  ".join(_aligned(line, widths)).rstrip() for line in lines]
    shown = [f"  - {line}" for line in table.details] if details else []
    return "\n".join([table.title, "", *(f"  {line}" for line in body), *([""] if shown else []), *shown])


def as_json(table: Table, details: bool) -> dict[str, object]:
    """The same as plain values."""
    columns = [column or "group" for column in table.columns]
    rows = [dict(zip(columns, map(_json_cell, row), strict=True)) for row in table.rows]
    shown: dict[str, object] = {"details": list(table.details)} if details else {}
    return {"title": table.title, "rows": rows, **shown}


def cell_text(cell: Cell) -> str:
    """``73/75 97 % (91-99)``: count, share and its 95 % interval; ``0.938 (0.847-0.980)`` for what is no share."""
    if isinstance(cell, Figure):
        return _figure_text(cell)
    if isinstance(cell, Fraction):
        return f"{cell.value:.1%}".replace("%", " %")
    if not isinstance(cell, Share):
        return str(cell)
    if not cell.of:
        return "-"
    low, high = cell.interval
    return f"{cell.count}/{cell.of} {100 * cell.value:.1f} % ({100 * low:.0f}-{100 * high:.0f})"


def _figure_text(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.count is not None and figure.of is not None:
        return cell_text(Share(figure.count, figure.of))
    low, high = figure.interval or (figure.value, figure.value)
    return f"{figure.value:.3f} ({low:.3f}-{high:.3f})"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = (text.rjust(width) for text, width in zip(line, widths, strict=True))
    return [line[0].ljust(len(first)), *others]


def _json_cell(cell: Cell) -> object:
    if isinstance(cell, Figure):
        return asdict(cell)
    if isinstance(cell, Fraction):
        return cell.value
    if not isinstance(cell, Share):
        return cell
    low, high = cell.interval
    return {"count": cell.count, "of": cell.of, "share": cell.value, "low": low, "high": high}
