"""One process at a time, on every system: a lock that ends with its process, however that ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from error_classification.storage.connection import explained


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[bool]:
    """Holds the lock ``path`` (a file of its own); False where another process still has it after so many seconds.

    Raises ``StoreError`` where the file can't be made. The lock is SQLite's, which the system frees when the process dies.
    """
    with explained(path), closing(sqlite3.connect(path, timeout=seconds, isolation_level=None)) as connection:
        taken = _taken(connection)
        try:
            yield taken
        finally:
            if taken:
                connection.execute("ROLLBACK")


def _taken(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True
