"""What other processes do to a store: ``python store_workers.py WORK PATH ...``."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from store_builders import occurrence

from error_classification.storage.sqlite import SQLiteStore

HASHES = 7
PER_WORKER = 200
OVERLAP = 100
BATCH = 10


def shared_input(worker: int) -> range:
    """The occurrences of a worker: half of them are also the next worker's."""
    return range(worker * OVERLAP, worker * OVERLAP + PER_WORKER)


def write_overlapping(path: Path, worker: int) -> None:
    """Opens the store together with the others, possibly a new file, and saves in small transactions."""
    batch = [occurrence(f"id{n}", f"hash{n % HASHES}", minute=n, count=1 + n % 3) for n in shared_input(worker)]
    with SQLiteStore(path, mountinfo="") as store:
        for start in range(0, PER_WORKER, BATCH):
            store.save(batch[start : start + BATCH])


def write_one_large_batch(path: Path, size: int) -> None:
    """A transaction so large that SQLite writes parts of it into the log long before the commit."""
    batch = [occurrence(f"large{n}", f"hash{n}", text=Random(n).randbytes(4000).hex()) for n in range(size)]
    with SQLiteStore(path, mountinfo="") as store:
        store.save(batch)


WORK = {"overlapping": write_overlapping, "large": write_one_large_batch}

if __name__ == "__main__":
    WORK[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
