from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from model_strategies import ABSTENTIONS, CLASSIFICATIONS, VERDICTS
from opensearchpy import Connection, OpenSearch

from error_classification.errors import StoreError
from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    FingerprintedError,
    RunContext,
    SourceType,
    Usage,
    Verdict,
)
from error_classification.opensearch_schema import (
    ALL_FIELDS,
    GROUP_FIELDS,
    SCHEMA_VERSION,
    SNIPPET,
    SNIPPET_LENGTH,
    Document,
    answer_from_document,
    answer_to_document,
    create_index_if_not_exists,
    from_document,
    groups_index,
    groups_mappings,
    index_template,
    mappings,
    month_index,
    retention_policy,
    roles,
    to_document,
    utc_text,
)

NOON = datetime(2025, 1, 31, 12, tzinfo=UTC)

DASHBOARD_FIELDS = """
    s_error_id s_error_hash s_workflow_id s_job_id s_step_id s_test_name s_error_source s_framework s_user_alias s_repo
    s_workflow_name s_branch s_pr_id s_commit_sha s_error_snippet s_error_full_text s_primary_category s_subcategory
    f_confidence_score s_root_cause_summary s_classification_method s_model_version ts_classified_at b_is_duplicate
    l_occurrence_count ts_first_seen ts_last_seen l_prompt_tokens l_completion_tokens l_cached_tokens @timestamp
"""


MINIMAL = ErrorClassification(
    error_id="0f",
    error=FingerprintedError(ErrorContext(SourceType.TEXT, "-", "boom"), "boom", "00000000000000ab", 1),
    run=RunContext(),
    answer=Abstention("rules", "no rule matched"),
    classified_at=NOON,
    occurred_at=NOON,
)


@given(CLASSIFICATIONS)
def test_document_and_classification_are_the_same_value(classification: ErrorClassification) -> None:
    document = json.loads(json.dumps(to_document(classification)))
    assert from_document(document) == classification


@given(VERDICTS | ABSTENTIONS)
def test_answer_alone_round_trips(answer: Verdict | Abstention) -> None:
    assert answer_from_document(answer_to_document(answer)) == answer


@given(CLASSIFICATIONS)
def test_document_holds_only_fields_of_the_table_and_no_empty_value(classification: ErrorClassification) -> None:
    document = to_document(classification)
    assert set(document) <= {field.name for field in ALL_FIELDS}
    assert [name for name, value in document.items() if value is None or value in ("", [])] == []


def test_names_that_dashboards_depend_on_are_in_the_table() -> None:
    assert set(DASHBOARD_FIELDS.split()) <= {field.name for field in ALL_FIELDS}


def test_no_name_or_attribute_appears_twice() -> None:
    names = [field.name for field in ALL_FIELDS]
    paths = [field.path for field in ALL_FIELDS if field is not SNIPPET]
    assert len(set(names)) == len(names)
    assert len(set(paths)) == len(paths)


def test_every_name_has_a_known_prefix_and_the_type_it_promises() -> None:
    types = {"s": {"keyword", "text"}, "l": {"long"}, "f": {"double"}, "ts": {"date"}, "b": {"boolean"}, "@timestamp": {"date"}}
    for field in ALL_FIELDS:
        assert re.fullmatch(r"@timestamp|(s|l|f|ts|b)_[a-z_]+", field.name)
        assert field.mapping["type"] in types[field.name.partition("_")[0]]


def test_minimal_document_reads_as_expected() -> None:
    assert to_document(MINIMAL) == {
        "s_error_id": "0f",
        "s_error_hash": "00000000000000ab",
        "l_hash_version": 1,
        "b_generic": False,
        "s_normalized_text": "boom",
        "s_error_source": "text",
        "s_source": "-",
        "s_error_full_text": "boom",
        "s_error_snippet": "boom",
        "l_line_start": 0,
        "l_line_end": 0,
        "l_rank": 1,
        "s_outcome": "failed",
        "l_count": 1,
        "l_attempt": 1,
        "@timestamp": "2025-01-31T12:00:00.000000Z",
        "ts_classified_at": "2025-01-31T12:00:00.000000Z",
        "s_classification_method": "batch",
        "b_is_duplicate": False,
        "l_occurrence_count": 1,
        "s_primary_category": "unclassified",
        "f_confidence_score": 0.0,
        "s_judge": "rules",
        "s_reason": "no rule matched",
        "l_prompt_tokens": 0,
        "l_completion_tokens": 0,
        "l_cached_tokens": 0,
        "l_cache_write_tokens": 0,
        "f_cost_usd": 0.0,
    }


def test_usage_goes_to_the_token_fields() -> None:
    document = answer_to_document(Abstention("llm", "unsure", usage=Usage(10, 20, 30, 40, 0.5)))
    names = ("l_prompt_tokens", "l_completion_tokens", "l_cached_tokens", "l_cache_write_tokens", "f_cost_usd")
    assert [document[name] for name in names] == [10, 20, 30, 40, 0.5]


def test_parameters_are_terms_and_names_may_hold_the_separator() -> None:
    verdict = Verdict("rules", "timeout", "job", 0.5, "", parameters={"limit": "a=b%", "odd=na%3Dme": "1", "": ""})
    document = answer_to_document(verdict)
    assert document["s_parameters"] == ["limit=a=b%", "odd%3Dna%253Dme=1", "="]
    assert answer_from_document(document) == verdict


def test_snippet_is_cut_and_the_full_text_is_not() -> None:
    text = "x" * (SNIPPET_LENGTH + 1)
    error = replace(MINIMAL.error, context=replace(MINIMAL.error.context, text=text))
    document = to_document(replace(MINIMAL, error=error))
    assert (len(document["s_error_snippet"]), document["s_error_full_text"]) == (SNIPPET_LENGTH, text)


def test_a_document_with_unknown_fields_and_without_optional_ones_is_read() -> None:
    document = to_document(MINIMAL) | {"s_of_the_future": "x"}
    for name in ("l_rank", "l_count", "s_outcome", "l_occurrence_count", "l_prompt_tokens"):
        del document[name]
    assert from_document(document) == MINIMAL


@pytest.mark.parametrize("missing", ["s_primary_category", "s_error_source", "@timestamp", "ts_classified_at", "l_hash_version"])
def test_a_document_that_is_not_ours_raises(missing: str) -> None:
    document = to_document(MINIMAL)
    del document[missing]
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_document(document)


def test_times_are_utc_and_sort_as_text() -> None:
    moments = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1), NOON + timedelta(days=400)]
    texts = [utc_text(moment.astimezone(timezone(timedelta(hours=5)))) for moment in moments]
    assert texts == sorted(texts)
    assert [datetime.fromisoformat(text) for text in texts] == moments


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        utc_text(datetime(2025, 1, 31))


@pytest.mark.parametrize("mapping", [mappings(), groups_mappings()])
def test_mapping_has_no_id_and_takes_no_new_fields_and_says_its_version(mapping: Document) -> None:
    assert "_id" not in mapping["properties"]
    assert mapping["dynamic"] == "strict"
    assert mapping["_meta"] == {"schema_version": SCHEMA_VERSION}


def test_template_matches_the_months_and_neither_the_alias_nor_the_groups() -> None:
    template = index_template("errors")
    patterns = [re.compile(pattern.replace(".", r"\.").replace("*", ".*")) for pattern in template["index_patterns"]]
    names = ("errors", month_index("errors", NOON), "errors-old", "errors_groups", groups_index("errors"), "more-errors-2025.01")
    assert [name for name in names if any(pattern.fullmatch(name) for pattern in patterns)] == ["errors-2025.01"]
    assert template["template"]["mappings"] == mappings()
    assert template["template"]["aliases"] == {"errors": {}}


def test_the_month_is_that_of_utc() -> None:
    new_year_in_sydney = datetime(2025, 1, 1, 5, tzinfo=timezone(timedelta(hours=11)))
    assert month_index("errors", new_year_in_sydney) == "errors-2024.12"


def test_what_a_group_is_computed_from_is_kept_and_not_indexed() -> None:
    objects = [field for field in GROUP_FIELDS if field.name.startswith("o_")]
    assert [field.mapping for field in objects] == [{"type": "object", "enabled": False}] * 4


def test_retention_removes_months_only() -> None:
    policy = retention_policy("errors", 400)["policy"]
    assert policy["ism_template"][0]["index_patterns"] == ["errors-*.*"]
    states = {state["name"]: state for state in policy["states"]}
    (transition,) = states[policy["default_state"]]["transitions"]
    assert transition["conditions"] == {"min_index_age": "400d"}
    assert states[transition["state_name"]]["actions"] == [{"delete": {}}]


def test_nobody_may_delete_and_a_reader_may_not_write() -> None:
    documents = roles("errors", ["tests", "", "jobs"])
    actions = {
        name: [action for part in role["index_permissions"] for action in part["allowed_actions"]]
        for name, role in documents.items()
    }
    assert not [action for each in actions.values() for action in each if "delete" in action and "point_in_time" not in action]
    assert not [action for action in actions["errors_reader"] if "write" in action or "create" in action]
    assert documents["errors_uploader"]["index_permissions"][1]["index_patterns"] == ["jobs", "tests"]
    assert len(roles("errors")["errors_uploader"]["index_permissions"]) == 1


class Recorded(Connection):
    """A transport of the real client that answers from a table and keeps what was asked."""

    answers: dict[str, tuple[int, dict[str, Any]]] = {}  # noqa: RUF012
    requests: list[tuple[str, str, Any]] = []  # noqa: RUF012

    def perform_request(self, method: str, url: str, params: Any = None, body: Any = None, **_: Any) -> Any:
        self.requests.append((method, url, json.loads(body) if body else None))
        status, answer = self.answers[method]
        if status >= 400 and status not in _["ignore"]:
            self._raise_error(status, json.dumps(answer), "application/json")
        return status, {}, json.dumps(answer)


def recorded_client(monkeypatch: pytest.MonkeyPatch, **answers: tuple[int, dict[str, Any]]) -> OpenSearch:
    monkeypatch.setattr(Recorded, "answers", answers)
    monkeypatch.setattr(Recorded, "requests", [])
    return OpenSearch(hosts=["http://search.invalid:9200"], connection_class=Recorded)


def refusal(kind: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": {"type": kind, "reason": f"because of {kind}"}, "status": 400}


def test_index_is_created_with_the_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    client = recorded_client(monkeypatch, HEAD=(404, {}), PUT=(200, {"acknowledged": True}))
    assert create_index_if_not_exists(client, "errors")
    method, url, body = Recorded.requests[-1]
    assert (method, url) == ("PUT", "/errors")
    assert body["mappings"] == mappings()


def test_index_that_exists_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    client = recorded_client(monkeypatch, HEAD=(200, {}))
    assert not create_index_if_not_exists(client, "errors")
    assert [method for method, _, _ in Recorded.requests] == ["HEAD"]


def test_index_that_another_process_creates_meanwhile_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    client = recorded_client(monkeypatch, HEAD=(404, {}), PUT=refusal("resource_already_exists_exception"))
    assert not create_index_if_not_exists(client, "errors")


def test_refused_index_is_an_error_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    client = recorded_client(monkeypatch, HEAD=(404, {}), PUT=refusal("invalid_index_name_exception"))
    with pytest.raises(StoreError, match="index Errors could not be created: because of invalid_index_name_exception"):
        create_index_if_not_exists(client, "Errors")
