"""One answer from several judges.

Judges are taken as independent witnesses: a verdict of confidence ``c`` gives its category the likelihood ``c`` and shares
``1 - c`` among the others; the product over the judges, normalised, is the posterior (naive Bayes with a uniform prior: Kuncheva,
"Combining Pattern Classifiers", 2nd ed., 4.3). So agreement raises the confidence, disagreement lowers it, and one verdict
stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from error_classification.models import LLM, Abstention, Alternative, Usage, Verdict
from error_classification.taxonomy import CATEGORIES

_CERTAINTY = 0.99
_DOUBT = 0.01


def reconcile(answers: Sequence[Verdict | Abstention]) -> Verdict | Abstention:
    """The answer in force. ``answers`` are in the order in which the judges were asked, and there is at least one."""
    verdicts = [answer for answer in answers if isinstance(answer, Verdict)]
    usage = sum((answer.usage for answer in answers), Usage())
    consulted = next((answer.consulted for answer in answers if answer.consulted), "")
    if not verdicts:
        judges = "; ".join(f"{answer.judge}: {answer.reason}" if len(answers) > 1 else answer.reason for answer in answers)
        return replace(answers[0], reason=judges, usage=usage, consulted=consulted)
    if len(verdicts) > 1:
        return replace(_combined(verdicts), usage=usage, consulted=consulted)
    silent = [f"{answer.judge}: {answer.reason}" for answer in answers if isinstance(answer, Abstention) and answer.judge == LLM]
    return replace(verdicts[0], reason="; ".join([verdicts[0].reason, *silent]), usage=usage, consulted=consulted)


def _combined(verdicts: Sequence[Verdict]) -> Verdict:
    posterior = _posterior(verdicts)
    named = {verdict.category for verdict in verdicts}
    winner = max(sorted(named), key=lambda category: posterior[category])
    best = max((verdict for verdict in verdicts if verdict.category == winner), key=lambda verdict: verdict.confidence)
    alternatives = [Alternative(category, round(posterior[category], 4)) for category in named - {winner}]
    return replace(
        best,
        confidence=min(_CERTAINTY, round(posterior[winner], 4)),
        reason="; ".join([best.reason, *(_opinion(verdict, winner) for verdict in verdicts if verdict is not best)]),
        alternatives=tuple(sorted(alternatives, key=lambda alternative: -alternative.confidence)),
    )


def _posterior(verdicts: Sequence[Verdict]) -> dict[str, float]:
    names = {category.name for category in CATEGORIES} | {verdict.category for verdict in verdicts}
    likelihood = {name: prod(_likelihood(verdict, name, len(names)) for verdict in verdicts) for name in names}
    total = sum(likelihood.values())
    return {name: value / total for name, value in likelihood.items()}


def _likelihood(verdict: Verdict, category: str, categories: int) -> float:
    confidence = min(max(verdict.confidence, _DOUBT), _CERTAINTY)
    return confidence if verdict.category == category else (1 - confidence) / (categories - 1)


def _opinion(verdict: Verdict, winner: str) -> str:
    stance = "agrees" if verdict.category == winner else f"says {verdict.category}"
    return f"{verdict.judge} {stance} ({verdict.confidence:.2f})"
