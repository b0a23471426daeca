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
    from error_classification.config import Config
    from error_classification.opensearch_schema import Document

_HELP = """Make ready what a service needs before the first upload.

\b
Examples:
  error-classification setup opensearch --dry-run
"""
_COMMANDS = {"opensearch": "Create index templates, the index of groups, retention, and dashboards."}


@click.command("opensearch", cls=Command)
@click.option("--print-roles", is_flag=True, help="Print the roles for uploaders and readers; send nothing.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send nothing.")
@click.option("--retention-days", type=click.IntRange(1, 36_500), metavar="NUMBER", help="Let the server remove older months.")
@click.option("--dashboards", metavar="URL", help="Bring the dashboards into OpenSearch Dashboards at this address, too.")
@options.settings("error_classification_index")
def opensearch(print_roles: bool, dry_run: bool, retention_days: int | None, dashboards: str | None) -> int:
    """Create what the store in OpenSearch needs: index templates, the index of groups, and with --retention-days a policy.

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
    config = here.resolve().config
    if dashboards is not None and dry_run and not print_roles:
        product(_dashboards(config))
        return DONE
    if print_roles or dry_run:
        documents = _roles(config) if print_roles else _requests(config, retention_days)
        product(json.indented([{"request": f"PUT {path}", "body": body} for path, body in documents.items()]))
        return DONE
    return _set_up(here, config, retention_days) if dashboards is None else _set_up_all(here, config, retention_days, dashboards)


def _set_up(here: Session, config: Config, retention_days: int | None) -> int:
    from error_classification.wiring.opensearch import set_up

    done = set_up(config, retention_days)
    product(f"{config.error_classification_index} at {done.location}: {'set up' if done.changed else 'already set up'}")
    for notice in done.notices:
        here.say(f"note: {notice}")
    return DONE


def _set_up_all(here: Session, config: Config, retention_days: int | None, dashboards: str) -> int:
    """With the dashboards, whose address is looked at before anything is sent."""
    from error_classification.wiring.dashboards import dashboards_at, import_dashboards

    server = dashboards_at(config, dashboards)
    _set_up(here, config, retention_days)
    imported = import_dashboards(config, server)
    product(f"{imported.count} objects at {imported.address}")
    return DONE


def _dashboards(config: Config) -> str:
    from error_classification.opensearch_schema.dashboards import ndjson

    return ndjson(config.error_classification_index)


def _roles(config: Config) -> Mapping[str, Document]:
    """The requests for the security plug-in's REST API."""
    from error_classification.opensearch_schema import roles

    sources = (config.tests_index, config.job_index, config.steps_index)
    documents = roles(config.error_classification_index, sources)
    return {f"_plugins/_security/api/roles/{name}": document for name, document in documents.items()}


def _requests(config: Config, retention_days: int | None) -> Mapping[str, Document]:
    from error_classification.opensearch_schema import groups_body, groups_index, index_template, policy_name, retention_policy

    name = config.error_classification_index
    requests = {f"_index_template/{name}": index_template(name), groups_index(name): groups_body()}
    if retention_days:
        requests[f"_plugins/_ism/policies/{policy_name(name)}"] = retention_policy(name, retention_days)
    return requests


command = LazyGroup(
    "setup",
    table=_COMMANDS,
    load={"opensearch": opensearch}.__getitem__,
    help=_HELP,
)
