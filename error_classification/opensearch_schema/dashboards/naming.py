"""What an index may be called, and what its saved objects are called by."""

from __future__ import annotations

from uuid import UUID, uuid5

from error_classification.errors import UsageError

LONGEST = 255 - len("-2025.03")
"""Bytes. OpenSearch takes 255; the months need some of them."""

_REFUSED = frozenset('\\/*?"<>| ,#:')
_NO_BEGINNING = ("_", "-", "+")
_NAMESPACE = UUID("5b0d6f1e-8d4e-4f0a-9d57-2f6c1c0f7a31")


def checked_name(index_name: str) -> str:
    """``index_name``, where OpenSearch would take it. Raises ``UsageError`` that says what is wrong with it.

    The rules: https://docs.opensearch.org/latest/api-reference/index-apis/create-index/#index-naming-restrictions
    """
    fault = _fault(index_name)
    if fault:
        raise UsageError(f"{index_name[:100]!r} can't be the name of an index: {fault}", "ERROR_CLASSIFICATION_INDEX names it")
    return index_name


def _fault(name: str) -> str:
    if name in ("", ".", ".."):
        return "it is empty or a path"
    if name.startswith(_NO_BEGINNING):
        return f"it begins with {name[0]}"
    if name != name.lower():
        return "it has capital letters"
    refused = sorted(_REFUSED.intersection(name))
    if refused:
        return f"it has {refused[0]!r} in it"
    return f"it is longer than {LONGEST} bytes" if len(name.encode("utf-8", "surrogatepass")) > LONGEST else ""


def object_id(index_name: str, kind: str, name: str) -> str:
    """The identifier of a saved object. (No index has a slash in its name: no two objects share one.)"""
    return str(uuid5(_NAMESPACE, f"{index_name}/{kind}/{name}"))
