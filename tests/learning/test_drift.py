from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.learning.drift import comparisons, difference, drift
from error_classification.learning.evaluation.intervals import Z95, ratio
from error_classification.models import Abstention, Group, Verdict
from error_classification.ports import JudgedGroup
from error_classification.reporting.evaluation import Figure

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EARLY, LATE = NOW - timedelta(days=60), NOW - timedelta(days=3)


def said(judge: str, category: str) -> Verdict | Abstention:
    return Verdict(judge, category, "", 0.9, "cause") if category else Abstention(judge, "no rule matches")


def labelled(truth: str, seen: datetime, **answers: str) -> JudgedGroup:
    human = Verdict("human", truth, "", 1.0, "cause")
    group = Group("a" * 16, human, 1, seen, seen, NOW)
    return JudgedGroup(group, tuple(said(judge, category) for judge, category in answers.items()))


def period(seen: datetime, right: int, wrong: int, judge: str = "rules") -> list[JudgedGroup]:
    """So many errors that the judge called a timeout."""
    return [
        labelled("timeout" if number < right else "flaky_test", seen, **{judge: "timeout"}) for number in range(right + wrong)
    ]


@pytest.mark.parametrize(
    ("before", "now", "alarm"),
    [
        ((190, 10), (70, 30), True),
        ((95, 5), (94, 6), False),  # hardly a fall
        ((190, 10), (184, 16), False),  # less than five points
        ((9, 1), (6, 4), False),  # thirty points, but of ten labels
        ((1, 0), (0, 1), False),
        ((2, 0), (0, 2), False),
        ((9, 0), (0, 9), False),
        ((10, 0), (0, 10), True),
        ((3000, 0), (2880, 120), False),  # surely a fall, but of four points
        ((3000, 0), (2820, 180), True),
        ((70, 30), (95, 5), False),  # a rise
        ((0, 0), (0, 50), False),  # nothing to compare with
        ((50, 0), (0, 0), False),
    ],
)
def test_alarms(before: tuple[int, int], now: tuple[int, int], alarm: bool) -> None:
    found = drift([*period(EARLY, *before), *period(LATE, *now)], NOW)
    assert bool(found.alarms) is alarm
    assert found.labelled == sum(before) + sum(now)


def test_what_an_alarm_says() -> None:
    [one] = drift([*period(EARLY, 190, 10), *period(LATE, 70, 30)], NOW).alarms
    assert (one.judge, one.category) == ("rules", "timeout")
    assert (one.before.value, one.now.value, one.now.of) == (0.95, 0.7, 100)
    assert one.change.value == pytest.approx(-0.25)


def test_what_is_recent_is_for_the_user_to_say() -> None:
    groups = [*period(EARLY, 190, 10), *period(LATE, 70, 30)]
    assert drift(groups, NOW, days=5).alarms
    assert not drift(groups, NOW, days=2).categories
    assert not drift(groups, NOW, days=90).categories


def test_the_more_is_compared_the_more_an_alarm_takes() -> None:
    groups = [*period(EARLY, 190, 10), *period(LATE, 88, 12)]
    others = [
        group
        for number in range(12)
        for group in (*period(EARLY, 50, 50, f"judge{number}"), *period(LATE, 50, 50, f"judge{number}"))
    ]
    assert drift([*groups, *period(LATE, 0, 0)], NOW).categories[0].alarm
    assert not drift([*groups, *others], NOW).alarms


def test_who_said_what() -> None:
    groups = [
        labelled("timeout", LATE, rules="timeout", model="flaky_test", llm=""),
        JudgedGroup(Group("b" * 16, said("rules", "timeout"), 1, LATE, LATE, NOW), (said("rules", "timeout"),)),
        JudgedGroup(Group("c" * 16, said("rules", ""), 1, LATE, LATE, NOW), ()),
        labelled("timeout", LATE, human="timeout"),
    ]
    assert [(one.judge, one.category, one.is_right) for one in comparisons(groups)] == [
        ("rules", "timeout", True),
        ("model", "flaky_test", False),
    ]
    assert drift(groups, NOW).labelled == 2


def test_periods_are_of_equal_length_and_the_latest_is_first() -> None:
    groups = [*period(NOW - timedelta(days=1), 3, 1), *period(NOW - timedelta(days=45), 1, 1), *period(NOW, 9, 9)]
    found = drift(groups, NOW, days=30).periods
    assert [((NOW - one.since).days, (NOW - one.until).days, one.right.value) for one in found] == [(30, 0, 0.75), (60, 30, 0.5)]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10, cases (a), (b), (e), (g)
        ((48, 80), (56, 70), (0.0524, 0.3339)),
        ((3, 10), (9, 10), (0.1705, 0.8090)),
        ((0, 29), (5, 56), (-0.0381, 0.1926)),
        ((0, 10), (10, 10), (0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference(before: tuple[int, int], now: tuple[int, int], expected: tuple[float, float]) -> None:
    assert difference(ratio(*before), ratio(*now), Z95).interval == pytest.approx(expected, abs=5e-5)


def test_no_difference_from_nothing() -> None:
    assert difference(ratio(0, 0), ratio(1, 2), Z95) == difference(ratio(1, 2), ratio(0, 0), Z95) == Figure()


COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(any)


@settings(deadline=None)
@given(COUNTS, COUNTS, st.floats(0.5, 4))
def test_a_difference_lies_in_its_interval(before: tuple[int, int], now: tuple[int, int], z: float) -> None:
    found = difference(ratio(before[0], sum(before)), ratio(now[0], sum(now)), z)
    assert found.value is not None
    assert found.interval is not None
    assert -1 - 1e-9 <= found.interval[0] <= found.value + 1e-9
    assert found.value - 1e-9 <= found.interval[1] <= 1 + 1e-9


@pytest.mark.parametrize("groups", [[], [labelled("timeout", LATE, rules="")]])
def test_nothing_to_compare(groups: list[JudgedGroup]) -> None:
    found = drift(groups, NOW)
    assert (found.periods, found.categories, found.alarms) == ((), (), ())
