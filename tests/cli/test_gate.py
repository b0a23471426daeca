from __future__ import annotations

import pytest
from front_builders import MISSING_MODULE, UNKNOWN, classified

from error_classification.cli.gate import parse
from error_classification.errors import UsageError
from error_classification.models import Abstention, Outcome, Verdict


def verdict(category: str, subcategory: str = "") -> Verdict:
    return Verdict("rules", category, subcategory, 0.9, "")


@pytest.mark.parametrize(
    ("gate", "answer", "outcome", "fails"),
    [
        ("any", MISSING_MODULE, "failed", True),
        ("any", UNKNOWN, "errored", True),
        ("any", MISSING_MODULE, "flaky", False),
        ("dependency_error", MISSING_MODULE, "failed", True),
        ("timeout, dependency_error,", MISSING_MODULE, "failed", True),
        ("timeout", MISSING_MODULE, "failed", False),
        ("unclassified", UNKNOWN, "failed", True),
        ("unclassified", MISSING_MODULE, "failed", False),
        ("dependency_error", MISSING_MODULE, "flaky", False),
        ("flaky_test", MISSING_MODULE, "flaky", True),
        ("flaky_test", verdict("flaky_test", "data_race"), "failed", True),
        ("domain=code", MISSING_MODULE, "failed", True),
        ("domain=platform", MISSING_MODULE, "failed", False),
        ("domain=platform", verdict("network_error", "dns"), "failed", True),
        ("domain=code", verdict("network_error", "dns"), "failed", False),
        ("domain=code", verdict("timeout"), "failed", True),
        ("domain=platform", verdict("timeout"), "failed", True),
        ("domain=code", verdict("own_category", "x"), "failed", False),
        ("domain=code", UNKNOWN, "failed", False),
        ("domain=code", MISSING_MODULE, "flaky", False),
        ("own_category", verdict("own_category"), "failed", True),
    ],
)
def test_gate(gate: str, answer: Verdict | Abstention, outcome: str, fails: bool) -> None:
    assert parse(gate, ["own_category"]).fails_on(classified(answer, outcome=Outcome(outcome))) is fails


@pytest.mark.parametrize("text", ["nonsense", "any,nonsense", "domain=", "domain=both", ",", "Timeout"])
def test_unknown_gates_are_usage_errors(text: str) -> None:
    with pytest.raises(UsageError, match="--fail-on"):
        parse(text)
