"""Classifications as the tests of the stores need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    FingerprintedError,
    RunContext,
    SourceType,
    Verdict,
)

START = datetime(2025, 3, 1, tzinfo=UTC)
HASH = "00000000000000aa"
OTHER = "00000000000000bb"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def verdict(judge: str = "rules", category: str = "timeout", subcategory: str = "job", confidence: float = 0.9) -> Verdict:
    return Verdict(judge, category, subcategory, confidence, f"cause by {judge}")


def occurrence(
    error_id: str,
    error_hash: str = HASH,
    *,
    minute: float = 0,
    classified: float | None = None,
    count: int = 1,
    repo: str = "org/app",
    answer: Verdict | Abstention | None = None,
    reused: bool = False,
    text: str = "the job timed out",
) -> ErrorClassification:
    """``minute``: when it occurred; ``classified``: when the answer was given, the same minute unless said."""
    context = ErrorContext(SourceType.JOB_LOG, f"logs/{error_id}.log", text, line_start=1, line_end=1, count=count)
    return ErrorClassification(
        error_id=error_id,
        error=FingerprintedError(context, f"normalised {text}", error_hash, 1),
        run=RunContext(repo=repo, job_id="7", ended_at=at(minute)),
        answer=answer or verdict(),
        classified_at=at(minute if classified is None else classified),
        occurred_at=at(minute),
        is_duplicate=reused,
    )
