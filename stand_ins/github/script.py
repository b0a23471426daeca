"""Replies that are played once, in order, before everything goes its usual way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from threading import Lock

from stand_ins.github.replies import Instead, Reply, applied
from stand_ins.github.request import Request
from stand_ins.github.response import Response


class Script:
    """A queue for each pattern of ``METHOD path``; the first pattern that fits and has replies left serves a request."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Reply | None]] = {}
        self._lock = Lock()

    def add(self, replies: Sequence[Reply | None], pattern: str) -> None:
        with self._lock:
            self._queues.setdefault(pattern, deque()).extend(replies)

    def next(self, request: Request) -> Reply | None:
        """The next reply for this request; None lets it have its usual answer."""
        said = f"{request.method} {request.path}"
        with self._lock:
            queues = (queue for pattern, queue in self._queues.items() if queue and fnmatchcase(said, pattern))
            queue = next(queues, None)
            return queue.popleft() if queue else None

    def played(self, request: Request, usual: Callable[[], Response]) -> Response:
        """What the next reply makes of the ``usual`` response, which is not asked for where the reply takes its place."""
        reply = self.next(request)
        if isinstance(reply, Instead):
            return reply.response
        return usual() if reply is None else applied(reply, usual())
