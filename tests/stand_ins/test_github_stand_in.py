"""The stand-in for GitHub answers as GitHub does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from stand_ins.claude import ManualClock
from stand_ins.github import GitHubServer, annotation, disconnect, rate_limited, secondary_limit, server_error

HOUR = timedelta(hours=1)


@pytest.fixture
def github(clock: ManualClock) -> Iterator[GitHubServer]:
    with GitHubServer(clock=clock) as started:
        yield started


def ask(github: GitHubServer, path: str, method: str = "GET", **options: object) -> requests.Response:
    """One request with the token; ``options`` are those of ``requests.request``."""
    given: dict[str, object] = {"headers": {"authorization": f"Bearer {github.switches.token}"}, "timeout": 5} | options
    url = f"{github.url}/repos/acme/shop/{path}"
    return requests.request(method, url, allow_redirects=False, **given)  # type: ignore[arg-type]


def test_lists_lead_from_page_to_page(github: GitHubServer) -> None:
    runs = [github.add_run() for _ in range(5)]
    first = ask(github, "actions/runs?per_page=2&created=>=2026-01-01T00:00:00Z")
    assert first.json()["total_count"] == 5
    assert set(first.links) == {"next", "last"}
    token = {"authorization": f"token {github.switches.token}"}
    second = requests.get(first.links["next"]["url"], headers=token, timeout=5)
    third = requests.get(second.links["next"]["url"], headers=token, timeout=5)
    assert set(third.links) == {"prev", "first"}
    listed = [run["id"] for page in (first, second, third) for run in page.json()["workflow_runs"]]
    assert listed == [run.id for run in reversed(runs)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("created=2026-11-02T10:00:00Z..2026-11-02T11:00:00Z", [1, 2]),
        ("created=>=2026-11-02T11:00:00Z", [2]),
        ("created=<=2026-11-02T09:00:00Z", [0]),
        ("status=failure", [0, 2]),
        ("status=in_progress", [1]),
    ],
)
def test_runs_are_filtered(github: GitHubServer, clock: ManualClock, query: str, found: list[int]) -> None:
    runs = [
        github.add_run(created_at=clock.now() + hours * HOUR, conclusion=conclusion)
        for hours, conclusion in enumerate(("failure", None, "failure"))
    ]
    listed = {run["id"] for run in ask(github, f"actions/runs?{query}").json()["workflow_runs"]}
    assert listed == {runs[index].id for index in found}


def test_a_filtered_list_ends_early(github: GitHubServer) -> None:
    github.switches.most_found = 2
    for _ in range(3):
        github.add_run()
    page = ask(github, "actions/runs?status=failure").json()
    assert (page["total_count"], len(page["workflow_runs"])) == (3, 2)


def test_jobs_of_all_attempts_or_the_latest(github: GitHubServer) -> None:
    run = github.add_run(attempt=2)
    jobs = [github.add_job(run, attempt=attempt) for attempt in (1, 2)]
    assert [job["id"] for job in ask(github, f"actions/runs/{run.id}/jobs").json()["jobs"]] == [jobs[1].id]
    assert ask(github, f"actions/runs/{run.id}/jobs?filter=all").json()["total_count"] == 2
    assert [job["id"] for job in ask(github, f"actions/runs/{run.id}/attempts/1/jobs").json()["jobs"]] == [jobs[0].id]
    assert ask(github, f"actions/runs/{run.id}/attempts/1").json()["run_attempt"] == 1
    assert ask(github, f"actions/runs/{run.id}/attempts/3").status_code == 404


def test_logs_come_from_another_host_that_wants_no_token(github: GitHubServer) -> None:
    job = github.add_job(github.add_run(), log=[b"half", b"whole"])
    first = ask(github, f"actions/jobs/{job.id}/logs").headers["location"]
    assert first.startswith(github.storage_url)
    assert requests.get(first, timeout=5).content == b"half"
    for _ in range(2):
        again = ask(github, f"actions/jobs/{job.id}/logs").headers["location"]
        assert requests.get(again, timeout=5).content == b"whole"
    assert requests.get(first, headers={"authorization": "Bearer x"}, timeout=5).status_code == 400
    job.log_status = 410
    assert ask(github, f"actions/jobs/{job.id}/logs").status_code == 410


def test_artifacts_are_zip_files(github: GitHubServer) -> None:
    run = github.add_run()
    artifact = github.add_artifact(run, "reports", {"a.xml": b"<x/>"})
    (listed,) = ask(github, f"actions/runs/{run.id}/artifacts").json()["artifacts"]
    assert listed["size_in_bytes"] == len(artifact.content)
    where = ask(github, f"actions/artifacts/{artifact.id}/zip").headers["location"]
    assert requests.get(where, timeout=5).content[:2] == b"PK"
    artifact.expired = True
    assert ask(github, f"actions/artifacts/{artifact.id}/zip").status_code == 410


def test_who_has_the_tag_gets_nothing_and_pays_nothing(github: GitHubServer) -> None:
    github.switches.requests_per_hour = 2
    run = github.add_run()
    first = ask(github, f"actions/runs/{run.id}")
    headers = dict(first.request.headers) | {"if-none-match": first.headers["etag"]}
    for _ in range(3):
        again = ask(github, f"actions/runs/{run.id}", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    run.conclusion = "success"
    assert ask(github, f"actions/runs/{run.id}", headers=headers).status_code == 200


def test_an_hour_has_so_many_requests(github: GitHubServer, clock: ManualClock) -> None:
    github.switches.requests_per_hour = 1
    assert ask(github, "actions/runs").headers["x-ratelimit-remaining"] == "0"
    refused = ask(github, "actions/runs")
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    clock.advance(int(refused.headers["x-ratelimit-reset"]) - clock.now().timestamp())
    assert ask(github, "actions/runs").status_code == 200


@pytest.mark.parametrize(
    ("private", "read_only", "token", "method", "status"),
    [
        (True, False, "", "GET", 404),
        (True, False, "wrong", "GET", 401),
        (False, False, "", "GET", 200),
        (False, False, "", "POST", 401),
        (True, True, "ghs_standInToken", "GET", 200),
        (True, True, "ghs_standInToken", "POST", 403),
    ],
)
def test_who_may_do_what(github: GitHubServer, private: bool, read_only: bool, token: str, method: str, status: int) -> None:
    github.switches.private, github.switches.read_only = private, read_only
    headers = {"authorization": f"Bearer {token}"} if token else {}
    assert ask(github, "issues/3/comments", method, headers=headers, json={"body": "hello"}).status_code == status


def test_comments_are_written_listed_and_changed(github: GitHubServer) -> None:
    created = ask(github, "issues/3/comments", "POST", json={"body": "first"})
    assert created.status_code == 201
    number = created.json()["id"]
    assert ask(github, f"issues/comments/{number}", "PATCH", json={"body": "second"}).status_code == 200
    assert [comment["body"] for comment in ask(github, "issues/3/comments").json()] == ["second"]
    assert ask(github, "issues/4/comments").json() == []
    assert ask(github, "issues/3/comments", "POST", json={"body": "x" * 65_537}).status_code == 422
    assert ask(github, f"issues/comments/{number}", "DELETE").status_code == 204
    assert github.world.comments == {}


def test_check_runs_gather_annotations_fifty_at_a_time(github: GitHubServer) -> None:
    def output(number: int) -> dict[str, object]:
        return {"title": "t", "summary": "s", "annotations": [annotation(str(index)) for index in range(number)]}

    start = {"name": "errors", "head_sha": "abc"}
    assert ask(github, "check-runs", "POST", json=start | {"output": output(51)}).status_code == 422
    check = ask(github, "check-runs", "POST", json=start | {"conclusion": "neutral", "output": output(50)}).json()
    assert check["status"] == "completed"
    changed = ask(github, f"check-runs/{check['id']}", "PATCH", json={"output": output(30)}).json()
    assert changed["output"]["annotations_count"] == 80
    listed = ask(github, f"check-runs/{check['id']}/annotations?per_page=100").json()
    assert len(listed) == 80
    assert ask(github, "commits/abc/check-runs?check_name=errors").json()["total_count"] == 1


def test_replies_are_played_once_where_they_belong(github: GitHubServer, clock: ManualClock) -> None:
    github.script(server_error(), secondary_limit(), rate_limited(clock.now().timestamp(), 429), None, at="GET */runs")
    github.script(disconnect(), at="GET */comments")
    answers = [ask(github, "actions/runs").status_code for _ in range(5)]
    assert answers == [502, 403, 429, 200, 200]
    with pytest.raises(requests.ConnectionError):
        ask(github, "issues/3/comments")
    assert ask(github, "issues/3/comments").status_code == 200


def test_nothing_stays_behind() -> None:
    before = set(threading.enumerate())
    with GitHubServer() as github, requests.Session() as session:
        session.get(github.url, timeout=5)
    assert set(threading.enumerate()) == before
