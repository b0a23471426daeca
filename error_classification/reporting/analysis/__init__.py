"""What happened in a period, compared with the one before it: the numbers behind ``analyze``, without a word of prose.

``text`` writes them as Markdown, ``page`` as HTML with charts, ``advice`` says what follows from them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from error_classification.models import UNCLASSIFIED, ErrorClassification, Usage, Verdict
from error_classification.reporting.groups import headline, place
from error_classification.taxonomy import CATEGORIES, subcategory_of

_SLOTS = 24
"""Bars of the chart over time."""
_EXAMPLES = 3
_FLAKY = "flaky_test"


@dataclass(frozen=True, slots=True)
class Period:
    """``since <= moment < until``."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    @property
    def before(self) -> Period:
        """One of the same length that ends where this one begins."""
        return Period(self.since - self.length, self.since)


@dataclass(frozen=True, slots=True)
class Line:
    """How often ``name`` (a category, a judge, ...) occurred in the period, in how many errors, and how often before it."""

    name: str
    occurrences: int
    errors: int
    before: int
    confidence: float = 0.0
    """The mean over the occurrences; 0 where nobody knew."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One error: all its occurrences in the period. ``is_new``: it was never seen before it."""

    error_hash: str
    label: str
    root_cause: str
    reason: str
    confidence: float
    judge: str
    occurrences: int
    first_seen: datetime
    last_seen: datetime
    is_new: bool
    retryable: bool
    platform: bool
    places: tuple[str, ...]
    tests: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """All lists have the most frequent first. ``timeline`` has the occurrences by category in equal slots of the period."""

    repo: str
    period: Period
    occurrences: int
    before: int
    categories: tuple[Line, ...]
    judges: tuple[Line, ...]
    workflows: tuple[Line, ...]
    frameworks: tuple[Line, ...]
    entries: tuple[Entry, ...]
    timeline: tuple[dict[str, int], ...]
    usage: Usage

    @property
    def unclassified(self) -> tuple[Entry, ...]:
        """The errors that nobody could name."""
        return tuple(entry for entry in self.entries if entry.label == UNCLASSIFIED)

    @property
    def flaky(self) -> tuple[Entry, ...]:
        """Tests that failed and passed on the same commit, or ran into a race."""
        return tuple(entry for entry in self.entries if entry.label.startswith(_FLAKY))

    @property
    def coverage(self) -> float:
        """Share of the occurrences that have a category; 1 where nothing occurred."""
        unknown = sum(entry.occurrences for entry in self.unclassified)
        return 1 - unknown / self.occurrences if self.occurrences else 1.0

    def share(self, entry: Entry) -> float:
        """Of all occurrences."""
        return entry.occurrences / self.occurrences


def analysed(repo: str, period: Period, now: Sequence[ErrorClassification], before: Iterable[ErrorClassification]) -> Analysis:
    """The analysis of the occurrences ``now``, with those of the period ``before`` to compare with."""
    earlier = list(before)
    return Analysis(
        repo=repo,
        period=period,
        occurrences=sum(map(_count, now)),
        before=sum(map(_count, earlier)),
        categories=_lines(now, earlier, lambda item: item.category),
        judges=_lines(now, earlier, lambda item: item.answer.judge if isinstance(item.answer, Verdict) else ""),
        workflows=_lines(now, earlier, lambda item: item.run.workflow_name or item.run.job_name),
        frameworks=_lines(now, earlier, lambda item: item.error.context.framework),
        entries=_entries(now, period),
        timeline=_timeline(now, period),
        usage=sum((item.answer.usage for item in now), Usage()),
    )


def category_order(analysis: Analysis) -> list[str]:
    """The categories that occur, in the order of the taxonomy: so each keeps its colour from report to report."""
    present = {line.name for line in analysis.categories}
    return [name for name in (*(category.name for category in CATEGORIES), UNCLASSIFIED) if name in present] + sorted(
        present - {category.name for category in CATEGORIES} - {UNCLASSIFIED}
    )


def _count(item: ErrorClassification) -> int:
    return item.error.context.count


def _lines(
    now: Sequence[ErrorClassification], before: Iterable[ErrorClassification], name: Callable[[ErrorClassification], str]
) -> tuple[Line, ...]:
    """One line for each name that is not empty."""
    occurrences, earlier, sure = Counter[str](), Counter[str](), Counter[str]()
    errors: dict[str, set[str]] = defaultdict(set)
    confidence: dict[str, float] = defaultdict(float)
    for item in before:
        earlier[name(item)] += _count(item)
    for item in now:
        key, count = name(item), _count(item)
        occurrences[key] += count
        errors[key].add(item.error.error_hash)
        if isinstance(item.answer, Verdict):
            sure[key] += count
            confidence[key] += count * item.confidence
    names = sorted((occurrences.keys() | earlier.keys()) - {""}, key=lambda key: (-occurrences[key], key))
    return tuple(
        Line(key, occurrences[key], len(errors[key]), earlier[key], confidence[key] / sure[key] if sure[key] else 0.0)
        for key in names
    )


def _entries(now: Sequence[ErrorClassification], period: Period) -> tuple[Entry, ...]:
    groups: dict[str, list[ErrorClassification]] = defaultdict(list)
    for item in now:
        groups[item.error.error_hash].append(item)
    entries = [_entry(items, period) for items in groups.values()]
    return tuple(sorted(entries, key=lambda entry: (-entry.occurrences, entry.error_hash)))


def _entry(items: Sequence[ErrorClassification], period: Period) -> Entry:
    """The newest occurrence speaks for all."""
    newest = max(items, key=lambda item: item.occurred_at)
    answer = newest.answer
    first = min(item.first_seen or item.occurred_at for item in items)
    marks = subcategory_of(newest.category, newest.subcategory)
    contexts = [item.error.context for item in items]
    return Entry(
        error_hash=newest.error.error_hash,
        label=f"{newest.category}/{newest.subcategory}" if newest.subcategory else newest.category,
        root_cause=newest.root_cause or headline(newest.error.context),
        reason=answer.reason,
        confidence=newest.confidence,
        judge=answer.judge if isinstance(answer, Verdict) else "",
        occurrences=sum(map(_count, items)),
        first_seen=first,
        last_seen=newest.occurred_at,
        is_new=first >= period.since,
        retryable=bool(marks and marks.retryable),
        platform=bool(marks and marks.domain == "platform"),
        places=_some(place(context).code or place(context).subject or place(context).input for context in contexts),
        tests=_some(context.test_name for context in contexts),
        evidence=tuple(item.text for item in answer.evidence[:_EXAMPLES]) if isinstance(answer, Verdict) else (),
    )


def _some(names: Iterable[str]) -> tuple[str, ...]:
    """The most frequent of the names that are not empty."""
    return tuple(name for name, _ in Counter(name for name in names if name).most_common(_EXAMPLES))


def _timeline(now: Iterable[ErrorClassification], period: Period) -> tuple[dict[str, int], ...]:
    slots: list[Counter[str]] = [Counter() for _ in range(_SLOTS)]
    for item in now:
        share = (item.occurred_at - period.since) / period.length
        slots[min(max(int(share * _SLOTS), 0), _SLOTS - 1)][item.category] += _count(item)
    return tuple(dict(slot) for slot in slots)
