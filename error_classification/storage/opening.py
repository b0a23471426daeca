"""Opens a store: checks whose it is, creates or migrates it, chooses its journal."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from error_classification.errors import StoreError
from error_classification.storage.connection import ELSEWHERE, explained, transaction, user_version
from error_classification.storage.filesystem import network_type, read_mountinfo
from error_classification.storage.identity import of_connection, of_header, read_header, verify
from error_classification.storage.migrations import migrate

BUSY_SECONDS = 60.0
"""How long a writer waits for the others: a transaction takes milliseconds, so that dozens of processes may queue."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection to a store of the current version, and what the user should know about it."""

    connection: sqlite3.Connection
    warnings: tuple[str, ...]


def open_store(path: Path, mountinfo: str | None, busy_seconds: float) -> Opened:
    """Opens or creates the store at ``path``, which is absolute; ``mountinfo`` None is this machine's.

    Raises StoreError where that is not possible, NewerStoreError for a store of a newer version.
    """
    _prepare(path)
    table = read_mountinfo() if mountinfo is None else mountinfo
    network = network_type(PurePosixPath(path.resolve()), table)
    with explained(path), ExitStack() as stack:
        connection = stack.enter_context(closing(sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)))
        verify(of_connection(connection), path)
        # Only effective in a file without tables: lets prune give space back to the system.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        migrate(connection)
        _choose_journal(connection, network, path)
        _prove_writable(connection)
        stack.pop_all()
    return Opened(connection, _warnings(path, network))


def _prepare(path: Path) -> None:
    """Makes the folder and looks at the file before SQLite does."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
        header = read_header(path)
    except OSError as error:
        raise StoreError(f"store {path}: {error.strerror}", ELSEWHERE) from error
    verify(of_header(header), path)


def _choose_journal(connection: sqlite3.Connection, network: str, path: Path) -> None:
    """Write-ahead logging, with which readers and a writer do not wait for each other; a rollback journal on a network."""
    if network:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise StoreError(f"store {path}: another process uses it in a way that {network} does not support", ELSEWHERE)
        return
    # The switch needs the file for itself: among processes that open a new file at the same time one succeeds, for all.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        # Enough to keep the file consistent; after a power cut the last transactions may be gone.
        connection.execute("PRAGMA synchronous = NORMAL")


def _prove_writable(connection: sqlite3.Connection) -> None:
    """Finds out now, not at the first save, that the file or its folder can't be written."""
    with transaction(connection):
        connection.execute(f"PRAGMA user_version = {user_version(connection)}")


def _warnings(path: Path, network: str) -> tuple[str, ...]:
    if not network:
        return ()
    return (f"store {path} is on a network file system ({network}): slower, and only safe where its locks work; {ELSEWHERE}",)
