"""Stores on the servers of the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_builders import occurrence

from error_classification.models import ErrorClassification
from error_classification.ports import Archive
from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.spooling import SpoolingStore
from error_classification.storage.opensearch.store import OpenSearchStore
from error_classification.storage.spool import Spool


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2025, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def pass_minutes(self, minutes: float) -> None:
        self.time += timedelta(minutes=minutes)


def server_at(url: str, sleep: Callable[[float], None] = lambda _: None, **more: Any) -> Server:
    """A server of which nobody waits for an answer between attempts, unless ``sleep`` does."""
    endpoint = Endpoint(url, timeout=20, **more)
    return Server(connect(endpoint), endpoint.name, sleep=sleep)


def shared_store(request: pytest.FixtureRequest) -> OpenSearchStore:
    """One on the server of this test run, in an index of its own."""
    node, index_name = request.getfixturevalue("opensearch_node"), request.getfixturevalue("index_name")
    return OpenSearchStore(server_at(node.url), index_name)


def spooling_store(
    server: Server, index_name: str, folder: Path, clock: ManualClock | None = None, address: str = ""
) -> SpoolingStore:
    """One with its spool and dead letters in ``folder``; ``address``: where what waits was to go, if not to the server's own."""
    spool = Spool(folder / "spool.sqlite3", f"{address or server.name}/{index_name}")
    now = (clock or ManualClock()).now
    return SpoolingStore(server, index_name, spool=spool, letters=folder / "dead-letters.ndjson", now=now)


def settled(url: str, index_name: str) -> OpenSearchStore:
    """One that sees what others have just written, which searches do a second later."""
    server = server_at(url)
    server.refresh([f"{index_name}*"])
    return OpenSearchStore(server, index_name)


def many(number: int, hashes: int = 7, text: str = "the job timed out") -> list[ErrorClassification]:
    """Occurrences of a few groups, in two months, always the same."""
    months = 60 * 24 * 30
    return [
        occurrence(f"id{each}", f"{each % hashes:016x}", minute=each % 97 + (each % 2) * months, count=1 + each % 3, text=text)
        for each in range(number)
    ]


def facts(archive: Archive) -> list[Any]:
    """What must not depend on who wrote what when, or how often."""
    groups = archive.groups(archive.find_hashes("", 1_000))
    counted = {key: (group.occurrence_count, group.first_seen, group.last_seen, group.answer) for key, group in groups.items()}
    return [counted, sorted(each.error_id for each in archive.recent(limit=100_000)), archive.stats().occurrences]
