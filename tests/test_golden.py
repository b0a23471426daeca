"""The recorded outputs of real tools, end to end: what failed is found and named, what passed stays silent.

The ``KNOWN_...`` tables list what is not right yet, each with what is given instead. A change that mends one, or breaks another,
shows up here.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from error_classification.classification.rules import RulesJudge
from error_classification.models import Artefact, ErrorClassification, Report
from error_classification.pipeline import run
from error_classification.redaction import Redactor
from error_classification.storage.memory import MemoryStore

SAMPLES = Path(__file__).parent.parent / "samples"
ROWS = [json.loads(line) for line in (SAMPLES / "labels.jsonl").read_text("utf-8").splitlines()]
JUDGE, REDACTOR = RulesJudge(), Redactor()

LOGS = "failing/job_log/"
KNOWN_WRONG = {
    "failing/junit/ctest-junit.xml": "assertion_failure",  # ctest writes a timeout as a failure without a message
    "failing/junit/surefire-junit-rerun.xml": "flaky_test",  # the flaky case stands before the failing one
}
KNOWN_SILENT = {LOGS + "terraform-fmt.log"}  # only a diff
KNOWN_NOISY = {"passing/job_log/git-green-noise.log"}  # a tolerated error as the last words of a script


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 1, 31, tzinfo=UTC)


@cache
def classified(file: str) -> tuple[list[ErrorClassification], Report]:
    data = (SAMPLES / file).read_bytes()
    artefact = Artefact(file, lambda: iter([data]), lambda: file)
    events = list(run([artefact], redactor=REDACTOR, judges=[JUDGE], store=MemoryStore(), clock=FixedClock()))
    report = events.pop()
    assert isinstance(report, Report)
    return [event for event in events if isinstance(event, ErrorClassification)], report


def failing(**wanted: str) -> list[Any]:
    rows = [row for row in ROWS if row["label"] != "none" and all(row[key] == value for key, value in wanted.items())]
    return [pytest.param(row, id=row["file"]) for row in rows]


def overlaps(error: ErrorClassification, ranges: list[list[int]]) -> bool:
    context = error.error.context
    return any(context.line_start <= last and context.line_end >= first for first, last in ranges)


@pytest.mark.parametrize("row", [param for kind in ("job_log", "buildkit", "text") for param in failing(kind=kind)])
def test_the_cause_is_among_what_is_found(row: dict[str, Any]) -> None:
    errors, report = classified(row["file"])
    found = not row["cause_lines"] or any(overlaps(error, row["cause_lines"]) for error in errors)
    assert found is (row["file"] not in KNOWN_SILENT)
    assert not report.damaged


@pytest.mark.parametrize("row", failing())
def test_the_first_error_has_the_label_of_the_failure_or_none(row: dict[str, Any]) -> None:
    errors, _ = classified(row["file"])
    answer = errors[0].category if errors else "unclassified"
    if row["file"] in KNOWN_WRONG:
        assert answer == KNOWN_WRONG[row["file"]]
    elif not row["ambiguous"]:
        assert answer in (row["label"].split("/")[0], "unclassified")


@pytest.mark.parametrize("row", [pytest.param(row, id=row["file"]) for row in ROWS if row["label"] == "none"])
def test_what_passed_is_silent(row: dict[str, Any]) -> None:
    errors, _ = classified(row["file"])
    assert bool(errors) is (row["file"] in KNOWN_NOISY)


def test_most_failures_get_an_answer() -> None:
    answers = [classified(row["file"])[0] for row in ROWS if row["label"] != "none"]
    answered = sum(bool(errors) and errors[0].category != "unclassified" for errors in answers)
    assert answered >= 0.9 * len(answers)


def test_evidence_is_verbatim_and_where_it_says() -> None:
    for row in ROWS:
        for error in classified(row["file"])[0]:
            lines = error.error.context.text.split("\n")
            for evidence in getattr(error.answer, "evidence", ()):
                assert evidence.text.rstrip("…").strip()[:200] in "\n".join(lines), (row["file"], evidence)
