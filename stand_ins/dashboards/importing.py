"""What becomes of each object, in the words of the real server (``src/core/server/saved_objects/import``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stand_ins.github.request import JSON

Key = tuple[str, str]
"""Type and id."""

TYPES = frozenset(("index-pattern", "visualization", "search", "dashboard", "config", "url", "query"))
_ENFORCED = frozenset(("index-pattern", "search"))
"""References to other types may lead nowhere, as far as the server cares."""


def key_of(item: JSON) -> Key:
    return item["type"], item["id"]


def fault(item: JSON, sent: Sequence[JSON], there: Mapping[Key, JSON], *, overwrite: bool) -> JSON | None:
    """Why an object is not taken; None where it is."""
    if item["type"] not in TYPES:
        return {"type": "unsupported_type"}
    known = {key_of(each) for each in sent} | set(there)
    missing = [
        {"type": each["type"], "id": each["id"]}
        for each in item.get("references", [])
        if each["type"] in _ENFORCED and (each["type"], each["id"]) not in known
    ]
    if missing:
        return {"type": "missing_references", "references": missing}
    return {"type": "conflict"} if key_of(item) in there and not overwrite else None


def report(sent: Sequence[JSON], faults: Mapping[Key, JSON]) -> JSON:
    """The body of the answer."""
    taken = [{"type": each["type"], "id": each["id"], "meta": _meta(each)} for each in sent if key_of(each) not in faults]
    errors = [
        {
            "id": each["id"],
            "type": each["type"],
            "title": _meta(each)["title"],
            "meta": _meta(each),
            "error": faults[key_of(each)],
        }
        for each in sent
        if key_of(each) in faults
    ]
    results: JSON = {"successResults": taken} if taken else {}
    return {"successCount": len(taken), "success": not errors} | results | ({"errors": errors} if errors else {})


def _meta(item: JSON) -> JSON:
    return {"title": item.get("attributes", {}).get("title"), "icon": f"{item['type']}App"}
