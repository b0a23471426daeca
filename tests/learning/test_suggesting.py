from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_builders import Writer

from error_classification.classification.rules import Rule, RuleSet, RulesJudge, check, load_rules, parse_rules
from error_classification.classification.rules.matching import options, source
from error_classification.learning.rule_texts import appended
from error_classification.learning.settled import read
from error_classification.learning.suggesting import Suggestions, Thresholds, suggest
from error_classification.models import Abstention, Verdict
from error_classification.ports import Archive
from error_classification.storage.memory import MemoryStore
from error_classification.storage.sqlite import SQLiteStore

RULES = load_rules()
JUDGE = RulesJudge(RULES)
QUOTA = "quota of tenant {} is used up on this cluster"
SEAT = "no seat for synth at licence desk {}"

STORES: dict[str, Callable[[Path], Archive]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda folder: SQLiteStore(folder / "store.db", mountinfo=""),
}


@pytest.fixture(params=STORES)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    return STORES[request.param](tmp_path)


@pytest.fixture
def put() -> Writer:
    return Writer(MemoryStore())


def suggested(archive: Archive, least: int = 10, share: float = 0.9, rules: RuleSet = RULES) -> Suggestions:
    return suggest(read(archive, JUDGE if rules is RULES else RulesJudge(rules)), rules.rules, Thresholds(least, share))


def reasons(found: Suggestions) -> list[str]:
    assert found.suggestions == ()
    return [refusal.reason for refusal in found.refusals]


def test_a_rule_is_made_of_what_people_and_claude_settled(archive: Archive) -> None:
    put = Writer(archive)
    hashes = {put(QUOTA.format(name), "resource_exhaustion/quota", 4) for name in ("blue", "green-2", "tan.x")}
    other = "the tenant has no quota here"
    put(other, "configuration_error/permission", judge="human")
    ((item,), refusals) = suggested(archive).suggestions, suggested(archive).refusals
    assert refusals == ()
    assert (set(item.hashes), item.occurrences, item.share) == (hashes, 12, 1.0)
    rule = item.rule
    assert rule.pattern == r"quota of tenant (?P<name>[\w.@+~-]{1,100}) is used up on this cluster"
    assert (rule.category, rule.subcategory, rule.confidence) == ("resource_exhaustion", "quota", 0.84)
    assert (rule.name, rule.summary) == (
        "suggested.quota_tenant_used_this_cluster",
        "quota of tenant {name} is used up on this cluster",
    )
    assert set(rule.hits) == {QUOTA.format(name) for name in ("blue", "green-2", "tan.x")}
    assert rule.near_misses == (other,)


def test_what_is_suggested_passes_the_check_and_is_then_settled(put: Writer) -> None:
    for name in ("blue", "green"):
        put(QUOTA.format(name), "resource_exhaustion/quota", 9)
        put(SEAT.format(name), "infrastructure_error/ci_service", 9)
    rules = [item.rule for item in suggested(put.archive).suggestions]
    assert len(rules) == 2
    own = parse_rules(appended("", rules), "own.toml", user=True)
    assert [rule.name for rule in own.rules] == [rule.name for rule in rules]
    every = RuleSet((*RULES.rules, *own.rules), RULES.labels)
    assert check(every) == []
    assert suggested(put.archive, rules=every) == Suggestions((), ())


@pytest.mark.parametrize(("least", "share", "found"), [(10, 0.9, 1), (12, 0.9, 0), (10, 0.95, 0), (11, 0.5, 1)])
def test_thresholds(put: Writer, least: int, share: float, found: int) -> None:
    put(QUOTA.format("blue"), "resource_exhaustion/quota", 10)
    put("quota of tenant red is used up on this cluster again", "timeout/job")
    assert len(suggested(put.archive, least, share).suggestions) == found


def test_what_others_settle_is_not_open(put: Writer) -> None:
    sure, unsure = (Verdict("rules", "timeout", "job", confidence, "cause") for confidence in (0.9, 0.4))
    unknown = Abstention("rules", "no rule matches the text")
    put(QUOTA.format("a"), "resource_exhaustion/quota", 20, earlier=[sure])
    put("ModuleNotFoundError: No module named 'numpy'", "dependency_error/missing_module", 20)
    put("frobnicator lost its calibration data", "configuration_error/invalid_config", 20, judge="rules")
    assert suggested(put.archive) == Suggestions((), ())
    put("the seat at the licence desk is taken", "infrastructure_error/ci_service", 20, earlier=[unsure])
    put("carousel plate is jammed once more", "infrastructure_error/ci_service", 19, judge="human", earlier=[unknown])
    assert len(suggested(put.archive).suggestions) == 2


def test_a_pattern_that_matches_another_answer_is_narrowed_or_refused(put: Writer) -> None:
    for name in ("blue", "green"):
        put(QUOTA.format(name), "resource_exhaustion/quota", 10)
    wrong = put(QUOTA.format("ghost"), "configuration_error/bad_reference", judge="rules")
    (item,) = suggested(put.archive).suggestions
    assert item.rule.pattern == r"quota of tenant (?P<name>blue|green) is used up on this cluster"
    text = "deploying\n" + QUOTA.format("blue") + "\nno such host"
    put(text, "network_error/dns", judge="rules", line="no such host")
    put.archive.label(wrong, "resource_exhaustion", "quota", "ann", put.archive.groups([wrong])[wrong].last_seen)
    (reason,) = reasons(suggested(put.archive))
    assert reason.startswith("its pattern also matches ")
    assert reason.endswith(", which is network_error/dns")


def test_an_example_of_another_rule_is_never_matched(put: Writer) -> None:
    own = Rule("own.quota", "never this", "timeout", "job", "s", 0.9, (QUOTA.format("other"),), ("x",), user=True)
    rules = RuleSet((*RULES.rules, own))
    put(QUOTA.format("blue"), "resource_exhaustion/quota", 10)
    put(QUOTA.format("red"), "resource_exhaustion/quota", 10)
    (item,) = suggested(put.archive, rules=rules).suggestions
    assert "blue|red" in item.rule.pattern
    put(QUOTA.format("other"), "resource_exhaustion/quota", 10)
    assert reasons(suggested(put.archive, rules=rules)) == ["its pattern also matches an example of the rule own.quota"]


@pytest.mark.parametrize("texts", [["it broke"], ["zone 17"], ["exit: blue", "exit: red"]])
def test_too_little_in_common_makes_no_rule(put: Writer, texts: list[str]) -> None:
    for text in texts:
        put(text, "timeout/job", 20)
    assert set(reasons(suggested(put.archive))) <= {"its lines have too little in common"}


@pytest.mark.parametrize("text", ["Finished: FAILURE", "Process completed with exit code 2."])
def test_a_line_that_names_no_cause_makes_no_rule(put: Writer, text: str) -> None:
    put(f"{text}\nsomething else stood here", "timeout/job", 20)
    (reason,) = reasons(suggested(put.archive))
    assert reason in ("its lines only say that something failed", "its lines have too little in common")


def test_a_person_who_says_unclassified_makes_no_rule_but_a_near_miss(put: Writer) -> None:
    nothing = put("quota report of tenant red follows", "timeout/job", 20)
    put.archive.label(nothing, "unclassified", "", "ann", put.archive.groups([nothing])[nothing].last_seen)
    put(QUOTA.format("blue"), "resource_exhaustion/quota", 20)
    (item,) = suggested(put.archive).suggestions
    assert item.rule.near_misses == ("quota report of tenant red follows",)


def test_without_another_answer_the_near_miss_is_made(put: Writer) -> None:
    put(QUOTA.format("blue"), "resource_exhaustion/quota", 20)
    (item,) = suggested(put.archive).suggestions
    assert item.rule.near_misses == ("quota of tenant blue is used up on this",)


def test_the_line_that_the_judge_named_is_generalised(put: Writer) -> None:
    for number in (1, 2):
        text = f"step {number} of the release failed\n  {QUOTA.format(f'n{number}')}\nbye"
        put(text, "resource_exhaustion/quota", 9, line=QUOTA.format(f"n{number}"))
    (item,) = suggested(put.archive).suggestions
    assert item.rule.pattern == r"quota of tenant (?P<name>\w{1,100}) is used up on this cluster"


def test_a_pruned_group_counts_with_what_is_known_of_it(put: Writer) -> None:
    put(QUOTA.format("blue"), "resource_exhaustion/quota", 20)
    put.archive.prune(put.archive.recent()[0].occurred_at.replace(year=2030))
    assert len(suggested(put.archive).suggestions) == 1


WORDS = ["quota", "tenant", "cluster", "used", "12", "/srv/a.py", "v1.2", "'x y'", "(a|b)", "[", "\\", "{n}", "é", "$", "*"]
LINE = st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), st.text(min_size=1, max_size=30))
LABELS = st.sampled_from(["timeout/job", "network_error/dns", "resource_exhaustion/quota"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(LINE, LABELS), max_size=10))
def test_a_rule_matches_its_own_and_nothing_of_another_answer(drawn: list[tuple[str, str]]) -> None:
    put = Writer(MemoryStore())
    for text, label in drawn:
        put(text, label, 5)
    few = RuleSet(RULES.rules[:20])
    settled = read(put.archive, RulesJudge(few))
    samples = {sample.error_hash: sample for sample in (*settled.open, *settled.others)}
    found = suggest(settled, few.rules, Thresholds(5, 0.6)).suggestions
    for item in found:
        compiled = re2.compile(source(item.rule.pattern), options())
        for error_hash, sample in samples.items():
            if error_hash in item.hashes:
                assert all(compiled.search(line) for line in sample.lines)
            elif sample.category != item.rule.category:
                assert not any(compiled.search(text) for text in sample.texts)
        assert not any(compiled.search(text) for text in item.rule.near_misses)
    own = parse_rules(appended("", [item.rule for item in found]), "own.toml", user=True)
    assert [(rule.pattern, rule.hits, rule.near_misses) for rule in own.rules] == [
        (item.rule.pattern, item.rule.hits, item.rule.near_misses) for item in found
    ]


def test_of_very_many_lines_those_that_it_matches_are_named(put: Writer) -> None:
    same = {put(QUOTA.format(f"t{number}"), "resource_exhaustion/quota", 2) for number in range(40)}
    other = put("quota of tenant t99 is used up in this region", "resource_exhaustion/quota")
    (item,) = suggested(put.archive).suggestions
    assert set(item.hashes) == same
    assert other not in item.hashes
