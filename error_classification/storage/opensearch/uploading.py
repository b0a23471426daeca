"""From classified errors to documents on the server: occurrences first, then the groups that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from error_classification.errors import StoreError
from error_classification.models import ErrorClassification, Group
from error_classification.opensearch_schema import PRUNED_MARK, Document, month_index, to_document
from error_classification.storage.opensearch import bulk, queries
from error_classification.storage.opensearch.groups import GroupIndex
from error_classification.storage.opensearch.records import Example, Month, Record
from error_classification.storage.opensearch.server import Server

Counted = Mapping[str, tuple[dict[str, Month], list[Example]]]
"""By hash: its months, and the newest occurrence of each."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that the server will never take, and why."""

    index: str
    document: Document
    reason: str


class RefusedError(StoreError):
    """Some occurrences will never be written; all others are."""

    def __init__(self, refused: Sequence[Refusal], number: int) -> None:
        first = refused[0]
        said = f"index {first.index} refuses {len(refused)} of {number} occurrences for their content: {first.reason[:300]}"
        super().__init__(said)
        self.refused = refused


def upload(
    server: Server, groups: GroupIndex, index_name: str, classifications: Sequence[ErrorClassification]
) -> Mapping[str, Group]:
    """Writes what is new, then recomputes the groups, and returns them. Raises ``StoreError``; doing it again does no harm.

    Raises ``RefusedError`` when all is done that can be, and something was refused for its content.
    """
    first: dict[str, ErrorClassification] = {}
    for classification in classifications:
        first.setdefault(classification.error_id, classification)
    months = _months_of_known(server, index_name, list(first))
    new = [each for error_id, each in first.items() if error_id not in months]
    results = bulk.write(server, (_action(index_name, each) for each in new))
    months |= {result.action.id: result.action.index for result in results if result.state != bulk.REFUSED}
    server.refresh(sorted({result.action.index for result in results}))
    stored = sorted((each for each in classifications if each.error_id in months), key=lambda each: each.is_duplicate)
    records = groups.update(
        dict.fromkeys(each.error.error_hash for each in stored),
        partial(_changes, server, index_name, sorted(set(months.values())), stored),
    )
    refused = [Refusal(each.action.index, each.action.document, each.reason) for each in results if each.state == bulk.REFUSED]
    if refused:
        raise RefusedError(refused, len(classifications))
    return {key: record.group() for key, record in records.items() if record.exists}


def _action(index_name: str, classification: ErrorClassification) -> bulk.Action:
    index = month_index(index_name, classification.occurred_at)
    return bulk.Action(index, classification.error_id, to_document(classification))


def _months_of_known(server: Server, index_name: str, ids: Sequence[str]) -> dict[str, str]:
    """By id: in which month it is. The same error may come again with another time, such as that of a copied file."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), bulk.MOST_ACTIONS):
        answer = server.search(index_name, queries.known(ids[start : start + bulk.MOST_ACTIONS]))
        found |= {hit["_id"]: hit["_index"] for hit in answer["hits"]["hits"]}
    return found


def _changes(
    server: Server, index_name: str, months: Sequence[str], stored: Sequence[ErrorClassification], hashes: Sequence[str]
) -> Callable[[Record], Record]:
    counted = _counted(server, index_name, months, hashes)

    def change(record: Record) -> Record:
        record = record.counted(*counted.get(record.error_hash, ({}, [])))
        for classification in answers.get(record.error_hash, []):
            record = record.learned(classification)
        return record

    answers: dict[str, list[ErrorClassification]] = {}
    for classification in stored:
        answers.setdefault(classification.error.error_hash, []).append(classification)
    return change


def _counted(server: Server, index_name: str, months: Sequence[str], hashes: Sequence[str]) -> Counted:
    """Counts the occurrences of ``hashes`` in ``months``, which are names of indices."""
    counted: dict[str, tuple[dict[str, Month], list[Example]]] = {}
    if not months or not hashes:
        return counted
    answer = server.search(",".join(months), queries.sums(hashes, len(months)))
    for index, error_hash, bucket in _buckets(answer):
        of_hash = counted.setdefault(error_hash, ({}, []))
        earliest, newest = (bucket[name]["hits"]["hits"][0]["_source"] for name in ("first", "newest"))
        first, last = (datetime.fromisoformat(each["@timestamp"]) for each in (earliest, newest))
        of_hash[0][index.removeprefix(f"{index_name}-")] = Month(round(bucket["count"]["value"]), first, last)
        if not newest.get(PRUNED_MARK):
            texts = (newest.get(name, "") for name in ("s_normalized_text", "s_repo", "s_source"))
            of_hash[1].append(Example(last, newest.get("l_count", 1), *texts))
    return counted


def _buckets(answer: Document) -> Iterator[tuple[str, str, Document]]:
    for month in answer.get("aggregations", {}).get("months", {}).get("buckets", []):
        for bucket in month["hashes"]["buckets"]:
            yield month["key"], bucket["key"], bucket
