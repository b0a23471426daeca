"""Which question an answer belongs to: an answer given to another one is not reused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache

from error_classification.prompts.answer import ANSWER_SCHEMA
from error_classification.prompts.question import Opinion, Question, user_message
from error_classification.prompts.system import short_system_prompt, system_prompt
from error_classification.taxonomy import CATEGORIES

_DIGITS = 12
_EVERY_FIELD = Question(
    source_type="source_type",
    framework="framework",
    test_name="test_name",
    step_name="step_name",
    command="command",
    exit_code=1,
    file="file",
    outcome="outcome",
    text="text\u202e",
    more="more",
    opinions=(Opinion(judge="judge", category="category", confidence=0.5, root_cause="root_cause"),),
)
"""Stands for the form of all user messages."""


@cache
def prompt_version() -> str:
    """12 hex digits that change with the system text, the taxonomy, the answer's schema and the form of the user message."""
    return digest(version_parts())


def version_parts() -> tuple[str, ...]:
    """What the version depends on, as text."""
    taxonomy = json.dumps([asdict(category) for category in CATEGORIES])
    return system_prompt(), short_system_prompt(), taxonomy, json.dumps(ANSWER_SCHEMA), user_message(_EVERY_FIELD)


def digest(parts: Sequence[str]) -> str:
    """The beginning of the SHA-256 of ``parts``; where one ends and the next begins counts too."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_DIGITS]
