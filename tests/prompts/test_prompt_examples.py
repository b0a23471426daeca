"""The worked examples: they obey the rules that the prompt lays down, and there are enough of each."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, fields
from itertools import combinations

import pytest

from error_classification.models import UNCLASSIFIED, SourceType
from error_classification.prompts import ANSWER_SCHEMA, Answer, system_prompt, user_message
from error_classification.prompts.examples import Example, load_examples
from error_classification.redaction import Redactor
from error_classification.taxonomy import CATEGORIES, SUBCATEGORIES

EXAMPLES = load_examples()
each = pytest.mark.parametrize("example", EXAMPLES, ids=[f"{i}-{e.answer.subcategory}" for i, e in enumerate(EXAMPLES)])

_TYPES = {"object": dict, "array": list, "string": str, "number": (int, float)}
_KNOWN = {"type", "properties", "required", "additionalProperties", "items", "enum"}


def faults(value: object, schema: dict[str, object], place: str = "$") -> list[str]:
    """What is wrong with ``value`` under the few keywords that the schema uses."""
    if not isinstance(value, _TYPES[str(schema["type"])]) or isinstance(value, bool):  # type: ignore[arg-type]
        return [f"{place}: no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:  # type: ignore[operator]
        return [f"{place}: {value!r} is not in the list"]
    if isinstance(value, list):
        return [fault for i, item in enumerate(value) for fault in faults(item, schema["items"], f"{place}[{i}]")]  # type: ignore[arg-type]
    if isinstance(value, dict):
        properties: dict[str, dict[str, object]] = schema["properties"]  # type: ignore[assignment]
        odd = [f"{place}.{name}: missing or unknown" for name in set(properties) ^ set(value)]
        return odd + [fault for name in set(properties) & set(value) for fault in faults(value[name], properties[name], name)]
    return []


def shown() -> list[tuple[dict[str, object], dict[str, object]]]:
    """The examples as the prompt shows them."""
    pairs = re.findall(r"^Input: (.*)\nAnswer: (.*)$", system_prompt(), re.MULTILINE)
    return [(json.loads(question), json.loads(answer)) for question, answer in pairs]


def test_the_schema_is_closed_and_plain() -> None:
    properties: dict[str, dict[str, object]] = ANSWER_SCHEMA["properties"]  # type: ignore[assignment]
    assert ANSWER_SCHEMA["additionalProperties"] is False
    assert ANSWER_SCHEMA["required"] == list(properties) == [field.name for field in fields(Answer)]
    assert {key for part in (ANSWER_SCHEMA, *properties.values()) for key in part} <= _KNOWN
    assert set(properties["category"]["enum"]) == {*(c.name for c in CATEGORIES), UNCLASSIFIED}  # type: ignore[call-overload]
    assert set(properties["subcategory"]["enum"]) == {name for _, name in SUBCATEGORIES} | {""}  # type: ignore[call-overload]
    assert json.loads(json.dumps(ANSWER_SCHEMA)) == ANSWER_SCHEMA


@pytest.mark.parametrize(
    "change",
    [
        {"category": "Flaky_Test"},
        {"subcategory": "nothing"},
        {"confidence": "high"},
        {"evidence": "a line"},
        {"evidence": [1]},
        {"extra": 1},
        {"reason": None},
    ],
)
def test_the_schema_refuses_what_it_should(change: dict[str, object]) -> None:
    good = shown()[0][1]
    assert faults(good, ANSWER_SCHEMA) == []
    assert len(faults(good | change, ANSWER_SCHEMA)) == 1


def test_the_prompt_shows_them_in_the_shapes_that_are_used() -> None:
    assert len(shown()) == len(EXAMPLES)
    for (question, answer), example in zip(shown(), EXAMPLES, strict=True):
        assert question == json.loads(user_message(example.question).split("\n", 1)[1])
        assert faults(answer, ANSWER_SCHEMA) == []
        assert list(answer) == list(asdict(example.answer)) == ANSWER_SCHEMA["required"]


@pytest.mark.parametrize("name", [*(category.name for category in CATEGORIES), UNCLASSIFIED])
def test_every_category_has_five(name: str) -> None:
    assert Counter(example.answer.category for example in EXAMPLES)[name] >= 5


@pytest.mark.parametrize("label", SUBCATEGORIES, ids="/".join)
def test_every_subcategory_has_one(label: tuple[str, str]) -> None:
    assert label in {(example.answer.category, example.answer.subcategory) for example in EXAMPLES}


@each
def test_its_label_exists(example: Example) -> None:
    answer = example.answer
    if answer.category == UNCLASSIFIED:
        assert (answer.subcategory, answer.root_cause, answer.evidence) == ("", "", ())
    else:
        assert (answer.category, answer.subcategory) in SUBCATEGORIES
        assert 1 <= len(answer.evidence) <= 3


@each
def test_its_evidence_is_found(example: Example) -> None:
    lines = [*example.question.text.split("\n"), *example.question.more.split("\n")]
    for quote in example.answer.evidence:
        assert quote == quote.strip()
        assert any(quote in line for line in lines), quote


@each
def test_its_words_keep_to_the_limits(example: Example) -> None:
    answer = example.answer
    assert len(answer.root_cause) <= 200
    assert 0 < len(answer.reason) <= 160
    assert "\n" not in answer.root_cause + answer.reason
    assert 0.4 <= answer.confidence <= 0.99
    assert answer.root_cause.endswith(".") or answer.category == UNCLASSIFIED


@each
def test_its_input_is_one_that_occurs(example: Example) -> None:
    question = example.question
    assert question.source_type in set(SourceType)
    assert question.text == question.text.strip("\n")
    assert question.outcome in ("", "flaky", "errored")


@each
def test_it_holds_no_secret(example: Example) -> None:
    redactor = Redactor(emails=True)
    for text in (example.question.text, example.question.more, example.question.command, example.question.test_name):
        assert redactor.redact(text) == text


def test_no_two_are_nearly_equal() -> None:
    words = [(example.answer.category, set(re.findall(r"\w+", example.question.text.lower()))) for example in EXAMPLES]
    alike = [(a, b) for (one, a), (other, b) in combinations(words, 2) if one == other and len(a & b) > 0.5 * len(a | b)]
    assert alike == []
    quotes = Counter(quote for example in EXAMPLES for quote in example.answer.evidence)
    assert [quote for quote, count in quotes.items() if count > 1] == []


def test_confidences_differ_as_the_cases_do() -> None:
    confidences = [example.answer.confidence for example in EXAMPLES]
    assert len(set(confidences)) >= 10
    assert min(confidences) <= 0.5
    assert 0.85 < sum(confidences) / len(confidences) < 0.97
