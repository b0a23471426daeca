from __future__ import annotations

import pytest

from error_classification.classification.realtime import may_ask, may_ask_about
from error_classification.models import ErrorContext, SourceType

ASSERTION = "AssertionError: assert 1 == 2"
COLLECTION = "ERROR collecting tests/test_app.py\nImportError: no module"


@pytest.mark.parametrize(
    ("threshold", "is_test", "text", "asked"),
    [
        ("infrastructure", False, ASSERTION, True),
        ("infrastructure", True, ASSERTION, False),
        ("infrastructure", True, COLLECTION, True),
        ("infrastructure", True, "error at setup of test_login", True),
        ("infrastructure", True, "the setup is fine", False),
        ("all", True, ASSERTION, True),
        ("all", False, "", True),
        ("none", False, COLLECTION, False),
        ("none", True, ASSERTION, False),
    ],
)
def test_the_threshold(threshold: str, is_test: bool, text: str, asked: bool) -> None:
    assert may_ask(threshold, is_test, text) is asked


@pytest.mark.parametrize(
    ("source_type", "test_name", "asked"),
    [(SourceType.JUNIT, "", False), (SourceType.JOB_LOG, "app::test_one", False), (SourceType.JOB_LOG, "", True)],
)
def test_a_test_is_known_by_its_report_or_its_name(source_type: SourceType, test_name: str, asked: bool) -> None:
    assert may_ask_about("infrastructure", ErrorContext(source_type, "x", ASSERTION, test_name=test_name)) is asked
