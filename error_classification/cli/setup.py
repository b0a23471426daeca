"""``setup``: makes ready what a service needs before the first upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from error_classification.cli import options
from error_classification.cli.app import Command, LazyGroup
from error_classification.cli.exit_codes import DONE
from error_classification.cli.terminal import Session, product, session
from error_classification.reporting import json

if TYPE_CHECKING:
    from error_classification.config import Config, Resolved
    from error_classification.opensearch_schema import Document

_HELP = """Make ready what a service needs before the first upload.

\b
Examples:
  error-classification setup opensearch --dry-run
"""
_COMMANDS = {"opensearch": "Create index templates, the index of groups, retention, and dashboards."}


@click.command("opensearch", cls=Command)
@click.option("--print-roles", is_flag=True, help="Print the least that uploaders and readers need; send nothing.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send nothing.")
@click.option("--retention-days", type=click.IntRange(1, 36_500), metavar="NUMBER", help="Let the server remove older months.")
@click.option("--dashboards", metavar="URL", help="Bring the dashboards into OpenSearch Dashboards at this address, too.")
@options.settings("error_classification_index", "workflow_index", "job_index", "steps_index")
def opensearch(print_roles: bool, dry_run: bool, retention_days: int | None, dashboards: str | None) -> int:
    """Create what the store in OpenSearch needs: index templates, the index of groups, and with --retention-days a policy.

    Where WORKFLOW_INDEX, JOB_INDEX or STEPS_INDEX is set, also the index and the template that `metrics` writes to.

    Doing it again changes nothing. OPENSEARCH_URL and its companions say where and as whom; the user needs the rights of an
    administrator, once. The uploader needs less: --print-roles.
    --dashboards creates or replaces index patterns, charts and a dashboard as the same user; with --dry-run it prints the file
    that would be imported, and nothing else.

    \b
    Examples:
      error-classification setup opensearch --dry-run
      error-classification setup opensearch --retention-days 400
      error-classification setup opensearch --print-roles
      error-classification setup opensearch --dashboards https://dashboards.example.com
      error-classification setup opensearch --dashboards https://dashboards.example.com --dry-run > dashboards.ndjson
    """
    here = session()
    resolved = here.resolve()
    config = resolved.config
    if print_roles:
        return _print(_roles(config))
    if dry_run:
        return _print(_requests(resolved, retention_days)) if dashboards is None else _print_dashboards(config)
    if dashboards is None:
        return _set_up(here, resolved, retention_days)
    return _set_up_all(here, resolved, retention_days, dashboards)


def _print(requests: Mapping[str, Document]) -> int:
    product(json.indented([{"request": f"PUT {path}", "body": body} for path, body in requests.items()]))
    return DONE


def _print_dashboards(config: Config) -> int:
    from error_classification.opensearch_schema.dashboards import ndjson

    product(ndjson(config.error_classification_index))
    return DONE


def _set_up(here: Session, resolved: Resolved, retention_days: int | None) -> int:
    from error_classification.wiring.setting_up import metrics_targets, set_up, set_up_metrics

    metrics = metrics_targets(resolved)
    for done in (set_up(resolved.config, retention_days), *map(set_up_metrics, metrics)):
        product(f"{done.what} at {done.location}: {'set up' if done.changed else 'already set up'}")
        for notice in done.notices:
            here.say(f"note: {notice}")
    return DONE


def _set_up_all(here: Session, resolved: Resolved, retention_days: int | None, dashboards: str) -> int:
    """With the dashboards, whose address is looked at before anything is sent."""
    from error_classification.wiring.dashboards import dashboards_at, import_dashboards

    server = dashboards_at(resolved.config, dashboards)
    _set_up(here, resolved, retention_days)
    imported = import_dashboards(resolved.config, server)
    product(f"{imported.count} objects at {imported.address}")
    return DONE


def _roles(config: Config) -> Mapping[str, Document]:
    """The requests for the security plug-in's REST API."""
    from error_classification.wiring.setting_up import roles_of

    return {f"_plugins/_security/api/roles/{name}": document for name, document in roles_of(config).items()}


def _requests(resolved: Resolved, retention_days: int | None) -> Mapping[str, Document]:
    from error_classification.opensearch_schema import groups_body, groups_index, index_template, policy_name, retention_policy
    from error_classification.opensearch_schema.metric_fields import metrics_body, metrics_template
    from error_classification.wiring.setting_up import metrics_targets

    name = resolved.config.error_classification_index
    requests = {f"_index_template/{name}": index_template(name), groups_index(name): groups_body()}
    for target in metrics_targets(resolved):
        requests |= {f"_index_template/{target.index}": metrics_template(target.index), target.index: metrics_body()}
    if retention_days:
        requests[f"_plugins/_ism/policies/{policy_name(name)}"] = retention_policy(name, retention_days)
    return requests


command = LazyGroup(
    "setup",
    table=_COMMANDS,
    load={"opensearch": opensearch}.__getitem__,
    help=_HELP,
)
