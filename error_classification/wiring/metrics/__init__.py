"""Puts the upload of metrics together: which runs, whose documents, to which indices, and how far an earlier run came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from error_classification.config import Config, Resolved, data_folder
from error_classification.errors import UsageError
from error_classification.sources.github import GitHubClient
from error_classification.sources.github.history import RunHistory
from error_classification.storage.lock import locked
from error_classification.wiring import Opened, memory
from error_classification.wiring.clock import SystemClock
from error_classification.wiring.collecting import LOOKBACK, with_services
from error_classification.wiring.metrics.collecting import Batch, Classify, Collector, Skip
from error_classification.wiring.metrics.targets import Target, targets
from error_classification.wiring.metrics.uploading import Uploads

__all__ = [
    "Batch",
    "Classify",
    "Collector",
    "Skip",
    "Target",
    "Uploads",
    "alone",
    "archive",
    "configured",
    "history",
    "mark_name",
    "since",
    "targets",
]

_LOCK = "metrics.lock"


def history(config: Config, warnings: list[str]) -> RunHistory:
    """What was run in the repository that is configured. Raises ``UsageError`` where none is."""
    if not (config.repo and config.github_token):
        raise UsageError("no repository is configured", "set REPO and GITHUB_TOKEN")
    clock = SystemClock()
    client = GitHubClient(config.github_token, config.github_api_url, seconds=lambda: clock.now().timestamp(), sleep=clock.sleep)
    return RunHistory(client, config.repo, warnings.append)


def mark_name(config: Config) -> str:
    """Under which the watermark is kept."""
    return f"metrics {config.github_api_url} {config.repo}"


def since(mark: datetime | None, until: datetime, hours: int) -> datetime:
    """From the watermark on, and at least the last ``hours``."""
    wanted = until - timedelta(hours=hours)
    return max(until - LOOKBACK, min(mark, wanted)) if mark else wanted


@contextmanager
def alone() -> Iterator[bool]:
    """False where another upload is at work on this machine; the lock ends with its process."""
    folder = data_folder()
    if folder is None:
        yield True
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        yield True
        return
    with locked(folder / _LOCK, 0.0) as taken:
        yield taken


def archive(config: Config, dry_run: bool) -> Opened:
    """Where answers are found and kept; a dry run keeps none. Raises ``StoreError`` or ``UsageError``."""
    from error_classification.wiring.opensearch import open_for_jobs

    return memory() if dry_run else open_for_jobs(config)


def configured(resolved: Resolved, dry_run: bool) -> Config:
    """With Claude among the judges where a key is configured; a dry run costs nothing."""
    return resolved.config if dry_run else with_services(resolved)
