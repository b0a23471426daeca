"""SQLite as this package uses it: explicit transactions, and errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from error_classification.errors import StoreError

ELSEWHERE = "name another path with --store or ERROR_CLASSIFICATION_STORE, or work without one: --no-store"
_RECOVER = "recover it with `sqlite3 FILE .recover`, or move it away: a new one is made"

_MEANINGS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space, or " + ELSEWHERE),
    sqlite3.SQLITE_READONLY: ("it can't be written", ELSEWHERE),
    sqlite3.SQLITE_PERM: ("access is denied", ELSEWHERE),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened or created", "check that its folder may be written, or " + ELSEWHERE),
    sqlite3.SQLITE_IOERR: ("reading or writing failed", "check the disk and its free space, or " + ELSEWHERE),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "try again when that one has finished"),
    sqlite3.SQLITE_LOCKED: ("another process keeps it locked", "try again when that one has finished"),
    sqlite3.SQLITE_NOTADB: ("it is not a SQLite database", ELSEWHERE),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _RECOVER),
}
"""What a primary result code of SQLite (https://www.sqlite.org/rescode.html) means to the user, and what helps."""

_UNKNOWN = ("it refused", ELSEWHERE)
_PRIMARY = 0xFF
"""An extended result code holds its primary one in the low byte."""


class DamagedRecordError(Exception):
    """What a row holds is not what this program writes there."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite or a damaged record raises into a ``StoreError`` that names ``path``."""
    try:
        yield
    except DamagedRecordError as error:
        raise StoreError(f"store {path}: a record in it is damaged: {error}", _RECOVER) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        code: int = getattr(error, "sqlite_errorcode", 0)
        meaning, advice = _MEANINGS.get(code & _PRIMARY, _UNKNOWN)
        raise StoreError(f"store {path}: {meaning}: {error}", advice) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction: all of it or nothing. It takes the write lock at once, and so never fails half-way for want of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        # SQLite itself rolls back after some errors, such as a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def user_version(connection: sqlite3.Connection) -> int:
    """The version of the schema; 0 for a new file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
