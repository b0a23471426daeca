"""How far the source got: what has to be read again, what ends the work, where the next run begins."""

from __future__ import annotations

import pytest
from github_support import HOUR, START, Repository, log_of, names, read

from error_classification.sources.github import RateLimitError
from error_classification.sources.github.source import SETTLING
from stand_ins.github import disconnect, failure, secondary_limit, server_error

DAY = 24 * HOUR


def test_the_next_run_begins_where_this_one_ended(repo: Repository) -> None:
    repo.failed(1)
    going_on = repo.server.add_run(created_at=START + HOUR, conclusion=None)
    source = repo.source(until=START + 6 * HOUR)
    assert source.covered_until == START
    assert len(read(source.artefacts())) == 1
    assert source.covered_until == START + 6 * HOUR - SETTLING
    going_on.conclusion, going_on.updated_at = "failure", START + 7 * HOUR
    job = repo.server.add_job(going_on, log=log_of("x"))
    source = repo.source(since=source.covered_until, until=START + 8 * HOUR)
    assert [artefact.context.job_id for artefact in source.artefacts()] == [str(job.id)]


def test_a_run_that_ended_a_moment_ago_is_read_now_and_again(repo: Repository) -> None:
    repo.failed(5.8)
    until = START + 6 * HOUR
    source = repo.source(until=until)
    for _ in range(2):
        assert len(read(source.artefacts())) == 1
        source = repo.source(since=source.covered_until, until=until + SETTLING)
    assert names(repo.source(since=until + SETTLING, until=until + HOUR)) == []


def test_what_is_covered_grows_with_each_run(repo: Repository) -> None:
    runs = [repo.failed(hours)[0] for hours in (1, 2, 3)]
    source = repo.source()
    seen = [source.covered_until for _ in source.artefacts()]
    assert seen == [run.updated_at for run in runs]


def test_a_log_that_is_not_given_today_is_read_the_next_time(repo: Repository) -> None:
    (first, _), (second, job), (third, _) = (repo.failed(hours) for hours in (1, 2, 3))
    repo.server.script(*[server_error()] * 4, at=f"GET */jobs/{job.id}/logs")
    source = repo.source()
    found = read(source.artefacts())
    assert ["answers 502" in str(text) for text in found.values()] == [False, True, False]
    assert source.covered_until == second.updated_at
    again = read(repo.source(since=source.covered_until).artefacts())
    assert [str(run.id) in name for run, name in zip((second, third), again, strict=True)] == [True, True]
    assert all(isinstance(text, bytes) for text in again.values())
    assert first.updated_at < source.covered_until


def test_a_log_that_fails_after_all_was_handed_out_counts_too(repo: Repository) -> None:
    (_, _), (second, job) = (repo.failed(hours) for hours in (1, 2))
    repo.server.script(*[disconnect()] * 4, at=f"GET */jobs/{job.id}/logs")
    source = repo.source()
    artefacts = list(source.artefacts())
    read(artefacts)
    assert source.covered_until == second.updated_at


def test_a_limit_ends_the_work_where_it_is(repo: Repository) -> None:
    runs = [repo.failed(hours)[0] for hours in range(5)]
    repo.server.script(None, secondary_limit(retry_after=900), at="GET */logs")
    source = repo.source()
    first, second = read(source.artefacts()).values()
    assert isinstance(first, bytes)
    assert "rate limit is reached until 2026-11-03 09:15:00 UTC" in str(second)
    assert source.covered_until == runs[1].updated_at


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_midway_ends_the_work(repo: Repository, status: int) -> None:
    runs = [repo.failed(hours)[0] for hours in range(3)]
    repo.server.script(None, failure(status, "Not for you"), at="GET */jobs")
    source = repo.source()
    first, second = read(source.artefacts()).values()
    assert isinstance(first, bytes)
    assert "Not for you" in str(second)
    assert source.covered_until == runs[1].updated_at


def test_a_github_that_is_down_is_not_asked_for_everything(repo: Repository) -> None:
    runs = [repo.failed(hours)[0] for hours in range(9)]
    repo.server.script(None, *[server_error()] * 99, at="GET */logs")
    source = repo.source()
    assert len(read(source.artefacts())) == 4
    assert source.covered_until == runs[1].updated_at


def test_no_list_no_work(repo: Repository) -> None:
    repo.failed()
    repo.server.script(secondary_limit(retry_after=900), at="GET */runs")
    source = repo.source()
    (artefact,) = source.artefacts()
    assert artefact.name == "acme/shop workflow runs"
    with pytest.raises(RateLimitError):
        artefact.open()
    assert source.covered_until == START


def test_a_run_that_was_deleted_meanwhile_is_said_and_passed_over(repo: Repository) -> None:
    repo.failed(1)
    repo.failed(2)
    repo.server.script(failure(404, "Not Found"), at="GET */jobs")
    source = repo.source()
    first, second = read(source.artefacts()).values()
    assert "answers 404" in str(first)
    assert isinstance(second, bytes)
    assert source.covered_until == START + DAY - SETTLING
