"""When an earlier answer stands for a new occurrence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from error_classification.classification.reuse import fits, relocated, reusable
from error_classification.models import Abstention, ErrorContext, Evidence, Group, Outcome, SourceType, Verdict

NOW = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)


def group(answer: Verdict | Abstention, age: timedelta) -> Group:
    return Group("h", answer, 3, NOW - age, NOW, NOW - age)


SURE = Verdict("rules", "timeout", "job", 0.9, "")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("answer", "age", "reused"),
    [
        (SURE, DAY, True),
        (SURE, 8 * DAY, False),
        (replace(SURE, confidence=0.79), DAY, False),
        (replace(SURE, judge="model", confidence=0.8), DAY, True),
        (replace(SURE, judge="llm", confidence=0.1, consulted="v1"), DAY, True),
        (replace(SURE, judge="llm", consulted="v1"), 8 * DAY, False),
        (Abstention("llm", "unclear", consulted="v1"), DAY, True),
        (Abstention("rules", "no rule; llm: unclear", consulted="v1"), DAY, True),
        (replace(SURE, confidence=0.6, consulted="v1"), DAY, True),
        (Abstention("llm", "the service is down"), DAY, False),
        (Abstention("rules", "no rule"), DAY, False),
        (replace(SURE, judge="human", confidence=1.0), 1000 * DAY, True),
        (Abstention("human", "labelled"), 1000 * DAY, True),
    ],
)
def test_which_answers_stand_for_a_new_occurrence(answer: Verdict | Abstention, age: timedelta, reused: bool) -> None:
    assert (reusable(group(answer, age), NOW, 7 * DAY, 0.8) is not None) is reused


@pytest.mark.parametrize(
    ("consultant", "reused"),
    [("v1", True), ("v2", False), ("", True)],
    ids=["the same version", "another version", "nobody to ask today"],
)
@pytest.mark.parametrize("answer", [replace(SURE, consulted="v1"), Abstention("llm", "unclear", consulted="v1")])
def test_what_a_consultant_said_stands_until_its_version_changes(
    answer: Verdict | Abstention, consultant: str, reused: bool
) -> None:
    assert (reusable(group(answer, DAY), NOW, 7 * DAY, 0.8, consultant) is not None) is reused


@pytest.mark.parametrize(
    ("answer", "outcome", "fitting"),
    [
        (SURE, Outcome.FAILED, True),
        (SURE, Outcome.FLAKY, False),
        (replace(SURE, category="flaky_test", subcategory="passed_on_retry"), Outcome.FLAKY, True),
        (replace(SURE, category="flaky_test", subcategory="passed_on_retry"), Outcome.FAILED, False),
        (replace(SURE, category="flaky_test", subcategory="data_race"), Outcome.FAILED, True),
        (replace(SURE, judge="human"), Outcome.FLAKY, True),
    ],
)
def test_an_answer_that_rests_on_a_retry_is_not_carried_over(answer: Verdict, outcome: Outcome, fitting: bool) -> None:
    assert fits(answer, ErrorContext(SourceType.JUNIT, "a", "boom", outcome=outcome)) is fitting


@pytest.mark.parametrize(
    ("judge", "shown", "fitting"),
    [
        ("rules", "a.py:12: KeyError: 'x'", True),
        ("rules", "KeyError: 'y'", False),
        ("llm", "KeyError: 'y'", True),
        ("human", "KeyError: 'y'", True),
    ],
)
def test_a_cheap_answer_is_not_reused_where_its_evidence_is_missing(judge: str, shown: str, fitting: bool) -> None:
    consulted = "v1" if judge == "llm" else ""
    answer = replace(SURE, judge=judge, consulted=consulted, evidence=(Evidence(3, "a.py:7: KeyError: 'x'"),))
    assert fits(answer, ErrorContext(SourceType.JOB_LOG, "a", f"before\n  {shown}\nafter")) is fitting


def test_reused_evidence_points_into_the_new_text() -> None:
    context = ErrorContext(SourceType.JOB_LOG, "a", "one\nKeyError: 1\nthree", 10, 12, headline="KeyError: 1")
    found = relocated(replace(SURE, evidence=(Evidence(99, "KeyError: 1"), Evidence(98, "not here"))), context)
    assert isinstance(found, Verdict)
    assert found.evidence == (Evidence(11, "KeyError: 1"),)
    lost = relocated(replace(SURE, evidence=(Evidence(99, "KeyError: 2"),)), context)
    assert isinstance(lost, Verdict)
    assert lost.evidence == (Evidence(11, "KeyError: 1"),)
