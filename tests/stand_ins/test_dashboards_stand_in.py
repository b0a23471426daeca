"""The stand-in for OpenSearch Dashboards answers as its public source says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from stand_ins.dashboards import DashboardsServer

PATTERN = {"id": "p", "type": "index-pattern", "attributes": {"title": "errors"}, "references": []}
CHART = {
    "id": "v",
    "type": "visualization",
    "attributes": {"title": "Chart"},
    "references": [{"name": "index", "type": "index-pattern", "id": "p"}],
}
BOARD = {
    "id": "d",
    "type": "dashboard",
    "attributes": {"title": "Board"},
    "references": [{"name": "panel_0", "type": "visualization", "id": "gone"}],
}


@pytest.fixture
def server() -> Iterator[DashboardsServer]:
    with DashboardsServer() as started:
        yield started


def send(
    server: DashboardsServer, *objects: object, query: str = "?overwrite=true", name: str = "a.ndjson", field: str = "file"
) -> requests.Response:
    content = "\n".join(json.dumps(each) for each in objects).encode()
    files = {field: (name, content, "application/ndjson")}
    url = f"{server.url}/api/saved_objects/_import{query}"
    return requests.post(url, files=files, headers={"osd-xsrf": "x"}, timeout=5)


def errors(response: requests.Response) -> dict[str, Any]:
    body = response.json()
    assert response.status_code == 200
    assert body["success"] is False
    return {each["id"]: each["error"] for each in body["errors"]}


def test_objects_are_taken(server: DashboardsServer) -> None:
    answer = send(server, CHART, PATTERN).json()
    assert (answer["success"], answer["successCount"], len(answer["successResults"])) == (True, 2, 2)
    assert "errors" not in answer
    assert server.objects == {("visualization", "v"): CHART, ("index-pattern", "p"): PATTERN}


def test_a_reference_may_lead_to_what_is_there_already(server: DashboardsServer) -> None:
    missing = {"type": "missing_references", "references": [{"type": "index-pattern", "id": "p"}]}
    assert errors(send(server, CHART)) == {"v": missing}
    assert server.objects == {}
    send(server, PATTERN)
    assert send(server, CHART).json()["success"] is True


def test_only_references_to_patterns_and_searches_are_looked_after(server: DashboardsServer) -> None:
    assert send(server, BOARD).json()["success"] is True


@pytest.mark.parametrize("query", ["", "?overwrite=false"])
def test_what_is_there_is_in_conflict_unless_it_is_overwritten(server: DashboardsServer, query: str) -> None:
    send(server, PATTERN)
    assert errors(send(server, PATTERN, BOARD, query=query)) == {"p": {"type": "conflict"}}
    assert ("dashboard", "d") in server.objects
    assert send(server, PATTERN).json()["success"] is True


def test_types_that_are_not_known_are_named(server: DashboardsServer) -> None:
    assert errors(send(server, {"id": "1", "type": "lens"})) == {"1": {"type": "unsupported_type"}}


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"headers": {}, "files": {"file": ("a.ndjson", b"{}")}}, 400, "osd-xsrf"),
        ({"data": b"{}"}, 415, "Media"),
        ({"files": {"other": ("a.ndjson", b"{}")}}, 400, "request body.file"),
        ({"files": {"file": ("a.json", b"{}")}}, 400, "Invalid file extension .json"),
        ({"files": {"file": ("a.ndjson", b"{")}}, 400, "Unexpected token"),
        ({"files": {"file": ("a.ndjson", b" " * 2_000)}}, 413, "greater than maximum"),
    ],
)
def test_requests_of_another_form_are_refused(server: DashboardsServer, sent: dict[str, Any], status: int, words: str) -> None:
    server.switches.longest = 1_000
    given = {"headers": {"osd-xsrf": "true"}} | sent
    answer = requests.post(f"{server.url}/api/saved_objects/_import", timeout=5, **given)
    assert answer.status_code == answer.json()["statusCode"] == status
    assert words in answer.json()["message"]


def test_who_may_not_write_gets_a_403(server: DashboardsServer) -> None:
    server.switches.read_only = True
    assert send(server, PATTERN).status_code == 403
    assert server.objects == {}


@pytest.mark.parametrize(("user", "status"), [(("ada", "right"), 200), (("ada", "wrong"), 401), (None, 401)])
def test_only_its_user_is_let_in(server: DashboardsServer, user: tuple[str, str] | None, status: int) -> None:
    server.switches.username, server.switches.password = "ada", "right"
    files = {"file": ("a.ndjson", json.dumps(PATTERN).encode())}
    url = f"{server.url}/api/saved_objects/_import"
    assert requests.post(url, files=files, headers={"osd-xsrf": "x"}, auth=user, timeout=5).status_code == status


def test_there_is_nothing_else(server: DashboardsServer) -> None:
    assert requests.get(f"{server.url}/api/saved_objects/_import", timeout=5).status_code == 404
    assert requests.post(f"{server.url}/api/saved_objects/_find", timeout=5).status_code == 404
