"""Runs that are killed, one at each step: nothing is paid for twice, nothing is lost, nothing is counted twice."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest
from batch_runs import BATCHES, PATIENCE, WORDS, Batching, report, wait_until

from stand_ins.claude import disconnect, overloaded, stall

FOREVER = stall(PATIENCE)


def assert_all_is_done_once(batching: Batching, questions: int) -> None:
    """After so many questions: each paid for, counted and stored once, and nothing left anywhere."""
    assert len(batching.server.billed) == questions
    calls, usd, reserved = batching.spending()
    assert (calls, reserved) == (questions, 0)
    assert usd == pytest.approx(batching.bill())
    assert batching.judged_by() == {"llm": questions}
    assert (batching.in_queue(), batching.open_batches()) == (0, [])
    connection = sqlite3.connect(f"{batching.run.store}-questions")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@contextmanager
def write_locked(path: Path) -> Iterator[None]:
    """Nobody else writes to this file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


def test_killed_before_the_batch_is_created(batching: Batching) -> None:
    """It is written down, and the service has not heard of it."""
    with create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        there = batching.queue.exists
        batching.killed(lambda: there() and has_batches(batching), report(WORDS[:3]), API_BASE_URL=address)
    assert batching.open_batches() == [""]
    assert "may have been handed in a moment ago" in batching().err
    assert batching.created() == 0
    batching.let_time_pass()
    assert "3 questions handed in" in batching().err
    batching.finish()
    batching()
    assert_all_is_done_once(batching, 3)


def has_batches(batching: Batching) -> bool:
    try:
        return batching.open_batches() != []
    except sqlite3.OperationalError:  # it is being made
        return False


def has_questions(batching: Batching) -> bool:
    try:
        return batching.in_queue() > 0
    except sqlite3.OperationalError:
        return False


def test_killed_when_the_batch_is_created_and_its_name_not_known(batching: Batching) -> None:
    batching.server.script(FOREVER, at=BATCHES)
    batching.killed(lambda: batching.arrived("POST"), report(WORDS[:3]))
    assert batching.open_batches() == [""]
    batching.let_time_pass()
    waiting = batching()
    assert "3 questions may be in msgbatch_000000000000000000000001" in waiting.err
    batching.finish()
    assert "3 answers collected from batch msgbatch_000000000000000000000001" in batching().err
    assert batching.created() == 1
    assert_all_is_done_once(batching, 3)


def test_the_connection_breaks_when_the_batch_is_created(batching: Batching) -> None:
    batching.server.script(disconnect(), at=BATCHES)
    assert batching(report(WORDS[:3])).code == 3
    batching.finish()
    batching()
    assert batching.created() == 1
    assert_all_is_done_once(batching, 3)


def test_killed_before_the_results_are_read(batching: Batching) -> None:
    batching(report(WORDS[:3]))
    results = f"{BATCHES}/{batching.open_batches()[0]}/results"
    batching.finish()
    batching.server.script(FOREVER, at=results)
    batching.killed(lambda: batching.arrived("GET", results))
    batching()
    assert_all_is_done_once(batching, 3)


def test_the_connection_breaks_when_half_of_the_results_are_read(batching: Batching) -> None:
    count = 150
    batching(report(WORDS[:count]), "--max-cost", "5")
    batching.finish()
    batching.server.script(disconnect(0.9), at=f"{BATCHES}/{batching.open_batches()[0]}/results")
    broken = batching()
    assert broken.code == 3
    assert "message batches could not be collected" in broken.err
    assert 0 < batching.in_queue() < count
    assert batching.spending()[0] == count - batching.in_queue()
    assert batching.spending()[2] > 0
    batching()
    assert_all_is_done_once(batching, count)


@pytest.mark.parametrize("file", ["", "-questions"], ids=["counted", "stored"])
def test_killed_between_counting_storing_and_settling(batching: Batching, file: str) -> None:
    """``file``: what cannot be written, so that the run stops right before it."""
    batching(report(WORDS[:3]))
    results = f"{BATCHES}/{batching.open_batches()[0]}/results"
    batching.finish()
    batching.server.script(stall(1.0), at=results)
    process = batching.started()
    wait_until(lambda: batching.arrived("GET", results))
    with write_locked(Path(f"{batching.run.store}{file}")):
        wait_until(lambda: batching.spending()[0] == 3 and (not file or batching.judged_by() == {"llm": 3}))
        process.kill()
        process.wait(PATIENCE)
    assert batching.in_queue() == 3
    batching()
    assert_all_is_done_once(batching, 3)


@pytest.mark.parametrize("deleted", [False, True], ids=["before", "after"])
def test_killed_when_the_batch_is_deleted(batching: Batching, deleted: bool) -> None:
    batching(report(WORDS[:3]))
    batch = f"{BATCHES}/{batching.open_batches()[0]}"
    batching.finish()
    batching.server.script(None, None, FOREVER if deleted else stall(PATIENCE, overloaded()), at=batch)
    batching.killed(lambda: batching.arrived("DELETE", batch))
    assert batching.judged_by() == {"llm": 3}
    assert "again" not in batching().err
    assert_all_is_done_once(batching, 3)


def test_killed_before_the_local_answers_are_stored(batching: Batching) -> None:
    """The question is in the queue already: its occurrence comes with the answer."""
    process = batching.started("--max-cost", "0", stdin=subprocess.PIPE)
    wait_until(batching.queue.exists)
    with write_locked(batching.run.store):
        assert process.stdin
        process.stdin.write(report(WORDS[:3]).read_bytes())
        process.stdin.close()
        wait_until(lambda: has_questions(batching))
        process.kill()
        process.wait(PATIENCE)
    assert batching.stored() == []
    batching()
    batching.finish()
    batching()
    assert len(batching.stored()) == 3
    assert_all_is_done_once(batching, 3)


def test_two_runs_at_once_hand_in_each_question_once(batching: Batching) -> None:
    batching(report(WORDS[:1], "other.xml"), "--max-cost", "0")
    batching.server.script(stall(1.0), at=BATCHES)
    log = report(WORDS[:6])
    processes = [batching.started(log) for _ in range(2)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    names = [name.partition("_")[2] for batch in range(batching.created()) for name in batching.items(batch)]
    assert len(names) == len(set(names)) == 6
    batching.finish()
    processes = [batching.started() for _ in range(2)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    assert_all_is_done_once(batching, 6)
