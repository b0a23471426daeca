"""Saved objects as OpenSearch Dashboards reads them: the JSON within their JSON decoded, their aggregations as searches.

How it makes a search of a visualisation is public (``src/plugins/data/common/search/aggs``); here are the kinds that are used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]

HOSTILE = (
    *("", ".", "..", "_errors", "-errors", "+errors", "Errors", "erroRs", "ÄRGER"),
    *("a b", "a,b", "a/b", "a\\b", "a*", "a?", 'a"b', "a<b", "a>b", "a|b", "a#b", "a:b"),
    *("e" * 248, "ä" * 124),
)
"""What no index may be called, for a month must fit behind it."""
TAKEN = ("e", "...", ".errors", "a_b", "a-b", "a+b", "a.b", "ärger", "e" * 247, "a'b", "a[b]{c}", "a$b%c&d=e")
"""What an index may be called."""

_NAMED = re.compile(r"([@\w]+):")


def decoded(item: JSON) -> JSON:
    """The attributes, with every text that ends in JSON (by its name) decoded."""
    attributes: JSON = dict(item["attributes"])
    for name in ("visState", "uiStateJSON", "panelsJSON", "optionsJSON", "fields", "fieldFormatMap"):
        if name in attributes:
            attributes[name] = json.loads(attributes[name])
    if "kibanaSavedObjectMeta" in attributes:
        attributes["source"] = json.loads(attributes.pop("kibanaSavedObjectMeta")["searchSourceJSON"])
    return attributes


def queried_fields(attributes: JSON) -> set[str]:
    """The fields that a Lucene query names."""
    return set(_NAMED.findall(attributes["source"]["query"]["query"]))


def search_body(attributes: JSON) -> JSON:
    """The request that a visualisation makes of the server."""
    aggs = attributes["visState"]["aggs"]
    metrics = {agg["id"]: _metric(agg) for agg in aggs if agg["schema"] == "metric" and agg["type"] != "count"}
    inner: JSON = metrics
    for agg in reversed([agg for agg in aggs if agg["schema"] != "metric"]):
        inner = metrics | {agg["id"]: _bucket(agg, counts="1" not in metrics) | {"aggs": inner}}
    text = attributes["source"]["query"]["query"]
    query = {"query_string": {"query": text, "analyze_wildcard": True}} if text else {"match_all": {}}
    return {"size": 0, "query": query, "aggs": inner}


def _metric(agg: JSON) -> JSON:
    params = agg["params"]
    if agg["type"] == "top_hits":
        sort = [{params["sortField"]: {"order": params["sortOrder"]}}]
        return {"top_hits": {"_source": params["field"], "size": params["size"], "sort": sort}}
    return {agg["type"]: {"field": params["field"]}}


def _bucket(agg: JSON, *, counts: bool) -> JSON:
    params = agg["params"]
    field = {"field": params["field"]}
    if agg["type"] == "date_histogram":
        return {"date_histogram": field | {"fixed_interval": "1d", "min_doc_count": params["min_doc_count"]}}
    if agg["type"] == "histogram":
        return {"histogram": field | {"interval": params["interval"], "min_doc_count": 1}}
    order = {"_count" if counts else params["orderBy"]: params["order"]}
    missing = {"missing": params["missingBucketLabel"]} if params["missingBucket"] else {}
    return {"terms": field | {"size": params["size"], "order": order} | missing}


def rows(attributes: JSON, answer: JSON) -> list[tuple[object, ...]]:
    """An answer as a table shows it: the keys of the buckets, then the metrics, and so on for each combination."""
    aggs = attributes["visState"]["aggs"]
    metrics = [agg for agg in aggs if agg["schema"] == "metric"]
    buckets = [agg["id"] for agg in aggs if agg["schema"] != "metric"]
    return list(_rows(answer["aggregations"], buckets, metrics, ()))


def _rows(found: JSON, buckets: list[str], metrics: list[JSON], keys: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    if not buckets:
        yield (*keys, *(_value(found, metric) for metric in metrics))
        return
    for bucket in found[buckets[0]]["buckets"]:
        key = bucket.get("key_as_string", bucket["key"])
        yield from _rows(bucket, buckets[1:], metrics, (*keys, round(key, 6) if isinstance(key, float) else key))


def _value(found: JSON, metric: JSON) -> object:
    if metric["type"] == "count":
        return found["doc_count"]
    if metric["type"] == "top_hits":
        (hit,) = found[metric["id"]]["hits"]["hits"]
        return hit["_source"].get(metric["params"]["field"])
    value = found[metric["id"]]
    return value.get("value_as_string", value["value"])
