"""What people read: one row for all occurrences of one error, the most important first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from error_classification.models import (
    UNCLASSIFIED,
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    Outcome,
    Verdict,
)

SHORT_HASH = 10
"""Digits of a hash in tables: as many as name one error in any store of a reasonable size."""

_FRAME = re.compile(r"[ \t]{0,40}(?:at [^\s(]+ ?\(|File \")")
_MOST_PLACES = 3
_EXCERPT_LINES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error happened: ``subject`` is the test or step, ``code`` where it points to, ``input`` where it was read."""

    subject: str
    code: str
    input: str


@dataclass(frozen=True, slots=True)
class Row:
    """All occurrences of one error in this run. ``category`` is empty where nobody judged, ``first_seen`` None without a store.

    ``rank`` is the best that the error has in any input, ``source`` the number of the input where it was found first.
    """

    error_hash: str
    category: str
    subcategory: str
    confidence: float
    summary: str
    reason: str
    evidence: tuple[Evidence, ...]
    places: tuple[Place, ...]
    hidden_places: int
    count: int
    flaky: bool
    first_seen: datetime | None
    rank: int
    source: int

    @property
    def order(self) -> tuple[bool, int, int, int]:
        """The cause of every input first, then what follows from it; of equals the more frequent. The unclassified come last."""
        return self.category == UNCLASSIFIED, self.rank, -self.count, self.source

    @property
    def label(self) -> str:
        """``category/subcategory``."""
        return f"{self.category}/{self.subcategory}" if self.subcategory else self.category

    @property
    def is_classified(self) -> bool:
        return self.category not in ("", UNCLASSIFIED)

    def quoted(self, most: int) -> list[Evidence]:
        """The ``most`` important lines of evidence, in the order of the input."""
        return sorted(self.evidence[:most], key=lambda item: item.line)


class Rows:
    """Collects errors into rows as they come; keeps one row per hash, whatever the number of errors."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}
        self._sources: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, item: ErrorClassification | FingerprintedError) -> None:
        """Errors too generic to mean the same elsewhere stay apart by input."""
        error = item.error if isinstance(item, ErrorClassification) else item
        context = error.context
        source = self._sources.setdefault(context.source, len(self._sources))
        key = (error.error_hash, context.source if error.generic else "")
        row = self._rows.get(key)
        self._rows[key] = _joined(row, context) if row else _row(item, error, source)

    def sorted(self) -> list[Row]:
        """By ``Row.order``, so that the first rows are those to begin with, whatever the number of inputs."""
        return sorted(self._rows.values(), key=lambda row: row.order)


def headline(context: ErrorContext) -> str:
    """The line that says most: the extractor's choice, or the first with text in it."""
    return context.headline.strip() or next((line.strip() for line in context.text.split("\n") if line.strip()), "")


def place(context: ErrorContext) -> Place:
    """Where an error happened, as far as it is known."""
    step = " / ".join(part for part in (context.job_name, context.step_name or context.stage, context.target) if part)
    code = f"{context.file}:{context.line}" if context.file and context.line else context.file
    position = f"{context.source}:{context.line_start}" if context.line_start else context.source
    return Place(context.test_name or step or context.command, code, position)


def rows_of(items: Iterable[ErrorClassification | FingerprintedError]) -> list[Row]:
    """The sorted rows of ``items``."""
    rows = Rows()
    for item in items:
        rows.add(item)
    return rows.sorted()


def _row(item: ErrorClassification | FingerprintedError, error: FingerprintedError, source: int) -> Row:
    context = error.context
    judged = item if isinstance(item, ErrorClassification) else None
    answer = judged.answer if judged else None
    verdict = answer if isinstance(answer, Verdict) else None
    category = judged.category if judged else ""
    return Row(
        error_hash=error.error_hash,
        category=category,
        subcategory=judged.subcategory if judged else "",
        confidence=judged.confidence if judged else 0.0,
        summary=(verdict.root_cause if verdict else "") or headline(context),
        reason=answer.reason if answer else "",
        evidence=(verdict.evidence if verdict else ()) or _excerpt(context),
        places=(place(context),),
        hidden_places=0,
        count=context.count,
        flaky=context.outcome is Outcome.FLAKY,
        first_seen=judged.first_seen if judged else None,
        rank=context.rank,
        source=source,
    )


def _joined(row: Row, context: ErrorContext) -> Row:
    row = replace(
        row,
        count=row.count + context.count,
        flaky=row.flaky and context.outcome is Outcome.FLAKY,
        rank=min(row.rank, context.rank),
    )
    another = place(context)
    if another in row.places:
        return row
    if len(row.places) < _MOST_PLACES:
        return replace(row, places=(*row.places, another))
    return replace(row, hidden_places=row.hidden_places + 1)


def _excerpt(context: ErrorContext) -> tuple[Evidence, ...]:
    """The headline's line and those after it, where nobody named the evidence; frames of a stack say less than anything else."""
    lines = context.text.split("\n")
    wanted = headline(context)
    start = next((index for index, line in enumerate(lines) if wanted and wanted in line), 0)
    chosen = [(index, line) for index, line in enumerate(lines[start:], start) if line.strip() and not _FRAME.match(line)]
    return tuple(Evidence(context.line_of(index), line) for index, line in chosen[:_EXCERPT_LINES])
