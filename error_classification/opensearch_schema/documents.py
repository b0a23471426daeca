"""Occurrences to documents and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from error_classification.models import (
    UNCLASSIFIED,
    Abstention,
    Alternative,
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    RunContext,
    Usage,
    Verdict,
)
from error_classification.opensearch_schema.fields import FIELDS, SNIPPET, Document, same

SNIPPET_LENGTH = 500
"""Characters of the error's text in ``s_error_snippet``."""

_GETTERS = tuple((field.name, attrgetter(field.path)) for field in FIELDS)


def utc_text(moment: datetime) -> str:
    """A time as stored: ``2025-01-31T12:00:00.000000Z``. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_JSON_TYPES = frozenset({str, int, float, bool, type(None)})


def _encode(value: Any) -> Any:
    if type(value) in _JSON_TYPES:
        return value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _filled(pairs: Mapping[str, Any]) -> Document:
    return {name: value for name, value in pairs.items() if value or value is False or value == 0}


def _parameter(name: str, value: str) -> str:
    return f"{name.replace('%', '%25').replace('=', '%3D')}={value}"


def _parameters(pairs: list[str]) -> dict[str, str]:
    split = (pair.partition("=") for pair in pairs)
    return {name.replace("%3D", "=").replace("%25", "%"): value for name, _, value in split}


def _verdict_document(verdict: Verdict) -> Document:
    return {
        "s_primary_category": verdict.category,
        "s_subcategory": verdict.subcategory,
        "f_confidence_score": verdict.confidence,
        "s_root_cause_summary": verdict.root_cause,
        "l_evidence_lines": [evidence.line for evidence in verdict.evidence],
        "s_evidence": [evidence.text for evidence in verdict.evidence],
        "s_alternative_categories": [alternative.category for alternative in verdict.alternatives],
        "f_alternative_confidences": [alternative.confidence for alternative in verdict.alternatives],
        "s_parameters": [_parameter(name, value) for name, value in verdict.parameters.items()],
    }


def answer_to_document(answer: Verdict | Abstention) -> Document:
    """The answer's part of a document."""
    unclassified: Document = {"s_primary_category": UNCLASSIFIED, "f_confidence_score": 0.0}
    given = _verdict_document(answer) if isinstance(answer, Verdict) else unclassified
    usage = answer.usage
    return _filled(
        {
            **given,
            "s_judge": answer.judge,
            "s_reason": answer.reason,
            "s_model_version": answer.model_version,
            "s_consulted": answer.consulted,
            "l_prompt_tokens": usage.input,
            "l_completion_tokens": usage.output,
            "l_cached_tokens": usage.cache_read,
            "l_cache_write_tokens": usage.cache_write,
            "f_cost_usd": usage.cost_usd,
        }
    )


def to_document(classification: ErrorClassification) -> Document:
    """The document of one occurrence: JSON types only. Raises ValueError for a time without a zone."""
    document = _filled({name: _encode(getter(classification)) for name, getter in _GETTERS})
    snippet = _filled({SNIPPET.name: classification.error.context.text[:SNIPPET_LENGTH]})
    return document | answer_to_document(classification.answer) | snippet


def _usage(document: Mapping[str, Any]) -> Usage:
    return Usage(
        document.get("l_prompt_tokens", 0),
        document.get("l_completion_tokens", 0),
        document.get("l_cached_tokens", 0),
        document.get("l_cache_write_tokens", 0),
        document.get("f_cost_usd", 0.0),
    )


def answer_from_document(document: Mapping[str, Any]) -> Verdict | Abstention:
    """The answer that ``answer_to_document`` wrote. Raises KeyError or ValueError where it did not."""
    text = document.get
    category = document["s_primary_category"]
    if category == UNCLASSIFIED:
        who, why, version, consulted = (text(name, "") for name in ("s_judge", "s_reason", "s_model_version", "s_consulted"))
        return Abstention(who, why, version, _usage(document), consulted)
    evidence = zip(document.get("l_evidence_lines", ()), document.get("s_evidence", ()), strict=True)
    categories, confidences = document.get("s_alternative_categories", ()), document.get("f_alternative_confidences", ())
    return Verdict(
        judge=text("s_judge", ""),
        category=category,
        subcategory=text("s_subcategory", ""),
        confidence=document["f_confidence_score"],
        root_cause=text("s_root_cause_summary", ""),
        reason=text("s_reason", ""),
        evidence=tuple(Evidence(line, quote) for line, quote in evidence),
        alternatives=tuple(Alternative(name, share) for name, share in zip(categories, confidences, strict=True)),
        parameters=_parameters(document.get("s_parameters", [])),
        model_version=text("s_model_version", ""),
        usage=_usage(document),
        consulted=text("s_consulted", ""),
    )


def from_document(document: Mapping[str, Any]) -> ErrorClassification:
    """The classification that ``to_document`` wrote; unknown fields are ignored, missing ones take the model's defaults.

    Raises KeyError, TypeError or ValueError for a document that lacks what has no default.
    """
    parts: dict[str, dict[str, Any]] = {"": {}, "run": {}, "error": {}, "error.context": {}}
    for field in FIELDS:
        owner, _, attribute = field.path.rpartition(".")
        if field.name in document:
            parts[owner][attribute] = field.decode(document[field.name])
        elif field.name.startswith("s_") and field.decode is same:
            parts[owner][attribute] = ""
    error = FingerprintedError(context=ErrorContext(**parts["error.context"]), **parts["error"])
    return ErrorClassification(error=error, run=RunContext(**parts["run"]), answer=answer_from_document(document), **parts[""])
