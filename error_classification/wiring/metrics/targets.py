"""Where metrics go: WORKFLOW_INDEX, JOB_INDEX and STEPS_INDEX are names of indices, or their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit, urlunsplit

from error_classification.config import Config, Resolved
from error_classification.config.resolving import PROJECT_FILE
from error_classification.errors import UsageError
from error_classification.opensearch_schema.metrics import JOB, STEP, WORKFLOW
from error_classification.wiring.addresses import is_address, origin, split_index

_SETTINGS = {WORKFLOW: "workflow_index", JOB: "job_index", STEP: "steps_index"}


@dataclass(frozen=True, slots=True)
class Target:
    """An index, and the settings with which its server is reached."""

    index: str
    config: Config


def targets(resolved: Resolved) -> Mapping[str, Target]:
    """By kind of document; without those that have no index. Raises ``UsageError``."""
    values = {kind: (name, str(getattr(resolved.config, name))) for kind, name in _SETTINGS.items()}
    return {kind: _target(resolved, name, value) for kind, (name, value) in values.items() if value}


def _target(resolved: Resolved, name: str, value: str) -> Target:
    config = resolved.config
    if not is_address(value):
        return Target(value, config)
    address, index = split_index(name, value)
    parts, configured = urlsplit(address), urlsplit(config.opensearch_url)
    if origin(parts) == origin(configured):
        if not parts.username:
            return Target(index, replace(config, opensearch_url=_with_user_of(configured, parts)))
        return Target(index, replace(config, opensearch_url=address, opensearch_username="", opensearch_password=""))
    if resolved.origins[name].endswith(PROJECT_FILE):
        advice = "set it in your own, or in the environment"
        raise UsageError(f"{resolved.origins[name]}: {name} may not name another server in a project's file", advice)
    return Target(index, _without_credentials(config, address))


def _with_user_of(configured: SplitResult, parts: SplitResult) -> str:
    user, at, _ = configured.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{parts.netloc}"))


def _without_credentials(config: Config, address: str) -> Config:
    """Another server gets those that stand in its own address alone."""
    return replace(
        config,
        opensearch_url=address,
        opensearch_username="",
        opensearch_password="",
        opensearch_fingerprint="",
        opensearch_aws_region="",
    )
