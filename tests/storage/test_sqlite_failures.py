"""Full disks and damaged files: an error that names the file, and nothing half-written."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from store_builders import HASH, at, occurrence

from error_classification.errors import StoreError
from error_classification.storage.sqlite import PRUNE_BATCH, SQLiteStore


def incompressible(length: int) -> str:
    return "".join(random.Random(length).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def fill(path: Path, *, pages: int) -> None:
    """Saves into a store that may not grow by more than ``pages``; another connection of the process sets the limit."""
    with SQLiteStore(path, mountinfo="") as store:
        size = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {size + pages}")
        store.save([occurrence("fits", minute=1)])
        with pytest.raises(StoreError, match=f"store {path}: the disk is full") as raised:
            store.save([occurrence(f"more{n}", text=incompressible(9000)) for n in range(50)])
        assert "free some space" in raised.value.advice
        assert [each.error_id for each in store.recent()] == ["fits"]
        assert store.groups([HASH])[HASH].occurrence_count == 1
        store.save([occurrence("small", minute=2)])


def test_full_disk_stores_all_or_nothing_and_the_store_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path, pages=20)
    with SQLiteStore(path, mountinfo="") as store:
        assert [each.error_id for each in store.recent()] == ["small", "fits"]


def test_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence(str(n), text=incompressible(3000 + n)) for n in range(100)])
    path.write_bytes(path.read_bytes()[: 4096 * 20])
    with pytest.raises(StoreError, match=f"store {path}: it is damaged") as raised, SQLiteStore(path, mountinfo="") as store:
        store.recent()
    assert ".recover" in raised.value.advice


def test_overwritten_pages(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence(str(n)) for n in range(100)])
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes([0xA5]) * (len(content) - 4096))
    with pytest.raises(StoreError, match=f"store {path}: "), SQLiteStore(path, mountinfo="") as store:
        store.recent()


@pytest.mark.parametrize("document", ["x'00'", "'text'", "NULL || 'x'", "zeroblob(9)", "x'789cabae050001780107'"])
def test_damaged_record(tmp_path: Path, document: str) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence("1")])
        with closing(sqlite3.connect(path)) as other, other:
            other.execute(f"UPDATE OR IGNORE occurrences SET document = {document} WHERE {document} IS NOT NULL")
            other.execute(f"UPDATE occurrences SET document = x'' WHERE {document} IS NULL")
        for look in (store.recent, lambda: store.occurrences(HASH), lambda: store.groups([HASH])):
            with pytest.raises(StoreError, match=f"store {path}: a record in it is damaged"):
                look()


def test_half_a_surrogate_pair_and_nul_are_stored_as_they_are(tmp_path: Path) -> None:
    odd = occurrence("1", repo="org/\ud83d", text="half \ud83d of a pair, \x00 and \udcff")
    with SQLiteStore(tmp_path / "store.db", mountinfo="") as store:
        store.save([odd])
        assert store.recent() == [odd]
        assert store.label(HASH, "timeout", "job", "ann\udc80", at(1)).repo == "org/\ud83d"
        assert store.stats().repos[0].name == "org/?"


def test_prune_of_several_batches_gives_space_back(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    total = 2 * PRUNE_BATCH + 1
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence(str(n), minute=n, text=incompressible(500)) for n in range(total)])
    full = path.stat().st_size
    with SQLiteStore(path, mountinfo="") as store:
        assert store.prune(at(total - 1)).occurrences == total - 1
        group = store.groups([HASH])[HASH]
    assert (group.occurrence_count, group.first_seen, group.last_seen) == (total, at(0), at(total - 1))
    assert path.stat().st_size < full / 2
