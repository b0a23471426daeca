"""What could not be sent to a server, until it can: an outbox on the disk.

What is added stays until it is removed, whatever ends the process. Who sends removes what the server has acknowledged; one that
is killed in between sends it again, which the ids of the documents make harmless.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from error_classification.errors import NewerStoreError, StoreError
from error_classification.models import ErrorClassification
from error_classification.opensearch_schema import to_document
from error_classification.storage.connection import explained, transaction, user_version
from error_classification.storage.rows import occurrence, pack

_VERSION = 1
_BUSY_SECONDS = 60.0
_SCHEMA = (
    # One row for each occurrence and answer, however often it comes while the server is away: a newer one takes its place.
    """CREATE TABLE waiting (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        target TEXT NOT NULL,
        error_id TEXT NOT NULL,
        judge TEXT NOT NULL,
        fresh INTEGER NOT NULL,
        document BLOB NOT NULL,
        UNIQUE (target, error_id, judge, fresh)
    ) STRICT""",
    f"PRAGMA user_version = {_VERSION}",
)
_INSERT = """
    INSERT INTO waiting (target, error_id, judge, fresh, document) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (target, error_id, judge, fresh) DO UPDATE SET document = excluded.document
"""
_REMOVE = "DELETE FROM waiting WHERE id = ? AND document = ?"
"""Not what took its place while it was sent."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits."""

    number: int
    packed: bytes

    @property
    def classification(self) -> ErrorClassification:
        """Raises DamagedRecordError."""
        return occurrence(self.packed)


class Spool:
    """The outbox at ``path`` for one ``target`` (a server and an index). Every method raises ``StoreError`` where the file fails.

    It belongs to one thread; several processes may use one file.
    """

    def __init__(self, path: Path, target: str) -> None:
        """Opens or makes the file. Raises ``StoreError``, ``NewerStoreError`` for one of a newer version."""
        self.path = path
        self._target = target
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"spool {path}: {error.strerror}") from error
        with explained(path), ExitStack() as stack:
            self._connection = stack.enter_context(closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)))
            self._prepare()
            stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()

    def add(self, classifications: Sequence[ErrorClassification]) -> None:
        """They are on the disk when this returns."""
        rows = [
            (self._target, each.error_id, each.answer.judge, not each.is_duplicate, pack(to_document(each)))
            for each in classifications
        ]
        with self._writing():
            self._connection.executemany(_INSERT, rows)

    def count(self) -> int:
        """How many wait."""
        with explained(self.path):
            found = self._connection.execute("SELECT COUNT(*) FROM waiting WHERE target = ?", (self._target,))
            number: int = found.fetchone()[0]
            return number

    def oldest(self, limit: int) -> list[tuple[Waiting, ErrorClassification]]:
        """Those that came first, in their order."""
        with explained(self.path):
            found = self._connection.execute(
                "SELECT id, document FROM waiting WHERE target = ? ORDER BY id LIMIT ?", (self._target, limit)
            )
            rows = [Waiting(number, document) for number, document in found]
            return [(row, row.classification) for row in rows]

    def remove(self, sent: Sequence[Waiting]) -> None:
        """They need not wait any more."""
        with self._writing():
            self._connection.executemany(_REMOVE, [(row.number, row.packed) for row in sent])

    def _prepare(self) -> None:
        if user_version(self._connection) == 0:
            with transaction(self._connection):
                if user_version(self._connection) == 0:
                    for statement in _SCHEMA:
                        self._connection.execute(statement)
        there = user_version(self._connection)
        if there > _VERSION:
            raise NewerStoreError(f"spool {self.path} is of a newer version of this program ({there})", "update this one")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with explained(self.path), transaction(self._connection):
            yield
