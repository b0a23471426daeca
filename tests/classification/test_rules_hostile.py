"""Texts made to hurt: nothing crashes, what is shown occurs in the text, and sizes stay bounded."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rules_support import error, judge, verdict

from error_classification.classification.rules.details import MAX_DETAILS
from error_classification.classification.rules.evidence import MAX_EVIDENCE_LINES
from error_classification.classification.rules.literals import required_literals
from error_classification.classification.rules.loading import load_rules
from error_classification.classification.rules.matching import MAX_CHARACTERS, MAX_PARAMETER
from error_classification.classification.wording import MAX_EVIDENCE, MAX_ROOT_CAUSE
from error_classification.models import Abstention, Outcome, SourceType, Verdict

HITS = [hit for rule in load_rules().rules for hit in rule.hits]
PIECES = st.one_of(
    st.sampled_from(HITS),
    st.text(max_size=60),
    st.characters(codec=None),
    st.sampled_from(["\n", "\r", "\x1b[31m", "\x00", "\t", "    "]),
)
TEXTS = st.lists(PIECES, max_size=8).map(lambda pieces: "".join(pieces))


def check_bounds(text: str, given_answer: Verdict | Abstention) -> None:
    assert given_answer.judge == "rules"
    if isinstance(given_answer, Abstention):
        assert given_answer.reason
        return
    assert 0.5 <= given_answer.confidence <= 0.99
    assert len(given_answer.root_cause) <= MAX_ROOT_CAUSE
    assert given_answer.root_cause.isprintable()
    assert len(given_answer.evidence) <= MAX_EVIDENCE_LINES + MAX_DETAILS
    assert all(item.text in text and len(item.text) <= MAX_EVIDENCE for item in given_answer.evidence)
    assert all(len(value) <= MAX_PARAMETER for value in given_answer.parameters.values())
    assert given_answer.confidence + sum(other.confidence for other in given_answer.alternatives) <= 1.01


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(SourceType), st.sampled_from(Outcome), st.one_of(st.none(), st.integers(-20, 300)))
def test_any_text_gets_a_bounded_answer(text: str, kind: SourceType, outcome: Outcome, exit_code: int | None) -> None:
    headline = text.split("\n")[-1]
    given_error = error(text, headline=headline, kind=kind, outcome=outcome, exit_code=exit_code, test_name="a::b")
    check_bounds(text, judge().judge(given_error))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab(|)?*+[]{}\\.^$1,:P<>", max_size=30))
def test_any_pattern_can_be_read_for_its_literals(pattern: str) -> None:
    assert all(literal == literal.casefold() for literal in required_literals(pattern))


@pytest.mark.parametrize("exit_code", [None, 137])
@pytest.mark.parametrize("text", ["\ud800", "3 failed \udfff", "cancelled \ud800", "a\ud800\nexit code 1"])
def test_half_a_surrogate_pair(text: str, exit_code: int | None) -> None:
    check_bounds(text, judge().judge(error(text, headline=text.split("\n")[-1], exit_code=exit_code)))


def test_one_line_of_a_megabyte() -> None:
    text = "x" * 500_000 + " ModuleNotFoundError: No module named 'yaml' " + "y" * 500_000
    given_answer = verdict(text)
    assert given_answer.parameters["module"] == "yaml"
    check_bounds(text, given_answer)


def test_what_lies_beyond_the_limit_is_not_looked_at() -> None:
    assert isinstance(judge().judge(error("x" * MAX_CHARACTERS + "\nKeyError: 'x'")), Abstention)


def test_binary_rubbish() -> None:
    text = bytes(range(256)).decode("latin-1") * 2000
    check_bounds(text, judge().judge(error(text)))


def test_lone_surrogates_stay_as_they_are() -> None:
    text = "\udcff\nModuleNotFoundError: No module named 'yaml' \udc80"
    given_answer = verdict(text)
    assert given_answer.evidence[0].text == text.split("\n")[1]


def test_the_same_words_ten_thousand_times() -> None:
    text = "Error: Error: error: failed: cannot: not found: \n" * 10_000
    check_bounds(text, judge().judge(error(text)))


def test_terminal_sequences_do_not_reach_the_root_cause() -> None:
    assert verdict("KeyError: '\x1b[2J\x1b[31mx\u202e'").root_cause.isprintable()
