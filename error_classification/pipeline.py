"""The one way through: extract -> redact -> fingerprint -> (reuse or judge) -> reconcile -> store.

Two generators over ports. ``find`` stops at the fingerprint, ``run`` goes all the way. Both yield the errors of one artefact,
then its ``Report``; or ``Skipped`` where it could not be read, or its answers not be stored: the rest of the work goes on.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from error_classification.classification.reconcile import reconcile
from error_classification.classification.reuse import fits, relocated, reusable
from error_classification.errors import Error, InputError, StoreError
from error_classification.extraction import extract
from error_classification.extraction.excerpt import shortened
from error_classification.models import (
    Abstention,
    Artefact,
    ErrorClassification,
    ErrorContext,
    Extraction,
    FingerprintedError,
    Group,
    Report,
    RunContext,
    SourceType,
    Verdict,
)
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.normalisation.identity import occurrence_id
from error_classification.normalisation.merging import merged
from error_classification.ports import Clock, Judge, Store


class Redacts(Protocol):
    """Takes secrets out of an error before anything else sees it."""

    def redact(self, text: str) -> str: ...

    def redact_context(self, context: ErrorContext) -> ErrorContext: ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """Work that is not done: an artefact that could not be read to its end, or answers that could not be stored."""

    source: str
    error: Error


@dataclass(frozen=True, slots=True)
class Policy:
    """How the work is done: reuse of earlier answers, the size of a transaction, the length of a text."""

    ttl: timedelta = timedelta(hours=168)
    min_confidence: float = 0.8
    sufficient_confidence: float = 0.7
    """A verdict of at least this confidence ends the round: dearer judges are not asked."""
    batch_size: int = 10
    max_error_length: int = 10_000
    method: str = "batch"
    source_type: SourceType | None = None


Found: TypeAlias = FingerprintedError | Report | Skipped
Event: TypeAlias = ErrorClassification | Report | Skipped
Answer: TypeAlias = Verdict | Abstention


def find(artefacts: Iterable[Artefact], redactor: Redacts, policy: Policy = Policy()) -> Iterator[Found]:
    """The redacted, fingerprinted errors of every artefact; equal ones of one log are one error with their count."""
    for artefact in artefacts:
        yield from _find_in(artefact, redactor, policy)


def run(
    artefacts: Iterable[Artefact],
    *,
    redactor: Redacts,
    judges: Sequence[Judge],
    store: Store,
    clock: Clock,
    policy: Policy = Policy(),
) -> Iterator[Event]:
    """The classified and stored errors of every artefact."""
    bench = _Bench(judges, store, clock, policy)
    for artefact in artefacts:
        batch: list[FingerprintedError] = []
        position = 0
        for found in _find_in(artefact, redactor, policy):
            if isinstance(found, FingerprintedError):
                batch.append(found)
                if len(batch) < policy.batch_size:
                    continue
            yield from bench.classify(artefact, batch, position)
            position += len(batch)
            batch = []
            if not isinstance(found, FingerprintedError):
                yield found


def classify(
    artefact: Artefact,
    errors: Sequence[FingerprintedError],
    *,
    judges: Sequence[Judge],
    store: Store,
    clock: Clock,
    policy: Policy,
) -> Iterator[Event]:
    """Errors that were found by other means, classified and stored in one transaction as those of ``artefact``."""
    yield from _Bench(judges, store, clock, policy).classify(artefact, errors, 0)


def _find_in(artefact: Artefact, redactor: Redacts, policy: Policy) -> Iterator[Found]:
    try:
        extraction = extract(artefact.name, artefact.open(), policy.source_type)
        report = yield from _fingerprinted(extraction, artefact, redactor, policy.max_error_length)
        yield replace(report, source=redactor.redact(report.source), warnings=tuple(map(redactor.redact, report.warnings)))
    except OSError as error:
        reason = error.strerror or str(error)
        yield Skipped(artefact.name, InputError(f"{artefact.name}: {reason}", "check that the file exists and may be read"))
    except Error as error:
        yield Skipped(artefact.name, error)


def _fingerprinted(
    extraction: Extraction, artefact: Artefact, redactor: Redacts, limit: int
) -> Generator[FingerprintedError, None, Report]:
    """Test cases one by one; what logs and annotations hold, with those merged that say the same thing again."""
    found: list[FingerprintedError] = []
    while True:
        try:
            context = next(extraction)
        except StopIteration as end:
            yield from merged(found)
            report: Report = end.value
            return report
        error = _identified(shortened(redactor.redact_context(context), limit), artefact)
        if context.source_type is SourceType.JUNIT:
            yield error
        else:
            found.append(error)


def _identified(context: ErrorContext, artefact: Artefact) -> FingerprintedError:
    """The error with its hash; one that names no cause is told apart by where it was found."""
    error = fingerprint(context)
    if not error.generic:
        return error
    return fingerprint(context, place=f"{artefact.context.repo} {_ci_run(artefact.context) or artefact.digest()}")


def _ci_run(run_context: RunContext) -> str:
    """What identifies the CI run; empty outside CI."""
    known = run_context.repo and (run_context.workflow_id or run_context.job_id)
    return f"{run_context.workflow_id} {run_context.job_id} {run_context.attempt}" if known else ""


class _Bench:
    """The judges and the store they answer into."""

    def __init__(self, judges: Sequence[Judge], store: Store, clock: Clock, policy: Policy) -> None:
        self._judges, self._store, self._clock, self._policy = judges, store, clock, policy

    def classify(self, artefact: Artefact, errors: Sequence[FingerprintedError], position: int) -> Iterator[Event]:
        """Answers for ``errors``, which start at ``position`` in ``artefact``; stored in one transaction."""
        if not errors:
            return
        now = self._clock.now()
        try:
            known = self._store.groups({error.error_hash for error in errors})
        except StoreError as error:
            known = {}
            yield Skipped(artefact.name, error)
        try:
            classified = self._answered(artefact, errors, position, known, now)
        except InputError as error:  # it is read once more for its digest, and may be gone by then
            yield Skipped(artefact.name, error)
            return
        try:
            groups = self._store.save(classified)
        except StoreError as error:
            yield from classified
            yield Skipped(artefact.name, error)
            return
        for classification in classified:
            yield _with_history(classification, groups.get(classification.error.error_hash))

    def _answered(
        self, artefact: Artefact, errors: Sequence[FingerprintedError], position: int, known: Mapping[str, Group], now: datetime
    ) -> list[ErrorClassification]:
        ttl, least = self._policy.ttl, self._policy.min_confidence
        answers = {hash_: answer for hash_, group in known.items() if (answer := reusable(group, now, ttl, least)) is not None}
        classified = []
        for index, error in enumerate(errors, position):
            earlier = answers.get(error.error_hash)
            if earlier is not None and not fits(earlier, error.context):
                earlier = None
            answer = self._judged(error) if earlier is None else relocated(earlier, error.context)
            answers.setdefault(error.error_hash, answer)
            classified.append(_classification(artefact, error, answer, index, now, self._policy.method, earlier is not None))
        return classified

    def _judged(self, error: FingerprintedError) -> Answer:
        answers: list[Answer] = []
        for judge in self._judges:
            answers.append(judge.judge(error))
            verdict = reconcile(answers)
            if isinstance(verdict, Verdict) and verdict.confidence >= self._policy.sufficient_confidence:
                return verdict
        return reconcile(answers)


def _classification(
    artefact: Artefact, error: FingerprintedError, answer: Answer, position: int, now: datetime, method: str, reused: bool
) -> ErrorClassification:
    run_context = replace(artefact.context, job_name=artefact.context.job_name or error.context.job_name)
    return ErrorClassification(
        error_id=occurrence_id(run_context, error, "" if _ci_run(run_context) else artefact.digest(), position),
        error=error,
        run=run_context,
        answer=answer,
        classified_at=now,
        occurred_at=run_context.ended_at or now,
        method=method,
        is_duplicate=reused,
    )


def _with_history(classification: ErrorClassification, group: Group | None) -> ErrorClassification:
    if group is None:
        return classification
    return replace(
        classification,
        occurrence_count=group.occurrence_count,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
    )
