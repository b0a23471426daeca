"""The extractors under the names that scripts of the first generation import.

``context`` is a dict of ``ErrorContext``'s fields that the input does not say (``repo``, ``workflow_id``, ``job_name``, ...);
it wins over what the input says. What is unknown is None. Text comes as it was found: redaction happens when it is classified.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from error_classification import models
from error_classification.extraction import extract
from error_classification.models import Extraction, Outcome, SourceType
from error_classification.sources.files import FileSource
from error_classification.wiring import SystemClock

PYTEST, RUST_TEST = "pytest", "rust_test"

_NAMES = {
    SourceType.JUNIT: PYTEST,
    SourceType.BUILDKIT: "buildkit",
    SourceType.GITHUB_ANNOTATION: "github_annotation",
    SourceType.JOB_LOG: "github_job_log",
    SourceType.TEXT: "text",
}
_TYPES = {name: source_type for source_type, name in _NAMES.items()} | {RUST_TEST: SourceType.JUNIT}
_METADATA = (
    *("source", "line_start", "line_end", "headline", "rank", "outcome", "count"),
    *("file", "line", "stage", "target", "command", "exit_code"),
)
"""What we know beyond the first generation's fields; ``to_model`` reads it back."""


@dataclass(slots=True)
class ErrorContext:
    """One error and where in CI it happened. ``source_type``: pytest, rust_test, buildkit, github_annotation, github_job_log."""

    error_text: str
    source_type: str
    workflow_id: str | None = None
    job_id: str | None = None
    step_id: str | None = None
    test_name: str | None = None
    framework: str | None = None
    job_name: str | None = None
    step_name: str | None = None
    repo: str | None = None
    workflow_name: str | None = None
    branch: str | None = None
    pr_id: str | None = None
    commit_sha: str | None = None
    user_alias: str | None = None
    timestamp: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


_FIELDS = frozenset(item.name for item in fields(ErrorContext))


class ErrorExtractor:
    """Finds the errors in what CI leaves behind, the likeliest cause first. Raises ``InputError`` for what can't be read."""

    def extract_from_junit_xml(self, xml_path: str | Path, context: Mapping[str, Any] | None = None) -> list[ErrorContext]:
        """The failing test cases of a JUnit report."""
        (artefact,) = FileSource((str(xml_path),)).artefacts()
        return _listed(extract(artefact.name, artefact.open(), SourceType.JUNIT), context)

    def extract_from_buildkit_log(self, log_content: str, context: Mapping[str, Any] | None = None) -> list[ErrorContext]:
        """The failing steps of an image build."""
        return _from_text(log_content, SourceType.BUILDKIT, context)

    def extract_from_github_annotations(
        self, annotations: Sequence[Mapping[str, Any]], context: Mapping[str, Any] | None = None
    ) -> list[ErrorContext]:
        """The errors among check-run annotations as the REST API gives them."""
        return _from_text(json.dumps(list(annotations)), SourceType.GITHUB_ANNOTATION, context)

    def extract_from_annotation_messages(
        self, annotations_text: str, context: Mapping[str, Any] | None = None
    ) -> list[ErrorContext]:
        """The errors among annotation messages that an index keeps in one text, separated by pipes."""
        document = json.dumps({"s_annotation_messages": annotations_text})
        return _from_text(document, SourceType.GITHUB_ANNOTATION, context)

    def extract_from_github_job_logs(self, log_content: str, context: Mapping[str, Any] | None = None) -> list[ErrorContext]:
        """The independent failures of a job's log."""
        return _from_text(log_content, SourceType.JOB_LOG, context)


def to_model(context: ErrorContext) -> models.ErrorContext:
    """The error as the pipeline knows it; an unknown ``source_type`` is a bare text."""
    known = {name: value for name in _METADATA if (value := context.metadata.get(name)) is not None}
    if "outcome" in known:
        known["outcome"] = Outcome(known["outcome"])
    return models.ErrorContext(
        source_type=_TYPES.get(context.source_type, SourceType.TEXT),
        text=context.error_text,
        test_name=context.test_name or "",
        framework=context.framework or "",
        job_name=context.job_name or "",
        step_name=context.step_name or "",
        **({"source": context.source_type} | known),
    )


def _from_text(text: str, source_type: SourceType, context: Mapping[str, Any] | None) -> list[ErrorContext]:
    return _listed(extract(_NAMES[source_type], iter([text.encode("utf-8", "replace")]), source_type), context)


def _listed(found: Extraction, context: Mapping[str, Any] | None) -> list[ErrorContext]:
    now = SystemClock().now().isoformat().replace("+00:00", "Z")
    return [_from_model(error, now, context or {}) for error in _errors(found)]


def _errors(found: Extraction) -> Iterable[models.ErrorContext]:
    yield from found


def _from_model(error: models.ErrorContext, now: str, context: Mapping[str, Any]) -> ErrorContext:
    values: dict[str, Any] = {
        "error_text": error.text,
        "source_type": _source_name(error),
        "test_name": error.test_name or None,
        "framework": error.framework or None,
        "job_name": error.job_name or None,
        "step_name": error.step_name or None,
        "timestamp": now,
    }
    metadata = {name: value for name in _METADATA if (value := getattr(error, name)) not in ("", None)}
    extra = {name: value for name, value in context.items() if name not in _FIELDS}
    own = {name: value for name, value in context.items() if name in _FIELDS - {"metadata"} and value is not None}
    return ErrorContext(**values | own, metadata={**metadata, **extra, **(context.get("metadata") or {})})


def _source_name(error: models.ErrorContext) -> str:
    if error.source_type is SourceType.JUNIT and error.framework in ("rust", "cargo", "nextest"):
        return RUST_TEST
    return _NAMES[error.source_type]
