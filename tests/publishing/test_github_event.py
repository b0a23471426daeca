from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.models import RunContext
from error_classification.publishing.ci_run import CIRun, Provider
from error_classification.publishing.github_event import pull_request_number, with_event

HERE = {"id": 1}
SHA = "0123456789abcdef0123456789abcdef01234567"


def listed(number: int, repository: object = HERE) -> dict[str, Any]:
    return {"number": number, "base": {"repo": repository}}


@pytest.mark.parametrize(
    ("ref", "event", "expected"),
    [
        ("refs/pull/12/merge", {}, 12),
        ("refs/pull/12/head", {}, 12),
        ("refs/pull/12/merge/x", {}, 0),
        ("refs/heads/refs/pull/12", {}, 0),
        (f"refs/heads/gh-readonly-queue/main/pr-9-{SHA}", {}, 9),
        ("refs/heads/gh-readonly-queue/main/pr-9-short", {}, 0),
        ("refs/heads/main", {}, 0),
        ("refs/heads/main", {"pull_request": {"number": 3}}, 3),
        ("refs/heads/main", {"issue": {"number": 4, "pull_request": {"url": "x"}}}, 4),
        ("refs/heads/main", {"issue": {"number": 4}}, 0),
        ("refs/heads/main", {"workflow_run": {"pull_requests": [listed(5)]}, "repository": HERE}, 5),
        ("refs/heads/main", {"workflow_run": {"pull_requests": [listed(8, {"id": 2}), listed(5)]}, "repository": HERE}, 5),
        ("refs/heads/main", {"workflow_run": {"pull_requests": [listed(8, {"id": 2})]}, "repository": HERE}, 0),
        ("refs/heads/main", {"check_suite": {"pull_requests": [listed(6)]}, "repository": HERE}, 6),
        ("refs/heads/main", {"check_run": {"pull_requests": [{"number": 7}]}}, 7),
        ("refs/heads/main", {"pull_request": {"number": True}}, 0),
        ("refs/heads/main", {"pull_request": {"number": "3"}, "check_suite": []}, 0),
        ("refs/heads/main", {"pull_request": {"number": -3}}, 0),
    ],
)
def test_the_pull_request(ref: str, event: dict[str, Any], expected: int) -> None:
    assert pull_request_number(ref, event) == expected


CI = CIRun(Provider.GITHUB, RunContext("acme/app", "77", "CI", "", "test", "", 2, "main", "", "merged", "ada"))


def test_the_commit_is_that_of_the_branch_and_not_of_the_trial_merge() -> None:
    found = with_event(CI, "refs/pull/3/merge", {"pull_request": {"number": 3, "head": {"sha": SHA}}})
    assert (found.run.commit_sha, found.run.pr_id) == (SHA, "3")
    assert with_event(CI, "refs/heads/main", {}).run == CI.run


def test_a_run_that_looks_at_another_one_takes_its_place() -> None:
    other = {"id": 5, "run_attempt": 3, "name": "Tests", "head_branch": "fix", "head_sha": SHA, "actor": {"login": "eve"}}
    found = with_event(CI, "refs/heads/main", {"workflow_run": other, "repository": HERE})
    assert found.run == RunContext("acme/app", "5", "Tests", "", "", "", 3, "fix", "", SHA, "eve")


def test_a_check_suite_names_its_commit() -> None:
    assert with_event(CI, "refs/heads/main", {"check_suite": {"head_sha": SHA}}).run.commit_sha == SHA


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["pull_request", "workflow_run", "pull_requests", "issue", "check_suite", "number", "head", "base", "repo", "id", "sha"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_an_event_of_any_shape_is_no_reason_to_fail(event: object) -> None:
    found = with_event(CI, "refs/heads/main", event)
    assert found.provider is Provider.GITHUB
    assert not found.run.pr_id or int(found.run.pr_id) > 0
