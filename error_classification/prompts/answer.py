"""The shape of an answer, as a value and as the JSON schema that a server is asked to keep to."""

from __future__ import annotations

from dataclasses import dataclass

from error_classification.models import UNCLASSIFIED
from error_classification.taxonomy import CATEGORIES


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model is to say, in the order in which it says it: it looks before it labels.

    ``evidence`` are verbatim parts of lines; ``subcategory`` is a bare name or empty; ``confidence`` is a probability, 0..1.
    """

    evidence: tuple[str, ...]
    reason: str
    root_cause: str
    category: str
    subcategory: str
    confidence: float


_CATEGORY_NAMES = [*(category.name for category in CATEGORIES), UNCLASSIFIED]
_SUBCATEGORY_NAMES = [*dict.fromkeys(sub.name for category in CATEGORIES for sub in category.subcategories), ""]

_PROPERTIES: dict[str, object] = {
    "evidence": {"type": "array", "items": {"type": "string"}},
    "reason": {"type": "string"},
    "root_cause": {"type": "string"},
    "category": {"type": "string", "enum": _CATEGORY_NAMES},
    "subcategory": {"type": "string", "enum": _SUBCATEGORY_NAMES},
    "confidence": {"type": "number"},
}

ANSWER_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": list(_PROPERTIES),
    "additionalProperties": False,
}
"""Closed, and made only of what Anthropic's structured outputs and OpenAI's strict mode both accept: no bounds on numbers,
lengths or items, no patterns, every property required. Both write the properties in this order. What it cannot say (a quote
that occurs, a subcategory that belongs to its category, a probability) is for the reader of the answer to check."""
