"""Retention by a policy of the server, against a stand-in for the plug-in that keeps policies."""

from __future__ import annotations

from typing import Any

import pytest
from opensearch_stores import server_at

from error_classification.errors import StoreError
from error_classification.opensearch_schema import retention_policy
from error_classification.storage.opensearch.preparing import keep_for
from stand_ins.ism import IsmServer, problem_of


def test_a_policy_is_made_and_then_changed_in_its_place() -> None:
    with IsmServer() as ism:
        server = server_at(ism.url)
        for days in (30, 30, 400):
            assert keep_for(server, "errors", days)
        ((name, (number, policy)),) = ism.policies.items()
        server.client.close()
    assert (name, number) == ("errors-retention", 3)
    (kept, removed) = policy["states"]
    assert kept["transitions"] == [{"state_name": "removed", "conditions": {"min_index_age": "400d"}}]
    assert removed["actions"] == [{"delete": {}}]
    assert policy["ism_template"] == [{"index_patterns": ["errors-*.*"], "priority": 100}], "the groups are none of its business"


def test_a_policy_that_somebody_changes_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    with IsmServer() as ism:
        server = server_at(ism.url)
        keep_for(server, "errors", 30)
        shown = ism._shown
        monkeypatch.setattr(ism, "_shown", lambda name: {**shown(name), "_seq_no": 99})
        with pytest.raises(StoreError, match=r"refuses \(409\): \[errors-retention\]: version conflict"):
            keep_for(server, "errors", 400)
        server.client.close()
        assert ism.changes == 1


def policy(**changed: Any) -> dict[str, Any]:
    return {"policy": retention_policy("errors", 30)["policy"] | changed}


def leading(state: str, **conditions: object) -> dict[str, Any]:
    return policy(states=[{"name": "kept", "transitions": [{"state_name": state, "conditions": conditions}]}])


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (policy(), ""),
        ({}, "a policy"),
        (policy(states=[]), "states"),
        (policy(default_state="gone"), "default state"),
        (policy(more=1), "unknown"),
        (policy(states=[{"name": "kept", "actions": [{"erase": {}}]}]), "no such action"),
        (leading("gone"), "leads nowhere"),
        (leading("kept", min_index_age="30 days"), "number with its unit"),
        (leading("kept", min_index_age="1d", min_doc_count=1), "one condition"),
        (policy(ism_template=[{"index_patterns": ["_x"], "priority": 1}]), "patterns"),
        (policy(ism_template=[{"index_patterns": ["x"], "priority": -1}]), "priority"),
    ],
)
def test_what_the_stand_in_refuses(document: object, said: str) -> None:
    assert said in problem_of(document)
    assert bool(said) is bool(problem_of(document))
