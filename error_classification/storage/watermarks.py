"""How far each source was read: so that a job which was missed is caught up, and nothing is read twice without need."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from error_classification.storage.connection import explained

_BUSY_SECONDS = 10.0
_SCHEMA = "CREATE TABLE IF NOT EXISTS watermarks (source TEXT PRIMARY KEY, covered_until TEXT NOT NULL) STRICT"
_SELECT = "SELECT covered_until FROM watermarks WHERE source = ?"
_REPLACE = "INSERT OR REPLACE INTO watermarks VALUES (?, ?)"


class Watermarks:
    """In the file ``path``; None: remembered for this process alone. All methods raise StoreError."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, datetime] = {}

    def get(self, source: str) -> datetime | None:
        """Up to when ``source`` was read; None where it never was."""
        if self._path is None or not self._path.exists():
            return self._known.get(source)
        with explained(self._path), closing(self._opened()) as connection:
            row = connection.execute(_SELECT, (source,)).fetchone()
        try:
            return datetime.fromisoformat(row[0]) if row else None
        except ValueError:  # written by hand: reading again is the safe thing
            return None

    def set(self, source: str, covered_until: datetime) -> None:
        """Remembers that all before ``covered_until`` was read and stored."""
        self._known[source] = covered_until
        if self._path is not None:
            with explained(self._path), closing(self._opened()) as connection:
                connection.execute(_REPLACE, (source, covered_until.isoformat()))

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(str(self._path), timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute(_SCHEMA)
        return connection
