"""Puts the upload of metrics together: which runs, whose documents, to which indices, and how far an earlier run came."""

from __future__ import annotations

from contextlib import AbstractContextManager

from error_classification.config import Config, Resolved
from error_classification.errors import UsageError
from error_classification.sources.github.history import RunHistory
from error_classification.wiring import Opened, memory
from error_classification.wiring.collecting import alone as alone_with
from error_classification.wiring.collecting import github_client, lacking, with_services
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
    "targets",
]

_LOCK = "metrics.lock"


def history(config: Config, warnings: list[str]) -> RunHistory:
    """What was run in the repository that is configured. Raises ``UsageError`` where none is."""
    if not (config.repo and config.github_token):
        raise UsageError(f"no repository is configured: {lacking(config)}", "set REPO and GITHUB_TOKEN")
    return RunHistory(github_client(config), config.repo, warnings.append)


def mark_name(config: Config) -> str:
    """Under which the watermark is kept."""
    return f"metrics {config.github_api_url} {config.repo}"


def alone() -> AbstractContextManager[bool]:
    """False where another upload is at work on this machine."""
    return alone_with(_LOCK)


def archive(config: Config, dry_run: bool) -> Opened:
    """Where answers are found and kept; a dry run keeps none. Raises ``StoreError`` or ``UsageError``."""
    from error_classification.wiring.opensearch import open_for_jobs

    return memory() if dry_run else open_for_jobs(config)


def configured(resolved: Resolved, dry_run: bool) -> Config:
    """With Claude among the judges where a key is configured; a dry run costs nothing."""
    return resolved.config if dry_run else with_services(resolved)
