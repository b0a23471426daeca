"""The dashboards of the index that is configured, brought into OpenSearch Dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from error_classification.wiring import expanded

if TYPE_CHECKING:
    from error_classification.config import Config
    from error_classification.publishing.dashboards import Dashboards


@dataclass(frozen=True, slots=True)
class Imported:
    """How many objects there are now, and the address of the dashboard among them."""

    count: int
    address: str


def dashboards_at(config: Config, url: str) -> Dashboards:
    """The server, with the user of OpenSearch that is configured; nothing is sent yet. Raises ``UsageError``."""
    from error_classification.publishing.dashboards import Dashboards, checked

    username, password = _credentials(config)
    ca_file = str(expanded(config.opensearch_ca_file)) if config.opensearch_ca_file else ""
    return checked(Dashboards(url, username, password, ca_file, config.opensearch_timeout))


def import_dashboards(config: Config, server: Dashboards) -> Imported:
    """Creates or replaces the dashboards. Raises ``DashboardsError`` where not all of them are there then.

    Raises ``UsageError`` for an index that can't be called so.
    """
    from error_classification.opensearch_schema.dashboards import dashboard_id, ndjson
    from error_classification.publishing.dashboards import import_objects

    index_name = config.error_classification_index
    count = import_objects(server, ndjson(index_name))
    return Imported(count, f"{server.address}/app/dashboards#/view/{dashboard_id(index_name)}")


def _credentials(config: Config) -> tuple[str, str]:
    """Those of OpenSearch, which may stand in its address."""
    parts = urlsplit(config.opensearch_url)
    username = config.opensearch_username or unquote(parts.username or "")
    return username, config.opensearch_password or unquote(parts.password or "")
