"""Whether a new model may take the place of the one in force: both are measured on what they did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from error_classification.classification.model import Weights
from error_classification.learning.training.calibrating import Scored
from error_classification.learning.training.examples import Example, Origin
from error_classification.learning.training.recipe import CLASSES, GROUPS, Trained, points_of, share_right

TOLERANCE = 0.01
"""So much less accuracy on the program's corpus is taken for chance, or for the price of a project's own labels."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of one kind of inputs: how many there are, and the share that is right by the new model and by the one in force."""

    what: str
    inputs: int
    new: float
    in_force: float
    tolerance: float

    @property
    def is_worse(self) -> bool:
        return self.new < self.in_force - self.tolerance


def compared(new: Trained, own: Sequence[Example], in_force: Weights) -> list[Accuracy]:
    """The new model on families that were held out, beside the one in force.

    That one's figure for the corpus was taken in the same way when it was trained. A project's own labels it has not seen, unless
    it was trained with them: then its figure is flattered, and the new model has to be as good all the same.
    """
    corpus = new.points(Origin.ZOO)
    inputs, before = len(corpus) // len(GROUPS), in_force.header.measured.get("accuracy", 0.0)
    rows = [Accuracy("the program's corpus", inputs, share_right(corpus), before, TOLERANCE)]
    if own:
        theirs = [_scored(one, in_force) for one in own]
        points = points_of(theirs, in_force.header.temperature)
        rows.append(Accuracy("your labels", len(own), share_right(new.points(Origin.EXTRA)), share_right(points), 0.0))
    return rows


def _scored(one: Example, weights: Weights) -> Scored:
    scores = dict(zip(weights.header.categories, weights.scores(weights.known(one.features)), strict=True))
    lowest = min(scores.values()) - 10
    return Scored([scores.get(name, lowest) for name in CLASSES], one.category, one.accepted)
