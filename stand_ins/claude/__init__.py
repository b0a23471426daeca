"""A scripted server that speaks the Claude API and the OpenAI chat API, and earns the usage it reports.

    with ClaudeServer(lambda request: message({"category": "timeout"})) as server:
        client = Anthropic(base_url=server.url, api_key="test-key")
        server.script(overloaded(), stall(0.2), disconnect())

It refuses what the real service refuses, counts tokens with a tokenizer of its own (one a four characters), caches
prefixes under the real rules, and keeps message batches until they are deleted. It does not stream.
"""

from stand_ins.claude.answering import echo
from stand_ins.claude.clock import ManualClock, SystemClock
from stand_ins.claude.replies import (
    Reply,
    cut_off,
    disconnect,
    error,
    garbage,
    html_page,
    message,
    overloaded,
    rate_limited,
    refusal,
    spend_cap,
    stall,
    truncated_json,
)
from stand_ins.claude.request import Request
from stand_ins.claude.server import ClaudeServer
from stand_ins.claude.switches import Switches
from stand_ins.claude.usage import Billed

__all__ = [
    "Billed",
    "ClaudeServer",
    "ManualClock",
    "Reply",
    "Request",
    "Switches",
    "SystemClock",
    "cut_off",
    "disconnect",
    "echo",
    "error",
    "garbage",
    "html_page",
    "message",
    "overloaded",
    "rate_limited",
    "refusal",
    "spend_cap",
    "stall",
    "truncated_json",
]
