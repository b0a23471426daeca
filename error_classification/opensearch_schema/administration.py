"""What an administrator sets up beside the indices: how long they are kept, and who may do what with them."""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.opensearch_schema.fields import Document
from error_classification.opensearch_schema.index import groups_index, month_pattern
from error_classification.opensearch_schema.metric_fields import metrics_patterns

_SEARCH = ("indices:data/read/search", "indices:data/read/point_in_time/*")
_GET = ("indices:data/read/get", "indices:data/read/mget*")
_LOOK = ("indices:admin/mappings/get",)
_WRITE = (
    "indices:data/write/index",
    "indices:data/write/bulk*",
    "indices:admin/create",
    "indices:admin/refresh*",
)
"""To write at all, to begin a month, and to make what was written visible. Nothing is ever deleted by an uploader."""
_REPLACE = ("indices:admin/get", "indices:data/write/index", "indices:data/write/bulk*")
"""To see that an index is there, and to write documents over what has their identifier."""
_MGET, _BULK = "indices:data/read/mget", "indices:data/write/bulk"
"""Of the whole cluster, as requests name indices document by document."""


def retention_policy(index_name: str, days: int) -> Document:
    """A policy of Index State Management (https://docs.opensearch.org/latest/im-plugin/ism/policies/) that removes old months.

    The groups keep the counts of the months that are gone.
    """
    removed: Document = {"name": "removed", "actions": [{"delete": {}}], "transitions": []}
    condition = {"min_index_age": f"{days}d"}
    kept: Document = {"name": "kept", "actions": [], "transitions": [{"state_name": "removed", "conditions": condition}]}
    return {
        "policy": {
            "description": f"Removes the months of {index_name} that are older than {days} days",
            "default_state": "kept",
            "states": [kept, removed],
            "ism_template": [{"index_patterns": [month_pattern(index_name)], "priority": 100}],
        }
    }


def policy_name(index_name: str) -> str:
    """What the policy is called."""
    return f"{index_name}-retention"


def roles(index_name: str, sources: Iterable[str] = (), metrics: Iterable[str] = ()) -> dict[str, Document]:
    """Roles of the security plug-in by name: for who uploads errors, for who uploads metrics, and for who looks.

    ``sources``: indices that errors are read from, besides; ``metrics``: those that metrics are written to. Of both empty names
    do not count. Indices of metrics are made when they are set up; who uploads only finds them.
    """
    ours = [index_name, month_pattern(index_name), groups_index(index_name)]
    read, written = sorted(set(filter(None, sources))), sorted(set(filter(None, metrics)))
    patterns = [pattern for name in written for pattern in metrics_patterns(name)]
    more = sorted({*read, *patterns})
    uploader = [_permission(ours, (*_SEARCH, *_GET, *_LOOK, *_WRITE)), *([_permission(read, _SEARCH)] if read else [])]
    reader = [_permission(ours, (*_SEARCH, *_GET, *_LOOK)), *([_permission(more, (*_SEARCH, *_LOOK))] if more else [])]
    found = {
        f"{index_name}_uploader": _role([_MGET, _BULK], uploader),
        f"{index_name}_reader": _role([_MGET], reader),
    }
    if written:
        found[f"{index_name}_metrics_uploader"] = _role([_BULK], [_permission(patterns, _REPLACE)])
    return found


def _role(cluster: list[str], indices: list[Document]) -> Document:
    return {"cluster_permissions": cluster, "index_permissions": indices}


def _permission(patterns: list[str], actions: tuple[str, ...]) -> Document:
    return {"index_patterns": patterns, "allowed_actions": list(actions)}
