"""What is wrong with a policy (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

JSON = Mapping[str, Any]

_KNOWN = frozenset(("description", "default_state", "states", "ism_template", "error_notification"))
_ACTIONS = frozenset(
    ("force_merge", "read_only", "read_write", "replica_count", "shrink", "close", "open", "delete", "rollover", "notification")
)
_CONDITIONS = frozenset(("min_index_age", "min_rollover_age", "min_doc_count", "min_size", "cron"))
_AGE = re.compile(r"[1-9]\d*(?:d|h|m|s|ms|micros|nanos)")


def problem_of(document: object) -> str:
    """Why it would be refused; empty where it would not."""
    policy = document.get("policy") if isinstance(document, dict) and set(document) == {"policy"} else None
    return next(_problems(policy), "") if isinstance(policy, dict) else "a policy is what is wanted, under that name"


def _problems(policy: JSON) -> Iterator[str]:
    if unknown := set(policy) - _KNOWN:
        yield f"unknown fields: {sorted(unknown)}"
    states = policy.get("states") or []
    names = [state.get("name") for state in states]
    if not isinstance(policy.get("description"), str) or not names or len(set(names)) < len(names):
        yield "a description, and states with names of their own"
    if policy.get("default_state") not in names:
        yield "the default state is no state"
    for state in states:
        yield from _problems_of_state(state, names)
    for template in policy.get("ism_template") or []:
        patterns, priority = template.get("index_patterns"), template.get("priority", 0)
        if not patterns or any("#" in pattern or pattern.startswith("_") or "," in pattern for pattern in patterns):
            yield "patterns of indices"
        if not isinstance(priority, int) or priority < 0:
            yield "a priority is no less than 0"


def _problems_of_state(state: JSON, names: list[str]) -> Iterator[str]:
    for action in state.get("actions", []):
        if len(action) != 1 or set(action) - _ACTIONS:
            yield f"no such action: {sorted(action)}"
    for transition in state.get("transitions", []):
        conditions = transition.get("conditions", {})
        if transition.get("state_name") not in names:
            yield "a transition leads nowhere"
        if len(conditions) > 1 or set(conditions) - _CONDITIONS:
            yield "a transition has one condition, of a known kind"
        if "min_index_age" in conditions and not _AGE.fullmatch(conditions["min_index_age"]):
            yield "an age is a number with its unit"
