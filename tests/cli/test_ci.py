from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_jobs import JUNIT, MISSING, PASSED, SHA, UNKNOWN, UNRESOLVED, Job
from cli_runner import Program

from error_classification.config import ci_variables
from error_classification.publishing.comments import marker
from stand_ins.claude import ClaudeServer
from stand_ins.github import GitHubServer, server_error
from stand_ins.gitlab import GitLabServer


@pytest.fixture
def job(run: Program) -> Iterator[Job]:
    with GitHubServer("acme/shop") as server:
        yield Job(run, server, Path.cwd())


@pytest.fixture
def failed(job: Job) -> Job:
    """A job that failed for a reason in the code and for one in the network."""
    job.file("src/main.py", "import numpy\n")
    job.file("build-logs/app.log", MISSING)
    job.file("build-logs/deep/down/load.log", UNRESOLVED)
    return job


def test_a_failed_job_of_a_pull_request(failed: Job) -> None:
    done = failed()
    assert (done.code, done.out.count("::error")) == (0, 1)
    assert "::error title=network_error/dns" in done.out
    link = f"[`src/main.py:3`](https://git.example/acme/shop/blob/{SHA}/src/main.py#L3)"
    assert link in failed.summary
    (comment,) = failed.comments
    assert comment == f"{marker('CI', 'test')}\n{failed.summary}"
    (check,) = failed.server.world.check_runs.values()
    assert (check["head_sha"], check["conclusion"], check["name"]) == (SHA, "neutral", "Error classification (test)")
    assert [(item["path"], item["start_line"]) for item in check["annotations"]] == [("src/main.py", 3)]
    assert failed.outputs["errors"] == "2"
    assert failed.outputs["retryable"] == "false"
    assert "comment created on pull request 3" in done.err


def test_the_next_attempt_updates_the_comment(failed: Job) -> None:
    failed()
    shutil.rmtree("build-logs")
    failed.file("build-logs/app.log", UNRESOLVED)
    done = failed(GITHUB_RUN_ATTEMPT="2")
    (comment,) = failed.comments
    assert "numpy" not in comment
    assert "attempt 2](https://git.example/acme/shop/actions/runs/77/attempts/2)" in comment
    assert "comment updated" in done.err
    assert failed.outputs | {"retryable": "true"} == failed.outputs


def test_jobs_do_not_fight_over_one_comment(failed: Job) -> None:
    for name in ("test", "lint", "test"):
        failed(GITHUB_JOB=name)
    assert [comment.split("\n")[0] for comment in failed.comments] == [marker("CI", "test"), marker("CI", "lint")]


def test_a_comment_ends_with_its_errors_and_is_not_made_for_nothing(job: Job) -> None:
    job.file("build-logs/app.log", PASSED)
    done = job()
    assert (done.code, done.out, done.err, job.summary, job.outputs, job.comments) == (0, "", "", "", {}, [])
    job.file("build-logs/app.log", MISSING)
    job()
    job.file("build-logs/app.log", PASSED)
    assert job().code == 0
    (comment,) = job.comments
    assert "### No errors found any more in `test`" in comment


def test_a_comment_stays_where_nothing_was_read(failed: Job) -> None:
    failed()
    shutil.rmtree("build-logs")
    done = failed()
    assert "nothing to read: no file matches test-results/**/*.xml or build-logs/**/*.log" in done.err
    assert "numpy" in failed.comments[0]


def test_what_nobody_knows_makes_no_comment(job: Job) -> None:
    job.file("build-logs/app.log", UNKNOWN)
    done = job()
    assert (done.code, done.out, job.comments) == (0, "", [])
    assert "<details><summary>1 error that no judge knows</summary>" in job.summary
    assert job.outputs["category"] == "unclassified"


def test_the_pull_request_of_a_push_is_asked_by_its_commit(failed: Job) -> None:
    failed.event = {}
    failed()
    assert failed.comments == []
    failed.server.world.pull_requests["d" * 40] = [8]
    failed()
    (comment,) = failed.server.world.comments.values()
    assert comment["issue"] == 8


def test_a_fork_without_rights_gets_summary_and_annotations(failed: Job) -> None:
    failed.server.switches.read_only = True
    done = failed()
    assert (done.code, failed.comments, failed.server.world.check_runs) == (0, [], {})
    assert "::error file=src/main.py,line=3,title=dependency_error/missing_module" in done.out
    assert "numpy" in failed.summary
    assert "::warning" not in done.err


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_a_token_that_counts_the_same(failed: Job, token: str | None) -> None:
    done = failed("--strict", GITHUB_TOKEN=token)
    assert (done.code, failed.comments) == (0, [])
    assert done.out.count("::error ") == 2


def test_what_is_not_wanted_is_left_out(failed: Job) -> None:
    done = failed("--no-comment", "--no-annotations")
    assert (done.code, done.out, failed.comments, failed.server.requests) == (0, "", [], [])
    assert failed.summary


def test_it_is_turned_off_with_one_line(failed: Job) -> None:
    done = failed(ENABLE_ERROR_CLASSIFICATION="false")
    assert (done.code, done.out, failed.summary) == (0, "", "")
    assert done.err == "error classification is turned off: ENABLE_ERROR_CLASSIFICATION is false\n"


def test_a_github_that_fails_is_said_in_one_line_each(failed: Job) -> None:
    failed.server.script(*[server_error(503)] * 6, at="POST *")
    done = failed()
    assert done.code == 0
    assert re.findall(r"^::warning title=error-classification::no (\w+)", done.err, re.MULTILINE) == ["check", "comment"]
    assert "::error file=src/main.py,line=3" in done.out
    assert failed("--strict", "--fail-on", "any").code == 3


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["nowhere.log"], {}, 3, "not done: nowhere.log: No such file"),
        (["--no-store", "--store", "x.sqlite3"], {}, 2, "contradict"),
        (["--fail-on", "nonsense"], {}, 2, "unknown category"),
        ([], {"MAX_RPM": "many"}, 2, "MAX_RPM"),
        (["--store", "/dev/null/x"], {}, 3, "forgotten"),
        (["--rules", "nowhere.toml"], {}, 2, "nowhere.toml"),
        (["--judges", "oracle"], {}, 2, "oracle"),
        ([], {"GITHUB_STEP_SUMMARY": "/dev/null/x"}, 3, "/dev/null/x: Not a directory"),
    ],
)
def test_its_own_faults_turn_nothing_red(
    failed: Job, arguments: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    done = failed(*arguments, **environment)
    assert done.code == 0
    (line,) = [line for line in done.err.splitlines() if line.startswith("::warning")]
    assert said in line
    assert failed("--strict", *arguments, **environment).code == code


def test_a_bug_turns_nothing_red_either(failed: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("error_classification.cli.ci.judge", lambda *given: {}["##[error]::x"])
    done = failed()
    assert done.code == 0
    assert done.err.startswith("::warning title=error-classification::error-classification: KeyError")
    assert "##[" not in done.err
    assert failed("--strict").code == 70


@pytest.mark.parametrize(
    ("gate", "code"), [("any", 1), ("network_error", 1), ("domain=code", 1), ("timeout", 0), ("unclassified", 0)]
)
def test_the_gate_that_was_asked_for(failed: Job, gate: str, code: int) -> None:
    assert failed("--fail-on", gate).code == code
    assert failed("--fail-on", gate, "nowhere.log", "build-logs").code == code


def test_an_error_is_remembered_by_its_repository(failed: Job) -> None:
    for number in range(1, 4):
        failed(GITHUB_RUN_ID=str(number))
    assert re.search(r"seen 3 times since \d{4}-\d\d-\d\d in this repository", failed.comments[0])
    failed("--no-store", GITHUB_RUN_ID="4")
    assert "seen" not in failed.comments[0]
    failed(GITHUB_RUN_ID="5", GITHUB_REPOSITORY="acme/other")
    assert failed.summary.count("seen 4 times") == 0


def test_a_run_that_looks_at_another_one(failed: Job) -> None:
    other = {"id": 55, "run_attempt": 1, "name": "Tests", "head_sha": SHA, "pull_requests": [{"number": 9}]}
    failed.event = {"workflow_run": other}
    failed()
    (comment,) = failed.server.world.comments.values()
    assert comment["issue"] == 9
    assert "[run 55](https://git.example/acme/shop/actions/runs/55)" in comment["body"]


def test_options_go_before_what_the_system_tells(failed: Job) -> None:
    given = {"--repo": "acme/shop", "--job": "unit (3.12)", "--job-id": "4711", "--pr": "12", "--commit": "e" * 40}
    failed("--store", "kept.sqlite3", *(word for option in given.items() for word in option), REPO="somebody/else")
    (comment,) = failed.server.world.comments.values()
    assert comment["issue"] == 12
    assert comment["body"].startswith(f"{marker('CI', 'unit (3.12)')}\n### 2 errors in `unit (3.12)`")
    assert f"/blob/{'e' * 40}/src/main.py" in comment["body"]
    shown = failed.run("stats", "--store", "kept.sqlite3", "--format", "json", **failed.variables)
    assert "acme/shop" in shown.out
    assert "somebody/else" not in shown.out


@pytest.mark.parametrize("event", ["", "{", "[1]", "\0", '{"pull_request": 3, "workflow_run": [], "repository": 0}', "[" * 9_999])
def test_an_event_that_cannot_be_read_is_done_without(failed: Job, event: str) -> None:
    path = failed.file("event.json", event)
    done = failed(GITHUB_EVENT_PATH=str(path))
    assert (done.code, len(failed.comments)) == (0, 1)
    assert "::warning" not in done.err


def test_a_failed_test_beside_its_line(job: Job) -> None:
    job.file("tests/test_app.py", "")
    job.file("test-results/unit/junit.xml", JUNIT)
    done = job(GITHUB_TOKEN="")
    assert "::error file=tests/test_app.py,line=5,title=assertion_failure/test_assertion" in done.out
    assert "`tests.test_app::test_add`" in job.summary


def test_reports_at_the_top_of_the_repository_are_found_from_below(failed: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    (failed.folder / "below").mkdir()
    monkeypatch.chdir(failed.folder / "below")
    failed()
    assert failed.outputs["errors"] == "2"


def test_a_summary_that_is_full_is_left_alone(failed: Job) -> None:
    failed()
    path = Path(failed.variables["GITHUB_STEP_SUMMARY"] or "")
    for size, kept in ((1_048_576 - 400, "### 2 errors in `test`"), (1_048_576, "")):
        path.write_bytes(b"x" * size)
        failed()
        written = path.read_bytes()
        assert len(written) <= 1_048_576
        assert written[size:].decode().startswith(kept)
        assert bool(written[size:]) is bool(kept)


def test_a_product_that_is_asked_for_stays_alone(failed: Job) -> None:
    done = failed("--format", "json", GITHUB_TOKEN="")
    assert len(json.loads(done.out)["errors"]) == 2
    assert done.err.count("::error ") == 2


def test_elsewhere_there_is_a_table(run: Program) -> None:
    outside: dict[str, str | None] = dict.fromkeys(ci_variables())
    Path("build.log").write_text(MISSING)
    done = run("ci", "build.log", **outside)
    assert "Python module numpy is not installed" in done.out
    assert "::error" not in done.out
    assert "1 error in 1 file" in done.err


GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_PATH": "acme/app",
    "CI_SERVER_URL": "https://gitlab.example",
    "CI_JOB_URL": "https://gitlab.example/acme/app/-/jobs/9",
    "CI_PIPELINE_ID": "5",
    "CI_JOB_ID": "9",
    "CI_JOB_NAME": "unit",
    "CI_COMMIT_SHA": SHA,
    "CI_MERGE_REQUEST_IID": "12",
}


def test_gitlab_by_the_same_command(run: Program) -> None:
    outside: dict[str, str | None] = dict.fromkeys(ci_variables())
    for name, text in {"src/main.py": "", "build-logs/a.log": MISSING}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    done = run("ci", "--summary", "errors.md", "--format", "ndjson", **outside | GITLAB, CI_PROJECT_DIR=str(Path.cwd()))
    assert done.code == 0
    assert [record["primary_category"] for record in done.records] == ["dependency_error"]
    text = Path("errors.md").read_text()
    assert f"https://gitlab.example/acme/app/-/blob/{SHA}/src/main.py#L3" in text
    assert "[run 5](https://gitlab.example/acme/app/-/jobs/9)" in text
    stored = json.loads(run("show", done.records[0]["error_hash"], "--format", "json", **outside).out)
    run_fields = {"repo": "acme/app", "workflow_id": "5", "job_id": "9", "pr_id": "12"}
    assert stored["occurrences"][0]["run"] | run_fields == stored["occurrences"][0]["run"]


def test_a_merge_request_has_one_note_for_each_job(run: Program) -> None:
    outside: dict[str, str | None] = dict.fromkeys(ci_variables())
    Path("build-logs").mkdir()
    Path("build-logs/a.log").write_text(MISSING)
    with GitLabServer("acme/app") as gitlab:
        there = outside | GITLAB | {"CI_API_V4_URL": gitlab.url, "GITLAB_TOKEN": gitlab.token}
        assert "comment created on merge request 12" in run("ci", **there).err
        assert run("ci", **there | {"CI_PIPELINE_ID": "6"}).code == 0
        assert run("ci", **there | {"CI_JOB_NAME": "lint"}).code == 0
        assert [each["body"].split("\n")[1] for each in gitlab.notes] == ["### 1 error in `unit`", "### 1 error in `lint`"]
        assert "run 6" in gitlab.notes[0]["body"]
        gitlab.requests.clear()
        assert run("ci", **there | {"GITLAB_TOKEN": None}).code == 0
        assert run("ci", "--no-comment", **there).code == 0
        assert gitlab.requests == []
        gitlab.may_write = False
        refused = run("ci", "--strict", **there | {"CI_JOB_NAME": "docs"})
        assert (refused.code, len(gitlab.notes)) == (0, 2)
        assert gitlab.token not in refused.out + refused.err


HOSTILE = (
    "##[error]::add-mask::boom ##[add-mask]x ##vso[task.setvariable variable=a]b @everyone <img src=x> \x1b]0;t\x07 \u202e "
    "%0A::error::x\n::stop-commands::token\nModuleNotFoundError: No module named '::set-output'\n"
)


@pytest.mark.parametrize("form", ["table", "markdown", "json", "ndjson", None])
def test_no_log_commands_the_runner(job: Job, form: str | None) -> None:
    job.file("build-logs/##[add-mask]x.log", HOSTILE)
    done = job(*(["--format", form] if form else []), "build-logs", "##[error]nowhere", GITHUB_TOKEN="")
    assert done.code == 0
    for text in (done.out, done.err):
        commands = [line for line in text.splitlines() if line.strip().startswith("::") or re.search(r"##\w*\[", line)]
        assert [line for line in commands if not re.match(r"::(?:error|warning) (?:file|title)=[\w/., ()%=-]*::", line)] == []
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "<img" not in re.sub(r"(?s)```text\n.*?\n```|`[^`\n]*`", "", job.summary)


def test_claude_is_asked_where_there_is_a_key_and_only_about_what_may_be(failed: Job) -> None:
    failed.file("build-logs/strange.log", UNKNOWN)
    failed.file("test-results/junit.xml", JUNIT.replace("AssertionError", "Oops").replace("assert 3 == 4", "gluon"))
    with ClaudeServer() as claude:
        settings = {"ANTHROPIC_API_KEY": "k", "API_BASE_URL": claude.url}
        assert failed(CLASSIFY_REALTIME_THRESHOLD="none", **settings).code == 0
        assert claude.asked == []
        assert failed(**settings).code == 0
        asked = " ".join(str(request.body) for request in claude.asked)
        assert "gluons" in asked
        assert "Oops" not in asked
        before = len(claude.asked)
        assert failed("--judges", "rules", "--no-store", CLASSIFY_REALTIME_THRESHOLD="all", **settings).code == 0
        assert len(claude.asked) == before


def test_a_claude_that_fails_leaves_it_to_the_rules(failed: Job) -> None:
    failed.file("build-logs/strange.log", UNKNOWN)
    settings = {"ANTHROPIC_API_KEY": "k", "API_FORMAT": "openai", "API_BASE_URL": "http://127.0.0.1:1"}
    done = failed("--time-limit", "2", **settings)
    assert done.code == 0
    assert "numpy" in failed.summary
    assert re.search(r"Claude (?:gave no answer|was not asked) about 1 error", done.err)


def test_a_store_for_teams_that_is_out_of_reach_is_no_reason_to_say_nothing(failed: Job) -> None:
    done = failed(OPENSEARCH_URL="http://127.0.0.1:1")
    assert done.code == 0
    assert "numpy" in failed.comments[0]
    assert "127.0.0.1:1" in done.err


@pytest.mark.parametrize(("output", "said"), [("| true", ""), ("> /dev/full", "output: No space left on device")])
def test_an_output_that_nobody_can_write_to_keeps_the_comment_from_nothing(failed: Job, output: str, said: str) -> None:
    own = {name: value for name, value in failed.variables.items() if value is not None}
    inherited = {name: value for name, value in os.environ.items() if name not in failed.variables}
    script = f"set -o pipefail; {sys.executable} -m error_classification ci --no-store --format markdown {output}"
    environment = inherited | own | {"HOME": str(failed.run.home)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert "numpy" in failed.comments[0]
    assert (said in done.stderr, "Broken pipe" in done.stderr) == (True, False)


def test_a_store_that_is_too_busy_keeps_nobody_waiting_and_stored_nothing(
    failed: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: waited.append(seconds))
    with GitHubServer("any/thing") as busy:
        busy.script(*[server_error(503)] * 99)
        done = failed(OPENSEARCH_URL=busy.url)
    assert (done.code, sum(waited) < 10) == (0, True)
    assert "too busy (503)" in done.err
    assert "stored in" not in done.err
    assert "numpy" in failed.comments[0]


def test_when_the_time_is_up_it_says_so(failed: Job) -> None:
    done = failed("--time-limit", "0")
    assert done.code == 0
    assert "::warning title=error-classification::the time is up: build-logs" in done.err
    assert failed.comments == []
