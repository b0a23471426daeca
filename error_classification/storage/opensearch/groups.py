"""The index of groups: read, changed and written back only where nobody else wrote in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeAlias

from error_classification.errors import StoreError
from error_classification.models import Group
from error_classification.opensearch_schema import Document, answer_from_document, groups_index
from error_classification.storage.opensearch.bulk import THERE, Action, write
from error_classification.storage.opensearch.records import Record, record_of
from error_classification.storage.opensearch.server import Server, pause_after

PAGE = 1_000
_ROUNDS = 30
"""So often others may be faster: every round at least one writer succeeds."""

_GROUP_FIELDS = ("s_*", "l_*", "f_*", "ts_*")

Change: TypeAlias = Callable[[Record], Record]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record and the version of its document; None where there is none yet."""

    record: Record
    version: tuple[int, int] | None = None


@dataclass(slots=True)
class GroupIndex:
    """The groups of ``index_name``. Every method raises ``StoreError`` where the server fails it."""

    server: Server
    index_name: str
    changed: bool = field(default=False, init=False)
    """Whether searches may not see yet what was written here."""

    @property
    def index(self) -> str:
        return groups_index(self.index_name)

    def groups(self, hashes: Iterable[str]) -> dict[str, Group]:
        """The known ones among ``hashes``, as they are this moment."""
        with damage_named(self.index):
            return {key: group_of(document) for key, document in self.documents(hashes, _GROUP_FIELDS)}

    def documents(self, hashes: Iterable[str], fields: Sequence[str]) -> Iterator[tuple[str, Document]]:
        """Parts of the documents of the known ones among ``hashes``."""
        for item in self._found(hashes, fields):
            yield item["_id"], item["_source"]

    def read(self, hashes: Iterable[str]) -> dict[str, Stored]:
        """What is kept of each of ``hashes``; an empty record where nothing is."""
        wanted = list(hashes)
        with damage_named(self.index):
            found = {
                item["_id"]: Stored(record_of(item["_source"]), (item["_seq_no"], item["_primary_term"]))
                for item in self._found(wanted, ())
            }
        return {key: found.get(key) or Stored(Record(key)) for key in wanted}

    def update(self, hashes: Iterable[str], prepare: Callable[[Mapping[str, Record]], Change]) -> dict[str, Record]:
        """Changes records; returns them as they are now. A record that does not change is not written.

        ``prepare`` is called after the records were read, and again for those that somebody else wrote meanwhile: what it
        counts is not older than what it is added to.
        """
        done: dict[str, Record] = {}
        waiting = list(hashes)
        for attempt in range(_ROUNDS):
            if not waiting:
                return done
            stored = self.read(waiting)
            change = prepare({key: each.record for key, each in stored.items()})
            new = {key: Stored(change(each.record), each.version) for key, each in stored.items()}
            lost = self._write({key: each for key, each in new.items() if each.record != stored[key].record})
            done.update({key: each.record for key, each in new.items() if key not in lost})
            waiting = sorted(lost)
            if waiting:
                self.server.sleep(pause_after(attempt) / 10)
        raise StoreError(f"index {self.index}: others write to the same groups all the time", "try again later")

    def _write(self, records: Mapping[str, Stored]) -> set[str]:
        """The hashes that somebody else wrote meanwhile."""
        actions = [
            Action(self.index, key, each.record.document(), each.version) for key, each in records.items() if each.record.exists
        ]
        if not actions:
            return set()
        self.changed = True
        results = write(self.server, actions)
        for result in results:
            if result.reason:
                raise StoreError(f"index {self.index}: group {result.action.id} is refused: {result.reason}")
        return {result.action.id for result in results if result.state == THERE}

    def _found(self, hashes: Iterable[str], fields: Sequence[str]) -> Iterator[Document]:
        wanted = list(dict.fromkeys(hashes))
        for start in range(0, len(wanted), PAGE):
            body = {"ids": wanted[start : start + PAGE]}
            params = {"_source_includes": ",".join(fields)} if fields else {}
            answer = self.server.ask(partial(self.server.client.mget, index=self.index, body=body, params=params))
            yield from (item for item in answer["docs"] if item.get("found"))


def group_of(document: Document) -> Group:
    """The group of a document, from its fields for searches. Raises KeyError or ValueError where they are not ours."""
    return Group(
        error_hash=document["s_error_hash"],
        answer=answer_from_document(document),
        occurrence_count=document["l_occurrence_count"],
        first_seen=datetime.fromisoformat(document["ts_first_seen"]),
        last_seen=datetime.fromisoformat(document["ts_last_seen"]),
        answered_at=datetime.fromisoformat(document["ts_answered_at"]),
        normalized_text=document.get("s_normalized_text", ""),
        repo=document.get("s_repo", ""),
        example_source=document.get("s_source", ""),
    )


@contextmanager
def damage_named(index: str) -> Iterator[None]:
    """Turns what a document that is not ours raises into a ``StoreError``."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"index {index}: a document in it is not of this program: {error!r}") from error
