"""What the repository holds. Tests build it, change it, and look into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from stand_ins.github.request import JSON


@dataclass(slots=True)
class Job:
    """A job of one attempt. ``logs``: what the downloads of its log get, one after the other, the last for ever."""

    id: int
    name: str
    attempt: int
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    logs: list[bytes]
    log_status: int = 200
    """Anything but 200 is the answer to who asks for the log: 404, or 410 when it expired."""
    annotations: list[JSON] = field(default_factory=list)
    steps: list[JSON] = field(default_factory=list)

    def next_log(self) -> bytes:
        return self.logs.pop(0) if len(self.logs) > 1 else self.logs[0]


@dataclass(slots=True)
class Artifact:
    id: int
    name: str
    content: bytes
    """The zip file."""
    created_at: datetime
    expired: bool = False
    claimed_size: int | None = None
    """What the list tells of its size; None is the truth."""


@dataclass(slots=True)
class Run:
    """A run with the jobs of all its attempts. ``conclusion`` None: it is in progress."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    conclusion: str | None = "failure"
    attempt: int = 1
    event: str = "push"
    branch: str = "main"
    sha: str = "0" * 40
    actor: str = "octocat"
    pull_requests: list[int] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    suite_checks: list[JSON] = field(default_factory=list)
    """Check runs of its suite that are no jobs; each with ``annotations``."""


@dataclass(slots=True)
class World:
    """Everything there is, by number."""

    runs: dict[int, Run] = field(default_factory=dict)
    pull_requests: dict[str, list[int]] = field(default_factory=dict)
    """Numbers by commit."""
    comments: dict[int, JSON] = field(default_factory=dict)
    check_runs: dict[int, JSON] = field(default_factory=dict)
    """Those that clients created; with all their annotations under ``annotations``."""
    issues: dict[int, JSON] = field(default_factory=dict)
    """By number."""
    labels: dict[str, JSON] = field(default_factory=dict)
    """By name."""
    numbers: count[int] = field(default_factory=lambda: count(1_001))

    def job(self, number: int) -> tuple[Run, Job] | None:
        found = ((run, job) for run in self.runs.values() for job in run.jobs if job.id == number)
        return next(found, None)

    def artifact(self, number: int) -> Artifact | None:
        return next((artifact for run in self.runs.values() for artifact in run.artifacts if artifact.id == number), None)


def annotation(message: str, path: str = ".github", line: int = 1, level: str = "failure", **more: Any) -> JSON:
    """As GitHub lists it."""
    placed = {"path": path, "start_line": line, "end_line": line, "start_column": None, "end_column": None}
    return placed | {"annotation_level": level, "title": "", "message": message, "raw_details": ""} | more


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file, the same one for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
