"""``setup opensearch --dashboards``: what is printed, what is sent to whom, and what is looked at before."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from cli_runner import Program
from opensearch_node.node import Node

from error_classification.opensearch_schema.dashboards import dashboard_id, ndjson
from stand_ins.dashboards import DashboardsServer, Switches

SETUP = ("setup", "opensearch", "--dashboards")


@pytest.fixture
def server() -> Iterator[DashboardsServer]:
    with DashboardsServer(switches=Switches("ada", "secret")) as started:
        yield started


def test_a_dry_run_prints_the_file_and_sends_nothing(run: Program, server: DashboardsServer) -> None:
    done = run(*SETUP, server.url, "--dry-run", ERROR_CLASSIFICATION_INDEX="errors")
    assert (done.code, done.out, done.err) == (0, ndjson("errors"), "")
    assert server.requests == []


def test_roles_are_printed_as_ever(run: Program, server: DashboardsServer) -> None:
    done = run(*SETUP, server.url, "--print-roles", "--dry-run")
    assert done.code == 0
    assert all(each["request"].startswith("PUT _plugins/_security/") for each in json.loads(done.out))


@pytest.mark.parametrize("name", ["Errors", "a/b", "_errors"])
def test_an_index_that_no_server_takes_is_refused(run: Program, name: str) -> None:
    done = run(*SETUP, "http://127.0.0.1:9", "--dry-run", ERROR_CLASSIFICATION_INDEX=name)
    assert (done.code, done.out) == (2, "")
    assert "can't be the name of an index" in done.err


@pytest.mark.parametrize("url", ["localhost", "https://ada:secret@host"])
def test_the_address_is_looked_at_before_anything_is_sent(run: Program, url: str) -> None:
    done = run(*SETUP, url, OPENSEARCH_URL="http://127.0.0.1:9")
    assert (done.code, done.out) == (2, "")
    assert "address" in done.err
    assert "secret" not in done.err


@pytest.mark.opensearch
def test_dashboards_follow_what_they_show(run: Program, server: DashboardsServer, opensearch_node: Node, index_name: str) -> None:
    given = {"OPENSEARCH_URL": opensearch_node.url, "ERROR_CLASSIFICATION_INDEX": index_name}
    done = run(*SETUP, server.url, OPENSEARCH_USERNAME="ada", OPENSEARCH_PASSWORD="secret", **given)
    assert done.code == 0, done.err
    where = f"{server.url}/app/dashboards#/view/{dashboard_id(index_name)}"
    assert done.out.splitlines()[-1] == f"17 objects at {where}"
    assert len(server.objects) == 17


@pytest.mark.opensearch
def test_the_user_may_stand_in_the_address_of_opensearch(
    run: Program, server: DashboardsServer, opensearch_node: Node, index_name: str
) -> None:
    url = opensearch_node.url.replace("://", "://ada:secret@")
    assert run(*SETUP, server.url, OPENSEARCH_URL=url, ERROR_CLASSIFICATION_INDEX=index_name).code == 0
    assert len(server.objects) == 17


@pytest.mark.opensearch
def test_a_refusal_is_one_line(run: Program, server: DashboardsServer, opensearch_node: Node, index_name: str) -> None:
    done = run(*SETUP, server.url, OPENSEARCH_URL=opensearch_node.url, ERROR_CLASSIFICATION_INDEX=index_name)
    assert done.code == 3
    assert "answers 401: Authentication required" in done.err
    assert "Traceback" not in done.err
