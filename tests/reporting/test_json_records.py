from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from front_builders import HOSTILE, MISSING_MODULE, NOW, UNKNOWN, classified, error

from error_classification.models import Group, Report, RunContext, SourceType, TestCounts
from error_classification.reporting import json as records

FIELDS = [
    *("id", "error_hash", "hash_version", "source_type", "source", "line_start", "line_end", "rank", "outcome"),
    *("test_name", "file", "line", "framework", "job_name", "step_name", "stage", "target", "command", "exit_code"),
    *("error_text", "normalized_text", "primary_category", "subcategory", "confidence_score", "root_cause_summary"),
    *("judge", "reason", "evidence", "alternatives", "parameters", "count", "is_duplicate", "occurrence_count"),
    *("first_seen", "last_seen", "model_version", "usage"),
]


@pytest.mark.parametrize("answer", [MISSING_MODULE, UNKNOWN])
def test_a_classified_error_always_has_every_field_in_order(answer: object) -> None:
    assert list(records.classified(classified(answer))) == FIELDS  # type: ignore[arg-type]


def test_what_a_classified_error_says() -> None:
    record = records.classified(classified(test_name="t::a", exit_code=0, count=3, is_duplicate=True, occurrence_count=7))
    assert record["id"] == "e" * 32
    assert record["primary_category"] == "dependency_error"
    assert record["subcategory"] == "missing_module"
    assert record["confidence_score"] == 0.97
    assert record["evidence"] == [{"line": 120, "text": "ModuleNotFoundError: No module named 'numpy'"}]
    assert record["parameters"] == {"module": "numpy"}
    assert (record["exit_code"], record["count"], record["is_duplicate"], record["occurrence_count"]) == (0, 3, True, 7)
    assert record["first_seen"] == "2026-01-31T08:30:00.000000Z"
    assert record["usage"] == {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0, "cost_usd": 0.0}
    assert (record["stage"], record["file"], record["model_version"]) == (None, None, None)


def test_an_abstention_is_unclassified_with_its_reason() -> None:
    record = records.classified(classified(UNKNOWN))
    assert record["primary_category"] == "unclassified"
    assert (record["subcategory"], record["root_cause_summary"], record["confidence_score"]) == (None, None, 0.0)
    assert (record["judge"], record["reason"]) == ("rules", "no rule matches")


def test_the_job_of_the_run_stands_in_for_that_of_the_log() -> None:
    run = RunContext(job_name="build")
    assert records.classified(classified(run=run))["job_name"] == "build"
    assert records.classified(classified(run=run, job_name="from the log"))["job_name"] == "from the log"


def test_an_extracted_error_leaves_out_what_it_does_not_know() -> None:
    record = records.extracted(error(line_start=0, line_end=0, exit_code=0))
    assert list(record) == [name for name in FIELDS if name in record]
    assert {"line_start", "stage", "primary_category", "id"}.isdisjoint(record)
    assert (record["exit_code"], record["count"]) == (0, 1)


def test_reports_have_counts_only_where_there_are_tests() -> None:
    plain = records.report(Report("a.log", SourceType.JOB_LOG, ("cut off",)))
    junit = records.report(Report("a.xml", SourceType.JUNIT, counts=TestCounts(testcases=3, failed=1), damaged=True))
    assert plain == {"source": "a.log", "source_type": "job_log", "warnings": ["cut off"]}
    assert list(junit) == [*plain, "testcases", "failed", "errored", "skipped", "flaky", "notrun", "damaged"]
    assert (junit["testcases"], junit["damaged"]) == (3, True)


def test_groups() -> None:
    record = records.group(Group("ab", MISSING_MODULE, 4, NOW, NOW, NOW, "text"))
    assert (record["error_hash"], record["occurrence_count"], record["repo"]) == ("ab", 4, None)


def test_lines_are_ascii_and_round_trip() -> None:
    line = records.line(records.classified(classified(text=HOSTILE)))
    assert line.isascii()
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["error_text"] == HOSTILE


def test_indented_is_a_list() -> None:
    assert json.loads(records.indented([{"a": 1}, {"a": 2}])) == [{"a": 1}, {"a": 2}]
    assert json.loads(records.indented([])) == []


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00.000000Z"),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T00:00:00.000000Z"),
    ],
)
def test_timestamp(moment: datetime | None, text: str | None) -> None:
    assert records.timestamp(moment) == text
