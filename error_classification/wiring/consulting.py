"""Puts the judge that asks Claude together: client, limiter, budget, and the log of what was spent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from error_classification.classification.llm import LLMJudge
from error_classification.claude_client import Budget, Caller, Limiter, PriceTable, connect, load_prices
from error_classification.config import Config, data_folder
from error_classification.models import Spending
from error_classification.ports import Clock
from error_classification.reporting.summary import counted
from error_classification.storage.spending import SpendingLog
from error_classification.storage.spending import month_start as month_start
from error_classification.wiring import expanded
from error_classification.wiring.clock import SystemClock

SPENDING_FILE = "spending.sqlite3"
NO_MODEL = "none"
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Consultation:
    """A judge that can be asked, and what it has taken so far."""

    judge: LLMJudge
    caller: Caller
    model: str
    log: SpendingLog
    month_cap: float | None

    @property
    def spent(self) -> Spending:
        return self.caller.budget.spent

    @property
    def notices(self) -> list[str]:
        """What the user should know at the end of the run, one line each."""
        left = [f"Claude was not asked about {counted(count, 'error')}: {why}" for why, count in _alike(self.judge.refrained)]
        cold = ", ".join(sorted(self.caller.watch.unused))
        unused = f"the prompt cache is not used: {cold} read nothing from it at the second call (`doctor` says more)"
        return [*left, *([unused] if cold else []), *(forgotten(self.log, self.month_cap) if self.spent.calls else [])]

    @property
    def failures(self) -> list[str]:
        """What the service did not do, one line each; the next run asks again."""
        return [f"Claude gave no answer about {counted(count, 'error')}: {why}" for why, count in _alike(self.judge.failures)]


def _alike(reasons: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Reasons that differ in their numbers alone are one, told in the words of the first."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        groups.setdefault(_NUMBERS.sub("0", reason), []).append(reason)
    yield from ((group[0], sum(reasons[reason] for reason in group)) for group in groups.values())


def forgotten(log: SpendingLog, month_cap: float | None) -> list[str]:
    """A line where later runs will not know what this one spent, and so may exceed the month's cap."""
    if log.persistent or month_cap is None:
        return []
    return [f"what was spent could not be written down, so the cap of the month does not count it: {log.fault}"]


@contextmanager
def consultation(config: Config, time_limit: float | None = None) -> Iterator[Consultation]:
    """Claude, as ``config`` says, for one run of at most ``time_limit`` seconds. Raises ``UsageError`` for bad prices."""
    clock = SystemClock()
    client = connect(config.api_format, config.anthropic_api_key, config.api_base_url, config.prompt_cache_ttl)
    with spending_log(clock) as log:
        month = log.total(month_start(clock.now())).usage.cost_usd + log.reserved()
        caller = Caller(
            client,
            Limiter(config.max_rpm, config.concurrency, clock.seconds),
            Budget(config.max_cost, config.max_cost_month, month, log),
            prices(config),
            seconds=clock.seconds,
            sleep=clock.sleep,
            deadline=None if time_limit is None else clock.seconds() + time_limit,
            hour=config.prompt_cache_ttl == "1h",
        )
        stronger = "" if config.escalation_model == NO_MODEL else config.escalation_model
        judge = LLMJudge(caller, config.anthropic_model, stronger)
        try:
            yield Consultation(judge, caller, config.anthropic_model, log, config.max_cost_month)
        finally:
            judge.close()


def prices(config: Config) -> PriceTable:
    """What tokens cost. Raises ``UsageError`` for a bad file."""
    return load_prices(expanded(config.prices) if config.prices else None)


@contextmanager
def spending_log(clock: Clock) -> Iterator[SpendingLog]:
    """What was spent on this machine by this user; forgotten where there is no home folder to keep it in."""
    log = SpendingLog(spending_path(), clock.now)
    try:
        yield log
    finally:
        log.close()


def spending_path() -> Path | None:
    """Where the log of spending is; None where there is no home for it."""
    folder = data_folder()
    return folder / SPENDING_FILE if folder else None
