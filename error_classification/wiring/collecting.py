"""Where the hourly job finds what failed: the services that the configuration names, each from where it was left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from error_classification.config import DEFAULT, Config, Resolved, data_folder
from error_classification.errors import UsageError
from error_classification.models import LLM
from error_classification.ports import Source
from error_classification.storage.lock import locked
from error_classification.storage.watermarks import Watermarks
from error_classification.wiring.clock import SystemClock

if TYPE_CHECKING:
    from error_classification.sources.github import GitHubClient

LOOKBACK = timedelta(days=30)
"""A job that was missed for longer is not caught up: logs are gone by then."""
_WATERMARKS, _LOCK = "watermarks.sqlite3", "batch.lock"


class Incremental(Source, Protocol):
    """A source that says how far it was read. ``warnings`` are complete once its artefacts are."""

    covered_until: datetime
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Feed:
    """A source, under the name by which its watermark is kept."""

    name: str
    source: Incremental
    since: datetime


def with_services(resolved: Resolved) -> Config:
    """For jobs that use what is configured: a key means Claude, unless somebody chose the judges."""
    config = resolved.config
    reachable = config.anthropic_api_key or (config.api_format == "openai" and config.api_base_url)
    if resolved.origins["judges"] != DEFAULT or not reachable:
        return config
    return replace(config, judges=(*config.judges, LLM))


def feeds(config: Config, until: datetime, hours: int, marks: Watermarks) -> list[Feed]:
    """The sources that ``config`` names, each to be read from its watermark on, and at least the last ``hours``.

    Raises ``UsageError`` where none is named.
    """
    found = [*_github(config, until, hours, marks), *_opensearch(config, until, hours, marks)]
    if not found:
        advice = "set REPO and GITHUB_TOKEN, or name files: `batch PATH...`"
        raise UsageError(f"no source is configured: {lacking(config)}", advice)
    return found


def lacking(config: Config) -> str:
    """What GitHub is not read without; empty where nothing lacks."""
    needed = {"REPO": config.repo, "GITHUB_TOKEN": config.github_token}
    return " and ".join(f"{name} is not set" for name, value in needed.items() if not value)


def _github(config: Config, until: datetime, hours: int, marks: Watermarks) -> Iterator[Feed]:
    if not (config.repo and config.github_token):
        return
    from error_classification.sources.github import GitHubSource

    name = f"github {config.github_api_url} {config.repo}"
    since = since_mark(marks.get(name), until, hours)
    yield Feed(name, GitHubSource(github_client(config), config.repo, since, until), since)


def github_client(config: Config) -> GitHubClient:
    """With the token and the address that are configured; makes no connection yet."""
    from error_classification.sources.github import GitHubClient

    clock = SystemClock()
    return GitHubClient(config.github_token, config.github_api_url, seconds=lambda: clock.now().timestamp(), sleep=clock.sleep)


def _opensearch(config: Config, until: datetime, hours: int, marks: Watermarks) -> Iterator[Feed]:
    """What other programs put into the indices of tests, jobs and steps."""
    if not config.opensearch_url:
        return
    from error_classification.wiring.opensearch import source

    name = f"opensearch {config.opensearch_url} {config.tests_index} {config.job_index} {config.steps_index}"
    since = since_mark(marks.get(name), until, hours)
    found = source(config, since, until)
    if found is not None:
        yield Feed(name, found, since)


def since_mark(mark: datetime | None, until: datetime, hours: int) -> datetime:
    """Where to begin: at the watermark, and at least ``hours`` ago."""
    wanted = until - timedelta(hours=hours)
    return max(until - LOOKBACK, min(mark, wanted)) if mark else wanted


def watermarks() -> Watermarks:
    """Kept in the user's data folder, where there is one."""
    folder = _folder()
    return Watermarks(folder / _WATERMARKS if folder else None)


@contextmanager
def alone(lock: str = _LOCK) -> Iterator[bool]:
    """False where another run of the job is at work on this machine; it holds the lock until it ends, however it ends."""
    folder = _folder()
    if folder is None:
        yield True
        return
    with locked(folder / lock, 0.0) as taken:
        yield taken


def _folder() -> Path | None:
    folder = data_folder()
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder
