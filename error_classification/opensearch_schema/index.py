"""Mappings, settings and index templates, generated from the table of fields."""

from __future__ import annotations

from typing import Any, Protocol

from error_classification.errors import StoreError
from error_classification.opensearch_schema.fields import ALL_FIELDS, Document

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


def mappings() -> Document:
    """The mapping of an occurrence. What it does not name is kept in the document but not indexed."""
    return {"dynamic": False, "properties": {field.name: field.mapping for field in ALL_FIELDS}}


def index_body() -> Document:
    """Settings and mapping of one index: one shard, and a replica as soon as there is a second node."""
    return {"settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}, "mappings": mappings()}


def index_template(index_name: str) -> Document:
    """A composable template for ``index_name`` and its monthly indices (``index_name-2025.01``).

    The groups beside them, ``index_name_groups``, are not matched.
    """
    return {
        "index_patterns": [index_name, f"{index_name}-*"],
        "priority": TEMPLATE_PRIORITY,
        "template": index_body(),
    }


def create_index_if_not_exists(client: Client, index_name: str) -> bool:
    """Creates the index of occurrences; returns False where it is there already, also where another process was faster.

    Raises StoreError where the server refuses; what the client raises for a server out of reach passes through.
    """
    if client.indices.exists(index=index_name):
        return False
    answer = client.indices.create(index=index_name, body=index_body(), params={"ignore": 400})
    refusal = answer.get("error")
    if refusal and _EXISTS not in str(refusal):
        reason = refusal.get("reason") if isinstance(refusal, dict) else refusal
        raise StoreError(f"index {index_name} could not be created: {reason}", "check the name of the index")
    return not refusal
