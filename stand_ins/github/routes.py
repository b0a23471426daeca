"""Which function answers which request; ``N`` stands for a number, ``SHA`` for a commit, ``NAME`` for a name."""

from __future__ import annotations

import re
from collections.abc import Callable

from stand_ins.github import issues, reading, writing
from stand_ins.github.request import Request
from stand_ins.github.response import RefusedError, Response
from stand_ins.github.service import Service

_TABLE: tuple[tuple[str, Callable[..., Response]], ...] = (
    ("GET actions/runs", reading.runs),
    ("GET actions/runs/N", reading.run),
    ("GET actions/runs/N/attempts/N", reading.attempt),
    ("GET actions/runs/N/attempts/N/jobs", reading.attempt_jobs),
    ("GET actions/runs/N/jobs", reading.jobs),
    ("GET actions/runs/N/artifacts", reading.artifacts),
    ("GET actions/jobs/N", reading.job),
    ("GET actions/jobs/N/logs", reading.job_log),
    ("GET actions/artifacts/N/zip", reading.artifact),
    ("GET check-suites/N/check-runs", reading.suite_checks),
    ("GET check-runs/N/annotations", reading.check_annotations),
    ("GET commits/SHA/pulls", reading.pull_requests),
    ("GET commits/SHA/check-runs", writing.checks_of),
    ("GET check-runs/N", writing.check),
    ("POST check-runs", writing.create_check),
    ("PATCH check-runs/N", writing.update_check),
    ("GET issues", issues.issues),
    ("POST issues", issues.create_issue),
    ("GET issues/N", issues.issue),
    ("PATCH issues/N", issues.update_issue),
    ("GET labels/NAME", issues.label),
    ("POST labels", issues.create_label),
    ("GET issues/N/comments", writing.comments),
    ("POST issues/N/comments", writing.create_comment),
    ("GET issues/comments/N", writing.comment),
    ("PATCH issues/comments/N", writing.update_comment),
    ("DELETE issues/comments/N", writing.delete_comment),
)
_ROUTES = [(re.compile(re.sub("SHA|NAME", r"([\\w.-]+)", route).replace("/N", r"/(\d+)")), perform) for route, perform in _TABLE]


def answer(service: Service, request: Request) -> Response:
    """Raises RefusedError where there is nothing."""
    if (request.method, request.path) == ("GET", "/user"):
        return issues.viewer(service, request)
    prefix = f"/repos/{service.repo}/"
    if request.path.lower().startswith(prefix.lower()):
        asked = f"{request.method} {request.path[len(prefix) :]}"
        for pattern, perform in _ROUTES:
            if match := pattern.fullmatch(asked):
                given = (int(part) if part.isdecimal() and len(part) < 20 else part for part in match.groups())
                return perform(service, request, *given)
    raise RefusedError(404, "Not Found")
