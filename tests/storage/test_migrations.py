from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from error_classification.storage import migrations
from error_classification.storage.connection import user_version
from error_classification.storage.migrations import BLOCK, MIGRATIONS, VERSION, Migration, migrate


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as opened:
        yield opened


def schema(connection: sqlite3.Connection) -> list[str]:
    return [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]


def test_versions_count_up_from_one() -> None:
    assert [step.version for step in MIGRATIONS] == list(range(1, VERSION + 1))


def test_migrating_again_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection)
    before = schema(connection), user_version(connection)
    migrate(connection)
    assert (schema(connection), user_version(connection)) == before
    assert before[1] == VERSION


def test_a_step_is_taken_with_its_version_or_not_at_all(connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(connection)
    before = schema(connection)
    broken = Migration(VERSION + 1, ("CREATE TABLE half (x)", "PRAGMA application_id = 1", "CREATE NONSENSE"))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        migrate(connection)
    assert (schema(connection), user_version(connection)) == (before, VERSION)
    assert connection.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID


def test_an_older_store_takes_only_the_steps_that_it_lacks(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(connection)
    connection.execute("INSERT INTO pruned_ids VALUES ('kept')")
    following = Migration(VERSION + 1, ("CREATE TABLE added (x)",))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, following))
    migrate(connection)
    assert user_version(connection) == VERSION + 1
    assert connection.execute("SELECT error_id FROM pruned_ids").fetchall() == [("kept",)]


def test_groups_of_the_first_version_are_summed_in_blocks(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:1])
    migrate(connection)
    rows = [(number, f"id{number}", "ab"[number % 2], number % 3) for number in range(1, 2 * BLOCK)]
    connection.executemany("INSERT INTO occurrences VALUES (?, ?, ?, 'then', ?, '', '')", rows)
    monkeypatch.undo()
    migrate(connection)
    expected: Counter[tuple[str, int]] = Counter()
    for number, _, error_hash, count in rows:
        expected[error_hash, number // BLOCK] += count
    assert {(key, block): count for key, block, count in connection.execute("SELECT * FROM blocks")} == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT SUM(count) FROM occurrences WHERE error_hash = 'x' AND id >= 1024 AND id < 2048",
        "SELECT error_hash, repo, SUM(count) FROM occurrences WHERE occurred_at >= '' AND occurred_at < '~' GROUP BY 1, 2",
    ],
)
def test_counting_never_reads_the_documents(connection: sqlite3.Connection, query: str) -> None:
    migrate(connection)
    plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert "USING COVERING INDEX" in plan
