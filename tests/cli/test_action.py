"""The action and the example workflow, step by step, with bash, against a stand-in for GitHub."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from actions_runner import ACTION, EXAMPLE, GITLAB_EXAMPLE, ROOT, Runner, path_with
from ci_jobs import MISSING, UNRESOLVED, Job
from cli_runner import Program

from error_classification.publishing.comments import marker
from stand_ins.github import GitHubServer


@pytest.fixture
def job(run: Program) -> Iterator[Job]:
    with GitHubServer("acme/shop") as server:
        yield Job(run, server, Path.cwd())


@pytest.fixture
def runner(job: Job, tmp_path: Path) -> Runner:
    """The runner of a job that has failed; its token is that of the stand-in."""
    folder = tmp_path / "runner"
    variables = {name: value for name, value in job.variables.items() if value is not None}
    token = variables.pop("GITHUB_TOKEN")
    home = {"HOME": str(tmp_path), "RUNNER_TEMP": str(folder), "PATH": path_with(sys.executable)}
    return Runner(folder, job.folder, variables | home, {"github.token": token, "github.job": "test"})


def test_the_action_says_why(runner: Runner, job: Job) -> None:
    job.file("src/main.py", "")
    job.file("build-logs/app.log", MISSING)
    install, classify = runner.action(python=runner.python())
    assert (install.code, classify.code) == (0, 0)
    assert (install.out, install.err) == ("", "")
    assert runner.installed == f"-m pip install --quiet --disable-pip-version-check {ROOT}\n"
    assert "src/main.py:3" in job.summary
    assert job.comments[0].startswith(marker("CI", "test"))
    assert len(job.server.world.check_runs) == 1
    outputs = {name: runner.filled(spec["value"]) for name, spec in ACTION["outputs"].items()}
    assert outputs == {"errors": "1", "category": "dependency_error", "subcategory": "missing_module", "retryable": "false"}


def test_every_input_arrives(runner: Runner, job: Job) -> None:
    job.file("my logs/app.log", MISSING)
    job.file("other.log", UNRESOLVED)
    runner.contexts |= {"matrix.*": "3.12, linux", "job.check_run_id": "4711"}
    paths = "\n  my logs/*.log\n\n$(touch pwned)\nother.log\n"
    inputs = {"comment": "false", "annotations": "false", "fail_on": "network_error", "store": "kept.sqlite3"}
    more = {"version": "1.2.3", "anthropic_api_key": "k", "judges": "rules", "threshold": "all"}
    _, classify = runner.action(python=runner.python(), paths=paths, **inputs, **more)
    assert classify.code == 1
    assert runner.installed.endswith(" error-classification[claude]==1.2.3\n")
    assert not (job.folder / "pwned").exists()
    assert "not done: $(touch pwned): No such file" in classify.err
    assert "### 2 errors in `test (3.12, linux)`" in job.summary
    assert (job.comments, job.server.requests, classify.out) == ([], [], "")
    shown = job.run("stats", "--store", "kept.sqlite3", "--format", "json")
    assert '"acme/shop"' in shown.out


def test_what_cannot_be_installed_turns_nothing_red(runner: Runner, job: Job) -> None:
    job.file("build-logs/app.log", MISSING)
    for python in ("no-such-python", "false"):
        (install,) = runner.action(python=python)
        assert install.code == 0
        assert install.out.startswith("::warning title=error-classification::it could not be installed")
    assert job.summary == ""


def test_nothing_of_a_user_is_put_into_a_script() -> None:
    """What stands in an expression is filled in before bash reads it: it would be run."""
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])


def test_a_run_that_looks_at_another_one_does_not_take_its_job(runner: Runner, job: Job) -> None:
    job.file("build-logs/app.log", MISSING)
    runner.variables = {**runner.variables, "GITHUB_EVENT_NAME": "workflow_run"}
    runner.contexts["github.job"] = "explain"
    runner.action(python=runner.python(), comment="false")
    assert "explain" not in job.summary


def test_the_example_from_its_failing_test_to_the_comment(runner: Runner, job: Job) -> None:
    job.file("test_shop.py", "def test_total():\n    assert 3 == 4\n")
    steps = EXAMPLE["jobs"]["test"]["steps"]
    tests = next(step for step in steps if step.get("name") == "Test")
    assert runner.step(tests).code == 1
    explain = next(step for step in steps if "error-classification@" in step.get("uses", ""))
    assert explain["if"] == "failure()"
    given = {name.replace("-", "_"): runner.filled(value) for name, value in explain["with"].items()}
    *_, classify = runner.action(python=runner.python(), **given)
    assert (classify.code, classify.out) == (0, "")
    (comment,) = job.comments
    assert "`assertion_failure/test_assertion`" in comment
    assert "test_shop.py:2" in comment
    assert (job.folder / ".error-classification" / "errors.sqlite3").is_file()
    assert set(explain["with"]) <= set(ACTION["inputs"])


@pytest.mark.parametrize(("status", "found"), [("failed", True), ("success", False)])
def test_the_example_for_gitlab(runner: Runner, job: Job, status: str, found: bool) -> None:
    job.file("test_shop.py", "def test_total():\n    assert 3 == 4\n")
    kept = {name: value for name, value in runner.variables.items() if not name.startswith("GITHUB_") and name != "CI"}
    variables = {**kept, "GITLAB_CI": "true", "CI_JOB_NAME": "test", "CI_PROJECT_DIR": str(job.folder), "CI_JOB_STATUS": status}
    script = runner.folder / "script.sh"
    script.write_text("\n".join(GITLAB_EXAMPLE["test"]["script"]))
    assert runner.bash(script, variables).returncode == 1
    script.write_text("\n".join(GITLAB_EXAMPLE["test"]["after_script"]))
    after = runner.bash(script, variables)
    assert after.returncode == 0
    (summary,) = GITLAB_EXAMPLE["test"]["artifacts"]["paths"]
    assert (job.folder / summary).exists() is found
    assert ("### 1 error in `test`" in (job.folder / summary).read_text("utf-8")) if found else after.stdout == ""
