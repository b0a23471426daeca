"""The training corpus in one small file that comes with the program: redacted errors, each once, with their labels.

So ``train --extra`` works where only the package is installed. What it is made of stays in the repository: the recordings of the
corpus; beside them stand the program's own worked examples, marked by their origin.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

from error_classification.classification.model.features import MAX_TEXT, readable
from error_classification.errors import InputError
from error_classification.learning.labelled import LabelledError, LabelledInput, quiet_blocks
from error_classification.models import ErrorContext, FingerprintedError, Outcome, SourceType
from error_classification.pipeline import Redacts

FILE = "zoo.jsonl.gz"
MAX_COMMAND = 80
_DEFAULTS: Mapping[str, object] = {
    "headline": "",
    "source_type": "job_log",
    "outcome": "failed",
    "test_name": "",
    "framework": "",
    "command": "",
    "exit_code": None,
    "generic": False,
    "accepted": [],
}
"""What a row leaves out."""


def errors_of(inputs: Iterable[LabelledInput | InputError], redactor: Redacts) -> Iterator[LabelledError]:
    """The errors that the labels are about, and blocks of inputs in which nothing failed. Errors of reading are passed over."""
    for one in inputs:
        if not isinstance(one, InputError):
            yield from map(one.labelled, one.about)
            yield from quiet_blocks(one, redactor)


def distil(errors: Iterable[LabelledError]) -> bytes:
    """The content of the file: sorted, each error once, the same bytes for the same errors."""
    rows = {_line(_row(one)) for one in errors}
    return gzip.compress("".join(sorted(rows)).encode(), 9, mtime=0)


def distilled(data: bytes, name: str = FILE) -> list[LabelledError]:
    """The errors of a distilled file. Raises ``InputError`` where it is damaged."""
    try:
        lines = gzip.decompress(data).decode().splitlines()
        return [_error(json.loads(line)) for line in lines]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{name}: the training corpus is damaged: {error}", "install the package again") from error


def built_in() -> list[LabelledError]:
    """The corpus that comes with the program."""
    return distilled(resources.files(__package__).joinpath(FILE).read_bytes())


def _line(row: Mapping[str, object]) -> str:
    """JSON leaves line separators of Unicode as they are; rows are split at line feeds alone."""
    return json.dumps(row, sort_keys=True, separators=(",", ":")) + "\n"


def _row(one: LabelledError) -> dict[str, object]:
    context = one.error.context
    row = {
        "text": readable(context),
        "headline": context.headline,
        "normalized": one.error.normalized_text[:MAX_TEXT],
        "generic": one.error.generic,
        "source_type": context.source_type.value,
        "outcome": context.outcome.value,
        "test_name": "named" if context.test_name else "",
        "framework": context.framework,
        "command": context.command[:MAX_COMMAND],
        "exit_code": context.exit_code,
        "label": one.label,
        "accepted": sorted(one.accepted - {one.category}),
        "family": one.family,
        "tool": one.tool,
        "how": one.how,
    }
    return {name: value for name, value in row.items() if name not in _DEFAULTS or _DEFAULTS[name] != value}


def _error(row: Mapping[str, Any]) -> LabelledError:
    known = {**_DEFAULTS, **row}
    context = ErrorContext(
        SourceType(known["source_type"]),
        "",
        known["text"],
        1,
        headline=known["headline"],
        outcome=Outcome(known["outcome"]),
        test_name=known["test_name"],
        framework=known["framework"],
        command=known["command"],
        exit_code=known["exit_code"],
    )
    error = FingerprintedError(context, known["normalized"], "", 0, known["generic"])
    accepted = frozenset((known["label"].partition("/")[0], *known["accepted"]))
    return LabelledError(error, known["label"], accepted, known["family"], known["tool"], known["how"])
