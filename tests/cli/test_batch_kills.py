"""``batch`` killed at moments of no choice, then run to its end: the store is that of a run that nobody disturbed."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

SAMPLES = Path(__file__).parents[2] / "samples" / "failing" / "job_log"
KILLS = 5


def arguments(store: Path) -> list[str]:
    logs = sorted(str(path) for path in SAMPLES.iterdir())[:80]
    return [sys.executable, "-m", "error_classification", "batch", "--quiet", "--batch-size", "1", "--store", str(store), *logs]


def content(store: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Every occurrence and every group, but for the times at which they were written."""
    with sqlite3.connect(store) as connection:
        occurrences = connection.execute("SELECT error_id, error_hash, count FROM occurrences ORDER BY error_id").fetchall()
        groups = "SELECT error_hash, occurrence_count, category, subcategory, judge FROM groups ORDER BY error_hash"
        found = occurrences, connection.execute(groups).fetchall()
    connection.close()
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}


def test_killed_and_run_again_is_as_if_nothing_had_happened(tmp_path: Path, environment: dict[str, str]) -> None:
    began = monotonic()
    done = subprocess.run(arguments(tmp_path / "calm.db"), env=environment, capture_output=True, text=True, timeout=60)
    seconds = monotonic() - began
    assert done.returncode == 0, done.stderr
    chance = random.Random(20_260_131)
    sizes = []
    for _ in range(KILLS):
        victim = subprocess.Popen(
            arguments(tmp_path / "killed.db"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            victim.wait(seconds * chance.uniform(0.3, 0.95))
        except subprocess.TimeoutExpired:
            victim.kill()
            victim.wait()
        sizes.append((tmp_path / "killed.db").exists())
    assert any(sizes), "no run got as far as to write"
    again = subprocess.run(arguments(tmp_path / "killed.db"), env=environment, capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert content(tmp_path / "killed.db") == content(tmp_path / "calm.db")
    assert json.loads(again.stdout)["errors"] == json.loads(done.stdout)["errors"]


def test_two_at_once_count_nothing_twice(tmp_path: Path, environment: dict[str, str]) -> None:
    """The second one finds the lock taken, or begins when the first has ended."""
    command = arguments(tmp_path / "shared.db")
    pair = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [json.loads(process.communicate(timeout=60)[0]) for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    counted = [found for found in said if "errors" in found]
    assert counted
    calm = subprocess.run(arguments(tmp_path / "calm.db"), env=environment, capture_output=True, text=True, timeout=60)
    assert calm.returncode == 0
    assert content(tmp_path / "shared.db") == content(tmp_path / "calm.db")
