"""The hourly job, against stand-ins for GitHub and Claude."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Outcome, Program

from error_classification.storage.lock import locked
from error_classification.storage.watermarks import Watermarks
from stand_ins.claude import ClaudeServer, message
from stand_ins.github import GitHubServer, server_error

STAMP = "2026-01-02T03:04:05.1234567Z "
REPO = "acme/shop"


def log(error: str) -> bytes:
    lines = ["##[group]Run make", "##[endgroup]", f"##[error]{error}", "##[error]Process completed with exit code 1."]
    return "".join(f"{STAMP}{line}\n" for line in (*lines, "Cleaning up orphan processes")).encode()


KNOWN = "ModuleNotFoundError: No module named 'numpy'"
STRANGE = "the flux is out of gluons"


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer(REPO) as server:
        yield server


def failed(github: GitHubServer, *errors: str, hours_ago: float = 2, **more: Any) -> None:
    """A run with a failed job for each error."""
    run = github.add_run(created_at=datetime.now(UTC) - timedelta(hours=hours_ago), **more)
    for number, error in enumerate(errors):
        github.add_job(run, f"job {number}", log=log(error))


def batch(run: Program, github: GitHubServer, *options: str, **more: str) -> Outcome:
    known = {"REPO": REPO, "GITHUB_TOKEN": github.switches.token, "GITHUB_API_URL": github.url}
    return run("batch", *options, **(known | more))


def summary(done: Outcome) -> dict[str, Any]:
    (line,) = done.out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def stats(run: Program) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("stats", "--format", "json").out)
    return found


def test_what_failed_is_collected_classified_and_stored(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN, STRANGE)
    done = batch(run, github)
    found = summary(done)
    assert done.code == 0
    assert (found["errors"], found["new"], found["by_category"]) == (2, 2, {"dependency_error": 1, "unclassified": 1})
    assert stats(run)["occurrences"] == 2
    assert REPO in run("analyze", "--repo", REPO).out.splitlines()[0]


def test_twice_is_once(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    assert summary(batch(run, github))["new"] == 1
    again = summary(batch(run, github))
    assert (again["errors"], again["new"]) == (1, 0)
    assert stats(run)["occurrences"] == 1


def test_a_missed_hour_is_caught_up(run: Program, github: GitHubServer) -> None:
    folder = run.home / ".local" / "share" / "error-classification"
    folder.mkdir(parents=True)
    Watermarks(folder / "watermarks.sqlite3").set(f"github {github.url} {REPO}", datetime.now(UTC) - timedelta(hours=9))
    failed(github, KNOWN, hours_ago=5)
    failed(github, STRANGE, hours_ago=12)
    assert summary(batch(run, github, "--hours", "1"))["by_category"] == {"dependency_error": 1}
    failed(github, STRANGE, hours_ago=4)
    assert summary(batch(run, github, "--hours", "1"))["errors"] == 0, "all before now was read"


def test_what_could_not_be_read_is_read_by_the_next_run(
    run: Program, github: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: None)
    failed(github, KNOWN, hours_ago=5)
    github.script(*[server_error(502)] * 4, at="GET */logs")
    done = batch(run, github, "--hours", "6")
    assert (done.code, summary(done)["errors"]) == (3, 0)
    assert done.err.count("not done: ") == 1
    later = batch(run, github, "--hours", "1")
    assert (later.code, summary(later)["new"]) == (0, 1)


def test_claude_is_asked_where_a_key_is_configured(run: Program, github: GitHubServer) -> None:
    said = {
        "evidence": [STRANGE],
        "reason": "it says so",
        "root_cause": "The gluons ran out",
        "category": "resource_exhaustion",
        "subcategory": "",
        "confidence": 0.9,
    }
    failed(github, STRANGE, KNOWN)
    with ClaudeServer(lambda request: message(said)) as claude:
        done = batch(run, github, ANTHROPIC_API_KEY="test-key", API_BASE_URL=claude.url)
        assert summary(done)["by_category"] == {"dependency_error": 1, "resource_exhaustion": 1}
        assert summary(done)["cost_usd"] > 0
        assert len(claude.asked) == 1
        batch(run, github, "--judges", "rules", ANTHROPIC_API_KEY="test-key", API_BASE_URL=claude.url)
        assert len(claude.asked) == 1


def test_one_run_at_a_time(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    folder = run.home / ".local" / "share" / "error-classification"
    folder.mkdir(parents=True)
    with locked(folder / "batch.lock", 0.0) as taken:
        assert taken
        done = batch(run, github)
        assert (done.code, summary(done)) == (0, {"skipped": "another run is at work"})
    assert summary(batch(run, github))["new"] == 1


def test_files_instead_of_a_service(run: Program, github: GitHubServer) -> None:
    Path("a.log").write_bytes(log(KNOWN))
    assert summary(run("batch", "a.log"))["by_category"] == {"dependency_error": 1}


@pytest.mark.parametrize(
    ("variables", "options", "said"),
    [
        ({"GITHUB_TOKEN": ""}, [], "no source is configured: GITHUB_TOKEN is not set ("),
        ({"REPO": "no-owner"}, [], "is no repository"),
        ({}, ["--message-batches"], "needs Claude among the judges"),
    ],
)
def test_what_lacks_is_said(
    run: Program, github: GitHubServer, variables: dict[str, str], options: list[str], said: str
) -> None:
    done = batch(run, github, *options, **variables)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_token_that_is_refused(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    done = batch(run, github, GITHUB_TOKEN="wr0ng-token")
    assert done.code == 3
    assert "wr0ng-token" not in done.err + done.out
    assert "not done: " in done.err
