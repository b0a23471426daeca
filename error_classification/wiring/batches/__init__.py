"""Puts message batches together: questions that wait beside the store, the service that answers them within a day, the budget.

A run classifies as always; what it would ask is queued (``judge`` and ``store`` see to that). ``collect`` before it and
``hand_in`` after it talk to the service. Whatever moment a run ends at, and however, the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from error_classification.classification.llm.deferring import DeferringJudge
from error_classification.classification.llm.rounds import Models
from error_classification.claude_client import Budget, ServiceError
from error_classification.claude_client.batches import connect_batches
from error_classification.config import Config, data_folder
from error_classification.errors import StoreError, UsageError
from error_classification.ports import Clock, Store
from error_classification.storage.lock import locked
from error_classification.storage.questions import QuestionQueue
from error_classification.wiring import policy
from error_classification.wiring.batches.collecting import Collector
from error_classification.wiring.batches.handing_in import HandingIn
from error_classification.wiring.batches.parts import Outcome, Parts, Tariff, questions_text
from error_classification.wiring.batches.queueing import QueueingStore
from error_classification.wiring.clock import SystemClock
from error_classification.wiring.consulting import NO_MODEL, forgotten, month_start, prices, spending_log

__all__ = ["BatchDesk", "Outcome", "batch_desk"]

QUEUE_SUFFIX, LOCK_SUFFIX = "-questions", "-questions-lock"
"""Behind the name of the store's file."""
_LOCK_SECONDS = 20.0


class BatchDesk:
    """The two errands to the service, and what the pipeline is given in place of the store and of a judge that is waited for."""

    def __init__(self, parts: Parts, config: Config, lock: Path) -> None:
        self.judge = DeferringJudge(parts.queue.has)
        self.store = QueueingStore(parts.store, parts.queue, self.judge)
        self._parts, self._config, self._lock = parts, config, lock

    def collect(self) -> Outcome:
        """Stores what has been answered."""
        outcome = Outcome()
        try:
            if self._parts.queue.batches():
                with locked(self._lock, _LOCK_SECONDS) as alone:
                    if alone:
                        Collector(self._parts, outcome).collect()
                    else:
                        outcome.notices.append("another run is at the message batches: what they answered is left to it")
        except (ServiceError, StoreError) as error:
            outcome.failures.append(f"message batches could not be collected: {error}")
        return outcome

    def hand_in(self) -> Outcome:
        """Creates batches of the questions that wait, as far as the budget reaches."""
        outcome = Outcome()
        try:
            if count := self._parts.queue.count_waiting():
                with locked(self._lock, _LOCK_SECONDS) as alone:
                    if alone:
                        HandingIn(self._parts, self._budget(), policy(self._config), outcome).hand_in()
                        outcome.notices.extend(forgotten(self._parts.log, self._config.max_cost_month))
                    else:
                        outcome.notices.append(f"{questions_text(count)} wait: another run is at the message batches")
        except StoreError as error:
            outcome.failures.append(f"questions could not be handed in: {error}")
        return outcome

    def _budget(self) -> Budget:
        """What was ordered and is not paid for yet counts for the month as well."""
        log = self._parts.log
        month = log.total(month_start(self._parts.clock.now())).usage.cost_usd + log.reserved()
        return Budget(self._config.max_cost, self._config.max_cost_month, month)


@contextmanager
def batch_desk(config: Config, store: Store, location: str, clock: Clock | None = None) -> Iterator[BatchDesk]:
    """For the store at ``location``, a path or an address. Raises ``UsageError`` where something lacks, ``StoreError``."""
    beside = _beside(location)
    clock = clock or SystemClock()
    service = connect_batches(config.api_format, config.anthropic_api_key, config.api_base_url, config.prompt_cache_ttl)
    models = Models(config.anthropic_model, "" if config.escalation_model == NO_MODEL else config.escalation_model)
    tariff = Tariff(prices(config), config.prompt_cache_ttl == "1h")
    with QuestionQueue(Path(beside + QUEUE_SUFFIX)) as queue, spending_log(clock) as log:
        parts = Parts(service, queue, store, log, tariff, models, clock)
        yield BatchDesk(parts, config, Path(beside + LOCK_SUFFIX))


def _beside(location: str) -> str:
    """The path that those of the queue and its lock begin with: the store's own, or for a service one in the data folder."""
    if Path(location).is_absolute():
        return location
    folder = data_folder()
    if location and folder:
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder / f"service-{sha256(location.encode()).hexdigest()[:12]}")
    raise UsageError("message batches need a store that lasts until they are answered", "name a file: --store FILE")
