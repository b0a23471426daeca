"""Forgetting what is old: each occurrence is replaced, in one write, by the little that its group's count needs."""

from __future__ import annotations

from datetime import datetime

from error_classification.opensearch_schema import PRUNED_MARK, month_pattern
from error_classification.ports import Pruned
from error_classification.storage.opensearch import bulk, queries
from error_classification.storage.opensearch.server import Server

_BATCH = 1_000
_SETTLING = 1.0
"""Seconds until a server that cannot be told to refresh is asked again."""


def prune(server: Server, index_name: str, before: datetime) -> Pruned:
    """Removes occurrences older than ``before``. What others remove at the same time is not counted here."""
    occurrences, hashes = 0, set[str]()
    while hits := server.search(index_name, queries.old(before, _BATCH))["hits"]["hits"]:
        results = bulk.write(
            server,
            [
                bulk.Action(
                    hit["_index"],
                    hit["_id"],
                    {**hit["_source"], PRUNED_MARK: True},
                    (hit["_seq_no"], hit["_primary_term"]),
                )
                for hit in hits
            ],
        )
        server.refresh([month_pattern(index_name)])
        if not server.refreshes:
            server.sleep(_SETTLING)
        removed = [result.action.document for result in results if result.state == bulk.CREATED]
        occurrences += sum(document.get("l_count", 1) for document in removed)
        hashes.update(document["s_error_hash"] for document in removed)
    return Pruned(occurrences, len(hashes))
