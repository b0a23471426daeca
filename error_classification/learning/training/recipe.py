"""From examples to a model: vocabulary, augmentation, fit, calibration on held-out families, and the file's bytes.

Everything follows from the examples and the constants here: the same examples give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from error_classification.classification.model import Features, Header, packed, probabilities
from error_classification.classification.model.weights import MIDDLE
from error_classification.learning.training.calibrating import (
    Scored,
    expected_calibration_error,
    temperature_of,
    thresholds_of,
)
from error_classification.learning.training.examples import Example, Origin, balanced
from error_classification.learning.training.fitting import Cells, Linear, fit
from error_classification.models import UNCLASSIFIED
from error_classification.taxonomy import CATEGORIES, SUBCATEGORIES

RECIPE = 1
"""Part of a model's version: other features, constants or steps are another recipe."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is chosen by measuring on held-out families and tools, never on the samples."""

    zones: tuple[tuple[str, float], ...] = (("head", 2.0), ("text", 1.5), ("shape", 1.0))
    families: int = 2
    """In so many families, at least, a name must occur to be learnt."""
    strength: float = 10.0
    rounds: int = 15
    fine_strength: float = 10.0
    fine_names: int = 6000
    """Names that tell subcategories: those in the most families."""
    folds: int = 4
    target: float = 0.9
    least: float = 0.5
    least_known: float = 0.15


RECIPE_IN_FORCE = Recipe()
GROUPS = ("family", "tool")
"""What is held out: kinds of failures, and tools, each in its turn."""
LEARNT_WHOLE = (Origin.ZOO, Origin.EXTRA)
"""Origins whose examples come with their surroundings, as errors do; the others are single lines, and are never held out."""
TOOL_NAMES = ("tool=", "command=", "framework=", "prefix=")
CLASSES = (*(category.name for category in CATEGORIES), UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names with their zone (``head no module``), those in the most families first, and what their zones weigh."""

    columns: Mapping[str, int]
    zones: Mapping[str, float]

    def cells(self, features: Features) -> list[tuple[int, float]]:
        """The row of an error, as ``Weights.sums`` weighs it."""
        found = []
        for zone, names in features.zones():
            value = self.zones[zone] / len(names) ** 0.5 if names else 0.0
            found += [(column, value) for name in names if (column := self.columns.get(f"{zone} {name}")) is not None]
        return sorted(found)


def vocabulary(examples: Sequence[Example], recipe: Recipe = RECIPE_IN_FORCE) -> Vocabulary:
    """The names that occur in enough families. No label has a say: the names of held-out examples may be among them."""
    families: dict[str, set[str]] = {}
    for one in examples:
        for zone, names in one.features.zones():
            for name in names:
                families.setdefault(f"{zone} {name}", set()).add(one.family)
    known = sorted((-len(found), name) for name, found in families.items() if len(found) >= recipe.families)
    return Vocabulary({name: column for column, (_, name) in enumerate(known)}, dict(recipe.zones))


@dataclass(frozen=True, slots=True)
class Row:
    """An example, its cells, and those of its copy that hides which tool it was (none: it does not say, or has no copy)."""

    example: Example
    cells: Cells
    nameless: Cells = ()


def rows_of(examples: Iterable[Example], known: Vocabulary) -> list[Row]:
    """What is fitted."""
    return [Row(one, known.cells(one.features), _nameless(one, known)) for one in examples]


def _nameless(one: Example, known: Vocabulary) -> Cells:
    shape = tuple(name for name in one.features.shape if not name.startswith(TOOL_NAMES))
    if one.origin not in LEARNT_WHOLE or len(shape) == len(one.features.shape):
        return ()
    return known.cells(replace(one.features, shape=shape))


def fitted(rows: Sequence[Row], columns: int, recipe: Recipe = RECIPE_IN_FORCE) -> Linear:
    """The model of the categories. A copy shares the weight of its example."""
    copies = [(row.cells, row.example, 1 / (1 + bool(row.nameless))) for row in rows]
    copies += [(row.nameless, row.example, 0.5) for row in rows if row.nameless]
    weights = [share * one.weight for _, one, share in copies]
    labels = [one.category for _, one, _ in copies]
    return fit([cells for cells, _, _ in copies], labels, weights, columns, recipe.strength, recipe.rounds)


def fine_fitted(rows: Sequence[Row], columns: int, recipe: Recipe = RECIPE_IN_FORCE) -> Linear:
    """The model of the subcategories, on the first ``columns`` of the vocabulary."""
    known = [row for row in rows if tuple(row.example.label.split("/", 1)) in SUBCATEGORIES]
    cells = [[(column, value) for column, value in row.cells if column < columns] for row in known]
    labels, weights = [row.example.label for row in known], [row.example.weight for row in known]
    return fit(cells, labels, weights, columns, recipe.fine_strength, recipe.rounds)


def folds(examples: Iterable[Example], group: str, count: int) -> list[set[str]]:
    """The groups (``family`` or ``tool``) in ``count`` parts of about the same size, the largest placed first."""
    sizes = Counter(str(getattr(one, group)) for one in examples)
    parts: list[tuple[int, set[str]]] = [(0, set()) for _ in range(count)]
    for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        smallest = min(range(count), key=lambda index: (parts[index][0], index))
        parts[smallest][1].add(name)
        parts[smallest] = (parts[smallest][0] + size, parts[smallest][1])
    return [members for _, members in parts if members]


def held_out(
    rows: Sequence[Row], columns: int, group: str, recipe: Recipe = RECIPE_IN_FORCE
) -> Iterator[tuple[Example, Scored]]:
    """Every example of the corpus with its scores by a model that saw nothing of its ``group``."""
    corpus = [row for row in rows if row.example.origin in LEARNT_WHOLE]
    for members in folds((row.example for row in corpus), group, recipe.folds):
        inside = [row for row in corpus if getattr(row.example, group) in members]
        hidden = {id(row) for row in inside}
        model = fitted([row for row in rows if id(row) not in hidden], columns, recipe)
        for row in inside:
            one = row.example
            yield one, Scored(_in_order(model, row.cells), one.category, one.accepted)


def _in_order(model: Linear, cells: Cells) -> list[float]:
    scores = dict(zip(model.classes, model.scores(cells), strict=True))
    lowest = min(scores.values()) - 10
    return [scores.get(name, lowest) for name in CLASSES]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model as the content of its file, and what models that had not seen their families said of the examples."""

    data: bytes
    version: str
    held_out: Sequence[tuple[Example, Scored]]
    temperature: float

    def points(self, origin: Origin) -> list[tuple[float, bool]]:
        """Confidence and whether it was right, for the examples of an origin, whatever the thresholds."""
        return points_of([scored for one, scored in self.held_out if one.origin is origin], self.temperature)


def train(examples: Sequence[Example], recipe: Recipe = RECIPE_IN_FORCE) -> Trained:
    """The model of the examples. Raises ``UsageError`` without scikit-learn, or where the examples have one label alone."""
    weighed = balanced(examples)
    known = vocabulary(weighed, recipe)
    rows, columns = rows_of(weighed, known), len(known.columns)
    coarse, fine = fitted(rows, columns, recipe), fine_fitted(rows, min(columns, recipe.fine_names), recipe)
    scored = [one for group in GROUPS for one in held_out(rows, columns, group, recipe)]
    unseen = [one for _, one in scored]
    temperature = temperature_of(unseen, CLASSES)
    step, fine_step = _step(coarse), _step(fine)
    header = Header(
        version=_version(weighed, recipe),
        categories=coarse.classes,
        subcategories=fine.classes,
        zones=dict(recipe.zones),
        step=step,
        fine_step=fine_step,
        bias=_rounded(coarse.bias),
        fine_bias=_rounded(fine.bias),
        temperature=temperature,
        thresholds=thresholds_of(unseen, CLASSES, temperature, recipe.target, recipe.least),
        least_known=recipe.least_known,
        trained_on=_counts(weighed),
        measured=_measured([one for row, one in scored if row.origin is Origin.ZOO], temperature),
    )
    data = packed(header, list(known.columns), _quantised(coarse, step), _quantised(fine, fine_step))
    return Trained(data, header.version, scored, temperature)


def _step(model: Linear) -> float:
    """The largest weight is the last step; rounded up, so that noise far below it leaves the file as it is."""
    largest = max((abs(weight) for column in model.weights for weight in column), default=1.0)
    return round(largest / (MIDDLE - 2) + 5e-6, 5)


def _quantised(model: Linear, step: float) -> Iterator[list[int]]:
    return ([round(weight / step) for weight in column] for column in model.weights)


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(value, 4) for value in values)


def _version(examples: Sequence[Example], recipe: Recipe) -> str:
    told = repr((RECIPE, recipe, [(one.features, one.label, one.family, one.tool, one.weight) for one in examples]))
    return sha256(told.encode()).hexdigest()[:12]


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    return {origin.value: count for origin in Origin if (count := sum(one.origin is origin for one in examples))}


def points_of(scored: Iterable[Scored], temperature: float) -> list[tuple[float, bool]]:
    """Confidence and whether it was right."""
    points = []
    for one in scored:
        confidence, answer = max(zip(probabilities(one.scores, temperature), CLASSES, strict=True))
        points.append((confidence, answer in (one.category, *one.accepted)))
    return points


def share_right(points: Sequence[tuple[float, bool]]) -> float:
    return sum(is_right for _, is_right in points) / len(points) if points else 0.0


def _measured(scored: Sequence[Scored], temperature: float) -> dict[str, float]:
    """Of the zoo's answers without thresholds, on held-out families."""
    points = points_of(scored, temperature)
    error = expected_calibration_error(points)
    return {"inputs": len(points), "accuracy": round(share_right(points), 4), "ece": round(error, 4)}
