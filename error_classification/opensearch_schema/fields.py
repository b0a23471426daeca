"""The table of fields of a stored occurrence: what a document holds, and what each field's name promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from error_classification.models import Outcome, SourceType

Document: TypeAlias = dict[str, Any]
"""A JSON object."""

_TYPES: Mapping[str, Document] = {
    # Lucene refuses a term of more than 32,766 bytes: a longer value is kept in the document but not indexed.
    "s": {"type": "keyword", "ignore_above": 1024},
    "l": {"type": "long"},
    "f": {"type": "double"},
    "ts": {"type": "date", "format": "strict_date_optional_time"},
    "@timestamp": {"type": "date", "format": "strict_date_optional_time"},
    "b": {"type": "boolean"},
}
_FULL_TEXT: Document = {"type": "text"}


def same(value: Any) -> Any:
    """The identity: JSON has this type already."""
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document and the attribute of ``ErrorClassification`` (a dotted path) that it holds.

    ``decode`` turns the JSON value into the attribute's type; ``full_text`` fields are analysed for search, word by word.
    """

    name: str
    path: str
    decode: Callable[[Any], Any] = same
    full_text: bool = False

    @property
    def mapping(self) -> Document:
        return dict(_FULL_TEXT if self.full_text else _TYPES[self.name.partition("_")[0]])


_time = datetime.fromisoformat

FIELDS: tuple[Field, ...] = (
    Field("s_error_id", "error_id"),
    Field("s_error_hash", "error.error_hash"),
    Field("l_hash_version", "error.hash_version"),
    Field("b_generic", "error.generic"),
    Field("s_normalized_text", "error.normalized_text", full_text=True),
    Field("s_error_source", "error.context.source_type", SourceType),
    Field("s_source", "error.context.source"),
    Field("s_error_full_text", "error.context.text", full_text=True),
    Field("s_headline", "error.context.headline", full_text=True),
    Field("l_line_start", "error.context.line_start"),
    Field("l_line_end", "error.context.line_end"),
    Field("l_line_numbers", "error.context.line_numbers", tuple),
    Field("l_rank", "error.context.rank"),
    Field("s_outcome", "error.context.outcome", Outcome),
    Field("l_count", "error.context.count"),
    Field("s_test_name", "error.context.test_name"),
    Field("s_file", "error.context.file"),
    Field("l_line", "error.context.line"),
    Field("s_framework", "error.context.framework"),
    Field("s_log_job_name", "error.context.job_name"),
    Field("s_step_name", "error.context.step_name"),
    Field("s_stage", "error.context.stage"),
    Field("s_target", "error.context.target"),
    Field("s_command", "error.context.command", full_text=True),
    Field("l_exit_code", "error.context.exit_code"),
    Field("s_repo", "run.repo"),
    Field("s_workflow_id", "run.workflow_id"),
    Field("s_workflow_name", "run.workflow_name"),
    Field("s_job_id", "run.job_id"),
    Field("s_job_name", "run.job_name"),
    Field("s_step_id", "run.step_id"),
    Field("l_attempt", "run.attempt"),
    Field("s_branch", "run.branch"),
    Field("s_pr_id", "run.pr_id"),
    Field("s_commit_sha", "run.commit_sha"),
    Field("s_user_alias", "run.user_alias"),
    Field("ts_job_ended_at", "run.ended_at", _time),
    Field("@timestamp", "occurred_at", _time),
    Field("ts_classified_at", "classified_at", _time),
    Field("s_classification_method", "method"),
    Field("b_is_duplicate", "is_duplicate"),
    Field("l_occurrence_count", "occurrence_count"),
    Field("ts_first_seen", "first_seen", _time),
    Field("ts_last_seen", "last_seen", _time),
)
"""What the error, its run and its history hold. The answer's fields follow."""

ANSWER_FIELDS: tuple[Field, ...] = (
    Field("s_judge", "judge"),
    Field("s_primary_category", "category"),
    Field("s_subcategory", "subcategory"),
    Field("f_confidence_score", "confidence"),
    Field("s_root_cause_summary", "root_cause", full_text=True),
    Field("s_reason", "reason", full_text=True),
    Field("s_model_version", "model_version"),
    Field("s_consulted", "consulted"),
    Field("l_prompt_tokens", "usage.input"),
    Field("l_completion_tokens", "usage.output"),
    Field("l_cached_tokens", "usage.cache_read"),
    Field("l_cache_write_tokens", "usage.cache_write"),
    Field("f_cost_usd", "usage.cost_usd"),
    Field("l_evidence_lines", "evidence.line"),
    Field("s_evidence", "evidence.text", full_text=True),
    Field("s_alternative_categories", "alternatives.category"),
    Field("f_alternative_confidences", "alternatives.confidence"),
    Field("s_parameters", "parameters"),
)
"""What a ``Verdict`` holds, with paths relative to it; an ``Abstention`` is a document of category "unclassified"."""

SNIPPET = Field("s_error_snippet", "error.context.text", full_text=True)
"""Written for dashboards; never read back."""

ALL_FIELDS = (*FIELDS, *ANSWER_FIELDS, SNIPPET)
