"""Runs that failed before any of their jobs began, as with a workflow file that is no YAML."""

from __future__ import annotations

import json
from typing import BinaryIO

from error_classification.sources.github.client import Json
from error_classification.sources.github.logs import JobReader
from error_classification.sources.github.problems import GitHubError, plain
from error_classification.sources.github.records import Run, number


def startup_failure(reader: JobReader, run: Run, target: BinaryIO) -> None:
    """Writes the annotations of the run's check suite into ``target``. Raises GitHubError where there are none."""
    found: list[dict[str, Json]] = [failure for check in _checks(reader, run) for failure in reader.readable_failures(check)]
    if not found:
        raise GitHubError(
            f"{reader.repo} run {run.id} ({plain(run.name)}) failed before any job began, and GitHub's API does not tell why",
            "its page on GitHub does",
        )
    target.write(json.dumps({"name": run.name, "conclusion": run.conclusion, "annotations": found}).encode())


def _checks(reader: JobReader, run: Run) -> list[int]:
    """The check runs of a run; none where they may not be read."""
    if not run.suite:
        return []
    try:
        listed = reader.client.items(f"/repos/{reader.repo}/check-suites/{run.suite}/check-runs", "check_runs")
        return [known for check in listed if (known := number(check.get("id")))]
    except GitHubError as error:
        if error.passing or error.status == 401:
            raise
        return []
