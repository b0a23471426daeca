"""The store of those who write: what the server can't take now waits on the disk, and goes first when it can again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from error_classification.errors import StoreError
from error_classification.models import ErrorClassification, Group
from error_classification.storage import dead_letters
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.store import OpenSearchStore
from error_classification.storage.opensearch.uploading import RefusedError
from error_classification.storage.spool import Spool

_LEFT_ALONE = timedelta(seconds=30)
"""A server that failed is not asked again before."""
_BATCH = 500


class SpoolingStore(OpenSearchStore):
    """An ``OpenSearchStore`` that loses nothing while its server is away.

    Then ``groups`` knows none, so that work goes on with what the judges say, and ``save`` puts its occurrences into the spool;
    of one outage it raises ``StoreError`` once. What is refused for its content goes to the file of dead letters.
    """

    def __init__(
        self, server: Server, index_name: str, *, spool: Spool, letters: Path, now: Callable[[], datetime]
    ) -> None:
        """The spool is closed with the store."""
        super().__init__(server, index_name)
        self._spool = spool
        self._letters = letters
        self._now = now
        self._away: tuple[datetime, StoreError] | None = None
        self._told = False

    def close(self) -> None:
        """Ends the connections; what waits goes on waiting."""
        self._spool.close()
        super().close()

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``; none while the server fails, which ``save`` reports."""
        try:
            self._refuse_while_away()
            return super().groups(hashes)
        except StoreError as error:
            self._stay_away(error)
            return {}

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Sends what waits, then ``classifications``; those that can't be sent wait too."""
        try:
            self._refuse_while_away()
            _, refused = self._delivered()
            groups = self._sent(classifications)
        except RefusedError:
            raise
        except StoreError as error:
            self._stay_away(error)
            self._spool.add(classifications)
            if self._told:
                return {}
            self._told = True
            advice = "they are sent when it can take them, and so is what follows"
            raise type(error)(f"{error.message}: spooled {len(classifications)}", advice) from error
        self._away, self._told = None, False
        if refused:
            raise refused
        return groups

    def deliver(self) -> int:
        """Sends what waits, the oldest first; returns how many. Raises ``StoreError`` where not all were taken."""
        try:
            sent, refused = self._delivered()
        except StoreError as error:
            self._stay_away(error)
            raise
        if refused:
            raise refused
        return sent

    def _delivered(self) -> tuple[int, RefusedError | None]:
        sent = 0
        refused: RefusedError | None = None
        while batch := self._spool.oldest(_BATCH):
            try:
                self._sent([classification for _, classification in batch])
            except RefusedError as error:  # they are dead letters now; the others of the batch are written
                refused = error
            self._spool.remove([row for row, _ in batch])
            sent += len(batch)
        return sent, refused

    def _sent(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        try:
            return super().save(classifications)
        except RefusedError as error:
            letters = [(each.index, each.reason, each.document) for each in error.refused]
            dead_letters.append(self._letters, letters, self._now())
            error.advice = f"they are kept in {self._letters}"
            raise

    def _refuse_while_away(self) -> None:
        if self._away and self._now() < self._away[0]:
            raise self._away[1]

    def _stay_away(self, error: StoreError) -> None:
        if not (self._away and self._now() < self._away[0]):
            self._away = self._now() + _LEFT_ALONE, error
