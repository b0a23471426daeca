"""Waiting that ends when it should: at a moment, or when the run is given up.

The timeouts of HTTP libraries hold for each piece that is read: a server that sends one byte a second is waited for without end.
So a call runs in a thread of its own, which is left behind where it takes too long and dies with the process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from threading import Thread
from typing import Any, TypeVar

from error_classification.errors import Error

T = TypeVar("T")


class Patience:
    """Waits for calls, until it ends for all of them."""

    def __init__(self) -> None:
        self._ended: Future[None] = Future()

    def end(self) -> None:
        """Nothing is waited for any longer, now or later."""
        if not self._ended.done():
            self._ended.set_result(None)

    def result_of(self, call: Callable[[], T], seconds: float | None = None) -> T:
        """What ``call`` returns or raises. Raises ``TimeoutError`` where that takes longer, or patience has ended."""
        outcome: Future[T] = Future()
        Thread(target=_made, args=(call, outcome), daemon=True).start()
        either: tuple[Future[Any], ...] = (outcome, self._ended)
        wait(either, seconds, FIRST_COMPLETED)
        return outcome.result(timeout=0)


def _made(call: Callable[[], T], outcome: Future[T]) -> None:
    try:
        outcome.set_result(call())
    except Error as error:  # it is raised again where it is waited for
        outcome.set_exception(error)
    finally:
        if not outcome.done():  # a bug, whose traceback the thread shows
            outcome.set_exception(RuntimeError("a call ended without an outcome"))
