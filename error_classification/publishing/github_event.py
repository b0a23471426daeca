"""What the event that started a workflow says of its run, beyond the variables: the pull request, and the commit.

A job of ``on: workflow_run`` looks at another run, the one that has ended: what it finds belongs to that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from error_classification.models import RunContext
from error_classification.publishing.ci_run import CIRun, number

Json: TypeAlias = "Mapping[str, object]"

_MERGE_REF = re.compile(r"refs/pull/(\d{1,18})/(?:merge|head)")
_QUEUE_REF = re.compile(r"(?:refs/heads/)?gh-readonly-queue/.{1,255}/pr-(\d{1,18})-[0-9a-f]{40,64}")
"""A merge queue tries pull requests on branches of its own."""
_SUBJECTS = ("check_suite", "check_run")


def with_event(ci: CIRun, ref: str, event: object) -> CIRun:
    """``ci`` with what the ``event`` (decoded JSON of any shape) and GITHUB_REF add to it."""
    payload = _object(event)
    run = ci.run
    if other := _object(payload.get("workflow_run")):
        run = _other_run(run, other)
    head = _object(_object(payload.get("pull_request")).get("head"))
    subject = next((found for name in _SUBJECTS if (found := _object(payload.get(name)))), {})
    commit = _text(head, "sha") or _text(subject, "head_sha") or run.commit_sha
    run = replace(run, commit_sha=commit, pr_id=str(pull_request_number(ref, payload) or ""))
    return replace(ci, run=run, run_url=_run_url(ci.server_url, run))


def pull_request_number(ref: str, event: Json) -> int:
    """The number of the pull request that a run is about; 0 where neither its ref nor the event says: ask by its commit."""
    found = _MERGE_REF.fullmatch(ref) or _QUEUE_REF.fullmatch(ref)
    if found:
        return int(found[1])
    issue = _object(event.get("issue"))
    if numbered := _number(event.get("pull_request")) or (_number(issue) if issue.get("pull_request") else 0):
        return numbered
    home = _object(event.get("repository")).get("id")
    for name in ("workflow_run", *_SUBJECTS):
        if numbered := _own_pull_request(_object(event.get(name)).get("pull_requests"), home):
            return numbered
    return 0


def _run_url(server: str, run: RunContext) -> str:
    """Later attempts have an address of their own."""
    attempt = f"/attempts/{run.attempt}" if run.attempt > 1 else ""
    return f"{server}/{run.repo}/actions/runs/{run.workflow_id}{attempt}" if server and run.repo and run.workflow_id else ""


def _own_pull_request(listed: object, home: object) -> int:
    """The first of this repository: GitHub lists pull requests of forks among themselves as well."""
    for item in listed if isinstance(listed, list) else []:
        base = _object(_object(_object(item).get("base")).get("repo")).get("id")
        if base in (None, home):
            return _number(item)
    return 0


def _other_run(run: RunContext, other: Json) -> RunContext:
    """Its job is not known: all of the run's artefacts are looked at."""
    attempt = other.get("run_attempt")
    return replace(
        run,
        workflow_id=str(_whole(other.get("id")) or run.workflow_id),
        workflow_name=_text(other, "name") or run.workflow_name,
        attempt=_whole(attempt) or 1,
        branch=_text(other, "head_branch") or run.branch,
        commit_sha=_text(other, "head_sha") or run.commit_sha,
        user_alias=_text(_object(other.get("actor")), "login") or run.user_alias,
        job_name="",
    )


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: Json, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _number(value: object) -> int:
    return _whole(_object(value).get("number"))


def _whole(value: object) -> int:
    return number(str(value)) if isinstance(value, int) and not isinstance(value, bool) else 0
