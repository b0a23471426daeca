"""Classification under the names that scripts of the first generation import. Answers are stored in the local store."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from error_classification import models, pipeline, wiring
from error_classification.classification.realtime import may_ask
from error_classification.config import Config
from error_classification.deduplicator import ErrorDeduplicator
from error_classification.error_extractor import PYTEST, RUST_TEST, ErrorContext, ErrorExtractor, to_model
from error_classification.extraction.excerpt import shortened
from error_classification.models import Artefact, RunContext
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.opensearch_schema import SNIPPET_LENGTH, utc_text
from error_classification.ports import Consultant, Judge

_PREFIXES = {
    "confidence_score": "f_",
    "classified_at": "ts_",
    "first_seen": "ts_",
    "last_seen": "ts_",
    "is_duplicate": "b_",
    "occurrence_count": "l_",
    "prompt_tokens": "l_",
    "completion_tokens": "l_",
    "cached_tokens": "l_",
}
_RUN_FIELDS = (
    *("repo", "workflow_id", "workflow_name", "job_id", "job_name"),
    *("step_id", "branch", "pr_id", "commit_sha", "user_alias"),
)
_REALTIME = "realtime"
_NO_REUSE = timedelta(seconds=-1)


@dataclass(slots=True)
class ErrorClassification:
    """A classified error. Times are ISO 8601 in UTC; what is unknown is None."""

    error_id: str
    error_hash: str
    error_source: str
    error_snippet: str
    error_full_text: str
    primary_category: str
    subcategory: str | None = None
    confidence_score: float = 0.0
    root_cause_summary: str | None = None
    classification_method: str = "batch"
    model_version: str | None = None
    classified_at: str | None = None
    is_duplicate: bool = False
    occurrence_count: int = 1
    first_seen: str | None = None
    last_seen: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    timestamp: str | None = None
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

    def to_opensearch_doc(self) -> dict[str, Any]:
        """The stored names with their values, without those that are None; the document's id is ``s_error_id``."""
        named = {_stored_name(item.name): getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


class ErrorClassifier:
    """Classifies errors and remembers the answers. ``deduplicator`` knows the earlier ones."""

    def __init__(self, config: Config | None = None, opensearch_client: object = None) -> None:
        """Raises ``UsageError`` for a client: this version stores locally."""
        self.config = config or Config.from_env()
        self.deduplicator = ErrorDeduplicator(opensearch_client, self.config)
        self._open = ExitStack()

    @cached_property
    def _judges(self) -> tuple[Judge, ...]:
        return wiring.judges(self.config)

    @cached_property
    def _claude(self) -> Consultant | None:
        """Asked where ``config.judges`` names it."""
        if models.LLM not in self.config.judges:
            return None
        from error_classification.wiring.consulting import consultation

        return self._open.enter_context(consultation(self.config)).judge

    def close(self) -> None:
        """Ends the connections to Claude, if there were any."""
        self._open.close()

    def classify_error(
        self, error_context: ErrorContext, use_cache: bool = True, classification_method: str = "batch"
    ) -> ErrorClassification:
        """The classification of one error; ``use_cache``: an earlier answer for the same hash may stand for it."""
        return self._classified(error_context, 0, use_cache, classification_method)

    def batch_classify_errors(self, error_contexts: Sequence[ErrorContext], use_cache: bool = True) -> list[ErrorClassification]:
        """The classifications of several errors, in their order."""
        return [self._classified(error, position, use_cache, "batch") for position, error in enumerate(error_contexts)]

    def classify_job_from_full_log(
        self,
        job_log: str,
        job_name: str,
        job_id: str,
        workflow_context: Mapping[str, Any] | None = None,
        use_cache: bool = True,
    ) -> list[ErrorClassification]:
        """The classifications of all failures in a job's log, the most likely cause first."""
        context = {**(workflow_context or {}), "job_name": job_name, "job_id": job_id}
        return self.batch_classify_errors(ErrorExtractor().extract_from_github_job_logs(job_log, context), use_cache)

    def should_classify_realtime(self, error_context: ErrorContext) -> bool:
        """Whether Claude may be asked while the job runs: by default not for tests that ran and failed."""
        is_test = error_context.source_type in (PYTEST, RUST_TEST)
        threshold = self.config.classify_realtime_threshold
        return self.config.enable_realtime_classification and may_ask(threshold, is_test, error_context.error_text)

    def _classified(self, context: ErrorContext, position: int, use_cache: bool, method: str) -> ErrorClassification:
        policy = wiring.policy(self.config, method)
        error = self.deduplicator.redactor.redact_context(to_model(context))
        asks = method != _REALTIME or self.should_classify_realtime(context)
        events = pipeline.classify(
            _artefact(context, position),
            [fingerprint(shortened(error, policy.max_error_length))],
            redactor=self.deduplicator.redactor,
            judges=self._judges,
            store=self.deduplicator.archive,
            clock=wiring.SystemClock(),
            policy=policy if use_cache else replace(policy, ttl=_NO_REUSE),
            consultant=self._claude if asks else None,
        )
        (found,) = _warned(events)
        return _from_model(found, context)


def _warned(events: Iterator[pipeline.Event]) -> Iterator[models.ErrorClassification]:
    """The classifications; that the store failed is a warning, since the answer is there."""
    for event in events:
        if isinstance(event, models.ErrorClassification):
            yield event
        elif isinstance(event, pipeline.Skipped):
            warnings.warn(str(event.error), RuntimeWarning, stacklevel=4)


def _artefact(context: ErrorContext, position: int) -> Artefact:
    """What identifies the error outside CI: its text, its test, when it was found, and its place in the batch."""
    parts = (context.error_text, context.test_name or "", context.timestamp or "", str(position))
    digest = blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Artefact(context.source_type, lambda: iter(()), lambda: digest, _run(context))


def _run(context: ErrorContext) -> RunContext:
    known = {name: str(value) for name in _RUN_FIELDS if (value := getattr(context, name)) is not None}
    return RunContext(ended_at=_moment(context.timestamp), **known)  # type: ignore[arg-type]  # only the text fields are named


def _moment(timestamp: str | None) -> datetime | None:
    """None for what is no time: the moment of classification stands for it."""
    try:
        moment = datetime.fromisoformat(timestamp) if timestamp else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _from_model(found: models.ErrorClassification, context: ErrorContext) -> ErrorClassification:
    """The context's own fields as the caller gave them; every text as it is after redaction."""
    error, answer = found.error.context, found.answer
    return ErrorClassification(
        error_id=found.error_id,
        error_hash=found.error.error_hash,
        error_source=context.source_type,
        error_snippet=error.text[:SNIPPET_LENGTH],
        error_full_text=error.text,
        primary_category=found.category,
        subcategory=found.subcategory or None,
        confidence_score=found.confidence,
        root_cause_summary=found.root_cause or None,
        classification_method=found.method,
        model_version=answer.model_version or None,
        classified_at=utc_text(found.classified_at),
        is_duplicate=found.is_duplicate,
        occurrence_count=found.occurrence_count,
        first_seen=utc_text(found.first_seen) if found.first_seen else None,
        last_seen=utc_text(found.last_seen) if found.last_seen else None,
        prompt_tokens=answer.usage.input,
        completion_tokens=answer.usage.output,
        cached_tokens=answer.usage.cache_read,
        timestamp=context.timestamp or utc_text(found.occurred_at),
        test_name=error.test_name or None,
        framework=error.framework or None,
        step_name=error.step_name or None,
        **{name: getattr(context, name) for name in _RUN_FIELDS},
    )


def _stored_name(name: str) -> str:
    return "@timestamp" if name == "timestamp" else f"{_PREFIXES.get(name, 's_')}{name}"
