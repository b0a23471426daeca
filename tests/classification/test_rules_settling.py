"""How several matches are settled, how sure the answer is, and what is shown for it."""

from __future__ import annotations

import pytest
from rules_support import error, judge_of, rule, verdict

from error_classification.classification.rules.evidence import render
from error_classification.classification.rules.specificity import specificity
from error_classification.classification.wording import MAX_EVIDENCE, MAX_ROOT_CAUSE, one_line
from error_classification.models import Abstention, ErrorContext, FingerprintedError, SourceType, Verdict

APPLE = rule("a.apple", "apple", "timeout/step")
PEAR = rule("b.pear", "pear", "network_error/dns")
ROOT = rule("c.root", "plum", "runtime_error/panic", priority=1)
SYMPTOM = rule("d.symptom", "fig", "compilation_error/link", priority=-1)
FRUIT = judge_of(APPLE, PEAR, ROOT, SYMPTOM)


def decide(text: str, headline: str = "") -> Verdict:
    given = FRUIT.judge(error(text, headline=headline))
    assert isinstance(given, Verdict)
    return given


@pytest.mark.parametrize(
    ("text", "headline", "category", "why"),
    [
        ("apple\npear", "", "timeout", "its line is nearer to the failure"),
        ("pear\napple", "", "network_error", "its line is nearer to the failure"),
        ("apple\npear\nplum", "", "runtime_error", "it names a cause more surely"),
        ("fig\nx\napple", "", "timeout", "it names a cause more surely"),
        ("apple\nx\nx\npear", "pear", "network_error", "its line is nearer to the failure"),
        ("apple\n  at shop\nCaused by: pear\n  at cart", "", "network_error", "it is the root of the chain of causes"),
        ("apple\n  at shop\nCaused by: pear\n  at cart", "apple", "network_error", "it is the root of the chain of causes"),
        ("apple\nlog\nlog\nlog\nlog\nlog\nCaused by: pear", "", "timeout", "its line is nearer to the failure"),
    ],
)
def test_the_cause_comes_before_the_symptom(text: str, headline: str, category: str, why: str) -> None:
    given = decide(text, headline)
    assert given.category == category
    assert given.reason.endswith(f"because {why}")


def test_the_reason_names_both_rules_and_their_lines() -> None:
    assert decide("x\napple\npear").reason == (
        "rule a.apple matched line 2; chosen over b.pear (line 3) because its line is nearer to the failure"
    )
    assert decide("apple").reason == "rule a.apple matched line 1"


def test_the_more_specific_of_two_on_one_place_decides() -> None:
    wide = rule("w.wide", r"[a-z]+ apple", "timeout/step", hit="red apple")
    narrow = rule("n.narrow", "green apple pie", "network_error/dns")
    given = judge_of(wide, narrow).judge(error("a green apple pie"))
    assert isinstance(given, Verdict)
    assert given.category == "network_error"
    assert given.reason.endswith("it is more specific")


def test_a_rule_of_the_project_wins_a_tie() -> None:
    given = judge_of(rule("m.mine", "apple", "network_error/dns"), user=True).judge(error("apple"))
    assert isinstance(given, Verdict)
    assert given.category == "network_error"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("apple", 5),
        ("a|apple", 1),
        ("apples?", 5),
        ("(?:red|green) pear", 8),
        (r"(?P<x>apple): \d+", 2),
        ("[ab]c{2}", 1),
        (r"\bx\.y", 3),
    ],
)
def test_specificity_counts_what_every_match_holds(pattern: str, expected: int) -> None:
    assert specificity(pattern) == expected


def test_confidence_is_the_prior_of_a_lone_rule() -> None:
    assert decide("apple").confidence == 0.9


def test_rivals_lower_the_confidence_and_share_the_rest() -> None:
    near, far = decide("apple\npear"), decide("apple\n" + "x\n" * 9 + "pear")
    assert near.confidence < far.confidence < 0.9
    assert [alternative.category for alternative in near.alternatives] == ["network_error"]
    assert near.confidence + near.alternatives[0].confidence == pytest.approx(1, abs=0.01)


def test_a_symptom_is_no_rival() -> None:
    assert decide("apple\nfig").confidence == 0.9
    assert decide("apple\nfig").alternatives == ()


def test_agreement_raises_the_confidence_within_bounds() -> None:
    tables = [rule(f"x.n{index}", f"word{index}") for index in range(6)]
    two = judge_of(*tables[:2]).judge(error("word0\nword1"))
    six = judge_of(*tables).judge(error("\n".join(f"word{index}" for index in range(6))))
    assert isinstance(two, Verdict)
    assert isinstance(six, Verdict)
    assert 0.9 < two.confidence < six.confidence <= 0.99


def test_a_match_far_from_the_headline_is_weaker() -> None:
    text = "headline\n" + "x\n" * 40 + "apple"
    assert decide(text, "headline").confidence < decide(text).confidence


def test_too_many_equal_answers_are_none() -> None:
    labels = ["timeout/step", "network_error/dns", "runtime_error/panic", "compilation_error/link"]
    tables = [rule(f"x.n{index}", f"word{index}", label, confidence=0.6) for index, label in enumerate(labels)]
    given = judge_of(*tables).judge(error("word0 word1 word2 word3"))
    assert isinstance(given, Abstention)
    assert "too many other answers" in given.reason


def test_evidence_is_verbatim_with_the_lines_of_the_input() -> None:
    context = ErrorContext(SourceType.JOB_LOG, "log", "x\n  an apple \npie", line_numbers=(10, 20, 30))
    given = FRUIT.judge(FingerprintedError(context, "", "0" * 16, 1))
    assert isinstance(given, Verdict)
    assert [(item.line, item.text) for item in given.evidence] == [(20, "  an apple ")]


def test_of_a_long_line_the_part_around_the_match_is_shown() -> None:
    text = "é" * 3000 + " apple " + "y" * 3000
    shown = decide(text).evidence[0].text
    assert "apple" in shown
    assert shown in text
    assert len(shown) <= MAX_EVIDENCE


def test_parameters_come_from_the_named_groups() -> None:
    given = verdict("curl: (7) Failed to connect to db port 5432: Connection refused\nModuleNotFoundError: No module named 'x'")
    assert given.category == "network_error"
    assert verdict("ModuleNotFoundError: No module named 'yaml'").parameters == {"module": "yaml"}
    assert verdict("ModuleNotFoundError: No module named 'yaml'").root_cause == "Python module yaml is not installed"


@pytest.mark.parametrize(
    ("template", "parameters", "expected"),
    [
        ("{a} is gone", {"a": "x"}, "x is gone"),
        ("Module '{a}' is gone", {}, "Module is gone"),
        ("Gone: {a}", {}, "Gone"),
        ("{a}: {b}", {"a": "x\x1b[31m\ny", "b": "z"}, "x [31m y: z"),
    ],
)
def test_a_summary_reads_well_without_a_group(template: str, parameters: dict[str, str], expected: str) -> None:
    assert render(template, parameters) == expected


def test_a_root_cause_is_one_short_line() -> None:
    assert len(one_line("word " * 200)) <= MAX_ROOT_CAUSE
    assert one_line("a\x00b\u202ec\n\td") == "a b c d"
