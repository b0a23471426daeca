"""Creates message batches of the questions that wait.

A batch is written down before it is created, and its name afterwards. A run that ends between the two leaves a batch without a
name, which ``collecting`` looks for: so it is never created twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from secrets import token_hex

from error_classification.classification.llm.rounds import MORE_ROOM, Round, request_of
from error_classification.classification.reuse import fits, reusable
from error_classification.claude_client import Budget, BudgetError, Request, ServiceError
from error_classification.claude_client.batches import MOST_BYTES, MOST_REQUESTS, NOT_CREATED
from error_classification.models import HUMAN
from error_classification.pipeline import Policy
from error_classification.prompts import prompt_version
from error_classification.storage.questions import HandedIn, Question
from error_classification.wiring.batches.parts import Outcome, Parts, case_of, coming_round, in_round, questions_text

SEPARATOR = "_"
"""In the name of a request, between the token of its batch and its question's key."""
_TOKEN_BYTES = 8


@dataclass(slots=True)
class _Pack:
    """The questions of one batch, as they will be asked."""

    questions: list[Question] = field(default_factory=list)
    requests: dict[str, Request] = field(default_factory=dict)
    size: int = 0
    usd: float = 0.0


class HandingIn:
    """One errand. ``policy`` says which answers, given by others meanwhile, make a question needless."""

    def __init__(self, parts: Parts, budget: Budget, policy: Policy, outcome: Outcome) -> None:
        self._parts, self._budget, self._policy, self._outcome = parts, budget, policy, outcome
        self._version = prompt_version()
        self._refusal = ""
        """Why the rest of the questions may not be asked now."""

    def hand_in(self) -> None:
        """All that wait, in as many batches as it takes, as far as the budget reaches. Raises ``StoreError``."""
        try:
            for pack in self._packs():
                self._create(pack)
        except ServiceError:
            return  # told by ``_create``; the next run goes on
        if self._refusal:
            left = questions_text(self._parts.queue.count_waiting())
            self._outcome.notices.append(f"{left} wait for another run: {self._refusal}")

    def _packs(self) -> Iterator[_Pack]:
        pack = _Pack()
        for question, asking in self._due():
            request = request_of(case_of(question), asking, MORE_ROOM)
            try:
                dollars = self._reserved(request)
            except BudgetError as error:
                self._refusal = str(error)
                continue  # another one may cost less
            size = self._parts.service.size(request)
            if pack.questions and (len(pack.questions) == MOST_REQUESTS or pack.size + size > MOST_BYTES):
                yield pack
                pack = _Pack()
            pack.size += size
            pack.usd += dollars
            pack.questions.append(in_round(question, asking, self._version))
            pack.requests[question.key] = request
        if pack.questions:
            yield pack

    def _due(self) -> Iterator[tuple[Question, Round]]:
        """The questions that wait and the rounds they are in; those that need no answer any more leave the queue."""
        for question in self._parts.queue.waiting():
            asking = None if self._is_needless(question) else coming_round(question, self._parts.models)
            if asking is None:
                self._parts.queue.settle([question.key], [])
            else:
                yield question, asking

    def _is_needless(self, question: Question) -> bool:
        """True where somebody else gave an answer that would be reused."""
        error = question.classification.error
        group = self._parts.store.groups([error.error_hash]).get(error.error_hash)
        if group is None or question.trail:
            return group is not None and group.answer.judge == HUMAN
        policy = self._policy
        answer = reusable(group, self._parts.clock.now(), policy.ttl, policy.min_confidence, self._version)
        return answer is not None and fits(answer, error.context)

    def _reserved(self, request: Request) -> float:
        tariff = self._parts.tariff
        if self._budget.is_capped and not tariff.knows(request.model):
            raise BudgetError(f"no price is known for {request.model}", "add it to the file MODEL_PRICES names, or lift the caps")
        dollars = tariff.cost(request.model, request.most)
        self._budget.reserve(dollars)
        return dollars

    def _create(self, pack: _Pack) -> None:
        """Raises ``ServiceError`` where it is not known that the batch exists."""
        queue, log = self._parts.queue, self._parts.log
        token, count = token_hex(_TOKEN_BYTES), questions_text(len(pack.questions))
        queue.claim(HandedIn(token, "", self._parts.clock.now(), len(pack.questions), pack.usd), pack.questions)
        log.reserve(token, pack.usd)
        named = {f"{token}{SEPARATOR}{key}": request for key, request in pack.requests.items()}
        try:
            created = self._parts.service.create(named)
        except ServiceError as error:
            if error.trouble in NOT_CREATED:
                queue.close_batch(token)
                log.release(token)
                self._outcome.failures.append(f"{count} could not be handed in: {error}")
            else:
                self._outcome.failures.append(f"it is not known whether {count} were handed in; the next run looks: {error}")
            raise
        queue.name(token, created.id)
        self._outcome.notices.append(f"{count} handed in as batch {created.id}; run again to collect")
