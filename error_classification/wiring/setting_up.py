"""What an administrator does once: templates, indices, retention; and the roles for all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from error_classification.config import Config, Resolved
from error_classification.opensearch_schema import Document, roles
from error_classification.wiring.addresses import index_at
from error_classification.wiring.metrics.targets import Target, targets
from error_classification.wiring.opensearch import connected

_SOURCES = ("tests_index", "job_index", "steps_index")
_METRICS = ("workflow_index", "job_index", "steps_index")


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was set up, where, and whether anything had to be done for it."""

    what: str
    location: str
    changed: bool
    notices: tuple[str, ...] = ()


def set_up(config: Config, retention_days: int | None) -> SetUp:
    """Makes templates and the index of groups, and sets retention where it is wanted. Raises ``StoreError``."""
    server = connected(config)
    from error_classification.storage.opensearch.preparing import keep_for, prepare

    name = config.error_classification_index
    changed = prepare(server, name)
    if retention_days is None:
        return SetUp(name, server.name, changed)
    if keep_for(server, name, retention_days):
        return SetUp(name, server.name, changed=True)
    advice = f"this server has no Index State Management; `error-classification prune --older-than {retention_days}d` does it"
    return SetUp(name, server.name, changed, (advice,))


def set_up_metrics(target: Target) -> SetUp:
    """Makes an index of metrics and its template. Raises ``StoreError``."""
    server = connected(target.config)
    from error_classification.storage.opensearch.preparing import prepare_metrics

    return SetUp(target.index, server.name, prepare_metrics(server, target.index))


def metrics_targets(resolved: Resolved) -> list[Target]:
    """Where metrics go, each place once. Raises ``UsageError``."""
    found = targets(resolved).values()
    return list({(target.config.opensearch_url, target.index): target for target in found}.values())


def roles_of(config: Config) -> Mapping[str, Document]:
    """The roles for the indices of ``config`` at its server, by name. Raises ``UsageError``."""
    sources, metrics = (_indices(config, settings) for settings in (_SOURCES, _METRICS))
    return roles(config.error_classification_index, sources, metrics)


def _indices(config: Config, settings: tuple[str, ...]) -> list[str]:
    return [index_at(config.opensearch_url, name, str(getattr(config, name))) for name in settings]
