"""The commands with --store opensearch, over a real server; and without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Program
from opensearch_node.node import Node

OUT_OF_REACH = "http://127.0.0.1:9"


@pytest.mark.opensearch
def test_what_one_command_stores_the_others_find(run: Program, log: Path, opensearch_node: Node, index_name: str) -> None:
    there = {"OPENSEARCH_URL": opensearch_node.url, "ERROR_CLASSIFICATION_INDEX": index_name}
    named = ("--store", "opensearch")
    setup = run("setup", "opensearch", "--retention-days", 90, **there)
    assert (setup.code, setup.out) == (0, f"{index_name} at {opensearch_node.url}: set up\n")
    assert "no Index State Management; `error-classification prune --older-than 90d` does it" in setup.err
    assert run("setup", "opensearch", **there).out.endswith(": already set up\n")
    first = run("classify", log, *named, "--format", "ndjson", **there)
    assert first.code == 0, first.err
    (error, *_) = first.records
    again = run("classify", log, *named, "--format", "ndjson", **there)
    assert again.records[0]["occurrence_count"] == error["occurrence_count"] == 1
    assert error["error_hash"] in run("show", error["error_hash"][:8], *named, **there).out
    assert run("label", error["error_hash"], "timeout/job", *named, **there).code == 0
    stats = json.loads(run("stats", *named, "--format", "json", **there).out)
    assert "timeout" in json.dumps(stats)
    assert run("prune", "--older-than", "1d", "--dry-run", *named, **there).code == 0
    assert not run.store.exists()


def test_without_its_server_the_work_is_done_and_what_is_found_waits(run: Program, log: Path) -> None:
    there = {"OPENSEARCH_URL": OUT_OF_REACH}
    done = run("classify", log, ".", "--store", "opensearch", "--format", "ndjson", **there)
    assert done.code == 3
    assert done.records[0]["primary_category"] == "dependency_error"
    (said,) = [line for line in done.err.splitlines() if line.startswith("not done")]
    assert f"{OUT_OF_REACH} is out of reach: Connection refused: spooled" in said
    assert (run.store.parent / "opensearch-spool.sqlite3").is_file()
    later = run("classify", log, "--store", "opensearch", **there)
    assert "1 occurrence of earlier runs waiting" in later.err


@pytest.mark.parametrize("arguments", [("stats",), ("show", "ab"), ("prune", "--older-than", "1d")])
def test_looking_into_a_server_that_is_not_there_fails(run: Program, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--store", "opensearch", OPENSEARCH_URL=OUT_OF_REACH)
    assert (done.code, done.out) == (3, "")
    assert "is out of reach: Connection refused (check OPENSEARCH_URL, and that it runs)" in done.err


@pytest.mark.parametrize("arguments", [("stats", "--store", "opensearch"), ("setup", "opensearch")])
def test_the_address_is_needed(run: Program, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "OPENSEARCH_URL is not set" in done.err


def test_what_would_be_sent_and_the_roles_are_printed_and_nothing_is_sent(run: Program) -> None:
    planned = json.loads(run("setup", "opensearch", "--dry-run", "--retention-days", 30, OPENSEARCH_URL=OUT_OF_REACH).out)
    assert [each["request"] for each in planned] == [
        "PUT _index_template/error_classifications",
        "PUT error_classifications_groups",
        "PUT _plugins/_ism/policies/error_classifications-retention",
    ]


def test_roles_name_the_indices_of_metrics_and_those_that_errors_are_read_from(run: Program) -> None:
    here = {"OPENSEARCH_URL": OUT_OF_REACH, "TESTS_INDEX": "ci-tests"}
    elsewhere = {"JOB_INDEX": f"{OUT_OF_REACH}/ci-jobs/_doc", "STEPS_INDEX": "https://ann:secret@other.example/steps"}
    printed = run("setup", "opensearch", "--print-roles", **here, **elsewhere)
    roles = {each["request"].rpartition("/")[2]: each["body"]["index_permissions"] for each in json.loads(printed.out)}
    assert "error_classifications" in roles["error_classifications_uploader"].pop(0)["index_patterns"]
    assert "error_classifications" in roles["error_classifications_reader"].pop(0)["index_patterns"]
    patterns = {name: [each["index_patterns"] for each in permissions] for name, permissions in roles.items()}
    assert patterns == {
        "error_classifications_uploader": [["ci-jobs", "ci-tests"]],
        "error_classifications_reader": [["ci-jobs", "ci-jobs-*", "ci-tests"]],
        "error_classifications_metrics_uploader": [["ci-jobs", "ci-jobs-*"]],
    }
    assert "secret" not in printed.out


@pytest.mark.opensearch
def test_indices_of_metrics_are_set_up_with_the_others(run: Program, opensearch_node: Node, index_name: str) -> None:
    job, step = f"{index_name}-job", f"{index_name}-step"
    url, places = opensearch_node.url, ("_index_template/", "")
    named = {"WORKFLOW_INDEX": job, "JOB_INDEX": job, "STEPS_INDEX": f"{url}/{step}"}
    there = {"OPENSEARCH_URL": url, "ERROR_CLASSIFICATION_INDEX": index_name} | named
    planned = json.loads(run("setup", "opensearch", "--dry-run", **there).out)
    assert [each["request"] for each in planned][2:] == [f"PUT {place}{name}" for name in (job, step) for place in places]
    for told in ("set up", "already set up"):
        done = run("setup", "opensearch", **there)
        assert done.code == 0
        assert done.out.splitlines() == [f"{name} at {url}: {told}" for name in (index_name, job, step)]


def test_a_project_cannot_send_the_users_errors_elsewhere(run: Program, log: Path) -> None:
    Path(".error-classification.toml").write_text('opensearch_ca_file = "their.pem"\n')
    done = run("classify", log, "--store", "opensearch", OPENSEARCH_URL=OUT_OF_REACH)
    assert (done.code, done.out) == (2, "")
    assert "opensearch_ca_file may not stand in a project's file" in done.err
