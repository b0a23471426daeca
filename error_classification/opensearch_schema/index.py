"""Mappings, settings and index templates, generated from the table of fields.

Occurrences lie in one index a month, by when they occurred (``errors-2025.03``), behind the alias ``errors``; beside them is one
document for each group in ``errors_groups``. Mappings are strict: a field that is not in the table is refused, never guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from error_classification.errors import StoreError
from error_classification.opensearch_schema.fields import ALL_FIELDS, Document
from error_classification.opensearch_schema.groups import GROUP_FIELDS

SCHEMA_VERSION = 1
"""Stands in ``_meta`` of every mapping: a store of a newer one is left alone."""
VERSION_KEY = "schema_version"

PRUNED_MARK = "b_pruned"
"""True in what ``prune`` leaves of an occurrence: its id, hash, count and time, so that it is neither lost nor counted again."""

TEMPLATE_PRIORITY = 200
"""Above the catch-all templates that clusters often have (0 to 100)."""

_EXISTS = "resource_already_exists_exception"


class Indices(Protocol):
    """The part of opensearch-py's ``client.indices`` that is used here."""

    def exists(self, *, index: str) -> bool: ...

    def create(self, *, index: str, body: Document, params: Document) -> Any: ...


class Client(Protocol):
    """An ``opensearchpy.OpenSearch``; this module does not need the library itself."""

    @property
    def indices(self) -> Indices: ...


def month_index(index_name: str, occurred_at: datetime) -> str:
    """Where an occurrence belongs: ``errors-2025.03``."""
    return f"{index_name}-{occurred_at.astimezone(UTC):%Y.%m}"


def month_pattern(index_name: str) -> str:
    """All months, and not what else begins with the name and a hyphen."""
    return f"{index_name}-*.*"


def groups_index(index_name: str) -> str:
    """Where the groups are."""
    return f"{index_name}_groups"


def mappings() -> Document:
    """The mapping of an occurrence."""
    return _mappings({field.name: field.mapping for field in ALL_FIELDS} | {PRUNED_MARK: {"type": "boolean"}})


def groups_mappings() -> Document:
    """The mapping of a group."""
    return _mappings({field.name: field.mapping for field in GROUP_FIELDS})


def _mappings(properties: Document) -> Document:
    return {"dynamic": "strict", "_meta": {VERSION_KEY: SCHEMA_VERSION}, "properties": properties}


def index_body() -> Document:
    """Settings and mapping of one index of occurrences."""
    return {"settings": _settings(), "mappings": mappings()}


def groups_body() -> Document:
    """Settings and mapping of the index of groups."""
    return {"settings": _settings(), "mappings": groups_mappings()}


def _settings() -> Document:
    """One shard, and a replica as soon as there is a second node."""
    return {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}


def index_template(index_name: str) -> Document:
    """A composable template for the monthly indices of ``index_name``, which puts them behind the alias of that name."""
    return {
        "index_patterns": [month_pattern(index_name)],
        "priority": TEMPLATE_PRIORITY,
        "template": index_body() | {"aliases": {index_name: {}}},
        "_meta": {VERSION_KEY: SCHEMA_VERSION},
    }


def create_index_if_not_exists(client: Client, index_name: str) -> bool:
    """Creates one index of occurrences, without months; returns False where it is there already, whoever was faster.

    Raises StoreError where the server refuses; what the client raises for a server out of reach passes through.
    """
    if client.indices.exists(index=index_name):
        return False
    return create_index(client, index_name, index_body())


def create_index(client: Client, index_name: str, body: Document) -> bool:
    """Creates an index; returns False where it is there already. Raises StoreError where the server refuses."""
    answer = client.indices.create(index=index_name, body=body, params={"ignore": 400})
    refusal = answer.get("error")
    if refusal and _EXISTS not in str(refusal):
        reason = refusal.get("reason") if isinstance(refusal, dict) else refusal
        raise StoreError(f"index {index_name} could not be created: {reason}", "check the name of the index")
    return not refusal
