"""Calls that would never end: they do, in time or when the run is given up."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest
from claude_client_calls import asking

from error_classification.claude_client import Budget, BudgetError, Caller, Limiter, ServiceError, connect, load_prices
from error_classification.claude_client.exchange import Trouble
from error_classification.wiring.clock import SystemClock

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n"


class Dribbler:
    """Answers every connection with ``beginning``, then with one byte after another, each within any timeout."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning, self._over, self.reached = beginning, Event(), Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the end
            while True:
                Thread(target=self._answer, args=(self._listener.accept()[0],), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # nobody waits any longer
            connection.recv(1 << 16)
            self.reached.set()
            connection.sendall(self._beginning)
            while not self._over.wait(0.02):
                connection.sendall(b" ")


@pytest.fixture(params=[HEAD + b"\r\n", HEAD + b"x-slow: "], ids=["body", "header"])
def dribbler(request: pytest.FixtureRequest) -> Iterator[Dribbler]:
    started = Dribbler(request.param)
    yield started
    started.close()


CallerOf = Callable[[float | None], Caller]


@pytest.fixture(params=["anthropic", "openai"])
def caller_of(request: pytest.FixtureRequest, dribbler: Dribbler) -> CallerOf:
    clock = SystemClock()

    def make(limit: float | None) -> Caller:
        deadline = None if limit is None else clock.seconds() + limit
        limiter, client = Limiter(1_000, 2, clock.seconds), connect(request.param, "k", dribbler.url)
        return Caller(client, limiter, Budget(), load_prices(), seconds=clock.seconds, sleep=clock.sleep, deadline=deadline)

    return make


def outcome_of(caller: Caller) -> tuple[Thread, list[Exception]]:
    raised: list[Exception] = []

    def ask() -> None:
        try:
            caller.ask(asking())
        except (ServiceError, BudgetError) as error:
            raised.append(error)

    thread = Thread(target=ask, daemon=True)
    thread.start()
    return thread, raised


def test_a_deadline_holds_however_slowly_the_answer_comes(caller_of: CallerOf) -> None:
    thread, raised = outcome_of(caller_of(0.3))
    thread.join(20)
    assert [getattr(error, "trouble", None) for error in raised] == [Trouble.TIMEOUT]


def test_who_is_stopped_waits_for_nothing(caller_of: CallerOf, dribbler: Dribbler) -> None:
    caller = caller_of(None)
    waiting = [outcome_of(caller) for _ in range(2)]  # one for an answer, one for its turn
    assert dribbler.reached.wait(20)
    caller.stop()
    for thread, raised in waiting:
        thread.join(20)
        assert len(raised) == 1
    with pytest.raises(BudgetError):
        caller.ask(asking())
