"""Image builds: is the failing step named, with its command, its exit code and the output that tells the cause?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from error_classification.models import ErrorContext
from measures.arithmetic import share
from measures.cases import BuildTruth
from measures.running import Result
from measures.tables import Table

COLUMNS = ("", "builds", "step", "command", "exit code", "cause in the text")

_PREFIX = re.compile(r"^#\d+ (?:\d+\.\d+ )?")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def table(results: Iterable[Result]) -> Table | None:
    """The first error of each build against the step that failed."""
    pairs = [(result, result.case.build) for result in results if result.case.build]
    if not pairs:
        return None
    checked = [checks(result.first.error.context if result.first else None, truth) for result, truth in pairs]
    shares = tuple(share(column) for column in zip(*checked, strict=True))
    details = tuple(
        f"{result.case.name}: {column} is not right"
        for (result, _), found in zip(pairs, checked, strict=True)
        for column, right in zip(COLUMNS[2:], found, strict=True)
        if not right
    )
    return Table("Image builds (BuildKit)", COLUMNS, (("all", len(pairs), *shares),), details)


def checks(context: ErrorContext | None, truth: BuildTruth) -> tuple[bool, bool, bool, bool]:
    """Step, command, exit code, cause: each right or not. A build without a failing step has none of the first three."""
    if context is None:
        return False, False, False, False
    text = _squeezed(context.text)
    return (
        _squeezed(context.step_name) == _squeezed(truth.step),
        _squeezed(context.command) == _squeezed(truth.command),
        context.exit_code == truth.exit_code,
        any(_squeezed(_bare(line)) in text for line in truth.causes),
    )


def _bare(line: str) -> str:
    """An output line as the tool printed it, without what the builder put before it."""
    return _COLOURS.sub("", _PREFIX.sub("", line))


def _squeezed(text: str) -> str:
    return " ".join(text.split())
