"""The system text: task, policy, taxonomy, settled questions and examples; always the same, so that a server can cache it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache

from error_classification.prompts.examples import Example, load_examples
from error_classification.prompts.question import as_data, to_json
from error_classification.prompts.wording import wording
from error_classification.taxonomy import CATEGORIES, Category

_CHARACTERS_PER_TOKEN = 5
_EXAMPLES = "\n# Examples\n"


@cache
def system_prompt() -> str:
    """The whole system text, byte-identical in every process."""
    return rendered(wording("system"), CATEGORIES, load_examples())


@cache
def short_system_prompt() -> str:
    """The same without the examples, for a stronger and dearer model that can do without."""
    return rendered(wording("system").partition(_EXAMPLES)[0].strip(), CATEGORIES, ())


def rendered(template: str, categories: Iterable[Category], examples: Iterable[Example]) -> str:
    """``template`` with its two holes filled; the examples come last, since they hold the words of logs."""
    taxonomy = "\n\n".join(_category(category) for category in categories)
    shown = "\n\n".join(_shown(example) for example in examples)
    return template.replace("{{taxonomy}}", taxonomy).replace("{{examples}}", shown)


def least_tokens(text: str) -> int:
    """A lower bound of the tokens that ``text`` is worth, without asking a tokenizer.

    Byte-pair encodings of the sizes in use (50,000 to 200,000 entries) take in some 4.5 characters of English prose with each
    token, and fewer of logs, code and JSON. Five characters a token is thus more than any of them reaches on a text like the
    prompt. Only long runs of one character, of which the prompt has none, could be worth less.
    """
    return len(text) // _CHARACTERS_PER_TOKEN


def _category(category: Category) -> str:
    boundary = [f"Boundary: {category.boundary}"] if category.boundary else []
    subcategories = [f"- {sub.name}: {sub.definition}" for sub in category.subcategories]
    return "\n".join([f"## {category.name}", category.definition, *boundary, *subcategories])


def _shown(example: Example) -> str:
    return f"Input: {as_data(example.question)}\nAnswer: {to_json(asdict(example.answer))}"
