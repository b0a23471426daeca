"""Message batches: created, in progress until somebody finishes them, read in any order, deleted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from stand_ins.claude.clock import Clock
from stand_ins.claude.problems import invalid, not_found
from stand_ins.claude.request import JSON

DAY = timedelta(days=1)
DEFAULT_PAGE, LARGEST_PAGE = 20, 1000
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Item:
    custom_id: str
    params: JSON


@dataclass(frozen=True, slots=True)
class Batch:
    id: str
    items: tuple[Item, ...]
    created: datetime
    key: str
    cancelled: datetime | None = None
    ended: datetime | None = None
    results: tuple[JSON, ...] = field(default=())

    @property
    def status(self) -> str:
        if self.ended:
            return "ended"
        return "canceling" if self.cancelled else "in_progress"

    def body(self, url: str) -> JSON:
        """``url``: the server's."""
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status,
            "request_counts": self._counts(),
            "created_at": _timestamp(self.created),
            "expires_at": _timestamp(self.created + DAY),
            "ended_at": _timestamp(self.ended),
            "cancel_initiated_at": _timestamp(self.cancelled),
            "archived_at": None,
            "results_url": f"{url}/v1/messages/batches/{self.id}/results" if self.ended else None,
        }

    def _counts(self) -> JSON:
        kinds = [line["result"]["type"] for line in self.results]
        counts: JSON = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        return {"processing": 0 if self.ended else len(self.items)} | counts


def _timestamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def items_of(body: JSON) -> tuple[Item, ...]:
    """The items of a new batch, or ApiError. Their ``params`` are looked at only when the batch is processed."""
    found = body.get("requests")
    if not isinstance(found, list) or not found:
        raise invalid("requests: a non-empty list is required")
    items = tuple(_item(index, given) for index, given in enumerate(found))
    if len({item.custom_id for item in items}) < len(items):
        raise invalid("requests: custom_id values must be unique within a batch")
    return items


def _item(index: int, given: Any) -> Item:
    if not isinstance(given, dict) or given.keys() != {"custom_id", "params"} or not isinstance(given["params"], dict):
        raise invalid(f"requests.{index}: custom_id and params are required, and nothing else")
    if not isinstance(given["custom_id"], str) or not CUSTOM_ID.fullmatch(given["custom_id"]):
        raise invalid(f"requests.{index}.custom_id: String should match pattern '^{CUSTOM_ID.pattern}$'")
    return Item(given["custom_id"], given["params"])


class Batches:
    """All batches, oldest first. Creating is not idempotent: the same items twice are two batches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._batches: dict[str, Batch] = {}
        self._created = 0
        self._lock = Lock()

    def create(self, items: tuple[Item, ...], key: str) -> Batch:
        with self._lock:
            self._created += 1
            batch = Batch(f"msgbatch_{self._created:024d}", items, self._clock.now(), key)
            self._batches[batch.id] = batch
            return batch

    def all(self) -> tuple[Batch, ...]:
        with self._lock:
            return tuple(self._batches.values())

    def get(self, batch_id: str) -> Batch:
        with self._lock:
            if batch_id not in self._batches:
                raise not_found(f"No message batch with id {batch_id}")
            return self._batches[batch_id]

    def cancel(self, batch_id: str) -> Batch:
        batch = self.get(batch_id)
        if batch.ended:
            raise invalid(f"Batch {batch_id} has already ended and cannot be canceled")
        return self._put(replace(batch, cancelled=batch.cancelled or self._clock.now()))

    def end(self, batch: Batch, results: Sequence[JSON]) -> Batch:
        return self._put(replace(self.get(batch.id), ended=self._clock.now(), results=tuple(results)))

    def results(self, batch_id: str) -> tuple[JSON, ...]:
        batch = self.get(batch_id)
        if not batch.ended:
            raise not_found(f"Batch {batch_id} has no results before it has ended")
        return batch.results

    def delete(self, batch_id: str) -> None:
        if not self.get(batch_id).ended:
            raise invalid(f"Batch {batch_id} cannot be deleted before it has ended")
        with self._lock:
            del self._batches[batch_id]

    def page(self, limit: int, after: str | None, before: str | None) -> tuple[list[Batch], bool]:
        """Newest first: up to ``limit`` batches after or before one, and whether there are more that way."""
        if not 1 <= limit <= LARGEST_PAGE:
            raise invalid(f"limit: Input should be between 1 and {LARGEST_PAGE}")
        rows = list(reversed(self.all()))
        ids = [batch.id for batch in rows]
        if before is not None:
            rows = rows[: ids.index(self.get(before).id)]
            return rows[-limit:], len(rows) > limit
        if after is not None:
            rows = rows[ids.index(self.get(after).id) + 1 :]
        return rows[:limit], len(rows) > limit

    def _put(self, batch: Batch) -> Batch:
        with self._lock:
            self._batches[batch.id] = batch
            return batch


@dataclass(frozen=True, slots=True)
class Fates:
    """The items that do not succeed when a batch is finished, by ``custom_id``."""

    expired: Collection[str] = ()
    errored: Collection[str] = ()
    canceled: Collection[str] = ()

    def of(self, item: Item, batch: Batch) -> str | None:
        """What becomes of an item without asking the model; None: it is asked."""
        for name, chosen in (("expired", self.expired), ("errored", self.errored), ("canceled", self.canceled)):
            if item.custom_id in chosen:
                return name
        return "canceled" if batch.cancelled else None
