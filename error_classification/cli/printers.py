"""How a run is printed: each format takes the errors as they come and ends with what it kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from error_classification.cli.terminal import Session, product, width
from error_classification.models import ErrorClassification, FingerprintedError, Report
from error_classification.reporting import json, markdown
from error_classification.reporting.groups import Rows
from error_classification.reporting.summary import RunTally, summary_line

Item = ErrorClassification | FingerprintedError


class Printer(Protocol):
    """One output format."""

    def error(self, item: Item) -> None: ...

    def report(self, report: Report) -> None: ...

    def finish(self, tally: RunTally, stored: str) -> None: ...


def printer(name: str, session: Session, top: int) -> Printer:
    """The printer for ``--format name``; ``top`` is the number of rows people see, 0 for all."""
    if name == "ndjson":
        return Ndjson()
    if name == "json":
        return Json()
    return Grouped(name, session, top)


def record(item: Item) -> json.Record:
    """The record of an error, judged or not."""
    return json.classified(item) if isinstance(item, ErrorClassification) else json.extracted(item)


class Ndjson:
    """One line an error, at once."""

    def error(self, item: Item) -> None:
        product(json.line(record(item)))

    def report(self, report: Report) -> None:
        """Lines are errors alone."""

    def finish(self, tally: RunTally, stored: str) -> None:
        """Nothing was kept."""


class Json:
    """One object; errors are written as they come, so that memory does not grow with their number."""

    def __init__(self) -> None:
        self._reports: list[json.Record] = []
        self._separator = '{"errors": [\n'

    def error(self, item: Item) -> None:
        product(f"{self._separator}{json.line(record(item))}")
        self._separator = ","

    def report(self, report: Report) -> None:
        self._reports.append(json.report(report))

    def finish(self, tally: RunTally, stored: str) -> None:
        opening = self._separator if self._separator != "," else ""
        reports = json.indented(self._reports)
        product(f'{opening}],\n"reports": {reports},\n"summary": {json.line(tally.record(stored))}}}')


class Grouped:
    """A table or Markdown: one row for all occurrences of an error, once everything is known."""

    def __init__(self, name: str, session: Session, top: int) -> None:
        self._name, self._session, self._top = name, session, top
        self._rows = Rows()

    def error(self, item: Item) -> None:
        self._rows.add(item)

    def report(self, report: Report) -> None:
        """People read reports in the summary."""

    def finish(self, tally: RunTally, stored: str) -> None:
        rows = self._rows.sorted()
        shown = rows[: self._top] if self._top else rows
        if not stored:
            # What is kept nowhere was first seen now: not worth a line.
            shown = [replace(row, first_seen=None) for row in shown]
        hidden = len(rows) - len(shown)
        if self._name == "markdown":
            product(markdown.document(shown, summary_line(tally), hidden))
            return
        if shown:
            from error_classification.cli import table

            product(table.groups(shown, width(), self._session.has_color()))
        if hidden:
            self._session.say(f"{hidden:,} more error{'' if hidden == 1 else 's'}: --all shows {'it' if hidden == 1 else 'them'}")
