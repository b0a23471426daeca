"""A run in one line, and the same in numbers.

For people an error is a hash, and an occurrence is one time that it happened; the numbers for machines count records, one a line
of NDJSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from error_classification.models import UNCLASSIFIED, ErrorClassification, FingerprintedError, Report
from error_classification.reporting.json import Record


@dataclass(slots=True)
class RunTally:
    """Counts what a run yields, as it comes."""

    files: int = 0
    records: int = 0
    occurrences: int = 0
    flaky: int = 0
    warnings: int = 0
    seen_before: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _known: dict[str, bool] = field(default_factory=dict)
    """Each hash with whether it was known before this run."""
    _answers: dict[str, str] = field(default_factory=dict)
    """Each hash that was judged with its first category."""

    @property
    def groups(self) -> int:
        """How many errors there were: different hashes."""
        return len(self._known)

    @property
    def errors_by_category(self) -> Counter[str]:
        """Each error once, where it was judged."""
        return Counter(self._answers.values())

    @property
    def errors_seen_before(self) -> int:
        """How many of the errors the store knew before this run."""
        return sum(self._known.values())

    def add(self, item: ErrorClassification | FingerprintedError | Report) -> None:
        """Counts one event of the pipeline."""
        if isinstance(item, Report):
            self.files += 1
            self.warnings += len(item.warnings)
            return
        error = item.error if isinstance(item, ErrorClassification) else item
        self.records += 1
        self.occurrences += error.context.count
        self.flaky += error.context.outcome == "flaky"
        if isinstance(item, ErrorClassification):
            self.categories[item.category] += 1
            self.seen_before += self._known.setdefault(error.error_hash, _is_known(item))
            self._answers.setdefault(error.error_hash, item.category)
        self._known.setdefault(error.error_hash, False)

    def skip(self, source: str, reason: str) -> None:
        """Counts work that was not done."""
        self.skipped.append((source, reason))

    def record(self, stored: str) -> Record:
        """The numbers for machines; ``stored`` is where the answers were written, empty for nowhere."""
        return {
            "files": self.files,
            "errors": self.records,
            "groups": self.groups,
            "by_category": dict(_ordered(self.categories)),
            "flaky": self.flaky,
            "seen_before": self.seen_before,
            "warnings": self.warnings,
            "skipped": [{"source": source, "error": reason} for source, reason in self.skipped],
            "stored": stored or None,
        }


def summary_line(tally: RunTally, stored: str = "") -> str:
    """``9 errors (12 occurrences) in 5 files: 4 dependency_error, 5 unclassified · 7 seen before · stored in ...``."""
    files = counted(tally.files, "file")
    if not tally.groups:
        parts = [f"no errors found in {files}"]
    else:
        times = f" ({tally.occurrences:,} occurrences)" if tally.occurrences != tally.groups else ""
        categories = ", ".join(f"{count:,} {category}" for category, count in _ordered(tally.errors_by_category))
        parts = [f"{counted(tally.groups, 'error')}{times} in {files}" + (f": {categories}" if categories else "")]
    if tally.errors_seen_before:
        parts.append(f"{tally.errors_seen_before:,} seen before")
    if tally.skipped:
        parts.append(f"{len({source for source, _ in tally.skipped})} not done")
    if stored and tally.groups:
        parts.append(f"stored in {stored}")
    return " · ".join(parts)


def counted(number: int, noun: str) -> str:
    """``1 error``, ``1,200 errors``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _ordered(categories: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first, unclassified last."""
    return sorted(categories.items(), key=lambda item: (item[0] == UNCLASSIFIED, -item[1], item[0]))


def _is_known(item: ErrorClassification) -> bool:
    """Whether the store knew the error before this occurrence of it."""
    return item.is_duplicate or (item.first_seen is not None and item.first_seen < item.occurred_at)
