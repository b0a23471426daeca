"""What a model learns from: errors with their label, where they come from, and what each weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from error_classification.classification.model import Features, features
from error_classification.classification.rules import load_rules
from error_classification.learning.labelled import LabelledError
from error_classification.models import UNCLASSIFIED, ErrorContext, Outcome, SourceType
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.prompts.examples import Example as WorkedExample
from error_classification.prompts.examples import load_examples

PLENTY = 4
"""From so many examples of one family and tool on, each weighs less: variants of a provocation are near-copies of one another."""


class Origin(StrEnum):
    """Where an example comes from."""

    ZOO = "zoo"
    RULE = "rule"
    PROMPT = "prompt"
    EXTRA = "extra"


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


def example(one: LabelledError, origin: Origin) -> Example:
    """A labelled error as an example; an error without a family is its own."""
    family = one.family or one.input or one.error.error_hash
    return Example(features(one.error), one.label, family, one.tool, origin, 1.0, one.accepted)


def worked_examples() -> Iterator[Example]:
    """The hits of the program's rules and the worked examples of its prompt: many tools in few words, most of them alone."""
    for rule in load_rules().rules:
        for hit in rule.hits:
            error = fingerprint(ErrorContext(SourceType.TEXT, "", hit, 1))
            yield Example(features(error), f"{rule.category}/{rule.subcategory}", f"rule {rule.name}", rule.file, Origin.RULE)
    for number, one in enumerate(load_examples()):
        label = f"{one.answer.category}/{one.answer.subcategory}" if one.answer.subcategory else one.answer.category
        error = fingerprint(_context(one))
        yield Example(features(error), label or UNCLASSIFIED, f"prompt {number}", "", Origin.PROMPT)


def _context(one: WorkedExample) -> ErrorContext:
    asked = one.question
    return ErrorContext(
        SourceType(asked.source_type) if asked.source_type else SourceType.TEXT,
        "",
        asked.text,
        1,
        headline=one.answer.evidence[0] if one.answer.evidence else "",
        outcome=Outcome(asked.outcome) if asked.outcome else Outcome.FAILED,
        test_name=asked.test_name,
        framework=asked.framework,
        step_name=asked.step_name,
        command=asked.command,
        exit_code=asked.exit_code,
    )


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
