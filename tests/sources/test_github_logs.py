"""Logs that are whole, partial, gone; annotations in their place; no failure twice."""

from __future__ import annotations

import json

import pytest
from github_support import HOUR, START, Repository, content, log_of, read

from error_classification import pipeline
from error_classification.models import FingerprintedError, Report, SourceType
from error_classification.redaction import Redactor
from error_classification.sources.github.spool import CHUNK
from stand_ins.github import annotation, failure, forbidden

CAUSE = "ValueError: the basket is empty"
EXIT = "Process completed with exit code 1."


@pytest.mark.parametrize(
    ("status", "reason"), [(410, "has expired"), (404, "is gone, or not there yet"), (403, "may not be read with this token")]
)
def test_annotations_take_the_place_of_a_log_that_is_gone(repo: Repository, status: int, reason: str) -> None:
    notes = [annotation(CAUSE, path="shop/basket.py", line=12), annotation("slow", level="warning"), annotation(EXIT)]
    _, job = repo.failed(log_status=status, annotations=notes)
    source = repo.source()
    (artefact,) = source.artefacts()
    said = json.loads(content(artefact))
    assert (said["name"], [item["message"] for item in said["annotations"]]) == (job.name, [CAUSE, EXIT])
    assert source.warnings == [f"{artefact.name}: the log {reason}: its annotations are read instead"]
    assert source.covered_until > START


def test_annotations_of_a_job_that_the_extraction_understands(repo: Repository) -> None:
    repo.failed(log_status=410, annotations=[annotation(CAUSE, path="shop/basket.py", line=12), annotation(EXIT)])
    *errors, report = pipeline.find(repo.source().artefacts(), Redactor())
    assert isinstance(report, Report)
    assert report.source_type is SourceType.GITHUB_ANNOTATION
    assert [error.context.text for error in errors if isinstance(error, FingerprintedError)] == [CAUSE]


def test_annotations_on_several_pages(repo: Repository) -> None:
    repo.failed(log_status=410, annotations=[annotation(f"failure {number}") for number in range(250)])
    (artefact,) = repo.source().artefacts()
    assert len(json.loads(content(artefact))["annotations"]) == 250
    assert repo.asked("/annotations") == 3


@pytest.mark.parametrize("notes", [[], [annotation("slow", level="warning")]])
def test_nothing_left_is_said(repo: Repository, notes: list[dict[str, object]]) -> None:
    _, job = repo.failed(log_status=410, annotations=notes)
    source = repo.source()
    (said,) = read(source.artefacts()).values()
    assert isinstance(said, str)
    assert f"job {job.id} (test).log: the log has expired, and there are no annotations" in said
    assert source.covered_until > START


def test_an_empty_log_is_none(repo: Repository) -> None:
    repo.failed(log=b"", annotations=[annotation(CAUSE)])
    source = repo.source()
    (artefact,) = source.artefacts()
    assert CAUSE.encode() in content(artefact)
    assert "the log is empty: its annotations are read instead" in source.warnings[0]


def test_a_whole_log_is_read_once_and_alone(repo: Repository) -> None:
    repo.failed(log=log_of(CAUSE), annotations=[annotation(CAUSE)])
    source = repo.source()
    (artefact,) = source.artefacts()
    assert content(artefact) == log_of(CAUSE)
    assert (repo.asked("/logs"), repo.asked("/annotations"), source.warnings) == (1, 0, [])


def test_a_log_whose_last_line_is_as_late_as_the_job_is_whole(repo: Repository) -> None:
    """Runners that clean nothing up have no last words."""
    late = log_of(CAUSE, end=False).replace(b"09:00:0", b"09:09:5")
    repo.failed(log=late)
    (artefact,) = repo.source().artefacts()
    assert content(artefact) == late
    assert repo.asked("/logs") == 1


def test_a_partial_log_is_read_again(repo: Repository) -> None:
    whole = log_of(CAUSE)
    repo.failed(log=[whole[:60], whole])
    source = repo.source()
    (artefact,) = source.artefacts()
    assert content(artefact) == whole
    assert (repo.asked("/logs"), source.warnings) == (2, [])


def test_a_log_that_stays_partial_is_completed_by_annotations(repo: Repository) -> None:
    partial = log_of(CAUSE, end=False)
    lost = "TypeError: nobody pays\nat checkout"
    repo.failed(log=partial, annotations=[annotation(CAUSE), annotation(lost), annotation("slow", level="warning")])
    source = repo.source()
    (artefact,) = source.artefacts()
    text = content(artefact)
    assert text.startswith(partial)
    assert text.count(CAUSE.encode()) == 1
    assert text.endswith(b"\n##[error]TypeError: nobody pays\nat checkout\n")
    assert (repo.asked("/logs"), repo.asked("/annotations")) == (2, 1)
    assert source.warnings == [f"{artefact.name}: the log lacks its end: 1 annotations are read with it"]


@pytest.mark.parametrize("before", range(CHUNK - 40, CHUNK + 5, 7))
def test_annotations_are_found_wherever_the_log_holds_them(repo: Repository, before: int) -> None:
    partial = b"x" * before + b"\n" + CAUSE.encode() + b"\n" + b"y" * CHUNK
    repo.failed(log=partial, annotations=[annotation(CAUSE)])
    (artefact,) = repo.source().artefacts()
    assert content(artefact) == partial


def test_no_failure_of_a_partial_log_counts_twice(repo: Repository) -> None:
    partial = log_of(f"E   {CAUSE}", end=False)
    notes = [annotation(CAUSE), annotation(f"test_pay failed\n{CAUSE}"), annotation(EXIT)]
    repo.failed(log=partial, annotations=notes)
    *errors, report = pipeline.find(repo.source().artefacts(), Redactor())
    assert isinstance(report, Report)
    (error,) = errors
    assert isinstance(error, FingerprintedError)
    assert CAUSE in error.context.text


@pytest.mark.parametrize("notes", [[], [annotation(CAUSE), annotation(EXIT)]])
def test_a_partial_log_to_which_nothing_is_known_is_used_as_it_is(repo: Repository, notes: list[dict[str, object]]) -> None:
    partial = log_of(CAUSE, end=False)
    repo.failed(log=partial, annotations=notes)
    source = repo.source()
    (artefact,) = source.artefacts()
    assert content(artefact) == partial
    assert source.warnings == [f"{artefact.name}: the log lacks its end"]


def test_a_partial_log_is_used_though_annotations_may_not_be_read(repo: Repository) -> None:
    partial = log_of(CAUSE, end=False)
    repo.failed(log=partial)
    repo.server.script(forbidden(), at="GET */annotations")
    (artefact,) = repo.source().artefacts()
    assert content(artefact) == partial


def test_neither_log_nor_annotations_may_be_read(repo: Repository) -> None:
    repo.failed()
    repo.server.script(failure(403, "no"), at="GET */logs")
    repo.server.script(forbidden(), at="GET */annotations")
    source = repo.source()
    (said,) = read(source.artefacts()).values()
    assert "Resource not accessible by integration" in str(said)
    assert "needs read access" in str(said)
    assert source.covered_until < START + (source.until - START) / 2


def test_a_token_that_may_not_read_checks_is_not_stopped_by_an_expired_log(repo: Repository) -> None:
    run, _ = repo.failed(log_status=410)
    repo.failed(1)
    repo.server.add_run(created_at=START, conclusion="startup_failure")
    cancelled = repo.server.add_run(created_at=START, conclusion="cancelled")
    repo.server.add_job(cancelled, conclusion="cancelled")
    repo.server.script(*[forbidden()] * 9, at="GET */annotations")
    repo.server.script(*[forbidden()] * 9, at="GET */check-runs")
    source = repo.source()
    expired, startup, log = read(source.artefacts()).values()
    assert "has expired, and there are no annotations" in str(expired)
    assert "does not tell why" in str(startup)
    assert isinstance(log, bytes)
    assert source.covered_until > run.updated_at + 2 * HOUR


def test_a_public_repository_without_a_token(repo: Repository) -> None:
    repo.server.switches.private = False
    run, _ = repo.failed(annotations=[annotation(CAUSE)])
    repo.server.add_artifact(run, "reports", {"a.xml": b"<testsuite/>"})
    source = repo.source(client=repo.client(token=""))
    log, reports = read(source.artefacts()).values()
    assert isinstance(log, bytes)
    assert CAUSE.encode() in log
    assert "Must have admin rights" in str(reports)
    assert source.covered_until > run.updated_at
    assert "may not be read with this token" in source.warnings[0]
