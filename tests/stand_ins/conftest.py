"""A server and clients for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anthropic import Anthropic
from stand_in_calls import KEY

from stand_ins.claude import ClaudeServer, ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def server(clock: ManualClock) -> Iterator[ClaudeServer]:
    with ClaudeServer(clock=clock) as started:
        yield started


@pytest.fixture(scope="session")
def any_client() -> Iterator[Anthropic]:
    """Made once, since loading the system's certificates takes longer than a test."""
    with Anthropic(base_url="http://127.0.0.1:9", api_key=KEY, max_retries=0) as opened:
        yield opened


@pytest.fixture
def client(any_client: Anthropic, server: ClaudeServer) -> Anthropic:
    """The real client; it does not retry, so that every test sees what was answered."""
    return any_client.with_options(base_url=server.url)
