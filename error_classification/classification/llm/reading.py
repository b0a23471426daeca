"""What a model answered, checked: it may be no JSON, name no category, or quote what is not there.

Nothing that it writes does more than label the error: texts are cut and made plain, evidence is taken from the input and never
from the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, TypeAlias

from error_classification.models import LLM, UNCLASSIFIED, Abstention, ErrorContext, Evidence, Excerpt, Verdict
from error_classification.taxonomy import BY_NAME, SUBCATEGORIES

Answer: TypeAlias = Verdict | Abstention

ROOT_CAUSE_LIMIT = 300
REASON_LIMIT = 300
"""Characters."""
MOST_SURE = 0.99
UNSUPPORTED = 0.5
"""A verdict whose quotes are not in the input keeps this share of its confidence."""
_LINES_LIMIT = 10
_SHORTEST_QUOTE = 3
_LINE_LIMIT = 500

NOTHING = Excerpt()
_DECODER = json.JSONDecoder()
_SEPARATORS = re.compile(r"[\s-]+")


class UnreadableError(Exception):
    """The answer is none."""


def read(text: str, context: ErrorContext, more: Excerpt = NOTHING) -> Answer:
    """The answer in ``text``, its evidence found again in what was shown. Raises ``UnreadableError``."""
    given = _object(text)
    category, subcategory = _label(given)
    reason = plain(str(given.get("reason") or ""), REASON_LIMIT)
    if category == UNCLASSIFIED:
        return Abstention(LLM, reason or "the text shows no cause")
    confidence = _confidence(given.get("confidence"))
    evidence = tuple(_located(_quotes(given.get("evidence")), context, more))
    if not evidence:
        confidence *= UNSUPPORTED
        reason = f"{reason}; what it quotes is not in the text".removeprefix("; ")
    root_cause = plain(str(given.get("root_cause") or ""), ROOT_CAUSE_LIMIT) or BY_NAME[category].definition
    return Verdict(LLM, category, subcategory, round(confidence, 4), root_cause, reason, evidence)


def plain(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters, without anything that is not to be seen."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _object(text: str) -> Mapping[str, Any]:
    """The first JSON object in the text: some models put words or a fence around it."""
    start = text.find("{")
    try:
        value, _ = _DECODER.raw_decode(text, start) if start >= 0 else (None, 0)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("the answer is not JSON") from error
    if not isinstance(value, dict):
        raise UnreadableError("the answer is not JSON")
    return value


def _label(given: Mapping[str, Any]) -> tuple[str, str]:
    """Category and subcategory, whatever their case; a subcategory of another category is left out."""
    category, _, inner = _name(given.get("category")).partition("/")
    subcategory = _name(given.get("subcategory")).rpartition("/")[2] or inner
    if category != UNCLASSIFIED and category not in BY_NAME:
        raise UnreadableError(f"the answer names no category: {plain(category, 60)!r}")
    return category, subcategory if (category, subcategory) in SUBCATEGORIES else ""


def _name(value: object) -> str:
    return _SEPARATORS.sub("_", value.strip().lower()) if isinstance(value, str) else ""


def _confidence(value: object) -> float:
    """A probability; per cent are understood. Raises ``UnreadableError`` for what is no number."""
    if isinstance(value, str):
        share = 100 if value.strip().endswith("%") else 1
        try:
            value = float(value.strip().rstrip("%")) / share
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise UnreadableError("the answer has no confidence")
    return min(max(float(value / 100 if 1 < value <= 100 else value), 0.0), MOST_SURE)


def _quotes(value: object) -> Iterator[str]:
    """The lines that are quoted; one quote may be of several."""
    for quote in value if isinstance(value, list) else [value]:
        if isinstance(quote, str):
            yield from (line for line in quote.split("\n")[:_LINES_LIMIT] if len(_bare(line)) >= _SHORTEST_QUOTE)


def _located(quotes: Iterator[str], context: ErrorContext, more: Excerpt) -> Iterator[Evidence]:
    """The lines of the input that hold the quotes, each once."""
    lines = [(context.line_of(index), line) for index, line in enumerate(context.text.split("\n"))]
    lines += list(enumerate(more.text.split("\n"), more.first_line)) if more.text else []
    bare = [(number, line, _bare(line)) for number, line in lines]
    seen: set[int] = set()
    for quote in list(quotes)[:_LINES_LIMIT]:
        found = next(((number, line) for number, line, text in bare if _bare(quote) in text), None)
        if found and found[0] not in seen:
            seen.add(found[0])
            yield Evidence(found[0], found[1][:_LINE_LIMIT])


def _bare(line: str) -> str:
    """Without blanks and what is not to be seen, which models do not copy faithfully."""
    return "".join(char for char in line if char.isprintable() and not char.isspace())
