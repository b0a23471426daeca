"""How much money a run and a month may cost. A cap is hard: what a call could cost at most is set aside before it is made."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from error_classification.claude_client.exchange import BudgetError
from error_classification.models import Spending, Usage


class Ledger(Protocol):
    """Where all runs of a month write down what they spend, at once; from any thread."""

    def claim(self, dollars: float, cap: float | None) -> str:
        """Keeps so much aside and gives its name; none where the month would cost more than ``cap``."""

    def record(self, model: str, usage: Usage) -> None:
        """Adds one call."""

    def release(self, name: str) -> None:
        """Keeps nothing aside for this name any longer."""


class Budget:
    """Keeps a run within ``run_cap`` and its month within ``month_cap`` US dollars (None: no cap).

    ``month`` is what the month has cost before this run; the ``ledger`` knows what other runs spend meanwhile.
    """

    def __init__(
        self,
        run_cap: float | None = None,
        month_cap: float | None = None,
        month: float = 0.0,
        ledger: Ledger | None = None,
    ) -> None:
        self._run_cap, self._month_cap, self._month = run_cap, month_cap, month
        self._ledger = ledger
        self._reserved = 0.0
        self._lock = Lock()
        self.spent = Spending()

    @property
    def is_capped(self) -> bool:
        """True where a call of unknown price may not be made."""
        return self._run_cap is not None or self._month_cap is not None

    def reserve(self, dollars: float) -> str:
        """Sets aside what a call may cost at most; ``settle`` wants the name. Raises ``BudgetError`` for more than is left."""
        with self._lock:
            run = self.spent.usage.cost_usd + self._reserved + dollars
            if self._run_cap is not None and run > self._run_cap:
                raise BudgetError(f"the run's budget of ${self._run_cap:.2f} is used up")
            name = self._ledger.claim(dollars, self._month_cap) if self._ledger else ""
            if self._month_cap is not None and (self._month + run > self._month_cap or (self._ledger and not name)):
                raise BudgetError(f"the month's budget of ${self._month_cap:.2f} is used up")
            self._reserved += dollars
            return name

    def settle(self, reserved: float, model: str, usage: Usage | None, name: str = "") -> None:
        """Takes back what was set aside, and counts what the call took (None: it came to nothing)."""
        with self._lock:
            self._reserved -= reserved
            if usage is not None:
                self.spent += Spending(1, usage)
                if self._ledger:
                    self._ledger.record(model, usage)
            if self._ledger:
                self._ledger.release(name)
