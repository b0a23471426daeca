"""The worked examples, from ``examples.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from error_classification.prompts.answer import Answer
from error_classification.prompts.question import Opinion, Question
from error_classification.prompts.wording import load_table


@dataclass(frozen=True, slots=True)
class Example:
    """An error and the answer that it should get."""

    question: Question
    answer: Answer


@cache
def load_examples() -> tuple[Example, ...]:
    """All examples, in the order of the file."""
    return tuple(_example(row) for row in load_table("examples.toml")["example"])


def _example(row: Mapping[str, Any]) -> Example:
    """A row holds the fields of a question and those of its answer, side by side; answer fields that are left out are empty."""
    answered = {field.name for field in fields(Answer)}
    asked = {name: value for name, value in row.items() if name not in answered}
    opinions = tuple(Opinion(**opinion) for opinion in asked.pop("opinions", ()))
    answer = Answer(
        evidence=tuple(row.get("evidence", ())),
        reason=row["reason"],
        root_cause=row.get("root_cause", ""),
        category=row["category"],
        subcategory=row.get("subcategory", ""),
        confidence=row["confidence"],
    )
    return Example(Question(**asked, opinions=opinions), answer)
