"""A stand-in for the service, both clients of it, and a caller whose waits take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from claude_client_calls import ANSWER, MakeCaller, Waits

from error_classification.claude_client import Budget, Caller, Client, Limiter, connect, load_prices
from stand_ins.claude import ClaudeServer, ManualClock, message


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with ClaudeServer(lambda request: message(ANSWER), clock=ManualClock()) as started:
        yield started


@pytest.fixture(params=["anthropic", "openai"])
def client(request: pytest.FixtureRequest, server: ClaudeServer) -> Client:
    """Both clients, each through its real library."""
    address = server.url if request.param == "anthropic" else f"{server.url}/v1"
    return connect(request.param, "test-key", address)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def caller_of(waits: Waits) -> MakeCaller:
    def make(client: Client, budget: Budget | None = None, deadline: float | None = None) -> Caller:
        limiter = Limiter(1_000, 4, waits.seconds)
        return Caller(
            client,
            limiter,
            budget or Budget(),
            load_prices(),
            seconds=waits.seconds,
            sleep=waits.sleep,
            deadline=deadline,
        )

    return make
