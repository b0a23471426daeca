"""What a model learns from: errors with their label, where they come from, and what each weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from error_classification.classification.model import Features, features
from error_classification.learning.labelled import LabelledError


class Origin(StrEnum):
    """Where an example comes from."""

    ZOO = "zoo"
    RULE = "rule"
    PROMPT = "prompt"
    EXTRA = "extra"


_ORIGINS = {item.value: item for item in Origin}
PLENTY = 4
"""From so many examples of one family and tool on, each weighs less: variants of a provocation are near-copies of one another."""


@dataclass(frozen=True, slots=True)
class Example:
    """One error as the model sees it. ``family`` is what must not stand on both sides of a split; ``label`` is
    ``category/subcategory``, ``category`` or ``unclassified``."""

    features: Features
    label: str
    family: str
    tool: str
    origin: Origin
    weight: float = 1.0
    accepted: frozenset[str] = frozenset()
    """Categories that count as right besides the label's own."""

    @property
    def category(self) -> str:
        return self.label.partition("/")[0]


def example(one: LabelledError, origin: Origin | None = None) -> Example:
    """A labelled error as an example; by default its origin is what ``how`` says. An error without a family is its own."""
    family = one.family or one.input or one.error.error_hash
    known = origin or _ORIGINS.get(one.how, Origin.ZOO)
    return Example(features(one.error), one.label, family, one.tool, known, 1.0, one.accepted)


def distinct(examples: Iterable[Example]) -> list[Example]:
    """Each once: what the model sees alike and what is labelled alike is one example."""
    return list({(one.features, one.label): one for one in reversed(list(examples))}.values())[::-1]


def balanced(examples: Iterable[Example]) -> list[Example]:
    """With weights that keep a family with many near-copies from dominating: together they weigh as the root of their number."""
    known = list(examples)
    counts = Counter((one.family, one.tool, one.origin) for one in known)
    return [
        replace(one, weight=one.weight * min(1.0, (PLENTY / counts[one.family, one.tool, one.origin]) ** 0.5)) for one in known
    ]
