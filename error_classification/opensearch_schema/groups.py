"""The fields of a group's document: what is in force now, for searches, and what that was computed from."""

from __future__ import annotations

from dataclasses import dataclass

from error_classification.opensearch_schema.fields import ANSWER_FIELDS, Document, Field


@dataclass(frozen=True, slots=True)
class KeptField:
    """An object that is kept in the document and not indexed; the prefix of its name is ``o_``."""

    name: str

    @property
    def mapping(self) -> Document:
        return {"type": "object", "enabled": False}


GROUP_FIELDS: tuple[Field | KeptField, ...] = (
    Field("s_error_hash", "error_hash"),
    Field("l_occurrence_count", "occurrence_count"),
    Field("ts_first_seen", "first_seen"),
    Field("ts_last_seen", "last_seen"),
    Field("ts_answered_at", "answered_at"),
    Field("s_normalized_text", "normalized_text", full_text=True),
    Field("s_repo", "repo"),
    Field("s_source", "example_source"),
    *ANSWER_FIELDS,
    KeptField("o_months"),
    KeptField("o_example"),
    KeptField("o_answers"),
    KeptField("o_labels"),
)
"""Those of ``models.Group`` and its answer; the objects hold sums by month, the newest answer of each judge, and labels."""
