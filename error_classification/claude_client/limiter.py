"""How many calls run at once, and how many start a minute."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

_WINDOW = 60.5
"""Seconds: a little more than the minute, since the service counts arrivals where we count starts."""


class Limiter:
    """Lets at most ``concurrency`` calls run at once and at most ``per_minute`` start within any minute.

    Until one call to a model has come through, those to it go one by one: the first fills the service's prompt cache, the
    others read from it. ``seconds`` is a clock that only goes forward.
    """

    def __init__(self, per_minute: int, concurrency: int, seconds: Callable[[], float]) -> None:
        self.concurrency = concurrency
        self._per_minute, self._seconds = per_minute, seconds
        self._starts: deque[float] = deque()
        self._running: Counter[str] = Counter()
        self._warm: set[str] = set()
        self._paused_until = 0.0
        self._closed = False
        self._changed = Condition()

    @contextmanager
    def slot(self, model: str, deadline: float | None = None) -> Iterator[bool]:
        """Waits for a turn to call ``model``. False where none comes before ``deadline`` (in ``seconds``) or ``close``."""
        granted = self._enter(model, deadline)
        try:
            yield granted
        finally:
            if granted:
                self._leave(model)

    def succeeded(self, model: str) -> None:
        """A call has come through: the model's cache is warm."""
        with self._changed:
            self._warm.add(model)
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """No call starts for so long: the service asked for it."""
        with self._changed:
            self._paused_until = max(self._paused_until, self._seconds() + seconds)

    def close(self) -> None:
        """No call starts any more; who waits for a turn is told at once that there is none."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _enter(self, model: str, deadline: float | None) -> bool:
        with self._changed:
            while True:
                now = self._seconds()
                if self._closed or (deadline is not None and now > deadline):
                    return False
                wait = self._wait(model, now)
                if wait == 0:
                    self._running[model] += 1
                    self._starts.append(now)
                    return True
                if deadline is not None:
                    if now == deadline:
                        return False
                    wait = min(wait or _WINDOW, deadline - now)
                self._changed.wait(wait)

    def _wait(self, model: str, now: float) -> float | None:
        """Seconds to the next turn, 0 where it is now; None where only the end of another call brings it."""
        while self._starts and now - self._starts[0] >= _WINDOW:
            self._starts.popleft()
        if self._running.total() >= self.concurrency or (model not in self._warm and self._running[model]):
            return None
        rate = _WINDOW - (now - self._starts[0]) if len(self._starts) >= self._per_minute else 0.0
        return max(rate, self._paused_until - now, 0.0)

    def _leave(self, model: str) -> None:
        with self._changed:
            self._running[model] -= 1
            self._changed.notify_all()
