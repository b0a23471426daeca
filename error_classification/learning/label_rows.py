"""Rows of labelled files: JSON lines, plain or gzip, each one input with the label of its failure.

Four shapes, told apart by their keys; a key that a shape lacks is empty:

====================  ==================================================================================================
recordings            ``id text label``, ``cause`` (texts that state it), ``family``, ``tool``, ``how``, ``parameters``
sample folders        ``file label``, ``cause_lines`` (1-based ranges), ``cause``, ``tool``, ``how``, ``ambiguous``
corpora               ``id file label``, ``labels`` (of all failures), ``root_cause_lines``, ``label_confidence``, ``expected``
a project's own       ``text label``, perhaps ``id`` and ``accepted`` (further categories that count as right)
====================  ==================================================================================================

A ``file`` lies in the folder of the labelled file or below it. The label ``none`` says that nothing failed; in a corpus that
says what it ``expected`` of the input, ``none`` may also stand for a failure without a cause.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from error_classification.errors import InputError
from error_classification.learning.json_lines import Json, json_object, numbered
from error_classification.models import UNCLASSIFIED
from error_classification.taxonomy import BY_NAME

NONE = "none"
FAMED = ("labels.jsonl", "manifest.jsonl")
"""Names of the one labelled file of a folder; without one all JSON lines in it are labelled files."""
_ENDINGS = (".jsonl", ".jsonl.gz")
_FAILURES = ("failing_step", "root_cause_lines", "failed", "errored", "flaky", "suite_level_failures", "suite_level_errors")
_START_TAGS = ("raw_failure_start_tags", "raw_error_start_tags")
_MAGIC = b"\x1f\x8b"
_LONGEST = 1 << 26
"""Bytes of a row: a whole log may be in it."""

Range: TypeAlias = tuple[int, int]
"""First and last line, both included, 1-based."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled input before it is read. ``label`` is ``category/subcategory``, ``category`` or ``unclassified``."""

    name: str
    label: str
    accepted: frozenset[str]
    """Names of the categories that count as right; that of ``label`` is one of them."""
    others: frozenset[str] = frozenset()
    """Categories of the input's failures: right for an error that is not the first one. Empty where ``label`` goes for all."""
    text: str | None = None
    path: Path | None = None
    """Where the input is, if ``text`` is None."""
    nothing_failed: bool = False
    family: str = ""
    tool: str = ""
    how: str = ""
    ambiguous: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    cause_lines: tuple[Range, ...] = ()


def read_rows(path: Path, categories: Collection[str] = BY_NAME) -> Iterator[Row | InputError]:
    """The rows of a labelled file or of those in a folder; an ``InputError`` in the place of one that is malformed."""
    try:
        files = _labelled_files(path) if path.is_dir() else [path]
    except OSError as error:
        yield InputError(f"{path}: {error.strerror or error}")
        return
    if not files:
        yield InputError(f"{path}: no labelled file in this folder", f"a labelled file ends with {' or '.join(_ENDINGS)}")
    for file in files:
        yield from _rows_of(file, categories)


def _labelled_files(folder: Path) -> list[Path]:
    for name in FAMED:
        if (folder / name).is_file():
            return [folder / name]
    return sorted(file for file in folder.iterdir() if file.name.endswith(_ENDINGS) and file.is_file())


def _rows_of(file: Path, categories: Collection[str]) -> Iterator[Row | InputError]:
    try:
        with file.open("rb") as raw:
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if raw.peek(len(_MAGIC)).startswith(_MAGIC) else raw
            for number, line in numbered(stream, _LONGEST):
                try:
                    yield _row(json_object(line, _LONGEST), file, number, categories)
                except InputError as error:
                    yield InputError(f"{file}, line {number}: {error.message}", error.advice)
    except (OSError, EOFError, zlib.error) as error:
        yield InputError(f"{file}: {getattr(error, 'strerror', None) or error}")


def _row(row: Json, file: Path, number: int, categories: Collection[str]) -> Row:
    text, name = row.get("text"), _string(row, "file")
    if not isinstance(text, str) and not name:
        raise InputError("neither 'text' nor 'file'", "a row has the text of its input, or names a file")
    label = _label(row.get("label"), categories)
    return Row(
        name=_string(row, "id") or name or f"{file.name}:{number}",
        label=UNCLASSIFIED if label == NONE else label,
        accepted=_categories((label, *_strings(row, "accepted")), categories),
        others=_categories(_strings(row, "labels"), categories),
        text=text if isinstance(text, str) else None,
        path=None if isinstance(text, str) else _inside(file.parent, name),
        nothing_failed=label == NONE and _expects_no_failure(row),
        family=_string(row, "family"),
        tool=_string(row, "tool") or _string(row, "producer") or _string(row, "ecosystem"),
        how=_string(row, "how"),
        ambiguous=row.get("ambiguous") is True or _string(row, "label_confidence") not in ("", "high"),
        parameters=_texts(row.get("parameters", {})),
        causes=_strings(row, "cause"),
        cause_lines=(*_ranges(row, "cause_lines"), *_ranges(row, "root_cause_lines")),
    )


def _label(value: object, categories: Collection[str]) -> str:
    if not isinstance(value, str) or not value:
        raise InputError("no label", "'label' is category/subcategory, a category, unclassified or none")
    category, slash, _ = value.partition("/")
    if category not in (*categories, UNCLASSIFIED, NONE):
        raise InputError(f"unknown category {category[:80]!r}", f"the categories are {', '.join(categories)}")
    if slash and category in (UNCLASSIFIED, NONE):
        raise InputError(f"{category!r} has no subcategories")
    return value


def _categories(labels: Iterable[str], categories: Collection[str]) -> frozenset[str]:
    names = (_label(label, categories).partition("/")[0] for label in labels)
    return frozenset(UNCLASSIFIED if name == NONE else name for name in names)


def _inside(folder: Path, name: str) -> Path:
    """A labelled file that somebody sent must not make us read others of this machine."""
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError) as error:
        raise InputError(f"{name[:80]!r} is no name of a file") from error
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{name[:80]!r} lies outside the folder of the labelled file")
    return path


def _expects_no_failure(row: Json) -> bool:
    """True where the row does not say otherwise: a corpus also labels failures without a cause ``none``."""
    expected = row.get("expected")
    if not isinstance(expected, dict):
        return not row.get("root_cause_lines") and not row.get("cause_lines")
    annotations = expected.get("annotations")
    if isinstance(annotations, list):
        return all(isinstance(one, dict) and one.get("level") == "notice" for one in annotations)
    return not any(expected.get(name) for name in (*_FAILURES, *_START_TAGS))


def _string(row: Json, key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise InputError(f"{key!r} is no text")
    return value


def _strings(row: Json, key: str) -> tuple[str, ...]:
    value = row.get(key) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InputError(f"{key!r} is no list of texts")
    return tuple(value)


def _ranges(row: Json, key: str) -> tuple[Range, ...]:
    value = row.get(key) or []
    if not isinstance(value, list):
        raise InputError(f"{key!r} is no list of line ranges")
    return tuple(_range(one, key) for one in value)


def _range(value: object, key: str) -> Range:
    if isinstance(value, list) and len(value) == 2:
        first, last = value
        if type(first) is int and type(last) is int and 1 <= first <= last:
            return first, last
    raise InputError(f"{key!r} holds something else than [first, last]")


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str | int | float) for one in value.values()):
        raise InputError("'parameters' is no object of texts")
    return {name: str(one) for name, one in value.items()}
