"""Several judges, one answer."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.reconcile import pooled, reconcile
from error_classification.models import Abstention, Alternative, Usage, Verdict
from error_classification.taxonomy import CATEGORIES


def verdict(judge: str, category: str, confidence: float, cost: float = 0.0) -> Verdict:
    return Verdict(judge, category, "", confidence, f"{judge} says so", f"{judge}'s reason", usage=Usage(cost_usd=cost))


RULES = verdict("rules", "timeout", 0.8)


def test_one_verdict_stays_as_it_is() -> None:
    assert reconcile([RULES]) == RULES


def test_an_abstention_takes_nothing_away() -> None:
    assert reconcile([Abstention("rules", "no rule"), RULES]) == RULES


def test_nobody_knows() -> None:
    answer = reconcile([Abstention("rules", "no rule matches"), Abstention("model", "too far from all")])
    assert isinstance(answer, Abstention)
    assert answer.reason == "rules: no rule matches; model: too far from all"


def test_agreement_raises_the_confidence_and_is_said() -> None:
    answer = reconcile([RULES, verdict("model", "timeout", 0.9)])
    assert isinstance(answer, Verdict)
    assert 0.88 < answer.confidence < 0.95
    assert "model agrees (0.90)" in answer.reason


def test_disagreement_lowers_it_and_names_the_alternative() -> None:
    answer = reconcile([RULES, verdict("model", "network_error", 0.6)])
    assert isinstance(answer, Verdict)
    assert (answer.category, answer.judge) == ("timeout", "rules")
    assert answer.confidence < RULES.confidence
    assert answer.alternatives[0].category == "network_error"
    assert "model says network_error (0.60)" in answer.reason


def test_the_surer_judge_wins() -> None:
    answer = reconcile([verdict("rules", "timeout", 0.6), verdict("llm", "network_error", 0.95)])
    assert isinstance(answer, Verdict)
    assert (answer.category, answer.judge) == ("network_error", "llm")


def test_what_a_consultant_could_not_say_is_said_beside_the_verdict_and_remembered() -> None:
    answer = reconcile([RULES, Abstention("llm", "the text shows no cause", consulted="v1")])
    assert isinstance(answer, Verdict)
    assert (answer.judge, answer.consulted) == ("rules", "v1")
    assert answer.reason == "rules's reason; llm: the text shows no cause"
    assert reconcile([RULES, Abstention("llm", "the service is down")]).consulted == ""


def test_what_the_judges_cost_is_added_up() -> None:
    answer = reconcile([verdict("rules", "timeout", 0.6, 0.5), verdict("llm", "timeout", 0.9, 0.25)])
    assert answer.usage.cost_usd == 0.75


def no_cause(certainty: float) -> Abstention:
    return Abstention("model", "reads like text without a cause", certainty=certainty)


def test_a_judge_that_sees_no_cause_lowers_a_verdict_and_never_silences_it() -> None:
    doubted = reconcile([RULES, no_cause(0.1)])
    assert isinstance(doubted, Verdict)
    assert doubted.confidence < RULES.confidence
    assert "model sees no cause (0.10)" in doubted.reason
    disbelieved = reconcile([RULES, no_cause(0.98)])
    assert isinstance(disbelieved, Verdict)
    assert (disbelieved.category, disbelieved.confidence) == ("timeout", 0.6)
    assert disbelieved.reason == "rules's reason; model sees no cause (0.98)"
    unsure = verdict("rules", "timeout", 0.55)
    assert reconcile([unsure, no_cause(0.98)]) == replace(unsure, reason="rules's reason; model sees no cause (0.98)")


def test_a_judge_that_was_not_measured_is_not_doubted() -> None:
    answer = reconcile([Abstention("rules", "no rule"), no_cause(0.98), verdict("llm", "timeout", 0.8)])
    assert isinstance(answer, Verdict)
    assert (answer.judge, answer.confidence) == ("llm", 0.8)


def test_the_model_alone_is_never_quite_sure_where_no_rule_knows_the_text() -> None:
    answer = reconcile([Abstention("rules", "no rule"), verdict("model", "timeout", 0.97)])
    assert isinstance(answer, Verdict)
    assert answer.confidence == 0.85
    assert reconcile([verdict("model", "timeout", 0.97)]) == verdict("model", "timeout", 0.97)


def test_an_alternative_counts_for_what_it_says() -> None:
    unsure = verdict("model", "network_error", 0.55)
    plain = reconcile([RULES, unsure])
    backed = reconcile([RULES, replace(unsure, alternatives=(Alternative("timeout", 0.4),))])
    assert isinstance(plain, Verdict)
    assert isinstance(backed, Verdict)
    assert backed.category == "timeout"
    assert backed.confidence > plain.confidence


def test_three_judges_who_agree_are_surer_than_two() -> None:
    two = [RULES, verdict("llm", "timeout", 0.8)]
    answers = [reconcile(two), reconcile([*two, verdict("model", "timeout", 0.7)])]
    assert [answer.confidence for answer in answers if isinstance(answer, Verdict)] == sorted(
        answer.confidence for answer in answers if isinstance(answer, Verdict)
    )


@given(st.lists(st.tuples(st.sampled_from([category.name for category in CATEGORIES]), st.floats(0, 1)), min_size=1, max_size=4))
def test_a_confidence_stays_a_probability(opinions: list[tuple[str, float]]) -> None:
    answer = reconcile([verdict(f"judge{index}", *opinion) for index, opinion in enumerate(opinions)])
    assert isinstance(answer, Verdict)
    assert 0 <= answer.confidence <= 1
    assert answer.category in {category for category, _ in opinions}


@given(
    st.lists(st.tuples(st.sampled_from(["rules", "model", "llm"]), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=3),
    st.floats(0, 1),
)
def test_opinions_pool_to_probabilities_whatever_they_say(opinions: list[tuple[str, float, float]], certainty: float) -> None:
    verdicts = [
        replace(verdict(judge, "timeout", confidence), alternatives=(Alternative("network_error", other),))
        for judge, confidence, other in opinions
    ]
    found = pooled([*verdicts, no_cause(certainty)])
    assert abs(sum(found.values()) - 1) < 1e-9
    assert all(0 < probability < 1 for probability in found.values())
