"""The recordings as the pipeline reads them."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.record import RECORDINGS
from error_classification.errors import InputError
from error_classification.learning.labelled import LabelledInput, read_inputs
from error_classification.pipeline import Redacts


def recorded(redactor: Redacts) -> Iterator[LabelledInput]:
    """All of them. Raises ``InputError`` for one that cannot be read."""
    for one in read_inputs([RECORDINGS], redactor):
        if isinstance(one, InputError):
            raise one
        yield one
