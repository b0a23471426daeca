"""``issues``, and ``batch --issues``, as they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Outcome, Program

from error_classification.storage.lock import locked
from stand_ins.github import GitHubServer, failure, forbidden, rate_limited

REPO = "me/project"
LINES = ("ModuleNotFoundError: No module named 'numpy'", "E: Unable to locate package libfoo-dev")


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer(REPO) as server:
        yield server


def variables(github: GitHubServer) -> dict[str, str]:
    return {"REPO": REPO, "GITHUB_TOKEN": github.switches.token, "GITHUB_API_URL": github.url}


def issues(run: Program, github: GitHubServer, *arguments: object, **environment: str | None) -> Outcome:
    return run("issues", "--threshold", "2", *arguments, **(variables(github) | environment))


@pytest.fixture
def stored(run: Program) -> None:
    """Two errors that occurred twice, and one that nobody knows."""
    for number in (1, 2):
        path = Path(f"{number}.log")
        path.write_text("".join(f"$ step\n{line}\n" for line in (*LINES, "Error: the gluons are out of flux")))
        assert run("classify", path, "--repo", REPO, "--run", number, "--quiet").code == 0


@pytest.mark.usefixtures("stored")
def test_issues_are_made_once(run: Program, github: GitHubServer) -> None:
    first, second = issues(run, github), issues(run, github)
    assert (first.code, second.code) == (0, 0)
    assert first.records[0]["repo"] == REPO
    assert [(done.records[0]["created"], done.records[0]["unchanged"]) for done in (first, second)] == [(2, 0), (0, 2)]
    assert first.err.count("created #") == 2
    assert len(github.world.issues) == 2
    assert second.err == ""


@pytest.mark.usefixtures("stored")
def test_a_dry_run_writes_nothing(run: Program, github: GitHubServer) -> None:
    done = issues(run, github, "--dry-run")
    assert (done.records[0]["created"], done.records[0]["dry_run"]) == (2, True)
    assert done.err.count("would create dependency_error/") == 2
    assert {request.method for request in github.requests} == {"GET"}


@pytest.mark.usefixtures("stored")
def test_quiet_says_nothing_but_the_product(run: Program, github: GitHubServer) -> None:
    done = issues(run, github, "--quiet")
    assert (done.err, len(done.records)) == ("", 1)


@pytest.mark.usefixtures("stored")
def test_the_threshold_and_the_repository_decide(run: Program, github: GitHubServer) -> None:
    assert run("issues", **variables(github)).records[0]["recurring"] == 0
    assert issues(run, github, "--threshold", "3").records[0]["recurring"] == 0
    assert github.world.issues == {}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (failure(410, "Issues are disabled for this repo"), "issues are disabled in me/project"),
        (failure(404, "Not Found"), "the token may not see it"),
        (forbidden(), "needs the permission `issues: write`"),
        (rate_limited(9e9), "API rate limit exceeded"),
    ],
)
def test_what_is_refused_is_one_line(run: Program, github: GitHubServer, reply: object, said: str) -> None:
    github.script(reply, at="GET */issues")  # type: ignore[arg-type]
    done = issues(run, github)
    assert done.code == 3
    (line,) = done.err.splitlines()
    assert line.startswith("not done: GitHub answered ")
    assert said in line
    assert said in done.records[0]["skipped"][0]["error"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"REPO": None}, "no repository is named (use --repo OWNER/NAME, or set REPO)"),
        ({"REPO": "project"}, "'project' is not the name of a repository"),
        ({"GITHUB_TOKEN": None}, "GITHUB_TOKEN is not set"),
    ],
)
def test_what_lacks_is_said(run: Program, github: GitHubServer, changed: dict[str, str | None], said: str) -> None:
    done = issues(run, github, **changed)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert github.requests == []


@pytest.mark.usefixtures("stored")
def test_one_run_at_a_time(run: Program, github: GitHubServer) -> None:
    with locked(run.store.with_name("issues.lock"), 0.0) as taken:
        assert taken
        done = issues(run, github)
    assert (done.code, done.records) == (0, [{"skipped": "another run is at work"}])
    assert done.err == "another issues run is at work: nothing to do here\n"
    assert github.requests == []


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("homes", ["one", "two"])
def test_two_at_once_leave_one_issue_an_error(run: Program, github: GitHubServer, homes: str) -> None:
    """On one machine by the lock; on two of them, which share a store, because the second looks again."""
    started = []
    for number in range(2):
        own = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        home = run.home if homes == "one" else run.home / str(number)
        environment = own | variables(github) | {"HOME": str(home), "ERROR_CLASSIFICATION_STORE": str(run.store)}
        command = [sys.executable, "-m", "error_classification", "issues", "--threshold", "2"]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait(60) for process in started] == [0, 0]
    found = [issue["body"].split()[2] for issue in github.world.issues.values() if issue["state"] == "open"]
    assert (len(found), len(set(found))) == (2, 2)


def test_the_hourly_job_keeps_them_too(run: Program, github: GitHubServer, log: Path) -> None:
    environment = variables(github)
    for number in range(10):
        run("classify", log, "--repo", REPO, "--run", number, "--quiet")
    done = run("batch", "--issues", log, **environment)
    assert done.code == 0
    assert done.records[0]["issues"]["created"] == 1
    assert "issues" not in run("batch", log, **environment).records[0]
    github.switches.has_issues = False
    assert run("batch", "--issues", log, **environment).code == 3
    assert run("batch", "--issues", log, **(environment | {"REPO": ""})).code == 2
