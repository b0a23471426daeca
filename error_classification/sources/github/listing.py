"""Which runs have failed and were last changed in a period, and which of their jobs.

GitHub finds runs by when they were created, not by when they changed, and at most 1,000 with one question. So the question is
put for a longer period, which is halved until the answer is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from error_classification.sources.github.client import GitHubClient, Json
from error_classification.sources.github.records import CANCELLED, FAILED, Job, Run

_MOST_FOUND = 1_000
_SHORTEST = timedelta(seconds=2)
"""A period that is not halved any further: GitHub's times are whole seconds."""
NEAR = timedelta(days=1)
"""So long before the period all runs are looked at; before that only those that have failed as a whole. What fails in a run
that then passes on a second attempt is seen while it is near, and was seen, as a rule, when it failed."""


def failed_runs(client: GitHubClient, repo: str, since: datetime, until: datetime, lookback: timedelta) -> list[Run]:
    """Completed runs with ``since <= updated_at < until`` in which some job may have failed, in the order of their changes.

    ``lookback``: how long before ``since`` they may have been created. Raises GitHubError.
    """
    found: dict[int, Run] = {}
    for first, last, conclusion in questions(since, until, lookback, ""):
        for run in map(Run.of, created_runs(client, repo, first, last, conclusion)):
            if run.id and since <= run.updated_at < until and _may_have_failed(run):
                found[run.id] = run
    return sorted(found.values(), key=lambda run: (run.updated_at, run.id))


def questions(since: datetime, until: datetime, lookback: timedelta, status: str) -> list[tuple[datetime, datetime, str]]:
    """The periods of creation to ask about: near ``since`` for runs of ``status``, before that for those that have failed."""
    near = since - min(NEAR, lookback)
    earlier = [(since - lookback, near, conclusion) for conclusion in sorted(FAILED)] if lookback > NEAR else []
    return [(near, until, status), *earlier]


def jobs_of(client: GitHubClient, repo: str, run: Run) -> list[Job]:
    """The jobs of all attempts of ``run``, in their order. Raises GitHubError."""
    listed = client.items(f"/repos/{repo}/actions/runs/{run.id}/jobs", "jobs", {"filter": "all"})
    jobs = {job.id: job for job in map(Job.of, listed) if job.id}
    return sorted(jobs.values(), key=lambda job: (job.attempt, job.id))


def _may_have_failed(run: Run) -> bool:
    """A run that was cancelled, or passed in the end, can have jobs that failed."""
    settled = run.status == "completed"
    return settled and (run.conclusion in FAILED or run.conclusion == CANCELLED or run.attempt > 1)


def created_runs(client: GitHubClient, repo: str, first: datetime, last: datetime, status: str) -> Iterator[dict[str, Json]]:
    """The runs, as GitHub's own records, that were created in a period, both ends included; some may come twice.

    ``status`` is a status or a conclusion; empty: any. Raises GitHubError.
    """
    periods = [(first, last)]
    while periods:
        first, last = periods.pop()
        query = {"created": f"{_stamp(first)}..{_stamp(last)}"} | ({"status": status} if status else {})
        listed = total = 0
        for page in client.pages(f"/repos/{repo}/actions/runs", "workflow_runs", query):
            listed += len(page.items)
            yield from page.items
            total = max(listed, page.total)  # what GitHub tells is an estimate at times
            if total > _MOST_FOUND and last - first > _SHORTEST:
                break
        if total >= _MOST_FOUND and last - first > _SHORTEST:
            middle = first + (last - first) / 2
            periods += [(first, middle), (middle, last)]


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
