"""From a run, a job or a step in GitHub's JSON to the document that is stored of it.

A document's identifier follows from GitHub's numbers, and nothing in it from when or how often it is made: made again from the
same records, it is the same. ``metric_fields`` has the fields; all times are seconds.

``s_status`` is the conclusion, or what is going on where there is none yet; ``l_status_number`` is it as a number for charts
(``STATUS_NUMBERS``). ``f_queue_seconds`` is how long a job waited for its runner; for a run, how long its first job did.
``f_duration_seconds`` is from start to end; for a run, from when this attempt was asked for, as GitHub shows it. What was
skipped has neither. ``@timestamp`` is the end, as far as it is known. ``l_retries`` are the attempts before this one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from error_classification.models import ErrorClassification
from error_classification.opensearch_schema.fields import Document
from error_classification.opensearch_schema.metric_fields import (
    JOB_FIELDS,
    RUN_FIELDS,
    STEP_FIELDS,
    Record,
    copied,
    moment,
    number,
    records,
    stamped,
    text,
)

WORKFLOW, JOB, STEP = KINDS = ("workflow", "job", "step")

STATUS_NUMBERS: Mapping[str, int] = {
    "success": 0,
    "failure": 1,
    "timed_out": 2,
    "startup_failure": 3,
    "cancelled": 4,
    "skipped": 5,
    "neutral": 6,
    "action_required": 7,
    "stale": 8,
}
"""0 is well, 1 to 3 have failed, the others say nothing of the code."""
UNSETTLED = -1
"""The number of what is not over, or has a conclusion that is not in the table."""
FAILED = frozenset(("failure", "timed_out", "startup_failure"))

LONGEST_MESSAGES = 10_000
"""Characters of ``s_annotation_messages``."""
_SEPARATOR = " | "
_COUNTED = ("success", "failure", "cancelled", "skipped", "timed_out")
_LONGEST_NAME = 200
_PARTS = re.compile(r"[-_.\s]+")
_COUNTED_WORD = re.compile(r"([^\W\d_]{3,})\d+")
"""A word with its number, like ``builder12``; what mixes letters and digits otherwise is a number, or a name made by chance."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a run and its jobs, as GitHub's records; ``pull_request`` is a number, or empty."""

    repo: str
    run: Record
    jobs: Sequence[Record] = ()
    pull_request: str = ""

    @property
    def number(self) -> int:
        return attempt_of(self.run)


@dataclass(frozen=True, slots=True)
class Metrics:
    """A document, and under which identifier it is stored."""

    kind: str
    id: str
    document: Document


def attempt_of(record: Record) -> int:
    """Of a run or a job: 1 for the first."""
    return number(record.get("run_attempt")) or 1


def has_failed(record: Record) -> bool:
    """Whether a run, job or step did."""
    return text(record.get("conclusion")) in FAILED


def workflow_metrics(attempt: Attempt) -> Metrics:
    """The document of one attempt of a run."""
    run = attempt.run
    conclusions = Counter(text(job.get("conclusion")) for job in attempt.jobs)
    counts = {f"l_jobs_{name}": conclusions.pop(name, 0) for name in _COUNTED}
    document = _common(attempt, WORKFLOW, run, attempt.number) | copied(RUN_FIELDS, _sources(attempt))
    document |= {"l_jobs": len(attempt.jobs), **counts, "l_jobs_other": conclusions.total()} | _run_times(attempt)
    return Metrics(WORKFLOW, f"github-workflow-{_id(run)}-attempt-{attempt.number}", document)


def job_metrics(
    attempt: Attempt, job: Record, annotations: Sequence[str] | None = None, error: ErrorClassification | None = None
) -> Metrics:
    """The document of a job. ``annotations``: their messages, or None where they are not known; ``error``: why it failed."""
    document = _common(attempt, JOB, job, attempt_of(job)) | copied((*RUN_FIELDS, *JOB_FIELDS), _sources(attempt, job))
    document |= _times(job, job.get("created_at"), attempt.run.get("updated_at")) | _error(error)
    if prefix := runner_prefix(text(job.get("runner_name"))):
        document["s_runner_prefix"] = prefix
    if annotations is not None:
        document["l_annotation_count"] = len(annotations)
        if messages := _joined(annotations):
            document["s_annotation_messages"] = messages
    return Metrics(JOB, f"github-job-{_id(job)}-attempt-{attempt_of(job)}", document)


def step_metrics(attempt: Attempt, job: Record, step: Record, error: ErrorClassification | None = None) -> Metrics:
    """The document of a step of ``job``."""
    step_id = f"{_id(job)}_{number(step.get('number')) or 0}"
    fields = copied((*RUN_FIELDS, *STEP_FIELDS), _sources(attempt, job, step))
    document = _common(attempt, STEP, step, attempt_of(job)) | fields | {"s_step_id": step_id}
    enclosing = job.get("completed_at") or attempt.run.get("updated_at")
    document |= _times(step, None, enclosing) | _error(error)
    return Metrics(STEP, f"github-step-{step_id}-attempt-{attempt_of(job)}", document)


def runner_prefix(name: str) -> str:
    """What the names of similar runners begin with: ``name`` up to its last part that is a number or has one.

    ``gpu-large-12`` and ``gpu-large-x7k2p`` give ``gpu-large``, ``builder7`` gives ``builder``.
    """
    name = name[:_LONGEST_NAME].strip()
    spans = [(0, 0), *(match.span() for match in _PARTS.finditer(name)), (len(name), len(name))]
    for (gap, start), (end, _) in reversed(list(pairwise(spans))):
        part = name[start:end]
        if not any(map(str.isdigit, part)):
            continue
        word = _COUNTED_WORD.fullmatch(part)
        return (name[:start] + word[1] if word else name[:gap]) or name
    return name


def _sources(attempt: Attempt, job: Record | None = None, step: Record | None = None) -> Record:
    return {"repo": attempt.repo, "pull_request": attempt.pull_request, "run": attempt.run, "job": job, "step": step}


def _id(record: Record) -> int:
    return number(record.get("id")) or 0


def _common(attempt: Attempt, kind: str, record: Record, attempt_number: int) -> Document:
    conclusion, status = text(record.get("conclusion")), text(record.get("status"))
    told = {"s_status": conclusion or status, "s_conclusion": conclusion, "s_user_alias": _user(attempt.run)}
    return {
        "s_kind": kind,
        **{name: value for name, value in told.items() if value},
        "l_status_number": STATUS_NUMBERS.get(conclusion, UNSETTLED),
        "l_attempt": attempt_number,
        "l_retries": attempt_number - 1,
    }


def _user(run: Record) -> str:
    """Who asked for this attempt, else for the first one."""
    users = (run.get(name) for name in ("triggering_actor", "actor"))
    return next(filter(None, (text(user.get("login")) for user in users if isinstance(user, dict))), "")


def _run_times(attempt: Attempt) -> Document:
    """The end is that of its last job: GitHub changes ``updated_at`` for other reasons too.

    Jobs that were taken over from an earlier attempt began before this one.
    """
    run = attempt.run
    created, asked_at, ended = (moment(run.get(name)) for name in ("created_at", "run_started_at", "updated_at"))
    if asked_at is None and attempt.number == 1:
        asked_at = created
    own = [job for job in attempt.jobs if job.get("conclusion") != "skipped" and _is_since(job, asked_at)]
    starts = [time for job in own if (time := moment(job.get("started_at")))]
    ends = [time for job in own if (time := moment(job.get("completed_at")))]
    if run.get("status") != "completed":
        ended = None
    elif ends:
        ended = max(ends)
    times = {"ts_created_at": created, "ts_started_at": asked_at, "ts_completed_at": ended}
    latest = ended or moment(run.get("updated_at")) or asked_at or created
    queue = _seconds("f_queue_seconds", asked_at, min(starts, default=None))
    return stamped(times | {"@timestamp": latest}) | _seconds("f_duration_seconds", asked_at, ended) | queue


def _is_since(job: Record, asked_at: datetime | None) -> bool:
    started = moment(job.get("started_at"))
    return started is not None and (asked_at is None or started >= asked_at)


def _times(record: Record, created_at: object, enclosing_end: object) -> Document:
    """Of a job or a step; where it tells no time, it is dated by the end of what it belongs to."""
    created = moment(created_at)
    started, completed = (moment(record.get(name)) for name in ("started_at", "completed_at"))
    times = {"ts_created_at": created, "ts_started_at": started, "ts_completed_at": completed}
    document = stamped(times | {"@timestamp": completed or started or moment(enclosing_end) or created})
    if record.get("conclusion") == "skipped":
        return document
    return document | _seconds("f_duration_seconds", started, completed) | _seconds("f_queue_seconds", created, started)


def _seconds(name: str, first: datetime | None, last: datetime | None) -> Document:
    """Never less than none: GitHub's clocks do not agree to the second."""
    return {name: max(0.0, (last - first).total_seconds())} if first and last else {}


def _joined(messages: Sequence[str]) -> str:
    joined = _SEPARATOR.join(filter(None, (text(message).strip() for message in messages)))
    return joined if len(joined) <= LONGEST_MESSAGES else joined[: LONGEST_MESSAGES - 1] + "…"


def _error(error: ErrorClassification | None) -> Document:
    if error is None:
        return {}
    summary = {"s_error_summary": error.root_cause} if error.root_cause else {}
    return {"s_error_type": error.category, **summary, "f_error_confidence": error.confidence}


def steps_of(job: Record) -> list[Record]:
    """The records of a job's steps."""
    return records(job.get("steps"))
