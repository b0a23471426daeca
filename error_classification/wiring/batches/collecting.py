"""Reads what message batches answered, stores it, and looks for batches whose creation was not heard of.

Every step may be the last one of a run, and is harmless when it is done again: a call is counted under its request's name,
an occurrence is stored under its own, a question leaves the queue after both, a batch is deleted when no question of it is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from error_classification.classification.llm.deferring import LATER
from error_classification.classification.llm.reading import REASON_LIMIT, plain
from error_classification.classification.llm.rounds import Answer, Inquiry, next_round
from error_classification.classification.reconcile import reconcile
from error_classification.claude_client import ServiceError
from error_classification.claude_client.batches import BatchState, Result
from error_classification.claude_client.exchange import Trouble
from error_classification.models import ErrorClassification, Spending, Usage, Verdict
from error_classification.storage.questions import HandedIn, Question
from error_classification.wiring.batches.handing_in import SEPARATOR
from error_classification.wiring.batches.parts import Outcome, Parts, asked_round, case_of, in_round, questions_text

T = TypeVar("T")

_CHUNK = 100
"""Answers that are stored in one transaction."""
_IN_FLIGHT = timedelta(minutes=10)
"""So long the service may still be at a creation whose sender is gone."""
_CLOCKS_DIFFER = timedelta(days=1)
"""By so much, at most, do the service's time and ours."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a result means for its question: ``stored`` None where there is no answer, ``again`` None where that was the last."""

    question: Question
    stored: ErrorClassification | None = None
    again: Question | None = None
    usage: Usage | None = None
    setback: str = ""


class Collector:
    """One errand."""

    def __init__(self, parts: Parts, outcome: Outcome) -> None:
        self._parts, self._outcome = parts, outcome

    def collect(self) -> None:
        """All batches that have ended. Raises ``ServiceError`` and ``StoreError``; the rest is left to the next run."""
        for batch in self._parts.queue.batches():
            self._parts.log.reserve(batch.token, batch.usd)  # a run that ended early may have left that out
            self._visit(batch)

    def _visit(self, batch: HandedIn) -> None:
        name = batch.name or self._found(batch)
        if not name:
            return
        state = self._parts.service.find(name)
        if state is None or state.gone:
            self._close(batch, f"batch {name} is no longer there")
        elif not state.ended:
            self._outcome.notices.append(f"batch {name} has not ended: {questions_text(batch.size)}; run again to collect")
        else:
            self._read(batch, state)
            self._parts.service.delete(name)
            self._close(batch, f"batch {name} left some unanswered")

    def _close(self, batch: HandedIn, why: str) -> None:
        left = self._parts.queue.close_batch(batch.token)
        self._parts.log.release(batch.token)
        if left:
            self._outcome.notices.append(f"{why}: {questions_text(left)} will be asked again")

    def _found(self, batch: HandedIn) -> str:
        """What the service calls a batch whose creation was not heard of; empty where that cannot be said yet, or it has none.

        Nothing but the names of its requests, which are read when it has ended, tells it from others of the same size.
        """
        possible = list(self._possible(batch))
        for state in possible:
            if state.ended and self._is_ours(state, batch):
                self._parts.queue.name(batch.token, state.id)
                return state.id
        count = questions_text(batch.size)
        if any(not state.ended for state in possible):
            names = ", ".join(state.id for state in possible if not state.ended)
            self._outcome.notices.append(f"{count} may be in {names}: that will be known when it has ended")
        elif self._parts.clock.now() - batch.at < _IN_FLIGHT:
            self._outcome.notices.append(f"{count} may have been handed in a moment ago: that will be known in some minutes")
        else:
            self._close(batch, "a batch was not created")
        return ""

    def _possible(self, batch: HandedIn) -> Iterator[BatchState]:
        known = {other.name for other in self._parts.queue.batches()}
        for state in self._parts.service.since(batch.at - _CLOCKS_DIFFER):
            near = state.created_at <= batch.at + _CLOCKS_DIFFER
            if near and state.size == batch.size and state.id not in known and not state.gone:
                yield state

    def _is_ours(self, state: BatchState, batch: HandedIn) -> bool:
        with closing(self._parts.service.results(state.id)) as results:
            first = next(results, None)
        return first is not None and first.name.startswith(f"{batch.token}{SEPARATOR}")

    def _read(self, batch: HandedIn, state: BatchState) -> None:
        """Raises ``ServiceError`` where results are lacking: their questions are not unanswered, and would be paid for twice."""
        read = stored = again = 0
        setbacks: Counter[str] = Counter()
        for results in _chunks(self._parts.service.results(state.id)):
            read += len(results)
            answered = self._store(batch, results)
            stored += sum(each.stored is not None for each in answered)
            again += sum(each.again is not None for each in answered)
            setbacks.update(each.setback for each in answered if each.setback)
        if read < state.size:
            raise ServiceError(Trouble.NONSENSE, f"only {read:,} of {state.size:,} results of batch {state.id} came")
        if stored or again:
            asked_again = f", {again:,} to be asked again" if again else ""
            answers = f"{stored:,} answer{'' if stored == 1 else 's'}"
            self._outcome.notices.append(f"{answers} collected from batch {state.id}{asked_again}")
        for setback, count in setbacks.most_common():
            self._outcome.notices.append(f"{questions_text(count)} of it met a failure: {setback}")

    def _store(self, batch: HandedIn, results: Sequence[Result]) -> list[_Answered]:
        """First the money, then the answers, then the queue: a run that ends in between leaves the rest to the next one."""
        keys = {result.name.partition(SEPARATOR)[2]: result for result in results}
        questions = self._parts.queue.of(batch.token, keys)
        answered = [self._answered(question, keys[key]) for key, question in questions.items()]
        self._count(batch, answered)
        stored = [each.stored for each in answered if each.stored is not None]
        if stored:
            self._parts.store.save(stored)
        again = [each.again for each in answered if each.again is not None]
        self._parts.queue.settle([each.question.key for each in answered if each.again is None], again)
        return answered

    def _count(self, batch: HandedIn, answered: Iterable[_Answered]) -> None:
        calls = [
            (f"{batch.token}{SEPARATOR}{each.question.key}", each.question.model, each.usage)
            for each in answered
            if each.usage is not None
        ]
        self._parts.log.record_delivered(calls)
        self._outcome.spent += sum((Spending(1, usage) for _, _, usage in calls), Spending())

    def _answered(self, question: Question, result: Result) -> _Answered:
        asking = asked_round(question)
        inquiry = Inquiry(question.answer, question.trail, question.usage)
        if result.fault:
            inquiry = inquiry.failed(asking, plain(result.fault, REASON_LIMIT))
            return _Answered(question, self._classification(question, inquiry))
        if result.completion is None:
            return _Answered(question, again=replace(question, version=""), setback=plain(result.setback, REASON_LIMIT))
        usage = self._parts.tariff.priced(question.model, result.completion.usage)
        case = case_of(question)
        inquiry = inquiry.heard(case, asking, replace(result.completion, usage=usage))
        following = next_round(case, asking, inquiry.answer, self._parts.models)
        told = replace(question, trail=inquiry.trail, answer=inquiry.answer, usage=inquiry.usage)
        again = in_round(told, following) if following else None
        return _Answered(question, self._classification(question, inquiry), again, usage)

    def _classification(self, question: Question, inquiry: Inquiry) -> ErrorClassification:
        answer = reconciled(question, inquiry.concluded(question.version))
        return replace(question.classification, answer=answer, classified_at=self._parts.clock.now(), is_duplicate=False)


def reconciled(question: Question, answer: Answer) -> Answer:
    """As the pipeline would have done it, had it waited for ``answer``."""
    if question.opinions or isinstance(answer, Verdict):
        return reconcile((*question.opinions, answer))
    local = question.classification.answer
    return replace(local, reason=local.reason.replace(LATER, answer.reason), usage=answer.usage, consulted=answer.consulted)


def _chunks(items: Generator[T, None, None]) -> Iterator[list[T]]:
    with closing(items):
        while chunk := list(islice(items, _CHUNK)):
            yield chunk
