"""The local store: one SQLite file that many processes read and write at once.

Occurrences have deterministic ids: writing one again changes nothing. Groups are recomputed from what is stored, inside the
transaction that changed it, so that no process can lose or double a count; their sums by blocks of occurrences, so that a large
group is as fast as a small one. A store object belongs to one thread.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from error_classification.models import ErrorClassification, Group
from error_classification.opensearch_schema import utc_text
from error_classification.ports import JudgedGroup, Label, Pruned, Stats
from error_classification.storage import rows, statements
from error_classification.storage.answers import Answer, human_answer, new_label, no_label, unknown_hash
from error_classification.storage.connection import explained, transaction, user_version
from error_classification.storage.identity import refuse_newer
from error_classification.storage.migrations import BLOCK
from error_classification.storage.opening import BUSY_SECONDS, open_store
from error_classification.storage.tally import Seen, statistics, top_hashes

PRUNE_BATCH = 1000
"""Occurrences removed in one transaction: other writers wait for milliseconds only."""


class SQLiteStore:
    """Implements ``ports.Archive``. Every method raises StoreError where the file fails it."""

    def __init__(self, path: Path, *, mountinfo: str | None = None, busy_seconds: float = BUSY_SECONDS) -> None:
        """Opens or creates the store and its folder; ``mountinfo`` stands for this machine's table of mounts.

        Raises StoreError for a path that can't be used, NewerStoreError for a store of a newer version.
        """
        self.path = path.absolute()
        opened = open_store(self.path, mountinfo, busy_seconds)
        self.warnings: Sequence[str] = opened.warnings
        self._connection = opened.connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees the file."""
        with explained(self.path):
            self._connection.close()

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``."""
        with explained(self.path):
            return self._found(hashes)

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Writes occurrences in one transaction; one that is known, or was pruned, is not counted again."""
        occurrences = [rows.occurrence_row(classification) for classification in classifications]
        given = [rows.answer_row(classification) for classification in classifications if not classification.is_duplicate]
        hashes = {classification.error.error_hash for classification in classifications}
        with self._writing():
            (newest,) = self._connection.execute(statements.NEWEST_ID).fetchone()
            self._connection.executemany(statements.INSERT_OCCURRENCE, occurrences)
            written = self._connection.execute(statements.BLOCKS_SINCE, {"newest": newest, "size": BLOCK})
            self._recompute_blocks(written.fetchall())
            self._connection.executemany(statements.INSERT_ANSWER, given)
            self._adopt(classification for classification in classifications if classification.is_duplicate)
            return self._recompute(hashes)

    def occurrences(self, error_hash: str, limit: int = 100) -> list[ErrorClassification]:
        """The newest occurrences of a group, newest first, as they were first written."""
        with explained(self.path):
            found = self._connection.execute(statements.SELECT_OCCURRENCES, (error_hash, limit))
            return [rows.occurrence(document) for (document,) in found]

    def find_hashes(self, prefix: str, limit: int = 20) -> list[str]:
        """The hashes that begin with ``prefix``, sorted."""
        with explained(self.path):
            found = self._connection.execute(statements.SELECT_HASHES, {"prefix": prefix, "limit": limit})
            return [error_hash for (error_hash,) in found]

    def judged(self, judges: Collection[str], limit: int = 1000) -> list[JudgedGroup]:
        """The groups whose answer in force is by one of ``judges``, the most frequent first."""
        with explained(self.path):
            wanted = {"judges": json.dumps(sorted(judges)), "limit": limit}
            hashes = [error_hash for (error_hash,) in self._connection.execute(statements.SELECT_JUDGED_HASHES, wanted)]
            return [JudgedGroup(group, self._said(error_hash)) for error_hash, group in self._found(hashes).items()]

    def recent(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, limit: int = 1000
    ) -> list[ErrorClassification]:
        """The newest occurrences of a period, newest first."""
        wanted = _period(since, until) | {"repo": repo and rows.column(repo), "limit": limit}
        with explained(self.path):
            found = self._connection.execute(statements.SELECT_RECENT, wanted)
            return [rows.occurrence(document) for (document,) in found]

    def stats(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, top: int = 10
    ) -> Stats:
        """What occurred in a period, with its ``top`` most frequent groups."""
        wanted = _period(since, until) | {"repo": repo and rows.column(repo)}
        with explained(self.path):
            seen = [Seen(*row) for row in self._connection.execute(statements.SELECT_SEEN, wanted)]
        best = top_hashes(seen, top)
        return statistics(seen, best, self.groups(best))

    def label(self, error_hash: str, category: str, subcategory: str, author: str, now: datetime) -> Group:
        """Sets a person's answer. Raises UsageError where no group has this hash."""
        with self._writing():
            if not self._found([error_hash]):
                raise unknown_hash(error_hash)
            label = new_label(error_hash, category, subcategory, author, now)
            judged = rows.judged(self._connection.execute(statements.SELECT_JUDGED, (error_hash,)).fetchone())
            answer = human_answer(judged, label)
            self._connection.execute(statements.INSERT_LABEL, rows.label_row(label, answer))
            return self._recompute([error_hash])[error_hash]

    def withdraw(self, error_hash: str, author: str, now: datetime) -> Group:
        """Takes back the label in force. Raises UsageError where no group has this hash, or none of its labels stands."""
        with self._writing():
            standing = self._connection.execute(statements.SELECT_STANDING, (error_hash,)).fetchone()
            if standing is None:
                raise unknown_hash(error_hash)
            (label_id,) = standing
            if label_id is None:
                raise no_label(error_hash)
            self._connection.execute(statements.INSERT_WITHDRAWAL, (label_id, rows.column(author), utc_text(now)))
            return self._recompute([error_hash])[error_hash]

    def labels(self, error_hash: str) -> list[Label]:
        """All labels of a group, newest first."""
        with explained(self.path):
            return [rows.label(row) for row in self._connection.execute(statements.SELECT_LABELS, (error_hash,))]

    def prune(self, before: datetime) -> Pruned:
        """Removes occurrences older than ``before``; their groups stay, with first_seen and the full count."""
        occurrences, hashes = 0, set[str]()
        while batch := self._prune_batch(utc_text(before)):
            occurrences += sum(count for _, _, count in batch)
            hashes.update(error_hash for _, error_hash, _ in batch)
            # Gives the space back. As a script, since execute() would step this statement, and so free a page, once only.
            with explained(self.path):
                self._connection.executescript("PRAGMA incremental_vacuum")
        return Pruned(occurrences, len(hashes))

    def _prune_batch(self, before: str) -> list[tuple[int, str, int]]:
        """Removes some; returns the number, hash and count of each, nothing when all are gone."""
        with self._writing():
            batch = self._connection.execute(statements.SELECT_OLD, (before, PRUNE_BATCH)).fetchall()
            numbers = [(number,) for number, _, _ in batch]
            for statement in statements.PRUNE:
                self._connection.executemany(statement, numbers)
            self._recompute_blocks({(error_hash, number // BLOCK) for number, error_hash, _ in batch})
            self._recompute({error_hash for _, error_hash, _ in batch})
        return batch

    def _adopt(self, reused: Iterable[ErrorClassification]) -> None:
        """Keeps an answer that was given elsewhere, where its group has none."""
        for classification in reused:
            if self._connection.execute(statements.HAS_ANSWER, (classification.error.error_hash,)).fetchone() is None:
                self._connection.execute(statements.INSERT_ANSWER, rows.answer_row(classification))

    def _recompute_blocks(self, blocks: Iterable[tuple[str, int]]) -> None:
        named = [{"hash": error_hash, "block": block, "size": BLOCK} for error_hash, block in blocks]
        for statement in statements.RECOMPUTE_BLOCK:
            self._connection.executemany(statement, named)

    def _recompute(self, hashes: Iterable[str]) -> dict[str, Group]:
        self._connection.executemany(statements.RECOMPUTE_GROUP, [{"hash": error_hash} for error_hash in hashes])
        return self._found(hashes)

    def _found(self, hashes: Iterable[str]) -> dict[str, Group]:
        selected = (self._connection.execute(statements.SELECT_GROUP, (error_hash,)).fetchone() for error_hash in hashes)
        return {row[0]: rows.group(row) for row in selected if row is not None}

    def _said(self, error_hash: str) -> tuple[Answer, ...]:
        return tuple(rows.judged(row) for row in self._connection.execute(statements.SELECT_ANSWERS, (error_hash,)))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write transaction; refused where another process has meanwhile brought the store to a newer version."""
        with explained(self.path), transaction(self._connection):
            refuse_newer(user_version(self._connection), self.path)
            yield


def _period(since: datetime | None, until: datetime | None) -> dict[str, str | int | None]:
    """Bounds for times in text: every digit sorts after the empty text and before the tilde."""
    return {"since": utc_text(since) if since else "", "until": utc_text(until) if until else "~"}
