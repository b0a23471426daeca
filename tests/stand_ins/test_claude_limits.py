"""Requests per minute, the spend cap and overload, by switch."""

from __future__ import annotations

import anthropic
import pytest
from anthropic import Anthropic
from stand_in_calls import ask, chat

from stand_ins.claude import ClaudeServer, ManualClock


def refused_for(client: Anthropic) -> int | None:
    """Asks; the seconds that the 429 says to wait, or None if there was an answer."""
    try:
        ask(client)
    except anthropic.RateLimitError as error:
        return int(error.response.headers["retry-after"])
    return None


def test_so_many_requests_in_a_minute_and_no_more(server: ClaudeServer, client: Anthropic, clock: ManualClock) -> None:
    server.switches.requests_per_minute = 2
    assert refused_for(client) is None
    clock.advance(20)
    assert refused_for(client) is None
    clock.advance(10.5)
    assert [refused_for(client), refused_for(client)] == [30, 30]
    clock.advance(29.5)
    assert [refused_for(client), refused_for(client)] == [None, 20]
    assert len(server.billed) == 3


def test_answers_tell_what_is_left(server: ClaudeServer, client: Anthropic) -> None:
    server.switches.requests_per_minute = 5
    ask(client)
    headers = client.messages.with_raw_response.create(
        model="claude-haiku-5-5", max_tokens=9, messages=[{"role": "user", "content": "?"}]
    ).headers
    assert headers["anthropic-ratelimit-requests-limit"] == "5"
    assert headers["anthropic-ratelimit-requests-remaining"] == "3"
    assert headers["anthropic-ratelimit-requests-reset"] == "2026-11-02T09:01:00+00:00"


def test_a_limit_that_sinks_is_kept(server: ClaudeServer, client: Anthropic, clock: ManualClock) -> None:
    server.switches.requests_per_minute = 5
    for _ in range(3):
        assert refused_for(client) is None
        clock.advance(10)
    server.switches.requests_per_minute = 1
    assert refused_for(client) == 50


def test_both_formats_share_the_limit_and_counting_has_none(server: ClaudeServer, client: Anthropic) -> None:
    server.switches.requests_per_minute = 1
    assert chat(server).status_code == 200
    assert refused_for(client) == 60
    refused = chat(server)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert client.messages.count_tokens(model="claude-haiku-5-5", messages=[{"role": "user", "content": "?"}]).input_tokens == 1


@pytest.mark.parametrize(
    ("switch", "kind", "status"),
    [("spend_cap_reached", anthropic.RateLimitError, 429), ("overloaded", anthropic.OverloadedError, 529)],
)
def test_switches_hold_until_they_are_turned_back(
    server: ClaudeServer, client: Anthropic, switch: str, kind: type[anthropic.APIStatusError], status: int
) -> None:
    setattr(server.switches, switch, True)
    for _ in range(2):
        with pytest.raises(kind) as raised:
            ask(client)
        assert "retry-after" not in raised.value.response.headers
        assert chat(server).status_code == status
    setattr(server.switches, switch, False)
    ask(client)
    assert len(server.billed) == 1
