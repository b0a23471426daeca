"""What is particular to the store in OpenSearch, on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_strategies import CLASSIFICATIONS
from opensearch_node.node import Node
from opensearch_stores import facts, many, server_at, spooling_store
from store_builders import HASH, OTHER, at, occurrence, verdict
from test_stores_agree import STEPS, Step, view

from error_classification.errors import NewerStoreError, StoreError
from error_classification.models import ErrorClassification
from error_classification.opensearch_schema import index_body
from error_classification.storage.memory import MemoryStore
from error_classification.storage.opensearch.preparing import keep_for, prepare
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.store import OpenSearchStore
from error_classification.storage.opensearch.uploading import RefusedError

pytestmark = pytest.mark.opensearch

FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def server(opensearch_node: Node) -> Server:
    return server_at(opensearch_node.url)


@pytest.fixture
def store(server: Server, index_name: str) -> Iterator[OpenSearchStore]:
    with OpenSearchStore(server, index_name) as opened:
        yield opened


def impossible(error_id: str) -> ErrorClassification:
    """No server takes a number as large as this one."""
    known = occurrence(error_id)
    return replace(known, error=replace(known.error, context=replace(known.error.context, exit_code=1 << 70)))


def search(server: Server, index_name: str, query: dict[str, Any]) -> list[str]:
    hits = server.search(index_name, {"query": query, "size": 100})["hits"]["hits"]
    return sorted(hit["_id"] for hit in hits)


def test_occurrences_lie_in_the_month_in_which_they_occurred(store: OpenSearchStore, server: Server, index_name: str) -> None:
    late = replace(occurrence("c"), occurred_at=datetime(2024, 12, 31, 23, 59, 59, 999_999, UTC))
    store.save([occurrence("a"), occurrence("b", minute=60 * 24 * 31), late])
    found = server.client.indices.get_alias(name=index_name)
    assert sorted(found) == [f"{index_name}-{month}" for month in ("2024.12", "2025.03", "2025.04")]
    assert [each.error_id for each in store.recent()] == ["b", "a", "c"]


def test_the_same_error_with_another_months_time_is_not_counted_again(store: OpenSearchStore) -> None:
    first = store.save([occurrence("a", count=3)])
    again = store.save([replace(occurrence("a", count=3), occurred_at=at(60 * 24 * 40))])
    assert again == first


def test_saving_again_what_is_there_writes_nothing(store: OpenSearchStore, server: Server, index_name: str) -> None:
    def written() -> int:
        total: int = server.client.indices.stats(index=f"{index_name}*")["_all"]["primaries"]["indexing"]["index_total"]
        return total

    first = store.save(many(50))
    before = written()
    assert store.save(many(50)) == first
    assert written() == before


def test_a_month_that_retention_removed_stays_in_the_counts(store: OpenSearchStore, server: Server, index_name: str) -> None:
    old = occurrence("old", count=5)
    store.save([old])
    server.client.indices.delete(index=f"{index_name}-2025.03")
    group = store.save([occurrence("new", minute=60 * 24 * 60), old])[HASH]
    assert (group.occurrence_count, group.first_seen) == (6, at(0))


def test_what_a_writer_left_half_done_is_put_right_by_the_next(store: OpenSearchStore, server: Server, index_name: str) -> None:
    batch = [occurrence("a"), occurrence("b", OTHER)]
    groups = store.save(batch)
    server.client.delete(index=f"{index_name}_groups", id=HASH, params={"refresh": "true"})
    assert list(store.groups([HASH, OTHER])) == [OTHER]
    assert store.stats().groups == 1
    assert store.save(batch) == groups


def test_searches_of_dashboards_find_what_they_look_for(store: OpenSearchStore, server: Server, index_name: str) -> None:
    flaky = verdict(category="flaky_test", subcategory="order", confidence=0.4)
    store.save([occurrence("a"), occurrence("b", OTHER, answer=flaky, repo="org/lib", text="the order of Tests")])
    assert search(server, index_name, {"term": {"s_primary_category": "flaky_test"}}) == ["b"]
    assert search(server, index_name, {"range": {"f_confidence_score": {"gte": 0.8}}}) == ["a"]
    assert search(server, index_name, {"exists": {"field": "s_root_cause_summary"}}) == ["a", "b"]
    assert search(server, index_name, {"match": {"s_error_full_text": "TESTS"}}) == ["b"]
    counted = {"size": 0, "aggs": {"repos": {"terms": {"field": "s_repo"}}}}
    buckets = server.search(index_name, counted)["aggregations"]["repos"]["buckets"]
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == {"org/app": 1, "org/lib": 1}
    assert search(server, f"{index_name}_groups", {"term": {"s_subcategory": "order"}}) in ([], [OTHER])
    assert store.find_hashes(OTHER) == [OTHER]
    assert search(server, f"{index_name}_groups", {"term": {"s_subcategory": "order"}}) == [OTHER]


def test_what_is_refused_for_its_content_does_not_hold_up_the_rest(server: Server, index_name: str, tmp_path: Path) -> None:
    with spooling_store(server, index_name, tmp_path) as store:
        with pytest.raises(RefusedError, match=r"refuses 1 of 3 occurrences for their content: .*l_exit_code"):
            store.save([occurrence("a"), impossible("b"), occurrence("c", OTHER)])
        assert sorted(each.error_id for each in store.recent()) == ["a", "c"]
        assert store.groups([HASH])[HASH].occurrence_count == 1
        assert store.deliver() == 0
    (line,) = (tmp_path / "dead-letters.ndjson").read_text("utf-8").splitlines()
    letter = json.loads(line)
    assert (letter["index"], letter["document"]["s_error_id"]) == (f"{index_name}-2025.03", "b")
    assert "l_exit_code" in letter["reason"]


def test_what_waits_and_is_refused_then_waits_no_more(server: Server, index_name: str, tmp_path: Path) -> None:
    with spooling_store(server_at("http://127.0.0.1:9"), index_name, tmp_path) as away:
        with pytest.raises(StoreError, match="Connection refused: spooled 2"):
            away.save([impossible("a"), occurrence("b")])
        assert away.groups([HASH]) == {}
        assert away.save([occurrence("c", OTHER)]) == {}
    with spooling_store(server, index_name, tmp_path, address="http://127.0.0.1:9") as store:
        with pytest.raises(RefusedError):
            store.save([occurrence("d")])
        assert sorted(each.error_id for each in store.recent()) == ["b", "c", "d"]
        assert store.deliver() == 0


def test_a_store_of_a_newer_version_is_left_alone(store: OpenSearchStore, server: Server, index_name: str) -> None:
    store.save([occurrence("a")])
    newer = {"_meta": {"schema_version": 2}}
    server.client.indices.put_mapping(index=f"{index_name}_groups", body=newer)
    with OpenSearchStore(server_at(server.name), index_name) as later:
        uses = (lambda: later.save([occurrence("b")]), lambda: later.groups([HASH]), later.recent, lambda: later.prune(at(9)))
        for use in uses:
            with pytest.raises(NewerStoreError, match="schema 2"):
                use()
    assert search(server, index_name, {"match_all": {}}) == ["a"]


def test_setting_up_again_changes_nothing_and_an_older_schema_is_brought_up_to_date(server: Server, index_name: str) -> None:
    assert prepare(server, index_name)
    assert not prepare(server, index_name)
    mapping = server.client.indices.get_mapping(index=f"{index_name}_groups")
    assert mapping[f"{index_name}_groups"]["mappings"]["dynamic"] == "strict"


def test_an_index_that_has_the_name_already_is_not_touched(store: OpenSearchStore, server: Server, index_name: str) -> None:
    server.client.indices.create(index=index_name, body=index_body())
    with pytest.raises(StoreError, match="its name is wanted for the alias"):
        store.save([occurrence("a")])


def test_a_server_without_index_state_management_is_noticed(server: Server, index_name: str) -> None:
    assert not keep_for(server, index_name, 90)


@pytest.mark.parametrize("text", ["half \ud800 of a pair", "\0 and \x1b[31m", "0" * 40_000, "\N{PILE OF POO} ünï"])
def test_any_text_comes_back(store: OpenSearchStore, text: str) -> None:
    wanted = occurrence("a", text=text)
    store.save([wanted])
    assert store.recent() == [wanted]
    assert store.groups([HASH])[HASH].normalized_text == wanted.error.normalized_text


def test_a_document_of_somebody_else_is_named(store: OpenSearchStore, server: Server, index_name: str) -> None:
    store.save([occurrence("a")])
    server.client.index(index=f"{index_name}-2025.03", id="x", body={"s_error_hash": HASH}, params={"refresh": "true"})
    with pytest.raises(StoreError, match="a document in it is not of this program"):
        store.occurrences(HASH)


def test_more_than_a_page_is_found(store: OpenSearchStore) -> None:
    wanted = [occurrence(f"id{number:04}", f"{number % 1100:016x}", minute=number // 10) for number in range(2_300)]
    store.save(wanted)
    assert [each.error_id for each in store.recent(limit=2_250)] == [each.error_id for each in wanted[::-1]][:2_250]
    assert len(store.find_hashes("", limit=5_000)) == 1_100
    assert store.stats().groups == 1_100
    assert store.prune(at(120)).occurrences == 1_200
    assert store.stats().occurrences == 1_100


@FEW
@given(st.lists(STEPS, max_size=8))
def test_it_answers_as_the_other_stores_do_after_any_steps(opensearch_node: Node, steps: list[Step]) -> None:
    memory = MemoryStore()
    with OpenSearchStore(server_at(opensearch_node.url), fresh_name()) as opened:
        for step in steps:
            step(memory)
            step(opened)
        assert view(opened) == view(memory)


@FEW
@given(st.lists(CLASSIFICATIONS, max_size=3, unique_by=lambda each: each.error_id))
def test_what_is_saved_comes_back(opensearch_node: Node, batch: list[ErrorClassification]) -> None:
    with OpenSearchStore(server_at(opensearch_node.url), fresh_name()) as opened:
        opened.save(batch)
        assert {each.error_id: each for each in opened.recent()} == {each.error_id: each for each in batch}
        assert facts(opened)[1] == sorted(each.error_id for each in batch)


def fresh_name() -> str:
    """For each example its own: the fixture makes one for all of them."""
    return f"errors-{uuid4().hex[:12]}"
