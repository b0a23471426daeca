"""The searches of the store, as bodies of requests (pure). Times are compared in whole milliseconds: so the server keeps them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from error_classification.opensearch_schema import PRUNED_MARK, Document, utc_text

_NOT_PRUNED: Document = {"exists": {"field": PRUNED_MARK}}
NEWEST_FIRST: tuple[Document, ...] = ({"@timestamp": "desc"}, {"_seq_no": "desc"}, {"s_error_id": "asc"})
"""Of several at one time the one written last; a month is one shard, whose sequence numbers are the order of writing."""

_EXAMPLE_FIELDS = ("@timestamp", "l_count", "s_normalized_text", "s_repo", "s_source", PRUNED_MARK)


def period(since: datetime | None, until: datetime | None, repo: str | None) -> Document:
    """What occurred in a period and was not pruned."""
    bounds = {key: utc_text(moment) for key, moment in (("gte", since), ("lt", until)) if moment}
    filters: list[Document] = [{"range": {"@timestamp": bounds}}] if bounds else []
    excluded = [_NOT_PRUNED]
    if repo:
        filters.append({"term": {"s_repo": repo}})
    elif repo is not None:
        excluded.append({"exists": {"field": "s_repo"}})
    return {"bool": {"filter": filters, "must_not": excluded}}


def of_group(error_hash: str) -> Document:
    """The occurrences of a group that were not pruned."""
    return {"bool": {"filter": [{"term": {"s_error_hash": error_hash}}], "must_not": [_NOT_PRUNED]}}


def known(ids: Collection[str]) -> Document:
    """Which of ``ids`` there are, in whichever month, pruned or not."""
    return {"size": len(ids), "_source": False, "query": {"ids": {"values": list(ids)}}}


def sums(hashes: Collection[str], months: int) -> Document:
    """For each month and hash: the count, and when the first and the last occurred; pruned ones included."""
    parts = {
        "count": {"sum": {"field": "l_count"}},
        "first": {"min": {"field": "@timestamp"}},
        "last": {"max": {"field": "@timestamp"}},
    }
    return _by_month_and_hash(hashes, months, parts)


def ends(hashes: Collection[str], months: int) -> Document:
    """For each month and hash the first and the newest occurrence themselves, which costs ten times as much."""

    def one(sort: list[Document], fields: tuple[str, ...]) -> Document:
        return {"top_hits": {"size": 1, "sort": sort, "_source": list(fields)}}

    newest = [{"@timestamp": "desc"}, {"l_count": "desc"}, {"_seq_no": "desc"}]
    parts = {"first": one([{"@timestamp": "asc"}], ("@timestamp",)), "newest": one(newest, _EXAMPLE_FIELDS)}
    return _by_month_and_hash(hashes, months, parts)


def _by_month_and_hash(hashes: Collection[str], months: int, parts: Document) -> Document:
    by_hash = {"hashes": {"terms": {"field": "s_error_hash", "size": len(hashes)}, "aggs": parts}}
    by_month = {"months": {"terms": {"field": "_index", "size": months}, "aggs": by_hash}}
    return {"size": 0, "query": {"terms": {"s_error_hash": list(hashes)}}, "aggs": by_month}


def seen(query: Document, size: int, after: Document | None) -> Document:
    """A page of pairs of group and repository, with how often they occurred."""
    pairs = [{"hash": {"terms": {"field": "s_error_hash"}}}, {"repo": {"terms": {"field": "s_repo", "missing_bucket": True}}}]
    composite: Document = {"size": size, "sources": pairs} | ({"after": after} if after else {})
    counted = {"seen": {"composite": composite, "aggs": {"count": {"sum": {"field": "l_count"}}}}}
    return {"size": 0, "query": query, "aggs": counted}


def newest(query: Document, size: int, after: list[object] | None) -> Document:
    """A page of documents, newest first."""
    body: Document = {"size": size, "query": query, "sort": list(NEWEST_FIRST), "track_total_hits": False}
    return body | ({"search_after": after} if after else {})


def old(before: datetime, size: int) -> Document:
    """The oldest occurrences from before a time, with what is left of each when it is pruned."""
    return {
        "size": size,
        "query": period(None, before, None),
        "sort": [{"@timestamp": "asc"}],
        "_source": ["s_error_id", "s_error_hash", "l_count", "@timestamp"],
        "seq_no_primary_term": True,
        "track_total_hits": False,
    }


def judged(judges: Collection[str], size: int, after: list[object] | None) -> Document:
    """A page of the groups that one of ``judges`` answered, the most frequent first."""
    body: Document = {
        "size": size,
        "query": {"terms": {"s_judge": sorted(judges)}},
        "sort": [{"l_occurrence_count": "desc"}, {"s_error_hash": "asc"}],
        "track_total_hits": False,
    }
    return body | ({"search_after": after} if after else {})


def hashes(prefix: str, size: int) -> Document:
    """The hashes that begin with ``prefix``, sorted."""
    return {"size": size, "_source": False, "query": {"prefix": {"s_error_hash": prefix}}, "sort": [{"s_error_hash": "asc"}]}
