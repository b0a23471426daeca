"""A real OpenSearch answers what every chart asks with the right numbers, and takes the names that we take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests
from opensearch_node.node import Node
from saved_objects_reading import HOSTILE, TAKEN, decoded, rows, search_body

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    FingerprintedError,
    Outcome,
    RunContext,
    SourceType,
    Usage,
    Verdict,
)
from error_classification.opensearch_schema.dashboards import saved_objects
from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.store import OpenSearchStore

pytestmark = pytest.mark.opensearch

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
APP = RunContext(repo="org/app", workflow_name="CI", branch="main")
LIB = RunContext(repo="org/lib", workflow_name="CI", branch="topic")

SLOW = Verdict(
    "llm", "timeout", "job", 0.85, "too slow", model_version="m-1", usage=Usage(1_000, 50, 800, 100, 0.25), consulted="m-1"
)
SLOW_AGAIN = Verdict("llm", "timeout", "job", 0.85, "too slow", model_version="m-1", consulted="m-1")
FLAKY = Verdict("rules", "flaky_test", "passed_on_retry", 0.95, "the second try passed")
UNKNOWN = Abstention("rules", "no rule matched", usage=Usage(500, 20, 0, 0, 0.5), consulted="m-2")


def occurrence(
    number: int, group: str, answer: Verdict | Abstention, day: int, count: int, run: RunContext, **context: Any
) -> ErrorClassification:
    where = ErrorContext(SourceType.JOB_LOG, f"{number}.log", "boom", count=count, **context)
    at = NOON + timedelta(days=day)
    return ErrorClassification(f"id{number}", FingerprintedError(where, "boom", group, 1), run, answer, at, at)


STORED = (
    occurrence(1, "a", SLOW, 0, 2, APP, framework="pytest"),
    occurrence(2, "a", SLOW_AGAIN, 1, 1, LIB, framework="pytest"),
    occurrence(3, "b", FLAKY, 1, 4, LIB, framework="jest", outcome=Outcome.FLAKY, test_name="suite::case"),
    occurrence(4, "c", UNKNOWN, 1, 1, RunContext()),
    occurrence(5, "d", SLOW, -90, 10, APP),
)
"""The last one is pruned: only its group still counts it."""

FIRST, SECOND, OLD = "2025-03-10T00:00:00.000Z", "2025-03-11T00:00:00.000Z", "2024-12-10T12:00:00.000Z"
DAYS = ("2025-03-10T12:00:00.000Z", "2025-03-11T12:00:00.000Z")

EXPECTED: dict[str, list[tuple[object, ...]]] = {
    "Errors in this period": [(8, 3, 2, 0.75)],
    "Unclassified": [(1, 1)],
    "Categories over time": [
        (FIRST, "timeout", 2),
        (SECOND, "flaky_test", 4),
        (SECOND, "timeout", 1),
        (SECOND, "unclassified", 1),
    ],
    "By repository": [
        ("org/lib", "flaky_test", 4),
        ("org/lib", "timeout", 1),
        ("org/app", "timeout", 2),
        ("unknown", "unclassified", 1),
    ],
    "By workflow": [("CI", "flaky_test", 4), ("CI", "timeout", 3), ("unknown", "unclassified", 1)],
    "By framework": [("jest", "flaky_test", 4), ("pytest", "timeout", 3), ("unknown", "unclassified", 1)],
    "Top groups": [
        ("d", "timeout", "org/app", 10, OLD, OLD, "too slow"),
        ("b", "flaky_test", "org/lib", 4, DAYS[1], DAYS[1], "the second try passed"),
        ("a", "timeout", "org/lib", 3, *DAYS, "too slow"),
        ("c", "unclassified", "unknown", 1, DAYS[1], DAYS[1], None),
    ],
    "Flaky candidates": [("suite::case", "org/lib", 4, 1, DAYS[1], DAYS[1])],
    "Cost over time": [(FIRST, "m-1", 0.25), (SECOND, "m-2", 0.5)],
    "Cost by model": [("m-2", 0.5, 1, 500, 20, 0, 0), ("m-1", 0.25, 1, 1_000, 50, 800, 100)],
    "Confidence": [(0.8, "llm", 2), (0.9, "rules", 1)],
    "Confidence by category and judge": [("timeout", "llm", 2, 0.85), ("flaky_test", "rules", 1, 0.95)],
}


@pytest.fixture(scope="module")
def stored(opensearch_node: Node) -> tuple[str, str]:
    """The address of a server, and the name of the index with what is stored."""
    index_name = f"errors-{uuid4().hex[:12]}"
    endpoint = Endpoint(opensearch_node.url, timeout=20)
    with OpenSearchStore(Server(connect(endpoint), endpoint.name, sleep=lambda _: None), index_name) as store:
        store.save(STORED)
        store.prune(NOON - timedelta(days=30))
    requests.post(f"{opensearch_node.url}/{index_name}*/_refresh", timeout=20).raise_for_status()
    return opensearch_node.url, index_name


def asked(stored: tuple[str, str], title: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a chart is, and the server's answer to it."""
    url, index_name = stored
    objects = saved_objects(index_name)
    patterns = {each["id"]: each["attributes"]["title"] for each in objects if each["type"] == "index-pattern"}
    chart = next(
        each for each in objects if each["type"] == "visualization" and each["attributes"]["title"] == f"[{index_name}] {title}"
    )
    attributes, index = decoded(chart), patterns[chart["references"][0]["id"]]
    response = requests.post(f"{url}/{index}/_search", json=search_body(attributes), timeout=20)
    assert response.status_code == 200, response.text
    return attributes, response.json()


def test_every_chart_is_tried() -> None:
    titles = {each["attributes"]["title"] for each in saved_objects("errors") if each["type"] == "visualization"}
    assert titles == {f"[errors] {title}" for title in EXPECTED}


@pytest.mark.parametrize("title", EXPECTED)
def test_a_chart_shows_what_is_stored(stored: tuple[str, str], title: str) -> None:
    attributes, answer = asked(stored, title)
    assert answer["_shards"]["failed"] == 0
    assert [tuple(row) for row in rows(attributes, answer)] == [pytest.approx(row) for row in EXPECTED[title]]


def test_lists_hold_what_is_stored(stored: tuple[str, str]) -> None:
    url, index_name = stored
    found = {}
    for each in saved_objects(index_name):
        if each["type"] == "search":
            source = decoded(each)
            body = {"query": {"query_string": {"query": source["source"]["query"]["query"]}}, "sort": [dict(source["sort"])]}
            hits = requests.post(f"{url}/{index_name}/_search", json=body, timeout=20).json()["hits"]["hits"]
            found[each["attributes"]["title"].split("] ")[1]] = [hit["_source"]["s_error_id"] for hit in hits]
    assert found["Unclassified errors"] == ["id4"]
    assert sorted(found["Recent errors"]) == ["id1", "id2", "id3", "id4"]
    assert found["Recent errors"][-1] == "id1"


def test_index_patterns_know_the_fields_that_the_server_has(stored: tuple[str, str]) -> None:
    url, index_name = stored
    for pattern in saved_objects(index_name)[:2]:
        attributes = decoded(pattern)
        fields = requests.get(f"{url}/{attributes['title']}/_field_caps?fields=*", timeout=20).json()["fields"]
        known = {each["name"]: each for each in attributes["fields"] if not each["name"].startswith("_")}
        served = {name: caps for name, caps in fields.items() if not name.startswith("_") and "object" not in caps}
        assert set(known) == set(served)
        for name, caps in served.items():
            (kind,) = caps
            assert known[name]["esTypes"] == [kind]
            assert known[name]["aggregatable"] == caps[kind]["aggregatable"]
            assert known[name]["searchable"] == caps[kind]["searchable"]


def created(node: Node, name: str) -> int:
    """The status of making the first month of an index, which is removed again."""
    url = f"{node.url}/{quote(f'{name}-2025.03', safe='')}"
    status = requests.put(url, timeout=20).status_code
    if status == 200:
        requests.delete(url, timeout=20)
    return status


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip(".")])
def test_the_server_refuses_the_names_that_we_refuse(opensearch_node: Node, name: str) -> None:
    assert created(opensearch_node, name) == 400


@pytest.mark.parametrize("name", TAKEN)
def test_the_server_takes_the_names_that_we_take(opensearch_node: Node, name: str) -> None:
    assert created(opensearch_node, name) == 200
