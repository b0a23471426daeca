from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearch_node.node import Node
from opensearchpy import OpenSearch, exceptions

from error_classification.extraction import extract
from error_classification.models import Artefact, ErrorContext, RunContext, SourceType
from error_classification.sources.opensearch import JOBS, OVERLAP, PAGE, STEPS, TESTS, Kind, OpenSearchSource

pytestmark = pytest.mark.opensearch

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def client(opensearch_node: Node) -> Iterator[OpenSearch]:
    with OpenSearch(hosts=[opensearch_node.url]) as opened:
        yield opened


def failed_test(**more: Any) -> dict[str, Any]:
    known = {"s_test_status": "failed", "s_test_name": "pkg.mod::test_a", "s_error_message": "ValueError: no such shop"}
    return {"@timestamp": NOON.isoformat(), **known, **more}


def failed_job(**more: Any) -> dict[str, Any]:
    messages = "[unit] [FAILURE] E: Unable to locate package libfoo | [unit] [WARNING] Node 16 is old"
    return {"@timestamp": NOON.isoformat(), "s_status": "failure", "s_annotation_messages": messages, **more}


def put(client: OpenSearch, index: str, *documents: dict[str, Any]) -> None:
    lines = [line for number, each in enumerate(documents) for line in ({"index": {"_id": f"d{number:05}"}}, each)]
    answer = client.bulk(index=index, body=lines, params={"refresh": "true"})
    assert not answer["errors"], answer


def source(client: OpenSearch, since: datetime = NOON - HOUR, until: datetime = NOON + HOUR, **indices: str) -> OpenSearchSource:
    kinds: dict[str, Kind] = {"tests": TESTS, "jobs": JOBS, "steps": STEPS}
    return OpenSearchSource(client, {kinds[name]: index for name, index in indices.items()}, since, until)


def names(artefacts: Iterator[Artefact]) -> list[str]:
    return [artefact.name.partition("/")[2] for artefact in artefacts]


def errors(artefact: Artefact) -> list[ErrorContext]:
    return list(extract(artefact.name, artefact.open()))


def test_a_failed_test_is_found_with_its_name_and_its_run(client: OpenSearch, index_name: str) -> None:
    run = {"s_repo": "org/app", "s_workflow_id": 77, "s_job_id": ["8"], "l_attempt": 2, "s_branch": "main", "s_user_alias": "ann"}
    put(client, index_name, failed_test(**run))
    (artefact,) = source(client, tests=index_name).artefacts()
    assert artefact.context == RunContext(
        repo="org/app", workflow_id="77", job_id="8", attempt=2, branch="main", user_alias="ann", ended_at=NOON
    )
    (error,) = errors(artefact)
    assert (error.source_type, error.test_name) == (SourceType.JUNIT, "pkg.mod::test_a")
    assert "ValueError: no such shop" in error.text


def test_annotations_of_a_job_are_found_and_are_one_occurrence_with_those_of_its_steps(
    client: OpenSearch, index_name: str
) -> None:
    put(client, f"{index_name}-jobs", failed_job(s_job_id="8", s_repo="org/app"))
    put(client, f"{index_name}-steps", failed_job(s_job_id="8", s_repo="org/app", s_step_id="8_3"))
    both = list(source(client, jobs=f"{index_name}-jobs", steps=f"{index_name}-steps").artefacts())
    assert [artefact.context.step_id for artefact in both] == ["", ""]
    assert both[0].digest() == both[1].digest()
    assert "Unable to locate package libfoo" in errors(both[0])[0].text
    (alone,) = source(client, steps=f"{index_name}-steps").artefacts()
    assert alone.context.step_id == "8_3"


def test_jobs_and_steps_may_share_an_index(client: OpenSearch, index_name: str) -> None:
    put(client, index_name, failed_job(s_job_id="8"), failed_job(s_job_id="8", s_step_id="8_3"))
    assert names(source(client, jobs=index_name).artefacts()) == ["d00000"]


@pytest.mark.parametrize(
    "document",
    [
        failed_test(s_test_status="passed"),
        failed_test(s_error_message=None),
        failed_test(s_error_type="timeout"),
        failed_test(**{"@timestamp": (NOON + HOUR).isoformat()}),
        failed_test(**{"@timestamp": (NOON - HOUR - timedelta(milliseconds=1)).isoformat()}),
    ],
    ids=["passed", "without text", "classified", "too late", "too early"],
)
def test_what_is_not_to_be_read_is_not(client: OpenSearch, index_name: str, document: dict[str, Any]) -> None:
    put(client, index_name, failed_test(s_test_status="FAILED"), document)
    assert names(source(client, tests=index_name).artefacts()) == ["d00000"]


class WithoutPointsInTime(OpenSearch):
    """What a client meets on a server that is older than they are."""

    def create_pit(self, **_: Any) -> Any:
        raise exceptions.RequestError(400, "illegal_argument_exception", {})


def points_in_time(client: OpenSearch, index_name: str) -> int:
    """How many are open on an index."""
    number: int = client.indices.stats(index=index_name)["_all"]["total"]["search"]["point_in_time_current"]
    return number


@pytest.mark.parametrize("kind", [OpenSearch, WithoutPointsInTime])
def test_everything_is_read_in_order_however_much_has_the_same_time(
    opensearch_node: Node, index_name: str, kind: type[OpenSearch]
) -> None:
    client = kind(hosts=[opensearch_node.url])
    number = 2 * PAGE + 37
    put(client, index_name, *(failed_test(s_test_name=f"a::test_{each}") for each in range(number)))
    read = source(client, tests=index_name)
    assert names(read.artefacts()) == [f"d{each:05}" for each in range(number)]
    assert (read.covered_until, read.warnings) == (NOON + HOUR - OVERLAP, [])
    assert points_in_time(client, index_name) == 0


def test_a_point_in_time_is_closed_also_when_nobody_reads_on(client: OpenSearch, index_name: str) -> None:
    put(client, index_name, failed_test(), failed_test())
    reading = source(client, tests=index_name).artefacts()
    next(reading)
    assert points_in_time(client, index_name) == 1
    reading.close()  # type: ignore[attr-defined]
    assert points_in_time(client, index_name) == 0


def test_an_index_that_is_not_there_holds_nothing(client: OpenSearch, index_name: str) -> None:
    put(client, index_name, failed_test())
    read = source(client, tests=index_name, jobs=f"{index_name}-none")
    assert names(read.artefacts()) == ["d00000"]
    assert read.warnings == []


def test_a_server_that_fails_leaves_the_mark_where_it_was() -> None:
    read = source(OpenSearch(hosts=["http://127.0.0.1:9"], max_retries=0), tests="t", jobs="j")
    assert list(read.artefacts()) == []
    assert (read.covered_until, len(read.warnings)) == (NOON - HOUR, 2)
    assert "tests in t not read to the end" in read.warnings[0]


@pytest.mark.parametrize(
    ("more", "test_name", "text"),
    [
        ({"s_error_message": "a < b & \"c\"\x1b[0m\0"}, "pkg.mod::test_a", 'a < b & "c"'),
        ({"s_test_name": None}, "unknown test", "no such shop"),
        ({"s_test_name": "test_x[a<b]"}, "test_x[a<b]", "no such shop"),
        ({"s_stack_trace": "File \"a.py\", line 3\nKeyError: 'k'"}, "pkg.mod::test_a", "KeyError: 'k'"),
    ],
)
def test_any_text_reaches_the_reader(
    client: OpenSearch, index_name: str, more: dict[str, Any], test_name: str, text: str
) -> None:
    put(client, index_name, failed_test(**more))
    (artefact,) = source(client, tests=index_name).artefacts()
    (error,) = errors(artefact)
    assert error.test_name == test_name
    assert text in error.text


@pytest.mark.parametrize(
    ("stamp", "ended_at"),
    [
        ("2025-03-01T12:00:00.000Z", NOON),
        ("2025-03-01T12:00:00", NOON),
        (1740830400000, NOON),
        ("2025-03-01T14:00:00+02:00", NOON),
    ],
)
def test_times_are_read_as_the_server_reads_them(client: OpenSearch, index_name: str, stamp: object, ended_at: datetime) -> None:
    client.indices.create(index=index_name, body={"mappings": {"properties": {"@timestamp": {"type": "date"}}}})
    put(client, index_name, failed_test(**{"@timestamp": stamp}))
    (artefact,) = source(client, tests=index_name).artefacts()
    assert artefact.context.ended_at == ended_at
