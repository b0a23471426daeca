"""Replies that are played once, in order, before everything goes its usual way."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from stand_ins.claude.replies import Disconnect, Failure, Garbage, Message, Reply, Stall
from stand_ins.claude.request import CHAT_PATH, MESSAGES_PATH
from stand_ins.claude.response import Response, delayed, garbage_response


class Script:
    """A queue for each path; the two that ask the model share one."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Reply | None]] = defaultdict(deque)
        self._lock = Lock()

    def add(self, replies: Sequence[Reply | None], path: str) -> None:
        with self._lock:
            self._queues[_queue_of(path)].extend(replies)

    def next(self, path: str) -> Reply | None:
        """The next reply for this path; None lets the request have its usual answer."""
        with self._lock:
            queue = self._queues[_queue_of(path)]
            return queue.popleft() if queue else None


def _queue_of(path: str) -> str:
    return MESSAGES_PATH if path == CHAT_PATH else path


def play(reply: Reply | None, perform: Callable[[Message | None], Response], fail: Callable[[Failure], Response]) -> Response:
    """Makes a reply a response. ``perform`` does the request's work, with a given message or the usual one."""
    match reply:
        case Failure():
            return fail(reply)
        case Garbage():
            return garbage_response(reply)
        case Disconnect():
            return replace(perform(None), cut=reply)
        case Stall():
            return delayed(play(reply.then, perform, fail), reply.seconds)
        case _:
            return perform(reply)
