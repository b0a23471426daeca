"""One call from beginning to end: within the budget, in its turn, tried again where that may help, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Protocol

from error_classification.claude_client.budget import Budget
from error_classification.claude_client.exchange import (
    FINAL,
    TRANSIENT,
    BudgetError,
    Completion,
    Request,
    ServiceError,
    Trouble,
)
from error_classification.claude_client.limiter import Limiter
from error_classification.claude_client.patience import Patience
from error_classification.claude_client.prices import PriceTable

_BACKOFFS = (0.5, 2.0, 8.0)
"""Seconds before the second, third and last attempt, where the service does not say."""
_LONGEST_WAIT = 60.0
"""Seconds: a service that asks for more is not waited for in this run."""
_LONGEST_CALL = 120.0
_MAY_BE_BILLED = frozenset((Trouble.TIMEOUT, Trouble.CONNECTION, Trouble.NONSENSE))
"""Failures after which the service may have done its work all the same: what was set aside for it stays so."""
_GRACE = 0.25
"""Seconds by which the client's own timeout, which says more, comes first."""
_DOWN_AFTER = 3
"""So many calls in a row that failed in spite of every attempt: the service is taken for down, and left alone."""
_UNSETTLED_RATE_LIMITS = 2
"""Rate limits in a row that do not say how long to wait: that is how a spending limit shows itself."""


class Client(Protocol):
    """Makes one attempt. Raises ``ServiceError``."""

    def complete(self, request: Request, timeout: float) -> Completion:
        """The answer to ``request``, within about ``timeout`` seconds."""

    def count_tokens(self, request: Request) -> int | None:
        """The tokens of the request's input by the service's own count; None where it has no way to tell."""


@dataclass(slots=True)
class CacheWatch:
    """Notices that the second call to a model read nothing from the cache that the first one filled."""

    calls: Counter[str] = field(default_factory=Counter)
    unused: set[str] = field(default_factory=set)
    """The models that were found so."""

    def note(self, model: str, completion: Completion) -> None:
        """Takes note of one completed call to ``model``."""
        self.calls[model] += 1
        if self.calls[model] == 2 and completion.reports_cache and completion.usage.cache_read == 0:
            self.unused.add(model)


class Caller:
    """Makes calls, from any thread. ``deadline`` is in the clock's ``seconds``: nothing is begun after it.

    ``hour``: what is written to the cache stays there for an hour, at another price.
    """

    def __init__(
        self,
        client: Client,
        limiter: Limiter,
        budget: Budget,
        prices: PriceTable,
        *,
        seconds: Callable[[], float],
        sleep: Callable[[float], None],
        deadline: float | None = None,
        hour: bool = False,
    ) -> None:
        self.budget, self.limiter = budget, limiter
        self.watch = CacheWatch()
        self._client, self._prices = client, prices
        self._seconds, self._sleep, self._deadline = seconds, sleep, deadline
        self._hour = hour
        self._final: dict[str, ServiceError] = {}
        self._failed_in_a_row = 0
        self._lock = Lock()
        self._patience = Patience()

    def stop(self) -> None:
        """Nobody waits for answers any more: whoever asks is refused at once, in whatever it is."""
        self.limiter.close()
        self._patience.end()

    def ask(self, request: Request) -> Completion:
        """The answer, with its cost. Raises ``ServiceError``, or ``BudgetError`` where the call may not be made."""
        self._refuse_what_cannot_succeed(request.model)
        price = self._prices.of(request.model)
        if price is None and self.budget.is_capped:
            raise BudgetError(f"no price is known for {request.model}", "add it to the file MODEL_PRICES names, or lift the caps")
        reserved = price.cost(request.most, hour=self._hour) if price else 0.0
        name = self.budget.reserve(reserved)
        usage, lost = None, False
        try:
            completion = self._attempted(request)
            cost = price.cost(completion.usage, hour=self._hour) if price else 0.0
            usage = replace(completion.usage, cost_usd=cost)
        except ServiceError as error:
            lost = error.trouble in _MAY_BE_BILLED
            raise
        finally:
            if not lost:
                self.budget.settle(reserved, request.model, usage, name)
        with self._lock:
            self._failed_in_a_row = 0
            self.watch.note(request.model, completion)
        return replace(completion, usage=usage)

    def _refuse_what_cannot_succeed(self, model: str) -> None:
        with self._lock:
            if known := self._final.get(model):
                raise known

    def _attempted(self, request: Request) -> Completion:
        backoffs, unsettled = iter(_BACKOFFS), 0
        while True:
            try:
                return self._once(request)
            except ServiceError as caught:
                error = caught
            unsettled = unsettled + 1 if error.trouble is Trouble.RATE_LIMIT and error.retry_after is None else 0
            if unsettled == _UNSETTLED_RATE_LIMITS:
                error = ServiceError(Trouble.SPENDING_LIMIT, f"{error.message} (without a time to wait: a spending limit?)")
            backoff = next(backoffs, None)
            wait = error.retry_after if error.retry_after is not None else backoff
            if error.trouble not in TRANSIENT or backoff is None or wait is None or not self._may_wait(wait):
                self._note_failure(request.model, error)
                raise error
            if error.trouble is Trouble.RATE_LIMIT:
                self.limiter.pause(wait)  # for all who ask
            self._rest(wait)

    def _once(self, request: Request) -> Completion:
        with self.limiter.slot(request.model, self._deadline) as granted:
            if not granted:
                raise BudgetError("the time for judging is up")
            self._refuse_what_cannot_succeed(request.model)
            completion = self._completed(request, self._time_left())
            self.limiter.succeeded(request.model)
            return completion

    def _completed(self, request: Request, seconds: float) -> Completion:
        try:
            return self._patience.result_of(partial(self._client.complete, request, seconds), seconds + _GRACE)
        except TimeoutError as error:
            raise ServiceError(Trouble.TIMEOUT, "no answer in time") from error

    def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):  # the next attempt is told
            self._patience.result_of(partial(self._sleep, seconds))

    def _time_left(self) -> float:
        return _LONGEST_CALL if self._deadline is None else min(_LONGEST_CALL, max(0.1, self._deadline - self._seconds()))

    def _may_wait(self, wait: float) -> bool:
        return wait <= _LONGEST_WAIT and (self._deadline is None or self._seconds() + wait < self._deadline)

    def _note_failure(self, model: str, error: ServiceError) -> None:
        with self._lock:
            self._failed_in_a_row += 1
            if error.trouble in FINAL or self._failed_in_a_row >= _DOWN_AFTER:
                self._final[model] = error
