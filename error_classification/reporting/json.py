"""Records for machines: one flat object per error, with fixed names in a fixed order.

``classified`` always has every field, null where it is unknown; ``extracted`` leaves out what is unknown. Lines are ASCII,
so that no encoding of a pipe can break them and they cannot steer a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TypeAlias

from error_classification.models import (
    UNCLASSIFIED,
    Abstention,
    ErrorClassification,
    FingerprintedError,
    Group,
    Report,
    Verdict,
)
from error_classification.opensearch_schema import utc_text
from error_classification.ports import Label, Stats, Tally

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
Record: TypeAlias = "dict[str, Value]"


def classified(classification: ErrorClassification) -> Record:
    """The record of one classified error."""
    found = _found(classification.error)
    count = found.pop("count")
    found["job_name"] = found["job_name"] or classification.run.job_name or None
    return {
        "id": classification.error_id,
        **found,
        **_answer(classification.answer),
        "count": count,
        "is_duplicate": classification.is_duplicate,
        "occurrence_count": classification.occurrence_count,
        "first_seen": timestamp(classification.first_seen),
        "last_seen": timestamp(classification.last_seen),
        "model_version": classification.answer.model_version or None,
        "usage": _plain(asdict(classification.answer.usage)),
    }


def extracted(error: FingerprintedError) -> Record:
    """The record of an error that nobody has judged yet."""
    return {name: value for name, value in _found(error).items() if value is not None}


def report(value: Report) -> Record:
    """What an input was; test counts where it was a test report."""
    record: Record = {"source": value.source, "source_type": value.source_type.value, "warnings": list(value.warnings)}
    if value.counts is not None:
        record |= _plain(asdict(value.counts)) | {"damaged": value.damaged}
    return record


def group(value: Group) -> Record:
    """All occurrences of one hash and the answer in force."""
    return {
        "error_hash": value.error_hash,
        **_answer(value.answer),
        "occurrence_count": value.occurrence_count,
        "first_seen": timestamp(value.first_seen),
        "last_seen": timestamp(value.last_seen),
        "answered_at": timestamp(value.answered_at),
        "normalized_text": value.normalized_text,
        "repo": value.repo or None,
        "example_source": value.example_source or None,
    }


def occurrence(value: ErrorClassification) -> Record:
    """One occurrence of a group, with the CI run that it is from."""
    run = _plain({name: text for name, text in asdict(value.run).items() if text and name != "ended_at"})
    return {"id": value.error_id, "occurred_at": timestamp(value.occurred_at), **extracted(value.error), "run": run}


def label(value: Label) -> Record:
    """A person's correction."""
    return {
        "category": value.category,
        "subcategory": value.subcategory or None,
        "author": value.author or None,
        "labelled_at": timestamp(value.labelled_at),
        "withdrawn_by": value.withdrawn_by or None,
        "withdrawn_at": timestamp(value.withdrawn_at),
    }


def stats(value: Stats) -> Record:
    """What occurred in a period."""
    return {
        "occurrences": value.occurrences,
        "groups": value.groups,
        "unclassified": value.unclassified,
        "categories": _tallies(value.categories),
        "subcategories": _tallies(value.subcategories),
        "judges": _tallies(value.judges),
        "repos": _tallies(value.repos),
        "top": [group(item.group) | {"occurrences": item.occurrences} for item in value.top],
    }


def line(record: Mapping[str, Value]) -> str:
    """The record on one line, without the line's end."""
    return json.dumps(record, ensure_ascii=True, separators=(", ", ": "))


def indented(records: Iterable[Mapping[str, Value]]) -> str:
    """Records as a list for people to read, one a line."""
    return "[" + ",".join(f"\n  {line(record)}" for record in records) + "\n]"


def timestamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, as it is stored."""
    return utc_text(moment) if moment else None


def _found(error: FingerprintedError) -> Record:
    context = error.context
    return {
        "error_hash": error.error_hash,
        "hash_version": error.hash_version,
        "source_type": context.source_type.value,
        "source": context.source,
        "line_start": context.line_start or None,
        "line_end": context.line_end or None,
        "rank": context.rank,
        "outcome": context.outcome.value,
        "test_name": context.test_name or None,
        "file": context.file or None,
        "line": context.line,
        "framework": context.framework or None,
        "job_name": context.job_name or None,
        "step_name": context.step_name or None,
        "stage": context.stage or None,
        "target": context.target or None,
        "command": context.command or None,
        "exit_code": context.exit_code,
        "error_text": context.text,
        "normalized_text": error.normalized_text,
        "count": context.count,
    }


def _answer(answer: Verdict | Abstention) -> Record:
    if isinstance(answer, Abstention):
        answer = Verdict(answer.judge, UNCLASSIFIED, "", 0.0, "", answer.reason)
    return {
        "primary_category": answer.category,
        "subcategory": answer.subcategory or None,
        "confidence_score": round(answer.confidence, 4),
        "root_cause_summary": answer.root_cause or None,
        "judge": answer.judge,
        "reason": answer.reason,
        "evidence": [{"line": item.line or None, "text": item.text} for item in answer.evidence],
        "alternatives": [{"category": item.category, "confidence": round(item.confidence, 4)} for item in answer.alternatives],
        "parameters": _plain(answer.parameters),
    }


def _tallies(tallies: Iterable[Tally]) -> Value:
    return [{"name": tally.name or None, "occurrences": tally.occurrences, "groups": tally.groups} for tally in tallies]


def _plain(values: Mapping[str, str | int | float]) -> Record:
    return dict(values)
