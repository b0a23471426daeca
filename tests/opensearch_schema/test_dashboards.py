"""What is brought into OpenSearch Dashboards fits the indices, itself, and the format.

OpenSearch Dashboards cannot be run here: that it takes these objects rests on its exports and its public source.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from saved_objects_reading import HOSTILE, TAKEN, decoded, queried_fields

from error_classification.errors import UsageError
from error_classification.opensearch_schema import groups_mappings, mappings
from error_classification.opensearch_schema.dashboards import checked_name, dashboard_id, ndjson, saved_objects

JSON = dict[str, Any]

OBJECTS = saved_objects("errors")
BY_KEY = {(each["type"], each["id"]): each for each in OBJECTS}
FIELDS = {"errors": mappings()["properties"], "errors_groups": groups_mappings()["properties"]}
CHARTS = [each for each in OBJECTS if each["type"] == "visualization"]
SEARCHES = [each for each in OBJECTS if each["type"] == "search"]
LISTED = [pytest.param(each, id=each["attributes"]["title"]) for each in (*CHARTS, *SEARCHES)]

DATES, NUMBERS, EXACT = {"date"}, {"long", "double"}, {"keyword", "boolean", "long", "double"}
NEEDED = {
    "terms": EXACT,
    "date_histogram": DATES,
    "histogram": NUMBERS,
    "sum": NUMBERS,
    "avg": NUMBERS,
    "min": NUMBERS | DATES,
    "max": NUMBERS | DATES,
    "cardinality": EXACT | DATES,
}
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)


def index_of(item: JSON) -> str:
    """The title of the index pattern that an object refers to."""
    (reference,) = item["references"]
    title: str = BY_KEY[reference["type"], reference["id"]]["attributes"]["title"]
    return title


def aggregations() -> list[Any]:
    return [
        pytest.param(FIELDS[index_of(chart)], agg, id=f"{chart['attributes']['title']}-{agg['id']}")
        for chart in CHARTS
        for agg in decoded(chart)["visState"]["aggs"]
    ]


def test_there_is_what_was_promised() -> None:
    assert Counter(each["type"] for each in OBJECTS) == {"index-pattern": 2, "visualization": 12, "search": 2, "dashboard": 1}
    assert len(BY_KEY) == len(OBJECTS)
    kinds = Counter(decoded(chart)["visState"]["type"] for chart in CHARTS)
    assert kinds == {"metric": 2, "histogram": 3, "horizontal_bar": 3, "table": 4}


@pytest.mark.parametrize(("fields", "agg"), aggregations())
def test_every_aggregation_is_of_a_field_that_there_is_and_that_can_be_aggregated_so(fields: JSON, agg: JSON) -> None:
    params = agg["params"]
    if agg["type"] == "count":
        assert "field" not in params
    elif agg["type"] == "top_hits":
        assert params["field"] in fields
        assert fields[params["sortField"]]["type"] in DATES
    else:
        assert fields[params["field"]]["type"] in NEEDED[agg["type"]]
    if params.get("missingBucket"):
        assert fields[params["field"]]["type"] == "keyword"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart["attributes"]["title"])
def test_metrics_come_first_and_terms_are_ordered_by_one_that_orders(chart: JSON) -> None:
    state = decoded(chart)["visState"]
    aggs = {agg["id"]: agg for agg in state["aggs"]}
    assert list(aggs) == [str(number) for number in range(1, len(state["aggs"]) + 1)]
    assert state["title"] == chart["attributes"]["title"]
    for agg in aggs.values():
        by = aggs[agg["params"].get("orderBy", "1")]
        assert by["schema"] == "metric"
        assert by["type"] != "top_hits"
    schemas = {"metric": {"metric"}, "table": {"metric", "bucket"}}
    assert {agg["schema"] for agg in aggs.values()} == schemas.get(state["type"], {"metric", "segment", "group"})


@pytest.mark.parametrize("item", LISTED)
def test_every_query_column_and_order_names_fields_that_there_are(item: JSON) -> None:
    attributes, fields = decoded(item), FIELDS[index_of(item)]
    assert queried_fields(attributes) <= set(fields)
    assert set(attributes.get("columns", ())) <= set(fields)
    for name, order in attributes.get("sort", ()):
        assert fields[name]["type"] in DATES
        assert order == "desc"


def test_what_is_left_of_pruned_errors_is_not_looked_at() -> None:
    asked = {item["attributes"]["title"] for item in (*CHARTS, *SEARCHES) if "b_pruned" in queried_fields(decoded(item))}
    assert asked == {item["attributes"]["title"] for item in (*CHARTS, *SEARCHES) if index_of(item) == "errors"}


@pytest.mark.parametrize("item", LISTED)
def test_the_source_names_its_reference(item: JSON) -> None:
    source = decoded(item)["source"]
    assert [reference["name"] for reference in item["references"]] == [source["indexRefName"]]
    assert "index" not in source
    assert source["query"]["language"] == "lucene"


def test_every_reference_leads_to_an_object_before_it() -> None:
    seen: set[tuple[str, str]] = set()
    for item in OBJECTS:
        assert {(each["type"], each["id"]) for each in item["references"]} <= seen
        seen.add((item["type"], item["id"]))


def test_the_dashboard_shows_everything_once_and_nothing_over_another() -> None:
    dashboard = OBJECTS[-1]
    panels = decoded(dashboard)["panelsJSON"]
    assert [panel["panelRefName"] for panel in panels] == [each["name"] for each in dashboard["references"]]
    assert {(each["type"], each["id"]) for each in dashboard["references"]} == {
        (e["type"], e["id"]) for e in (*CHARTS, *SEARCHES)
    }
    assert len(panels) == len(CHARTS) + len(SEARCHES)
    assert len({panel["panelIndex"] for panel in panels}) == len(panels)
    cells = [
        {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        for grid in (panel["gridData"] for panel in panels)
    ]
    assert not any(one & other for one, other in combinations(cells, 2))
    everything = set().union(*cells)
    assert {x for x, _ in everything} == set(range(48))
    assert len(everything) == 48 * (1 + max(y for _, y in everything))


def test_a_panel_has_the_title_of_what_it_shows() -> None:
    dashboard = OBJECTS[-1]
    for reference, panel in zip(dashboard["references"], decoded(dashboard)["panelsJSON"], strict=True):
        assert BY_KEY[reference["type"], reference["id"]]["attributes"]["title"] == f"[errors] {panel['title']}"
        assert panel["gridData"]["i"] == panel["panelIndex"]


def test_index_patterns_hold_the_fields_of_the_mapping() -> None:
    for item in OBJECTS[:2]:
        attributes = decoded(item)
        mapped = {name: each["type"] for name, each in FIELDS[attributes["title"]].items() if each["type"] != "object"}
        known = {each["name"]: each for each in attributes["fields"] if not each["name"].startswith("_")}
        assert {name: each["esTypes"] for name, each in known.items()} == {name: [kind] for name, kind in mapped.items()}
        assert {name for name, each in known.items() if not each["aggregatable"]} == {
            n for n, kind in mapped.items() if kind == "text"
        }
        assert mapped[attributes["timeFieldName"]] == "date"
        assert set(attributes["fieldFormatMap"]) <= set(mapped)


def test_occurrences_and_groups_are_not_counted_together() -> None:
    assert [item["attributes"]["title"] for item in OBJECTS[:2]] == ["errors", "errors_groups"]


def test_the_file_has_one_object_a_line() -> None:
    lines = ndjson("errors").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == list(OBJECTS)


def test_identifiers_stay() -> None:
    """Another identifier would leave what was imported before beside what is imported now."""
    assert dashboard_id("errors") == OBJECTS[-1]["id"] == "711df5e7-f49f-54c3-8540-3291757c63aa"


@given(NAMES, NAMES)
def test_identifiers_of_other_indices_are_others(one: str, other: str) -> None:
    ids = [{each["id"] for each in saved_objects(name)} for name in (one, other)]
    assert ids[0] == ids[1] if one == other else ids[0].isdisjoint(ids[1])


@given(NAMES)
def test_no_object_speaks_of_another_index(name: str) -> None:
    titles = [each["attributes"]["title"] for each in saved_objects(name)]
    assert titles[:2] == [name, f"{name}_groups"]
    assert all(title.startswith(f"[{name}] ") for title in titles[2:])


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_no_index_may_have_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="can't be the name of an index"):
        saved_objects(name)


@pytest.mark.parametrize("name", TAKEN)
def test_names_that_an_index_may_have_are_taken(name: str) -> None:
    assert checked_name(name) == name
    assert json.loads(ndjson(name).split("\n")[0])["attributes"]["title"] == name
