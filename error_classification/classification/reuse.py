"""When an earlier answer stands for a new occurrence of the same error (pure functions)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from error_classification.models import HUMAN, Abstention, ErrorContext, Evidence, Group, Outcome, Verdict

Answer: TypeAlias = Verdict | Abstention

_NUMBERS = re.compile(r"\d+")


def reusable(group: Group, now: datetime, ttl: timedelta, min_confidence: float, consultant: str = "") -> Answer | None:
    """The group's answer where it may stand for a new occurrence: a person's always, the others' within their time to live.

    ``consultant`` is the version of the one that could be asked today (empty: none). What one of that version was asked already,
    is not asked again, however little it knew.
    """
    answer = group.answer
    if answer.judge == HUMAN:
        return answer
    if now - group.answered_at > ttl:
        return None
    if answer.consulted:
        return answer if consultant in ("", answer.consulted) else None
    return answer if isinstance(answer, Verdict) and answer.confidence >= min_confidence else None


def fits(answer: Answer, context: ErrorContext) -> bool:
    """False where the answer rests on something that this error does not show.

    That is how the test ended (failed, or passed on its retry), and, for judges that cost nothing to ask again, the
    evidence. That it passed on its retry may also be read in a log, whose errors have all failed; who was consulted
    would only be paid to read it again.
    """
    if answer.judge == HUMAN:
        return True
    retried = isinstance(answer, Verdict) and answer.subcategory == "passed_on_retry"
    if retried != (context.outcome is Outcome.FLAKY) and not (retried and answer.consulted):
        return False
    if answer.consulted or isinstance(answer, Abstention) or not answer.evidence:
        return True
    text = _NUMBERS.sub("0", context.text)
    return any(_NUMBERS.sub("0", item.text.strip()) in text for item in answer.evidence)


def relocated(answer: Answer, context: ErrorContext) -> Answer:
    """An answer that was given elsewhere, its evidence found again in this text, or the headline in its place."""
    if isinstance(answer, Abstention) or not answer.evidence:
        return answer
    numbers = {line.strip(): context.line_of(index) for index, line in reversed(list(enumerate(context.text.split("\n"))))}
    evidence = tuple(Evidence(numbers[item.text.strip()], item.text) for item in answer.evidence if item.text.strip() in numbers)
    if not evidence:
        line = context.headline or context.text.split("\n", 1)[0]
        evidence = (Evidence(numbers.get(line.strip(), context.line_start), line),)
    return replace(answer, evidence=evidence)
