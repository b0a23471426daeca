"""Writing many documents, with back-pressure.

opensearch-py's own helpers give up on a document that the server rejects because it is busy (429), or never try it again. Here
what is rejected is tried again, alone, after a pause; a request that is too large is halved; what a server will never take (400)
is handed back with the reason. Writing is by ids of our own and ``create``, so that trying again can't double anything.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from opensearchpy import exceptions

from error_classification.errors import StoreError
from error_classification.opensearch_schema import Document
from error_classification.storage.opensearch.server import (
    BUSY,
    BUSY_ATTEMPTS,
    OutOfReachError,
    Server,
    attempts,
    pause_after,
)

MOST_ACTIONS = 1_000
MOST_BYTES = 5 << 20
"""Of one request: the smallest servers that AWS rents out take 10 MiB."""

CREATED, THERE, REFUSED = "created", "there", "refused"
"""What became of a document: written; in the way of another version of it (409); never to be taken (400)."""

_TOO_LARGE, _REJECTED = 413, 429
_NOT_OF_THE_DOCUMENT = frozenset(("illegal_argument_exception", "invalid_index_name_exception", "invalid_alias_name_exception"))
"""Refusals (400) that would meet every document: the index can't be made, or has another shape."""
_UTF8 = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ASCII = json.JSONEncoder(separators=(",", ":"))
_FIELDS = "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


@dataclass(frozen=True, slots=True)
class Action:
    """One document to write: new (``create``), or in the place of the version ``seq_no`` of ``primary_term``."""

    index: str
    id: str
    document: Document
    version: tuple[int, int] | None = None

    def lines(self) -> bytes:
        """The two lines of a bulk request."""
        target: Document = {"_index": self.index, "_id": self.id}
        if self.version is None:
            return _json({"create": target}) + _json(self.document)
        target |= {"if_seq_no": self.version[0], "if_primary_term": self.version[1]}
        return _json({"index": target}) + _json(self.document)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one action, and why where it was refused."""

    action: Action
    state: str
    reason: str = ""


@dataclass(slots=True)
class _Chunk:
    actions: list[Action] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)

    def halves(self) -> Iterator[_Chunk]:
        middle = len(self.actions) // 2
        yield _Chunk(self.actions[:middle], self.lines[:middle])
        yield _Chunk(self.actions[middle:], self.lines[middle:])


@dataclass(frozen=True, slots=True)
class _Step:
    """What one request led to. ``trouble`` is raised after so many ``attempts`` in a row that got nothing done."""

    done: list[Result] = field(default_factory=list)
    again: list[_Chunk] = field(default_factory=list)
    trouble: StoreError | None = None
    attempts: int = BUSY_ATTEMPTS


def write(server: Server, actions: Iterable[Action]) -> list[Result]:
    """What became of each action, in no particular order. Raises ``StoreError`` where the server can't or won't do its part.

    Some of the actions may have been done by then; doing them again does no harm.
    """
    results: list[Result] = []
    coming = _ahead(_chunks(actions))
    queue: deque[_Chunk] = deque()
    failures = 0
    while chunk := queue.popleft() if queue else next(coming, None):
        step = _step(server, chunk)
        results.extend(step.done)
        queue.extendleft(reversed(step.again))
        failures = failures + 1 if step.trouble else 0
        if step.trouble and (failures >= step.attempts or server.is_tired(failures)):
            raise step.trouble
        if step.again:
            server.sleep(pause_after(failures))
    return results


def _ahead(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """The same chunks; the next one is made while the server is at the last."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, chunks, None)
        while chunk := coming.result():
            coming = maker.submit(next, chunks, None)
            yield chunk


def _chunks(actions: Iterable[Action]) -> Iterator[_Chunk]:
    chunk, size = _Chunk(), 0
    for action in actions:
        lines = action.lines()
        if chunk.actions and (len(chunk.actions) >= MOST_ACTIONS or size + len(lines) > MOST_BYTES):
            yield chunk
            chunk, size = _Chunk(), 0
        chunk.actions.append(action)
        chunk.lines.append(lines)
        size += len(lines)
    if chunk.actions:
        yield chunk


def _step(server: Server, chunk: _Chunk) -> _Step:
    try:
        answer = server.client.bulk(body=b"".join(chunk.lines), params={"filter_path": _FIELDS})
    except exceptions.OpenSearchException as error:
        return _failed(server, chunk, error)
    rejected, done = _Chunk(), []
    for action, lines, item in zip(chunk.actions, chunk.lines, answer["items"], strict=True):
        (outcome,) = item.values()
        if outcome["status"] in BUSY:
            rejected.actions.append(action)
            rejected.lines.append(lines)
        else:
            done.append(_result(server, action, outcome))
    if not rejected.actions:
        return _Step(done)
    trouble = OutOfReachError(f"OpenSearch at {server.name} is too busy: it rejects documents", "try again later")
    return _Step(done, [rejected], None if done else trouble)


def _failed(server: Server, chunk: _Chunk, error: exceptions.OpenSearchException) -> _Step:
    """A request as a whole: what is too much at once is tried in halves."""
    status = error.status_code if isinstance(error, exceptions.TransportError) else None
    if status in (_TOO_LARGE, _REJECTED) and len(chunk.actions) > 1:
        return _Step(again=list(chunk.halves()))
    if status == _TOO_LARGE:
        return _Step([Result(chunk.actions[0], REFUSED, "larger than the server takes")])
    return _Step(again=[chunk], trouble=server.explained(error), attempts=attempts(error))


def _result(server: Server, action: Action, outcome: Document) -> Result:
    """Raises ``StoreError`` for a failure that is not the document's own."""
    status = outcome["status"]
    if status < 300:
        return Result(action, CREATED)
    if status == 409:
        return Result(action, THERE)
    error = outcome.get("error", {})
    why = ": ".join(filter(None, (error.get("reason", ""), error.get("caused_by", {}).get("reason", "")))) or f"status {status}"
    if status == 400 and error.get("type") not in _NOT_OF_THE_DOCUMENT:
        return Result(action, REFUSED, why)
    raise StoreError(f"OpenSearch at {server.name} does not write to {action.index} ({status}): {why[:300]}")


def _json(value: Document) -> bytes:
    """One line. Half of a surrogate pair, which a JSON input may hold, has no UTF-8, but an escape."""
    try:
        return _UTF8.encode(value).encode() + b"\n"
    except UnicodeEncodeError:
        return _ASCII.encode(value).encode() + b"\n"
