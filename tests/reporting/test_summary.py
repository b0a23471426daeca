from __future__ import annotations

from datetime import timedelta

import pytest
from front_builders import NOW, UNKNOWN, classified, error

from error_classification.models import Outcome, Report, SourceType
from error_classification.reporting.summary import RunTally, summary_line

REPORT = Report("a.log", SourceType.JOB_LOG)


def tally(*items: object) -> RunTally:
    counted = RunTally()
    for item in items:
        counted.add(item)  # type: ignore[arg-type]
    return counted


@pytest.mark.parametrize(
    ("counted", "stored", "line"),
    [
        (tally(), "x.db", "no errors found in 0 files"),
        (tally(REPORT), "", "no errors found in 1 file"),
        (tally(error(), REPORT), "", "1 error in 1 file"),
        (tally(error(), error(count=3), REPORT), "", "1 error (4 occurrences) in 1 file"),
        (
            tally(classified(), classified(is_duplicate=True, count=1199), classified(UNKNOWN, error_hash="b"), REPORT),
            "",
            "2 errors (1,201 occurrences) in 1 file: 1 dependency_error, 1 unclassified",
        ),
        (
            tally(classified(UNKNOWN, error_hash="a"), classified(error_hash="b"), classified(UNKNOWN, error_hash="c"), REPORT),
            "x.db",
            "3 errors in 1 file: 1 dependency_error, 2 unclassified · stored in x.db",
        ),
        (tally(classified(is_duplicate=True), REPORT), "", "1 error in 1 file: 1 dependency_error · 1 seen before"),
        (
            tally(classified(first_seen=NOW - timedelta(days=1)), REPORT),
            "",
            "1 error in 1 file: 1 dependency_error · 1 seen before",
        ),
    ],
)
def test_summary_line(counted: RunTally, stored: str, line: str) -> None:
    assert summary_line(counted, stored) == line


def test_what_repeats_inside_a_run_was_not_seen_before() -> None:
    assert tally(classified(), classified(is_duplicate=True)).seen_before == 0


def test_work_not_done_is_counted_by_input() -> None:
    counted = tally(REPORT)
    counted.skip("b.log", "gone")
    counted.skip("b.log", "store full")
    assert summary_line(counted) == "no errors found in 1 file · 1 not done"


def test_an_error_seen_before_is_counted_once() -> None:
    counted = tally(classified(is_duplicate=True), classified(is_duplicate=True), classified(error_hash="b"), REPORT)
    assert summary_line(counted) == "2 errors (3 occurrences) in 1 file: 2 dependency_error · 1 seen before"


def test_record() -> None:
    flaky = classified(UNKNOWN, error_hash="b", outcome=Outcome.FLAKY)
    counted = tally(classified(), flaky, Report("x", SourceType.TEXT, ("w",)))
    counted.skip("b.log", "gone")
    assert counted.record("") == {
        "files": 1,
        "errors": 2,
        "groups": 2,
        "by_category": {"dependency_error": 1, "unclassified": 1},
        "flaky": 1,
        "seen_before": 0,
        "warnings": 1,
        "skipped": [{"source": "b.log", "error": "gone"}],
        "stored": None,
    }
