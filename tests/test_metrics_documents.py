"""The documents of runs, jobs and steps, from records as GitHub sends them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    FingerprintedError,
    RunContext,
    SourceType,
    Verdict,
)
from error_classification.opensearch_schema.metric_fields import metric_mappings, metrics_body, metrics_template
from error_classification.opensearch_schema.metrics import (
    LONGEST_MESSAGES,
    STATUS_NUMBERS,
    UNSETTLED,
    Attempt,
    job_metrics,
    runner_prefix,
    step_metrics,
    workflow_metrics,
)

RUN: dict[str, Any] = {
    "id": 31,
    "name": "CI",
    "workflow_id": 7,
    "path": ".github/workflows/ci.yml",
    "run_number": 512,
    "run_attempt": 1,
    "event": "pull_request",
    "status": "completed",
    "conclusion": "failure",
    "head_branch": "feature",
    "head_sha": "abc",
    "actor": {"login": "ada"},
    "triggering_actor": {"login": "bob"},
    "created_at": "2026-03-01T23:50:00Z",
    "run_started_at": "2026-03-01T23:50:00Z",
    "updated_at": "2026-03-02T08:00:00Z",
}
JOB: dict[str, Any] = {
    "id": 41,
    "run_attempt": 1,
    "name": "test (3.11)",
    "status": "completed",
    "conclusion": "failure",
    "created_at": "2026-03-01T23:50:05Z",
    "started_at": "2026-03-01T23:51:00Z",
    "completed_at": "2026-03-02T00:03:30Z",
    "runner_name": "gpu-large-12",
    "runner_group_name": "gpus",
    "labels": ["self-hosted", "gpu"],
}
STEP: dict[str, Any] = {
    "name": "Run make test",
    "number": 3,
    "status": "completed",
    "conclusion": "failure",
    "started_at": "2026-03-01T23:59:59Z",
    "completed_at": "2026-03-02T00:00:01Z",
}


def attempt(*jobs: dict[str, Any], **run: Any) -> Attempt:
    return Attempt("acme/shop", RUN | run, jobs, "17")


def at(time: str) -> dict[str, str]:
    return {"@timestamp": f"{time}.000000Z"}


def error(answer: Verdict | Abstention) -> ErrorClassification:
    context = ErrorContext(SourceType.JOB_LOG, "a.log", "broken")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return ErrorClassification("id", FingerprintedError(context, "broken", "f" * 16, 1), RunContext(), answer, now, now)


def test_a_run() -> None:
    found = workflow_metrics(attempt(JOB, JOB | {"id": 42, "conclusion": "success"}))
    assert (found.kind, found.id) == ("workflow", "github-workflow-31-attempt-1")
    assert found.document == {
        "s_kind": "workflow",
        "s_repo": "acme/shop",
        "s_workflow_id": "31",
        "s_workflow_name": "CI",
        "s_workflow_definition_id": "7",
        "s_workflow_file": ".github/workflows/ci.yml",
        "l_run_number": 512,
        "s_event": "pull_request",
        "s_branch": "feature",
        "s_commit_sha": "abc",
        "s_pr_id": "17",
        "s_user_alias": "bob",
        "s_status": "failure",
        "s_conclusion": "failure",
        "l_status_number": 1,
        "l_attempt": 1,
        "l_retries": 0,
        "l_jobs": 2,
        "l_jobs_success": 1,
        "l_jobs_failure": 1,
        "l_jobs_cancelled": 0,
        "l_jobs_skipped": 0,
        "l_jobs_timed_out": 0,
        "l_jobs_other": 0,
        "ts_created_at": "2026-03-01T23:50:00.000000Z",
        "ts_started_at": "2026-03-01T23:50:00.000000Z",
        "ts_completed_at": "2026-03-02T00:03:30.000000Z",
        "f_duration_seconds": 810.0,
        "f_queue_seconds": 60.0,
        **at("2026-03-02T00:03:30"),
    }


def test_a_job() -> None:
    found = job_metrics(attempt(JOB), JOB, ["broken here", " and\nthere ", ""])
    assert (found.kind, found.id) == ("job", "github-job-41-attempt-1")
    own = {name: value for name, value in found.document.items() if name not in workflow_metrics(attempt(JOB)).document}
    assert own == {
        "s_job_id": "41",
        "s_job_name": "test (3.11)",
        "s_runner_name": "gpu-large-12",
        "s_runner_prefix": "gpu-large",
        "s_runner_group": "gpus",
        "s_labels": ["self-hosted", "gpu"],
        "l_annotation_count": 3,
        "s_annotation_messages": "broken here | and\nthere",
    }
    assert (found.document["f_duration_seconds"], found.document["f_queue_seconds"]) == (750.0, 55.0)
    assert {"s_branch": "feature", "l_status_number": 1}.items() <= found.document.items()


def test_a_step() -> None:
    found = step_metrics(attempt(JOB), JOB, STEP)
    assert (found.kind, found.id) == ("step", "github-step-41_3-attempt-1")
    wanted = {
        "s_step_id": "41_3",
        "l_step_number": 3,
        "s_step_name": "Run make test",
        "s_job_id": "41",
        "s_job_name": "test (3.11)",
        "s_job_conclusion": "failure",
        "s_workflow_id": "31",
        "f_duration_seconds": 2.0,
        **at("2026-03-02T00:00:01"),
    }
    assert wanted.items() <= found.document.items()
    assert "f_queue_seconds" not in found.document


@pytest.mark.parametrize(
    ("changed", "duration", "queue", "dated"),
    [
        pytest.param({}, 750.0, 55.0, "2026-03-02T00:03:30", id="across midnight"),
        pytest.param({"started_at": "2026-03-02T01:51:00+02:00"}, 750.0, 55.0, "2026-03-02T00:03:30", id="another zone"),
        pytest.param({"started_at": None}, None, None, "2026-03-02T00:03:30", id="never started"),
        pytest.param({"completed_at": None}, None, 55.0, "2026-03-01T23:51:00", id="no end"),
        pytest.param({"created_at": None}, 750.0, None, "2026-03-02T00:03:30", id="no time of creation"),
        pytest.param({"started_at": "", "completed_at": 7}, None, None, "2026-03-02T08:00:00", id="dated by its run"),
        pytest.param({"started_at": "2026-03-02T00:03:31Z"}, 0.0, 806.0, "2026-03-02T00:03:30", id="clocks disagree"),
        pytest.param({"started_at": "2026-03-01T23:51:00"}, None, None, "2026-03-02T00:03:30", id="no zone"),
        pytest.param({"conclusion": "skipped"}, None, None, "2026-03-02T00:03:30", id="skipped"),
        pytest.param({"conclusion": "cancelled"}, 750.0, 55.0, "2026-03-02T00:03:30", id="cancelled"),
    ],
)
def test_times_of_a_job(changed: dict[str, Any], duration: float | None, queue: float | None, dated: str) -> None:
    document = job_metrics(attempt(), JOB | changed).document
    assert (document.get("f_duration_seconds"), document.get("f_queue_seconds")) == (duration, queue)
    assert document["@timestamp"] == at(dated)["@timestamp"]


RERUN = {"run_attempt": 2, "run_started_at": "2026-03-03T10:00:00Z", "updated_at": "2026-03-03T10:30:00Z"}
TAKEN_OVER = JOB | {"id": 40, "run_attempt": 2}
AGAIN = JOB | {"run_attempt": 2, "started_at": "2026-03-03T10:00:20Z", "completed_at": "2026-03-03T10:05:00Z"}


@pytest.mark.parametrize(
    ("given", "duration", "queue", "ended"),
    [
        pytest.param(attempt(JOB), 810.0, 60.0, "2026-03-02T00:03:30", id="by its jobs"),
        pytest.param(attempt(), 29_400.0, None, "2026-03-02T08:00:00", id="without jobs"),
        pytest.param(attempt(run_started_at=None), 29_400.0, None, "2026-03-02T08:00:00", id="told by its creation"),
        pytest.param(attempt(TAKEN_OVER, AGAIN, **RERUN), 300.0, 20.0, "2026-03-03T10:05:00", id="again, one taken over"),
        pytest.param(attempt(TAKEN_OVER, **RERUN), 1800.0, None, "2026-03-03T10:30:00", id="again, all taken over"),
        pytest.param(attempt(AGAIN, run_attempt=2, run_started_at=None), None, None, "2026-03-03T10:05:00", id="when?"),
        pytest.param(attempt(JOB, status="in_progress", conclusion=None), None, 60.0, None, id="in progress"),
        pytest.param(attempt(JOB | {"conclusion": "skipped"}), 29_400.0, None, "2026-03-02T08:00:00", id="all skipped"),
    ],
)
def test_times_of_a_run(given: Attempt, duration: float | None, queue: float | None, ended: str | None) -> None:
    document = workflow_metrics(given).document
    queued = document.get("f_queue_seconds") if "run_started_at" in given.run else None
    assert (document.get("f_duration_seconds"), queued) == (duration, queue)
    assert document.get("ts_completed_at") == (ended and at(ended)["@timestamp"])
    assert document["@timestamp"] == at(ended or "2026-03-02T08:00:00")["@timestamp"]


@pytest.mark.parametrize(
    ("conclusion", "status", "shown", "number"),
    [
        ("success", "completed", "success", 0),
        ("failure", "completed", "failure", 1),
        ("cancelled", "completed", "cancelled", 4),
        ("skipped", "completed", "skipped", 5),
        ("a new one", "completed", "a new one", UNSETTLED),
        (None, "in_progress", "in_progress", UNSETTLED),
        (None, None, None, UNSETTLED),
    ],
)
def test_status(conclusion: str | None, status: str | None, shown: str | None, number: int) -> None:
    document = step_metrics(attempt(), JOB, STEP | {"conclusion": conclusion, "status": status}).document
    assert (document.get("s_status"), document.get("s_conclusion")) == (shown, conclusion)
    assert document["l_status_number"] == number


def test_the_numbers_of_conclusions_are_their_own() -> None:
    assert sorted(STATUS_NUMBERS.values()) == list(range(len(STATUS_NUMBERS)))


def test_attempts_have_identifiers_of_their_own() -> None:
    again = attempt(AGAIN, **RERUN)
    found = [workflow_metrics(again), job_metrics(again, AGAIN), step_metrics(again, AGAIN, STEP)]
    assert [each.id for each in found] == [
        "github-workflow-31-attempt-2",
        "github-job-41-attempt-2",
        "github-step-41_3-attempt-2",
    ]
    assert {(each.document["l_attempt"], each.document["l_retries"]) for each in found} == {(2, 1)}


def test_jobs_are_counted_by_conclusion() -> None:
    names = ("success", "failure", "skipped", "skipped", "timed_out", "neutral", None, "cancelled")
    document = workflow_metrics(attempt(*(JOB | {"conclusion": name} for name in names))).document
    counts = {name.removeprefix("l_jobs_"): value for name, value in document.items() if name.startswith("l_jobs_")}
    assert counts == {"success": 1, "failure": 1, "cancelled": 1, "skipped": 2, "timed_out": 1, "other": 2}
    assert document["l_jobs"] == sum(counts.values())


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("gpu-large-12", "gpu-large"),
        ("gpu-large-x7k2p", "gpu-large"),
        ("GitHub Actions 3", "GitHub Actions"),
        ("builder7", "builder"),
        ("mac-mini2", "mac-mini"),
        ("arc_runner_9fjq4_extra", "arc_runner"),
        ("build3-7", "build3"),
        ("host-1.example", "host"),
        ("laptop", "laptop"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_runners_of_one_kind(name: str, prefix: str) -> None:
    assert runner_prefix(name) == prefix
    assert job_metrics(attempt(), JOB | {"runner_name": name}).document.get("s_runner_prefix", "") == prefix


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (
            Verdict("rules", "dependency_error", "", 0.9, "numpy is missing"),
            {"s_error_type": "dependency_error", "s_error_summary": "numpy is missing", "f_error_confidence": 0.9},
        ),
        (Abstention("rules", "no rule"), {"s_error_type": "unclassified", "f_error_confidence": 0.0}),
    ],
)
def test_why_it_failed_is_all_that_classification_adds(answer: Verdict | Abstention, fields: dict[str, Any]) -> None:
    for without, told in (
        (job_metrics(attempt(), JOB), job_metrics(attempt(), JOB, error=error(answer))),
        (step_metrics(attempt(), JOB, STEP), step_metrics(attempt(), JOB, STEP, error(answer))),
    ):
        assert told.document == without.document | fields
        assert not fields.keys() & without.document.keys()


def test_annotations() -> None:
    assert "l_annotation_count" not in job_metrics(attempt(), JOB, None).document
    assert job_metrics(attempt(), JOB, []).document["l_annotation_count"] == 0
    document = job_metrics(attempt(), JOB, ["x" * LONGEST_MESSAGES, "y"]).document
    assert document["l_annotation_count"] == 2
    assert len(document["s_annotation_messages"]) == LONGEST_MESSAGES
    assert document["s_annotation_messages"].endswith("x…")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2026-01-01T00:00:00Z") | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["login", "id"]), inner, max_size=2),
    max_leaves=4,
)


def records(like: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(like, ANYTHING)).map(lambda odd: like | odd)


@given(records(RUN), records(JOB), records(STEP))
def test_records_that_hold_anything_give_documents_that_fit_the_mapping(
    run: dict[str, Any], job: dict[str, Any], step: dict[str, Any]
) -> None:
    whole = Attempt("acme/shop", run, (job,))
    for found in (workflow_metrics(whole), job_metrics(whole, job, ["\ud800"]), step_metrics(whole, job, step)):
        assert json.dumps(found.document, allow_nan=False).encode()
        assert not found.document.keys() - metric_mappings()["properties"].keys()
        for name, value in found.document.items():
            kind = {"s": str, "l": int, "f": float, "ts": str, "@timestamp": str}[name.partition("_")[0]]
            assert all(type(each) is kind for each in (value if name == "s_labels" else [value]))


def test_the_mapping_is_strict_and_follows_the_prefixes() -> None:
    mapping = metric_mappings()
    types = {"s": {"keyword", "text"}, "l": {"long"}, "f": {"double"}, "ts": {"date"}, "@timestamp": {"date"}}
    assert mapping["dynamic"] == "strict"
    assert all(value["type"] in types[name.partition("_")[0]] for name, value in mapping["properties"].items())
    assert mapping["properties"]["s_error_type"]["type"] == "keyword"


def test_templates_of_names_that_begin_alike_do_not_have_one_priority() -> None:
    short, long = metrics_template("ci"), metrics_template("ci-steps")
    assert short["priority"] < long["priority"]
    assert short["index_patterns"] == ["ci", "ci-*"]
    assert short["template"] == metrics_body()
