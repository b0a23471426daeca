"""The schema of the SQLite store, as the steps that lead to it.

Append only: a step that was released is never edited, since stores that took it exist. Each step is applied in one transaction
together with its version (``PRAGMA user_version``), so that a process that dies half-way leaves the store at the step before.

Times are text, ISO 8601 in UTC with microseconds (``opensearch_schema.utc_text``): they sort, and people can read them.
``groups`` holds nothing of its own: it is recomputed from the other tables.
The statements need SQLite 3.24 (2018).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from error_classification.storage.connection import transaction, user_version

APPLICATION_ID = 0x45434C53
"""Marks a file as ours ("ECLS"); SQLite keeps it at offset 68 of the file."""

BLOCK = 1024
"""Occurrences in a block, as step 3 has it: a save into a group of a million reads about 1,000 of them, and 1,000 blocks."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step to ``version``."""

    version: int
    statements: tuple[str, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        (
            f"PRAGMA application_id = {APPLICATION_ID}",
            # Documents are packed: JSON, compressed by zlib (storage.rows). The columns are copies, to find and count by.
            """CREATE TABLE occurrences (
                id INTEGER PRIMARY KEY,
                error_id TEXT NOT NULL UNIQUE,
                error_hash TEXT NOT NULL,
                occurred_at TEXT NOT NULL,
                count INTEGER NOT NULL,
                repo TEXT NOT NULL,
                document BLOB NOT NULL
            )""",
            # Both indices cover their queries: recomputing a group and statistics never read the documents.
            "CREATE INDEX occurrences_by_group ON occurrences (error_hash, occurred_at, count)",
            "CREATE INDEX occurrences_by_time ON occurrences (occurred_at, error_hash, repo, count)",
            # The newest answer of each judge; fresh = 0 is one that was reused in a group that has no other.
            """CREATE TABLE answers (
                error_hash TEXT NOT NULL,
                judge TEXT NOT NULL,
                fresh INTEGER NOT NULL,
                category TEXT NOT NULL,
                subcategory TEXT NOT NULL,
                answered_at TEXT NOT NULL,
                error_id TEXT NOT NULL,
                document BLOB NOT NULL,
                PRIMARY KEY (error_hash, judge)
            )""",
            """CREATE TABLE labels (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                error_hash TEXT NOT NULL,
                category TEXT NOT NULL,
                subcategory TEXT NOT NULL,
                author TEXT NOT NULL,
                labelled_at TEXT NOT NULL,
                document BLOB NOT NULL
            )""",
            "CREATE INDEX labels_by_group ON labels (error_hash, labelled_at)",
            # What retention removed, in sum, with the newest of it; and which, so that old input read again is not counted twice.
            """CREATE TABLE pruned (
                error_hash TEXT PRIMARY KEY,
                count INTEGER NOT NULL,
                first_seen TEXT NOT NULL,
                last_seen TEXT NOT NULL,
                document BLOB NOT NULL
            )""",
            "CREATE TABLE pruned_ids (error_id TEXT PRIMARY KEY) WITHOUT ROWID",
            # The answer in force is the label, or else the answer of the judge.
            """CREATE TABLE groups (
                error_hash TEXT PRIMARY KEY,
                occurrence_count INTEGER NOT NULL,
                first_seen TEXT NOT NULL,
                last_seen TEXT NOT NULL,
                category TEXT NOT NULL,
                subcategory TEXT NOT NULL,
                judge TEXT NOT NULL,
                label_id INTEGER,
                answered_at TEXT NOT NULL
            ) WITHOUT ROWID""",
        ),
    ),
    Migration(
        2,
        (
            # Labels are never removed: one that is named here stands no more.
            """CREATE TABLE withdrawals (
                label_id INTEGER PRIMARY KEY,
                author TEXT NOT NULL,
                withdrawn_at TEXT NOT NULL
            )""",
        ),
    ),
    Migration(
        3,
        (
            # Sums over blocks of consecutive occurrences: a change recomputes the blocks that it is in, and a group's count is
            # the sum of its blocks, so that the work does not grow with the group.
            "CREATE INDEX occurrences_by_block ON occurrences (error_hash, id, count)",
            """CREATE TABLE blocks (
                error_hash TEXT NOT NULL,
                block INTEGER NOT NULL,
                count INTEGER NOT NULL,
                PRIMARY KEY (error_hash, block)
            ) WITHOUT ROWID""",
            "INSERT INTO blocks SELECT error_hash, id / 1024, SUM(count) FROM occurrences GROUP BY 1, 2",
        ),
    ),
)

VERSION = MIGRATIONS[-1].version
"""The newest version that this program can read and write."""


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a store up to ``VERSION``; of several processes that open it at once, one does each step."""
    for step in MIGRATIONS:
        if user_version(connection) >= step.version:
            continue
        with transaction(connection):
            if user_version(connection) < step.version:
                for statement in step.statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {step.version}")
