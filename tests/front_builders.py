"""Errors and classifications for the tests of what people see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    RunContext,
    SourceType,
    Verdict,
)

HASH = "0123456789abcdef"
NOW = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
MISSING_MODULE = Verdict(
    "rules",
    "dependency_error",
    "missing_module",
    0.97,
    "The module numpy is not installed",
    "rule python.module matched line 120",
    (Evidence(120, "ModuleNotFoundError: No module named 'numpy'"),),
    parameters={"module": "numpy"},
)
UNKNOWN = Abstention("rules", "no rule matches")

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\link \x9b2J \x07 \u202edesrever\u2069 "
    "[bold]rich[/bold] :smile: | `code` ``two`` **b** <script>x</script> @someone #12 [a](http://b) \ud800 \u2028 end"
)


def error(text: str = "boom", error_hash: str = HASH, *, generic: bool = False, **context: Any) -> FingerprintedError:
    values: dict[str, Any] = {"source_type": SourceType.JOB_LOG, "source": "build.log", "line_start": 120, "line_end": 121}
    return FingerprintedError(ErrorContext(text=text, **values | context), text.lower(), error_hash, 1, generic)


def classified(
    answer: Verdict | Abstention = MISSING_MODULE, text: str = "boom", error_hash: str = HASH, **values: Any
) -> ErrorClassification:
    own = {name: values.pop(name) for name in ("is_duplicate", "first_seen", "occurrence_count", "run") if name in values}
    history: dict[str, Any] = {"first_seen": NOW, "last_seen": NOW, "run": RunContext()} | own
    return ErrorClassification(
        error_id="e" * 32, error=error(text, error_hash, **values), answer=answer, classified_at=NOW, occurred_at=NOW, **history
    )
