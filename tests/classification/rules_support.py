"""Errors by hand and one judge for all tests of the rules."""

from __future__ import annotations

from functools import cache

from error_classification.classification.rules import RulesJudge, parse_rules
from error_classification.models import Abstention, ErrorContext, FingerprintedError, Outcome, SourceType, Verdict


@cache
def judge() -> RulesJudge:
    return RulesJudge()


def error(
    text: str,
    *,
    headline: str = "",
    kind: SourceType = SourceType.TEXT,
    outcome: Outcome = Outcome.FAILED,
    test_name: str = "",
    exit_code: int | None = None,
    line_start: int = 1,
    framework: str = "",
) -> FingerprintedError:
    context = ErrorContext(
        kind,
        "input",
        text,
        line_start,
        headline=headline,
        outcome=outcome,
        test_name=test_name,
        exit_code=exit_code,
        framework=framework,
    )
    return FingerprintedError(context, text, "0" * 16, 1)


def answer(text: str, **known: object) -> str:
    """``category/subcategory``, or ``unclassified``."""
    given = judge().judge(error(text, **known))  # type: ignore[arg-type]
    return "unclassified" if isinstance(given, Abstention) else f"{given.category}/{given.subcategory}"


def verdict(text: str, **known: object) -> Verdict:
    given = judge().judge(error(text, **known))  # type: ignore[arg-type]
    assert isinstance(given, Verdict), given
    return given


def rule(
    name: str, pattern: str, label: str = "timeout/step", *, confidence: float = 0.9, priority: int = 0, hit: str = ""
) -> str:
    """A rule's table as TOML."""
    category, subcategory = label.split("/")
    return f"""
[[rule]]
name = "{name}"
pattern = '''{pattern}'''
category = "{category}"
subcategory = "{subcategory}"
summary = "{name}"
confidence = {confidence}
priority = {priority}
hits = ["{hit or pattern}"]
near_misses = ["something else"]
"""


def judge_of(*tables: str, user: bool = False) -> RulesJudge:
    return RulesJudge(parse_rules("".join(tables), "mine.toml", user=user))
