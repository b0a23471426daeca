"""From classified errors to documents on the server: occurrences first, then the groups that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from error_classification.errors import StoreError
from error_classification.models import ErrorClassification, Group
from error_classification.opensearch_schema import Document, month_index, to_document
from error_classification.storage.opensearch import bulk, queries
from error_classification.storage.opensearch.counting import Census
from error_classification.storage.opensearch.groups import GroupIndex
from error_classification.storage.opensearch.records import Record
from error_classification.storage.opensearch.server import Server


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
    created = [first[result.action.id] for result in results if result.state == bulk.CREATED]
    census = Census(server, index_name, sorted(set(months.values())), created)
    hashes = dict.fromkeys(each.error.error_hash for each in stored)
    records = groups.update(hashes, partial(_changes, census, stored))
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
    census: Census, stored: Sequence[ErrorClassification], records: Mapping[str, Record]
) -> Callable[[Record], Record]:
    counted = census.counted(records)
    given: dict[str, list[ErrorClassification]] = {}
    for classification in stored:
        given.setdefault(classification.error.error_hash, []).append(classification)

    def change(record: Record) -> Record:
        record = record.counted(*counted.get(record.error_hash, ({}, [])))
        for classification in given[record.error_hash]:
            record = record.learned(classification)
        return record

    return change
