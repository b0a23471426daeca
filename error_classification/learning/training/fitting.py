"""Fits linear models: the one door to scikit-learn and numpy, which only training needs.

Multinomial logistic regression by SAGA (A. Defazio, F. Bach, S. Lacoste-Julien, NIPS 2014): plain loops in a fixed order, no BLAS
and no line search, so the same input gives the same weights on every machine, to far below a step of the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias
from warnings import catch_warnings, simplefilter

from error_classification.errors import UsageError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

SEED = 20
CLASS_BALANCE = 0.5
"""0: classes as frequent as they are; 1: all the same."""
Cells: TypeAlias = Sequence[tuple[int, float]]
"""The columns of one row that are not zero, with their values."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of classes: ``bias`` plus the row's values times the columns' ``weights`` (one list per column)."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: list[list[float]]

    def scores(self, row: Cells) -> list[float]:
        totals = list(self.bias)
        for column, value in row:
            totals = [total + value * weight for total, weight in zip(totals, self.weights[column], strict=True)]
        return totals


def fit(
    rows: Sequence[Cells], labels: Sequence[str], sample_weights: Sequence[float], columns: int, strength: float, rounds: int
) -> Linear:
    """The model with L2 penalty ``1 / strength`` after ``rounds`` passes. Raises ``UsageError`` without scikit-learn, or for one
    class alone. Classes weigh by the root of their inverse frequency.
    """
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise UsageError("the examples have one label alone", "a model learns by telling labels apart")
    try:
        from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageError("training needs scikit-learn", "pip install 'error-classification[train]'") from error
    model = LogisticRegression(C=strength, solver="saga", max_iter=rounds, tol=0.0, random_state=SEED)
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # the number of passes is fixed
        model.fit(_matrix(rows, columns), list(labels), sample_weight=_balanced(labels, sample_weights))
    weights, bias = model.coef_, model.intercept_
    if len(classes) == 2:  # one score, for the second class
        weights, bias = [-weights[0] / 2, weights[0] / 2], [-bias[0] / 2, bias[0] / 2]
    by_column = [list(map(float, column)) for column in zip(*weights, strict=True)]
    return Linear(tuple(map(str, model.classes_)), tuple(map(float, bias)), by_column)


def _matrix(rows: Sequence[Cells], columns: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    values = [value for row in rows for _, value in row]
    places = [column for row in rows for column, _ in row]
    ends = list(accumulate((len(row) for row in rows), initial=0))
    return csr_matrix((values, places, ends), shape=(len(rows), columns))


def _balanced(labels: Sequence[str], sample_weights: Sequence[float]) -> list[float]:
    """With every class a part of the way to the same weight; the mean stays 1."""
    mass: dict[str, float] = defaultdict(float)
    for label, weight in zip(labels, sample_weights, strict=True):
        mass[label] += weight
    raw = [weight * mass[label] ** -CLASS_BALANCE for label, weight in zip(labels, sample_weights, strict=True)]
    mean = sum(raw) / len(raw)
    return [weight / mean for weight in raw]
