"""A store that ends with the process: where nothing can be written, and in tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from error_classification.models import UNCLASSIFIED, ErrorClassification, Group, Verdict
from error_classification.ports import JudgedGroup, Label, Pruned, Stats
from error_classification.storage.answers import Answer, GivenAnswer, human_answer, new_label, no_label, unknown_hash
from error_classification.storage.tally import Seen, statistics, top_hashes


@dataclass(frozen=True, slots=True)
class _Total:
    """All that ever occurred of one group, pruned or not, and its newest occurrence."""

    count: int
    first_seen: datetime
    last_seen: datetime
    example: ErrorClassification


class MemoryStore:
    """Implements ``ports.Archive``."""

    def __init__(self) -> None:
        self.warnings: Sequence[str] = ()
        self._occurrences: dict[str, ErrorClassification] = {}
        """By id, in the order of writing."""
        self._pruned_ids: set[str] = set()
        self._totals: dict[str, _Total] = {}
        self._answers: dict[str, dict[str, GivenAnswer]] = {}
        """By hash, then by judge: its newest."""
        self._labels: dict[str, list[tuple[Label, Answer]]] = {}
        """By hash, the newest last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is held."""

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``."""
        return {error_hash: self._group(error_hash) for error_hash in hashes if error_hash in self._totals}

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Keeps occurrences; one that is known, or was pruned, is not counted again."""
        for classification in classifications:
            if classification.error_id not in self._occurrences and classification.error_id not in self._pruned_ids:
                self._occurrences[classification.error_id] = classification
                self._count(classification)
        for classification in sorted(classifications, key=lambda each: each.is_duplicate):
            self._learn(classification)
        return self.groups({classification.error.error_hash for classification in classifications})

    def occurrences(self, error_hash: str, limit: int = 100) -> list[ErrorClassification]:
        """The newest occurrences of a group, newest first, as they were first written."""
        return _newest((each for each in self._occurrences.values() if each.error.error_hash == error_hash), limit)

    def find_hashes(self, prefix: str, limit: int = 20) -> list[str]:
        """The hashes that begin with ``prefix``, sorted."""
        return sorted(error_hash for error_hash in self._totals if error_hash.startswith(prefix))[:limit]

    def judged(self, judges: Collection[str], limit: int = 1000) -> list[JudgedGroup]:
        """The groups whose answer in force is by one of ``judges``, the most frequent first."""
        groups = [group for group in map(self._group, self._totals) if group.answer.judge in judges]
        groups.sort(key=lambda group: (-group.occurrence_count, group.error_hash))
        return [JudgedGroup(group, self._said(group.error_hash)) for group in groups[:limit]]

    def recent(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, limit: int = 1000
    ) -> list[ErrorClassification]:
        """The newest occurrences of a period, newest first."""
        return _newest(self._between(since, until, repo), limit)

    def stats(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, top: int = 10
    ) -> Stats:
        """What occurred in a period, with its ``top`` most frequent groups."""
        seen = [self._seen(classification) for classification in self._between(since, until, repo)]
        best = top_hashes(seen, top)
        return statistics(seen, best, self.groups(best))

    def label(self, error_hash: str, category: str, subcategory: str, author: str, now: datetime) -> Group:
        """Sets a person's answer. Raises UsageError where no group has this hash."""
        if error_hash not in self._totals:
            raise unknown_hash(error_hash)
        label = new_label(error_hash, category, subcategory, author, now)
        answer = human_answer(self._judged(error_hash).answer, label)
        history = self._labels.setdefault(error_hash, [])
        history.append((label, answer))
        history.sort(key=lambda entry: entry[0].labelled_at)
        return self._group(error_hash)

    def withdraw(self, error_hash: str, author: str, now: datetime) -> Group:
        """Takes back the label in force. Raises UsageError where no group has this hash, or none of its labels stands."""
        if error_hash not in self._totals:
            raise unknown_hash(error_hash)
        history = self._labels.get(error_hash, [])
        standing = [index for index, (label, _) in enumerate(history) if label.withdrawn_at is None]
        if not standing:
            raise no_label(error_hash)
        label, answer = history[standing[-1]]
        history[standing[-1]] = (replace(label, withdrawn_by=author, withdrawn_at=now), answer)
        return self._group(error_hash)

    def labels(self, error_hash: str) -> list[Label]:
        """All labels of a group, newest first."""
        return [label for label, _ in reversed(self._labels.get(error_hash, []))]

    def prune(self, before: datetime) -> Pruned:
        """Removes occurrences older than ``before``; their groups stay, with first_seen and the full count."""
        old = [classification for classification in self._occurrences.values() if classification.occurred_at < before]
        for classification in old:
            del self._occurrences[classification.error_id]
            self._pruned_ids.add(classification.error_id)
        return Pruned(
            occurrences=sum(classification.error.context.count for classification in old),
            groups=len({classification.error.error_hash for classification in old}),
        )

    def _count(self, new: ErrorClassification) -> None:
        moment, count = new.occurred_at, new.error.context.count
        total = self._totals.get(new.error.error_hash)
        if total is None:
            self._totals[new.error.error_hash] = _Total(count, moment, moment, new)
            return
        self._totals[new.error.error_hash] = _Total(
            count=total.count + count,
            first_seen=min(total.first_seen, moment),
            last_seen=max(total.last_seen, moment),
            example=max(new, total.example, key=_recency),
        )

    def _learn(self, classification: ErrorClassification) -> None:
        given = GivenAnswer(
            classification.answer, classification.classified_at, classification.error_id, fresh=not classification.is_duplicate
        )
        answers = self._answers.setdefault(classification.error.error_hash, {})
        known = answers.get(given.answer.judge)
        wanted = given.fresh or not answers
        if wanted and (known is None or given.age_rank > known.age_rank):
            answers[given.answer.judge] = given

    def _in_force(self, error_hash: str) -> tuple[Answer, datetime]:
        for label, answer in reversed(self._labels.get(error_hash, [])):
            if label.withdrawn_at is None:
                return answer, label.labelled_at
        judged = self._judged(error_hash)
        return judged.answer, judged.answered_at

    def _judged(self, error_hash: str) -> GivenAnswer:
        return max(self._answers[error_hash].values(), key=lambda given: given.rank)

    def _said(self, error_hash: str) -> tuple[Answer, ...]:
        return tuple(given.answer for _, given in sorted(self._answers[error_hash].items()))

    def _group(self, error_hash: str) -> Group:
        total = self._totals[error_hash]
        answer, answered_at = self._in_force(error_hash)
        return Group(
            error_hash=error_hash,
            answer=answer,
            occurrence_count=total.count,
            first_seen=total.first_seen,
            last_seen=total.last_seen,
            answered_at=answered_at,
            normalized_text=total.example.error.normalized_text,
            repo=total.example.run.repo,
            example_source=total.example.error.context.source,
        )

    def _between(self, since: datetime | None, until: datetime | None, repo: str | None) -> list[ErrorClassification]:
        return [
            each
            for each in self._occurrences.values()
            if (since is None or each.occurred_at >= since)
            and (until is None or each.occurred_at < until)
            and repo in (None, each.run.repo)
        ]

    def _seen(self, classification: ErrorClassification) -> Seen:
        error_hash = classification.error.error_hash
        answer, _ = self._in_force(error_hash)
        verdict = answer if isinstance(answer, Verdict) else None
        return Seen(
            error_hash=error_hash,
            repo=classification.run.repo,
            occurrences=classification.error.context.count,
            category=verdict.category if verdict else UNCLASSIFIED,
            subcategory=verdict.subcategory if verdict else "",
            judge=answer.judge,
        )


def _recency(classification: ErrorClassification) -> tuple[datetime, int]:
    return classification.occurred_at, classification.error.context.count


def _newest(classifications: Iterable[ErrorClassification], limit: int) -> list[ErrorClassification]:
    """Newest first; of several at one time the one written last."""
    return sorted(classifications, key=lambda each: each.occurred_at)[::-1][:limit]
