"""The rows of the SQLite store and the model: every row holds a whole document, packed; its columns are copies to find it by."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
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

_LEVEL = 1
"""Of zlib: on log texts of 8,000 characters level 6 takes half as long again and saves 6 % of the space."""

_MEMORY_LEVEL = 5
"""Of zlib: a document is small, and setting up the default of 8 is a good part of the work. Texts of 2,000 characters take 43 µs
with it instead of 76, those of 8,000 take 83 instead of 106, at the same size.
"""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def pack(document: Document) -> bytes:
    """JSON, compressed. Half of a surrogate pair, which a JSON input may hold, is kept as it is."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY_LEVEL)
    return compressor.compress(_JSON.encode(document).encode("utf-8", "surrogatepass")) + compressor.flush()


def unpack(blob: bytes) -> Document:
    """What ``pack`` wrote. Raises ValueError or zlib.error where it did not."""
    document: Document = json.loads(zlib.decompress(blob).decode("utf-8", "surrogatepass"))
    return document


def occurrence_row(classification: ErrorClassification) -> Row:
    """A row of ``occurrences``, without its number."""
    document = to_document(classification)
    document.pop(SNIPPET.name, None)
    return (
        classification.error_id,
        classification.error.error_hash,
        document["@timestamp"],
        classification.error.context.count,
        column(classification.run.repo),
        pack(document),
    )


def occurrence(blob: bytes) -> ErrorClassification:
    """The occurrence of a packed document. Raises DamagedRecordError."""
    with _reading("occurrence"):
        return from_document(unpack(blob))


def answer_row(classification: ErrorClassification) -> Row:
    """A row of ``answers``."""
    return (
        classification.error.error_hash,
        classification.answer.judge,
        not classification.is_duplicate,
        column(classification.category),
        column(classification.subcategory),
        utc_text(classification.classified_at),
        classification.error_id,
        pack(answer_to_document(classification.answer)),
    )


def label_row(label: Label, answer: Verdict | Abstention) -> Row:
    """A row of ``labels``, without its number."""
    columns = (label.error_hash, label.category, label.subcategory, column(label.author), utc_text(label.labelled_at))
    return (*columns, pack(answer_to_document(answer)))


def label(row: Sequence[Any]) -> Label:
    """What ``label_row`` wrote, with who withdrew it when."""
    error_hash, category, subcategory, author, labelled_at, withdrawn_by, withdrawn_at = row
    return Label(
        error_hash,
        category,
        subcategory,
        author,
        datetime.fromisoformat(labelled_at),
        withdrawn_by or "",
        datetime.fromisoformat(withdrawn_at) if withdrawn_at else None,
    )


def judged(row: Row | None) -> Verdict | Abstention:
    """The answer in a row of one packed document. Raises DamagedRecordError, also where there is no row."""
    with _reading("answer"):
        (blob,) = row or ()
        return answer_from_document(unpack(blob))


def group(row: Sequence[Any]) -> Group:
    """A group by its hash, count, first_seen, last_seen, answered_at, packed answer and packed newest occurrence.

    Raises DamagedRecordError.
    """
    error_hash, count, first_seen, last_seen, answered_at, answer, example = row
    with _reading(f"group {error_hash}"):
        newest = unpack(example)
        return Group(
            error_hash=error_hash,
            answer=answer_from_document(unpack(answer)),
            occurrence_count=count,
            first_seen=datetime.fromisoformat(first_seen),
            last_seen=datetime.fromisoformat(last_seen),
            answered_at=datetime.fromisoformat(answered_at),
            normalized_text=newest.get("s_normalized_text", ""),
            repo=newest.get("s_repo", ""),
            example_source=newest.get("s_source", ""),
        )


def column(text: str) -> str:
    """Text that SQLite can express."""
    return text.encode(errors="replace").decode()


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise DamagedRecordError(f"{name}: {error!r}") from error
