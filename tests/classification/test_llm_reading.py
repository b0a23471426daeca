"""What a model may answer, and what is made of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.llm.reading import (
    MOST_SURE,
    REASON_LIMIT,
    ROOT_CAUSE_LIMIT,
    UnreadableError,
    plain,
    read,
)
from error_classification.models import Abstention, ErrorContext, Evidence, Excerpt, SourceType, Verdict

TEXT = "step 3\n  Could not resolve host:\tgithub.com\nmake: *** [all] Error 6"
CONTEXT = ErrorContext(SourceType.JOB_LOG, "job.log", TEXT, line_start=40, line_end=42)
GIVEN = {
    "evidence": ["Could not resolve host: github.com"],
    "reason": "The name server did not know the host.",
    "root_cause": "github.com could not be resolved",
    "category": "network_error",
    "subcategory": "dns",
    "confidence": 0.9,
}


def answered(**changes: object) -> Verdict:
    found = read(json.dumps(GIVEN | changes), CONTEXT)
    assert isinstance(found, Verdict)
    return found


def test_a_good_answer() -> None:
    assert answered() == Verdict(
        "llm",
        "network_error",
        "dns",
        0.9,
        "github.com could not be resolved",
        "The name server did not know the host.",
        (Evidence(41, "  Could not resolve host:\tgithub.com"),),
    )


@pytest.mark.parametrize(
    "around", ["{}", "```json\n{}\n```", "Here it is: {} I hope it helps.", "<think>no</think>\n{}", "{}{}", "\ufeff{}"]
)
def test_words_around_the_answer_do_no_harm(around: str) -> None:
    assert read(around.replace("{}", json.dumps(GIVEN)), CONTEXT) == answered()


@pytest.mark.parametrize(
    ("category", "subcategory", "label"),
    [
        ("Network_Error", "DNS", ("network_error", "dns")),
        ("network error", "dns", ("network_error", "dns")),
        ("network-error", "", ("network_error", "")),
        ("network_error/dns", "", ("network_error", "dns")),
        ("network_error", "network_error/dns", ("network_error", "dns")),
        ("network_error", "missing_module", ("network_error", "")),
        ("network_error", None, ("network_error", "")),
        ("network_error", ["dns"], ("network_error", "")),
    ],
)
def test_the_label_is_one_of_ours(category: str, subcategory: object, label: tuple[str, str]) -> None:
    found = answered(category=category, subcategory=subcategory)
    assert (found.category, found.subcategory) == label


@pytest.mark.parametrize(
    ("given_", "confidence"),
    [(0.9, 0.9), ("0.9", 0.9), ("90%", 0.9), (90, 0.9), (1, MOST_SURE), (7_000, MOST_SURE), (-3, 0.0), (0, 0.0)],
)
def test_a_confidence_is_a_probability(given_: object, confidence: float) -> None:
    assert answered(confidence=given_).confidence == pytest.approx(confidence)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "[]",
        "[1, {]",
        json.dumps(GIVEN)[:-20],
        "{" * 100_000,
        '{"a":' * 100_000,
        json.dumps(GIVEN | {"category": "user_error"}),
        json.dumps(GIVEN | {"category": 3}),
        json.dumps({"confidence": 0.9}),
        json.dumps(GIVEN | {"confidence": "high"}),
        json.dumps(GIVEN | {"confidence": True}),
        json.dumps(GIVEN | {"confidence": None}),
        json.dumps(GIVEN | {"confidence": float("nan")}),
    ],
    ids=range(14),
)
def test_what_is_no_answer(text: str) -> None:
    with pytest.raises(UnreadableError):
        read(text, CONTEXT)


def test_no_cause_is_an_abstention_with_its_reason() -> None:
    found = read(json.dumps(GIVEN | {"category": "unclassified", "confidence": None}), CONTEXT)
    assert found == Abstention("llm", "The name server did not know the host.")


@pytest.mark.parametrize(
    ("evidence", "lines"),
    [
        (["Could not resolve host:   github.com"], [41]),
        (["resolve host: github.com"], [41]),
        (["Could not resolve host:\u200b github.com"], [41]),
        ("Could not resolve host: github.com", [41]),
        (["Could not resolve host: github.com\nmake: *** [all] Error 6"], [41, 42]),
        (["make: *** [all] Error 6", "Could not resolve host: github.com"], [42, 41]),
        (["step 3", "step 3", "ep 3"], [40]),
        (["Could not resolve host: gitlab.com", "step 3"], [40]),
    ],
)
def test_quotes_are_found_again(evidence: object, lines: list[int]) -> None:
    found = answered(evidence=evidence)
    assert [item.line for item in found.evidence] == lines
    assert all(item.text in TEXT.split("\n") for item in found.evidence)
    assert found.confidence == 0.9


@pytest.mark.parametrize("evidence", [[], None, ["not there"], [""], ["  "], ["6"], [3], {"line": "step 3"}])
def test_a_quote_that_is_not_there_costs_half_the_confidence_and_is_said(evidence: object) -> None:
    found = answered(evidence=evidence)
    assert (found.confidence, found.evidence) == (0.45, ())
    assert found.reason.endswith("what it quotes is not in the text")


def test_a_quote_from_what_more_was_shown_counts_with_its_line() -> None:
    more = Excerpt(7, "one\nthe disk is full\nthree")
    found = read(json.dumps(GIVEN | {"evidence": ["the disk is full"]}), CONTEXT, more)
    assert isinstance(found, Verdict)
    assert found.evidence == (Evidence(8, "the disk is full"),)


def test_texts_are_cut_and_made_plain() -> None:
    found = answered(root_cause="a\x1b[31mb\r\n\u202ec " + "x" * 5_000, reason="r\n" * 5_000)
    assert found.root_cause.startswith("a [31mb c xxx")
    assert len(found.root_cause) == ROOT_CAUSE_LIMIT
    assert len(found.reason) == REASON_LIMIT
    assert found.root_cause.isprintable()
    assert answered(root_cause="").root_cause


@given(st.text(), st.integers(1, 50))
def test_plain_text_is_one_short_line(text: str, limit: int) -> None:
    line = plain(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={name: JSON | st.just(value) for name, value in GIVEN.items()}))
def test_any_object_is_read_or_refused(given_: dict[str, object]) -> None:
    try:
        found = read(json.dumps(given_), CONTEXT)
    except UnreadableError:
        return
    if isinstance(found, Verdict):
        assert 0 <= found.confidence <= MOST_SURE
        assert {item.text for item in found.evidence} <= set(TEXT.split("\n"))
