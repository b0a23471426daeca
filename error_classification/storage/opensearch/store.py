"""The store that many machines share.

An occurrence has an id of its own and is created once; its group's document is recomputed from the occurrences and written only
where nobody wrote it in between. So any process may be killed at any moment, and do its work again, without a loss or a double.
A store object belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Self

from error_classification.errors import StoreError
from error_classification.models import UNCLASSIFIED, ErrorClassification, Group
from error_classification.opensearch_schema import Document, from_document
from error_classification.ports import JudgedGroup, Label, Pruned, Stats
from error_classification.storage.answers import human_answer, new_label, no_label, unknown_hash
from error_classification.storage.opensearch import queries
from error_classification.storage.opensearch.groups import PAGE, GroupIndex, damage_named
from error_classification.storage.opensearch.preparing import prepare, version
from error_classification.storage.opensearch.pruning import prune
from error_classification.storage.opensearch.records import Record, record_of
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.uploading import upload
from error_classification.storage.tally import Seen, statistics, top_hashes

_IN_FORCE = ("s_primary_category", "s_subcategory", "s_judge")


class OpenSearchStore:
    """Implements ``ports.Archive``. Every method raises StoreError where the server fails it.

    ``save`` raises RefusedError where one is refused for its content, when all others are written.
    """

    def __init__(self, server: Server, index_name: str) -> None:
        """Asks the server nothing: the index is made, or found to be of a newer version, when it is first used."""
        self.warnings: Sequence[str] = ()
        self._server = server
        self._index = index_name
        self._groups = GroupIndex(server, index_name)
        self._checked = self._prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets everybody find what was written, at once, and ends the connections."""
        with suppress(StoreError):  # else they find it a second later
            self._show_changes()
        self._server.client.close()

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``."""
        self._check()
        return self._groups.groups(hashes)

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Writes occurrences; one that is known, or was pruned, is not counted again."""
        if not classifications:
            return {}
        if not self._prepared:
            prepare(self._server, self._index)
            self._prepared = self._checked = True
        return upload(self._server, self._groups, self._index, classifications)

    def occurrences(self, error_hash: str, limit: int = 100) -> list[ErrorClassification]:
        """The newest occurrences of a group, newest first, as they were first written."""
        return self._newest(queries.of_group(error_hash), limit)

    def find_hashes(self, prefix: str, limit: int = 20) -> list[str]:
        """The hashes that begin with ``prefix``, sorted."""
        self._check()
        self._show_changes()
        found = self._server.search(self._groups.index, queries.hashes(prefix, limit))
        return [hit["_id"] for hit in found["hits"]["hits"]]

    def judged(self, judges: Collection[str], limit: int = 1000) -> list[JudgedGroup]:
        """The groups whose answer in force is by one of ``judges``, the most frequent first."""
        self._check()
        self._show_changes()
        found: list[JudgedGroup] = []
        for hit in self._pages(self._groups.index, partial(queries.judged, judges), limit):
            with damage_named(self._groups.index):
                record = record_of(hit["_source"])
                found.append(JudgedGroup(record.group(), record.said))
        return found

    def recent(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, limit: int = 1000
    ) -> list[ErrorClassification]:
        """The newest occurrences of a period, newest first."""
        return self._newest(queries.period(since, until, repo), limit)

    def stats(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, top: int = 10
    ) -> Stats:
        """What occurred in a period, with its ``top`` most frequent groups."""
        self._check()
        seen = list(self._seen(queries.period(since, until, repo)))
        best = top_hashes(seen, top)
        return statistics(seen, best, self._groups.groups(best))

    def label(self, error_hash: str, category: str, subcategory: str, author: str, now: datetime) -> Group:
        """Sets a person's answer. Raises UsageError where no group has this hash."""
        label = new_label(error_hash, category, subcategory, author, now)
        return self._change(error_hash, lambda record: record.labelled(label, human_answer(record.judged.answer, label)))

    def withdraw(self, error_hash: str, author: str, now: datetime) -> Group:
        """Takes back the label in force. Raises UsageError where no group has this hash, or none of its labels stands."""

        def withdrawn(record: Record) -> Record:
            without = record.withdrawn(author, now)
            if without is None:
                raise no_label(error_hash)
            return without

        return self._change(error_hash, withdrawn)

    def labels(self, error_hash: str) -> list[Label]:
        """All labels of a group, newest first."""
        self._check()
        return [label for label, _ in reversed(self._groups.read([error_hash])[error_hash].record.labels)]

    def prune(self, before: datetime) -> Pruned:
        """Removes occurrences older than ``before``; their groups stay, with first_seen and the full count."""
        self._check()
        return prune(self._server, self._index, before)

    def _show_changes(self) -> None:
        if self._groups.changed:
            self._groups.changed = False
            self._server.refresh([self._groups.index])

    def _check(self) -> None:
        """That what is there, if anything, is ours to read. Makes nothing."""
        if not self._checked:
            version(self._server, self._index)
            self._checked = True

    def _change(self, error_hash: str, change: Callable[[Record], Record]) -> Group:
        self._check()

        def known(record: Record) -> Record:
            if not record.exists:
                raise unknown_hash(error_hash)
            return change(record)

        return self._groups.update([error_hash], lambda _: known)[error_hash].group()

    def _newest(self, query: Document, limit: int) -> list[ErrorClassification]:
        self._check()
        hits = self._pages(self._index, partial(queries.newest, query), limit)
        with damage_named(self._index):
            return [from_document(hit["_source"]) for hit in hits]

    def _pages(self, index: str, query: Callable[[int, list[object] | None], Document], limit: int) -> Iterator[Document]:
        """At most ``limit`` hits of a sorted search, of which ``query`` gives a page by its size and what it comes after."""
        after: list[object] | None = None
        while limit > 0:
            size = min(PAGE, limit)
            hits: list[Document] = self._server.search(index, query(size, after))["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            limit, after = limit - size, hits[-1]["sort"]

    def _seen(self, query: Document) -> Iterator[Seen]:
        after: Document | None = None
        while True:
            answer = self._server.search(self._index, queries.seen(query, PAGE, after))
            page = answer.get("aggregations", {}).get("seen", {})
            buckets: list[dict[str, Any]] = page.get("buckets", [])
            in_force = dict(self._groups.documents((bucket["key"]["hash"] for bucket in buckets), _IN_FORCE))
            yield from (seen for bucket in buckets if (seen := _seen(bucket, in_force)) is not None)
            after = page.get("after_key")
            if len(buckets) < PAGE or not after:
                return


def _seen(bucket: dict[str, Any], in_force: Mapping[str, Document]) -> Seen | None:
    """None where there is no group yet: the process that wrote its occurrence was ended before it came to it."""
    key = bucket["key"]
    answer = in_force.get(key["hash"])
    if answer is None:
        return None
    return Seen(
        error_hash=key["hash"],
        repo=key["repo"] or "",
        occurrences=round(bucket["count"]["value"]),
        category=answer.get("s_primary_category", UNCLASSIFIED),
        subcategory=answer.get("s_subcategory", ""),
        judge=answer.get("s_judge", ""),
    )
