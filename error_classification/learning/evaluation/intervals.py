"""How far a measured number can be trusted: Wilson's interval for shares, a clustered bootstrap for everything else."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain
from math import sqrt
from random import Random
from typing import TypeVar

from error_classification.reporting.evaluation import Figure

Z95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""
ROUNDS = 500
"""Resamples: the ends of a 95 % interval are then the 12th of them from each side."""
_SEED = 20_240_229
T = TypeVar("T")


def wilson(count: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a binomial proportion, sound for few trials and shares near 0 or 1 (E. B. Wilson, JASA 22, 1927)."""
    if of == 0:
        return 0.0, 1.0
    proportion, square = count / of, z * z
    middle = (proportion + square / (2 * of)) / (1 + square / of)
    reach = z / (1 + square / of) * sqrt(proportion * (1 - proportion) / of + square / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def share(answers: Iterable[bool]) -> Figure:
    """How many are true; no value of nothing."""
    values = list(answers)
    return ratio(sum(values), len(values))


def ratio(count: int, of: int) -> Figure:
    """``count`` out of ``of`` inputs; no value of nothing."""
    return Figure(count / of, wilson(count, of), count, of) if of else Figure(count=0, of=0)


def clustered(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """The items by what makes them alike: near-copies are drawn together or not at all. An empty key stands alone."""
    groups: dict[Hashable, list[T]] = {}
    for number, item in enumerate(items):
        groups.setdefault(key(item) or number, []).append(item)
    return list(groups.values())


def bootstrap(
    clusters: Sequence[Sequence[T]],
    statistics: Callable[[Sequence[T]], Sequence[float | None]],
    rounds: int = ROUNDS,
    seed: int = _SEED,
) -> list[tuple[float, float] | None]:
    """A percentile interval (95 %) for each of the ``statistics`` of the items, by drawing whole clusters with replacement.

    B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979); clusters: Davison and Hinkley,
    "Bootstrap Methods and their Application" (1997), 3.8. Each interval is widened to hold the value of the whole sample, which a
    statistic with a bias under resampling (as a calibration error has) may leave. A sample for which a statistic is None says
    nothing of it; a statistic that is None for the whole has no interval. The same input gives the same intervals.
    """
    whole = statistics(list(chain.from_iterable(clusters)))
    chance = Random(seed)  # noqa: S311  # a resampling, not a secret
    drawn = [statistics(list(chain.from_iterable(chance.choices(clusters, k=len(clusters))))) for _ in range(rounds)]
    return [_interval(value, column) for value, column in zip(whole, zip(*drawn, strict=True), strict=True)]


def _interval(whole: float | None, drawn: Iterable[float | None]) -> tuple[float, float] | None:
    if whole is None:
        return None
    values = sorted(value for value in drawn if value is not None) or [whole]
    cut = len(values) // 40
    return min(whole, values[cut]), max(whole, values[-1 - cut])
