"""The queue of questions, and the lock that lets one process at a time go to the service."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from model_strategies import CLASSIFICATIONS
from store_builders import at, occurrence, verdict

from error_classification.errors import NewerStoreError, StoreError
from error_classification.models import Abstention, ErrorClassification, Excerpt, Usage
from error_classification.storage.lock import locked
from error_classification.storage.questions import HandedIn, Question, QuestionQueue

FULL = Question(
    "key",
    occurrence("1"),
    opinions=(verdict(confidence=0.4),),
    more=Excerpt(7, "a line\nand half a character \ud800"),
    model="claude-haiku-5-5",
    version="0123456789ab",
    asking="with more of the log",
    shows_more=True,
    trail=("first: timeout 0.40",),
    answer=Abstention("llm", "it is not said", usage=Usage(1, 2, 3, 4, 0.5)),
    usage=Usage(10, 20, 30, 40, 0.25),
)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QuestionQueue]:
    with QuestionQueue(tmp_path / "questions") as opened:
        yield opened


def question(key: str) -> Question:
    return Question(key, occurrence(key, error_hash=key))


def batch(token: str, size: int = 1, minute: float = 0) -> HandedIn:
    return HandedIn(token, "", at(minute), size, 0.01)


def keys(queue: QuestionQueue) -> list[str]:
    return [each.key for each in queue.waiting()]


def test_a_question_comes_back_as_it_was(queue: QuestionQueue) -> None:
    queue.add([FULL])
    assert list(queue.waiting()) == [FULL]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(classification=CLASSIFICATIONS)
def test_any_occurrence_comes_back_as_it_was(queue: QuestionQueue, classification: ErrorClassification) -> None:
    given_question = replace(FULL, classification=classification)
    queue.settle(["key"], [])
    queue.add([given_question])
    assert list(queue.waiting()) == [given_question]


def test_the_first_of_a_key_stays(queue: QuestionQueue) -> None:
    queue.add([FULL])
    queue.add([replace(FULL, trail=()), question("other")])
    assert list(queue.waiting()) == [FULL, question("other")]
    assert queue.has("key")
    assert not queue.has("none")


def test_what_is_claimed_waits_no_more(queue: QuestionQueue) -> None:
    queue.add([question(key) for key in "abc"])
    asked = [replace(question(key), model="m", version="v", asking="m") for key in "ab"]
    queue.claim(batch("t", 2), asked)
    assert (keys(queue), queue.count_waiting()) == (["c"], 1)
    assert queue.batches() == [batch("t", 2)]
    assert queue.of("t", ["a", "c", "z"]) == {"a": asked[0]}
    assert queue.of("u", ["a"]) == {}
    queue.name("t", "msgbatch_1")
    assert queue.batches() == [replace(batch("t", 2), name="msgbatch_1")]


def test_claiming_while_reading_those_that_wait(queue: QuestionQueue) -> None:
    queue.add([question(f"{number:03}") for number in range(450)])
    seen = []
    for each in queue.waiting():
        queue.claim(batch(f"t{each.key}"), [each])
        seen.append(each.key)
    assert seen == [f"{number:03}" for number in range(450)]
    assert queue.count_waiting() == 0


def test_settled_questions_leave_and_others_wait_again(queue: QuestionQueue) -> None:
    queue.add([question(key) for key in "abc"])
    queue.claim(batch("t", 3), [question(key) for key in "abc"])
    queue.settle(["a"], [replace(question("b"), trail=("once",))])
    assert list(queue.waiting()) == [replace(question("b"), trail=("once",))]
    assert not queue.has("a")
    assert queue.close_batch("t") == 1
    assert keys(queue) == ["b", "c"]
    assert queue.batches() == []
    assert queue.close_batch("t") == 0


def test_a_batch_is_written_down_with_all_of_its_questions_or_not_at_all(queue: QuestionQueue) -> None:
    queue.add([question("a")])
    queue.claim(batch("t"), [])
    with pytest.raises(StoreError):
        queue.claim(batch("t"), [question("a")])
    assert keys(queue) == ["a"]


def test_batches_are_oldest_first(queue: QuestionQueue) -> None:
    for token, minute in (("b", 2.0), ("c", 1.0), ("a", 3.0)):
        queue.claim(batch(token, minute=minute), [])
    assert [each.token for each in queue.batches()] == ["c", "b", "a"]


def test_what_is_written_is_on_the_disk(tmp_path: Path) -> None:
    with QuestionQueue(tmp_path / "q") as queue:
        assert queue._connection.execute("PRAGMA synchronous").fetchone() == (3,)
        assert queue._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_it_is_kept_for_the_next_process(tmp_path: Path) -> None:
    with QuestionQueue(tmp_path / "q") as queue:
        queue.add([FULL])
    with QuestionQueue(tmp_path / "q") as again:
        assert list(again.waiting()) == [FULL]


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("something else entirely " * 50)
    foreign = sqlite3.connect(tmp_path / "foreign")
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    newer = sqlite3.connect(tmp_path / "newer")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    for name, kind in (("text", StoreError), ("foreign", StoreError), ("newer", NewerStoreError), ("none/there", StoreError)):
        with pytest.raises(kind):
            QuestionQueue(tmp_path / name)


def test_a_damaged_question_is_named(queue: QuestionQueue) -> None:
    queue.add([FULL])
    queue._connection.execute("UPDATE questions SET document = x'00'")
    with pytest.raises(StoreError, match="question key"):
        list(queue.waiting())


HOLD = """
import sys
from pathlib import Path
from error_classification.storage.lock import locked
with locked(Path(sys.argv[1]), 1) as taken:
    print(taken, flush=True)
    sys.stdin.read()
"""


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    with locked(path, 0.05) as taken:
        assert not taken
    process.kill()
    process.communicate(timeout=30)
    for _ in range(2):
        with locked(path, 5) as taken:
            assert taken


def test_a_lock_needs_a_place(tmp_path: Path) -> None:
    with pytest.raises(StoreError), locked(tmp_path / "none" / "lock", 1):
        pass
