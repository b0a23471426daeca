"""Answers that GitHub need not send again: who asks with their tag pays no request of the rate limit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and where its list goes on (the query of the next page)."""

    body: bytes
    following: str = ""
    tag: str = ""


class Answers:
    """The latest answers by address, as long as they are few megabytes."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._room = most_bytes

    def of(self, address: str) -> Answer | None:
        return self._kept.get(address)

    def keep(self, address: str, answer: Answer) -> None:
        """The oldest ones make room."""
        if (replaced := self._kept.pop(address, None)) is not None:
            self._room += len(replaced.body)
        if not answer.tag:
            return
        self._kept[address] = answer
        self._room -= len(answer.body)
        while self._room < 0:
            _, dropped = self._kept.popitem(last=False)
            self._room += len(dropped.body)
