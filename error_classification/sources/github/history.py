"""All that was run in a period, failed or not, as GitHub's own records; and the log of a job, for who wants to know more.

A record is what GitHub sent, an object that may lack anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import islice
from typing import TypeAlias

from error_classification.models import Artefact
from error_classification.sources.github.client import GitHubClient, Json
from error_classification.sources.github.listing import created_runs, questions
from error_classification.sources.github.logs import JobReader
from error_classification.sources.github.problems import GitHubError, plain
from error_classification.sources.github.records import NEVER, Job, Run, first_number, number, text
from error_classification.sources.github.source import GitHubSource
from error_classification.sources.github.spool import Spool, digest_of

Record: TypeAlias = dict[str, Json]

_MOST_ANNOTATIONS = 1_000
_FROM_PULL_REQUESTS = frozenset(("pull_request", "pull_request_target"))
_NO_RIGHT = frozenset((403, 404, 410, 422))
"""Answers that concern one thing alone: the rest may be had."""


@dataclass(slots=True)
class RunHistory:
    """Of the repository ``repo``. ``warn`` is told what is known in part only, one line each.

    All methods raise GitHubError.
    """

    client: GitHubClient
    repo: str
    warn: Callable[[str], None]
    _pull_requests: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UsageError where ``repo`` is no ``OWNER/NAME``."""
        GitHubSource(self.client, self.repo, NEVER, NEVER)  # it knows what a repository is called

    def completed(self, since: datetime, until: datetime, lookback: timedelta) -> list[Record]:
        """Runs with ``since <= updated_at < until`` that are over, in the order of their changes, as of their latest attempt.

        GitHub finds runs by when they were created only. All that were created a day before ``since`` or later are looked at,
        and those that failed back to ``lookback`` before it.
        """
        found: dict[int, tuple[datetime, Record]] = {}
        for first, last, status in questions(since, until, lookback, "completed"):
            for record in created_runs(self.client, self.repo, first, last, status):
                run = Run.of(record)
                if run.id and run.status == "completed" and since <= run.updated_at < until:
                    found[run.id] = run.updated_at, record
        return [record for _, (_, record) in sorted(found.items(), key=lambda item: (item[1][0], item[0]))]

    def attempts(self, record: Record) -> list[Record]:
        """All attempts of a run, the first one first; those that GitHub no longer has are missing."""
        run = Run.of(record)
        found = []
        for attempt in range(1, run.attempt):
            try:
                earlier = self.client.get(f"/repos/{self.repo}/actions/runs/{run.id}/attempts/{attempt}")
            except GitHubError as error:
                if error.status != 404:
                    raise
                self.warn(f"{self.repo} run {run.id}: attempt {attempt} is gone")
                continue
            if isinstance(earlier, dict):
                found.append(earlier)
        return [*found, record]

    def jobs(self, record: Record) -> dict[int, list[Record]]:
        """The jobs of all attempts of a run that are over, by attempt."""
        path = f"/repos/{self.repo}/actions/runs/{number(record.get('id'))}/jobs"
        listed = self.client.items(path, "jobs", {"filter": "all"})
        jobs = {job.id: (job.attempt, item) for item in listed if (job := Job.of(item)).id and job.conclusion}
        found: dict[int, list[Record]] = {}
        for attempt, item in jobs.values():
            found.setdefault(attempt, []).append(item)
        return found

    def annotations(self, record: Record, jobs: list[Record]) -> dict[int, tuple[str, ...]]:
        """The messages of each of a run's ``jobs``, those of failures first; nothing of jobs whose messages may not be read."""
        counts = self._annotation_counts(record)
        found: dict[int, tuple[str, ...]] = {}
        for job in (number(job.get("id")) for job in jobs):
            messages = self._messages(job) if counts.get(job, 1) else ()
            if messages is None:
                break
            found[job] = messages
        return found

    def pull_request(self, record: Record) -> str:
        """The number of a run's; runs from forks do not tell it, their commit does. Empty where there is none."""
        run = Run.of(record)
        if run.pull_request or run.event not in _FROM_PULL_REQUESTS or not run.sha.isalnum():
            return run.pull_request
        if run.sha not in self._pull_requests:
            pulls = self._allowed(f"/repos/{self.repo}/commits/{run.sha}/pulls")
            self._pull_requests[run.sha] = first_number(pulls)
        return self._pull_requests[run.sha]

    def log(self, record: Record, job_record: Record, pull_request: str) -> Artefact:
        """A job's log, as ``GitHubSource`` hands it out: its errors have the same identifiers. Nothing is fetched yet."""
        run, job = Run.of(record), Job.of(job_record)
        name = f"{self.repo} run {run.id} attempt {job.attempt} job {job.id} ({plain(job.name)}).log"
        context = run.context(self.repo, pull_request)
        ended_at = job.completed_at or context.ended_at
        context = replace(context, job_id=str(job.id), job_name=job.name, attempt=job.attempt, ended_at=ended_at)
        spool = Spool(partial(JobReader(self.client, self.repo, self.warn).read, job, name))
        return Artefact(name, spool.chunks, cache(partial(digest_of, spool.chunks)), context)

    def _annotation_counts(self, record: Record) -> dict[int, int]:
        """By job, as far as one question tells it, so that jobs without any need none of their own."""
        suite = number(record.get("check_suite_id"))
        if not suite:
            return {}
        path = f"/repos/{self.repo}/check-suites/{suite}/check-runs"
        try:
            checks = list(self.client.items(path, "check_runs", {"filter": "all"}))
        except GitHubError as error:
            if error.passing or error.status not in _NO_RIGHT:
                raise
            return {}
        outputs = ((number(check.get("id")), check.get("output")) for check in checks)
        return {check: number(output.get("annotations_count")) for check, output in outputs if isinstance(output, dict)}

    def _messages(self, job: int) -> tuple[str, ...] | None:
        path = f"/repos/{self.repo}/check-runs/{job}/annotations"
        try:
            found = list(islice(self.client.items(path), _MOST_ANNOTATIONS))
        except GitHubError as error:
            if error.passing or error.status not in _NO_RIGHT:
                raise
            self.warn(f"{self.repo}: annotations can't be read: {error}")
            return None
        found.sort(key=lambda item: text(item.get("annotation_level")) != "failure")
        return tuple(text(item.get("message")) for item in found)

    def _allowed(self, path: str) -> Json:
        try:
            return self.client.get(path)
        except GitHubError as error:
            if error.passing or error.status not in _NO_RIGHT:
                raise
            return None
