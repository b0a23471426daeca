"""All that was run, from a stand-in for GitHub: nothing twice, nothing missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from github_support import HOUR, START, Repository, repository

from error_classification.sources.github import GitHubError
from error_classification.sources.github.history import RunHistory
from stand_ins.github import annotation, garbage

END = START + 24 * HOUR
MONTH = timedelta(days=30)


@pytest.fixture
def here() -> Iterator[Repository]:
    with repository() as found:
        yield found


def history(here: Repository, warnings: list[str] | None = None) -> RunHistory:
    return RunHistory(here.client(), here.server.repo, ([] if warnings is None else warnings).append)


def found(here: Repository, **period: Any) -> list[int]:
    asked = {"since": START, "until": END, "lookback": MONTH} | period
    return [int(str(run["id"])) for run in history(here).completed(**asked)]


def test_completed_runs_in_the_order_of_their_changes(here: Repository) -> None:
    late = here.server.add_run(created_at=START + 5 * HOUR, conclusion="success")
    early = here.server.add_run(created_at=START + 2 * HOUR, conclusion="failure")
    here.server.add_run(created_at=START + HOUR, conclusion=None)
    assert found(here) == [early.id, late.id]
    assert found(here, until=START + 3 * HOUR) == [early.id]
    assert found(here, since=early.updated_at, until=late.updated_at) == [early.id], "the end is not part of a period"


@pytest.mark.parametrize(("conclusion", "days", "seen"), [("success", 0.9, True), ("success", 3, False), ("failure", 20, True)])
def test_runs_that_were_created_before_the_period(here: Repository, conclusion: str, days: float, seen: bool) -> None:
    run = here.server.add_run(created_at=START - timedelta(days=days), conclusion=conclusion)
    run.updated_at = START + HOUR
    assert found(here) == ([run.id] if seen else [])


def test_more_than_github_lists_at_once(here: Repository) -> None:
    here.server.switches.most_found = 1_000
    runs = [here.server.add_run(created_at=START + each * timedelta(seconds=40), conclusion="success") for each in range(1_203)]
    assert found(here) == [run.id for run in runs]


def test_jobs_by_attempt_without_those_that_run(here: Repository) -> None:
    run = here.server.add_run(created_at=START, attempt=2)
    jobs = [here.server.add_job(run, f"job {number}", attempt=1 + number % 2) for number in range(130)]
    here.server.add_job(run, "running", conclusion=None)
    (record,) = history(here).completed(START, END, MONTH)
    listed = history(here).jobs(record)
    assert {attempt: [job["id"] for job in each] for attempt, each in listed.items()} == {
        1: [job.id for job in jobs if job.attempt == 1],
        2: [job.id for job in jobs if job.attempt == 2],
    }


def test_annotations_are_asked_for_where_there_are_any(here: Repository) -> None:
    run = here.server.add_run(created_at=START, attempt=2)
    notes = [annotation("old node", level="warning"), annotation("broken")]
    earlier = here.server.add_job(run, attempt=1, annotations=notes[:1])
    later, without = here.server.add_job(run, annotations=notes), here.server.add_job(run)
    (record,) = history(here).completed(START, END, MONTH)
    jobs = [job for each in history(here).jobs(record).values() for job in each]
    said = history(here).annotations(record, jobs)
    assert said == {earlier.id: ("old node",), later.id: ("broken", "old node"), without.id: ()}
    assert here.asked("/annotations") == 2


def test_a_log_is_fetched_once_and_when_it_is_opened(here: Repository) -> None:
    run, job = here.failed()
    github = history(here)
    (record,) = github.completed(START, END, MONTH)
    artefact = github.log(record, github.jobs(record)[1][0], "17")
    assert here.asked("/logs") == 0
    assert b"".join(artefact.open()) == b"".join(artefact.open())
    assert here.asked("/logs") == 1
    (as_collected,) = here.source().artefacts()
    assert (artefact.name, artefact.digest()) == (as_collected.name, as_collected.digest())
    assert (artefact.context.workflow_id, artefact.context.job_id) == (str(run.id), str(job.id))
    assert as_collected.context.pr_id == ""
    assert artefact.context.ended_at == as_collected.context.ended_at


def test_what_is_no_list_of_runs(here: Repository) -> None:
    here.server.script(garbage(b'{"message": "hello"}'), at="GET */runs")
    with pytest.raises(GitHubError, match="is no list"):
        found(here)
