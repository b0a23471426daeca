"""Several real processes on one store, and one that is killed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import store_workers
from store_builders import HASH, occurrence

from error_classification.storage.sqlite import SQLiteStore

WORKERS = 4
TIMEOUT = 60


def start(work: str, path: Path, argument: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, store_workers.__file__, work, str(path), str(argument)])


def intact(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    finally:
        connection.close()


def test_processes_that_create_and_fill_one_store_count_exactly(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    processes = [start("overlapping", path, worker) for worker in range(WORKERS)]
    assert [process.wait(TIMEOUT) for process in processes] == [0] * WORKERS

    written = {n for worker in range(WORKERS) for n in store_workers.shared_input(worker)}
    expected: Counter[str] = Counter()
    for n in written:
        expected[f"hash{n % store_workers.HASHES}"] += 1 + n % 3
    with SQLiteStore(path, mountinfo="") as store:
        groups = store.groups(expected)
        assert {error_hash: group.occurrence_count for error_hash, group in groups.items()} == expected
        assert len(store.recent(limit=10_000)) == len(written)
    assert intact(path)


def kill_inside_the_transaction(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_size
    process = start("large", path, 4000)
    try:
        while process.poll() is None and log.stat().st_size < before + 1_000_000:
            time.sleep(0.001)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait(TIMEOUT)


def test_a_writer_killed_inside_its_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence("1")])
        kill_inside_the_transaction(path)
        assert store.find_hashes("hash") == []
        assert [each.error_id for each in store.recent()] == ["1"]
        store.save([occurrence("2", minute=1)])
    with SQLiteStore(path, mountinfo="") as store:
        assert store.groups([HASH])[HASH].occurrence_count == 2
    assert intact(path)


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence("1")])
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM occurrences")
        assert len(store.recent()) == 1
        writer.close()


@pytest.mark.parametrize("network", ["", "36 35 0:50 / / rw - nfs4 server:/export rw"])
def test_both_journals_survive_two_stores_open_at_once(tmp_path: Path, network: str) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo=network) as one, SQLiteStore(path, mountinfo=network) as other:
        one.save([occurrence("1")])
        assert other.save([occurrence("2", minute=1)])[HASH].occurrence_count == 2
        assert one.save([occurrence("2", minute=1), occurrence("3", minute=2)])[HASH].occurrence_count == 3
