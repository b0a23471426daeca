"""Runs, jobs and artifacts as far as they matter here, read from GitHub's JSON, which may lack anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from error_classification.models import RunContext
from error_classification.sources.github.client import Json

FAILED = frozenset(("failure", "timed_out", "startup_failure"))
CANCELLED = "cancelled"
NEVER = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that is not told."""


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run as it is now; ``attempt`` is its latest."""

    id: int
    name: str
    event: str
    status: str
    conclusion: str
    attempt: int
    branch: str
    sha: str
    actor: str
    created_at: datetime
    updated_at: datetime
    pull_request: str
    suite: int

    @staticmethod
    def of(record: Mapping[str, Json]) -> Run:
        return Run(
            id=number(record.get("id")),
            name=text(record.get("name")),
            event=text(record.get("event")),
            status=text(record.get("status")),
            conclusion=text(record.get("conclusion")),
            attempt=number(record.get("run_attempt")) or 1,
            branch=text(record.get("head_branch")),
            sha=text(record.get("head_sha")),
            actor=_login(record.get("triggering_actor")) or _login(record.get("actor")),
            created_at=moment(record.get("created_at")) or NEVER,
            updated_at=moment(record.get("updated_at")) or NEVER,
            pull_request=first_number(record.get("pull_requests")),
            suite=number(record.get("check_suite_id")),
        )

    def context(self, repo: str, pull_request: str) -> RunContext:
        """Of the run as a whole."""
        return RunContext(
            repo=repo,
            workflow_id=str(self.id),
            workflow_name=self.name,
            attempt=self.attempt,
            branch=self.branch,
            pr_id=pull_request,
            commit_sha=self.sha,
            user_alias=self.actor,
            ended_at=self.updated_at,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A job of one attempt, without ``conclusion`` until it is completed.

    ``started_at`` and ``completed_at`` are None where it never ran, or GitHub does not tell.
    """

    id: int
    name: str
    conclusion: str
    attempt: int
    started_at: datetime | None
    completed_at: datetime | None

    @staticmethod
    def of(record: Mapping[str, Json]) -> Job:
        return Job(
            id=number(record.get("id")),
            name=text(record.get("name")),
            conclusion=text(record.get("conclusion")),
            attempt=number(record.get("run_attempt")) or 1,
            started_at=moment(record.get("started_at")),
            completed_at=moment(record.get("completed_at")),
        )


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip file of ``size`` bytes that some job of a run has left."""

    id: int
    name: str
    size: int
    expired: bool
    created_at: datetime | None

    @staticmethod
    def of(record: Mapping[str, Json]) -> Artifact:
        return Artifact(
            id=number(record.get("id")),
            name=text(record.get("name")),
            size=number(record.get("size_in_bytes")),
            expired=record.get("expired") is True,
            created_at=moment(record.get("created_at")),
        )


def text(value: Json) -> str:
    """The value if it is text, without lone surrogates (which JSON can express and UTF-8 cannot); else empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def number(value: Json) -> int:
    """The value if it is a natural number; else 0, which numbers nothing on GitHub."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def moment(value: Json) -> datetime | None:
    """The time that ISO 8601 text tells, in UTC."""
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) else None
        return told.astimezone(UTC) if told is not None and told.tzinfo else None
    except (ValueError, OverflowError):
        return None


def first_number(records: Json) -> str:
    """The number of the first of these pull requests; empty where there is none."""
    first = records[0] if isinstance(records, list) and records else None
    return str(number(first.get("number")) or "") if isinstance(first, dict) else ""


def _login(user: Json) -> str:
    return text(user.get("login")) if isinstance(user, dict) else ""
