from __future__ import annotations

from functools import partial

import pytest
from evaluation_points import answered
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.learning.evaluation import Answered, evaluated, grouped
from error_classification.models import SourceType
from error_classification.reporting.evaluation import JudgeEvaluation, Measure

FEW = [
    answered("timeout/test", "timeout/test", 0.95, input="a", tool="pytest"),
    answered("timeout/test", "timeout/job", 0.95, input="b", tool="pytest"),
    answered("network_error/dns", "timeout/job", 0.92, input="c", tool="curl", line="Could not resolve"),
    answered("network_error/dns", "network_error/dns", 0.6, input="d", tool="curl"),
    answered("flaky_test", input="e", tool="pytest", ambiguous=True),
    answered("unclassified", input="f"),
    answered("unclassified", input="g", nothing_failed=True),
    answered("unclassified", "runtime_error", 0.9, input="h", nothing_failed=True),
]
"""Six failed, two did not; of these one was answered all the same."""


def value(found: JudgeEvaluation, measure: Measure) -> float | None:
    return found.figures[measure].value


def test_all_measures_of_a_few_answers() -> None:
    found = evaluated("rules", FEW, rounds=20)
    assert (found.judge, found.inputs, found.quiet) == ("rules", 6, 2)
    expected = {
        Measure.ACCURACY: 4 / 6,
        Measure.MACRO_F1: (4 / 5 + 2 / 3 + 0) / 3,
        Measure.COVERAGE: 4 / 6,
        Measure.PRECISION: 3 / 4,
        Measure.SURE: 3 / 6,
        Measure.SURE_PRECISION: 2 / 3,
        Measure.CONFIDENT_ERRORS: 2 / 8,
        Measure.ECE: (3 * abs(2.82 / 3 - 2 / 3) + abs(0.6 - 1)) / 4,
        Measure.SUBCATEGORY: 2 / 3,
        Measure.SILENT: 1 / 2,
        Measure.AURC: (0 + 0 + 1 / 3 + 1 / 4) / 4,
    }
    assert {measure: value(found, measure) for measure in expected} == pytest.approx(expected)
    assert list(found.figures) == list(Measure)
    assert found.figures[Measure.MACRO_F1].interval is not None
    assert [one.name for one in found.classes] == ["timeout", "network_error", "flaky_test"]


def test_wrong_answers_say_where_and_why() -> None:
    wrong = evaluated("rules", FEW, rounds=0).wrong
    assert [(one.input, one.truth, one.answer) for one in wrong] == [
        ("c", "network_error/dns", "timeout/job"),
        ("e", "flaky_test", "unclassified"),
        ("h", "unclassified", "runtime_error"),
    ]
    assert (wrong[0].line, wrong[0].reason, wrong[0].confidence) == ("Could not resolve", "because", 0.92)
    assert (wrong[1].reason, wrong[1].ambiguous, wrong[1].is_answered) == ("no error found", True, False)


@pytest.mark.parametrize(
    "answers", [[], [answered("timeout")], [answered("unclassified")], [answered("unclassified", nothing_failed=True)]]
)
def test_where_there_is_nothing_to_measure_there_is_no_number(answers: list[Answered]) -> None:
    found = evaluated("rules", answers)
    assert value(found, Measure.ECE) is None
    assert value(found, Measure.PRECISION) is None
    assert value(found, Measure.MACRO_F1) == (0 if answers and answers[0].label == "timeout" else None)
    assert all(figure.interval is None for figure in found.figures.values() if figure.value is None)


def test_without_resampling_only_shares_have_intervals() -> None:
    figures = evaluated("rules", FEW, rounds=0).figures
    assert figures[Measure.MACRO_F1].interval is None
    assert figures[Measure.ACCURACY].interval is not None


def test_a_family_is_drawn_together() -> None:
    def width(*families: str) -> float:
        answers = [
            answered("timeout", "timeout" if number % 3 else "flaky_test", input=str(number), family=family)
            for number, family in enumerate(families)
        ]
        interval = evaluated("rules", answers).figures[Measure.MACRO_F1].interval
        assert interval is not None
        return interval[1] - interval[0]

    apart = [str(number) for number in range(90)]
    alike = [str(number % 3) for number in range(90)]
    assert width(*alike) > 2 * width(*apart)


def test_groups_have_the_largest_first() -> None:
    rows = grouped(FEW, lambda one: one.tool)
    assert [(row.group, row.inputs) for row in rows] == [("", 3), ("pytest", 3), ("curl", 2)]
    assert rows[2].figures[Measure.PRECISION].value == 0.5
    assert rows[0].figures[Measure.CONFIDENT_ERRORS].count == 1


ANSWER = st.builds(
    partial(answered, source_type=SourceType.TEXT),
    st.sampled_from(["timeout/test", "timeout", "flaky_test", "unclassified"]),
    st.sampled_from(["", "timeout", "timeout/test", "runtime_error"]),
    st.floats(0, 1),
    nothing_failed=st.booleans(),
    family=st.sampled_from(["", "a", "b"]),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(ANSWER, max_size=12))
def test_every_number_lies_in_its_interval_and_in_its_range(answers: list[Answered]) -> None:
    found = evaluated("rules", answers, rounds=10)
    for measure, figure in found.figures.items():
        if figure.value is not None:
            assert -1e-9 <= figure.value <= (2 if measure is Measure.BRIER else 1) + 1e-9
            low, high = figure.interval or (figure.value, figure.value)
            assert low - 1e-9 <= figure.value <= high + 1e-9
    assert sum(found.confusion.values()) == found.inputs
