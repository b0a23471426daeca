"""JUnit reports from the artifacts of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from error_classification.errors import InputError
from error_classification.sources.github.archives import LARGEST_TOTAL, MOST_FILES, xml_in
from error_classification.sources.github.client import GitHubClient
from error_classification.sources.github.problems import plain
from error_classification.sources.github.records import Artifact, Job, Run
from error_classification.sources.github.spool import temporary

LARGEST_ARTIFACT = 64 << 20
"""Bytes of a zip file; larger ones hold something else than reports."""
_MOST_ARTIFACTS = 500
"""Of one run."""

File = tuple[str, Callable[[], Iterator[bytes]]]
Wanted = tuple[Artifact, int, Job | None]
"""An artifact, the attempt that left it, and the job that did, where only one can have."""


@dataclass(frozen=True, slots=True)
class ReportReader:
    """Reads XML files from artifacts of ``repo`` whose names fit one of ``patterns``."""

    client: GitHubClient
    repo: str
    patterns: tuple[str, ...]
    warn: Callable[[str], None]

    def wanted(self, run: Run, jobs: list[Job], failed: list[Job]) -> list[Wanted]:
        """The artifacts that attempts with failed jobs have left. Raises GitHubError."""
        listed = self.client.items(f"/repos/{self.repo}/actions/runs/{run.id}/artifacts", "artifacts")
        known = {artifact.id: artifact for _, artifact in zip(range(_MOST_ARTIFACTS), map(Artifact.of, listed), strict=False)}
        attempts = {job.attempt for job in failed}
        chosen = []
        for number in sorted(known):
            artifact, attempt = known[number], _attempt(known[number], run, jobs)
            if number and attempt in attempts and self._fits(run, artifact):
                chosen.append((artifact, attempt, _origin(artifact, [job for job in failed if job.attempt == attempt])))
        return chosen

    def files(self, artifact: Artifact, title: str) -> list[File]:
        """Name and content of its XML files. Downloads it, once. Raises GitHubError, and InputError where it is no zip file."""
        archive = temporary()
        path = f"/repos/{self.repo}/actions/artifacts/{artifact.id}/zip"
        if not self.client.download(path, archive, LARGEST_ARTIFACT):
            raise InputError(f"{title}: larger than {LARGEST_ARTIFACT >> 20} MB")
        try:
            contents = xml_in(archive)
        except InputError as error:
            raise InputError(f"{title}: {error.message}") from error
        if contents.left_out:
            limits = f"{MOST_FILES:,} files and {LARGEST_TOTAL >> 20} MB"
            self.warn(f"{title}: {contents.left_out} XML files are left out, as only {limits} are read")
        return [(f"{title}: {member.name}", member.chunks) for member in contents.members]

    def _fits(self, run: Run, artifact: Artifact) -> bool:
        if not any(fnmatchcase(artifact.name, pattern) for pattern in self.patterns):
            return False
        reason = "has expired" if artifact.expired else "is too large for reports" if artifact.size > LARGEST_ARTIFACT else ""
        if reason:
            self.warn(f"{self.repo} run {run.id} artifact {artifact.id} ({plain(artifact.name)}): {reason}")
        return not reason


def _attempt(artifact: Artifact, run: Run, jobs: list[Job]) -> int:
    """The latest attempt that had begun when the artifact was made: GitHub does not tell which one it belongs to."""
    if artifact.created_at is None:
        return run.attempt
    begun = [job.attempt for job in jobs if job.started_at and job.started_at <= artifact.created_at]
    return max(begun, default=run.attempt)


def _origin(artifact: Artifact, failed: list[Job]) -> Job | None:
    """The only failed job that was running when the artifact was made; None where several were, or it is not known."""
    made = artifact.created_at
    running = [
        job for job in failed if made and job.started_at and job.completed_at and job.started_at <= made <= job.completed_at
    ]
    return running[0] if len(running) == 1 else None
