"""Labelled errors that the program brings along: the hits of its rules and the worked examples of its prompt.

Many tools in few words, most of them without surroundings: what the recordings lack in breadth.
"""

from __future__ import annotations

from collections.abc import Iterator

from error_classification.classification.rules import load_rules
from error_classification.learning.labelled import LabelledError
from error_classification.learning.training.examples import Origin
from error_classification.models import ErrorContext, Outcome, SourceType
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.prompts.examples import Example, load_examples


def worked_examples() -> Iterator[LabelledError]:
    """``how`` says which they are; each is a family of its own, those of one rule together."""
    for rule in load_rules().rules:
        for hit in rule.hits:
            error = fingerprint(ErrorContext(SourceType.TEXT, "", hit, 1))
            label, accepted = f"{rule.category}/{rule.subcategory}", frozenset([rule.category])
            yield LabelledError(error, label, accepted, f"rule {rule.name}", rule.file, Origin.RULE.value)
    for number, one in enumerate(load_examples()):
        answer = one.answer
        label = f"{answer.category}/{answer.subcategory}" if answer.subcategory else answer.category
        error = fingerprint(_context(one))
        yield LabelledError(error, label, frozenset([answer.category]), f"prompt {number}", "", Origin.PROMPT.value)


def _context(one: Example) -> ErrorContext:
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
