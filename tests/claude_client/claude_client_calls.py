"""What the tests of the clients ask, and a clock that only moves when somebody waits."""

from __future__ import annotations

from collections.abc import Callable

from error_classification.claude_client import Caller, Request

ANSWER = {"category": "timeout"}
SCHEMA = {
    "type": "object",
    "properties": {"category": {"type": "string"}},
    "required": ["category"],
    "additionalProperties": False,
}
MODEL = "claude-haiku-5-5"

MakeCaller = Callable[..., Caller]


class Waits:
    """A clock in seconds: waiting is what moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def seconds(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def asking(user: str = "what is it?", system: str = "s" * 4_000, model: str = MODEL) -> Request:
    return Request(model, system, user, SCHEMA)
