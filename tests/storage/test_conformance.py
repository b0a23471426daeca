"""What every store does: a new one joins by one line in ``STORES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from opensearch_stores import shared_store
from store_builders import HASH, OTHER, at, occurrence, verdict

from error_classification.errors import UsageError
from error_classification.models import Abstention, Evidence, Group, Verdict
from error_classification.ports import Archive, JudgedGroup, Label, Pruned, Tally
from error_classification.storage.memory import MemoryStore
from error_classification.storage.sqlite import SQLiteStore

STORES: dict[str, Callable[[pytest.FixtureRequest], Archive]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda request: SQLiteStore(request.getfixturevalue("tmp_path") / "store.db", mountinfo=""),
    "opensearch": shared_store,
}
MARKS = {"opensearch": [pytest.mark.opensearch]}


@pytest.fixture(params=[pytest.param(make, id=name, marks=MARKS.get(name, [])) for name, make in STORES.items()])
def archive(request: pytest.FixtureRequest) -> Iterator[Archive]:
    with request.param(request) as store:
        yield store


def test_new_store_is_empty(archive: Archive) -> None:
    assert archive.groups([HASH]) == {}
    assert archive.save([]) == {}
    assert archive.find_hashes("") == []
    assert archive.occurrences(HASH) == archive.recent() == archive.labels(HASH) == archive.judged(["rules"]) == []
    assert archive.stats().occurrences == 0
    assert archive.prune(at(0)) == Pruned(0, 0)


def test_save_returns_the_groups_that_it_stored(archive: Archive) -> None:
    saved = archive.save([occurrence("1", minute=3, count=2), occurrence("2", OTHER), occurrence("3", minute=1, count=5)])
    assert saved[HASH] == Group(
        error_hash=HASH,
        answer=verdict(),
        occurrence_count=7,
        first_seen=at(1),
        last_seen=at(3),
        answered_at=at(3),
        normalized_text="normalised the job timed out",
        repo="org/app",
        example_source="logs/1.log",
    )
    assert saved[OTHER].occurrence_count == 1
    assert archive.groups([HASH, OTHER, "unknown", HASH]) == saved


def test_writing_again_changes_nothing(archive: Archive) -> None:
    batch = [occurrence("1", count=2), occurrence("2", minute=1)]
    first = archive.save(batch)
    again = archive.save([*batch, replace(batch[0], occurred_at=at(9)), *batch])
    assert again == first
    assert archive.occurrences(HASH) == [batch[1], batch[0]]


def test_occurrences_come_newest_first_and_limited(archive: Archive) -> None:
    archive.save([occurrence(str(minute), minute=minute) for minute in (2, 5, 1, 4, 3)])
    archive.save([occurrence("other", OTHER, minute=9)])
    assert [each.error_id for each in archive.occurrences(HASH, limit=3)] == ["5", "4", "3"]


def test_recent_is_half_open_and_by_repository(archive: Archive) -> None:
    archive.save([occurrence(str(minute), minute=minute, repo=f"org/{minute % 2}") for minute in range(6)])

    def ids(**period: object) -> str:
        return "".join(each.error_id for each in archive.recent(**period))

    assert ids() == "543210"
    assert ids(since=at(2)) == "5432"
    assert ids(until=at(2)) == "10"
    assert ids(since=at(1), until=at(5), repo="org/1") == "31"
    assert ids(limit=2) == "54"
    assert ids(repo="org/none") == ""


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["ab01", "ab02", "ac00"]),
        ("ab", ["ab01", "ab02"]),
        ("ab02", ["ab02"]),
        ("ab020", []),
        ("b", []),
        ("%", []),
        ("a_", []),
    ],
)
def test_find_hashes_by_prefix(archive: Archive, prefix: str, found: list[str]) -> None:
    archive.save([occurrence(error_hash, error_hash) for error_hash in ("ac00", "ab02", "ab01")])
    assert archive.find_hashes(prefix) == found
    assert archive.find_hashes(prefix, limit=1) == found[:1]


def test_the_newest_fresh_answer_is_in_force_whatever_the_order(archive: Archive) -> None:
    old, new = verdict(category="timeout"), verdict("llm", category="network_error")
    archive.save([occurrence("2", minute=2, answer=new)])
    group = archive.save([occurrence("1", minute=1, answer=old)])[HASH]
    assert (group.answer, group.answered_at) == (new, at(2))


def test_reuse_neither_renews_nor_replaces_an_answer(archive: Archive) -> None:
    archive.save([occurrence("1", answer=verdict("llm"))])
    group = archive.save([occurrence("2", minute=60, answer=verdict("llm", confidence=0.1), reused=True)])[HASH]
    assert (group.answer, group.answered_at, group.last_seen) == (verdict("llm"), at(0), at(60))


def test_a_new_answer_for_a_known_occurrence_is_in_force_and_not_counted(archive: Archive) -> None:
    archive.save([occurrence("1", answer=Abstention("rules", "no rule matched"))])
    group = archive.save([occurrence("1", classified=5, answer=verdict("llm"))])[HASH]
    assert (group.answer, group.answered_at, group.occurrence_count) == (verdict("llm"), at(5), 1)


def test_another_judges_abstention_does_not_silence_a_verdict(archive: Archive) -> None:
    archive.save([occurrence("1", answer=verdict("llm"))])
    group = archive.save([occurrence("2", minute=1, answer=Abstention("rules", "no rule matched"))])[HASH]
    assert (group.answer, group.answered_at) == (verdict("llm"), at(0))


def test_a_judge_takes_its_own_verdict_back(archive: Archive) -> None:
    archive.save([occurrence("1", answer=verdict("llm"))])
    group = archive.save([occurrence("2", minute=1, answer=Abstention("llm", "unsure"))])[HASH]
    assert (group.answer, group.answered_at) == (Abstention("llm", "unsure"), at(1))


def test_a_reused_answer_stands_until_a_fresh_one_comes(archive: Archive) -> None:
    foreign = archive.save([occurrence("1", minute=5, answer=verdict("human"), reused=True)])[HASH]
    assert foreign.answer == verdict("human")
    fresh = archive.save([occurrence("2", minute=1, answer=Abstention("rules", "no rule matched"))])[HASH]
    assert fresh.answer == Abstention("rules", "no rule matched")


def test_label_wins_over_everything_that_comes_later(archive: Archive) -> None:
    archive.save([occurrence("1")])
    labelled = archive.label(HASH, "network_error", "dns", "ann", at(1))
    group = archive.save([occurrence("2", minute=99, answer=verdict("llm", confidence=1.0))])[HASH]
    assert group.answer == labelled.answer
    assert (group.answered_at, group.occurrence_count) == (at(1), 2)
    assert isinstance(group.answer, Verdict)
    assert (group.answer.judge, group.answer.category, group.answer.subcategory) == ("human", "network_error", "dns")
    assert (group.answer.confidence, group.answer.root_cause) == (1.0, "Labelled by ann")
    assert group.answer.reason == "labelled by ann; rules said timeout/job: cause by rules"


def test_the_newest_label_is_in_force_and_the_history_is_kept(archive: Archive) -> None:
    archive.save([occurrence("1")])
    archive.label(HASH, "network_error", "dns", "ann", at(1))
    archive.label(HASH, "timeout", "", "bob", at(2))
    group = archive.label(HASH, "runtime_error", "panic", "cy", at(2))
    assert isinstance(group.answer, Verdict)
    assert group.answer.category == "runtime_error"
    assert archive.labels(HASH) == [
        Label(HASH, "runtime_error", "panic", "cy", at(2)),
        Label(HASH, "timeout", "", "bob", at(2)),
        Label(HASH, "network_error", "dns", "ann", at(1)),
    ]


def test_a_label_that_confirms_keeps_the_root_cause(archive: Archive) -> None:
    archive.save([occurrence("1", answer=verdict("llm", "timeout", "step"))])
    answer = archive.label(HASH, "timeout", "job", "ann", at(1)).answer
    assert isinstance(answer, Verdict)
    assert (answer.root_cause, answer.subcategory) == ("cause by llm", "job")


def test_a_label_keeps_the_evidence_whatever_it_says(archive: Archive) -> None:
    judged = replace(verdict("llm"), evidence=(Evidence(3, "no answer"),), parameters={"host": "h"})
    archive.save([occurrence("1", answer=judged)])
    answer = archive.label(HASH, "network_error", "dns", "ann", at(1)).answer
    assert isinstance(answer, Verdict)
    assert (answer.evidence, answer.parameters) == (judged.evidence, judged.parameters)


def test_the_label_after_a_wrong_one_still_knows_what_the_judges_said(archive: Archive) -> None:
    archive.save([occurrence("1", answer=verdict("llm"))])
    archive.label(HASH, "network_error", "dns", "ann", at(1))
    answer = archive.label(HASH, "timeout", "job", "bob", at(2)).answer
    assert isinstance(answer, Verdict)
    assert (answer.root_cause, answer.reason) == ("cause by llm", "labelled by bob; llm said timeout/job: cause by llm")


def test_a_withdrawn_label_leaves_the_one_before_in_force_and_then_the_judges(archive: Archive) -> None:
    archive.save([occurrence("1")])
    first = archive.label(HASH, "network_error", "dns", "ann", at(1))
    archive.label(HASH, "runtime_error", "panic", "bob", at(2))
    assert archive.withdraw(HASH, "cy", at(3)) == first
    judged = archive.withdraw(HASH, "", at(4))
    assert (judged.answer, judged.answered_at) == (verdict(), at(0))
    assert archive.groups([HASH])[HASH] == judged
    assert archive.stats().judges == (Tally("rules", 1, 1),)
    assert archive.labels(HASH) == [
        Label(HASH, "runtime_error", "panic", "bob", at(2), "cy", at(3)),
        Label(HASH, "network_error", "dns", "ann", at(1), "", at(4)),
    ]


def test_after_a_withdrawal_another_label_can_be_given(archive: Archive) -> None:
    archive.save([occurrence("1")])
    archive.label(HASH, "network_error", "dns", "ann", at(1))
    archive.withdraw(HASH, "ann", at(2))
    group = archive.label(HASH, "flaky_test", "order", "ann", at(3))
    assert isinstance(group.answer, Verdict)
    assert group.answer.category == "flaky_test"
    assert [label.withdrawn_at for label in archive.labels(HASH)] == [None, at(2)]


def test_there_is_nothing_to_withdraw_without_a_label_that_stands(archive: Archive) -> None:
    with pytest.raises(UsageError, match=f"no error with the hash {HASH}"):
        archive.withdraw(HASH, "ann", at(1))
    archive.save([occurrence("1")])
    with pytest.raises(UsageError, match=f"no label of {HASH} is in force"):
        archive.withdraw(HASH, "ann", at(1))
    archive.label(HASH, "timeout", "job", "ann", at(1))
    archive.withdraw(HASH, "ann", at(2))
    with pytest.raises(UsageError, match=f"no label of {HASH} is in force"):
        archive.withdraw(HASH, "ann", at(3))


def test_judged_groups_are_the_most_frequent_with_all_that_was_said(archive: Archive) -> None:
    unknown = Abstention("rules", "no rule matched")
    archive.save([occurrence("1", answer=unknown), occurrence("2", minute=1, answer=verdict("llm"))])
    archive.save([occurrence("3", OTHER, count=5), occurrence("4", "cc", count=2, answer=unknown)])
    archive.save([occurrence("5", "aa", count=2)])
    archive.label("aa", "network_error", "dns", "ann", at(9))
    groups = archive.groups([HASH, OTHER, "aa", "cc"])
    assert archive.judged(["llm", "rules"]) == [
        JudgedGroup(groups[OTHER], (verdict(),)),
        JudgedGroup(groups[HASH], (verdict("llm"), unknown)),
        JudgedGroup(groups["cc"], (unknown,)),
    ]
    assert archive.judged(["human"]) == [JudgedGroup(groups["aa"], (verdict(),))]
    assert archive.judged(["rules"], limit=1) == [JudgedGroup(groups[OTHER], (verdict(),))]
    assert archive.judged([]) == archive.judged(["model"]) == []


def test_label_unclassified_is_an_abstention_of_a_person(archive: Archive) -> None:
    archive.save([occurrence("1")])
    assert archive.label(HASH, "unclassified", "job", "", at(1)).answer == Abstention(
        "human", "labelled by a person; rules said timeout/job: cause by rules"
    )
    assert archive.stats().subcategories == (Tally("unclassified", 1, 1),)


def test_label_of_an_unknown_hash_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageError, match=f"no error with the hash {HASH}"):
        archive.label(HASH, "timeout", "job", "ann", at(1))
    assert archive.labels(HASH) == []


def test_prune_forgets_occurrences_and_keeps_the_history(archive: Archive) -> None:
    archive.save([occurrence(str(minute), minute=minute, count=10) for minute in range(4)])
    archive.save([occurrence("other", OTHER, minute=1)])
    before = archive.groups([HASH])[HASH]
    assert archive.prune(at(2)) == Pruned(occurrences=21, groups=2)
    assert [each.error_id for each in archive.recent()] == ["3", "2"]
    assert archive.groups([HASH])[HASH] == before
    assert archive.groups([OTHER])[OTHER].example_source == "logs/other.log"
    assert archive.prune(at(2)) == Pruned(0, 0)


def test_counts_go_on_after_prune_and_what_was_pruned_is_not_counted_again(archive: Archive) -> None:
    old = occurrence("1", minute=1, count=3)
    archive.save([old])
    archive.prune(at(2))
    group = archive.save([old, occurrence("2", minute=5)])[HASH]
    assert (group.occurrence_count, group.first_seen, group.last_seen) == (4, at(1), at(5))
    archive.prune(at(9))
    assert archive.groups([HASH])[HASH].occurrence_count == 4
    assert archive.occurrences(HASH) == []


def test_stats_count_by_the_answers_in_force(archive: Archive) -> None:
    archive.save([occurrence("1", minute=1, count=4), occurrence("2", minute=2, repo="org/lib")])
    archive.save([occurrence("3", OTHER, minute=3, answer=Abstention("rules", "no rule matched"))])
    archive.save([occurrence("4", "cc", minute=4, answer=verdict("llm", "timeout", ""))])
    archive.label(HASH, "network_error", "dns", "ann", at(5))
    stats = archive.stats(top=2)
    assert (stats.occurrences, stats.groups, stats.unclassified) == (7, 3, 1)
    assert stats.categories == (Tally("network_error", 5, 1), Tally("timeout", 1, 1), Tally("unclassified", 1, 1))
    assert stats.subcategories == (Tally("network_error/dns", 5, 1), Tally("timeout", 1, 1), Tally("unclassified", 1, 1))
    assert stats.judges == (Tally("human", 5, 1), Tally("llm", 1, 1), Tally("rules", 1, 1))
    assert stats.repos == (Tally("org/app", 6, 3), Tally("org/lib", 1, 1))
    assert [(top.occurrences, top.group.error_hash) for top in stats.top] == [(5, HASH), (1, OTHER)]


def test_stats_of_a_period_and_repository_show_groups_of_all_time(archive: Archive) -> None:
    archive.save([occurrence(str(minute), minute=minute, repo=f"org/{minute % 2}") for minute in range(6)])
    stats = archive.stats(since=at(1), until=at(5), repo="org/1")
    assert (stats.occurrences, stats.groups, stats.repos) == (2, 1, (Tally("org/1", 2, 1),))
    assert [(top.occurrences, top.group.occurrence_count, top.group.first_seen) for top in stats.top] == [(2, 6, at(0))]


def test_times_of_other_zones_mean_the_same_moment(archive: Archive) -> None:
    archive.save([occurrence("1", minute=10)])
    elsewhere = at(10).astimezone(timezone(timedelta(hours=-5)))
    assert len(archive.recent(since=elsewhere)) == 1
    assert archive.recent(until=elsewhere) == []
