"""How much money a run and a month may cost. A cap is hard: what a call could cost at most is set aside before it is made."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from error_classification.claude_client.exchange import BudgetError
from error_classification.models import Spending, Usage


class Budget:
    """Keeps a run within ``run_cap`` and its month within ``month_cap`` US dollars (None: no cap).

    ``month`` is what the month has cost before this run; ``record`` is told of every call at once, from the calling thread.
    """

    def __init__(
        self,
        run_cap: float | None = None,
        month_cap: float | None = None,
        month: float = 0.0,
        record: Callable[[str, Usage], None] = lambda model, usage: None,
    ) -> None:
        self._run_cap, self._month_cap, self._month = run_cap, month_cap, month
        self._record = record
        self._reserved = 0.0
        self._lock = Lock()
        self.spent = Spending()

    @property
    def is_capped(self) -> bool:
        """True where a call of unknown price may not be made."""
        return self._run_cap is not None or self._month_cap is not None

    def reserve(self, dollars: float) -> None:
        """Sets aside what a call may cost at most. Raises ``BudgetError`` where that is more than is left."""
        with self._lock:
            run = self.spent.usage.cost_usd + self._reserved + dollars
            for cap, total, name in ((self._run_cap, run, "run"), (self._month_cap, self._month + run, "month")):
                if cap is not None and total > cap:
                    raise BudgetError(f"the {name}'s budget of ${cap:.2f} is used up")
            self._reserved += dollars

    def settle(self, reserved: float, model: str, usage: Usage | None) -> None:
        """Takes back what was set aside, and counts what the call took (None: it came to nothing)."""
        with self._lock:
            self._reserved -= reserved
            if usage is not None:
                self.spent += Spending(1, usage)
                self._record(model, usage)
