"""Failed jobs as artefacts: which ones, with what in them, and how far the source got."""

from __future__ import annotations

import os
import tracemalloc
from datetime import timedelta
from itertools import islice

import pytest
from github_support import HOUR, START, Repository, content, log_of, names, read

from error_classification.errors import InputError, UsageError
from error_classification.models import RunContext
from error_classification.sources.github import GitHubSource, listing
from stand_ins.github import annotation, failure

DAY = 24 * HOUR


def test_a_failed_job_with_all_that_is_known_of_it(repo: Repository) -> None:
    run = repo.server.add_run("Build", created_at=START, attempt=2, branch="topic", sha="a" * 40, actor="mona")
    run.pull_requests = [17]
    times = {"started_at": START, "completed_at": START + HOUR / 2}
    job = repo.server.add_job(run, "test (3.11)", attempt=1, log=log_of("E   assert 1 == 2"), **times)
    (artefact,) = repo.source().artefacts()
    assert artefact.name == f"acme/shop run {run.id} attempt 1 job {job.id} (test (3.11)).log"
    assert content(artefact) == log_of("E   assert 1 == 2")
    assert artefact.context == RunContext(
        repo="acme/shop",
        workflow_id=str(run.id),
        workflow_name="Build",
        job_id=str(job.id),
        job_name="test (3.11)",
        attempt=1,
        branch="topic",
        pr_id="17",
        commit_sha="a" * 40,
        user_alias="mona",
        ended_at=START + HOUR / 2,
    )


def test_jobs_of_all_attempts_in_the_order_of_the_runs_changes(repo: Repository) -> None:
    late = repo.server.add_run(created_at=START, minutes=90, attempt=2)
    early = repo.server.add_run(created_at=START + HOUR, minutes=1)
    expected = [repo.server.add_job(early)]
    second, first = (repo.server.add_job(late, attempt=attempt) for attempt in (2, 1))
    expected += [first, second]
    assert [artefact.context.job_id for artefact in repo.source().artefacts()] == [str(job.id) for job in expected]


@pytest.mark.parametrize(
    ("run", "job", "attempt", "wanted"),
    [
        ("failure", "failure", 1, True),
        ("failure", "timed_out", 1, True),
        ("failure", "startup_failure", 1, True),
        ("timed_out", "timed_out", 1, True),
        ("success", "failure", 2, True),
        ("cancelled", "failure", 1, True),
        ("success", "failure", 1, False),
        ("failure", "success", 1, False),
        ("failure", "skipped", 1, False),
        ("failure", "neutral", 1, False),
        ("cancelled", "cancelled", 1, False),
        (None, "failure", 1, False),
        ("failure", None, 1, False),
    ],
)
def test_which_jobs_have_failed(repo: Repository, run: str | None, job: str | None, attempt: int, wanted: bool) -> None:
    repo.server.add_job(repo.server.add_run(created_at=START, conclusion=run, attempt=attempt), conclusion=job)
    assert bool(names(repo.source())) is wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("The job running on runner r1 has exceeded the maximum execution time of 5 minutes.", True),
        ("Canceling since a higher priority waiting request for ci-main exists", False),
    ],
)
def test_a_cancelled_job_counts_if_its_time_was_up(repo: Repository, message: str, wanted: bool) -> None:
    run = repo.server.add_run(created_at=START, conclusion="cancelled")
    job = repo.server.add_job(run, conclusion="cancelled", annotations=[annotation(message)])
    never_began = {"conclusion": "cancelled", "completed_at": START, "annotations": [annotation(message)]}
    repo.server.add_job(run, **never_began)  # type: ignore[arg-type]
    assert [artefact.context.job_id for artefact in repo.source().artefacts()] == ([str(job.id)] if wanted else [])
    assert repo.asked("/annotations") == 1


def test_jobs_that_were_cancelled_because_another_failed_are_not_asked(repo: Repository) -> None:
    run, failed = repo.failed()
    for _ in range(3):
        repo.server.add_job(run, conclusion="cancelled")
    assert [artefact.context.job_id for artefact in repo.source().artefacts()] == [str(failed.id)]
    assert repo.asked("/annotations") == 0


def test_nothing_is_fetched_before_it_is_wanted_nor_twice(repo: Repository) -> None:
    for hours in range(3):
        repo.failed(hours)
    artefacts = list(repo.source().artefacts())
    assert repo.asked("/logs") == 0
    digests = {artefact.digest() for artefact in artefacts}
    for artefact in artefacts:
        assert content(artefact) == content(artefact)
        digests.add(artefact.digest())
    assert len(digests) == 1
    paths = [request.path for request in repo.server.requests if not request.path.endswith("/runs")]
    assert len(paths) == len(set(paths))
    assert len(repo.server.downloads) == 3


def test_two_readers_of_one_log_do_not_disturb_one_another(repo: Repository) -> None:
    _, job = repo.failed(log=log_of("x" * 700_000, "y" * 700_000))
    (artefact,) = repo.source().artefacts()
    whole = content(artefact)
    pairs = list(zip(artefact.open(), artefact.open(), strict=True))
    assert b"".join(left for left, _ in pairs) == b"".join(right for _, right in pairs) == whole == job.logs[0]


def test_a_failed_download_is_not_tried_again_by_who_asks_for_the_digest(repo: Repository) -> None:
    _, job = repo.failed(log_status=410)
    (artefact,) = repo.source().artefacts()
    for _ in range(2):
        with pytest.raises(InputError, match="has expired"):
            content(artefact)
    with pytest.raises(InputError, match="has expired"):
        artefact.digest()
    assert repo.asked(f"{job.id}/logs") == 1


@pytest.mark.parametrize(("listed", "event", "asked"), [([5], "pull_request", 0), ([], "push", 0), ([], "pull_request", 1)])
def test_the_pull_request_is_asked_for_where_only_the_commit_knows_it(
    repo: Repository, listed: list[int], event: str, asked: int
) -> None:
    repo.server.world.pull_requests["b" * 40] = [8]
    for hours in range(2):
        run = repo.server.add_run(created_at=START + hours * HOUR, sha="b" * 40, event=event, pull_requests=listed)
        repo.server.add_job(run)
    found = {artefact.context.pr_id for artefact in repo.source().artefacts()}
    assert found == {"5" if listed else "8" if asked else ""}
    assert repo.asked("/pulls") == asked


def test_a_commit_that_github_does_not_find_has_no_pull_request(repo: Repository) -> None:
    repo.server.add_job(repo.server.add_run(created_at=START, event="pull_request"))
    repo.server.script(failure(422, "No commit found for SHA"), at="GET */pulls")
    assert [artefact.context.pr_id for artefact in repo.source().artefacts()] == [""]


@pytest.mark.parametrize("name", ["\x1b[31mred\nsecond line\r", "../../etc/passwd", "x" * 5_000, "\ud800", "名前"])
def test_hostile_names_stay_on_a_line(repo: Repository, name: str) -> None:
    safe = name.encode("utf-8", "replace").decode()
    repo.failed(name=safe)
    (artefact,) = repo.source().artefacts()
    assert artefact.name.isprintable()
    assert len(artefact.name) < 300
    assert artefact.context.job_name == safe


@pytest.mark.parametrize(
    "repo_name", ["shop", "a/b/c", "../x", "acme/..", "acme/", "acme/shop?x=1", "", "acme/sh op", "acme/shop\n"]
)
def test_what_is_no_repository_is_refused(repo: Repository, repo_name: str) -> None:
    with pytest.raises(UsageError, match="OWNER/NAME"):
        GitHubSource(repo.client(), repo_name, START, START + DAY)


def test_a_run_that_failed_before_its_jobs(repo: Repository) -> None:
    run = repo.server.add_run("Broken", created_at=START, conclusion="startup_failure")
    said = annotation("Invalid workflow file: bad indentation", path=".github/workflows/ci.yml", line=3)
    run.suite_checks.append({"id": 77, "name": "ci.yml", "conclusion": "failure", "annotations": [said]})
    silent = repo.server.add_run("Silent", created_at=START + HOUR, conclusion="startup_failure")
    found = read(repo.source().artefacts())
    assert list(found) == [f"acme/shop run {run.id} (Broken)", f"acme/shop run {silent.id} (Silent)"]
    told, untold = found.values()
    assert isinstance(told, bytes)
    assert b"bad indentation" in told
    assert isinstance(untold, str)
    assert "does not tell why" in untold


def test_runs_are_found_by_their_last_change(repo: Repository) -> None:
    def run(created: float, updated: float) -> int:
        made = repo.server.add_run(created_at=START + created * HOUR, minutes=(updated - created) * 60)
        repo.server.add_job(made)
        return made.id

    run(-2, -0.01)
    run(30, 31)
    run(-24 * 31, 3)
    wanted = [run(-1, 0), run(-24 * 20, 1), run(5, 6)]
    run(23, 24)
    assert [int(artefact.context.workflow_id) for artefact in repo.source().artefacts()] == wanted


def test_more_runs_than_one_question_finds(repo: Repository) -> None:
    created = [START + timedelta(seconds=7 * number) for number in range(1_100)]
    runs = [repo.server.add_run(created_at=moment, minutes=1, conclusion="success") for moment in created]
    for run in runs[::100]:
        run.conclusion = "failure"
        repo.server.add_job(run)
    source = repo.source(artifacts=())
    found = [int(artefact.context.workflow_id) for artefact in islice(source.artefacts(), 11)]
    assert found == [run.id for run in runs[::100]]


def test_more_runs_than_github_owns_up_to(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its total is an estimate; that the answer is as long as answers get tells the same."""
    monkeypatch.setattr(listing, "_MOST_FOUND", 4)
    repo.server.switches.most_found, repo.server.switches.honest = 4, False
    for minutes in range(9):
        repo.failed(minutes / 60)
    assert len(names(repo.source(artifacts=()))) == 9


def test_logs_that_were_read_are_let_go(repo: Repository) -> None:
    run = repo.server.add_run(created_at=START)
    long = log_of("x" * (3 << 20))
    for number in range(30):
        repo.server.add_job(run, f"leg {number}", log=long)
    artefacts = repo.source().artefacts()
    content(next(artefacts))
    before = len(os.listdir("/dev/fd"))
    tracemalloc.start()
    assert all(content(artefact) for artefact in artefacts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * len(long)
    assert len(os.listdir("/dev/fd")) <= before + 2


def test_of_thousands_of_jobs_those_that_are_asked_for_are_fetched(repo: Repository) -> None:
    for hours in range(3):
        run = repo.server.add_run(created_at=START + hours * HOUR)
        for number in range(1_000):
            repo.server.add_job(run, f"leg {number}", log=log_of("x"))
    artefacts = repo.source().artefacts()
    assert all(content(artefact) for artefact in islice(artefacts, 5))
    assert (repo.asked("/logs"), repo.asked("/jobs")) == (5, 10)
    assert sum(1 for _ in artefacts) == 2_995
    assert repo.asked("/logs") == 5
