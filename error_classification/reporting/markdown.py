"""A report in GitHub Flavored Markdown, for job summaries, comments and issues."""

from __future__ import annotations

from collections.abc import Sequence

from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.escape import code_block, code_span, html, markdown, one_line, shortened, visible
from error_classification.reporting.groups import Place, Row

_EVIDENCE_LINES = 6
_LINE_LIMIT = 240
_SUMMARY_LIMIT = 300


def document(rows: Sequence[Row], summary: str, hidden: int = 0) -> str:
    """The summary, a table of errors, and the evidence of each; ``hidden`` errors are said to be left out."""
    parts = [f"### {markdown(summary)}"]
    if rows:
        parts.append(_table(rows))
        parts.extend(_details(number, row) for number, row in enumerate(rows, 1) if row.evidence)
    if hidden:
        parts.append(f"{hidden:,} more error{' is' if hidden == 1 else 's are'} not shown.")
    return "\n\n".join(parts) + "\n"


def tables(title: str, parts: Sequence[tuple[Sequence[Column], Sequence[Sequence[str]]]]) -> str:
    """Tables under one title; one without rows is left out."""
    blocks = [f"### {markdown(title)}"]
    for columns, lines in parts:
        if lines:
            titles = [column.title for column in columns]
            rules = ["---:" if column.kind is Kind.NUMBER else "---" for column in columns]
            cells = [[_cell(column, text) for column, text in zip(columns, line, strict=True)] for line in lines]
            blocks.append("\n".join("| " + " | ".join(row) + " |" for row in (titles, rules, *cells)))
    return "\n\n".join(blocks) + "\n"


def _cell(column: Column, text: str) -> str:
    line = shortened(one_line(text), _SUMMARY_LIMIT)
    return code_span(line, in_table=True) if column.kind is Kind.NAME else markdown(line, in_table=True)


def _table(rows: Sequence[Row]) -> str:
    judged = any(row.category for row in rows)
    columns = ["#", *(["Category", "Confidence"] if judged else []), "Occurrences", "Where", "Root cause" if judged else "Error"]
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for number, row in enumerate(rows, 1):
        answer = [code_span(row.label, in_table=True), f"{row.confidence:.0%}" if row.is_classified else "–"] if judged else []
        summary = markdown(shortened(one_line(row.summary), _SUMMARY_LIMIT), in_table=True)
        cells = [str(number), *answer, f"{row.count:,}", _where(row), summary]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _where(row: Row) -> str:
    place = row.places[0]
    more = len(row.places) - 1 + row.hidden_places
    shown = code_span(shortened(one_line(_name(place)), _LINE_LIMIT), in_table=True)
    return f"{shown} and {more} more" if more else shown


def _name(place: Place) -> str:
    return place.code or place.subject or place.input


def _details(number: int, row: Row) -> str:
    lines = [shortened(visible(item.text).replace("\n", " ").rstrip(), _LINE_LIMIT) for item in row.quoted(_EVIDENCE_LINES)]
    flaky = ", passed on retry" if row.flaky else ""
    place = row.places[0]
    parts = (place.subject, place.code, place.input)
    where = " · ".join(code_span(shortened(one_line(part), _LINE_LIMIT)) for part in parts if part)
    title = f"<details><summary>{number}. <code>{html(row.label or 'error')}</code>{flaky}</summary>"
    return "\n\n".join([title, where, code_block("\n".join(lines)), f"Hash `{row.error_hash}`", "</details>"])
