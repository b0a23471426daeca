"""Whose file is it? Read before SQLite touches it: what is not ours, or newer than this program, stays as it is."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import dataclass
from errno import EINVAL
from pathlib import Path

from error_classification.errors import NewerStoreError, StoreError
from error_classification.storage.connection import ELSEWHERE, user_version
from error_classification.storage.migrations import APPLICATION_ID, VERSION

HEADER_LENGTH = 100
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a SQLite file says about itself; all of it stands on its first page, so that the parts always fit each other."""

    application_id: int
    version: int
    empty: bool
    """No table was ever created."""


def of_header(header: bytes) -> Identity | None:
    """The identity by a file's first 100 bytes (https://www.sqlite.org/fileformat2.html); None where they are not SQLite's."""
    if not header:
        return Identity(0, 0, empty=True)
    if len(header) < HEADER_LENGTH or not header.startswith(_MAGIC):
        return None
    return Identity(
        application_id=int.from_bytes(header[68:72], "big"),
        version=int.from_bytes(header[60:64], "big", signed=True),
        empty=header[40:44] == bytes(4),
    )


def of_connection(connection: sqlite3.Connection) -> Identity:
    """The identity by the database, which knows more than the header while a write-ahead log exists."""
    connection.execute("BEGIN")
    try:
        application_id: int = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        return Identity(application_id, user_version(connection), empty=tables is None)
    finally:
        connection.execute("ROLLBACK")


def verify(identity: Identity | None, path: Path) -> None:
    """Raises StoreError for a file that is not ours, NewerStoreError for one that a newer version of this program wrote."""
    if identity is None:
        raise StoreError(f"store {path}: it is not a SQLite database", ELSEWHERE)
    if identity.application_id not in ((0, APPLICATION_ID) if identity.empty else (APPLICATION_ID,)):
        raise StoreError(f"store {path}: it is the database of another program", ELSEWHERE)
    refuse_newer(identity.version, path)


def refuse_newer(version: int, path: Path) -> None:
    """Raises NewerStoreError for a version that this program does not know."""
    if version > VERSION:
        raise NewerStoreError(
            f"store {path}: its version is {version}, this program knows up to {VERSION}; it was left unchanged",
            "upgrade error-classification, or " + ELSEWHERE,
        )


def read_header(path: Path) -> bytes:
    """The first bytes of a file; none where it does not exist. Raises OSError."""
    try:
        if stat.S_ISFIFO(path.stat().st_mode):  # opening it would wait for a writer
            raise OSError(EINVAL, "Is a named pipe")
        with path.open("rb") as file:
            return file.read(HEADER_LENGTH)
    except FileNotFoundError:
        return b""
