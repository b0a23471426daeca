"""From what was run to its documents, some runs at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from error_classification.errors import Error
from error_classification.models import Artefact, ErrorClassification
from error_classification.opensearch_schema.metric_fields import FREE_TEXTS, Record, moment
from error_classification.opensearch_schema.metrics import (
    Attempt,
    Metrics,
    has_failed,
    job_metrics,
    step_metrics,
    workflow_metrics,
)
from error_classification.pipeline import Event, Skipped
from error_classification.sources.github import GitHubError, RateLimitError
from error_classification.sources.github.history import Record as GitHubRecord
from error_classification.sources.github.history import RunHistory
from error_classification.sources.github.source import SETTLING
from error_classification.wiring.collecting import LOOKBACK
from error_classification.wiring.metrics.causes import cause_of, causes_of_steps

Classify: TypeAlias = Callable[[Iterable[Artefact]], Iterable[Event]]
Skip: TypeAlias = Callable[[str, Error], None]

_RUNS = 25
"""So many are gathered before the errors of their jobs are classified together and their documents written."""
_GIVEN_UP_AFTER = 3
"""Runs in a row of which nothing could be read."""
_NOT_ALLOWED = frozenset((401, 403))


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of some runs. ``covered_until``: all that changed before it is in this batch or an earlier one."""

    runs: int
    metrics: Sequence[Metrics]
    covered_until: datetime


@dataclass(frozen=True, slots=True)
class _Gathered:
    """A run, as far as GitHub was asked; ``logs``: of the jobs that failed, by number."""

    attempts: Sequence[Attempt]
    annotations: dict[int, tuple[str, ...]]
    logs: dict[int, Artefact]


@dataclass(slots=True)
class Collector:
    """Makes the documents of ``history``. ``redact`` takes secrets out of what people wrote.

    ``classify`` says why jobs failed; None: nobody asks. ``skip`` is told what was not done: what cannot be read of GitHub
    keeps the batches from covering it, a job that cannot be classified only lacks the fields that would say why it failed.
    """

    history: RunHistory
    redact: Callable[[str], str]
    classify: Classify | None
    skip: Skip
    classified: int = 0
    _held: datetime | None = None
    _failures: int = 0
    _over: bool = False
    _redacted: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        self._redacted = lru_cache(1 << 12)(self.redact)

    def batches(self, since: datetime, until: datetime) -> Iterator[Batch]:
        """Of the runs that were completed and last changed in ``since <= updated_at < until``, the oldest change first."""
        try:
            runs = iter(self.history.completed(since, until, LOOKBACK))
        except GitHubError as error:
            self.skip(f"{self.history.repo} workflow runs", error)
            return
        while not self._over and (chunk := list(islice(runs, _RUNS))):
            gathered = [found for run in chunk if not self._over and (found := self._gathered(run))]
            metrics = list(self._documents(gathered))
            changed = moment(chunk[-1].get("updated_at")) or since
            yield Batch(len(gathered), metrics, self._held or max(since, min(changed, until - SETTLING)))
        if not self._over:
            yield Batch(0, (), self._held or max(since, until - SETTLING))

    def _gathered(self, run: GitHubRecord) -> _Gathered | None:
        name = f"{self.history.repo} run {run.get('id')}"
        try:
            found = self._read(run)
        except GitHubError as error:
            self._suffer(error, moment(run.get("updated_at")))
            self.skip(name, error)
            return None
        self._failures = 0
        return found

    def _read(self, run: GitHubRecord) -> _Gathered:
        pull_request = self.history.pull_request(run)
        jobs = self.history.jobs(run)
        annotations = self.history.annotations(run, [job for each in jobs.values() for job in each])
        attempts = [Attempt(self.history.repo, each, (), pull_request) for each in self.history.attempts(run)]
        attempts = [replace(each, jobs=jobs.get(each.number, ())) for each in attempts]
        failed = [job for each in jobs.values() for job in each if has_failed(job)] if self.classify else []
        logs = {_number(job): self.history.log(run, job, pull_request) for job in failed}
        return _Gathered(attempts, annotations, logs)

    def _suffer(self, error: GitHubError, changed: datetime | None) -> None:
        """What may succeed the next time, or with another token, keeps the run from being covered."""
        if not (error.passing or error.status in _NOT_ALLOWED):
            return
        self._held = self._held or changed
        self._failures += 1
        self._over = isinstance(error, RateLimitError) or error.status in _NOT_ALLOWED or self._failures >= _GIVEN_UP_AFTER

    def _documents(self, gathered: Sequence[_Gathered]) -> Iterator[Metrics]:
        errors = self._errors([log for run in gathered for log in run.logs.values()])
        for run in gathered:
            for attempt in run.attempts:
                yield workflow_metrics(attempt)
                for job in attempt.jobs:
                    yield from map(self._clean, self._of_job(run, attempt, job, errors.get(str(_number(job)), [])))

    def _of_job(self, run: _Gathered, attempt: Attempt, job: Record, errors: Sequence[ErrorClassification]) -> Iterator[Metrics]:
        messages = run.annotations.get(_number(job))
        shown = None if messages is None else tuple(map(self._redacted, messages))
        yield job_metrics(attempt, job, shown, cause_of(errors))
        for step, error in causes_of_steps(job, errors, run.logs.get(_number(job))):
            yield step_metrics(attempt, job, step, error)

    def _errors(self, logs: Sequence[Artefact]) -> dict[str, list[ErrorClassification]]:
        """By job, those in its log; each log is read once."""
        found: dict[str, list[ErrorClassification]] = {}
        if self.classify is None or not logs:
            return found
        try:
            for event in self.classify(logs):
                if isinstance(event, ErrorClassification):
                    found.setdefault(event.run.job_id, []).append(event)
                elif isinstance(event, Skipped):
                    self.skip(event.source, event.error)
        except Error as error:
            self.skip("classification", error)
        self.classified += len(found)
        return found

    def _clean(self, metrics: Metrics) -> Metrics:
        texts = {name: self._redacted(metrics.document[name]) for name in FREE_TEXTS if name in metrics.document}
        return replace(metrics, document=metrics.document | texts)


def _number(job: Record) -> int:
    found = job.get("id")
    return found if isinstance(found, int) else 0
