"""Where answers are found for errors: an earlier one, the judges' own, or a consultant's, and stored with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from error_classification.classification.parameters import with_parameters
from error_classification.classification.reconcile import reconcile
from error_classification.classification.reuse import fits, relocated, reusable
from error_classification.errors import InputError, StoreError
from error_classification.models import (
    Artefact,
    Case,
    ErrorClassification,
    FingerprintedError,
    Group,
    Outcome,
    Usage,
    Verdict,
)
from error_classification.normalisation.identity import occurrence_id
from error_classification.pipeline.finding import ci_run, more_of
from error_classification.pipeline.values import Answer, Event, Policy, Redacts, Skipped
from error_classification.ports import Clock, Consultant, Judge, Store


@dataclass(frozen=True, slots=True)
class Docket:
    """One error on its way to an answer. ``opinions`` are the judges' own; ``awaited`` is the consultant's, if it was asked."""

    error: FingerprintedError
    position: int
    opinions: tuple[Answer, ...]
    awaited: Future[Answer] | None = None
    reused: bool = False
    """True where the answer was given for another occurrence."""

    @property
    def is_ready(self) -> bool:
        return self.awaited is None or self.awaited.done()

    def answer(self) -> Answer:
        """The answer in force; waits for it."""
        answers = self.opinions if self.awaited is None else (*self.opinions, self.awaited.result())
        if not self.reused:
            return reconcile(answers)
        return replace(relocated(reconcile(answers), self.error.context), usage=Usage())


@dataclass(frozen=True, slots=True)
class Batch:
    """Errors of one artefact that are stored in one transaction."""

    artefact: Artefact
    opened: datetime
    dockets: Sequence[Docket]
    troubles: Sequence[Skipped] = ()

    @property
    def waiting(self) -> int:
        """How many answers are not there yet."""
        return sum(not docket.is_ready for docket in self.dockets)


@dataclass(slots=True)
class Bench:
    """The judges, the consultant that they may ask, and the store they answer into."""

    judges: Sequence[Judge]
    consultant: Consultant | None
    store: Store
    clock: Clock
    redactor: Redacts
    policy: Policy
    _asked: dict[tuple[str, bool], Future[Answer]] = field(default_factory=dict)
    """What the consultant was asked in this run, by hash and by whether the test passed in the end."""
    _unstored: dict[str, Answer] = field(default_factory=dict)
    """What the judges answered since the store was last written to, by hash."""

    def open(self, artefact: Artefact, errors: Sequence[FingerprintedError], position: int) -> Batch:
        """Begins with ``errors``, which start at ``position`` in ``artefact``; does not wait for the consultant."""
        now = self.clock.now()
        troubles = []
        try:
            known = self.store.groups({error.error_hash for error in errors})
        except StoreError as error:
            known = {}
            troubles.append(Skipped(artefact.name, error))
        return Batch(artefact, now, self._dockets(artefact, errors, position, known, now), troubles)

    def close(self, items: Sequence[Batch | Event]) -> Iterator[Event]:
        """Waits for what is still awaited, stores all batches in one transaction, and gives everything out in its order."""
        events = [event for item in items for event in (self._events(item) if isinstance(item, Batch) else (item,))]
        classified = [event for event in events if isinstance(event, ErrorClassification)]
        try:
            groups = self.store.save(classified) if classified else {}
            self._unstored.clear()
        except StoreError as error:
            yield from events
            names = dict.fromkeys(item.artefact.name for item in items if isinstance(item, Batch))
            yield from (Skipped(name, error) for name in names)
            return
        for event in events:
            group = groups.get(event.error.error_hash) if isinstance(event, ErrorClassification) else None
            yield _with_history(event, group) if group and isinstance(event, ErrorClassification) else event

    def _events(self, batch: Batch) -> Sequence[Event]:
        artefact = batch.artefact
        try:
            method, now = self.policy.method, batch.opened
            classified = [_classification(artefact, docket, now, method) for docket in batch.dockets]
        except InputError as error:  # it is read once more for its digest, and may be gone by then
            return (*batch.troubles, Skipped(artefact.name, error))
        return (*batch.troubles, *classified)

    def _dockets(
        self, artefact: Artefact, errors: Sequence[FingerprintedError], position: int, known: Mapping[str, Group], now: datetime
    ) -> list[Docket]:
        version = self.consultant.version if self.consultant else ""
        ttl, least = self.policy.ttl, self.policy.min_confidence
        answers = {
            hash_: answer for hash_, group in known.items() if (answer := reusable(group, now, ttl, least, version)) is not None
        }
        dockets = []
        for index, error in enumerate(errors, position):
            earlier = answers.get(error.error_hash) or self._unstored.get(error.error_hash)
            if earlier is not None and fits(earlier, error.context):
                docket = Docket(error, index, (earlier,), reused=True)
            else:
                docket = self._judged(artefact, error, index)
                if docket.awaited is None:
                    self._unstored.setdefault(error.error_hash, docket.answer())
            dockets.append(docket)
        return dockets

    def _judged(self, artefact: Artefact, error: FingerprintedError, position: int) -> Docket:
        """All judges are asked: each knows where another errs. The consultant only where together they are not sure enough."""
        opinions = tuple(judge.judge(error) for judge in self.judges)
        docket = Docket(error, position, opinions)
        if self.consultant is None or not self.policy.may_consult(error.context):
            return docket
        verdict = reconcile(opinions)
        if isinstance(verdict, Verdict) and verdict.confidence >= self.policy.sufficient_confidence:
            return docket
        return self._consulted(self.consultant, artefact, docket)

    def _consulted(self, consultant: Consultant, artefact: Artefact, docket: Docket) -> Docket:
        """Asked once for each hash, however many occurrences wait for the answer."""
        error = docket.error
        key = error.error_hash, error.context.outcome is Outcome.FLAKY
        known = self._asked.get(key)
        if known is None:
            verdicts = tuple(opinion for opinion in docket.opinions if isinstance(opinion, Verdict))
            more = partial(more_of, artefact, error, self.redactor, self.policy.max_error_length)
            self._asked[key] = consultant.consult(Case(error, verdicts, more))
        return replace(docket, awaited=self._asked[key], reused=known is not None)


def _classification(artefact: Artefact, docket: Docket, now: datetime, method: str) -> ErrorClassification:
    error = docket.error
    run_context = replace(artefact.context, job_name=artefact.context.job_name or error.context.job_name)
    return ErrorClassification(
        error_id=occurrence_id(run_context, error, "" if ci_run(run_context) else artefact.digest(), docket.position),
        error=error,
        run=run_context,
        answer=with_parameters(docket.answer(), error.context),
        classified_at=now,
        occurred_at=run_context.ended_at or now,
        method=method,
        is_duplicate=docket.reused,
    )


def _with_history(classification: ErrorClassification, group: Group) -> ErrorClassification:
    return replace(
        classification,
        occurrence_count=group.occurrence_count,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
    )
