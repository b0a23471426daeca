"""The table of fields of metrics: what a run, a job or a step of GitHub Actions is written down as.

``path`` leads to the value in ``{"repo": ..., "pull_request": ..., "run": ..., "job": ..., "step": ...}``, of which the last
three are GitHub's own records (https://docs.github.com/en/rest/actions/workflow-runs and .../workflow-jobs); it is empty for
what is worked out in ``metrics``. One mapping serves all three kinds, so that they may also share an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from error_classification.opensearch_schema.documents import utc_text
from error_classification.opensearch_schema.fields import Document, Field
from error_classification.opensearch_schema.index import TEMPLATE_PRIORITY, VERSION_KEY

Record: TypeAlias = Mapping[str, Any]
"""An object in GitHub's JSON, which may lack anything and hold anything."""

METRICS_VERSION = 1
"""Stands in ``_meta`` of the mapping."""

RUN_FIELDS = (
    Field("s_repo", "repo"),
    Field("s_workflow_id", "run.id"),
    Field("s_workflow_name", "run.name"),
    Field("s_workflow_definition_id", "run.workflow_id"),
    Field("s_workflow_file", "run.path"),
    Field("l_run_number", "run.run_number"),
    Field("s_event", "run.event"),
    Field("s_branch", "run.head_branch"),
    Field("s_commit_sha", "run.head_sha"),
    Field("s_pr_id", "pull_request"),
)
"""In documents of all kinds. As in those of errors, ``s_workflow_id`` is the run's number, not that of its definition."""

JOB_IDENTITY = (Field("s_job_id", "job.id"), Field("s_job_name", "job.name"))

JOB_FIELDS = (
    *JOB_IDENTITY,
    Field("s_runner_name", "job.runner_name"),
    Field("s_runner_group", "job.runner_group_name"),
    Field("s_labels", "job.labels", tuple),
)

STEP_FIELDS = (
    *JOB_IDENTITY,
    Field("s_job_conclusion", "job.conclusion"),
    Field("s_step_name", "step.name"),
    Field("l_step_number", "step.number"),
)

WORKED_OUT = (
    Field("s_kind", ""),
    Field("s_status", ""),
    Field("s_conclusion", ""),
    Field("l_status_number", ""),
    Field("l_attempt", ""),
    Field("l_retries", ""),
    Field("s_user_alias", ""),
    Field("@timestamp", ""),
    Field("ts_created_at", ""),
    Field("ts_started_at", ""),
    Field("ts_completed_at", ""),
    Field("f_duration_seconds", ""),
    Field("f_queue_seconds", ""),
    Field("l_jobs", ""),
    Field("l_jobs_success", ""),
    Field("l_jobs_failure", ""),
    Field("l_jobs_cancelled", ""),
    Field("l_jobs_skipped", ""),
    Field("l_jobs_timed_out", ""),
    Field("l_jobs_other", ""),
    Field("s_runner_prefix", ""),
    Field("l_annotation_count", ""),
    Field("s_annotation_messages", "", full_text=True),
    Field("s_step_id", ""),
    Field("s_error_type", ""),
    Field("s_error_summary", "", full_text=True),
    Field("f_error_confidence", ""),
)

FREE_TEXTS = ("s_job_name", "s_step_name")
"""What people wrote and GitHub does not mask: an unnamed step is called by the first line of its script."""


def metric_mappings() -> Document:
    """The mapping of all kinds."""
    fields = {field.name: field.mapping for field in (*RUN_FIELDS, *JOB_FIELDS, *STEP_FIELDS, *WORKED_OUT)}
    return {"dynamic": "strict", "_meta": {VERSION_KEY: METRICS_VERSION}, "properties": fields}


def metrics_body() -> Document:
    """Settings and mapping of an index of metrics: one shard, and a replica as soon as there is a second node."""
    return {"settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}, "mappings": metric_mappings()}


def metrics_patterns(index_name: str) -> list[str]:
    """The index, and what it may roll over to (``<name>-000001``)."""
    return [index_name, f"{index_name}-*"]


def metrics_template(index_name: str) -> Document:
    """A composable template for ``index_name``, and for what it rolls over to.

    A longer name goes before a shorter one that it begins with: a server refuses two templates of one priority for one index.
    """
    return {
        "index_patterns": metrics_patterns(index_name),
        "priority": TEMPLATE_PRIORITY + len(index_name),
        "template": metrics_body(),
        "_meta": {VERSION_KEY: METRICS_VERSION},
    }


def copied(fields: Iterable[Field], record: Record) -> Document:
    """The values of ``fields`` in ``record``; what it lacks, or holds as something else than it should, is left out."""
    found = {field.name: _reader(field)(_at(record, field.path)) for field in fields}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def text(value: object) -> str:
    """The value if it is text, without lone surrogates (which JSON can express and UTF-8 cannot); else empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """The value if it is a whole number that a server can hold."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None


def moment(value: object) -> datetime | None:
    """The time that ISO 8601 text tells, in UTC."""
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) else None
        return told.astimezone(UTC) if told is not None and told.tzinfo else None
    except (ValueError, OverflowError):
        return None


def records(value: object) -> list[Record]:
    """The objects in a list; nothing where it is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(record: Record, path: str) -> object:
    found: object = record
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _reader(field: Field) -> Callable[[object], Any]:
    if field.decode is tuple:
        return _texts
    return number if field.name.startswith("l_") else _identifier


def _texts(value: object) -> list[str]:
    return list(filter(None, map(text, value))) if isinstance(value, list) else []


def _identifier(value: object) -> str:
    """Text, whatever it is at GitHub."""
    whole = number(value)
    return text(value) if whole is None else str(whole)


def stamped(times: Mapping[str, datetime | None]) -> Document:
    """Times as stored; without those that are not known."""
    return {name: utc_text(time) for name, time in times.items() if time is not None}
