"""The values of the rules judge: a rule, a set of them, and a match of one in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from error_classification.taxonomy import SUBCATEGORIES

LAST_RESORT, SYMPTOM, CAUSE, ROOT_CAUSE = -2, -1, 0, 1
"""Priorities: ``LAST_RESORT`` says little more than that something failed, ``SYMPTOM`` decides where no cause is named,
``ROOT_CAUSE`` names the cause beyond doubt."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its file states it; ``confidence`` is the prior that ``category`` is right when the rule decides."""

    name: str
    pattern: str
    category: str
    subcategory: str
    summary: str
    confidence: float
    hits: tuple[str, ...]
    near_misses: tuple[str, ...]
    priority: int = CAUSE
    file: str = ""
    user: bool = False
    """True for a rule of the project itself, which wins ties against the ones that come with the program."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in their order, and the labels that they may give."""

    rules: tuple[Rule, ...]
    labels: frozenset[tuple[str, str]] = frozenset(SUBCATEGORIES)
    """``(category, subcategory)``: the taxonomy's and the project's own."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule matched. Offsets are in the UTF-8 bytes of the text; ``line`` is a 0-based index of its lines."""

    rule: Rule
    start: int
    end: int
    line: int
    parameters: Mapping[str, str] = field(default_factory=dict)
