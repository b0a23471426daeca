from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_strategies import CLASSIFICATIONS
from store_builders import occurrence, verdict

from error_classification.errors import NewerStoreError, StoreError
from error_classification.models import ErrorClassification
from error_classification.storage.spool import Spool

TARGET = "https://search.example/errors"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "spool.sqlite3"


def waiting(path: Path, target: str = TARGET) -> list[ErrorClassification]:
    with Spool(path, target) as spool:
        return [classification for _, classification in spool.oldest(1_000)]


def test_what_is_added_waits_in_its_order_for_whoever_opens_it_next(path: Path) -> None:
    batches = [[occurrence("b"), occurrence("a")], [], [occurrence("c")]]
    with Spool(path, TARGET) as spool:
        for batch in batches:
            spool.add(batch)
        assert spool.count() == 3
        assert [each.error_id for _, each in spool.oldest(2)] == ["b", "a"]
    assert waiting(path) == [each for batch in batches for each in batch]


@settings(max_examples=30, deadline=None)
@given(st.lists(CLASSIFICATIONS, max_size=4, unique_by=lambda each: each.error_id))
def test_what_comes_out_is_what_went_in(tmp_path_factory: pytest.TempPathFactory, batch: list[ErrorClassification]) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool.sqlite3"
    with Spool(path, TARGET) as spool:
        spool.add(batch)
    assert waiting(path) == batch


def test_what_was_sent_is_gone_and_the_rest_stays(path: Path) -> None:
    with Spool(path, TARGET) as spool:
        spool.add([occurrence(name) for name in "abc"])
        spool.remove([row for row, _ in spool.oldest(2)])
        assert [each.error_id for _, each in spool.oldest(9)] == ["c"]


def test_the_same_occurrence_waits_once_with_its_newest_answer_and_at_its_place(path: Path) -> None:
    newer = occurrence("a", classified=9, answer=verdict(confidence=0.5))
    with Spool(path, TARGET) as spool:
        spool.add([occurrence("a"), occurrence("b"), newer])
    assert waiting(path) == [newer, occurrence("b")]


def test_the_answers_of_two_judges_wait_side_by_side(path: Path) -> None:
    both = [occurrence("a"), occurrence("a", answer=verdict("llm"))]
    with Spool(path, TARGET) as spool:
        spool.add(both)
    assert waiting(path) == both


def test_an_answer_that_came_while_the_older_one_was_sent_is_not_removed_with_it(path: Path) -> None:
    newer = occurrence("a", classified=9, answer=verdict(confidence=0.5))
    with Spool(path, TARGET) as spool, Spool(path, TARGET) as other:
        spool.add([occurrence("a")])
        sent = [row for row, _ in spool.oldest(9)]
        other.add([newer])
        spool.remove(sent)
    assert waiting(path) == [newer]


def test_what_is_meant_for_one_server_is_not_for_another(path: Path) -> None:
    with Spool(path, TARGET) as spool, Spool(path, "https://other.example/errors") as other:
        spool.add([occurrence("a")])
        other.add([replace(occurrence("a"), error_id="b")])
    assert [each.error_id for each in waiting(path)] == ["a"]


def test_a_spool_of_a_newer_version_is_left_alone(path: Path) -> None:
    Spool(path, TARGET).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(NewerStoreError, match="newer version"):
        Spool(path, TARGET)


def test_a_damaged_record_is_named(path: Path) -> None:
    with Spool(path, TARGET) as spool:
        spool.add([occurrence("a")])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE waiting SET document = x'00'")
    connection.commit()
    connection.close()
    with Spool(path, TARGET) as spool, pytest.raises(StoreError, match="a record in it is damaged"):
        spool.oldest(1)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="spool "):
        Spool(tmp_path / "file" / "spool", TARGET)


ADDING = """
import sys
from pathlib import Path
from store_builders import occurrence
from error_classification.storage.spool import Spool
with Spool(Path(sys.argv[1]), sys.argv[2]) as spool:
    for number in range(100_000):
        spool.add([occurrence(f"{number}-{part}") for part in range(3)])
        print(number, flush=True)
"""


def test_whoever_is_killed_while_adding_leaves_whole_batches(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", ADDING, str(path), TARGET]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(20)]
        time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    ids = [each.error_id for each in waiting(path)]
    assert len(ids) % 3 == 0
    assert ids[: 3 * len(acknowledged)] == [f"{number}-{part}" for number in range(len(acknowledged)) for part in range(3)]
