"""The failed jobs of one repository's workflow runs, as artefacts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import BinaryIO

from error_classification.errors import InputError, UsageError
from error_classification.models import Artefact, RunContext
from error_classification.sources.github.client import GitHubClient
from error_classification.sources.github.listing import failed_runs, jobs_of
from error_classification.sources.github.logs import JobReader
from error_classification.sources.github.problems import GitHubError, RateLimitError, plain
from error_classification.sources.github.records import CANCELLED, FAILED, Job, Run, first_number
from error_classification.sources.github.reports import ReportReader
from error_classification.sources.github.spool import Spool, digest_of
from error_classification.sources.github.startup import startup_failure

SETTLING = timedelta(minutes=5)
"""So long GitHub may take until a run's end shows in its lists and logs: what is younger is read again the next time."""
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
_MOST_CANCELLED = 20
"""So many cancelled jobs of an attempt are asked whether they ran out of time."""
_SHORTEST_LIMIT = timedelta(seconds=50)
"""The shortest time limit of a job is a minute."""
_GIVEN_UP_AFTER = 3
"""Requests in a row that came to nothing, each after all its tries."""
_NOT_ALLOWED = frozenset((401, 403))
_FROM_PULL_REQUESTS = frozenset(("pull_request", "pull_request_target"))


@dataclass(slots=True)
class GitHubSource:
    """What failed in runs that were completed and last changed in ``since <= updated_at < until``: all their attempts.

    Artefacts come in the order of the runs' last changes, and hold nothing until they are opened. What GitHub no longer has
    raises InputError when it is opened; what it does not give today (limits, failures of the server) raises GitHubError there,
    and ends the artefacts early where the rest would share its fate.

    ``lookback``: how long before ``since`` a run may have been created that was run again in the period.
    ``artifacts``: patterns of the names of artifacts that may hold JUnit reports; none of them is downloaded without.
    ``warnings``: what is known in part only, one line each, complete once the artefacts were read.
    """

    client: GitHubClient
    repo: str
    since: datetime
    until: datetime
    lookback: timedelta = timedelta(days=30)
    artifacts: tuple[str, ...] = ("*",)
    warnings: list[str] = field(default_factory=list)
    covered_until: datetime = field(init=False)
    """All that changed before this time was handed out and could be read: the ``since`` of the next run. It grows with
    each run that is finished; where one has to be read again, it stays there."""
    _held: bool = False
    _over: bool = False
    _failures: int = 0
    _pull_requests: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UsageError where ``repo`` is no ``OWNER/NAME``."""
        if not _REPO.fullmatch(self.repo) or self.repo.endswith(("/.", "/..")):
            raise UsageError(f"{plain(self.repo)!r} is no repository", "write it as OWNER/NAME")
        self.covered_until = self.since

    def artefacts(self) -> Iterator[Artefact]:
        """See ``ports.Source``. A list that GitHub does not give is an artefact that can't be opened."""
        try:
            runs = failed_runs(self.client, self.repo, self.since, self.until, self.lookback)
        except GitHubError as error:
            yield _unreadable(f"{self.repo} workflow runs", error)
            return
        for run in runs:
            self._reach(run.updated_at)
            yield from self._of_run(run)
            if self._over:
                return
        self._reach(max(self.since, self.until - SETTLING))

    def _reach(self, moment: datetime) -> None:
        if not self._held:
            self.covered_until = min(moment, max(self.since, self.until - SETTLING))

    def _of_run(self, run: Run) -> Iterator[Artefact]:
        """The jobs of all attempts in their order, then the reports."""
        name = f"{self.repo} run {run.id}"
        try:
            jobs = jobs_of(self.client, self.repo, run)
            failed = self._failed(run, jobs)
            context = run.context(self.repo, self._pull_request(run)) if failed or not jobs else RunContext()
        except GitHubError as error:
            self._suffer(error, run)
            yield _unreadable(name, error)
            return
        if not jobs and run.conclusion in FAILED:
            yield self._artefact(f"{name} ({plain(run.name)})", run, partial(startup_failure, self._reader(), run), context)
        for job in failed:
            yield self._of_job(run, job, context)
            if self._over:
                return
        if failed and self.artifacts:
            yield from self._reports(name, run, jobs, failed, context)

    def _failed(self, run: Run, jobs: list[Job]) -> list[Job]:
        """The jobs that failed, and those that were cancelled because their time was up: GitHub tells them apart by an
        annotation alone. Where others failed, the cancelled ones followed them, and need not be asked."""
        failed = {job.id for job in jobs if job.conclusion in FAILED}
        with_failures = {job.attempt for job in jobs if job.id in failed}
        asked = [job for job in jobs if _may_have_run_out(job) and job.attempt not in with_failures]
        failed |= {job.id for job in asked[:_MOST_CANCELLED] if self._reader().ran_out_of_time(job)}
        return [job for job in jobs if job.id in failed]

    def _of_job(self, run: Run, job: Job, context: RunContext) -> Artefact:
        name = f"{self.repo} run {run.id} attempt {job.attempt} job {job.id} ({plain(job.name)}).log"
        return self._artefact(name, run, partial(self._reader().read, job, name), _of(job, context))

    def _reports(self, name: str, run: Run, jobs: list[Job], failed: list[Job], context: RunContext) -> Iterator[Artefact]:
        reader = ReportReader(self.client, self.repo, self.artifacts, self.warnings.append)
        try:
            wanted = reader.wanted(run, jobs, failed)
        except GitHubError as error:
            self._suffer(error, run)
            yield _unreadable(f"{name} artifacts", error)
            return
        for artifact, attempt, job in wanted:
            if self._over:
                return
            title = f"{name} artifact {artifact.id} ({plain(artifact.name)})"
            known = _of(job, context) if job else replace(context, attempt=attempt)
            try:
                files = reader.files(artifact, title)
            except InputError as error:
                yield _unreadable(title, error)
                if isinstance(error, GitHubError) and error.status == 403:
                    self.artifacts = ()  # as without a token; logs or annotations may be had all the same
                    return
                self._suffer(error, run)
                continue
            self._failures = 0
            for file_name, chunks in files:
                yield Artefact(file_name, chunks, cache(partial(digest_of, chunks)), known)

    def _artefact(self, name: str, run: Run, fetch: Callable[[BinaryIO], None], context: RunContext) -> Artefact:
        spool = Spool(partial(self._fetch, run, fetch))
        return Artefact(name, spool.chunks, cache(partial(digest_of, spool.chunks)), context)

    def _fetch(self, run: Run, fetch: Callable[[BinaryIO], None], target: BinaryIO) -> None:
        try:
            fetch(target)
        except GitHubError as error:
            self._suffer(error, run)
            raise
        self._failures = 0

    def _suffer(self, error: InputError, run: Run) -> None:
        """What may succeed the next time, or with another token, keeps the run from being covered."""
        if not isinstance(error, GitHubError) or not (error.passing or error.status in _NOT_ALLOWED):
            return
        self._held = True
        self.covered_until = min(self.covered_until, run.updated_at)
        self._failures += 1
        if isinstance(error, RateLimitError) or error.status in _NOT_ALLOWED or self._failures >= _GIVEN_UP_AFTER:
            self._over = True

    def _pull_request(self, run: Run) -> str:
        """Its number; runs from forks do not tell it, their commit does."""
        if run.pull_request or run.event not in _FROM_PULL_REQUESTS or not run.sha.isalnum():
            return run.pull_request
        if run.sha not in self._pull_requests:
            self._pull_requests[run.sha] = self._pull_request_of(run.sha)
        return self._pull_requests[run.sha]

    def _pull_request_of(self, sha: str) -> str:
        try:
            return first_number(self.client.get(f"/repos/{self.repo}/commits/{sha}/pulls"))
        except GitHubError as error:
            if error.passing or error.status == 401:
                raise
            return ""

    def _reader(self) -> JobReader:
        return JobReader(self.client, self.repo, self.warnings.append)


def _of(job: Job, context: RunContext) -> RunContext:
    ended_at = job.completed_at or context.ended_at
    return replace(context, job_id=str(job.id), job_name=job.name, attempt=job.attempt, ended_at=ended_at)


def _may_have_run_out(job: Job) -> bool:
    if job.conclusion != CANCELLED or job.started_at is None or job.completed_at is None:
        return False
    return job.completed_at - job.started_at >= _SHORTEST_LIMIT


def _unreadable(name: str, error: InputError) -> Artefact:
    def fail() -> Iterator[bytes]:
        raise error

    return Artefact(name, fail, lambda: "")
