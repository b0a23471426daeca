"""People's labels as JSON lines: to take them to another store, and to measure and train judges with them.

A row has what ``label_rows`` reads of a labelled file (``id``, ``text``, ``label``), and what a label is: the error's ``hash``,
``category``, ``subcategory``, ``author``, ``labelled_at``. To be read again only ``hash``, ``labelled_at`` and ``category`` (or
``label``) are needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import BinaryIO, TypeAlias

from error_classification.errors import InputError
from error_classification.learning.anonymising import Anonymiser, identifying
from error_classification.learning.json_lines import Json, json_object, numbered
from error_classification.models import (
    HUMAN,
    UNCLASSIFIED,
    ErrorClassification,
    ErrorContext,
    Group,
    RunContext,
    SourceType,
    Verdict,
)
from error_classification.ports import Archive, Label
from error_classification.reporting.json import Record, timestamp

Labels: TypeAlias = Collection[tuple[str, str]]
"""``(category, subcategory)`` that a label may have."""

MOST = 1_000_000
"""Labelled groups of a store that are written out."""
_OCCURRENCES = 100
_PUBLIC_FACTS = ("source_type", "framework", "exit_code")
_LONGEST = 1 << 20
"""Bytes of a line."""
_LONGEST_NAME = 200
_HASH = re.compile(r"[0-9a-f]{16}")
_AHEAD = timedelta(days=1)
"""What clocks may differ. A label from the future would stand against all that people say from now on."""


class HashlessError(InputError):
    """A labelled text that does not say whose label it is, such as a row of an anonymised export."""


class State(StrEnum):
    """What became of a label that was read."""

    ADDED = "added"
    KNOWN = "known"
    UNKNOWN = "unknown"
    """No error with its hash is in the store."""


@dataclass(frozen=True, slots=True)
class LabelledGroup:
    """A label in force, and what it is for: ``occurrences`` are the newest that are kept still, perhaps none."""

    label: Label
    group: Group
    occurrences: Sequence[ErrorClassification]

    @property
    def text(self) -> str:
        """Of the newest occurrence; what is known of it where none is kept."""
        return self.occurrences[0].error.context.text if self.occurrences else self.group.normalized_text

    @property
    def name(self) -> str:
        """``category/subcategory``, or the category alone."""
        return f"{self.label.category}/{self.label.subcategory}" if self.label.subcategory else self.label.category


def labelled(archive: Archive) -> Iterator[LabelledGroup]:
    """The labels in force, that of the most frequent error first."""
    for judged in archive.judged([HUMAN], MOST):
        group = judged.group
        yield LabelledGroup(_in_force(archive, group), group, archive.occurrences(group.error_hash, _OCCURRENCES))


def _in_force(archive: Archive, group: Group) -> Label:
    """The newest label that stands; where the answer was given in another store, what is known of it."""
    for label in archive.labels(group.error_hash):
        if label.withdrawn_at is None:
            return label
    verdict = group.answer if isinstance(group.answer, Verdict) else None
    category, subcategory = (verdict.category, verdict.subcategory) if verdict else (UNCLASSIFIED, "")
    return Label(group.error_hash, category, subcategory, "", group.answered_at)


def row(found: LabelledGroup, redact: Callable[[str], str]) -> Record:
    """One line of an export. It is redacted once more: a secret of today may have been none when the error was stored."""
    label = found.label
    return {
        "id": label.error_hash,
        "text": redact(found.text),
        "label": found.name,
        "hash": label.error_hash,
        "category": label.category,
        "subcategory": label.subcategory,
        "author": label.author,
        "labelled_at": timestamp(label.labelled_at),
        "occurrence_count": found.group.occurrence_count,
        **_facts(found),
    }


def anonymous_row(found: LabelledGroup, redact: Callable[[str], str], anonymiser: Anonymiser) -> Record:
    """One line of an anonymised export.

    It has neither hash nor author nor time: the hash of a text that can be guessed tells whether the guess is right.
    """
    group = found.group
    without = [(ErrorContext(SourceType.TEXT, group.example_source, ""), RunContext(repo=group.repo))]
    known = [(each.error.context, each.run) for each in found.occurrences] + without
    names = frozenset(name for context, run in known for name in identifying(context, run))
    text = anonymiser.anonymised(redact(found.text), names)
    facts = {name: value for name, value in _facts(found).items() if name in _PUBLIC_FACTS}
    return {"id": sha256(text.encode("utf-8", "replace")).hexdigest()[:16], "text": text, "label": found.name, **facts}


def _facts(found: LabelledGroup) -> Record:
    """What is known of the newest occurrence."""
    if not found.occurrences:
        return {}
    error = found.occurrences[0].error
    context = error.context
    facts: Record = {
        "hash_version": error.hash_version,
        "source_type": context.source_type.value,
        "framework": context.framework,
        "test_name": context.test_name,
        "exit_code": context.exit_code,
    }
    return {name: value for name, value in facts.items() if value not in ("", None)}


def read(stream: BinaryIO, name: str, known: Labels, now: datetime) -> Iterator[Label | InputError]:
    """The labels of a file; in the place of a line that holds none an ``InputError`` that names file and line.

    ``name`` is the file's. A label must have its time: by it the same one is known when it is read again.
    """
    for number, line in numbered(stream, _LONGEST):
        try:
            yield _label(json_object(line, _LONGEST), known, now)
        except InputError as error:
            yield type(error)(f"{name}:{number}: {error.message}", error.advice)


def add(archive: Archive, label: Label) -> State:
    """Gives ``label`` to its error, unless it was given, or withdrawn, before."""
    error_hash = label.error_hash
    if not archive.groups([error_hash]):
        return State.UNKNOWN
    subcategory = "" if label.category == UNCLASSIFIED else label.subcategory
    said = label.category, subcategory, label.author, label.labelled_at
    if any((old.category, old.subcategory, old.author, old.labelled_at) == said for old in archive.labels(error_hash)):
        return State.KNOWN
    archive.label(error_hash, label.category, subcategory, label.author, label.labelled_at)
    return State.ADDED


def _label(row: Json, known: Labels, now: datetime) -> Label:
    if "hash" not in row and "text" in row:
        raise HashlessError("no 'hash'", "it says which error the label is for")
    error_hash = _text(row, "hash")
    if not _HASH.fullmatch(error_hash):
        raise InputError("'hash' is no hash of an error", "it has 16 hexadecimal digits")
    category, _, subcategory = _text(row, "label").partition("/")
    category, subcategory = _text(row, "category") or category, _text(row, "subcategory") or subcategory
    if category != UNCLASSIFIED and category not in _categories(known):
        raise InputError(f"unknown category {category[:80]!r}", f"known are {', '.join([*_categories(known), UNCLASSIFIED])}")
    if subcategory and category != UNCLASSIFIED and (category, subcategory) not in known:
        raise InputError(f"unknown subcategory {subcategory[:80]!r} of {category}")
    return Label(error_hash, category, subcategory, _author(row), _moment(_text(row, "labelled_at"), now))


def _author(row: Json) -> str:
    """As a store can keep it, so that it is the same when it is read again."""
    return _text(row, "author")[:_LONGEST_NAME].encode("utf-8", "replace").decode()


def _categories(known: Labels) -> list[str]:
    return sorted({category for category, _ in known})


def _text(row: Json, key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{key!r} is no text")
    return value


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError("'labelled_at' is no time in ISO 8601") from None
    if moment > now + _AHEAD:
        raise InputError("'labelled_at' is in the future")
    return moment
