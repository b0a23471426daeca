"""Which of a group's answers is in force.

1. The newest label of a person that was not withdrawn.
2. Else, of the newest answers that each judge gave, a verdict before an abstention, then the newest. So a judge that now abstains
   takes its earlier verdict back, but does not silence the other judges.
3. Else, where the group knows only an answer that was reused from elsewhere, that one.

The answer's time is when it was given, never when it was reused: its time to live ends once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from error_classification.errors import UsageError
from error_classification.models import HUMAN, UNCLASSIFIED, Abstention, Verdict
from error_classification.ports import Label

Answer: TypeAlias = Verdict | Abstention


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, and to which occurrence it was given when; ``fresh`` is False for one that was reused there."""

    answer: Answer
    answered_at: datetime
    error_id: str
    fresh: bool

    @property
    def age_rank(self) -> tuple[bool, datetime, str]:
        """Orders the answers of one judge, the same whatever the order of writing."""
        return self.fresh, self.answered_at, self.error_id

    @property
    def rank(self) -> tuple[bool, bool, datetime, str, str]:
        """Orders the answers of several judges; the highest is in force."""
        return self.fresh, isinstance(self.answer, Verdict), self.answered_at, self.error_id, self.answer.judge


def new_label(error_hash: str, category: str, subcategory: str, author: str, now: datetime) -> Label:
    """A label as it is kept: "unclassified" has no second level."""
    return Label(error_hash, category, "" if category == UNCLASSIFIED else subcategory, author, now)


def human_answer(corrected: Answer, label: Label) -> Answer:
    """The answer that a label gives; ``corrected`` is what the judges said, and is kept in ``reason``.

    Evidence and parameters stay what they were; the summary of the root cause does where the category is confirmed.
    """
    author = label.author or "a person"
    reason = f"labelled by {author}; {_said(corrected)}"
    if label.category == UNCLASSIFIED:
        return Abstention(HUMAN, reason)
    verdict = Verdict(HUMAN, label.category, label.subcategory, confidence=1.0, root_cause=f"Labelled by {author}", reason=reason)
    if isinstance(corrected, Abstention):
        return verdict
    confirmed = corrected.category == label.category and corrected.root_cause
    return replace(
        verdict,
        root_cause=corrected.root_cause if confirmed else verdict.root_cause,
        evidence=corrected.evidence,
        parameters=corrected.parameters,
    )


def _said(answer: Answer) -> str:
    """A judge's answer in one clause."""
    if isinstance(answer, Abstention):
        name, why = UNCLASSIFIED, answer.reason
    else:
        name, why = "/".join(filter(None, (answer.category, answer.subcategory))), answer.root_cause
    return f"{answer.judge} said {name}" + (f": {why}" if why else "")


def unknown_hash(error_hash: str) -> UsageError:
    """What is raised for the label of a group that is not there."""
    return UsageError(f"no error with the hash {error_hash} is stored", "`error-classification stats` lists the hashes")


def no_label(error_hash: str) -> UsageError:
    """What is raised where there is no label to withdraw."""
    return UsageError(f"no label of {error_hash} is in force", f"`error-classification show {error_hash}` lists its labels")
