"""Which CI run a process is part of, from the variables that its system sets (pure: the caller hands them in).

One table per system, after its own list of predefined variables. What a system does not tell stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from error_classification.models import RunContext


class Provider(StrEnum):
    """The CI systems that are known by their variables."""

    GITHUB = "github"
    GITLAB = "gitlab"
    JENKINS = "jenkins"
    AZURE = "azure"
    BUILDKITE = "buildkite"
    CIRCLECI = "circleci"
    TRAVIS = "travis"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CIRun:
    """A run, and where in its surroundings things are. ``run.commit_sha`` is that of the branch, never of a trial merge."""

    provider: Provider = Provider.NONE
    run: RunContext = field(default_factory=RunContext)
    server_url: str = ""
    """Where people look at the repository, without its name and without a slash at the end."""
    run_url: str = ""
    """Where people look at the run, or at its job."""
    api_url: str = ""
    workspace: str = ""
    """The folder with the repository's files."""
    test_results: str = ""
    """A folder for test reports, where the system has one of its own."""
    summary_file: str = ""
    """What is appended to this file, the system shows as Markdown with the job."""
    output_file: str = ""
    """Lines ``name=value`` in it are what other steps see of this one."""

    @property
    def is_ci(self) -> bool:
        """Whether this is a CI job at all."""
        return self.provider is not Provider.NONE

    @property
    def files_url(self) -> str:
        """The address before the path of a file of this commit; empty where it is not known."""
        folder, run = _FOLDERS.get(self.provider), self.run
        if not (folder and self.server_url and run.repo and run.commit_sha):
            return ""
        return f"{self.server_url}/{quote(run.repo, errors='replace')}/{folder}/{quote(run.commit_sha, '', errors='replace')}"


Names = tuple[str, ...]

_SIGNS: tuple[tuple[Provider, str], ...] = (
    (Provider.GITHUB, "GITHUB_ACTIONS"),
    (Provider.GITLAB, "GITLAB_CI"),
    (Provider.AZURE, "TF_BUILD"),
    (Provider.BUILDKITE, "BUILDKITE"),
    (Provider.CIRCLECI, "CIRCLECI"),
    (Provider.TRAVIS, "TRAVIS"),
    (Provider.JENKINS, "JENKINS_URL"),
)
"""A variable that only this system sets; Jenkins comes last, as its plug-ins imitate others."""

_RUN: Mapping[Provider, Mapping[str, Names]] = {
    Provider.GITHUB: {
        "repo": ("GITHUB_REPOSITORY",),
        "workflow_id": ("GITHUB_RUN_ID",),
        "workflow_name": ("GITHUB_WORKFLOW",),
        "job_name": ("GITHUB_JOB",),
        "attempt": ("GITHUB_RUN_ATTEMPT",),
        "branch": ("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
        "commit_sha": ("GITHUB_SHA",),
        "user_alias": ("GITHUB_ACTOR",),
    },
    Provider.GITLAB: {
        "repo": ("CI_PROJECT_PATH",),
        "workflow_id": ("CI_PIPELINE_ID",),
        "workflow_name": ("CI_PIPELINE_NAME", "CI_CONFIG_PATH"),
        "job_id": ("CI_JOB_ID",),
        "job_name": ("CI_JOB_NAME",),
        "branch": ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
        "commit_sha": ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
        "pr_id": ("CI_MERGE_REQUEST_IID",),
        "user_alias": ("GITLAB_USER_LOGIN",),
    },
    Provider.JENKINS: {
        "repo": ("GIT_URL",),
        "workflow_id": ("BUILD_NUMBER", "BUILD_ID"),
        "workflow_name": ("JOB_NAME",),
        "job_name": ("STAGE_NAME", "JOB_NAME"),
        "branch": ("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"),
        "commit_sha": ("GIT_COMMIT",),
        "pr_id": ("CHANGE_ID",),
        "user_alias": ("CHANGE_AUTHOR", "BUILD_USER_ID"),
    },
    Provider.AZURE: {
        "repo": ("BUILD_REPOSITORY_NAME",),
        "workflow_id": ("BUILD_BUILDID",),
        "workflow_name": ("BUILD_DEFINITIONNAME",),
        "job_id": ("SYSTEM_JOBID",),
        "job_name": ("SYSTEM_JOBDISPLAYNAME", "AGENT_JOBNAME"),
        "attempt": ("SYSTEM_JOBATTEMPT",),
        "branch": ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"),
        "commit_sha": ("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"),
        "pr_id": ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        "user_alias": ("BUILD_REQUESTEDFOR",),
    },
    Provider.BUILDKITE: {
        "repo": ("BUILDKITE_REPO",),
        "workflow_id": ("BUILDKITE_BUILD_ID", "BUILDKITE_BUILD_NUMBER"),
        "workflow_name": ("BUILDKITE_PIPELINE_SLUG",),
        "job_id": ("BUILDKITE_JOB_ID",),
        "job_name": ("BUILDKITE_LABEL",),
        "branch": ("BUILDKITE_BRANCH",),
        "commit_sha": ("BUILDKITE_COMMIT",),
        "pr_id": ("BUILDKITE_PULL_REQUEST",),
        "user_alias": ("BUILDKITE_BUILD_CREATOR",),
    },
    Provider.CIRCLECI: {
        "repo": ("CIRCLE_REPOSITORY_URL",),
        "workflow_id": ("CIRCLE_WORKFLOW_ID",),
        "workflow_name": ("CIRCLE_WORKFLOW_NAME",),
        "job_id": ("CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"),
        "job_name": ("CIRCLE_JOB",),
        "branch": ("CIRCLE_BRANCH",),
        "commit_sha": ("CIRCLE_SHA1",),
        "pr_id": ("CIRCLE_PR_NUMBER", "CIRCLE_PULL_REQUEST"),
        "user_alias": ("CIRCLE_USERNAME",),
    },
    Provider.TRAVIS: {
        "repo": ("TRAVIS_REPO_SLUG",),
        "workflow_id": ("TRAVIS_BUILD_ID",),
        "job_id": ("TRAVIS_JOB_ID",),
        "job_name": ("TRAVIS_JOB_NAME", "TRAVIS_BUILD_STAGE_NAME"),
        "branch": ("TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"),
        "commit_sha": ("TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"),
        "pr_id": ("TRAVIS_PULL_REQUEST",),
    },
}
_SURROUNDINGS: Mapping[Provider, Mapping[str, str]] = {
    Provider.GITHUB: {
        "server_url": "GITHUB_SERVER_URL",
        "api_url": "GITHUB_API_URL",
        "workspace": "GITHUB_WORKSPACE",
        "summary_file": "GITHUB_STEP_SUMMARY",
        "output_file": "GITHUB_OUTPUT",
    },
    Provider.GITLAB: {
        "server_url": "CI_SERVER_URL",
        "api_url": "CI_API_V4_URL",
        "workspace": "CI_PROJECT_DIR",
        "run_url": "CI_JOB_URL",
    },
    Provider.JENKINS: {"workspace": "WORKSPACE", "run_url": "BUILD_URL"},
    Provider.AZURE: {"workspace": "BUILD_SOURCESDIRECTORY", "test_results": "COMMON_TESTRESULTSDIRECTORY"},
    Provider.BUILDKITE: {"workspace": "BUILDKITE_BUILD_CHECKOUT_PATH", "run_url": "BUILDKITE_BUILD_URL"},
    Provider.CIRCLECI: {
        "workspace": "CIRCLE_WORKING_DIRECTORY",
        "test_results": "CIRCLE_TEST_REPORTS",
        "run_url": "CIRCLE_BUILD_URL",
    },
    Provider.TRAVIS: {"workspace": "TRAVIS_BUILD_DIR", "run_url": "TRAVIS_JOB_WEB_URL"},
}
_FOLDERS = {Provider.GITHUB: "blob", Provider.GITLAB: "-/blob"}
_REFS = ("refs/heads/", "refs/tags/", "origin/")
_LONGEST = 1_000


def ci_run(variables: Mapping[str, str]) -> CIRun:
    """The run that ``variables`` tell of; for GitHub what the event says comes on top, see ``github_event``."""
    known = (provider for provider, sign in _SIGNS if variables.get(sign, "").lower() not in ("", "false"))
    provider = next(known, Provider.NONE)
    if provider is Provider.NONE:
        return CIRun()
    told = {name: _first(variables, names) for name, names in _RUN[provider].items()}
    run = RunContext(
        repo=repository(told.get("repo", "")),
        workflow_id=told.get("workflow_id", ""),
        workflow_name=told.get("workflow_name", ""),
        job_id=told.get("job_id", ""),
        job_name=told.get("job_name", ""),
        attempt=max(1, number(told.get("attempt", ""))),
        branch=_branch(told.get("branch", "")),
        pr_id=_pull_request(told.get("pr_id", "")),
        commit_sha=told.get("commit_sha", ""),
        user_alias=told.get("user_alias", ""),
    )
    around = {name: variables.get(variable, "") for name, variable in _SURROUNDINGS[provider].items()}
    return CIRun(provider, run, **{name: value.rstrip("/") if name.endswith("_url") else value for name, value in around.items()})


def repository(text: str) -> str:
    """``owner/name`` (or ``group/sub/name``) of a repository, of which ``text`` is the address or the name."""
    path = text.removesuffix("/").removesuffix(".git")
    if "://" in path:
        return path.split("://", 1)[1].partition("/")[2]
    return path.partition(":")[2] if "@" in path.partition(":")[0] else path


def number(text: str) -> int:
    """A number as systems write it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _first(variables: Mapping[str, str], names: Names) -> str:
    return next((value for name in names if (value := variables.get(name, "").strip()[:_LONGEST])), "")


def _branch(ref: str) -> str:
    return next((ref.removeprefix(prefix) for prefix in _REFS if ref.startswith(prefix)), ref)


def _pull_request(text: str) -> str:
    """The number; some systems say ``false`` where there is none, others give the pull request's address."""
    return str(number(text.rpartition("/")[2]) or "")
