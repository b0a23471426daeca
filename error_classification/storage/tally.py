"""Statistics over what occurred in a period (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from error_classification.models import UNCLASSIFIED, Group
from error_classification.ports import Stats, Tally, TopGroup


@dataclass(frozen=True, slots=True)
class Seen:
    """A group's occurrences in one repository, and its answer in force."""

    error_hash: str
    repo: str
    occurrences: int
    category: str
    subcategory: str
    judge: str

    @property
    def full_category(self) -> str:
        """``category/subcategory``, or the category alone."""
        return f"{self.category}/{self.subcategory}" if self.subcategory else self.category


def top_hashes(seen: Iterable[Seen], limit: int) -> dict[str, int]:
    """The most frequent groups with their occurrences; of equals the smaller hash first."""
    counts: Counter[str] = Counter()
    for row in seen:
        counts[row.error_hash] += row.occurrences
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit])


def statistics(seen: Collection[Seen], top: Mapping[str, int], groups: Mapping[str, Group]) -> Stats:
    """The numbers of a period; ``groups`` holds the ones in ``top``."""
    return Stats(
        occurrences=sum(row.occurrences for row in seen),
        groups=len({row.error_hash for row in seen}),
        unclassified=sum(row.occurrences for row in seen if row.category == UNCLASSIFIED),
        categories=_tallies(seen, lambda row: row.category),
        subcategories=_tallies(seen, lambda row: row.full_category),
        judges=_tallies(seen, lambda row: row.judge),
        repos=_tallies(seen, lambda row: row.repo),
        top=tuple(TopGroup(occurrences, groups[error_hash]) for error_hash, occurrences in top.items()),
    )


def _tallies(seen: Iterable[Seen], name_of: Callable[[Seen], str]) -> tuple[Tally, ...]:
    occurrences: Counter[str] = Counter()
    groups: dict[str, set[str]] = {}
    for row in seen:
        name = name_of(row)
        occurrences[name] += row.occurrences
        groups.setdefault(name, set()).add(row.error_hash)
    tallies = (Tally(name, count, len(groups[name])) for name, count in occurrences.items())
    return tuple(sorted(tallies, key=lambda tally: (-tally.occurrences, tally.name)))
