"""The log of spending: months, what is delivered once, what is kept aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_builders import START, at

from error_classification.models import Spending, Usage
from error_classification.storage.spending import SpendingLog

ONE = Usage(100, 10, 1_000, 50, 0.25)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SpendingLog]:
    opened = SpendingLog(tmp_path / "spending.sqlite3", lambda: START)
    yield opened
    opened.close()


def test_calls_are_summed_by_model_since_a_moment(tmp_path: Path) -> None:
    now = iter([at(0), at(10), at(20)])
    log = SpendingLog(tmp_path / "folder" / "spending.sqlite3", lambda: next(now))
    for model in ("a", "b", "b"):
        log.record(model, ONE)
    assert log.total(START) == Spending(3, ONE + ONE + ONE)
    assert log.by_model(at(10)) == {"b": Spending(2, ONE + ONE)}
    assert log.total(at(21)) == Spending()
    log.close()


def test_what_is_delivered_is_counted_once(log: SpendingLog) -> None:
    log.record_delivered([("x", "a", ONE), ("y", "a", ONE)])
    log.record_delivered([("y", "a", ONE), ("z", "a", ONE)])
    log.record("a", ONE)
    assert log.total(START).calls == 4


def test_what_is_kept_aside_is_no_spending(log: SpendingLog) -> None:
    assert log.reserved() == 0
    log.reserve("x", 0.5)
    log.reserve("y", 0.25)
    log.reserve("x", 0.75)
    assert log.reserved() == 1.0
    log.release("x")
    log.release("none")
    assert (log.reserved(), log.total(START)) == (0.25, Spending())


def test_it_lasts(tmp_path: Path) -> None:
    for _ in range(2):
        log = SpendingLog(tmp_path / "s", lambda: START)
        log.record_delivered([("x", "a", ONE)])
        log.reserve("y", 1.0)
        assert (log.persistent, log.total(START - timedelta(days=1)).calls, log.reserved()) == (True, 1, 1.0)
        log.close()


def test_without_a_place_it_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (None, tmp_path / "file" / "below"):
        log = SpendingLog(path, lambda: START)
        log.record("a", ONE)
        assert (log.persistent, log.total(START).calls) == (False, 1)
        assert log.fault.endswith("no home folder to keep it in" if path is None else "File exists")
        log.close()


@pytest.mark.parametrize("write", ["record", "deliver", "claim", "reserve"])
def test_a_file_that_cannot_be_written_any_more_is_told(log: SpendingLog, tmp_path: Path, write: str) -> None:
    assert (log.persistent, log.fault) == (True, "")
    with sqlite3.connect(tmp_path / "spending.sqlite3") as other:
        other.executescript("DROP TABLE spending; DROP TABLE reserved; DROP TABLE delivered;")
    other.close()
    if write == "record":
        log.record("a", ONE)
    elif write == "deliver":
        log.record_delivered([("x", "a", ONE)])
    elif write == "claim":
        assert log.claim(0.1, 1.0), "the run's own cap holds all the same"
    else:
        log.reserve("x", 0.5)
    assert not log.persistent
    assert log.fault.startswith(f"{tmp_path / 'spending.sqlite3'}: no such table")


def test_a_file_that_is_damaged_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "spending.sqlite3"
    SpendingLog(path, lambda: START).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    log = SpendingLog(path, lambda: START)
    assert not log.persistent
    assert (log.total(START), log.reserved()) == (Spending(), 0)
    log.close()


def test_runs_at_the_same_time_keep_one_cap(tmp_path: Path) -> None:
    now = [at(0)]
    here, there = (SpendingLog(tmp_path / "spending.sqlite3", lambda: now[0]) for _ in range(2))
    name = here.claim(0.4, 1.0)
    assert name
    assert there.claim(0.4, 1.0)
    assert not here.claim(0.4, 1.0)
    assert here.claim(5.0, None)
    here.record("a", ONE)
    here.release(name)
    assert not there.claim(0.8, 6.0)
    now[0] = at(3600)  # whoever claimed the rest is gone
    assert there.reserved() == 0
    assert there.claim(0.75, 1.0)
    for log in (here, there):
        log.close()
