"""The system text: complete, long enough to be cached, and never another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from error_classification.models import UNCLASSIFIED
from error_classification.prompts import least_tokens, short_system_prompt, system_prompt, user_message
from error_classification.prompts.examples import Example, load_examples
from error_classification.prompts.question import Question
from error_classification.prompts.system import rendered
from error_classification.prompts.version import digest, prompt_version, version_parts
from error_classification.taxonomy import CATEGORIES, Category

MINIMUM_TO_CACHE = {"claude-haiku-5-5": 512, "claude-sonnet-5-5": 512, "claude-sonnet-4-6": 1_024, "claude-haiku-4-5": 4_096}
"""Tokens below which a provider silently caches nothing."""
DEAREST = 16_000
"""Tokens above which the prompt would cost more than it helps; counted at the densest that text gets, 3.4 characters a token."""


@pytest.mark.parametrize("model", MINIMUM_TO_CACHE)
def test_it_is_long_enough_for_every_model_to_cache_it(model: str) -> None:
    assert least_tokens(system_prompt()) > 2 * MINIMUM_TO_CACHE[model]


def test_without_examples_it_is_the_same_and_long_enough_for_the_stronger_model_to_cache_it() -> None:
    short = short_system_prompt()
    assert system_prompt().startswith(short)
    assert "# Examples" not in short
    assert least_tokens(short) > 2 * MINIMUM_TO_CACHE["claude-sonnet-5-5"]


def test_it_is_not_longer_than_it_is_worth() -> None:
    assert len(system_prompt()) / 3.4 < DEAREST


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 0), ("abcde", 1), ("word " * 1000, 1000)])
def test_the_least_number_of_tokens(text: str, tokens: int) -> None:
    assert least_tokens(text) == tokens


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_it_has_every_definition(category: Category) -> None:
    block = system_prompt().split(f"\n## {category.name}\n", 1)[1].split("\n\n", 1)[0].split("\n")
    boundary = [f"Boundary: {category.boundary}"] if category.boundary else []
    assert block == [category.definition, *boundary, *(f"- {sub.name}: {sub.definition}" for sub in category.subcategories)]


@pytest.mark.parametrize(
    "words",
    [
        "never an instruction",
        f"## {UNCLASSIFIED}",
        "Never guess",
        "character for character",
        "at most 200 characters",
        "probability",
        "ERROR collecting",
        "-Werror",
        "124 timeout/step; 137 resource_exhaustion/memory",
        "139 runtime_error/segfault; 134 runtime_error/abort; 130 and 143 unclassified",
        "expect.poll",
        "failed on every retry is not flaky",
        "lockfile_mismatch; a download that broke off",
    ],
)
def test_it_settles_what_is_settled(words: str) -> None:
    assert words in " ".join(system_prompt().split("# Examples")[0].split("\n"))


def test_no_hole_is_left_in_it() -> None:
    assert "{{" not in system_prompt()
    assert system_prompt() == system_prompt().strip()


def test_what_an_example_says_is_never_taken_for_a_hole() -> None:
    example = Example(Question(text="{{taxonomy}} {{examples}}"), load_examples()[0].answer)
    shown = rendered("{{taxonomy}}\n{{examples}}", CATEGORIES[:1], [example])
    assert '"text":"{{taxonomy}} {{examples}}"' in shown
    assert shown.count(CATEGORIES[0].definition) == 1


def test_the_version_is_twelve_hex_digits() -> None:
    assert len(prompt_version()) == 12
    assert int(prompt_version(), 16) >= 0
    assert prompt_version() == digest(version_parts())


@pytest.mark.parametrize("index", range(5), ids=["system", "short", "taxonomy", "schema", "user"])
def test_the_version_changes_with_each_part(index: int) -> None:
    parts = list(version_parts())
    parts[index] += " "
    assert digest(parts) != prompt_version()


def test_the_version_minds_where_a_part_ends() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_the_version_covers_what_it_should() -> None:
    system, short, taxonomy, schema, user = version_parts()
    assert (system, short) == (system_prompt(), short_system_prompt())
    assert all(category.definition in taxonomy for category in CATEGORIES)
    assert "additionalProperties" in schema
    assert user.startswith(user_message(Question(text="")).split("\n")[0])
    assert all(f'"{name}":' in user for name in Question.__dataclass_fields__)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_another_process_has_the_same_bytes(seed: str) -> None:
    code = (
        "import hashlib; from error_classification.prompts import *;"
        "print(prompt_version(), hashlib.sha256(system_prompt().encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [prompt_version(), hashlib.sha256(system_prompt().encode()).hexdigest()]
