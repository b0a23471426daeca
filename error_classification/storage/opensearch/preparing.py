"""Templates and the index of groups: made once, and refused where a newer version of this program made them."""

from __future__ import annotations

from error_classification.errors import NewerStoreError, StoreError
from error_classification.opensearch_schema import (
    SCHEMA_VERSION,
    VERSION_KEY,
    create_index,
    groups_body,
    groups_index,
    groups_mappings,
    index_template,
    mappings,
    month_pattern,
    policy_name,
    retention_policy,
)
from error_classification.opensearch_schema.metric_fields import metrics_body, metrics_template
from error_classification.storage.opensearch.replacing import make_index
from error_classification.storage.opensearch.server import Server

_NO_ISM = frozenset((400, 404, 405))
"""What a server without the plug-in answers."""


def version(server: Server, index_name: str) -> int:
    """The version of the schema that is there; 0 where nothing is. Raises ``NewerStoreError``."""
    groups = groups_index(index_name)
    answer = server.ask(lambda: server.client.indices.get_mapping(index=groups, params={"ignore": 404}))
    found = [index["mappings"] for index in answer.values() if isinstance(index, dict) and "mappings" in index]
    if not found:
        return 0
    there = found[0].get("_meta", {}).get(VERSION_KEY, 0)
    if not there:
        raise StoreError(f"index {groups} was not made by this program", "name another with ERROR_CLASSIFICATION_INDEX")
    if there > SCHEMA_VERSION:
        said = f"index {groups} was written by a newer version of this program (schema {there})"
        raise NewerStoreError(said, "update this one; nothing was changed")
    return int(there)


def prepare(server: Server, index_name: str) -> bool:
    """Makes what is not there, brings up to date what is older; returns whether anything had to be done.

    Raises ``NewerStoreError``, and ``StoreError`` where the name is taken or the user may not.
    """
    there = version(server, index_name)
    if there == SCHEMA_VERSION:
        return False
    client = server.client
    refuse_taken(server, index_name)
    template = index_template(index_name)
    server.ask(lambda: client.indices.put_index_template(name=index_name, body=template))
    if there:
        months = {"allow_no_indices": "true", "ignore_unavailable": "true"}
        server.ask(lambda: client.indices.put_mapping(index=month_pattern(index_name), body=mappings(), params=months))
        server.ask(lambda: client.indices.put_mapping(index=groups_index(index_name), body=groups_mappings()))
    else:
        server.ask(lambda: create_index(client, groups_index(index_name), groups_body()))
    return True


def prepare_metrics(server: Server, index_name: str) -> bool:
    """Makes the template of an index of metrics, and the index, where they are not there; returns whether one was not.

    An index that somebody else made is left as it is. Raises ``StoreError``.
    """
    indices, template = server.client.indices, metrics_template(index_name)
    lacks_template = not server.ask(lambda: indices.exists_index_template(name=index_name))
    if lacks_template:
        server.ask(lambda: indices.put_index_template(name=index_name, body=template))
    return make_index(server, index_name, metrics_body(), template) or lacks_template


def refuse_taken(server: Server, index_name: str) -> None:
    """An index cannot have the name of the alias. Raises ``StoreError``."""
    if server.ask(lambda: server.client.indices.exists(index=index_name)) and not server.ask(
        lambda: server.client.indices.exists_alias(name=index_name)
    ):
        advice = "name another with ERROR_CLASSIFICATION_INDEX, or reindex it and remove it"
        raise StoreError(f"there is an index {index_name}: its name is wanted for the alias of the monthly ones", advice)


def keep_for(server: Server, index_name: str, days: int) -> bool:
    """Sets retention where the server has Index State Management; False where it has not. Checked against its published API."""
    path = f"/_plugins/_ism/policies/{policy_name(index_name)}"
    perform = server.client.transport.perform_request
    there = server.ask(lambda: perform("GET", path, params={"ignore": sorted(_NO_ISM)}))
    if isinstance(there, dict) and "_seq_no" in there:
        params = {"if_seq_no": there["_seq_no"], "if_primary_term": there["_primary_term"]}
    else:
        params = {}
    body = retention_policy(index_name, days)
    answer = server.ask(lambda: perform("PUT", path, params={**params, "ignore": sorted(_NO_ISM)}, body=body))
    return isinstance(answer, dict) and "_id" in answer
