from __future__ import annotations

import pytest

from error_classification.models import RunContext
from error_classification.publishing.ci_run import CIRun, Provider, ci_run, number, repository

SYSTEMS: dict[Provider, tuple[dict[str, str], RunContext]] = {
    Provider.GITHUB: (
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_RUN_ID": "77",
            "GITHUB_RUN_ATTEMPT": "2",
            "GITHUB_WORKFLOW": "CI",
            "GITHUB_JOB": "test",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": "c0ffee",
            "GITHUB_ACTOR": "ada",
        },
        RunContext("acme/app", "77", "CI", "", "test", "", 2, "main", "", "c0ffee", "ada"),
    ),
    Provider.GITLAB: (
        {
            "GITLAB_CI": "true",
            "CI_PROJECT_PATH": "acme/tools/app",
            "CI_PIPELINE_ID": "5",
            "CI_PIPELINE_NAME": "nightly",
            "CI_JOB_ID": "9",
            "CI_JOB_NAME": "unit: [3.11]",
            "CI_COMMIT_REF_NAME": "refs/merge-requests/12/head",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix",
            "CI_COMMIT_SHA": "merged",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c0ffee",
            "CI_MERGE_REQUEST_IID": "12",
            "GITLAB_USER_LOGIN": "ada",
        },
        RunContext("acme/tools/app", "5", "nightly", "9", "unit: [3.11]", "", 1, "fix", "12", "c0ffee", "ada"),
    ),
    Provider.JENKINS: (
        {
            "JENKINS_URL": "https://ci.example/",
            "BUILD_NUMBER": "31",
            "JOB_NAME": "app/PR-4",
            "STAGE_NAME": "Test",
            "BRANCH_NAME": "PR-4",
            "CHANGE_BRANCH": "fix",
            "CHANGE_ID": "4",
            "CHANGE_AUTHOR": "ada",
            "GIT_COMMIT": "c0ffee",
            "GIT_URL": "git@git.example:acme/app.git",
        },
        RunContext("acme/app", "31", "app/PR-4", "", "Test", "", 1, "fix", "4", "c0ffee", "ada"),
    ),
    Provider.AZURE: (
        {
            "TF_BUILD": "True",
            "BUILD_REPOSITORY_NAME": "acme/app",
            "BUILD_BUILDID": "8",
            "BUILD_DEFINITIONNAME": "app-ci",
            "SYSTEM_JOBID": "0-1",
            "SYSTEM_JOBDISPLAYNAME": "Linux",
            "SYSTEM_JOBATTEMPT": "3",
            "BUILD_SOURCEBRANCH": "refs/pull/6/merge",
            "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/fix",
            "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "6",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": "c0ffee",
            "BUILD_SOURCEVERSION": "merged",
            "BUILD_REQUESTEDFOR": "Ada",
        },
        RunContext("acme/app", "8", "app-ci", "0-1", "Linux", "", 3, "fix", "6", "c0ffee", "Ada"),
    ),
    Provider.BUILDKITE: (
        {
            "BUILDKITE": "true",
            "BUILDKITE_REPO": "https://token@git.example/acme/app.git",
            "BUILDKITE_BUILD_ID": "b-1",
            "BUILDKITE_PIPELINE_SLUG": "app",
            "BUILDKITE_JOB_ID": "j-1",
            "BUILDKITE_LABEL": "tests",
            "BUILDKITE_BRANCH": "main",
            "BUILDKITE_COMMIT": "c0ffee",
            "BUILDKITE_PULL_REQUEST": "false",
            "BUILDKITE_BUILD_CREATOR": "ada",
        },
        RunContext("acme/app", "b-1", "app", "j-1", "tests", "", 1, "main", "", "c0ffee", "ada"),
    ),
    Provider.CIRCLECI: (
        {
            "CIRCLECI": "true",
            "CIRCLE_REPOSITORY_URL": "ssh://git@git.example:22/acme/app.git",
            "CIRCLE_WORKFLOW_ID": "w-1",
            "CIRCLE_BUILD_NUM": "17",
            "CIRCLE_JOB": "tests",
            "CIRCLE_BRANCH": "main",
            "CIRCLE_SHA1": "c0ffee",
            "CIRCLE_PULL_REQUEST": "https://github.com/acme/app/pull/21",
            "CIRCLE_USERNAME": "ada",
        },
        RunContext("acme/app", "w-1", "", "17", "tests", "", 1, "main", "21", "c0ffee", "ada"),
    ),
    Provider.TRAVIS: (
        {
            "TRAVIS": "true",
            "TRAVIS_REPO_SLUG": "acme/app",
            "TRAVIS_BUILD_ID": "3",
            "TRAVIS_JOB_ID": "4",
            "TRAVIS_JOB_NAME": "tests",
            "TRAVIS_BRANCH": "main",
            "TRAVIS_COMMIT": "c0ffee",
            "TRAVIS_PULL_REQUEST": "false",
        },
        RunContext("acme/app", "3", "", "4", "tests", "", 1, "main", "", "c0ffee", ""),
    ),
}


@pytest.mark.parametrize("provider", SYSTEMS)
def test_each_system_tells_its_run(provider: Provider) -> None:
    variables, expected = SYSTEMS[provider]
    found = ci_run(variables)
    assert found.provider is provider
    assert found.is_ci
    assert found.run == expected


@pytest.mark.parametrize(
    "variables", [{}, {"CI": "true"}, {"GITHUB_ACTIONS": "", "GITHUB_REPOSITORY": "acme/app"}, {"GITHUB_ACTIONS": "false"}]
)
def test_elsewhere_there_is_none(variables: dict[str, str]) -> None:
    assert ci_run(variables) == CIRun()
    assert not ci_run(variables).is_ci


def test_a_system_that_is_imitated_by_jenkins_comes_first() -> None:
    assert ci_run({"JENKINS_URL": "https://ci.example/", "GITHUB_ACTIONS": "true"}).provider is Provider.GITHUB


def test_where_things_are() -> None:
    found = ci_run(
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://git.example/",
            "GITHUB_API_URL": "https://git.example/api/v3",
            "GITHUB_WORKSPACE": "/srv/app",
            "GITHUB_STEP_SUMMARY": "/tmp/summary",
            "GITHUB_OUTPUT": "/tmp/output",
        }
    )
    assert (found.server_url, found.api_url, found.workspace) == ("https://git.example", "https://git.example/api/v3", "/srv/app")
    assert (found.summary_file, found.output_file, found.test_results) == ("/tmp/summary", "/tmp/output", "")


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://h", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c0/?"},
            "https://h/a/b/blob/c0%2F%3F",
        ),
        (
            {"GITLAB_CI": "true", "CI_SERVER_URL": "https://h/", "CI_PROJECT_PATH": "a/b/c", "CI_COMMIT_SHA": "c0"},
            "https://h/a/b/c/-/blob/c0",
        ),
        ({"GITLAB_CI": "true", "CI_PROJECT_PATH": "a/b/c", "CI_COMMIT_SHA": "c0"}, ""),
        ({"JENKINS_URL": "https://h", "GIT_URL": "https://git.example/a/b.git", "GIT_COMMIT": "c0"}, ""),
    ],
)
def test_where_files_are_shown(variables: dict[str, str], url: str) -> None:
    assert ci_run(variables).files_url == url


@pytest.mark.parametrize("attempt", ["", "0", "-1", "two", "²", "9" * 4_000])
def test_an_attempt_that_is_no_number_is_the_first(attempt: str) -> None:
    assert ci_run({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ATTEMPT": attempt}).run.attempt == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme/app", "acme/app"),
        ("https://git.example/acme/app.git", "acme/app"),
        ("https://ada:secret@git.example/group/acme/app/", "group/acme/app"),
        ("git@git.example:acme/app.git", "acme/app"),
        ("/srv/git/app.git", "/srv/git/app"),
        ("", ""),
    ],
)
def test_a_repository_by_its_address(text: str, expected: str) -> None:
    assert repository(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("12", 12), ("", 0), ("1.5", 0), ("٣", 0), ("1" * 19, 0)])
def test_numbers(text: str, expected: int) -> None:
    assert number(text) == expected
