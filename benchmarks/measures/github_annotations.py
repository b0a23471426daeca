"""Annotations: is each one that is an error returned, with its count, message, path and line? Notices are never errors.

The program returns equal errors once, with their count and the first place; so what is looked for is each different message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from error_classification.models import ErrorContext, SourceType
from measures.arithmetic import share
from measures.cases import AnnotationTruth
from measures.running import Result
from measures.tables import Cell, Table

COLUMNS = ("", "inputs", "sum of count exact", "message found", "path found", "line found")

_NO_FILES = ("", "/", ".github")
"""What actions write where an annotation belongs to no file."""
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

Pair = tuple[Result, tuple[AnnotationTruth, ...]]
Same = Sequence[AnnotationTruth]
"""Annotations of one input that have the same message."""


def table(results: Iterable[Result]) -> Table | None:
    """Lists of annotations, and apart from them raw job logs, whose errors are those of the log."""
    pairs = [(result, result.case.annotations) for result in results if result.case.annotations is not None]
    if not pairs:
        return None
    lists = [pair for pair in pairs if _is_list(pair[0])]
    logs = [pair for pair in pairs if not _is_list(pair[0])]
    rows = tuple(_row(name, group) for name, group in (("annotations", lists), ("raw logs", logs)) if group)
    return Table("Annotations", COLUMNS, rows, tuple(line for pair in lists for line in _wrong(*pair)))


def _is_list(result: Result) -> bool:
    return result.report is not None and result.report.source_type is SourceType.GITHUB_ANNOTATION


def _row(name: str, pairs: list[Pair]) -> tuple[Cell, ...]:
    checked = [(same, checks(_contexts(result), same)) for result, truths in pairs for same in by_message(truths)]
    return (
        name,
        len(pairs),
        share(count_is_exact(_contexts(result), truths) for result, truths in pairs),
        share(message for _, (message, _, _) in checked),
        share(path for same, (_, path, _) in checked if _paths(same)),
        share(line for same, (_, _, line) in checked if _lines(same)),
    )


def by_message(truths: Iterable[AnnotationTruth]) -> list[Same]:
    """The annotations that say the same, together."""
    groups: dict[str, list[AnnotationTruth]] = {}
    for truth in truths:
        groups.setdefault(truth.message, []).append(truth)
    return list(groups.values())


def count_is_exact(errors: Iterable[ErrorContext], truths: Sequence[AnnotationTruth]) -> bool:
    """Repeats are one error with a count: the sum of the counts is what is compared."""
    return sum(error.count for error in errors) == len(truths)


def checks(errors: Iterable[ErrorContext], same: Same) -> tuple[bool, bool, bool]:
    """Whether an error has the message; the message and a path of its annotations; message, path and a line of theirs."""
    message, paths, lines = _squeezed(same[0].message), _paths(same), _lines(same)
    same_message = [error for error in errors if message in _squeezed(error.text)]
    same_path = [error for error in same_message if not paths or _path(error.file) in paths]
    return bool(same_message), bool(same_path), any(error.line in lines for error in same_path)


def _paths(same: Same) -> set[str]:
    return {_path(truth.path) for truth in same if truth.path not in _NO_FILES}


def _lines(same: Same) -> set[int]:
    return {truth.line for truth in same if truth.line}


def _contexts(result: Result) -> list[ErrorContext]:
    return [error.error.context for error in result.errors]


def _path(path: str) -> str:
    return path.removeprefix("file://").replace("\\", "/")


def _squeezed(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _wrong(result: Result, truths: tuple[AnnotationTruth, ...]) -> Iterable[str]:
    name, errors = result.case.name, _contexts(result)
    if not count_is_exact(errors, truths):
        yield f"{name}: the counts sum to {sum(error.count for error in errors)}, expected {len(truths)}"
    for same in by_message(truths):
        message, path, line = checks(errors, same)
        if not message:
            yield f"{name}: message not found: {_squeezed(same[0].message)[:100]}"
        elif (_paths(same) and not path) or (_lines(same) and not line):
            yield f"{name}: {same[0].path}:{same[0].line} not found, but {[(error.file, error.line) for error in errors][:4]}"
