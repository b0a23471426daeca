"""What CI tells people about the errors of a job: the rows of a report, each with its place in the repository and its past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from error_classification.models import ErrorClassification
from error_classification.reporting.groups import Row, Rows
from error_classification.taxonomy import subcategory_of


@dataclass(frozen=True, slots=True)
class Past:
    """How often a repository has seen an error, this time included, and since when."""

    times: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One error of the job. ``file`` is a path in the repository, empty where none is known; ``url`` shows its line."""

    row: Row
    file: str = ""
    line: int | None = None
    url: str = ""
    past: Past | None = None

    @property
    def retryable(self) -> bool | None:
        """Whether the same commit may pass when it runs again; None where that is not known."""
        marks = subcategory_of(self.row.category, self.row.subcategory)
        return True if self.row.flaky else marks.retryable if marks else None

    @property
    def place(self) -> str:
        """``path:line``, as far as it is known."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


Locate = Callable[[str], str]
"""The path in the repository of a file as a log spells it; empty where it is not there."""
Remember = Callable[[str, int], Past | None]
"""The past of an error, by its hash and by how often this run has seen it; None where this is the first time."""


class Findings:
    """Collects the errors of a job as they come; keeps one row an error, whatever their number."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._places: dict[str, tuple[str, int | None]] = {}
        self._times: dict[str, int] = {}
        """How often the store has seen each, all repositories together."""

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, item: ErrorClassification) -> None:
        """The first place that an error names is the one that is shown."""
        self._rows.add(item)
        context, error_hash = item.error.context, item.error.error_hash
        self._times[error_hash] = item.occurrence_count
        if context.file:
            self._places.setdefault(error_hash, (context.file, context.line))

    def rows(self) -> list[Row]:
        """See ``Rows.sorted``."""
        return self._rows.sorted()

    def sorted(self, locate: Locate, remember: Remember, files_url: str, most: int) -> list[Finding]:
        """The findings, the most important first; places and pasts of the first ``most`` alone.

        ``files_url`` is the address before a path in the repository; it may be empty.
        """
        rows = self.rows()
        return [*(self._finding(row, locate, remember, files_url) for row in rows[:most]), *map(Finding, rows[most:])]

    def _finding(self, row: Row, locate: Locate, remember: Remember, files_url: str) -> Finding:
        named, line = self._places.get(row.error_hash, ("", None))
        file = locate(named) if named else ""
        past = remember(row.error_hash, row.count) if self._times[row.error_hash] > row.count else None
        return Finding(row, file, line, _line_url(files_url, file, line), past) if file else Finding(row, past=past)


def _line_url(files_url: str, file: str, line: int | None) -> str:
    if not files_url:
        return ""
    return f"{files_url}/{quote(file, errors='replace')}" + (f"#L{line}" if line else "")
