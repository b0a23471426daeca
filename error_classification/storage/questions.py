"""Questions that wait for the next message batch, and the batches whose answers are awaited.

A SQLite file of its own, beside the store that the answers go to. What it says is on the disk before anything is paid for: a
batch is written down, with its questions, before it is created at the service, and its name there afterwards; one without a name
may exist or not. A question leaves the queue once its answer is stored.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from error_classification.errors import NewerStoreError, StoreError
from error_classification.models import Abstention, ErrorClassification, Excerpt, Usage, Verdict
from error_classification.opensearch_schema import (
    Document,
    answer_from_document,
    answer_to_document,
    from_document,
    to_document,
    utc_text,
)
from error_classification.storage.connection import DamagedRecordError, explained, transaction, user_version
from error_classification.storage.rows import pack, unpack

_VERSION = 1
_BUSY_SECONDS = 60.0
_PAGE = 200
_SCHEMA = (
    """CREATE TABLE batches (
        token TEXT PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL, size INTEGER NOT NULL, usd REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE questions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, token TEXT REFERENCES batches, model TEXT NOT NULL,
        version TEXT NOT NULL, document BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX questions_by_batch ON questions (token, key)",
    f"PRAGMA user_version = {_VERSION}",
)
_SELECT_ASKED = "SELECT key, model, version, document FROM questions WHERE token = ? AND key = ?"
_SELECT_WAITING = """
    SELECT id, key, model, version, document FROM questions WHERE token IS NULL AND id > ? ORDER BY id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Question:
    """An error that is to be asked about, and what was asked and answered so far.

    ``classification`` is the occurrence as it was stored, with the answer of the judges that cost nothing.
    """

    key: str
    classification: ErrorClassification
    opinions: tuple[Verdict, ...] = ()
    more: Excerpt = field(default_factory=Excerpt)
    """More of the log around the error, taken while it was at hand."""
    model: str = ""
    """Which one is, or is to be, asked; empty before the first time."""
    version: str = ""
    """Of the prompt that was handed in; empty for a question that waits."""
    asking: str = ""
    """What this round of asking is called."""
    shows_more: bool = False
    trail: tuple[str, ...] = ()
    """What earlier rounds said, one clause each."""
    answer: Verdict | Abstention | None = None
    """The last answer that could be read."""
    usage: Usage = field(default_factory=Usage)
    """Of all rounds."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A batch: ``token`` is our name for it, ``name`` the service's, empty while it is not known whether it has one."""

    token: str
    name: str
    at: datetime
    size: int
    usd: float
    """What it may cost at most."""


class QuestionQueue:
    """The queue at ``path``. Every method raises ``StoreError`` where the file fails it. It belongs to one thread."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises ``StoreError``, ``NewerStoreError`` for one of a newer version."""
        self.path = path
        with explained(path):
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()

    def has(self, key: str) -> bool:
        """Whether this is waiting, or asked already."""
        with explained(self.path):
            return self._connection.execute("SELECT 1 FROM questions WHERE key = ?", (key,)).fetchone() is not None

    def add(self, questions: Sequence[Question]) -> None:
        """Those whose key is there already change nothing."""
        with self._writing():
            self._connection.executemany(
                "INSERT OR IGNORE INTO questions (key, model, version, document) VALUES (?, ?, ?, ?)",
                [_row(question) for question in questions],
            )

    def waiting(self) -> Iterator[Question]:
        """Those that are in no batch, in the order in which they came; what is added or claimed meanwhile does no harm."""
        last = 0
        while True:
            with explained(self.path):
                page = self._connection.execute(_SELECT_WAITING, (last, _PAGE)).fetchall()
                found = [_question(row[1:]) for row in page]
            if not page:
                return
            last = page[-1][0]
            yield from found

    def count_waiting(self) -> int:
        """How many are in no batch."""
        with explained(self.path):
            count: int = self._connection.execute("SELECT COUNT(*) FROM questions WHERE token IS NULL").fetchone()[0]
            return count

    def claim(self, batch: HandedIn, questions: Sequence[Question]) -> None:
        """Writes down a batch that is about to be created, with its questions as they are asked."""
        with self._writing():
            row = (batch.token, batch.name, utc_text(batch.at), batch.size, batch.usd)
            self._connection.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", row)
            self._update(questions, batch.token)

    def name(self, token: str, name: str) -> None:
        """Writes down what the service calls a batch."""
        with self._writing():
            self._connection.execute("UPDATE batches SET name = ? WHERE token = ?", (name, token))

    def batches(self) -> list[HandedIn]:
        """Those whose answers are awaited, oldest first."""
        with explained(self.path):
            rows = self._connection.execute("SELECT token, name, at, size, usd FROM batches ORDER BY at, token").fetchall()
        return [HandedIn(token, name, datetime.fromisoformat(at), size, usd) for token, name, at, size, usd in rows]

    def of(self, token: str, keys: Iterable[str]) -> Mapping[str, Question]:
        """The questions of a batch among ``keys`` that are still without an answer."""
        with explained(self.path):
            selected = (self._connection.execute(_SELECT_ASKED, (token, key)).fetchone() for key in keys)
            return {row[0]: _question(row) for row in selected if row is not None}

    def settle(self, answered: Iterable[str], again: Sequence[Question]) -> None:
        """Those that are answered leave the queue; those to be asked again wait, as they are given here."""
        with self._writing():
            self._connection.executemany("DELETE FROM questions WHERE key = ?", [(key,) for key in answered])
            self._update(again, None)

    def close_batch(self, token: str) -> int:
        """Forgets a batch; what it left without an answer waits again. Returns how many that are."""
        with self._writing():
            left = self._connection.execute("UPDATE questions SET token = NULL, version = '' WHERE token = ?", (token,)).rowcount
            self._connection.execute("DELETE FROM batches WHERE token = ?", (token,))
            return left

    def _update(self, questions: Sequence[Question], token: str | None) -> None:
        rows = [(token, question.model, question.version, _packed(question), question.key) for question in questions]
        self._connection.executemany(
            "UPDATE questions SET token = ?, model = ?, version = ?, document = ? WHERE key = ?", rows
        )

    def _prepare(self) -> None:
        # EXTRA: on the disk when the call returns, the folder's entry included. WAL would give that up, or its speed.
        self._connection.execute("PRAGMA synchronous = EXTRA")
        with transaction(self._connection):
            found = user_version(self._connection)
            if found > _VERSION:
                raise NewerStoreError(f"{self.path}: its version is {found}, this program knows up to {_VERSION}")
            if found == 0:
                if self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                    raise StoreError(f"{self.path}: it is the database of another program")
                for statement in _SCHEMA:
                    self._connection.execute(statement)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with explained(self.path), transaction(self._connection):
            yield


def _row(question: Question) -> tuple[Any, ...]:
    return question.key, question.model, question.version, _packed(question)


def _packed(question: Question) -> bytes:
    usage = question.usage
    document: Document = {
        "classification": to_document(question.classification),
        "opinions": [answer_to_document(opinion) for opinion in question.opinions],
        "more": [question.more.first_line, question.more.text],
        "asking": question.asking,
        "shows_more": question.shows_more,
        "trail": question.trail,
        "answer": question.answer and answer_to_document(question.answer),
        "usage": [usage.input, usage.output, usage.cache_read, usage.cache_write, usage.cost_usd],
    }
    return pack(document)


def _question(row: Sequence[Any]) -> Question:
    """Raises DamagedRecordError."""
    key, model, version, blob = row
    try:
        found = unpack(blob)
        opinions = [answer_from_document(opinion) for opinion in found["opinions"]]
        return Question(
            key=key,
            classification=from_document(found["classification"]),
            opinions=tuple(opinion for opinion in opinions if isinstance(opinion, Verdict)),
            more=Excerpt(*found["more"]),
            model=model,
            version=version,
            asking=found["asking"],
            shows_more=found["shows_more"],
            trail=tuple(found["trail"]),
            answer=answer_from_document(found["answer"]) if found["answer"] else None,
            usage=Usage(*found["usage"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise DamagedRecordError(f"question {key}: {error!r}") from error
