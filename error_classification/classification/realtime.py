"""Which errors of a job that is still running are worth a question to Claude (pure functions).

Whoever broke a test sees its assertion at once; what keeps tests from running at all is where an explanation saves time.
"""

from __future__ import annotations

import re

from error_classification.models import ErrorContext, SourceType

INFRASTRUCTURE, ALL, NONE = "infrastructure", "all", "none"
"""The thresholds: all but tests that ran and failed, everything, nothing."""

_NEVER_RAN = re.compile(
    r"ERROR collecting|errors? during collection|error at setup of|failed on setup|setup failed|fixture '[^'\n]{1,200}' not found"
    r"|\bImportError\b|ModuleNotFoundError|cannot find module|test suite failed to run|initializationerror|unresolved import",
    re.IGNORECASE,
)
"""What runners print where a test could not even start."""


def may_ask(threshold: str, is_test: bool, text: str) -> bool:
    """Whether ``threshold`` lets an error with this ``text`` through; ``is_test``: a test case says that it failed."""
    if threshold != INFRASTRUCTURE:
        return threshold == ALL
    return not is_test or _NEVER_RAN.search(text) is not None


def may_ask_about(threshold: str, error: ErrorContext) -> bool:
    """``may_ask`` for an error as the pipeline knows it."""
    return may_ask(threshold, error.source_type is SourceType.JUNIT or bool(error.test_name), error.text)
