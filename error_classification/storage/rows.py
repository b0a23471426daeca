"""The rows of the SQLite store and the model: an occurrence is some columns and, for the rest of its document, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias

from error_classification.models import Abstention, ErrorClassification, Group, Verdict
from error_classification.opensearch_schema import (
    SNIPPET,
    Document,
    answer_from_document,
    answer_to_document,
    from_document,
    to_document,
    utc_text,
)
from error_classification.ports import Label
from error_classification.storage.connection import DamagedRecordError

Row: TypeAlias = tuple[Any, ...]

_COLUMNS: Mapping[str, str] = {
    "error_id": "s_error_id",
    "error_hash": "s_error_hash",
    "occurred_at": "@timestamp",
    "count": "l_count",
    "repo": "s_repo",
    "source": "s_source",
    "normalized_text": "s_normalized_text",
}
"""Columns of an occurrence and the field of its document that each holds."""

_FIELDS = tuple(_COLUMNS.values())


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedRecordError(f"{name}: {error!r}") from error


def encodable(text: str) -> bool:
    """False for text with half of a surrogate pair (JSON input may hold one), which UTF-8 and thus SQLite can't express."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _column(value: Any) -> Any:
    return value.encode(errors="replace").decode() if isinstance(value, str) and not encodable(value) else value


def to_json(document: Document) -> str:
    """Compact JSON that SQLite can store, whatever characters the text holds."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text if encodable(text) else json.dumps(document, separators=(",", ":"))


def occurrence_row(classification: ErrorClassification) -> Row:
    """The columns, in the order of ``_COLUMNS``, and the document without them."""
    document = to_document(classification)
    document.pop(SNIPPET.name, None)
    values = [document.pop(field, "") for field in _FIELDS]
    columns = [_column(value) for value in values]
    # Where a column can't express its value, the document keeps it and wins when both are read.
    kept = {field: value for field, value, column in zip(_FIELDS, values, columns, strict=True) if value is not column}
    return (*columns, to_json(document | kept))


def occurrence(row: Sequence[Any]) -> ErrorClassification:
    """What ``occurrence_row`` wrote. Raises DamagedRecordError where it did not."""
    *columns, document = row
    with _reading(f"occurrence {row[0]}"):
        return from_document(dict(zip(_FIELDS, columns, strict=True)) | json.loads(document))


def answer_row(classification: ErrorClassification) -> Row:
    """A row of ``answers``."""
    return (
        classification.error.error_hash,
        classification.answer.judge,
        not classification.is_duplicate,
        classification.category,
        classification.subcategory,
        utc_text(classification.classified_at),
        classification.error_id,
        to_json(answer_to_document(classification.answer)),
    )


def label_row(label: Label, answer: Verdict | Abstention) -> Row:
    """A row of ``labels``, without its number."""
    document = to_json(answer_to_document(answer))
    return (label.error_hash, label.category, label.subcategory, _column(label.author), utc_text(label.labelled_at), document)


def label(row: Sequence[Any]) -> Label:
    """What ``label_row`` wrote."""
    error_hash, category, subcategory, author, labelled_at = row
    return Label(error_hash, category, subcategory, author, datetime.fromisoformat(labelled_at))


def group(row: Sequence[Any]) -> Group:
    """A group by its hash, count, first_seen, last_seen, answered_at, document, normalized_text, repo and example_source."""
    error_hash, count, first_seen, last_seen, answered_at, document, normalized_text, repo, example_source = row
    with _reading(f"group {error_hash}"):
        return Group(
            error_hash=error_hash,
            answer=answer_from_document(json.loads(document)),
            occurrence_count=count,
            first_seen=datetime.fromisoformat(first_seen),
            last_seen=datetime.fromisoformat(last_seen),
            answered_at=datetime.fromisoformat(answered_at),
            normalized_text=normalized_text,
            repo=repo,
            example_source=example_source,
        )
