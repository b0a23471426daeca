"""The judge that asks a language model, one call for each new fingerprint; see ``prompts`` for what is asked.

A first answer in doubt is asked for again: see ``rounds``. What was asked and answered is in ``reason``. A call that gives no
answer leaves the case to the other judges, and to the next run.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from error_classification.classification.llm.rounds import (
    MORE_ROOM,
    Answer,
    Inquiry,
    Models,
    Round,
    first_round,
    next_round,
    request_of,
)
from error_classification.claude_client import BudgetError, Caller, Completion, ServiceError, Stop
from error_classification.models import LLM, Case
from error_classification.prompts import prompt_version


class LLMJudge:
    """See ``ports.Consultant``. ``escalation_model`` may be empty: then there is no stronger one to ask."""

    name = LLM

    def __init__(self, caller: Caller, model: str, escalation_model: str = "") -> None:
        self.version = prompt_version()
        self.failures: Counter[str] = Counter()
        """How many cases had no answer because the service gave none, by what it said."""
        self.refrained: Counter[str] = Counter()
        """How many because nothing might be asked: the budget was used up, or the time."""
        self._lock = Lock()
        self._caller, self._models = caller, Models(model, escalation_model)
        self._pool = ThreadPoolExecutor(caller.limiter.concurrency, thread_name_prefix="consult")

    def consult(self, case: Case) -> Future[Answer]:
        """See ``ports.Consultant``."""
        return self._pool.submit(self.judge, case)

    def close(self) -> None:
        """Ends the threads at once; what is not answered is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._caller.stop()
        self._pool.shutdown(wait=True)

    def judge(self, case: Case) -> Answer:
        """The answer of the last round that gave one."""
        inquiry = Inquiry()
        asking: Round | None = first_round(case, self._models)
        while asking is not None:
            try:
                inquiry = inquiry.heard(case, asking, self._asked(case, asking))
            except (ServiceError, BudgetError) as failure:
                inquiry = inquiry.failed(asking, str(failure))
                self._note(failure, inquiry.answer)
                break
            asking = next_round(case, asking, inquiry.answer, self._models)
        return inquiry.concluded(self.version)

    def _note(self, failure: ServiceError | BudgetError, answer: Answer | None) -> None:
        """Counts a case that was left without an answer."""
        if answer is None:
            with self._lock:
                (self.failures if isinstance(failure, ServiceError) else self.refrained)[str(failure)] += 1

    def _asked(self, case: Case, asking: Round) -> Completion:
        request = request_of(case, asking)
        completion = self._caller.ask(request)
        if completion.stop is not Stop.MAX_TOKENS:
            return completion
        longer = self._caller.ask(replace(request, max_tokens=MORE_ROOM))
        return replace(longer, usage=completion.usage + longer.usage)
