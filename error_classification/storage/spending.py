"""What calls to a paid service took, one row each: so that a month's cap holds over many runs.

Beside the store of errors, not in it: money is spent by a user, whichever store the answers go to. What was ordered and is paid
for only when it is delivered (message batches) is reserved meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from threading import Lock

from error_classification.models import Spending, Usage
from error_classification.storage.connection import transaction

_BUSY_SECONDS = 10.0
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS spending (
        at TEXT NOT NULL, model TEXT NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL,
        cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, cost_usd REAL NOT NULL
    ) STRICT""",
    "CREATE TABLE IF NOT EXISTS delivered (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS reserved (name TEXT PRIMARY KEY, usd REAL NOT NULL) STRICT, WITHOUT ROWID",
)
_READABLE = ("SELECT COUNT(*), TOTAL(cost_usd) FROM spending", "SELECT TOTAL(usd) FROM reserved")
_CALL = "call until "
"""Begins the names of what is kept aside for calls, before the moment from which on it is not: their process is gone."""
_LONGEST_CALL = timedelta(minutes=15)
_MONTH = "SELECT TOTAL(cost_usd) FROM spending WHERE at >= ?"
_ASIDE = f"SELECT TOTAL(usd) FROM reserved WHERE name NOT LIKE '{_CALL}%' OR name > ?"  # noqa: S608
_EXPIRE = f"DELETE FROM reserved WHERE name LIKE '{_CALL}%' AND name <= ?"  # noqa: S608
_INSERT = "INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?)"
_DELIVER = "INSERT OR IGNORE INTO delivered VALUES (?)"
_SELECT = """
    SELECT model, COUNT(*), SUM(input), SUM(output), SUM(cache_read), SUM(cache_write), SUM(cost_usd)
    FROM spending WHERE at >= ? GROUP BY model
"""


class SpendingLog:
    """The log at ``path``, or in memory where there is none or it can't be opened. Any thread may use it."""

    def __init__(self, path: Path | None, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._path = path
        self.fault = ""
        """Why what is spent is forgotten at the end, or some of it; empty where it is not."""
        self._connection = self._opened(path)

    @property
    def persistent(self) -> bool:
        """Whether other runs know what is spent by this one."""
        return not self.fault

    def record(self, model: str, usage: Usage) -> None:
        """Adds one call. What can't be written is not a reason to stop: the run's own cap holds all the same."""
        with self._writing():
            self._connection.execute(_INSERT, self._row(model, usage))

    def claim(self, dollars: float, cap: float | None) -> str:
        """Keeps so much aside for a call, and gives its name; none where the month would cost more than ``cap``.

        What other processes spend counts at once. Where nothing can be written, that is left to the run's own count.
        """
        now = self._now()
        expired, name = f"{_CALL}{now.isoformat()}", f"{_CALL}{(now + _LONGEST_CALL).isoformat()} {token_hex(8)}"
        with self._writing(), transaction(self._connection):
            self._connection.execute(_EXPIRE, (expired,))
            spent: float = self._connection.execute(_MONTH, (month_start(now).isoformat(),)).fetchone()[0]
            aside: float = self._connection.execute(_ASIDE, (expired,)).fetchone()[0]
            if cap is not None and spent + aside + dollars > cap:
                return ""
            self._connection.execute("INSERT INTO reserved VALUES (?, ?)", (name, dollars))
        return name

    def record_delivered(self, calls: Iterable[tuple[str, str, Usage]]) -> None:
        """Adds calls, each a name that is its own, a model and what it took; one whose name is known is not added again."""
        with self._writing(), transaction(self._connection):
            for name, model, usage in calls:
                if self._connection.execute(_DELIVER, (name,)).rowcount:
                    self._connection.execute(_INSERT, self._row(model, usage))

    def reserve(self, name: str, dollars: float) -> None:
        """Keeps so much aside, until ``release``, for what was ordered under this name."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO reserved VALUES (?, ?)", (name, dollars))

    def release(self, name: str) -> None:
        """Keeps nothing aside for this name any longer."""
        with self._writing():
            self._connection.execute("DELETE FROM reserved WHERE name = ?", (name,))

    def reserved(self) -> float:
        """US dollars that are kept aside."""
        with self._lock:
            total: float = self._connection.execute(_ASIDE, (f"{_CALL}{self._now().isoformat()}",)).fetchone()[0]
            return total

    def by_model(self, since: datetime) -> Mapping[str, Spending]:
        """What was spent at or after ``since``."""
        with self._lock:
            rows = self._connection.execute(_SELECT, (since.isoformat(),)).fetchall()
        return {model: Spending(calls, Usage(*usage)) for model, calls, *usage in rows}

    def total(self, since: datetime) -> Spending:
        """The same of all models together."""
        return sum(self.by_model(since).values(), Spending())

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()

    def _row(self, model: str, usage: Usage) -> tuple[object, ...]:
        took = (usage.input, usage.output, usage.cache_read, usage.cache_write, usage.cost_usd)
        return (self._now().isoformat(), model, *took)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """What can't be written is left out, and ``fault`` says so."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                self.fault = f"{self._path}: {error}"

    def _opened(self, path: Path | None) -> sqlite3.Connection:
        if path is None:
            self.fault = "there is no home folder to keep it in"
            return _connected(":memory:")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connected(str(path))
        except (OSError, sqlite3.Error) as error:
            self.fault = f"{path}: {getattr(error, 'strerror', None) or error}"
            return _connected(":memory:")


def month_start(now: datetime) -> datetime:
    """When the month of ``now`` began, in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _connected(name: str) -> sqlite3.Connection:
    """Each statement is a transaction of its own."""
    connection = sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for statement in (*_SCHEMA, *_READABLE):
            connection.execute(statement).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
