"""Stored errors, as the tests of learning need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    RunContext,
    SourceType,
    Verdict,
)
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.ports import Archive

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Writer:
    """Puts errors into a store, each occurrence a minute after the one before."""

    archive: Archive
    written: int = field(default=0, init=False)

    def __call__(
        self,
        text: str,
        label: str,
        times: int = 1,
        *,
        judge: str = "llm",
        confidence: float = 0.9,
        line: str = "",
        earlier: Sequence[Verdict | Abstention] = (),
    ) -> str:
        """The hash of ``text``, which ``judge`` gives ``label``; ``line`` is its evidence, ``earlier`` was said before."""
        category, _, subcategory = label.partition("/")
        evidence = (Evidence(1, line),) if line else ()
        error = fingerprint(ErrorContext(SourceType.JOB_LOG, "a.log", text, 1, 1, headline=text.partition("\n")[0]))
        final = Verdict(judge, category, subcategory, confidence, "cause", evidence=evidence)
        answers = [*earlier, *[final] * times]
        self.archive.save([self._occurrence(error, answer) for answer in answers])
        return error.error_hash

    def _occurrence(self, error: FingerprintedError, answer: Verdict | Abstention) -> ErrorClassification:
        self.written += 1
        at = START + timedelta(minutes=self.written)
        return ErrorClassification(f"id{self.written}", error, RunContext(repo="me/it", job_id="7"), answer, at, at)
