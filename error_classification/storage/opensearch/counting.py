"""Counting occurrences by month and group.

The server's sums are cheap, but it knows times in milliseconds only. To the microsecond they are known of what was counted before
and of what was written just now; where these don't explain the sums, because somebody else wrote meanwhile or was ended half-way,
the first and the newest occurrence are fetched themselves.

A server that cannot be told to refresh (AWS's serverless one) does not see what was written a moment ago. That is added to what
was counted before, and of that and the server's own sum the larger is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from error_classification.models import ErrorClassification
from error_classification.opensearch_schema import PRUNED_MARK, Document, month_index
from error_classification.storage.opensearch import queries
from error_classification.storage.opensearch.records import Example, Month, Record
from error_classification.storage.opensearch.server import Server

Counted: TypeAlias = dict[str, tuple[dict[str, Month], list[Example]]]
"""By hash: its months, and what may be its newest occurrence."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Census:
    """Counts in ``months``, which are indices of ``index_name``; ``created``: what was written there just now."""

    server: Server
    index_name: str
    months: Sequence[str]
    created: Sequence[ErrorClassification]

    def counted(self, records: Mapping[str, Record]) -> Counted:
        """What there is of each record's group in these months."""
        counted: Counted = {}
        if not self.months or not records:
            return counted
        own = self._own()
        if not self.server.refreshes:
            self._add(own, records, counted)
        unexplained: dict[str, dict[str, int]] = {}
        for index, error_hash, bucket in self._buckets(queries.sums(records, len(self.months))):
            month, count = self._month(index), round(bucket["count"]["value"])
            known = [each for each in (records[error_hash].months.get(month), own.get((index, error_hash))) if each]
            months, _ = counted.setdefault(error_hash, ({}, []))
            if known and _explains(known, bucket):
                seen = Month(count, min(each.first for each in known), max(each.last for each in known))
                months[month] = seen.united(months.get(month))
            else:
                unexplained.setdefault(error_hash, {})[month] = count
        for classification in reversed(self.created):  # of equals the one written last
            if classification.error.error_hash in counted:
                counted[classification.error.error_hash][1].append(_example(classification))
        self._look(unexplained, counted)
        return counted

    def _own(self) -> dict[tuple[str, str], Month]:
        """What was created, by index and hash."""
        own: dict[tuple[str, str], Month] = {}
        for each in self.created:
            key = month_index(self.index_name, each.occurred_at), each.error.error_hash
            new = Month(each.error.context.count, each.occurred_at, each.occurred_at)
            own[key] = new.followed_by(own.get(key))
        return own

    def _add(self, own: Mapping[tuple[str, str], Month], records: Mapping[str, Record], counted: Counted) -> None:
        for (index, error_hash), new in own.items():
            if error_hash in records:
                month = self._month(index)
                counted.setdefault(error_hash, ({}, []))[0][month] = new.followed_by(records[error_hash].months.get(month))

    def _look(self, unexplained: Mapping[str, Mapping[str, int]], counted: Counted) -> None:
        if not unexplained:
            return
        for index, error_hash, bucket in self._buckets(queries.ends(unexplained, len(self.months))):
            earliest, newest = (bucket[name]["hits"]["hits"][0]["_source"] for name in ("first", "newest"))
            first, last = (datetime.fromisoformat(each["@timestamp"]) for each in (earliest, newest))
            months, examples = counted[error_hash]
            month = self._month(index)
            if month in unexplained[error_hash]:
                months[month] = Month(unexplained[error_hash][month], first, last).united(months.get(month))
            if not newest.get(PRUNED_MARK):
                texts = (newest.get(name, "") for name in ("s_normalized_text", "s_repo", "s_source"))
                examples.append(Example(last, newest.get("l_count", 1), *texts))

    def _buckets(self, body: Document) -> Iterator[tuple[str, str, Document]]:
        answer = self.server.search(",".join(self.months), body)
        for month in answer.get("aggregations", {}).get("months", {}).get("buckets", []):
            for bucket in month["hashes"]["buckets"]:
                yield month["key"], bucket["key"], bucket

    def _month(self, index: str) -> str:
        return index.removeprefix(f"{self.index_name}-")


def _explains(known: Collection[Month], bucket: Document) -> bool:
    """Whether the server knows of nothing that occurred before or after."""
    first, last = (_milliseconds(pick) for pick in (min(each.first for each in known), max(each.last for each in known)))
    return bool(first <= bucket["first"]["value"] and bucket["last"]["value"] <= last)


def _milliseconds(moment: datetime) -> int:
    """As the server counts them, since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def _example(classification: ErrorClassification) -> Example:
    context = classification.error.context
    return Example(
        classification.occurred_at,
        context.count,
        classification.error.normalized_text,
        classification.run.repo,
        context.source,
    )
