"""What the pipeline needs of the world. Adapters implement these; tests implement them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from error_classification.models import Abstention, Artefact, ErrorClassification, FingerprintedError, Group, Verdict


class Source(Protocol):
    """Where artefacts come from."""

    def artefacts(self) -> Iterator[Artefact]:
        """The artefacts, one by one; what cannot be read raises when it is opened, not here."""


class Judge(Protocol):
    """Says what an error is, or that it does not know."""

    name: str

    def judge(self, error: FingerprintedError) -> Verdict | Abstention: ...


class Store(Protocol):
    """Keeps occurrences and the groups that follow from them."""

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``."""

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Writes occurrences in one transaction and returns their groups as they are afterwards.

        Writing an occurrence (same ``error_id``) again changes nothing.
        """


class Clock(Protocol):
    """The one place that knows the time."""

    def now(self) -> datetime:
        """The current time, in UTC."""
