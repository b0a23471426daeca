"""The examples that a model is trained on: the program's own, and a project's (pure but for reading package data)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from error_classification.errors import InputError
from error_classification.learning.labelled import LabelledInput
from error_classification.learning.training import distilled
from error_classification.learning.training.examples import Example, Origin, distinct, example
from error_classification.pipeline import Redacts


def program_examples() -> list[Example]:
    """The corpus that comes with the program."""
    return distinct(map(example, distilled.built_in()))


def own_examples(inputs: Iterable[LabelledInput | InputError], redactor: Redacts, weight: float) -> list[Example]:
    """The errors that a project labelled, each ``weight`` times as heavy as one of the program's."""
    found = (example(one, Origin.EXTRA) for one in distilled.errors_of(inputs, redactor))
    return [replace(one, weight=weight) for one in distinct(found)]
