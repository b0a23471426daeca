"""The memory store, which is simple, as the oracle of the SQLite store; and everything of the model comes back from both."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from model_strategies import CLASSIFICATIONS
from store_builders import at, occurrence, verdict

from error_classification.models import HUMAN, Abstention, ErrorClassification
from error_classification.ports import Archive
from error_classification.storage.memory import MemoryStore
from error_classification.storage.sqlite import SQLiteStore

Step: TypeAlias = Callable[[Archive], Any]

HASHES = ["aa", "ab", "ba"]
MINUTES = st.integers(0, 6)
ANSWERS = st.sampled_from(
    [verdict("rules"), verdict("llm", "network_error", "dns"), Abstention("rules", "unknown"), Abstention("llm", "unsure")]
)


@st.composite
def occurrences(draw: st.DrawFn) -> ErrorClassification:
    """Few ids, hashes and times, so that they meet. All of a hash say the same, since the example may differ after prune."""
    error_hash = draw(st.sampled_from(HASHES))
    return occurrence(
        f"{error_hash}{draw(st.integers(0, 5))}",
        error_hash,
        minute=draw(MINUTES),
        classified=draw(MINUTES),
        count=draw(st.integers(1, 3)),
        repo=f"org/{error_hash}",
        answer=draw(ANSWERS),
        reused=draw(st.booleans()),
    )


def _save(batch: list[ErrorClassification]) -> Step:
    return lambda archive: archive.save(batch)


def _label(index: int, minute: int) -> Step:
    def label(archive: Archive) -> Any:
        known = archive.find_hashes("")
        return known and archive.label(known[index % len(known)], "runtime_error", f"level{minute}", "ann", at(minute))

    return label


def _withdraw(index: int, minute: int) -> Step:
    def withdraw(archive: Archive) -> Any:
        labelled = [key for key, group in sorted(archive.groups(HASHES).items()) if group.answer.judge == HUMAN]
        return labelled and archive.withdraw(labelled[index % len(labelled)], "bob", at(minute))

    return withdraw


def _prune(minute: int) -> Step:
    return lambda archive: archive.prune(at(minute))


def _with_permutation(batch: list[ErrorClassification]) -> st.SearchStrategy[tuple[list[ErrorClassification], Any]]:
    fresh = [each for each in batch if not each.is_duplicate]
    return st.tuples(st.just(fresh), st.permutations(fresh))


STEPS = st.one_of(
    st.lists(occurrences(), max_size=6).map(_save),
    st.builds(_label, st.integers(0, 2), MINUTES),
    st.builds(_withdraw, st.integers(0, 2), MINUTES),
    MINUTES.map(_prune),
)


def view(archive: Archive) -> list[Any]:
    """All that can be asked of a store, without which input is a group's example."""
    groups = archive.groups(HASHES)
    return [
        {key: (g.answer, g.answered_at, g.occurrence_count, g.first_seen, g.last_seen, g.repo) for key, g in groups.items()},
        archive.find_hashes("a"),
        archive.recent(),
        [(each.group.error_hash, each.answers) for each in archive.judged(["rules", "human"])],
        archive.recent(at(2), at(5), "org/aa", limit=2),
        [archive.occurrences(error_hash) for error_hash in HASHES],
        [archive.labels(error_hash) for error_hash in HASHES],
        archive.stats(since=at(1), until=at(6)).categories,
        archive.stats().judges,
        archive.stats(repo="org/ba").subcategories,
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=8))
def test_both_stores_answer_the_same_after_any_steps(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, SQLiteStore(Path(folder) / "store.db", mountinfo="") as sqlite:
        memory = MemoryStore()
        for step in steps:
            step(memory)
            step(sqlite)
        assert view(sqlite) == view(memory)


@settings(max_examples=60, deadline=None)
@given(st.lists(occurrences(), max_size=8, unique_by=lambda each: each.error_id).flatmap(_with_permutation))
def test_groups_do_not_depend_on_the_order_of_writing(
    orders: tuple[list[ErrorClassification], list[ErrorClassification]],
) -> None:
    written, permuted = MemoryStore(), MemoryStore()
    written.save(orders[0])
    for each in orders[1]:
        permuted.save([each])
    facts = [
        {key: (g.answer, g.answered_at, g.occurrence_count) for key, g in store.groups(HASHES).items()}
        for store in (written, permuted)
    ]
    assert facts[0] == facts[1]


@settings(max_examples=40, deadline=None)
@given(st.lists(CLASSIFICATIONS, max_size=4, unique_by=lambda each: each.error_id))
def test_what_is_saved_comes_back(batch: list[ErrorClassification]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        with SQLiteStore(path, mountinfo="") as store:
            store.save(batch)
        with SQLiteStore(path, mountinfo="") as store:
            back = {each.error_id: each for each in store.recent()}
    assert back == {each.error_id: each for each in batch}
