"""One answer from several judges.

A judge's verdict of confidence ``c`` gives its category the probability ``c``, its alternatives what it says of them, and shares
the rest among the other categories. The answer is the logarithmic pool of these opinions: their product, each to the power of the
judge's weight, normalised (C. Genest, J. V. Zidek, "Combining Probability Distributions", Statistical Science 1(1), 1986). With
weights of 1 the judges would be independent witnesses; but they read the same text, and where one errs, the other tends to err.
Agreement raises the confidence, disagreement lowers it, as much as was measured; and one verdict stays as it is.

A judge that is certain that the text names no cause has its say too: what it doubts is worth no more than ``DOUBTED``. It does
not silence a rule, which has seen what it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp, log
from typing import TypeAlias

from error_classification.models import (
    LLM,
    MODEL,
    RULES,
    UNCLASSIFIED,
    Abstention,
    Alternative,
    Usage,
    Verdict,
)
from error_classification.taxonomy import CATEGORIES

WEIGHTS: Mapping[str, float] = {RULES: 0.65, MODEL: 0.45}
"""How much a judge's logarithms count beside another's, measured on errors of the training corpus whose families or tools the
model had not seen (``python benchmarks/model.py --held-out``): a little below the likeliest weights, 0.7 and 0.5, for fewer
errors that are answered wrongly with a confidence of 0.9. Judges that were not measured weigh 1."""
NO_CAUSE = 2.1
"""What a verdict leaves for "no cause at all" is more than for any other category, by this logarithm; measured likewise."""
ALONE = 0.85
"""The most that a verdict of the model is worth where no rule knows the text: of the surest such answers so many were right."""
DOUBTED = 0.6
"""The most that a verdict is worth where another judge sees no cause, and is believed more."""
_CERTAINTY = 0.99
_DOUBT = 0.01

Opinion: TypeAlias = Verdict | Abstention


def reconcile(answers: Sequence[Opinion]) -> Opinion:
    """The answer in force. ``answers`` are in the order in which the judges were asked, and there is at least one."""
    verdicts = [answer for answer in answers if isinstance(answer, Verdict)]
    usage = sum((answer.usage for answer in answers), Usage())
    consulted = next((answer.consulted for answer in answers if answer.consulted), "")
    if not verdicts:
        judges = "; ".join(f"{answer.judge}: {answer.reason}" if len(answers) > 1 else answer.reason for answer in answers)
        return replace(answers[0], reason=judges, usage=usage, consulted=consulted)
    measured = all(verdict.judge in WEIGHTS for verdict in verdicts)
    opinions = [answer for answer in answers if isinstance(answer, Verdict) or (measured and answer.certainty)]
    if len(opinions) > 1:
        return replace(_combined(opinions, verdicts), usage=usage, consulted=consulted)
    return replace(_single(verdicts[0], answers), usage=usage, consulted=consulted)


def _single(verdict: Verdict, answers: Sequence[Opinion]) -> Verdict:
    """The one verdict, with what a consultant could not say beside it."""
    silent = {answer.judge: answer.reason for answer in answers if isinstance(answer, Abstention)}
    reasons = [verdict.reason, *(f"{judge}: {reason}" for judge, reason in silent.items() if judge == LLM)]
    most = ALONE if verdict.judge == MODEL and RULES in silent else 1.0
    return replace(verdict, confidence=min(verdict.confidence, most), reason="; ".join(reasons))


def _combined(opinions: Sequence[Opinion], verdicts: Sequence[Verdict]) -> Verdict:
    posterior = pooled(opinions)
    named = {_said(opinion) for opinion in opinions}
    winner = max(sorted(named), key=lambda category: posterior[category])
    if winner == UNCLASSIFIED:
        return _doubted(max(verdicts, key=_tells_most), opinions)
    best = max((verdict for verdict in verdicts if verdict.category == winner), key=_tells_most)
    alternatives = [Alternative(category, round(posterior[category], 4)) for category in named - {winner, UNCLASSIFIED}]
    least = best.confidence if named == {winner} else 0.0  # who agrees takes nothing away
    return replace(
        best,
        confidence=min(_CERTAINTY, max(least, round(posterior[winner], 4))),
        reason="; ".join([best.reason, *(_opinion(other, winner) for other in opinions if other is not best)]),
        alternatives=tuple(sorted(alternatives, key=lambda alternative: -alternative.confidence)),
    )


def _tells_most(verdict: Verdict) -> tuple[bool, float]:
    """The model quotes the headline; the others say in their own words what it means."""
    return verdict.judge != MODEL, verdict.confidence


def pooled(
    opinions: Sequence[Opinion], weights: Mapping[str, float] = WEIGHTS, no_cause: float = NO_CAUSE
) -> dict[str, float]:
    """The probability of each category, and of ``unclassified``, after several opinions."""
    names = [*dict.fromkeys([*(category.name for category in CATEGORIES), *map(_said, opinions), UNCLASSIFIED])]
    doubted = no_cause if any(_said(opinion) == UNCLASSIFIED for opinion in opinions) else 0.0
    scores = dict.fromkeys(names, 0.0) | {UNCLASSIFIED: doubted}
    for opinion in opinions:
        weight = weights.get(opinion.judge, 1.0)
        for name, probability in _distribution(opinion, names).items():
            scores[name] += weight * log(probability)
    top = max(scores.values())
    powers = {name: exp(score - top) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}


def _distribution(opinion: Opinion, names: Sequence[str]) -> dict[str, float]:
    """A probability for every name, none of them 0: the answer's, those of its alternatives, and equal shares of what is left."""
    said = {_said(opinion): min(max(_how_sure(opinion), _DOUBT), _CERTAINTY)}
    left = 1 - sum(said.values())
    others = {other.category: other.confidence for other in _others(opinion) if other.category in names} if left else {}
    scale = min(1.0, left * (1 - _DOUBT) / (sum(others.values()) or 1.0))
    said |= {name: max(share * scale, _DOUBT * left / len(names)) for name, share in others.items() if name not in said}
    unnamed = [name for name in names if name not in said]
    share = max(1 - sum(said.values()), _DOUBT * left) / max(1, len(unnamed))
    return said | dict.fromkeys(unnamed, share)


def _others(opinion: Opinion) -> Iterable[Alternative]:
    return opinion.alternatives if isinstance(opinion, Verdict) else ()


def _said(opinion: Opinion) -> str:
    return opinion.category if isinstance(opinion, Verdict) else UNCLASSIFIED


def _how_sure(opinion: Opinion) -> float:
    return opinion.confidence if isinstance(opinion, Verdict) else opinion.certainty


def _doubted(known: Verdict, opinions: Sequence[Opinion]) -> Verdict:
    others = [_opinion(other, known.category) for other in opinions if other is not known]
    return replace(known, confidence=min(known.confidence, DOUBTED), reason="; ".join([known.reason, *others]))


def _opinion(opinion: Opinion, winner: str) -> str:
    said = _said(opinion)
    stance = "agrees" if said == winner else "sees no cause" if said == UNCLASSIFIED else f"says {said}"
    return f"{opinion.judge} {stance} ({_how_sure(opinion):.2f})"
