"""The model, and rules and model together, on errors of the training corpus whose family or tool that model had not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import log

from error_classification.classification import reconcile
from error_classification.classification.rules import RulesJudge
from error_classification.learning.evaluation import Answered
from error_classification.learning.training import distilled
from error_classification.learning.training.calibrating import Scored, probabilities, temperature_of, thresholds_of
from error_classification.learning.training.examples import Example, Origin, balanced, example
from error_classification.learning.training.recipe import CLASSES, GROUPS, RECIPE_IN_FORCE, held_out, rows_of, vocabulary
from error_classification.models import MODEL, RULES, UNCLASSIFIED, Abstention, Alternative, Verdict

Opinion = Verdict | Abstention
ALTERNATIVES, TELLING = 2, 0.05
"""As many other categories as the judge names, from this probability on."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A held-out error: what the rules say of it, and what a model says that saw nothing of its ``group``."""

    group: str
    example: Example
    rules: Opinion
    model: Opinion

    def together(self) -> Opinion:
        return reconcile.reconcile([self.rules, self.model])

    def answered(self, opinion: Opinion) -> Answered:
        one = self.example
        return Answered(one.family, one.label, one.accepted | {one.category}, opinion, one.family, one.tool)


def hear(share: int = 1) -> Iterator[Heard]:
    """Every ``share``-th family of the corpus is learnt from and held out in its turn."""
    judge, errors = RulesJudge(), {}
    for one in distilled.built_in():
        known = example(one)
        errors.setdefault((known.features, known.label), (known, one.error))
    families = sorted({known.family for known, _ in errors.values() if known.origin is Origin.ZOO})[::share]
    learnt = [known for known, _ in errors.values() if known.origin is not Origin.ZOO or known.family in families]
    weighed = balanced(learnt)
    known_names = vocabulary(weighed)
    rows = rows_of(weighed, known_names)
    scored = {group: list(held_out(rows, len(known_names.columns), group)) for group in GROUPS}
    unseen = [one for found in scored.values() for _, one in found]
    temperature = temperature_of(unseen, CLASSES)
    thresholds = thresholds_of(unseen, CLASSES, temperature, RECIPE_IN_FORCE.target, RECIPE_IN_FORCE.least)
    said = {}
    for group, found in scored.items():
        for one, scores in found:
            key = (one.features, one.label)
            if key not in said:
                said[key] = judge.judge(errors[key][1])
            yield Heard(group, one, said[key], _opinion(scores, temperature, thresholds))


def _opinion(one: Scored, temperature: float, thresholds: Mapping[str, float]) -> Opinion:
    """As ``ModelJudge`` puts it."""
    ranked = sorted(zip(probabilities(one.scores, temperature), CLASSES, strict=True), reverse=True)
    confidence, category = ranked[0]
    if category == UNCLASSIFIED:
        return Abstention(MODEL, "no cause", certainty=confidence)
    if confidence < thresholds[category]:
        return Abstention(MODEL, "not sure enough")
    others = [item for item in ranked[1 : 1 + ALTERNATIVES] if item[0] >= TELLING and item[1] != UNCLASSIFIED]
    alternatives = tuple(Alternative(name, value) for value, name in others)
    return Verdict(MODEL, category, "", min(confidence, 0.99), "", alternatives=alternatives)


def pool_loss(heard: Sequence[Heard], weights: Mapping[str, float], no_cause: float) -> float:
    """The mean negative logarithm of what the pool gives the truth, where both judges have their say."""
    losses = []
    for one in heard:
        opinions = [said for said in (one.rules, one.model) if isinstance(said, Verdict) or said.certainty]
        if len(opinions) == 2:
            shares = reconcile.pooled(opinions, weights, no_cause)
            right = {one.example.category, *one.example.accepted}
            losses.append(-log(max(1e-6, sum(shares.get(name, 0.0) for name in right))))
    return sum(losses) / len(losses)


def fitted_pool(heard: Sequence[Heard], say: Callable[[str], None]) -> None:
    """Says the weights of the least loss on a grid, beside those in force and independent witnesses."""
    grid = product((0.6, 0.7, 0.8, 0.9), (0.35, 0.4, 0.45, 0.5, 0.55), (1.5, 1.9, 2.3))
    found = min((pool_loss(heard, {RULES: one, MODEL: two}, three), one, two, three) for one, two, three in grid)
    in_force = pool_loss(heard, reconcile.WEIGHTS, reconcile.NO_CAUSE)
    say(f"best on the grid: rules {found[1]}, model {found[2]}, no cause {found[3]}: loss {found[0]:.4f}")
    say(f"in force: {reconcile.WEIGHTS}, {reconcile.NO_CAUSE}: loss {in_force:.4f}")
    say(f"independent witnesses: loss {pool_loss(heard, {}, 0.0):.4f}")
