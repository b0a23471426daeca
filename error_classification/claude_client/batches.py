"""Message batches: many questions at once, answered within a day, for a part of the price (``PriceTable.batch_discount``).

Creating one is not idempotent at the service: whoever does not hear of a batch that was created has to look for it, with
``since``, before it asks again. Only Claude's own API has them.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from error_classification.claude_client.anthropic_api import AnthropicClient, completion_of
from error_classification.claude_client.connecting import ANTHROPIC, check_key
from error_classification.claude_client.exchange import Completion, Request, ServiceError, Trouble
from error_classification.errors import UsageError

if TYPE_CHECKING:
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

MOST_REQUESTS = 10_000
"""The service takes 100,000; what is lost with a batch that comes to nothing is a day."""
MOST_BYTES = 50_000_000
"""Of the requests as JSON. The service takes 256 MB; but the whole is in memory several times while it is sent."""
_CREATING_TIMEOUT = 300.0
_TIMEOUT = 60.0
_PAGE = 100
_NOT_FOUND = "not_found_error"
_ITS_OWN_FAULT = frozenset(("invalid_request_error", "request_too_large"))
"""Types of errors that the same question would meet again."""
NOT_CREATED = frozenset(
    (Trouble.CREDENTIALS, Trouble.UNKNOWN_MODEL, Trouble.SPENDING_LIMIT, Trouble.REFUSED, Trouble.RATE_LIMIT)
)
"""Failures of ``create`` after which there is no batch; after any other one there may be."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch at the service. ``size``: how many requests it has; ``gone``: its results are no longer kept."""

    id: str
    created_at: datetime
    size: int
    ended: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request: ``completion``, or why there is none (all empty: the batch ended before its turn)."""

    name: str
    completion: Completion | None = None
    fault: str = ""
    """What is wrong with the request: asked again it would fail again."""
    setback: str = ""
    """What was wrong with the service, or is with the account or the model's name: asked again it may well be answered."""


class MessageBatches:
    """The service's calls for batches; each is made once. Raises ``ServiceError``."""

    def __init__(self, client: AnthropicClient) -> None:
        import anthropic

        self._client = client
        self._service = client.client.messages.batches
        self._not_found = anthropic.NotFoundError

    def size(self, request: Request) -> int:
        """Bytes of the request as JSON, at most."""
        return len(json.dumps(self._client.body(request)))

    def create(self, requests: Mapping[str, Request]) -> BatchState:
        """A new batch. The names match ``[a-zA-Z0-9_-]{1,64}``. See ``NOT_CREATED`` for what a failure means."""
        items = [{"custom_id": name, "params": self._client.body(request)} for name, request in requests.items()]
        with self._client.explained():
            return _state(self._service.create(requests=items, timeout=_CREATING_TIMEOUT))  # type: ignore[arg-type]

    def find(self, batch_id: str) -> BatchState | None:
        """The batch, or None where this key knows none by this name."""
        with self._client.explained():
            try:
                return _state(self._service.retrieve(batch_id, timeout=_TIMEOUT))
            except self._not_found as error:
                if error.type != _NOT_FOUND:  # the page of something in between
                    raise
                return None

    def since(self, moment: datetime) -> Iterator[BatchState]:
        """The batches that were created at ``moment`` or later, newest first."""
        with self._client.explained():
            for batch in self._service.list(limit=_PAGE, timeout=_TIMEOUT):
                state = _state(batch)
                if state.created_at < moment:
                    return
                yield state

    def results(self, batch_id: str) -> Generator[Result, None, None]:
        """What became of the requests of a batch that has ended, in any order."""
        with self._client.explained(), closing(self._service.results(batch_id, timeout=_TIMEOUT)) as lines:
            for line in lines:
                yield _result(line)

    def delete(self, batch_id: str) -> None:
        """Removes a batch that has ended, with its results; one that is not there is no failure."""
        with self._client.explained():
            try:
                self._service.delete(batch_id, timeout=_TIMEOUT)
            except self._not_found as error:
                if error.type != _NOT_FOUND:
                    raise


def connect_batches(api_format: str, key: str, address: str = "", cache_ttl: str = "5m") -> MessageBatches:
    """Makes no connection yet. Raises ``UsageError`` where there is no key, or a service without batches."""
    if api_format != ANTHROPIC:
        raise UsageError(f"API_FORMAT={api_format} has no message batches", "leave out --message-batches: --judges rules,llm")
    if not key:
        raise UsageError("no key for Claude", "set ANTHROPIC_API_KEY")
    check_key(key)
    return MessageBatches(AnthropicClient(key, address, cache_ttl))


def _state(batch: MessageBatch) -> BatchState:
    """Raises ``ServiceError`` for what is no batch."""
    try:
        counts, created_at = batch.request_counts, batch.created_at.astimezone(UTC)
        size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
        return BatchState(batch.id, created_at, size, batch.processing_status == "ended", batch.archived_at is not None)
    except (AttributeError, TypeError) as error:
        raise ServiceError(Trouble.NONSENSE, "the answer is not a message batch") from error


def _result(line: MessageBatchIndividualResponse) -> Result:
    """Raises ``ServiceError`` for what is no result of a request."""
    name: object = getattr(line, "custom_id", None)
    if not isinstance(name, str):
        raise ServiceError(Trouble.NONSENSE, "the answer is not a result of a message batch")
    try:
        result = line.result
        if result.type == "succeeded":
            return Result(name, completion_of(result.message))
        if result.type == "errored":
            error = result.error.error
            return Result(name, fault=error.message) if error.type in _ITS_OWN_FAULT else Result(name, setback=error.message)
    except (AttributeError, TypeError, ValueError):
        return Result(name, fault="the answer is not a message")
    return Result(name)
