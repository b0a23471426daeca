"""What the pipeline needs of the world. Adapters implement these; tests implement them in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from error_classification.models import Abstention, Artefact, Case, ErrorClassification, FingerprintedError, Group, Verdict


class Source(Protocol):
    """Where artefacts come from."""

    def artefacts(self) -> Iterator[Artefact]:
        """The artefacts, one by one; what cannot be read raises when it is opened, not here."""


class Judge(Protocol):
    """Says what an error is, or that it does not know."""

    name: str

    def judge(self, error: FingerprintedError) -> Verdict | Abstention: ...


class Consultant(Protocol):
    """A judge that takes its time and costs money: asked only where the others do not settle a case, and not waited for."""

    version: str
    """What would answer today. Answers of another version are not reused."""

    def consult(self, case: Case) -> Future[Verdict | Abstention]:
        """Its answer, some time. The future never raises: a service that fails is an abstention without ``consulted``."""


class Store(Protocol):
    """Keeps occurrences and the groups that follow from them."""

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """The known ones among ``hashes``."""

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """Writes occurrences in one transaction and returns their groups as they are afterwards.

        Writing an occurrence (same ``error_id``) again changes nothing, except that an answer newly given to it
        (``is_duplicate`` false) is one of its group's answers from then on.
        """


class Clock(Protocol):
    """The one place that knows the time."""

    def now(self) -> datetime:
        """The current time, in UTC."""


@dataclass(frozen=True, slots=True)
class Label:
    """A person's correction; the newest one of a hash that was not withdrawn is its answer in force."""

    error_hash: str
    category: str
    subcategory: str
    author: str
    labelled_at: datetime
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    """None while the label stands."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often ``name`` (a category, ``category/subcategory``, judge or repository) occurred, and in how many groups."""

    name: str
    occurrences: int
    groups: int


@dataclass(frozen=True, slots=True)
class TopGroup:
    """A group and how often it occurred in the period asked for; the group's own numbers are those of all time."""

    occurrences: int
    group: Group


@dataclass(frozen=True, slots=True)
class Stats:
    """What occurred in a period, by the answers in force today; every list has its largest first.

    Occurrences are counted with their ``count``; what ``prune`` removed is not among them.
    """

    occurrences: int
    groups: int
    unclassified: int
    """Occurrences without a category."""
    categories: tuple[Tally, ...]
    subcategories: tuple[Tally, ...]
    judges: tuple[Tally, ...]
    repos: tuple[Tally, ...]
    top: tuple[TopGroup, ...]


@dataclass(frozen=True, slots=True)
class JudgedGroup:
    """A group with what its judges said, whichever of it is in force: the newest answer of each, by the judges' names."""

    group: Group
    answers: tuple[Verdict | Abstention, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What ``prune`` removed: occurrences (with their ``count``), and the number of groups they belonged to."""

    occurrences: int
    groups: int


class Archive(Store, Protocol):
    """A store that people look into and correct. Periods are ``since <= occurred_at < until``; None is an open end."""

    warnings: Sequence[str]
    """What the user should know about this store, one line each."""

    def occurrences(self, error_hash: str, limit: int = 100) -> list[ErrorClassification]:
        """The newest occurrences of a group, newest first, as they were first written."""

    def find_hashes(self, prefix: str, limit: int = 20) -> list[str]:
        """The hashes that begin with ``prefix``, sorted."""

    def judged(self, judges: Collection[str], limit: int = 1000) -> list[JudgedGroup]:
        """The groups whose answer in force is by one of ``judges``, the most frequent first; of equals the smaller hash."""

    def recent(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, limit: int = 1000
    ) -> list[ErrorClassification]:
        """The newest occurrences of a period, newest first."""

    def stats(
        self, since: datetime | None = None, until: datetime | None = None, repo: str | None = None, top: int = 10
    ) -> Stats:
        """What occurred in a period, with its ``top`` most frequent groups."""

    def label(self, error_hash: str, category: str, subcategory: str, author: str, now: datetime) -> Group:
        """Sets a person's answer, which wins over everything; earlier labels stay in the history.

        Raises UsageError where no group has this hash.
        """

    def withdraw(self, error_hash: str, author: str, now: datetime) -> Group:
        """Takes back the label in force: the one before it is in force again, or else what the judges say.

        The label stays in the history, marked. Raises UsageError where no group has this hash, or none of its labels stands.
        """

    def labels(self, error_hash: str) -> list[Label]:
        """All labels of a group, newest first."""

    def prune(self, before: datetime) -> Pruned:
        """Removes occurrences older than ``before``; their groups stay, with first_seen and the full count."""

    def close(self) -> None:
        """Frees the store; it can't be used afterwards."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...
