"""Saved objects as OpenSearch Dashboards exports them: JSON within JSON, tied together by named references."""

from __future__ import annotations

import json
from collections.abc import Iterator

from error_classification.opensearch_schema.dashboards.contents import (
    BASE_QUERIES,
    FORMATS,
    ROWS,
    SEARCHES,
    TIME_FIELDS,
    VISUALISATIONS,
    Pattern,
    Search,
    Visualisation,
)
from error_classification.opensearch_schema.dashboards.naming import checked_name, object_id
from error_classification.opensearch_schema.fields import Document
from error_classification.opensearch_schema.index import groups_index, groups_mappings, mappings

PERIOD = "now-30d"
_PANEL_FORMAT = "7.10.0"
_MIGRATED = {"index-pattern": "7.6.0", "visualization": "7.10.0", "search": "7.9.3", "dashboard": "7.9.3"}
"""The versions of the formats, which all releases of OpenSearch Dashboards know: none has a migration beyond them."""

_SOURCE = "kibanaSavedObjectMeta"
_INDEX = f"{_SOURCE}.searchSourceJSON.index"
_FIELD_TYPES = {"keyword": "string", "text": "string", "long": "number", "double": "number"}
_META_FIELDS = {"_id": ("string", True), "_index": ("string", True), "_score": ("number", False), "_source": ("_source", False)}
"""What every document has besides: its type, and whether it can be searched and aggregated."""


def saved_objects(index_name: str) -> tuple[Document, ...]:
    """All objects for one index, before those that refer to them. Raises ``UsageError`` for what can't be an index's name."""
    name = checked_name(index_name)
    patterns = (_pattern(name, pattern) for pattern in Pattern)
    visualisations = (_visualisation(name, each) for each in VISUALISATIONS)
    searches = (_search(name, each) for each in SEARCHES)
    return (*patterns, *visualisations, *searches, _dashboard(name))


def ndjson(index_name: str) -> str:
    """The file to import: one object on each line. Raises ``UsageError`` as ``saved_objects`` does."""
    return "".join(f"{_json(each)}\n" for each in saved_objects(index_name))


def dashboard_id(index_name: str) -> str:
    """Under which the dashboard is found."""
    return object_id(index_name, "dashboard", "errors")


def _pattern(index_name: str, pattern: Pattern) -> Document:
    """Of the alias over the months, not of all that begins with the name: the groups would be counted with the occurrences."""
    is_groups = pattern is Pattern.GROUPS
    fields = (groups_mappings() if is_groups else mappings())["properties"]
    formats = {name: {"id": kind, "params": {"pattern": shown}} for name, (kind, shown) in FORMATS.items() if name in fields}
    attributes = {
        "title": groups_index(index_name) if is_groups else index_name,
        "timeFieldName": TIME_FIELDS[pattern],
        "fields": _json([*_meta_fields(), *_fields(fields)]),
        "fieldFormatMap": _json(formats),
    }
    return _object(index_name, "index-pattern", pattern, attributes, [])


def _fields(properties: Document) -> Iterator[Document]:
    """The fields as they will be, so that charts work before the first upload. (An object that is not indexed is no field.)"""
    for name, mapping in properties.items():
        kind = mapping["type"]
        if kind != "object":
            yield _field(name, _FIELD_TYPES.get(kind, kind), kind, searchable=True, aggregatable=kind != "text")


def _meta_fields() -> Iterator[Document]:
    for name, (kind, usable) in _META_FIELDS.items():
        yield _field(name, kind, name, searchable=usable, aggregatable=usable) | {"readFromDocValues": False}


def _field(name: str, kind: str, mapped: str, *, searchable: bool, aggregatable: bool) -> Document:
    uses = {"searchable": searchable, "aggregatable": aggregatable, "readFromDocValues": aggregatable}
    return {"name": name, "type": kind, "esTypes": [mapped], "count": 0, "scripted": False, **uses}


def _visualisation(index_name: str, each: Visualisation) -> Document:
    title = _title(index_name, each.title)
    state = {"title": title, "type": each.chart.type, "aggs": each.chart.aggs, "params": each.chart.params}
    attributes = {
        "title": title,
        "description": each.description,
        "version": 1,
        "visState": _json(state),
        "uiStateJSON": "{}",
        _SOURCE: _source(each.query, each.pattern),
    }
    return _object(index_name, "visualization", each.name, attributes, [_index_reference(index_name, each.pattern)])


def _search(index_name: str, each: Search) -> Document:
    attributes = {
        "title": _title(index_name, each.title),
        "description": each.description,
        "version": 1,
        "hits": 0,
        "columns": list(each.columns),
        "sort": [[TIME_FIELDS[each.pattern], "desc"]],
        _SOURCE: _source(each.query, each.pattern, highlightAll=True, version=True),
    }
    return _object(index_name, "search", each.name, attributes, [_index_reference(index_name, each.pattern)])


def _dashboard(index_name: str) -> Document:
    kinds = {each.name: "visualization" for each in VISUALISATIONS} | {each.name: "search" for each in SEARCHES}
    titles = {each.name: each.title for each in (*VISUALISATIONS, *SEARCHES)}
    placed = list(_places())
    references = [
        {"name": f"panel_{number}", "type": kinds[name], "id": object_id(index_name, kinds[name], name)}
        for number, (name, _) in enumerate(placed)
    ]
    panels = [_panel(number, place, titles[name]) for number, (name, place) in enumerate(placed)]
    attributes = {
        "title": _title(index_name, "Errors in CI"),
        "description": "Why jobs of continuous integration fail: causes, places, repetitions, costs and doubts",
        "version": 1,
        "hits": 0,
        "panelsJSON": _json(panels),
        "optionsJSON": _json({"hidePanelTitles": False, "useMargins": True}),
        "timeRestore": True,
        "timeFrom": PERIOD,
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 0},
        _SOURCE: {"searchSourceJSON": _json({"query": _query(""), "filter": []})},
    }
    return _object(index_name, "dashboard", "errors", attributes, references)


def _places() -> Iterator[tuple[str, Document]]:
    top = 0
    for height, row in ROWS:
        left = 0
        for name, width in row:
            yield name, {"x": left, "y": top, "w": width, "h": height}
            left += width
        top += height


def _panel(number: int, place: Document, title: str) -> Document:
    """``title`` is short here: the dashboard says of which index it is."""
    index = str(number)
    where = {"panelIndex": index, "gridData": place | {"i": index}, "panelRefName": f"panel_{number}"}
    return {"version": _PANEL_FORMAT, **where, "embeddableConfig": {}, "title": title}


def _object(index_name: str, kind: str, name: str, attributes: Document, references: list[Document]) -> Document:
    return {
        "id": object_id(index_name, kind, name),
        "type": kind,
        "attributes": attributes,
        "references": references,
        "migrationVersion": {kind: _MIGRATED[kind]},
    }


def _index_reference(index_name: str, pattern: Pattern) -> Document:
    return {"name": _INDEX, "type": "index-pattern", "id": object_id(index_name, "index-pattern", pattern)}


def _source(query: str, pattern: Pattern, **more: bool) -> Document:
    base = BASE_QUERIES[pattern]
    both = f"({query}) AND {base}" if query and base else query or base
    return {"searchSourceJSON": _json({"query": _query(both), "filter": [], "indexRefName": _INDEX, **more})}


def _query(text: str) -> Document:
    return {"query": text, "language": "lucene"}


def _title(index_name: str, title: str) -> str:
    return f"[{index_name}] {title}"


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
