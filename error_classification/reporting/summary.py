"""A run in one line, and the same in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from error_classification.models import UNCLASSIFIED, ErrorClassification, FingerprintedError, Report
from error_classification.reporting.json import Record


@dataclass(slots=True)
class Tally:
    """Counts what a run yields, as it comes."""

    files: int = 0
    errors: int = 0
    flaky: int = 0
    warnings: int = 0
    seen_before: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _hashes: dict[str, bool] = field(default_factory=dict)
    """Each hash with whether it was known before this run."""

    @property
    def groups(self) -> int:
        """How many different errors there were."""
        return len(self._hashes)

    def add(self, item: ErrorClassification | FingerprintedError | Report) -> None:
        """Counts one event of the pipeline."""
        if isinstance(item, Report):
            self.files += 1
            self.warnings += len(item.warnings)
            return
        error = item.error if isinstance(item, ErrorClassification) else item
        self.errors += 1
        self.flaky += error.context.outcome == "flaky"
        if isinstance(item, ErrorClassification):
            self.categories[item.category] += 1
            self.seen_before += self._hashes.setdefault(error.error_hash, _is_known(item))
        self._hashes.setdefault(error.error_hash, False)

    def skip(self, source: str, reason: str) -> None:
        """Counts work that was not done."""
        self.skipped.append((source, reason))

    def record(self, stored: str) -> Record:
        """The numbers for machines; ``stored`` is where the answers were written, empty for nowhere."""
        return {
            "files": self.files,
            "errors": self.errors,
            "groups": self.groups,
            "by_category": dict(_ordered(self.categories)),
            "flaky": self.flaky,
            "seen_before": self.seen_before,
            "warnings": self.warnings,
            "skipped": [{"source": source, "error": reason} for source, reason in self.skipped],
            "stored": stored or None,
        }


def summary_line(tally: Tally, stored: str = "") -> str:
    """``12 errors (9 different) in 5 files: 4 dependency_error, 5 unclassified · 7 seen before · stored in ...``."""
    files = _counted(tally.files, "file")
    if not tally.errors:
        parts = [f"no errors found in {files}"]
    else:
        different = f" ({tally.groups} different)" if tally.groups != tally.errors else ""
        categories = ", ".join(f"{count} {category}" for category, count in _ordered(tally.categories))
        parts = [f"{_counted(tally.errors, 'error')}{different} in {files}" + (f": {categories}" if categories else "")]
    if tally.seen_before:
        parts.append(f"{tally.seen_before} seen before")
    if tally.skipped:
        parts.append(f"{len({source for source, _ in tally.skipped})} not done")
    if stored and tally.errors:
        parts.append(f"stored in {stored}")
    return " · ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _ordered(categories: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first, unclassified last."""
    return sorted(categories.items(), key=lambda item: (item[0] == UNCLASSIFIED, -item[1], item[0]))


def _is_known(item: ErrorClassification) -> bool:
    """Whether the store knew the error before this occurrence of it."""
    return item.is_duplicate or (item.first_seen is not None and item.first_seen < item.occurred_at)
