"""A large group is recomputed from the blocks that a change is in: they must always be what the occurrences say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from store_builders import HASH, OTHER, at, occurrence

from error_classification.storage.migrations import BLOCK
from error_classification.storage.sqlite import SQLiteStore

SUMS = "SELECT error_hash, id / ?, SUM(count) FROM occurrences GROUP BY 1, 2 ORDER BY 1, 2"


def check(path: Path) -> int:
    """How many blocks there are, once they are right."""
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT * FROM blocks ORDER BY 1, 2").fetchall()
        assert kept == connection.execute(SUMS, (BLOCK,)).fetchall()
    return len(kept)


def test_blocks_follow_what_is_saved_and_pruned(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    everything = [occurrence(f"{n}", (HASH, OTHER)[n % 3 == 0], minute=n, count=1 + n % 4) for n in range(2 * BLOCK + 50)]
    with SQLiteStore(path, mountinfo="") as store:
        store.save(everything[:100])
        store.save(everything[:BLOCK])
        assert check(path) == 3
        store.save(everything)
        assert check(path) == 6
        store.prune(at(BLOCK + 10))
        assert check(path) < 6
        group = store.save([occurrence("new", minute=9), *everything])[HASH]
        check(path)
        wanted = sum(each.error.context.count for each in everything if each.error.error_hash == HASH)
        assert group.occurrence_count == wanted + 1
        store.prune(at(len(everything)))
        assert check(path) == 0
        assert store.groups([HASH])[HASH].occurrence_count == wanted + 1


def test_the_work_of_a_save_does_not_grow_with_the_group(tmp_path: Path) -> None:
    """Counted in steps of SQLite's machine, which no load of this machine changes."""
    steps = []
    with SQLiteStore(tmp_path / "store.db", mountinfo="") as store:
        for start in range(0, 6 * BLOCK, BLOCK):
            store.save([occurrence(f"{n}", minute=n) for n in range(start, start + BLOCK)])
            done = [0]
            store._connection.set_progress_handler(lambda done=done: done.__setitem__(0, done[0] + 1), 100)
            store.save([occurrence(f"more {start}", minute=start)])
            store._connection.set_progress_handler(None, 0)
            steps.append(done[0])
    assert max(steps) < 2 * steps[1] + 100
