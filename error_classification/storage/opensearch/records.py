"""A group as it is kept: one document that holds all of it, so that it changes as a whole or not at all (pure).

Its count is the sum of its months, each of which was counted over the occurrences of that month. Occurrences only become more:
what ``prune`` leaves of them is counted too, and a month that retention removed keeps its last sum. So of two sums the larger is
right, and computing one again, late or twice, does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from error_classification.models import ErrorClassification, Group
from error_classification.opensearch_schema import Document, answer_from_document, answer_to_document, utc_text
from error_classification.ports import Label
from error_classification.storage.answers import Answer, GivenAnswer

_time = datetime.fromisoformat


@dataclass(frozen=True, slots=True)
class Month:
    """What occurred in one month."""

    count: int
    first: datetime
    last: datetime

    def united(self, other: Month | None) -> Month:
        """Both counts were taken of the same occurrences, one of them later."""
        if other is None:
            return self
        return Month(max(self.count, other.count), min(self.first, other.first), max(self.last, other.last))

    def followed_by(self, other: Month | None) -> Month:
        """Both counts together: they were taken of different occurrences."""
        both = self.united(other)
        return replace(both, count=self.count + other.count) if other else both


@dataclass(frozen=True, slots=True)
class Example:
    """The newest occurrence, as far as a group shows it."""

    at: datetime
    count: int
    normalized_text: str = ""
    repo: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A group and what it was computed from."""

    error_hash: str
    months: Mapping[str, Month] = field(default_factory=dict)
    example: Example | None = None
    answers: Mapping[str, GivenAnswer] = field(default_factory=dict)
    """By judge: its newest."""
    labels: tuple[tuple[Label, Answer], ...] = ()
    """The newest last."""

    @property
    def exists(self) -> bool:
        """Whether anything of it ever occurred, and was answered."""
        return bool(self.months and self.answers)

    @property
    def judged(self) -> GivenAnswer:
        """What the judges say, whatever people do."""
        return max(self.answers.values(), key=lambda given: given.rank)

    @property
    def said(self) -> tuple[Answer, ...]:
        """The newest answer of each judge, by their names."""
        return tuple(given.answer for _, given in sorted(self.answers.items()))

    @property
    def in_force(self) -> tuple[Answer, datetime]:
        """The answer in force, and when it was given."""
        for label, answer in reversed(self.labels):
            if label.withdrawn_at is None:
                return answer, label.labelled_at
        return self.judged.answer, self.judged.answered_at

    def counted(self, months: Mapping[str, Month], examples: Sequence[Example]) -> Record:
        """With what was counted just now, and the newest of ``examples``."""
        united = {name: month.united(self.months.get(name)) for name, month in months.items()}
        newest = max((*examples, *filter(None, [self.example])), key=lambda each: (each.at, each.count), default=None)
        return replace(self, months={**self.months, **united}, example=newest)

    def learned(self, classification: ErrorClassification) -> Record:
        """With an answer that was given; one that was reused counts only where the group has no other."""
        fresh = not classification.is_duplicate
        given = GivenAnswer(classification.answer, classification.classified_at, classification.error_id, fresh)
        known = self.answers.get(given.answer.judge)
        if not (fresh or not self.answers) or (known is not None and given.age_rank <= known.age_rank):
            return self
        return replace(self, answers={**self.answers, given.answer.judge: given})

    def labelled(self, label: Label, answer: Answer) -> Record:
        """With one more label."""
        history = sorted((*self.labels, (label, answer)), key=lambda entry: entry[0].labelled_at)
        return replace(self, labels=tuple(history))

    def withdrawn(self, author: str, now: datetime) -> Record | None:
        """Without the label in force, which stays in the history; None where no label is."""
        history = list(self.labels)
        for index in reversed(range(len(history))):
            label, answer = history[index]
            if label.withdrawn_at is None:
                history[index] = (replace(label, withdrawn_by=author, withdrawn_at=now), answer)
                return replace(self, labels=tuple(history))
        return None

    def group(self) -> Group:
        """The group as the program knows it. Only for a record that ``exists``."""
        answer, answered_at = self.in_force
        example = self.example
        return Group(
            error_hash=self.error_hash,
            answer=answer,
            occurrence_count=sum(month.count for month in self.months.values()),
            first_seen=min(month.first for month in self.months.values()),
            last_seen=max(month.last for month in self.months.values()),
            answered_at=answered_at,
            normalized_text=example.normalized_text if example else "",
            repo=example.repo if example else "",
            example_source=example.source if example else "",
        )

    def document(self) -> Document:
        """What is stored: the group for searches, and what it was computed from."""
        group = self.group()
        texts = {"s_normalized_text": group.normalized_text, "s_repo": group.repo, "s_source": group.example_source}
        return {
            "s_error_hash": self.error_hash,
            "l_occurrence_count": group.occurrence_count,
            "ts_first_seen": utc_text(group.first_seen),
            "ts_last_seen": utc_text(group.last_seen),
            "ts_answered_at": utc_text(group.answered_at),
            **{name: text for name, text in texts.items() if text},
            **answer_to_document(group.answer),
            "o_months": {name: _month_document(month) for name, month in sorted(self.months.items())},
            "o_example": {"at": utc_text(self.example.at), "count": self.example.count} if self.example else {},
            "o_answers": [_given_document(given) for _, given in sorted(self.answers.items())],
            "o_labels": [_label_document(label, answer) for label, answer in self.labels],
        }


def record_of(document: Document) -> Record:
    """The record that ``Record.document`` wrote. Raises KeyError, TypeError or ValueError where it did not."""
    return Record(
        error_hash=str(document["s_error_hash"]),
        months={name: _month(each) for name, each in document["o_months"].items()},
        example=_example(document),
        answers={given.answer.judge: given for given in map(_given, document.get("o_answers", []))},
        labels=tuple(map(_label, document.get("o_labels", []))),
    )


def _example(document: Document) -> Example | None:
    example = document.get("o_example")
    texts = (document.get(name, "") for name in ("s_normalized_text", "s_repo", "s_source"))
    return Example(_time(example["at"]), example["count"], *texts) if example else None


def _month_document(month: Month) -> Document:
    return {"count": month.count, "first": utc_text(month.first), "last": utc_text(month.last)}


def _month(document: Document) -> Month:
    return Month(document["count"], _time(document["first"]), _time(document["last"]))


def _given_document(given: GivenAnswer) -> Document:
    told = {"at": utc_text(given.answered_at), "error_id": given.error_id, "fresh": given.fresh}
    return told | {"answer": answer_to_document(given.answer)}


def _given(document: Document) -> GivenAnswer:
    return GivenAnswer(answer_from_document(document["answer"]), _time(document["at"]), document["error_id"], document["fresh"])


def _label_document(label: Label, answer: Answer) -> Document:
    withdrawn = {"withdrawn_by": label.withdrawn_by, "withdrawn_at": utc_text(label.withdrawn_at)} if label.withdrawn_at else {}
    return {
        "hash": label.error_hash,
        "category": label.category,
        "subcategory": label.subcategory,
        "author": label.author,
        "at": utc_text(label.labelled_at),
        **withdrawn,
        "answer": answer_to_document(answer),
    }


def _label(document: Document) -> tuple[Label, Answer]:
    at = document.get("withdrawn_at")
    label = Label(
        document["hash"],
        document["category"],
        document["subcategory"],
        document["author"],
        _time(document["at"]),
        document.get("withdrawn_by", ""),
        _time(at) if at else None,
    )
    return label, answer_from_document(document["answer"])
