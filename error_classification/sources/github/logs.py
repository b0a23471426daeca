"""What a job says of its failure: its log, or what GitHub keeps longer than logs, its annotations.

A job is one artefact, whatever it is made of. The runner makes annotations of the errors in a log, so reading both would count
each failure twice: they have one fingerprint, but another place. So annotations take the place of a log that is gone, and where
a log lacks its end, those that it does not hold yet are added as the lines that they were; within one artefact equal failures
are merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from error_classification.sources.github.client import GitHubClient, Json
from error_classification.sources.github.problems import GitHubError
from error_classification.sources.github.records import Job, text
from error_classification.sources.github.spool import CHUNK

LARGEST_LOG = 512 << 20
"""Bytes; the rest is left out, with a warning."""
_TAIL = 64 << 10
_LAST_WORDS = b"Cleaning up orphan processes"
"""The runner's, of every job that it could bring to an end."""
_STAMP = re.compile(rb"^(?:\xef\xbb\xbf)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", re.MULTILINE)
_SILENCE = timedelta(seconds=10)
"""A log whose last line was written so shortly before the job was over has its end."""
_MOST_ANNOTATIONS = 1_000
_FORBIDDEN = "may not be read with this token"
_NOT_TO_BE_HAD = {
    403: _FORBIDDEN,
    404: "is gone, or not there yet",
    410: "has expired",
}
_LINES_COMPARED, _TELLING = 20, 16
"""Lines of an annotation that are looked for in a log, and the bytes that tell one from a brace or a heading."""
_TIME_LIMIT = re.compile(r"has exceeded the maximum execution time", re.IGNORECASE)
_SEPARATOR = b"\n##[endgroup]\nThe log lacks its end. What follows are annotations of the job that it does not hold.\n"
"""A log may end inside a group, whose lines are commands rather than output."""


@dataclass(frozen=True, slots=True)
class JobReader:
    """Reads jobs of ``repo``; ``warn`` is told what a reader of the answers should know, one line each."""

    client: GitHubClient
    repo: str
    warn: Callable[[str], None]

    def read(self, job: Job, name: str, target: BinaryIO) -> None:
        """Writes what there is of ``job`` into ``target``. Raises GitHubError; with a clear word where nothing is left."""
        reason = self._log(job, name, target)
        if reason is None:
            return
        failures = self.failures(job.id) if reason == _FORBIDDEN else self.readable_failures(job.id)
        if not failures:
            raise GitHubError(f"{name}: the log {reason}, and there are no annotations", "logs are kept for 90 days at most")
        self.warn(f"{name}: the log {reason}: its annotations are read instead")
        _overwrite(target, json.dumps({"name": job.name, "conclusion": job.conclusion, "annotations": failures}).encode())

    def failures(self, check: int) -> list[dict[str, Json]]:
        """The annotations of a job or another check run that tell of a failure. Raises GitHubError."""
        listed = self.client.items(f"/repos/{self.repo}/check-runs/{check}/annotations")
        first = (item for _, item in zip(range(_MOST_ANNOTATIONS), listed, strict=False))
        return [item for item in first if text(item.get("annotation_level")) == "failure"]

    def readable_failures(self, check: int) -> list[dict[str, Json]]:
        """Those failures; none where they may not be read, which a token for Actions alone does not allow.

        Raises GitHubError where it is not for the check run that they are not had.
        """
        try:
            return self.failures(check)
        except GitHubError as error:
            if error.passing or error.status == 401:
                raise
            return []

    def ran_out_of_time(self, job: Job) -> bool:
        """Whether a job that counts as cancelled had reached its time limit."""
        return any(_TIME_LIMIT.search(text(item.get("message"))) for item in self.readable_failures(job.id))

    def _log(self, job: Job, name: str, target: BinaryIO) -> str | None:
        """Writes the log; returns why there is none, or None where there is."""
        try:
            whole = self._downloaded(job, target)
            if whole and not _has_its_end(target, job):
                whole = self._downloaded(job, target)  # what was still being written may be there by now
        except GitHubError as error:
            if error.passing or error.status not in _NOT_TO_BE_HAD:
                raise
            return _NOT_TO_BE_HAD[error.status]
        if not target.tell():
            return "is empty"
        if not whole:
            self.warn(f"{name}: only the first {LARGEST_LOG >> 20} MB were read")
        elif not _has_its_end(target, job):
            self._complete(job, name, target)
        return None

    def _downloaded(self, job: Job, target: BinaryIO) -> bool:
        return self.client.download(f"/repos/{self.repo}/actions/jobs/{job.id}/logs", target, LARGEST_LOG)

    def _complete(self, job: Job, name: str, target: BinaryIO) -> None:
        messages = [text(item.get("message")).strip() for item in self.readable_failures(job.id)]
        missing = list(_not_in(target, dict.fromkeys(filter(None, messages))))
        self.warn(f"{name}: the log lacks its end" + (f": {len(missing)} annotations are read with it" if missing else ""))
        if missing:
            target.seek(0, 2)
            target.write(_SEPARATOR + b"".join(_as_logged(message) for message in missing))


def _has_its_end(target: BinaryIO, job: Job) -> bool:
    """Leaves ``target`` at its end. A job that tells no time of its end has all the log it will ever have."""
    size = target.seek(0, 2)
    target.seek(max(0, size - _TAIL))
    tail = target.read(_TAIL)
    if _LAST_WORDS in tail or job.completed_at is None:
        return True
    stamps = _STAMP.findall(tail)
    return bool(stamps) and _moment(stamps[-1]) >= job.completed_at - _SILENCE


def _moment(stamp: bytes) -> datetime:
    try:
        return datetime.fromisoformat(stamp.decode()).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _not_in(target: BinaryIO, messages: dict[str, None]) -> Iterator[str]:
    """Those of ``messages`` of which the log does not hold a single line."""
    sought = {message: _telling_lines(message) for message in messages}
    overlap = max((len(line) for lines in sought.values() for line in lines), default=0)
    target.seek(0)
    seen = b""
    while sought and (chunk := target.read(CHUNK)):
        seen = seen[-overlap:] + chunk
        sought = {message: lines for message, lines in sought.items() if not any(line in seen for line in lines)}
    yield from sought


def _telling_lines(message: str) -> list[bytes]:
    """The first one, and those after it that are long enough to be nobody else's."""
    first, *others = (line.strip().encode("utf-8", "replace") for line in message.split("\n")[:_LINES_COMPARED])
    return [first, *(line for line in others if len(line) >= _TELLING)]


def _as_logged(message: str) -> bytes:
    """As the runner writes an error; the lines of one message follow one another."""
    return f"##[error]{message}\n".encode("utf-8", "replace")


def _overwrite(target: BinaryIO, content: bytes) -> None:
    target.seek(0)
    target.truncate()
    target.write(content)
