"""What the stages of the work are given, and what comes out of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from error_classification.errors import Error
from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    FingerprintedError,
    Report,
    SourceType,
    Verdict,
)


class Redacts(Protocol):
    """Takes secrets out of an error before anything else sees it."""

    def redact(self, text: str) -> str: ...

    def redact_context(self, context: ErrorContext) -> ErrorContext: ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """Work that is not done: an artefact that could not be read to its end, or answers that could not be stored."""

    source: str
    error: Error


def _any(error: ErrorContext) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Policy:
    """How the work is done: reuse of earlier answers, the size of a transaction, the length of a text."""

    ttl: timedelta = timedelta(hours=168)
    min_confidence: float = 0.8
    sufficient_confidence: float = 0.7
    """A verdict of at least this confidence ends the round: the consultant is not asked."""
    batch_size: int = 10
    together: int = 0
    """So many errors are stored in one transaction, across artefacts, where nobody waits for the first of them; 0: each batch."""
    max_error_length: int = 10_000
    method: str = "batch"
    source_type: SourceType | None = None
    may_consult: Callable[[ErrorContext], bool] = _any
    """Which errors a consultant may be asked about; the judges answer all of them."""


Found: TypeAlias = FingerprintedError | Report | Skipped
Event: TypeAlias = ErrorClassification | Report | Skipped
Answer: TypeAlias = Verdict | Abstention
